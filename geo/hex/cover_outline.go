package hex

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// The corners and the middles of cells together are a lattice of triangles. Its coordinates, col and row, stand at 60°; in them the middle of the cell
// with places a and b is col 2a+b, row b-a, and every unit square is two triangles, the lower where the shares of col and row come to less than 1.
// Each triangle has one middle of a cell among its corners, and six of them, half a unit each, are a cell.

// cellArea is the area of a cell in units of the lattice of triangles.
const cellArea = 3

// Dust is the share of a cell that rounding may leave where there is nothing, or take where there is everything.
const Dust = 1e-9

// plane is the plane of a face with the lattice of triangles of a resolution.
type plane struct {
	*face
	lattice *lattice
	number  uint8
}

func (m *Mesh) plane(f uint8) plane { return plane{&m.faces[f], &m.lattice, f} }

// directionOf is the direction of a position in degrees.
func directionOf(p orb.Point) vec { return direction(p[1]*math.Pi/halfTurn, p[0]*math.Pi/halfTurn) }

// nearLimit is the least cosine of the angle to the middle of a face at which positions are still seen on its plane.
const nearLimit = 0.2

// at gives where a direction is on the lattice of triangles; false where it is too far from the face.
func (p *plane) at(d vec) (col, row float64, ok bool) {
	w := d.dot(p.middle)
	if w < nearLimit {
		return 0, 0, false
	}
	u, v := d.dot(p.ahead)/w, d.dot(p.left)/w
	a, b := p.lattice.au*u+p.lattice.av*v, p.lattice.bu*u+p.lattice.bv*v
	return 2*a + b, b - a, true
}

// piece is a stretch of a border within one triangle: what it adds, signed, to the areas of what is to the right of it: of the triangles of its square,
// and of both triangles of each square beyond.
type piece struct {
	row, col            int32
	upper               bool
	low, high           float64
	beyondLow, beyondHi float64
}

// outline is borders of one shape cut into pieces. It is reused.
type outline struct {
	pieces []piece
	counts []int32
	order  []int32
}

func (o *outline) reset() { o.pieces = o.pieces[:0] }

// addShape adds the borders of a shape; false where they have more than limit pieces, or lie too far from the face.
func (o *outline) addShape(p *plane, shape orb.MultiPolygon, limit int) bool {
	for _, polygon := range shape {
		for i, ring := range polygon {
			begun := len(o.pieces)
			area, ok := o.addRing(p, ring, limit)
			if !ok {
				return false
			}
			if outer := i == 0; outer == (area < 0) { // outer rings count for what they hold, holes against it
				for k := begun; k < len(o.pieces); k++ {
					q := &o.pieces[k]
					q.low, q.high, q.beyondLow, q.beyondHi = -q.low, -q.high, -q.beyondLow, -q.beyondHi
				}
			}
		}
	}
	return true
}

// longEdgeDeg is how long, in degrees along either axis, an edge may be that is taken as straight on the plane: half a kilometre, of which the bend is a
// few millimetres.
const longEdgeDeg = 0.005

// addRing adds a ring, and gives the area that it holds: positive where its inside is to the right of edges that go up the rows.
func (o *outline) addRing(p *plane, ring orb.Ring, limit int) (area float64, ok bool) {
	if len(ring) < 3 {
		return 0, true
	}
	last := ring[len(ring)-1]
	c0, r0, ok := p.at(directionOf(last))
	if !ok {
		return 0, false
	}
	firstC, firstR := c0, r0
	for _, to := range ring {
		parts := edgeParts(last, to)
		for k := 1; k <= parts; k++ {
			c1, r1, ok := p.at(directionOf(along(last, to, k, parts)))
			if !ok || len(o.pieces)+int(math.Abs(c1-c0)+math.Abs(r1-r0)) > limit {
				return 0, false
			}
			// A triangle of the fan about the first position: small numbers, so that nothing is lost.
			area += ((c0-firstC)*(r1-firstR) - (c1-firstC)*(r0-firstR)) / 2
			o.addEdge(c0, r0, c1, r1)
			c0, r0 = c1, r1
		}
		last = to
	}
	return -area, true
}

func edgeParts(p, q orb.Point) int {
	long := max(math.Abs(q[0]-p[0]), math.Abs(q[1]-p[1]))
	return max(1, int(math.Ceil(long/longEdgeDeg)))
}

// along is the position after k of some equal parts of an edge.
func along(p, q orb.Point, k, parts int) orb.Point {
	if k == parts {
		return q
	}
	t := float64(k) / float64(parts)
	return orb.Point{p[0] + t*(q[0]-p[0]), p[1] + t*(q[1]-p[1])}
}

// addEdge cuts an edge where it crosses lines of the lattice.
func (o *outline) addEdge(c0, r0, c1, r1 float64) {
	cut(c0, r0, c1, r1, func(t0, t1 float64) {
		dc, dr := c1-c0, r1-r0
		col, row, upper := triangleAt(c0+(t0+t1)/2*dc, r0+(t0+t1)/2*dr)
		// The middle of the piece, seen from its square, and how far it goes up.
		mc, mr := c0+(t0+t1)/2*dc-float64(col), r0+(t0+t1)/2*dr-float64(row)
		up := (t1 - t0) * dr
		q := piece{row: row, col: col, upper: upper, beyondLow: (1 - mr) * up, beyondHi: mr * up}
		if upper {
			q.high = (1 - mc) * up
		} else {
			q.low, q.high = (1-mr-mc)*up, mr*up
		}
		o.pieces = append(o.pieces, q)
	})
}

// cut visits the stretches, from t0 to t1 of the way, between the lines of the lattice that an edge crosses.
func cut(c0, r0, c1, r1 float64, visit func(t0, t1 float64)) {
	lines := [3]crossings{crossing(c0, c1), crossing(r0, r1), crossing(c0+r0, c1+r1)}
	for t := 0.0; t < 1; {
		k := 0
		if lines[1].next < lines[0].next {
			k = 1
		}
		if lines[2].next < lines[k].next {
			k = 2
		}
		to := min(lines[k].next, 1)
		if to > t {
			visit(t, to)
			t = to
		}
		lines[k].pass()
	}
}

// crossings are where a coordinate passes whole numbers.
type crossings struct {
	from, by float64
	line     float64
	step     float64
	next     float64 // share of the way
}

func crossing(from, to float64) crossings {
	c := crossings{from: from, by: to - from}
	switch {
	case c.by > 0:
		c.line, c.step = math.Floor(from)+1, 1
	case c.by < 0:
		c.line, c.step = math.Ceil(from)-1, -1
	default:
		c.next = math.Inf(1)
		return c
	}
	c.next = (c.line - from) / c.by
	return c
}

func (c *crossings) pass() {
	c.line += c.step
	c.next = (c.line - c.from) / c.by
	if c.by == 0 {
		c.next = math.Inf(1)
	}
}

// triangleAt is the triangle in which a position lies.
func triangleAt(c, r float64) (col, row int32, upper bool) {
	fc, fr := math.Floor(c), math.Floor(r)
	return int32(fc), int32(fr), c-fc+r-fr > 1
}

// centreOf gives the cell to which a triangle belongs: its place a and its row b-a.
func centreOf(col, row int32, upper bool) (a, centreRow int32) {
	switch mod3(col - row) {
	case 0:
		if upper {
			return (col - row) / 3, row + 1
		}
		return (col - row) / 3, row
	case 1:
		return (col - row - 1) / 3, row + 1
	}
	return (col + 1 - row) / 3, row
}

func mod3(n int32) int32 {
	n %= 3
	if n < 0 {
		n += 3
	}
	return n
}

// sweep visits squares from left to right, row by row, in runs from ≤ col < to with the same areas of both triangles that are within the shape. Runs of
// what is wholly outside are left out.
func (o *outline) sweep(visit func(row, from, to int32, low, high float64)) {
	if len(o.pieces) == 0 {
		return
	}
	o.sort()
	for i := 0; i < len(o.order); {
		row := o.pieces[o.order[i]].row
		var low, high float64 // of squares beyond all that came
		at := int32(math.MinInt32)
		for i < len(o.order) && o.pieces[o.order[i]].row == row {
			col := o.pieces[o.order[i]].col
			if at < col && at != math.MinInt32 && (math.Abs(low) > Dust || math.Abs(high) > Dust) {
				visit(row, at, col, low, high)
			}
			ownLow, ownHigh := low, high
			for ; i < len(o.order); i++ {
				q := &o.pieces[o.order[i]]
				if q.row != row || q.col != col {
					break
				}
				ownLow, ownHigh = ownLow+q.low, ownHigh+q.high
				low, high = low+q.beyondLow, high+q.beyondHi
			}
			visit(row, col, col+1, ownLow, ownHigh)
			at = col + 1
		}
	}
}

// sort orders the pieces by row and column, those of one square as they came.
func (o *outline) sort() {
	first, last := o.pieces[0].row, o.pieces[0].row
	for i := range o.pieces {
		first, last = min(first, o.pieces[i].row), max(last, o.pieces[i].row)
	}
	n := int(last-first) + 2
	o.counts = slices.Grow(o.counts[:0], n)[:n]
	clear(o.counts)
	for i := range o.pieces {
		o.counts[o.pieces[i].row-first+1]++
	}
	for i := 1; i < n; i++ {
		o.counts[i] += o.counts[i-1]
	}
	o.order = slices.Grow(o.order[:0], len(o.pieces))[:len(o.pieces)]
	for i := range o.pieces {
		at := &o.counts[o.pieces[i].row-first]
		o.order[*at] = int32(i)
		*at++
	}
	begin := int32(0)
	for _, end := range o.counts[:n-1] {
		o.sortRow(o.order[begin:end])
		begin = end
	}
}

func (o *outline) sortRow(row []int32) {
	const few = 24
	if len(row) > few {
		slices.SortStableFunc(row, func(i, j int32) int { return cmp.Compare(o.pieces[i].col, o.pieces[j].col) })
		return
	}
	for i := 1; i < len(row); i++ {
		for k := i; k > 0 && o.pieces[row[k]].col < o.pieces[row[k-1]].col; k-- {
			row[k], row[k-1] = row[k-1], row[k]
		}
	}
}
