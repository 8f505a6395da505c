package ingest

import (
	"slices"

	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/layers"
)

// shape gives an object's geometry as a rule takes it. A closed line is a line or an area, whichever the rule names first;
// an area that goes to a layer of lines becomes its outlines.
func (m *mapping) shape(o *object) (orb.Geometry, bool) {
	for _, shape := range m.on {
		switch g := o.geometry.(type) {
		case orb.Point:
			if shape == "point" {
				return g, true
			}
		case orb.MultiPoint:
			if shape == "point" {
				return g, true
			}
		case orb.LineString:
			if shape == "line" {
				return g, true
			}
			if shape == "area" && closed(g) && o.tags["area"] != "no" {
				return m.area(orb.Polygon{orb.Ring(g)}), true
			}
		case orb.MultiLineString:
			if shape == "line" {
				return g, true
			}
		case orb.Polygon, orb.MultiPolygon:
			if shape == "area" {
				return m.area(g), true
			}
		}
	}
	return nil, false
}

func closed(l orb.LineString) bool { return len(l) > 3 && l[0] == l[len(l)-1] }

// area gives an area as the rule's layer can hold it.
func (m *mapping) area(g orb.Geometry) orb.Geometry {
	if m.layer.Holds(layers.Polygon) || m.layer.Holds(layers.Point) {
		return g
	}
	var lines orb.MultiLineString
	switch g := g.(type) {
	case orb.Polygon:
		lines = outlines(orb.MultiPolygon{g})
	case orb.MultiPolygon:
		lines = outlines(g)
	}
	if len(lines) == 1 {
		return lines[0]
	}
	return lines
}

func outlines(polygons orb.MultiPolygon) (lines orb.MultiLineString) {
	for _, p := range polygons {
		if len(p) > 0 {
			lines = append(lines, orb.LineString(p[0]))
		}
	}
	return lines
}

// coerce checks a geometry and makes it one that the layer holds, where that takes nothing away: a multi-geometry of one, a
// ring for a line, the place of an area for a layer of points.
func coerce(l *layers.Layer, g orb.Geometry) (orb.Geometry, error) {
	if g == nil {
		return nil, refuse(Code(geo.Missing), "")
	}
	g = single(g)
	if err := geo.Check(g); err != nil {
		return nil, err
	}
	kind := layers.Kind(g.GeoJSONType())
	if l.Holds(kind) && l.ID != "region" {
		return g, nil
	}
	switch p := g.(type) {
	case orb.Polygon:
		if l.ID == "region" {
			return orb.MultiPolygon{p}, nil
		}
		if l.Holds(layers.Point) && !l.Holds(layers.Polygon) {
			return inside(orb.MultiPolygon{p})
		}
	case orb.MultiPolygon:
		if l.Holds(kind) {
			return g, nil
		}
		if l.Holds(layers.Point) && !l.Holds(layers.Polygon) {
			return inside(p)
		}
	}
	return nil, refuse(WrongKind, g.GeoJSONType())
}

// inside gives the place of an area, for a layer of points.
func inside(area orb.MultiPolygon) (orb.Geometry, error) {
	at, ok := geo.PointInsideMulti(area)
	if !ok {
		return nil, refuse(Code(geo.Empty), "")
	}
	return at, nil
}

// single unwraps a multi-geometry of one.
func single(g orb.Geometry) orb.Geometry {
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

// reversed tells whether an object runs against the direction of its traffic.
func reversed(o *object, l *layers.Layer) bool {
	return o.osm && l.ID == "road" && (o.tags["oneway"] == "-1" || o.tags["oneway"] == "reverse")
}

// reverse turns a line round. It copies: an object may be several features.
func reverse(g orb.Geometry) orb.Geometry {
	switch g := g.(type) {
	case orb.LineString:
		g = slices.Clone(g)
		g.Reverse()
		return g
	case orb.MultiLineString:
		turned := make(orb.MultiLineString, 0, len(g))
		for i := len(g) - 1; i >= 0; i-- {
			line := slices.Clone(g[i])
			line.Reverse()
			turned = append(turned, line)
		}
		return turned
	}
	return g
}
