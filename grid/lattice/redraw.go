package lattice

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb"
)

// Redraw gives a cell another shape. near is all other cells of the scheme whose boxes meet that of target or that of its new shape. In an exclusive
// net borders move for both sides: what the cell takes is taken from the neighbours, and what it gives goes to the neighbour with the longest common
// border there, each connected piece to one. What nobody borders on stays with the cell, so that no ground is lost. Where the net
// is not exclusive only the cell changes. Errors: ErrShape, ErrTiny when nothing would be left of a neighbour, ErrComplex.
func Redraw(target Cell, to orb.MultiPolygon, near []Cell, exclusive bool) (Change, error) {
	if err := valid(to); err != nil {
		return Change{}, err
	}
	cells := append([]Cell{target}, near...)
	d, err := newDraft(cells, nil, to)
	if err != nil {
		return Change{}, err
	}
	moved := map[int][]int32{0: d.of(int32(len(cells)))}
	if exclusive {
		moved = d.passOn(moved[0])
	}
	for c := range cells {
		if faces, ours := moved[c]; ours {
			if err := d.redraw(c, faces); err != nil {
				return Change{}, err
			}
		}
	}
	return d.settle(), nil
}

// passOn takes ground for the first cell, and passes on what it leaves. It gives the faces of every cell that changes.
func (d *draft) passOn(ground []int32) map[int][]int32 {
	taken := map[int32]bool{}
	for _, f := range ground {
		taken[f] = true
	}
	moved := map[int][]int32{0: slices.Clone(ground)}
	var given []int32
	for i := range d.cover {
		f := int32(i)
		by := d.coveredBy(f)
		if len(by) == 1 && by[0] == 0 && !taken[f] {
			given = append(given, f)
		}
		if !taken[f] {
			continue
		}
		for _, c := range by {
			if c > 0 && moved[c] == nil {
				moved[c] = d.without(c, taken)
			}
		}
	}
	for _, r := range d.regions(given, false) {
		c := max(d.neighbour(r, func(f int32, cell int) bool { return cell > 0 && !taken[f] }), 0)
		if moved[c] == nil {
			moved[c] = d.without(c, taken)
		}
		moved[c] = append(moved[c], r.faces...)
	}
	return moved
}

// without lists the faces of a cell but those taken. It is never nil.
func (d *draft) without(label int, taken map[int32]bool) []int32 {
	faces := d.of(int32(label))
	return append([]int32{}, slices.DeleteFunc(faces, func(f int32) bool { return taken[f] })...)
}

// neighbour is the cell with the longest border along a region, counting only faces with cells that may have it; of equals the one with
// the lower code. It is -1 where there is none.
func (d *draft) neighbour(r region, may func(face int32, cell int) bool) int {
	m := map[int]float64{}
	for _, h := range r.rim {
		f := d.left(twin(h))
		for _, c := range d.coveredBy(f) {
			if may(f, c) {
				m[c] += d.lengthM(h)
			}
		}
	}
	best := -1
	for c := range m {
		if best < 0 || cmp.Or(cmp.Compare(m[best], m[c]), cmp.Compare(d.cells[c].Code, d.cells[best].Code), cmp.Compare(c, best)) < 0 {
			best = c
		}
	}
	return best
}
