package walk

import (
	"context"
	"slices"
	"sync"

	"github.com/paulmach/orb"
)

// maxJoinMM bounds Options.JoinMM: farther apart are streets of their own.
const maxJoinMM = 20_000

// Build makes a network of streets: it cuts them where they meet, measures the parts and notes what is noteworthy. Barriers are kept for
// snapping. Positions that are no numbers are left out. It fails where ctx ends, and with ErrTangled.
func Build(ctx context.Context, streets []Street, barriers []Barrier, o Options) (*Network, error) {
	l := newLines(streets)
	joinMM := min(o.JoinMM, maxJoinMM)
	grid := newCells(len(l.at), l.segment, nodeSideM, float64(joinMM))
	cuts, joined := l.join(joinMM, grid)
	cuts, crossed, err := l.cross(ctx, grid, cuts)
	if err != nil {
		return nil, err
	}
	l.cut(cuts)
	l.apart()
	n := &Network{Streets: streets, Barriers: barriers, islandNodes: o.IslandNodes}
	n.edges(l)
	var beside sync.WaitGroup
	beside.Go(n.index)
	n.Findings = slices.Concat(joined, crossed, n.islands(), n.repeats())
	beside.Wait()
	return n, ctx.Err()
}

// edges makes nodes of the places where streets end or meet, and edges of what is between them.
func (n *Network) edges(l *lines) {
	node := make([]uint32, len(l.places))
	for i := range node {
		node[i] = None
	}
	n.shape = make([]orb.Point, 0, len(l.at)+len(l.at)/2)
	n.along = make([]uint32, 0, len(l.at)+len(l.at)/2)
	at := func(v uint32) uint32 {
		place := l.at[v]
		if node[place] == None {
			node[place] = uint32(len(n.At))
			n.At = append(n.At, l.places[place])
		}
		return node[place]
	}
	var from uint64
	for part := range l.street {
		if part == 0 || l.street[part] != l.street[part-1] {
			from = 0
		}
		first, end := l.first[part], l.first[part+1]
		e := l.begin(part, at(first), from)
		n.trace(l.point(first), 0)
		var mm uint64
		for v := first + 1; v < end; v++ {
			mm += uint64(l.mm[v-1])
			n.trace(l.point(v), mm)
			if v+1 < end && l.uses[l.at[v]] < 2 {
				continue
			}
			e.V, e.MM = at(v), n.along[len(n.along)-1]
			n.Edges, n.ends = append(n.Edges, e), append(n.ends, uint32(len(n.shape)))
			from += mm
			mm = 0
			if v+1 < end {
				e = l.begin(part, e.V, from)
				n.trace(l.point(v), 0)
			}
		}
	}
}

func (l *lines) begin(part int, u uint32, from uint64) Edge {
	return Edge{U: u, Street: l.street[part], FromMM: uint32(min(from, maxSegmentMM)), Traits: l.streets[l.street[part]].Traits}
}

func (n *Network) trace(p orb.Point, mm uint64) {
	n.shape, n.along = append(n.shape, p), append(n.along, uint32(min(mm, maxSegmentMM)))
}

// span is where the shape of an edge begins and ends.
func (n *Network) span(edge uint32) (first, end uint32) {
	if edge > 0 {
		first = n.ends[edge-1]
	}
	return first, n.ends[edge]
}
