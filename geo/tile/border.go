package tile

import "slices"

// edge repairs polygons that were cut at the clip box. Seen along the box, a cut ring consists of chains through the
// inside and of stretches of the box's edge. Stretches run in both directions are bridges and cancel; so do those that
// an outer ring and one of its holes share. Every end of a chain or of what is left of the edge has as many lines
// coming as going, so they can always be threaded into closed rings, and the area stays what it was.
//
// A position on the edge is its distance from the north-western corner, clockwise on the screen: side × number of the
// side (north, east, south, west) + way along it.
type edge struct {
	side  int32
	lo    int32
	links []link
	marks []stretchEnd
	from  []int32 // where links start, sorted, without repetition
	next  []int   // per entry of from: its first unused link
	seen  []int   // per entry of from: 1 + its place on the path, or 0
	path  []int
	src   []point // the rings as they were cut
	ends  []int
}

// link is a directed line between two positions on the edge: a chain (src[start:end], both ends on the edge), or, with
// start == end, a stretch of the edge itself.
type link struct {
	from, to   int32
	start, end int
}

// stretchEnd is where the balance of runs along the edge changes: by +1 where one clockwise starts or one
// anticlockwise ends.
type stretchEnd struct {
	at    int32
	delta int
}

// resolve replaces the rings of one polygon by rings without bridges.
func (e *edge) resolve(p *plane, r *rings) {
	e.side, e.lo = p.hi-p.lo, p.lo
	e.src = append(e.src[:0], r.pts...)
	e.ends = append(e.ends[:0], r.ends...)
	e.links, e.marks = e.links[:0], e.marks[:0]
	r.reset()
	start := 0
	for _, end := range e.ends {
		e.split(r, start, end)
		start = end
	}
	e.balance()
	e.thread(r)
}

// split takes one ring apart. A ring without a stretch of the edge stays whole.
func (e *edge) split(r *rings, start, end int) {
	first := -1 // the end of a stretch: there a chain may start
	for i := start; i < end; i++ {
		if e.stretch(e.src[prevIn(i, start, end)], e.src[i]) {
			first = i
		}
	}
	if first < 0 {
		r.keep(append(r.pts, e.src[start:end]...), false, false)
		return
	}
	rotate(e.src[start:end], first-start)
	// Now the ring starts where a stretch ended, and its last segment is that stretch.
	chain := start
	for i := start + 1; i <= end; i++ {
		at := i
		if i == end {
			at = start
		}
		if e.side1(e.src[i-1], e.src[at]) < 0 {
			continue
		}
		if i-1 > chain {
			e.links = append(e.links, link{e.node(e.src[chain]), e.node(e.src[i-1]), chain, i})
		}
		chain = i
	}
}

func prevIn(i, start, end int) int {
	if i == start {
		return end - 1
	}
	return i - 1
}

// rotate turns a ring so that position k comes first.
func rotate(ring []point, k int) {
	slices.Reverse(ring[:k])
	slices.Reverse(ring[k:])
	slices.Reverse(ring)
}

// stretch records a segment that lies on the edge, and tells whether it does.
func (e *edge) stretch(a, b point) bool {
	s := e.side1(a, b)
	if s < 0 {
		return false
	}
	from, to := e.along(s, a), e.along(s, b)
	if from < to {
		e.marks = append(e.marks, stretchEnd{from, 1}, stretchEnd{to, -1})
	} else {
		e.marks = append(e.marks, stretchEnd{to, -1}, stretchEnd{from, 1})
	}
	return true
}

// side1 is the number of the side that both positions lie on, or -1.
func (e *edge) side1(a, b point) int32 {
	hi := e.lo + e.side
	switch {
	case a.y == e.lo && b.y == e.lo:
		return 0
	case a.x == hi && b.x == hi:
		return 1
	case a.y == hi && b.y == hi:
		return 2
	case a.x == e.lo && b.x == e.lo:
		return 3
	}
	return -1
}

// along is the place on the edge of a position on side s.
func (e *edge) along(s int32, q point) int32 {
	way := q.x - e.lo
	switch s {
	case 1:
		way = q.y - e.lo
	case 2:
		way = e.lo + e.side - q.x
	case 3:
		way = e.lo + e.side - q.y
	}
	return s*e.side + way
}

// node is along for a position on the edge; the north-western corner is 0.
func (e *edge) node(q point) int32 {
	for s := range int32(4) {
		if e.side1(q, q) == s || s == 3 {
			return e.along(s, q) % (4 * e.side)
		}
	}
	return 0
}

// position is the inverse of node.
func (e *edge) position(at int32) point {
	way, hi := at%e.side, e.lo+e.side
	switch at / e.side {
	case 0:
		return point{e.lo + way, e.lo}
	case 1:
		return point{hi, e.lo + way}
	case 2:
		return point{hi - way, hi}
	}
	return point{e.lo, hi - way}
}

// balance turns the stretches into links, as many as are left after opposite ones cancel.
func (e *edge) balance() {
	slices.SortFunc(e.marks, func(a, b stretchEnd) int { return int(a.at) - int(b.at) })
	runs, all := 0, 4*e.side
	for i, m := range e.marks {
		runs += m.delta
		if i+1 == len(e.marks) || e.marks[i+1].at == m.at {
			continue
		}
		from, to := m.at%all, e.marks[i+1].at%all
		for range runs {
			e.links = append(e.links, link{from: from, to: to})
		}
		for range -runs {
			e.links = append(e.links, link{from: to, to: from})
		}
	}
}

// thread follows the links until all are used. Whenever the path meets itself it has closed a ring, which is taken off,
// so no ring passes the same place of the edge twice.
func (e *edge) thread(r *rings) {
	slices.SortFunc(e.links, func(a, b link) int { return int(a.from) - int(b.from) })
	e.from, e.next, e.seen = e.from[:0], e.next[:0], e.seen[:0]
	for i, l := range e.links {
		if i == 0 || l.from != e.links[i-1].from {
			e.from, e.next, e.seen = append(e.from, l.from), append(e.next, i), append(e.seen, 0)
		}
	}
	for n := range e.from {
		for e.unused(n) {
			e.follow(r, n)
		}
	}
}

// unused tells whether a link that starts at node number n is left.
func (e *edge) unused(n int) bool {
	i := e.next[n]
	return i < len(e.links) && e.links[i].from == e.from[n]
}

// follow starts at node number n and goes on until it is back with an empty path.
func (e *edge) follow(r *rings, n int) {
	e.path = e.path[:0]
	for {
		if at := e.seen[n] - 1; at >= 0 {
			e.take(r, at)
		}
		if !e.unused(n) {
			return
		}
		i := e.next[n]
		e.next[n]++
		e.path = append(e.path, i)
		e.seen[n] = len(e.path)
		var found bool
		if n, found = slices.BinarySearch(e.from, e.links[i].to); !found {
			return
		}
	}
}

// take makes a ring of the links from place at of the path to its end, and shortens the path to there.
func (e *edge) take(r *rings, at int) {
	pts := r.pts
	for _, i := range e.path[at:] {
		l := e.links[i]
		if n, found := slices.BinarySearch(e.from, l.from); found {
			e.seen[n] = 0
		}
		if l.start == l.end {
			pts = append(pts, e.position(l.from))
		} else {
			pts = append(pts, e.src[l.start:l.end-1]...)
		}
	}
	e.path = e.path[:at]
	r.keep(pts, false, false)
}
