package ingest

import (
	"errors"
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

// coerce checks a geometry and makes it one that the layer holds, see layers.Hold.
func coerce(l *layers.Layer, g orb.Geometry) (orb.Geometry, error) {
	if g == nil {
		return nil, refuse(Code(geo.Missing), "")
	}
	held, err := l.Hold(g)
	if errors.Is(err, layers.ErrKind) {
		return nil, refuse(WrongKind, layers.Single(g).GeoJSONType())
	}
	if p, ok := held.(orb.Polygon); ok && l.ID == "region" { // its column holds many
		return orb.MultiPolygon{p}, err
	}
	return held, err
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
