package lattice

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb"
)

// Repair proposes how to put a finding right: a gap goes to the neighbour with the longest border along it, where cells must lie in regions part by part to
// neighbours that may have it; an overlap is kept by the cell that alone has the longer border around it, at a tie by the one with the lower code, and cut off
// the others; what lies outside is cut off. It is false where there is no such repair: for invalid shapes and rectangles, for a gap that nobody
// may have, and where nothing would be left of a cell.
func Repair(n Net, f Finding) (Change, bool) {
	kind := f.Kind
	if kind == Sliver {
		kind = f.Base
	}
	if len(f.Shape) == 0 || !slices.Contains([]Kind{Gap, Overlap, Outside}, kind) {
		return Change{}, false
	}
	local, _ := n.near(padded(boxOf(f.Shape)))
	areas, home := local.homes()
	d, err := newDraft(local.Cells, nil, append(areas, f.Shape)...)
	if err != nil {
		return Change{}, false
	}
	patch := d.of(int32(len(d.cells) + len(areas)))
	switch kind {
	case Gap:
		return d.fill(patch, home)
	case Overlap:
		return d.award(patch, f.Cells)
	default:
		return d.cutOff(patch, f.Cells)
	}
}

// fill gives a gap to neighbours. Parts of it that lie in different regions may go to different ones.
func (d *draft) fill(patch, home []int32) (Change, bool) {
	parts := map[string][]int32{} // by the areas that they lie in
	for _, f := range patch {
		if len(d.coveredBy(f)) == 0 {
			key := d.over(f).key()
			parts[key] = append(parts[key], f)
		}
	}
	gets := map[int][]int32{}
	for _, faces := range parts {
		in := d.over(faces[0])
		for _, r := range d.regions(faces, false) {
			c := d.neighbour(r, func(_ int32, cell int) bool { return home[cell] < 0 || in.has(home[cell]) })
			if c >= 0 {
				gets[c] = append(gets[c], r.faces...)
			}
		}
	}
	for c, faces := range gets {
		if d.redraw(c, append(d.of(int32(c)), faces...)) != nil {
			return Change{}, false
		}
	}
	if len(gets) == 0 {
		return Change{}, false
	}
	return d.settle(), true
}

// award leaves an overlap to one of its cells and cuts it off the others.
func (d *draft) award(patch []int32, ids []int64) (Change, bool) {
	alone := map[int]float64{}
	for _, r := range d.regions(patch, false) {
		for _, h := range r.rim {
			if by := d.coveredBy(d.left(twin(h))); len(by) == 1 {
				alone[by[0]] += d.lengthM(h)
			}
		}
	}
	var rivals []int
	for i, c := range d.cells {
		if slices.Contains(ids, c.ID) {
			rivals = append(rivals, i)
		}
	}
	slices.SortFunc(rivals, func(a, b int) int {
		return cmp.Or(cmp.Compare(alone[b], alone[a]), cmp.Compare(d.cells[a].Code, d.cells[b].Code), cmp.Compare(a, b))
	})
	for _, keeper := range rivals {
		d.done.Shapes = map[int64]orb.MultiPolygon{}
		clear(d.known)
		if d.take(patch, rivals, keeper) {
			return d.settle(), true
		}
	}
	return Change{}, false
}

// cutOff cuts ground off cells.
func (d *draft) cutOff(patch []int32, ids []int64) (Change, bool) {
	var off []int
	for i, c := range d.cells {
		if slices.Contains(ids, c.ID) {
			off = append(off, i)
		}
	}
	if len(off) == 0 || !d.take(patch, off, -1) {
		return Change{}, false
	}
	return d.settle(), true
}

// take cuts ground off all cells but the keeper. It is false where too little would be left.
func (d *draft) take(patch []int32, from []int, keeper int) bool {
	slices.Sort(patch)
	for _, c := range from {
		if c == keeper {
			continue
		}
		left := slices.DeleteFunc(d.of(int32(c)), func(f int32) bool {
			_, in := slices.BinarySearch(patch, f)
			return in
		})
		if d.redraw(c, left) != nil {
			return false
		}
	}
	return true
}
