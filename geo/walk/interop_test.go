package walk_test

import (
	"container/heap"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"wangge/fixtures"
	"wangge/fixtures/bench"
	"wangge/fixtures/osmref"
	"wangge/fixtures/pgtest"
	"wangge/geo/walk"
)

// places are real networks and the demo's, by name.
func places() map[string]func(t testing.TB) []walk.Street {
	extract := func(name string) func(t testing.TB) []walk.Street {
		return func(t testing.TB) []walk.Street { return osmref.Streets(t, name) }
	}
	return map[string]func(t testing.TB) []walk.Street{
		osmref.Monaco: extract(osmref.Monaco), osmref.SanFrancisco: extract(osmref.SanFrancisco), osmref.Porto: extract(osmref.Porto), "demo": demoStreets,
	}
}

// demoStreets are what one can walk along in the demo city.
func demoStreets(testing.TB) []walk.Street {
	c := fixtures.Jiaozhou()
	var streets []walk.Street
	for i, r := range c.Roads {
		if line, ok := r.Geom.(orb.LineString); ok && r.Walkable {
			streets = append(streets, walk.Street{Key: int64(i) + 1, Shape: orb.MultiLineString{line}, Level: int8(r.Level)})
		}
	}
	for i, a := range c.Alleys {
		if line, ok := a.Geom.(orb.LineString); ok {
			streets = append(streets, walk.Street{Key: -int64(i) - 1, Shape: orb.MultiLineString{line}})
		}
	}
	return streets
}

// TestInteropRouting: the distances of all nodes within 800 m of 300 facilities are those that pgRouting finds from a node that stands for
// all of them: not one differs by a millimetre.
func TestInteropRouting(t *testing.T) {
	for place, streets := range places() {
		t.Run(place, func(t *testing.T) {
			g := graphOf(t, streets(t))
			pool := pgtest.DB(t)
			if has, err := bench.HasRouting(t.Context(), pool); err != nil || !has {
				t.Skipf("this PostgreSQL has no pgRouting (%v)", err)
			}
			seeds := someSeeds(g, 300)
			tree := walk.NewTree(g, 800_000)
			new(walk.Searcher).Grow(tree, seeds)
			routed, err := bench.MeasureRouting(t.Context(), pool, tree, seeds, 1)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d edges, %d nodes reached, pgRouting took %v", len(g.Net.Edges), routed.Nodes, routed.Took.P50)
			if routed.Differences > 0 || routed.Nodes < 100 {
				t.Errorf("%d of %d distances differ", routed.Differences, routed.Nodes)
			}
		})
	}
}

// TestRealDistancesAreDijkstras: the same networks against Dijkstra's algorithm with a heap, without a limit on the way.
func TestRealDistancesAreDijkstras(t *testing.T) {
	for place, streets := range places() {
		t.Run(place, func(t *testing.T) {
			g := graphOf(t, streets(t))
			seeds := someSeeds(g, 300)
			tree := walk.NewTree(g, 1_500_000)
			new(walk.Searcher).Grow(tree, seeds)
			reached, differ := 0, 0
			for node, want := range heapDistances(g, seeds) {
				if want > uint64(tree.LimitMM) {
					want = walk.Never
				} else {
					reached++
				}
				if uint64(tree.Dist[node]) != want {
					differ++
				}
			}
			if differ > 0 || reached < 100 {
				t.Errorf("%d distances differ, %d nodes within the limit", differ, reached)
			}
		})
	}
}

// ahead is a node to be settled.
type ahead struct {
	mm   uint64
	node uint32
}

type aheadHeap []ahead

func (h aheadHeap) Len() int           { return len(h) }
func (h aheadHeap) Less(i, j int) bool { return h[i].mm < h[j].mm }
func (h aheadHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *aheadHeap) Push(x any)        { *h = append(*h, x.(ahead)) }
func (h *aheadHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// heapDistances is the distance of every node to its nearest facility, by its own lists of neighbours; math.MaxUint64 where there is no way.
func heapDistances(g *walk.Graph, seeds []walk.Seed) []uint64 {
	neighbours := make([][]ahead, len(g.Net.At))
	for i, e := range g.Net.Edges {
		if g.Usable(uint32(i)) {
			neighbours[e.U] = append(neighbours[e.U], ahead{uint64(e.MM), e.V})
			neighbours[e.V] = append(neighbours[e.V], ahead{uint64(e.MM), e.U})
		}
	}
	dist := make([]uint64, len(g.Net.At))
	for i := range dist {
		dist[i] = math.MaxUint64
	}
	h := &aheadHeap{}
	for _, s := range seeds {
		e := g.Net.Edges[s.Edge]
		heap.Push(h, ahead{uint64(s.PerpMM + s.OffMM), e.U})
		heap.Push(h, ahead{uint64(s.PerpMM + e.MM - s.OffMM), e.V})
	}
	for h.Len() > 0 {
		at := heap.Pop(h).(ahead)
		if dist[at.node] != math.MaxUint64 {
			continue
		}
		dist[at.node] = at.mm
		for _, n := range neighbours[at.node] {
			if dist[n.node] == math.MaxUint64 {
				heap.Push(h, ahead{at.mm + n.mm, n.node})
			}
		}
	}
	return dist
}

func graphOf(t testing.TB, streets []walk.Street) *walk.Graph {
	t.Helper()
	net, err := walk.Build(t.Context(), streets, nil, walk.DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	return net.Graph(walk.Profile{ID: "walk"})
}

// someSeeds are facilities within some thirty metres of street corners.
func someSeeds(g *walk.Graph, n int) []walk.Seed {
	r := rand.New(rand.NewPCG(8, 8))
	var seeds []walk.Seed
	for len(seeds) < n {
		p := g.Net.At[r.IntN(len(g.Net.At))]
		p = orb.Point{p.Lon() + (r.Float64()-0.5)*0.0006, p.Lat() + (r.Float64()-0.5)*0.0005}
		if spot, ok := g.Snap(p, walk.SnapLimitMM); ok {
			seeds = append(seeds, walk.Seed{Spot: spot, Owner: uint32(len(seeds)), Key: int64(len(seeds)) + 1})
		}
	}
	return seeds
}

// BenchmarkGrow is the search of a whole city: the 92,000 edges of Porto, 300 facilities.
func BenchmarkGrow(b *testing.B) {
	g := graphOf(b, osmref.Streets(b, osmref.Porto))
	seeds := someSeeds(g, 300)
	for _, limit := range []uint32{300_000, 500_000, 800_000, 1_500_000} {
		b.Run(metres(limit), func(b *testing.B) {
			var s walk.Searcher
			tree := walk.NewTree(g, limit)
			for b.Loop() {
				s.Grow(tree, seeds)
			}
		})
	}
	b.Run("moved", func(b *testing.B) {
		var s walk.Searcher
		tree := walk.NewTree(g, 800_000)
		s.Grow(tree, seeds)
		for i := 0; b.Loop(); i++ {
			seed := seeds[i%len(seeds)]
			s.Remove(tree, seed.Owner)
			s.Add(tree, seed)
		}
	})
}

func metres(mm uint32) string {
	return map[uint32]string{300_000: "300m", 500_000: "500m", 800_000: "800m", 1_500_000: "1500m"}[mm]
}
