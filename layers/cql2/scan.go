package cql2

import (
	"strings"
	"unicode/utf8"

	"wangge/layers"
)

type tokenKind uint8

const (
	tokEnd    tokenKind = iota
	tokWord             // a keyword or a plain name
	tokQuoted           // a name in double quotes
	tokDigits           // an unsigned number
	tokString
	tokSign // an operator, a parenthesis, a comma
)

// token is a piece of the text.
type token struct {
	kind  tokenKind
	at    int    // its first byte
	raw   string // as it stands in the text
	value string // of a string or a quoted name, without quotes and escapes
}

// keyword tells whether the token is that word.
func (t token) keyword(w string) bool { return t.kind == tokWord && strings.EqualFold(t.raw, w) }

// sign tells whether the token is that operator.
func (t token) sign(s string) bool { return t.kind == tokSign && t.raw == s }

// scanner cuts a text into tokens.
type scanner struct {
	text string
	pos  int
}

// next cuts the next token off.
func (s *scanner) next() (token, error) {
	s.space()
	at := s.pos
	if at == len(s.text) {
		return token{kind: tokEnd, at: at}, nil
	}
	c, size := utf8.DecodeRuneInString(s.text[at:])
	switch {
	case c == '\'':
		return s.quote()
	case c == '"':
		return s.quoted()
	case isDigit(c), c == '.':
		return s.digits()
	case startsName(c):
		for s.pos += size; s.pos < len(s.text); s.pos += size {
			if c, size = utf8.DecodeRuneInString(s.text[s.pos:]); !continuesName(c) {
				break
			}
		}
		return s.cut(tokWord, at), nil
	}
	for _, op := range []string{"<>", "<=", ">=", "=", "<", ">", "(", ")", ",", "+", "-", "*", "/", "%", "^"} {
		if strings.HasPrefix(s.text[at:], op) {
			s.pos += len(op)
			return s.cut(tokSign, at), nil
		}
	}
	return token{}, s.odd(at)
}

func (s *scanner) cut(k tokenKind, at int) token {
	return token{kind: k, at: at, raw: s.text[at:s.pos]}
}

func (s *scanner) fault(at int, what layers.Text) *Error {
	return newError(s.text, ErrSyntax, at, what)
}

func (s *scanner) space() {
	for s.pos < len(s.text) {
		c, size := utf8.DecodeRuneInString(s.text[s.pos:])
		if !isSpace(c) {
			return
		}
		s.pos += size
	}
}

// odd says why a character cannot stand where it does.
func (s *scanner) odd(at int) *Error {
	c, _ := utf8.DecodeRuneInString(s.text[at:])
	switch {
	case c == utf8.RuneError:
		return s.fault(at, layers.Text{Zh: "不是 UTF-8 文本", En: "not UTF-8 text"})
	case fullWidth(c):
		return s.fault(at, textf("标点“%c”应为半角", "“%c”: punctuation must be ASCII (half width)", c))
	default:
		return s.fault(at, textf("此处不能有字符 %q", "unexpected character %q", c))
	}
}

// digits cuts a number off: 12, 1.5, .5, 1., 1.5E-3.
func (s *scanner) digits() (token, error) {
	at := s.pos
	whole := s.run()
	fraction := 0
	if s.pos < len(s.text) && s.text[s.pos] == '.' {
		s.pos++
		fraction = s.run()
	}
	if whole+fraction == 0 {
		return token{}, s.odd(at)
	}
	if s.pos < len(s.text) && (s.text[s.pos] == 'e' || s.text[s.pos] == 'E') {
		s.pos++
		if s.pos < len(s.text) && (s.text[s.pos] == '+' || s.text[s.pos] == '-') {
			s.pos++
		}
		if s.run() == 0 {
			return token{}, s.fault(s.pos, layers.Text{Zh: "数值的指数缺数字", En: "the exponent of the number has no digits"})
		}
	}
	if c, _ := utf8.DecodeRuneInString(s.text[s.pos:]); s.pos < len(s.text) && (continuesName(c) || fullWidth(c)) {
		return token{}, s.fault(s.pos, layers.Text{Zh: "数值之后应有空格或运算符", En: "expected a space or an operator after the number"})
	}
	return s.cut(tokDigits, at), nil
}

// run passes over digits and counts them.
func (s *scanner) run() int {
	from := s.pos
	for s.pos < len(s.text) && isDigit(rune(s.text[s.pos])) {
		s.pos++
	}
	return s.pos - from
}

// quoted cuts a name in double quotes off; a double quote in it is doubled.
func (s *scanner) quoted() (token, error) {
	at := s.pos
	var name strings.Builder
	for s.pos++; s.pos < len(s.text); {
		c, size := utf8.DecodeRuneInString(s.text[s.pos:])
		if bad(c, size) {
			return token{}, s.odd(s.pos)
		}
		s.pos += size
		if c == '"' {
			if !strings.HasPrefix(s.text[s.pos:], `"`) {
				return s.named(at, name.String())
			}
			s.pos++
		}
		name.WriteRune(c)
	}
	return token{}, s.fault(at, layers.Text{Zh: "双引号没有结束", En: "the quoted name does not end"})
}

func (s *scanner) named(at int, name string) (token, error) {
	if name == "" {
		return token{}, s.fault(at, layers.Text{Zh: "双引号内应为字段名", En: "expected a name between the double quotes"})
	}
	t := s.cut(tokQuoted, at)
	t.value = name
	return t, nil
}

// quote cuts a string off.
func (s *scanner) quote() (token, error) {
	at := s.pos
	var value strings.Builder
	for s.pos++; s.pos < len(s.text); {
		c, size := utf8.DecodeRuneInString(s.text[s.pos:])
		if bad(c, size) {
			return token{}, s.odd(s.pos)
		}
		s.pos += size
		switch {
		case c == '\'' && strings.HasPrefix(s.text[s.pos:], "'"):
			s.pos++
		case c == '\'':
			t := s.cut(tokString, at)
			t.value = value.String()
			return t, nil
		case c == '\\' && s.pos < len(s.text):
			if i := strings.IndexByte(escapes, s.text[s.pos]); i >= 0 {
				s.pos++
				c = rune(escaped[i])
			}
		}
		value.WriteRune(c)
	}
	return token{}, s.fault(at, layers.Text{Zh: `文本没有结束（反斜杠写作 \\，单引号写作 ''）`, En: `the string does not end (a backslash is written \\, a single quote '')`})
}

// What stands after a backslash in a string, and what it means.
const (
	escapes = `'\abtnvfr`
	escaped = "'\\\a\b\t\n\v\f\r"
)

// bad tells whether a character can be nowhere: PostgreSQL knows no U+0000, and UTF-8 must be valid.
func bad(c rune, size int) bool { return c == 0 || c == utf8.RuneError && size < 3 }

func isDigit(c rune) bool { return c >= '0' && c <= '9' }

// isSpace: white space as the standard's grammar lists it.
func isSpace(c rune) bool {
	switch c {
	case ' ', 0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000:
		return true
	}
	return c >= '\t' && c <= '\r' || c >= 0x2000 && c <= 0x200A
}

// fullWidth: punctuation that an input method puts where ASCII is meant.
func fullWidth(c rune) bool {
	switch {
	case c >= 0xFF10 && c <= 0xFF19, c >= 0xFF21 && c <= 0xFF3A, c >= 0xFF41 && c <= 0xFF5A, c == 0xFF3F: // digits, letters, the underscore
		return false
	case c >= 0xFF01 && c <= 0xFF5E, c >= 0x3001 && c <= 0x3003, c >= 0x3008 && c <= 0x3011, c >= 0x3014 && c <= 0x301F:
		return true
	}
	return c >= 0x2018 && c <= 0x201F
}

// startsName and continuesName: identifiers as the standard's grammar has them, without full-width punctuation.
func startsName(c rune) bool {
	switch {
	case c < 0x80:
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == ':'
	case c < 0x2000:
		return c >= 0xC0 && c != 0xD7 && c != 0xF7 && (c < 0x300 || c > 0x36F) && c != 0x37E && c != 0x1680 && c != 0x1FFF
	case c == 0x200C, c == 0x200D, c >= 0x2070 && c <= 0x218F, c >= 0x2C00 && c <= 0x2FEF:
		return true
	case c >= 0x3001 && c <= 0xD7FF, c >= 0xF900 && c <= 0xFDCF, c >= 0xFDF0 && c < utf8.RuneError, c >= 0x10000 && c <= 0xEFFFF:
		return !fullWidth(c)
	}
	return false
}

func continuesName(c rune) bool {
	return startsName(c) || isDigit(c) || c == '.' || c >= 0x300 && c <= 0x36F || c == 0x203F || c == 0x2040
}
