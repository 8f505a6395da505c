package city

import (
	"math"
	"slices"
)

// codes is a list of small numbers, each as narrow as the largest needs: none are kept while all are 0, nor while each is one
// more than the one before it, from 1 on. The zero value is empty.
type codes struct {
	n    int
	kind codesKind
	c8   []uint8
	c16  []uint16
	c32  []uint32
}

type codesKind uint8

const (
	counting codesKind = iota // 1, 2, 3, …; an empty list too
	zeros
	in8
	in16
	in32
)

// at is number i.
func (c *codes) at(i int) uint32 {
	switch c.kind {
	case in8:
		return uint32(c.c8[i])
	case in16:
		return uint32(c.c16[i])
	case in32:
		return c.c32[i]
	case counting:
		return uint32(i) + 1
	default:
		return 0
	}
}

func (c *codes) push(v uint32) {
	if need := c.kindFor(v); need != c.kind {
		c.widen(need)
	}
	switch c.kind {
	case in8:
		c.c8 = append(c.c8, uint8(v))
	case in16:
		c.c16 = append(c.c16, uint16(v))
	case in32:
		c.c32 = append(c.c32, v)
	}
	c.n++
}

// kindFor is how the list must be kept once v is in it.
func (c *codes) kindFor(v uint32) codesKind {
	switch {
	case c.kind == counting && v == uint32(c.n)+1:
		return counting
	case v == 0 && (c.n == 0 || c.kind == zeros):
		return zeros
	}
	most := v
	if c.kind == counting {
		most = max(most, uint32(c.n))
	}
	switch {
	case most > math.MaxUint16:
		return in32
	case most > math.MaxUint8:
		return max(c.kind, in16)
	default:
		return max(c.kind, in8)
	}
}

// widen keeps the same numbers in another way.
func (c *codes) widen(kind codesKind) {
	old := *c
	*c = codes{n: old.n, kind: kind}
	room := old.n + old.n/4 + 1
	switch kind {
	case in8:
		c.c8 = make([]uint8, old.n, room)
		for i := range c.c8 {
			c.c8[i] = uint8(old.at(i))
		}
	case in16:
		c.c16 = make([]uint16, old.n, room)
		for i := range c.c16 {
			c.c16[i] = uint16(old.at(i))
		}
	case in32:
		c.c32 = make([]uint32, old.n, room)
		for i := range c.c32 {
			c.c32[i] = old.at(i)
		}
	}
}

// seal gives back room for more.
func (c *codes) seal() {
	c.c8, c.c16, c.c32 = slices.Clip(c.c8), slices.Clip(c.c16), slices.Clip(c.c32)
	switch { // Clip leaves the room itself
	case cap(c.c8) > 0:
		c.c8 = slices.Clone(c.c8)
	case cap(c.c16) > 0:
		c.c16 = slices.Clone(c.c16)
	case cap(c.c32) > 0:
		c.c32 = slices.Clone(c.c32)
	}
}

func (c *codes) size() int64 {
	return int64(cap(c.c8)) + 2*int64(cap(c.c16)) + 4*int64(cap(c.c32))
}
