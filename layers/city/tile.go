package city

import (
	"bytes"
	"context"
	"slices"

	"wangge/geo/index"
	"wangge/geo/tile"
	"wangge/layers"
)

// maxTileBytes is the largest a tile gets before compression.
const maxTileBytes = 500_000

// workbench is what encoding a tile needs and the next tile can use again.
type workbench struct {
	encoder tile.Encoder
	marks   []mark
	single  []single

	sketches sketches

	shape tile.Geometry // of the feature at hand
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

// Tile encodes a vector tile, its layers in the fixed order. Features appear from their first zoom; before it, and where they would
// make the tile larger than 500 kB, their densities do. The bytes are the caller's; an empty tile has none. addr must be valid. The
// only error is the context's.
func (v *View) Tile(ctx context.Context, p *Plan, addr tile.Addr) (Tile, error) {
	w, _ := v.benches.Get().(*workbench)
	if w == nil {
		w = new(workbench)
	}
	defer v.release(w)
	thinned := make([]uint8, len(p.shown)) // by layer, how often it was too large
	for {
		gains, err := w.draw(ctx, v, p, addr, thinned)
		if err != nil {
			return Tile{}, err
		}
		if !thin(thinned, gains, len(w.encoder.Bytes())-maxTileBytes) {
			break
		}
	}
	made := Tile{Bytes: bytes.Clone(w.encoder.Bytes()), Features: w.encoder.Features()}
	for i, n := range thinned {
		if n > 0 {
			made.Thinned = append(made.Thinned, p.shown[i].id)
		}
	}
	return made, nil
}

// thin chooses the layers that give way for a tile to lose so many bytes, those with the most to gain first. It tells whether any does.
func thin(thinned []uint8, gains []int, excess int) (gives bool) {
	for excess > 0 {
		best := 0
		for i, gain := range gains {
			if gain > gains[best] {
				best = i
			}
		}
		if gains[best] == 0 {
			break
		}
		gives = true
		excess -= gains[best]
		thinned[best]++
		gains[best] = 0 // what the layer gains next is only known when it has been drawn
	}
	return gives
}

// draw encodes a tile and tells what it would gain from each layer of the plan that were shown in a coarser way. It ends early with a
// tile that is too large, and with nothing to gain but from the layer that made it so.
func (w *workbench) draw(ctx context.Context, v *View, p *Plan, addr tile.Addr, thinned []uint8) (gains []int, err error) {
	w.encoder.Begin(addr, tile.DefaultBufferPx)
	gains = make([]int, len(p.shown))
	for i := range p.shown {
		q := &p.shown[i]
		s := v.stack(q.id)
		if s == nil {
			continue
		}
		pass := pass{workbench: w, ctx: ctx, stack: s, query: q, addr: addr, thinned: thinned[i]}
		if pass.layer(); pass.err != nil {
			return nil, pass.err
		}
		if pass.crowded {
			clear(gains)
			gains[i] = maxTileBytes
			return gains, nil
		}
		gains[i] = pass.gain()
	}
	return gains, nil
}

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

// ContentHash is a number for what the tile shows: equal content, equal hash, on every server and after every start. It has
// the layers and the address in it, not the version of the encoder. It may differ for equal tiles (a change too small to be seen at the zoom).
func (v *View) ContentHash(p *Plan, addr tile.Addr) uint64 {
	d := digest(0).add(uint64(addr.Z)).add(uint64(addr.X)<<32 | uint64(addr.Y))
	for i := range p.shown {
		q := &p.shown[i]
		s := v.stack(q.id)
		if s == nil || int(addr.Z) < s.layer.Lowest() && s.layer.Density == nil {
			continue
		}
		box := reach(s.layer, addr)
		var n int
		var sum uint64
		if q.plain() {
			n, sum = s.tally(box)
		} else {
			n, sum = s.tallyOf(q, box)
		}
		d = d.add(uint64(s.look.digest)).add(uint64(n)).add(sum)
	}
	return d.sum()
}

// reach is the box in which features decide what a tile shows of a layer.
func reach(l *layers.Layer, addr tile.Addr) index.Box {
	box := tileBox(addr)
	if l.Density == nil {
		return box
	}
	return cellReach(box, addr)
}

// tallyOf counts the features that a query shows and adds what they contribute to its tiles.
func (s *stack) tallyOf(q *shown, box index.Box) (n int, sum uint64) {
	var sieve *sieve
	if q.program != nil {
		sieve = newSieve(q.program)
	}
	for _, seg := range s.segs {
		if sieve != nil {
			sieve.bind(&seg.table)
		}
		seg.runs(box, allZooms, func(first, end int) bool {
			return seg.skip(first, end, func(row int) bool {
				if sieve == nil || sieve.passes(row) {
					n++
					sum += seg.contribution(q, row)
				}
				return true
			})
		})
	}
	return n, sum
}

// contribution is what a row contributes to the tiles of a query: its hash, and the wanted columns that this does not tell of.
func (s segment) contribution(q *shown, row int) uint64 {
	d := digest(s.sum(row, row+1))
	for i, w := range q.wanted {
		if w && i >= s.drawn {
			d = s.columns[i].digest(d, row)
		}
	}
	return d.sum()
}

func tileBox(addr tile.Addr) index.Box {
	x0, y0, x1, y1 := addr.WorldBox(tile.DefaultBufferPx)
	return index.Box{MinX: x0, MinY: y0, MaxX: x1, MaxY: y1}
}

// release forgets what ties a workbench to a view, and gives it back.
func (v *View) release(w *workbench) {
	clear(w.single[:cap(w.single)])
	clear(w.marks[:cap(w.marks)])
	w.single, w.marks, w.shape = w.single[:0], w.marks[:0], tile.Geometry{}
	v.benches.Put(w)
}
