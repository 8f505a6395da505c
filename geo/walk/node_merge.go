package walk

import "github.com/paulmach/orb"

// merging makes one place of crossings that are as near to each other, or to a vertex, as makes no difference: where three streets cross
// in one position rounding would have up to three. It depends on positions only, not on the order in which places come.
type merging struct {
	places []orb.Point
	stands map[uint32]uint32 // by place of a crossing: another one that stands for it, itself at last
	vertex map[uint32]uint32 // by such a last one: the vertex that stands for all of them, where there is one
}

// settle replaces places of crossings in cuts and findings by those that stand for them.
func (c *crossings) settle() {
	if len(c.made) == 0 {
		return
	}
	m := &c.merged
	m.places = c.places
	sortCuts(c.cuts)
	for i, k := range c.cuts {
		m.unite(k.place, c.at[k.seg])
		m.unite(k.place, c.at[k.seg+1])
		if i > 0 && c.cuts[i-1].seg == k.seg {
			m.unite(k.place, c.cuts[i-1].place)
		}
	}
	for i, k := range c.cuts {
		if place := m.final(k.place); place != k.place {
			c.cuts[i] = c.cutAt(k.seg, place)
		}
	}
	for i := range c.found {
		c.found[i].place = m.final(c.found[i].place)
	}
}

// final is the place that stands for another.
func (m *merging) final(place uint32) uint32 {
	if _, made := m.stands[place]; !made {
		return place
	}
	last := m.last(place)
	if v, there := m.vertex[last]; there {
		return v
	}
	return last
}

func (m *merging) last(place uint32) uint32 {
	for m.stands[place] != place {
		place = m.stands[place]
	}
	return place
}

// unite makes one of two places that are near, if a crossing made one of them.
func (m *merging) unite(a, b uint32) {
	_, madeA := m.stands[a]
	_, madeB := m.stands[b]
	if p, q := m.places[a], m.places[b]; a == b || !madeA && !madeB || scaleAt(p[1]).apart(p, q) > weldMM {
		return
	}
	switch {
	case !madeA:
		m.anchor(m.last(b), a)
	case !madeB:
		m.anchor(m.last(a), b)
	default:
		m.join(m.last(a), m.last(b))
	}
}

// join lets the first of two places stand for the other.
func (m *merging) join(a, b uint32) {
	if a == b {
		return
	}
	if before(m.places[b], m.places[a]) {
		a, b = b, a
	}
	m.stands[b] = a
	if v, there := m.vertex[b]; there {
		m.anchor(a, v)
	}
}

// anchor lets the first of the vertices near them stand for crossings.
func (m *merging) anchor(last, v uint32) {
	if known, there := m.vertex[last]; !there || before(m.places[v], m.places[known]) {
		m.vertex[last] = v
	}
}
