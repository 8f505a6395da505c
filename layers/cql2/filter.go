package cql2

import (
	"slices"
	"unicode/utf8"

	"wangge/layers"
)

// Bounds of a filter.
const (
	Limit    = 4096 // bytes of text
	Depth    = 64   // nested parentheses, calls, NOT and minus signs
	MaxTests = 256  // distinct conditions

	height = Depth - 1 // of the tree: its text needs no more than Depth
)

// Filter is a filter expression that has been read. It is immutable.
type Filter struct {
	text string // as it came, for positions
	json bool
	root *node
}

// Parse reads CQL2 text. Errors are *Error of the kinds ErrSyntax, ErrTooLong and ErrTooDeep.
func Parse(text string) (*Filter, error) {
	return parse(text, Limit)
}

func parse(text string, limit int) (*Filter, error) {
	if len(text) > limit {
		cut := limit
		for cut > 0 && !utf8.RuneStart(text[cut]) {
			cut--
		}
		return nil, newError(text, ErrTooLong, cut, textf("过滤表达式超过 %d 字节", "the filter has more than %d bytes", limit))
	}
	p := &parser{scanner: scanner{text: text}}
	root, err := p.filter()
	if err != nil {
		return nil, err
	}
	if n := root.beyond(height); n != nil {
		return nil, newError(text, ErrTooDeep, n.at, textf("嵌套超过 %d 层", "more than %d levels of nesting", height))
	}
	return &Filter{text: text, root: root}, nil
}

// String is the filter in its canonical form: it reads back as the same filter, and equal spellings have the same.
func (f *Filter) String() string {
	return string(appendNode(nil, f.root, levelOr))
}

// Fields lists the names of the properties that the filter reads, in the order of their first mention.
func (f *Filter) Fields() []string {
	var names []string
	f.root.walk(func(n *node) {
		if n.kind == kindProperty && !slices.Contains(names, n.text) {
			names = append(names, n.text)
		}
	})
	return names
}

func (f *Filter) fault(kind error, at int, what layers.Text) *Error {
	if f.json {
		return newJSONError(f.text, kind, at, what)
	}
	return newError(f.text, kind, at, what)
}
