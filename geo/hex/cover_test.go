package hex

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"github.com/uber/h3-go/v4"

	"wangge/geo"
)

// blob is a star-shaped polygon with a hole, of a radius in degrees of latitude.
func blob(r *rand.Rand, lon, lat, radius float64, corners int) orb.MultiPolygon {
	ring := func(radius, low float64) orb.Ring {
		var out orb.Ring
		for i := range corners {
			d := radius * (low + (1-low)*r.Float64())
			sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(corners))
			out = append(out, orb.Point{lon + d*cos/math.Cos(lat*math.Pi/180), lat + d*sin})
		}
		return append(out, out[0])
	}
	outer, hole := ring(radius, 0.6), ring(radius*0.5, 0.5)
	if r.IntN(2) == 0 {
		hole.Reverse()
	}
	if r.IntN(2) == 0 {
		outer.Reverse()
	}
	return orb.MultiPolygon{{outer, hole}}
}

func overlapping(t *testing.T, shape orb.MultiPolygon, res int) []Cell {
	t.Helper()
	var p h3.GeoPolygon
	loop := func(r orb.Ring) (out h3.GeoLoop) {
		for _, q := range r[:len(r)-1] {
			out = append(out, h3.LatLng{Lat: q[1], Lng: q[0]})
		}
		return out
	}
	p.GeoLoop = loop(shape[0][0])
	for _, hole := range shape[0][1:] {
		p.Holes = append(p.Holes, loop(hole))
	}
	cells, err := h3.PolygonToCellsExperimental(p, res, h3.ContainmentOverlapping)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]Cell, len(cells))
	for i, c := range cells {
		out[i] = Cell(c)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// TestCoverIsWhatH3Says: the same cells as H3's own cover of everything that overlaps, but for cells of which the shape has a millionth.
func TestCoverIsWhatH3Says(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	places := [][2]float64{{120, 36.26}, {120, 36.26}, {-8.6, 41.15}, {7.42, 43.73}, {-122.4, 37.77}, {0, 0}, {86, 28.5}, {44.21, 39.64}}
	for n := range 60 {
		at := places[n%len(places)]
		if n >= 40 {
			at = [2]float64{fullTurn*r.Float64() - halfTurn, 120*r.Float64() - 60}
			at[0] = max(min(at[0], 175), -175)
		}
		res := 5 + r.IntN(7)
		shape := blob(r, at[0]+r.Float64()/10, at[1]+r.Float64()/10, 12*stepOf(res)*halfTurn/math.Pi*(0.2+r.Float64()), 3+r.IntN(30))
		m, err := Cover(context.Background(), []orb.MultiPolygon{shape}, res, 1_000_000)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.IsSorted(m.Cells()) || len(slices.Compact(slices.Clone(m.Cells()))) != len(m.Cells()) {
			t.Fatalf("%d at %v: cells are not ascending", n, at)
		}
		share := map[Cell]float64{}
		m.NewTracer().Shares(shape, func(i int, s float64) { share[m.Cells()[i]] += s })
		want := overlapping(t, shape, res)
		for _, c := range want {
			if _, ok := m.Index(c); !ok {
				t.Errorf("%d at %v res %d: %v is missing of %d", n, at, res, c, len(want))
			}
		}
		for _, c := range m.Cells() {
			if _, ok := slices.BinarySearch(want, c); !ok && share[c] > 1e-4 {
				t.Errorf("%d at %v res %d: %v is too much: %g", n, at, res, c, share[c])
			}
		}
		checkShares(t, m, shape, share)
	}
}

// checkShares: shares times areas come to the area of the shape, and to what clipping in degrees says.
func checkShares(t *testing.T, m *Mesh, shape orb.MultiPolygon, share map[Cell]float64) {
	t.Helper()
	var sum float64
	for i, c := range m.Cells() {
		sum += share[c] * m.AreaM2(i)
		b, ok := newBent(c)
		if ok && m.Res() > 6 && math.Abs(b.share(shape)-share[c]) > 2e-3 {
			t.Errorf("res %d, %v: share %g, clipped %g", m.Res(), c, share[c], b.share(shape))
		}
	}
	if want := geo.AreaMultiM2(shape); m.Res() > 6 && math.Abs(sum-want) > 1e-4*want {
		t.Errorf("res %d: area %g, want %g", m.Res(), sum, want)
	}
}

// TestMeshKnowsItsCells: numbers, middles, areas and places are those of H3.
func TestMeshKnowsItsCells(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, at := range [][2]float64{{120, 36.26}, {-8.6, 41.15}, {86.0051, 28.5083}, {40, -30}} {
		m, err := Cover(context.Background(), []orb.MultiPolygon{blob(r, at[0], at[1], 0.01, 12)}, 11, 1_000_000)
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range m.Cells() {
			if n, ok := m.Index(c); !ok || n != i {
				t.Fatalf("%v is %d, %v, not %d", c, n, ok, i)
			}
			p, err := h3.Cell(c).LatLng()
			if err != nil {
				t.Fatal(err)
			}
			dx, dy := int64(geo.WorldX(p.Lng))-int64(m.XY()[2*i]), int64(geo.WorldY(p.Lat))-int64(m.XY()[2*i+1])
			if max(dx, -dx, dy, -dy) > 1 {
				t.Fatalf("%v is %d, %d away", c, dx, dy)
			}
			if n, ok := m.Locate(orb.Point{p.Lng, p.Lat}); !ok || n != i {
				t.Fatalf("%v located as %d, %v", c, n, ok)
			}
			if b, ok := newBent(c); ok {
				ring := append(orb.Ring(b.corners), b.corners[0])
				if got, want := m.AreaM2(i), geo.RingAreaM2(ring); math.Abs(got-want) > 1e-6*want {
					t.Fatalf("%v has %g m², want %g", c, got, want)
				}
			}
		}
		if _, ok := m.Index(m.Cells()[0] - 1); ok {
			t.Error("a number for a cell that is not there")
		}
		if _, ok := m.Locate(orb.Point{at[0] + 5, at[1]}); ok {
			t.Error("a position far away was located")
		}
	}
}

// TestCoverIsBounded: what has more cells than the limit is refused, before anything large is made.
func TestCoverIsBounded(t *testing.T) {
	big := orb.MultiPolygon{{{{110, 30}, {120, 30}, {120, 40}, {110, 40}, {110, 30}}}}
	whole := orb.MultiPolygon{{{{-179, -80}, {179, -80}, {179, 80}, {-179, 80}, {-179, -80}}}}
	for _, shape := range []orb.MultiPolygon{big, whole} {
		for _, res := range []int{9, 11, 15} {
			if _, err := Cover(context.Background(), []orb.MultiPolygon{shape}, res, 100_000); !errors.Is(err, ErrTooMany) {
				t.Errorf("res %d: %v", res, err)
			}
		}
	}
	m, err := Cover(context.Background(), nil, 11, 10)
	if err != nil || len(m.Cells()) != 0 {
		t.Errorf("nothing has %d cells, %v", len(m.Cells()), err)
	}
	if m, err = Cover(context.Background(), []orb.MultiPolygon{{}, {{}}, {{{}}}, {{{{120, 36}}}}}, 11, 10); err != nil || len(m.Cells()) != 0 {
		t.Errorf("empty shapes have %d cells, %v", len(m.Cells()), err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err = Cover(ctx, []orb.MultiPolygon{big}, 5, 10_000); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled cover: %v", err)
	}
}

// TestAlong: stretches of a line come to its whole, each in the cell that H3 says.
func TestAlong(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	m, err := Cover(context.Background(), []orb.MultiPolygon{blob(r, 120, 36, 0.03, 20)}, 10, 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	line := orb.LineString{{119.95, 35.98}, {120.01, 36.01}, {120.01, 36.01}, {120.04, 36}}
	sums := make([]float64, len(line))
	m.NewTracer().Along(line, func(i, edge int, share float64, at orb.Point) {
		sums[edge] += share
		want, ok := m.Index(At(at[0], at[1], 10))
		if ok != (i >= 0) || ok && want != i {
			t.Errorf("%v is in %d, want %d", at, i, want)
		}
	})
	for e, want := range []float64{1, 0, 1} /* the second has no length */ {
		if math.Abs(sums[e]-want) > 1e-9 {
			t.Errorf("edge %d comes to %g, want %g", e, sums[e], want)
		}
	}
}

func BenchmarkCover(b *testing.B) {
	r := rand.New(rand.NewPCG(9, 10))
	shape := []orb.MultiPolygon{blob(r, 120, 36.26, 0.225, 200)}
	for b.Loop() {
		m, err := Cover(context.Background(), shape, 11, 3_000_000)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(m.Cells())), "cells")
	}
}
