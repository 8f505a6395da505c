package api

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"wangge/api/auth"
	"wangge/fixtures/pgtest"
	gridpg "wangge/grid/postgres"
	"wangge/layers/city"
	"wangge/layers/postgres"
)

// smallCitySQL is a city by hand: a county with a street with a community, a zone, two unit grids side by side in one duty
// grid, and one feature of most layers around 120.0, 36.27.
const smallCitySQL = `
UPDATE setting SET value = '{"name": "胶州市", "name_en": "Jiaozhou", "sample": true}' WHERE key = 'city';
INSERT INTO setting (key, value) VALUES ('view', '{"center": [120.0, 36.27], "zoom": 13}');
INSERT INTO department (code, name, name_en, kind) VALUES ('D1', '市政处', 'Works', 'competent'), ('D2', '环卫中心', NULL, 'maintainer');
INSERT INTO region (code, name, name_en, kind, parent_code, geom) VALUES
    ('370281', '胶州市', 'Jiaozhou', 'county', '3702', ST_Multi(ST_MakeEnvelope(119.9, 36.2, 120.1, 36.35, 4490))),
    ('370281001', '阜安街道', 'Fu''an', 'street', '370281', ST_Multi(ST_MakeEnvelope(119.95, 36.25, 120.05, 36.3, 4490))),
    ('370281002', '中云街道', 'Zhongyun', 'street', '370281', ST_Multi(ST_MakeEnvelope(120.05, 36.25, 120.1, 36.3, 4490))),
    ('370281001001', '云溪社区', 'Yunxi', 'community', '370281001', ST_Multi(ST_MakeEnvelope(119.98, 36.26, 120.02, 36.28, 4490))),
    ('center', '中心城区', 'Centre', 'zone', NULL, ST_Multi(ST_MakeEnvelope(119.97, 36.255, 120.0005, 36.29, 4490)));
INSERT INTO grid_scheme (code, title, title_en, code_pattern, is_exclusive, is_complete, first_zoom)
    VALUES ('duty', '责任网格', 'Duty grids', '[]', false, false, 11);
INSERT INTO grid (id, scheme, code, name, area_m2, geom) VALUES
    (11, 'unit', '370281001001001', NULL, 0, ST_MakeEnvelope(119.999, 36.2695, 120.0, 36.2705, 4490)),
    (12, 'unit', '370281001001002', '云溪二', 0, ST_MakeEnvelope(120.0, 36.2695, 120.001, 36.2705, 4490)),
    (13, 'duty', 'Z-01', '第一责任网格', 0, ST_MakeEnvelope(119.998, 36.269, 120.002, 36.271, 4490));
INSERT INTO road (id, code, name, class, competent_dept, geom) VALUES
    (1, 'R-1', '扬州路', 'branch', 'D1', 'SRID=4490;LINESTRING(119.9992 36.27, 120.0008 36.27)');
INSERT INTO public_toilet (id, code, name, grade, open_24h, maintainer_dept, surveyed_on, source, source_key, note, geom) VALUES
    (7, 'T-7', '少海公厕', 'class_1', true, 'D2', '2024-05-06', 'secret', '7', 'secret', 'SRID=4490;POINT(119.9995 36.2702)');
INSERT INTO barrier_free_ramp (id, code, kind, form, slope, geom) VALUES
    (3, 'B-3', 'kerb', 'three_face', 0.2, 'SRID=4490;POINT(120.0003 36.2701)');
INSERT INTO construction_site (id, code, name, kind, measures, geom) VALUES
    (5, 'S-5', '云溪工地', 'building', '{"hoarding": true, "wet_work": false}', ST_MakeEnvelope(119.9991, 36.2696, 119.9995, 36.2699, 4490));
`

// town is a server over a small city in a database of its own.
type town struct {
	*httptest.Server
	pool *pgxpool.Pool
	city *city.City
	api  *API
	log  *logBuffer

	readOnce sync.Once
	doc      *apiDocument // of api, for all answers to be held against
}

// newTown starts one. Options change the configuration before it is used.
func newTown(t testing.TB, options ...func(*Config)) *town {
	t.Helper()
	pool := pgtest.DB(t)
	if _, err := pool.Exec(t.Context(), smallCitySQL); err != nil {
		t.Fatal(err)
	}
	return townOn(t, pool, options...)
}

func townOn(t testing.TB, pool *pgxpool.Pool, options ...func(*Config)) *town {
	t.Helper()
	w := &town{pool: pool, log: &logBuffer{}}
	log := slog.New(slog.NewJSONHandler(w.log, nil))
	changes := NewChanges()
	w.city = follow(t, city.Config{Pool: pool, Models: map[string]city.Model{NetKey: gridpg.Model{}, RosterKey: gridpg.RosterModel{}}, Log: slog.New(slog.DiscardHandler), Changed: changes.Tell})
	store := gridpg.NewStore(pool)
	cfg := Config{City: w.city, Changes: changes, Records: postgres.NewReader(pool), Store: store, Imports: postgres.NewImports(pool), Auth: newGate(t, store), Log: log, Version: "test", TileCacheBytes: 16 << 20}
	for _, o := range options {
		o(&cfg)
	}
	var err error
	if w.api, err = New(cfg); err != nil {
		t.Fatal(err)
	}
	w.Server = httptest.NewServer(w.api)
	t.Cleanup(w.Close)
	return w
}

// newGate is a gate with the usual settings.
func newGate(t testing.TB, store *gridpg.Store) *auth.Gate {
	t.Helper()
	g, err := auth.NewGate(store, auth.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// follow runs a city until the test ends and waits for its first view.
func follow(t testing.TB, cfg city.Config) *city.City {
	t.Helper()
	c := city.New(cfg)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- c.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("the city ended with %v", err)
		}
	})
	soon, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	if err := c.Ready(soon); err != nil {
		t.Fatal("the city was not loaded")
	}
	return c
}

// write runs statements in one transaction and gives its revision.
func (w *town) write(t testing.TB, statements ...string) string {
	t.Helper()
	var revision string
	err := pgx.BeginFunc(t.Context(), w.pool, func(tx pgx.Tx) error {
		for _, s := range statements {
			if _, err := tx.Exec(t.Context(), s); err != nil {
				return err
			}
		}
		return tx.QueryRow(t.Context(), `SELECT pg_current_xact_id()::text`).Scan(&revision)
	})
	if err != nil {
		t.Fatal(err)
	}
	return revision
}

// answer is a response that was read to its end.
type answer struct {
	*http.Response
	body []byte
	err  error // of reading the body, where the test wants to know
}

// ask sends a request without a body, with headers as name, value pairs.
func (w *town) ask(t testing.TB, method, path string, headers ...string) answer {
	t.Helper()
	return w.send(t, method, path, nil, headers...)
}

// send sends a request with headers as name, value pairs. Nothing is decompressed behind the test's back, and what is answered below
// /api/v1 is held against the API document.
func (w *town) send(t testing.TB, method, path string, body io.Reader, headers ...string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, w.URL+path, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "identity")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	a := send(t, w.Client(), r)
	w.judge(t, method, path, a)
	return a
}

func send(t testing.TB, client *http.Client, r *http.Request) answer {
	t.Helper()
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{Response: resp, body: body}
}

func (w *town) get(t testing.TB, path string, headers ...string) answer {
	t.Helper()
	return w.ask(t, http.MethodGet, path, headers...)
}

// json reads an answer that must be a 200 of JSON into v.
func (w *town) json(t testing.TB, path string, v any) {
	t.Helper()
	a := w.get(t, path)
	if a.StatusCode != http.StatusOK || !strings.Contains(a.Header.Get("Content-Type"), "json") {
		t.Fatalf("GET %s: %s %s\n%s", path, a.Status, a.Header.Get("Content-Type"), a.body)
	}
	if err := json.Unmarshal(a.body, v); err != nil {
		t.Fatalf("GET %s: %v\n%s", path, err, a.body)
	}
}

// problemOf reads a problem and checks what all problems have.
func problemOf(t testing.TB, a answer) problem {
	t.Helper()
	var p problem
	if got := a.Header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("%s: media type %q\n%s", a.Status, got, a.body)
	}
	if err := json.Unmarshal(a.body, &p); err != nil {
		t.Errorf("%s: %v\n%s", a.Status, err, a.body)
	}
	if p.Status != a.StatusCode || p.Title == "" || p.TitleEn == "" || p.RequestID == "" || p.RequestID != a.Header.Get("X-Request-Id") {
		t.Errorf("%s: incomplete problem %s", a.Status, a.body)
	}
	if a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("ETag") != "" {
		t.Errorf("%s: a problem that may be kept: %v", a.Status, a.Header)
	}
	p.Type = strings.TrimPrefix(p.Type, problemType)
	return p
}

func unzip(t testing.TB, b []byte) []byte {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// logBuffer keeps log lines of many goroutines.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// lines gives the log as decoded lines with a message.
func (l *logBuffer) lines(t testing.TB, message string) []map[string]any {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []map[string]any
	for d := json.NewDecoder(bytes.NewReader(l.b.Bytes())); d.More(); {
		var line map[string]any
		if err := d.Decode(&line); err != nil {
			t.Fatal(err)
		}
		if line["msg"] == message {
			out = append(out, line)
		}
	}
	return out
}
