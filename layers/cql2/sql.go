package cql2

import (
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"wangge/layers"
)

// GeometryName is the property by which filters know the geometry of a feature.
const GeometryName = "geom"

// Columns says how a filter becomes SQL.
type Columns struct {
	Field    func(name string) *layers.Field          // a field by name; nil for one that is unknown or cannot be filtered by
	Column   func(f *layers.Field) string             // the SQL of its column, such as f."status"
	Geometry string                                   // the SQL of the geometry (SRID 4490); empty where there is none
	First    int                                      // the number of the first parameter; 0 is taken as 1
	Shape    func(orb.Geometry) (orb.Geometry, error) // from the filter's coordinates to degrees of the record; nil where they are such
}

// SQL writes the filter as a boolean expression for PostgreSQL with PostGIS, and the values of its parameters. In its text stand
// nothing but words of this package, numbers of parameters, and what Column and Geometry say: it is the same whatever the values
// are. It is as three-valued as Compile's tests: a row passes where it is true. Values are float64, string, bool and time.Time,
// slices of them, and nil; geometries are EWKB in hexadecimal digits. Errors are *Error of the kinds ErrField, ErrType,
// ErrUnsupported and ErrTooLong.
func (f *Filter) SQL(c Columns) (string, []any, error) {
	w := &writer{
		compiler: compiler{filter: f, field: c.Field, geometry: c.Geometry != ""},
		columns:  c,
		tests:    map[string]bool{},
	}
	text, err := w.condition(f.root)
	if err != nil {
		return "", nil, err
	}
	return text, w.args, nil
}

// writer writes conditions. The compiler checks them first and gives literals as they are compared.
type writer struct {
	compiler
	columns   Columns
	args      []any
	tests     map[string]bool // canonical texts of conditions written
	cased     string          // the parameters that hold the table of foldCase; empty before they are needed
	cases     string
	positions int // of geometry literals
}

// param gives a value to the next parameter and writes that.
func (w *writer) param(value any, sqlType string) string {
	w.args = append(w.args, value)
	return "$" + strconv.Itoa(max(w.columns.First, 1)+len(w.args)-1) + "::" + sqlType
}

// condition writes a condition that binds as closely as a name.
func (w *writer) condition(n *node) (string, error) {
	switch {
	case n.is("not"):
		part, err := w.condition(n.args[0])
		return "(NOT " + part + ")", err
	case n.is("and"), n.is("or"):
		parts := make([]string, len(n.args))
		for i, a := range n.args {
			var err error
			if parts[i], err = w.condition(a); err != nil {
				return "", err
			}
		}
		return "(" + strings.Join(parts, " "+strings.ToUpper(n.text)+" ") + ")", nil
	case n.is("isNull") && n.args[0].sorts() == sortCondition:
		part, err := w.condition(n.args[0])
		return "(" + part + " IS NULL)", err
	}
	if relation, ok := relations[n.text]; ok && n.kind == kindOperation {
		return w.relation(relation, n)
	}
	if n.temporal() {
		expanded, err := w.expand(n)
		if err != nil {
			return "", err
		}
		return w.condition(expanded)
	}
	if n.is("isNull") && (n.args[0].kind == kindGeometry || w.isGeometry(n.args[0])) {
		shape, err := w.shape(n.args[0])
		return "(" + shape.sql + " IS NULL)", err
	}
	return w.test(n)
}

// test writes what the compiler knows as a test.
func (w *writer) test(n *node) (string, error) {
	w.scope = nil
	p, err := w.predicate(n)
	if err != nil {
		return "", err
	}
	if err := w.count(n, p.node); err != nil {
		return "", err
	}
	n = p.node
	switch n.text {
	case "isNull":
		return "(" + w.plain(n.args[0]) + " IS NULL)", nil
	case "like":
		return "(" + w.value(n.args[0]) + " LIKE " + w.param(endless(w.fixed(n.args[1])), "text") + ")", nil
	case "in":
		return w.in(n), nil
	case "between":
		x := w.ordered(n.args[0])
		return "(" + x + " BETWEEN " + w.value(n.args[1]) + " AND " + w.value(n.args[2]) + ")", nil
	case "=", "<>":
		return "(" + w.value(n.args[0]) + " " + n.text + " " + w.value(n.args[1]) + ")", nil
	default:
		return "(" + w.ordered(n.args[0]) + " " + n.text + " " + w.value(n.args[1]) + ")", nil
	}
}

// count bounds the distinct conditions as Compile does.
func (w *writer) count(n, normal *node) error {
	w.tests[string(appendNode(nil, normal, levelOr))] = true
	if len(w.tests) > MaxTests {
		return w.fault(ErrTooLong, n, textf("条件超过 %d 个", "more than %d conditions", MaxTests))
	}
	return nil
}

// in writes literals as one array, so that the text does not depend on how many there are.
func (w *writer) in(n *node) string {
	x, items := n.args[0], n.args[1:]
	if values, sqlType, ok := literals(items); ok {
		return "(" + w.value(x) + " = ANY (" + w.param(values, sqlType) + "))"
	}
	written := make([]string, len(items))
	left := w.value(x)
	for i, item := range items {
		written[i] = w.value(item)
	}
	return "(" + left + " IN (" + strings.Join(written, ", ") + "))"
}
