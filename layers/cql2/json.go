package cql2

import (
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"wangge/layers"
)

// JSONLimit bounds the bytes of a filter in JSON. Depth and MaxTests hold as in text.
const JSONLimit = 64 << 10

// ParseJSON reads CQL2 JSON. Errors are *Error of the kinds ErrSyntax, ErrTooLong and ErrTooDeep, with a JSON pointer.
func ParseJSON(data []byte) (*Filter, error) {
	text := string(data)
	if len(text) > JSONLimit {
		return nil, newError(text, ErrTooLong, 0, textf("过滤表达式超过 %d 字节", "the filter has more than %d bytes", JSONLimit))
	}
	r := &jsonReader{text: text}
	v, err := r.read()
	if err != nil {
		return nil, err
	}
	root, err := r.expression(v, 1)
	if err == nil {
		err = r.need(root, condition, wantCondition)
	}
	if err != nil {
		return nil, err
	}
	return &Filter{text: text, json: true, root: root}, nil
}

// jsonValue is a value of JSON and where it begins.
type jsonValue struct {
	at    int
	token json.Token // a Delim for what has parts
	names []string   // of the parts of an object
	parts []*jsonValue
}

func (v *jsonValue) object() bool { return v.token == json.Delim('{') }
func (v *jsonValue) array() bool  { return v.token == json.Delim('[') }

// member finds a part of an object, or nil.
func (v *jsonValue) member(name string) *jsonValue {
	if i := slices.Index(v.names, name); i >= 0 {
		return v.parts[i]
	}
	return nil
}

// maxMembers bounds the members of an object, of which no part of a filter has more than three.
const maxMembers = 8

// jsonReader reads a tree out of JSON.
type jsonReader struct {
	text    string
	decoder *json.Decoder
}

func (r *jsonReader) fault(at int, what layers.Text) *Error {
	return newJSONError(r.text, ErrSyntax, at, what)
}

func (r *jsonReader) expected(v *jsonValue, want layers.Text) *Error {
	return r.fault(v.at, here(want))
}

// read checks that the text is JSON and cuts it into values.
func (r *jsonReader) read() (*jsonValue, error) {
	for at := 0; at < len(r.text); {
		c, size := utf8.DecodeRuneInString(r.text[at:])
		if bad(c, size) {
			return nil, newError(r.text, ErrSyntax, at, layers.Text{Zh: "不是 UTF-8 文本", En: "not UTF-8 text"})
		}
		at += size
	}
	var wrong *json.SyntaxError
	if err := json.Unmarshal([]byte(r.text), new(json.RawMessage)); errors.As(err, &wrong) {
		at := min(max(int(wrong.Offset)-1, 0), len(r.text))
		if strings.HasPrefix(wrong.Error(), "unexpected end") {
			at = len(r.text)
		}
		for at > 0 && at < len(r.text) && !utf8.RuneStart(r.text[at]) {
			at--
		}
		return nil, newError(r.text, ErrSyntax, at, layers.Text{Zh: "不是 JSON", En: "not JSON"})
	}
	r.decoder = newDecoder(r.text)
	return r.value(0)
}

func newDecoder(text string) *json.Decoder {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	return d
}

// following is where the next value or name begins.
func following(text string, d *json.Decoder) int {
	at := int(d.InputOffset())
	return at + len(text[at:]) - len(strings.TrimLeft(text[at:], " \t\r\n,:"))
}

// value cuts the next value off. An expression takes three levels at most, a geometry some more.
func (r *jsonReader) value(depth int) (*jsonValue, error) {
	v := &jsonValue{at: following(r.text, r.decoder)}
	if depth > 3*Depth+8 {
		return nil, r.tooDeep(v.at)
	}
	var err error
	if v.token, err = r.decoder.Token(); err != nil {
		return nil, r.fault(v.at, layers.Text{Zh: "不是 JSON", En: "not JSON"})
	}
	if _, delim := v.token.(json.Delim); !delim {
		return v, nil
	}
	for r.decoder.More() {
		if v.object() {
			at := following(r.text, r.decoder)
			token, _ := r.decoder.Token()
			name, _ := token.(string)
			if slices.Contains(v.names, name) {
				return nil, r.fault(at, textf("“%[1]s”重复", "“%[1]s” is there twice", shown(name)))
			}
			if len(v.names) == maxMembers {
				return nil, r.fault(at, layers.Text{Zh: "对象的成员过多", En: "the object has too many members"})
			}
			v.names = append(v.names, name)
		}
		part, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		v.parts = append(v.parts, part)
	}
	_, err = r.decoder.Token()
	return v, err
}

func (r *jsonReader) tooDeep(at int) *Error {
	return newJSONError(r.text, ErrTooDeep, at, textf("嵌套超过 %d 层", "more than %d levels of nesting", height))
}

// pointerAt gives the JSON pointer of what begins at a byte: of a value, or of the member whose name it is.
func pointerAt(text string, at int) string {
	type level struct {
		object bool
		name   string
		index  int
	}
	var path []level
	d := newDecoder(text)
	for {
		begin := following(text, d)
		token, err := d.Token()
		if errors.Is(err, io.EOF) || err != nil {
			return ""
		}
		delim, _ := token.(json.Delim)
		if delim == '}' || delim == ']' {
			path = path[:len(path)-1]
			continue
		}
		name := false
		if n := len(path); n > 0 {
			switch l := &path[n-1]; {
			case !l.object:
				l.index++
			case l.index%2 == 0: // names and values in turn
				l.name, _ = token.(string)
				l.index++
				name = true
			default:
				l.index++
			}
		}
		if begin >= at {
			var b strings.Builder
			for _, l := range path {
				if l.object {
					b.WriteString("/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(l.name))
				} else {
					b.WriteString("/" + strconv.Itoa(l.index-1))
				}
			}
			return b.String()
		}
		if !name && delim != 0 {
			path = append(path, level{object: delim == '{'})
		}
	}
}
