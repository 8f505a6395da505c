package city

import (
	"slices"

	"wangge/geo/index"
	"wangge/geo/tile"
	"wangge/layers"
)

// table holds features in columns, in any order; rows are only appended.
type table struct {
	layer *layers.Layer
	ids   []int64
	kinds []tile.Kind
	zooms []uint8 // first zoom
	xy    []uint32
	ends  []uint32 // of a row's positions in xy, counted in positions
	// parts has, for rows of several parts or rings, the number of these, their ends, and the ends of polygons where there are
	// several: the shape of tile.Geometry.
	parts    []uint32
	partEnds []uint32 // of a row's numbers in parts; shorter than the rows: nil while all rows so far are of one part
	hashes   []uint64 // what the row contributes to tiles
	drawn    int      // how many of the columns tiles carry: the first ones
	columns  []column
}

func newTable(l *layers.Layer) *table {
	t := &table{layer: l}
	for _, f := range held(l) {
		t.columns = append(t.columns, newColumn(f))
		if f.Tile {
			t.drawn++
		}
	}
	return t
}

// column finds a column by the name of its field, or nil.
func (t *table) column(name string) *column {
	for i := range t.columns {
		if t.columns[i].field.Name == name {
			return &t.columns[i]
		}
	}
	return nil
}

func (t *table) len() int { return len(t.ids) }

// geometry is a window into the table.
func (t *table) geometry(row int) tile.Geometry {
	g := tile.Geometry{Kind: t.kinds[row], XY: t.xy[2*begin(t.ends, row) : 2*t.ends[row]]}
	g.Ends, g.Polys = cutParts(t.partsOf(row))
	return g
}

// cutParts finds the ends of parts and of polygons in what parts has of a row.
func cutParts(parts []uint32) (ends, polys []uint32) {
	if len(parts) == 0 {
		return nil, nil
	}
	n := 1 + parts[0]
	if len(parts) > int(n) {
		polys = parts[n:]
	}
	return parts[1:n], polys
}

// pushGeometry appends the geometry of a row.
func (t *table) pushGeometry(g tile.Geometry) {
	t.kinds = append(t.kinds, g.Kind)
	t.xy = append(t.xy, g.XY...)
	t.ends = append(t.ends, uint32(len(t.xy)/2))
	if len(g.Ends) > 1 {
		t.parts = append(append(t.parts, uint32(len(g.Ends))), g.Ends...)
		if len(g.Polys) > 1 {
			t.parts = append(t.parts, g.Polys...)
		}
	}
	t.endParts()
}

// partsOf are a row's numbers in parts.
func (t *table) partsOf(row int) []uint32 {
	if t.partEnds == nil {
		return nil
	}
	return t.parts[begin(t.partEnds, row):t.partEnds[row]]
}

// endParts ends the numbers of the row just pushed.
func (t *table) endParts() {
	if t.partEnds == nil {
		if len(t.parts) == 0 {
			return
		}
		t.partEnds = make([]uint32, len(t.ends)-1, cap(t.ends))
	}
	t.partEnds = append(t.partEnds, uint32(len(t.parts)))
}

// begin is where a row starts in what ends tells the ends of.
func begin(ends []uint32, row int) uint32 {
	if row == 0 {
		return 0
	}
	return ends[row-1]
}

// box is computed from the positions.
func (t *table) box(row int) index.Box {
	return boxOf(t.xy[2*begin(t.ends, row) : 2*t.ends[row]])
}

// pushFrom appends a row of another table of the layer, with a memo for each column.
func (t *table) pushFrom(o *table, row int, memos []memo) {
	t.ids = append(t.ids, o.ids[row])
	t.kinds = append(t.kinds, o.kinds[row])
	t.zooms = append(t.zooms, o.zooms[row])
	t.xy = append(t.xy, o.xy[2*begin(o.ends, row):2*o.ends[row]]...)
	t.ends = append(t.ends, uint32(len(t.xy)/2))
	t.parts = append(t.parts, o.partsOf(row)...)
	t.endParts()
	t.hashes = append(t.hashes, o.hashes[row])
	for i := range t.columns {
		t.columns[i].pushFrom(&o.columns[i], row, memos[i])
	}
}

// digest is what a row contributes to tiles.
func (t *table) digest(row int) uint64 {
	d := digest(0).add(uint64(t.ids[row])).add(uint64(t.kinds[row])<<8 | uint64(t.zooms[row]))
	for _, v := range t.xy[2*begin(t.ends, row) : 2*t.ends[row]] {
		d = d.add(uint64(v))
	}
	for _, v := range t.partsOf(row) {
		d = d.add(uint64(v) | 1<<32)
	}
	for i := range t.columns[:t.drawn] {
		d = t.columns[i].digest(d, row)
	}
	return d.sum()
}

func (t *table) grow(rows, positions, parts int) {
	t.ids, t.kinds, t.zooms = slices.Grow(t.ids, rows), slices.Grow(t.kinds, rows), slices.Grow(t.zooms, rows)
	t.ends, t.hashes = slices.Grow(t.ends, rows), slices.Grow(t.hashes, rows)
	t.xy, t.parts = slices.Grow(t.xy, 2*positions), slices.Grow(t.parts, parts)
}

func (t *table) size() int64 {
	n := int64(cap(t.kinds)) + int64(cap(t.zooms)) +
		4*int64(cap(t.xy)+cap(t.ends)+cap(t.parts)+cap(t.partEnds)) + 8*int64(cap(t.ids)+cap(t.hashes))
	for i := range t.columns {
		n += t.columns[i].size()
	}
	return n
}
