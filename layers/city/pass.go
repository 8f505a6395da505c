package city

import (
	"context"
	"slices"

	"wangge/geo/index"
	"wangge/geo/tile"
	"wangge/layers"
)

// pass encodes what a tile shows of one layer.
type pass struct {
	*workbench
	ctx     context.Context
	stack   *stack
	query   *shown
	addr    tile.Addr
	thinned uint8 // how often the layer was too large
	sieve   *sieve

	drawn  int // bytes of features drawn one by one and of their label points
	counts int // bytes of hexagons

	block   *block
	gone    []uint32
	floor   uint32 // world units below which an area is too small to be drawn; 0 for none
	n       int
	crowded bool
	err     error
}

// single is a column whose values are written one by one, being in no tag set.
type single struct {
	*column
	key    uint32
	unique bool   // no two rows have the same value
	first  uint32 // token of its first text; those of other columns lie between
}

// cancelEvery is how many features are encoded between two looks at the context and at the size of the layer.
const cancelEvery = 1024

// layer writes features, label points and densities of the layer.
func (p *pass) layer() {
	l := p.stack.layer
	if p.query.program != nil {
		p.sieve = newSieve(p.query.program)
	}
	m, before := p.manner(), len(p.encoder.Bytes())
	if m.single {
		if p.thinned > 0 && l.Density == nil {
			p.floor = 1 << (unitZoom - p.addr.Z + p.thinned - 1)
		}
		p.features()
		if p.crowded || p.err != nil {
			return
		}
		p.labels()
		p.drawn = len(p.encoder.Bytes()) - before
		before += p.drawn
	}
	if m.res >= 0 {
		p.densities(m)
		p.counts = len(p.encoder.Bytes()) - before
	}
}

// gain is how much the tile gains, roughly, when the layer is shown in the next coarser way. To draw features no more is the last
// resort: it counts for a quarter.
func (p *pass) gain() int {
	switch now, next := p.manner(), p.next(); {
	case !p.canThin():
		return 0
	case p.stack.layer.Density == nil:
		return p.drawn / 2
	case now.single && !next.single:
		return p.drawn / 4
	default:
		return p.counts - p.counts/7
	}
}

// next is the manner in which the layer is shown when it is thinned once more.
func (p *pass) next() manner {
	coarser := *p
	coarser.thinned++
	return coarser.manner()
}

// canThin tells whether there is a coarser way to show the layer.
func (p *pass) canThin() bool {
	if p.stack.layer.Density != nil {
		return !p.manner().last
	}
	return p.floor < 1<<31
}

// features encodes the features that are shown one by one, and marks those that are labelled in this tile.
func (p *pass) features() {
	p.encoder.Layer(p.stack.layer.ID, p.stack.dict)
	p.marks = p.marks[:0]
	box := tileBox(p.addr)
	for _, seg := range p.stack.segs {
		p.block, p.gone = seg.block, seg.gone
		p.use(p.query.wanted)
		if p.sieve != nil {
			p.sieve.bind(&seg.table)
		}
		if !seg.runs(box, p.addr.Z, p.run) {
			return
		}
	}
}

// use makes ready for the rows of a block.
func (p *pass) use(wanted []bool) {
	b, k := p.block, p.stack.look
	p.shape = tile.Geometry{}
	p.encoder.Use(b.sets, wanted)
	p.single = p.single[:0]
	for i := range b.columns {
		c := &b.columns[i]
		inSet := c.field.Tile && !slices.Contains(b.loose, i)
		if inSet || wanted == nil && !c.field.Tile || wanted != nil && !wanted[i] {
			continue
		}
		p.single = append(p.single, single{c, k.keys[i], c.codes.kind == counting, uint32(i * b.len())})
	}
}

// run encodes the rows first … end-1 of the block.
func (p *pass) run(first, end int) bool {
	for first < end {
		step := min(end-first, cancelEvery-p.n)
		p.rows(first, first+step)
		first += step
		if p.n += step; p.n < cancelEvery {
			continue
		}
		p.n = 0
		p.err = p.ctx.Err()
		p.crowded = p.encoder.LayerLen() > maxTileBytes && p.canThin()
		if p.err != nil || p.crowded {
			return false
		}
	}
	return true
}

// rows encodes the rows first … end-1 but for those that are gone.
func (p *pass) rows(first, end int) {
	at := len(p.gone)
	if at > 0 {
		at, _ = slices.BinarySearch(p.gone, uint32(first))
	}
	for row := first; row < end; row++ {
		if at < len(p.gone) && p.gone[at] == uint32(row) {
			at++
			continue
		}
		if p.sieve != nil && !p.sieve.passes(row) {
			continue
		}
		p.row(row)
	}
}

// row encodes one feature.
func (p *pass) row(row int) {
	b, e := p.block, &p.encoder
	if p.floor > 0 && b.kinds[row] == tile.Polygons && small(b.boxOf(row), p.floor) {
		return
	}
	b.shape(&p.shape, row)
	if !e.Open(uint64(b.ids[row]), &p.shape) {
		return
	}
	p.tag(row)
	e.Close()
	if b.labels != nil && b.labelled(p.stack.look.labels, row, p.addr) {
		p.marks = append(p.marks, mark{b, row})
	}
}

func small(b index.Box, floor uint32) bool { return b.MaxX-b.MinX < floor && b.MaxY-b.MinY < floor }

// tag writes the attributes of a row; what is null is left out.
func (p *pass) tag(row int) {
	p.encoder.TagSet(p.block.setOf.at(row))
	for i := range p.single {
		s := &p.single[i]
		code := s.codes.at(row)
		if code == 0 {
			continue
		}
		switch s.field.Type {
		case layers.Enum, layers.Boolean, layers.Integer, layers.Number:
			p.encoder.TagValue(s.key, tileValue(s.field, s.valueOf(code)))
		default:
			token := uint32(0)
			if !s.unique {
				token = s.first + code
			}
			p.encoder.TagText(s.key, s.texts.at(code-1), token)
		}
	}
}

// labels adds the label points that features has met, in a layer of their own.
func (p *pass) labels() {
	if len(p.marks) == 0 {
		return
	}
	k := p.stack.look
	p.encoder.Layer(p.stack.layer.ID+layers.LabelSuffix, p.stack.dict)
	wanted := k.onLabels
	if p.query.wanted != nil {
		wanted = slices.Clone(wanted)
		for i := range wanted {
			wanted[i] = wanted[i] && p.query.wanted[i]
		}
	}
	p.block = nil
	for _, m := range p.marks {
		if p.block != m.block {
			p.block = m.block
			p.use(wanted)
		}
		at := m.block.labels[2*m.row : 2*m.row+2]
		if p.encoder.Open(uint64(m.block.ids[m.row]), &tile.Geometry{Kind: tile.Points, XY: at}) {
			p.tag(m.row)
			p.encoder.Close()
		}
	}
}
