package ogc

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"

	"github.com/gorilla/mux"

	"wangge/api/param"
	"wangge/api/reply"
	"wangge/layers"
	"wangge/layers/city"
	"wangge/layers/postgres"
)

// ErrNoCollection is the answer for a collection that there is not.
var ErrNoCollection = errors.New("no such collection")

// records reads single rows of the record.
type records interface {
	Feature(ctx context.Context, l *layers.Layer, id int64) (postgres.Feature, error)
	Checklist(ctx context.Context, checklist string) ([]postgres.ChecklistItem, error)
}

// Handler answers below /ogc. All fields are required. Its methods return their errors to the caller, who makes problems of them.
type Handler struct {
	City    func(r *http.Request) (*city.View, error) // the city that a request asks for
	Records records
	Base    func(r *http.Request) string // the server's address, without a slash at its end
	Reply   *reply.Writer
}

type link struct {
	Href  string `json:"href"`
	Rel   string `json:"rel"`
	Type  string `json:"type,omitempty"`
	Title string `json:"title,omitempty"`
}

const (
	jsonType    = "application/json"
	geoJSONType = "application/geo+json"
	schemaType  = "application/schema+json"
	schemaRel   = "http://www.opengis.net/def/rel/ogc/1.0/schema"
)

type landing struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	Links       []link `json:"links"`
}

// Landing is the page that everything else is found from.
func (h *Handler) Landing(w http.ResponseWriter, r *http.Request) error {
	base := h.Base(r)
	return h.Reply.JSON(w, r, landing{
		Title:       "网格 wangge",
		Description: "城市网格化管理与基础设施台账 City grid management and infrastructure inventory",
		Links: []link{
			{base + "/ogc", "self", jsonType, "本页 This page"},
			{base + "/ogc/conformance", "conformance", jsonType, "符合性声明 Conformance"},
			{base + "/ogc/collections", "data", jsonType, "台账集合 Collections"},
			{base + "/tiles/city.json", "describedby", jsonType, "矢量瓦片 Vector tiles"},
		},
	})
}

// Conformance lists the conformance classes.
func (h *Handler) Conformance(w http.ResponseWriter, r *http.Request) error {
	return h.Reply.JSON(w, r, map[string][]string{"conformsTo": {}})
}

type collections struct {
	Links       []link       `json:"links"`
	Collections []collection `json:"collections"`
}

type collection struct {
	ID            string   `json:"id"`
	Title         string   `json:"title"`
	TitleEn       string   `json:"title_en"`
	Description   string   `json:"description"`
	DescriptionEn string   `json:"description_en"`
	ItemType      string   `json:"itemType"`
	GeometryTypes []string `json:"geometry_types"`
	Features      int64    `json:"features"`
	Extent        *extent  `json:"extent,omitempty"`
	CRS           []string `json:"crs"`
	StorageCRS    string   `json:"storageCrs"`
	Links         []link   `json:"links"`
}

type extent struct {
	Spatial spatial `json:"spatial"`
}

type spatial struct {
	BBox [][4]float64 `json:"bbox"`
	CRS  string       `json:"crs"`
}

const (
	crs84   = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
	crs4490 = "http://www.opengis.net/def/crs/EPSG/0/4490"
)

// Collections lists what there is.
func (h *Handler) Collections(w http.ResponseWriter, r *http.Request) error {
	view, err := h.City(r)
	if err != nil {
		return err
	}
	base := h.Base(r)
	answer := collections{Links: []link{{base + "/ogc/collections", "self", jsonType, ""}}, Collections: []collection{}}
	for _, l := range view.Layers() {
		if l.Collection {
			answer.Collections = append(answer.Collections, h.describe(view, l, base))
		}
	}
	return h.Reply.JSON(w, r, answer)
}

// Collection describes one of them.
func (h *Handler) Collection(w http.ResponseWriter, r *http.Request) error {
	view, l, err := h.find(r)
	if err != nil {
		return err
	}
	return h.Reply.JSON(w, r, h.describe(view, l, h.Base(r)))
}

func (h *Handler) describe(view *city.View, l *layers.Layer, base string) collection {
	self := base + "/ogc/collections/" + l.ID
	c := collection{
		ID: l.ID, Title: l.Title.Zh, TitleEn: l.Title.En,
		Description: l.Provenance.Zh, DescriptionEn: l.Provenance.En,
		ItemType: "feature", Features: view.Features()[l.ID], CRS: []string{crs84}, StorageCRS: crs4490,
		Links: []link{
			{self, "self", jsonType, l.Title.Zh},
			{self + "/schema", schemaRel, schemaType, "字段 Schema"},
			{base + "/tiles/" + l.ID + ".json", "describedby", jsonType, "矢量瓦片 Vector tiles"},
		},
	}
	for _, kind := range l.Geometry {
		c.GeometryTypes = append(c.GeometryTypes, string(kind))
	}
	if b, ok := view.Extent(l.ID); ok {
		c.Extent = &extent{spatial{BBox: [][4]float64{{degrees(b.Min[0]), degrees(b.Min[1]), degrees(b.Max[0]), degrees(b.Max[1])}}, CRS: crs84}}
	}
	return c
}

// degrees rounds to 1e-7 degrees, a centimetre: the city in memory is no finer.
func degrees(v float64) float64 { return math.Round(v*1e7) / 1e7 }

// find is the collection that a path names, in the city that the request asks for.
func (h *Handler) find(r *http.Request) (*city.View, *layers.Layer, error) {
	view, err := h.City(r)
	if err != nil {
		return nil, nil, err
	}
	id := mux.Vars(r)["id"]
	if l := view.Layer(id); l != nil && l.Collection {
		return view, l, nil
	}
	return nil, nil, fmt.Errorf("%q: %w", param.Shown(id), ErrNoCollection)
}
