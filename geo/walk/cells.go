package walk

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// cells is a uniform grid of segments: which segments pass through which cell. Degrees are its plane.
type cells struct {
	minX, minY float64 // degrees
	perX, perY float64 // cells a degree
	cols, rows int
	slack      float64  // how far beyond its course a segment is put into cells, in cells
	first      []uint32 // by cell, row by row: where its items begin; one more at the end
	items      []uint32 // segments, ascending in each cell
}

// slack is more than what rounding can do, in cells.
const slack = 1e-6

// newCells puts n segments into cells of about sideM metres, and into those within aroundMM of their course; into larger ones where the
// segments are spread so thin that cells would outnumber them.
func newCells(n int, ends func(i int) (a, b orb.Point, ok bool), sideM, aroundMM float64) *cells {
	bound, some := orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}}, false
	var lengthX, lengthY float64
	for i := range n {
		a, b, ok := ends(i)
		if !ok {
			continue
		}
		some = true
		bound.Min = orb.Point{min(bound.Min[0], a[0], b[0]), min(bound.Min[1], a[1], b[1])}
		bound.Max = orb.Point{max(bound.Max[0], a[0], b[0]), max(bound.Max[1], a[1], b[1])}
		lengthX, lengthY = lengthX+math.Abs(b[0]-a[0]), lengthY+math.Abs(b[1]-a[1])
	}
	if !some {
		return &cells{perX: 1, perY: 1, cols: 1, rows: 1, slack: slack, first: make([]uint32, 2)}
	}
	c := &cells{minX: bound.Min[0], minY: bound.Min[1]}
	at := scaleAt((bound.Min[1] + bound.Max[1]) / 2)
	width, height := bound.Max[0]-bound.Min[0], bound.Max[1]-bound.Min[1]
	for side := sideM * 1000; ; side *= 2 {
		c.perX, c.perY = max(at.x, at.y/100)/side, at.y/side
		across, down := math.Floor(width*c.perX)+1, math.Floor(height*c.perY)+1
		if across*down <= 1<<16+4*float64(n) && lengthX*c.perX+lengthY*c.perY <= 1<<16+8*float64(n) {
			c.cols, c.rows, c.slack = int(across), int(down), slack+aroundMM*1.01/side
			break
		}
	}
	c.fill(n, ends)
	return c
}

// fill puts each segment into the cells that it passes through.
func (c *cells) fill(n int, ends func(i int) (a, b orb.Point, ok bool)) {
	c.first = make([]uint32, c.cols*c.rows+1)
	through := make([]uint64, 0, 2*n) // cell<<32 | segment
	for i := range n {
		if a, b, ok := ends(i); ok {
			c.pass(a, b, func(cell int) bool {
				through = append(through, uint64(cell)<<32|uint64(uint32(i)))
				c.first[cell]++
				return true
			})
		}
	}
	total := uint32(0)
	for i, count := range c.first {
		total += count
		c.first[i] = total
	}
	c.items = make([]uint32, total)
	for _, t := range slices.Backward(through) {
		cell := t >> 32
		c.first[cell]--
		c.items[c.first[cell]] = uint32(t)
	}
}

// col is the column of a position in cells from the western edge, moved into the grid.
func (c *cells) col(x float64) int { return min(max(int(x), 0), c.cols-1) }

func (c *cells) row(y float64) int { return min(max(int(y), 0), c.rows-1) }

// at is the cell of a position, moved into the grid.
func (c *cells) at(p orb.Point) int {
	return c.row((p[1]-c.minY)*c.perY)*c.cols + c.col((p[0]-c.minX)*c.perX)
}

// of lists the segments of a cell.
func (c *cells) of(cell int) []uint32 { return c.items[c.first[cell]:c.first[cell+1]] }

// pass visits every cell that a segment passes through, each once, until visit answers false. What lies outside the grid counts for its
// rim.
func (c *cells) pass(a, b orb.Point, visit func(cell int) bool) {
	ax, ay := (a[0]-c.minX)*c.perX, (a[1]-c.minY)*c.perY
	bx, by := (b[0]-c.minX)*c.perX, (b[1]-c.minY)*c.perY
	if ax > bx {
		ax, ay, bx, by = bx, by, ax, ay
	}
	low, high := min(ay, by), max(ay, by)
	west, east := c.col(ax-c.slack), c.col(bx+c.slack)
	slope := 0.0
	upright := west == east || bx-ax < 1e-3
	if !upright {
		slope = (by - ay) / (bx - ax)
	}
	for col := west; col <= east; col++ {
		from, to := low, high
		if !upright {
			from = ay + (max(ax, float64(col)-c.slack)-ax)*slope
			to = ay + (min(bx, float64(col+1)+c.slack)-ax)*slope
			if col == 0 { // the rim stands for what is west of it
				from = ay
			}
			if col == c.cols-1 {
				to = by
			}
			from, to = min(from, to), max(from, to)
		}
		for row, end := c.row(max(from, low)-c.slack), c.row(min(to, high)+c.slack); row <= end; row++ {
			if !visit(row*c.cols + col) {
				return
			}
		}
	}
}

// around visits the cells that meet a rectangle.
func (c *cells) around(b orb.Bound, visit func(cell int)) {
	west, east := c.col((b.Min[0]-c.minX)*c.perX-slack), c.col((b.Max[0]-c.minX)*c.perX+slack)
	south, north := c.row((b.Min[1]-c.minY)*c.perY-slack), c.row((b.Max[1]-c.minY)*c.perY+slack)
	for row := south; row <= north; row++ {
		for col := west; col <= east; col++ {
			visit(row*c.cols + col)
		}
	}
}
