package coverage

import (
	"context"

	"github.com/paulmach/orb"

	"wangge/geo/walk"
)

// lay is the hexagons of a sheet in the order in which distances are worked out: by groups, those without network last. A group is an edge of
// the network, or in straight mode a block of ground. A hexagon's number in this order is its place. It is immutable.
type lay struct {
	sheet *Sheet
	order []uint32 // by place: the hexagon
	first []uint32 // by group: its first place; one more at the end
	on    int      // places with network

	graph *walk.Graph // nil in straight mode
	spots []walk.Spot // by hexagon
	ends  []stand     // by place below on
	at    []orb.Point // by place, in straight mode
	alts  shelf[bool, *alternatives]
}

// stand is how a hexagon reaches the two ends of its edge.
type stand struct{ u, v, du, dv uint32 }

func standOf(g *walk.Graph, s walk.Spot) stand {
	e := &g.Net.Edges[s.Edge]
	return stand{e.U, e.V, s.PerpMM + s.OffMM, s.PerpMM + e.MM - s.OffMM}
}

// layOn snaps the hexagons of a sheet to a network. Those that nothing changed near, keep where an earlier lay of the sheet has them.
func layOn(ctx context.Context, sheet *Sheet, g *walk.Graph, before *lay) (*lay, error) {
	l := &lay{sheet: sheet, graph: g, spots: make([]walk.Spot, sheet.Len())}
	if before == nil || before.sheet != sheet || !l.keep(before) {
		if err := g.SnapAll(ctx, sheet.At, sheet.Len(), l.spots); err != nil {
			return nil, err
		}
	}
	l.arrange(len(g.Net.Edges), func(i int) uint32 { return l.spots[i].Edge })
	l.ends = make([]stand, l.on)
	for place := range l.ends {
		l.ends[place] = standOf(g, l.spots[l.order[place]])
	}
	return l, ctx.Err()
}

// keep takes over what is still true of an earlier lay and snaps the rest; false where that is not worth the while.
func (l *lay) keep(before *lay) bool {
	now, changed := l.graph.Same(before.graph)
	if len(now) != len(before.graph.Net.Edges) {
		return false
	}
	const worth = 4096
	if len(changed) > worth {
		return false
	}
	again := make([]bool, l.sheet.Len())
	for _, b := range changed {
		l.sheet.Near(padded(b, walk.SnapLimitMM), func(i int) bool { again[i] = true; return true })
	}
	for i, s := range before.spots {
		switch {
		case s.Edge == walk.None && !again[i]:
			l.spots[i] = s
		case s.Edge != walk.None && !again[i] && now[s.Edge] != walk.None:
			s.Edge = now[s.Edge]
			l.spots[i] = s
		default:
			l.spots[i] = snapOrNone(l.graph, l.sheet.At(i))
		}
	}
	return true
}

func snapOrNone(g *walk.Graph, p orb.Point) walk.Spot {
	s, ok := g.Snap(p, walk.SnapLimitMM)
	if !ok {
		s.Edge = walk.None
	}
	return s
}

// padded is a bound with so much more on every side, at least.
func padded(b orb.Bound, mm float64) orb.Bound {
	const more = 1.02
	x, y := planeAt(max(b.Max[1], -b.Min[1]))
	return orb.Bound{Min: orb.Point{b.Min[0] - more*mm/x, b.Min[1] - more*mm/y}, Max: orb.Point{b.Max[0] + more*mm/x, b.Max[1] + more*mm/y}}
}

// arrange puts hexagons in order of their groups; those of group walk.None come last.
func (l *lay) arrange(groups int, of func(i int) uint32) {
	n := l.sheet.Len()
	l.first, l.order = make([]uint32, groups+1), make([]uint32, n)
	for i := range n {
		if g := of(i); g != walk.None {
			l.first[g]++
			l.on++
		}
	}
	sum := uint32(0)
	for g, count := range l.first {
		l.first[g] = sum
		sum += count
	}
	next, off := make([]uint32, groups), l.on
	copy(next, l.first)
	for i := range n {
		g := of(i)
		if g == walk.None {
			l.order[off] = uint32(i)
			off++
			continue
		}
		l.order[next[g]] = uint32(i)
		next[g]++
	}
}

// incidence is the edges at every node.
type incidence struct{ first, edges []uint32 }

func newIncidence(n *walk.Network) *incidence {
	in := &incidence{first: make([]uint32, len(n.At)+1), edges: make([]uint32, 2*len(n.Edges))}
	for i := range n.Edges {
		in.first[n.Edges[i].U]++
		in.first[n.Edges[i].V]++
	}
	sum := uint32(0)
	for i, count := range in.first {
		sum += count
		in.first[i] = sum
	}
	for i := len(n.Edges) - 1; i >= 0; i-- {
		for _, node := range [2]uint32{n.Edges[i].U, n.Edges[i].V} {
			in.first[node]--
			in.edges[in.first[node]] = uint32(i)
		}
	}
	return in
}

func (in *incidence) at(node uint32) []uint32 { return in.edges[in.first[node]:in.first[node+1]] }
