package hex

import "math"

// Place is where a cell lies in the lattice of its resolution, for cells that lie on one face of the icosahedron as a whole. The zero
// Place is none.
type Place uint64

// A place has the face, from 1 on, in the upper bits, and the two coordinates.
const (
	placeBits = 29 // at resolution 15 coordinates reach 4 million, on both sides of 0
	placeMask = 1<<placeBits - 1
)

func (p Place) split() (face int, a, b int32) {
	const spare = 32 - placeBits
	return int(p>>(2*placeBits)) - 1, int32(p>>placeBits&placeMask<<spare) >> spare, int32(p&placeMask<<spare) >> spare
}

// drawable is the place of a cell, if the cell keeps clear of the edges of the face.
func (l *lattice) drawable(face uint8, a, b int32) Place {
	if l.height(a, b) > faceInradius-l.step {
		return 0
	}
	return placeOf(face, a, b)
}

func placeOf(face uint8, a, b int32) Place {
	return Place(face+1)<<(2*placeBits) | Place(uint32(a)&placeMask)<<placeBits | Place(uint32(b)&placeMask)
}

// Pen draws the outlines of cells of one resolution: the same as Cell.AppendOutline, to a millionth of a world unit before rounding, in
// a fraction of the time where the cells' places are known. It may be used by several goroutines.
type Pen struct {
	lattice lattice
	faces   *[faceCount]face
}

// NewPen makes a Pen for a resolution, 0 … MaxRes.
func NewPen(res int) *Pen { return &Pen{newLattice(res), icosahedron()} }

// Append appends the corners of a cell as Cell.AppendOutline does. at may be zero.
func (p *Pen) Append(dst []uint32, c Cell, at Place) []uint32 {
	if at == 0 {
		return c.AppendOutline(dst)
	}
	face, a, b := at.split()
	f, l := &p.faces[face], &p.lattice
	start := len(dst)
	for _, k := range corners {
		ta, tb := float64(3*a+k[0])/3, float64(3*b+k[1])/3
		u, v := l.ua*ta+l.ub*tb, l.va*ta+l.vb*tb
		x, y := f.middle.plus(f.ahead.times(u)).plus(f.left.times(v)).world()
		dst = append(dst, x, y)
	}
	for i := start + 2; i < len(dst); i += 2 {
		if d := int64(dst[i]) - int64(dst[start]); d > 1<<31 || d < -1<<31 { // on the 180th meridian
			return c.AppendOutline(dst[:start])
		}
	}
	return dst
}

// world is where a direction, of any length, meets the map.
func (a vec) world() (x, y uint32) {
	t := a.z / math.Sqrt(a.x*a.x+a.y*a.y)
	m := math.Log(math.Abs(t) + math.Sqrt(t*t+1))
	if t < 0 {
		m = -m
	}
	return worldUnit(0.5 + math.Atan2(a.y, a.x)/(2*math.Pi)), worldUnit(0.5 - m/(2*math.Pi))
}

// worldUnit rounds a share of the side of the Mercator square as package geo does.
func worldUnit(share float64) uint32 {
	w := share*(1<<32) + 0.5
	if w < 1 {
		return 0
	}
	return uint32(min(w, 1<<32-1))
}
