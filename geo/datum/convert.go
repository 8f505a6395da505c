package datum

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// Where the square of Web Mercator ends, in degrees and in metres.
const (
	mercatorMaxLat = 85.06
	mercatorM      = 20_050_000
)

// From turns degrees of CGCS2000, longitude first, into the system: longitude and latitude, or easting and northing, in this order. Its error is
// ErrOutside.
func (s System) From(p orb.Point) (orb.Point, error) {
	if !isPlace(p) {
		return p, ErrOutside
	}
	switch s.family {
	case gcj02:
		return gcjOf(p), nil
	case bd09:
		return toBD(gcjOf(p)), nil
	case mercator:
		if math.Abs(p[1]) > mercatorMaxLat {
			return p, ErrOutside
		}
		return orb.Point{cgcsA * p[0] * math.Pi / 180, cgcsA * math.Asinh(math.Tan(p[1]*math.Pi/180))}, nil
	case gauss:
		return s.zone.forward(p)
	case local:
		q, err := s.zone.forward(p)
		return s.own.from(q), err
	}
	return p, nil
}

// To turns coordinates of the system, easting or longitude first, into degrees of CGCS2000. Its error is ErrOutside.
func (s System) To(p orb.Point) (orb.Point, error) {
	if s.Degrees() && !isPlace(p) {
		return p, ErrOutside
	}
	q, err := p, error(nil)
	switch s.family {
	case gcj02:
		q = ofGCJ(p)
	case bd09:
		q = ofGCJ(inverse(toBD, p))
	case mercator:
		if !(math.Abs(p[0]) <= mercatorM && math.Abs(p[1]) <= mercatorM) {
			return p, ErrOutside
		}
		q = orb.Point{p[0] / cgcsA * 180 / math.Pi, math.Atan(math.Sinh(p[1]/cgcsA)) * 180 / math.Pi}
	case gauss:
		q, err = s.zone.backward(p)
	case local:
		q, err = s.zone.backward(s.own.to(p))
	}
	if err == nil && !isPlace(q) {
		err = ErrOutside
	}
	return q, err
}

// isPlace tells whether numbers are degrees of a place on earth.
func isPlace(p orb.Point) bool {
	return math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90 // false for NaN
}

// to takes a position of the city's own system to the zone.
func (l LocalSystem) to(p orb.Point) orb.Point {
	sin, cos := math.Sincos(l.Rotation)
	return orb.Point{l.DxM + l.Scale*(cos*p[0]-sin*p[1]), l.DyM + l.Scale*(sin*p[0]+cos*p[1])}
}

// from is the inverse of to.
func (l LocalSystem) from(p orb.Point) orb.Point {
	sin, cos := math.Sincos(l.Rotation)
	x, y := (p[0]-l.DxM)/l.Scale, (p[1]-l.DyM)/l.Scale
	return orb.Point{cos*x + sin*y, -sin*x + cos*y}
}

// FromGeometry is From for every position of a geometry. The geometry that is given stays as it is.
func (s System) FromGeometry(g orb.Geometry) (orb.Geometry, error) {
	if s.family == degrees {
		return g, nil
	}
	return each(g, s.From)
}

// ToGeometry is To for every position of a geometry. The geometry that is given stays as it is.
func (s System) ToGeometry(g orb.Geometry) (orb.Geometry, error) {
	return each(g, s.To)
}

// each makes a geometry of the same kind of changed positions; nil stays nil.
func each(g orb.Geometry, do func(orb.Point) (orb.Point, error)) (orb.Geometry, error) {
	switch g := g.(type) {
	case nil:
		return nil, nil
	case orb.Point:
		return do(g)
	case orb.MultiPoint:
		return eachOf(g, do)
	case orb.LineString:
		return eachOf(g, do)
	case orb.Ring:
		return eachOf(g, do)
	case orb.MultiLineString:
		return eachPart(g, do)
	case orb.Polygon:
		return eachPart(g, do)
	case orb.MultiPolygon:
		return eachPart(g, do)
	case orb.Collection:
		out := make(orb.Collection, len(g))
		for i, one := range g {
			var err error
			if out[i], err = each(one, do); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	return nil, fmt.Errorf("%w: a %T", ErrOutside, g)
}

func eachOf[L ~[]orb.Point](line L, do func(orb.Point) (orb.Point, error)) (L, error) {
	out := make(L, len(line))
	for i, p := range line {
		q, err := do(p)
		if err != nil {
			return nil, err
		}
		out[i] = q
	}
	return out, nil
}

func eachPart[P interface {
	~[]G
	orb.Geometry
}, G orb.Geometry](parts P, do func(orb.Point) (orb.Point, error)) (orb.Geometry, error) {
	out := make(P, len(parts))
	for i, part := range parts {
		changed, err := each(part, do)
		if err != nil {
			return nil, err
		}
		out[i], _ = changed.(G) // each keeps the kind
	}
	return out, nil
}
