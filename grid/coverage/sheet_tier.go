package coverage

import (
	"math"
	"slices"

	"wangge/geo/hex"
	"wangge/geo/index"
	"wangge/geo/walk"
)

// tier is the hexagons of a sheet, or of a coarser resolution that are parents of them, ascending, as they are drawn.
type tier struct {
	cells  []hex.Cell
	first  []uint32 // by cell, one more than cells: its first child in the sheet
	places []hex.Place
	pen    *hex.Pen
	boxes  []index.Box // of every boxed cells
}

// boxed is how many hexagons have a box in common. Neighbours in the order of cells are mostly neighbours on the ground.
const boxed = 64

// tier is that of a resolution, the sheet's or coarser.
func (s *Sheet) tier(res int) *tier {
	slot := &s.tiers[res]
	slot.once.Do(func() { slot.tier = s.makeTier(res) })
	return slot.tier
}

func (s *Sheet) makeTier(res int) *tier {
	t := &tier{pen: hex.NewPen(res), cells: s.Cells, places: s.mesh.Places()}
	if res < s.Res {
		t.cells, t.first = hex.Parents(s.Cells, res)
		t.places = s.mesh.PlacesOf(res, t.first)
	}
	for from := 0; from < len(t.cells); from += boxed {
		to := min(from+boxed, len(t.cells))
		if res == s.Res {
			t.boxes = append(t.boxes, boxAbout(s.XY[2*from:2*to], res))
			continue
		}
		box := t.outline(from, nil)
		for i := from + 1; i < to; i++ {
			box = box.Union(t.outline(i, nil))
		}
		t.boxes = append(t.boxes, box)
	}
	return t
}

// boxAbout is a box that holds the cells with some middles.
func boxAbout(xy []uint32, res int) index.Box {
	b := index.Box{MinX: math.MaxUint32, MinY: math.MaxUint32}
	for i := 0; i < len(xy); i += 2 {
		b = b.Union(index.Box{MinX: xy[i], MinY: xy[i+1], MaxX: xy[i], MaxY: xy[i+1]})
	}
	by := hex.Reach(res, b.MinY, b.MaxY)
	return index.Box{
		MinX: b.MinX - min(by, b.MinX), MinY: b.MinY - min(by, b.MinY),
		MaxX: b.MaxX + min(by, math.MaxUint32-b.MaxX), MaxY: b.MaxY + min(by, math.MaxUint32-b.MaxY),
	}
}

// outline draws a hexagon, and gives its box. The positions go to xy, if there is one.
func (t *tier) outline(i int, xy *[]uint32) index.Box {
	var own []uint32
	if xy == nil {
		xy = &own
	}
	*xy = t.pen.Append((*xy)[:0], t.cells[i], t.places[i])
	b := index.Box{MinX: math.MaxUint32, MinY: math.MaxUint32}
	for k := 0; k < len(*xy); k += 2 {
		x, y := (*xy)[k], (*xy)[k+1]
		b = b.Union(index.Box{MinX: x, MinY: y, MaxX: x, MaxY: y})
	}
	return b
}

// meeting visits the hexagons that meet a box, ascending, with their outlines, which are good until visit returns.
func (t *tier) meeting(box index.Box, visit func(i int, outline []uint32)) {
	xy := make([]uint32, 0, 2*maxCorners)
	for k, b := range t.boxes {
		if !b.Intersects(box) {
			continue
		}
		for i := k * boxed; i < min((k+1)*boxed, len(t.cells)); i++ {
			if t.outline(i, &xy).Intersects(box) {
				visit(i, xy)
			}
		}
	}
}

// maxCorners is how many corners a cell has that lies across edges of the icosahedron.
const maxCorners = 10

// sums adds up what the children have.
func (t *tier) sums(of []uint32) []uint32 {
	out := make([]uint32, len(t.cells))
	for i := range out {
		var sum uint64
		for _, n := range of[t.first[i]:t.first[i+1]] {
			sum += uint64(n)
		}
		out[i] = uint32(min(sum, math.MaxUint32))
	}
	return out
}

// median finds medians; it keeps its scratch.
type median struct{ sorted []uint64 }

// of is what some hexagons together say: see Level.
func (m *median) of(mm []uint32, flags []uint8, dm2 []uint32) (uint32, uint8) {
	m.sorted = m.sorted[:0]
	var all, connected, ambiguous uint64
	for i, d := range mm {
		all += uint64(dm2[i])
		if flags[i]&FlagNoNetwork != 0 {
			continue
		}
		connected += uint64(dm2[i])
		if flags[i]&FlagAmbiguous != 0 {
			ambiguous += uint64(dm2[i])
		}
		m.sorted = append(m.sorted, uint64(d)<<32|uint64(dm2[i]))
	}
	if 2*connected < all {
		return walk.Never, FlagNoNetwork
	}
	var flag uint8
	if 2*ambiguous > connected {
		flag = FlagAmbiguous
	}
	slices.Sort(m.sorted)
	var sum uint64
	for _, d := range m.sorted {
		if sum += d & math.MaxUint32; 2*sum >= connected {
			return uint32(d >> 32), flag
		}
	}
	return walk.Never, flag
}
