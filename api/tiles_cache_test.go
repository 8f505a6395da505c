package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wangge/api/reply"
	"wangge/geo/tile"
	"wangge/layers/city"
)

// draws counts the tiles that a server draws from now on.
func (w *town) draws() *atomic.Int64 {
	var n atomic.Int64
	draw := w.api.tiles.draw
	w.api.tiles.draw = func(ctx context.Context, v *city.View, p *city.Plan, addr tile.Addr) (city.Tile, error) {
		n.Add(1)
		return draw(ctx, v, p, addr)
	}
	return &n
}

// A tile that was asked for before is answered as it was then, headers and all, without being drawn again.
func TestWarmTileIsTheSame(t *testing.T) {
	w := newTown(t)
	drawn := w.draws()
	for _, path := range []string{tilePath("city", 16), "/tiles/road/14/0/0.mvt", tilePath("road", 15) + "?fields=name,class&filter=name%3D%27x%27"} {
		for _, encoding := range []string{"identity", "gzip", "br", "zstd", "br;q=0.1, gzip"} {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				first := w.ask(t, method, path, "Accept-Encoding", encoding)
				w.get(t, path, "Accept-Encoding", encoding)
				before := drawn.Load()
				again := w.ask(t, method, path, "Accept-Encoding", encoding)
				if drawn.Load() != before {
					t.Errorf("%s %s %s is drawn again", method, path, encoding)
				}
				if first.StatusCode != again.StatusCode || !bytes.Equal(first.body, again.body) {
					t.Errorf("%s %s %s: %s, then %s", method, path, encoding, first.Status, again.Status)
				}
				one, two := maps.Clone(first.Header), maps.Clone(again.Header)
				for _, h := range []http.Header{one, two} {
					delete(h, "Date")
					delete(h, "X-Request-Id")
					if method == http.MethodHead {
						delete(h, "Content-Length") // not known before the tile was encoded
					}
				}
				if diff := cmp.Diff(one, two); diff != "" {
					t.Errorf("%s %s %s: %s", method, path, encoding, diff)
				}
				known := w.ask(t, method, path, "Accept-Encoding", encoding, "If-None-Match", first.Header.Get("ETag"), "X-Request-Id", "mine")
				if known.StatusCode != http.StatusNotModified || known.Header.Get("ETag") != first.Header.Get("ETag") ||
					known.Header.Get("Vary") != "Accept-Encoding" || known.Header.Get("X-Request-Id") != "mine" || drawn.Load() != before {
					t.Errorf("%s %s %s: %s %v", method, path, encoding, known.Status, known.Header)
				}
			}
		}
	}
	if f := w.api.tiles.cache.Figures(); f.Hits == 0 || f.Misses == 0 {
		t.Errorf("%+v", f)
	}
}

// No answer is older than the last answer, nor than the write that was answered before it was asked for, be the cache as warm as it may.
func TestWarmTileIsNeverStale(t *testing.T) {
	w := newTown(t)
	path := tilePath("public_toilet", 16)
	for i := range 30 {
		w.get(t, path)
		w.get(t, path)
		w.get(t, path+"?min_revision=1")
		revision := w.write(t, fmt.Sprintf(`UPDATE public_toilet SET name = '公厕%d' WHERE id = 7`, i))
		name := fmt.Appendf(nil, "公厕%d", i)
		if a := w.get(t, path+"?min_revision="+revision); !bytes.Contains(a.body, name) {
			t.Fatalf("write %d is not in the tile that had to show it: %s", i, a.Status)
		}
		for _, encoding := range []string{"identity", "gzip"} {
			a := w.get(t, path, "Accept-Encoding", encoding)
			if encoding == "gzip" {
				a.body = unzip(t, a.body)
			}
			if !bytes.Contains(a.body, name) {
				t.Fatalf("write %d was shown and is not any more", i)
			}
		}
	}
}

// Without a cache every tile is drawn, but no 304 needs one.
func TestCacheOfTilesSwitchedOff(t *testing.T) {
	w := newTown(t, func(c *Config) { c.TileCacheBytes = 0 })
	drawn := w.draws()
	path := tilePath("city", 16)
	first := w.get(t, path, "Accept-Encoding", "gzip")
	if again := w.get(t, path, "Accept-Encoding", "gzip"); !bytes.Equal(first.body, again.body) || drawn.Load() != 2 {
		t.Errorf("%d tiles drawn for two requests", drawn.Load())
	}
	if known := w.get(t, path, "Accept-Encoding", "gzip", "If-None-Match", first.Header.Get("ETag")); known.StatusCode != http.StatusNotModified || drawn.Load() != 2 {
		t.Errorf("%s, %d tiles drawn: a 304 needs none", known.Status, drawn.Load())
	}
}

// An encoding that was not asked for yet is made of the tile that is there.
func TestEncodingsOfOneTile(t *testing.T) {
	w := newTown(t)
	drawn := w.draws()
	path := tilePath("city", 16)
	if head := w.ask(t, http.MethodHead, path, "Accept-Encoding", "br"); head.StatusCode != http.StatusOK || head.Header.Get("Content-Encoding") != "br" {
		t.Errorf("%s %v", head.Status, head.Header)
	}
	for _, e := range reply.Encodings() {
		a := w.get(t, path, "Accept-Encoding", string(e))
		if got := a.Header.Get("Content-Encoding"); a.StatusCode != http.StatusOK || got != string(e) && e != reply.Identity {
			t.Errorf("%s: %s in %q", e, a.Status, got)
		}
	}
	if drawn.Load() != 1 {
		t.Errorf("drawn %d times", drawn.Load())
	}
}

// gate holds the drawing of tiles until it is opened.
type gate struct {
	open    chan struct{}
	waiting atomic.Int64
	ended   atomic.Int64 // by their contexts
}

func (w *town) gate() *gate {
	g := &gate{open: make(chan struct{})}
	draw := w.api.tiles.draw
	w.api.tiles.draw = func(ctx context.Context, v *city.View, p *city.Plan, addr tile.Addr) (city.Tile, error) {
		g.waiting.Add(1)
		defer g.waiting.Add(-1)
		select {
		case <-g.open:
			return draw(ctx, v, p, addr)
		case <-ctx.Done():
			g.ended.Add(1)
			return city.Tile{}, ctx.Err()
		}
	}
	return g
}

// until waits for what will be so soon.
func until(t *testing.T, done func() bool) {
	t.Helper()
	for begun := time.Now(); !done(); runtime.Gosched() {
		if time.Since(begun) > 20*time.Second {
			t.Fatal("that does not come")
		}
	}
}

// Many who ask for one cold tile at once get it from one drawing.
func TestEqualRequestsAreDrawnOnce(t *testing.T) {
	w := newTown(t, func(c *Config) { c.TileCacheBytes = 0 })
	drawn := w.draws()
	g := w.gate()
	const many = 40
	var all sync.WaitGroup
	var bodies [many][]byte
	for i := range many {
		all.Go(func() { bodies[i] = w.get(t, tilePath("city", 16)).body })
	}
	until(t, func() bool { return w.api.tiles.flights.Waiting() == many })
	close(g.open)
	all.Wait()
	for i := range bodies {
		if len(bodies[i]) == 0 || !bytes.Equal(bodies[i], bodies[0]) {
			t.Errorf("request %d has another tile", i)
		}
	}
	page := string(w.get(t, "/metrics").body)
	if !strings.Contains(page, `wangge_tiles_total{result="shared"} 39`) || drawn.Load() != 1 {
		t.Errorf("drawn %d times, not shared by 39", drawn.Load())
	}
}

// A caller who leaves ends the work for his tile, but not while another waits for it.
func TestLeavingEndsTheWork(t *testing.T) {
	w := newTown(t)
	g := w.gate()
	one, leaveOne := context.WithCancel(t.Context())
	two, leaveTwo := context.WithCancel(t.Context())
	url := w.URL + tilePath("city", 16)
	first := fetch(one, t, w.Client(), url)
	until(t, func() bool { return g.waiting.Load() == 1 })
	second := fetch(two, t, w.Client(), url)
	until(t, func() bool { return w.api.tiles.flights.Waiting() == 2 })
	leaveOne()
	<-first
	until(t, func() bool { return w.api.tiles.flights.Waiting() == 1 })
	if g.ended.Load() != 0 {
		t.Error("the work ended while one waits")
	}
	leaveTwo()
	<-second
	until(t, func() bool { return g.ended.Load() == 1 && g.waiting.Load() == 0 })
	close(g.open)
	if a := w.get(t, tilePath("city", 16)); a.StatusCode != http.StatusOK {
		t.Errorf("afterwards: %s", a.Status)
	}
	gone := 0
	for _, line := range w.log.lines(t, "request") {
		if line["status"] == float64(statusGone) {
			gone++
		}
	}
	if failed := w.log.lines(t, "request failed"); len(failed) > 0 || gone != 2 {
		t.Errorf("%d went, %v", gone, failed)
	}
}

// No more tiles are drawn at once than there are processors; who waits for his turn may leave.
func TestDrawingsAreBounded(t *testing.T) {
	w := newTown(t)
	g := w.gate()
	ctx, leave := context.WithCancel(t.Context())
	var answers []<-chan answer
	const many = 40
	for z := range many {
		answers = append(answers, fetch(ctx, t, w.Client(), fmt.Sprintf("%s%s?fields=name&filter=name%%3D'%d'", w.URL, tilePath("public_toilet", 16), z)))
	}
	until(t, func() bool { return w.api.tiles.flights.Waiting() == many })
	if n := g.waiting.Load(); n > int64(cap(w.api.tiles.desks)) || n < 1 {
		t.Errorf("%d drawings at once", n)
	}
	leave()
	for _, a := range answers {
		<-a
	}
	until(t, func() bool {
		return w.api.tiles.flights.Waiting() == 0 && g.waiting.Load() == 0 && len(w.api.tiles.desks) == 0
	})
}

// A drawing that fails or panics is its own requests' trouble and nobody else's.
func TestBrokenDrawings(t *testing.T) {
	w := newTown(t)
	draw := w.api.tiles.draw
	breaks := []func() error{func() error { return errors.New("no ink") }, func() error { panic("no paper") }}
	for i, broken := range breaks {
		w.api.tiles.draw = func(context.Context, *city.View, *city.Plan, tile.Addr) (city.Tile, error) {
			return city.Tile{}, broken()
		}
		if a := w.get(t, tilePath("city", 16)); problemOf(t, a).Type != "internal" || bytes.Contains(a.body, []byte("no ")) {
			t.Errorf("%d: %s %s", i, a.Status, a.body)
		}
		if n := len(w.api.tiles.desks); n != 0 {
			t.Errorf("%d desks are still taken", n)
		}
	}
	w.api.tiles.draw = draw
	if a := w.get(t, tilePath("city", 16)); a.StatusCode != http.StatusOK {
		t.Errorf("afterwards: %s", a.Status)
	}
}

func TestThinnedTilesSaySo(t *testing.T) {
	w := newTown(t)
	draw := w.api.tiles.draw
	w.api.tiles.draw = func(ctx context.Context, v *city.View, p *city.Plan, addr tile.Addr) (city.Tile, error) {
		made, err := draw(ctx, v, p, addr)
		made.Thinned = []string{"road", "parking_space"}
		return made, err
	}
	for range 2 {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			if got := w.ask(t, method, tilePath("city", 16)).Header.Get("Wangge-Thinned"); got != "road,parking_space" {
				t.Errorf("%s: Wangge-Thinned %q", method, got)
			}
		}
	}
	page := string(w.get(t, "/metrics").body)
	for _, want := range []string{`wangge_tiles_thinned_total{layer="road"} 1`, `wangge_tiles_thinned_total{layer="parking_space"} 1`,
		"wangge_tile_cache_hits_total 3", "wangge_tile_cache_misses_total 1", "wangge_tile_cache_evictions_total 0", "wangge_tile_sending_bytes 0"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s", want)
		}
	}
}

// Tiles that are answered well are counted and not logged; what goes wrong is logged.
func TestTilesAreLoggedForDebuggingOnly(t *testing.T) {
	w := newTown(t)
	tag := w.get(t, tilePath("city", 16)).Header.Get("ETag")
	w.get(t, tilePath("city", 16))
	w.get(t, tilePath("city", 16), "If-None-Match", tag)
	w.get(t, "/tiles/road/14/0/0.mvt")
	if lines := w.log.lines(t, "request"); len(lines) != 0 {
		t.Errorf("%v", lines)
	}
	w.get(t, "/tiles/road/14/99999/0.mvt")
	if lines := w.log.lines(t, "request"); len(lines) != 1 || lines[0]["status"] != float64(400) {
		t.Errorf("%v", lines)
	}
	page := string(w.get(t, "/metrics").body)
	for status, n := range map[int]int{200: 2, 304: 1, 204: 1, 400: 1} {
		if want := fmt.Sprintf(`route=%q,status="%d"} %d`, tileRoute, status, n); !strings.Contains(page, want) {
			t.Errorf("no %s", want)
		}
	}
}
