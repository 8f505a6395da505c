package tile

import "encoding/binary"

// The quick ways below write the commands of the most frequent geometries straight into the tile: one point, one line, one
// ring, all of it within the clip box. Whatever is not as they expect is left to shape, and they answer notQuick.

// notQuick is answered, instead of where the commands end, where a geometry has to go the long way.
const notQuick = -1

// quick writes the commands of g at a place for which there is room, and gives their end: the same place where nothing is
// left.
func (e *Encoder) quick(at int, g *Geometry) int {
	if len(g.Ends) > 1 || !e.usable {
		return notQuick
	}
	switch {
	case g.Kind == Points && len(g.XY) == 2:
		return e.quickPoint(e.buf, at, g.XY)
	case g.Kind == Lines && len(g.XY) >= 4:
		return e.quickLine(e.buf, at, e.geom.drawn(&e.plane, g.XY, g.Keep))
	case g.Kind == Polygons && len(g.XY) >= 6:
		return e.quickRing(e.buf, at, g.XY)
	}
	return notQuick
}

// quickPoint writes a single point.
func (l *lattice) quickPoint(b []byte, at int, xy []uint32) int {
	q, out := l.at(xy[0], xy[1])
	if out&signs != 0 {
		return at
	}
	put8(b, at, 1<<3|moveTo)
	return putStep(b, at+1, step(l.tile, q))
}

// quickLine writes a line. What goes on straight ahead, or not at all, only lengthens the step that is still to be written.
func (l *lattice) quickLine(b []byte, start int, xy []uint32) int {
	if len(xy) < 4 {
		return start
	}
	last, out := l.at(xy[0], xy[1])
	put8(b, start, 1<<3|moveTo)
	command := putStep(b, start+1, step(l.tile, last))
	reserved := varintLen(uint64(len(xy)/2-1) << 3)
	at, from, steps := command+reserved, last, 0
	dx, dy := 0, 0 // from … last
	for i := 3; i < len(xy); i += 2 {
		q, beyond := l.at(xy[i-1], xy[i])
		out |= beyond
		ex, ey := step(last, q).xy()
		if dx*ey == dy*ex && dx*ex+dy*ey >= 0 {
			last = q
			dx, dy = dx+ex, dy+ey
			continue
		}
		at = putStep(b, at, step(from, last))
		from, last, dx, dy = last, q, ex, ey
		steps++
	}
	if from != last {
		at = putStep(b, at, step(from, last))
		steps++
	}
	switch {
	case out&signs != 0:
		return notQuick
	case steps == 0:
		return start
	}
	if k := varintLen(uint64(steps) << 3); k != reserved {
		at = command + k + copy(b[command+k:], b[command+reserved:at])
	}
	binary.PutUvarint(b[command:], uint64(steps)<<3|lineTo)
	return at
}

// quickRing writes the only ring of a polygon, if it turns at every position. Neighbours in a layer mostly run in the same
// direction, so that is tried first.
func (p *plane) quickRing(b []byte, start int, xy []uint32) int {
	n := len(xy)
	for n > 4 && xy[n-2] == xy[0] && xy[n-1] == xy[1] {
		n -= 2
	}
	end, area := p.around(b, start, xy[:n], p.backwards)
	if area < 0 {
		p.backwards = !p.backwards
		end, area = p.around(b, start, xy[:n], p.backwards)
	}
	if area == 0 {
		return notQuick
	}
	return end
}

// around writes a ring, from its first position on, in one of its directions. It gives twice its area in this direction, 0
// where it has to go the long way.
func (l *lattice) around(b []byte, at int, xy []uint32, backwards bool) (end, area int) {
	i, by := 2, 2
	if backwards {
		i, by = len(xy)-2, -2
	}
	first, out := l.at(xy[0], xy[1])
	last, beyond := l.at(xy[i], xy[i+1])
	out |= beyond
	put8(b, at, 1<<3|moveTo)
	at = putStep(b, at+1, step(l.tile, first))
	at += binary.PutUvarint(b[at:], uint64(len(xy)/2-1)<<3|lineTo)
	d := step(first, last)
	at = putStep(b, at, d)
	dx, dy := d.xy()
	startX, startY := dx, dy
	for range len(xy)/2 - 2 {
		i += by
		q, beyond := l.at(xy[i], xy[i+1])
		out |= beyond
		e := step(last, q)
		ex, ey := e.xy()
		if dx*ey == dy*ex {
			return 0, 0
		}
		x, y := last.xy()
		area += x*ey - y*ex
		at = putStep(b, at, e)
		last, dx, dy = q, ex, ey
	}
	ex, ey := step(last, first).xy()
	if dx*ey == dy*ex || ex*startY == ey*startX || out&signs != 0 {
		return 0, 0
	}
	x, y := last.xy()
	fx, fy := first.xy()
	put8(b, at, closePath)
	return at + 1, area + x*ey - y*ex + fx*startY - fy*startX
}
