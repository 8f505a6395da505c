package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"wangge/api/param"
	"wangge/api/reply"
	"wangge/geo/tile"
	"wangge/layers"
	"wangge/layers/city"
)

const (
	tileType    = "application/vnd.mapbox-vector-tile"
	deepestZoom = 18
	allLayers   = "city" // names every public tile layer
	maxLayers   = 64     // in one list
)

var (
	errNoLayer = errors.New("no such layer")
	errZoom    = errors.New("no tiles at this zoom")
)

// tile answers with the vector tile that a path names.
func (a *API) tile(w http.ResponseWriter, r *http.Request) error {
	vars := mux.Vars(r)
	return a.tileOf(w, r, vars["layers"], vars["z"], vars["x"], vars["y"])
}

// tileOf answers with a vector tile of one or more layers; OGC API Tiles asks for it too.
func (a *API) tileOf(w http.ResponseWriter, r *http.Request, list, z, x, y string) error {
	addr, err := parseAddr(z, x, y)
	if err != nil {
		return err
	}
	view, err := a.view(r)
	if err != nil {
		return err
	}
	ids, err := tileLayers(view, list)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", reply.Revalidate)
	encoding, err := a.reply.Negotiate(w, r, reply.Encodings())
	if err != nil {
		return err
	}
	plan, err := view.Plan(city.Query{Layers: ids})
	if err != nil {
		return err
	}
	if a.reply.Tagged(w, r, encoding, a.tagOf(view, plan, addr)) {
		a.metrics.tiles.WithLabelValues("known").Inc()
		return nil
	}
	body, err := a.build(r, view, plan, addr)
	if err != nil {
		return err
	}
	if len(body) == 0 {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return a.reply.Write(w, encoding, tileType, body)
}

func (a *API) build(r *http.Request, view *city.View, plan *city.Plan, addr tile.Addr) ([]byte, error) {
	begun := time.Now()
	made, err := view.Tile(r.Context(), plan, addr)
	if err != nil {
		return nil, fmt.Errorf("tile %s of %s: %w", addr, plan.Key(), err)
	}
	body := made.Bytes
	result := "built"
	if len(body) == 0 {
		result = "empty"
	}
	a.metrics.tiles.WithLabelValues(result).Inc()
	a.metrics.tileTime.Observe(time.Since(begun).Seconds())
	a.metrics.tileBytes.Observe(float64(len(body)))
	return body, nil
}

// tagOf names the bytes of a tile before they are built.
func (a *API) tagOf(view *city.View, plan *city.Plan, addr tile.Addr) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %s %s %016x", a.tileTag, addr, plan.Key(), view.ContentHash(plan, addr)))
	return hex.EncodeToString(sum[:12])
}

// tileVersion names the program and the catalogue: what makes tiles of the same content differ.
func tileVersion(program string) string {
	h := sha256.New()
	h.Write([]byte(program))
	enc := json.NewEncoder(h)
	for _, l := range append(layers.Catalogue(), layers.Reference()...) {
		_ = enc.Encode([]any{l.ID, l.FirstZoom, l.ZoomBy}) // a hash takes everything
		for _, f := range l.TileFields() {
			_ = enc.Encode([]any{f.Name, f.Type, f.Values})
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// parseAddr reads a tile address. A zoom without tiles is errZoom, anything else wrong with it param.Faults.
func parseAddr(z, x, y string) (tile.Addr, error) {
	zoom, err := tile.Parse(z, "0", "0")
	if errors.Is(err, tile.ErrZoom) || errors.Is(err, tile.ErrNegative) || err == nil && zoom.Z > deepestZoom {
		return tile.Addr{}, explain(errZoom, fmt.Sprintf("级别为 0 到 %d", deepestZoom), fmt.Sprintf("zooms are 0 to %d", deepestZoom))
	}
	if err != nil {
		return tile.Addr{}, addrFault("z", err)
	}
	var faults param.Faults
	col, err := tile.Parse(z, x, "0")
	if err != nil {
		faults = append(faults, addrFault("x", err)...)
	}
	row, err := tile.Parse(z, "0", y)
	if err != nil {
		faults = append(faults, addrFault("y", err)...)
	}
	if faults != nil {
		return tile.Addr{}, faults
	}
	return tile.Addr{Z: zoom.Z, X: col.X, Y: row.Y}, nil
}

func addrFault(name string, err error) param.Faults {
	switch {
	case errors.Is(err, tile.ErrNegative):
		return param.InPath(name, "不能为负", "must not be negative")
	case errors.Is(err, tile.ErrOutside):
		return param.InPath(name, "超出该级别的范围", "does not exist at this zoom")
	}
	return param.InPath(name, "必须是不带前导零的整数", "must be a whole number without leading zeros")
}

// tileLayers reads a list of layers: a set, in the order in which tiles hold them. "city" stands for all of them.
func tileLayers(view *city.View, list string) ([]string, error) {
	names := strings.Split(list, ",")
	if len(names) > maxLayers {
		return nil, param.InPath("layers", fmt.Sprintf("最多 %d 个图层", maxLayers), fmt.Sprintf("at most %d layers", maxLayers))
	}
	for _, name := range names {
		if name != allLayers && view.Layer(name) == nil {
			shown := param.Shown(name)
			return nil, explain(errNoLayer, fmt.Sprintf("没有图层“%s”", shown), fmt.Sprintf("there is no layer %q", shown))
		}
	}
	var ids []string
	for _, l := range view.Layers() {
		if slices.Contains(names, allLayers) || slices.Contains(names, l.ID) {
			ids = append(ids, l.ID)
		}
	}
	return ids, nil
}
