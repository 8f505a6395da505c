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
	sizes := res - layers.CoarsestDensityRes(zoom) + 1 // of hexagons
	singles := 0                                       // ways in which features are drawn
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

// cellReach is the box in which features decide what the hexagons say that meet the box of a tile.
func cellReach(box index.Box, addr tile.Addr) index.Box {
	return reachOf(box, layers.CoarsestDensityRes(int(addr.Z)))
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

// honeycomb is some cells with their outlines.
type honeycomb struct {
	cells []hexagon
	ends  []uint32 // of the outlines, in positions
	xy    []uint32
}

// hexagon is a cell of a page.
type hexagon struct {
	*page
	i int
}

func (h *honeycomb) outline(i int) []uint32 { return h.xy[2*begin(h.ends, i) : 2*h.ends[i]] }

// densities writes the hexagons of the layer, in a layer of their own: every cell that meets the tile, with the counts of the whole cell.
func (p *pass) densities(m manner) {
	l := p.stack.layer
	above := -1
	if m.single {
		above = levelOf(l, int(p.addr.Z)).above
	}
	found := p.hexagons(level{m.res, above})
	for m.res > layers.CoarsestDensityRes(int(p.addr.Z)) && len(found.cells) > maxHexagons && p.err == nil {
		m.res--
		found = p.hexagons(level{m.res, above})
	}
	if p.err != nil {
		return
	}
	g := p.stack.density.gauge
	p.encoder.Layer(l.ID+layers.DensitySuffix, g.dict)
	var text []byte
	for i, h := range found.cells {
		xy := found.outline(i)
		if p.encoder.Open(0, &tile.Geometry{Kind: tile.Polygons, XY: xy}) {
			text = h.cells[h.i].AppendText(text[:0])
			p.encoder.TagText(g.cell, text, 0)
			g.tag(&p.encoder, h)
			p.encoder.Close()
		}
	}
}

// tag writes the counts of a hexagon: those by status where there are any, the sum always.
func (g *gauge) tag(e *tile.Encoder, h hexagon) {
	first := h.i * g.stride()
	e.TagValue(g.count, tile.Uint(uint64(h.counts.at(first))))
	for i, key := range g.byStatus {
		if n := h.counts.at(first + 1 + i); n > 0 {
			e.TagValue(key, tile.Uint(uint64(n)))
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
func (p *pass) hexagons(at level) honeycomb {
	box := tileBox(p.addr)
	if p.sieve == nil {
		d := p.stack.density
		if i := slices.Index(d.gauge.levels, at); i >= 0 {
			return p.outlines(d.levels[i], box)
		}
		for i, finer := range d.gauge.levels { // the coarsest comes first
			if finer.above == at.above && finer.res > at.res {
				return p.outlines(d.gauge.parents(d.levels[i], at.res, reachOf(box, at.res)), box)
			}
		}
	}
	return p.outlines(p.count(at, reachOf(box, at.res)), box)
}

// outlines gives the cells of pages of one level that meet a box, with their outlines.
func (p *pass) outlines(pages []*page, box index.Box) (out honeycomb) {
	var pen *hex.Pen
	for _, g := range pages {
		if !g.box.Intersects(box) {
			continue
		}
		if pen == nil {
			pen = hex.NewPen(g.cells[0].Res())
		}
		for i, c := range g.cells {
			start := len(out.xy)
			if at, known := p.sketches.find(c); known {
				out.xy = append(out.xy, at.xy[:]...)
			} else {
				out.xy = pen.Append(out.xy, c, g.places[i])
				at.keep(c, out.xy[start:])
			}
			if !boxOf(out.xy[start:]).Intersects(box) {
				out.xy = out.xy[:start]
				continue
			}
			out.cells, out.ends = append(out.cells, hexagon{g, i}), append(out.ends, uint32(len(out.xy)/2))
		}
	}
	return out
}

// parents sums the cells of the pages that meet a box by their ancestors of a resolution.
func (g *gauge) parents(pages []*page, res int, box index.Box) []*page {
	n := g.stride()
	var sum census
	at := map[hex.Cell]int{}
	for _, p := range pages {
		if !p.box.Intersects(box) {
			continue
		}
		for j, c := range p.cells {
			parent := c.Parent(res)
			i, known := at[parent]
			if !known {
				i = len(sum.cells)
				at[parent] = i
				sum.cells, sum.places = append(sum.cells, parent), append(sum.places, 0)
				sum.counts, sum.sums = append(sum.counts, make([]int32, n)...), append(sum.sums, 0)
			}
			sum.sums[i] += p.add(sum.counts[i*n:(i+1)*n], j)
		}
	}
	return g.pages(&sum)
}

// pages makes pages of a census in any order, from which cells may be missing.
func (g *gauge) pages(c *census) []*page {
	if sorted := c.sorted(g); len(sorted.cells) > 0 {
		return merge(nil, sorted)
	}
	return nil
}

// count counts the rows in a box that the query shows. The box must reach as far as the cells do whose counts are wanted.
func (p *pass) count(at level, box index.Box) []*page {
	g := p.stack.density.gauge
	c := g.counterFor(at)
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
	return g.pages(c.tellers[0].census())
}
