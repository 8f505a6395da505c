package layers

import (
	"errors"
	"fmt"

	"github.com/paulmach/orb"

	"wangge/geo"
)

// ErrKind says that a layer does not hold a kind of geometry.
var ErrKind = errors.New("the layer does not hold this kind of geometry")

// Hold checks a geometry and makes it one that the layer holds, where that takes nothing away: a multi-geometry of one, the place of an area for a
// layer of points. Its error is a *geo.Fault, or ErrKind.
func (l *Layer) Hold(g orb.Geometry) (orb.Geometry, error) {
	if g == nil {
		return nil, &geo.Fault{Code: geo.Missing}
	}
	if err := geo.Check(g); err != nil {
		return nil, err
	}
	g = Single(g)
	if l.Holds(Kind(g.GeoJSONType())) {
		return g, nil
	}
	if l.Holds(Point) && !l.Holds(Polygon) {
		switch p := g.(type) {
		case orb.Polygon:
			return inside(orb.MultiPolygon{p})
		case orb.MultiPolygon:
			return inside(p)
		}
	}
	return nil, fmt.Errorf("%w: %s", ErrKind, g.GeoJSONType())
}

// inside gives the place of an area, for a layer of points.
func inside(area orb.MultiPolygon) (orb.Geometry, error) {
	at, ok := geo.PointInsideMulti(area)
	if !ok {
		return nil, &geo.Fault{Code: geo.Empty}
	}
	return at, nil
}

// Single unwraps a multi-geometry of one.
func Single(g orb.Geometry) orb.Geometry {
	switch m := g.(type) {
	case orb.MultiPoint:
		if len(m) == 1 {
			return m[0]
		}
	case orb.MultiLineString:
		if len(m) == 1 {
			return m[0]
		}
	case orb.MultiPolygon:
		if len(m) == 1 {
			return m[0]
		}
	}
	return g
}
