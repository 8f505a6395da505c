package cql2

import (
	"strings"

	"wangge/layers"
)

// geoNames are the kinds of geometries in GeoJSON by their name in text.
var geoNames = map[string]string{
	"POINT": "Point", "LINESTRING": "LineString", "POLYGON": "Polygon", "MULTIPOINT": "MultiPoint", "MULTILINESTRING": "MultiLineString",
	"MULTIPOLYGON": "MultiPolygon", "GEOMETRYCOLLECTION": "GeometryCollection",
}

// geometryReader reads one geometry, all of whose positions have the same number of coordinates.
type geometryReader struct {
	*jsonReader
	size int
}

func (g *geometryReader) tagged(v *jsonValue, depth int) (*shape, error) {
	if depth > height {
		return nil, g.tooDeep(v.at)
	}
	kind := v.member("type")
	if kind == nil {
		return g.box(v.member("bbox"))
	}
	text, _ := kind.token.(string)
	name := strings.ToUpper(text)
	content := v.member("coordinates")
	if name == "GEOMETRYCOLLECTION" {
		content = v.member("geometries")
	}
	if geoNames[name] != text || text == "" || content == nil {
		return nil, g.expected(kind, layers.Text{Zh: "GeoJSON 几何的类型", En: "a type of GeoJSON geometry"})
	}
	var s *shape
	var err error
	if name == "GEOMETRYCOLLECTION" {
		s, err = g.parts(content, func(v *jsonValue) (*shape, error) { return g.member(v, depth+1) })
	} else {
		s, err = g.body(name, content)
	}
	if err != nil {
		return nil, err
	}
	s.name = name
	return s, nil
}

// member reads a geometry of a collection.
func (g *geometryReader) member(v *jsonValue, depth int) (*shape, error) {
	if !v.object() || v.member("type") == nil {
		return nil, g.expected(v, wantShape)
	}
	return g.tagged(v, depth)
}

func (g *geometryReader) body(name string, v *jsonValue) (*shape, error) {
	line := func(least int) func(*jsonValue) (*shape, error) {
		return func(v *jsonValue) (*shape, error) { return g.line(v, least) }
	}
	switch name {
	case "POINT":
		return g.point(v)
	case "LINESTRING":
		return g.line(v, 2)
	case "POLYGON":
		return g.parts(v, line(4))
	case "MULTIPOINT":
		return g.parts(v, g.point)
	case "MULTILINESTRING":
		return g.parts(v, line(2))
	default:
		return g.parts(v, func(v *jsonValue) (*shape, error) { return g.parts(v, line(4)) })
	}
}

func (g *geometryReader) parts(v *jsonValue, part func(*jsonValue) (*shape, error)) (*shape, error) {
	if !v.array() || len(v.parts) == 0 {
		return nil, g.expected(v, layers.Text{Zh: "非空数组", En: "an array that is not empty"})
	}
	s := &shape{}
	for _, p := range v.parts {
		one, err := part(p)
		if err != nil {
			return nil, err
		}
		s.parts = append(s.parts, one)
	}
	return s, nil
}

func (g *geometryReader) point(v *jsonValue) (*shape, error) {
	xy, err := g.position(v)
	return &shape{positions: [][]numeral{xy}}, err
}

func (g *geometryReader) line(v *jsonValue, least int) (*shape, error) {
	if !v.array() || len(v.parts) < least {
		return nil, g.fault(v.at, textf("此处至少应有 %d 个点", "expected at least %d positions here", least))
	}
	s := &shape{}
	for _, p := range v.parts {
		xy, err := g.position(p)
		if err != nil {
			return nil, err
		}
		s.positions = append(s.positions, xy)
	}
	return s, nil
}

func (g *geometryReader) position(v *jsonValue) ([]numeral, error) {
	if !v.array() || len(v.parts) != 2 && len(v.parts) != 3 {
		return nil, g.expected(v, layers.Text{Zh: "两个或三个坐标", En: "two or three coordinates"})
	}
	if g.size == 0 {
		g.size = len(v.parts)
	}
	if len(v.parts) != g.size {
		return nil, g.fault(v.at, layers.Text{Zh: "各点坐标个数应一致", En: "positions must all have as many coordinates"})
	}
	return g.numbers(v)
}

func (g *geometryReader) numbers(v *jsonValue) ([]numeral, error) {
	numbers := make([]numeral, len(v.parts))
	for i, p := range v.parts {
		var err error
		if numbers[i], err = g.number(p); err != nil {
			return nil, err
		}
	}
	return numbers, nil
}

func (g *geometryReader) box(v *jsonValue) (*shape, error) {
	if !v.array() || len(v.parts) != 4 && len(v.parts) != 6 {
		return nil, g.fault(v.at, layers.Text{Zh: "BBOX 应有 4 个或 6 个数值", En: "BBOX takes 4 or 6 numbers"})
	}
	bounds, err := g.numbers(v)
	return &shape{name: "BBOX", positions: [][]numeral{bounds}}, err
}
