package ogc

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/mux"
	"github.com/paulmach/orb"

	"wangge/api/param"
	"wangge/api/reply"
	"wangge/api/selection"
	"wangge/geo/datum"
	"wangge/layers"
	"wangge/layers/city"
	"wangge/layers/postgres"
)

// feature is a GeoJSON feature with members of ours.
type feature struct {
	Type       string               `json:"type"`
	ID         int64                `json:"id"`
	Revision   int64                `json:"revision"`
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

// Item answers with one feature: as it is, or as it was.
func (h *Handler) Item(w http.ResponseWriter, r *http.Request) error {
	html, err := h.page(w, r, geoJSONType, jsonType)
	if err != nil {
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
	q := h.Query(r)
	at := q.Instant("datetime", h.Zone(view))
	systems := selection.SystemsOf(r.Context(), h.Features)
	system, uri := readCRS(q, view, l, systems)
	if err := cmp.Or(systems.Err(), q.Err()); err != nil {
		return err
	}
	if at.After(time.Now()) {
		at = time.Time{}
	}
	internal := h.internal(r)
	row, err := h.Records.FeatureAt(r.Context(), l, id, internal, at)
	if err != nil {
		return err
	}
	f, err := h.featureOf(r, view, l, row, internal, system)
	if err != nil {
		return h.itemsFault(r, err)
	}
	if html {
		return h.itemPage(w, r, l, f)
	}
	body, err := reply.Marshal(f)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Crs", "<"+uri+">")
	tag := strconv.FormatInt(row.Revision, 10) + "." + reply.Hash(body)
	return h.Reply.Send(w, r, reply.Content{Type: geoJSONType, Cache: h.cache(w, r), Tag: tag, Bytes: body})
}

// featureOf is a row of the record as it is sent.
func (h *Handler) featureOf(r *http.Request, view *city.View, l *layers.Layer, row postgres.Feature, internal bool, system datum.System) (feature, error) {
	collection := h.Base(r) + "/ogc/collections/" + l.ID
	self := fmt.Sprintf("%s/items/%d", collection, row.ID)
	f := feature{
		Type: "Feature", ID: row.ID, Revision: row.Revision, BBox: row.BBox, Geometry: row.Geometry,
		Properties: properties(l, row, view.Rules(), internal), Labels: labels(l, row), Regions: row.Regions, Grids: row.Grids,
		Links: []link{
			{Href: self, Rel: "self", Type: geoJSONType},
			{Href: self + "?f=html", Rel: "alternate", Type: htmlType},
			{Href: collection, Rel: "collection", Type: jsonType, Title: l.Title.Zh},
			{Href: collection + "/schema", Rel: schemaRel, Type: schemaType},
		},
	}
	if system == (datum.System{}) {
		return f, nil
	}
	var err error
	if f.Geometry, err = geometryPen(system).Append(nil, row.Shape); err != nil {
		return f, err
	}
	f.BBox, err = boxIn(system, row.BBox)
	return f, err
}

// boxIn is a box in a system, in the order of its axes: around the corners of the other.
func boxIn(s datum.System, box [4]float64) ([4]float64, error) {
	var around orb.MultiPoint
	for _, p := range (orb.Bound{Min: orb.Point{box[0], box[1]}, Max: orb.Point{box[2], box[3]}}).ToRing() {
		to, err := s.From(p)
		if err != nil {
			return box, fmt.Errorf("%w: %w", errSystem, err)
		}
		if s.Northing() {
			to[0], to[1] = to[1], to[0]
		}
		around = append(around, to)
	}
	unit := math.Pow10(s.Decimals())
	round := func(v float64) float64 { return math.Round(v*unit) / unit }
	b := around.Bound()
	return [4]float64{round(b.Min[0]), round(b.Min[1]), round(b.Max[0]), round(b.Max[1])}, nil
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

// properties lists the fields that the caller may see in the order of the catalogue, derived ones computed.
func properties(l *layers.Layer, row postgres.Feature, rules *layers.Rules, internal bool) object[any] {
	if rules == nil {
		rules = &layers.Rules{}
	}
	field := func(name string) any { return row.Fields[name] }
	var o object[any]
	for i := range l.Fields {
		f := &l.Fields[i]
		switch {
		case f.Access != layers.Public && !internal:
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
