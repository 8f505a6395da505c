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

// ready is a family made ready. Nothing without one of the keys can meet any of its rules.
type ready struct {
	keys  []string
	rules []mapping
}

// mayMeet tells quickly, for nearly all objects, that no rule can hold.
func (r *ready) mayMeet(t tags) bool {
	for _, key := range r.keys {
		if _, has := t[key]; has {
			return true
		}
	}
	return false
}

// mapping is a rule made ready.
type mapping struct {
	conditions []condition
	on         []string
	layer      *layers.Layer
	set        map[string]any
	reject     Code
}

// makeReady makes the families of rules ready, for one layer or (nil) for all but those that must be asked for.
func makeReady(only *layers.Layer) ([]ready, error) {
	var all []ready
	for _, f := range osmRules {
		var one ready
		for _, r := range f {
			if only != nil && r.layer != only.ID || only == nil && slices.Contains(onlyWhenAsked, r.layer) {
				continue
			}
			m, err := r.ready()
			if err != nil {
				return nil, fmt.Errorf("rule %q: %w", r.when, err)
			}
			one.rules = append(one.rules, m)
			if key := m.conditions[0].key; !slices.Contains(one.keys, key) {
				one.keys = append(one.keys, key)
			}
		}
		if len(one.rules) > 0 {
			all = append(all, one)
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
	if len(m.conditions) == 0 || m.conditions[0].op == '-' || m.conditions[0].op == '!' {
		return m, fmt.Errorf("the first condition must want a tag")
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
