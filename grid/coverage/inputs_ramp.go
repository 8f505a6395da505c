package coverage

import (
	"math"

	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/geo/walk"
)

// ramps are the places of usable, compliant wheelchair ramps.
type ramps []orb.Point

func rampsOf(city City) (out ramps, err error) {
	err = city.Features(rampLayer, streetFields[rampLayer], func(f Feature) bool {
		if v := values(f.Values); v.usableAt(0) && v.text(1) == "wheelchair" && !v.yes(2) && v.text(3) == "compliant" {
			out = append(out, placeOf(f.Shape))
		}
		return true
	})
	return out, err
}

// beside tells whether one of them is near enough to a street to serve its steps.
func (r ramps) beside(street orb.MultiLineString) bool {
	b := street.Bound()
	const farDeg = 0.001
	for _, p := range r {
		if !b.Pad(farDeg).Contains(p) {
			continue
		}
		for _, line := range street {
			for i := 1; i < len(line); i++ {
				if walk.DistanceMM(p, nearestOn(p, line[i-1], line[i])) <= besideStepsMM {
					return true
				}
			}
		}
	}
	return false
}

// nearestOn is the position of a segment that is nearest to a place, in the plane of the place's metres.
func nearestOn(p, a, b orb.Point) orb.Point {
	x, y := planeAt(p[1])
	ax, ay := (a[0]-p[0])*x, (a[1]-p[1])*y
	dx, dy := (b[0]-a[0])*x, (b[1]-a[1])*y
	t := 0.0
	if l := dx*dx + dy*dy; l > 0 {
		t = min(1, max(0, -(ax*dx+ay*dy)/l))
	}
	return orb.Point{a[0] + t*(b[0]-a[0]), a[1] + t*(b[1]-a[1])}
}

// planeAt is millimetres a degree of longitude and of latitude at a latitude, on the CGCS2000 ellipsoid.
func planeAt(lat float64) (x, y float64) {
	const semiMajorMM, flattening = 6_378_137_000, 1 / 298.257222101
	const ecc2, radian = flattening * (2 - flattening), math.Pi / 180
	sin, cos := math.Sincos(lat * radian)
	w2 := 1 - ecc2*sin*sin
	n := semiMajorMM / math.Sqrt(w2)
	return n * cos * radian, n * (1 - ecc2) / w2 * radian
}

// placeOf is the place of a facility: the middle of a line, a position inside an area.
func placeOf(g orb.Geometry) orb.Point {
	switch s := g.(type) {
	case orb.Point:
		return s
	case orb.MultiPoint:
		if len(s) > 0 {
			return s[0]
		}
	case orb.LineString:
		return middle(s)
	case orb.MultiLineString:
		if len(s) > 0 {
			return middle(s[0])
		}
	case orb.Polygon:
		return placeOf(orb.MultiPolygon{s})
	case orb.MultiPolygon:
		if at, ok := geo.PointInsideMulti(s); ok {
			return at
		}
	}
	return g.Bound().Center()
}

// middle is the position half-way along a line.
func middle(line orb.LineString) orb.Point {
	left := geo.LengthM(line) / 2
	for i := 1; i < len(line); i++ {
		m := geo.DistanceM(line[i-1], line[i])
		if m >= left && m > 0 {
			t := left / m
			return orb.Point{line[i-1][0] + t*(line[i][0]-line[i-1][0]), line[i-1][1] + t*(line[i][1]-line[i-1][1])}
		}
		left -= m
	}
	return line[max(0, len(line)-1)]
}

// isPlace tells whether a position is one: numbers, and on the Earth.
func isPlace(p orb.Point) bool {
	return !math.IsNaN(p[0]+p[1]) && math.Abs(p[0]) <= 180 && math.Abs(p[1]) < 89
}
