package city

import (
	"wangge/geo/index"
	"wangge/geo/tile"
	"wangge/layers"
)

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
