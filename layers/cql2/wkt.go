package cql2

import (
	"strings"

	"wangge/layers"
)

// shape is a geometry literal. A point, a line, a ring and a box have positions, all others parts.
type shape struct {
	name      string // POINT …, BBOX; empty for rings and members of multi-geometries
	positions [][]numeral
	parts     []*shape
}

// points tells whether the word begins a geometry.
func points(upper string) bool {
	switch upper {
	case "POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION", "BBOX":
		return true
	}
	return false
}

// geometry reads a geometry, its name being past.
func (p *parser) geometry(name string, at int) (*node, error) {
	r := shapeReader{parser: p}
	s, err := r.tagged(name)
	if err != nil {
		return nil, err
	}
	return &node{kind: kindGeometry, at: at, shape: s}, nil
}

// shapeReader reads one geometry, all of whose positions have the same number of coordinates.
type shapeReader struct {
	*parser
	size int
}

// tagged reads what follows the name of a geometry.
func (r *shapeReader) tagged(name string) (*shape, error) {
	if name == "BBOX" {
		return r.box()
	}
	if z, err := r.take("Z"); err != nil {
		return nil, err
	} else if z && r.size == 0 {
		r.size = 3
	}
	s, err := r.body(name)
	if err != nil {
		return nil, err
	}
	s.name = name
	return s, nil
}

func (r *shapeReader) body(name string) (*shape, error) {
	switch name {
	case "POINT":
		return r.line(1, 1)
	case "LINESTRING":
		return r.line(2, 0)
	case "POLYGON":
		return r.many(func() (*shape, error) { return r.line(4, 0) })
	case "MULTIPOINT":
		return r.many(r.member)
	case "MULTILINESTRING":
		return r.many(func() (*shape, error) { return r.line(2, 0) })
	case "MULTIPOLYGON":
		return r.many(func() (*shape, error) { return r.body("POLYGON") })
	default:
		return r.collection()
	}
}

// many reads parts between parentheses.
func (r *shapeReader) many(part func() (*shape, error)) (*shape, error) {
	if err := r.expect("("); err != nil {
		return nil, err
	}
	s := &shape{}
	for {
		one, err := part()
		if err != nil {
			return nil, err
		}
		s.parts = append(s.parts, one)
		if !r.tok.sign(",") {
			return s, r.expect(")")
		}
		if err := r.advance(); err != nil {
			return nil, err
		}
	}
}

// member is a point of a MULTIPOINT, with or without parentheses.
func (r *shapeReader) member() (*shape, error) {
	if r.tok.sign("(") {
		return r.line(1, 1)
	}
	xy, err := r.position()
	return &shape{positions: [][]numeral{xy}}, err
}

func (r *shapeReader) collection() (*shape, error) {
	return r.many(func() (*shape, error) {
		name := r.tok
		upper := upperOf(name)
		if !points(upper) || upper == "BBOX" {
			return nil, r.unexpected(wantShape)
		}
		if r.depth++; r.depth > Depth {
			return nil, newError(r.text, ErrTooDeep, name.at, textf("嵌套超过 %d 层", "more than %d levels of nesting", Depth))
		}
		defer func() { r.depth-- }()
		if err := r.advance(); err != nil {
			return nil, err
		}
		return r.tagged(upper)
	})
}

// line reads positions between parentheses: least at least, most at most (0 for any number).
func (r *shapeReader) line(least, most int) (*shape, error) {
	at := r.tok.at
	if err := r.expect("("); err != nil {
		return nil, err
	}
	s := &shape{}
	for {
		xy, err := r.position()
		if err != nil {
			return nil, err
		}
		s.positions = append(s.positions, xy)
		if !r.tok.sign(",") || len(s.positions) == most {
			break
		}
		if err := r.advance(); err != nil {
			return nil, err
		}
	}
	if err := r.expect(")"); err != nil {
		return nil, err
	}
	if len(s.positions) < least {
		return nil, r.fault(at, textf("此处至少应有 %d 个点", "expected at least %d positions here", least))
	}
	return s, nil
}

// position reads two or three coordinates.
func (r *shapeReader) position() ([]numeral, error) {
	at := r.tok.at
	var xy []numeral
	for len(xy) < 2 || len(xy) < 3 && !r.tok.sign(",") && !r.tok.sign(")") {
		x, err := r.coordinate()
		if err != nil {
			return nil, err
		}
		xy = append(xy, x)
	}
	if r.size == 0 {
		r.size = len(xy)
	}
	if len(xy) != r.size {
		return nil, r.fault(at, layers.Text{Zh: "各点坐标个数应一致", En: "positions must all have as many coordinates"})
	}
	return xy, nil
}

func (r *shapeReader) coordinate() (numeral, error) {
	minus := r.tok.sign("-")
	if minus || r.tok.sign("+") {
		if err := r.advance(); err != nil {
			return numeral{}, err
		}
	}
	if r.tok.kind != tokDigits {
		return numeral{}, r.unexpected(layers.Text{Zh: "坐标", En: "a coordinate"})
	}
	x, ok := readNumeral(r.tok.raw)
	if !ok {
		return numeral{}, r.fault(r.tok.at, layers.Text{Zh: "数值过大", En: "the number is too large"})
	}
	if minus {
		x = x.negated()
	}
	return x, r.advance()
}

// box reads the four or six numbers of a BBOX.
func (r *shapeReader) box() (*shape, error) {
	at := r.tok.at
	if err := r.expect("("); err != nil {
		return nil, err
	}
	var bounds []numeral
	for {
		x, err := r.coordinate()
		if err != nil {
			return nil, err
		}
		bounds = append(bounds, x)
		if !r.tok.sign(",") {
			break
		}
		if err := r.advance(); err != nil {
			return nil, err
		}
	}
	if err := r.expect(")"); err != nil {
		return nil, err
	}
	if len(bounds) != 4 && len(bounds) != 6 {
		return nil, r.fault(at, layers.Text{Zh: "BBOX 应有 4 个或 6 个数值", En: "BBOX takes 4 or 6 numbers"})
	}
	return &shape{name: "BBOX", positions: [][]numeral{bounds}}, nil
}

func upperOf(t token) string {
	if t.kind != tokWord {
		return ""
	}
	return strings.ToUpper(t.raw)
}
