package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"wangge/fixtures/pgrun"
	"wangge/fixtures/pgtest"
	gridpg "wangge/grid/postgres"
	"wangge/layers/city"
	"wangge/layers/postgres"
)

func TestBeforeTheCityIsLoaded(t *testing.T) {
	pool := pgtest.DB(t)
	log := &logBuffer{}
	store := gridpg.NewStore(pool)
	a, err := New(Config{City: city.New(city.Config{Pool: pool}), Records: postgres.NewReader(pool), Store: store, Imports: postgres.NewImports(pool), Auth: newGate(t, store), Log: slog.New(slog.NewJSONHandler(log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	w := &town{Server: httptest.NewServer(a), pool: pool, api: a, log: log}
	defer w.Close()
	for path := range good() {
		got := w.get(t, path)
		switch {
		case strings.HasPrefix(path, "/healthz"), path == "/metrics", path == "/", strings.HasPrefix(path, "/sprite"), path == "/ogc", path == "/ogc/", path == "/ogc?f=html", path == "/ogc/conformance",
			strings.HasPrefix(path, "/ogc/api"), strings.HasPrefix(path, "/ogc/tileMatrixSets"), path == "/api/v1/openapi.json",
			strings.HasPrefix(path, "/api/v1/coverage/profiles"): // what the record alone knows
			if got.StatusCode != http.StatusOK {
				t.Errorf("GET %s: %s", path, got.Status)
			}
		default:
			if p := problemOf(t, got); got.StatusCode != http.StatusServiceUnavailable || p.Type != "starting" || got.Header.Get("Retry-After") == "" {
				t.Errorf("GET %s: %s %s", path, got.Status, got.body)
			}
		}
	}
}

// The city goes on from memory while the database is away, and whatever needs the record says so.
func TestDatabaseAway(t *testing.T) {
	cluster := pgtest.Cluster(t)
	pool := pgtest.Pool(t, cluster.DSN(pgrun.Database))
	if _, err := pool.Exec(t.Context(), smallCitySQL); err != nil {
		t.Fatal(err)
	}
	w := townOn(t, pool)
	before := w.get(t, tilePath("city", 16))
	w.get(t, roadItem) // so that there is a connection to lose
	if err := cluster.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		for _, path := range []string{roadItem, "/readyz?write=1"} {
			a := w.get(t, path)
			if p := problemOf(t, a); a.StatusCode != http.StatusServiceUnavailable || p.Type != "database-away" || a.Header.Get("Retry-After") == "" {
				t.Errorf("GET %s: %s %s", path, a.Status, a.body)
			}
		}
	}
	if a := w.get(t, tilePath("city", 16)); a.StatusCode != http.StatusOK || !bytes.Equal(a.body, before.body) {
		t.Errorf("a tile: %s", a.Status)
	}
	for _, path := range []string{"/readyz", "/api/v1/status", "/api/v1/counts", "/api/v1/locate?lon=120&lat=36.27", "/api/v1/search?q=R-1",
		"/ogc/collections/construction_site/schema", "/style.json", "/metrics"} {
		if a := w.get(t, path); a.StatusCode != http.StatusOK {
			t.Errorf("GET %s: %s", path, a.Status)
		}
	}
	var region regionJSON
	w.json(t, "/api/v1/regions/370281001", &region)
	if region.Name != "阜安街道" || region.Figures != nil {
		t.Errorf("%+v", region)
	}
	if lines := w.log.lines(t, "request failed"); len(lines) > 0 {
		t.Errorf("logged as unforeseen: %v", lines[0])
	}
}

func TestReadyTellsHowFresh(t *testing.T) {
	w := newTown(t)
	var r readiness
	w.json(t, "/readyz", &r)
	if r.Status != "ready" || r.Revision == "" || r.Revision == "0" || !r.Connected || time.Since(r.AppliedAt) > time.Minute {
		t.Errorf("%+v", r)
	}
	w.api.Drain()
	if a := w.get(t, "/readyz"); a.StatusCode != http.StatusServiceUnavailable || problemOf(t, a).Type != "stopping" {
		t.Errorf("while stopping: %s", a.Status)
	}
	if a := w.get(t, "/healthz"); a.StatusCode != http.StatusOK {
		t.Errorf("/healthz while stopping: %s", a.Status)
	}
}

func TestReadyForWritesOnAServerThatOnlyReads(t *testing.T) {
	w := newTown(t)
	w.write(t, `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$`)
	reader := postgres.NewReader(pgtest.Pool(t, w.pool.Config().ConnString()))
	if err := reader.Ping(t.Context()); !errors.Is(err, postgres.ErrUnavailable) {
		t.Errorf("Ping: %v", err)
	}
}

func TestMetrics(t *testing.T) {
	w := newTown(t)
	tag := w.get(t, tilePath("city", 16)).Header.Get("ETag")
	w.get(t, tilePath("city", 16), "If-None-Match", tag)
	w.get(t, "/tiles/road/14/0/0.mvt")
	w.get(t, "/nothing/at/all")
	w.ask(t, "BREW", "/api/v1/status")
	page := string(w.get(t, "/metrics").body)
	for _, want := range []string{
		`wangge_http_request_duration_seconds_count{method="GET",route="/tiles/{layers}/{z}/{x}/{y}.{format:mvt|pbf}",status="200"} 1`,
		`status="304"} 1`, `status="204"} 1`, `route="none",status="404"} 1`, `{method="other",route="none",status="405"} 1`,
		`wangge_tiles_total{result="built"} 1`, `wangge_tiles_total{result="known"} 1`, `wangge_tiles_total{result="empty"} 1`,
		`wangge_tile_bytes_count 2`, `wangge_city_features{layer="road"} 1`, "wangge_city_connected 1", "wangge_city_bytes ", "wangge_city_age_seconds ",
		"wangge_city_revision ", `wangge_build_info{version="test"} 1`, "go_goroutines ",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s in\n%s", want, page)
		}
	}
	if strings.Contains(page, "/nothing/at/all") || strings.Contains(page, "BREW") {
		t.Error("what callers make up becomes a series")
	}
}

func TestMetricsAreForThisMachine(t *testing.T) {
	w := newTown(t)
	trusting := townOn(t, w.pool, func(c *Config) { c.TrustProxy = true })
	open := townOn(t, w.pool, func(c *Config) { c.OpenMetrics = true })
	for _, c := range []struct {
		town      *town
		forwarded string
		status    int
	}{
		{w, "", 200}, {w, "203.0.113.9", 401}, {w, "127.0.0.1", 401},
		{trusting, "", 200}, {trusting, "203.0.113.9", 401}, {trusting, "127.0.0.1, 203.0.113.9", 401},
		{open, "203.0.113.9", 200},
	} {
		var headers []string
		if c.forwarded != "" {
			headers = []string{"X-Forwarded-For", c.forwarded}
		}
		a := c.town.get(t, "/metrics", headers...)
		if a.StatusCode != c.status {
			t.Errorf("forwarded for %q, trusting %v: %s", c.forwarded, c.town.api.cfg.TrustProxy, a.Status)
		}
		if c.status == 401 {
			problemOf(t, a)
		}
	}
}

func TestRemoteAddress(t *testing.T) {
	for _, c := range []struct {
		trust             bool
		peer, header, out string
	}{
		{false, "192.0.2.1:99", "203.0.113.9", "192.0.2.1"},
		{true, "192.0.2.1:99", "203.0.113.9", "203.0.113.9"},
		{true, "192.0.2.1:99", "made-up, 203.0.113.9", "203.0.113.9"},
		{true, "192.0.2.1:99", "203.0.113.9, made-up", "192.0.2.1"},
		{true, "[2001:db8::1]:99", "", "2001:db8::1"},
		{true, "@", "", "@"},
	} {
		a := &API{cfg: Config{TrustProxy: c.trust}}
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = c.peer
		r.Header.Set("X-Forwarded-For", c.header)
		if got := a.remote(r); got != c.out {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

func TestPanicIsAProblemAndOneLine(t *testing.T) {
	w := newTown(t)
	crash := w.api.observe(w.api.rescue(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("ETag", `"half"`)
		panic("the floor gave way")
	})))
	server := httptest.NewServer(crash)
	defer server.Close()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	a := send(t, server.Client(), r)
	if p := problemOf(t, a); a.StatusCode != http.StatusInternalServerError || p.Type != "internal" || bytes.Contains(a.body, []byte("floor")) {
		t.Errorf("%s %s", a.Status, a.body)
	}
	lines := w.log.lines(t, "request panicked")
	if len(lines) != 1 || lines[0]["cause"] != "the floor gave way" || lines[0]["id"] != a.Header.Get("X-Request-Id") {
		t.Errorf("%v", lines)
	}
}

func TestPanicAfterTheAnswerBeganCutsTheConnection(t *testing.T) {
	w := newTown(t)
	crash := w.api.observe(w.api.rescue(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.WriteHeader(http.StatusOK)
		_, _ = rw.Write(bytes.Repeat([]byte("x"), 1<<16))
		panic("too late")
	})))
	server := httptest.NewUnstartedServer(crash)
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.Start()
	defer server.Close()
	if a, ok := <-fetch(t.Context(), t, server.Client(), server.URL); ok && a.err == nil {
		t.Error("a broken answer looks whole")
	}
}

// Unforeseen errors are told without detail, and logged with it.
func TestUnforeseenError(t *testing.T) {
	w := newTown(t)
	w.write(t, `ALTER TABLE road RENAME COLUMN lanes TO tracks`)
	a := w.get(t, roadItem)
	if p := problemOf(t, a); a.StatusCode != http.StatusInternalServerError || p.Detail != "" || bytes.Contains(a.body, []byte("lanes")) {
		t.Errorf("%s %s", a.Status, a.body)
	}
	lines := w.log.lines(t, "request failed")
	if len(lines) != 1 || !strings.Contains(fmt.Sprint(lines[0]["error"]), "lanes") || lines[0]["id"] != a.Header.Get("X-Request-Id") {
		t.Errorf("%v", lines)
	}
}

// Many readers and a writer at once: every answer is whole and of one state of the city.
func TestReadersAndAWriter(t *testing.T) {
	w := newTown(t)
	ctx, cancel := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	for i := range 4 {
		readers.Go(func() {
			tags := map[string]string{}
			for ctx.Err() == nil {
				a := w.get(t, tilePath("public_toilet", 16), "Accept-Encoding", []string{"gzip", "identity"}[i%2])
				if a.StatusCode != http.StatusOK {
					t.Errorf("%s", a.Status)
					return
				}
				tag, body := a.Header.Get("ETag"), string(a.body)
				if before, seen := tags[tag]; seen && before != body {
					t.Error("two bodies under one tag")
					return
				}
				tags[tag] = body
				w.get(t, "/api/v1/regions/370281001")
			}
		})
	}
	for i := range 30 {
		w.write(t, fmt.Sprintf(`UPDATE public_toilet SET name = '公厕%d' WHERE id = 7`, i))
	}
	cancel()
	readers.Wait()
}
