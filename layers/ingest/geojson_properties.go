package ingest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// readProperties reads the properties, with NaN and Infinity taken for null. Its error is broken JSON.
func readProperties(b []byte) (map[string]any, error) {
	if len(b) == 0 || string(b) == "null" {
		return nil, nil
	}
	if props, ok := flatObject(b); ok {
		return props, nil
	}
	props, err := decodeObject(b)
	if err != nil {
		props, err = decodeObject(scrub(b))
	}
	if err != nil {
		return nil, fmt.Errorf("properties: %w", err)
	}
	return props, nil
}

// flatObject reads the objects that nearly all features have: plain texts, whole numbers, words. It knows nothing else and says so.
func flatObject(b []byte) (map[string]any, bool) {
	p := &coordinateParser{b: b}
	props := make(map[string]any, 8)
	if !p.take('{') {
		return nil, false
	}
	if p.take('}') {
		return props, p.end()
	}
	for {
		name, ok := p.plainText()
		if !ok || !p.take(':') {
			return nil, false
		}
		value, ok := p.plainValue()
		if !ok {
			return nil, false
		}
		props[name] = value
		if p.take('}') {
			return props, p.end()
		}
		if !p.take(',') {
			return nil, false
		}
	}
}

// plainText reads a text without escapes.
func (p *coordinateParser) plainText() (string, bool) {
	if !p.take('"') {
		return "", false
	}
	n := bytes.IndexByte(p.b[p.i:], '"')
	if n < 0 {
		return "", false
	}
	text := p.b[p.i : p.i+n]
	for _, c := range text {
		if c < ' ' || c == '\\' {
			return "", false
		}
	}
	p.i += n + 1
	return string(text), utf8.Valid(text)
}

// plainValue reads a text without escapes, a whole number of up to 15 digits, or a word.
func (p *coordinateParser) plainValue() (any, bool) {
	p.space()
	rest := p.b[p.i:]
	switch {
	case len(rest) == 0:
		return nil, false
	case rest[0] == '"':
		return p.plainText()
	case bytes.HasPrefix(rest, []byte("null")):
		p.i += 4
		return nil, true
	case bytes.HasPrefix(rest, []byte("true")):
		p.i += 4
		return true, true
	case bytes.HasPrefix(rest, []byte("false")):
		p.i += 5
		return false, true
	}
	n := 0
	for n < len(rest) && rest[n] >= '0' && rest[n] <= '9' {
		n++
	}
	if n == 0 || n > 15 || n > 1 && rest[0] == '0' || n < len(rest) && (rest[n] == '.' || rest[n] == 'e' || rest[n] == 'E') {
		return nil, false
	}
	p.i += n
	return json.Number(rest[:n]), true
}

func decodeObject(b []byte) (props map[string]any, err error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err = d.Decode(&props); err == nil && d.More() {
		err = errors.New("more than one value")
	}
	return props, err
}

// scrub replaces NaN and Infinity outside strings by null.
func scrub(b []byte) []byte {
	var out []byte
	quoted := false
	for i := 0; i < len(b); i++ {
		c := b[i]
		switch {
		case quoted && c == '\\' && i+1 < len(b):
			out = append(out, c)
			i++
			c = b[i]
		case c == '"':
			quoted = !quoted
		case !quoted:
			if word := notANumber(b[i:]); word > 0 {
				out = append(out, "null"...)
				i += word - 1
				continue
			}
		}
		out = append(out, c)
	}
	return out
}

// notANumber is the length of a NaN or Infinity at the beginning of b, or 0.
func notANumber(b []byte) int {
	for _, word := range []string{"NaN", "nan", "-NaN", "Infinity", "-Infinity", "inf", "-inf", "Inf", "-Inf"} {
		if bytes.HasPrefix(b, []byte(word)) {
			return len(word)
		}
	}
	return 0
}
