package datum

import (
	"math"

	"github.com/paulmach/orb"
)

// The CGCS2000 ellipsoid.
const (
	cgcsA = 6378137.0
	cgcsF = 1 / 298.257222101
)

// zone is a Gauss-Krüger zone: transverse Mercator with scale 1 on its central meridian.
type zone struct {
	meridian      float64 // degrees
	falseEastingM float64
}

// maxFromMeridian bounds how far from its central meridian a zone is used, in degrees: the series is made for a few.
const maxFromMeridian = 10

// Krüger's series in the third flattening n, to its sixth power: Karney, Transverse Mercator with an accuracy of a few nanometers (2011), equations 12,
// 35 and 36.
var krueger = newSeries(cgcsF)

type series struct {
	e           float64 // first eccentricity
	a           float64 // radius of the sphere whose meridian is as long, in metres
	alpha, beta [6]float64
}

func newSeries(f float64) series {
	n := f / (2 - f)
	n2, n3 := n*n, n*n*n
	n4, n5, n6 := n2*n2, n2*n3, n3*n3
	return series{
		e: math.Sqrt(f * (2 - f)),
		a: cgcsA / (1 + n) * (1 + n2/4 + n4/64 + n6/256),
		alpha: [6]float64{
			n/2 - n2*2/3 + n3*5/16 + n4*41/180 - n5*127/288 + n6*7891/37800,
			n2*13/48 - n3*3/5 + n4*557/1440 + n5*281/630 - n6*1983433/1935360,
			n3*61/240 - n4*103/140 + n5*15061/26880 + n6*167603/181440,
			n4*49561/161280 - n5*179/168 + n6*6601661/7257600,
			n5*34729/80640 - n6*3418889/1995840,
			n6 * 212378941 / 319334400,
		},
		beta: [6]float64{
			n/2 - n2*2/3 + n3*37/96 - n4/360 - n5*81/512 + n6*96199/604800,
			n2/48 + n3/15 - n4*437/1440 + n5*46/105 - n6*1118711/3870720,
			n3*17/480 - n4*37/840 - n5*209/4480 + n6*5569/90720,
			n4*4397/161280 - n5*11/504 - n6*830251/7257600,
			n5*4583/161280 - n6*108847/3991680,
			n6 * 20648693 / 638668800,
		},
	}
}

// forward takes degrees to easting and northing in metres.
func (z zone) forward(p orb.Point) (orb.Point, error) {
	lon := p[0] - z.meridian
	if !(math.Abs(lon) <= maxFromMeridian) || !(math.Abs(p[1]) < 89) {
		return p, ErrOutside
	}
	sin, cos := math.Sincos(lon * math.Pi / 180)
	tau := math.Tan(p[1] * math.Pi / 180)
	sigma := math.Sinh(krueger.e * math.Atanh(krueger.e*tau/math.Hypot(1, tau)))
	conformal := tau*math.Hypot(1, sigma) - sigma*math.Hypot(1, tau)
	xi, eta := math.Atan2(conformal, cos), math.Asinh(sin/math.Hypot(conformal, cos))
	x, y := xi, eta
	for j, a := range krueger.alpha {
		s, c := math.Sincos(2 * float64(j+1) * xi)
		x += a * s * math.Cosh(2*float64(j+1)*eta)
		y += a * c * math.Sinh(2*float64(j+1)*eta)
	}
	return orb.Point{z.falseEastingM + krueger.a*y, krueger.a * x}, nil
}

// maxEastingM is how far from its central meridian a position of a zone may lie, in metres: as far as maxFromMeridian at the equator.
const maxEastingM = 1_120_000

// backward takes easting and northing in metres to degrees.
func (z zone) backward(p orb.Point) (orb.Point, error) {
	east := p[0] - z.falseEastingM
	if !(math.Abs(east) <= maxEastingM) || !(math.Abs(p[1]) < 9_900_000) {
		return p, ErrOutside
	}
	xi, eta := p[1]/krueger.a, east/krueger.a
	x, y := xi, eta
	for j, b := range krueger.beta {
		s, c := math.Sincos(2 * float64(j+1) * xi)
		x -= b * s * math.Cosh(2*float64(j+1)*eta)
		y -= b * c * math.Sinh(2*float64(j+1)*eta)
	}
	sin, cos := math.Sincos(x)
	sinh := math.Sinh(y)
	conformal := sin / math.Hypot(sinh, cos)
	tau := conformal
	for range 6 { // Newton: three steps are enough for doubles
		hyp := math.Hypot(1, tau)
		sigma := math.Sinh(krueger.e * math.Atanh(krueger.e*tau/hyp))
		got := tau*math.Hypot(1, sigma) - sigma*hyp
		e2 := krueger.e * krueger.e
		step := (conformal - got) / math.Hypot(1, got) * (1 + (1-e2)*tau*tau) / ((1 - e2) * hyp)
		if tau += step; math.Abs(step) < 1e-15*hyp {
			break
		}
	}
	return orb.Point{z.meridian + math.Atan2(sinh, cos)*180/math.Pi, math.Atan(tau) * 180 / math.Pi}, nil
}
