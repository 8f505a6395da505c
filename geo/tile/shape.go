package tile

// shape turns one geometry into the commands of a feature. Its slices are scratch that is kept between features.
type shape struct {
	cmds   []byte
	cursor point // where the commands have arrived

	xy    []uint32 // of the part at hand, where positions are passed over
	pts   []point  // rounded positions of the part at hand
	spare []point  // for clipping
	rings rings    // what is left of a polygon
	edge  edge     // for polygons that were cut
}

// build writes the commands for what is left of g in the plane, and tells whether anything is.
func (s *shape) build(p *plane, g Geometry) bool {
	s.cmds = s.cmds[:0]
	s.cursor = point{}
	switch g.Kind {
	case Points:
		s.points(p, g.XY)
	case Lines:
		s.lines(p, g)
	case Polygons:
		s.polygons(p, g)
	}
	return len(s.cmds) > 0
}

// points keeps the positions within the clip box, in one command.
func (s *shape) points(p *plane, xy []uint32) {
	pts, b := p.round(s.pts[:0], xy)
	s.pts = pts
	if p.misses(b) { // or nothing: the empty box misses too
		return
	}
	kept := pts[:0]
	for _, q := range pts {
		if p.has(q) && (len(kept) == 0 || kept[len(kept)-1] != q) {
			kept = append(kept, q)
		}
	}
	if len(kept) > 0 {
		s.command(moveTo, kept)
	}
}

// lines clips and writes each part.
func (s *shape) lines(p *plane, g Geometry) {
	start := uint32(0)
	for i := range max(len(g.Ends), 1) {
		end := uint32(len(g.XY) / 2)
		if g.Ends != nil {
			end = g.Ends[i]
		}
		keep := g.Keep
		if keep != nil {
			keep = keep[start:end]
		}
		pts, b := p.round(s.pts[:0], s.drawn(p, g.XY[2*start:2*end], keep))
		s.pts = pts
		start = end
		switch {
		case len(pts) < 2 || p.misses(b):
		case p.holds(b):
			s.line(pts)
		default:
			s.clipLine(p, pts)
		}
	}
}

// drawn is a part of a line without the positions that are passed over at the zoom of the tile.
func (s *shape) drawn(p *plane, xy []uint32, keep []uint8) []uint32 {
	if keep == nil {
		return xy
	}
	if len(s.xy) < len(xy) {
		s.xy = make([]uint32, 2*len(xy))
	}
	n, kept := 0, s.xy[:len(xy)]
	for i, from := range keep[:len(xy)/2] {
		kept[n], kept[n+1] = xy[2*i], xy[2*i+1]
		n += int(uint32(int32(from)-int32(p.zoom)-1)>>31) << 1 // without a branch: zooms change from one position to the next
	}
	return kept[:n]
}

// clipLine writes the parts of a line that lie in the clip box. A segment that only touches it leaves nothing.
func (s *shape) clipLine(p *plane, pts []point) {
	part := s.spare[:0]
	wasIn := p.has(pts[0])
	for i := 1; i < len(pts); i++ {
		a, b, ok := pts[i-1], pts[i], true
		isIn := p.has(b)
		if !wasIn || !isIn {
			a, b, ok = p.clipSegment(a, b)
		}
		wasIn = isIn
		if !ok || a == b {
			continue
		}
		if len(part) > 0 && part[len(part)-1] != a {
			s.line(part)
			part = part[:0]
		}
		if len(part) == 0 {
			part = append(part, a)
		}
		part = append(part, b)
	}
	s.line(part)
	s.spare = part
}

// clipSegment cuts a segment at the four sides in turn.
func (p *plane) clipSegment(a, b point) (point, point, bool) {
	for side := west; side <= south; side++ {
		outA, outB := p.beyond(side, a), p.beyond(side, b)
		switch {
		case outA && outB:
			return a, b, false
		case outA:
			a = p.cross(side, a, b)
		case outB:
			b = p.cross(side, a, b)
		}
	}
	return a, b, true
}

// line writes one part, if it has any length, without the vertices that lie straight between their neighbours. It
// edits pts.
func (s *shape) line(pts []point) {
	kept := pts[:0]
	for _, q := range pts {
		n := len(kept)
		if n > 0 && kept[n-1] == q {
			continue
		}
		if n > 1 && turn(kept[n-2], kept[n-1], q) == 0 && !turnsBack(kept[n-2], kept[n-1], q) {
			kept[n-1] = q
			continue
		}
		kept = append(kept, q)
	}
	if len(kept) > 1 {
		s.command(moveTo, kept[:1])
		s.command(lineTo, kept[1:])
	}
}

// turn is twice the signed area of the triangle a, b, c: positive for a right turn on the screen, y being down. All
// three must be within the clip box.
func turn(a, b, c point) int64 {
	return int64(b.x-a.x)*int64(c.y-b.y) - int64(b.y-a.y)*int64(c.x-b.x)
}

// turnsBack tells whether, on a straight line, c lies on a's side of b.
func turnsBack(a, b, c point) bool {
	return int64(b.x-a.x)*int64(c.x-b.x)+int64(b.y-a.y)*int64(c.y-b.y) < 0
}

// command writes MoveTo or LineTo with its positions, each as the step from the one before.
func (s *shape) command(id uint32, pts []point) {
	b := appendVarint(s.cmds, uint32(len(pts))<<3|id)
	at := s.cursor
	for _, q := range pts {
		b = appendPair(b, zigzag(q.x-at.x), zigzag(q.y-at.y))
		at = q
	}
	s.cmds, s.cursor = b, at
}
