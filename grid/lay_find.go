package grid

import (
	"math"
	"slices"

	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/geo/index"
	"wangge/grid/lattice"
)

// found is things that can be found by place.
type found[T any] struct {
	all  []T
	tree *index.Tree
}

func findable[T any](all []T, bound func(T) orb.Bound) found[T] {
	boxes := make([]index.Box, len(all))
	for i := range all {
		boxes[i] = boxOf(bound(all[i]))
	}
	return found[T]{all, index.Build(boxes)}
}

// boxOf is a bound in the units of geo/index.
func boxOf(b orb.Bound) index.Box {
	minX, minY, maxX, maxY := geo.WorldBox(b)
	return index.Box{MinX: minX, MinY: minY, MaxX: maxX, MaxY: maxY}
}

// near lists what may meet a bound, in its order.
func (f found[T]) near(b orb.Bound) []T {
	var at []int
	f.tree.Search(boxOf(b), func(i int) bool {
		at = append(at, i)
		return true
	})
	slices.Sort(at)
	out := make([]T, len(at))
	for k, i := range at {
		out[k] = f.all[i]
	}
	return out
}

// onLine is how far a border may be off the street that it was cut along, in degrees: what rounding does.
const onLine = 4e-9

// ways tells what lies at a place: a street before an alley.
func ways(streets, alleys []orb.LineString) func(orb.Point) border {
	type way struct {
		side
		kind border
	}
	var all []way
	for kind, lines := range [][]orb.LineString{borderAlley: alleys, borderStreet: streets} {
		for _, l := range lines {
			for k := 1; k < len(l); k++ {
				all = append(all, way{side{l[k-1], l[k]}, border(kind)})
			}
		}
	}
	at := findable(all, func(w way) orb.Bound { return orb.MultiPoint{w.side[0], w.side[1]}.Bound() })
	return func(p orb.Point) border {
		kind := borderOpen
		for _, w := range at.near(orb.Bound{Min: p, Max: p}.Pad(onLine)) {
			if w.kind > kind && w.distance(p) <= onLine {
				kind = w.kind
			}
		}
		return kind
	}
}

// distance is how far a place is from a side, in degrees.
func (s side) distance(p orb.Point) float64 {
	dx, dy := s[1][0]-s[0][0], s[1][1]-s[0][1]
	t := 0.0
	if l2 := dx*dx + dy*dy; l2 > 0 {
		t = min(max(((p[0]-s[0][0])*dx+(p[1]-s[0][1])*dy)/l2, 0), 1)
	}
	return math.Hypot(p[0]-s[0][0]-t*dx, p[1]-s[0][1]-t*dy)
}

// leastCutM is how wide the parts of a building must be that two grids have, for the building to be cut: a border along a wall may lie a
// rounding inside of it.
const leastCutM = 0.002

// wide tells whether a part of a building is more than what rounding leaves.
func wide(part orb.MultiPolygon) bool {
	m2, m := 0.0, 0.0
	for _, p := range part {
		m2 += geo.AreaM2(p)
		for _, r := range p {
			m += geo.LengthM(orb.LineString(r))
		}
	}
	return 2*m2 > leastCutM*m
}

// cutBuildings finds the buildings through which borders between cells run. One that reaches out of the area counts by the pieces inside of it.
func (l *layer) cutBuildings(cells []orb.MultiPolygon) []Building {
	if len(l.buildings.all) == 0 {
		return nil
	}
	walls := newMesh(cells, func(orb.Point) border { return borderOpen }).borders()
	borders := findable(walls, func(w orb.LineString) orb.Bound { return w.Bound() })
	ground := findable(cells, func(c orb.MultiPolygon) orb.Bound { return c.Bound() })
	parts := func(shape orb.Polygon) (n int) {
		for _, c := range ground.near(shape.Bound()) {
			if both, _, _ := lattice.Overlay(c, orb.MultiPolygon{shape}); wide(both) {
				n++
			}
		}
		return n
	}
	var cut []Building
	for _, b := range l.buildings.all {
		if len(borders.near(b.Shape.Bound())) == 0 || parts(b.Shape) < 2 {
			continue
		}
		pieces, _, _ := lattice.Overlay(l.area, orb.MultiPolygon{b.Shape})
		if slices.ContainsFunc(pieces, func(p orb.Polygon) bool { return parts(p) > 1 }) {
			cut = append(cut, b)
		}
	}
	return cut
}
