package tile

// point is a position in tile units.
type point struct{ x, y int32 }

// plane carries world units into the units of one tile and knows the clip box: the tile and its buffer.
type plane struct {
	originX, originY int64 // of the tile, less half a tile unit, in world units
	zoom, shift      uint8 // a tile unit is 2^shift world units
	lo, hi           int32 // the clip box on both axes, closed
	lattice
}

func newPlane(a Addr, bufferPx int) plane {
	b := int32(min(max(bufferPx, 0), Extent))
	x, y, _, _ := a.World(0)
	half := int64(1) << (unitZoom - a.Z) / 2
	shift := unitZoom - a.Z
	return plane{
		originX: x - half, originY: y - half, zoom: a.Z, shift: shift, lo: -b, hi: Extent + b,
		lattice: newLattice(x-half, y-half, shift, b),
	}
}

// box is a closed box in tile units.
type box struct{ minX, minY, maxX, maxY int32 }

func (p *plane) holds(b box) bool {
	return b.minX >= p.lo && b.minY >= p.lo && b.maxX <= p.hi && b.maxY <= p.hi
}

func (p *plane) misses(b box) bool {
	return b.maxX < p.lo || b.maxY < p.lo || b.minX > p.hi || b.minY > p.hi
}

func (p *plane) has(q point) bool {
	return q.x >= p.lo && q.y >= p.lo && q.x <= p.hi && q.y <= p.hi
}

// round appends positions to dst in tile units, each rounded by itself to the nearest (halves go up), without those
// equal to the one before. It also gives the box of what it appended.
func (p *plane) round(dst []point, xy []uint32) ([]point, box) {
	b := box{1<<31 - 1, 1<<31 - 1, -1 << 31, -1 << 31}
	last := point{-1 << 31, -1 << 31} // no position of the world
	ox, oy, shift := p.originX, p.originY, p.shift&31
	for i := 1; i < len(xy); i += 2 {
		q := point{int32((int64(xy[i-1]) - ox) >> shift), int32((int64(xy[i]) - oy) >> shift)}
		if q == last {
			continue
		}
		b.minX, b.maxX = min(b.minX, q.x), max(b.maxX, q.x)
		b.minY, b.maxY = min(b.minY, q.y), max(b.maxY, q.y)
		dst = append(dst, q)
		last = q
	}
	return dst, b
}

// The sides of the clip box, in the order in which lines and rings are cut at them.
const (
	west = iota
	east
	north
	south
)

// beyond tells whether a position lies outside a side; on the side is inside.
func (p *plane) beyond(side int, q point) bool {
	switch side {
	case west:
		return q.x < p.lo
	case east:
		return q.x > p.hi
	case north:
		return q.y < p.lo
	}
	return q.y > p.hi
}

// cross is the position where a segment with ends on both sides of a side passes it, rounded. It does not depend on
// the direction of the segment. World positions are within 2^30 tile units, so products stay within 62 bits.
func (p *plane) cross(side int, a, b point) point {
	if b.x < a.x || b.x == a.x && b.y < a.y {
		a, b = b, a
	}
	at := p.lo
	if side == east || side == south {
		at = p.hi
	}
	dx, dy := int64(b.x)-int64(a.x), int64(b.y)-int64(a.y)
	if side == west || side == east {
		return point{at, a.y + int32(divRound((int64(at)-int64(a.x))*dy, dx))}
	}
	if dy < 0 {
		return point{a.x + int32(divRound((int64(a.y)-int64(at))*dx, -dy)), at}
	}
	return point{a.x + int32(divRound((int64(at)-int64(a.y))*dx, dy)), at}
}

// divRound is num/den to the nearest, halves up, for den > 0.
func divRound(num, den int64) int64 {
	n, d := 2*num+den, 2*den
	q := n / d
	if n%d < 0 {
		q--
	}
	return q
}
