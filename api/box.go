package api

import (
	"math"

	"github.com/paulmach/orb"

	"wangge/grid"
	"wangge/layers/city"
)

// degrees rounds an angle to 1e-7 degrees, a centimetre: what memory holds is no finer, and sums leave tails of digits.
func degrees(v float64) float64 { return math.Round(v*1e7) / 1e7 }

func pointOf(p orb.Point) *[2]float64 { return &[2]float64{degrees(p[0]), degrees(p[1])} }

// boxOf is a bound as answers have it: west, south, east, north.
func boxOf(b orb.Bound) *[4]float64 {
	return &[4]float64{degrees(b.Min[0]), degrees(b.Min[1]), degrees(b.Max[0]), degrees(b.Max[1])}
}

// extent is the box of the city: of the highest regions that have a shape. It is empty where none has.
func extent(view *city.View) orb.Bound {
	bound := orb.Bound{Min: orb.Point{1, 1}, Max: orb.Point{-1, -1}}
	n := netOf(view)
	for _, r := range highest(n, "", maxDepth) {
		bound = bound.Union(r.Bound)
	}
	box := boxOf(bound)
	return orb.Bound{Min: orb.Point{box[0], box[1]}, Max: orb.Point{box[2], box[3]}}
}

// maxDepth ends the way down should somebody make a ring of parents.
const maxDepth = 16

// highest lists the regions below a parent that have a shape, and below those that have none the same.
func highest(n *grid.Net, parent string, depth int) []*grid.Region {
	var found []*grid.Region
	for _, r := range n.Children(parent) {
		switch {
		case len(r.Shape) > 0:
			found = append(found, r)
		case depth > 0:
			found = append(found, highest(n, r.Code, depth-1)...)
		}
	}
	return found
}
