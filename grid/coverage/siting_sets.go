package coverage

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/paulmach/orb"

	"wangge/geo/walk"
)

// setBlock is how many coverage sets a worker works out at a time.
const setBlock = 64

// sets are what candidates cover: those of candidate c are items[first[c]:first[c+1]], each once.
type sets struct{ first, items []uint32 }

// setItem is an item that is so much farther than a node.
type setItem struct{ item, mm uint32 }

// setFinder finds items from nodes and along edges of a graph. It is immutable.
type setFinder struct {
	graph  *walk.Graph
	spots  []walk.Spot // by item, all on edges
	first  []uint32    // by node, one more than nodes: where its part of found begins
	found  []setItem
	onEdge []uint32 // by edge, one more than edges: where its part of along begins
	along  []uint32 // items
}

// newSetFinder sorts items to the nodes and edges that they are reached from.
func newSetFinder(g *walk.Graph, spots []walk.Spot) *setFinder {
	f := &setFinder{graph: g, spots: spots, first: make([]uint32, len(g.Net.At)+1), onEdge: make([]uint32, len(g.Net.Edges)+1), found: make([]setItem, 2*len(spots)), along: make([]uint32, len(spots))}
	for _, s := range spots {
		e := &g.Net.Edges[s.Edge]
		f.first[e.U]++
		f.first[e.V]++
		f.onEdge[s.Edge]++
	}
	sumUp(f.first)
	sumUp(f.onEdge)
	for i, s := range slices.Backward(spots) {
		e := &g.Net.Edges[s.Edge]
		f.first[e.V]--
		f.found[f.first[e.V]] = setItem{uint32(i), s.PerpMM + e.MM - s.OffMM}
		f.first[e.U]--
		f.found[f.first[e.U]] = setItem{uint32(i), s.PerpMM + s.OffMM}
		f.onEdge[s.Edge]--
		f.along[f.onEdge[s.Edge]] = uint32(i)
	}
	return f
}

// sumUp turns counts into ends.
func sumUp(counts []uint32) {
	total := uint32(0)
	for i, n := range counts {
		total += n
		counts[i] = total
	}
}

// walkSets are the items within so far on foot of each candidate: through the nodes, or along the edge that both are on. The edge of a candidate
// that is off the network is walk.None; it covers nothing. Refused with ErrTooLarge beyond MaxSetEntries.
func walkSets(ctx context.Context, f *setFinder, candidates []walk.Spot, limitMM uint32, done func(int)) (sets, error) {
	return eachSet(ctx, len(candidates), len(f.spots), MaxSetEntries, done, func() func(c int, take func(item uint32)) {
		searcher := new(walk.Searcher)
		return func(c int, take func(item uint32)) {
			from := candidates[c]
			if from.Edge == walk.None {
				return
			}
			for _, i := range f.along[f.onEdge[from.Edge]:f.onEdge[from.Edge+1]] {
				if walk.Beside(from, f.spots[i]) <= limitMM {
					take(i)
				}
			}
			searcher.Reach(f.graph, from, limitMM, func(node, mm uint32) {
				left := limitMM - mm
				for _, it := range f.found[f.first[node]:f.first[node+1]] {
					if it.mm <= left {
						take(it.item)
					}
				}
			})
		}
	})
}

// circleSets are the items within so far of each candidate as the crow flies. near visits items among which are all in a bound.
func circleSets(ctx context.Context, at []orb.Point, near func(b orb.Bound, visit func(item uint32)), candidates []orb.Point, limitMM uint32, done func(int)) (sets, error) {
	return eachSet(ctx, len(candidates), len(at), MaxSetEntries, done, func() func(c int, take func(item uint32)) {
		return func(c int, take func(item uint32)) {
			round := newDisc(candidates[c], limitMM)
			near(round.bound, func(item uint32) {
				if round.has(at[item]) {
					take(item)
				}
			})
		}
	})
}

// disc is what is within a distance of a place. Most places are told in or out in the plane; the rim is measured.
type disc struct {
	at           orb.Point
	limitMM      uint32
	perX, perY   float64 // what a degree is there, as a share of the limit
	inner, outer float64 // squares, as shares
	bound        orb.Bound
}

func newDisc(p orb.Point, limitMM uint32) disc {
	const degree, slack = 0.01, 0.01
	limit := float64(max(limitMM, 1))
	c := disc{at: p, limitMM: limitMM, inner: (1 - slack) * (1 - slack), outer: (1 + slack) * (1 + slack),
		perX: float64(walk.DistanceMM(p, orb.Point{p[0] + degree, p[1]})) / degree / limit,
		perY: float64(walk.DistanceMM(p, orb.Point{p[0], p[1] + degree})) / degree / limit}
	dx, dy := (1+slack)/c.perX, (1+slack)/c.perY
	c.bound = orb.Bound{Min: orb.Point{p[0] - dx, p[1] - dy}, Max: orb.Point{p[0] + dx, p[1] + dy}}
	return c
}

func (c *disc) has(p orb.Point) bool {
	dx, dy := (p[0]-c.at[0])*c.perX, (p[1]-c.at[1])*c.perY
	switch d2 := dx*dx + dy*dy; {
	case d2 < c.inner:
		return true
	case d2 > c.outer:
		return false
	}
	return walk.DistanceMM(p, c.at) <= c.limitMM
}

// eachSet works the sets of n candidates out on two processors. worker makes what one of them works with: it gives take every item of a candidate,
// as often as it likes; of each the first counts. Refused beyond most entries. done is told how many candidates are through, by one goroutine at a time.
func eachSet(ctx context.Context, n, items, most int, done func(int), worker func() func(c int, take func(item uint32))) (sets, error) {
	out := sets{first: make([]uint32, n+1)}
	blocks := make([][]uint32, (n+setBlock-1)/setBlock)
	var next, entries atomic.Int64
	var through sync.Mutex
	finished := 0
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), 2, len(blocks)) {
		wait.Go(func() {
			work, seen := worker(), make([]uint32, items)
			var scratch []uint32
			for ctx.Err() == nil && entries.Load() <= int64(most) {
				b := int(next.Add(1)) - 1
				if b >= len(blocks) {
					return
				}
				scratch = scratch[:0]
				to := min((b+1)*setBlock, n)
				for c := b * setBlock; c < to; c++ {
					before := len(scratch)
					work(c, func(item uint32) {
						if seen[item] != uint32(c)+1 {
							seen[item] = uint32(c) + 1
							scratch = append(scratch, item)
						}
					})
					out.first[c+1] = uint32(len(scratch) - before)
				}
				entries.Add(int64(len(scratch)))
				blocks[b] = slices.Clone(scratch)
				through.Lock()
				finished += to - b*setBlock
				done(finished)
				through.Unlock()
			}
		})
	}
	wait.Wait()
	if ctx.Err() != nil {
		return sets{}, ctx.Err()
	}
	if entries.Load() > int64(most) {
		return sets{}, tooLarge("候选点与半径过大：覆盖集超过 %d 项，请减少候选点、加大间距或缩小半径", "more than %d entries of coverage sets: take fewer candidates, a wider spacing or a smaller radius", most)
	}
	sumUp(out.first)
	out.items = make([]uint32, 0, entries.Load())
	for _, b := range blocks {
		out.items = append(out.items, b...)
	}
	return out, nil
}
