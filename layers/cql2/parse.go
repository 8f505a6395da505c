package cql2

import (
	"wangge/layers"
)

// parser reads an expression by recursive descent, one token ahead.
type parser struct {
	scanner
	tok   token
	depth int
}

// What a message asks for.
var (
	wantCondition = layers.Text{Zh: "条件", En: "a condition"}
	wantValue     = layers.Text{Zh: "字段或值", En: "a field or a value"}
	wantNumber    = layers.Text{Zh: "数值", En: "a number"}
	wantText      = layers.Text{Zh: "文本", En: "a text"}
	wantTemporal  = layers.Text{Zh: "日期、时间或时段", En: "a date, a time or an interval"}
	wantShape     = layers.Text{Zh: "几何", En: "a geometry"}
	wantArray     = layers.Text{Zh: "数组", En: "an array"}
	wantDate      = layers.Text{Zh: "'YYYY-MM-DD' 形式的日期", En: "a date such as '2026-01-31'"}
	wantInstant   = layers.Text{Zh: "'YYYY-MM-DDThh:mm:ssZ' 形式的时间", En: "a time such as '2026-01-31T08:00:00Z'"}
	wantBound     = layers.Text{Zh: "日期、时间、'..' 或字段", En: "a date, a time, '..' or a field"}
	wantPattern   = layers.Text{Zh: "样式文本", En: "a pattern in quotes"}
)

func (p *parser) filter() (*node, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	n, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.tok.kind != tokEnd {
		return nil, p.unexpected(layers.Text{Zh: "AND、OR 或文末", En: "AND, OR or the end"})
	}
	return n, p.need(n, condition, wantCondition)
}

func (p *parser) advance() (err error) {
	p.tok, err = p.next()
	return err
}

// unexpected refuses the token at hand.
func (p *parser) unexpected(want layers.Text) *Error {
	return p.fault(p.tok.at, expected(want, p.tok))
}

// expect passes over an operator.
func (p *parser) expect(op string) error {
	if !p.tok.sign(op) {
		return p.unexpected(layers.Text{Zh: "“" + op + "”", En: "“" + op + "”"})
	}
	return p.advance()
}

// take passes over a keyword if it is there.
func (p *parser) take(keyword string) (bool, error) {
	if !p.tok.keyword(keyword) {
		return false, nil
	}
	return true, p.advance()
}

// nested runs a part that may contain itself.
func (p *parser) nested(part func() (*node, error)) (*node, error) {
	if p.depth++; p.depth > Depth {
		return nil, newError(p.text, ErrTooDeep, p.tok.at,
			textf("嵌套超过 %d 层", "more than %d levels of nesting", Depth))
	}
	n, err := part()
	p.depth--
	return n, err
}

// need refuses a part that cannot be of the sort that its place asks for.
func (p *parser) need(n *node, s sorts, want layers.Text) error {
	if n.sorts()&s == 0 {
		return p.fault(n.at, here(want))
	}
	return nil
}

func (p *parser) or() (*node, error) {
	return p.joined("OR", "or", func() (*node, error) { return p.joined("AND", "and", p.not) })
}

// joined reads conditions between which a keyword stands. One that is joined by the same keyword itself is taken in.
func (p *parser) joined(keyword, name string, part func() (*node, error)) (*node, error) {
	first, err := part()
	if err != nil || !p.tok.keyword(keyword) {
		return first, err
	}
	n := &node{kind: kindOperation, text: name, at: first.at}
	for c := first; ; {
		if err := p.need(c, condition, wantCondition); err != nil {
			return nil, err
		}
		if c.is(name) {
			n.args = append(n.args, c.args...)
		} else {
			n.args = append(n.args, c)
		}
		if more, err := p.take(keyword); err != nil || !more {
			return n, err
		}
		if c, err = part(); err != nil {
			return nil, err
		}
	}
}

func (p *parser) not() (*node, error) {
	at := p.tok.at
	if !p.tok.keyword("NOT") {
		return p.predicate()
	}
	n, err := p.nested(func() (*node, error) {
		if err := p.advance(); err != nil {
			return nil, err
		}
		return p.not()
	})
	if err != nil {
		return nil, err
	}
	return not(n, at), p.need(n, condition, wantCondition)
}

func not(n *node, at int) *node {
	return &node{kind: kindOperation, text: "not", at: at, args: []*node{n}}
}

// predicate reads a comparison, or what stands alone.
func (p *parser) predicate() (*node, error) {
	left, err := p.sum()
	if err != nil {
		return nil, err
	}
	switch {
	case p.tok.kind == tokSign && comparison(p.tok.raw):
		return p.comparison(left)
	case p.tok.keyword("IS"):
		return p.isNull(left)
	}
	negated, err := p.take("NOT")
	if err != nil {
		return nil, err
	}
	var n *node
	switch {
	case p.tok.keyword("LIKE"):
		n, err = p.like(left)
	case p.tok.keyword("BETWEEN"):
		n, err = p.between(left)
	case p.tok.keyword("IN"):
		n, err = p.in(left)
	case negated:
		return nil, p.unexpected(layers.Text{Zh: "LIKE、BETWEEN 或 IN", En: "LIKE, BETWEEN or IN"})
	default:
		return left, nil
	}
	if err == nil && negated {
		n = not(n, n.at)
	}
	return n, err
}

func comparison(op string) bool {
	switch op {
	case "=", "<>", "<", "<=", ">", ">=":
		return true
	}
	return false
}

func (p *parser) comparison(left *node) (*node, error) {
	op := p.tok.raw
	if err := p.advance(); err != nil {
		return nil, err
	}
	right, err := p.sum()
	if err != nil {
		return nil, err
	}
	return p.operation(op, scalar, wantValue, left, right)
}

// operation makes an operation whose operands are all of some sorts.
func (p *parser) operation(name string, s sorts, want layers.Text, args ...*node) (*node, error) {
	for _, a := range args {
		if err := p.need(a, s, want); err != nil {
			return nil, err
		}
	}
	return &node{kind: kindOperation, text: name, at: args[0].at, args: args}, nil
}

func (p *parser) isNull(left *node) (*node, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	negated, err := p.take("NOT")
	if err != nil {
		return nil, err
	}
	null, err := p.take("NULL")
	if err != nil {
		return nil, err
	}
	if !null {
		return nil, p.unexpected(layers.Text{Zh: "NULL 或 NOT NULL", En: "NULL or NOT NULL"})
	}
	n, err := p.operation("isNull", anySort&^sortArray, wantValue, left)
	if err == nil && negated {
		n = not(n, n.at)
	}
	return n, err
}

func (p *parser) like(left *node) (*node, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	pattern, err := p.primary()
	if err != nil {
		return nil, err
	}
	if literal, what, ok := checkPattern(pattern); !ok {
		return nil, p.fault(literal.at, what)
	}
	return p.operation("like", sortText, wantText, left, pattern)
}

// checkPattern tells where and why something cannot be a pattern.
func checkPattern(pattern *node) (literal *node, what layers.Text, ok bool) {
	literal = pattern
	for literal.is("casei") || literal.is("accenti") {
		literal = literal.args[0]
	}
	if literal.kind != kindText {
		return literal, here(wantPattern), false
	}
	if endless(literal.text) != literal.text {
		return literal, layers.Text{Zh: `样式不能以单个 \ 结束`, En: `a pattern cannot end with a single \`}, false
	}
	return literal, layers.Text{}, true
}

func (p *parser) between(left *node) (*node, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	low, err := p.sum()
	if err != nil {
		return nil, err
	}
	if and, err := p.take("AND"); err != nil {
		return nil, err
	} else if !and {
		return nil, p.unexpected(layers.Text{Zh: "AND", En: "AND"})
	}
	high, err := p.sum()
	if err != nil {
		return nil, err
	}
	return p.operation("between", scalar, wantValue, left, low, high)
}

func (p *parser) in(left *node) (*node, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	if err := p.expect("("); err != nil {
		return nil, err
	}
	args := []*node{left}
	for {
		item, err := p.sum()
		if err != nil {
			return nil, err
		}
		args = append(args, item)
		if !p.tok.sign(",") {
			break
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
	if err := p.expect(")"); err != nil {
		return nil, err
	}
	return p.operation("in", scalar, wantValue, args...)
}
