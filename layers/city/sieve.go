package city

import (
	"wangge/layers"
	"wangge/layers/cql2"
)

// sieve is the filter of a query for one layer, bound to one block after the other.
type sieve struct {
	program *cql2.Program
	tests   []boundTest
	row     int
	truth   func(test int) cql2.Truth // s.of, made once
}

// boundTest is a test of the filter on the columns of a block.
type boundTest struct {
	test    cql2.Test
	columns []*column
	truths  []cql2.Truth // by code of the only column; nil where the row's values must be asked
	values  []any
}

// tabled is how many distinct values a column may have for a test to be made of each before any row asks.
const tabled = 4096

func newSieve(p *cql2.Program) *sieve {
	s := &sieve{program: p}
	for _, t := range p.Tests() {
		s.tests = append(s.tests, boundTest{test: t, columns: make([]*column, len(t.Fields)), values: make([]any, len(t.Fields))})
	}
	s.truth = s.of
	return s
}

// bind makes the sieve ready for the rows of a table.
func (s *sieve) bind(t *table) {
	for i := range s.tests {
		b := &s.tests[i]
		for j, name := range b.test.Fields {
			b.columns[j] = t.column(name)
		}
		b.truths = b.truths[:0]
		if len(b.columns) != 1 || b.columns[0].distinct() > tabled {
			continue
		}
		for code := range uint32(b.columns[0].distinct()) + 1 {
			b.values[0] = b.columns[0].valueOf(code)
			b.truths = append(b.truths, b.test.Of(b.values))
		}
	}
}

// passes tells whether a row of the table is in the result.
func (s *sieve) passes(row int) bool {
	s.row = row
	return s.program.Match(s.truth)
}

// of is what a test says of the row at hand.
func (s *sieve) of(test int) cql2.Truth {
	b := &s.tests[test]
	if len(b.truths) > 0 {
		return b.truths[b.columns[0].codes.at(s.row)]
	}
	for j, c := range b.columns {
		b.values[j] = c.value(s.row)
	}
	return b.test.Of(b.values)
}

// filterable gives the fields of a layer by which features can be filtered in memory.
func filterable(l *layers.Layer) func(name string) *layers.Field {
	return func(name string) *layers.Field {
		for _, f := range held(l) {
			if f.Name == name && f.Filterable {
				return f
			}
		}
		return nil
	}
}
