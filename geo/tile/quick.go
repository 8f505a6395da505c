package tile

import "encoding/binary"

// The quick ways below write the commands of the most frequent geometries straight into the tile: one point, one line, one
// ring, all of it within the clip box. They read positions once and decide nothing for others: whatever is not as they
// expect is left to shape, and they answer notQuick.

// notQuick is answered, instead of where the commands end, where a geometry has to go the long way.
const notQuick = -1

// quickSide is how wide the clip box may be for steps within it to take two bytes at most.
const quickSide = 1 << 13

// quick writes the commands of g at a place for which there is room, and gives their end: the same place where nothing is
// left.
func (e *Encoder) quick(at int, g *Geometry) int {
	if len(g.Ends) > 1 || e.hi-e.lo >= quickSide {
		return notQuick
	}
	switch {
	case g.Kind == Points && len(g.XY) == 2:
		return e.quickPoint(e.buf, at, g.XY)
	case g.Kind == Lines && len(g.XY) >= 2:
		return e.quickLine(e.buf, at, e.geom.drawn(&e.plane, g.XY, g.Keep))
	case g.Kind == Polygons && len(g.XY) >= 6:
		return e.quickRing(e.buf, at, g.XY)
	}
	return notQuick
}

// inBox is a position in tile units, counted from the north-western corner of the clip box; false where it lies outside.
func (p *plane) inBox(x, y uint32) (qx, qy int, ok bool) {
	shift := p.shift & 31
	qx = (int(x) - p.boxX) >> shift
	qy = (int(y) - p.boxY) >> shift
	return qx, qy, uint(qx) <= p.span && uint(qy) <= p.span
}

// quickPoint writes a single point.
func (p *plane) quickPoint(b []byte, at int, xy []uint32) int {
	x, y, ok := p.inBox(xy[0], xy[1])
	if !ok {
		return at
	}
	return p.move(b, at, x, y)
}

// move writes the first command.
func (p *plane) move(b []byte, at, x, y int) int {
	b[at] = 1<<3 | moveTo
	return step(b, at+1, x+int(p.lo), y+int(p.lo))
}

// quickLine writes a line. Equal neighbours and what goes on straight ahead only lengthens the step that is still to be
// written.
func (p *plane) quickLine(b []byte, start int, xy []uint32) int {
	if len(xy) < 4 {
		return start
	}
	lastX, lastY, ok := p.inBox(xy[0], xy[1])
	if !ok {
		return notQuick
	}
	command := p.move(b, start, lastX, lastY)
	reserved := varintLen(uint64(len(xy)/2-1) << 3)
	at := command + reserved
	dx, dy, n := 0, 0, 0
	for xy = xy[2:]; len(xy) >= 2; xy = xy[2:] {
		x, y, ok := p.inBox(xy[0], xy[1])
		if !ok {
			return notQuick
		}
		ex, ey := x-lastX, y-lastY
		lastX, lastY = x, y
		if dx*ey == dy*ex && dx*ex+dy*ey >= 0 {
			dx, dy = dx+ex, dy+ey
			continue
		}
		at = step(b, at, dx, dy)
		dx, dy = ex, ey
		n++
	}
	if dx|dy != 0 {
		at = step(b, at, dx, dy)
		n++
	}
	if n == 0 {
		return start
	}
	if k := varintLen(uint64(n) << 3); k != reserved {
		at = command + k + copy(b[command+k:], b[command+reserved:at])
	}
	binary.PutUvarint(b[command:], uint64(n)<<3|lineTo)
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
func (p *plane) around(b []byte, at int, xy []uint32, backwards bool) (end, area int) {
	i, by := 2, 2
	if backwards {
		i, by = len(xy)-2, -2
	}
	firstX, firstY, ok := p.inBox(xy[0], xy[1])
	lastX, lastY, ok1 := p.inBox(xy[i], xy[i+1])
	if !ok || !ok1 {
		return 0, 0
	}
	at = p.move(b, at, firstX, firstY)
	at += binary.PutUvarint(b[at:], uint64(len(xy)/2-1)<<3|lineTo)
	startX, startY := lastX-firstX, lastY-firstY
	at = step(b, at, startX, startY)
	dx, dy := startX, startY
	for range len(xy)/2 - 2 {
		i += by
		x, y, ok := p.inBox(xy[i], xy[i+1])
		ex, ey := x-lastX, y-lastY
		if !ok || dx*ey == dy*ex {
			return 0, 0
		}
		area += (lastX-firstX)*ey - (lastY-firstY)*ex
		at = step(b, at, ex, ey)
		lastX, lastY, dx, dy = x, y, ex, ey
	}
	x, y := firstX-lastX, firstY-lastY
	if dx*y == dy*x || x*startY == y*startX {
		return 0, 0
	}
	b[at] = closePath
	return at + 1, area
}

// step writes a step within a narrow clip box: two numbers of one or two bytes each, without a branch.
func step(b []byte, at, dx, dy int) int {
	x, y := zigzag(int32(dx)), zigzag(int32(dy))
	longX, longY := (0x7f-x)>>31, (0x7f-y)>>31
	x += x&^0x7f + longX<<7
	y += y&^0x7f + longY<<7
	binary.LittleEndian.PutUint32(b[at:], x|y<<(8+8*longX))
	return at + int(2+longX+longY)
}
