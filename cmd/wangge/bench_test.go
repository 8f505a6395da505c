package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"wangge/fixtures"
	"wangge/fixtures/bench"
	"wangge/fixtures/pgrun"
	"wangge/fixtures/pgtest"
)

// asProgram makes the test binary wangge itself: measurements run servers and imports in processes of their own.
const asProgram = "RUN_AS_WANGGE"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

func TestBenchUsage(t *testing.T) {
	const url = "--url=http://127.0.0.1:1/{z}/{x}/{y}.mvt"
	cases := []struct {
		args []string
		says string
	}{
		{[]string{"bench", "--features", "10"}, "--features"},
		{[]string{"bench", "--tiles", "0"}, "--tiles"},
		{[]string{"bench", "--rounds", "0"}, "--rounds"},
		{[]string{"bench", "--round", "1us"}, "--round"},
		{[]string{"bench", "--writers", "0"}, "--writers"},
		{[]string{"bench", "--commits", "1"}, "--commits"},
		{[]string{"bench", "--imported", "1"}, "--imported"},
		{[]string{"bench", "--rate", "0"}, "--rate"},
		{[]string{"bench", "--only", "load,speed"}, "--only"},
		{[]string{"bench", "tiles"}, "--url"},
		{[]string{"bench", "tiles", "--url", "http://h/{z}/{x}.mvt"}, "{y}"},
		{[]string{"bench", "tiles", "--url", "ftp://h/{z}/{x}/{y}.mvt"}, "http://"},
		{[]string{"bench", "tiles", url, "--zoom", "19"}, "--zoom"},
		{[]string{"bench", "tiles", url, "--zoom", "-2"}, "--zoom"},
		{[]string{"bench", "tiles", url, "--connections", "0"}, "--connections"},
		{[]string{"bench", "tiles", url, "--rate", "-1"}, "--rate"},
		{[]string{"bench", "tiles", url, "--duration", "0s"}, "--duration"},
		{[]string{"bench", "tiles", url, "--duration", "long"}, "--duration"},
		{[]string{"bench", "tiles", url, "--writers", "-1"}, "--writers"},
		{[]string{"bench", "tiles", url, "--bounds", "1,2,3"}, "--bounds"},
		{[]string{"bench", "tiles", url, "--bounds", "1,2,x,4"}, "--bounds"},
		{[]string{"bench", "tiles", url, "--bounds", "36,120,37,121"}, "longitude first"},
		{[]string{"bench", "tiles", url, "--bounds", "1,86,2,87"}, "--bounds"},
		{[]string{"bench", "tiles", url, "--bounds", "1,1,2,2", "--writers", "2"}, "DATABASE_URL"},
	}
	t.Setenv("DATABASE_URL", "")
	for _, c := range cases {
		var out, stderr bytes.Buffer
		if code := run(t.Context(), c.args, nil, &out, &stderr); code != 2 || !strings.Contains(stderr.String(), c.says) || out.Len() > 0 {
			t.Errorf("%v: exit code %d: %s%s", c.args, code, &out, &stderr)
		}
	}
}

// tileServer answers every tile with its own address, and TileJSON where there is one.
func tileServer(t *testing.T, tileJSON string) (url string, asked func() []string) {
	t.Helper()
	var mu sync.Mutex
	var paths []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".json") {
			fmt.Fprint(w, tileJSON)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		paths = append(paths, r.URL.Path+" "+r.Header.Get("Accept-Encoding"))
		fmt.Fprint(w, r.URL.Path)
	}))
	t.Cleanup(s.Close)
	return s.URL + "/t/{z}/{x}/{y}.mvt", func() []string {
		mu.Lock()
		defer mu.Unlock()
		return paths
	}
}

const withBounds = `{"tilejson": "3.0.0", "bounds": [119.85, 36.1, 120.25, 36.42]}`

// TestBenchTiles: an array of objects, one a server, each asked for the same tiles.
func TestBenchTiles(t *testing.T) {
	one, askedOne := tileServer(t, withBounds)
	two, askedTwo := tileServer(t, `{}`) // the first one's bounds count
	var out, stderr bytes.Buffer
	args := []string{"bench", "tiles", "--url", one, "--url", two, "--zoom", "14", "--connections", "1", "--duration", "100ms", "--encoding", "gzip", "--json"}
	if code := run(t.Context(), args, nil, &out, &stderr); code != 0 || strings.Count(out.String(), "\n") != 1 {
		t.Fatalf("exit code %d: %s%s", code, &out, &stderr)
	}
	var all []map[string]any
	if err := json.Unmarshal(out.Bytes(), &all); err != nil || len(all) != 2 {
		t.Fatalf("%v: %s", err, &out)
	}
	for i, url := range []string{one, two} {
		for _, field := range []string{"tiles", "tiles_per_s", "p50_ms", "p95_ms", "p99_ms", "bytes", "empty", "errors", "ratio"} {
			if _, ok := all[i][field].(float64); !ok {
				t.Errorf("%s of server %d is %v", field, i, all[i][field])
			}
		}
		if all[i]["url"] != url || all[i]["errors"] != 0.0 || all[i]["tiles"].(float64) < 5 {
			t.Errorf("server %d: %v", i, all[i])
		}
	}
	a, b := askedOne(), askedTwo()
	n := min(len(a), len(b))
	if n < 5 || cmp.Diff(a[:n], b[:n]) != "" || !strings.HasPrefix(a[0], "/t/14/") || !strings.HasSuffix(a[0], " gzip") {
		t.Errorf("%d tiles of the first, %d of the second: %s", len(a), len(b), cmp.Diff(a[:n], b[:n]))
	}
	if float64(len(a)) != all[0]["tiles"] || float64(len(b)) != all[1]["tiles"] {
		t.Errorf("%d and %d were asked for: %s", len(a), len(b), &out)
	}
}

func TestBenchTilesWithoutBounds(t *testing.T) {
	url, _ := tileServer(t, `{"tilejson": "3.0.0"}`)
	args := []string{"bench", "tiles", "--url", url, "--duration", "50ms"}
	var out bytes.Buffer
	if code := run(t.Context(), args, nil, &out, &out); code != 1 || !strings.Contains(out.String(), "--bounds") {
		t.Errorf("exit code %d: %s", code, &out)
	}
	out.Reset()
	if code := run(t.Context(), append(args, "--bounds", "119.85, 36.1, 120.25, 36.42"), nil, &out, &out); code != 0 || !strings.Contains(out.String(), "tiles/s") {
		t.Errorf("with bounds: exit code %d: %s", code, &out)
	}
}

func TestBenchTilesBesideWriters(t *testing.T) {
	pool := pgtest.DB(t)
	if err := fixtures.LoadBench(t.Context(), pool, 1000, nil); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DATABASE_URL", pool.Config().ConnString())
	url, _ := tileServer(t, withBounds)
	var out, stderr bytes.Buffer
	if code := run(t.Context(), []string{"bench", "tiles", "--url", url, "--duration", "300ms", "--writers", "3"}, nil, &out, &stderr); code != 0 {
		t.Fatalf("exit code %d: %s", code, &stderr)
	}
	var edits, changed int
	if err := pool.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM change WHERE entity = 'parking_space' AND op = 'update'), (SELECT count(*) FROM parking_space WHERE status <> 'intact')`).Scan(&edits, &changed); err != nil {
		t.Fatal(err)
	}
	if edits == 0 || changed != 0 || !strings.Contains(out.String(), fmt.Sprintf("3 writers made %d edits", edits)) {
		t.Errorf("%d edits, %d left: %s", edits, changed, &out)
	}
}

// TestBench: every part of the measurements on a small city, which is as it was afterwards.
func TestBench(t *testing.T) {
	dir := pgtest.Dir(t)
	cluster, err := pgrun.Start(t.Context(), pgrun.Config{Dir: dir, Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	defer cluster.Stop(t.Context())
	t.Setenv(asProgram, "1")
	t.Setenv("WANGGE_TILE_CACHE_MB", "nonsense") // is not handed on
	var out, stderr bytes.Buffer
	args := []string{"bench", "--json", "--data", dir, "--features", "3000", "--tiles", "10", "--rounds", "1", "--round", "100ms", "--commits", "4", "--writers", "2",
		"--imported", "300", "--rate", "50"}
	if code := run(t.Context(), args, nil, &out, &stderr); code != 0 || strings.Count(out.String(), "\n") != 1 {
		t.Fatalf("exit code %d: %s%s", code, &out, &stderr)
	}
	var r bench.Report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	t.Log(stderr.String())
	if r.Load == nil || len(r.Tiles) != len(benchZooms) || r.Locate == nil || r.Fresh == nil || r.Beside == nil || r.Copy == nil {
		t.Fatalf("parts are missing: %s", &out)
	}
	servers := map[string]int{}
	for _, a := range append(r.HTTP, r.Warm...) {
		servers[a.Server]++
		if a.PerSecond <= 0 || a.Errors != 0 || a.Ratio <= 0 || a.RSS == 0 {
			t.Errorf("%+v", a)
		}
	}
	if diff := cmp.Diff(map[string]int{"ST_AsMVT": 3, "wangge": 6, "bare net/http": 3, "wangge 304": 3}, servers); diff != "" {
		t.Error(diff)
	}
	if l := r.Locate; l.Grids == 0 || l.PerSecond <= 0 || l.Ours.P50 <= 0 || l.Record.P50 <= 0 || l.HTTP.Tiles == 0 || l.HTTP.Errors > 0 {
		t.Errorf("%+v", l)
	}
	if f := r.Fresh; f.Commits < 4 || f.Edits == 0 || f.Shown.P50 <= 0 || f.Alone.P50 <= 0 || f.AsMVT.P50 <= 0 {
		t.Errorf("%+v", f)
	}
	if b := r.Beside; b.Took <= 0 || b.Visible <= 0 || b.During.Tiles == 0 || b.AtRest.Tiles == 0 || b.During.Errors+b.AtRest.Errors != 0 || b.ImportPeak == 0 || b.ServerPeak == 0 {
		t.Errorf("%+v", b)
	}
	// However long the import takes, tiles are answered as fast as they are asked for.
	if d := r.Beside.During; d.PerSecond*float64(d.Tiles+d.Empty) < 0.8*r.Beside.Rate*float64(d.Tiles) {
		t.Errorf("%.0f tiles a second, asked for %v: %+v", d.PerSecond, r.Beside.Rate, d)
	}
	if c := r.Copy; c.Features != 300 || c.TimesCopy <= 0 {
		t.Errorf("%+v", c)
	}
	if p := r.Patrol; p == nil || p.Features != 3000 || p.Checks == 0 || p.DueItems == 0 || p.Due.P50 <= 0 || p.DueSQL.P50 <= 0 || p.Commands != 20 || p.PerSecond <= 0 || p.PeakRSS == 0 ||
		p.Sync.Photos != 20 || p.Sync.Took <= p.Sync.Commands || p.Sync.Disk <= 0 || p.Sync.Photo.P50 <= 0 {
		t.Errorf("%+v", p)
	}
	cityIsAsItWas(t, cluster.DSN(pgrun.Database))
}

func cityIsAsItWas(t *testing.T, dsn string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	var parking, changed, history int
	err = conn.QueryRow(t.Context(), `SELECT count(*), count(*) FILTER (WHERE status <> 'intact'), (SELECT count(*) FROM change WHERE entity = 'parking_space') FROM parking_space`).
		Scan(&parking, &changed, &history)
	if err != nil || parking > 3000 || parking == 0 || changed != 0 || history != parking {
		t.Errorf("%v: %d parking spaces, %d changed, %d entries in history", err, parking, changed, history)
	}
}

func TestBenchSomeParts(t *testing.T) {
	c := benchCmd{Only: []string{"warm", "copy"}}
	for part, want := range map[string]bool{"warm": true, "copy": true, "load": false, "import": false} {
		if c.wants(part) != want {
			t.Errorf("%s: %t", part, !want)
		}
	}
	if !(&benchCmd{}).wants("load") {
		t.Error("without --only something is left out")
	}
}
