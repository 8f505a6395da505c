package lattice

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"wangge/geo"
)

// span is an edge of a polygon in metres, with the inside on its left.
type span struct{ ax, ay, bx, by float64 }

func (s span) length() float64 { return math.Hypot(s.bx-s.ax, s.by-s.ay) }

// widthM is how wide a polygon is at its widest place, in metres: the diameter of the largest circle found in it. Circles are looked for half-way across
// from each edge, at a quarter, half and three quarters of it, where there are many edges from the longest only.
// Corridors that lead away from the widest place do not matter, as they would for area over perimeter.
func widthM(p orb.Polygon) float64 {
	spans := spansOf(p)
	seeds := slices.Clone(spans)
	slices.SortFunc(seeds, func(a, b span) int {
		return cmp.Or(cmp.Compare(b.length(), a.length()), cmp.Compare(a.ax, b.ax), cmp.Compare(a.ay, b.ay))
	})
	if len(seeds) > 0 {
		seeds = seeds[:min(len(seeds), max(16, 1<<16/len(seeds)))]
	}
	widest := 0.0
	for _, s := range seeds {
		for _, t := range [3]float64{0.25, 0.5, 0.75} {
			widest = max(widest, 2*roomAt(spans, s, t, widest/2))
		}
	}
	return widest
}

// spansOf puts a polygon on a plane of metres that touches the earth in its middle.
func spansOf(p orb.Polygon) []span {
	c := p.Bound().Center()
	const d = 1e-3
	mx := geo.DistanceM(orb.Point{c[0] - d, c[1]}, orb.Point{c[0] + d, c[1]}) / (2 * d)
	my := geo.DistanceM(orb.Point{c[0], c[1] - d}, orb.Point{c[0], c[1] + d}) / (2 * d)
	var out []span
	for i, r := range p {
		left := (r.Orientation() == orb.CCW) == (i == 0)
		for k := 1; k < len(r); k++ {
			a, b := r[k-1], r[k]
			if !left {
				a, b = b, a
			}
			out = append(out, span{(a[0] - c[0]) * mx, (a[1] - c[1]) * my, (b[0] - c[0]) * mx, (b[1] - c[1]) * my})
		}
	}
	return out
}

// roomAt is the radius of the circle half-way across from a place on an edge, if it is larger than the best so far.
func roomAt(spans []span, s span, t, best float64) float64 {
	x, y := s.ax+t*(s.bx-s.ax), s.ay+t*(s.by-s.ay)
	l := s.length()
	nx, ny := -(s.by-s.ay)/l, (s.bx-s.ax)/l // inwards
	across := math.Inf(1)
	for _, o := range spans {
		if o == s {
			continue
		}
		// Where the ray from x,y along n meets the edge.
		ex, ey := o.bx-o.ax, o.by-o.ay
		det := ex*ny - ey*nx
		if det == 0 {
			continue
		}
		wx, wy := o.ax-x, o.ay-y
		if u := (nx*wy - ny*wx) / det; u < -1e-9 || u > 1+1e-9 {
			continue
		}
		if d := (ex*wy - ey*wx) / det; d > 0 {
			across = min(across, d)
		}
	}
	if math.IsInf(across, 1) || across/2 <= best {
		return 0
	}
	x, y = x+nx*across/2, y+ny*across/2
	room := across / 2
	for _, o := range spans {
		if room = min(room, o.distance(x, y)); room <= best {
			return 0
		}
	}
	return room
}

// distance is how far a place is from an edge.
func (s span) distance(x, y float64) float64 {
	dx, dy := s.bx-s.ax, s.by-s.ay
	t := ((x-s.ax)*dx + (y-s.ay)*dy) / (dx*dx + dy*dy)
	t = min(max(t, 0), 1)
	return math.Hypot(x-s.ax-t*dx, y-s.ay-t*dy)
}
