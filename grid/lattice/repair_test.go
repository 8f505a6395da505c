package lattice_test

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/paulmach/orb"

	"wangge/grid/lattice"
)

// TestRepairs: accepting one proposal after the other puts a damaged net right, and each takes its finding away.
func TestRepairs(t *testing.T) {
	repaired := map[lattice.Kind]int{}
	for seed := range uint64(40) {
		m := newNet(seed, 6, 6, 2)
		e := &editor{rand.New(rand.NewPCG(seed, 19))}
		l := &ledger{cells: m.cells(), last: 2000}
		for range 1 + e.r.IntN(6) {
			l.cells = e.damage(l.cells)
		}
		village := box(west-1, south-1, west+1, south+2.5*m.stepLat)
		for i := range 6 {
			l.cells[i+12].Region = "village" // some of them reach over its border
		}
		n := lattice.Net{Extent: m.extent(), Within: seed%2 == 0, Regions: map[string]orb.MultiPolygon{"village": village}}
		n.Cells = l.cells
		fs := check(t, n)
		for step := 0; ; step++ {
			f, done, ok := proposal(n, fs)
			if !ok {
				break
			}
			changed := l.apply(done)
			n.Cells = l.cells
			after, err := lattice.CheckNear(t.Context(), n, fs, changed)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(check(t, n), after, cmpopts.EquateEmpty()); diff != "" {
				t.Fatal(diff)
			}
			if step > 60 {
				t.Fatalf("seed %d: there is no end to it; last %+v", seed, f)
			}
			repaired[f.Kind]++
			fs = after
		}
		for _, f := range fs {
			if f.Kind != lattice.Gap && !whole(l, f) { // a gap that only cells of another region border on
				t.Errorf("seed %d: there remains %+v", seed, f)
			}
		}
	}
	t.Log(repaired)
	for _, k := range []lattice.Kind{lattice.Gap, lattice.Overlap, lattice.Sliver, lattice.Outside} {
		if repaired[k] < 3 {
			t.Errorf("%d of %s: the test says little", repaired[k], k)
		}
	}
}

// proposal is the repair of the first finding, the last kinds first, that has one.
func proposal(n lattice.Net, fs []lattice.Finding) (lattice.Finding, lattice.Change, bool) {
	for i := len(fs) - 1; i >= 0; i-- {
		if done, ok := lattice.Repair(n, fs[i]); ok {
			return fs[i], done, true
		}
	}
	return lattice.Finding{}, lattice.Change{}, false
}

// whole tells whether a finding takes all ground of each of its cells.
func whole(l *ledger, f lattice.Finding) bool {
	for _, id := range f.Cells {
		if _, left, _ := lattice.Overlay(l.cells[l.at(id)].Shape, f.Shape); area(left) > lattice.LeastM2 {
			return false
		}
	}
	return true
}

// TestRepairRules holds who gets what.
func TestRepairRules(t *testing.T) {
	const d = 0.001
	cell := func(id int64, code string, x0, y0, x1, y1 float64) lattice.Cell {
		return lattice.Cell{ID: id, Code: code, Shape: lattice.Snap(box(120+x0*d, 36+y0*d, 120+x1*d, 36+y1*d))}
	}
	for name, c := range map[string]struct {
		net  lattice.Net
		want map[int64]float64 // areas of the cells that change, in units of d²
		ok   bool
	}{
		"gap to the longest border":    {lattice.Net{Cells: []lattice.Cell{cell(1, "a", 0, 0, 1, 3), cell(2, "b", 2, 0, 3, 2)}, Extent: box(120, 36, 120+3*d, 36+3*d)}, map[int64]float64{1: 3 + 3 + 1}, true},
		"overlap to the longer border": {lattice.Net{Cells: []lattice.Cell{cell(1, "a", 0, 0, 4, 4), cell(2, "b", 3, 1, 6, 2)}}, map[int64]float64{2: 2}, true},
		"overlap to the lower code":    {lattice.Net{Cells: []lattice.Cell{cell(1, "b", 0, 0, 2, 1), cell(2, "a", 1, 0, 3, 1)}}, map[int64]float64{1: 1}, true},
		"nobody vanishes":              {lattice.Net{Cells: []lattice.Cell{cell(1, "b", 0, 0, 4, 4), cell(2, "a", 1, 1, 2, 2)}}, map[int64]float64{1: 15}, true},
		"duplicates stay":              {lattice.Net{Cells: []lattice.Cell{cell(1, "a", 0, 0, 4, 4), cell(2, "b", 0, 0, 4, 4)}}, nil, false},
		"outside is cut off":           {lattice.Net{Cells: []lattice.Cell{cell(1, "a", 0, 0, 4, 1)}, Within: true, Extent: box(120, 36, 120+3*d, 36+d)}, map[int64]float64{1: 3}, true},
		"a gap that nobody borders on": {lattice.Net{Extent: box(120, 36, 120+3*d, 36+d)}, nil, false},
	} {
		fs := check(t, c.net)
		if len(fs) == 0 {
			t.Fatalf("%s: nothing found", name)
		}
		done, ok := lattice.Repair(c.net, fs[0])
		got := map[int64]float64(nil)
		for id, shape := range done.Shapes {
			if done.Touched[id] {
				continue
			}
			if got == nil {
				got = map[int64]float64{}
			}
			got[id] = area(shape) / area(box(120, 36, 120+d, 36+d))
		}
		if diff := cmp.Diff(c.want, got, cmpopts.EquateApprox(0, 1e-3)); diff != "" || ok != c.ok {
			t.Errorf("%s: %v %s", name, ok, diff)
		}
	}
}
