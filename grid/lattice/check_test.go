package lattice_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/paulmach/orb"

	"wangge/grid/lattice"
)

// TestCheckNearIsCheck: after random edits, of clean nets and of damaged ones, looking near the change finds what looking everywhere finds.
func TestCheckNearIsCheck(t *testing.T) {
	wide, edits := 0, 0
	for seed := range uint64(8) {
		m := newNet(seed, 8, 8, 2)
		l := &ledger{m.cells(), 64}
		e := &editor{rand.New(rand.NewPCG(seed, 11))}
		n := lattice.Net{Extent: m.extent(), Within: true, Regions: map[string]orb.MultiPolygon{"w": box(west-1, south-1, west+4.02*m.stepLon, south+1), "e": box(west+4*m.stepLon, south-1, west+1, south+1)}}
		if seed%3 == 1 {
			n.Extent = nil
		}
		for i := range l.cells {
			if l.cells[i].Region = "w"; l.cells[i].Shape.Bound().Center()[0] > west+4*m.stepLon {
				l.cells[i].Region = "e"
			}
			if i%7 == 0 && seed%2 == 0 {
				l.cells[i].Shape = lattice.Snap(orb.MultiPolygon{e.damaged(l.cells[i].Shape[0])})
			}
		}
		n.Cells = l.cells
		old := check(t, n)
		for step := range 25 {
			what, changed, err := e.edit(l, nil, seed%4 < 2)
			if err != nil {
				continue
			}
			edits++
			n.Cells = l.cells
			want := check(t, n)
			got, err := lattice.CheckNear(t.Context(), n, old, changed)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("seed %d step %d %s: -Check +CheckNear\n%s", seed, step, what, diff)
			}
			if old = got; len(want) > 0 {
				wide++
			}
		}
	}
	t.Logf("%d edits, %d of them of nets with findings", edits, wide)
	if edits < 100 || wide < 50 {
		t.Error("the comparison says little")
	}
}

// damaged moves a vertex of a polygon.
func (e *editor) damaged(p orb.Polygon) orb.Polygon {
	r := slices.Clone(p[0])
	i := e.r.IntN(len(r) - 1)
	by := math.Pow(10, -7+3.5*e.r.Float64())
	r[i] = orb.Point{r[i][0] + by*(2*e.r.Float64()-1), r[i][1] + by*(2*e.r.Float64()-1)}
	r[len(r)-1] = r[0]
	return orb.Polygon{r}
}

// TestPlanted plants one of each kind and finds them, and nothing else.
func TestPlanted(t *testing.T) {
	m := newNet(5, 10, 10, 2)
	cells := m.cells()
	extent := m.extent()
	hole := box(west+2.45*m.stepLon, south+2.45*m.stepLat, west+2.55*m.stepLon, south+2.55*m.stepLat)
	_, cells[22].Shape, _ = lattice.Overlay(cells[22].Shape, hole) // a gap within cell 23
	bite := box(west+6.9*m.stepLon, south+6.4*m.stepLat, west+7.5*m.stepLon, south+6.6*m.stepLat)
	cells[76-10].Shape = lattice.Dissolve([]orb.MultiPolygon{cells[66].Shape, bite}) // cell 67 reaches into cell 68
	thin := box(west+4.5*m.stepLon, south+8.5*m.stepLat, west+4.5*m.stepLon+2e-6, south+8.51*m.stepLat)
	_, cells[84].Shape, _ = lattice.Overlay(cells[84].Shape, thin) // 18 cm × 1 m
	hair := box(west+5.5*m.stepLon, south+8.5*m.stepLat, west+5.5*m.stepLon+5e-9, south+8.6*m.stepLat)
	_, cells[85].Shape, _ = lattice.Overlay(cells[85].Shape, hair) // 0.4 mm
	cells[11].Shape = orb.MultiPolygon{{cells[11].Shape[0][0][:3]}}
	cells[0].Region = "village"
	both, _, lost := lattice.Overlay(cells[66].Shape, cells[67].Shape)
	_ = lost
	village, _, _ := lattice.Overlay(cells[0].Shape, box(west-1, south-1, west+0.5*m.stepLon, south+1))
	_, left, _ := lattice.Overlay(cells[0].Shape, village)
	fs := check(t, lattice.Net{Cells: cells, Extent: extent, Within: true, Regions: map[string]orb.MultiPolygon{"village": village}})
	type found struct {
		Kind, Base lattice.Kind
		Cells      []int64
		AreaM2     float64
	}
	broken := area(m.cells()[11].Shape) - area(lattice.Snap(cells[11].Shape)) // its ring is taken as if it were closed
	var got []found
	for _, f := range fs {
		got = append(got, found{f.Kind, f.Base, f.Cells, f.AreaM2})
	}
	want := []found{
		{lattice.Gap, "", nil, broken},
		{lattice.Gap, "", []int64{23}, area(hole)},
		{lattice.Overlap, "", []int64{67, 68}, area(both)},
		{lattice.Sliver, lattice.Gap, []int64{85}, area(thin)},
		{lattice.Outside, "", []int64{1}, area(left)},
		{lattice.Invalid, "", []int64{12}, area(cells[11].Shape)},
	}
	opts := cmp.Options{cmpopts.EquateApprox(0, 0.02), cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Cells" }, cmp.Comparer(func(a, b []int64) bool { return a == nil || b == nil || slices.Equal(a, b) }))}
	if diff := cmp.Diff(want, got, opts); diff != "" {
		t.Error(diff)
	}
}

// TestTees: a vertex that only one side of a border has is no gap, wherever rounding puts it.
func TestTees(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 2000 {
		a, b := orb.Point{120 + 0.01*r.Float64(), 36 + 0.01*r.Float64()}, orb.Point{120.02 + 0.01*r.Float64(), 36.02 + 0.01*r.Float64()}
		s := r.Float64()
		mid := orb.Point{a[0] + s*(b[0]-a[0]), a[1] + s*(b[1]-a[1])}
		left := lattice.Snap(orb.MultiPolygon{{orb.Ring{a, mid, b, {120, 36.05}, a}}})
		right := lattice.Snap(orb.MultiPolygon{{orb.Ring{a, {120.05, 36}, b, a}}})
		n := lattice.Net{Cells: []lattice.Cell{{ID: 1, Shape: left}, {ID: 2, Shape: right}}, Extent: lattice.Snap(orb.MultiPolygon{{orb.Ring{a, {120.05, 36}, b, {120, 36.05}, a}}})}
		if fs := check(t, n); len(fs) > 0 {
			t.Fatalf("%+v", fs)
		}
		done, err := lattice.Merge(n.Cells, nil)
		if err != nil || len(done.Made[0][0]) != 1 {
			t.Fatalf("%v %v", err, done.Made)
		}
	}
}

func TestRectangles(t *testing.T) {
	m := newNet(2, 5, 5, 2)
	cells := m.cells()
	cells[12].Shape = lattice.Snap(box(west+2.1*m.stepLon, south+2.1*m.stepLat, west+2.9*m.stepLon, south+2.9*m.stepLat))
	count := func(n lattice.Net) (out int) {
		for _, f := range check(t, n) {
			if f.Kind == lattice.Rectangle {
				out++
			}
		}
		return out
	}
	if n := count(lattice.Net{Cells: cells}); n != 1 {
		t.Errorf("%d rectangles in a net of other cells", n)
	}
	ring := cells[12].Shape[0][0]
	cells[13].Shape = orb.MultiPolygon{{orb.Ring{ring[0], ring[2], ring[1], ring[3], ring[0]}}}
	if n := count(lattice.Net{Cells: cells}); n != 1 {
		t.Errorf("%d rectangles, with a bow tie", n)
	}
	if n := count(lattice.Net{Cells: cells[12:13]}); n != 0 {
		t.Errorf("%d rectangles in a net of rectangles", n)
	}
}

// TestHostile: what would take too long is refused soon.
func TestHostile(t *testing.T) {
	n := 100_000
	zigzag := make(orb.Ring, 0, n+1)
	line := make(orb.LineString, 0, n)
	for i := range n {
		zigzag = append(zigzag, orb.Point{120 + 0.5*float64(i%2) + 1e-6*float64(i), 36 + 0.5*float64(i*7919%n)/float64(n)})
		line = append(line, zigzag[i])
	}
	zigzag = append(zigzag, zigzag[0])
	shape := orb.MultiPolygon{{zigzag}}
	cell := lattice.Cell{ID: 1, Shape: box(120, 36, 120.6, 36.6)}
	heap := make([]lattice.Cell, 4000) // all in one place, each a little elsewhere
	for i := range heap {
		d := 1e-7 * float64(i)
		heap[i] = lattice.Cell{ID: int64(i), Shape: box(120+d, 36+d, 120.1+d, 36.1+d)}
	}
	for name, try := range map[string]func() error{
		"check": func() error {
			_, err := lattice.Check(t.Context(), lattice.Net{Cells: []lattice.Cell{{ID: 1, Shape: shape}}})
			return err
		},
		"heap": func() error {
			_, err := lattice.Check(t.Context(), lattice.Net{Cells: heap})
			return err
		},
		"split": func() error {
			_, err := lattice.Split(cell, line, nil)
			return err
		},
		"redraw": func() error {
			_, err := lattice.Redraw(cell, shape, nil, true)
			if !errors.Is(err, lattice.ErrShape) {
				return err
			}
			return lattice.ErrComplex
		},
		"dissolve": func() error {
			if lattice.Dissolve([]orb.MultiPolygon{shape}) != nil {
				return nil
			}
			return lattice.ErrComplex
		},
	} {
		begun := time.Now()
		if err := try(); !errors.Is(err, lattice.ErrComplex) {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(begun); took > time.Minute {
			t.Errorf("%s took %v", name, took)
		} else {
			t.Logf("%s: %v", name, took)
		}
	}
}

func TestCheckStops(t *testing.T) {
	m := newNet(1, 30, 30, 2)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := lattice.Check(ctx, lattice.Net{Cells: m.cells()}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
