package city

import (
	"cmp"
	"math"
	"slices"

	"wangge/geo/index"
)

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
