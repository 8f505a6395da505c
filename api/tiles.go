package api

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"wangge/api/reply"
	"wangge/api/tilecache"
	"wangge/geo/tile"
	"wangge/layers"
	"wangge/layers/city"
)

const (
	tileType    = "application/vnd.mapbox-vector-tile"
	deepestZoom = 18
	allLayers   = "city" // names every public tile layer
	tilesPath   = "/tiles/"
	tileRoute   = tilesPath + "{layers}/{z}/{x}/{y}.{format:mvt|pbf}"

	// thinnedHeader lists the layers of which less is shown because all of it would make the tile too large.
	thinnedHeader = "Wangge-Thinned"
)

// tiles is what answering with tiles needs: those kept and those being made, and bounds of what both may cost.
type tiles struct {
	version string           // of everything but the content that decides a tile's bytes
	cache   *tilecache.Cache // nil where it is switched off
	flights tilecache.Flights[*tilecache.Tile]
	desks   chan struct{} // one is taken while a tile is being made
	afloat  afloat
	plans   plans
	offered []reply.Encoding
	// draw is View.Tile, but in tests.
	draw func(ctx context.Context, v *city.View, p *city.Plan, addr tile.Addr) (city.Tile, error)
}

func newTiles(cfg Config) (*tiles, error) {
	cache, err := tilecache.New(cfg.TileCacheBytes)
	if err != nil {
		return nil, fmt.Errorf("cache of tiles: %w", err)
	}
	return &tiles{
		version: tileVersion(cfg.Version), cache: cache, desks: make(chan struct{}, runtime.GOMAXPROCS(0)),
		afloat: afloat{most: maxAfloat}, offered: reply.Encodings(),
		draw: func(ctx context.Context, v *city.View, p *city.Plan, addr tile.Addr) (city.Tile, error) {
			return v.Tile(ctx, p, addr)
		},
	}, nil
}

// order is a tile that is asked for.
type order struct {
	view *city.View
	plan *city.Plan
	addr tile.Addr
	tag  string // names its content
}

// tile answers with the vector tile that a path names.
func (a *API) tile(w http.ResponseWriter, r *http.Request) error {
	vars := mux.Vars(r)
	return a.tileOf(w, r, vars["layers"], vars["z"], vars["x"], vars["y"])
}

// tileOf answers with a vector tile of one or more layers; OGC API Tiles asks for it too.
func (a *API) tileOf(w http.ResponseWriter, r *http.Request, list, z, x, y string) error {
	callOf(r).tile = true
	addr, err := parseAddr(z, x, y)
	if err != nil {
		return err
	}
	view, plan, keep, err := a.showing(r, list)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", keep)
	e, err := a.reply.Negotiate(w, r, a.tiles.offered)
	if err != nil {
		return err
	}
	o := order{view, plan, addr, a.tiles.tagOf(view, plan, addr)}
	a.remember(r, e, o)
	if a.reply.Tagged(w, r, e, o.tag) {
		a.metrics.tiles.known.Inc()
		return nil
	}
	t, err := a.find(r, e, o)
	if err != nil {
		return err
	}
	return a.sendTile(w, r, e, t)
}

// find gives a tile that is kept, is being made for somebody else, or is made now. For HEAD it may be in another encoding than the one
// asked for: whether there is anything to send needs no compressing.
func (a *API) find(r *http.Request, e reply.Encoding, o order) (*tilecache.Tile, error) {
	etag := e.Quote(o.tag)
	if t := a.tiles.cache.Find(etag); t != nil {
		a.metrics.tiles.cached.Inc()
		return t, nil
	}
	if r.Method == http.MethodHead && e != reply.Identity {
		return a.find(r, reply.Identity, o)
	}
	own := false
	t, err := a.tiles.flights.Do(r.Context(), etag, func(ctx context.Context) (*tilecache.Tile, error) {
		own = true
		return a.make(ctx, e, o)
	})
	if err == nil && !own {
		a.metrics.tiles.shared.Inc()
	}
	return t, err
}

// make draws and encodes a tile and keeps it, when there is a desk free for it.
func (a *API) make(ctx context.Context, e reply.Encoding, o order) (*tilecache.Tile, error) {
	select {
	case a.tiles.desks <- struct{}{}:
		defer func() { <-a.tiles.desks }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	plain := &tilecache.Tile{}
	if e != reply.Identity {
		plain = a.tiles.cache.Find(reply.Identity.Quote(o.tag))
	}
	if plain == nil || plain.ETag == "" {
		var err error
		if plain, err = a.drawn(ctx, o); err != nil {
			return nil, err
		}
	}
	t := &tilecache.Tile{ETag: e.Quote(o.tag), Bytes: plain.Bytes, Thinned: plain.Thinned}
	if len(plain.Bytes) > 0 {
		var err error
		if t.Bytes, err = a.reply.Encode(e, plain.Bytes); err != nil {
			return nil, err
		}
	}
	a.tiles.cache.Keep(t)
	return t, nil
}

// drawn is a tile without encoding.
func (a *API) drawn(ctx context.Context, o order) (*tilecache.Tile, error) {
	begun := time.Now()
	made, err := a.tiles.draw(ctx, o.view, o.plan, o.addr)
	if err != nil {
		return nil, fmt.Errorf("tile %s of %s: %w", o.addr, o.plan.Key(), err)
	}
	a.metrics.tiles.drawn(made, time.Since(begun))
	return &tilecache.Tile{ETag: reply.Identity.Quote(o.tag), Bytes: made.Bytes, Thinned: made.Thinned}, nil
}

// sendTile answers with a tile, for whose encoding and tag the headers are set already.
func (a *API) sendTile(w http.ResponseWriter, r *http.Request, e reply.Encoding, t *tilecache.Tile) error {
	if !a.tiles.afloat.take(len(t.Bytes)) {
		return errBusy
	}
	defer a.tiles.afloat.give(len(t.Bytes))
	writeTile(w, r, e, t)
	return nil
}

func writeTile(w http.ResponseWriter, r *http.Request, e reply.Encoding, t *tilecache.Tile) {
	h := w.Header()
	if len(t.Thinned) > 0 {
		h.Set(thinnedHeader, strings.Join(t.Thinned, ","))
	}
	if len(t.Bytes) == 0 {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	h.Set("Content-Type", tileType)
	if e != reply.Identity {
		h.Set("Content-Encoding", string(e))
	}
	if t.ETag == h.Get("ETag") { // for HEAD it may be in another encoding
		h.Set("Content-Length", strconv.Itoa(len(t.Bytes)))
	}
	if r.Method == http.MethodHead {
		w.WriteHeader(http.StatusOK)
		return
	}
	hurry(w, r, len(t.Bytes))
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(t.Bytes) // a caller that went away is nobody's error
}

// tagOf names the bytes of a tile before they are made.
func (t *tiles) tagOf(view *city.View, plan *city.Plan, addr tile.Addr) string {
	b := make([]byte, 0, 256)
	b = append(b, t.version...)
	b = append(b, ' ', addr.Z)
	b = binary.BigEndian.AppendUint32(b, addr.X)
	b = binary.BigEndian.AppendUint32(b, addr.Y)
	b = binary.BigEndian.AppendUint64(b, view.ContentHash(plan, addr))
	b = append(b, plan.Key()...)
	sum := sha256.Sum256(b)
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
