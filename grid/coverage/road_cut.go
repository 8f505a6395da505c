package coverage

import (
	"context"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/geo/index"
	"wangge/geo/walk"
)

// newWays cuts the edges that a profile may use at the borders of areas. Where no two areas overlap, what runs along a border belongs to one of the two only, the one with the lower code.
func newWays(ctx context.Context, g *walk.Graph, areas *Areas, exclusive bool) (*ways, error) {
	w := &ways{graph: g, areas: areas, first: make([]uint32, len(g.Net.Edges)+1), total: make([]int64, len(areas.List))}
	c := newCutter(areas.List, exclusive)
	inside := c.spread(g)
	const often = 4096
	for e := range g.Net.Edges {
		if e%often == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		w.first[e] = uint32(len(w.parts))
		if !g.Usable(uint32(e)) {
			continue
		}
		if of, whole := inside(uint32(e)); whole {
			for _, area := range of {
				w.parts = append(w.parts, wayPart{0, g.Net.Edges[e].MM, area})
			}
			continue
		}
		w.parts = c.cut(w.parts, g.Net.Line(uint32(e)), g.Net.Edges[e].MM)
	}
	w.first[len(g.Net.Edges)] = uint32(len(w.parts))
	for _, p := range w.parts {
		w.total[p.of] += int64(p.to - p.from)
	}
	return w, ctx.Err()
}

// cutter finds where lines cross the borders of areas.
type cutter struct {
	placer
	borders [][2]orb.Point
	near    *index.Tree // borders
	cuts    []float64
}

func newCutter(areas []Area, exclusive bool) *cutter {
	c := &cutter{placer: newPlacer(areas, exclusive)}
	var sides []index.Box
	for _, a := range areas {
		for _, p := range a.Shape {
			for _, r := range p {
				for j := 1; j < len(r); j++ {
					c.borders = append(c.borders, [2]orb.Point{r[j-1], r[j]})
					sides = append(sides, worldBox(orb.MultiPoint{r[j-1], r[j]}.Bound()))
				}
			}
		}
	}
	c.near = index.Build(sides)
	return c
}

// crossed tells whether a line meets a border.
func (c *cutter) crossed(line orb.LineString) bool {
	for i := 1; i < len(line); i++ {
		if len(c.crossings(line[i-1], line[i])) > 0 {
			return true
		}
	}
	return false
}

// crossings are the shares of the way from a to b at which it meets borders. The slice is used again.
func (c *cutter) crossings(a, b orb.Point) []float64 {
	c.cuts = c.cuts[:0]
	c.near.Search(worldBox(orb.MultiPoint{a, b}.Bound()), func(i int) bool {
		c.cuts = appendMeetings(c.cuts, a, b, c.borders[i])
		return true
	})
	return c.cuts
}

// appendMeetings appends the shares of the way from a to b at which it meets a side: one where they cross, two where they run along each other.
func appendMeetings(cuts []float64, a, b orb.Point, side [2]orb.Point) []float64 {
	dx, dy := b[0]-a[0], b[1]-a[1]
	ex, ey := side[1][0]-side[0][0], side[1][1]-side[0][1]
	ox, oy := side[0][0]-a[0], side[0][1]-a[1]
	const slack = 1e-12
	det, l2 := dx*ey-dy*ex, dx*dx+dy*dy
	if math.Abs(det) <= slack*math.Sqrt(l2*(ex*ex+ey*ey)) {
		if l2 == 0 || math.Abs(ox*dy-oy*dx) > slack*math.Sqrt(l2) {
			return cuts
		}
		for _, p := range side {
			if t := ((p[0]-a[0])*dx + (p[1]-a[1])*dy) / l2; t >= 0 && t <= 1 {
				cuts = append(cuts, t)
			}
		}
		return cuts
	}
	t, u := (ox*ey-oy*ex)/det, (ox*dy-oy*dx)/det
	if t >= -slack && t <= 1+slack && u >= -slack && u <= 1+slack {
		cuts = append(cuts, min(1, max(0, t)))
	}
	return cuts
}

// spread finds the areas of all edges that meet no border, by one position for all that are connected.
func (c *cutter) spread(g *walk.Graph) func(edge uint32) (areas []uint32, whole bool) {
	n := len(g.Net.At)
	up := make([]uint32, n)
	for i := range up {
		up[i] = uint32(i)
	}
	find := func(i uint32) uint32 {
		for up[i] != i {
			up[i] = up[up[i]]
			i = up[i]
		}
		return i
	}
	cut := make([]bool, len(g.Net.Edges))
	for e := range g.Net.Edges {
		if !g.Usable(uint32(e)) {
			continue
		}
		if cut[e] = c.crossed(g.Net.Line(uint32(e))); !cut[e] {
			up[find(g.Net.Edges[e].U)] = find(g.Net.Edges[e].V)
		}
	}
	known := map[uint32][]uint32{}
	return func(edge uint32) ([]uint32, bool) {
		if cut[edge] {
			return nil, false
		}
		root := find(g.Net.Edges[edge].U)
		of, there := known[root]
		if !there {
			of = c.in(nil, g.Net.Line(edge)[0])
			known[root] = of
		}
		return of, true
	}
}

// cut appends the parts of a line of some length.
func (c *cutter) cut(parts []wayPart, line orb.LineString, length uint32) []wayPart {
	ends := make([]float64, len(line)) // metres from the beginning
	for i := 1; i < len(line); i++ {
		ends[i] = ends[i-1] + geo.DistanceM(line[i-1], line[i])
	}
	total := ends[len(ends)-1]
	if total == 0 {
		return parts
	}
	offset := func(m float64) uint32 { return uint32(math.Round(m / total * float64(length))) }
	first := len(parts)
	var of []uint32
	for i := 1; i < len(line); i++ {
		a, b := line[i-1], line[i]
		cuts := append(c.crossings(a, b), 0, 1)
		slices.Sort(cuts)
		for j := 1; j < len(cuts); j++ {
			from, to := offset(ends[i-1]+cuts[j-1]*(ends[i]-ends[i-1])), offset(ends[i-1]+cuts[j]*(ends[i]-ends[i-1]))
			if from >= to {
				continue
			}
			t := (cuts[j-1] + cuts[j]) / 2
			of = c.in(of[:0], orb.Point{a[0] + t*(b[0]-a[0]), a[1] + t*(b[1]-a[1])})
			for _, area := range of {
				parts = extend(parts, first, wayPart{from, to, area})
			}
		}
		c.cuts = cuts[:0]
	}
	return parts
}

// extend appends a part, or lengthens the one that it continues.
func extend(parts []wayPart, first int, p wayPart) []wayPart {
	for i := first; i < len(parts); i++ {
		if parts[i].of == p.of && parts[i].to == p.from {
			parts[i].to = p.to
			return parts
		}
	}
	return append(parts, p)
}
