package walk

import "slices"

// Tree is how far it is from every node to the nearest of some facilities, up to a limit, and which one that is. A node beyond the limit
// has Never and None. Of facilities equally near, the one with the lowest Key is the nearest, so a tree depends on nothing but its
// graph, its limit and its seeds, whatever the order in which they came. A Tree is changed by a [Searcher] only.
type Tree struct {
	Graph   *Graph
	LimitMM uint32
	Dist    []uint32 // by node, millimetres
	Owner   []uint32 // by node

	seeds []Seed   // by owner; Edge is None where there is none
	first []uint32 // by edge: an owner on it
	next  []uint32 // by owner: another one on its edge
}

// NewTree makes a tree without facilities. The limit is MaxLimitMM at most.
func NewTree(g *Graph, limitMM uint32) *Tree {
	t := &Tree{Graph: g, LimitMM: min(limitMM, MaxLimitMM),
		Dist: make([]uint32, len(g.Net.At)), Owner: make([]uint32, len(g.Net.At)), first: make([]uint32, len(g.Net.Edges))}
	t.clear()
	fill(t.first)
	return t
}

// Clone copies a tree: what is then done to one of the two is not seen in the other.
func (t *Tree) Clone() *Tree {
	c := *t
	c.Dist, c.Owner = slices.Clone(t.Dist), slices.Clone(t.Owner)
	c.seeds, c.first, c.next = slices.Clone(t.seeds), slices.Clone(t.first), slices.Clone(t.next)
	return &c
}

// Seed is the facility with a number; false where the tree has none.
func (t *Tree) Seed(owner uint32) (Seed, bool) {
	if int(owner) >= len(t.seeds) || t.seeds[owner].Edge == None {
		return Seed{}, false
	}
	return t.seeds[owner], true
}

// Occupied visits every facility on an edge, until yield answers false.
func (t *Tree) Occupied(edge uint32, yield func(Seed) bool) {
	for o := t.first[edge]; o != None; o = t.next[o] {
		if !yield(t.seeds[o]) {
			return
		}
	}
}

// Busy tells whether any facility is on an edge.
func (t *Tree) Busy(edge uint32) bool { return t.first[edge] != None }

// At is the distance of a place to its nearest facility, and which one: through either end of its edge or along the edge itself. It is
// Never and None beyond the limit. The spot must be one of the tree's graph.
func (t *Tree) At(s Spot) (mm, owner uint32) {
	e := &t.Graph.Net.Edges[s.Edge]
	mm, owner = Never, None
	t.nearer(&mm, &owner, through(t.Dist[e.U], s.PerpMM+s.OffMM), t.Owner[e.U])
	t.nearer(&mm, &owner, through(t.Dist[e.V], s.PerpMM+e.MM-s.OffMM), t.Owner[e.V])
	for o := t.first[s.Edge]; o != None; o = t.next[o] {
		t.nearer(&mm, &owner, Beside(s, t.seeds[o].Spot), o)
	}
	if mm > t.LimitMM {
		return Never, None
	}
	return mm, owner
}

// Beside is the distance of two places on one edge, along it.
func Beside(a, b Spot) uint32 {
	return a.PerpMM + b.PerpMM + max(a.OffMM, b.OffMM) - min(a.OffMM, b.OffMM)
}

// through adds to a distance, unless it is Never.
func through(dist, mm uint32) uint32 {
	if dist == Never {
		return Never
	}
	return dist + mm
}

// nearer takes a distance that is shorter than what is known, or as short and to a facility that goes before.
func (t *Tree) nearer(mm, owner *uint32, candidate, of uint32) {
	if candidate < *mm || candidate == *mm && candidate != Never && t.before(of, *owner) {
		*mm, *owner = candidate, of
	}
}

// before tells which of two facilities that are equally near is the nearest.
func (t *Tree) before(a, b uint32) bool {
	return b == None || a != b && t.seeds[a].Key < t.seeds[b].Key
}

// clear takes all facilities away.
func (t *Tree) clear() {
	for _, s := range t.seeds {
		if s.Edge != None {
			t.first[s.Edge] = None
		}
	}
	t.seeds, t.next = t.seeds[:0], t.next[:0]
	fill(t.Dist)
	fill(t.Owner)
}

// fill sets all to None, which is Never too, by copying ever longer runs.
func fill(s []uint32) {
	if len(s) == 0 {
		return
	}
	s[0] = None
	for n := 1; n < len(s); n *= 2 {
		copy(s[n:], s[:n])
	}
}

// place notes where a facility is.
func (t *Tree) place(s Seed) {
	for int(s.Owner) >= len(t.seeds) {
		t.seeds, t.next = append(t.seeds, Seed{Spot: Spot{Edge: None}}), append(t.next, None)
	}
	t.seeds[s.Owner] = s
	t.next[s.Owner], t.first[s.Edge] = t.first[s.Edge], s.Owner
}

// unplace forgets a facility and tells where it was.
func (t *Tree) unplace(owner uint32) (Seed, bool) {
	s, ok := t.Seed(owner)
	if !ok {
		return s, false
	}
	at := &t.first[s.Edge]
	for *at != owner {
		at = &t.next[*at]
	}
	*at = t.next[owner]
	t.seeds[owner].Edge, t.next[owner] = None, None
	return s, true
}
