package cql2

import (
	"cmp"
	"fmt"
	"math"
	"strings"
	"time"

	"wangge/layers"
)

// class tells with what a value can be compared.
type class uint8

const (
	classNone class = iota // only IS NULL can be asked
	classNumber
	classText
	classTruth
	classDate
	classTime
)

// title names a class in messages.
func (c class) title() layers.Text {
	return []layers.Text{
		{Zh: "对象", En: "an object"}, {Zh: "数值", En: "a number"}, {Zh: "文本", En: "a text"},
		{Zh: "真假值", En: "true or false"}, {Zh: "日期", En: "a date"}, {Zh: "时间", En: "a time"},
	}[c]
}

// operand is a value made ready. One of the functions gives it, by its class; what is null is NaN or not known.
type operand struct {
	node   *node
	class  class
	field  *layers.Field // of a property that stands alone
	fixed  bool          // a text known before any feature is
	number func(values []any) float64
	text   func(values []any) (string, bool) // also of dates, as YYYY-MM-DD
	truth  func(values []any) Truth
	time   func(values []any) (time.Time, bool)
	null   func(values []any) bool
}

func nodesOf(all []operand) []*node {
	nodes := make([]*node, len(all))
	for i, x := range all {
		nodes[i] = x.node
	}
	return nodes
}

func numberOperand(n *node, of func([]any) float64) operand {
	return operand{node: n, class: classNumber, number: of, null: func(values []any) bool { return math.IsNaN(of(values)) }}
}

func textOperand(n *node, c class, of func([]any) (string, bool)) operand {
	return operand{node: n, class: c, text: of, null: func(values []any) bool { _, known := of(values); return !known }}
}

func truthOperand(n *node, of func([]any) Truth) operand {
	return operand{node: n, class: classTruth, truth: of, null: func(values []any) bool { return of(values) == Unknown }}
}

func timeOperand(n *node, of func([]any) (time.Time, bool)) operand {
	return operand{node: n, class: classTime, time: of, null: func(values []any) bool { _, known := of(values); return !known }}
}

func textLiteral(n *node, c class, s string) operand {
	x := textOperand(n, c, func([]any) (string, bool) { return s, true })
	x.fixed = true
	return x
}

func timeLiteral(n *node, s string) operand {
	t, known := instantOf(s)
	return timeOperand(n, func([]any) (time.Time, bool) { return t, known })
}

// operand makes an expression ready.
func (c *compiler) operand(n *node) (operand, error) {
	switch n.kind {
	case kindProperty:
		return c.property(n)
	case kindNumber:
		x := n.num.float()
		return numberOperand(n, func([]any) float64 { return x }), nil
	case kindText:
		return textLiteral(n, classText, n.text), nil
	case kindTruth:
		t := truthOf(n.yes)
		return truthOperand(n, func([]any) Truth { return t }), nil
	case kindDate:
		return textLiteral(n, classDate, n.text), nil
	case kindTime:
		return timeLiteral(n, n.text), nil
	case kindOpen:
		return c.open(n, classTime), nil
	case kindOperation:
		switch n.text {
		case "+", "-", "*", "/", "%", "div", "^":
			return c.arithmetic(n)
		case "casei":
			return c.folded(n, foldCase)
		case "accenti":
			return c.folded(n, foldAccents)
		}
	}
	return operand{}, c.unsupported(n)
}

func (c *compiler) property(n *node) (operand, error) {
	f := c.field(n.text)
	if f == nil {
		if c.geometry && n.text == GeometryName {
			return operand{}, c.fault(ErrType, n, textf("“%[1]s”是几何，请用空间函数", "“%[1]s” is a geometry: use a spatial function", n.text))
		}
		return operand{}, c.unknown(n)
	}
	x, i := operand{}, c.slot(n.text)
	switch f.Type {
	case layers.Integer, layers.Number:
		x = numberOperand(n, func(values []any) float64 { return numberOf(values[i]) })
	case layers.Boolean:
		x = truthOperand(n, func(values []any) Truth {
			b, known := values[i].(bool)
			if !known {
				return Unknown
			}
			return truthOf(b)
		})
	case layers.Date:
		x = textOperand(n, classDate, func(values []any) (string, bool) { s, known := values[i].(string); return s, known })
	case layers.Time:
		x = timeOperand(n, func(values []any) (time.Time, bool) {
			s, _ := values[i].(string)
			return instantOf(s)
		})
	case layers.String, layers.Enum:
		x = textOperand(n, classText, func(values []any) (string, bool) { s, known := values[i].(string); return s, known })
	default:
		x = operand{node: n}
	}
	x.field, x.null = f, func(values []any) bool { return values[i] == nil }
	return x, nil
}

// unknown says that there is no such field.
func (c *compiler) unknown(n *node) *Error {
	return c.fault(ErrField, n, textf("没有可用于过滤的字段“%s”", "there is no field “%s” to filter by", shown(n.text)))
}

// open makes an open end ready: before or after all of a class.
func (c *compiler) open(n *node, of class) operand {
	text := "-infinity" // as PostgreSQL calls them; as texts they stand before and after all dates
	if n.yes {
		text = "infinity"
	}
	if of == classDate {
		return textLiteral(&node{kind: kindDate, at: n.at, text: text}, classDate, text)
	}
	return timeLiteral(&node{kind: kindTime, at: n.at, text: text}, text)
}

func numberOf(v any) float64 {
	switch v := v.(type) {
	case float64:
		return v
	case int64:
		return float64(v)
	}
	return math.NaN()
}

// instantOf reads a time as RFC 3339 or as PostgreSQL writes it.
func instantOf(s string) (time.Time, bool) {
	switch s {
	case "infinity":
		return time.Date(1e6, 1, 1, 0, 0, 0, 0, time.UTC), true
	case "-infinity":
		return time.Date(-1e6, 1, 1, 0, 0, 0, 0, time.UTC), true
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05Z07"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// operands makes expressions ready that are compared with each other. Text literals and open ends are read as what stands beside
// them.
func (c *compiler) operands(nodes ...*node) ([]operand, error) {
	all := make([]operand, len(nodes))
	var kind operand // the first that is not a text literal
	for i, n := range nodes {
		var err error
		if all[i], err = c.operand(n); err != nil {
			return nil, err
		}
		if kind.node == nil && n.kind != kindText && n.kind != kindOpen {
			kind = all[i]
		}
	}
	if kind.node == nil {
		return all, nil
	}
	for i, x := range all {
		var err error
		if k := nodes[i].kind; k == kindOpen && kind.class == classDate {
			all[i] = c.open(nodes[i], classDate)
		} else if k == kindText {
			if all[i], err = c.read(x, kind); err != nil {
				return nil, err
			}
		}
		if all[i].class != kind.class || kind.class == classNone {
			return nil, c.mismatch(x.node, all[i], kind.class)
		}
	}
	return all, nil
}

// mismatch says that a value is not of the class that is wanted of it.
func (c *compiler) mismatch(n *node, x operand, want class) *Error {
	zh, en := x.class.title().Zh, x.class.title().En
	if x.field != nil {
		zh, en = fmt.Sprintf("“%s”是%s", x.field.Name, zh), fmt.Sprintf("“%s” is %s", x.field.Name, en)
	} else {
		zh, en = "这是"+zh, "this is "+en
	}
	if want == classNone || x.class == classNone {
		return c.fault(ErrType, n, textf("%[1]s，不能比较", "%[2]s and cannot be compared", zh, en))
	}
	return c.fault(ErrType, n, textf("%[1]s，此处应为%[3]s", "%[2]s, expected %[4]s here", zh, en, want.title().Zh, want.title().En))
}

// read reads a text literal as a value of what stands beside it.
func (c *compiler) read(x operand, as operand) (operand, error) {
	n := x.node
	switch {
	case as.class == classDate:
		day, ok := readDate(n.text)
		if !ok {
			return x, c.fault(ErrType, n, here(wantDate))
		}
		return textLiteral(&node{kind: kindDate, at: n.at, text: day}, classDate, day), nil
	case as.class == classTime:
		t, ok := readTime(n.text)
		if !ok {
			return x, c.fault(ErrType, n, here(wantInstant))
		}
		return timeLiteral(&node{kind: kindTime, at: n.at, text: t}, t), nil
	case as.field != nil && as.field.Type == layers.Enum:
		code, ok := codeOf(as.field, n.text)
		if !ok {
			return x, c.fault(ErrType, n, unknownCode(as.field, n.text))
		}
		return textLiteral(&node{kind: kindText, at: n.at, text: code}, classText, code), nil
	}
	return x, nil
}

// codeOf finds the code that a code or a label means.
func codeOf(f *layers.Field, s string) (string, bool) {
	if f.Has(s) {
		return s, true
	}
	for _, v := range f.Values {
		if v.Label.Zh == s || v.Label.En == s {
			return v.Code, true
		}
	}
	return "", false
}

func unknownCode(f *layers.Field, s string) layers.Text {
	var zh, en []string
	for _, v := range f.Values {
		zh = append(zh, v.Code+" "+v.Label.Zh)
		en = append(en, v.Code+" "+v.Label.En)
	}
	return textf("“%[1]s”没有“%[2]s”这个值；可用：%[3]s", "“%[1]s” has no value “%[2]s”; it has: %[4]s",
		f.Name, shown(s), strings.Join(zh, "、"), strings.Join(en, ", "))
}

// orderOf compares two values of one class: -1, 0 or 1, and whether both are known.
func orderOf(a, b operand) func(values []any) (int, bool) {
	switch a.class {
	case classNumber:
		return func(values []any) (int, bool) {
			x, y := a.number(values), b.number(values)
			return cmp.Compare(x, y), !math.IsNaN(x) && !math.IsNaN(y)
		}
	case classTruth:
		return func(values []any) (int, bool) {
			x, y := a.truth(values), b.truth(values)
			return cmp.Compare(x, y), x != Unknown && y != Unknown
		}
	case classTime:
		return func(values []any) (int, bool) {
			x, knownX := a.time(values)
			y, knownY := b.time(values)
			return x.Compare(y), knownX && knownY
		}
	default:
		return func(values []any) (int, bool) {
			x, knownX := a.text(values)
			y, knownY := b.text(values)
			return strings.Compare(x, y), knownX && knownY
		}
	}
}

// member is x IN (items): true where one is equal, unknown where one that is not known could be.
func member(x operand, items []operand) func(values []any) Truth {
	if of := memberOf(x, items); of != nil {
		return of
	}
	orders := make([]func([]any) (int, bool), len(items))
	for i, item := range items {
		orders[i] = orderOf(x, item)
	}
	return func(values []any) Truth {
		found := False
		for _, order := range orders {
			switch outcome, known := order(values); {
			case !known:
				found = Unknown
			case outcome == 0:
				return True
			}
		}
		return found
	}
}

// memberOf looks a text up among fixed ones; nil where they are not.
func memberOf(x operand, items []operand) func(values []any) Truth {
	set := make(map[string]bool, len(items))
	for _, item := range items {
		if !item.fixed {
			return nil
		}
		s, _ := item.text(nil)
		set[s] = true
	}
	return func(values []any) Truth {
		s, known := x.text(values)
		if !known {
			return Unknown
		}
		return truthOf(set[s])
	}
}
