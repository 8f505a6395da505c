package cql2

import (
	"math"
	"strconv"
	"strings"
)

// level is how closely the parts of an expression are bound: what binds less closely than its place asks for gets parentheses.
type level uint8

const (
	levelOr level = iota
	levelAnd
	levelNot
	levelPredicate
	levelSum
	levelProduct
	levelPower
	levelFactor
)

func (n *node) level() level {
	if n.kind != kindOperation {
		return levelFactor
	}
	switch n.text {
	case "or":
		return levelOr
	case "and":
		return levelAnd
	case "not":
		if negatable(n.args[0]) {
			return levelPredicate
		}
		return levelNot
	case "+", "-":
		return levelSum
	case "*", "/", "%", "div":
		return levelProduct
	case "^":
		return levelPower
	case "like", "between", "in", "isNull", "=", "<>", "<", "<=", ">", ">=":
		return levelPredicate
	default:
		return levelFactor
	}
}

// negatable predicates have a place for NOT inside.
func negatable(n *node) bool {
	return n.is("like") || n.is("between") || n.is("in") || n.is("isNull")
}

// appendNode appends the canonical text of an expression for a place that asks for a level at least.
func appendNode(b []byte, n *node, least level) []byte {
	if n.level() < least {
		return append(appendNode(append(b, '('), n, levelOr), ')')
	}
	switch n.kind {
	case kindProperty:
		return appendName(b, n.text)
	case kindNumber:
		return appendNumeral(b, n.num)
	case kindText:
		return appendText(b, n.text)
	case kindTruth:
		return append(b, strings.ToUpper(strconv.FormatBool(n.yes))...)
	case kindDate:
		return append(append(append(b, "DATE('"...), n.text...), "')"...)
	case kindTime:
		return append(append(append(b, "TIMESTAMP('"...), n.text...), "')"...)
	case kindInterval:
		return appendInterval(b, n)
	case kindGeometry:
		return appendShape(b, n.shape)
	case kindArray:
		return appendArgs(b, n.args, levelOr)
	case kindFunction:
		return appendArgs(append(b, n.text...), n.args, levelOr)
	default:
		return appendOperation(b, n)
	}
}

func appendOperation(b []byte, n *node) []byte {
	switch n.text {
	case "and":
		return appendJoined(b, n.args, " AND ", levelNot)
	case "or":
		return appendJoined(b, n.args, " OR ", levelAnd)
	case "not":
		if negatable(n.args[0]) {
			return appendPredicate(b, n.args[0], "NOT ")
		}
		return appendNode(append(b, "NOT "...), n.args[0], levelNot)
	case "+", "-", "*", "/", "%", "div", "^":
		return appendArithmetic(b, n)
	case "=", "<>", "<", "<=", ">", ">=":
		return appendJoined(b, n.args, " "+n.text+" ", levelSum)
	case "like", "between", "in", "isNull":
		return appendPredicate(b, n, "")
	default:
		return appendArgs(append(b, strings.ToUpper(n.text)...), n.args, levelOr)
	}
}

func appendJoined(b []byte, args []*node, between string, least level) []byte {
	for i, a := range args {
		if i > 0 {
			b = append(b, between...)
		}
		b = appendNode(b, a, least)
	}
	return b
}

func appendArgs(b []byte, args []*node, least level) []byte {
	return append(appendJoined(append(b, '('), args, ", ", least), ')')
}

func appendArithmetic(b []byte, n *node) []byte {
	l := n.level()
	left, right := l, l+1
	if l == levelPower {
		left = levelFactor
	}
	b = appendNode(b, n.args[0], left)
	b = append(append(append(b, ' '), strings.ToUpper(n.text)...), ' ')
	return appendNode(b, n.args[1], right)
}

// appendPredicate appends a predicate that is written with words; not is "NOT " or empty.
func appendPredicate(b []byte, n *node, not string) []byte {
	b = appendNode(b, n.args[0], levelSum)
	switch n.text {
	case "isNull":
		return append(append(append(b, " IS "...), not...), "NULL"...)
	case "like":
		return appendNode(append(append(append(b, ' '), not...), "LIKE "...), n.args[1], levelFactor)
	case "between":
		return appendJoined(append(append(append(b, ' '), not...), "BETWEEN "...), n.args[1:], " AND ", levelSum)
	default:
		return appendArgs(append(append(append(b, ' '), not...), "IN "...), n.args[1:], levelSum)
	}
}

func appendInterval(b []byte, n *node) []byte {
	b = append(b, "INTERVAL("...)
	for i, a := range n.args {
		if i > 0 {
			b = append(b, ", "...)
		}
		switch a.kind {
		case kindOpen:
			b = append(b, "'..'"...)
		case kindDate, kindTime:
			b = append(append(append(b, '\''), a.text...), '\'')
		default:
			b = appendNode(b, a, levelFactor)
		}
	}
	return append(b, ')')
}

// appendName appends a property's name, in quotes where it could be taken for anything else.
func appendName(b []byte, name string) []byte {
	if plain(name) {
		return append(b, name...)
	}
	return append(append(append(b, '"'), strings.ReplaceAll(name, `"`, `""`)...), '"')
}

// plain tells whether a name needs no quotes.
func plain(name string) bool {
	for i, c := range name {
		if i == 0 && !startsName(c) || !continuesName(c) {
			return false
		}
	}
	upper := strings.ToUpper(name)
	if _, known := builtins[upper]; known || points(upper) || reserved(name) {
		return false
	}
	return upper != "DATE" && upper != "TIMESTAMP" && upper != "INTERVAL"
}

// appendNumeral appends the shortest number that reads back as the same.
func appendNumeral(b []byte, x numeral) []byte {
	if x.whole {
		return strconv.AppendInt(b, x.i, 10)
	}
	if size := math.Abs(x.f); size >= 1e-6 && size < 1e21 {
		return strconv.AppendFloat(b, x.f, 'f', -1, 64)
	}
	return strconv.AppendFloat(b, x.f, 'E', -1, 64)
}

func appendText(b []byte, s string) []byte {
	b = append(b, '\'')
	for i := range len(s) {
		switch at := strings.IndexByte(escaped, s[i]); {
		case s[i] == '\'':
			b = append(b, "''"...)
		case at >= 0:
			b = append(b, '\\', escapes[at])
		default:
			b = append(b, s[i])
		}
	}
	return append(b, '\'')
}

func appendShape(b []byte, s *shape) []byte {
	b = append(b, s.name...)
	if s.name != "" && s.name != "BBOX" && s.size() == 3 {
		b = append(b, " Z "...)
	}
	b = append(b, '(')
	for i, part := range s.parts {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = appendShape(b, part)
	}
	between := " "
	if s.name == "BBOX" {
		between = ", "
	}
	for i, position := range s.positions {
		if i > 0 {
			b = append(b, ", "...)
		}
		for j, x := range position {
			if j > 0 {
				b = append(b, between...)
			}
			b = appendNumeral(b, x)
		}
	}
	return append(b, ')')
}

// size is how many coordinates a position has.
func (s *shape) size() int {
	for len(s.positions) == 0 {
		s = s.parts[0]
	}
	return len(s.positions[0])
}
