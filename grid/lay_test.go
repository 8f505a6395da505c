package grid

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"wangge/geo"
	"wangge/grid/lattice"
)

// rectangle is a ring in degrees.
func rectangle(w, s, e, n float64) orb.Ring { return orb.Ring{{w, s}, {e, s}, {e, n}, {w, n}, {w, s}} }

// star is a ring of random radii around a centre, r0 … r1 degrees.
func star(r *rand.Rand, at orb.Point, r0, r1 float64, n int) orb.Ring {
	out := make(orb.Ring, 0, n+1)
	for i := range n {
		a := 2 * math.Pi * float64(i) / float64(n)
		d := r0 + (r1-r0)*r.Float64()
		out = append(out, orb.Point{at[0] + d*math.Cos(a), at[1] + d*math.Sin(a)})
	}
	return append(out, out[0])
}

// comb is a shape that every row of cells cuts into many pieces.
func comb(w, s, side float64, teeth int) orb.Polygon {
	ring := orb.Ring{{w, s}, {w + side, s}}
	step := side / float64(2*teeth)
	for i := range teeth {
		x := w + side - float64(2*i)*step
		ring = append(ring, orb.Point{x, s + side}, orb.Point{x - step, s + side*0.97}, orb.Point{x - step, s + side*0.1}, orb.Point{x - 2*step, s + side*0.1})
	}
	ring = ring[:len(ring)-1]
	return orb.Polygon{append(ring, ring[0])}
}

func areas(t *testing.T) map[string]orb.MultiPolygon {
	r := rand.New(rand.NewPCG(7, 8))
	all := map[string]orb.MultiPolygon{
		"square":   {{rectangle(120, 36, 120.01, 36.01)}},
		"tiny":     {{rectangle(120, 36, 120.0001, 36.0001)}},
		"sliver":   {{rectangle(120, 36, 120.02, 36.00001)}},
		"frame":    {{rectangle(120, 36, 120.02, 36.02), rectangle(120.004, 36.004, 120.015, 36.016)}},
		"touching": {{orb.Ring{{120, 36}, {120.02, 36}, {120.02, 36.02}, {120, 36.02}, {120, 36}}, orb.Ring{{120, 36}, {120.01, 36.003}, {120.003, 36.01}, {120, 36}}}},
		"parts":    {{rectangle(120, 36, 120.01, 36.01)}, {rectangle(120.01, 36.01, 120.02, 36.02)}, {rectangle(120.012, 36, 120.02, 36.008)}},
		"comb":     {comb(120, 36, 0.02, 9)},
	}
	for i := range 20 {
		p := orb.Polygon{star(r, orb.Point{120, 36}, 0.004, 0.012, 10+30*i)}
		if i%2 == 0 {
			p = append(p, star(r, orb.Point{120, 36}, 0.0005, 0.003, 5+i))
		}
		all["star "+string(rune('a'+i))] = orb.MultiPolygon{p}
	}
	return all
}

// TestLay holds what is promised of every net: valid grids that fill the area, share their borders edge by edge, and are not too small.
func TestLay(t *testing.T) {
	for name, area := range areas(t) {
		t.Run(name, func(t *testing.T) {
			layout, err := Lay(t.Context(), Site{Area: area}, UnitM2)
			if err != nil {
				t.Fatal(err)
			}
			checkLaid(t, area, layout)
			small, large := 0, 0
			for _, c := range layout.Cells {
				if m2 := geo.AreaMultiM2(c); m2 < tooSmall*UnitM2 {
					small++
				} else if m2 > 2*UnitM2 {
					large++
				}
			}
			if small > len(area) || large > 0 {
				t.Errorf("%d of %d grids are small, %d large: %+v", small, len(layout.Cells), large, layout.Report.AreaM2)
			}
		})
	}
}

// checkLaid holds grids against the area that they are laid over: valid, the same ground, no finding, and no border that only one has.
func checkLaid(t *testing.T, area orb.MultiPolygon, layout Layout) {
	t.Helper()
	net := lattice.Net{Extent: area}
	sum, outline := 0.0, 0.0
	for i, c := range layout.Cells {
		if err := geo.Check(c); err != nil || len(c) != 1 {
			t.Fatalf("grid %d: %d parts, %v", i, len(c), err)
		}
		sum += planar.Area(c)
		net.Cells = append(net.Cells, lattice.Cell{ID: int64(i), Shape: c})
	}
	if whole := planar.Area(area); math.Abs(sum-whole) > 1e-9*planar.Length(area) { // the lattice moves the border by half of that
		t.Errorf("%d grids have %g square degrees, the area %g", len(layout.Cells), sum, whole)
	}
	findings, err := lattice.Check(t.Context(), net)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		if f.Kind != lattice.Rectangle {
			t.Errorf("%s of %.3f m², %.3f m wide, by %v", f.Kind, f.AreaM2, f.WidthM, f.Cells)
		}
	}
	m := newMesh(layout.Cells, func(orb.Point) border { return borderOpen })
	for _, s := range m.sides {
		if _, shared := m.owner[s.reversed()]; !shared {
			outline += geo.DistanceM(s[0], s[1])
		}
	}
	if want := borderM(area); math.Abs(outline-want) > 1e-3*want {
		t.Errorf("borders that nobody shares are %.1f m long, that of the area %.1f m", outline, want)
	}
}

func borderM(area orb.MultiPolygon) (m float64) {
	for _, p := range area {
		for _, r := range p {
			m += geo.LengthM(orb.LineString(r))
		}
	}
	return m
}

// town is random streets, alleys and buildings over a square of 1.1 × 0.9 km: streets run through buildings, end somewhere, and cross at all angles.
func town(r *rand.Rand) Site {
	s := Site{Area: orb.MultiPolygon{{star(r, orb.Point{120.005, 36.005}, 0.004, 0.007, 40)}}}
	at := func() orb.Point { return orb.Point{120 + 0.01*r.Float64(), 36 + 0.01*r.Float64()} }
	line := func() (l orb.LineString) {
		for range 2 + r.IntN(4) {
			l = append(l, at())
		}
		return l
	}
	for range r.IntN(8) {
		s.Streets = append(s.Streets, line())
	}
	for range r.IntN(8) {
		s.Alleys = append(s.Alleys, line())
	}
	for i := range 60 {
		c := at()
		s.Buildings = append(s.Buildings, Building{ID: int64(i + 1), Shape: orb.Polygon{star(r, c, 0.00005, 0.0003, 4+r.IntN(9))}})
	}
	return s
}

// TestLayTowns: whatever lies there, grids are a partition, and no building is cut but those that are larger than a grid.
func TestLayTowns(t *testing.T) {
	for seed := range uint64(25) {
		s := town(rand.New(rand.NewPCG(seed, 9)))
		layout, err := Lay(t.Context(), s, UnitM2)
		if err != nil {
			t.Fatalf("town %d: %v", seed, err)
		}
		checkLaid(t, s.Area, layout)
		if n := len(layout.Report.BuildingsCut); n > 0 {
			t.Errorf("town %d: buildings %v are cut: %+v", seed, layout.Report.BuildingsCut, layout.Report)
		}
		if layout.Report.AreaM2.Least < tooSmall*UnitM2 {
			t.Errorf("town %d: %+v", seed, layout.Report)
		}
		again, err := Lay(t.Context(), s, UnitM2)
		if err != nil || !slices.EqualFunc(layout.Cells, again.Cells, orb.MultiPolygon.Equal) {
			t.Errorf("town %d: laid twice, differently: %v", seed, err)
		}
	}
}

// TestLayLargeBuilding: a building that is larger than a grid may be cut, and is told of.
func TestLayLargeBuilding(t *testing.T) {
	s := Site{Area: orb.MultiPolygon{{rectangle(120, 36, 120.004, 36.004)}}, Streets: []orb.LineString{{{120.002, 35.9}, {120.002, 36.1}}},
		Buildings: []Building{{7, orb.Polygon{rectangle(120.001, 36.001, 120.003, 36.003)}}, {8, orb.Polygon{rectangle(120.0019, 36.0001, 120.0022, 36.0003)}}}}
	layout, err := Lay(t.Context(), s, UnitM2)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(layout.Report.BuildingsCut, []int64{7}) || layout.Report.OnStreets == 0 {
		t.Errorf("%+v", layout.Report)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := Lay(ctx, s, UnitM2); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}

func TestLayOrder(t *testing.T) {
	layout, err := Lay(t.Context(), Site{Area: orb.MultiPolygon{{rectangle(120, 36, 120.008, 36.008)}}}, UnitM2)
	if err != nil {
		t.Fatal(err)
	}
	if len(layout.Cells) < openGround {
		t.Fatalf("%d grids", len(layout.Cells))
	}
	last := orb.Point{-180, 90}
	for i, g := range layout.Cells {
		c := g.Bound().Center()
		south, east := c[1] < last[1]-1e-6, c[0] > last[0]
		if !south && !east {
			t.Errorf("grid %d at %v comes after %v", i, c, last)
		}
		last = c
	}
}

func TestLayRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		area   orb.MultiPolygon
		target float64
		want   error
	}{
		"nothing":  {nil, UnitM2, ErrArea},
		"bow tie":  {orb.MultiPolygon{{orb.Ring{{120, 36}, {120.01, 36.01}, {120.01, 36}, {120, 36.01}, {120, 36}}}}, UnitM2, ErrArea},
		"pole":     {orb.MultiPolygon{{rectangle(120, 88, 120.01, 88.01)}}, UnitM2, ErrArea},
		"country":  {orb.MultiPolygon{{rectangle(110, 30, 120, 40)}}, UnitM2, ErrTooLarge},
		"too many": {orb.MultiPolygon{{rectangle(120, 36, 121, 37)}}, UnitM2, ErrTooLarge},
		"no size":  {orb.MultiPolygon{{rectangle(120, 36, 120.01, 36.01)}}, math.NaN(), ErrArea},
	} {
		if _, err := Lay(t.Context(), Site{Area: c.area}, c.target); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func BenchmarkLay(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	area := orb.MultiPolygon{{star(r, orb.Point{120, 36.2}, 0.035, 0.06, 500)}}
	for b.Loop() {
		layout, err := Lay(b.Context(), Site{Area: area}, UnitM2)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(layout.Cells)), "grids")
	}
}
