package ingest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"wangge/layers"
)

// condition is one test of a rule on one tag.
type condition struct {
	key    string
	op     byte // '=' one of values, '!' none of values (or absent), '?' present, '-' absent, '<' at most
	values []string
	most   float64
}

// mapping is a rule made ready.
type mapping struct {
	conditions []condition
	on         []string
	layer      *layers.Layer
	set        map[string]any
	reject     Code
}

// mappings makes the families of rules ready, for one layer or (nil) for all but those that must be asked for.
func mappings(only *layers.Layer) ([][]mapping, error) {
	var all [][]mapping
	for _, f := range osmRules {
		var ready []mapping
		for _, r := range f {
			if only != nil && r.layer != only.ID || only == nil && slices.Contains(onlyWhenAsked, r.layer) {
				continue
			}
			m, err := r.ready()
			if err != nil {
				return nil, fmt.Errorf("rule %q: %w", r.when, err)
			}
			ready = append(ready, m)
		}
		if len(ready) > 0 {
			all = append(all, ready)
		}
	}
	return all, nil
}

func (r rule) ready() (m mapping, err error) {
	for _, text := range strings.Fields(r.when) {
		c, err := parseCondition(text)
		if err != nil {
			return m, err
		}
		m.conditions = append(m.conditions, c)
	}
	m.on, m.reject = strings.Fields(r.on), r.reject
	if m.layer = layers.ByID(r.layer); m.layer == nil {
		return m, fmt.Errorf("no layer %q", r.layer)
	}
	m.set = map[string]any{}
	for _, text := range strings.Fields(r.set) {
		name, value, _ := strings.Cut(text, "=")
		field := m.layer.Field(name)
		if field == nil {
			return m, fmt.Errorf("layer %s has no field %q", r.layer, name)
		}
		if m.set[name], err = fieldValue(field, value); err != nil {
			return m, err
		}
	}
	return m, nil
}

func parseCondition(text string) (condition, error) {
	if key, ok := strings.CutPrefix(text, "!"); ok {
		return condition{key: key, op: '-'}, nil
	}
	if key, most, ok := strings.Cut(text, "<="); ok {
		x, err := strconv.ParseFloat(most, 64)
		return condition{key: key, op: '<', most: x}, err
	}
	if key, values, ok := strings.Cut(text, "!="); ok {
		return condition{key: key, op: '!', values: strings.Split(values, "|")}, nil
	}
	if key, values, ok := strings.Cut(text, "="); ok {
		return condition{key: key, op: '=', values: strings.Split(values, "|")}, nil
	}
	return condition{key: text, op: '?'}, nil
}

func (c *condition) holds(t tags) bool {
	value, has := t[c.key]
	switch c.op {
	case '=':
		return has && slices.Contains(c.values, value)
	case '!':
		return !slices.Contains(c.values, value)
	case '?':
		return has && value != "no" && value != ""
	case '-':
		return !has || value == "no" || value == ""
	default:
		x, ok := lengthM(value)
		return has && ok && x <= c.most
	}
}

// meets tells whether tags meet all conditions.
func (m *mapping) meets(t tags) bool {
	for i := range m.conditions {
		if !m.conditions[i].holds(t) {
			return false
		}
	}
	return true
}
