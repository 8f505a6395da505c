package postgres_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"

	"wangge/fixtures"
	"wangge/fixtures/pgtest"
	"wangge/grid"
	"wangge/grid/postgres"
	"wangge/grid/rights"
)

// diamond is a rhombus of about 14 hectares with a hole in it.
var diamond = orb.MultiPolygon{{
	{{120, 36.2}, {120.003, 36.2 - 0.0024}, {120.006, 36.2}, {120.003, 36.2024}, {120, 36.2}},
	{{120.003, 36.2003}, {120.0034, 36.2}, {120.003, 36.1997}, {120.0026, 36.2}, {120.003, 36.2003}},
}}

// by runs a use case on behalf of an actor.
func by(t *testing.T, pool *pgxpool.Pool, a rights.Actor, do func(ctx context.Context, x *postgres.Tx) error) (postgres.Answer, error) {
	t.Helper()
	return postgres.NewStore(pool).Write(t.Context(), postgres.Caller{Actor: a}, func(ctx context.Context, x *postgres.Tx) (postgres.Answer, error) {
		return postgres.Answer{}, do(ctx, x)
	})
}

// propose lays grids and gives the proposal.
func propose(t *testing.T, pool *pgxpool.Pool, o postgres.LayOrder) (p postgres.Proposal, err error) {
	t.Helper()
	if o.TargetM2 == 0 {
		o.TargetM2 = grid.UnitM2
	}
	_, err = by(t, pool, rights.Operator("test"), func(ctx context.Context, x *postgres.Tx) (err error) {
		p, _, err = x.ProposeLay(ctx, o)
		return err
	})
	return p, err
}

func accept(t *testing.T, pool *pgxpool.Pool, id int64) (e postgres.Edited, err error) {
	t.Helper()
	_, err = by(t, pool, rights.Operator("test"), func(ctx context.Context, x *postgres.Tx) (err error) {
		_, e, err = x.AcceptProposal(ctx, id, 0, "")
		return err
	})
	return e, err
}

func number[T any](t *testing.T, pool *pgxpool.Pool, sql string, args ...any) (v T) {
	t.Helper()
	if err := pool.QueryRow(t.Context(), sql, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

const diamondSQL = `
INSERT INTO region (code, name, kind, parent_code, geom) VALUES
    ('370281', '胶州市', 'county', '3702', ST_Multi(ST_MakeEnvelope(119.9, 36.1, 120.2, 36.4, 4490))),
    ('370281001', '阜安街道', 'street', '370281', ST_Multi(ST_MakeEnvelope(119.99, 36.19, 120.02, 36.21, 4490))),
    ('370281001002', '大同社区', 'community', '370281001', ST_Multi(ST_MakeEnvelope(119.99, 36.19, 120.013, 36.21, 4490))),
    ('370281001003', '小同社区', 'community', '370281001', ST_Multi(ST_MakeEnvelope(120.013, 36.19, 120.02, 36.21, 4490)))`

func diamondDB(t *testing.T) *pgxpool.Pool {
	t.Helper()
	pool := pgtest.DB(t)
	if _, err := pool.Exec(t.Context(), diamondSQL); err != nil {
		t.Fatal(err)
	}
	return pool
}

func TestProposeAndAccept(t *testing.T) {
	pool := diamondDB(t)
	ctx := t.Context()
	p, err := propose(t, pool, postgres.LayOrder{Scheme: "unit", Region: "370281001002", Area: diamond, Note: "看看"})
	if err != nil {
		t.Fatal(err)
	}
	if p.Cells < 10 || p.State != postgres.ProposalOpen || p.MadeBy != "test" || p.Note != "看看" || number[int](t, pool, `SELECT count(*) FROM grid`) != 0 {
		t.Errorf("proposed %+v", p)
	}
	again, err := propose(t, pool, postgres.LayOrder{Scheme: "unit", Region: "370281001002", Area: diamond})
	if err != nil {
		t.Fatal(err)
	}
	e, err := accept(t, pool, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Made) != p.Cells || e.Made[0].Code != "370281001002001" || e.Kind != grid.EditLay {
		t.Errorf("%s made %d, first %s", e.Kind, len(e.Made), e.Made[0].Code)
	}
	// PostGIS's own judgement.
	var n, invalid, overlaps int
	var union, sum float64
	err = pool.QueryRow(ctx, `SELECT count(*), count(*) FILTER (WHERE NOT ST_IsValid(geom)),
		(SELECT count(*) FROM grid a, grid b WHERE a.id < b.id AND ST_Relate(a.geom, b.geom, '2********')),
		ST_Area(ST_Union(geom)), sum(ST_Area(geom)) FROM grid`).Scan(&n, &invalid, &overlaps, &union, &sum)
	if err != nil {
		t.Fatal(err)
	}
	whole := 0.006*0.0048/2 - 0.0008*0.0006/2
	if n != p.Cells || invalid > 0 || overlaps > 0 || math.Abs(union-sum) > 1e-15 || math.Abs(sum-whole) > 1e-11 {
		t.Errorf("%d grids, %d invalid, %d overlap; union %g, sum %g, area %g", n, invalid, overlaps, union, sum, whole)
	}
	if _, err := accept(t, pool, p.ID); !errors.Is(err, postgres.ErrDecided) {
		t.Errorf("accepted twice: %v", err)
	}
	if _, err := accept(t, pool, again.ID); !errors.Is(err, postgres.ErrTaken) {
		t.Errorf("the ground got grids meanwhile: %v", err)
	}
	for _, area := range []orb.MultiPolygon{diamond, {{{{120.001, 36.2}, {120.002, 36.2}, {120.002, 36.201}, {120.001, 36.2}}}}} {
		if _, err := propose(t, pool, postgres.LayOrder{Scheme: "unit", Region: "370281001002", Area: area}); !errors.Is(err, postgres.ErrTaken) {
			t.Errorf("laid twice: %v", err)
		}
	}
	if got := number[int](t, pool, `SELECT count(*) FROM grid_edit`); got != 1 {
		t.Errorf("%d edits", got)
	}
	// The next area of the community goes on counting, also after the numbers of grids that are no more, and shares its vertices.
	if _, err := pool.Exec(ctx, `DELETE FROM grid WHERE code = $1`, e.Made[len(e.Made)-1].Code); err != nil {
		t.Fatal(err)
	}
	next, err := propose(t, pool, postgres.LayOrder{Scheme: "unit", Region: "370281001002", Area: move(diamond, 0.006)})
	if err != nil {
		t.Fatal(err)
	}
	second, err := accept(t, pool, next.ID)
	if err != nil || second.Made[0].Code <= e.Made[len(e.Made)-1].Code {
		t.Errorf("%v %+v", err, second.Made)
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

// TestNeighboursShareVertices: two communities side by side, one after the other.
func TestNeighboursShareVertices(t *testing.T) {
	pool := diamondDB(t)
	touched := 0
	for region, m2 := range map[string]float64{"370281001003": 20_000, "370281001002": 11_000} {
		p, err := propose(t, pool, postgres.LayOrder{Scheme: "unit", Region: region, TargetM2: m2})
		if err != nil {
			t.Fatal(err)
		}
		e, err := accept(t, pool, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		touched += len(e.Touched)
	}
	if touched == 0 {
		t.Error("no grid of the neighbour got a vertex")
	}
	lone := number[int](t, pool, `
WITH v AS (SELECT g.id, g.region_code, (ST_DumpPoints(g.geom)).geom AS at FROM grid g)
SELECT count(*) FROM v JOIN grid o ON o.region_code <> v.region_code AND ST_DWithin(o.geom, v.at, 1e-8)
WHERE NOT EXISTS (SELECT FROM v w WHERE w.id = o.id AND ST_DWithin(w.at, v.at, 0)) AND abs(ST_X(v.at) - 120.013) < 1e-9`)
	if lone > 0 {
		t.Errorf("%d vertices on the border are missing on the other side", lone)
	}
	both, err := propose(t, pool, postgres.LayOrder{Scheme: "unit", Region: "370281001"})
	if !errors.Is(err, postgres.ErrTaken) {
		t.Errorf("a street whose communities have grids: %v %+v", err, both)
	}
}

func TestProposalsAreRefused(t *testing.T) {
	pool := diamondDB(t)
	for name, c := range map[string]struct {
		o    postgres.LayOrder
		want error
	}{
		"no scheme":        {postgres.LayOrder{Scheme: "nonsense", Region: "370281001002"}, postgres.ErrNoScheme},
		"no region":        {postgres.LayOrder{Scheme: "unit", Region: "110101001001"}, postgres.ErrUnknownRegion},
		"short community":  {postgres.LayOrder{Scheme: "unit", Region: "370281", Area: diamond}, grid.ErrCode},
		"no area":          {postgres.LayOrder{Scheme: "unit", Region: "370281001002", Area: orb.MultiPolygon{}}, grid.ErrArea},
		"too many":         {postgres.LayOrder{Scheme: "unit", Region: "370281001002", TargetM2: 1}, grid.ErrTooLarge},
		"too large":        {postgres.LayOrder{Scheme: "unit", Region: "370281001", MostM2: 1e6}, grid.ErrTooLarge},
		"larger than life": {postgres.LayOrder{Scheme: "unit", Region: "370281001002", Area: orb.MultiPolygon{{{{100, 30}, {120, 30}, {120, 40}, {100, 30}}}}}, grid.ErrTooLarge},
	} {
		if _, err := propose(t, pool, c.o); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	p, err := propose(t, pool, postgres.LayOrder{Scheme: "unit", Region: "370281001002", TargetM2: 3000})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := accept(t, pool, p.ID); !errors.Is(err, grid.ErrSequence) {
		t.Errorf("more than 999: %v", err)
	}
	street := rights.Actor{Account: 7, Name: "other", Role: rights.Street, Region: "370281002"}
	_, err = by(t, pool, street, func(ctx context.Context, x *postgres.Tx) error {
		_, err := x.RejectProposal(ctx, p.ID, 0, "")
		return err
	})
	if !errors.Is(err, rights.ErrForbidden) {
		t.Errorf("another street's: %v", err)
	}
	_, err = by(t, pool, street, func(ctx context.Context, x *postgres.Tx) error {
		_, _, err := x.ProposeLay(ctx, postgres.LayOrder{Scheme: "unit", Region: "370281001002", TargetM2: grid.UnitM2})
		return err
	})
	if !errors.Is(err, rights.ErrForbidden) {
		t.Errorf("in another street: %v", err)
	}
	if n := number[int](t, pool, `SELECT count(*) FROM grid`); n != 0 {
		t.Errorf("%d grids were left", n)
	}
	if _, err := postgres.Shape(t.Context(), pool, "370282"); !errors.Is(err, postgres.ErrUnknownRegion) {
		t.Errorf("a region that is not there: %v", err)
	}
}

// TestLayDemo lays communities of the demo city, whose own grids are set aside, along its streets and around its buildings.
func TestLayDemo(t *testing.T) {
	pool := pgtest.DB(t)
	if err := fixtures.Load(t.Context(), pool, fixtures.Jiaozhou(), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), `ALTER TABLE grid DISABLE TRIGGER USER; UPDATE grid SET valid_to = city_day(); ALTER TABLE grid ENABLE TRIGGER USER`); err != nil {
		t.Fatal(err)
	}
	regions := number[[]string](t, pool, `SELECT array_agg(code ORDER BY code) FROM (SELECT code FROM region WHERE kind = 'community' AND geom IS NOT NULL ORDER BY md5(code) LIMIT 5) x`)
	for _, region := range append(regions, "370281001005") {
		t.Run(region, func(t *testing.T) {
			began := time.Now()
			p, err := propose(t, pool, postgres.LayOrder{Scheme: "unit", Region: region})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s: %v, %s", region, time.Since(began).Round(time.Millisecond), p.Report)
			checkProposal(t, pool, p, `(SELECT geom FROM region WHERE code = '`+region+`')`)
		})
	}
}

// checkProposal holds a proposal against what PostGIS computes: one partition of the area, the same buildings cut, the same areas.
func checkProposal(t *testing.T, pool *pgxpool.Pool, p postgres.Proposal, areaSQL string) {
	t.Helper()
	var r grid.LayReport
	if err := json.Unmarshal(p.Report, &r); err != nil {
		t.Fatal(err)
	}
	cells := fmt.Sprintf(`(SELECT ordinal, geom, area_m2 FROM grid_proposal_cell WHERE proposal_id = %d)`, p.ID)
	// Measured on the plane of degrees, where straight lines stay straight when they are cut. Borders are rounded to the lattice: that is what may
	// differ along them.
	slack := number[float64](t, pool, `SELECT 2e-9 * sum(ST_Perimeter(geom)) FROM `+cells+` c`)
	missing := number[float64](t, pool, `SELECT ST_Area(ST_SymDifference(`+areaSQL+`, (SELECT ST_Union(geom) FROM `+cells+` c)))`)
	twice := number[float64](t, pool, `SELECT coalesce(sum(ST_Area(ST_CollectionExtract(ST_Intersection(a.geom, b.geom), 3))), 0)
		FROM `+cells+` a JOIN `+cells+` b ON a.ordinal < b.ordinal AND ST_Intersects(a.geom, b.geom)`)
	if missing > slack || twice > slack {
		t.Errorf("%g square degrees missing or outside, %g twice, slack %g", missing, twice, slack)
	}
	if n := number[int](t, pool, `SELECT count(*) FROM `+cells+` c WHERE NOT ST_IsValid(geom) OR abs(ST_Area(geom::geography) - area_m2) > 1e-3`); n > 0 {
		t.Errorf("%d cells are invalid or measured wrongly", n)
	}
	// A border that runs along a wall may be a hair inside of it.
	cut := number[[]int64](t, pool, `
WITH cell AS MATERIALIZED `+cells+`,
border AS MATERIALIZED (SELECT ST_CollectionExtract(ST_Intersection(a.geom, b.geom), 2) AS geom FROM cell a JOIN cell b ON a.ordinal < b.ordinal AND ST_Intersects(a.geom, b.geom)),
house AS MATERIALIZED (SELECT w.id, ST_Buffer(w.geom, -1e-7) AS geom FROM ground w WHERE w.kind = 'building' AND ST_Intersects(w.geom, `+areaSQL+`))
SELECT coalesce(array_agg(DISTINCT h.id ORDER BY h.id), '{}') FROM house h JOIN border b ON b.geom && h.geom AND ST_Crosses(b.geom, h.geom) WHERE NOT ST_IsEmpty(h.geom)`)
	if !slices.Equal(cut, r.BuildingsCut) {
		t.Errorf("PostGIS finds these buildings cut: %v, the report says %v", cut, r.BuildingsCut)
	}
	if r.Cells != p.Cells || math.Abs(r.TotalM2-p.AreaM2) > 1 {
		t.Errorf("%d cells, report %+v", p.Cells, r)
	}
}

// TestLayReal lays grids over real streets and buildings.
func TestLayReal(t *testing.T) {
	folder := os.Getenv("WANGGE_REAL_DATA")
	if folder == "" {
		t.Skip("WANGGE_REAL_DATA is not set")
	}
	for place, box := range map[string]string{
		"osm-cn/layers/shenzhen-nanshan": "113.938, 22.542, 113.952, 22.552",
		"osm-cn/layers/taichung-fengjia": "120.5945, 24.1785, 120.6085, 24.1855",
		"osm-cn/layers/beijing-cau":      "116.3455, 39.998, 116.358, 40.008",
		"osm-cn/layers/hongkong-tst":     "114.170, 22.2965, 114.176, 22.302",
	} {
		t.Run(filepath.Base(place), func(t *testing.T) {
			pool := pgtest.DB(t)
			loadReal(t, pool, filepath.Join(folder, place), "ST_MakeEnvelope("+box+", 4490)")
			began := time.Now()
			p, err := propose(t, pool, postgres.LayOrder{Scheme: "unit", Region: "370281001001"})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%v, %s", time.Since(began).Round(time.Millisecond), p.Report)
			checkProposal(t, pool, p, `(SELECT geom FROM region WHERE code = '370281001001')`)
		})
	}
}

// loadReal puts highways and buildings of OpenStreetMap into the record, and a community around the middle of them.
func loadReal(t *testing.T, pool *pgxpool.Pool, folder, box string) {
	t.Helper()
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if errors.Is(err, os.ErrNotExist) {
			return `{"features": []}`
		}
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for _, s := range []struct {
		sql  string
		args []any
	}{
		{`INSERT INTO region (code, name, kind, parent_code, geom) VALUES ('370281', '市', 'county', '3702', ST_Multi(ST_Expand(` + box + `, 0.1))),
			('370281001', '街道', 'street', '370281', ST_Multi(` + box + `)), ('370281001001', '社区', 'community', '370281001', ST_Multi(` + box + `))`, nil},
		{`INSERT INTO road (class, geom) SELECT 'branch', ST_SetSRID(ST_Force2D(ST_GeomFromGeoJSON(f -> 'geometry')), 4490) FROM jsonb_array_elements($1::jsonb -> 'features') f
			WHERE f #>> '{geometry,type}' = 'LineString' AND f #>> '{properties,highway}' IN ('motorway','trunk','primary','secondary','tertiary','residential','unclassified','living_street')`, []any{read("highways.geojson")}},
		{`INSERT INTO back_alley (geom) SELECT ST_SetSRID(ST_Force2D(ST_GeomFromGeoJSON(f -> 'geometry')), 4490) FROM jsonb_array_elements($1::jsonb -> 'features') f
			WHERE f #>> '{geometry,type}' = 'LineString' AND f #>> '{properties,highway}' IN ('service','pedestrian')`, []any{read("highways.geojson")}},
		{`INSERT INTO ground (kind, geom) SELECT 'building', geom FROM jsonb_array_elements($1::jsonb -> 'features') f,
			LATERAL (SELECT ST_SetSRID(ST_Force2D(ST_GeomFromGeoJSON(f -> 'geometry')), 4490) AS geom) g WHERE GeometryType(geom) IN ('POLYGON', 'MULTIPOLYGON') AND ST_IsValid(geom)`, []any{read("buildings.geojson")}},
	} {
		if _, err := pool.Exec(t.Context(), s.sql, s.args...); err != nil {
			t.Fatal(err)
		}
	}
}
