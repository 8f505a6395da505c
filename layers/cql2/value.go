package cql2

import (
	"strings"
	"time"

	"wangge/layers"
)

func (p *parser) sum() (*node, error) {
	return p.chain(p.product, func(t token) string {
		if t.sign("+") || t.sign("-") {
			return t.raw
		}
		return ""
	})
}

func (p *parser) product() (*node, error) {
	return p.chain(p.power, func(t token) string {
		switch {
		case t.sign("*"), t.sign("/"), t.sign("%"):
			return t.raw
		case t.keyword("DIV"):
			return "div"
		}
		return ""
	})
}

// chain reads operands and operators that group from the left.
func (p *parser) chain(part func() (*node, error), operator func(token) string) (*node, error) {
	left, err := part()
	for err == nil {
		op := operator(p.tok)
		if op == "" {
			return left, nil
		}
		left, err = p.binary(op, left, part)
	}
	return nil, err
}

// binary reads an arithmetic operator and its right operand.
func (p *parser) binary(op string, left *node, part func() (*node, error)) (*node, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	right, err := part()
	if err != nil {
		return nil, err
	}
	return p.operation(op, sortNumber, wantNumber, left, right)
}

// power: the grammar has one exponent and does not say how several would group.
func (p *parser) power() (*node, error) {
	n, err := p.factor()
	if err != nil || !p.tok.sign("^") {
		return n, err
	}
	if n, err = p.binary("^", n, p.factor); err != nil {
		return nil, err
	}
	if p.tok.sign("^") {
		return nil, p.fault(p.tok.at, layers.Text{Zh: "连续的 ^ 请加括号", En: "write parentheses around one of two powers"})
	}
	return n, nil
}

// factor reads a value with its sign, which binds more closely than ^.
func (p *parser) factor() (*node, error) {
	minus, plus := p.tok.sign("-"), p.tok.sign("+")
	if !minus && !plus {
		return p.primary()
	}
	at := p.tok.at
	n, err := p.nested(func() (*node, error) {
		if err := p.advance(); err != nil {
			return nil, err
		}
		if plus && p.tok.kind != tokDigits {
			return nil, p.unexpected(wantNumber)
		}
		return p.factor()
	})
	switch {
	case err != nil, plus:
		return n, err
	case n.kind == kindNumber:
		return &node{kind: kindNumber, at: at, num: n.num.negated()}, nil
	}
	negative, err := p.operation("*", sortNumber, wantNumber, &node{kind: kindNumber, at: at, num: numeral{whole: true, i: -1}}, n)
	if err != nil {
		return nil, err
	}
	return negative, nil
}

func (p *parser) primary() (*node, error) {
	t := p.tok
	switch {
	case t.kind == tokDigits:
		x, ok := readNumeral(t.raw)
		if !ok {
			return nil, p.fault(t.at, layers.Text{Zh: "数值过大", En: "the number is too large"})
		}
		return &node{kind: kindNumber, at: t.at, num: x}, p.advance()
	case t.kind == tokString:
		return &node{kind: kindText, at: t.at, text: t.value}, p.advance()
	case t.kind == tokQuoted:
		return &node{kind: kindProperty, at: t.at, text: t.value}, p.advance()
	case t.keyword("TRUE"), t.keyword("FALSE"):
		return &node{kind: kindTruth, at: t.at, yes: t.keyword("TRUE")}, p.advance()
	case t.kind == tokWord && !reserved(t.raw):
		return p.named()
	case t.sign("("):
		return p.group()
	default:
		return nil, p.unexpected(wantValue)
	}
}

// reserved words cannot be names without quotes.
func reserved(s string) bool {
	for _, w := range []string{"AND", "OR", "NOT", "IS", "NULL", "LIKE", "BETWEEN", "IN", "DIV", "TRUE", "FALSE"} {
		if strings.EqualFold(s, w) {
			return true
		}
	}
	return false
}

// named reads a property, or what begins with a name and has parentheses.
func (p *parser) named() (*node, error) {
	name := p.tok
	if err := p.advance(); err != nil {
		return nil, err
	}
	upper := strings.ToUpper(name.raw)
	if points(upper) && (p.tok.sign("(") || p.tok.keyword("Z")) {
		return p.geometry(upper, name.at)
	}
	if !p.tok.sign("(") {
		return &node{kind: kindProperty, at: name.at, text: name.raw}, nil
	}
	return p.nested(func() (*node, error) {
		if err := p.advance(); err != nil {
			return nil, err
		}
		switch upper {
		case "DATE", "TIMESTAMP":
			return p.instant(upper == "DATE", name.at)
		case "INTERVAL":
			return p.interval(name.at)
		}
		if b, ok := builtins[upper]; ok {
			return p.builtin(b, name.at)
		}
		if !callable(name.raw) {
			return nil, p.fault(name.at, layers.Text{Zh: "请写作 x IS NULL", En: "write x IS NULL"})
		}
		args, err := p.list(p.or)
		return &node{kind: kindFunction, at: name.at, text: name.raw, args: args}, err
	})
}

// list reads what stands between parentheses, the opening one being past.
func (p *parser) list(part func() (*node, error)) ([]*node, error) {
	var args []*node
	if p.tok.sign(")") {
		return nil, p.advance()
	}
	for {
		n, err := part()
		if err != nil {
			return nil, err
		}
		args = append(args, n)
		if !p.tok.sign(",") {
			return args, p.expect(")")
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
}

// group reads parentheses: around an expression, or of an array. Literals that the grammar never puts into parentheses are
// arrays of one.
func (p *parser) group() (*node, error) {
	at := p.tok.at
	return p.nested(func() (*node, error) {
		if err := p.advance(); err != nil {
			return nil, err
		}
		args, err := p.list(p.or)
		if err != nil {
			return nil, err
		}
		if len(args) == 1 && args[0].sorts()&(sortNumber|condition) != 0 {
			return args[0], nil
		}
		return &node{kind: kindArray, at: at, args: args}, nil
	})
}

// array reads parentheses where only an array can be.
func (p *parser) array() (*node, error) {
	if !p.tok.sign("(") {
		return p.or()
	}
	at := p.tok.at
	return p.nested(func() (*node, error) {
		if err := p.advance(); err != nil {
			return nil, err
		}
		args, err := p.list(p.or)
		return &node{kind: kindArray, at: at, args: args}, err
	})
}

func (p *parser) builtin(b builtin, at int) (*node, error) {
	part := p.or
	if b.takes == sortArray {
		part = p.array
	}
	closing := p.tok.at
	args, err := p.list(func() (*node, error) {
		n, err := part()
		closing = p.tok.at
		return n, err
	})
	if err != nil {
		return nil, err
	}
	if len(args) != b.args {
		return nil, p.fault(closing, textf("%s 应有 %d 个参数", "%s takes %d arguments", strings.ToUpper(b.name), b.args))
	}
	n, err := p.operation(b.name, b.takes, b.want(), args...)
	if err != nil {
		return nil, err
	}
	n.at = at
	return n, nil
}

// instant reads the string of a DATE or TIMESTAMP and the closing parenthesis.
func (p *parser) instant(day bool, at int) (*node, error) {
	kind, read, want := kindDate, readDate, wantDate
	if !day {
		kind, read, want = kindTime, readTime, wantInstant
	}
	if p.tok.kind != tokString {
		return nil, p.unexpected(want)
	}
	value, ok := read(p.tok.value)
	if !ok {
		return nil, p.unexpected(want)
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	return &node{kind: kind, at: at, text: value}, p.expect(")")
}

func (p *parser) interval(at int) (*node, error) {
	args, err := p.list(p.bound)
	if err != nil {
		return nil, err
	}
	if len(args) != 2 {
		return nil, p.fault(at, textf("%s 应有 %d 个参数", "%s takes %d arguments", "INTERVAL", 2))
	}
	return &node{kind: kindInterval, at: at, args: args}, nil
}

// bound reads an end of an interval.
func (p *parser) bound() (*node, error) {
	t := p.tok
	if t.kind != tokString {
		n, err := p.primary()
		if err == nil && n.kind != kindProperty && n.kind != kindFunction {
			err = p.fault(t.at, here(wantBound))
		}
		return n, err
	}
	n, ok := boundOf(t.value)
	if !ok {
		return nil, p.unexpected(wantBound)
	}
	n.at = t.at
	return n, p.advance()
}

// boundOf reads the text of an end of an interval.
func boundOf(text string) (*node, bool) {
	if value, ok := readDate(text); ok {
		return &node{kind: kindDate, text: value}, true
	}
	if value, ok := readTime(text); ok {
		return &node{kind: kindTime, text: value}, true
	}
	return &node{kind: kindOpen}, text == ".."
}

// readDate checks a day of the calendar.
func readDate(s string) (string, bool) {
	_, err := time.Parse(time.DateOnly, s)
	return s, err == nil
}

// readTime reads an RFC 3339 time and gives it in UTC to the microsecond, as the record keeps times.
func readTime(s string) (string, bool) {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return "", false
	}
	t = t.UTC().Truncate(time.Microsecond)
	if t.Year() < 0 || t.Year() > 9999 {
		return "", false
	}
	return t.Format(time.RFC3339Nano), true
}
