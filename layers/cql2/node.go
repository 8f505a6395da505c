package cql2

import (
	"math"
	"strconv"

	"wangge/layers"
)

// kind tells what a node of the tree is.
type kind uint8

const (
	kindProperty  kind = iota // text is its name
	kindNumber                // num
	kindText                  // text
	kindTruth                 // yes
	kindDate                  // text is YYYY-MM-DD
	kindTime                  // text is RFC 3339 in UTC
	kindOpen                  // the open end of an interval
	kindInterval              // args are its two ends
	kindGeometry              // shape
	kindArray                 // args are its elements
	kindOperation             // text is the name in CQL2's JSON, args are the operands
	kindFunction              // text is the name as written, args
)

// node is a part of an expression.
type node struct {
	kind  kind
	yes   bool
	at    int // byte of the text at which it begins
	text  string
	num   numeral
	args  []*node
	shape *shape
}

// walk visits the node and all below in the order of the text.
func (n *node) walk(visit func(*node)) {
	visit(n)
	for _, a := range n.args {
		a.walk(visit)
	}
}

// beyond finds a node more than some levels below, or nil.
func (n *node) beyond(levels int) *node {
	if levels == 0 || n.kind == kindGeometry && n.shape.levels() > levels {
		return n
	}
	for _, a := range n.args {
		if b := a.beyond(levels - 1); b != nil {
			return b
		}
	}
	return nil
}

// is tells whether the node is the operation of that name.
func (n *node) is(name string) bool { return n.kind == kindOperation && n.text == name }

// numeral is the value of a number: whole where it is known exactly as an integer.
type numeral struct {
	whole bool
	i     int64
	f     float64
}

// exactFloat is up to where every integer is a float64.
const exactFloat = 1 << 53

// readNumeral reads an unsigned number as the scanner cuts it. It fails where float64 overflows.
func readNumeral(s string) (numeral, bool) {
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		return numeral{whole: true, i: i}, true
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return numeral{}, false
	}
	if f == math.Trunc(f) && f <= exactFloat {
		return numeral{whole: true, i: int64(f)}, true
	}
	return numeral{f: f}, true
}

func (x numeral) negated() numeral { return numeral{whole: x.whole, i: -x.i, f: -x.f} }

func (x numeral) float() float64 {
	if x.whole {
		return float64(x.i)
	}
	return x.f
}

// sorts are the sorts of values that an expression can have: a set, for a property or a function may have any.
type sorts uint16

const (
	sortNumber sorts = 1 << iota
	sortText
	sortTruth
	sortInstant
	sortInterval
	sortShape
	sortArray
	sortCondition

	anySort   sorts = 1<<iota - 1
	scalar          = sortNumber | sortText | sortTruth | sortInstant
	condition       = sortCondition | sortTruth
	temporal        = sortInstant | sortInterval
)

func (n *node) sorts() sorts {
	switch n.kind {
	case kindNumber:
		return sortNumber
	case kindText:
		return sortText
	case kindTruth:
		return sortTruth
	case kindDate, kindTime:
		return sortInstant
	case kindInterval, kindOpen:
		return sortInterval
	case kindGeometry:
		return sortShape
	case kindArray:
		return sortArray
	case kindOperation:
		switch n.text {
		case "+", "-", "*", "/", "%", "div", "^":
			return sortNumber
		case "casei", "accenti":
			return sortText
		}
		return sortCondition
	default:
		return anySort
	}
}

// builtin is a function of the standard.
type builtin struct {
	name  string // in CQL2's JSON; in text the same in capitals
	args  int
	takes sorts
}

// want is what a message calls the operands.
func (b builtin) want() layers.Text {
	switch b.takes {
	case sortShape:
		return wantShape
	case temporal:
		return wantTemporal
	case sortArray:
		return wantArray
	}
	return wantText
}

// builtins are the functions of the standard by their name in text.
var builtins = map[string]builtin{
	"CASEI": {"casei", 1, sortText}, "ACCENTI": {"accenti", 1, sortText},
	"S_INTERSECTS": {"s_intersects", 2, sortShape}, "S_EQUALS": {"s_equals", 2, sortShape},
	"S_DISJOINT": {"s_disjoint", 2, sortShape}, "S_TOUCHES": {"s_touches", 2, sortShape},
	"S_WITHIN": {"s_within", 2, sortShape}, "S_OVERLAPS": {"s_overlaps", 2, sortShape},
	"S_CROSSES": {"s_crosses", 2, sortShape}, "S_CONTAINS": {"s_contains", 2, sortShape},
	"T_AFTER": {"t_after", 2, temporal}, "T_BEFORE": {"t_before", 2, temporal},
	"T_CONTAINS": {"t_contains", 2, temporal}, "T_DISJOINT": {"t_disjoint", 2, temporal},
	"T_DURING": {"t_during", 2, temporal}, "T_EQUALS": {"t_equals", 2, temporal},
	"T_FINISHEDBY": {"t_finishedBy", 2, temporal}, "T_FINISHES": {"t_finishes", 2, temporal},
	"T_INTERSECTS": {"t_intersects", 2, temporal}, "T_MEETS": {"t_meets", 2, temporal},
	"T_METBY": {"t_metBy", 2, temporal}, "T_OVERLAPPEDBY": {"t_overlappedBy", 2, temporal},
	"T_OVERLAPS": {"t_overlaps", 2, temporal}, "T_STARTEDBY": {"t_startedBy", 2, temporal},
	"T_STARTS":   {"t_starts", 2, temporal},
	"A_EQUALS":   {"a_equals", 2, sortArray},
	"A_CONTAINS": {"a_contains", 2, sortArray}, "A_CONTAINEDBY": {"a_containedBy", 2, sortArray},
	"A_OVERLAPS": {"a_overlaps", 2, sortArray},
}
