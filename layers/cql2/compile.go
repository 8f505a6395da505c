package cql2

import (
	"slices"
	"strings"

	"wangge/layers"
)

// Compile checks the filter against the fields of a layer and makes it ready for columns in memory. field finds a field by name; nil
// is for one that is unknown or cannot be filtered by. Errors are *Error of the kinds ErrField, ErrType, ErrUnsupported and
// ErrTooLong.
func (f *Filter) Compile(field func(name string) *layers.Field) (*Program, error) {
	c := &compiler{filter: f, field: field, program: &Program{}, numbers: map[string]int{}}
	g, err := c.goal(f.root, false)
	if err != nil {
		return nil, err
	}
	c.program.start = c.program.emit(g, accept, reject)
	return c.program, nil
}

type compiler struct {
	filter   *Filter
	field    func(name string) *layers.Field
	program  *Program
	numbers  map[string]int // of tests, by their canonical text
	geometry bool           // features have GeometryName
	scope    []string       // fields of the test at hand
}

func (c *compiler) fault(kind error, n *node, what layers.Text) *Error {
	return c.filter.fault(kind, n.at, what)
}

// goal turns a condition into goals, NOT being pushed down to the tests.
func (c *compiler) goal(n *node, negated bool) (goal, error) {
	switch {
	case n.is("not"):
		return c.goal(n.args[0], !negated)
	case n.is("and"), n.is("or"):
		parts := make([]goal, len(n.args))
		for i, a := range n.args {
			var err error
			if parts[i], err = c.goal(a, negated); err != nil {
				return goal{}, err
			}
		}
		if n.is("and") != negated {
			return goal{all: parts}, nil
		}
		return goal{any: parts}, nil
	}
	if n.temporal() {
		expanded, err := c.expand(n)
		if err != nil {
			return goal{}, err
		}
		return c.goal(expanded, negated)
	}
	want := True
	if negated {
		want = False
	}
	return c.leaf(n, want)
}

// leaf makes a test of a predicate, or finds the same one, or decides what depends on no field.
func (c *compiler) leaf(n *node, want Truth) (goal, error) {
	c.scope = nil
	p, err := c.predicate(n)
	if err != nil {
		return goal{}, err
	}
	if len(c.scope) == 0 {
		return goal{decided: true, yes: p.of(nil) == want}, nil
	}
	key := string(appendNode(nil, p.node, levelOr))
	number, known := c.numbers[key]
	if !known {
		if number = len(c.program.tests); number == MaxTests {
			return goal{}, c.fault(ErrTooLong, n, textf("条件超过 %d 个", "more than %d conditions", MaxTests))
		}
		c.numbers[key] = number
		c.program.tests = append(c.program.tests, Test{Fields: c.scope, Of: p.of})
	}
	return goal{test: number, want: want}, nil
}

// predicate is a condition made ready. Its node has literals as they are compared: codes for labels, dates for texts.
type predicate struct {
	node *node
	of   func(values []any) Truth
}

func (c *compiler) predicate(n *node) (predicate, error) {
	switch {
	case n.kind == kindTruth, n.kind == kindProperty:
		return c.bare(n)
	case n.kind != kindOperation:
		return predicate{}, c.unsupported(n)
	}
	switch n.text {
	case "=", "<>", "<", "<=", ">", ">=":
		return c.comparison(n.text, n.args[0], n.args[1])
	case "between":
		return c.between(n)
	case "in":
		return c.in(n)
	case "like":
		return c.like(n)
	case "isNull":
		return c.isNull(n)
	default:
		return predicate{}, c.unsupported(n)
	}
}

// bare compiles a property or a literal that stands as a condition.
func (c *compiler) bare(n *node) (predicate, error) {
	x, err := c.operand(n)
	if err != nil {
		return predicate{}, err
	}
	if x.class != classTruth {
		return predicate{}, c.mismatch(n, x, classTruth)
	}
	return c.comparison("=", n, &node{kind: kindTruth, yes: true, at: n.at})
}

// unsupported names what cannot be answered from columns.
func (c *compiler) unsupported(n *node) *Error {
	zh, en := " "+strings.ToUpper(n.text), strings.ToUpper(n.text)
	switch n.kind {
	case kindFunction:
		zh, en = "函数 "+shown(n.text), "the function "+shown(n.text)
	case kindGeometry:
		zh, en = "几何", "a geometry"
	case kindInterval:
		zh, en = "时段 INTERVAL", "INTERVAL"
	case kindArray:
		zh, en = "数组", "an array"
	}
	return c.fault(ErrUnsupported, n, textf("此处不支持%[1]s", "%[2]s is not supported here", zh, en))
}

// slot is the place of a field among the values of the test at hand.
func (c *compiler) slot(name string) int {
	i := slices.Index(c.scope, name)
	if i < 0 {
		i = len(c.scope)
		c.scope = append(c.scope, name)
	}
	return i
}

// outcomes for which an operator holds: bit 0 for less, 1 for equal, 2 for greater.
var outcomes = map[string]uint8{"<": 1, "=": 2, "<=": 3, ">": 4, "<>": 5, ">=": 6}

// mirrored are the operators that say the same of exchanged operands.
var mirrored = map[string]string{"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

func (c *compiler) comparison(op string, left, right *node) (predicate, error) {
	if left.kind != kindProperty && right.kind == kindProperty { // 3 < x is the same test as x > 3
		left, right, op = right, left, mirrored[op]
	}
	both, err := c.operands(left, right)
	if err != nil {
		return predicate{}, err
	}
	order, holds := orderOf(both[0], both[1]), outcomes[op]
	return predicate{
		node: &node{kind: kindOperation, text: op, args: nodesOf(both)},
		of: func(values []any) Truth {
			outcome, known := order(values)
			if !known {
				return Unknown
			}
			return truthOf(holds>>(outcome+1)&1 == 1)
		},
	}, nil
}

func (c *compiler) between(n *node) (predicate, error) {
	three, err := c.operands(n.args...)
	if err != nil {
		return predicate{}, err
	}
	low, high := orderOf(three[0], three[1]), orderOf(three[0], three[2])
	return predicate{
		node: &node{kind: kindOperation, text: "between", args: nodesOf(three)},
		of: func(values []any) Truth {
			a, knowsLow := low(values)
			b, knowsHigh := high(values)
			switch {
			case knowsLow && a < 0, knowsHigh && b > 0:
				return False
			case knowsLow && knowsHigh:
				return True
			}
			return Unknown
		},
	}, nil
}

func (c *compiler) in(n *node) (predicate, error) {
	all, err := c.operands(n.args...)
	if err != nil {
		return predicate{}, err
	}
	return predicate{node: &node{kind: kindOperation, text: "in", args: nodesOf(all)}, of: member(all[0], all[1:])}, nil
}

func (c *compiler) like(n *node) (predicate, error) {
	x, err := c.operand(n.args[0])
	if err != nil {
		return predicate{}, err
	}
	if x.class != classText {
		return predicate{}, c.mismatch(n.args[0], x, classText)
	}
	y, err := c.operand(n.args[1])
	if err != nil {
		return predicate{}, err
	}
	text, _ := y.text(nil) // a literal, as the grammar has it
	pattern := newPattern(text)
	return predicate{
		node: &node{kind: kindOperation, text: "like", args: []*node{x.node, y.node}},
		of: func(values []any) Truth {
			s, known := x.text(values)
			if !known {
				return Unknown
			}
			return truthOf(pattern.matches(s))
		},
	}, nil
}

func (c *compiler) isNull(n *node) (predicate, error) {
	if n.args[0].sorts() == sortCondition {
		of, err := c.truth(n.args[0])
		return predicate{node: n, of: func(values []any) Truth { return truthOf(of(values) == Unknown) }}, err
	}
	x, err := c.operand(n.args[0])
	if err != nil {
		return predicate{}, err
	}
	return predicate{node: n, of: func(values []any) Truth { return truthOf(x.null(values)) }}, nil
}

// truth makes a condition ready that is a part of a test.
func (c *compiler) truth(n *node) (func(values []any) Truth, error) {
	switch {
	case n.temporal():
		expanded, err := c.expand(n)
		if err != nil {
			return nil, err
		}
		return c.truth(expanded)
	case n.is("not"):
		of, err := c.truth(n.args[0])
		return func(values []any) Truth { return True - of(values) }, err
	case n.is("and"), n.is("or"):
		return c.joined(n)
	}
	p, err := c.predicate(n)
	return p.of, err
}

// joined is the least or the greatest of several truths.
func (c *compiler) joined(n *node) (func(values []any) Truth, error) {
	parts := make([]func([]any) Truth, len(n.args))
	for i, a := range n.args {
		var err error
		if parts[i], err = c.truth(a); err != nil {
			return nil, err
		}
	}
	and := n.is("and")
	return func(values []any) Truth {
		result := parts[0](values)
		for _, of := range parts[1:] {
			if t := of(values); and == (t < result) {
				result = t
			}
		}
		return result
	}, nil
}
