package tile

import (
	"encoding/binary"
	"slices"
)

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
	xy := g.XY
	switch {
	case g.Kind == Polygons && len(xy) >= 6:
		n := len(xy)
		for n > 6 && xy[n-2] == xy[0] && xy[n-1] == xy[1] {
			n -= 2
		}
		if n == 8 {
			return e.quickQuad(e.buf, at, (*[8]uint32)(xy))
		}
		return e.quickRing(e.buf, at, xy[:n])
	case g.Kind == Lines && len(xy) >= 4:
		if g.Keep != nil {
			xy = e.geom.drawn(&e.plane, xy, g.Keep)
		}
		return e.quickLine(e.buf, at, xy)
	}
	return notQuick
}

// quickLine writes a line.
func (e *Encoder) quickLine(b []byte, start int, xy []uint32) int {
	if len(xy) < 4 {
		return start
	}
	pairs := e.scratch(len(xy) / 2)
	if e.locate(pairs, xy) {
		return notQuick
	}
	put8(b, start, 1<<3|moveTo)
	at := putZigzag(b, start+1, step(e.tile, pairs[0]).zigzag())
	steps := stepsOf(pairs)
	if len(steps) == 0 {
		return start
	}
	return putSteps(b, putCommand(b, at, lineTo, len(steps)), steps)
}

// stepsOf turns the positions of a line into steps, in place. What goes on straight ahead, or not at all, lengthens the step
// before it.
func stepsOf(pairs []pair) []pair {
	n, last, from, d := 0, pairs[0], pairs[0], pair(0)
	for _, q := range pairs[1:] {
		e := step(last, q)
		if cross(d, e) == 0 && dot(d, e) >= 0 {
			d = step(from, q)
		} else {
			pairs[n] = d
			n++
			from, d = last, e
		}
		last = q
	}
	if d != 0 {
		pairs[n] = d
		n++
	}
	return pairs[:n]
}

// putCommand writes a command.
func putCommand(b []byte, at, command, n int) int {
	if n < 1<<4 {
		put8(b, at, uint8(n<<3|command))
		return at + 1
	}
	return at + binary.PutUvarint(b[at:], uint64(n)<<3|uint64(command))
}

// scratch is room for n pairs.
func (e *Encoder) scratch(n int) []pair {
	if n > len(e.pairs) {
		e.pairs = slices.Grow(e.pairs[:0], n)[:n]
	}
	return e.pairs[:n]
}

// locate fills in pairs for positions, and tells whether one lies outside the box. It is not inlined, so that the loop has all
// registers.
//
//go:noinline
func (l *lattice) locate(pairs []pair, xy []uint32) (outside bool) {
	out, corner, mask, beyond, halves := pair(0), l.corner, l.mask, l.beyond, l.halves&63
	for i := range pairs {
		q := (pair(xy[2*i]) | pair(xy[2*i+1])<<32 - corner) >> halves & mask
		out |= q + beyond
		pairs[i] = q
	}
	return out&signs != 0
}

// quickRing writes the only ring of a polygon, if it turns at every position.
func (e *Encoder) quickRing(b []byte, at int, xy []uint32) int {
	pairs := e.scratch(len(xy) / 2)
	if e.locate(pairs, xy) {
		return notQuick
	}
	area := area2Turning(pairs)
	if area == 0 {
		return notQuick
	}
	if area < 0 {
		slices.Reverse(pairs)
	}
	put8(b, at, 1<<3|moveTo)
	at = putZigzag(b, at+1, step(e.tile, pairs[0]).zigzag())
	last := len(pairs) - 1
	for i, q := range pairs[1:] {
		pairs[i] = step(pairs[i], q)
	}
	at = putSteps(b, putCommand(b, at, lineTo, last), pairs[:last])
	put8(b, at, closePath)
	return at + 1
}

// area2Turning is twice the area of a ring, 0 also where it does not turn at a position.
func area2Turning(ring []pair) int {
	last := ring[len(ring)-1]
	dx, dy := step(ring[len(ring)-2], last).xy()
	area := 0
	for _, q := range ring {
		ex, ey := step(last, q).xy()
		if dx*ey == dy*ex {
			return 0
		}
		x, y := last.xy()
		area += x*ey - y*ex
		last, dx, dy = q, ex, ey
	}
	return area
}

// quickQuad writes a ring of four positions, as parking spaces are.
func (l *lattice) quickQuad(b []byte, at int, xy *[8]uint32) int {
	q0, out0 := l.at(xy[0], xy[1])
	q1, out1 := l.at(xy[2], xy[3])
	q2, out2 := l.at(xy[4], xy[5])
	q3, out3 := l.at(xy[6], xy[7])
	d0, d1, d2, d3 := step(q0, q1), step(q1, q2), step(q2, q3), step(q3, q0)
	turn0, turn1, turn2, turn3 := cross(d3, d0), cross(d0, d1), cross(d1, d2), cross(d2, d3)
	area := turn1 + turn3 // of the two triangles at q0 … q2
	if turn0 == 0 || turn1 == 0 || turn2 == 0 || turn3 == 0 || area == 0 || (out0|out1|out2|out3)&signs != 0 {
		return notQuick
	}
	if area < 0 {
		d0, d1, d2 = step(q0, q3), step(q3, q2), step(q2, q1)
	}
	put8(b, at, 1<<3|moveTo)
	at = putZigzag(b, at+1, step(l.tile, q0).zigzag())
	put8(b, at, 3<<3|lineTo)
	z0, z1, z2 := d0.zigzag(), d1.zigzag(), d2.zigzag()
	if (z0|z1|z2)&0xffffff80_ffffff80 == 0 {
		put16(b, at+1, uint16(z0|z0>>24))
		put16(b, at+3, uint16(z1|z1>>24))
		put16(b, at+5, uint16(z2|z2>>24))
		at += 7
	} else {
		at = putZigzag(b, putZigzag(b, putZigzag(b, at+1, z0), z1), z2)
	}
	put8(b, at, closePath)
	return at + 1
}

// cross is positive where e turns to the right of d on the screen, y being down, and 0 where it does not turn.
func cross(d, e pair) int {
	dx, dy := d.xy()
	ex, ey := e.xy()
	return dx*ey - dy*ex
}

// dot is negative where e turns back from d.
func dot(d, e pair) int {
	dx, dy := d.xy()
	ex, ey := e.xy()
	return dx*ex + dy*ey
}
