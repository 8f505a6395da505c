package walk

import (
	"cmp"
	"slices"
)

// cut makes a place a vertex of a segment.
type cut struct {
	seg, place uint32
	share      float64 // of the way along the segment
	beside     bool    // the place is not on the segment: its end has moved since
}

// cutAt is a cut where a place is nearest to a segment.
func (l *lines) cutAt(seg, place uint32) cut {
	p, a, b := l.places[place], l.point(seg), l.point(seg+1)
	share, d2 := scaleAt(p[1]).nearest(p, a, b)
	return cut{seg, place, share, d2 > 4*weldMM*weldMM}
}

func sortCuts(cuts []cut) {
	slices.SortFunc(cuts, func(a, b cut) int {
		return cmp.Or(cmp.Compare(a.seg, b.seg), cmp.Compare(a.share, b.share), cmp.Compare(a.place, b.place))
	})
}

// cut cuts segments. A segment's parts add up to its length, whichever way it runs.
func (l *lines) cut(cuts []cut) {
	sortCuts(cuts)
	n := &lines{streets: l.streets, places: l.places, street: l.street,
		at: make([]uint32, 0, len(l.at)+len(cuts)), mm: make([]uint32, 0, len(l.at)+len(cuts)),
		part: make([]uint32, 0, len(l.at)+len(cuts)), first: make([]uint32, 0, len(l.first))}
	for v := range l.at {
		if v == int(l.first[l.part[v]]) {
			n.first = append(n.first, uint32(len(n.at)))
		}
		n.push(l.at[v], l.mm[v], l.part[v])
		own := 0
		for own < len(cuts) && cuts[own].seg == uint32(v) {
			own++
		}
		if own > 0 {
			n.split(l.at[v], l.at[v+1], l.mm[v], cuts[:own])
			cuts = cuts[own:]
		}
	}
	n.first = append(n.first, uint32(len(n.at)))
	*l = *n
}

func (l *lines) push(place, mm, part uint32) {
	l.at, l.mm, l.part = append(l.at, place), append(l.mm, mm), append(l.part, part)
}

// split follows a vertex with the cuts of its segment, which runs from place a to place b. Offsets are rounded from the end that comes
// first by position, so that a street and its reverse are cut alike. A segment that is bent by its cuts is measured part by part.
func (l *lines) split(a, b, mm uint32, cuts []cut) {
	part, last := l.part[len(l.part)-1], len(l.at)-1
	forward := !before(l.places[b], l.places[a])
	bent := slices.ContainsFunc(cuts, func(c cut) bool { return c.beside })
	done := uint32(0)
	for i, c := range cuts {
		if c.place == a || c.place == b || i > 0 && c.place == cuts[i-1].place {
			continue
		}
		off := uint32(float64(mm)*c.share + 0.5)
		if !forward {
			off = mm - uint32(float64(mm)*(1-c.share)+0.5)
		}
		off = max(off, done+1)
		if off >= mm { // no room: a millimetre must do
			off = max(mm-1, done+1)
		}
		l.mm[last] = off - done
		if bent {
			l.mm[last] = segmentMM(l.places[l.at[last]], l.places[c.place])
		}
		l.push(c.place, 0, part)
		done, last = off, len(l.at)-1
	}
	l.mm[last] = max(mm, done+1) - done
	if bent {
		l.mm[last] = segmentMM(l.places[l.at[last]], l.places[b])
	}
}
