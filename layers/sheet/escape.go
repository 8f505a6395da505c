package sheet

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// formulaStarts are what spreadsheet programs take for the beginning of a formula, full-width forms included: East Asian versions take those too.
const formulaStarts = "=+-@\t\r\n＝＋－＠"

// dangerous tells whether a text, behind any apostrophes, begins like a formula; quoted tells whether there are apostrophes.
func dangerous(s string) (is, quoted bool) {
	rest := strings.TrimLeft(s, "'")
	r, size := utf8.DecodeRuneInString(rest)
	return size > 0 && strings.ContainsRune(formulaStarts, r), len(rest) < len(s)
}

// Guard makes a text that no spreadsheet program takes for a formula. Unguard is its inverse.
func Guard(s string) string {
	if is, _ := dangerous(s); is {
		return "'" + s
	}
	return s
}

// Unguard takes off the apostrophe that Guard puts before a text.
func Unguard(s string) string {
	if is, quoted := dangerous(s); is && quoted {
		return s[1:]
	}
	return s
}

// guardTyped is Guard for a cell whose type says that it is a text: only an apostrophe that reading would take off is doubled.
func guardTyped(s string) string {
	if _, quoted := dangerous(s); quoted {
		return Guard(s)
	}
	return s
}

// unescape reads _x000D_, which workbooks have for characters that XML cannot have.
func unescape(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if v, ok := escaped(s[i:]); ok {
			if v != 0 {
				b.WriteRune(v)
			}
			i += escapedLen
			continue
		}
		b.WriteByte(s[i])
		i++
	}
	return b.String()
}

const escapedLen = len("_x000D_")

// escaped reads _xHHHH_ at the beginning of a text.
func escaped(s string) (rune, bool) {
	if len(s) < escapedLen || s[0] != '_' || s[1] != 'x' || s[6] != '_' {
		return 0, false
	}
	v, err := strconv.ParseUint(s[2:6], 16, 16)
	return rune(v), err == nil
}

// appendXML appends a text as XML has it, in the way of workbooks.
func appendXML(b []byte, s string) []byte {
	for i, r := range s {
		switch {
		case r == '&':
			b = append(b, "&amp;"...)
		case r == '<':
			b = append(b, "&lt;"...)
		case r == '>':
			b = append(b, "&gt;"...)
		case r == '"':
			b = append(b, "&quot;"...)
		case r == '_':
			if _, looks := escaped(s[i:]); looks {
				b = append(b, "_x005F"...)
			}
			b = append(b, '_')
		case r == '\t' || r == '\n' || r >= ' ' && r != 0xFFFE && r != 0xFFFF:
			b = utf8.AppendRune(b, r)
		default:
			b = append(b, "_x"...)
			const hex = "0123456789ABCDEF"
			b = append(b, hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15], '_')
		}
	}
	return b
}
