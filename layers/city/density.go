package city

import (
	"slices"

	"wangge/geo/hex"
	"wangge/geo/index"
	"wangge/geo/tile"
	"wangge/layers"
)

// tallies are the counts of a layer's features by hexagon, for every zoom at which some are not drawn one by one. They are immutable
// and exact: sums of whole numbers, in which what was added can be taken out again.
//
// The cells of a level lie in pages, those that share an ancestor three resolutions up in each: a change copies the pages it
// touches, a few hundred cells each, and the list of them.
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
		if delta := c.tellers[i].census(); len(delta.cells) > 0 {
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

// page has the counts of the cells of a level that share an ancestor, and their outlines.
type page struct {
	key uint64
	box index.Box
	census
	ends []uint32 // of the outlines, in positions
	xy   []uint32
}

// census has counts by cell, the cells ascending.
type census struct {
	cells  []hex.Cell
	counts []int32 // of each cell: all features, then those of each status
	sums   []int64 // of each cell, in thousandths; nil where nothing is summed
}

// pageSteps is how many resolutions the ancestor is up: 343 cells a page at most.
const pageSteps = 3

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
	out := census{cells: c.cells[from:end], counts: c.counts[from*n : end*n]}
	if c.sums != nil {
		out.sums = c.sums[from:end]
	}
	return out
}

// merge adds a census to the pages of a level.
func merge(old []*page, delta census) []*page {
	out := make([]*page, 0, len(old)+1)
	for from := 0; from < len(delta.cells); {
		run := delta.run(from)
		key := pageKey(run.cells[0])
		n, known := slices.BinarySearchFunc(old, key, func(p *page, key uint64) int {
			switch {
			case p.key < key:
				return -1
			case p.key > key:
				return 1
			}
			return 0
		})
		out = append(out, old[:n]...)
		old = old[n:]
		was := &page{key: key}
		if known {
			was, old = old[0], old[1:]
		}
		if p := was.plus(run); len(p.cells) > 0 {
			out = append(out, p)
		}
		from += len(run.cells)
	}
	return append(out, old...)
}

// plus is the page with a census added. Cells without features vanish.
func (p *page) plus(delta census) *page {
	if out, ok := p.recounted(delta); ok {
		return out
	}
	out := &page{key: p.key}
	n := delta.stride()
	for i, j := 0, 0; i < len(p.cells) || j < len(delta.cells); {
		switch {
		case j == len(delta.cells) || i < len(p.cells) && p.cells[i] < delta.cells[j]:
			out.push(p.census, i, p.outline(i))
			i++
			continue
		case i == len(p.cells) || delta.cells[j] < p.cells[i]:
			out.push(delta, j, nil)
		default:
			out.push(p.census, i, p.outline(i))
			out.add(len(out.cells)-1, delta, j)
			i++
		}
		j++
		if last := len(out.cells) - 1; out.counts[last*n] == 0 {
			out.pop()
		}
	}
	out.clip()
	return out
}

// recounted adds a census of cells that are all there and do not vanish: the outlines are shared.
func (p *page) recounted(delta census) (*page, bool) {
	n := delta.stride()
	out := &page{key: p.key, box: p.box, ends: p.ends, xy: p.xy}
	at := 0
	for j, c := range delta.cells {
		i, known := slices.BinarySearch(p.cells[at:], c)
		if at += i; !known || p.counts[at*n]+delta.counts[j*n] == 0 {
			return nil, false
		}
		if out.cells == nil {
			out.census = census{p.cells, slices.Clone(p.counts), slices.Clone(p.sums)}
		}
		out.add(at, delta, j)
	}
	return out, true
}

// add adds the counts of a cell of another census.
func (c *census) add(i int, o census, j int) {
	n := o.stride()
	for k := range n {
		c.counts[i*n+k] += o.counts[j*n+k]
	}
	if o.sums != nil {
		c.sums[i] += o.sums[j]
	}
}

// push appends a cell with its counts. Without an outline H3 is asked for it.
func (p *page) push(from census, i int, outline []uint32) {
	n := from.stride()
	p.cells = append(p.cells, from.cells[i])
	p.counts = append(p.counts, from.counts[i*n:(i+1)*n]...)
	if from.sums != nil {
		p.sums = append(p.sums, from.sums[i])
	}
	if outline == nil {
		p.xy = from.cells[i].AppendOutline(p.xy)
	} else {
		p.xy = append(p.xy, outline...)
	}
	p.ends = append(p.ends, uint32(len(p.xy)/2))
}

func (p *page) pop() {
	last := len(p.cells) - 1
	n := p.stride()
	p.xy = p.xy[:2*begin(p.ends, last)]
	p.cells, p.counts, p.ends = p.cells[:last], p.counts[:last*n], p.ends[:last]
	if p.sums != nil {
		p.sums = p.sums[:last]
	}
}

// clip gives back room for more and finds the box.
func (p *page) clip() {
	p.cells, p.counts, p.sums = slices.Clone(p.cells), slices.Clone(p.counts), slices.Clone(p.sums)
	p.ends, p.xy = slices.Clone(p.ends), slices.Clone(p.xy)
	if len(p.xy) > 0 {
		p.box = boxOf(p.xy)
	}
}

func (p *page) outline(i int) []uint32 { return p.xy[2*begin(p.ends, i) : 2*p.ends[i]] }

func (p *page) size() int64 {
	return 8*int64(cap(p.cells)+cap(p.sums)) + 4*int64(cap(p.counts)+cap(p.ends)+cap(p.xy)) + 160
}
