package hex

import "github.com/uber/h3-go/v4"

// The cells of a resolution are centred on every seventh place of the next finer one, and turned a little, one way and the other in turn. The seven
// children of a cell are the one in its middle and the six around that: so a place says which child of which place it is, without any rounding.

// around are the six places about one, anticlockwise.
var around = [6][2]int32{{1, 0}, {0, 1}, {-1, 1}, {-1, 0}, {0, -1}, {1, -1}}

// digits are the digits of the children in the directions of around, in one of six turns.
var digits = [6]Cell{4, 6, 2, 3, 1, 5}

// By the remainder of a division by seven, the child that a place is: one more than its direction in around, 0 for the middle.
var (
	childOfEven = [7]int8{0, 5, 1, 6, 3, 4, 2} // of 2a-b, where the parent's resolution is even
	childOfOdd  = [7]int8{0, 2, 6, 1, 4, 3, 5} // of 3a+b
)

// parentOf is the place, at the resolution res-1, of the parent of a place, and the child it is.
func parentOf(res int, a, b int32) (pa, pb int32, child int8) {
	if res%2 == 1 {
		child = childOfEven[mod7(2*a-b)]
	} else {
		child = childOfOdd[mod7(3*a+b)]
	}
	if child > 0 {
		a, b = a-around[child-1][0], b-around[child-1][1]
	}
	if res%2 == 1 {
		return (2*a - b) / 7, (a + 3*b) / 7, child
	}
	return (3*a + b) / 7, (2*b - a) / 7, child
}

func mod7(n int32) int32 {
	n %= 7
	if n < 0 {
		n += 7
	}
	return n
}

// lineage tells the cells of places on one face. It asks H3 only for ancestors whose own parents are across an edge of the face.
type lineage struct {
	mesh     *Mesh
	face     uint8
	lattices [MaxRes + 1]lattice
	last     [MaxRes + 1]kin
	roots    map[rootKey]kin
}

// kin is a place, its cell, and how the digits of its descendants are turned: at its own resolution's children, and at theirs.
type kin struct {
	known bool
	a, b  int32
	cell  Cell
	turns [2]int8 // of children whose resolution is even, odd
}

type rootKey struct {
	res  int
	a, b int32
}

func newLineage(m *Mesh, f uint8) *lineage {
	n := &lineage{mesh: m, face: f, roots: map[rootKey]kin{}}
	for res := range n.lattices {
		n.lattices[res] = newLattice(res)
	}
	return n
}

// of is the cell of a place of a resolution.
func (n *lineage) of(res int, a, b int32) *kin {
	k := &n.last[res]
	if k.known && k.a == a && k.b == b {
		return k
	}
	if res > 0 {
		pa, pb, child := parentOf(res, a, b)
		if n.lattices[res-1].drawable(n.face, pa, pb) != 0 {
			p := n.of(res-1, pa, pb)
			*k = kin{true, a, b, p.child(res, child), p.turns}
			return k
		}
	}
	*k = n.root(res, a, b)
	return k
}

// child is one of the children, which have a resolution.
func (k *kin) child(res int, child int8) Cell {
	shift := stepBits * (MaxRes - res)
	c := k.cell&^resMask&^(noStep<<shift) | Cell(res)<<resShift
	if child == 0 {
		return c
	}
	return c | digits[(child-1+k.turns[res%2])%6]<<shift
}

func (n *lineage) root(res int, a, b int32) kin {
	key := rootKey{res, a, b}
	k, known := n.roots[key]
	if known {
		return k
	}
	k = kin{known: true, a: a, b: b, cell: n.cellAt(res, a, b)}
	if res < n.mesh.res {
		k.turns[(res+1)%2] = n.turn(k.cell, res+1)
	}
	if res+1 < n.mesh.res {
		middle := kin{cell: k.cell}
		k.turns[res%2] = n.turn(middle.child(res+1, 0), res+2)
	}
	n.roots[key] = k
	return k
}

// cellAt asks H3 for the cell in whose middle a place is.
func (n *lineage) cellAt(res int, a, b int32) Cell {
	l := &n.lattices[res]
	lat, lon := n.mesh.faces[n.face].over(l, float64(a), float64(b)).degrees()
	return At(lon, lat, res)
}

// turn asks H3 where one of the children of a cell is, and tells how their digits are turned.
func (n *lineage) turn(c Cell, res int) int8 {
	probe := kin{cell: c}
	one := probe.child(res, 1) // the digit that stands first
	at, err := h3.CellToLatLng(h3.Cell(one))
	if err != nil {
		return 0
	}
	s := directionOf([2]float64{at.Lng, at.Lat}).spot(0, 0)
	a, b, _ := n.lattices[res].place(&s)
	_, _, child := parentOf(res, a, b)
	return (7 - child) % 6 // digits[0] stands in the direction child-1
}
