package walk

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// Same tells which edge of a network each edge of an older one is now, None where it is gone, and the bounds of all edges and barriers
// that only one of the two has. Edges that are the same come in the same order in both; one that moved past others counts as gone and new,
// for the order of edges decides between those equally near.
func (n *Network) Same(old *Network) (now []uint32, changed []orb.Bound) {
	now = n.match(old)
	stays := make([]bool, len(n.Edges))
	for e, to := range now {
		if to == None {
			changed = append(changed, old.Line(uint32(e)).Bound())
		} else {
			stays[to] = true
		}
	}
	for e, same := range stays {
		if !same {
			changed = append(changed, n.Line(uint32(e)).Bound())
		}
	}
	return now, append(changed, changedBarriers(old.Barriers, n.Barriers)...)
}

// match finds for every edge of an older network the same edge, in ascending order: mostly the one that follows the last.
func (n *Network) match(old *Network) []uint32 {
	var found *finder
	now, next := make([]uint32, len(old.Edges)), uint32(0)
	for e := range now {
		now[e] = None
		if int(next) < len(n.Edges) && n.sameEdge(next, old, uint32(e)) {
			now[e], next = next, next+1
			continue
		}
		if found == nil {
			found = n.finder()
		}
		for c := found.first(old.print(uint32(e))); c != None; c = found.next[c] {
			if c >= next && n.sameEdge(c, old, uint32(e)) {
				now[e], next = c, c+1
				break
			}
		}
	}
	return now
}

// finder finds edges by their prints.
type finder struct {
	lowest map[uint64]uint32 // by print
	next   []uint32          // by edge: the next higher one with its print
}

func (n *Network) finder() *finder {
	f := &finder{lowest: make(map[uint64]uint32, len(n.Edges)), next: make([]uint32, len(n.Edges))}
	for e := len(n.Edges) - 1; e >= 0; e-- {
		p := n.print(uint32(e))
		f.next[e] = f.first(p)
		f.lowest[p] = uint32(e)
	}
	return f
}

func (f *finder) first(number uint64) uint32 {
	if e, there := f.lowest[number]; there {
		return e
	}
	return None
}

// print is a number that equal edges share.
func (n *Network) print(edge uint32) uint64 {
	h := mix(uint64(n.Streets[n.Edges[edge].Street].Key), uint64(n.Edges[edge].MM))
	for _, p := range n.Line(edge) {
		h = mix(h, math.Float64bits(p[0]))
		h = mix(h, math.Float64bits(p[1]))
	}
	return h
}

func mix(h, v uint64) uint64 {
	h = (h ^ v) * 0x9e3779b97f4a7c15
	return h ^ h>>32
}

func (n *Network) sameEdge(edge uint32, old *Network, was uint32) bool {
	first, end := n.span(edge)
	oldFirst, oldEnd := old.span(was)
	return n.Streets[n.Edges[edge].Street].Key == old.Streets[old.Edges[was].Street].Key &&
		slices.Equal(n.shape[first:end], old.shape[oldFirst:oldEnd]) && slices.Equal(n.along[first:end], old.along[oldFirst:oldEnd])
}

// changedBarriers are the bounds of barriers that only one of two lists has.
func changedBarriers(old, now []Barrier) (changed []orb.Bound) {
	count := map[uint64]int{}
	for _, b := range old {
		count[b.print()]++
	}
	for _, b := range now {
		if p := b.print(); count[p] > 0 {
			count[p]--
		} else {
			changed = append(changed, b.Shape.Bound())
		}
	}
	for _, b := range old {
		if p := b.print(); count[p] > 0 {
			count[p]--
			changed = append(changed, b.Shape.Bound())
		}
	}
	return changed
}

func (b Barrier) print() uint64 {
	h := uint64(len(b.Shape))
	for _, p := range b.Shape {
		h = mix(mix(h, math.Float64bits(p[0])), math.Float64bits(p[1]))
	}
	return h
}

// Same is [Network.Same] for what a profile may use: edges that became usable or ceased to be are among what changed. A place that is
// farther from all of that than the snap limit snaps as before, to the edge that its old one is now.
func (g *Graph) Same(old *Graph) (now []uint32, changed []orb.Bound) {
	now, changed = g.Net.Same(old.Net)
	for e, to := range now {
		if to != None && g.usable[to] != old.usable[e] {
			changed = append(changed, old.Net.Line(uint32(e)).Bound())
		}
	}
	return now, changed
}
