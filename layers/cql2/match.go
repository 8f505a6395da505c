package cql2

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// folded makes a text ready of which differences are taken away.
func (c *compiler) folded(n *node, fold func(string) string) (operand, error) {
	x, err := c.operand(n.args[0])
	if err != nil {
		return operand{}, err
	}
	if x.class != classText {
		return operand{}, c.mismatch(n.args[0], x, classText)
	}
	if n.args[0].kind == kindText {
		return textLiteral(n, classText, fold(n.args[0].text)), nil
	}
	return textOperand(n, classText, func(values []any) (string, bool) {
		s, known := x.text(values)
		if !known {
			return "", false
		}
		return fold(s), true
	}), nil
}

var folding = cases.Fold()

// foldCase takes differences of case away.
func foldCase(s string) string { return folding.String(s) }

// foldAccents takes accents off.
func foldAccents(s string) string {
	plain := strings.Map(func(c rune) rune {
		if accent(c) {
			return -1
		}
		return c
	}, norm.NFD.String(s))
	return norm.NFC.String(plain)
}

// accent: the blocks of combining diacritical marks.
func accent(c rune) bool {
	return c >= 0x300 && c <= 0x36F || c >= 0x1AB0 && c <= 0x1AFF || c >= 0x1DC0 && c <= 0x1DFF || c >= 0x20D0 && c <= 0x20FF
}

// pattern is a LIKE pattern: literals between which anything may stand (%). In a literal, one character may be any (_).
type pattern struct {
	runs []run // at least one; between two of them is a %
}

// run is what must stand in one piece.
type run struct {
	text string // any single character is 0xFF, which is never in UTF-8
	bare bool   // without such
}

const anyone = 0xFF

// newPattern reads a pattern; a backslash makes the next character mean itself.
func newPattern(s string) pattern {
	var p pattern
	var b strings.Builder
	bare := true
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '%':
			p.runs = append(p.runs, run{b.String(), bare})
			b.Reset()
			bare = true
		case s[i] == '_':
			b.WriteByte(anyone)
			bare = false
		case s[i] == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		default:
			b.WriteByte(s[i])
		}
	}
	p.runs = append(p.runs, run{b.String(), bare})
	return p
}

// matches tells whether all of s is as the pattern has it. The first and the last run stand at the ends; those between are
// found from the left, each as early as it can be.
func (p pattern) matches(s string) bool {
	size, ok := p.runs[0].prefix(s)
	if !ok {
		return false
	}
	s = s[size:]
	last := len(p.runs) - 1
	if last == 0 {
		return s == ""
	}
	for _, r := range p.runs[1:last] {
		to := r.find(s)
		if to < 0 {
			return false
		}
		s = s[to:]
	}
	return p.runs[last].suffix(s)
}

// prefix matches the run at the beginning of s and gives its size there.
func (r run) prefix(s string) (int, bool) {
	if r.bare {
		return len(r.text), strings.HasPrefix(s, r.text)
	}
	at := 0
	for i := range len(r.text) {
		switch {
		case at == len(s):
			return 0, false
		case r.text[i] == anyone:
			_, size := utf8.DecodeRuneInString(s[at:])
			at += size
		case r.text[i] == s[at]:
			at++
		default:
			return 0, false
		}
	}
	return at, true
}

// find gives where the first place of the run in s ends, or -1.
func (r run) find(s string) int {
	if r.bare {
		i := strings.Index(s, r.text)
		if i < 0 {
			return -1
		}
		return i + len(r.text)
	}
	for i := range s { // by characters
		if size, ok := r.prefix(s[i:]); ok {
			return i + size
		}
	}
	return -1
}

// suffix tells whether s ends with the run.
func (r run) suffix(s string) bool {
	if r.bare {
		return strings.HasSuffix(s, r.text)
	}
	from := len(s)
	for i := len(r.text) - 1; i >= 0; i-- {
		switch {
		case from == 0:
			return false
		case r.text[i] == anyone:
			_, size := utf8.DecodeLastRuneInString(s[:from])
			from -= size
		case r.text[i] == s[from-1]:
			from--
		default:
			return false
		}
	}
	return true
}
