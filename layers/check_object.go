package layers

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// wrongObject bounds an object: its members, their types where the field says so, its depth and its size.
func (f *Field) wrongObject(o map[string]any) (zh, en string) {
	if zh, en := wrongJSON(o, 1); en != "" {
		return zh, en
	}
	for _, name := range sortedNames(o) {
		if _, ok := o[name].(bool); f.Members == Boolean && !ok && o[name] != nil {
			return name + " 须为 true 或 false", name + " must be true or false"
		}
	}
	text, err := json.Marshal(o)
	if err != nil {
		return "不能写成 JSON", "cannot be written as JSON"
	}
	if len(text) > MaxObjectBytes {
		return fmt.Sprintf("超过 %d 字节", MaxObjectBytes), fmt.Sprintf("is longer than %d bytes", MaxObjectBytes)
	}
	return "", ""
}

// wrongJSON says what of a JSON value the record cannot keep.
func wrongJSON(value any, depth int) (zh, en string) {
	if depth > MaxObjectDepth {
		return "嵌套过深", "is nested too deeply"
	}
	switch v := value.(type) {
	case string:
		return wrongInside(v)
	case []any:
		if len(v) > MaxObjectKeys {
			return tooManyMembers()
		}
		for _, one := range v {
			if zh, en := wrongJSON(one, depth+1); en != "" {
				return zh, en
			}
		}
	case map[string]any:
		if len(v) > MaxObjectKeys {
			return tooManyMembers()
		}
		for _, name := range sortedNames(v) {
			if zh, en := wrongInside(name); en != "" {
				return zh, en
			}
			if zh, en := wrongJSON(v[name], depth+1); en != "" {
				return zh, en
			}
		}
	}
	return "", ""
}

func tooManyMembers() (zh, en string) {
	return fmt.Sprintf("成员超过 %d 个", MaxObjectKeys), fmt.Sprintf("has more than %d members", MaxObjectKeys)
}

// wrongInside says what of a text PostgreSQL's jsonb cannot keep.
func wrongInside(s string) (zh, en string) {
	if strings.ContainsRune(s, 0) || !utf8.ValidString(s) {
		return "含有空字符或不是 UTF-8", "has a null character or is not UTF-8"
	}
	return "", ""
}

func sortedNames[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
