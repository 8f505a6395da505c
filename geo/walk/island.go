package walk

// parts are the connected parts of a network under a mask of edges.
type parts struct {
	of    []uint32 // by node: its part; None where no edge of the mask is
	nodes []int    // by part
	mm    []uint64 // by part: the length of its edges
}

// partsOf finds the parts that the edges for which has is true connect. Parts are numbered by their first node.
func (n *Network) partsOf(has func(edge int) bool) parts {
	root := make([]uint32, len(n.At))
	for i := range root {
		root[i] = None
	}
	find := func(v uint32) uint32 {
		if root[v] == None {
			root[v] = v
		}
		for root[v] != v {
			root[v] = root[root[v]]
			v = root[v]
		}
		return v
	}
	for i, e := range n.Edges {
		if has(i) {
			a, b := find(e.U), find(e.V)
			root[max(a, b)] = min(a, b)
		}
	}
	p := parts{of: make([]uint32, len(n.At))}
	for v := range root {
		switch {
		case root[v] == None:
			p.of[v] = None
			continue
		case root[v] == uint32(v):
			p.of[v] = uint32(len(p.nodes))
			p.nodes, p.mm = append(p.nodes, 0), append(p.mm, 0)
		default: // its root comes before it
			p.of[v] = p.of[find(uint32(v))]
		}
		p.nodes[p.of[v]]++
	}
	for i, e := range n.Edges {
		if has(i) {
			p.mm[p.of[e.U]] += uint64(e.MM)
		}
	}
	return p
}

// main tells of each part whether it is no island: it has islandNodes nodes or, where no part has, it is the largest.
func (p parts) main(islandNodes int) []bool {
	keep, some, largest := make([]bool, len(p.nodes)), false, 0
	for i, nodes := range p.nodes {
		keep[i] = nodes >= islandNodes
		some = some || keep[i]
		if nodes > p.nodes[largest] || nodes == p.nodes[largest] && p.mm[i] > p.mm[largest] {
			largest = i
		}
	}
	if !some && len(keep) > 0 {
		keep[largest] = true
	}
	return keep
}
