package city

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/geo/hex"
	"wangge/geo/tile"
)

// counter counts rows by hexagon, for several levels at once. A row belongs to the cell of its anchor.
type counter struct {
	gauge   *gauge
	tellers []teller

	// The table at hand.
	table  *table
	labels []uint32 // as a block has them; nil where they must be computed
	status *column
	summed *column
}

// teller counts for one level.
type teller struct {
	level
	stride int
	finder *hex.Finder
	counts []int32 // by number of the finder, as in a census
	sums   []int64
}

// counter makes one for all levels of the gauge.
func (g *gauge) counter() *counter {
	return g.counterFor(g.levels...)
}

func (g *gauge) counterFor(levels ...level) *counter {
	c := &counter{gauge: g}
	for _, l := range levels {
		c.tellers = append(c.tellers, teller{level: l, stride: g.stride(), finder: hex.NewFinder(l.res)})
	}
	return c
}

// bind makes the counter ready for rows of a table.
func (c *counter) bind(t *table, labels []uint32) {
	c.table, c.labels = t, labels
	c.status, c.summed = nil, nil
	if len(c.gauge.statuses) > 0 {
		c.status = t.column(statusField)
	}
	if c.gauge.summed != nil {
		c.summed = t.column(c.gauge.summed.Name)
	}
}

// add counts a row of the table n times, which may be negative.
func (c *counter) add(row, n int) {
	zoom := int(c.table.zooms[row])
	x, y := c.anchor(row)
	spot := hex.SpotOf(x, y)
	status := c.statusOf(row)
	sum := int64(n) * c.amount(row)
	for i := range c.tellers {
		if t := &c.tellers[i]; zoom > t.above {
			t.add(t.finder.Find(spot), status, int32(n), sum)
		}
	}
}

func (t *teller) add(cell, status int, n int32, sum int64) {
	for len(t.counts) <= cell*t.stride {
		t.counts = append(t.counts, make([]int32, t.stride)...)
		t.sums = append(t.sums, 0)
	}
	t.counts[cell*t.stride] += n
	if status > 0 {
		t.counts[cell*t.stride+status] += n
	}
	t.sums[cell] += sum
}

// census is what was counted, in the order of its coming.
func (t *teller) census() *census {
	n := len(t.sums)
	return &census{cells: t.finder.Cells()[:n], places: t.finder.Places()[:n], counts: t.counts, sums: t.sums}
}

// sorted is a census with its cells ascending and without those in which nothing changes.
func (c *census) sorted(g *gauge) census {
	n := g.stride()
	order := make([]uint32, 0, len(c.cells))
	for i := range c.cells {
		if c.sums[i] != 0 || slices.ContainsFunc(c.counts[i*n:(i+1)*n], func(n int32) bool { return n != 0 }) {
			order = append(order, uint32(i))
		}
	}
	slices.SortFunc(order, func(i, j uint32) int { return cmp.Compare(c.cells[i], c.cells[j]) })
	out := census{cells: make([]hex.Cell, 0, len(order)), places: make([]hex.Place, 0, len(order)), counts: make([]int32, 0, len(order)*n)}
	for _, i := range order {
		out.cells, out.places = append(out.cells, c.cells[i]), append(out.places, c.places[i])
		out.counts = append(out.counts, c.counts[int(i)*n:(int(i)+1)*n]...)
		if g.sums() {
			out.sums = append(out.sums, c.sums[i])
		}
	}
	return out
}

// statusOf is the place of the row's status among the counts: 0 for null, and for one that the catalogue does not know.
func (c *counter) statusOf(row int) int {
	if c.status == nil {
		return 0
	}
	if n := c.status.enum(row); n <= len(c.gauge.statuses) {
		return n
	}
	return 0
}

// thousandths is the unit of sums, so that adding and taking out is exact; mostSummed the largest value that counts.
const (
	thousandths = 1000
	mostSummed  = 1e12
)

// amount is what the row adds to the sum of its cell, in thousandths.
func (c *counter) amount(row int) int64 {
	x := 0.0
	switch {
	case c.gauge.layer.Density.Length:
		if c.table.kinds[row] == tile.Lines {
			x = lengthM(c.table.geometry(row))
		}
	case c.summed != nil:
		x = c.summed.number(row)
	}
	if math.IsNaN(x) {
		return 0
	}
	return int64(math.Round(min(max(x, -mostSummed), mostSummed) * thousandths))
}

// lengthM is the length of lines on the ellipsoid, in metres.
func lengthM(g tile.Geometry) (m float64) {
	eachPart(g, func(xy []uint32) {
		p := orb.Point{geo.Lon(xy[0]), geo.Lat(xy[1])}
		for i := 2; i < len(xy); i += 2 {
			q := orb.Point{geo.Lon(xy[i]), geo.Lat(xy[i+1])}
			m += geo.DistanceM(p, q)
			p = q
		}
	})
	return m
}

// eachPart visits the parts of lines.
func eachPart(g tile.Geometry, visit func(xy []uint32)) {
	start := uint32(0)
	for _, end := range g.Ends {
		if end > start {
			visit(g.XY[2*start : 2*end])
		}
		start = end
	}
	if g.Ends == nil {
		visit(g.XY)
	}
}

// anchor is the position by which a row is counted: that of a point, the label point of an area, the middle of a line.
func (c *counter) anchor(row int) (x, y uint32) {
	switch c.table.kinds[row] {
	case tile.Polygons:
		if c.labels != nil {
			return c.labels[2*row], c.labels[2*row+1]
		}
		return labelPoint(c.table.geometry(row))
	case tile.Lines:
		return middle(c.table.geometry(row))
	default:
		xy := c.table.geometry(row).XY
		return xy[0], xy[1]
	}
}

// middle is half-way along the parts of a line, one after the other, by their length on the map.
func middle(g tile.Geometry) (x, y uint32) {
	total := 0.0
	eachPart(g, func(xy []uint32) {
		for i := 2; i < len(xy); i += 2 {
			total += step(xy[i-2:])
		}
	})
	x, y = g.XY[0], g.XY[1]
	left, found := total/2, total == 0
	eachPart(g, func(xy []uint32) {
		for i := 2; i < len(xy) && !found; i += 2 {
			s := step(xy[i-2:])
			if left > s {
				left -= s
				x, y = xy[i], xy[i+1] // the end, should rounding keep us from the middle
				continue
			}
			k := left / s // s > 0: left is
			x = uint32(math.Round(float64(xy[i-2])*(1-k) + float64(xy[i])*k))
			y = uint32(math.Round(float64(xy[i-1])*(1-k) + float64(xy[i+1])*k))
			found = true
		}
	})
	return x, y
}

// step is the distance between the first two of some positions.
func step(xy []uint32) float64 {
	return math.Hypot(float64(xy[2])-float64(xy[0]), float64(xy[3])-float64(xy[1]))
}
