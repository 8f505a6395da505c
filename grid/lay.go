package grid

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"wangge/geo"
)

// Why no grids can be laid.
var (
	// ErrArea: the area is no valid area, or lies beyond 85 degrees of latitude.
	ErrArea = errors.New("grids cannot be laid over this area")
	// ErrTooLarge: more than MaxLaid grids, or an area more than two degrees wide.
	ErrTooLarge = errors.New("the area is too large")
)

// MaxLaid is how many grids are laid at once.
const MaxLaid = 200_000

// UnitM2 is the area that a unit grid aims at, one hectare.
const UnitM2 = 10_000

// Lay cuts an area into grids of about targetM2 square metres: a net of straight rows and columns, cut off where the area ends. What is less than
// a third of that is joined to the neighbour with which it shares most of its border. The grids have no gap and no overlap: all vertices lie on
// the lattice of 1e-9 degrees, and two neighbours have the same vertices along their common border. They come row by row from
// the north, in a row from the west. Errors: ErrArea, ErrTooLarge.
func Lay(area orb.MultiPolygon, targetM2 float64) ([]orb.Polygon, error) {
	if err := geo.Check(area); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrArea, err)
	}
	if !(targetM2 >= 1) {
		return nil, fmt.Errorf("%w: grids of %g m²", ErrArea, targetM2)
	}
	lines, err := newRuling(area.Bound(), targetM2)
	if err != nil {
		return nil, err
	}
	cells := lines.cut(edgesOf(area))
	cells = joinSlivers(cells, targetM2/3)
	out := make([]orb.Polygon, 0, len(cells))
	for _, c := range cells {
		p := c.polygon()
		if err := geo.Check(p); err != nil {
			return nil, fmt.Errorf("%w: too fine a detail: %w", ErrArea, err)
		}
		out = append(out, p)
	}
	return out, nil
}

// perDegree is the number of lattice steps in a degree.
const perDegree = 1e9

// vertex is a position on the lattice of 1e-9 degrees.
type vertex struct{ x, y int64 }

func vertexAt(p orb.Point) vertex {
	return vertex{int64(math.RoundToEven(p[0] * perDegree)), int64(math.RoundToEven(p[1] * perDegree))}
}

// point is the position in degrees, as ST_SnapToGrid(geom, 1e-9) computes it.
func (v vertex) point() orb.Point { return orb.Point{float64(v.x) * 1e-9, float64(v.y) * 1e-9} }

// edge is a piece of a border; what it bounds is on its left.
type edge struct{ from, to vertex }

func (e edge) reversed() edge { return edge{e.to, e.from} }

// edgesOf puts the borders of an area on the lattice, with the area on their left. What runs twice in opposite directions bounds nothing.
func edgesOf(area orb.MultiPolygon) []edge {
	var all []edge
	for _, p := range area {
		for i, ring := range p {
			inner := i > 0
			if (ring.Orientation() == orb.CW) != inner {
				ring = slices.Clone(ring)
				ring.Reverse()
			}
			for k := 1; k < len(ring); k++ {
				if e := (edge{vertexAt(ring[k-1]), vertexAt(ring[k])}); e.from != e.to {
					all = append(all, e)
				}
			}
		}
	}
	return cancel(all)
}

// cancel takes out pairs of edges that run in opposite directions.
func cancel(edges []edge) []edge {
	count := make(map[edge]int, len(edges))
	for _, e := range edges {
		if back := e.reversed(); count[back] > 0 {
			count[back]--
		} else {
			count[e]++
		}
	}
	out := edges[:0:0]
	for _, e := range edges {
		if count[e] > 0 {
			count[e]--
			out = append(out, e)
		}
	}
	return out
}

// ruling is the lines that an area is cut along.
type ruling struct{ xs, ys []int64 } // ascending; the first and last lie at or beyond the area's ends

// newRuling draws straight lines so that the cells are nearly square and have the area wanted in the middle of the box.
func newRuling(b orb.Bound, targetM2 float64) (ruling, error) {
	if math.Abs(b.Min[1]) > 85 || math.Abs(b.Max[1]) > 85 {
		return ruling{}, fmt.Errorf("%w: it is too near to a pole", ErrArea)
	}
	if b.Max[0]-b.Min[0] > 2 || b.Max[1]-b.Min[1] > 2 {
		return ruling{}, fmt.Errorf("%w: it is more than two degrees wide", ErrTooLarge)
	}
	c := b.Center()
	widthM := geo.DistanceM(orb.Point{b.Min[0], c[1]}, orb.Point{b.Max[0], c[1]})
	heightM := geo.DistanceM(orb.Point{c[0], b.Min[1]}, orb.Point{c[0], b.Max[1]})
	side := math.Sqrt(targetM2)
	columns, rows := math.Max(1, math.Round(widthM/side)), math.Max(1, math.Round(heightM/side))
	if columns*rows > 4*MaxLaid {
		return ruling{}, fmt.Errorf("%w: %.0f × %.0f cells", ErrTooLarge, columns, rows)
	}
	low, high := vertexAt(b.Min), vertexAt(b.Max)
	return ruling{divide(low.x, high.x, int64(columns)), divide(low.y, high.y, int64(rows))}, nil
}

// divide gives n+1 numbers from low to high in equal steps.
func divide(low, high, n int64) []int64 {
	out := make([]int64, 0, n+1)
	for i := range n + 1 {
		out = append(out, low+(high-low)*i/n)
	}
	return slices.Compact(out)
}

// cell is what of the area lies in a cell of the ruling, or a connected part of that.
type cell struct {
	edges       []edge
	row, column int // row 0 is the northernmost
}

// cut cuts an area along all lines: first into columns, then these into rows.
func (r ruling) cut(area []edge) []cell {
	var cells []cell
	halve(area, r.xs, func(column int, strip []edge) {
		halve(swap(strip), r.ys, func(row int, piece []edge) {
			for _, part := range parts(swap(piece)) {
				cells = append(cells, cell{part, len(r.ys) - 2 - row, column})
			}
		})
	})
	slices.SortStableFunc(cells, func(a, b cell) int {
		return cmp.Or(cmp.Compare(a.row, b.row), cmp.Compare(a.column, b.column), cmp.Compare(a.west(), b.west()), cmp.Compare(b.north(), a.north()))
	})
	return cells
}

// halve splits an area at the middle one of some upright lines, and the halves again, until each strip lies between two.
func halve(area []edge, lines []int64, strip func(i int, area []edge)) {
	var descend func(area []edge, low, high int)
	descend = func(area []edge, low, high int) {
		switch {
		case len(area) == 0:
		case high-low <= 1:
			strip(low, area)
		default:
			mid := (low + high) / 2
			west, east := split(area, lines[mid])
			descend(west, low, mid)
			descend(east, mid, high)
		}
	}
	descend(area, 0, len(lines)-1)
}

// swap mirrors an area at the diagonal, so that rows become columns; the edges are turned, for the mirror puts the area on their right.
func swap(area []edge) []edge {
	out := make([]edge, len(area))
	for i, e := range area {
		out[i] = edge{vertex{e.to.y, e.to.x}, vertex{e.from.y, e.from.x}}
	}
	return out
}

// split cuts an area along an upright line. Both halves get the same new vertices: where the border crosses the line, rounded to
// the lattice. Along the line a half's border follows from the rest of it, for what comes in at a vertex must go out.
func split(area []edge, x int64) (west, east []edge) {
	var onLine []int64 // y of every vertex on the line
	flow := [2]map[int64]int{{}, {}}
	add := func(e edge) {
		side, half := 0, &west
		if max(e.from.x, e.to.x) > x {
			side, half = 1, &east
		}
		*half = append(*half, e)
		if e.from.x == x {
			flow[side][e.from.y]--
		}
		if e.to.x == x {
			flow[side][e.to.y]++
		}
	}
	for _, e := range area {
		if e.from.x == x {
			onLine = append(onLine, e.from.y)
		}
		if e.to.x == x {
			onLine = append(onLine, e.to.y)
		}
		switch {
		case e.from.x == x && e.to.x == x: // along the line: it comes back with the flow
		case min(e.from.x, e.to.x) < x && max(e.from.x, e.to.x) > x:
			c := vertex{x, crossing(e, x)}
			onLine = append(onLine, c.y)
			add(edge{e.from, c})
			add(edge{c, e.to})
		default:
			add(e)
		}
	}
	slices.Sort(onLine)
	onLine = slices.Compact(onLine)
	up, down := 0, 0
	for i := 0; i+1 < len(onLine); i++ {
		low, high := vertex{x, onLine[i]}, vertex{x, onLine[i+1]}
		up += flow[0][low.y]
		down -= flow[1][low.y]
		for range up { // once, or not at all
			west = append(west, edge{low, high})
		}
		for range down {
			east = append(east, edge{high, low})
		}
	}
	return west, east
}

// crossing is where an edge crosses an upright line. It does not depend on the direction of the edge.
func crossing(e edge, x int64) int64 {
	a, b := e.from, e.to
	if a.x > b.x {
		a, b = b, a
	}
	return a.y + int64(math.RoundToEven(float64(b.y-a.y)*(float64(x-a.x)/float64(b.x-a.x))))
}

func (c cell) west() int64 {
	return slices.MinFunc(c.edges, func(a, b edge) int { return cmp.Compare(a.from.x, b.from.x) }).from.x
}

func (c cell) north() int64 {
	return slices.MaxFunc(c.edges, func(a, b edge) int { return cmp.Compare(a.from.y, b.from.y) }).from.y
}
