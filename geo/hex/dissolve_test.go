package hex

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"github.com/uber/h3-go/v4"

	"wangge/geo"
)

// TestOutline: outlines of random sets hold what they should and nothing else, with as many parts and rings as H3 finds; on one face and across edges.
func TestOutline(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for _, at := range [][2]float64{{120, 36.26}, {-8.6, 41.15}, {86.0051, 28.5083}} {
		m, err := Cover(context.Background(), []orb.MultiPolygon{blob(r, at[0], at[1], 0.02, 12)}, 10, 1_000_000)
		if err != nil {
			t.Fatal(err)
		}
		if crossing := at[0] == 86.0051; crossing != (len(m.bent) > 0) || crossing != (len(m.sides) > 1) {
			t.Errorf("%v: %d faces, %d cells across edges", at, len(m.sides), len(m.bent))
		}
		for _, part := range []float64{0, 0.01, 0.3, 0.5, 0.8, 0.99, 1} {
			in := make([]bool, len(m.Cells()))
			for i := range in {
				in[i] = r.Float64() < part
			}
			checkOutline(t, m, in)
		}
	}
}

// TestOutliner: sets one after the other have the outlines that they have alone.
func TestOutliner(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 12))
	for _, at := range [][2]float64{{120, 36.26}, {86.0051, 28.5083}} {
		m, err := Cover(context.Background(), []orb.MultiPolygon{blob(r, at[0], at[1], 0.02, 12)}, 9, 1_000_000)
		if err != nil {
			t.Fatal(err)
		}
		outline := m.Outliner()
		for range 20 {
			part, in := r.Float64()*r.Float64(), make([]bool, len(m.Cells()))
			var cells []uint32
			for i := range in {
				if in[i] = r.Float64() < part; in[i] {
					cells = append(cells, uint32(i))
				}
			}
			if got, want := outline(cells), m.Outline(func(i int) bool { return in[i] }); !got.Equal(want) {
				t.Errorf("%d cells: %v, alone %v", len(cells), got, want)
			}
		}
	}
}

func checkOutline(t *testing.T, m *Mesh, in []bool) {
	t.Helper()
	got := m.Outline(func(i int) bool { return in[i] })
	var cells []h3.Cell
	var m2 float64
	for i, yes := range in {
		if yes {
			cells = append(cells, h3.Cell(m.Cells()[i]))
			m2 += m.AreaM2(i)
		}
	}
	if area := geo.AreaMultiM2(got); math.Abs(area-m2) > 2e-5*m2 { // across edges corners are whole world units
		t.Errorf("%d cells: outline of %g m², cells of %g", len(cells), area, m2)
	}
	want, err := h3.CellsToMultiPolygon(cells)
	if err != nil {
		t.Fatal(err)
	}
	rings, wantRings := 0, 0
	for _, p := range want {
		wantRings += 1 + len(p.Holes)
	}
	for _, p := range got {
		rings += len(p)
		for k, ring := range p {
			if anticlockwise(ring) != (k == 0) || ring[0] != ring[len(ring)-1] || len(ring) < 7 {
				t.Errorf("ring %d of %d positions runs the wrong way or is open", k, len(ring))
			}
		}
	}
	if len(got) != len(want) || rings != wantRings {
		t.Errorf("%d cells: %d polygons, %d rings; H3 has %d, %d", len(cells), len(got), rings, len(want), wantRings)
	}
	if len(cells) > 0 {
		if err := geo.Check(got); err != nil {
			t.Errorf("outline of %d cells: %v", len(cells), err)
		}
	}
}

func BenchmarkOutline(b *testing.B) {
	m, err := Cover(context.Background(), []orb.MultiPolygon{blob(rand.New(rand.NewPCG(9, 10)), 120, 36.26, 0.11, 200)}, 10, 3_000_000)
	if err != nil {
		b.Fatal(err)
	}
	in := make([]bool, len(m.Cells()))
	n := 0
	for i := range in { // discs about many places, as around facilities
		x, y := m.XY()[2*i]>>17, m.XY()[2*i+1]>>17
		in[i] = (x*7919+y*104729)%5 < 3
		if in[i] {
			n++
		}
	}
	for b.Loop() {
		m.Outline(func(i int) bool { return in[i] })
	}
	b.ReportMetric(float64(n), "cells")
}
