package cql2

import (
	"errors"
	"fmt"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/ewkb"

	"wangge/geo"
	"wangge/layers"
)

// relations are the functions of PostGIS by the operation.
var relations = map[string]string{
	"s_intersects": "ST_Intersects", "s_equals": "ST_Equals", "s_disjoint": "ST_Disjoint", "s_touches": "ST_Touches",
	"s_within": "ST_Within", "s_overlaps": "ST_Overlaps", "s_crosses": "ST_Crosses", "s_contains": "ST_Contains",
}

// srid of the record: CGCS2000 degrees.
const srid = 4490

// MaxPositions bounds the positions of all geometry literals of a filter that becomes SQL.
const MaxPositions = 5000

// geometrySQL is a geometry written.
type geometrySQL struct {
	sql   string
	mixed bool // a collection of points, lines and areas, which PostGIS cannot relate but by intersection
}

func (w *writer) relation(function string, n *node) (string, error) {
	var both [2]geometrySQL
	for i, a := range n.args {
		var err error
		if both[i], err = w.shape(a); err != nil {
			return "", err
		}
		if both[i].mixed && n.text != "s_intersects" && n.text != "s_disjoint" {
			return "", w.fault(ErrUnsupported, a, textf("%[1]s 不支持点、线、面混合的几何集合", "%[1]s does not take a collection of different kinds of geometry", strings.ToUpper(n.text)))
		}
	}
	if err := w.count(n, n); err != nil {
		return "", err
	}
	return function + "(" + both[0].sql + ", " + both[1].sql + ")", nil
}

func (w *writer) isGeometry(n *node) bool {
	return n.kind == kindProperty && n.text == GeometryName && w.columns.Geometry != ""
}

// shape writes the feature's geometry or a literal.
func (w *writer) shape(n *node) (geometrySQL, error) {
	switch {
	case w.isGeometry(n):
		return geometrySQL{sql: w.columns.Geometry}, nil
	case n.kind == kindProperty && w.field(n.text) != nil:
		return geometrySQL{}, w.fault(ErrType, n, textf("“%[1]s”不是几何", "“%[1]s” is not a geometry", shown(n.text)))
	case n.kind == kindProperty:
		return geometrySQL{}, w.unknown(n)
	case n.kind != kindGeometry:
		return geometrySQL{}, w.unsupported(n)
	}
	g, err := w.placed(n)
	if err != nil {
		return geometrySQL{}, err
	}
	text, err := ewkb.MarshalToHex(g, srid)
	if err != nil {
		return geometrySQL{}, w.fault(ErrType, n, textf("无法使用该几何", "the geometry cannot be used"))
	}
	x := geometrySQL{sql: w.param(text, "geometry")}
	if collection, is := g.(orb.Collection); is {
		if x.mixed = dimensions(collection) > 1; !x.mixed {
			x.sql = "ST_UnaryUnion(" + x.sql + ")"
		}
	}
	return x, nil
}

// placed gives a literal in degrees of the record, which it must fit.
func (w *writer) placed(n *node) (orb.Geometry, error) {
	if w.positions += n.shape.count(); w.positions > MaxPositions {
		return nil, w.fault(ErrTooLong, n, textf("几何坐标点超过 %d 个", "more than %d positions in geometries", MaxPositions))
	}
	g, ok := n.shape.geometry(w.columns.Shape == nil)
	if !ok {
		return nil, w.fault(ErrType, n, layers.Text{Zh: "BBOX 的最小值应在最大值之前", En: "a BBOX begins with its least values"})
	}
	if w.columns.Shape != nil {
		var err error
		if g, err = w.columns.Shape(g); err != nil {
			return nil, w.fault(ErrType, n, textf("坐标超出该坐标系的范围", "the coordinates are outside of their reference system"))
		}
	}
	var fault *geo.Fault
	switch err := geo.CheckShape(g); {
	case errors.As(err, &fault):
		return nil, w.fault(ErrType, n, layers.Text{Zh: fmt.Sprintf("几何无效：%s", fault.Code.Title()), En: fmt.Sprintf("the geometry is not valid: %s", fault.Code.TitleEn())})
	case err != nil:
		return nil, err
	}
	return g, nil
}

func dimensions(c orb.Collection) int {
	var has [3]bool
	var visit func(orb.Collection)
	visit = func(c orb.Collection) {
		for _, g := range c {
			if inner, is := g.(orb.Collection); is {
				visit(inner)
			} else {
				has[g.Dimensions()] = true
			}
		}
	}
	visit(c)
	n := 0
	for _, h := range has {
		if h {
			n++
		}
	}
	return n
}

// levels is how deep collections are.
func (s *shape) levels() int {
	deepest := 0
	if s.name == "GEOMETRYCOLLECTION" {
		for _, p := range s.parts {
			deepest = max(deepest, p.levels())
		}
	}
	return deepest + 1
}

// count is the number of positions.
func (s *shape) count() int {
	n := len(s.positions)
	for _, p := range s.parts {
		n += p.count()
	}
	return n
}

// geometry gives the literal without heights. A box that is thin or a point becomes a line or a point; one whose west is east of its
// east crosses the antimeridian, where it is in degrees. It fails for a box upside down.
func (s *shape) geometry(degrees bool) (orb.Geometry, bool) {
	switch s.name {
	case "POINT":
		return s.line()[0], true
	case "LINESTRING":
		return s.line(), true
	case "POLYGON":
		return s.polygon(), true
	case "MULTIPOINT":
		points := make(orb.MultiPoint, len(s.parts))
		for i, p := range s.parts {
			points[i] = p.line()[0]
		}
		return points, true
	case "MULTILINESTRING":
		lines := make(orb.MultiLineString, len(s.parts))
		for i, p := range s.parts {
			lines[i] = p.line()
		}
		return lines, true
	case "MULTIPOLYGON":
		polygons := make(orb.MultiPolygon, len(s.parts))
		for i, p := range s.parts {
			polygons[i] = p.polygon()
		}
		return polygons, true
	case "BBOX":
		return s.box(degrees)
	default:
		collection := make(orb.Collection, len(s.parts))
		for i, p := range s.parts {
			collection[i], _ = p.geometry(degrees) // a box is never in one
		}
		return collection, true
	}
}

func (s *shape) line() orb.LineString {
	line := make(orb.LineString, len(s.positions))
	for i, p := range s.positions {
		line[i] = orb.Point{p[0].float(), p[1].float()}
	}
	return line
}

func (s *shape) polygon() orb.Polygon {
	rings := make(orb.Polygon, len(s.parts))
	for i, p := range s.parts {
		rings[i] = orb.Ring(p.line())
	}
	return rings
}

func (s *shape) box(degrees bool) (orb.Geometry, bool) {
	bounds := s.positions[0]
	half := len(bounds) / 2
	low := orb.Point{bounds[0].float(), bounds[1].float()}
	high := orb.Point{bounds[half].float(), bounds[half+1].float()}
	switch {
	case low[1] > high[1], low[0] > high[0] && !degrees:
		return nil, false
	case low[0] > high[0]:
		return across(low, high), true
	}
	return box(low, high), true
}

// across gives a box that crosses the antimeridian.
func across(low, high orb.Point) orb.Geometry {
	west := box(orb.Point{-180, low[1]}, high)
	switch east := box(low, orb.Point{180, high[1]}).(type) {
	case orb.Polygon:
		if polygon, is := west.(orb.Polygon); is {
			return orb.MultiPolygon{east, polygon}
		}
		return east
	case orb.LineString:
		if line, is := west.(orb.LineString); is && low[1] == high[1] {
			return orb.MultiLineString{east, line}
		}
	}
	return west
}

// box gives a box that may be thin or a point.
func box(low, high orb.Point) orb.Geometry {
	switch {
	case low == high:
		return low
	case low[0] == high[0], low[1] == high[1]:
		return along(low, high)
	}
	return orb.Polygon{boxRing(low, high)}
}

// boxSteps are the pieces of an edge of a box: straight in its own coordinates, it may be curved in those of the record.
const boxSteps = 16

func boxRing(low, high orb.Point) orb.Ring {
	corners := []orb.Point{low, {high[0], low[1]}, high, {low[0], high[1]}, low}
	ring := orb.Ring{low}
	for i, to := range corners[1:] {
		ring = append(ring, along(corners[i], to)[1:]...)
	}
	return ring
}

// along gives a straight line in steps.
func along(from, to orb.Point) orb.LineString {
	line := make(orb.LineString, 0, boxSteps+1)
	for i := range boxSteps {
		t := float64(i) / boxSteps
		line = append(line, orb.Point{from[0] + t*(to[0]-from[0]), from[1] + t*(to[1]-from[1])})
	}
	return append(line, to)
}
