package city

import (
	"cmp"
	"math"
	"slices"
	"sort"

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

// part is some rows of a table.
type part struct {
	*table
	rows []uint32 // nil for all
	hash func(row int) uint64
}

func (p part) len() int {
	if p.rows == nil {
		return p.table.len()
	}
	return len(p.rows)
}

func (p part) row(i int) int {
	if p.rows == nil {
		return i
	}
	return int(p.rows[i])
}

// memos are empty ones for the columns of a table.
func (t *table) memos(only bool) []memo {
	out := make([]memo, len(t.columns))
	for i := range t.columns {
		out[i] = memo{make([]uint32, t.columns[i].distinct()+1), only}
	}
	return out
}

// pack makes one block of rows of several tables, which stay as they are. There must be one part at least.
func pack(k *look, parts ...part) *block {
	type ref struct{ part, row uint32 }
	var refs []ref
	positions, shapes, single := 0, 0, true
	for n, p := range parts {
		refs = slices.Grow(refs, p.len())
		for i := range p.len() {
			row := p.row(i)
			refs = append(refs, ref{uint32(n), uint32(row)})
			k := int(p.ends[row] - begin(p.ends, row))
			positions += k
			shapes += len(p.partsOf(row))
			single = single && k == 1
		}
	}
	boxes := make([]index.Box, len(refs))
	for i, r := range refs {
		boxes[i] = parts[r.part].box(int(r.row))
	}
	b := &block{table: *newTable(parts[0].layer)}
	b.grow(len(refs), positions, shapes)
	sum := uint64(0)
	sorted := make([]index.Box, len(refs))
	memos := make([][]memo, len(parts))
	for i, p := range parts {
		memos[i] = p.memos(len(parts) == 1)
	}
	order := byZoom(index.Order(len(refs), func(i int) index.Box { return boxes[i] }), func(i uint32) uint8 { return parts[refs[i].part].zooms[refs[i].row] })
	for i, at := range order {
		r := refs[at]
		b.pushFrom(parts[r.part].table, int(r.row), memos[r.part])
		sum += parts[r.part].hash(int(r.row))
		b.hashes[i] = sum
		sorted[i] = boxes[at]
	}
	b.finish(k, sorted, single)
	return b
}

// byZoom sorts an order by first zoom; within one it stays.
func byZoom(order []uint32, zoom func(i uint32) uint8) []uint32 {
	var counts [allZooms + 1]int
	for _, i := range order {
		counts[zoom(i)]++
	}
	if slices.Contains(counts[:], len(order)) {
		return order
	}
	starts := counts
	at := 0
	for z, n := range counts {
		starts[z] = at
		at += n
	}
	out := make([]uint32, len(order))
	for _, i := range order {
		z := zoom(i)
		out[starts[z]] = i
		starts[z]++
	}
	return out
}

// finish builds the indexes over rows in their final order.
func (b *block) finish(k *look, boxes []index.Box, single bool) {
	for i := range b.columns {
		b.columns[i].seal()
	}
	b.combine(k)
	b.byID = orderOf(b.ids)
	box := b.box
	if !single {
		b.boxes = boxes
		box = func(i int) index.Box { return boxes[i] }
	}
	for first := 0; first < b.len(); {
		end := first + 1
		for end < b.len() && b.zooms[end] == b.zooms[first] {
			end++
		}
		start := first
		b.bands = append(b.bands, band{b.zooms[first], first, end, index.Pack(end-first, func(i int) index.Box { return box(start + i) })})
		first = end
	}
	b.keep = keepFrom(&b.table)
	b.place()
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

// orderOf gives the places of ids in their order. Ids of 32 bits, which are all there are in practice, are sorted with their
// places as one number each: five times as fast as by comparing.
func orderOf(ids []int64) []uint32 {
	out := make([]uint32, len(ids))
	if len(ids) > 0 && (slices.Min(ids) < 0 || slices.Max(ids) > math.MaxUint32) {
		for i := range out {
			out[i] = uint32(i)
		}
		slices.SortFunc(out, func(x, y uint32) int { return cmp.Compare(ids[x], ids[y]) })
		return out
	}
	keys := make([]uint64, len(ids))
	for i, id := range ids {
		keys[i] = uint64(id)<<32 | uint64(i)
	}
	slices.Sort(keys)
	for i, k := range keys {
		out[i] = uint32(k)
	}
	return out
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
