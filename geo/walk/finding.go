package walk

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb"
)

// islands reports the parts of the whole network that are connected to nothing else, whatever profile.
func (n *Network) islands() []Finding {
	p := n.partsOf(func(int) bool { return true })
	keep := p.main(n.islandNodes)
	found := make([]*Finding, len(keep))
	var list []*Finding
	for i, e := range n.Edges {
		part := p.of[e.U]
		if keep[part] {
			continue
		}
		if found[part] == nil {
			found[part] = &Finding{Kind: Island, Shape: orb.MultiLineString{}, Nodes: p.nodes[part]}
			list = append(list, found[part])
		}
		found[part].add(n, uint32(i), n.Streets[e.Street].Key)
	}
	return settled(list)
}

// add adds an edge to what a finding is about.
func (f *Finding) add(n *Network, edge uint32, keys ...int64) {
	f.Shape = append(f.Shape.(orb.MultiLineString), n.Line(edge))
	f.Streets = append(f.Streets, keys...)
	f.MM += min(n.Edges[edge].MM, Never-f.MM)
}

// settled gives findings with each street once.
func settled(list []*Finding) []Finding {
	out := make([]Finding, len(list))
	for i, f := range list {
		slices.Sort(f.Streets)
		f.Streets = slices.Compact(f.Streets)
		out[i] = *f
	}
	return out
}

// repeats reports streets that run along the same line for at least one edge, each pair of streets once.
func (n *Network) repeats() []Finding {
	found := map[[2]uint32]*Finding{}
	var list []*Finding
	first, edges := n.byLowerNode()
	for v := range n.At {
		for _, pair := range n.sameLines(edges[first[v]:first[v+1]]) {
			streets := [2]uint32{n.Edges[pair[0]].Street, n.Edges[pair[1]].Street}
			if found[streets] == nil {
				found[streets] = &Finding{Kind: Repeats, Shape: orb.MultiLineString{}}
				list = append(list, found[streets])
			}
			found[streets].add(n, pair[1], n.Streets[streets[0]].Key, n.Streets[streets[1]].Key)
		}
	}
	slices.SortStableFunc(list, func(a, b *Finding) int { return slices.Compare(a.Streets[:2], b.Streets[:2]) })
	return settled(list)
}

// byLowerNode lists the edges by the lower of their nodes; those of node v are edges[first[v]:first[v+1]], ascending by the higher one,
// then by number.
func (n *Network) byLowerNode() (first, edges []uint32) {
	first, edges = make([]uint32, len(n.At)+1), make([]uint32, len(n.Edges))
	for _, e := range n.Edges {
		first[min(e.U, e.V)]++
	}
	total := uint32(0)
	for v, count := range first {
		total += count
		first[v] = total
	}
	for i, e := range slices.Backward(n.Edges) {
		v := min(e.U, e.V)
		first[v]--
		edges[first[v]] = uint32(i)
	}
	for v := range n.At {
		slices.SortStableFunc(edges[first[v]:first[v+1]], func(a, b uint32) int {
			return cmp.Compare(max(n.Edges[a].U, n.Edges[a].V), max(n.Edges[b].U, n.Edges[b].V))
		})
	}
	return first, edges
}

// sameLines gives, for each of the edges of one lower node that runs along an earlier one, the two.
func (n *Network) sameLines(edges []uint32) (pairs [][2]uint32) {
	from := 0
	for i, e := range edges {
		if max(n.Edges[e].U, n.Edges[e].V) != max(n.Edges[edges[from]].U, n.Edges[edges[from]].V) {
			from = i
		}
		for _, earlier := range edges[from:i] {
			if n.sameLine(earlier, e) {
				pairs = append(pairs, [2]uint32{earlier, e})
				break
			}
		}
	}
	return pairs
}

func (n *Network) sameLine(a, b uint32) bool {
	p, q := n.Line(a), n.Line(b)
	if slices.Equal(p, q) {
		return true
	}
	if len(p) != len(q) {
		return false
	}
	for i := range p {
		if p[i] != q[len(q)-1-i] {
			return false
		}
	}
	return true
}
