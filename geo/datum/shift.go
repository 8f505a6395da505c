package datum

import (
	"math"

	"github.com/paulmach/orb"
)

// The ellipsoid that GCJ-02 computes its shift on: Krassovsky 1940.
const (
	krassovskyA  = 6378245.0
	krassovskyEE = 0.00669342162296594323
)

// toGCJ shifts degrees of WGS 84 to GCJ-02, wherever they are.
func toGCJ(p orb.Point) orb.Point {
	dx, dy := gcjOffset(p)
	return orb.Point{p[0] + dx, p[1] + dy}
}

// gcjOffset is the shift in degrees. The polynomials and waves are those that were published from map software; nobody has published why.
func gcjOffset(p orb.Point) (dLon, dLat float64) {
	x, y := p[0]-105, p[1]-35
	root, waves := math.Sqrt(math.Abs(x)), 20*math.Sin(6*x*math.Pi)+20*math.Sin(2*x*math.Pi)
	north := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*root +
		(waves+20*math.Sin(y*math.Pi)+40*math.Sin(y/3*math.Pi)+160*math.Sin(y/12*math.Pi)+320*math.Sin(y*math.Pi/30))*2/3
	east := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*root +
		(waves+20*math.Sin(x*math.Pi)+40*math.Sin(x/3*math.Pi)+150*math.Sin(x/12*math.Pi)+300*math.Sin(x/30*math.Pi))*2/3
	lat := p[1] * math.Pi / 180
	magic := 1 - krassovskyEE*math.Sin(lat)*math.Sin(lat)
	meridian := krassovskyA * (1 - krassovskyEE) / (magic * math.Sqrt(magic))
	parallel := krassovskyA / math.Sqrt(magic) * math.Cos(lat)
	return east * 180 / (parallel * math.Pi), north * 180 / (meridian * math.Pi)
}

// bdWave is the frequency of BD-09's waves, in radians per degree.
const bdWave = math.Pi * 3000 / 180

// toBD turns GCJ-02 into BD-09: a turn about the origin of degrees and a constant step.
func toBD(p orb.Point) orb.Point {
	z := math.Hypot(p[0], p[1]) + 0.00002*math.Sin(p[1]*bdWave)
	theta := math.Atan2(p[1], p[0]) + 0.000003*math.Cos(p[0]*bdWave)
	return orb.Point{z*math.Cos(theta) + 0.0065, z*math.Sin(theta) + 0.006}
}

// How the inverses are iterated: each step takes off what is left over, a hundredth or less of the one before.
const (
	inverseSteps = 30
	inverseDeg   = 1e-11
)

// inverse finds the original of a shifted position. The shifts change so slowly that taking them off again and again converges everywhere on the
// mainland; a position that no original has (beside the poles) gets the nearest.
func inverse(shift func(orb.Point) orb.Point, to orb.Point) orb.Point {
	p := to
	for range inverseSteps {
		q := shift(p)
		dx, dy := to[0]-q[0], to[1]-q[1]
		p = orb.Point{p[0] + dx, p[1] + dy}
		if math.Abs(dx) < inverseDeg && math.Abs(dy) < inverseDeg {
			break
		}
	}
	return p
}

// gcjOf is the GCJ-02 of WGS 84, which are one where GCJ-02 does not apply.
func gcjOf(p orb.Point) orb.Point {
	if !InGCJ(p) {
		return p
	}
	return toGCJ(p)
}

// ofGCJ is the WGS 84 of GCJ-02.
func ofGCJ(p orb.Point) orb.Point {
	if !chinaBox.Contains(p) {
		return p
	}
	if w := inverse(toGCJ, p); InGCJ(w) {
		return w
	}
	return p
}

// Shift is by how much GCJ-02 lies off at a place in degrees of WGS 84: metres to the east and to the north; nothing where it does not apply.
func Shift(p orb.Point) (eastM, northM float64) {
	g := gcjOf(p)
	return (g[0] - p[0]) * metresPerDegree * math.Cos(p[1]*math.Pi/180), (g[1] - p[1]) * metresPerDegree
}
