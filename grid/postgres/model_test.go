package postgres_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"wangge/fixtures/pgtest"
	"wangge/grid"
	"wangge/grid/postgres"
)

// A quarter with 10 × 10 unit grids, each leaning a little, and a net of duty grids that overlap.
const quarterSQL = `
INSERT INTO grid_scheme (code, title, title_en, code_pattern, is_exclusive, is_complete)
VALUES ('duty', '责任网格', 'Duty grids', '[{"name": "sequence", "length": 3}]', false, false);
INSERT INTO region (code, name, kind, parent_code, geom) VALUES
    ('370281', '胶州市', 'county', '3702', ST_Multi(ST_MakeEnvelope(119.9, 36.1, 120.2, 36.4, 4490))),
    ('370281001', '阜安街道', 'street', '370281', ST_Multi(ST_MakeEnvelope(120, 36.2, 120.1, 36.3, 4490))),
    ('370281001001', '东社区', 'community', '370281001', ST_Multi(ST_MakeEnvelope(120.05, 36.2, 120.1, 36.3, 4490))),
    ('370281001002', '西社区', 'community', '370281001', ST_Multi(ST_MakeEnvelope(120, 36.2, 120.05, 36.3, 4490))),
    ('Z1', '中心城区', 'zone', '370281', ST_Multi(ST_MakeEnvelope(120, 36.2, 120.1, 36.3, 4490)));
INSERT INTO grid (scheme, code, geom)
SELECT 'unit', to_char(370281001001000 + row_number() OVER (ORDER BY random()), 'FM000000000000000'),
    ST_SetSRID(ST_MakePolygon(ST_MakeLine(ARRAY[p(x, y), p(x+1, y), p(x+1, y+1), p(x, y+1), p(x, y)])), 4490)
FROM generate_series(0, 9) x, generate_series(0, 9) y;
INSERT INTO grid (scheme, code, geom)
SELECT 'duty', 'D' || i, ST_MakeEnvelope(120 + i * 0.01, 36.2, 120 + i * 0.01 + 0.015, 36.3, 4490) FROM generate_series(1, 5) i;`

// cornerSQL puts the corners of the grids a little off the lattice of the quarter.
const cornerSQL = `CREATE FUNCTION p(x int, y int) RETURNS geometry LANGUAGE sql IMMUTABLE AS
$$ SELECT ST_SnapToGrid(ST_MakePoint(120 + x * 0.01 + sin(x * 7 + y * 3) * 0.003, 36.2 + y * 0.01 + cos(x * 5 + y * 11) * 0.003), 1e-9) $$`

func quarter(t testing.TB, tx pgx.Tx) *grid.Net {
	t.Helper()
	for _, s := range []string{cornerSQL, quarterSQL} {
		if _, err := tx.Exec(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	return load(t, tx)
}

func load(t testing.TB, tx pgx.Tx) *grid.Net {
	t.Helper()
	net, err := postgres.Model{}.Load(t.Context(), tx)
	if err != nil {
		t.Fatal(err)
	}
	return net.(*grid.Net)
}

// TestLocateIsGridsOf compares the two forms of the rule: random positions, all corners, and middles of edges.
func TestLocateIsGridsOf(t *testing.T) {
	tx := pgtest.Tx(t)
	net := quarter(t, tx)
	type position struct{ lon, lat float64 }
	var all []position
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		all = append(all, position{119.95 + 0.2*r.Float64(), 36.15 + 0.2*r.Float64()})
	}
	for _, g := range net.Grids("") {
		ring := g.Shape[0][0]
		for i, p := range ring[1:] {
			all = append(all, position{p[0], p[1]}, position{(p[0] + ring[i][0]) / 2, (p[1] + ring[i][1]) / 2})
		}
	}
	for _, p := range all {
		place := net.Locate(p.lon, p.lat)
		var got []int64
		for _, g := range place.Grids {
			got = append(got, g.ID)
		}
		slices.Sort(got)
		var want []int64
		var region *string
		err := tx.QueryRow(t.Context(), `SELECT (SELECT array_agg(grid_id ORDER BY grid_id) FROM grids_of(at)), region_at(at)
			FROM ST_SetSRID(ST_MakePoint($1, $2), 4490) at`, p.lon, p.lat).Scan(&want, &region)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%v, %v: %s", p.lon, p.lat, diff)
		}
		narrowest := (*string)(nil)
		for _, r := range place.Regions {
			if net.Kind(r.Kind).Division {
				narrowest = &r.Code
			}
		}
		if diff := cmp.Diff(region, narrowest); diff != "" {
			t.Errorf("region of %v, %v: %s", p.lon, p.lat, diff)
		}
	}
}

func TestTree(t *testing.T) {
	net := quarter(t, pgtest.Tx(t))
	codes := func(all []*grid.Region) (out []string) {
		for _, r := range all {
			out = append(out, r.Code)
		}
		return out
	}
	if diff := cmp.Diff([]string{"370281"}, codes(net.Children(""))); diff != "" {
		t.Errorf("top: %s", diff)
	}
	if diff := cmp.Diff([]string{"370281001", "Z1"}, codes(net.Children("370281"))); diff != "" {
		t.Errorf("below the county: %s", diff)
	}
	if diff := cmp.Diff([]string{"370281", "370281001", "370281001002"}, codes(net.Path("370281001002"))); diff != "" {
		t.Errorf("path: %s", diff)
	}
	street := net.Region("370281001")
	if street.Children != 2 || street.AreaM2 < 99e6 || street.AreaM2 > 100e6 {
		t.Errorf("street: %d children, %.0f m²", street.Children, street.AreaM2)
	}
	if found := net.Search("社区", 1); len(found) != 1 || found[0].Region.Code != "370281001001" {
		t.Errorf("search: %+v", found)
	}
	if found := net.Search("d3", 10); len(found) != 1 || found[0].Grid.Code != "D3" {
		t.Errorf("search: %+v", found)
	}
}

// TestApply holds a net that followed single changes against one that was read afresh.
func TestApply(t *testing.T) {
	tx := pgtest.Tx(t)
	net := quarter(t, tx)
	ctx := context.Background()
	step := func(changed map[string][]int64, sql string) {
		t.Helper()
		if _, err := tx.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
		next, err := postgres.Model{}.Apply(ctx, tx, net, changed)
		if err != nil {
			t.Fatal(err)
		}
		net = next.(*grid.Net)
		want := load(t, tx)
		if diff := cmp.Diff(want.Grids(""), net.Grids("")); diff != "" {
			t.Errorf("%s: grids: %s", sql, diff)
		}
		if diff := cmp.Diff(want.Regions(""), net.Regions("")); diff != "" {
			t.Errorf("%s: regions: %s", sql, diff)
		}
	}
	one := net.Grids("unit")[0].ID
	street := net.Region("370281001").ID
	step(map[string][]int64{"grid": {one}}, `UPDATE grid SET name = 'x', valid_to = NULL WHERE code = (SELECT min(code) FROM grid WHERE scheme = 'unit')`)
	step(map[string][]int64{"grid": {one}}, `UPDATE grid SET valid_to = now() WHERE code = (SELECT min(code) FROM grid WHERE scheme = 'unit')`)
	step(map[string][]int64{"region": {street}}, `UPDATE region SET name = '三里河街道' WHERE code = '370281001'`)
	step(map[string][]int64{"region": nil, "grid": nil}, `TRUNCATE region, grid CASCADE`)
	if _, err := (postgres.Model{}).Apply(ctx, tx, "nonsense", nil); err == nil {
		t.Error("a state of another kind is accepted")
	}
}
