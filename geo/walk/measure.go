package walk

import (
	"cmp"
	"math"

	"github.com/paulmach/orb"

	"wangge/geo"
)

// maxSegmentMM bounds the length of an edge, 4,000 km, so that sums with distances stay within 32 bits.
const maxSegmentMM = 4_000_000_000

// DistanceMM is the straight distance of two places, in the metre of the network, never more than Never-1.
func DistanceMM(p, q orb.Point) uint32 {
	return uint32(min(math.Round(geo.DistanceM(p, q)*1000), Never-1))
}

// segmentMM is the length of a segment, 1 at least.
func segmentMM(p, q orb.Point) uint32 { return max(1, min(DistanceMM(p, q), maxSegmentMM)) }

// The CGCS2000 ellipsoid.
const (
	semiMajorMM = 6378137000.0
	ecc2        = (2 - 1/298.257222101) / 298.257222101
	radian      = math.Pi / 180
)

// scale is what a degree is at a place, in millimetres.
type scale struct{ x, y float64 }

// scaleAt takes the radii of curvature of the ellipsoid at a latitude.
func scaleAt(lat float64) scale {
	s, c := math.Sincos(lat * radian)
	w2 := 1 - ecc2*s*s
	n := semiMajorMM / math.Sqrt(w2) * radian
	return scale{x: n * max(c, 1e-9), y: n * (1 - ecc2) / w2}
}

// nearest is the position on the segment a→b nearest to p, its share of the way from a to b, and the square of its distance in square
// millimetres. At an end the distance is that of the end itself, so that segments which meet there are equally near.
func (s scale) nearest(p, a, b orb.Point) (share, d2 float64) {
	ax, ay := (a[0]-p[0])*s.x, (a[1]-p[1])*s.y
	bx, by := (b[0]-p[0])*s.x, (b[1]-p[1])*s.y
	dx, dy := bx-ax, by-ay
	dot := -(ax*dx + ay*dy)
	if dot <= 0 {
		return 0, ax*ax + ay*ay
	}
	len2 := dx*dx + dy*dy
	if dot >= len2 {
		return 1, bx*bx + by*by
	}
	cross := ax*dy - ay*dx
	return dot / len2, cross * cross / len2
}

// between is the position at a share of the way from a to b.
func between(a, b orb.Point, share float64) orb.Point {
	switch {
	case share <= 0:
		return a
	case share >= 1:
		return b
	}
	return orb.Point{a[0] + (b[0]-a[0])*share, a[1] + (b[1]-a[1])*share}
}

// before orders positions by longitude, then latitude.
func before(a, b orb.Point) bool { return comparePoints(a, b) < 0 }

// comparePoints orders positions by longitude, then latitude.
func comparePoints(a, b orb.Point) int {
	return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
}
