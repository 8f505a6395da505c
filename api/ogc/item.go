package ogc

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"wangge/api/param"
	"wangge/layers"
	"wangge/layers/postgres"
)

// feature is a GeoJSON feature with members of ours.
type feature struct {
	Type       string               `json:"type"`
	ID         int64                `json:"id"`
	BBox       [4]float64           `json:"bbox"`
	Geometry   json.RawMessage      `json:"geometry"`
	Properties object[any]          `json:"properties"`
	Labels     map[string]label     `json:"labels"` // by property: names of what its value is a code of
	Regions    []postgres.RegionRef `json:"regions"`
	Grids      []postgres.GridShare `json:"grids"`
	Links      []link               `json:"links"`
}

type label struct {
	Title   string `json:"title"`
	TitleEn string `json:"title_en"`
}

// Item answers with one feature.
func (h *Handler) Item(w http.ResponseWriter, r *http.Request) error {
	if err := h.wants(r, "json", geoJSONType, jsonType); err != nil {
		return err
	}
	view, l, err := h.find(r)
	if err != nil {
		return err
	}
	id, err := parseID(mux.Vars(r)["featureId"])
	if err != nil {
		return err
	}
	row, err := h.Records.Feature(r.Context(), l, id)
	if err != nil {
		return err
	}
	collection := h.Base(r) + "/ogc/collections/" + l.ID
	f := feature{
		Type: "Feature", ID: row.ID, BBox: row.BBox, Geometry: row.Geometry,
		Properties: properties(l, row, view.Rules()), Labels: labels(l, row), Regions: row.Regions, Grids: row.Grids,
		Links: []link{
			{Href: fmt.Sprintf("%s/items/%d", collection, row.ID), Rel: "self", Type: geoJSONType},
			{Href: collection, Rel: "collection", Type: jsonType, Title: l.Title.Zh},
			{Href: collection + "/schema", Rel: schemaRel, Type: schemaType},
		},
	}
	return h.Reply.GeoJSON(w, r, strconv.FormatInt(row.Revision, 10)+".", f)
}

// parseID reads the number of a feature. A number that no feature can have is one that is not found.
func parseID(s string) (int64, error) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, param.InPath("featureId", "必须是数字编号", "must be a number")
	}
	id, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", param.Shown(s), postgres.ErrNotFound)
	}
	return id, nil
}

// properties lists the public fields in the order of the catalogue, derived ones computed.
func properties(l *layers.Layer, row postgres.Feature, rules *layers.Rules) object[any] {
	if rules == nil {
		rules = &layers.Rules{}
	}
	field := func(name string) any { return row.Fields[name] }
	var o object[any]
	for i := range l.Fields {
		f := &l.Fields[i]
		switch {
		case f.Access != layers.Public:
		case f.Derive != nil:
			o.set(f.Name, f.Derive(field, rules))
		default:
			o.set(f.Name, shown(f.Type, row.Fields[f.Name]))
		}
	}
	return o
}

// shown is a value as JSON has it: days and times in ISO 8601, and null for numbers that JSON does not know.
func shown(t layers.Type, v any) any {
	switch v := v.(type) {
	case time.Time:
		if t == layers.Date {
			return v.Format(time.DateOnly)
		}
		return v.UTC().Format(time.RFC3339Nano)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
	case string, int64, bool, map[string]any, nil:
	default:
		return fmt.Sprint(v) // such as a day at infinity
	}
	return v
}

// labels names the departments that a feature has codes of.
func labels(l *layers.Layer, row postgres.Feature) map[string]label {
	named := map[string]label{}
	for i := range l.Fields {
		f := &l.Fields[i]
		code, _ := row.Fields[f.Name].(string)
		if name, ok := row.Departments[code]; ok && strings.HasSuffix(f.Name, "_dept") {
			named[f.Name] = label{name.Zh, name.En}
		}
	}
	return named
}
