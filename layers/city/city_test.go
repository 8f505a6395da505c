package city_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"

	"wangge/fixtures/pgtest"
	"wangge/geo"
	"wangge/geo/tile"
	"wangge/layers/city"
)

// follow starts a city over a database and waits until it is loaded. It ends with the test.
func follow(t testing.TB, cfg city.Config) *city.City {
	t.Helper()
	c := city.New(cfg)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- c.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("Run ended with %v", err)
		}
	})
	soon, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	if err := c.Ready(soon); err != nil {
		t.Fatal("the city was not loaded")
	}
	return c
}

// write runs statements in a transaction and gives its revision.
func write(t testing.TB, pool *pgxpool.Pool, statements ...string) city.Revision {
	t.Helper()
	var xid int64
	err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		for _, s := range statements {
			if _, err := tx.Exec(t.Context(), s); err != nil {
				return err
			}
		}
		return tx.QueryRow(t.Context(), `SELECT pg_current_xact_id()::text::int8`).Scan(&xid)
	})
	if err != nil {
		t.Fatal(err)
	}
	return city.Revision(xid)
}

// at gives the view once a revision is in it.
func at(t testing.TB, c *city.City, r city.Revision) *city.View {
	t.Helper()
	v, err := c.At(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// decode reads a tile as layer -> id -> attributes.
func decode(t testing.TB, b []byte) map[string]map[uint64]map[string]any {
	t.Helper()
	decoded, err := mvt.Unmarshal(b)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]map[uint64]map[string]any{}
	for _, l := range decoded {
		out[l.Name] = map[uint64]map[string]any{}
		for _, f := range l.Features {
			id, _ := f.ID.(float64) // hexagons have none
			out[l.Name][uint64(id)] = f.Properties
		}
	}
	return out
}

var here = orb.Point{120.0, 36.27}

func tileAt(z uint8) tile.Addr { return tile.At(z, geo.WorldX(here.Lon()), geo.WorldY(here.Lat())) }

func TestTileFollowsTheRecord(t *testing.T) {
	pool := pgtest.DB(t)
	first := write(t, pool, `INSERT INTO public_toilet (id, code, name, grade, open_24h, geom)
		VALUES (7, 'T-7', '少海公厕', 'class_1', true, 'SRID=4490;POINT(120.0 36.27)')`)
	c := follow(t, city.Config{Pool: pool})
	v := at(t, c, first)
	if v.Revision() != first {
		t.Errorf("revision %d, want %d", v.Revision(), first)
	}
	ids := []string{"road", "public_toilet", "road"}
	got := decode(t, mustTile(t, v, ids, tileAt(14)))
	want := map[string]map[uint64]map[string]any{"public_toilet": {7: {
		"code": "T-7", "name": "少海公厕", "status": "intact", "grade": "class_1", "open_24h": true}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("at first: %s", diff)
	}
	if b := mustTile(t, v, ids, tileAt(11)); bytes.Contains(b, []byte("T-7")) {
		t.Errorf("shown before its first zoom")
	}
	second := write(t, pool,
		`UPDATE public_toilet SET status = 'closed' WHERE id = 7`,
		`INSERT INTO road (id, class, name, geom) VALUES (1, 'branch', '扬州路', 'SRID=4490;LINESTRING(119.999 36.27, 120.001 36.27)')`)
	v2 := at(t, c, second)
	got = decode(t, mustTile(t, v2, ids, tileAt(14)))
	want["public_toilet"][7]["status"] = "closed"
	want["road"] = map[uint64]map[string]any{1: {"class": "branch", "name": "扬州路", "status": "intact", "link": false, "oneway": false, "steps": false, "level": 0.0}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("after a change: %s", diff)
	}
	if got := decode(t, mustTile(t, v, ids, tileAt(14))); len(got) != 1 || got["public_toilet"][7]["status"] != "intact" {
		t.Errorf("the old view changed: %v", got)
	}
	third := write(t, pool, `DELETE FROM public_toilet`, `TRUNCATE road`)
	if b := mustTile(t, at(t, c, third), ids, tileAt(14)); len(b) > 0 {
		t.Errorf("deleted features are still there: %v", decode(t, b))
	}
}

func mustTile(t testing.TB, v *city.View, ids []string, a tile.Addr) []byte {
	t.Helper()
	b, err := v.Tile(t.Context(), plan(t, v, ids), a)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes
}

// plan asks for some layers.
func plan(t testing.TB, v *city.View, ids []string) *city.Plan {
	t.Helper()
	p, err := v.Plan(city.Query{Layers: ids})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestSettings(t *testing.T) {
	pool := pgtest.DB(t)
	c := follow(t, city.Config{Pool: pool})
	r := write(t, pool, `UPDATE setting SET value = '{"name": "胶州市", "name_en": "Jiaozhou", "sample": true}' WHERE key = 'city'`,
		`INSERT INTO setting (key, value) VALUES ('view', '{"center": [120.0, 36.2], "zoom": 11}')`)
	v := at(t, c, r)
	want := city.Place{Name: "胶州市", NameEn: "Jiaozhou", Sample: true, Center: orb.Point{120, 36.2}, Zoom: 11}
	if diff := cmp.Diff(want, v.Place()); diff != "" {
		t.Error(diff)
	}
	r = write(t, pool, `INSERT INTO setting (key, value) VALUES ('basemap', '"none"')`)
	if got := string(at(t, c, r).Setting("basemap")); got != string(json.RawMessage(`"none"`)) {
		t.Errorf("setting is %q", got)
	}
}

func TestSearch(t *testing.T) {
	pool := pgtest.DB(t)
	r := write(t, pool, `INSERT INTO road (id, class, code, name, geom)
		SELECT i, 'branch', 'R-' || i, CASE WHEN i <= 3 THEN '扬州路' WHEN i = 4 THEN '扬州路西' ELSE '北扬州路' END,
			ST_SetSRID(ST_MakeLine(ST_MakePoint(120 + i * 0.01, 36.2), ST_MakePoint(120.01 + i * 0.01, 36.2)), 4490)
		FROM generate_series(1, 5) i`,
		`INSERT INTO public_toilet (id, code, name, geom) SELECT i, 'GC' || i, '扬州路公厕', ST_SetSRID(ST_MakePoint(120, 36.2), 4490) FROM generate_series(1, 3) i`)
	c := follow(t, city.Config{Pool: pool})
	v := at(t, c, r)
	type hit struct {
		Layer string
		ID    int64
		Name  string
	}
	search := func(v *city.View, q string, limit int) (out []hit) {
		for _, h := range v.Search(q, limit) {
			out = append(out, hit{h.Layer, h.ID, h.Name})
		}
		return out
	}
	want := []hit{{"road", 1, "扬州路"}, {"road", 4, "扬州路西"}, {"public_toilet", 1, "扬州路公厕"}, {"public_toilet", 2, "扬州路公厕"}, {"public_toilet", 3, "扬州路公厕"}, {"road", 5, "北扬州路"}}
	if diff := cmp.Diff(want, search(v, " 扬州路 ", 10)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want[:2], search(v, "扬州路", 2)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]hit{{"public_toilet", 2, "扬州路公厕"}}, search(v, "gc2", 10)); diff != "" {
		t.Error(diff)
	}
	if b := v.Search("扬州路", 1)[0].Bound; b.Min.Lon() > 120.011 || b.Max.Lon() < 120.039 {
		t.Errorf("the street is %v", b)
	}
	if got := search(v, "  ", 10); got != nil {
		t.Errorf("an empty question found %v", got)
	}
	r = write(t, pool, `DELETE FROM road WHERE id <= 3`, `UPDATE public_toilet SET name = '常州路公厕' WHERE id = 2`)
	want = []hit{want[1], want[2], want[4], want[5]}
	if diff := cmp.Diff(want, search(at(t, c, r), "扬州路", 10)); diff != "" {
		t.Error(diff)
	}
}

// TestAreasAreLabelledOnce: an area that reaches into four tiles has one label point, in one of them, and at every zoom.
func TestAreasAreLabelledOnce(t *testing.T) {
	pool := pgtest.DB(t)
	r := write(t, pool, `INSERT INTO grid (id, code, geom) VALUES (5, 'G-5', ST_SetSRID(ST_MakeEnvelope(119.9, 36.2, 120.1, 36.4), 4490))`,
		`INSERT INTO ground (id, kind, name, geom) VALUES (6, 'water', NULL, ST_SetSRID(ST_MakeEnvelope(119.9, 36.2, 120.1, 36.4), 4490)),
			(7, 'water', '少海', ST_SetSRID(ST_MakeEnvelope(119.9, 36.2, 120.1, 36.4), 4490))`)
	v := at(t, follow(t, city.Config{Pool: pool}), r)
	for _, zoom := range []uint8{14, 16} {
		labels := map[string]int{}
		first, last := tile.At(zoom, geo.WorldX(119.9), geo.WorldY(36.4)), tile.At(zoom, geo.WorldX(120.1), geo.WorldY(36.2))
		for x := first.X; x <= last.X; x++ {
			for y := first.Y; y <= last.Y; y++ {
				for name, features := range decode(t, mustTile(t, v, []string{"unit_grid", "ground"}, tile.Addr{Z: zoom, X: x, Y: y})) {
					for id, properties := range features {
						if name == "unit_grid_label" && properties["code"] == "G-5" || name == "ground_label" {
							labels[fmt.Sprint(name, " ", id)]++
						}
					}
				}
			}
		}
		if diff := cmp.Diff(map[string]int{"unit_grid_label 5": 1, "ground_label 7": 1}, labels); diff != "" {
			t.Errorf("zoom %d: %s", zoom, diff)
		}
	}
	if b, ok := v.Extent(); !ok || b.Min[0] > 119.901 || b.Max[1] < 36.399 {
		t.Errorf("the extent is %v", b)
	}
}
