package postgres_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"wangge/fixtures"
	"wangge/fixtures/pgtest"
	"wangge/grid"
	"wangge/grid/postgres"
)

// demoCity is the demo, made once.
var demoCity = sync.OnceValue(fixtures.Jiaozhou)

// demo is a record of its own with the demo in it.
func demo(t testing.TB) *pgxpool.Pool {
	t.Helper()
	pool := pgtest.DB(t)
	if err := fixtures.Load(context.Background(), pool, demoCity(), nil); err != nil {
		t.Fatal(err)
	}
	return pool
}

// models reads the net and the roster of a record.
func models(t testing.TB, pool *pgxpool.Pool) (net *grid.Net, roster *grid.Roster) {
	t.Helper()
	err := pgx.BeginFunc(context.Background(), pool, func(tx pgx.Tx) error {
		net = load(t, tx)
		roster = people(t, tx)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return net, roster
}

func people(t testing.TB, tx pgx.Tx) *grid.Roster {
	t.Helper()
	r, err := postgres.RosterModel{}.Load(context.Background(), tx)
	if err != nil {
		t.Fatal(err)
	}
	return r.(*grid.Roster)
}

func waysOf(t testing.TB, pool *pgxpool.Pool, roster *grid.Roster) *grid.Ways {
	t.Helper()
	ways, err := roster.Ways(context.Background(), postgres.NewStore(pool).Ways)
	if err != nil {
		t.Fatal(err)
	}
	return ways
}

// dutiesSQL are the duties in force on the day $1, and whether they count.
const dutiesSQL = `
CREATE FUNCTION duties_on(day date) RETURNS TABLE (id bigint, holder_id bigint, role text, target_kind text, target_id bigint, rank text, stands bigint, away boolean)
LANGUAGE sql STABLE AS $$
    WITH there AS (
        SELECT d.*, EXISTS (SELECT FROM absence a WHERE a.holder_id = d.holder_id AND day BETWEEN a.valid_from AND a.valid_to) AS away
        FROM duty d JOIN holder h ON h.id = d.holder_id
        WHERE d.valid_from <= day AND (d.valid_to IS NULL OR d.valid_to >= day)
          AND coalesce(h.valid_from, '-infinity') <= day AND (h.valid_to IS NULL OR h.valid_to > day))
    SELECT t.id, t.holder_id, t.role, t.target_kind, t.target_id, t.rank, t.substitute_of, t.away FROM there t
    WHERE t.substitute_of IS NULL OR EXISTS (SELECT FROM there o WHERE o.id = t.substitute_of AND o.away)
$$`

// The figures of a region once more, in plain SQL.
const (
	// unionSQL is the area of the grids of a scheme in a region, over that of the region, by ST_Union.
	unionSQL = `
SELECT coalesce(ST_Area(ST_Intersection(ST_Union(g.geom), (SELECT r.geom FROM region r WHERE r.code = $2))::geography), 0)
FROM grid g WHERE g.scheme = $1 AND g.valid_to IS NULL`

	mannedSQL = `
SELECT count(*), count(*) FILTER (WHERE NOT EXISTS (
    SELECT FROM requirement q WHERE q.target_kind = 'grid' AND q.applies_to = g.scheme AND q.at_least > (
        SELECT count(DISTINCT d.holder_id) FROM duties_on($3) d WHERE d.target_kind = 'grid' AND d.target_id = g.id AND d.role = q.role AND NOT d.away)))
FROM grid g JOIN region r ON r.code = $2
WHERE g.scheme = $1 AND g.valid_to IS NULL AND (g.region_code LIKE r.code || '%' OR r.kind = 'zone' AND ST_Intersects(ST_PointOnSurface(g.geom), r.geom))`

	coveredSQL = `
SELECT coalesce(ST_Area(ST_Intersection(ST_Union(g.geom), (SELECT r.geom FROM region r WHERE r.code = $1))::geography), 0)
FROM grid g WHERE g.valid_to IS NULL AND EXISTS (SELECT FROM duties_on($2) d WHERE d.target_kind = 'grid' AND d.target_id = g.id AND NOT d.away)`

	// linesSQL: metres of lines in a region, and of these the metres with somebody responsible. The ground that people have is widened by a
	// millimetre, for roads that run along its border.
	linesSQL = `
WITH ground AS MATERIALIZED (
    SELECT ST_Subdivide(ST_Buffer(ST_Union(g.geom), 1e-8, 'join=mitre'), 64) AS geom FROM grid g
    WHERE g.valid_to IS NULL AND EXISTS (SELECT FROM duties_on($2) d WHERE d.target_kind = 'grid' AND d.target_id = g.id AND NOT d.away)),
line AS MATERIALIZED (
    SELECT 'road' AS kind, f.id, f.geom, f.region_code FROM road f WHERE f.class <> 'footpath'
    UNION ALL SELECT 'back_alley', f.id, f.geom, f.region_code FROM back_alley f),
here AS (
    SELECT l.* FROM line l JOIN region r ON r.code = $1
    WHERE l.kind = $3 AND (l.region_code LIKE r.code || '%' OR r.kind = 'zone' AND ST_Intersects(ST_PointOnSurface(l.geom), r.geom)))
SELECT coalesce(sum(ST_Length(h.geom::geography)), 0), coalesce(sum(CASE
    WHEN EXISTS (SELECT FROM duties_on($2) d WHERE d.target_kind = h.kind AND d.target_id = h.id AND NOT d.away) THEN ST_Length(h.geom::geography)
    ELSE coalesce((SELECT sum(ST_Length(ST_Intersection(h.geom, g.geom)::geography)) FROM ground g WHERE g.geom && h.geom), 0) END), 0)
FROM here h`
)

// TestFiguresAgreeWithSQL computes the figures of the demo once more in plain SQL, for a zone, the county, and streets wholly and partly in the zone,
// today and on days past.
func TestFiguresAgreeWithSQL(t *testing.T) {
	pool := demo(t)
	if _, err := pool.Exec(t.Context(), dutiesSQL); err != nil {
		t.Fatal(err)
	}
	net, roster := models(t, pool)
	ways := waysOf(t, pool, roster)
	today := grid.DayOf(time.Now().In(net.Zone()))
	codes := []string{net.Regions("zone")[0].Code, "370281", "370281001", "370281004"}
	for _, day := range []grid.Day{today, today - 200} {
		for _, code := range codes {
			then := net.At(day)
			region := then.Region(code)
			for _, scheme := range []string{"unit", "duty", "street"} {
				f := roster.Figures(then, ways, day, scheme, region)
				if len(then.Grids(scheme)) > 0 {
					near(t, code+" "+scheme+" gridded", f.Gridded.Have, value[float64](t, pool, unionSQL, scheme, code), 1)
				}
				near(t, code+" area", f.Gridded.Of, value[float64](t, pool, `SELECT ST_Area(geom::geography) FROM region WHERE code = $1`, code), 1)
				compareManned(t, pool, f.Manned, scheme, code, day)
			}
			f := roster.Figures(then, ways, day, "duty", region)
			near(t, code+" covered", f.CoveredArea.Have, value[float64](t, pool, coveredSQL, code, day.Time()), 1)
			compareLines(t, pool, f.CoveredRoad, "road", code, day)
			compareLines(t, pool, f.CoveredAlley, "back_alley", code, day)
		}
	}
}

func near(t *testing.T, what string, got, want, by float64) {
	t.Helper()
	if math.Abs(got-want) > by {
		t.Errorf("%s: %.2f, in SQL %.2f", what, got, want)
	}
}

func compareManned(t *testing.T, pool *pgxpool.Pool, got grid.Share, scheme, code string, day grid.Day) {
	t.Helper()
	var of, have float64
	if err := pool.QueryRow(t.Context(), mannedSQL, scheme, code, day.Time()).Scan(&of, &have); err != nil {
		t.Fatal(err)
	}
	if scheme == grid.UnitScheme { // nothing is required of unit grids
		of, have = 0, 0
	}
	if got.Of != of || got.Have != have {
		t.Errorf("%s %s manned on %s: %v of %v, in SQL %v of %v", code, scheme, day, got.Have, got.Of, have, of)
	}
}

func compareLines(t *testing.T, pool *pgxpool.Pool, got grid.Share, kind, code string, day grid.Day) {
	t.Helper()
	var of, have float64
	if err := pool.QueryRow(t.Context(), linesSQL, code, day.Time(), kind).Scan(&of, &have); err != nil {
		t.Fatal(err)
	}
	near(t, code+" metres of "+kind, got.Of, of, 0.01)
	near(t, code+" covered metres of "+kind, got.Have, have, 1)
}

func value[T any](t testing.TB, pool *pgxpool.Pool, sql string, args ...any) (v T) {
	t.Helper()
	if err := pool.QueryRow(context.Background(), sql, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

// TestDrawnGridsAreMeasuredTogether: where nets are drawn and lie over one another and over the border of a region, areas are those of ST_Union.
func TestDrawnGridsAreMeasuredTogether(t *testing.T) {
	tx := pgtest.Tx(t)
	quarter(t, tx)
	for _, sql := range []string{
		`INSERT INTO grid_scheme (code, title, title_en, code_pattern, is_exclusive, is_complete) VALUES ('free', '自由', 'Free', '[{"name": "sequence", "length": 3}]', false, false)`,
		`INSERT INTO grid (scheme, code, geom) SELECT 'free', 'F' || i, ST_SetSRID(ST_Buffer(ST_MakePoint(120.02 + i * 0.013, 36.21 + i * 0.011), 0.02, 3), 4490) FROM generate_series(1, 5) i`,
		`INSERT INTO holder (id, code, kind, name) VALUES (1, 'P1', 'person', '王小明')`,
		`INSERT INTO duty (holder_id, role, target_kind, target_id, valid_from) SELECT 1, 'grid_head', 'grid', id, '2020-01-01' FROM grid WHERE code IN ('D1', 'D2', 'D4', 'F1', 'F3', 'F4') OR scheme = 'unit' AND id % 7 = 0`,
	} {
		if _, err := tx.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	net, roster := load(t, tx), people(t, tx)
	day := grid.DayOf(time.Now())
	for _, code := range []string{"370281", "370281001001", "370281001002", "Z1"} {
		got := roster.Figures(net, grid.NewWays(nil), day, "free", net.Region(code))
		want := areaOf(t, tx, code, `g.scheme = 'free'`)
		near(t, code+" gridded", got.Gridded.Have, want, want*longEdges)
		if code == "370281" { // everywhere: elsewhere unit grids count whole where the record places them
			want := areaOf(t, tx, code, `EXISTS (SELECT FROM duty d WHERE d.target_id = g.id)`)
			near(t, code+" covered", got.CoveredArea.Have, want, want*longEdges)
		}
	}
}

// longEdges is what areas of shapes with edges of kilometres differ by when somebody puts vertices on them: the edges are geodesics.
const longEdges = 1e-6

func areaOf(t *testing.T, tx pgx.Tx, region, which string) (m2 float64) {
	t.Helper()
	sql := `SELECT ST_Area(ST_Intersection(ST_Union(g.geom), (SELECT geom FROM region WHERE code = $1))::geography) FROM grid g WHERE ` + which
	if err := tx.QueryRow(t.Context(), sql, region).Scan(&m2); err != nil {
		t.Fatal(err)
	}
	return m2
}

// TestDemoFailures: what the demo lacks is planted and found exactly, today, on days past and on days to come.
func TestDemoFailures(t *testing.T) {
	net, roster := models(t, demo(t))
	for _, on := range []string{"2026-01-01", "2026-02-28", "2026-03-01", "2026-03-31", time.Now().In(net.Zone()).Format(time.DateOnly), "2027-08-09", "2090-01-01"} {
		day, err := grid.ParseDay(on)
		if err != nil {
			t.Fatal(err)
		}
		then := net.At(day)
		var got, want []string
		for _, f := range roster.Failures(then, day, grid.FailureFilter{}) {
			kind, id := f.Target.Kind, f.Target.ID
			if f.Kind == grid.Overloaded {
				kind, id = "", 0
			}
			got = append(got, fmt.Sprint(f.Kind, " ", kind, " ", id, " ", f.Role, " ", f.Holder))
			if len(roster.FailuresOf(then, f.Target, day)) == 0 {
				t.Errorf("%s of %+v is not among those of its target", f.Kind, f.Target)
			}
		}
		for _, p := range demoCity().Planted {
			if p.On(day.Time()) && p.Kind != fixtures.PlantedGap && p.Kind != fixtures.PlantedOverlap {
				want = append(want, fmt.Sprint(p.Kind, " ", p.TargetKind, " ", p.TargetID, " ", p.Role, " ", p.HolderID))
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-planted +found): %s", on, diff)
		}
	}
}

// BenchmarkFailures looks through all of the demo for what is not true.
func BenchmarkFailures(b *testing.B) {
	net, roster := models(b, demo(b))
	today := grid.DayOf(time.Now().In(net.Zone()))
	for b.Loop() {
		if len(roster.Failures(net, today, grid.FailureFilter{})) == 0 {
			b.Fatal("the demo lacks nothing")
		}
	}
}

// BenchmarkFigures computes the figures of all streets anew, of a roster that nobody asked before.
func BenchmarkFigures(b *testing.B) {
	pool := demo(b)
	net, roster := models(b, pool)
	today := grid.DayOf(time.Now().In(net.Zone()))
	ways := waysOf(b, pool, roster)
	for b.Loop() {
		fresh := grid.NewRoster(roster.Rows(), roster)
		for _, x := range net.RegionsBy("street", "") {
			fresh.Figures(net, ways, today, "duty", x)
		}
	}
}
