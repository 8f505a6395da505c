package walk

import "github.com/paulmach/orb"

// Path is a way from a place to its nearest facility.
type Path struct {
	Owner   uint32
	TotalMM uint32
	Legs    []Leg // the first and the last are off-street, the others along streets, one an edge; their lengths sum to TotalMM
}

// Leg is a stretch of a path.
type Leg struct {
	Edge         uint32 // None off-street
	FromMM, ToMM uint32 // along the edge from its U; FromMM is greater where it is walked from V to U
	MM           uint32
	Line         orb.LineString // its course in the direction of walking; nil off-street
}

// Path is a shortest way from a place on the graph to its nearest facility, false where that is beyond the limit. Of ways equally short it
// is the one that keeps to the lower node.
func (t *Tree) Path(s Spot) (Path, bool) {
	total, owner := t.At(s)
	if total == Never {
		return Path{}, false
	}
	seed := t.seeds[owner]
	p := Path{Owner: owner, TotalMM: total, Legs: []Leg{{Edge: None, MM: s.PerpMM}}}
	if s.Edge == seed.Edge && Beside(s, seed.Spot) == total {
		p.along(t.Graph, s.Edge, s.OffMM, seed.OffMM)
	} else {
		t.follow(&p, s, seed)
	}
	p.Legs = append(p.Legs, Leg{Edge: None, MM: seed.PerpMM})
	return p, true
}

// follow walks from a spot to the end of its edge that is nearer, and from node to node down to the facility.
func (t *Tree) follow(p *Path, s Spot, seed Seed) {
	e := &t.Graph.Net.Edges[s.Edge]
	node, end := e.U, uint32(0)
	if t.Owner[e.U] != p.Owner || through(t.Dist[e.U], s.PerpMM+s.OffMM) != p.TotalMM {
		node, end = e.V, e.MM
	}
	p.along(t.Graph, s.Edge, s.OffMM, end)
	for {
		if off, there := t.arrives(node, seed); there {
			p.along(t.Graph, seed.Edge, off, seed.OffMM)
			return
		}
		arc := t.back(node)
		edge, to := t.Graph.along[arc], t.Graph.arcs[arc].to
		e := &t.Graph.Net.Edges[edge]
		if e.U == node && e.V == to {
			p.along(t.Graph, edge, 0, e.MM)
		} else {
			p.along(t.Graph, edge, e.MM, 0)
		}
		node = to
	}
}

// arrives tells whether the facility is on an edge of the node, on the shortest way, and at which end of that edge the node is.
func (t *Tree) arrives(node uint32, seed Seed) (off uint32, there bool) {
	e := &t.Graph.Net.Edges[seed.Edge]
	if e.U == node && seed.PerpMM+seed.OffMM == t.Dist[node] {
		return 0, true
	}
	if e.V == node && seed.PerpMM+e.MM-seed.OffMM == t.Dist[node] {
		return e.MM, true
	}
	return 0, false
}

// back is the arc from a node to the one before it on its shortest way.
func (t *Tree) back(node uint32) uint32 {
	best := uint32(None)
	for i := t.Graph.off[node]; i < t.Graph.off[node+1]; i++ {
		a := t.Graph.arcs[i]
		if t.Owner[a.to] == t.Owner[node] && through(t.Dist[a.to], a.mm) == t.Dist[node] && (best == None || a.to < t.Graph.arcs[best].to) {
			best = i
		}
	}
	return best
}

// along appends a leg on an edge, unless it has no length.
func (p *Path) along(g *Graph, edge, from, to uint32) {
	if from == to {
		return
	}
	p.Legs = append(p.Legs, Leg{Edge: edge, FromMM: from, ToMM: to, MM: max(from, to) - min(from, to), Line: g.Stretch(edge, from, to)})
}
