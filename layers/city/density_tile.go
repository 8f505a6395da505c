package city

import (
	"math"
	"slices"

	"wangge/geo/hex"
	"wangge/geo/index"
	"wangge/geo/tile"
	"wangge/layers"
)

// maxHexagons is how many cells of one layer a tile shows; where there are more it shows those of a coarser resolution.
const maxHexagons = 4096

// manner is how a layer is shown at a zoom.
type manner struct {
	single bool // the features whose zoom has come are drawn one by one
	res    int  // of the hexagons that count the others; negative for none
	last   bool // there is no coarser way with densities
}

// manner is how the layer is shown in the tile. One with densities that was too large for it has its hexagons grow first, then these
// take in the features that would be drawn, then they grow again.
func (p *pass) manner() manner {
	l, zoom, n := p.stack.layer, int(p.addr.Z), int(p.thinned)
	if l.Density == nil {
		return manner{single: zoom >= l.Lowest(), res: -1}
	}
	res := finestRes(zoom)
	sizes := res - coarsestRes(zoom) + 1 // of hexagons
	singles := 0                         // ways in which features are drawn
	switch {
	case zoom >= l.Latest():
		singles = 1
	case zoom >= l.Lowest():
		singles = sizes
	}
	if n >= singles {
		n = min(n-singles, sizes-1)
		return manner{res: res - n, last: n == sizes-1}
	}
	if zoom >= l.Latest() {
		return manner{single: true, res: -1}
	}
	return manner{single: true, res: res - n}
}

// finestRes is the resolution of hexagons at a zoom. At the first two zooms those of resolution 6 would be smaller than a tile unit, and
// the encoder leaves out what it cannot draw: there they grow.
func finestRes(zoom int) int { return layers.DensityRes(zoom) - max(0, 2-zoom) }

// coarsestRes is the coarsest resolution of hexagons at a zoom: two steps from the usual one, each of which leaves a seventh of them; more
// where a tile holds whole countries.
func coarsestRes(zoom int) int { return max(min(layers.DensityRes(zoom)-2, zoom-3), 0) }

// cellReach is the box in which features decide what the hexagons say that meet the box of a tile.
func cellReach(box index.Box, addr tile.Addr) index.Box {
	return reachOf(box, coarsestRes(int(addr.Z)))
}

// reachOf grows a box by a cell, the far end of which may be that far away, and by half of one, for descendants reach over its edge.
func reachOf(box index.Box, res int) index.Box {
	by := hex.Reach(res, box.MinY, box.MaxY)
	by += min(by/2, math.MaxUint32-by)
	return index.Box{
		MinX: box.MinX - min(by, box.MinX), MinY: box.MinY - min(by, box.MinY),
		MaxX: box.MaxX + min(by, math.MaxUint32-box.MaxX), MaxY: box.MaxY + min(by, math.MaxUint32-box.MaxY),
	}
}

// hexagon is a cell of a page.
type hexagon struct {
	*page
	i int
}

// densities writes the hexagons of the layer, in a layer of their own: every cell that meets the tile, with the counts of the whole cell.
func (p *pass) densities(m manner) {
	l := p.stack.layer
	above := -1
	if m.single {
		above = levelOf(l, int(p.addr.Z)).above
	}
	found := p.hexagons(level{m.res, above})
	for m.res > coarsestRes(int(p.addr.Z)) && len(found) > maxHexagons && p.err == nil {
		m.res--
		found = p.hexagons(level{m.res, above})
	}
	if p.err != nil {
		return
	}
	g := p.stack.density.gauge
	p.encoder.Layer(l.ID+layers.DensitySuffix, g.dict)
	box := tileBox(p.addr)
	var text []byte
	for _, h := range found {
		xy := h.outline(h.i)
		if p.encoder.Open(0, tile.Geometry{Kind: tile.Polygons, XY: xy}, box.Contains(boxOf(xy))) {
			text = h.cells[h.i].AppendText(text[:0])
			p.encoder.TagText(g.cell, text, 0)
			g.tag(&p.encoder, h)
			p.encoder.Close()
		}
	}
}

// tag writes the counts of a hexagon: those by status where there are any, the sum always.
func (g *gauge) tag(e *tile.Encoder, h hexagon) {
	n := g.stride()
	counts := h.counts[h.i*n : (h.i+1)*n]
	e.TagValue(g.count, tile.Int(int64(counts[0])))
	for i, key := range g.byStatus {
		if k := counts[1+i]; k > 0 {
			e.TagValue(key, tile.Int(int64(k)))
		}
	}
	if !g.sums() {
		return
	}
	sum := float64(h.sums[h.i]) / thousandths
	if g.summed != nil && g.summed.Type == layers.Number {
		e.TagValue(g.sum, tile.Double(sum))
	} else {
		e.TagValue(g.sum, tile.Int(int64(math.Round(sum))))
	}
}

// hexagons are the cells of a level whose boxes meet the tile. They come from the tallies, where these have the level or a finer one of the
// same features, else the rows are counted.
func (p *pass) hexagons(at level) []hexagon {
	box := tileBox(p.addr)
	if p.sieve == nil {
		d := p.stack.density
		if i := slices.Index(d.gauge.levels, at); i >= 0 {
			return cellsIn(d.levels[i], box)
		}
		for i, finer := range d.gauge.levels { // the coarsest comes first
			if finer.above == at.above && finer.res > at.res {
				return cellsIn(parents(d.levels[i], at.res, reachOf(box, at.res)), box)
			}
		}
	}
	return cellsIn(p.count(at, reachOf(box, at.res)), box)
}

func cellsIn(pages []*page, box index.Box) []hexagon {
	var out []hexagon
	for _, p := range pages {
		if !p.box.Intersects(box) {
			continue
		}
		inside := box.Contains(p.box)
		for i := range p.cells {
			if inside || boxOf(p.outline(i)).Intersects(box) {
				out = append(out, hexagon{p, i})
			}
		}
	}
	return out
}

// parents sums the cells that meet a box by their ancestors of a resolution.
func parents(pages []*page, res int, box index.Box) []*page {
	var sum census
	at := map[hex.Cell]int{}
	for _, h := range cellsIn(pages, box) {
		parent := h.cells[h.i].Parent(res)
		i, known := at[parent]
		if !known {
			i = len(sum.cells)
			at[parent] = i
			sum.cells = append(sum.cells, parent)
			sum.counts = append(sum.counts, make([]int32, h.stride())...)
			if h.sums != nil {
				sum.sums = append(sum.sums, 0)
			}
		}
		sum.add(i, h.census, h.i)
	}
	if len(sum.cells) == 0 {
		return nil
	}
	return merge(nil, sum.sorted())
}

// sorted is the census with its cells ascending.
func (c *census) sorted() census {
	n := c.stride()
	order := make([]int, len(c.cells))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		if c.cells[i] < c.cells[j] {
			return -1
		}
		return 1 // no two are the same
	})
	var out census
	for _, i := range order {
		out.cells = append(out.cells, c.cells[i])
		out.counts = append(out.counts, c.counts[i*n:(i+1)*n]...)
		if c.sums != nil {
			out.sums = append(out.sums, c.sums[i])
		}
	}
	return out
}

// count counts the rows in a box that the query shows. The box must reach as far as the cells do whose counts are wanted.
func (p *pass) count(at level, box index.Box) []*page {
	c := p.stack.density.gauge.counterFor(at)
	n := 0
	var bound *block
	p.stack.search(box, func(b *block, row int) bool {
		if b != bound {
			bound = b
			c.bind(&b.table, b.labels)
			if p.sieve != nil {
				p.sieve.bind(&b.table)
			}
		}
		if n++; n%cancelEvery == 0 {
			p.err = p.ctx.Err()
		}
		if int(b.zooms[row]) > at.above && (p.sieve == nil || p.sieve.passes(row)) {
			c.add(row, 1)
		}
		return p.err == nil
	})
	return merge(nil, c.tellers[0].census())
}
