package hex

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/uber/h3-go/v4"
)

// bent is a cell across an edge of the icosahedron: no plane shows it as a regular hexagon. It is kept as the triangles between its middle and its
// corners, in degrees, where everything within one cell is straight enough.
type bent struct {
	cell    Cell
	number  uint32
	middle  orb.Point
	corners []orb.Point // anticlockwise
	bound   orb.Bound
	area2   float64 // twice its area in square degrees
}

func newBent(c Cell) (bent, bool) {
	outline, err := h3.CellToBoundary(h3.Cell(c))
	middle, err2 := h3.CellToLatLng(h3.Cell(c))
	if err != nil || err2 != nil {
		return bent{}, false
	}
	b := bent{cell: c, middle: orb.Point{middle.Lng, middle.Lat}}
	for _, p := range outline {
		b.corners = append(b.corners, orb.Point{p.Lng, p.Lat})
	}
	b.bound = orb.MultiPoint(b.corners).Bound()
	for i := range b.corners {
		b.area2 += turnOf(b.middle, b.corners[i], b.corners[(i+1)%len(b.corners)])
	}
	return b, b.area2 > 0
}

// turnOf is twice the area of a triangle, positive where it runs anticlockwise.
func turnOf(p, q, r orb.Point) float64 {
	return (q[0]-p[0])*(r[1]-p[1]) - (r[0]-p[0])*(q[1]-p[1])
}

// crossing lists the cells near the stray places: those in whose middles they are, and their neighbours.
func (c *coverer) crossing() (out []Cell) {
	f := &c.mesh.faces[c.face]
	l := &c.mesh.lattice
	for _, s := range merged(c.stray) {
		for a := s.from; a < s.to; a++ {
			lat, lon := f.over(l, float64(a), float64(s.row+a)).degrees()
			near, err := h3.GridDisk(h3.Cell(At(lon, lat, c.mesh.res)), 1)
			if err != nil {
				continue
			}
			for _, n := range near {
				out = append(out, Cell(n))
			}
		}
	}
	return out
}

// bentCells are the cells that lie on no face as a whole and meet a shape, ascending.
func bentCells(cells []Cell, shapes []orb.MultiPolygon) (out []bent) {
	slices.Sort(cells)
	for _, c := range slices.Compact(cells) {
		if b, ok := newBent(c); ok && !b.flat() && slices.ContainsFunc(shapes, b.meets) {
			out = append(out, b)
		}
	}
	return out
}

// flat tells whether the cell lies on one face as a whole, where the rows of that face have it.
func (b *bent) flat() bool {
	l := newLattice(b.cell.Res())
	s := directionOf(b.middle).spot(0, 0)
	a, c, _ := l.place(&s)
	return l.drawable(s.face, a, c) != 0
}

// meets tells whether the cell and a shape share anything.
func (b *bent) meets(shape orb.MultiPolygon) bool {
	for _, polygon := range shape {
		inside := false
		for _, ring := range polygon {
			for i := range ring {
				p, q := ring[(i+len(ring)-1)%len(ring)], ring[i]
				if b.touches(p, q) {
					return true
				}
				if (p[1] > b.middle[1]) != (q[1] > b.middle[1]) &&
					b.middle[0] < p[0]+(b.middle[1]-p[1])/(q[1]-p[1])*(q[0]-p[0]) {
					inside = !inside
				}
			}
		}
		if inside {
			return true
		}
	}
	return false
}

// touches tells whether a segment has a position in one of the triangles of the cell.
func (b *bent) touches(p, q orb.Point) bool {
	if max(p[0], q[0]) < b.bound.Min[0] || min(p[0], q[0]) > b.bound.Max[0] || max(p[1], q[1]) < b.bound.Min[1] || min(p[1], q[1]) > b.bound.Max[1] {
		return false
	}
	for i := range b.corners {
		if _, _, ok := within([3]orb.Point{b.middle, b.corners[i], b.corners[(i+1)%len(b.corners)]}, p, q); ok {
			return true
		}
	}
	return false
}

// within is the stretch of a segment, from t0 to t1 of its way, that is in a triangle that runs anticlockwise.
func within(tri [3]orb.Point, p, q orb.Point) (t0, t1 float64, ok bool) {
	t0, t1 = 0, 1
	for i := range tri {
		dp, dq := turnOf(tri[i], tri[(i+1)%3], p), turnOf(tri[i], tri[(i+1)%3], q)
		switch {
		case dp < 0 && dq < 0:
			return 0, 0, false
		case dp < 0:
			t0 = max(t0, dp/(dp-dq))
		case dq < 0:
			t1 = min(t1, dp/(dp-dq))
		}
	}
	return t0, t1, t0 <= t1
}

// share is how much of the cell a shape holds.
func (b *bent) share(shape orb.MultiPolygon) float64 {
	var area2 float64
	for _, polygon := range shape {
		for i, ring := range polygon {
			if !ring.Bound().Intersects(b.bound) {
				continue
			}
			if own := b.ringArea2(ring); i == 0 {
				area2 += own
			} else {
				area2 -= own
			}
		}
	}
	return area2 / b.area2
}

// ringArea2 is twice the area of what the cell and a ring have in common: ring by triangle, after Sutherland and Hodgman.
func (b *bent) ringArea2(ring orb.Ring) float64 {
	var sum float64
	var one, two []orb.Point
	for i := range b.corners {
		tri := [3]orb.Point{b.middle, b.corners[i], b.corners[(i+1)%len(b.corners)]}
		one = append(one[:0], ring...)
		for k := range tri {
			two = clip(two[:0], one, tri[k], tri[(k+1)%3])
			one, two = two, one
		}
		for k := 2; k < len(one); k++ {
			sum += turnOf(one[0], one[k-1], one[k])
		}
	}
	return math.Abs(sum)
}

// clip keeps what of a ring is to the left of a line.
func clip(dst, ring []orb.Point, from, to orb.Point) []orb.Point {
	for i, q := range ring {
		p := ring[(i+len(ring)-1)%len(ring)]
		dp, dq := turnOf(from, to, p), turnOf(from, to, q)
		if (dp < 0) != (dq < 0) {
			t := dp / (dp - dq)
			dst = append(dst, orb.Point{p[0] + t*(q[0]-p[0]), p[1] + t*(q[1]-p[1])})
		}
		if dq >= 0 {
			dst = append(dst, q)
		}
	}
	return dst
}
