package city

import (
	"cmp"
	"math"
	"slices"
	"unsafe"

	"wangge/geo/hex"
	"wangge/geo/index"
	"wangge/geo/tile"
	"wangge/layers"
)

// tallies are the counts of a layer's features by hexagon, for every zoom at which some are not drawn one by one. They are immutable
// and exact: sums of whole numbers, in which what was added can be taken out again.
//
// The cells of a level lie in pages, those that share an ancestor two resolutions up in each: a change copies the pages it
// touches, a few dozen cells each, and the list of them. Outlines are not kept, which would take more than all else: a pen draws them.
type tallies struct {
	gauge  *gauge
	levels [][]*page // by level of the gauge, ascending by key
}

// rowRef is a row of a block.
type rowRef struct {
	b   *block
	row int
}

// newTallies counts the rows of a table just read; it is nil for a layer without densities.
func newTallies(t *table) *tallies {
	if t.layer.Density == nil {
		return nil
	}
	g := newGauge(t.layer)
	return (&tallies{gauge: g, levels: make([][]*page, len(g.levels))}).change(t, nil)
}

// change gives the tallies with all rows of a table put in, and some rows taken out. nil stays nil.
func (d *tallies) change(plus *table, minus []rowRef) *tallies {
	if d == nil || plus.len()+len(minus) == 0 {
		return d
	}
	c := d.gauge.counter()
	c.bind(plus, nil)
	for row := range plus.len() {
		c.add(row, 1)
	}
	for i, r := range minus {
		if i == 0 || r.b != minus[i-1].b {
			c.bind(&r.b.table, r.b.labels)
		}
		c.add(r.row, -1)
	}
	out := &tallies{gauge: d.gauge, levels: slices.Clone(d.levels)}
	for i := range c.tellers {
		if delta := c.tellers[i].census().sorted(d.gauge); len(delta.cells) > 0 {
			out.levels[i] = merge(d.levels[i], delta)
		}
	}
	return out
}

func (d *tallies) size() int64 {
	if d == nil {
		return 0
	}
	n := int64(0)
	for _, pages := range d.levels {
		for _, p := range pages {
			n += p.size()
		}
		n += 8 * int64(cap(pages))
	}
	return n
}

// gauge says what the hexagons of a layer count, and how tiles name it.
type gauge struct {
	layer    *layers.Layer
	statuses []layers.Value // those that are counted apart
	summed   *layers.Field  // nil for none
	levels   []level

	dict             tile.Dict
	cell, count, sum uint32   // keys
	byStatus         []uint32 // keys
}

// level is a resolution at which features are counted whose first zoom is above some zoom.
type level struct {
	res   int
	above int
}

const (
	statusField = "status"
	lengthKey   = "length_m"
)

func newGauge(l *layers.Layer) *gauge {
	g := &gauge{layer: l}
	for z := range l.Latest() {
		if at := levelOf(l, z); !slices.Contains(g.levels, at) {
			g.levels = append(g.levels, at)
		}
	}
	var b tile.DictBuilder
	g.cell, g.count = b.Key("h3"), b.Key("count")
	if f := l.Field(statusField); f != nil && f.Tile {
		g.statuses = f.Values
	}
	for _, v := range g.statuses {
		g.byStatus = append(g.byStatus, b.Key("count_"+v.Code))
	}
	switch {
	case l.Density.Length:
		g.sum = b.Key(lengthKey)
	case l.Density.Sum != "":
		g.summed = l.Field(l.Density.Sum)
		g.sum = b.Key(l.Density.Sum)
	}
	g.dict = b.Dict()
	return g
}

// levelOf is the level that serves a zoom. Zooms between which no feature begins to be drawn, of one resolution, share it.
func levelOf(l *layers.Layer, zoom int) level {
	above := -1
	if l.FirstZoom <= zoom {
		above = l.FirstZoom
	}
	if l.ZoomBy != nil {
		for _, first := range l.ZoomBy.Zoom {
			if first <= zoom {
				above = max(above, first)
			}
		}
	}
	return level{res: layers.DensityRes(zoom), above: above}
}

// sums tells whether the layer sums anything besides features.
func (g *gauge) sums() bool { return g.layer.Density.Length || g.summed != nil }

// stride is how many counts a cell has.
func (g *gauge) stride() int { return 1 + len(g.statuses) }

// page has the counts of the cells of a level that share an ancestor.
type page struct {
	key    uint64
	box    index.Box // holds the outlines
	cells  []hex.Cell
	places []hex.Place
	counts codes // of each cell: all features, then those of each status
	sums   []int64
}

// census has counts by cell, the cells ascending.
type census struct {
	cells  []hex.Cell
	places []hex.Place // zero where not known
	counts []int32     // of each cell: all features, then those of each status
	sums   []int64     // of each cell, in thousandths; nil, when sorted, where nothing is summed
}

// pageSteps is how many resolutions the ancestor is up: 49 cells a page at most.
const pageSteps = 2

// pageKey is equal for the cells of a page, and ascends with the cells.
func pageKey(c hex.Cell) uint64 { return uint64(c) >> (3 * (hex.MaxRes - max(c.Res()-pageSteps, 0))) }

func (c *census) stride() int { return len(c.counts) / len(c.cells) }

// run is the part of a census with one page's key that starts at a place.
func (c *census) run(from int) census {
	key, end := pageKey(c.cells[from]), from+1
	for end < len(c.cells) && pageKey(c.cells[end]) == key {
		end++
	}
	return c.slice(from, end)
}

func (c *census) slice(from, end int) census {
	n := c.stride()
	out := census{cells: c.cells[from:end], places: c.places[from:end], counts: c.counts[from*n : end*n]}
	if c.sums != nil {
		out.sums = c.sums[from:end]
	}
	return out
}

// merge adds a census, which is not empty, to the pages of a level.
func merge(old []*page, delta census) []*page {
	pen := hex.NewPen(delta.cells[0].Res())
	out := make([]*page, 0, len(old)+1)
	for from := 0; from < len(delta.cells); {
		run := delta.run(from)
		key := pageKey(run.cells[0])
		n, known := slices.BinarySearchFunc(old, key, func(p *page, key uint64) int { return cmp.Compare(p.key, key) })
		out = append(out, old[:n]...)
		old = old[n:]
		was := &page{key: key}
		if known {
			was, old = old[0], old[1:]
		}
		if p := was.plus(run, pen); len(p.cells) > 0 {
			out = append(out, p)
		}
		from += len(run.cells)
	}
	return append(out, old...)
}

// plus is the page with a census added. Cells without features vanish; the box stays as large as it was.
func (p *page) plus(delta census, pen *hex.Pen) *page {
	out := &page{key: p.key, box: p.box}
	most, stride := len(p.cells)+len(delta.cells), delta.stride()
	out.cells, out.places = make([]hex.Cell, 0, most), make([]hex.Place, 0, most)
	if delta.sums != nil {
		out.sums = make([]int64, 0, most)
	}
	all := make([]int32, most*stride)
	var outline []uint32
	for i, j := 0, 0; i < len(p.cells) || j < len(delta.cells); {
		old := j == len(delta.cells) || i < len(p.cells) && p.cells[i] <= delta.cells[j]
		fresh := i == len(p.cells) || j < len(delta.cells) && delta.cells[j] <= p.cells[i]
		n := len(out.cells)
		counts := all[n*stride : (n+1)*stride]
		cell, place, sum := hex.Cell(0), hex.Place(0), int64(0)
		if fresh {
			cell, place = delta.cells[j], delta.places[j]
			sum += delta.add(counts, j)
			j++
		}
		if old {
			cell, place = p.cells[i], p.places[i]
			sum += p.add(counts, i)
			i++
		}
		if counts[0] == 0 {
			clear(counts)
			continue
		}
		out.cells, out.places = append(out.cells, cell), append(out.places, place)
		if delta.sums != nil {
			out.sums = append(out.sums, sum)
		}
		if !old {
			outline = pen.Append(outline[:0], cell, place)
			out.widen(boxOf(outline))
		}
	}
	out.counts = narrow(all[:len(out.cells)*stride])
	return out
}

// narrow packs counts in as few bytes as the largest needs.
func narrow(counts []int32) codes {
	most := int32(0)
	for _, n := range counts {
		most = max(most, n)
	}
	out := codes{n: len(counts), kind: in32}
	switch {
	case most <= math.MaxUint8:
		out.kind, out.c8 = in8, make([]uint8, len(counts))
		for i, n := range counts {
			out.c8[i] = uint8(n)
		}
	case most <= math.MaxUint16:
		out.kind, out.c16 = in16, make([]uint16, len(counts))
		for i, n := range counts {
			out.c16[i] = uint16(n)
		}
	default:
		out.c32 = make([]uint32, len(counts))
		for i, n := range counts {
			out.c32[i] = uint32(n)
		}
	}
	return out
}

// add adds the counts of a cell to some, and gives what is summed of it.
func (c *census) add(counts []int32, i int) int64 {
	for k := range counts {
		counts[k] += c.counts[i*len(counts)+k]
	}
	if c.sums == nil {
		return 0
	}
	return c.sums[i]
}

func (p *page) add(counts []int32, i int) int64 {
	for k := range counts {
		counts[k] += int32(p.counts.at(i*len(counts) + k))
	}
	if p.sums == nil {
		return 0
	}
	return p.sums[i]
}

// unpacked are all counts, as in a census.
func (p *page) unpacked() []int32 {
	out := make([]int32, p.counts.n)
	for i := range out {
		out[i] = int32(p.counts.at(i))
	}
	return out
}

func (p *page) widen(box index.Box) {
	if len(p.cells) > 1 || p.box != (index.Box{}) {
		box = p.box.Union(box)
	}
	p.box = box
}

func (p *page) size() int64 {
	return 8*int64(cap(p.cells)+cap(p.places)+cap(p.sums)) + p.counts.size() + int64(unsafe.Sizeof(*p))
}
