package walk

import (
	"cmp"
	"math"
	"slices"
	"sync"

	"github.com/paulmach/orb"
)

// around keeps lists of candidates for use again: a list is long where a river is near.
var around = sync.Pool{New: func() any { return new([]candidate) }}

// gather fills list with the usable segments that are not nearer than one distance and not farther than another, nearest first.
func (g *Graph) gather(p orb.Point, local scale, leastMM, mostMM float64, list []candidate) []candidate {
	n, reach := g.Net, orb.Point{mostMM / local.x, mostMM / local.y}
	list = list[:0]
	n.segments.around(orb.Bound{Min: orb.Point{p[0] - reach[0], p[1] - reach[1]}, Max: orb.Point{p[0] + reach[0], p[1] + reach[1]}}, func(cell int) {
		for _, seg := range n.segments.of(cell) {
			share, d2 := local.nearest(p, n.shape[seg], n.shape[seg+1])
			if d2 >= leastMM*leastMM && d2 <= mostMM*mostMM && g.usable[n.of[seg]] {
				list = append(list, candidate{d2, seg, share})
			}
		}
	})
	slices.SortFunc(list, func(a, b candidate) int { return cmp.Or(cmp.Compare(a.d2, b.d2), cmp.Compare(a.seg, b.seg)) })
	return slices.Compact(list)
}

// snapAround is Snap where the nearest segment is on the other side of a barrier. Another one is mostly not much farther, so it looks
// farther and farther.
func (g *Graph) snapAround(p orb.Point, local scale, nearestMM float64, limitMM uint32) (Spot, bool) {
	room := around.Get().(*[]candidate)
	defer around.Put(room)
	seen := 0.0
	for most := min(1.5*nearestMM+20_000, float64(limitMM)+1); ; most = min(2*most, float64(limitMM)+1) {
		*room = g.gather(p, local, seen, most, *room)
		for _, c := range *room {
			if !g.parted(p, c) {
				return g.spot(p, c, limitMM)
			}
		}
		if seen = most; most > float64(limitMM) {
			return Spot{Edge: None}, false
		}
	}
}

// Near appends to out every edge that a place could join: the one that Snap finds, and those that are not more than withinMM farther,
// nearest first.
func (g *Graph) Near(p orb.Point, limitMM, withinMM uint32, out []Spot) []Spot {
	nearest, ok := g.Snap(p, limitMM)
	if !ok {
		return out
	}
	begin, most := len(out), min(limitMM, nearest.PerpMM+min(withinMM, Never-nearest.PerpMM))
	room := around.Get().(*[]candidate)
	defer around.Put(room)
	*room = g.gather(p, scaleAt(p[1]), 0, float64(most)+1, *room)
	for _, c := range *room {
		edge := g.Net.of[c.seg]
		if slices.ContainsFunc(out[begin:], func(s Spot) bool { return s.Edge == edge }) || g.parted(p, c) {
			continue
		}
		if s, ok := g.spot(p, c, most); ok {
			out = append(out, s)
		}
	}
	return out
}

// parted tells whether a barrier crosses the straight way from a place to a candidate.
func (g *Graph) parted(p orb.Point, c candidate) bool {
	_, yes := g.Net.fences.any(p, g.at(c))
	return yes
}

// Crossed is the first barrier that the straight way from a place to a spot crosses: its place in Network.Barriers.
func (g *Graph) Crossed(p orb.Point, s Spot) (barrier int, ok bool) {
	return g.Net.fences.crossed(p, g.Point(s))
}

// fences finds barriers.
type fences struct {
	at   []orb.Point // of all barriers, end to end
	of   []uint32    // by position: its barrier
	grid *cells
}

func newFences(barriers []Barrier) *fences {
	f := &fences{}
	for i, b := range barriers {
		for _, p := range b.Shape {
			if finite(p) {
				f.at, f.of = append(f.at, p), append(f.of, uint32(i))
			}
		}
	}
	f.grid = newCells(len(f.at), func(i int) (a, b orb.Point, ok bool) {
		if i+1 >= len(f.at) || f.of[i] != f.of[i+1] {
			return a, b, false
		}
		return f.at[i], f.at[i+1], true
	}, snapSideM, 0)
	return f
}

// touchMM is how near an end of a way a barrier only touches it: a little more than the record's precision.
const touchMM = 20

// any is a segment that crosses the straight way from p to q, and whether there is one.
func (f *fences) any(p, q orb.Point) (seg uint32, ok bool) {
	f.each(p, q, func(s uint32, _ float64) bool { seg, ok = s, true; return false })
	return seg, ok
}

// crossed is the barrier that crosses the straight way from p to q nearest to p; of several, the lowest.
func (f *fences) crossed(p, q orb.Point) (barrier int, ok bool) {
	nearest := math.Inf(1)
	f.each(p, q, func(s uint32, share float64) bool {
		if b := int(f.of[s]); share < nearest || share == nearest && b < barrier {
			nearest, barrier, ok = share, b, true
		}
		return true
	})
	return barrier, ok
}

// each visits the segments that cross the straight way from p to q, with their share of the way, until visit answers false. One may be
// visited more than once.
func (f *fences) each(p, q orb.Point, visit func(seg uint32, share float64) bool) {
	if len(f.grid.items) == 0 {
		return
	}
	local := scaleAt(p[1])
	touch := touchMM / max(local.apart(p, q), touchMM)
	f.grid.pass(p, q, func(cell int) bool {
		for _, seg := range f.grid.of(cell) {
			a, b := f.at[seg], f.at[seg+1]
			if max(a[0], b[0]) < min(p[0], q[0]) || min(a[0], b[0]) > max(p[0], q[0]) ||
				max(a[1], b[1]) < min(p[1], q[1]) || min(a[1], b[1]) > max(p[1], q[1]) {
				continue
			}
			if share, ok := crossingShare(p, q, a, b); ok && share > touch && share < 1-touch && !visit(seg, share) {
				return false
			}
		}
		return true
	})
}

// crossingShare is where the segment a→b meets the way from p to q, as a share of the way; false where it does not, or runs along it.
func crossingShare(p, q, a, b orb.Point) (share float64, ok bool) {
	dx, dy, ex, ey := q[0]-p[0], q[1]-p[1], b[0]-a[0], b[1]-a[1]
	det := dx*ey - dy*ex
	if det == 0 {
		return 0, false
	}
	share = ((a[0]-p[0])*ey - (a[1]-p[1])*ex) / det
	other := ((a[0]-p[0])*dy - (a[1]-p[1])*dx) / det
	return share, share >= 0 && share <= 1 && other >= 0 && other <= 1
}
