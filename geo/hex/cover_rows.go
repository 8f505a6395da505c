package hex

import (
	"cmp"
	"math"
	"slices"
)

// span is places from ≤ a < to of one row of middles (b-a is the row).
type span struct{ row, from, to int32 }

// spanOf is the places of a row of middles whose column is from at least and to at most.
func spanOf(row, from, to int32) span {
	return span{row, -floorDiv3(row - from), floorDiv3(to-row) + 1}
}

func floorDiv3(n int32) int32 { return (n - mod3(n)) / 3 }

// merged joins spans that overlap or follow one another, in ascending order. It uses the slice that it is given.
func merged(s []span) []span {
	slices.SortFunc(s, func(p, q span) int {
		if p.row != q.row {
			return cmp.Compare(p.row, q.row)
		}
		return cmp.Compare(p.from, q.from)
	})
	out := s[:0]
	for _, p := range s {
		if p.from >= p.to {
			continue
		}
		if n := len(out); n > 0 && out[n-1].row == p.row && out[n-1].to >= p.from {
			out[n-1].to = max(out[n-1].to, p.to)
		} else {
			out = append(out, p)
		}
	}
	return out
}

// total is how many places spans have.
func total(s []span) (n int) {
	for _, p := range s {
		n += max(0, int(p.to-p.from))
	}
	return n
}

// strayReach is how many steps beyond the edge of a face cells are looked for that lie across it.
const strayReach = 2

// split tells the places that are on the face as a whole from those that are near its edges. What is beyond is in neither.
func (p *plane) split(marks []span) (own, stray []span) {
	l := p.lattice
	for _, s := range marks {
		inner := l.below(s, faceInradius-l.step*slack) // a little too wide: drawable decides
		for inner.from < inner.to && l.drawable(p.number, inner.from, s.row+inner.from) == 0 {
			inner.from++
		}
		for inner.from < inner.to && l.drawable(p.number, inner.to-1, s.row+inner.to-1) == 0 {
			inner.to--
		}
		if inner == s {
			own = append(own, s)
			continue
		}
		outer := l.below(s, faceInradius+strayReach*l.step)
		if inner.from >= inner.to {
			stray = append(stray, outer)
			continue
		}
		own = append(own, inner)
		stray = append(stray, span{s.row, outer.from, inner.from}, span{s.row, inner.to, outer.to})
	}
	return own, merged(stray)
}

// slack is a little less than one.
const slack = 1 - 1e-6

// below is the places of a span whose middles are at most so high.
func (l *lattice) below(s span, height float64) span {
	h := math.Sqrt(3) / 2
	u, v := l.ua+l.ub, l.va+l.vb // from one place of the row to the next
	u0, v0 := l.ub*float64(s.row), l.vb*float64(s.row)
	from, to := float64(s.from), float64(s.to)
	for _, k := range [3][2]float64{{-1, 0}, {0.5, h}, {0.5, -h}} {
		slope, at := k[0]*u+k[1]*v, k[0]*u0+k[1]*v0
		switch end := (height - at) / slope; {
		case slope > 0:
			to = min(to, math.Floor(end)+1)
		case slope < 0:
			from = max(from, math.Ceil(end))
		}
	}
	if from >= to {
		return span{s.row, s.from, s.from}
	}
	return span{s.row, int32(from), int32(to)}
}

// side is the cells of a mesh on one face, as rows of places.
type side struct {
	face  uint8
	first int32    // row
	rows  []uint32 // by row, one more than rows: where its spans begin
	spans []run
}

// run is a span with the number of its first place. Places are numbered face by face, row by row.
type run struct {
	from, to int32
	at       uint32
}

// addFace adds the places of a face to the mesh.
func (m *Mesh) addFace(f uint8, spans []span) {
	if len(spans) == 0 {
		return
	}
	s := side{face: f, first: spans[0].row}
	for _, p := range spans {
		for int(p.row-s.first) >= len(s.rows) {
			s.rows = append(s.rows, uint32(len(s.spans)))
		}
		s.spans = append(s.spans, run{p.from, p.to, m.count})
		m.count += uint32(p.to - p.from)
	}
	s.rows = append(s.rows, uint32(len(s.spans)))
	m.sides = append(m.sides, s)
}

// row is the runs of a row.
func (s *side) row(row int32) []run {
	i := int(row) - int(s.first)
	if i < 0 || i >= len(s.rows)-1 {
		return nil
	}
	return s.spans[s.rows[i]:s.rows[i+1]]
}

// find is the number of a place.
func (s *side) find(row, a int32) (uint32, bool) {
	runs := s.row(row)
	for len(runs) > 0 {
		r := &runs[len(runs)/2]
		switch {
		case a < r.from:
			runs = runs[:len(runs)/2]
		case a >= r.to:
			runs = runs[len(runs)/2+1:]
		default:
			return r.at + uint32(a-r.from), true
		}
	}
	return 0, false
}
