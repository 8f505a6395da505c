package grid

import (
	"math"
	"slices"

	"github.com/paulmach/orb"

	"wangge/geo"
)

// ring is a closed run of vertices; the first is not repeated.
type ring []vertex

// trace threads edges into rings. Where several rings touch in a vertex they are kept apart: at each vertex the next edge is the
// sharpest turn to the left, so that a ring never crosses itself or another.
func trace(edges []edge) []ring {
	out := map[vertex][]int{}
	for i, e := range edges {
		out[e.from] = append(out[e.from], i)
	}
	used := make([]bool, len(edges))
	var rings []ring
	for first := range edges {
		if used[first] {
			continue
		}
		var r ring
		for at := first; ; {
			used[at] = true
			r = append(r, edges[at].from)
			next := leftmost(edges, out[edges[at].to], used, edges[at])
			if next < 0 {
				break
			}
			at = next
		}
		rings = append(rings, pinch(r)...)
	}
	return rings
}

// leftmost chooses, among unused edges that leave a vertex, the one that turns most to the left; -1 for none.
func leftmost(edges []edge, from []int, used []bool, in edge) int {
	best := -1
	for _, i := range from {
		if !used[i] && (best < 0 || turn(in, edges[i]) > turn(in, edges[best])) {
			best = i
		}
	}
	return best
}

// turn is the angle from one edge to the next, positive to the left, in -π … π.
func turn(a, b edge) float64 {
	ax, ay := float64(a.to.x-a.from.x), float64(a.to.y-a.from.y)
	bx, by := float64(b.to.x-b.from.x), float64(b.to.y-b.from.y)
	return math.Atan2(ax*by-ay*bx, ax*bx+ay*by)
}

// pinch takes a run apart wherever it comes back to a vertex, so that every ring is simple.
func pinch(run ring) []ring {
	var rings []ring
	seen := map[vertex]int{}
	var open ring
	for _, v := range run {
		if at, again := seen[v]; again {
			loop := slices.Clone(open[at:])
			for _, w := range loop {
				delete(seen, w)
			}
			open = open[:at]
			if len(loop) > 2 {
				rings = append(rings, loop)
			}
		}
		seen[v] = len(open)
		open = append(open, v)
	}
	if len(open) > 2 {
		rings = append(rings, open)
	}
	return rings
}

// twice is twice the signed area in lattice steps: positive counter-clockwise.
func (r ring) twice() float64 {
	sum := 0.0
	o := r[0] // small numbers stay exact
	for i := range r {
		a, b := r[i], r[(i+1)%len(r)]
		sum += float64(a.x-o.x)*float64(b.y-o.y) - float64(b.x-o.x)*float64(a.y-o.y)
	}
	return sum
}

func (r ring) edges() []edge {
	out := make([]edge, len(r))
	for i := range r {
		out[i] = edge{r[i], r[(i+1)%len(r)]}
	}
	return out
}

// orb is the ring in degrees, closed.
func (r ring) orb() orb.Ring {
	out := make(orb.Ring, 0, len(r)+1)
	for _, v := range r {
		out = append(out, v.point())
	}
	return append(out, out[0])
}

// holds tells whether a ring holds another that does not cross it: by a vertex that they do not share, or by an edge's middle.
func (r ring) holds(o ring) bool {
	p := orb.Polygon{r.orb()}
	for i, v := range o {
		w := o[(i+1)%len(o)].point()
		u := v.point()
		mid := orb.Point{(u[0] + w[0]) / 2, (u[1] + w[1]) / 2}
		if !slices.Contains(r, v) {
			return geo.Covers(p, u)
		}
		if i == len(o)-1 {
			return geo.Covers(p, mid)
		}
	}
	return false
}

// parts takes an area apart into connected ones, each an outer ring with its holes.
func parts(edges []edge) [][]edge {
	outers, holes := sortRings(trace(cancel(edges)))
	out := make([][]edge, len(outers))
	for i, o := range outers {
		out[i] = o.edges()
	}
	for _, h := range holes {
		best := -1
		for i, o := range outers {
			if o.holds(h) && (best < 0 || o.twice() < outers[best].twice()) {
				best = i
			}
		}
		if best >= 0 {
			out[best] = append(out[best], h.edges()...)
		}
	}
	return out
}

// sortRings tells outer rings from holes; what has no area is neither.
func sortRings(all []ring) (outers, holes []ring) {
	for _, r := range all {
		switch a := r.twice(); {
		case a > 0:
			outers = append(outers, r)
		case a < 0:
			holes = append(holes, r)
		}
	}
	return outers, holes
}

// polygon is a connected area in degrees: its outer ring, then its holes.
func (c cell) polygon() orb.Polygon {
	outers, holes := sortRings(trace(c.edges))
	var p orb.Polygon
	for _, r := range append(outers, holes...) {
		p = append(p, r.orb())
	}
	return p
}

// joinSlivers joins cells of less than leastM2 to neighbours, the smallest first. A cell without a neighbour stays.
func joinSlivers(cells []cell, leastM2 float64) []cell {
	owner := map[edge]int{}
	areas := make([]float64, len(cells))
	var small []int
	for i, c := range cells {
		for _, e := range c.edges {
			owner[e] = i
		}
		if areas[i] = geo.AreaM2(c.polygon()); areas[i] < leastM2 {
			small = append(small, i)
		}
	}
	slices.SortStableFunc(small, func(a, b int) int {
		switch {
		case areas[a] < areas[b]:
			return -1
		case areas[a] > areas[b]:
			return 1
		}
		return 0
	})
	for _, i := range small {
		if areas[i] >= leastM2 { // it has grown meanwhile
			continue
		}
		to := neighbour(cells[i], i, owner)
		if to < 0 {
			continue
		}
		cells[to].edges = cancel(slices.Concat(cells[to].edges, cells[i].edges))
		for _, e := range cells[i].edges {
			delete(owner, e)
		}
		for _, e := range cells[to].edges {
			owner[e] = to
		}
		areas[to] += areas[i]
		cells[i].edges = nil
	}
	return slices.DeleteFunc(cells, func(c cell) bool { return c.edges == nil })
}

// neighbour is the cell with which a cell shares the longest border; the first of equals; -1 where it touches none.
func neighbour(c cell, self int, owner map[edge]int) int {
	shared := map[int]float64{}
	best := -1
	for _, e := range c.edges {
		n, ok := owner[e.reversed()]
		if !ok || n == self {
			continue
		}
		shared[n] += geo.DistanceM(e.from.point(), e.to.point())
	}
	for n, m := range shared {
		if best < 0 || m > shared[best] || m == shared[best] && n < best {
			best = n
		}
	}
	return best
}
