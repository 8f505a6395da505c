package coverage

import (
	"math"
	"slices"

	"github.com/paulmach/orb"

	"wangge/geo"
)

// dealer deals things out to the areas of some kinds at once: those that figures are asked for, and those that the whole is one of.
type dealer struct {
	kinds  []*parcels
	before [][]int // by kind: where the last piece of the line lies, while no border came near
	near   [][]rim // by kind
	cuts   []float64
}

func newDealer(kinds ...*parcels) *dealer {
	return &dealer{kinds: kinds, before: make([][]int, len(kinds)), near: make([][]rim, len(kinds))}
}

// point tells where a place lies, by kind: by the rule of the net, borders being as wide as the memory of the city is coarse.
func (d *dealer) point(at orb.Point) [][]int {
	out := make([][]int, len(d.kinds))
	for k, p := range d.kinds {
		d.near[k] = p.near(at, at, d.near[k][:0])
		out[k] = p.around(at, d.near[k])
	}
	return out
}

// line yields the stretches of a line with where they lie, by kind. Their lengths in millimetres sum to the length of the line, exactly.
func (d *dealer) line(lines orb.MultiLineString, yield func(mm int64, in [][]int)) {
	done, m := int64(0), 0.0
	for _, line := range lines {
		for k := range d.before {
			d.before[k] = nil
		}
		for i := 1; i < len(line); i++ {
			length := geo.DistanceM(line[i-1], line[i])
			if length == 0 {
				continue
			}
			done = d.piece(line[i-1], line[i], m, length, done, yield)
			m += length
		}
	}
}

// piece cuts a straight piece of a line where borders cross it.
func (d *dealer) piece(a, b orb.Point, m, length float64, done int64, yield func(mm int64, in [][]int)) int64 {
	d.cuts = append(d.cuts[:0], 0, 1)
	for k, p := range d.kinds {
		d.near[k] = p.near(a, b, d.near[k][:0])
		for _, r := range d.near[k] {
			d.cuts = r.crossings(d.cuts, a, b)
		}
	}
	slices.Sort(d.cuts)
	for i := 1; i < len(d.cuts); i++ {
		end := int64(math.Round((m + d.cuts[i]*length) * 1000))
		if end == done {
			continue
		}
		mid := (d.cuts[i-1] + d.cuts[i]) / 2
		yield(end-done, d.around(orb.Point{a[0] + (b[0]-a[0])*mid, a[1] + (b[1]-a[1])*mid}))
		done = end
	}
	return done
}

// around tells where a place on a line lies. Where no border comes near, it lies where the piece before did.
func (d *dealer) around(mid orb.Point) [][]int {
	out := make([][]int, len(d.kinds))
	for k, p := range d.kinds {
		if len(d.near[k]) > 0 || d.before[k] == nil {
			out[k] = p.around(mid, d.near[k])
		} else {
			out[k] = d.before[k]
		}
		d.before[k] = nil
		if len(d.near[k]) == 0 {
			d.before[k] = out[k]
			if out[k] == nil {
				d.before[k] = []int{}
			}
		}
	}
	return out
}
