package ogc

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gorilla/mux"
	"github.com/paulmach/orb"

	"wangge/api/param"
	"wangge/geo/tile"
	"wangge/layers"
	"wangge/layers/city"
)

// Why a tileset has no such tile.
var (
	ErrNoTileMatrix  = errors.New("no such tile matrix")
	ErrOutsideLimits = errors.New("outside the limits of the tileset")
)

// AllLayers names every layer of the city to Handler.Tile.
const AllLayers = "city"

// maxCollections bounds the parameter collections, and the characters of its text.
const maxCollections, maxCollectionsText = 64, 4096

// tileset is what the tiles below one resource are made of.
type tileset struct {
	view   *city.View
	home   string // the address of the resource that has the tiles
	title  layers.Text
	layers []*layers.Layer // in the order that was asked for
	chosen bool            // by the parameter collections
	whole  bool            // every layer of the city
}

// citySet is the tileset of the city, or of the collections that the request chooses from it.
func (h *Handler) citySet(r *http.Request) (tileset, error) {
	view, err := h.City(r)
	if err != nil {
		return tileset{}, err
	}
	place := view.Place()
	base := h.Base(r)
	s := tileset{view: view, home: base + "/ogc", title: layers.Text{Zh: place.Name, En: place.NameEn}, layers: view.Layers(), whole: true}
	q := h.Query(r)
	if !q.Has("collections") {
		return s, nil
	}
	s.layers, s.chosen, s.whole = chosen(q, view, base+"/ogc/collections/"), true, false
	return s, q.Err()
}

// chosen reads the parameter collections: ids of collections or their addresses, which begin with a prefix. Repeated ones are one.
func chosen(q *param.Query, view *city.View, prefix string) []*layers.Layer {
	names := strings.Split(q.Text("collections", maxCollectionsText), ",")
	if q.Err() != nil {
		return nil
	}
	if len(names) > maxCollections {
		q.Fault("collections", fmt.Sprintf("最多 %d 个集合", maxCollections), fmt.Sprintf("at most %d collections", maxCollections))
		return nil
	}
	var out []*layers.Layer
	for _, name := range names {
		l := view.Layer(strings.TrimPrefix(name, prefix))
		switch {
		case l == nil || !l.Collection:
			shown := param.Shown(name)
			q.Fault("collections", fmt.Sprintf("没有集合“%s”", shown), fmt.Sprintf("there is no collection %q", shown))
			return nil
		case !slices.Contains(out, l):
			out = append(out, l)
		}
	}
	return out
}

// collectionSet is the tileset of the collection that a path names.
func (h *Handler) collectionSet(r *http.Request) (tileset, error) {
	view, l, err := h.find(r)
	if err != nil {
		return tileset{}, err
	}
	return tileset{view: view, home: h.Base(r) + "/ogc/collections/" + l.ID, title: l.Title, layers: []*layers.Layer{l}}, nil
}

// ids are the tile-layer ids of the layers.
func (s tileset) ids() []string {
	out := make([]string, len(s.layers))
	for i, l := range s.layers {
		out[i] = l.ID
	}
	return out
}

// extent is the box of all features, in degrees; false where there are none.
func (s tileset) extent() (orb.Bound, bool) { return s.view.Extent(s.ids()...) }

// CityTile answers with a tile of the city, or of the collections that the request chooses.
func (h *Handler) CityTile(w http.ResponseWriter, r *http.Request) error {
	return h.tile(w, r, h.citySet)
}

// CollectionTile answers with a tile of one collection.
func (h *Handler) CollectionTile(w http.ResponseWriter, r *http.Request) error {
	return h.tile(w, r, h.collectionSet)
}

func (h *Handler) tile(w http.ResponseWriter, r *http.Request, set func(*http.Request) (tileset, error)) error {
	s, err := h.chosenMatrix(r, "mvt", tileType, set)
	if err != nil {
		return err
	}
	addr, err := parseTile(mux.Vars(r))
	if err != nil {
		return err
	}
	if b, ok := s.extent(); ok && !h.Query(r).Has("datetime") && !limitsAt(addr.Z, b).has(addr) { // the limits are those of now
		return fmt.Errorf("%s: %w", addr, ErrOutsideLimits)
	}
	list := AllLayers
	if !s.whole {
		list = strings.Join(s.ids(), ",")
	}
	number := func(n uint32) string { return strconv.FormatUint(uint64(n), 10) }
	return h.Tile(w, r, list, number(uint32(addr.Z)), number(addr.X), number(addr.Y))
}

// parseTile reads the address of a tile, in which the row comes before the column.
func parseTile(vars map[string]string) (tile.Addr, error) {
	matrix, row, col := vars["tileMatrix"], vars["tileRow"], vars["tileCol"]
	if _, err := tile.Parse(matrix, "0", "0"); err != nil {
		return tile.Addr{}, fmt.Errorf("%q: %w", param.Shown(matrix), ErrNoTileMatrix)
	}
	var faults param.Faults
	x, err := tile.Parse(matrix, col, "0")
	if err != nil {
		faults = append(faults, numberFault("tileCol", err)...)
	}
	y, err := tile.Parse(matrix, "0", row)
	if err != nil {
		faults = append(faults, numberFault("tileRow", err)...)
	}
	if faults != nil {
		return tile.Addr{}, faults
	}
	return tile.Addr{Z: x.Z, X: x.X, Y: y.Y}, nil
}

func numberFault(name string, err error) param.Faults {
	if errors.Is(err, tile.ErrOutside) || errors.Is(err, tile.ErrNegative) {
		return param.InPath(name, "超出该级别的范围", "does not exist in this tile matrix")
	}
	return param.InPath(name, "必须是不带前导零的整数", "must be a whole number without leading zeros")
}
