package tile

// pair is a position in the clip box, or a step between two, in one word: x in its lower half, y in its upper, so that
// both are dealt with at once. Positions are counted from the north-western corner of the box and are never negative; the
// halves of a step are signed numbers. All are twice what they are in tile units, as the format wants steps: zigzag is then a
// change of signs.
type pair uint64

const (
	ones  = 1<<32 | 1
	signs = ones << 31
)

// lattice turns world units into pairs.
type lattice struct {
	usable bool  // else there are no pairs: the box is too wide for short steps, or leaves the world
	corner pair  // of the clip box, in world units, less half a tile unit
	tile   pair  // north-western corner of the tile
	mask   pair  // what a half can be
	beyond pair  // 2^31-1 less the width of the box: added to a half that lies outside it gives the sign
	halves uint8 // half a tile unit is 2^halves world units
}

func newLattice(x, y int64, shift uint8, buffer int32) lattice {
	side := Extent + 2*buffer
	x, y = x-int64(buffer)<<shift, y-int64(buffer)<<shift
	far := int64(1)<<32 - int64(side+1)<<shift
	return lattice{
		usable: side < 1<<13 && x >= 0 && y >= 0 && x <= far && y <= far,
		corner: pair(x) | pair(y)<<32,
		tile:   ones * pair(2*buffer),
		mask:   ones * (1<<(33-shift) - 2),
		beyond: ones * pair(1<<31-1-2*side),
		halves: shift - 1,
	}
}

// at is a position, and a word that has a sign where it lies outside the box.
func (l *lattice) at(x, y uint32) (q, out pair) {
	q = (pair(x) | pair(y)<<32 - l.corner) >> (l.halves & 63) & l.mask
	return q, q + l.beyond
}

// step is the step from q to r.
func step(q, r pair) pair { return ((r | signs) - q) ^ signs }

// xy are the halves of a step.
func (d pair) xy() (x, y int) { return int(int32(d)), int(int64(d) >> 32) }

// zigzag folds the signs of a step into its lowest bits, as the format wants it.
func (d pair) zigzag() pair {
	s := d >> 31 & ones
	return d ^ (s<<32 - s)
}

// putSteps writes steps. Most take a byte for each half.
func putSteps(b []byte, at int, steps []pair) int {
	for _, d := range steps {
		if z := d.zigzag(); z&0xffffff80_ffffff80 == 0 {
			put16(b, at, uint16(z|z>>24))
			at += 2
		} else {
			at = putZigzag(b, at, z)
		}
	}
	return at
}

// putZigzag writes a zigzag step of one or two bytes for each half, without a branch, where it changes from one to the next.
func putZigzag(b []byte, at int, z pair) int {
	long := (z + ones*(1<<14-1<<7)) >> 14 & ones
	z += z&0xffffff80_ffffff80 + long<<7
	put32(b, at, uint32(z)|uint32(z>>32)<<(8+8*uint32(long)&31))
	return at + int(2+long+long>>32)&0xf
}
