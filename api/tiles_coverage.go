package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"wangge/api/reply"
	"wangge/api/tilecache"
	v1 "wangge/api/v1"
	"wangge/geo/tile"
	"wangge/layers/city"
)

// coveragePrefix begins the names of tile layers that show a service of coverage, hexagon by hexagon. They come alone: hexagons of one service hide those
// of another.
const coveragePrefix = "coverage_"

const (
	coverageLayer     = "/tiles/{coverage:" + coveragePrefix + "[a-z0-9_]*}"
	coverageTileRoute = coverageLayer + "/{z}/{x}/{y}.{format:mvt|pbf}"
)

// coverageTileRoutes stand before those of other layers. Who is calling matters: scenarios are not everybody's.
func (a *API) coverageTileRoutes() []route {
	return []route{
		{path: coverageTileRoute, params: v1.ShownParams(), reads: true, serve: a.coverageTile},
		{path: coverageLayer + ".json", params: v1.ShownParams(), reads: true, serve: a.coverageTileJSON},
	}
}

// shownOf reads which coverage a path names.
func (a *API) shownOf(r *http.Request) (*v1.Shown, error) {
	return a.v1.AskShown(r, strings.TrimPrefix(mux.Vars(r)["coverage"], coveragePrefix))
}

// coverageTile answers with a tile of hexagons. Its tag is made of its bytes: what a change of the city leaves as it is stays good.
func (a *API) coverageTile(w http.ResponseWriter, r *http.Request) error {
	callOf(r).tile = true
	vars := mux.Vars(r)
	addr, err := parseAddr(vars["z"], vars["x"], vars["y"])
	if err != nil {
		return err
	}
	shown, err := a.shownOf(r)
	if err != nil {
		return err
	}
	e, err := a.reply.Negotiate(w, r, a.tiles.offered)
	if err != nil {
		return err
	}
	plain, err := a.drawCoverage(r.Context(), shown, addr)
	if err != nil {
		return err
	}
	tag := reply.Hash(append([]byte(a.tiles.version+coveragePrefix), plain...))
	if shown.Private {
		w.Header().Add("Vary", "Authorization, Cookie")
		w.Header().Set("Cache-Control", reply.Private)
		return a.sendPrivate(w, r, e, plain)
	}
	w.Header().Set("Cache-Control", reply.Revalidate)
	a.remember(r, e, order{view: shown.View, tag: tag})
	if a.reply.Tagged(w, r, e, tag) {
		a.metrics.tiles.known.Inc()
		return nil
	}
	t := a.tiles.cache.Find(e.Quote(tag))
	if t == nil {
		if t, err = a.encoded(e, e.Quote(tag), plain); err != nil {
			return err
		}
		a.tiles.cache.Keep(t)
	}
	return a.sendTile(w, r, e, t)
}

// sendPrivate sends a tile that nobody keeps.
func (a *API) sendPrivate(w http.ResponseWriter, r *http.Request, e reply.Encoding, plain []byte) error {
	t, err := a.encoded(e, "", plain)
	if err != nil {
		return err
	}
	return a.sendTile(w, r, e, t)
}

func (a *API) encoded(e reply.Encoding, etag string, plain []byte) (*tilecache.Tile, error) {
	t := &tilecache.Tile{ETag: etag, Bytes: plain}
	if len(plain) == 0 {
		return t, nil
	}
	var err error
	t.Bytes, err = a.reply.Encode(e, plain)
	return t, err
}

// drawCoverage draws a tile, when there is a desk free for it.
func (a *API) drawCoverage(ctx context.Context, shown *v1.Shown, addr tile.Addr) ([]byte, error) {
	hexes, err := a.hexes.of(ctx, shown)
	if err != nil {
		return nil, fmt.Errorf("hexagons of %s: %w", shown.Service.ID, err)
	}
	select {
	case a.tiles.desks <- struct{}{}:
		defer func() { <-a.tiles.desks }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	begun := time.Now()
	bytes := hexes.Tile(addr, coveragePrefix+shown.Service.ID)
	a.metrics.tiles.drawn(city.Tile{Bytes: bytes}, time.Since(begun))
	return bytes, nil
}
