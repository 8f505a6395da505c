package lattice_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/grid/lattice"
)

const unit = 0.001 // degrees

// at is a place in units from 120, 36.
func at(xy ...float64) orb.LineString {
	var l orb.LineString
	for i := 0; i < len(xy); i += 2 {
		l = append(l, orb.Point{120 + xy[i]*unit, 36 + xy[i+1]*unit})
	}
	return l
}

// cellAt is a rectangle in units.
func cellAt(id int64, x0, y0, x1, y1 float64) lattice.Cell {
	return lattice.Cell{ID: id, Code: fmt.Sprint(id), Shape: lattice.Snap(box(120+x0*unit, 36+y0*unit, 120+x1*unit, 36+y1*unit))}
}

func TestSplitRefuses(t *testing.T) {
	bowTie := lattice.Cell{ID: 1, Shape: orb.MultiPolygon{{orb.Ring(at(0, 0, 2, 2, 2, 0, 0, 2, 0, 0))}}}
	var comb []float64
	for i := range 30 {
		x := 0.1 + 0.06*float64(i)
		comb = append(comb, x, float64(2*(i%2)), x, float64(2*(1-i%2))) // through the borders, up and down
	}
	for i := 1; i < len(comb); i += 2 {
		comb[i] = 3*comb[i]/2 - 0.5
	}
	for name, c := range map[string]struct {
		cell lattice.Cell
		line orb.LineString
		want error
	}{
		"beside the cell":      {cellAt(1, 0, 0, 2, 2), at(3, 0, 3, 2), lattice.ErrCut},
		"along the border":     {cellAt(1, 0, 0, 2, 2), at(0, 0, 2, 0), lattice.ErrCut},
		"round the border":     {cellAt(1, 0, 0, 2, 2), at(0, 0, 2, 0, 2, 2, 0, 2), lattice.ErrCut},
		"ends within":          {cellAt(1, 0, 0, 2, 2), at(-1, 1, 1, 1), lattice.ErrCut},
		"crosses itself":       {cellAt(1, 0, 0, 2, 2), at(-1, 1, 1.5, 1, 1.5, 1.5, 1, 1.5, 1, -1), lattice.ErrCrossing},
		"lies over itself":     {cellAt(1, 0, 0, 2, 2), at(-1, 1, 3, 1, -1, 1), lattice.ErrCrossing},
		"makes too many parts": {cellAt(1, 0, 0, 2, 2), at(comb...), lattice.ErrCrossing},
		"cuts off a crumb":     {cellAt(1, 0, 0, 2, 2), at(-0.005, 0.01, 0.01, -0.005), lattice.ErrTiny},
		"bow tie":              {bowTie, at(-1, 1, 3, 1), lattice.ErrShape},
		"not a number":         {cellAt(1, 0, 0, 2, 2), orb.LineString{{math.NaN(), 36}, {120, 37}}, lattice.ErrShape},
		"one place":            {cellAt(1, 0, 0, 2, 2), at(1, 1, 1, 1), lattice.ErrShape},
	} {
		if _, err := lattice.Split(c.cell, c.line, nil); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// TestSplit holds the parts of some splits: their areas in square units, as they are numbered.
func TestSplit(t *testing.T) {
	islands := lattice.Cell{ID: 1, Shape: append(cellAt(1, 0, 0, 2, 2).Shape, cellAt(1, 3, 0, 4, 1).Shape...)}
	ring := lattice.Cell{ID: 1, Shape: orb.MultiPolygon{append(cellAt(1, 0, 0, 3, 3).Shape[0], cellAt(1, 1, 1, 2, 2).Shape[0]...)}}
	for name, c := range map[string]struct {
		cell lattice.Cell
		line orb.LineString
		want []float64
	}{
		"north and south":    {cellAt(1, 0, 0, 2, 2), at(-1, 1.5, 3, 1.5), []float64{1, 3}},
		"west and east":      {cellAt(1, 0, 0, 2, 2), at(1.5, 3, 1.5, -1), []float64{3, 1}},
		"from corner":        {cellAt(1, 0, 0, 2, 2), at(0, 0, 2, 2), []float64{2, 2}},
		"along, then across": {cellAt(1, 0, 0, 2, 2), at(0, 0, 1, 0, 1, 2), []float64{2, 2}},
		"three":              {cellAt(1, 0, 0, 3, 1), at(1, -1, 1, 2, 2, 2, 2, -1), []float64{1, 1, 1}},
		"cut out":            {cellAt(1, 0, 0, 3, 3), at(1, 1, 2, 1, 2, 2, 1, 2, 1, 1), []float64{8, 1}},
		"islands":            {islands, at(1, -1, 1, 3), []float64{2, 2 + 1}},
		"through a hole":     {ring, at(-1, 1.5, 4, 1.5), []float64{4, 4}},
		"into a hole only":   {ring, at(-1, 1.5, 1.5, 1.5), nil},
	} {
		done, err := lattice.Split(c.cell, c.line, nil)
		if errors.Is(err, lattice.ErrCut) != (c.want == nil) {
			t.Errorf("%s: %v", name, err)
		}
		var got []float64
		for _, s := range done.Made {
			got = append(got, math.Round(1e3*area(s)/area(cellAt(1, 0, 0, 1, 1).Shape))/1e3)
		}
		if !slices.Equal(c.want, got) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// TestNeighboursGetVertices: also one with a longer border than the cell has, and one with a shorter.
func TestNeighboursGetVertices(t *testing.T) {
	near := []lattice.Cell{cellAt(2, -1, -1, 0, 5), cellAt(3, 2, 0.5, 3, 1.5), cellAt(4, 0, 2, 2, 3), cellAt(5, 0, -1, 0.5, 0)}
	done, err := lattice.Split(cellAt(1, 0, 0, 2, 2), at(-1, 1, 3, 1), near)
	if err != nil {
		t.Fatal(err)
	}
	for id, vertices := range map[int64]int{2: 4 + 3, 3: 4 + 1} { // 2 gets the corners as well
		if shape := done.Shapes[id]; !done.Touched[id] || len(shape[0][0])-1 != vertices {
			t.Errorf("cell %d: %v", id, shape)
		}
	}
	if len(done.Shapes) != 2 {
		t.Errorf("%v", done.Shapes)
	}
}

func FuzzSplit(f *testing.F) {
	f.Add([]byte{0, 128, 255, 128})
	f.Add([]byte{0, 0, 255, 255, 0, 255, 255, 0})
	f.Add([]byte{7, 1, 7, 9, 128, 128})
	m := newNet(9, 3, 3, 2)
	ground := m.extent()
	whole := area(ground)
	f.Fuzz(func(t *testing.T, data []byte) {
		cells := m.cells()
		target := cells[4]
		ring := target.Shape[0][0]
		b := target.Shape.Bound().Pad(0.0002)
		var l orb.LineString
		for ; len(data) >= 2 && len(l) < 64; data = data[2:] {
			if data[0] == 7 { // at a vertex, or half-way to the next
				i := int(data[1]) % (2 * (len(ring) - 1))
				p, q := ring[i/2], ring[i/2+i%2]
				l = append(l, orb.Point{(p[0] + q[0]) / 2, (p[1] + q[1]) / 2})
				continue
			}
			l = append(l, orb.Point{b.Min[0] + float64(data[0])/255*(b.Max[0]-b.Min[0]), b.Min[1] + float64(data[1])/255*(b.Max[1]-b.Min[1])})
		}
		n := &ledger{cells, 9}
		done, err := lattice.Split(target, l, append(slices.Clone(cells[:4]), cells[5:]...))
		if err != nil {
			if invalid := errors.Is(err, lattice.ErrShape) && geo.Check(l) != nil; !invalid && !refused(err) {
				t.Fatal(err)
			}
			return
		}
		if len(done.Made) < 2 || len(done.Made) > lattice.MaxParts || len(done.Shapes) != len(done.Touched) {
			t.Errorf("%d parts, %d shapes, %d touched", len(done.Made), len(done.Shapes), len(done.Touched))
		}
		n.apply(done, target.ID)
		checkPartition(t, "split", n.cells, ground, whole)
	})
}
