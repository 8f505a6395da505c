package layers

import (
	"encoding/json"
	"reflect"
	"time"
)

// Same compares two typed values of a field, nil for none: instants as such, whole numbers with their fractions, objects as JSON.
func Same(a, b any) bool {
	switch a := a.(type) {
	case time.Time:
		b, ok := b.(time.Time)
		return ok && a.Equal(b)
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && reflect.DeepEqual(asJSON(a), asJSON(b))
	case float64:
		if n, whole := b.(int64); whole {
			return a == float64(n)
		}
	case int64:
		if x, ok := b.(float64); ok {
			return float64(a) == x
		}
	}
	if _, isMap := b.(map[string]any); isMap {
		return false
	}
	return a == b
}

// asJSON is an object as reading it back would give it.
func asJSON(o map[string]any) (out any) {
	text, err := json.Marshal(o)
	if err != nil || json.Unmarshal(text, &out) != nil {
		return nil
	}
	return out
}

// Plain is a typed value of a field as a JSON document has it: days as 2026-01-31, instants in RFC 3339. Read takes it back.
func (f *Field) Plain(value any) any {
	t, ok := value.(time.Time)
	switch {
	case ok && f.Type == Date:
		return t.Format(time.DateOnly)
	case ok:
		return t.UTC().Format(time.RFC3339Nano)
	}
	return value
}

// Plain is Field.Plain of all values of a feature by name. Names that are no fields stay as they are.
func (l *Layer) Plain(values map[string]any) map[string]any {
	out := make(map[string]any, len(values))
	for name, v := range values {
		out[name] = v
		if f := l.Field(name); f != nil {
			out[name] = f.Plain(v)
		}
	}
	return out
}
