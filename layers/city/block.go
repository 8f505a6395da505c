package city

import (
	"sort"

	"wangge/geo/index"
	"wangge/geo/tile"
)

// block is a table packed for searching: immutable, by first zoom and then in Hilbert order.
type block struct {
	table  // hashes are sums here: hashes[i] is that of all rows up to and with i
	byID   []uint32
	boxes  []index.Box // nil where every feature is a single position
	bands  []band
	labels []uint32 // x and y of every row's label point; nil for a layer without areas
	sets   *tile.Sets
	setOf  codes   // by row, number of its tag set
	loose  []int   // columns of tiles that are in no tag set
	keep   []uint8 // by position, the first zoom at which it is drawn; nil for all at every zoom
}

// band is the run of rows that are drawn from the same zoom on, with an index of its own: a map of the whole city does not look at
// what it does not show.
type band struct {
	zoom       uint8
	first, end int
	tree       *index.Tree // of the rows counted from first
}

// allZooms is beyond the deepest.
const allZooms = tile.MaxZoom + 1

// runs yields runs of rows that meet q and are drawn at a zoom, as index.Tree does.
func (b *block) runs(q index.Box, zoom uint8, yield func(first, end int) bool) bool {
	for i := range b.bands {
		band := &b.bands[i]
		if band.zoom > zoom {
			break
		}
		if !band.tree.Runs(q, func(first, end int) bool { return yield(band.first+first, band.first+end) }) {
			return false
		}
	}
	return true
}

// bound is the box of all rows; false where there are none.
func (b *block) bound() (all index.Box, ok bool) {
	for i, band := range b.bands {
		if i == 0 {
			all = band.tree.Bound()
			continue
		}
		all = all.Union(band.tree.Bound())
	}
	return all, len(b.bands) > 0
}

// shape fills in the geometry of a row as tiles draw it. It is in the innermost loop, where copies of a geometry would count.
func (b *block) shape(g *tile.Geometry, row int) {
	first, end := uint32(0), b.ends[row]
	if row > 0 {
		first = b.ends[row-1]
	}
	g.Kind, g.XY = b.kinds[row], b.xy[2*first:2*end]
	if b.keep != nil {
		g.Keep = nil
		if g.Kind == tile.Lines {
			g.Keep = b.keep[first:end]
		}
	}
	if b.partEnds != nil {
		g.Ends, g.Polys = cutParts(b.partsOf(row))
	}
}

// rowOf finds a feature by its id.
func (b *block) rowOf(id int64) (int, bool) {
	i := sort.Search(len(b.byID), func(i int) bool { return b.ids[b.byID[i]] >= id })
	if i < len(b.byID) && b.ids[b.byID[i]] == id {
		return int(b.byID[i]), true
	}
	return 0, false
}

// sum adds the hashes of the rows first … end-1.
func (b *block) sum(first, end int) uint64 {
	s := b.hashes[end-1]
	if first > 0 {
		s -= b.hashes[first-1]
	}
	return s
}

func (b *block) boxOf(row int) index.Box {
	if b.boxes != nil {
		return b.boxes[row]
	}
	return b.box(row)
}

func (b *block) size() int64 {
	return b.table.size() + b.setOf.size() + b.sets.Size() + int64(cap(b.keep)) + 4*int64(cap(b.byID)+cap(b.labels)) + 16*int64(cap(b.boxes)) + 18*int64(len(b.ids))/16
}
