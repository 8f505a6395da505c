package postgres_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"

	"wangge/grid"
	"wangge/grid/postgres"
	"wangge/grid/rights"
)

// proposeImport reads drawn grids into a proposal.
func proposeImport(t *testing.T, pool *pgxpool.Pool, a rights.Actor, o postgres.ImportOrder) (p postgres.Proposal, refused []grid.DrawnReject, err error) {
	t.Helper()
	_, err = by(t, pool, a, func(ctx context.Context, x *postgres.Tx) (err error) {
		p, refused, err = x.ProposeImport(ctx, o)
		return err
	})
	return p, refused, err
}

func square(x, y, w, h float64) orb.MultiPolygon {
	west, south, east, north := 120+x, 36.2+y, 120+x+w, 36.2+y+h
	return orb.MultiPolygon{{{{west, south}, {east, south}, {east, north}, {west, north}, {west, south}}}}
}

func importReport(t *testing.T, p postgres.Proposal) (r postgres.ImportReport) {
	t.Helper()
	if err := json.Unmarshal(p.Report, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestImportBesideTheRecord(t *testing.T) {
	pool := diamondDB(t)
	op := rights.Operator("test")
	order := postgres.ImportOrder{Scheme: "unit", ToleranceM: 0.5, File: "x.shp", Drawn: []grid.Drawn{
		{Row: 1, Code: "370281001002001", Shape: square(0, 0, 0.001, 0.001)},
		{Row: 2, Code: "370281001003002", Shape: square(0.001, 0, 0.001, 0.001)},       // names another community
		{Row: 3, Shape: square(0.002, 0, 0.001, 0.001)},                                // gets a code
		{Row: 4, Code: "370281001002009", Shape: square(0.0122, 0.002, 0.0011, 0.001)}, // leaves its community
		{Row: 5, Code: "12", Shape: square(0.005, 0, 0.001, 0.001)},                    // no code
		{Row: 6, Name: "外", Shape: square(0.1, 0.1, 0.001, 0.001)},                     // in no community
	}}
	if _, _, err := proposeImport(t, pool, rights.Actor{Account: 3, Role: rights.Street, Region: "370281001"}, order); !errors.Is(err, rights.ErrForbidden) {
		t.Errorf("a street office imports: %v", err)
	}
	p, refused, err := proposeImport(t, pool, op, order)
	if err != nil {
		t.Fatal(err)
	}
	r := importReport(t, p)
	if len(refused) != 3 || refused[0].Row != 2 || refused[0].Reason != "misnamed" || refused[1].Reason != "not_a_code" || refused[2].Reason != "no_division" || r.New != 3 || r.Outside != 1 {
		t.Errorf("%+v %+v", refused, r)
	}
	e, err := accept(t, pool, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Made) != 3 || e.Kind != grid.EditImport || number[int](t, pool, `SELECT count(*) FROM grid WHERE code = '370281001002010'`) != 1 {
		t.Errorf("%+v", e)
	}
	// Retired codes are not used again; ground of others is not taken; what agrees is left alone; what differs is redrawn in one edit.
	if _, err := pool.Exec(t.Context(), `UPDATE grid SET valid_to = city_day() WHERE code = '370281001002009'`); err != nil {
		t.Fatal(err)
	}
	order.Drawn = []grid.Drawn{
		{Row: 1, Code: "370281001002001", Shape: square(0, 0, 0.001, 0.001)},
		{Row: 2, Code: "370281001002009", Shape: square(0.005, 0.002, 0.001, 0.001)},
		{Row: 3, Code: "370281001002077", Shape: square(0.0025, 0, 0.001, 0.001)},
	}
	if p, refused, err = proposeImport(t, pool, op, order); err != nil || p.ID != 0 {
		t.Fatalf("%v %+v", err, p)
	}
	if r = importReport(t, p); r.Unchanged != 1 || r.Refused["code_retired"] != 1 || r.Refused["ground_taken"] != 1 || len(refused) != 2 {
		t.Errorf("%+v", r)
	}
	order.Drawn = []grid.Drawn{{Row: 1, Code: "370281001002001", Shape: square(0, 0, 0.0015, 0.001)}, {Row: 2, Code: "370281001002010", Shape: square(0.0015, 0, 0.0015, 0.001)}}
	if p, _, err = proposeImport(t, pool, op, order); err != nil {
		t.Fatal(err)
	}
	if e, err = accept(t, pool, p.ID); err != nil || len(e.Changed) != 2 || len(e.Made) != 0 {
		t.Errorf("%v %+v", err, e)
	}
	if _, err := by(t, pool, op, func(ctx context.Context, x *postgres.Tx) error { _, err := x.UndoEdit(ctx, e.ID, ""); return err }); err != nil {
		t.Errorf("undone: %v", err)
	}
	if m2 := number[float64](t, pool, `SELECT area_m2 FROM grid WHERE code = '370281001002001'`); m2 > 10_500 {
		t.Errorf("%.0f m² after the undo", m2)
	}
}

// TestImportNet imports 7,000 polygons that were drawn one by one, and again.
func TestImportNet(t *testing.T) {
	pool := diamondDB(t)
	if _, err := pool.Exec(t.Context(), `INSERT INTO grid_scheme (code, title, title_en, code_pattern, is_exclusive, is_complete) VALUES ('old', '旧网格', 'Old', '[{"name": "sequence", "length": 5}]', true, false)`); err != nil {
		t.Fatal(err)
	}
	order := postgres.ImportOrder{Scheme: "old", ToleranceM: 0.5}
	for y := range 70 {
		for x := range 100 {
			n := len(order.Drawn) + 1
			slip := float64(n*7919%13-6) * 3e-7 // up to 0.2 m to either side
			s := square(float64(x)*0.001+slip, float64(y)*0.001-slip, 0.001+slip/2, 0.001)
			order.Drawn = append(order.Drawn, grid.Drawn{Row: int64(n), Code: fmt.Sprintf("%05d", n), Shape: s})
		}
	}
	began := time.Now()
	p, _, err := proposeImport(t, pool, rights.Operator("test"), order)
	if err != nil {
		t.Fatal(err)
	}
	proposed := time.Since(began)
	e, err := accept(t, pool, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("proposed in %.1f s, accepted in %.1f s: %+v", proposed.Seconds(), (time.Since(began) - proposed).Seconds(), importReport(t, p).MendReport)
	if len(e.Made) != len(order.Drawn) {
		t.Errorf("%d grids", len(e.Made))
	}
	var union, sum float64
	if err := pool.QueryRow(t.Context(), `SELECT ST_Area(ST_Union(geom)), sum(ST_Area(geom)) FROM grid WHERE scheme = 'old'`).Scan(&union, &sum); err != nil || sum-union > 1e-12 || union-sum > 1e-12 {
		t.Errorf("union %g, sum %g, %v", union, sum, err)
	}
	if rings := number[int](t, pool, `SELECT ST_NRings(ST_Union(geom)) FROM grid WHERE scheme = 'old'`); rings != 1 {
		t.Errorf("%d rings around all", rings)
	}
	p, refused, err := proposeImport(t, pool, rights.Operator("test"), order)
	if err != nil || p.ID != 0 || len(refused) > 0 || importReport(t, p).Unchanged != len(order.Drawn) {
		t.Errorf("again: %v %+v", err, importReport(t, p))
	}
}
