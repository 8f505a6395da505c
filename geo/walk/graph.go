package walk

import (
	"slices"

	"github.com/paulmach/orb"
)

// Graph is what a profile may use of a network. It is immutable.
type Graph struct {
	Net     *Network
	Profile Profile

	off    []uint32 // by node: where its arcs begin; one more at the end
	arcs   []arc
	along  []uint32 // by arc: its edge; apart, so that a search reads eight bytes an arc
	usable []bool   // by edge: the profile may use it and it is no island
}

// arc is an edge seen from one of its ends.
type arc struct {
	to, mm uint32
}

// Graph is what a profile may use of the network: edges without the traits it goes without, unless these are an island for it.
func (n *Network) Graph(p Profile) *Graph {
	g := &Graph{Net: n, Profile: p, off: make([]uint32, len(n.At)+1), usable: make([]bool, len(n.Edges))}
	may := func(edge int) bool { return n.Edges[edge].Traits&p.Without == 0 }
	connected := n.partsOf(may)
	keep := connected.main(n.islandNodes)
	for i, e := range n.Edges {
		if may(i) && keep[connected.of[e.U]] {
			g.usable[i] = true
			g.off[e.U]++
			g.off[e.V]++
		}
	}
	total := uint32(0)
	for v, degree := range g.off {
		total += degree
		g.off[v] = total
	}
	g.arcs, g.along = make([]arc, total), make([]uint32, total)
	for i, e := range slices.Backward(n.Edges) {
		if g.usable[i] {
			g.arc(e.V, arc{e.U, e.MM}, i)
			g.arc(e.U, arc{e.V, e.MM}, i)
		}
	}
	return g
}

func (g *Graph) arc(from uint32, a arc, edge int) {
	g.off[from]--
	g.arcs[g.off[from]], g.along[g.off[from]] = a, uint32(edge)
}

// Usable tells whether the profile may use an edge and the edge is on no island.
func (g *Graph) Usable(edge uint32) bool { return g.usable[edge] }

// Point is the position of a spot.
func (g *Graph) Point(s Spot) orb.Point {
	i, share := g.Net.locate(s.Edge, s.OffMM)
	return between(g.Net.shape[i], g.Net.shape[i+1], share)
}

// locate is the segment of an edge on which an offset lies, and its share of the way along it.
func (n *Network) locate(edge, offMM uint32) (seg uint32, share float64) {
	first, end := n.span(edge)
	i, _ := slices.BinarySearch(n.along[first+1:end-1], offMM)
	seg = first + uint32(i)
	return seg, float64(offMM-min(offMM, n.along[seg])) / float64(n.along[seg+1]-n.along[seg])
}

// Stretch is the course of an edge from one offset to another, backwards where from is beyond to; a single position twice where they are
// equal. The slice is new.
func (g *Graph) Stretch(edge, fromMM, toMM uint32) orb.LineString {
	low, high := min(fromMM, toMM), max(fromMM, toMM)
	a, shareA := g.Net.locate(edge, low)
	b, shareB := g.Net.locate(edge, high)
	shape := g.Net.shape
	line := orb.LineString{between(shape[a], shape[a+1], shareA)}
	for i := a + 1; i <= b; i++ {
		if shape[i] != line[len(line)-1] {
			line = append(line, shape[i])
		}
	}
	if last := between(shape[b], shape[b+1], shareB); len(line) == 1 || last != line[len(line)-1] {
		line = append(line, last)
	}
	if fromMM > toMM {
		slices.Reverse(line)
	}
	return line
}
