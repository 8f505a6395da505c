package walk

import "slices"

// bucketShift makes buckets of 2^14 mm, about 16 m: short enough that few labels are corrected, long enough that few buckets are empty.
const bucketShift = 14

// Searcher is the room in which searches work. It is kept and used again, by one goroutine at a time; the zero Searcher is ready.
//
// A search goes through nodes by distance in buckets; a node whose label becomes better inside its bucket is put in again, so the result
// is exact whatever the width of a bucket.
type Searcher struct {
	buckets [][]uint64 // distance<<32 | node
	least   int        // no bucket before it has anything
	touched []uint32
	mark    []uint32 // by node: the number of the change in which it was touched
	change  uint32
	far     []uint32 // by node: distances of Reach; all Never between calls
}

// Grow makes a tree anew from facilities. Those of a tree's limit of 0 reach nothing but their own edge. It allocates nothing once the
// searcher has seen a tree of the size.
func (s *Searcher) Grow(t *Tree, seeds []Seed) {
	s.ready(t.LimitMM)
	t.clear()
	for _, seed := range seeds {
		t.place(seed)
	}
	for _, seed := range seeds {
		s.plant(t, seed, false)
	}
	s.spread(t)
}

// Add puts a facility into a tree; one with its number is taken out before. Touched lists what changed.
func (s *Searcher) Add(t *Tree, seed Seed) {
	s.begin(t)
	if _, there := t.Seed(seed.Owner); there {
		s.remove(t, seed.Owner)
	}
	t.place(seed)
	s.plant(t, seed, true)
	s.spreadNoting(t)
}

// Remove takes a facility out of a tree; it does nothing where the tree has none of that number. Touched lists what changed.
func (s *Searcher) Remove(t *Tree, owner uint32) {
	s.begin(t)
	s.remove(t, owner)
}

// Touched lists the nodes whose distance or owner may have changed in the last Add or Remove, each once. The slice is the searcher's.
func (s *Searcher) Touched() []uint32 { return s.touched }

// begin starts a change of a tree.
func (s *Searcher) begin(t *Tree) {
	s.ready(t.LimitMM)
	s.touched = s.touched[:0]
	if len(s.mark) < len(t.Dist) {
		s.mark = make([]uint32, len(t.Dist))
	}
	if s.change++; s.change == 0 {
		clear(s.mark)
		s.change = 1
	}
}

func (s *Searcher) ready(limitMM uint32) {
	if n := int(limitMM>>bucketShift) + 1; n > len(s.buckets) {
		s.buckets = append(s.buckets, make([][]uint64, n-len(s.buckets))...)
	}
	s.least = len(s.buckets)
}

func (s *Searcher) note(node uint32) {
	if s.mark[node] != s.change {
		s.mark[node] = s.change
		s.touched = append(s.touched, node)
	}
}

// plant labels the two ends of a facility's edge with it.
func (s *Searcher) plant(t *Tree, seed Seed, noting bool) {
	e := &t.Graph.Net.Edges[seed.Edge]
	s.label(t, e.U, seed.PerpMM+seed.OffMM, seed.Owner, noting)
	s.label(t, e.V, seed.PerpMM+e.MM-seed.OffMM, seed.Owner, noting)
}

// label gives a node a distance and an owner if they are better than what it has.
func (s *Searcher) label(t *Tree, node, mm, owner uint32, noting bool) {
	if mm > t.LimitMM || mm > t.Dist[node] || mm == t.Dist[node] && !t.before(owner, t.Owner[node]) {
		return
	}
	t.Dist[node], t.Owner[node] = mm, owner
	if noting {
		s.note(node)
	}
	s.push(node, mm)
}

func (s *Searcher) push(node, mm uint32) {
	b := int(mm >> bucketShift)
	s.buckets[b] = append(s.buckets[b], uint64(mm)<<32|uint64(node))
	s.least = min(s.least, b)
}

// pop takes the last entry of a bucket that has one.
func (s *Searcher) pop(b int) (node, mm uint32) {
	last := len(s.buckets[b]) - 1
	entry := s.buckets[b][last]
	s.buckets[b] = s.buckets[b][:last]
	return uint32(entry), uint32(entry >> 32)
}

// spread carries labels on along the arcs until none gets better.
func (s *Searcher) spread(t *Tree) {
	off, arcs, limit := t.Graph.off, t.Graph.arcs, t.LimitMM
	for b := s.least; b <= int(limit>>bucketShift); b++ {
		for len(s.buckets[b]) > 0 {
			node, mm := s.pop(b)
			if t.Dist[node] != mm {
				continue
			}
			owner := t.Owner[node]
			for _, a := range arcs[off[node]:off[node+1]] {
				d := mm + a.mm
				if known := t.Dist[a.to]; d > known || d > limit || d == known && !t.before(owner, t.Owner[a.to]) {
					continue
				}
				t.Dist[a.to], t.Owner[a.to] = d, owner
				to := int(d >> bucketShift)
				s.buckets[to] = append(s.buckets[to], uint64(d)<<32|uint64(a.to))
			}
		}
	}
}

// spreadNoting is spread that also notes what it touches: changes are small, so it need not be as fast.
func (s *Searcher) spreadNoting(t *Tree) {
	off, arcs := t.Graph.off, t.Graph.arcs
	for b := s.least; b <= int(t.LimitMM>>bucketShift); b++ {
		for len(s.buckets[b]) > 0 {
			node, mm := s.pop(b)
			if t.Dist[node] != mm {
				continue
			}
			for _, a := range arcs[off[node]:off[node+1]] {
				s.label(t, a.to, mm+a.mm, t.Owner[node], true)
			}
		}
	}
}

// remove takes a facility out: what it owned is found from its ends, because the way from every node it owns leads through nodes that it
// owns; that region is labelled again from its rim and from other facilities in it.
func (s *Searcher) remove(t *Tree, owner uint32) {
	seed, there := t.unplace(owner)
	if !there {
		return
	}
	e, first := t.Graph.Net.Edges[seed.Edge], len(s.touched)
	s.lose(t, e.U, owner)
	s.lose(t, e.V, owner)
	for i := first; i < len(s.touched); i++ {
		for _, a := range t.Graph.arcsOf(s.touched[i]) {
			s.lose(t, a.to, owner)
		}
	}
	for _, node := range s.touched[first:] {
		s.regain(t, node)
	}
	s.spreadNoting(t)
}

// lose takes its label from a node that a facility owns.
func (s *Searcher) lose(t *Tree, node, owner uint32) {
	if t.Owner[node] == owner {
		t.Dist[node], t.Owner[node] = Never, None
		s.note(node)
	}
}

// regain labels a node from its neighbours and from facilities on its edges.
func (s *Searcher) regain(t *Tree, node uint32) {
	first, end := t.Graph.off[node], t.Graph.off[node+1]
	for i := first; i < end; i++ {
		a, edge := t.Graph.arcs[i], t.Graph.along[i]
		if t.Dist[a.to] != Never {
			s.label(t, node, t.Dist[a.to]+a.mm, t.Owner[a.to], true)
		}
		for o := t.first[edge]; o != None; o = t.next[o] {
			s.label(t, node, t.toEnd(t.seeds[o], node), o, true)
		}
	}
}

// toEnd is how far it is from a facility to an end of its edge.
func (t *Tree) toEnd(seed Seed, node uint32) uint32 {
	e := &t.Graph.Net.Edges[seed.Edge]
	switch {
	case e.U == node && e.V == node:
		return seed.PerpMM + min(seed.OffMM, e.MM-seed.OffMM)
	case e.U == node:
		return seed.PerpMM + seed.OffMM
	default:
		return seed.PerpMM + e.MM - seed.OffMM
	}
}

// arcsOf are the arcs that leave a node.
func (g *Graph) arcsOf(node uint32) []arc { return g.arcs[g.off[node]:g.off[node+1]] }

// Reach visits the nodes within a limit of one place, each once with its distance, in no order. Places on the same edge may be nearer
// along it (see [Beside]).
func (s *Searcher) Reach(g *Graph, from Spot, limitMM uint32, visit func(node, mm uint32)) {
	limitMM = min(limitMM, MaxLimitMM)
	s.ready(limitMM)
	s.touched = s.touched[:0]
	for len(s.far) < len(g.Net.At) {
		s.far = append(s.far, Never)
	}
	e := &g.Net.Edges[from.Edge]
	s.reached(e.U, from.PerpMM+from.OffMM, limitMM)
	s.reached(e.V, from.PerpMM+e.MM-from.OffMM, limitMM)
	for b := s.least; b <= int(limitMM>>bucketShift); b++ {
		for len(s.buckets[b]) > 0 {
			node, mm := s.pop(b)
			if s.far[node] != mm {
				continue
			}
			for _, a := range g.arcsOf(node) {
				s.reached(a.to, mm+a.mm, limitMM)
			}
		}
	}
	for _, node := range s.touched {
		visit(node, s.far[node])
	}
	for _, node := range s.touched {
		s.far[node] = Never
	}
}

func (s *Searcher) reached(node, mm, limitMM uint32) {
	if mm > limitMM || mm >= s.far[node] {
		return
	}
	if s.far[node] == Never {
		s.touched = append(s.touched, node)
	}
	s.far[node] = mm
	s.push(node, mm)
}

// Owned lists the nodes that a facility owns, ascending: those from which it is the nearest. The result is new.
func (s *Searcher) Owned(t *Tree, owner uint32) []uint32 {
	seed, there := t.Seed(owner)
	if !there {
		return nil
	}
	s.begin(t)
	e := t.Graph.Net.Edges[seed.Edge]
	s.collect(t, e.U, owner)
	s.collect(t, e.V, owner)
	for i := 0; i < len(s.touched); i++ {
		for _, a := range t.Graph.arcsOf(s.touched[i]) {
			s.collect(t, a.to, owner)
		}
	}
	own := slices.Clone(s.touched)
	slices.Sort(own)
	return own
}

func (s *Searcher) collect(t *Tree, node, owner uint32) {
	if t.Owner[node] == owner {
		s.note(node)
	}
}
