package cql2

// Truth is what a condition says of a feature.
type Truth uint8

// Three values, in the order in which AND takes the least and OR the greatest of two.
const (
	False Truth = iota
	Unknown
	True
)

func truthOf(b bool) Truth {
	if b {
		return True
	}
	return False
}

// Test is a condition on one or more fields of a feature. Of is given their values as columns give them (nil, string, bool, int64,
// float64), in the order of Fields; it keeps nothing and may be called by many goroutines. What it says depends on the values
// alone, so that a column of few distinct values can be asked once for each of them.
type Test struct {
	Fields []string
	Of     func(values []any) Truth
}

// Program is a filter compiled for one layer. It is immutable.
type Program struct {
	tests []Test
	steps []step
	start int
}

// step asks a test for one wanted value; on pass and on fail the next step, accept or reject.
type step struct {
	test, pass, fail int
	want             Truth
}

const (
	accept = -1
	reject = -2
)

// Tests lists the conditions to be answered, each once however often the filter has it.
func (p *Program) Tests() []Test { return p.tests }

// Match tells whether a feature passes, of which truth answers the tests by their number in Tests. It asks no more of them than
// it takes.
func (p *Program) Match(truth func(test int) Truth) bool {
	at := p.start
	for at >= 0 {
		s := &p.steps[at]
		if truth(s.test) == s.want {
			at = s.pass
		} else {
			at = s.fail
		}
	}
	return at == accept
}

// goal is a condition without NOT: all or one of its parts, or a test that must have one value.
type goal struct {
	all, any []goal
	test     int
	want     Truth
	decided  bool // whatever the feature: yes says how
	yes      bool
}

// emit appends the steps of a goal and gives where to begin. Parts are made from the last, which knows where to go on.
func (p *Program) emit(g goal, pass, fail int) int {
	switch {
	case g.all != nil:
		for i := len(g.all) - 1; i >= 0; i-- {
			pass = p.emit(g.all[i], pass, fail)
		}
		return pass
	case g.any != nil:
		for i := len(g.any) - 1; i >= 0; i-- {
			fail = p.emit(g.any[i], pass, fail)
		}
		return fail
	case g.decided && g.yes:
		return pass
	case g.decided:
		return fail
	}
	p.steps = append(p.steps, step{test: g.test, want: g.want, pass: pass, fail: fail})
	return len(p.steps) - 1
}
