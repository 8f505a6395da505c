package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// The CGCS2000 ellipsoid (GB/T 17798-2007).
const (
	semiMajorM  = 6378137.0
	flattening  = 1 / 298.257222101
	ecc2        = flattening * (2 - flattening) // first eccentricity, squared
	ecc2Second  = ecc2 / (1 - ecc2)
	semiMinorM  = semiMajorM * (1 - flattening)
	radian      = math.Pi / 180
	shortDegree = 0.02 // segments within this many degrees use the mid-latitude formula
)

// LengthM is the length of a line on the ellipsoid, in metres.
func LengthM(l orb.LineString) (m float64) {
	for i := 1; i < len(l); i++ {
		m += DistanceM(l[i-1], l[i])
	}
	return m
}

// LengthMultiM is the length of all parts, in metres.
func LengthMultiM(ls orb.MultiLineString) (m float64) {
	for _, l := range ls {
		m += LengthM(l)
	}
	return m
}

// DistanceM is the length of the geodesic between two positions, in metres. Within half a metre of opposite ends of the
// earth, where the geodesic is not unique, it is the distance on a sphere.
func DistanceM(p, q orb.Point) float64 {
	dLon := math.Abs(math.Remainder(q[0]-p[0], 360))
	if dLon < shortDegree && math.Abs(q[1]-p[1]) < shortDegree {
		return midLatitudeM(p, q, dLon)
	}
	return vincentyM(p[1]*radian, q[1]*radian, dLon*radian)
}

// midLatitudeM takes the radii of curvature half-way. It is off by 1e-9 over 2 km.
func midLatitudeM(p, q orb.Point, dLon float64) float64 {
	s, c := math.Sincos((p[1] + q[1]) / 2 * radian)
	w2 := 1 - ecc2*s*s
	n := semiMajorM / math.Sqrt(w2)
	m := n * (1 - ecc2) / w2
	return math.Hypot(m*(q[1]-p[1])*radian, n*c*dLon*radian)
}

// vincentyM is the inverse solution of T. Vincenty, Direct and Inverse Solutions of Geodesics on the Ellipsoid (1975),
// for latitudes and a difference of longitude in radians. It is good to a millimetre.
func vincentyM(lat1, lat2, dLon float64) float64 {
	sinU1, cosU1 := reduced(lat1)
	sinU2, cosU2 := reduced(lat2)
	lambda := dLon
	for range 100 {
		sinL, cosL := math.Sincos(lambda)
		sinS := math.Hypot(cosU2*sinL, cosU1*sinU2-sinU1*cosU2*cosL)
		if sinS == 0 {
			return 0
		}
		cosS := sinU1*sinU2 + cosU1*cosU2*cosL
		sigma := math.Atan2(sinS, cosS)
		sinA := cosU1 * cosU2 * sinL / sinS
		cos2A := 1 - sinA*sinA
		cos2M := 0.0
		if cos2A > 0 { // 0 along the equator
			cos2M = cosS - 2*sinU1*sinU2/cos2A
		}
		c := flattening / 16 * cos2A * (4 + flattening*(4-3*cos2A))
		next := dLon + (1-c)*flattening*sinA*(sigma+c*sinS*(cos2M+c*cosS*(2*cos2M*cos2M-1)))
		if math.Abs(next-lambda) < 1e-12 {
			return arcM(cos2A, sigma, sinS, cosS, cos2M)
		}
		lambda = next
	}
	return sphereM(lat1, lat2, dLon)
}

// reduced gives sine and cosine of the reduced latitude.
func reduced(lat float64) (sin, cos float64) {
	s, c := math.Sincos(lat)
	s *= 1 - flattening
	h := math.Hypot(s, c)
	return s / h, c / h
}

// arcM turns the arc on the auxiliary sphere into metres.
func arcM(cos2A, sigma, sinS, cosS, cos2M float64) float64 {
	u2 := cos2A * ecc2Second
	a := 1 + u2/16384*(4096+u2*(-768+u2*(320-175*u2)))
	b := u2 / 1024 * (256 + u2*(-128+u2*(74-47*u2)))
	d := b * sinS * (cos2M + b/4*(cosS*(2*cos2M*cos2M-1)-b/6*cos2M*(4*sinS*sinS-3)*(4*cos2M*cos2M-3)))
	return semiMinorM * a * (sigma - d)
}

func sphereM(lat1, lat2, dLon float64) float64 {
	sLat, sLon := math.Sin((lat2-lat1)/2), math.Sin(dLon/2)
	h := sLat*sLat + math.Cos(lat1)*math.Cos(lat2)*sLon*sLon
	return 2 * authalicRadiusM * math.Asin(math.Sqrt(min(h, 1)))
}
