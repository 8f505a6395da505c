package index

import "slices"

// Order gives the item numbers 0 … n-1 in the order of their boxes' centres along a Hilbert curve laid over all of
// them: neighbours in the result are neighbours on the ground. Items with the same centre keep their order.
func Order(n int, box func(i int) Box) []uint32 {
	all := emptyBox()
	for i := range n {
		all = all.Union(box(i))
	}
	keys := make([]uint64, n)
	for i := range n {
		keys[i] = uint64(curve(all, box(i)))<<32 | uint64(uint32(i))
	}
	slices.Sort(keys)
	order := make([]uint32, n)
	for i, k := range keys {
		order[i] = uint32(k)
	}
	return order
}

// curve is the place of a box's centre on a curve of 2^16 × 2^16 steps laid over all.
func curve(all, b Box) uint32 {
	return hilbert(
		step(uint64(b.MinX)+uint64(b.MaxX), all.MinX, all.MaxX),
		step(uint64(b.MinY)+uint64(b.MaxY), all.MinY, all.MaxY))
}

// step scales twice a coordinate within lo … hi to 16 bits.
func step(twice uint64, lo, hi uint32) uint32 {
	if hi <= lo {
		return 0
	}
	span := 2 * uint64(hi-lo)
	off := min(twice-min(twice, 2*uint64(lo)), span)
	return uint32(off * 0xffff / span)
}

// hilbert is the distance along the curve of a cell of the 2^16 square: per bit, the quadrant, then the turn that
// brings the quadrant's own curve into place.
func hilbert(x, y uint32) uint32 {
	var d uint32
	for s := uint32(1 << 15); s > 0; s >>= 1 {
		var rx, ry uint32
		if x&s != 0 {
			rx = 1
		}
		if y&s != 0 {
			ry = 1
		}
		d = d<<2 | ((3 * rx) ^ ry)
		if ry == 0 {
			if rx == 1 {
				x, y = ^x&0xffff, ^y&0xffff
			}
			x, y = y, x
		}
	}
	return d
}
