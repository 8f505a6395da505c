package grid

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"wangge/grid/lattice"
)

// chequer is a net of n × n grids of about a hundred metres in one community, with the extent of all of it.
func chequer(n int) Rows {
	const step, west, south = 0.001, 120.0, 36.0
	side := step * float64(n)
	r := Rows{
		Kinds:   kinds,
		Regions: []Region{{ID: 1, Code: "370281", Kind: "county", Shape: square(119.9, 35.9, 1)}, {ID: 2, Code: "370281001", Kind: "street", Parent: "370281", Shape: square(west, south, side)}, {ID: 3, Code: "370281001001", Kind: "community", Parent: "370281001", Shape: square(west, south, side)}},
		Schemes: []Scheme{{Code: UnitScheme, Exclusive: true, Complete: true, Extent: "370281001001", Pattern: national}},
	}
	for y := range n {
		for x := range n {
			// Corners lean a little, so that nothing is a rectangle.
			corner := func(x, y int) orb.Point {
				if lean := 1e-5; x > 0 && y > 0 && x < n && y < n {
					return orb.Point{west + float64(x)*step + lean*float64((x*7+y*3)%5), south + float64(y)*step + lean*float64((x*5+y*11)%7)}
				}
				return orb.Point{west + float64(x)*step, south + float64(y)*step}
			}
			ring := orb.Ring{corner(x, y), corner(x+1, y), corner(x+1, y+1), corner(x, y+1), corner(x, y)}
			r.Grids = append(r.Grids, Grid{ID: int64(1 + y*n + x), Scheme: UnitScheme, Code: fmt.Sprintf("370281001001%03d", 1+y*n+x), Region: "370281001001", Shape: lattice.Snap(orb.MultiPolygon{{ring}}), Revision: 1})
		}
	}
	for i := range r.Regions {
		r.Regions[i].Shape = lattice.Snap(r.Regions[i].Shape)
	}
	return r
}

// kindsOf counts the findings of a report by kind and severity.
func kindsOf(t testing.TB, n *Net) map[string]int {
	t.Helper()
	report, err := n.Integrity(t.Context(), UnitScheme)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int{}
	for _, f := range report.Findings {
		out[string(f.Kind)+" "+string(f.Severity)]++
	}
	return out
}

func TestFindings(t *testing.T) {
	for name, c := range map[string]struct {
		damage func(*Rows)
		want   map[string]int
	}{
		"none":       {func(*Rows) {}, map[string]int{}},
		"a gap":      {func(r *Rows) { r.Grids = r.Grids[1:] }, map[string]int{"gap error": 1}},
		"an overlap": {func(r *Rows) { r.Grids[0].Shape = r.Grids[1].Shape }, map[string]int{"gap error": 1, "overlap error": 1}},
		"an overlap in a net that allows it": {func(r *Rows) {
			r.Schemes[0].Exclusive, r.Schemes[0].Complete = false, false
			r.Grids[0].Shape = r.Grids[1].Shape
		}, map[string]int{"overlap warning": 1}},
		"a code of another county": {func(r *Rows) { r.Grids[3].Code = "370282001001004" }, map[string]int{"misnamed error": 1}},
		"a code that is none":      {func(r *Rows) { r.Grids[3].Code = "x" }, map[string]int{"misnamed error": 1}},
		"a code twice":             {func(r *Rows) { r.Grids[3].Code = r.Grids[4].Code }, map[string]int{"duplicate_code error": 1}},
		"a rectangle": {func(r *Rows) {
			r.Grids = r.Grids[1:]
			r.Grids = append(r.Grids, Grid{ID: 99, Scheme: UnitScheme, Code: "370281001001099", Region: "370281001001", Shape: square(120, 36, 0.001)})
		}, map[string]int{"rectangle info": 1}},
		"outside":                   {func(r *Rows) { r.Grids[0].Shape = lattice.Snap(square(119.999, 36, 0.001)) }, map[string]int{"gap error": 1, "outside error": 1, "rectangle info": 1}},
		"an extent that nobody has": {func(r *Rows) { r.Schemes[0].Extent = "nonsense" }, map[string]int{}},
	} {
		r := chequer(5)
		c.damage(&r)
		got := kindsOf(t, r.Net())
		delete(got, "sliver warning")
		if name == "a rectangle" || name == "outside" { // lean corners leave slivers beside it
			delete(got, "gap error")
			delete(got, "overlap error")
			delete(c.want, "gap error")
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if r, err := chequer(2).Net().Integrity(t.Context(), "nonsense"); r != nil || err != nil {
		t.Errorf("a scheme that is not: %v, %v", r, err)
	}
}

// TestIntegrityAgain: reports of nets that follow one another are those of nets that are new.
func TestIntegrityAgain(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	rows := chequer(12)
	net := rows.Net()
	for step := range 60 {
		next := net.Rows()
		next.Grids = append([]Grid(nil), next.Grids...)
		for range 1 + r.IntN(2) {
			g := &next.Grids[r.IntN(len(next.Grids))]
			g.Revision++
			switch r.IntN(4) {
			case 0:
				g.Shape = move(g.Shape, (r.Float64()-0.5)*0.0004, (r.Float64()-0.5)*0.0004)
			case 1:
				g.Term.To = 1
			case 2:
				g.Shape = rows.Grids[g.ID-1].Shape
			default:
				g.Term.To = 0
			}
		}
		fresh := next.Net()
		fresh.Succeed(net)
		alone := next.Net()
		got, err := fresh.Integrity(t.Context(), UnitScheme)
		if err != nil {
			t.Fatal(err)
		}
		want, err := alone.Integrity(t.Context(), UnitScheme)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.Findings, got.Findings); diff != "" {
			t.Fatalf("step %d: %s", step, diff)
		}
		if step%3 > 0 { // some nets are never asked
			net = fresh
		} else {
			net = next.Net()
			net.Succeed(fresh)
		}
	}
}

func move(shape orb.MultiPolygon, lon, lat float64) orb.MultiPolygon {
	shape = shape.Clone()
	for _, ring := range shape[0] {
		for i := range ring {
			ring[i] = orb.Point{ring[i][0] + lon, ring[i][1] + lat}
		}
	}
	return lattice.Snap(shape)
}

// TestIntegrityTogether: many ask at once, some give up, the report is made once.
func TestIntegrityTogether(t *testing.T) {
	n := chequer(12).Net()
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	var wait sync.WaitGroup
	reports := make([]*Report, 8)
	for i := range reports {
		wait.Go(func() {
			if _, err := n.Integrity(gone, UnitScheme); err != nil && !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			var err error
			if reports[i], err = n.Integrity(t.Context(), UnitScheme); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	for _, r := range reports {
		if r != reports[0] {
			t.Error("more than one report was made")
		}
	}
}

// BenchmarkLocate: look-ups a second among 10,000 grids and their regions.
func BenchmarkLocate(b *testing.B) {
	n := chequer(100).Net()
	r := rand.New(rand.NewPCG(5, 6))
	var at [1024]orb.Point
	for i := range at {
		at[i] = orb.Point{120 + 0.1*r.Float64(), 36 + 0.1*r.Float64()}
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		p := at[i%len(at)]
		if n.Locate(p[0], p[1]).UnitGrid() == nil {
			b.Fatal("nothing there")
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "look-ups/s")
}

// BenchmarkIntegrity: all of 10,000 grids, and what one changed grid costs.
func BenchmarkIntegrity(b *testing.B) {
	rows := chequer(100)
	b.Run("whole", func(b *testing.B) {
		for b.Loop() {
			if _, err := rows.Net().Integrity(b.Context(), UnitScheme); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("after an edit", func(b *testing.B) {
		net := rows.Net()
		if _, err := net.Integrity(b.Context(), UnitScheme); err != nil {
			b.Fatal(err)
		}
		for i := 0; b.Loop(); i++ {
			next := net.Rows()
			next.Grids = append([]Grid(nil), next.Grids...)
			next.Grids[i%len(next.Grids)].Revision++
			fresh := next.Net()
			fresh.Succeed(net)
			if _, err := fresh.Integrity(b.Context(), UnitScheme); err != nil {
				b.Fatal(err)
			}
			net = fresh
		}
	})
}
