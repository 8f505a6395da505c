package ogc

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	contents "wangge/api/tileset"
	"wangge/geo/tile"
	"wangge/layers"
)

// tilesetMetadata describes a tileset as in OGC 17-083r4, section 7. A list has the members down to links alone.
type tilesetMetadata struct {
	Title               string             `json:"title"`
	DataType            string             `json:"dataType"`
	CRS                 string             `json:"crs"`
	TileMatrixSetURI    string             `json:"tileMatrixSetURI"`
	Links               []link             `json:"links"`
	Attribution         string             `json:"attribution,omitempty"`
	MediaTypes          []string           `json:"mediaTypes,omitempty"`
	TileMatrixSetLimits []tileMatrixLimits `json:"tileMatrixSetLimits,omitempty"`
	BoundingBox         *boundingBox       `json:"boundingBox,omitempty"`
	CenterPoint         *tilePoint         `json:"centerPoint,omitempty"`
	Style               *tilesetStyle      `json:"style,omitempty"`
	Layers              []tilesetLayer     `json:"layers,omitempty"`
}

// boundingBox is in degrees, longitude first.
type boundingBox struct {
	LowerLeft  [2]float64 `json:"lowerLeft"`
	UpperRight [2]float64 `json:"upperRight"`
	CRS        string     `json:"crs"`
}

type tilePoint struct {
	Coordinates [2]float64 `json:"coordinates"`
	CRS         string     `json:"crs"`
	TileMatrix  string     `json:"tileMatrix"`
}

type tilesetStyle struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Links []link `json:"links"`
}

// tilesetLayer describes one layer in the tiles.
type tilesetLayer struct {
	ID                string           `json:"id"`
	Title             string           `json:"title"`
	Description       string           `json:"description,omitempty"`
	DataType          string           `json:"dataType"`
	GeometryDimension *int             `json:"geometryDimension,omitempty"`
	MinTileMatrix     string           `json:"minTileMatrix"`
	MaxTileMatrix     string           `json:"maxTileMatrix"`
	BoundingBox       *boundingBox     `json:"boundingBox,omitempty"`
	PropertiesSchema  propertiesSchema `json:"propertiesSchema"`
	Links             []link           `json:"links,omitempty"`
}

type propertiesSchema struct {
	Type       string                `json:"type"`
	Properties object[*tileProperty] `json:"properties"`
}

type tileProperty struct {
	Title   string   `json:"title"`
	TitleEn string   `json:"x-title-en"`
	Type    string   `json:"type"`
	Format  string   `json:"format,omitempty"`
	Enum    []string `json:"enum,omitempty"`
	UOM     string   `json:"uom,omitempty"`
}

type tilesetList struct {
	Links    []link            `json:"links"`
	Tilesets []tilesetMetadata `json:"tilesets"`
}

// CityTilesets lists the tilesets of the city, and CollectionTilesets those of a collection: one, for there is one tile matrix set.
func (h *Handler) CityTilesets(w http.ResponseWriter, r *http.Request) error {
	return h.tilesets(w, r, h.citySet)
}

// CollectionTilesets lists the tilesets of a collection.
func (h *Handler) CollectionTilesets(w http.ResponseWriter, r *http.Request) error {
	return h.tilesets(w, r, h.collectionSet)
}

// chosen is the tileset that a request is about, where the caller takes what it is answered in.
func (h *Handler) chosen(r *http.Request, format, mediaType string, set func(*http.Request) (tileset, error)) (tileset, error) {
	if err := h.wants(r, format, mediaType); err != nil {
		return tileset{}, err
	}
	return set(r)
}

// chosenMatrix is chosen for addresses that name a tile matrix set, which there must be.
func (h *Handler) chosenMatrix(r *http.Request, format, mediaType string, set func(*http.Request) (tileset, error)) (tileset, error) {
	s, err := h.chosen(r, format, mediaType, set)
	if err != nil {
		return tileset{}, err
	}
	return s, findTileMatrixSet(r)
}

func (h *Handler) tilesets(w http.ResponseWriter, r *http.Request, set func(*http.Request) (tileset, error)) error {
	s, err := h.chosen(r, "json", jsonType, set)
	if err != nil {
		return err
	}
	return h.Reply.JSON(w, r, tilesetList{
		Links:    []link{{Href: s.home + "/tiles" + s.selection(), Rel: "self", Type: jsonType}},
		Tilesets: []tilesetMetadata{s.item(h.Base(r))},
	})
}

// CityTileset describes the tileset of the city, or of the collections that the request chooses.
func (h *Handler) CityTileset(w http.ResponseWriter, r *http.Request) error {
	return h.describeTileset(w, r, h.citySet)
}

// CollectionTileset describes the tileset of a collection.
func (h *Handler) CollectionTileset(w http.ResponseWriter, r *http.Request) error {
	return h.describeTileset(w, r, h.collectionSet)
}

func (h *Handler) describeTileset(w http.ResponseWriter, r *http.Request, set func(*http.Request) (tileset, error)) error {
	s, err := h.chosenMatrix(r, "json", jsonType, set)
	if err != nil {
		return err
	}
	return h.Reply.JSON(w, r, s.describe(h.Base(r)))
}

// selection is the query that chooses the collections again.
func (s tileset) selection() string {
	if !s.chosen {
		return ""
	}
	return "?collections=" + strings.Join(s.ids(), ",")
}

// item is what a list says of the tileset.
func (s tileset) item(base string) tilesetMetadata {
	self := s.home + "/tiles/" + tileMatrixSetID
	return tilesetMetadata{
		Title: s.title.Zh + " " + s.title.En, DataType: "vector", CRS: crs3857, TileMatrixSetURI: tileMatrixSetURI,
		Links: []link{
			{Href: self + s.selection(), Rel: "self", Type: jsonType, Title: "瓦片集 Tileset"},
			{Href: base + "/ogc/tileMatrixSets/" + tileMatrixSetID, Rel: tilingSchemeRel, Type: jsonType, Title: "瓦片矩阵集 Tile matrix set"},
			{Href: self + "/{tileMatrix}/{tileRow}/{tileCol}" + s.selection(), Rel: "item", Type: tileType, Title: "瓦片 Tile", Templated: true},
		},
	}
}

func (s tileset) describe(base string) tilesetMetadata {
	doc := s.item(base)
	list := AllLayers
	if !s.whole {
		list = strings.Join(s.ids(), ",")
	}
	doc.Links = append(doc.Links,
		link{Href: s.home, Rel: geodataRel, Type: jsonType, Title: "数据 Data"},
		link{Href: base + "/tiles/" + list + ".json", Rel: "alternate", Type: jsonType, Title: "TileJSON"})
	doc.Attribution = strings.Join(contents.Credits(s.view.Setting("attribution")), " | ")
	doc.MediaTypes = []string{tileType}
	if b, ok := s.extent(); ok {
		doc.TileMatrixSetLimits, doc.BoundingBox = allLimits(b), boxed(b)
	}
	if home := s.view.Place(); s.whole && home.Zoom > 0 {
		doc.CenterPoint = &tilePoint{place(home.Center), crs84, strconv.Itoa(min(int(home.Zoom), tile.MaxZoom))}
	}
	doc.Style = &tilesetStyle{
		ID: "light", Title: "浅色 Light",
		Links: []link{{Href: base + "/style.json", Rel: "stylesheet", Type: jsonType, Title: "MapLibre"}},
	}
	for _, l := range contents.Layers(s.layers...) {
		doc.Layers = append(doc.Layers, s.layer(l, base))
	}
	return doc
}

func (s tileset) layer(l contents.Layer, base string) tilesetLayer {
	out := tilesetLayer{
		ID: l.ID, Title: l.Title.Zh + " " + l.Title.En, Description: strings.TrimSpace(l.Of.Provenance.Zh + " " + l.Of.Provenance.En), DataType: "vector",
		MinTileMatrix: strconv.Itoa(l.MinZoom), MaxTileMatrix: strconv.Itoa(l.MaxZoom), PropertiesSchema: schemaOf(l.Fields),
	}
	if l.Dimension != contents.Mixed {
		out.GeometryDimension = &l.Dimension
	}
	if b, ok := s.view.Extent(l.Of.ID); ok {
		out.BoundingBox = boxed(b)
	}
	if l.Of.Collection {
		out.Links = []link{{Href: base + "/ogc/collections/" + l.Of.ID, Rel: geodataRel, Type: jsonType, Title: l.Of.Title.Zh}}
	}
	return out
}

func schemaOf(fields []contents.Field) propertiesSchema {
	s := propertiesSchema{Type: "object"}
	for _, f := range fields {
		p := &tileProperty{Title: f.Title.Zh, TitleEn: f.Title.En, UOM: f.Unit}
		p.Type, p.Format = jsonKind(f.Type)
		if f.Type == layers.Enum {
			for _, v := range f.Values {
				p.Enum = append(p.Enum, v.Code)
			}
		}
		s.Properties.set(f.Name, p)
	}
	return s
}

func boxed(b orb.Bound) *boundingBox { return &boundingBox{place(b.Min), place(b.Max), crs84} }
