package lattice

import (
	"cmp"
	"math"
	"math/bits"

	"github.com/paulmach/orb"
)

// perDegree is the number of lattice steps in a degree. A step is 0.11 mm northwards and 0.09 mm eastwards at 36° north.
const perDegree = 1e9

// longest is the longest side, in steps, that the box of a segment may have: one degree. Products of two differences between positions on or
// near one segment then fit into 64 bits, and every test below is exact.
const longest = 1_000_000_000

// vertex is a position on the lattice.
type vertex struct{ x, y int64 }

func vertexAt(p orb.Point) vertex {
	return vertex{int64(math.RoundToEven(p[0] * perDegree)), int64(math.RoundToEven(p[1] * perDegree))}
}

// point is the position in degrees, as ST_SnapToGrid(geom, 1e-9) computes it.
func (v vertex) point() orb.Point { return orb.Point{float64(v.x) * 1e-9, float64(v.y) * 1e-9} }

// compare orders positions from west to east, and from south to north on one meridian.
func (v vertex) compare(w vertex) int { return cmp.Or(cmp.Compare(v.x, w.x), cmp.Compare(v.y, w.y)) }

// side is positive where c lies left of a→b, negative on the right, zero on the line; in absolute value twice the area of the triangle.
func side(a, b, c vertex) int64 { return (b.x-a.x)*(c.y-a.y) - (b.y-a.y)*(c.x-a.x) }

// passes tells whether the segment from low to high runs through the pixel of w: the square of one step around it, of which the western and
// the southern edge belong to it.
func passes(low, high, w vertex) bool {
	// Twice as large, the corners have odd coordinates and the ends even ones: no end lies on an edge.
	ax, ay, bx, by := 2*(low.x-w.x), 2*(low.y-w.y), 2*(high.x-w.x), 2*(high.y-w.y)
	if ax > 1 || bx < -1 || min(ay, by) > 1 || max(ay, by) < -1 {
		return false
	}
	above := func(cx, cy int64) int64 { return (bx-ax)*(cy-ay) - (by-ay)*(cx-ax) }
	switch {
	case ax == bx || ay == by:
		return true
	case ay < by: // it rises: the corners that could leave it out are no part of the pixel
		return above(-1, 1) > 0 && above(1, -1) < 0
	default:
		return above(1, 1) > 0 && above(-1, -1) <= 0
	}
}

// reach is how far a vertex may lie off a neighbour's border, in steps, and still be taken to lie on it. Rounding the two ends of a border and a
// vertex between them moves them apart by up to 1.5 steps.
const reach = 2

// within tells whether w lies beside the segment from low to high, not farther off than reach.
func within(low, high, w vertex) bool {
	dx, dy := high.x-low.x, high.y-low.y
	along := dx*(w.x-low.x) + dy*(w.y-low.y)
	length2 := float64(dx)*float64(dx) + float64(dy)*float64(dy)
	if along <= 0 || float64(along) >= length2 {
		return false
	}
	off := float64(side(low, high, w))
	return off*off <= reach*reach*length2
}

// crossing gives where two segments cross, inside both of them, rounded to the vertex whose pixel holds the place.
func crossing(a, b, c, d vertex) (vertex, bool) {
	oc, od := side(a, b, c), side(a, b, d)
	if oc == 0 || od == 0 || oc > 0 == (od > 0) {
		return vertex{}, false
	}
	oa, ob := side(c, d, a), side(c, d, b)
	if oa == 0 || ob == 0 || oa > 0 == (ob > 0) {
		return vertex{}, false
	}
	num, den := uint64(max(oc, -oc)), uint64(max(oc, -oc)+max(od, -od))
	return vertex{c.x + share(d.x-c.x, num, den), c.y + share(d.y-c.y, num, den)}, true
}

// share is ⌊d·num/den + ½⌋.
func share(d int64, num, den uint64) int64 {
	if d < 0 {
		return -int64(divide(uint64(-d), 2*num, den-1, 2*den))
	}
	return int64(divide(uint64(d), 2*num, den, 2*den))
}

// divide is ⌊(a·b + c) / d⌋, with 128 bits between.
func divide(a, b, c, d uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	lo, carry := bits.Add64(lo, c, 0)
	q, _ := bits.Div64(hi+carry, lo, d)
	return q
}
