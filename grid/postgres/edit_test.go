package postgres_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"

	"wangge/fixtures/pgtest"
	"wangge/grid"
	"wangge/grid/postgres"
	"wangge/grid/rights"
)

// blocksSQL is a quarter of 8 × 8 unit grids in two communities, whose borders are the middle column line, with two duty grids in each half made of
// them, a drawn net that may overlap, people with duties, roads across, and toilets.
const blocksSQL = `
INSERT INTO grid_scheme (code, title, title_en, code_pattern, is_exclusive, is_complete, made_of, extent_code) VALUES
    ('duty', '责任网格', 'Duty grids', '[{"name": "county", "length": 6, "region_kind": "county"}, {"name": "net", "length": 2}, {"name": "sequence", "length": 3}]', true, true, 'unit', 'Z1'),
    ('patrol', '巡逻网格', 'Patrol grids', '[{"name": "sequence", "length": 4}]', false, false, NULL, NULL);
UPDATE grid_scheme SET extent_code = 'Z1' WHERE code = 'unit';
INSERT INTO region (code, name, kind, parent_code, geom) VALUES
    ('370281', '胶州市', 'county', '3702', ST_Multi(ST_MakeEnvelope(119.9, 36.1, 120.2, 36.4, 4490))),
    ('370281001', '阜安街道', 'street', '370281', block(0, 0, 4, 8)),
    ('370281002', '中云街道', 'street', '370281', block(4, 0, 8, 8)),
    ('370281001001', '西社区', 'community', '370281001', block(0, 0, 4, 8)),
    ('370281002001', '东社区', 'community', '370281002', block(4, 0, 8, 8)),
    ('Z1', '中心城区', 'zone', '370281', block(0, 0, 8, 8));
INSERT INTO grid (scheme, code, valid_from, geom)
SELECT 'unit', CASE WHEN x < 4 THEN '370281001001' ELSE '370281002001' END || to_char(row_number() OVER (PARTITION BY x < 4 ORDER BY y DESC, x), 'FM000'), city_day() - 100,
    ST_GeometryN(block(x, y, x + 1, y + 1), 1)
FROM generate_series(0, 7) x, generate_series(0, 7) y;
INSERT INTO grid (scheme, code, name, valid_from, geom)
SELECT 'duty', '37028190' || to_char(1 + 2 * x + y, 'FM000'), '责任' || (1 + 2 * x + y), city_day() - 100, ST_GeometryN(block(x * 4, y * 4, x * 4 + 4, y * 4 + 4), 1)
FROM generate_series(0, 1) x, generate_series(0, 1) y;
INSERT INTO grid_member SELECT d.id, u.id FROM grid d JOIN grid u ON u.scheme = 'unit' AND ST_Covers(d.geom, ST_PointOnSurface(u.geom)) WHERE d.scheme = 'duty';
INSERT INTO grid (scheme, code, valid_from, geom) VALUES ('patrol', '0001', city_day() - 100, ST_GeometryN(block(0, 0, 3, 3), 1)), ('patrol', '0002', city_day() - 100, ST_GeometryN(block(2, 2, 6, 6), 1));
INSERT INTO holder (id, code, kind, name, is_sample) SELECT i, 'P' || i, 'person', '示例' || i, true FROM generate_series(1, 20) i;
INSERT INTO duty (holder_id, role, target_kind, target_id, valid_from)
SELECT 1 + (row_number() OVER (ORDER BY g.code)) % 20, 'grid_officer', 'grid', g.id, city_day() - 50 FROM grid g WHERE g.scheme IN ('unit', 'duty');
INSERT INTO road (code, class, geom) SELECT 'R' || i, 'branch', ST_SetSRID(ST_MakeLine(ARRAY[at(0.3, i + 0.37), at(3.1, i + 0.6), at(7.7, i + 0.41)]), 4490) FROM generate_series(0, 7) i;
INSERT INTO road (code, class, geom) VALUES ('RX', 'arterial', ST_SetSRID(ST_MakeLine(ARRAY[at(4, 1), at(4, 2), at(4, 5), at(5, 6)]), 4490));
INSERT INTO public_toilet (code, kind, grade, geom) SELECT 'T' || i, 'detached', 'class_2', ST_SetSRID(at(0.1 + (i * 0.77)::numeric % 7.8, 0.1 + (i * 1.31)::numeric % 7.8), 4490) FROM generate_series(1, 80) i;`

// planeSQL is the quarter's own plane: blocks are about a hundred metres wide and lean a little.
const planeSQL = `
CREATE FUNCTION at(x numeric, y numeric) RETURNS geometry LANGUAGE sql IMMUTABLE AS
$$ SELECT ST_SnapToGrid(ST_MakePoint(120 + x * 0.00113 + y * 0.0000713, 36.2 + y * 0.00091 - x * 0.0000537), 1e-9) $$;
CREATE FUNCTION block(w int, s int, e int, n int) RETURNS geometry LANGUAGE sql IMMUTABLE AS
$$ SELECT ST_Multi(ST_SetSRID(ST_MakePolygon(ST_MakeLine(
    ARRAY(SELECT at(x, s) FROM generate_series(w, e) x ORDER BY x) || ARRAY(SELECT at(e, y) FROM generate_series(s + 1, n) y ORDER BY y)
    || ARRAY(SELECT at(x, n) FROM generate_series(w, e - 1) x ORDER BY x DESC) || ARRAY(SELECT at(w, y) FROM generate_series(s, n - 1) y ORDER BY y DESC))), 4490)) $$;`

// blocks makes a database with the quarter in it.
func blocks(t testing.TB) *pgxpool.Pool {
	t.Helper()
	pool := pgtest.DB(t)
	for _, s := range []string{planeSQL, blocksSQL} {
		if _, err := pool.Exec(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	return pool
}

// place is a position of the quarter's plane in degrees.
func place(x, y float64) orb.Point {
	return orb.Point{120 + x*0.00113 + y*0.0000713, 36.2 + y*0.00091 - x*0.0000537}
}

// box is a block of the plane as a shape.
func blockOf(w, s, e, n float64) orb.MultiPolygon {
	return orb.MultiPolygon{{{place(w, s), place(e, s), place(e, n), place(w, n), place(w, s)}}}
}

func bureau() rights.Actor { return rights.Actor{Account: 1, Name: "bureau", Role: rights.Bureau} }

func streetOf(region string) rights.Actor {
	return rights.Actor{Account: 2, Name: "street", Role: rights.Street, Region: region}
}

// edit runs an edit as somebody.
func edit(t testing.TB, pool *pgxpool.Pool, who rights.Actor, do func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error)) (postgres.Edited, error) {
	t.Helper()
	var e postgres.Edited
	_, err := postgres.NewStore(pool).Write(t.Context(), postgres.Caller{Actor: who, RequestID: fmt.Sprint(t.Name())}, func(ctx context.Context, tx *postgres.Tx) (postgres.Answer, error) {
		var err error
		e, err = do(ctx, tx)
		return postgres.Answer{}, err
	})
	return e, err
}

// net reads the net as the server would.
func netOf(t testing.TB, pool *pgxpool.Pool) *grid.Net {
	t.Helper()
	var net *grid.Net
	err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		net = load(t, tx)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return net
}

func unit(code string) postgres.GridRef { return postgres.GridRef{Scheme: "unit", Code: code} }

// TestSplit: two new grids under the next codes, their duty grid made of them, people and features taken along.
func TestSplit(t *testing.T) {
	pool := blocks(t)
	old := netOf(t, pool).Grid("unit", "370281001001001") // the north-west corner
	e, err := edit(t, pool, bureau(), func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
		return tx.SplitGrid(ctx, unit(old.Code), orb.LineString{place(0.4, 6.5), place(0.45, 7.6), place(0.4, 8.5)}, "试")
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Made) != 2 || e.Made[0].Code != "370281001001033" || e.Made[1].Code != "370281001001034" || e.Made[0].Bound.Min[0] > e.Made[1].Bound.Min[0] {
		t.Errorf("made %+v", e.Made)
	}
	if len(e.Retired) != 1 || e.Retired[0] != old.Code || e.DutiesMoved != 1 || e.FeaturesMoved == 0 || len(e.Touched) != 1 {
		t.Errorf("%+v", e)
	}
	net := netOf(t, pool)
	if net.Grid("unit", old.Code) != nil || net.Former("unit", old.Code) == nil {
		t.Error("the old grid is in force")
	}
	if d := net.MadeInto(e.Made[0].ID); len(d) != 1 || len(d[0].Members) != 17 {
		t.Errorf("made into %v", d)
	}
	check(t, pool, net)
	today := grid.Day(0)
	if err := pool.QueryRow(t.Context(), `SELECT city_day() - '1970-01-01'::date`).Scan(&today); err != nil {
		t.Fatal(err)
	}
	at := place(0.2, 7.5)
	if g := net.At(today-1).Locate(at[0], at[1]).UnitGrid(); g == nil || g.ID != old.ID {
		t.Errorf("yesterday %v was there", g)
	}
	if g := net.At(today).Locate(at[0], at[1]).UnitGrid(); g == nil || g.ID != e.Made[0].ID {
		t.Errorf("today %v is there", g)
	}
}

// check holds a quarter against what is always true of it, by PostGIS's own judgement where it has one.
func check(t testing.TB, pool *pgxpool.Pool, net *grid.Net) {
	t.Helper()
	for _, scheme := range []string{"unit", "duty"} {
		report, err := net.Integrity(t.Context(), scheme)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range report.Findings {
			if f.Severity != grid.SeverityInfo {
				t.Errorf("%s: %s %v %.6f m², %.6f m wide", scheme, f.Kind, f.Grids, f.AreaM2, f.WidthM)
			}
		}
	}
	for what, sql := range map[string]string{
		"invalid": `SELECT count(*) FROM grid WHERE NOT ST_IsValid(geom)`,
		"areas": `SELECT count(*) FROM (SELECT scheme FROM grid WHERE valid_to IS NULL AND scheme <> 'patrol' GROUP BY scheme
			HAVING abs(sum(area_m2) - (SELECT ST_Area(geom::geography) FROM region WHERE code = 'Z1')) > 0.05) x`,
		"points in one grid": `SELECT count(*) FROM (SELECT p.geom FROM region r, generate_series(1, 400) i,
				LATERAL (SELECT ST_SetSRID(at((0.01 + 7.98 * ((i * 0.6180339887)::numeric % 1))::numeric, (0.01 + 7.98 * ((i * 0.7548776662)::numeric % 1))::numeric), 4490) AS geom) p WHERE r.code = 'Z1') q
			WHERE (SELECT count(*) FROM grids_of(q.geom) g WHERE g.scheme = 'unit') <> 1 OR (SELECT count(*) FROM grids_of(q.geom) g WHERE g.scheme = 'duty') <> 1`,
		"metres": `SELECT count(*) FROM road r, (VALUES ('unit'), ('duty')) s (scheme)
			WHERE abs(ST_Length(r.geom::geography) - (SELECT sum(inside_m) FROM feature_grid f WHERE f.layer = 'road' AND f.feature_id = r.id AND f.scheme = s.scheme)) > 0.01`,
		"stale assignments": `SELECT count(*) FROM public_toilet p WHERE
			(SELECT array_agg(grid_id ORDER BY grid_id) FROM feature_grid f WHERE f.layer = 'public_toilet' AND f.feature_id = p.id)
			IS DISTINCT FROM (SELECT array_agg(grid_id ORDER BY grid_id) FROM grids_of(p.geom))`,
		"lineage": `WITH RECURSIVE up AS (SELECT id, id AS of FROM grid WHERE scheme = 'unit' UNION SELECT l.parent_id, u.of FROM up u JOIN grid_lineage l ON l.child_id = u.id)
			SELECT count(*) FROM grid g WHERE scheme = 'unit' AND NOT EXISTS (SELECT FROM up JOIN grid o ON o.id = up.id WHERE up.of = g.id AND o.valid_from < city_day())`,
		"grids without people": `SELECT count(*) FROM grid g WHERE scheme IN ('unit', 'duty') AND valid_to IS NULL AND NOT EXISTS (
			SELECT FROM duty d WHERE d.target_kind = 'grid' AND d.target_id = g.id AND (d.valid_to IS NULL OR d.valid_to >= city_day()))`,
		"people of retired grids": `SELECT count(*) FROM duty d JOIN grid g ON g.id = d.target_id AND d.target_kind = 'grid' WHERE g.valid_to IS NOT NULL AND (d.valid_to IS NULL OR d.valid_to >= city_day())`,
		"members":                 `SELECT count(*) FROM grid u WHERE scheme = 'unit' AND valid_to IS NULL AND (SELECT count(*) FROM grid_member m JOIN grid d ON d.id = m.grid_id WHERE m.member_id = u.id AND d.valid_to IS NULL) <> 1`,
		"retired members":         `SELECT count(*) FROM grid_member m JOIN grid u ON u.id = m.member_id JOIN grid d ON d.id = m.grid_id WHERE u.valid_to IS NOT NULL AND d.valid_to IS NULL`,
	} {
		var n int
		if err := pool.QueryRow(t.Context(), sql).Scan(&n); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if n > 0 {
			t.Errorf("%s: %d", what, n)
		}
	}
}
