package cql2

import "wangge/layers"

// ends of a time: those of an interval, or an instant twice.
type ends struct {
	from, to *node
	instant  bool
	known    operand // one that is not open, if any
}

// relation of two ends, of which upper tells the second one of a time.
type endRule struct {
	op             string
	upperA, upperB bool
}

const (
	lower = false
	upper = true
)

// endRules are the functions of the standard as comparisons of ends, all of which hold. An instant begins and ends at once.
var endRules = map[string][]endRule{
	"t_after":        {{">", lower, upper}},
	"t_before":       {{"<", upper, lower}},
	"t_contains":     {{"<", lower, lower}, {">", upper, upper}},
	"t_during":       {{">", lower, lower}, {"<", upper, upper}},
	"t_equals":       {{"=", lower, lower}, {"=", upper, upper}},
	"t_finishedBy":   {{"<", lower, lower}, {"=", upper, upper}},
	"t_finishes":     {{">", lower, lower}, {"=", upper, upper}},
	"t_intersects":   {{"<=", lower, upper}, {">=", upper, lower}},
	"t_meets":        {{"=", upper, lower}},
	"t_metBy":        {{"=", lower, upper}},
	"t_overlappedBy": {{">", lower, lower}, {"<", lower, upper}, {">", upper, upper}},
	"t_overlaps":     {{"<", lower, lower}, {">", upper, lower}, {"<", upper, upper}},
	"t_startedBy":    {{"=", lower, lower}, {">", upper, upper}},
	"t_starts":       {{"=", lower, lower}, {"<", upper, upper}},
}

// instantOps are the functions that are one comparison where both times are instants.
var instantOps = map[string]string{"t_equals": "=", "t_intersects": "=", "t_disjoint": "<>"}

// temporal conditions are those that expand says with others.
func (n *node) temporal() bool {
	return n.kind == kindOperation && (endRules[n.text] != nil || n.text == "t_disjoint") || n.is("isNull") && n.args[0].kind == kindInterval
}

// expand says with comparisons what a temporal function says. An interval is null where one of its ends is.
func (c *compiler) expand(n *node) (*node, error) {
	if n.is("isNull") {
		return c.nullEnd(n)
	}
	a, err := c.ends(n.args[0])
	if err != nil {
		return nil, err
	}
	b, err := c.ends(n.args[1])
	if err != nil {
		return nil, err
	}
	if a.known.node != nil && b.known.node != nil && a.known.class != b.known.class {
		return nil, c.mismatch(b.known.node, b.known, a.known.class)
	}
	compare := func(op string, x, y *node) *node {
		return &node{kind: kindOperation, text: op, at: n.at, args: []*node{x, y}}
	}
	if op, single := instantOps[n.text]; single && a.instant && b.instant {
		return compare(op, a.from, b.from), nil
	}
	if n.text == "t_disjoint" {
		return &node{kind: kindOperation, text: "or", at: n.at, args: []*node{compare("<", a.to, b.from), compare(">", a.from, b.to)}}, nil
	}
	all := &node{kind: kindOperation, text: "and", at: n.at}
	for _, r := range endRules[n.text] {
		all.args = append(all.args, compare(r.op, a.end(r.upperA), b.end(r.upperB)))
	}
	if len(all.args) == 1 {
		return all.args[0], nil
	}
	return all, nil
}

func (c *compiler) nullEnd(n *node) (*node, error) {
	e, err := c.ends(n.args[0])
	if err != nil {
		return nil, err
	}
	either := &node{kind: kindOperation, text: "or", at: n.at}
	for _, end := range []*node{e.from, e.to} {
		either.args = append(either.args, &node{kind: kindOperation, text: "isNull", at: end.at, args: []*node{end}})
	}
	return either, nil
}

func (e ends) end(upper bool) *node {
	if upper {
		return e.to
	}
	return e.from
}

// ends checks a time. Open ends become the infinities.
func (c *compiler) ends(n *node) (ends, error) {
	if n.kind != kindInterval {
		x, err := c.timeOf(n)
		return ends{from: n, to: n, instant: true, known: x}, err
	}
	e := ends{from: n.args[0], to: n.args[1]}
	for i, a := range n.args {
		if a.kind == kindOpen {
			*[]**node{&e.from, &e.to}[i] = &node{kind: kindOpen, at: a.at, yes: i == 1}
			continue
		}
		var err error
		if e.known, err = c.timeOf(a); err != nil {
			return ends{}, err
		}
	}
	both, err := c.operands(e.from, e.to)
	if err != nil {
		return ends{}, err
	}
	order := orderOf(both[0], both[1])
	if both[0].field == nil && both[1].field == nil {
		if outcome, _ := order(nil); outcome > 0 {
			return ends{}, c.fault(ErrType, n, layers.Text{Zh: "时段的结束早于开始", En: "the interval ends before it begins"})
		}
	}
	return e, nil
}

func (c *compiler) timeOf(n *node) (operand, error) {
	x, err := c.operand(n)
	if err == nil && x.class != classDate && x.class != classTime {
		err = c.mismatch(n, x, classDate)
	}
	return x, err
}
