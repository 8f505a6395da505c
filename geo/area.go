package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// The sphere with the area of the ellipsoid.
var (
	authalicPole    = authalicQ(1)
	authalicRadiusM = semiMajorM * math.Sqrt(authalicPole/2)
)

// longEdge is the difference of longitude, in radians, from which an edge is taken as an arc of a great circle.
const longEdge = 5 * radian

// AreaM2 is the area of a polygon on the ellipsoid without its holes, in square metres, whatever way its rings run.
func AreaM2(p orb.Polygon) float64 {
	if len(p) == 0 {
		return 0
	}
	m2 := RingAreaM2(p[0])
	for _, hole := range p[1:] {
		m2 -= RingAreaM2(hole)
	}
	return max(m2, 0)
}

// AreaMultiM2 is the area of all parts, in square metres.
func AreaMultiM2(ps orb.MultiPolygon) (m2 float64) {
	for _, p := range ps {
		m2 += AreaM2(p)
	}
	return m2
}

// RingAreaM2 is the area within a ring, in square metres. The ring may be open and may pass the date line.
func RingAreaM2(r orb.Ring) float64 {
	if len(r) < 3 {
		return 0
	}
	from := authalicOf(r[len(r)-1])
	var steradians float64
	for _, p := range r {
		to := authalicOf(p)
		if dLon := math.Remainder(to.lon-from.lon, 360) * radian; dLon != 0 {
			steradians += underArc(from, to, dLon)
		}
		from = to
	}
	return math.Abs(steradians) * authalicRadiusM * authalicRadiusM
}

// authalic is a position on the sphere of the same area.
type authalic struct {
	lon, lat float64 // in degrees, on the ellipsoid
	sin      float64 // of the authalic latitude
	tanHalf  float64 // of half of it
}

func authalicOf(p orb.Point) authalic {
	s := authalicQ(math.Sin(p[1]*radian)) / authalicPole
	s = min(max(s, -1), 1)
	return authalic{p[0], p[1], s, s / (1 + math.Sqrt(1-s*s))}
}

// authalicQ grows with the area between the equator and the latitude whose sine is given.
func authalicQ(sin float64) float64 {
	e := math.Sqrt(ecc2)
	return (1 - ecc2) * (sin/(1-ecc2*sin*sin) + math.Atanh(e*sin)/e)
}

// underArc is the area between an edge and the equator on the unit sphere: the excess of a quadrangle of great circles,
// and for edges that are not long, what the geodesic of the ellipsoid encloses with the great circle.
func underArc(from, to authalic, dLon float64) float64 {
	area := 2 * math.Atan2(math.Tan(dLon/2)*(from.tanHalf+to.tanHalf), 1+from.tanHalf*to.tanHalf)
	if math.Abs(dLon) > longEdge {
		return area
	}
	mid := (from.sin + to.sin) / 2
	dSin := to.sin - from.sin
	sin := math.Sin((from.lat + to.lat) / 2 * radian)
	parallel := semiMajorM / authalicRadiusM // radius of the parallel, over that of the sphere, squared
	parallel *= parallel * (1 - sin*sin) / (1 - ecc2*sin*sin)
	return area + bulge(sin, parallel, dLon, dSin) - bulge(mid, 1-mid*mid, dLon, dSin)
}

// bulge is the area between a geodesic and the straight line in the plane of longitude and sine of authalic latitude s,
// where areas are true. Clairaut's relation gives d²s/dλ² = -r² sin φ (3 cot² α + 1) with r² cot α = ds/dλ, r being the
// radius of the parallel and α the azimuth; a curve that bends by that much lies off its chord by a twelfth of it times
// the cube of the difference of longitude.
func bulge(sin, r2, dLon, dSin float64) float64 {
	if r2 == 0 {
		return 0
	}
	return sin * dLon * (3*dSin*dSin/r2 + r2*dLon*dLon) / 12
}
