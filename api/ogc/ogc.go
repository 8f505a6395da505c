package ogc

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"time"

	"github.com/gorilla/mux"
	"github.com/paulmach/orb"

	"wangge/api/commit"
	"wangge/api/param"
	"wangge/api/reply"
	"wangge/geo/datum"
	gridpg "wangge/grid/postgres"
	"wangge/grid/rights"
	"wangge/layers"
	"wangge/layers/city"
	"wangge/layers/postgres"
)

// ErrNoCollection is the answer for a collection that there is not.
var ErrNoCollection = errors.New("no such collection")

// records reads single rows of the record.
type records interface {
	FeatureAt(ctx context.Context, l *layers.Layer, id int64, internal bool, at time.Time) (postgres.Feature, error)
	Checklist(ctx context.Context, checklist string) ([]postgres.ChecklistItem, error)
	histories
}

// Handler answers below /ogc. All fields are required. Its methods return their errors to the caller, who makes problems of them.
type Handler struct {
	City    func(r *http.Request) (*city.View, error) // the city that a request asks for
	Query   func(r *http.Request) *param.Query        // its parameters, of which unknown ones were refused before
	Who     func(r *http.Request) rights.Actor        // who is calling, where a route looks it up
	Call    func(r *http.Request) commit.Call         // what the server knows about a request besides
	Store   *gridpg.Store                             // for writes
	Records records
	// Features reads many features of a layer.
	Features features
	Zone     func(view *city.View) *time.Location // of the city
	Base     func(r *http.Request) string         // the server's address, without a slash at its end
	Reply    *reply.Writer

	// Tile answers with a tile of some layers (a comma list, or AllLayers) in the numbers z, x, y of an address that there is.
	Tile func(w http.ResponseWriter, r *http.Request, layers, z, x, y string) error
}

type link struct {
	Href      string `json:"href"`
	Rel       string `json:"rel"`
	Type      string `json:"type,omitempty"`
	Title     string `json:"title,omitempty"`
	Templated bool   `json:"templated,omitempty"` // has variables in braces
}

// The relations of OGC are addresses below one.
const (
	ogcRel           = "http://www.opengis.net/def/rel/ogc/1.0/"
	schemaRel        = ogcRel + "schema"
	queryablesRel    = ogcRel + "queryables"
	sortablesRel     = ogcRel + "sortables"
	tilesetsRel      = ogcRel + "tilesets-vector"
	tilingSchemeRel  = ogcRel + "tiling-scheme"
	tilingSchemesRel = ogcRel + "tiling-schemes"
	geodataRel       = ogcRel + "geodata"
)

type landing struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	Links       []link `json:"links"`
}

// Landing is the page that everything else is found from.
func (h *Handler) Landing(w http.ResponseWriter, r *http.Request) error {
	html, err := h.page(w, r, jsonType)
	if err != nil {
		return err
	}
	base := h.Base(r)
	doc := landing{
		Title:       "网格 wangge",
		Description: "城市网格化管理与基础设施台账 City grid management and infrastructure inventory",
		Links: []link{
			{Href: base + "/ogc", Rel: "self", Type: jsonType, Title: "本页 This page"},
			{Href: base + "/ogc?f=html", Rel: "alternate", Type: htmlType, Title: "网页 As a web page"},
			{Href: base + "/ogc/api", Rel: "service-desc", Type: openAPIType, Title: "接口定义 API definition"},
			{Href: base + "/ogc/conformance", Rel: "conformance", Type: jsonType, Title: "符合性声明 Conformance"},
			{Href: base + "/ogc/collections", Rel: "data", Type: jsonType, Title: "台账集合 Collections"},
			{Href: base + "/ogc/tiles", Rel: tilesetsRel, Type: jsonType, Title: "全城矢量瓦片 Vector tiles of the city"},
			{Href: base + "/ogc/tileMatrixSets", Rel: tilingSchemesRel, Type: jsonType, Title: "瓦片矩阵集 Tile matrix sets"},
			{Href: base + "/tiles/city.json", Rel: "describedby", Type: jsonType, Title: "矢量瓦片 TileJSON"},
		},
	}
	if html {
		return h.landingPage(w, r, doc)
	}
	return h.Reply.JSON(w, r, doc)
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
	DefaultSort   []string `json:"defaultSortOrder"`
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
	html, err := h.page(w, r, jsonType)
	if err != nil {
		return err
	}
	view, err := h.City(r)
	if err != nil {
		return err
	}
	base := h.Base(r)
	own := h.Features.RecentSystems(r.Context())
	answer := collections{Links: []link{
		{Href: base + "/ogc/collections", Rel: "self", Type: jsonType},
		{Href: base + "/ogc/collections?f=html", Rel: "alternate", Type: htmlType},
	}, Collections: []collection{}}
	for _, l := range view.Layers() {
		if l.Collection {
			answer.Collections = append(answer.Collections, h.describe(view, l, base, own))
		}
	}
	if html {
		return h.collectionsPage(w, r, answer)
	}
	return h.Reply.JSON(w, r, answer)
}

// Collection describes one of them.
func (h *Handler) Collection(w http.ResponseWriter, r *http.Request) error {
	html, err := h.page(w, r, jsonType)
	if err != nil {
		return err
	}
	view, l, err := h.find(r)
	if err != nil {
		return err
	}
	doc := h.describe(view, l, h.Base(r), h.Features.RecentSystems(r.Context()))
	if html {
		return h.collectionPage(w, r, l, doc)
	}
	return h.Reply.JSON(w, r, doc)
}

func (h *Handler) describe(view *city.View, l *layers.Layer, base string, own []datum.System) collection {
	self := base + "/ogc/collections/" + l.ID
	c := collection{
		ID: l.ID, Title: l.Title.Zh, TitleEn: l.Title.En,
		Description: l.Provenance.Zh, DescriptionEn: l.Provenance.En,
		ItemType: "feature", Features: view.Features()[l.ID], CRS: systemsOf(view, l, own), StorageCRS: crs4490, DefaultSort: []string{"id"},
		Links: []link{
			{Href: self, Rel: "self", Type: jsonType, Title: l.Title.Zh},
			{Href: self + "?f=html", Rel: "alternate", Type: htmlType, Title: "网页 As a web page"},
			{Href: self + "/items", Rel: "items", Type: geoJSONType, Title: "对象 Features"},
			{Href: self + "/items?f=html", Rel: "items", Type: htmlType, Title: "对象（网页） Features as a web page"},
			{Href: self + "/queryables", Rel: queryablesRel, Type: schemaType, Title: "可过滤字段 Queryables"},
			{Href: self + "/sortables", Rel: sortablesRel, Type: schemaType, Title: "可排序字段 Sortables"},
			{Href: self + "/schema", Rel: schemaRel, Type: schemaType, Title: "字段 Schema"},
			{Href: self + "/tiles", Rel: tilesetsRel, Type: jsonType, Title: "矢量瓦片 Vector tiles"},
			{Href: base + "/tiles/" + l.ID + ".json", Rel: "describedby", Type: jsonType, Title: "矢量瓦片 TileJSON"},
		},
	}
	for _, kind := range l.Geometry {
		c.GeometryTypes = append(c.GeometryTypes, string(kind))
	}
	if b, ok := view.Extent(l.ID); ok {
		low, high := place(b.Min), place(b.Max)
		c.Extent = &extent{spatial{BBox: [][4]float64{{low[0], low[1], high[0], high[1]}}, CRS: crs84}}
	}
	return c
}

// find is the collection that a path names, in the city that the request asks for.
func (h *Handler) find(r *http.Request) (*city.View, *layers.Layer, error) {
	view, err := h.City(r)
	if err != nil {
		return nil, nil, err
	}
	id := mux.Vars(r)["collectionId"]
	if l := view.Layer(id); l != nil && l.Collection {
		return view, l, nil
	}
	return nil, nil, fmt.Errorf("%q: %w", param.Shown(id), ErrNoCollection)
}

// place rounds a position to 1e-7 degrees, a centimetre: the city in memory is no finer.
func place(p orb.Point) [2]float64 {
	return [2]float64{math.Round(p[0]*1e7) / 1e7, math.Round(p[1]*1e7) / 1e7}
}
