package api

import (
	"math"

	"github.com/paulmach/orb"

	"wangge/layers/city"
)

// degrees rounds an angle to 1e-7 degrees, a centimetre: what memory holds is no finer, and sums leave tails of digits.
func degrees(v float64) float64 { return math.Round(v*1e7) / 1e7 }

func pointOf(p orb.Point) *[2]float64 { return &[2]float64{degrees(p[0]), degrees(p[1])} }

// boxOf is a bound as answers have it: west, south, east, north.
func boxOf(b orb.Bound) *[4]float64 {
	return &[4]float64{degrees(b.Min[0]), degrees(b.Min[1]), degrees(b.Max[0]), degrees(b.Max[1])}
}

// home is where a map of the city opens: where the settings say, else over all that there is.
func home(view *city.View) (center orb.Point, zoom float64) {
	place := view.Place()
	if place.Zoom > 0 {
		return place.Center, place.Zoom
	}
	bound, ok := view.Extent()
	if !ok {
		return orb.Point{105, 35}, 3 // the whole country
	}
	widest := max(bound.Max[0]-bound.Min[0], bound.Max[1]-bound.Min[1], 1e-4)
	return bound.Center(), min(max(math.Floor(math.Log2(360*homePx/(tilePx*widest))), 2), 16)
}

// homePx is the width of a map for which home is meant, tilePx that of a tile at its own zoom.
const homePx, tilePx = 800, 512
