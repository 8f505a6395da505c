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
	order := make([]uint32, len(n.Edges))
	for i := range order {
		order[i] = uint32(i)
	}
	byEnds := func(a, b uint32) int {
		e, f := &n.Edges[a], &n.Edges[b]
		return cmp.Or(cmp.Compare(min(e.U, e.V), min(f.U, f.V)), cmp.Compare(max(e.U, e.V), max(f.U, f.V)))
	}
	slices.SortFunc(order, func(a, b uint32) int { return cmp.Or(byEnds(a, b), cmp.Compare(a, b)) })
	found := map[[2]uint32]*Finding{}
	var list []*Finding
	for from := 0; from < len(order); {
		to := from + 1
		for to < len(order) && byEnds(order[from], order[to]) == 0 {
			to++
		}
		for _, pair := range n.sameLines(order[from:to]) {
			streets := [2]uint32{n.Edges[pair[0]].Street, n.Edges[pair[1]].Street}
			if found[streets] == nil {
				found[streets] = &Finding{Kind: Repeats, Shape: orb.MultiLineString{}}
				list = append(list, found[streets])
			}
			found[streets].add(n, pair[1], n.Streets[streets[0]].Key, n.Streets[streets[1]].Key)
		}
		from = to
	}
	slices.SortFunc(list, func(a, b *Finding) int { return slices.Compare(a.Streets, b.Streets) })
	return settled(list)
}

// sameLines gives, for each of some edges with the same ends that runs along an earlier one, the two.
func (n *Network) sameLines(edges []uint32) (pairs [][2]uint32) {
	for i, e := range edges {
		for _, earlier := range edges[:i] {
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
