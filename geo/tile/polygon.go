package tile

import "slices"

// rings is a flat list of rings, none of which repeats its first position.
type rings struct {
	pts  []point
	ends []int
	area []int64 // twice the signed area, positive for outer rings
}

func (r *rings) reset() { r.pts, r.ends, r.area = r.pts[:0], r.ends[:0], r.area[:0] }

func (r *rings) start(i int) int {
	if i == 0 {
		return 0
	}
	return r.ends[i-1]
}

func (r *rings) at(i int) []point { return r.pts[r.start(i):r.ends[i]] }

// keep ends the ring that is appended to pts: it is tidied, and dropped where no area is left. Where it is known which
// kind of ring it is, it is turned accordingly.
func (r *rings) keep(pts []point, known, outer bool) bool {
	first := len(r.pts)
	ring := tidy(pts[first:])
	area := area2(ring)
	if area == 0 {
		return false
	}
	if known && (area > 0) != outer {
		slices.Reverse(ring)
		area = -area
	}
	r.pts = pts[:first+len(ring)]
	r.ends = append(r.ends, len(r.pts))
	r.area = append(r.area, area)
	return true
}

// polygons clips, turns and writes each polygon.
func (s *shape) polygons(p *plane, g Geometry) {
	rings := uint32(max(len(g.Ends), 1))
	first := uint32(0)
	for i := range max(len(g.Polys), 1) {
		last := rings
		if g.Polys != nil {
			last = g.Polys[i]
		}
		s.polygon(p, g, first, last)
		first = last
	}
}

// polygon deals with the rings first … last-1 of g.
func (s *shape) polygon(p *plane, g Geometry, first, last uint32) {
	s.rings.reset()
	cut := false
	for i := first; i < last; i++ {
		kept, clipped := s.ring(p, ringXY(g, i), i == first)
		if i == first && !kept {
			return
		}
		cut = cut || kept && clipped
	}
	if cut {
		s.edge.resolve(p, &s.rings)
		s.writePieces()
		return
	}
	for i := range s.rings.ends {
		s.writeRing(s.rings.at(i))
	}
}

// ringXY is the window of ring i.
func ringXY(g Geometry, i uint32) []uint32 {
	if g.Ends == nil {
		return g.XY
	}
	start := uint32(0)
	if i > 0 {
		start = g.Ends[i-1]
	}
	return g.XY[2*start : 2*g.Ends[i]]
}

// ring rounds, turns and clips a ring into s.rings and tells whether anything was kept and whether it was cut.
func (s *shape) ring(p *plane, xy []uint32, outer bool) (kept, cut bool) {
	first := len(s.rings.pts)
	pts, b := p.round(s.rings.pts, xy)
	s.rings.pts = pts[:first]
	ring := opened(pts[first:])
	if len(ring) < 3 || p.misses(b) {
		return false, false
	}
	if p.holds(b) {
		return s.rings.keep(pts[:first+len(ring)], true, outer), false
	}
	sign := orientation(ring)
	if sign == 0 {
		return false, false
	}
	if (sign > 0) != outer {
		slices.Reverse(ring)
	}
	ring = s.clipRing(p, ring, b)
	if len(ring) < 3 {
		return false, true
	}
	// The edge still has to work on it; its area matters only then.
	s.rings.pts = append(s.rings.pts, ring...)
	s.rings.ends = append(s.rings.ends, len(s.rings.pts))
	s.rings.area = append(s.rings.area, 0)
	return true, true
}

// opened is a ring without positions at its end that repeat the first.
func opened(ring []point) []point {
	for len(ring) > 1 && ring[0] == ring[len(ring)-1] {
		ring = ring[:len(ring)-1]
	}
	return ring
}

// clipRing cuts a ring at the sides its box reaches over.
func (s *shape) clipRing(p *plane, ring []point, b box) []point {
	reaches := [4]bool{b.minX < p.lo, b.maxX > p.hi, b.minY < p.lo, b.maxY > p.hi}
	for side := west; side <= south; side++ {
		if reaches[side] && len(ring) > 0 {
			ring = p.cutRing(s.spare[:0], ring, side)
			s.spare, s.pts = s.pts, ring
		}
	}
	return ring
}

// cutRing appends to dst the part of a ring on the inner side of one side of the clip box.
func (p *plane) cutRing(dst, ring []point, side int) []point {
	prev := ring[len(ring)-1]
	prevOut := p.beyond(side, prev)
	for _, q := range ring {
		out := p.beyond(side, q)
		if out != prevOut {
			dst = appendNew(dst, p.cross(side, prev, q))
		}
		if !out {
			dst = appendNew(dst, q)
		}
		prev, prevOut = q, out
	}
	return opened(dst)
}

// appendNew appends a position unless it is there already.
func appendNew(dst []point, q point) []point {
	if n := len(dst); n > 0 && dst[n-1] == q {
		return dst
	}
	return append(dst, q)
}

// writePieces writes what is left of one polygon: every ring with positive area is an outer ring and is followed by the
// holes that lie in it.
func (s *shape) writePieces() {
	outers := 0
	for _, a := range s.rings.area {
		if a > 0 {
			outers++
		}
	}
	for i, a := range s.rings.area {
		if a < 0 {
			continue
		}
		outer := s.rings.at(i)
		s.writeRing(outer)
		for j, h := range s.rings.area {
			if h < 0 && (outers == 1 || holds(outer, s.rings.at(j))) {
				s.writeRing(s.rings.at(j))
			}
		}
	}
}

// writeRing writes a ring that has at least three positions.
func (s *shape) writeRing(ring []point) {
	s.command(moveTo, ring[:1])
	s.command(lineTo, ring[1:])
	s.cmds = append(s.cmds, closePath)
}

// tidy takes from a ring repeated positions, those straight between their neighbours, and spikes, in place. What is
// left has no three neighbours in a line; it may be too short to be a ring.
func tidy(ring []point) []point {
	kept := ring[:0]
	for _, q := range ring {
		kept = appendTurning(kept, q)
	}
	first, n := 0, len(kept)
	for n-first > 2 {
		switch {
		case turn(kept[n-2], kept[n-1], kept[first]) == 0:
			n--
		case turn(kept[n-1], kept[first], kept[first+1]) == 0:
			first++
		default:
			return kept[:copy(kept, kept[first:n])]
		}
	}
	return kept[:0]
}

// appendTurning appends q after taking back what lies in a line with it.
func appendTurning(kept []point, q point) []point {
	for n := len(kept); n > 1 && turn(kept[n-2], kept[n-1], q) == 0; n-- {
		kept = kept[:n-1]
	}
	return appendNew(kept, q)
}

// area2 is twice the signed area of a ring within the clip box: positive where it runs clockwise on the screen.
func area2(ring []point) int64 {
	if len(ring) < 3 {
		return 0
	}
	var sum int64
	prev := ring[len(ring)-1]
	for _, q := range ring {
		sum += int64(prev.x)*int64(q.y) - int64(q.x)*int64(prev.y)
		prev = q
	}
	return sum
}

// orientation is the sign of a ring's area anywhere in the world. Products have up to 61 bits there, so they are summed
// in two halves.
func orientation(ring []point) int {
	const half = 31
	var high, low int64
	o := ring[0]
	for i := 2; i < len(ring); i++ {
		p, q := ring[i-1], ring[i]
		c := int64(p.x-o.x)*int64(q.y-o.y) - int64(q.x-o.x)*int64(p.y-o.y)
		high += c >> half
		low += c & (1<<half - 1)
	}
	high += low >> half
	low &= 1<<half - 1
	switch {
	case high < 0:
		return -1
	case high > 0 || low > 0:
		return 1
	}
	return 0
}

// holds tells whether a hole that does not cross an outer ring lies in it: whether the first of its positions that is
// not on the ring is inside.
func holds(outer, hole []point) bool {
	for _, q := range hole {
		if in, on := inside(outer, q); !on {
			return in
		}
	}
	return false
}

// inside tells whether a position is inside a ring or on it.
func inside(ring []point, q point) (in, on bool) {
	a := ring[len(ring)-1]
	for _, b := range ring {
		t := turn(a, b, q)
		if t == 0 && min(a.x, b.x) <= q.x && q.x <= max(a.x, b.x) && min(a.y, b.y) <= q.y && q.y <= max(a.y, b.y) {
			return false, true
		}
		if (a.y > q.y) != (b.y > q.y) && (t > 0) == (b.y > a.y) {
			in = !in
		}
		a = b
	}
	return in, false
}
