package cql2

import (
	"strings"
	"time"

	"wangge/layers"
)

// value writes an expression that the compiler has checked.
func (w *writer) value(n *node) string {
	switch n.kind {
	case kindProperty:
		f := w.field(n.text)
		switch column := w.columns.Column(f); f.Type {
		case layers.Integer:
			return "(" + column + ")::float8"
		case layers.Number:
			return "NULLIF((" + column + ")::float8, 'NaN')" // as Compile: it compares with nothing
		default:
			return column
		}
	case kindOperation:
		switch n.text {
		case "casei", "accenti":
			return w.folded(n)
		}
		return w.arithmetic(n)
	default:
		value, sqlType := literal(n)
		return w.param(value, sqlType)
	}
}

// plain writes what IS NULL asks of: a column as it is.
func (w *writer) plain(n *node) string {
	if n.kind == kindProperty {
		return w.columns.Column(w.field(n.text))
	}
	return w.value(n)
}

// ordered writes an expression whose texts are compared by bytes whatever the database's collation. (What is equal is so in all
// collations of the product, and equality keeps its indexes.)
func (w *writer) ordered(n *node) string {
	if w.isText(n) {
		return "(" + w.value(n) + `) COLLATE "C"`
	}
	return w.value(n)
}

func (w *writer) isText(n *node) bool {
	switch n.kind {
	case kindText:
		return true
	case kindProperty:
		t := w.field(n.text).Type
		return t == layers.String || t == layers.Enum
	}
	return n.is("casei") || n.is("accenti")
}

// literal gives the value of a literal as a parameter, and its type in SQL.
func literal(n *node) (value any, sqlType string) {
	switch n.kind {
	case kindNumber:
		return n.num.float(), "float8"
	case kindTruth:
		return n.yes, "bool"
	case kindDate:
		return instant(time.DateOnly, n.text), "date"
	case kindTime:
		return instant(time.RFC3339Nano, n.text), "timestamptz"
	default:
		return n.text, "text"
	}
}

// instant gives a literal as a value; the infinities have only their names.
func instant(layout, text string) any {
	t, err := time.Parse(layout, text)
	if err != nil {
		return text
	}
	return t
}

// literals gives the values of literals of one kind as one array.
func literals(nodes []*node) (values any, sqlType string, ok bool) {
	for _, n := range nodes {
		switch n.kind {
		case kindNumber, kindTruth, kindDate, kindTime, kindText:
		default:
			return nil, "", false
		}
	}
	_, sqlType = literal(nodes[0])
	sqlType += "[]"
	switch nodes[0].kind {
	case kindNumber:
		return list[float64](nodes), sqlType, true
	case kindTruth:
		return list[bool](nodes), sqlType, true
	case kindText:
		return list[string](nodes), sqlType, true
	default:
		return list[time.Time](nodes), sqlType, true
	}
}

func list[T any](nodes []*node) []T {
	values := make([]T, len(nodes))
	for i, n := range nodes {
		value, _ := literal(n)
		values[i], _ = value.(T)
	}
	return values
}

// endless makes a backslash at the end of a pattern mean itself: folding may have taken away what stood after it.
func endless(pattern string) string {
	if n := len(pattern) - len(strings.TrimRight(pattern, `\`)); n%2 == 1 {
		return pattern + `\`
	}
	return pattern
}

// reachSQL is reach in SQL: outside PostgreSQL would raise errors.
const reachSQL = "'3.273390607896142e+150'::float8"

// bounded writes a number that can be computed with; what is too large or not known is null, what is too small is cut off.
func (w *writer) bounded(n *node) string {
	switch {
	case n.kind == kindNumber:
		x := bounded(n.num.float())
		if x != x {
			return w.param(nil, "float8")
		}
		return w.param(x, "float8")
	case n.kind == kindProperty && w.field(n.text).Type == layers.Integer:
		return w.value(n)
	}
	return "(trunc(NULLIF(NULLIF(GREATEST(LEAST(" + w.value(n) + ", " + reachSQL + "), -" + reachSQL + "), " + reachSQL + "), -" + reachSQL + ") * " +
		reachSQL + ") / " + reachSQL + ")"
}

// arithmetic writes a computation that never fails: what has no value is null. Operands that are needed twice get names in a query
// of their own, which OFFSET 0 keeps from being written out again and again where computations are nested.
func (w *writer) arithmetic(n *node) string {
	a, b := w.bounded(n.args[0]), w.bounded(n.args[1])
	switch n.text {
	case "/":
		return "(" + a + " / NULLIF(" + b + ", 0))"
	case "div":
		return "trunc(" + a + " / NULLIF(" + b + ", 0))"
	case "%":
		return named(a, b, "v.a - v.b * trunc(v.a / NULLIF(v.b, 0))")
	case "^":
		return named(a, b, `CASE WHEN v.a = 0 THEN CASE WHEN v.b > 0 THEN 0 WHEN v.b = 0 THEN 1 END
			WHEN v.a < 0 AND v.b <> trunc(v.b) THEN NULL
			WHEN abs(v.b * ln(abs(v.a))) < 347 THEN power(v.a, v.b) END`)
	default:
		return "(" + a + " " + n.text + " " + b + ")"
	}
}

func named(a, b, formula string) string {
	return "(SELECT " + formula + " FROM (SELECT " + a + " AS a, " + b + " AS b OFFSET 0) AS v)"
}
