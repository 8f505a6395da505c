package walk

import (
	"context"
	"math"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/paulmach/orb"
)

// snapSideM is the width of the cells in which the nearest segment is looked for.
const snapSideM = 100

// index prepares snapping: cells of the segments of all edges, and of barriers.
func (n *Network) index() {
	n.of = make([]uint32, len(n.shape))
	for e := range n.Edges {
		first, end := n.span(uint32(e))
		for i := first; i < end; i++ {
			n.of[i] = uint32(e)
		}
	}
	n.segments = newCells(len(n.shape), func(i int) (a, b orb.Point, ok bool) {
		if i+1 >= len(n.shape) || n.of[i] != n.of[i+1] {
			return a, b, false
		}
		return n.shape[i], n.shape[i+1], true
	}, snapSideM, 0)
	n.fences = newFences(n.Barriers)
}

// candidate is a segment near a place.
type candidate struct {
	d2    float64 // square millimetres
	seg   uint32  // position of Network.shape
	share float64
}

// Snap is where a place joins the network: at the nearest position of an edge within a limit that can be used and from which nothing
// parts it. Of edges equally near it is the lowest. Barriers part them that cross the straight way; those that only touch one of its ends
// do not.
func (g *Graph) Snap(p orb.Point, limitMM uint32) (Spot, bool) {
	if !finite(p) {
		return Spot{Edge: None}, false
	}
	local := scaleAt(p[1])
	best, ok := g.nearest(p, local, limitMM)
	if !ok {
		return Spot{Edge: None}, false
	}
	if g.parted(p, best) {
		return g.snapAround(p, local, math.Sqrt(best.d2), limitMM)
	}
	return g.spot(p, best, limitMM)
}

// spot is a candidate as a spot; false where it is beyond the limit after all.
func (g *Graph) spot(p orb.Point, c candidate, limitMM uint32) (Spot, bool) {
	n := g.Net
	edge := n.of[c.seg]
	from, to := n.along[c.seg], n.along[c.seg+1]
	s := Spot{Edge: edge, OffMM: from + uint32(float64(to-from)*c.share+0.5)}
	if s.PerpMM = DistanceMM(p, g.at(c)); s.PerpMM > limitMM {
		return Spot{Edge: None}, false
	}
	return s, true
}

func (g *Graph) at(c candidate) orb.Point {
	return between(g.Net.shape[c.seg], g.Net.shape[c.seg+1], c.share)
}

// nearest is the nearest usable segment within a limit, whatever parts it from the place. It looks at the cells around the place in
// rings, until those that are left are farther than what it has.
func (g *Graph) nearest(p orb.Point, local scale, limitMM uint32) (candidate, bool) {
	c := g.Net.segments
	best := candidate{d2: float64(limitMM) + 1, seg: None}
	best.d2 *= best.d2
	x, y := (p[0]-c.minX)*c.perX, (p[1]-c.minY)*c.perY
	cx, cy := math.Floor(x), math.Floor(y)
	wide, high := local.x/c.perX, local.y/c.perY // a cell, millimetres
	margin := min(min(x-cx, cx+1-x)*wide, min(y-cy, cy+1-y)*high)
	side := min(wide, high)
	if beyond := c.beyond(x, y, wide, high); beyond*beyond > best.d2 {
		return best, false
	}
	for ring := 0; ; ring++ {
		g.ring(int(cx), int(cy), ring, p, local, &best)
		if d := margin + float64(ring)*side - slack*(wide+high); d > 0 && d*d > best.d2 || ring > c.cols+c.rows+int(max(math.Abs(cx), math.Abs(cy))) {
			break
		}
	}
	return best, best.seg != None
}

// beyond is how far a position in cells is outside the grid, in millimetres.
func (c *cells) beyond(x, y, wide, high float64) float64 {
	return math.Hypot(max(-x, x-float64(c.cols), 0)*wide, max(-y, y-float64(c.rows), 0)*high)
}

// ring looks at the cells of a square ring.
func (g *Graph) ring(cx, cy, ring int, p orb.Point, local scale, best *candidate) {
	c := g.Net.segments
	west, east, south, north := max(cx-ring, 0), min(cx+ring, c.cols-1), cy-ring, cy+ring
	if west > east {
		return
	}
	for row := max(south, 0); row <= min(north, c.rows-1); row++ {
		if row == south || row == north {
			g.scan(int(c.first[row*c.cols+west]), int(c.first[row*c.cols+east+1]), p, local, best)
			continue
		}
		if cx-ring >= 0 && cx-ring < c.cols {
			g.scan(int(c.first[row*c.cols+cx-ring]), int(c.first[row*c.cols+cx-ring+1]), p, local, best)
		}
		if cx+ring < c.cols && cx+ring >= 0 {
			g.scan(int(c.first[row*c.cols+cx+ring]), int(c.first[row*c.cols+cx+ring+1]), p, local, best)
		}
	}
}

// scan looks at a run of items.
func (g *Graph) scan(from, to int, p orb.Point, local scale, best *candidate) {
	n := g.Net
	for _, seg := range n.segments.items[from:to] {
		share, d2 := local.nearest(p, n.shape[seg], n.shape[seg+1])
		if d2 < best.d2 && g.usable[n.of[seg]] || d2 == best.d2 && seg < best.seg && g.usable[n.of[seg]] {
			*best = candidate{d2, seg, share}
		}
	}
}

// snapBlock is how many places a worker of SnapAll takes at a time.
const snapBlock = 1024

// SnapAll snaps n points to out within SnapLimitMM, on all processors; points is called by several goroutines. Edge is None where there
// is no network. It fails only where ctx ends.
func (g *Graph) SnapAll(ctx context.Context, points func(i int) orb.Point, n int, out []Spot) error {
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n/snapBlock+1) {
		workers.Go(func() {
			for ctx.Err() == nil {
				from := int(next.Add(snapBlock)) - snapBlock
				if from >= n {
					return
				}
				for i := from; i < min(from+snapBlock, n); i++ {
					out[i], _ = g.Snap(points(i), SnapLimitMM)
				}
			}
		})
	}
	workers.Wait()
	return ctx.Err()
}
