package lattice_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"
	"github.com/paulmach/orb/geojson"

	"wangge/fixtures/pgtest"
	"wangge/geo"
	"wangge/grid/lattice"
)

// In square degrees and degrees: what PostGIS finds, its border, and what it finds otherwise than we do. $1 the cells, $2 the extent, $3 our gaps, $4 our overlaps.
const agreeSQL = `WITH
	c AS (SELECT n, ST_GeomFromText(w) AS g FROM unnest($1::text[]) WITH ORDINALITY AS u(w, n)),
	gap AS (SELECT ST_Difference(ST_GeomFromText($2), ST_Union(g)) AS g, ST_GeomFromText($3) AS ours FROM c),
	pair AS (SELECT ST_CollectionExtract(ST_Intersection(a.g, b.g), 3) AS g FROM c a JOIN c b ON a.n < b.n AND ST_Intersects(a.g, b.g)),
	overlap AS (SELECT coalesce(ST_Union(g), 'POLYGON EMPTY') AS g, ST_GeomFromText($4) AS ours FROM pair)
	SELECT ST_Area(gap.g), ST_Perimeter(gap.g), ST_Area(ST_SymDifference(gap.g, gap.ours)),
		ST_Area(overlap.g), ST_Perimeter(overlap.g), ST_Area(ST_SymDifference(overlap.g, overlap.ours))
	FROM gap, overlap`

// agree holds a check of a net against PostGIS.
func agree(t *testing.T, pool *pgxpool.Pool, what string, n lattice.Net) (gapM2, overlapM2 float64) {
	t.Helper()
	var cells []string
	for _, c := range n.Cells {
		cells = append(cells, wkt.MarshalString(c.Shape))
	}
	ours := map[lattice.Kind]orb.MultiPolygon{lattice.Gap: {}, lattice.Overlap: {}}
	for _, f := range check(t, n) {
		kind := f.Kind
		if kind == lattice.Sliver {
			kind = f.Base
		}
		if m2 := area(f.Shape); f.AreaM2 != m2 || f.WidthM <= 0 {
			t.Errorf("%s: a finding of %g m² says %g m², %g m wide", what, m2, f.AreaM2, f.WidthM)
		}
		ours[kind] = append(ours[kind], f.Shape...)
	}
	var gap, gapRim, gapOff, overlap, overlapRim, overlapOff float64
	if err := pool.QueryRow(t.Context(), agreeSQL, cells, wkt.MarshalString(n.Extent), wkt.MarshalString(ours[lattice.Gap]), wkt.MarshalString(ours[lattice.Overlap])).
		Scan(&gap, &gapRim, &gapOff, &overlap, &overlapRim, &overlapOff); err != nil {
		t.Fatal(err)
	}
	at := n.Extent.Bound().Center()
	degreeM := geo.DistanceM(at, orb.Point{at[0], at[1] + 1})
	m2 := degreeM * geo.DistanceM(at, orb.Point{at[0] + 1, at[1]})
	if bound := 1e-3 + 2e-4*gapRim*degreeM; gapOff*m2 > bound {
		t.Errorf("%s: PostGIS has %.4f m² of gaps, %.4f m² (at most %.4f) of them or of ours elsewhere", what, gap*m2, gapOff*m2, bound)
	}
	if bound := 1e-3 + 2e-4*overlapRim*degreeM; overlapOff*m2 > bound {
		t.Errorf("%s: PostGIS has %.4f m² of overlaps, %.4f m² (at most %.4f) of them or of ours elsewhere", what, overlap*m2, overlapOff*m2, bound)
	}
	return gap * m2, overlap * m2
}

// TestAgreesWithPostGIS compares gaps and overlaps of damaged nets.
func TestAgreesWithPostGIS(t *testing.T) {
	pool := pgtest.Empty(t)
	gaps, overlaps := 0.0, 0.0
	for seed := range uint64(100) {
		m := newNet(seed, 7, 7, 2)
		e := &editor{rand.New(rand.NewPCG(seed, 13))}
		cells := m.cells()
		for range e.r.IntN(8) {
			cells = e.damage(cells)
		}
		g, o := agree(t, pool, fmt.Sprint("copy ", seed), lattice.Net{Cells: cells, Extent: m.extent()})
		gaps, overlaps = gaps+g, overlaps+o
	}
	t.Logf("%.0f m² of gaps, %.0f m² of overlaps", gaps, overlaps)
	if gaps < 1000 || overlaps < 1000 {
		t.Error("the comparison says little")
	}
}

// damage does one of the things that happen to nets; shapes stay valid.
func (e *editor) damage(cells []lattice.Cell) []lattice.Cell {
	i := e.r.IntN(len(cells))
	c := cells[i]
	switch e.r.IntN(6) {
	case 0:
		return slices.Delete(cells, i, i+1)
	case 1:
		return append(cells, lattice.Cell{ID: 1000 + c.ID, Shape: c.Shape})
	case 2: // shifted
		d := orb.Point{1e-5 * e.r.Float64(), 1e-5 * e.r.Float64()}
		c.Shape = c.Shape.Clone()
		for _, r := range c.Shape[0] {
			for k := range r {
				r[k] = orb.Point{r[k][0] + d[0], r[k][1] + d[1]}
			}
		}
	case 3: // with a hole
		_, c.Shape, _ = lattice.Overlay(c.Shape, e.blob(c.Shape.Bound().Center(), 0.0002))
	case 4: // with a vertex left out
		r := slices.Clone(c.Shape[0][0])
		k := 1 + e.r.IntN(len(r)-2)
		c.Shape = orb.MultiPolygon{{slices.Delete(r, k, k+1)}}
	default:
		c.Shape = orb.MultiPolygon{e.damaged(c.Shape[0])}
	}
	if c.Shape = lattice.Snap(c.Shape); geo.Check(c.Shape) == nil {
		cells[i] = c
	}
	return cells
}

// TestRealBoundaries compares gaps and overlaps of real divisions, in places where borders do not agree.
func TestRealBoundaries(t *testing.T) {
	dir := os.Getenv("WANGGE_REAL_DATA")
	if dir == "" {
		t.Skip("WANGGE_REAL_DATA is not set: no real boundaries to check")
	}
	data, err := os.ReadFile(filepath.Join(dir, "qingdao", "admin-boundaries.geojson"))
	if err != nil {
		t.Fatal(err)
	}
	fc := new(geojson.FeatureCollection)
	if err := json.Unmarshal(data, fc); err != nil {
		t.Fatal(err)
	}
	pool := pgtest.Empty(t)
	nets := map[string]*lattice.Net{"6": {}, "8": {}}
	var city orb.MultiPolygon
	for i, f := range fc.Features {
		shape := lattice.Snap(f.Geometry.(orb.MultiPolygon))
		if err := geo.Check(shape); err != nil {
			t.Errorf("%s: %v", f.Properties["name"], err)
		}
		switch level := f.Properties.MustString("admin_level"); level {
		case "5":
			city = shape
		default:
			nets[level].Cells = append(nets[level].Cells, lattice.Cell{ID: int64(i), Shape: shape})
		}
	}
	for level, n := range nets {
		n.Extent = city
		gaps, overlaps := agree(t, pool, "level "+level, *n)
		t.Logf("level %s: %d divisions, %.0f m² of gaps, %.0f m² of overlaps", level, len(n.Cells), gaps, overlaps)
		e := &editor{rand.New(rand.NewPCG(8, 23))}
		for copies := range 4 {
			for range 6 {
				n.Cells = e.damage(n.Cells)
			}
			gaps, overlaps := agree(t, pool, fmt.Sprintf("level %s, copy %d", level, copies), *n)
			t.Logf("damaged: %.0f m² of gaps, %.0f m² of overlaps", gaps, overlaps)
		}
	}
}

const setsSQL = `WITH s AS (SELECT ST_GeomFromText($1) AS a, ST_GeomFromText($2) AS b, ST_GeomFromText($3) AS both_, ST_GeomFromText($4) AS only_a, ST_GeomFromText($5) AS only_b, ST_GeomFromText($6) AS union_)
	SELECT ST_IsValid(both_) AND ST_IsValid(only_a) AND ST_IsValid(only_b) AND ST_IsValid(union_),
		ST_Area(ST_SymDifference(ST_Intersection(a, b), both_)) + ST_Area(ST_SymDifference(ST_Difference(a, b), only_a))
		+ ST_Area(ST_SymDifference(ST_Difference(b, a), only_b)) + ST_Area(ST_SymDifference(ST_Union(a, b), union_)) FROM s`

// TestOverlayAgreesWithPostGIS compares what two shapes have in common and the like, and their union.
func TestOverlayAgreesWithPostGIS(t *testing.T) {
	pool := pgtest.Empty(t)
	e := &editor{rand.New(rand.NewPCG(1, 17))}
	for i := range 300 {
		shape := func() orb.MultiPolygon {
			_, s, _ := lattice.Overlay(e.blob(orb.Point{west + 0.002*e.r.Float64(), south}, 0.002), e.blob(orb.Point{west, south}, 0.0008))
			if e.r.IntN(2) == 0 {
				s = lattice.Dissolve([]orb.MultiPolygon{s, e.blob(orb.Point{west + 0.006*e.r.Float64(), south}, 0.001)})
			}
			return s
		}
		a, b := shape(), shape()
		both, onlyA, onlyB := lattice.Overlay(a, b)
		var ok bool
		var off float64
		if err := pool.QueryRow(t.Context(), setsSQL, wkt.MarshalString(a), wkt.MarshalString(b), wkt.MarshalString(both), wkt.MarshalString(onlyA), wkt.MarshalString(onlyB),
			wkt.MarshalString(lattice.Dissolve([]orb.MultiPolygon{a, b}))).Scan(&ok, &off); err != nil {
			t.Fatal(err)
		}
		if !ok || off > 1e-11 { // 0.1 m² over some kilometres of border
			t.Errorf("%d: valid %v, off by %g square degrees", i, ok, off)
		}
	}
}
