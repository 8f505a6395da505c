package lattice

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// Snap puts a shape on the lattice. Rings come closed and without repeated vertices; those of fewer than three vertices are gone, and so are
// parts without an outer ring. Positions that are none (NaN, beyond 180 or 90 degrees) take their whole part with them.
func Snap(mp orb.MultiPolygon) orb.MultiPolygon {
	var out orb.MultiPolygon
	for _, p := range mp {
		if !placed(p) {
			continue
		}
		var q orb.Polygon
		for i, r := range p {
			s := snapRing(r)
			if len(s) < 3 && i == 0 {
				break
			}
			if len(s) >= 3 {
				q = append(q, degrees(s))
			}
		}
		if len(q) > 0 {
			out = append(out, q)
		}
	}
	return out
}

// placed tells whether all positions are on the earth.
func placed(p orb.Polygon) bool {
	for _, r := range p {
		for _, at := range r {
			if !(at[0] >= -180 && at[0] <= 180 && at[1] >= -90 && at[1] <= 90) {
				return false
			}
		}
	}
	return len(p) > 0
}

// boxOf is the box around a shape; it meets nothing where the shape is empty.
func boxOf(mp orb.MultiPolygon) orb.Bound {
	b := orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}}
	for _, p := range mp {
		for _, r := range p {
			for _, at := range r {
				b.Min = orb.Point{min(b.Min[0], at[0]), min(b.Min[1], at[1])}
				b.Max = orb.Point{max(b.Max[0], at[0]), max(b.Max[1], at[1])}
			}
		}
	}
	return b
}

// snapRing is a ring on the lattice: open, no vertex like the one before it.
func snapRing(r orb.Ring) []vertex {
	out := make([]vertex, 0, len(r))
	for _, p := range r {
		if v := vertexAt(p); len(out) == 0 || v != out[len(out)-1] {
			out = append(out, v)
		}
	}
	for len(out) > 1 && out[0] == out[len(out)-1] {
		out = out[:len(out)-1]
	}
	return out
}

// degrees closes a ring and gives it in degrees.
func degrees(r []vertex) orb.Ring {
	out := make(orb.Ring, 0, len(r)+1)
	for _, v := range r {
		out = append(out, v.point())
	}
	return append(out, out[0])
}

// ringTwice is twice the area of a ring in square steps, positive counter-clockwise.
func ringTwice(r []vertex) float64 {
	var exact int64 // may run over on the way: the sum is right again at the end, where it fits
	rough, far := 0.0, false
	for i, v := range r {
		w := r[(i+1)%len(r)]
		ax, ay, bx, by := v.x-r[0].x, v.y-r[0].y, w.x-r[0].x, w.y-r[0].y
		exact += ax*by - ay*bx
		rough += float64(ax)*float64(by) - float64(ay)*float64(bx)
		far = far || max(ax, -ax, ay, -ay) > longest
	}
	if far {
		return rough
	}
	return float64(exact)
}

// line is the label of pieces that bound nothing.
const line = -1

// piece is a straight piece of a border: what the label stands for lies on its left.
type piece struct {
	from, to vertex
	label    int32
	ring     int32 // counted within the label
	given    bool  // from was a vertex of the ring that was given
}

// shapePieces takes the border of a shape apart. It does not ask which way the rings run.
func shapePieces(into []piece, mp orb.MultiPolygon, label int32) []piece {
	n := int32(0)
	for _, p := range mp {
		if !placed(p) {
			continue
		}
		for i, r := range p {
			s := snapRing(r)
			if len(s) < 3 {
				continue
			}
			if inner := i > 0; ringTwice(s) < 0 != inner {
				slices.Reverse(s)
			}
			for k, v := range s {
				into = appendPiece(into, piece{v, s[(k+1)%len(s)], label, n, true})
			}
			n++
		}
	}
	return into
}

// linePieces takes a line apart.
func linePieces(into []piece, l orb.LineString) []piece {
	for i := 1; i < len(l); i++ {
		if a, b := vertexAt(l[i-1]), vertexAt(l[i]); a != b {
			into = appendPiece(into, piece{a, b, line, 0, true})
		}
	}
	return into
}

// appendPiece appends a piece, cut where it is too long. Both directions are cut at the same vertices.
func appendPiece(into []piece, p piece) []piece {
	dx, dy := p.to.x-p.from.x, p.to.y-p.from.y
	n := (max(dx, -dx, dy, -dy) + longest - 1) / longest
	if n <= 1 {
		return append(into, p)
	}
	low, high, back := p.from, p.to, false
	if low.compare(high) > 0 {
		low, high, back = high, low, true
	}
	at := func(i int64) vertex {
		if back {
			i = n - i
		}
		return vertex{low.x + (high.x-low.x)*i/n, low.y + (high.y-low.y)*i/n}
	}
	for i := range n {
		into = append(into, piece{at(i), at(i + 1), p.label, p.ring, p.given && i == 0})
	}
	return into
}
