package lattice

import (
	"cmp"

	"github.com/paulmach/orb"
)

// Redraw gives a cell another shape. near is all other cells of the scheme whose boxes meet that of target or that of its new shape. In an exclusive
// net borders move for both sides: what the cell takes is taken from the neighbours, and what it gives goes to the neighbour with the longest common
// border there, each connected piece to one; what has no neighbour belongs to nobody. Otherwise only the cell changes. Errors: ErrShape,
// ErrTiny when nothing would be left of a neighbour, ErrComplex.
func Redraw(target Cell, to orb.MultiPolygon, near []Cell, exclusive bool) (Change, error) {
	if err := valid(to); err != nil {
		return Change{}, err
	}
	cells := append([]Cell{target}, near...)
	d, err := newDraft(cells, to, nil)
	if err != nil {
		return Change{}, err
	}
	ground := d.of(int32(len(cells)))
	if err := d.redraw(0, ground); err != nil {
		return Change{}, err
	}
	if exclusive {
		if err := d.passOn(ground); err != nil {
			return Change{}, err
		}
	}
	return d.settle(), nil
}

// passOn takes ground from all cells but the first, and gives them what the first leaves.
func (d *draft) passOn(ground []int32) error {
	taken := map[int32]bool{}
	for _, f := range ground {
		taken[f] = true
	}
	has := make([][]int32, len(d.cells)) // what each will have
	other := make([]bool, len(d.cells))
	var given []int32
	for f := range d.cover {
		by := d.coveredBy(int32(f))
		if len(by) == 1 && by[0] == 0 && !taken[int32(f)] {
			given = append(given, int32(f))
		}
		for _, c := range by {
			if taken[int32(f)] {
				other[c] = true
			} else {
				has[c] = append(has[c], int32(f))
			}
		}
	}
	for _, r := range d.regions(given, false) {
		if c := d.neighbour(r, func(f int32) bool { return !taken[f] }, 0); c > 0 {
			has[c], other[c] = append(has[c], r.faces...), true
		}
	}
	for c := 1; c < len(d.cells); c++ {
		if other[c] {
			if err := d.redraw(c, has[c]); err != nil {
				return err
			}
		}
	}
	return nil
}

// neighbour is the cell with the longest border along a region, counting only faces that free admits and no cell of those left out; of equals the one
// with the lower code. It is -1 where there is none.
func (d *draft) neighbour(r region, free func(face int32) bool, but ...int) int {
	m := map[int]float64{}
	for _, h := range r.rim {
		if f := d.left(twin(h)); free(f) {
			for _, c := range d.coveredBy(f) {
				m[c] += d.lengthM(h)
			}
		}
	}
	for _, c := range but {
		delete(m, c)
	}
	best := -1
	for c := range m {
		if best < 0 || cmp.Or(cmp.Compare(m[best], m[c]), cmp.Compare(d.cells[c].Code, d.cells[best].Code), cmp.Compare(c, best)) < 0 {
			best = c
		}
	}
	return best
}
