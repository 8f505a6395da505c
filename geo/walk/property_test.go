package walk_test

import (
	"container/heap"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"wangge/geo/walk"
)

// ways are the distances from one node to all positions where nodes are, by a plain search over the edges.
func ways(n *walk.Network, from uint32) map[orb.Point]uint64 {
	type way struct{ to, mm uint32 }
	out := make([][]way, len(n.At))
	for _, e := range n.Edges {
		out[e.U], out[e.V] = append(out[e.U], way{e.V, e.MM}), append(out[e.V], way{e.U, e.MM})
	}
	dist := map[orb.Point]uint64{}
	done := make([]bool, len(n.At))
	queue := &reachQueue{{from, 0}}
	for queue.Len() > 0 {
		r := heap.Pop(queue).(reach)
		if done[r.node] {
			continue
		}
		done[r.node] = true
		if mm, there := dist[n.At[r.node]]; !there || r.mm < mm {
			dist[n.At[r.node]] = r.mm
		}
		for _, w := range out[r.node] {
			heap.Push(queue, reach{w.to, r.mm + uint64(w.mm)})
		}
	}
	return dist
}

type reach struct {
	node uint32
	mm   uint64
}

type reachQueue []reach

func (q reachQueue) Len() int           { return len(q) }
func (q reachQueue) Less(i, j int) bool { return q[i].mm < q[j].mm }
func (q reachQueue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *reachQueue) Push(x any)        { *q = append(*q, x.(reach)) }
func (q *reachQueue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

// ground puts all streets on the ground: where levels are, positions do not tell nodes apart.
func ground(streets []walk.Street) []walk.Street {
	for i := range streets {
		streets[i].Level = 0
	}
	return streets
}

// TestReversingChangesNothing turns some streets round and puts all in another order: between all nodes it is as far as before.
func TestReversingChangesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 6))
	for range walk.Rounds(12) {
		streets, _ := town(r)
		before := build(t, walk.DefaultOptions(), ground(streets)...)
		turned := slices.Clone(streets)
		for i := range turned {
			if l := slices.Clone(turned[i].Shape[0]); r.IntN(2) == 0 {
				slices.Reverse(l)
				turned[i].Shape = orb.MultiLineString{l}
			}
		}
		r.Shuffle(len(turned), func(i, j int) { turned[i], turned[j] = turned[j], turned[i] })
		after := build(t, walk.DefaultOptions(), turned...)
		if len(before.At) != len(after.At) || len(before.Edges) != len(after.Edges) {
			t.Fatalf("%d nodes and %d edges became %d and %d", len(before.At), len(before.Edges), len(after.At), len(after.Edges))
		}
		sameWays(t, before, after)
		if diff := cmp.Diff(kinds(before), kinds(after)); diff != "" {
			t.Fatal(diff)
		}
	}
}

// sameWays compares the distances between the nodes of one network with those of another that has them too.
func sameWays(t *testing.T, before, after *walk.Network) {
	t.Helper()
	at := map[orb.Point]uint32{}
	for v, p := range after.At {
		at[p] = uint32(v)
	}
	for v := 0; v < len(before.At); v += 1 + len(before.At)/12 {
		to, there := at[before.At[v]]
		if !there {
			t.Fatalf("the node at %v is gone", before.At[v])
		}
		got := ways(after, to)
		for p, mm := range ways(before, uint32(v)) {
			if got[p] != mm {
				t.Fatalf("from %v to %v it is %d mm, it was %d", before.At[v], p, got[p], mm)
			}
		}
	}
}

// TestSplittingChangesNothing cuts streets in two at their vertices, and by blind alleys that cross them: between the nodes that were
// there it is as far as before.
func TestSplittingChangesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 6))
	for range walk.Rounds(12) {
		streets, _ := town(r)
		before := build(t, walk.Options{}, ground(streets)...)
		var split []walk.Street
		for _, s := range streets {
			l := s.Shape[0]
			if i := 1 + r.IntN(len(l)); i < len(l)-1 {
				split = append(split, walk.Street{Key: s.Key, Shape: orb.MultiLineString{l[:i+1]}}, walk.Street{Key: 1000 + s.Key, Shape: orb.MultiLineString{l[i:]}})
			} else {
				split = append(split, s)
			}
			a, b := l[0], l[1]
			x := orb.Point{(a[0] + b[0]) / 2, (a[1] + b[1]) / 2}
			if passing(streets, x) > 1 {
				continue // the alley may be a way between the two
			}
			split = append(split, walk.Street{Key: 2000 + s.Key, Shape: orb.MultiLineString{{{x[0] + 1e-6, x[1] + 1e-6}, {x[0] - 1.1e-6, x[1] - 1e-6}}}})
		}
		sameWays(t, before, build(t, walk.Options{}, split...))
	}
}

// passing counts the segments within a metre of a place.
func passing(streets []walk.Street, x orb.Point) (count int) {
	for _, s := range streets {
		for i := 1; i < len(s.Shape[0]); i++ {
			if _, m := nearestOn(x, s.Shape[0][i-1], s.Shape[0][i]); m < 1 {
				count++
			}
		}
	}
	return count
}

// TestSameIsEnough changes a town at random and snaps again only what is near what changed: the result is that of snapping everything.
func TestSameIsEnough(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 6))
	kept := 0
	for range walk.Rounds(40) {
		streets, barriers := town(r)
		o := walk.Options{JoinMM: 1000, IslandNodes: 4}
		before, err := walk.Build(t.Context(), streets, barriers, o)
		if err != nil {
			t.Fatal(err)
		}
		changed := slices.Clone(streets)
		switch i := r.IntN(len(changed)); r.IntN(4) {
		case 0:
			changed = slices.Delete(changed, i, i+1)
		case 1:
			more, _ := town(r)
			changed = slices.Insert(changed, i, more[0])
		case 2:
			changed[i].Traits ^= walk.Steps
		default:
			if len(barriers) > 0 {
				barriers = barriers[1:]
			}
		}
		after, err := walk.Build(t.Context(), changed, barriers, o)
		if err != nil {
			t.Fatal(err)
		}
		kept += checkSame(t, r, before.Graph(walk.Profile{Without: walk.Steps}), after.Graph(walk.Profile{Without: walk.Steps}))
	}
	if kept < 10*walk.Rounds(40) {
		t.Errorf("only %d places kept their spot without being snapped again", kept)
	}
}

// checkSame snaps places before and after, and tells how many are far from what changed.
func checkSame(t *testing.T, r *rand.Rand, before, after *walk.Graph) (kept int) {
	t.Helper()
	const limit = 80_000
	now, changed := after.Same(before)
	for range 300 {
		p := orb.Point{121 + (r.Float64()*1.4-0.2)*0.012, 36 + (r.Float64()*1.4-0.2)*0.01}
		reach := orb.Bound{Min: orb.Point{p[0] - 0.001, p[1] - 0.0008}, Max: orb.Point{p[0] + 0.001, p[1] + 0.0008}}
		if slices.ContainsFunc(changed, reach.Intersects) {
			continue
		}
		kept++
		was, ok := before.Snap(p, limit)
		if ok {
			was.Edge = now[was.Edge]
		}
		if is, _ := after.Snap(p, limit); is != was {
			t.Fatalf("%v is far from all changes, but was at %+v and is at %+v", p, was, is)
		}
	}
	return kept
}

// TestSameNetwork has nothing changed.
func TestSameNetwork(t *testing.T) {
	streets, barriers := town(rand.New(rand.NewPCG(14, 6)))
	n, err := walk.Build(t.Context(), streets, barriers, walk.Options{})
	if err != nil {
		t.Fatal(err)
	}
	now, changed := n.Same(n)
	if len(changed) > 0 {
		t.Errorf("changed: %v", changed)
	}
	for e, to := range now {
		if int(to) != e {
			t.Errorf("edge %d is now %d", e, to)
		}
	}
}

// FuzzBuild builds and snaps on whatever streets bytes make: nothing may break what is true of every network.
func FuzzBuild(f *testing.F) {
	f.Add([]byte{0, 10, 10, 40, 40, 0xff, 0, 10, 40, 40, 10})
	f.Add([]byte{1, 10, 10, 40, 40, 10, 10, 0xff, 0, 10, 10, 10, 10, 200, 0, 0xff, 3, 9, 9, 9, 9})
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 400 {
			return
		}
		var streets []walk.Street
		for i, part := range split(data) {
			s := street(int64(i), int8(part[0]%3)-1, orb.LineString{})
			for j := 2; j < len(part); j += 2 {
				s.Shape[0] = append(s.Shape[0], orb.Point{121 + float64(part[j-1])*1.7e-6, 36 + float64(part[j])*1.3e-6})
			}
			streets = append(streets, s)
		}
		n, err := walk.Build(t.Context(), streets, []walk.Barrier{{Shape: orb.LineString{{121, 36}, {121.0003, 36.0003}}}}, walk.Options{JoinMM: 1500, IslandNodes: 3})
		if err != nil {
			t.Fatal(err)
		}
		for e, edge := range n.Edges {
			l := n.Line(uint32(e))
			if edge.MM == 0 || l[0] != n.At[edge.U] || l[len(l)-1] != n.At[edge.V] {
				t.Fatalf("edge %d is %+v and runs %v", e, edge, l)
			}
		}
		g := n.Graph(walk.Profile{})
		for _, s := range streets {
			for _, p := range s.Shape[0] {
				if spot, ok := g.Snap(p, walk.SnapLimitMM); ok {
					checkSpot(t, g, p, spot, 40)
				}
			}
		}
	})
}

// split cuts bytes at 0xff; the pieces are not empty.
func split(data []byte) (pieces [][]byte) {
	for len(data) > 0 {
		i := slices.Index(data, 0xff)
		if i < 0 {
			return append(pieces, data)
		}
		if i > 0 {
			pieces = append(pieces, data[:i])
		}
		data = data[i+1:]
	}
	return pieces
}
