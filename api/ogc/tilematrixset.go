package ogc

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"

	"github.com/gorilla/mux"

	"wangge/api/param"
	"wangge/geo/tile"
)

// ErrNoTileMatrixSet is the answer for a tiling scheme other than the one there is.
var ErrNoTileMatrixSet = errors.New("no such tile matrix set")

// The one tile matrix set, registered by OGC.
const (
	tileMatrixSetID  = "WebMercatorQuad"
	tileMatrixSetURI = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
	crs3857          = "http://www.opengis.net/def/crs/EPSG/0/3857"
)

// The measures of WebMercatorQuad (OGC 17-083r4, annex D.1): half the side of its square in metres, the pixels along the side of a tile,
// and the metres of a pixel by which scales are told.
const (
	halfSideM  = math.Pi * 6378137
	tileSidePx = 256
	pixelM     = 0.00028
)

// tileMatrixSet is a definition as in OGC 17-083r4, section 6.
type tileMatrixSet struct {
	ID                string       `json:"id"`
	Title             string       `json:"title"`
	URI               string       `json:"uri"`
	CRS               string       `json:"crs"`
	OrderedAxes       []string     `json:"orderedAxes,omitempty"`
	WellKnownScaleSet string       `json:"wellKnownScaleSet,omitempty"`
	TileMatrices      []tileMatrix `json:"tileMatrices,omitempty"`
	Links             []link       `json:"links"`
}

type tileMatrix struct {
	ID               string     `json:"id"`
	ScaleDenominator float64    `json:"scaleDenominator"`
	CellSize         float64    `json:"cellSize"` // metres of a pixel at the equator
	CornerOfOrigin   string     `json:"cornerOfOrigin"`
	PointOfOrigin    [2]float64 `json:"pointOfOrigin"`
	TileWidth        int        `json:"tileWidth"`
	TileHeight       int        `json:"tileHeight"`
	MatrixWidth      int        `json:"matrixWidth"`
	MatrixHeight     int        `json:"matrixHeight"`
}

// webMercatorQuad is the definition, cut to the zooms that there are tiles of.
func webMercatorQuad(base string) tileMatrixSet {
	s := tileMatrixSetItem(base)
	s.OrderedAxes, s.WellKnownScaleSet = []string{"X", "Y"}, "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible"
	for z := range tile.MaxZoom + 1 {
		cell := 2 * halfSideM / tileSidePx / float64(int(1)<<z)
		s.TileMatrices = append(s.TileMatrices, tileMatrix{
			ID: strconv.Itoa(z), ScaleDenominator: cell / pixelM, CellSize: cell, CornerOfOrigin: "topLeft",
			PointOfOrigin: [2]float64{-halfSideM, halfSideM}, TileWidth: tileSidePx, TileHeight: tileSidePx,
			MatrixWidth: 1 << z, MatrixHeight: 1 << z,
		})
	}
	return s
}

// tileMatrixSetItem is what a list says of it.
func tileMatrixSetItem(base string) tileMatrixSet {
	self := base + "/ogc/tileMatrixSets/" + tileMatrixSetID
	return tileMatrixSet{
		ID: tileMatrixSetID, Title: "网络墨卡托 Web Mercator", URI: tileMatrixSetURI, CRS: crs3857,
		Links: []link{
			{Href: self, Rel: "self", Type: jsonType, Title: "定义 Definition"},
			{Href: self, Rel: tilingSchemeRel, Type: jsonType, Title: "定义 Definition"},
		},
	}
}

type tileMatrixSets struct {
	Links          []link          `json:"links"`
	TileMatrixSets []tileMatrixSet `json:"tileMatrixSets"`
}

// TileMatrixSets lists the tiling schemes.
func (h *Handler) TileMatrixSets(w http.ResponseWriter, r *http.Request) error {
	if err := h.wants(r, "json", jsonType); err != nil {
		return err
	}
	base := h.Base(r)
	return h.Reply.JSON(w, r, tileMatrixSets{
		Links:          []link{{Href: base + "/ogc/tileMatrixSets", Rel: "self", Type: jsonType}},
		TileMatrixSets: []tileMatrixSet{tileMatrixSetItem(base)},
	})
}

// TileMatrixSet defines one of them.
func (h *Handler) TileMatrixSet(w http.ResponseWriter, r *http.Request) error {
	if err := h.wants(r, "json", jsonType); err != nil {
		return err
	}
	if err := findTileMatrixSet(r); err != nil {
		return err
	}
	return h.Reply.JSON(w, r, webMercatorQuad(h.Base(r)))
}

// findTileMatrixSet refuses the id in a path that is not that of the one tile matrix set.
func findTileMatrixSet(r *http.Request) error {
	if id := mux.Vars(r)["tileMatrixSetId"]; id != tileMatrixSetID {
		return fmt.Errorf("%q: %w", param.Shown(id), ErrNoTileMatrixSet)
	}
	return nil
}
