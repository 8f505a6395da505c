package cql2

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"wangge/layers"
)

// form is what an operation takes in JSON.
type form struct {
	least, most int // operands; most is 0 for any number
	takes       sorts
	want        layers.Text
}

// formOf gives the form of an operation of the standard.
func formOf(name string) (form, bool) {
	switch name {
	case "and", "or":
		return form{2, 0, condition, wantCondition}, true
	case "not":
		return form{1, 1, condition, wantCondition}, true
	case "like":
		return form{2, 2, sortText, wantText}, true
	case "between":
		return form{3, 3, scalar, wantValue}, true
	case "in":
		return form{2, 2, scalar, wantValue}, true
	case "isNull":
		return form{1, 1, anySort &^ sortArray, wantValue}, true
	case "+", "-", "*", "/", "%", "div", "^":
		return form{2, 2, sortNumber, wantNumber}, true
	}
	if comparison(name) {
		return form{2, 2, scalar, wantValue}, true
	}
	if b, ok := builtins[strings.ToUpper(name)]; ok && b.name == name {
		return form{b.args, b.args, b.takes, b.want()}, true
	}
	return form{}, false
}

// expected says how many operands an operation takes.
func (f form) expected(name string) layers.Text {
	if f.most == 0 {
		return textf("%s 至少应有 %d 个参数", "%s takes at least %d arguments", name, f.least)
	}
	return textf("%s 应有 %d 个参数", "%s takes %d arguments", name, f.least)
}

// expression reads a part of the filter.
func (r *jsonReader) expression(v *jsonValue, depth int) (*node, error) {
	if depth > height {
		return nil, r.tooDeep(v.at)
	}
	switch token := v.token.(type) {
	case bool:
		return &node{kind: kindTruth, at: v.at, yes: token}, nil
	case string:
		text, err := r.string(v, wantValue)
		return &node{kind: kindText, at: v.at, text: text}, err
	case json.Number:
		x, err := r.number(v)
		return &node{kind: kindNumber, at: v.at, num: x}, err
	case json.Delim:
		if v.object() {
			return r.object(v, depth)
		}
		args, err := r.expressions(v.parts, depth)
		return &node{kind: kindArray, at: v.at, args: args}, err
	default:
		return nil, r.fault(v.at, layers.Text{Zh: "此处不能为 null（用 isNull 判断）", En: "null cannot be here (isNull asks for it)"})
	}
}

func (r *jsonReader) expressions(parts []*jsonValue, depth int) ([]*node, error) {
	nodes := make([]*node, len(parts))
	for i, part := range parts {
		var err error
		if nodes[i], err = r.expression(part, depth+1); err != nil {
			return nil, err
		}
	}
	return nodes, nil
}

// string reads a text without characters that can be nowhere.
func (r *jsonReader) string(v *jsonValue, want layers.Text) (string, error) {
	text, ok := v.token.(string)
	if !ok {
		return "", r.expected(v, want)
	}
	for i, c := range text {
		if _, size := utf8.DecodeRuneInString(text[i:]); bad(c, size) {
			return "", r.fault(v.at, textf("此处不能有字符 %q", "unexpected character %q", c))
		}
	}
	return text, nil
}

func (r *jsonReader) number(v *jsonValue) (numeral, error) {
	text, ok := v.token.(json.Number)
	if !ok {
		return numeral{}, r.expected(v, wantNumber)
	}
	digits, minus := strings.CutPrefix(string(text), "-")
	x, ok := readNumeral(digits)
	if !ok {
		return x, r.fault(v.at, layers.Text{Zh: "数值过大", En: "the number is too large"})
	}
	if minus {
		x = x.negated()
	}
	return x, nil
}

// object reads what an object says, by its members.
func (r *jsonReader) object(v *jsonValue, depth int) (*node, error) {
	names := slices.Clone(v.names)
	slices.Sort(names)
	switch key := strings.Join(names, " "); key {
	case "args op":
		return r.operation(v, depth)
	case "property":
		name, err := r.string(v.parts[0], wantName)
		if err == nil && name == "" {
			err = r.expected(v.parts[0], wantName)
		}
		return &node{kind: kindProperty, at: v.at, text: name}, err
	case "date":
		return r.instant(v, kindDate)
	case "timestamp":
		return r.instant(v, kindTime)
	case "interval":
		return r.interval(v, depth)
	case "bbox", "coordinates type", "geometries type", "bbox coordinates type", "bbox geometries type":
		g := geometryReader{jsonReader: r}
		s, err := g.tagged(v, depth)
		return &node{kind: kindGeometry, at: v.at, shape: s}, err
	}
	return nil, r.fault(v.at, layers.Text{
		Zh: "对象应为 op 与 args、property、date、timestamp、interval、bbox 或 GeoJSON 几何",
		En: "an object has op and args, property, date, timestamp, interval, bbox, or is a GeoJSON geometry"})
}

var wantName = layers.Text{Zh: "字段名", En: "the name of a field"}

func (r *jsonReader) instant(v *jsonValue, k kind) (*node, error) {
	read, want := readDate, wantDate
	if k == kindTime {
		read, want = readTime, wantInstant
	}
	text, _ := v.parts[0].token.(string)
	value, ok := read(text)
	if !ok {
		return nil, r.expected(v.parts[0], want)
	}
	return &node{kind: k, at: v.at, text: value}, nil
}

func (r *jsonReader) interval(v *jsonValue, depth int) (*node, error) {
	list := v.parts[0]
	if !list.array() || len(list.parts) != 2 {
		return nil, r.fault(list.at, textf("%s 应有 %d 个参数", "%s takes %d arguments", "interval", 2))
	}
	n := &node{kind: kindInterval, at: v.at}
	for _, part := range list.parts {
		end, err := r.bound(part, depth+1)
		if err != nil {
			return nil, err
		}
		n.args = append(n.args, end)
	}
	return n, nil
}

// bound reads an end of an interval.
func (r *jsonReader) bound(v *jsonValue, depth int) (*node, error) {
	if text, ok := v.token.(string); ok {
		n, known := boundOf(text)
		if !known {
			return nil, r.expected(v, wantBound)
		}
		n.at = v.at
		return n, nil
	}
	n, err := r.expression(v, depth)
	if err != nil {
		return nil, err
	}
	switch n.kind {
	case kindProperty, kindFunction, kindDate, kindTime:
		return n, nil
	}
	return nil, r.expected(v, wantBound)
}

func (r *jsonReader) need(n *node, s sorts, want layers.Text) error {
	if n.sorts()&s == 0 {
		return r.fault(n.at, here(want))
	}
	return nil
}

// operation reads an operation of the standard or a function.
func (r *jsonReader) operation(v *jsonValue, depth int) (*node, error) {
	op, list := v.member("op"), v.member("args")
	name, err := r.string(op, layers.Text{Zh: "操作名", En: "the name of an operation"})
	if err != nil {
		return nil, err
	}
	if !list.array() {
		return nil, r.expected(list, wantArray)
	}
	f, known := formOf(name)
	if !known {
		return r.function(v, name, list, depth)
	}
	if n := len(list.parts); n < f.least || f.most > 0 && n > f.most {
		return nil, r.fault(list.at, f.expected(name))
	}
	parts := list.parts
	if name == "in" {
		if !parts[1].array() || len(parts[1].parts) == 0 {
			return nil, r.expected(parts[1], layers.Text{Zh: "至少有一个值的数组", En: "an array of one value or more"})
		}
		parts = append([]*jsonValue{parts[0]}, parts[1].parts...)
	}
	args, err := r.expressions(parts, depth)
	if err != nil {
		return nil, err
	}
	n := &node{kind: kindOperation, text: name, at: v.at}
	for _, a := range args {
		if err := r.need(a, f.takes, f.want); err != nil {
			return nil, err
		}
		if a.is(name) && (name == "and" || name == "or") {
			n.args = append(n.args, a.args...)
		} else {
			n.args = append(n.args, a)
		}
	}
	return n, r.inside(n)
}

// inside checks what only some operations ask of their operands.
func (r *jsonReader) inside(n *node) error {
	if n.is("like") {
		if literal, what, ok := checkPattern(n.args[1]); !ok {
			return r.fault(literal.at, what)
		}
	}
	for _, a := range n.args {
		if a.kind != kindArray {
			continue
		}
		if err := r.elements(a); err != nil {
			return err
		}
	}
	return nil
}

// elements refuses arrays in an array that CQL2 text has no way to write: (1) is a number there.
func (r *jsonReader) elements(array *node) error {
	for _, a := range array.args {
		if a.kind != kindArray {
			continue
		}
		if len(a.args) == 1 && a.args[0].sorts()&(sortNumber|condition) != 0 {
			return newJSONError(r.text, ErrUnsupported, a.at, layers.Text{
				Zh: "此处不支持只有一个数值或条件的数组", En: "an array of a single number or condition is not supported here"})
		}
		if err := r.elements(a); err != nil {
			return err
		}
	}
	return nil
}

// function reads a call of a function that is not of the standard.
func (r *jsonReader) function(v *jsonValue, name string, list *jsonValue, depth int) (*node, error) {
	if !callable(name) {
		what := textf("没有“%[1]s”这个操作", "there is no operation “%[1]s”", shown(name))
		if b, known := builtins[strings.ToUpper(name)]; known {
			what = textf("没有“%[1]s”这个操作，应为“%[2]s”", "there is no operation “%[1]s”, but “%[2]s”", shown(name), b.name)
		} else if _, known := formOf(strings.ToLower(name)); known {
			what = textf("没有“%[1]s”这个操作，应为“%[2]s”", "there is no operation “%[1]s”, but “%[2]s”", shown(name), strings.ToLower(name))
		}
		return nil, r.fault(v.member("op").at, what)
	}
	args, err := r.expressions(list.parts, depth)
	if err != nil {
		return nil, err
	}
	return &node{kind: kindFunction, text: name, at: v.at, args: args}, r.elements(&node{args: args})
}

// callable tells whether a name can be that of a function in text and in JSON.
func callable(name string) bool { return name != "isNull" && name != "" && plain(name) }
