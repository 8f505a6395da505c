package grid

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"wangge/geo"
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
			grids, err := Lay(area, UnitM2)
			if err != nil {
				t.Fatal(err)
			}
			whole := planar.Area(area) // on the plane of degrees, where straight lines stay straight when they are cut
			sum, small := 0.0, 0
			var edges []edge
			for i, g := range grids {
				if err := geo.Check(g); err != nil {
					t.Fatalf("grid %d: %v", i, err)
				}
				m2 := geo.AreaM2(g)
				sum += planar.Area(g)
				if m2 < UnitM2/3 {
					small++
				}
				if m2 > 4*UnitM2 {
					t.Errorf("grid %d has %.0f m²", i, m2)
				}
				edges = append(edges, edgesOf(orb.MultiPolygon{g})...)
			}
			if math.Abs(sum-whole) > 1e-9*planar.Length(area) { // the lattice moves the border by half of that
				t.Errorf("%d grids have %g square degrees, the area %g", len(grids), sum, whole)
			}
			if small > len(area) {
				t.Errorf("%d of %d grids are slivers", small, len(grids))
			}
			outline := 0.0
			for _, e := range cancel(edges) {
				outline += geo.DistanceM(e.from.point(), e.to.point())
			}
			if want := borderM(area); math.Abs(outline-want) > 1e-3*want {
				t.Errorf("borders that nobody shares are %.1f m long, that of the area %.1f m", outline, want)
			}
		})
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

func TestLayOrder(t *testing.T) {
	grids, err := Lay(orb.MultiPolygon{{rectangle(120, 36, 120.005, 36.005)}}, UnitM2)
	if err != nil {
		t.Fatal(err)
	}
	if len(grids) < 20 {
		t.Fatalf("%d grids", len(grids))
	}
	last := orb.Point{-180, 90}
	for i, g := range grids {
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
		if _, err := Lay(c.area, c.target); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func BenchmarkLay(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	area := orb.MultiPolygon{{star(r, orb.Point{120, 36.2}, 0.035, 0.06, 500)}}
	for b.Loop() {
		grids, err := Lay(area, UnitM2)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(grids)), "grids")
	}
}
