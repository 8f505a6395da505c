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
// (NOT ST_Intersects is quicker than ST_Disjoint: it makes the literal ready once, and NOT NOT finds the index.)
var relations = map[string]string{
	"s_intersects": "ST_Intersects", "s_equals": "ST_Equals", "s_disjoint": "NOT ST_Intersects", "s_touches": "ST_Touches",
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
	return "(" + function + "(" + both[0].sql + ", " + both[1].sql + "))", nil
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
