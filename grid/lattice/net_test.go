package lattice_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/grid/lattice"
)

// netMaker makes a net of columns × rows cells: corners are moved about, and borders have vertices of their own that
// both neighbours share.
type netMaker struct {
	r             *rand.Rand
	columns, rows int
	stepLon       float64
	stepLat       float64
	corners       [][]orb.Point
	inner         map[[4]int][]orb.Point
}

const west, south = 120.0, 36.3

func newNet(seed uint64, columns, rows, perSide int) *netMaker {
	m := &netMaker{r: rand.New(rand.NewPCG(seed, 1)), columns: columns, rows: rows, stepLon: 0.0011, stepLat: 0.0009, inner: map[[4]int][]orb.Point{}}
	for j := range rows + 1 {
		var row []orb.Point
		for i := range columns + 1 {
			row = append(row, orb.Point{west + (float64(i)+m.wobble(0.3))*m.stepLon, south + (float64(j)+m.wobble(0.3))*m.stepLat})
		}
		m.corners = append(m.corners, row)
	}
	for j := range rows + 1 {
		for i := range columns + 1 {
			m.side(i, j, i+1, j, perSide)
			m.side(i, j, i, j+1, perSide)
		}
	}
	return m
}

func (m *netMaker) wobble(by float64) float64 { return by * (2*m.r.Float64() - 1) }

// side puts vertices on the border between two corners.
func (m *netMaker) side(i0, j0, i1, j1, n int) {
	if i1 > m.columns || j1 > m.rows {
		return
	}
	a, b := m.corners[j0][i0], m.corners[j1][i1]
	var ps []orb.Point
	for k := range n {
		t := float64(k+1) / float64(n+1)
		ps = append(ps, orb.Point{a[0] + t*(b[0]-a[0]) + m.wobble(0.05)*m.stepLon, a[1] + t*(b[1]-a[1]) + m.wobble(0.05)*m.stepLat})
	}
	m.inner[[4]int{i0, j0, i1, j1}] = ps
}

func (m *netMaker) walk(ring orb.Ring, i0, j0, i1, j1 int) orb.Ring {
	ring = append(ring, m.corners[j0][i0])
	if ps, ok := m.inner[[4]int{i0, j0, i1, j1}]; ok {
		return append(ring, ps...)
	}
	ps := m.inner[[4]int{i1, j1, i0, j0}]
	for k := len(ps) - 1; k >= 0; k-- {
		ring = append(ring, ps[k])
	}
	return ring
}

func (m *netMaker) cell(i, j int) orb.MultiPolygon {
	var r orb.Ring
	r = m.walk(r, i, j, i+1, j)
	r = m.walk(r, i+1, j, i+1, j+1)
	r = m.walk(r, i+1, j+1, i, j+1)
	r = m.walk(r, i, j+1, i, j)
	return lattice.Snap(orb.MultiPolygon{{append(r, r[0])}})
}

// cells are the cells, row by row from the south.
func (m *netMaker) cells() []lattice.Cell {
	var out []lattice.Cell
	for j := range m.rows {
		for i := range m.columns {
			id := int64(len(out) + 1)
			out = append(out, lattice.Cell{ID: id, Code: fmt.Sprintf("%06d", id), Shape: m.cell(i, j)})
		}
	}
	return out
}

// extent is the ground of all cells.
func (m *netMaker) extent() orb.MultiPolygon {
	var r orb.Ring
	for i := range m.columns {
		r = m.walk(r, i, 0, i+1, 0)
	}
	for j := range m.rows {
		r = m.walk(r, m.columns, j, m.columns, j+1)
	}
	for i := m.columns; i > 0; i-- {
		r = m.walk(r, i, m.rows, i-1, m.rows)
	}
	for j := m.rows; j > 0; j-- {
		r = m.walk(r, 0, j, 0, j-1)
	}
	return lattice.Snap(orb.MultiPolygon{{append(r, r[0])}})
}

// box is a rectangle.
func box(w, s, e, n float64) orb.MultiPolygon {
	return orb.MultiPolygon{{orb.Ring{{w, s}, {e, s}, {e, n}, {w, n}, {w, s}}}}
}

func check(t testing.TB, n lattice.Net) []lattice.Finding {
	t.Helper()
	fs, err := lattice.Check(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	return fs
}

func area(shapes ...orb.MultiPolygon) (m2 float64) {
	for _, s := range shapes {
		m2 += geo.AreaMultiM2(s)
	}
	return m2
}

func TestCheckOfACleanNet(t *testing.T) {
	m := newNet(1, 100, 100, 2)
	cells := m.cells()
	if fs := check(t, lattice.Net{Cells: cells, Extent: m.extent()}); len(fs) > 0 {
		t.Errorf("%d findings, the first: %+v", len(fs), fs[0])
	}
}

func BenchmarkCheck10k(b *testing.B) {
	m := newNet(1, 100, 100, 2)
	n := lattice.Net{Cells: m.cells(), Extent: m.extent()}
	for b.Loop() {
		if fs := check(b, n); len(fs) > 0 {
			b.Fatal(fs[0])
		}
	}
}

// BenchmarkCheckDirty10k checks cells of which each has borders of its own, some centimetres off those of its neighbours.
func BenchmarkCheckDirty10k(b *testing.B) {
	m := newNet(1, 100, 100, 2)
	n := lattice.Net{Cells: m.cells(), Extent: m.extent()}
	for i := range n.Cells {
		for _, ring := range n.Cells[i].Shape[0] {
			for k := range ring[1:] {
				ring[k] = orb.Point{ring[k][0] + m.wobble(3e-7), ring[k][1] + m.wobble(3e-7)}
			}
			ring[len(ring)-1] = ring[0]
		}
	}
	found := 0
	for b.Loop() {
		found = len(check(b, n))
	}
	b.ReportMetric(float64(found), "findings")
}

func BenchmarkCheckNear10k(b *testing.B) {
	m := newNet(1, 100, 100, 2)
	n := lattice.Net{Cells: m.cells(), Extent: m.extent()}
	for b.Loop() {
		if fs, err := lattice.CheckNear(b.Context(), n, nil, n.Cells[5050].Shape.Bound()); err != nil || len(fs) > 0 {
			b.Fatal(err, fs)
		}
	}
}

func BenchmarkSplit(b *testing.B) {
	m := newNet(1, 10, 10, 2)
	l := &ledger{m.cells(), 100}
	c := l.cells[55]
	box := c.Shape.Bound()
	near := l.near(box, c.ID)
	line := orb.LineString{{box.Min[0] - 1e-4, box.Center()[1]}, {box.Max[0] + 1e-4, box.Center()[1]}}
	for b.Loop() {
		if _, err := lattice.Split(c, line, near); err != nil {
			b.Fatal(err)
		}
	}
}
