package postgres_test

import (
	"errors"
	"math"
	"testing"

	"github.com/paulmach/orb"

	"wangge/fixtures/pgtest"
	"wangge/grid"
	"wangge/grid/postgres"
)

// diamond is a rhombus of about 14 hectares with a hole in it.
var diamond = orb.MultiPolygon{{
	{{120, 36.2}, {120.003, 36.2 - 0.0024}, {120.006, 36.2}, {120.003, 36.2024}, {120, 36.2}},
	{{120.003, 36.2003}, {120.0034, 36.2}, {120.003, 36.1997}, {120.0026, 36.2}, {120.003, 36.2003}},
}}

func TestMake(t *testing.T) {
	pool := pgtest.DB(t)
	ctx := t.Context()
	made, err := postgres.Make(ctx, pool, "unit", "370281001002", diamond, grid.UnitM2)
	if err != nil {
		t.Fatal(err)
	}
	if made.Grids < 10 || made.First != "370281001002001" || made.Revision == 0 {
		t.Errorf("made %+v", made)
	}
	// PostGIS's own judgement.
	var n, invalid, overlaps int
	var union, sum, whole float64
	err = pool.QueryRow(ctx, `SELECT count(*), count(*) FILTER (WHERE NOT ST_IsValid(geom)),
		(SELECT count(*) FROM grid a, grid b WHERE a.id < b.id AND ST_Relate(a.geom, b.geom, '2********')),
		ST_Area(ST_Union(geom)), sum(ST_Area(geom)) FROM grid`).Scan(&n, &invalid, &overlaps, &union, &sum)
	if err != nil {
		t.Fatal(err)
	}
	if err := pool.QueryRow(ctx, `SELECT 0.006 * 0.0048 / 2 - 0.0008 * 0.0006 / 2`).Scan(&whole); err != nil {
		t.Fatal(err)
	}
	if n != made.Grids || invalid > 0 || overlaps > 0 || math.Abs(union-sum) > 1e-15 || math.Abs(sum-whole) > 1e-11 {
		t.Errorf("%d grids, %d invalid, %d overlap; union %g, sum %g, area %g", n, invalid, overlaps, union, sum, whole)
	}
	for _, p := range []orb.MultiPolygon{diamond, {{{{120.001, 36.2}, {120.002, 36.2}, {120.002, 36.201}, {120.001, 36.2}}}}} {
		if _, err := postgres.Make(ctx, pool, "unit", "370281001002", p, grid.UnitM2); !errors.Is(err, postgres.ErrTaken) {
			t.Errorf("laid twice: %v", err)
		}
	}
	// The next area of the community goes on counting, also after the numbers of grids that are no more.
	if _, err := pool.Exec(ctx, `DELETE FROM grid WHERE code = $1`, made.Last); err != nil {
		t.Fatal(err)
	}
	next, err := postgres.Make(ctx, pool, "unit", "370281001002", move(diamond, 0.006), grid.UnitM2)
	if err != nil || next.First <= made.Last {
		t.Errorf("after %s came %s, %v", made.Last, next.First, err)
	}
}

func move(area orb.MultiPolygon, lon float64) orb.MultiPolygon {
	area = area.Clone()
	for _, p := range area {
		for _, r := range p {
			for i := range r {
				r[i][0] += lon
			}
		}
	}
	return area
}

func TestMakeRefuses(t *testing.T) {
	pool := pgtest.DB(t)
	ctx := t.Context()
	for name, c := range map[string]struct {
		scheme, community string
		area              orb.MultiPolygon
		m2                float64
		want              error
	}{
		"no scheme":        {"nonsense", "370281001002", diamond, grid.UnitM2, postgres.ErrNoScheme},
		"short community":  {"unit", "370281", diamond, grid.UnitM2, grid.ErrCode},
		"more than 999":    {"unit", "370281001002", diamond, 100, grid.ErrSequence},
		"no area":          {"unit", "370281001002", nil, grid.UnitM2, grid.ErrArea},
		"larger than life": {"unit", "370281001002", orb.MultiPolygon{{{{100, 30}, {120, 30}, {120, 40}, {100, 30}}}}, grid.UnitM2, grid.ErrTooLarge},
	} {
		if _, err := postgres.Make(ctx, pool, c.scheme, c.community, c.area, c.m2); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	var n int
	if err := pool.QueryRow(ctx, `SELECT count(*) FROM grid`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d grids were left, %v", n, err)
	}
	if _, err := postgres.Shape(ctx, pool, "370281"); !errors.Is(err, postgres.ErrUnknownRegion) {
		t.Errorf("a region that is not there: %v", err)
	}
}
