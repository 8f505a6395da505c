package city

import (
	"math"

	"wangge/geo/tile"
)

// keepFrom gives, by position of a block, the first zoom at which it is drawn; nil for a block without lines. A vertex of a line is
// left out at zooms at which the line without it is off by no more than half a tile unit there, after Douglas and Peucker; a
// sixteenth of a pixel. It depends on the line alone, so every tile draws the same line. Areas keep all: what two of them share must
// stay the same in both.
func keepFrom(t *table) []uint8 {
	var keep []uint8
	var s simplifier
	for row := range t.ids {
		if t.kinds[row] != tile.Lines {
			continue
		}
		if keep == nil {
			keep = make([]uint8, len(t.xy)/2)
		}
		g, first := t.geometry(row), begin(t.ends, row)
		start := uint32(0)
		for i := range max(len(g.Ends), 1) {
			end := uint32(len(g.XY) / 2)
			if g.Ends != nil {
				end = g.Ends[i]
			}
			s.line(g.XY[2*start:2*end], keep[first+start:first+end])
			start = end
		}
	}
	return keep
}

// simplifier weighs the vertices of lines; its stack is kept between them.
type simplifier struct {
	todo []stretch
}

// stretch is a part of a line whose ends are kept. No vertex within it weighs more than the limit: it can only be missed once the
// vertices that the stretch hangs on are there.
type stretch struct {
	first, last int
	limit       float64
}

// line fills in the first zooms of a line's vertices. Its ends are kept at all of them.
func (s *simplifier) line(xy []uint32, keep []uint8) {
	s.todo = append(s.todo[:0], stretch{0, len(keep) - 1, math.Inf(1)})
	for len(s.todo) > 0 {
		at := s.todo[len(s.todo)-1]
		s.todo = s.todo[:len(s.todo)-1]
		if at.last-at.first < 2 {
			continue
		}
		far, off := farthest(xy, at.first, at.last)
		weight := min(off, at.limit)
		keep[far] = zoomFor(weight)
		s.todo = append(s.todo, stretch{at.first, far, weight}, stretch{far, at.last, weight})
	}
}

// farthest is the vertex between two others that lies farthest from the segment that joins them, and how far, in world units.
func farthest(xy []uint32, first, last int) (far int, off float64) {
	far, off = first+1, -1
	ax, ay := float64(xy[2*first]), float64(xy[2*first+1])
	dx, dy := float64(xy[2*last])-ax, float64(xy[2*last+1])-ay
	length2 := dx*dx + dy*dy
	for i := first + 1; i < last; i++ {
		px, py := float64(xy[2*i])-ax, float64(xy[2*i+1])-ay
		if length2 > 0 {
			along := min(max((px*dx+py*dy)/length2, 0), 1)
			px, py = px-along*dx, py-along*dy
		}
		if d := px*px + py*py; d > off {
			far, off = i, d
		}
	}
	return far, math.Sqrt(off)
}

// unitZoom is the zoom at which a tile unit would be a world unit.
const unitZoom = 20

// zoomFor is the first zoom at which half a tile unit is less than so many world units; beyond the deepest where none is.
func zoomFor(weight float64) uint8 {
	if weight <= 0 {
		return tile.MaxZoom + 1
	}
	zoom := math.Floor(unitZoom-1-math.Log2(weight)) + 1
	return uint8(min(max(zoom, 0), tile.MaxZoom+1))
}
