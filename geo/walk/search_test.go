package walk

import (
	"container/heap"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
)

// tangle is a random graph: parallel edges, loops and parts that are not connected included.
func tangle(r *rand.Rand, nodes, edges int, maxMM uint32) *Graph {
	net := &Network{At: make([]orb.Point, nodes)}
	for range edges {
		u := uint32(r.IntN(nodes))
		v := uint32((int(u) + r.IntN(12)) % nodes)
		net.Edges = append(net.Edges, Edge{U: u, V: v, MM: 1 + r.Uint32N(maxMM)})
		net.shape = append(net.shape, orb.Point{float64(u), 0}, orb.Point{float64(v), 0})
		net.along = append(net.along, 0, net.Edges[len(net.Edges)-1].MM)
		net.ends = append(net.ends, uint32(len(net.shape)))
	}
	return wired(net)
}

// wired makes a graph of all edges.
func wired(net *Network) *Graph {
	g := &Graph{Net: net, off: make([]uint32, len(net.At)+1), usable: make([]bool, len(net.Edges))}
	type way struct{ to, mm, edge uint32 }
	ways := make([][]way, len(net.At))
	for i, e := range net.Edges {
		g.usable[i] = true
		ways[e.U] = append(ways[e.U], way{e.V, e.MM, uint32(i)})
		if e.U != e.V {
			ways[e.V] = append(ways[e.V], way{e.U, e.MM, uint32(i)})
		}
	}
	for n, list := range ways {
		for _, w := range list {
			g.arcs, g.along = append(g.arcs, arc{w.to, w.mm}), append(g.along, w.edge)
		}
		g.off[n+1] = uint32(len(g.arcs))
	}
	return g
}

func randomSpot(r *rand.Rand, g *Graph) Spot {
	edge := r.IntN(len(g.Net.Edges))
	return Spot{Edge: uint32(edge), OffMM: r.Uint32N(g.Net.Edges[edge].MM + 1), PerpMM: r.Uint32N(30_000)}
}

// label of the plain search below.
type reached struct {
	mm    uint64
	key   int64
	owner uint32
	node  uint32
}

type reachedHeap []reached

func (h reachedHeap) Len() int { return len(h) }
func (h reachedHeap) Less(i, j int) bool {
	return h[i].mm < h[j].mm || h[i].mm == h[j].mm && h[i].key < h[j].key
}
func (h reachedHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *reachedHeap) Push(x any)   { *h = append(*h, x.(reached)) }
func (h *reachedHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// plainly is Dijkstra's algorithm as in the books, from all facilities at once: an oracle that shares nothing with the Searcher.
func plainly(g *Graph, seeds []Seed, limit uint32) (dist, owner []uint32) {
	dist, owner = make([]uint32, len(g.Net.At)), make([]uint32, len(g.Net.At))
	for i := range dist {
		dist[i], owner[i] = Never, None
	}
	h := &reachedHeap{}
	for _, s := range seeds {
		e := g.Net.Edges[s.Edge]
		heap.Push(h, reached{uint64(s.PerpMM) + uint64(s.OffMM), s.Key, s.Owner, e.U})
		heap.Push(h, reached{uint64(s.PerpMM) + uint64(e.MM-s.OffMM), s.Key, s.Owner, e.V})
	}
	for h.Len() > 0 {
		at := heap.Pop(h).(reached)
		if at.mm > uint64(limit) || dist[at.node] != Never {
			continue
		}
		dist[at.node], owner[at.node] = uint32(at.mm), at.owner
		for _, e := range g.Net.Edges {
			switch at.node {
			case e.U:
				heap.Push(h, reached{at.mm + uint64(e.MM), at.key, at.owner, e.V})
			case e.V:
				heap.Push(h, reached{at.mm + uint64(e.MM), at.key, at.owner, e.U})
			}
		}
	}
	return dist, owner
}

func TestGrowIsDijkstra(t *testing.T) {
	var s Searcher
	for round := range uint64(60) {
		r := rand.New(rand.NewPCG(round, 1))
		// Small lengths make many ties, large ones many buckets.
		g := tangle(r, 20+r.IntN(60), 30+r.IntN(120), []uint32{4, 900, 200_000}[round%3])
		tree := NewTree(g, []uint32{0, 500, 40_000, 700_000, MaxLimitMM}[r.IntN(5)])
		var seeds []Seed
		for i := range r.IntN(12) {
			seeds = append(seeds, Seed{randomSpot(r, g), uint32(i), r.Int64N(1000) * 7})
		}
		uniqueKeys(seeds)
		s.Grow(tree, seeds)
		dist, owner := plainly(g, seeds, tree.LimitMM)
		if diff := cmp.Diff(dist, tree.Dist); diff != "" {
			t.Fatalf("round %d, distances (- plain + tree): %s", round, diff)
		}
		if diff := cmp.Diff(owner, tree.Owner); diff != "" {
			t.Fatalf("round %d, owners (- plain + tree): %s", round, diff)
		}
	}
}

// uniqueKeys makes every key appear once.
func uniqueKeys(seeds []Seed) {
	seen := map[int64]bool{}
	for i := range seeds {
		for seen[seeds[i].Key] {
			seeds[i].Key++
		}
		seen[seeds[i].Key] = true
	}
}

// TestChangesEqualGrowing: whatever is added, taken out and moved, in whatever order, the tree is bit for bit the one that is grown from
// what there is, and Touched tells of every node that changed.
func TestChangesEqualGrowing(t *testing.T) {
	var s, fresh Searcher
	steps := 0
	for round := range uint64(12) {
		r := rand.New(rand.NewPCG(round, 2))
		g := tangle(r, 40+r.IntN(80), 60+r.IntN(140), []uint32{4, 2_000, 150_000}[round%3])
		tree, want := NewTree(g, 400_000), NewTree(g, 400_000)
		s.Grow(tree, nil)
		there := map[uint32]Seed{}
		for range 120 {
			steps++
			before := tree.Clone()
			owner := r.Uint32N(25)
			if _, known := there[owner]; known && r.IntN(3) == 0 {
				s.Remove(tree, owner)
				delete(there, owner)
			} else {
				seed := Seed{randomSpot(r, g), owner, int64(owner)*31%25 - 12}
				if r.IntN(4) == 0 && len(there) > 0 { // several on one edge
					seed.Edge = anyOf(there).Edge
					seed.OffMM = r.Uint32N(g.Net.Edges[seed.Edge].MM + 1)
				}
				s.Add(tree, seed)
				there[owner] = seed
			}
			var seeds []Seed
			for _, seed := range there {
				seeds = append(seeds, seed)
			}
			fresh.Grow(want, seeds)
			if !slices.Equal(want.Dist, tree.Dist) || !slices.Equal(want.Owner, tree.Owner) {
				t.Fatalf("round %d: the changed tree is not the one that is grown: %s %s", round, cmp.Diff(want.Dist, tree.Dist), cmp.Diff(want.Owner, tree.Owner))
			}
			told := s.Touched()
			for node := range tree.Dist {
				if (before.Dist[node] != tree.Dist[node] || before.Owner[node] != tree.Owner[node]) && !slices.Contains(told, uint32(node)) {
					t.Fatalf("round %d: node %d changed and is not told", round, node)
				}
			}
			if sorted := slices.Compact(slices.Sorted(slices.Values(told))); len(sorted) != len(told) {
				t.Fatalf("round %d: a node is told twice", round)
			}
		}
	}
	if steps < 1000 {
		t.Errorf("only %d steps", steps)
	}
}

func anyOf(there map[uint32]Seed) Seed {
	least := slices.Min(slices.Collect(func(yield func(uint32) bool) {
		for o := range there {
			if !yield(o) {
				return
			}
		}
	}))
	return there[least]
}

// TestAtSeesTheOwnEdge holds places against the plain search on a graph in which the place is a node of its own.
func TestAtSeesTheOwnEdge(t *testing.T) {
	var s Searcher
	for round := range uint64(40) {
		r := rand.New(rand.NewPCG(round, 3))
		g := tangle(r, 15, 25, 60_000)
		tree := NewTree(g, 90_000)
		var seeds []Seed
		for i := range 6 {
			seeds = append(seeds, Seed{randomSpot(r, g), uint32(i), int64(i)})
		}
		s.Grow(tree, seeds)
		for range 40 {
			at := randomSpot(r, g)
			if r.IntN(2) == 0 {
				at.Edge = seeds[r.IntN(len(seeds))].Edge
				at.OffMM = r.Uint32N(g.Net.Edges[at.Edge].MM + 1)
			}
			wantMM, wantOwner := uint64(1<<60), uint32(None)
			for _, seed := range seeds {
				if mm := apart(g, at, seed.Spot); mm < wantMM {
					wantMM, wantOwner = mm, seed.Owner
				}
			}
			mm, owner := tree.At(at)
			if wantMM > uint64(tree.LimitMM) {
				wantMM, wantOwner = Never, None
			}
			if uint64(mm) != wantMM || owner != wantOwner {
				t.Fatalf("round %d: %d to %d, want %d to %d", round, mm, owner, wantMM, wantOwner)
			}
			checkPath(t, tree, at)
		}
	}
}

// apart is the distance of two places by the plain search.
func apart(g *Graph, a, b Spot) uint64 {
	dist, _ := plainly(g, []Seed{{Spot: b}}, MaxLimitMM)
	e := g.Net.Edges[a.Edge]
	best := uint64(1 << 60)
	if d := dist[e.U]; d != Never {
		best = min(best, uint64(d)+uint64(a.PerpMM)+uint64(a.OffMM))
	}
	if d := dist[e.V]; d != Never {
		best = min(best, uint64(d)+uint64(a.PerpMM)+uint64(e.MM-a.OffMM))
	}
	if a.Edge == b.Edge {
		best = min(best, uint64(a.PerpMM)+uint64(b.PerpMM)+uint64(max(a.OffMM, b.OffMM)-min(a.OffMM, b.OffMM)))
	}
	return best
}

// checkPath holds the path of a place against its distance: legs that sum to it, each beginning where the one before ended.
func checkPath(t *testing.T, tree *Tree, at Spot) {
	t.Helper()
	mm, owner := tree.At(at)
	p, found := tree.Path(at)
	if !found {
		if mm != Never {
			t.Fatalf("no path to a facility %d mm away", mm)
		}
		return
	}
	sum := uint32(0)
	for _, l := range p.Legs {
		sum += l.MM
	}
	if p.TotalMM != mm || sum != mm || p.Owner != owner {
		t.Fatalf("a path of %d mm to %d, legs of %d, for a distance of %d to %d", p.TotalMM, p.Owner, sum, mm, owner)
	}
	first, last := p.Legs[0], p.Legs[len(p.Legs)-1]
	seed, _ := tree.Seed(owner)
	if first.Edge != None || first.MM != at.PerpMM || last.Edge != None || last.MM != seed.PerpMM {
		t.Fatalf("off-street legs %+v and %+v", first, last)
	}
	edge, off := at.Edge, at.OffMM
	for _, l := range p.Legs[1 : len(p.Legs)-1] {
		if !meets(tree.Graph.Net, edge, off, l.Edge, l.FromMM) {
			t.Fatalf("a leg begins at %d of edge %d, the one before ended at %d of edge %d", l.FromMM, l.Edge, off, edge)
		}
		edge, off = l.Edge, l.ToMM
	}
	if !meets(tree.Graph.Net, edge, off, seed.Edge, seed.OffMM) {
		t.Fatalf("the path ends at %d of edge %d, the facility is at %d of edge %d", off, edge, seed.OffMM, seed.Edge)
	}
}

// meets tells whether two positions on edges are the same: equal, or ends at one node.
func meets(net *Network, a, offA, b, offB uint32) bool {
	if a == b && offA == offB {
		return true
	}
	for _, n := range nodesAt(net, a, offA) {
		if slices.Contains(nodesAt(net, b, offB), n) {
			return true
		}
	}
	return false
}

func nodesAt(net *Network, edge, off uint32) (nodes []uint32) {
	e := net.Edges[edge]
	if off == 0 {
		nodes = append(nodes, e.U)
	}
	if off == e.MM {
		nodes = append(nodes, e.V)
	}
	return nodes
}

func TestReachIsOneFacility(t *testing.T) {
	var s Searcher
	for round := range uint64(30) {
		r := rand.New(rand.NewPCG(round, 4))
		g := tangle(r, 50, 90, 50_000)
		for range 5 {
			from, limit := randomSpot(r, g), r.Uint32N(200_000)
			want, _ := plainly(g, []Seed{{Spot: from}}, limit)
			got := make([]uint32, len(g.Net.At))
			for i := range got {
				got[i] = Never
			}
			s.Reach(g, from, limit, func(node, mm uint32) {
				if got[node] != Never {
					t.Errorf("node %d is visited twice", node)
				}
				got[node] = mm
			})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("round %d (- plain + reach): %s", round, diff)
			}
		}
	}
}

func TestOwned(t *testing.T) {
	var s Searcher
	r := rand.New(rand.NewPCG(5, 5))
	g := tangle(r, 60, 100, 20_000)
	tree := NewTree(g, 300_000)
	var seeds []Seed
	for i := range 8 {
		seeds = append(seeds, Seed{randomSpot(r, g), uint32(i), int64(i)})
	}
	s.Grow(tree, seeds)
	for owner := range uint32(9) {
		var want []uint32
		for node, o := range tree.Owner {
			if o == owner {
				want = append(want, uint32(node))
			}
		}
		if got := s.Owned(tree, owner); !slices.Equal(want, got) {
			t.Errorf("owner %d: %v by following, %v by looking at all", owner, got, want)
		}
	}
}

func TestSteadySearchAllocatesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	g := tangle(r, 400, 700, 60_000)
	tree := NewTree(g, 800_000)
	var seeds []Seed
	for i := range 20 {
		seeds = append(seeds, Seed{randomSpot(r, g), uint32(i), int64(i)})
	}
	var s Searcher
	work := func() {
		s.Grow(tree, seeds)
		s.Remove(tree, 3)
		s.Add(tree, seeds[3])
	}
	work()
	if n := testing.AllocsPerRun(20, work); n > 0 {
		t.Errorf("%v allocations a run", n)
	}
}
