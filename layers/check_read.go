package layers

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
)

// Read makes typed values of the properties of a JSON document, as a decoder with UseNumber gives them: codes of labels in either language, days of
// texts, whole numbers of numbers. What it cannot take is a fault, and left out; unknown names are, and fields that are not written. A null is a nil:
// the caller decides what that means.
func (l *Layer) Read(properties map[string]any) (map[string]any, Faults) {
	var faults Faults
	values := make(map[string]any, len(properties))
	for _, name := range sortedNames(properties) {
		f := l.Field(name)
		switch {
		case f == nil:
			faults.add(name, "图层没有这个字段", "the layer has no such field")
			continue
		case !f.Writable():
			faults.add(name, "由系统维护，不能填写", "is kept by the record and cannot be written")
			continue
		}
		v, ok := f.read(properties[name])
		if !ok {
			zh, en := wrongType(f.Type)
			if s, isText := properties[name].(string); isText && f.Type == Enum {
				zh, en = f.wrongText(s)
			}
			faults.add(name, zh, en)
			continue
		}
		values[name] = v
	}
	return values, faults
}

// read makes a typed value of a JSON value. Empty text is none: no field tells the two apart.
func (f *Field) read(value any) (any, bool) {
	switch v := value.(type) {
	case nil:
		return nil, true
	case string:
		if strings.TrimSpace(v) == "" {
			return nil, true
		}
		return f.readText(v)
	case json.Number:
		return f.readNumber(v.String())
	case bool:
		return v, f.Type == Boolean
	case map[string]any:
		return v, f.Type == Object
	}
	return nil, false
}

func (f *Field) readText(s string) (any, bool) {
	switch f.Type {
	case String:
		return strings.TrimSpace(s), true
	case Enum:
		code := f.CodeOf(s)
		return code, code != ""
	case Date:
		t, err := time.Parse(time.DateOnly, s)
		return t, err == nil
	case Time:
		t, err := time.Parse(time.RFC3339, s)
		return t, err == nil
	}
	return nil, false
}

// CodeOf is the code of an enumeration that a text names, be it the code or a label in either language; "" for none.
func (f *Field) CodeOf(text string) string {
	text = strings.TrimSpace(text)
	for _, v := range f.Values {
		if v.Code == text {
			return v.Code
		}
	}
	for _, v := range f.Values {
		if strings.EqualFold(v.Code, text) || strings.EqualFold(v.Label.Zh, text) || strings.EqualFold(v.Label.En, text) {
			return v.Code
		}
	}
	return ""
}

// maxNumber bounds the length of a number, so that a long one costs nothing.
const maxNumber = 40

func (f *Field) readNumber(s string) (any, bool) {
	if len(s) > maxNumber {
		return nil, false
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return nil, false
	}
	switch f.Type {
	case Integer:
		return int64(x), x == math.Trunc(x) && math.Abs(x) < 1<<53
	case Number:
		return x, true
	}
	return nil, false
}
