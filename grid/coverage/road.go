package coverage

import (
	"cmp"
	"slices"

	"wangge/geo/walk"
)

// span is a stretch of an edge, millimetres from its U.
type span struct{ from, to uint32 }

// cover is what of an edge is within radii: stretches that do not meet, in order. It is room that is used again.
type cover struct {
	whole [MaxRadii]bool
	spans [MaxRadii][]span
}

// settle puts the stretches of a radius in order and joins those that meet; length is that of the edge.
func (c *cover) settle(k int, length uint32) {
	spans := c.spans[k]
	if len(spans) > 1 {
		slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
		n := 1
		for _, s := range spans[1:] {
			if last := &spans[n-1]; s.from <= last.to {
				last.to = max(last.to, s.to)
			} else {
				spans[n] = s
				n++
			}
		}
		c.spans[k] = spans[:n]
	}
	c.whole[k] = len(c.spans[k]) == 1 && c.spans[k][0] == span{0, length}
}

// within is how much of a stretch is covered at a radius.
func (c *cover) within(k int, from, to uint32) (mm uint32) {
	if c.whole[k] {
		return to - from
	}
	for _, s := range c.spans[k] {
		if a, b := max(s.from, from), min(s.to, to); a < b {
			mm += b - a
		}
	}
	return mm
}

// cover is what of an edge can be reached through its ends, and along it from facilities on it.
func (w *walkReach) cover(edge uint32, radiiMM []uint32, c *room) bool {
	e := &w.tree.Graph.Net.Edges[edge]
	du, dv := w.tree.Dist[e.U], w.tree.Dist[e.V]
	busy, last := w.tree.Busy(edge), radiiMM[len(radiiMM)-1]
	if du > last && dv > last && !busy {
		return false
	}
	for k, radius := range radiiMM {
		c.ends(k, e.MM, radius-min(radius, du), radius-min(radius, dv))
		if busy && !c.whole[k] {
			w.tree.Occupied(edge, func(s walk.Seed) bool {
				if s.PerpMM < radius {
					r := radius - s.PerpMM
					c.spans[k] = append(c.spans[k], span{s.OffMM - min(s.OffMM, r), min(e.MM, s.OffMM+r)})
				}
				return true
			})
			c.settle(k, e.MM)
		}
	}
	return true
}

// ends covers so much from the two ends of an edge of some length.
func (c *cover) ends(k int, length, fromU, fromV uint32) {
	c.spans[k] = c.spans[k][:0]
	if c.whole[k] = fromU >= length || fromV >= length-fromU; c.whole[k] {
		return
	}
	if fromU > 0 {
		c.spans[k] = append(c.spans[k], span{0, fromU})
	}
	if fromV > 0 {
		c.spans[k] = append(c.spans[k], span{length - fromV, length})
	}
}

// ways is the walkable streets cut at the borders of areas. It is immutable.
type ways struct {
	graph *walk.Graph
	areas *Areas
	first []uint32 // by edge, one more than edges
	parts []wayPart
	total []int64 // by area, millimetres
}

// wayPart is a stretch of an edge in an area. One in two areas is two parts.
type wayPart struct{ from, to, of uint32 }
