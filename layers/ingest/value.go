package ingest

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"wangge/layers"
)

// What a value may be at most. Text is in an index where it is a code or a key, and an index entry has less than 2,700 bytes.
const (
	maxText      = 1000
	maxExtraText = 1000
	maxExtraKeys = 100
)

// clean takes from a text what the record cannot store.
func clean(s string) string {
	return strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "\uFFFD"))
}

// fieldValue reads a value of a file or of the command line as the type of a field. nil is empty. Enumerations go by code or
// by either label.
func fieldValue(f *layers.Field, value any) (any, error) {
	s, isText := scalarText(value)
	if isText && s == "" {
		return nil, nil
	}
	bad := func() error { return refuse(BadValue, fmt.Sprintf("%s: %.80q", f.Name, fmt.Sprint(value))) }
	if f.Type == layers.Object {
		object, ok := objectValue(value)
		if !ok {
			return nil, bad()
		}
		return object, nil
	}
	if !isText {
		return nil, bad()
	}
	if v, ok := typedValue(f, s); ok {
		return v, nil
	}
	return nil, bad()
}

// typedValue reads a text as the type of a field.
func typedValue(f *layers.Field, s string) (any, bool) {
	switch f.Type {
	case layers.String:
		if strings.HasSuffix(f.Name, "code") && f.Name != "code" {
			s = strings.TrimSuffix(s, ".0")
		}
		return s, len(s) <= maxText
	case layers.Integer:
		x, ok := number(s)
		return int64(x), ok && x == math.Trunc(x) && math.Abs(x) < 1<<53
	case layers.Number:
		if f.Unit == "m" {
			return pair(lengthM(s))
		}
		if f.Name == "slope" {
			return slope(s)
		}
		return pair(number(s))
	case layers.Boolean:
		return truth(s)
	case layers.Date:
		return day(s)
	case layers.Time:
		t, err := time.Parse(time.RFC3339, s)
		return t, err == nil
	case layers.Enum:
		return enumCode(f, s)
	}
	return nil, false
}

func pair(x float64, ok bool) (any, bool) { return x, ok }

// truth reads a yes or no in either language.
func truth(s string) (any, bool) {
	switch strings.ToLower(s) {
	case "true", "t", "yes", "y", "1", "1.0", "on", "是", "有", "真", "对", "√", "✓", "✔", "☑", "已", "已设", "已设置", "已建", "设有", "具备", "可":
		return true, true
	case "false", "f", "no", "n", "0", "0.0", "off", "否", "无", "没有", "假", "错", "×", "✗", "✘", "☐", "未", "未设", "未设置", "未建", "不是", "不具备", "不可":
		return false, true
	}
	return nil, false
}

// enumCode finds the code of an enumeration by code or label.
func enumCode(f *layers.Field, s string) (any, bool) {
	for _, v := range f.Values {
		if v.Code == s {
			return v.Code, true
		}
	}
	for _, v := range f.Values {
		if strings.EqualFold(v.Code, s) || strings.EqualFold(v.Label.Zh, s) || strings.EqualFold(v.Label.En, s) {
			return v.Code, true
		}
	}
	return nil, false
}

// objectValue takes an object, or the JSON text of one.
func objectValue(value any) (any, bool) {
	switch v := value.(type) {
	case map[string]any:
		object, _ := cleanJSON(v, 0).(map[string]any)
		b, err := json.Marshal(object)
		return object, err == nil && len(b) <= maxText*10
	case string:
		object, err := decodeObject([]byte(v))
		if err != nil || object == nil {
			return nil, false
		}
		return objectValue(object)
	}
	return nil, false
}

// scalarText gives a scalar as text; a list or an object is none. null is the empty text.
func scalarText(value any) (string, bool) {
	switch v := value.(type) {
	case nil:
		return "", true
	case string:
		return clean(v), true
	case json.Number:
		return v.String(), true
	case cellNumber:
		return v.text, true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}

// cleanJSON makes a JSON value storable: texts cleaned and bounded, numbers finite, nesting bounded.
func cleanJSON(value any, depth int) any {
	if depth > 8 {
		return nil
	}
	switch v := value.(type) {
	case string:
		return shorten(clean(v))
	case json.Number:
		if x, err := strconv.ParseFloat(v.String(), 64); err != nil || math.IsInf(x, 0) || len(v) > 40 {
			return nil
		}
		return v
	case map[string]any:
		out := make(map[string]any, min(len(v), maxExtraKeys))
		for name, one := range v {
			if len(out) == maxExtraKeys {
				break
			}
			out[shorten(clean(name))] = cleanJSON(one, depth+1)
		}
		return out
	case []any:
		out := make([]any, 0, min(len(v), maxExtraKeys))
		for _, one := range v[:min(len(v), maxExtraKeys)] {
			out = append(out, cleanJSON(one, depth+1))
		}
		return out
	}
	return value
}

// StorableProps gives what a file says of a feature as the record can keep it: texts cleaned, everything bounded.
func StorableProps(props map[string]any) map[string]any {
	object, _ := cleanJSON(PlainProps(props), 0).(map[string]any)
	return object
}

// Storable gives a text as the record can keep it.
func Storable(s string) string { return shorten(clean(s)) }

// shorten cuts a text to its bound, between characters.
func shorten(s string) string {
	if len(s) <= maxExtraText {
		return s
	}
	cut := maxExtraText
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut]
}
