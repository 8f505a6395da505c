package api

import (
	"log/slog"
	"net/http"
	"strings"
	"time"

	"wangge/api/auth"
	"wangge/api/reply"
	"wangge/api/tilecache"
)

// remember keeps which tile an address stands for in this version of the city, for warm to answer the next who asks.
func (a *API) remember(r *http.Request, e reply.Encoding, o order) {
	if a.tiles.cache == nil || !strings.HasPrefix(r.RequestURI, tilesPath) || query(r).Has(minRevision) || query(r).Has(datetimeParam) {
		return
	}
	a.tiles.cache.Remember(tilecache.Name{Address: r.RequestURI, Encoding: string(e)}, tilecache.Stamp{Version: o.view.Version(), ETag: e.Quote(o.tag)})
}

// warm answers a request for a tile whose address was asked for before in this version of the city: what tileOf would answer, but
// without router, context and content hash, which together take longer than sending the tile. It tells whether it did.
// Whatever is in any way unusual it leaves to the others.
func (a *API) warm(w http.ResponseWriter, r *http.Request) bool {
	if a.tiles.cache == nil || !strings.HasPrefix(r.RequestURI, tilesPath) || r.ContentLength != 0 || auth.HasToken(r) || // which may be no good
		r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	begun := time.Now()
	view, err := a.cfg.City.At(r.Context(), 0)
	if err != nil {
		return false
	}
	e, err := reply.Choose(reply.Accepted(r), a.tiles.offered)
	if err != nil {
		return false
	}
	stamp, ok := a.tiles.cache.Recall(tilecache.Name{Address: r.RequestURI, Encoding: string(e)}, view.Version())
	if !ok {
		return false
	}
	t, status := (*tilecache.Tile)(nil), http.StatusNotModified
	if !reply.Unchanged(r, stamp.ETag) {
		if t = a.tiles.cache.Find(stamp.ETag); t == nil || !a.tiles.afloat.take(len(t.Bytes)) {
			return false
		}
		defer a.tiles.afloat.give(len(t.Bytes))
		if status = http.StatusOK; len(t.Bytes) == 0 {
			status = http.StatusNoContent
		}
	}
	id := requestID(r)
	a.sendWarm(w, r, id, e, stamp.ETag, t)
	a.noteWarm(r, id, status, t, time.Since(begun))
	return true
}

// sendWarm sends a tile, or 304 where there is none because the caller has it.
func (a *API) sendWarm(w http.ResponseWriter, r *http.Request, id string, e reply.Encoding, etag string, t *tilecache.Tile) {
	h := w.Header()
	h["X-Request-Id"] = []string{id}
	guard(h)
	allowOrigins(h)
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cache-Control", reply.Revalidate)
	h["Etag"] = []string{etag}
	if t == nil {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	writeTile(w, r, e, t)
}

// noteWarm counts and logs what warm answered, as observe does for the rest.
func (a *API) noteWarm(r *http.Request, id string, status int, t *tilecache.Tile, took time.Duration) {
	sent := 0
	if t == nil {
		a.metrics.tiles.known.Inc()
	} else {
		a.metrics.tiles.cached.Inc()
		sent = len(t.Bytes)
	}
	a.metrics.observe(tileRoute, r.Method, status, took)
	if a.cfg.Log.Enabled(r.Context(), slog.LevelDebug) {
		a.log(r, slog.LevelDebug, answered{id: id, remote: a.remote(r), status: status, bytes: int64(sent), took: took})
	}
}
