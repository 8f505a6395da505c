package coverage

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// fact is one thing that a question counts: a feature, a crossing, a grid, a person.
type fact struct {
	layer      string
	id         int64
	code, name string
	at         orb.Point
	lines      orb.MultiLineString // what is dealt out by length; nil for what lies at its place
	parts      []portion           // by column
}

// portion is what a thing adds to a column: for what lies at its place whole units, for a line 0 or 1 a millimetre.
type portion struct {
	num, den int32
	met      bool
	why      *Words // nil where the column does not count the thing
}

// counts tells whether a column counts the thing at all.
func (p portion) counts() bool { return p.why != nil }

// one is the portion of a thing that counts once.
func one(met bool, why *Words) portion {
	p := portion{den: 1, met: met, why: why}
	if met {
		p.num = 1
	}
	return p
}

// lot is where a thing lies: an area, or one of the places below zero, with what of it lies there.
type lot struct {
	area   int32 // place in the list of rows; or inWhole, inRest
	weight int64 // 1, or millimetres
}

// Places of lots that are no rows.
const (
	inWhole = -1
	inRest  = -2
)

// dealings is what an answer was made of: its facts and where they lie.
type dealings struct {
	facts []fact
	lots  [][]lot
}

// compareFacts is the order of lists.
func compareFacts(x, y fact) int {
	return cmp.Or(cmp.Compare(x.layer, y.layer), cmp.Compare(x.id, y.id), cmp.Compare(x.at[0], y.at[0]), cmp.Compare(x.at[1], y.at[1]), cmp.Compare(x.code, y.code))
}

// count deals facts, which are in order, out to the rows of an answer and sums what they add.
func (a *asking) count(q *question, facts []fact) *Answer {
	out := a.blank(q)
	t := &dealings{facts: facts, lots: make([][]lot, len(facts))}
	d := newDealer(a.kinds()...)
	for i := range facts {
		t.lots[i] = a.lotsOf(d, &facts[i])
	}
	a.fill(q, out, t.sums(len(a.rows), len(q.Columns)))
	out.dealings = t
	return out
}

// lotsOf deals one fact out.
func (a *asking) lotsOf(d *dealer, f *fact) (lots []lot) {
	if f.lines == nil {
		return a.put(nil, 1, d.point(f.at))
	}
	d.line(f.lines, func(mm int64, in [][]int) { lots = a.put(lots, mm, in) })
	return lots
}

// put adds a stretch or a thing to where it lies: to the rows, and to the whole and what of it is in no row.
func (a *asking) put(lots []lot, weight int64, in [][]int) []lot {
	add := func(area int32) {
		for i := range lots {
			if lots[i].area == area {
				lots[i].weight += weight
				return
			}
		}
		lots = append(lots, lot{area, weight})
	}
	rows := 0
	for _, i := range in[0] {
		if row := a.rowOf[i]; row >= 0 {
			add(row)
			rows++
		}
	}
	if a.whole == nil || len(in) > 1 && slices.Contains(in[1], a.wholeAt) {
		add(inWhole)
		if rows == 0 {
			add(inRest)
		}
	}
	return lots
}

// sum is what a column has in an area, in whole units or millimetres.
type sum struct{ num, den int64 }

// sums adds up by row and column; the whole and the rest stand behind the rows.
func (t *dealings) sums(rows, columns int) [][]sum {
	out := make([][]sum, rows+2)
	for i := range out {
		out[i] = make([]sum, columns)
	}
	for i, lots := range t.lots {
		for _, l := range lots {
			at := out[rowAt(l.area, rows)]
			for c, p := range t.facts[i].parts {
				at[c].num += int64(p.num) * l.weight
				at[c].den += int64(p.den) * l.weight
			}
		}
	}
	return out
}

// rowAt is the place of a lot's area among rows, the whole and the rest.
func rowAt(area int32, rows int) int {
	switch area {
	case inWhole:
		return rows
	case inRest:
		return rows + 1
	}
	return int(area)
}

// fill makes figures of sums.
func (a *asking) fill(q *question, out *Answer, sums [][]sum) {
	n := len(out.Rows)
	for i := range out.Rows {
		out.Rows[i].Values = a.values(q, out, sums[i], out.Rows[i].AreaM2)
	}
	out.Total.Values = a.values(q, out, sums[n], out.Total.AreaM2)
	if out.Rest != nil {
		out.Rest.Values = a.values(q, out, sums[n+1], out.Rest.AreaM2)
	}
}

func (a *asking) values(q *question, out *Answer, sums []sum, areaM2 float64) []Value {
	values := make([]Value, len(sums))
	for c, s := range sums {
		col := &q.Columns[c]
		v := &values[c]
		v.Numerator, v.Denominator = inUnit(s.num, col.NumeratorUnit), inUnit(s.den, col.DenominatorUnit)
		if col.perArea() {
			v.Denominator = math.Round(areaM2*100) / 100
		}
		v.settle(col.Unit, out.Judged[c])
	}
	return values
}

// perArea tells whether a column is so much by the area of the row.
func (c *ColumnText) perArea() bool {
	return (c.Unit == UnitDensity || c.Unit == UnitRoad) && !c.byParts
}

// inUnit is a sum in the unit in which it is told: lengths are summed in millimetres, areas in hundredths of square metres.
func inUnit(n int64, unit string) float64 {
	switch unit {
	case unitOfLength:
		return float64(n) / 1000
	case unitOfArea:
		return float64(n) / 100
	}
	return float64(n)
}

// Units of what is counted.
const (
	unitOfLength = "m"
	unitOfArea   = "m2"
)

// settle makes the ratio, and holds it against a threshold.
func (v *Value) settle(unit string, judge *Threshold) {
	if v.Denominator <= 0 {
		return
	}
	r := v.Numerator / v.Denominator
	switch unit {
	case UnitDensity:
		r *= 1e6
	case UnitRoad:
		r *= 1e3
	}
	v.Ratio = &r
	if judge != nil {
		met := judge.meets(r)
		v.Met = &met
	}
}

// meets tells whether a value meets a threshold.
func (t *Threshold) meets(v float64) bool {
	switch t.Comparator {
	case "<=":
		return v <= t.Value
	case ">=":
		return v >= t.Value
	case "<":
		return v < t.Value
	case ">":
		return v > t.Value
	}
	return v == t.Value
}
