package lattice_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/grid/lattice"
)

// ledger is a net that is edited.
type ledger struct {
	cells []lattice.Cell
	last  int64
}

func (l *ledger) at(id int64) int {
	return slices.IndexFunc(l.cells, func(c lattice.Cell) bool { return c.ID == id })
}

// near is all cells but some whose boxes meet a box.
func (l *ledger) near(b orb.Bound, but ...int64) []lattice.Cell {
	var out []lattice.Cell
	for _, c := range l.cells {
		if !slices.Contains(but, c.ID) && c.Shape.Bound().Intersects(b) {
			out = append(out, c)
		}
	}
	return out
}

// apply carries a change out and gives the box of all cells that are not what they were.
func (l *ledger) apply(c lattice.Change, gone ...int64) (changed orb.Bound) {
	changed = orb.Bound{Min: orb.Point{1, 1}, Max: orb.Point{-1, -1}}
	for _, id := range gone {
		i := l.at(id)
		changed = changed.Union(l.cells[i].Shape.Bound())
		l.cells = slices.Delete(l.cells, i, i+1)
	}
	for id, shape := range c.Shapes {
		i := l.at(id)
		changed = changed.Union(l.cells[i].Shape.Bound()).Union(shape.Bound())
		l.cells[i].Shape = shape
	}
	for _, shape := range c.Made {
		l.last++
		changed = changed.Union(shape.Bound())
		l.cells = append(l.cells, lattice.Cell{ID: l.last, Code: fmt.Sprintf("%06d", l.last), Shape: shape})
	}
	return changed
}

// editor makes random edits.
type editor struct{ r *rand.Rand }

func (e *editor) in(b orb.Bound) orb.Point {
	return orb.Point{b.Min[0] + e.r.Float64()*(b.Max[0]-b.Min[0]), b.Min[1] + e.r.Float64()*(b.Max[1]-b.Min[1])}
}

// line runs through a shape, sometimes along vertices of it.
func (e *editor) line(c lattice.Cell) orb.LineString {
	b := c.Shape.Bound()
	ring := c.Shape[0][0]
	if e.r.IntN(3) == 0 {
		return orb.LineString{ring[e.r.IntN(len(ring))], e.in(b), ring[e.r.IntN(len(ring))]}
	}
	wide := b.Pad(0.0004)
	l := orb.LineString{e.in(wide)}
	for range 1 + e.r.IntN(4) {
		l = append(l, e.in(b))
	}
	return append(l, e.in(wide))
}

// blob is a star around a place.
func (e *editor) blob(at orb.Point, radius float64) orb.MultiPolygon {
	n := 3 + e.r.IntN(9)
	var ring orb.Ring
	for i := range n {
		s, c := math.Sincos(2 * math.Pi * (float64(i) + 0.8*e.r.Float64()) / float64(n))
		d := radius * (0.3 + 0.7*e.r.Float64())
		ring = append(ring, orb.Point{at[0] + d*c, at[1] + d*s})
	}
	return orb.MultiPolygon{{append(ring, ring[0])}}
}

// edit makes one random edit of a net, in an exclusive one within ground if that is not nil, and tells what it was and where the net changed.
func (e *editor) edit(l *ledger, ground orb.MultiPolygon, exclusive bool) (what string, changed orb.Bound, err error) {
	c := l.cells[e.r.IntN(len(l.cells))]
	b := c.Shape.Bound()
	switch e.r.IntN(4) {
	case 0, 1:
		done, err := lattice.Split(c, e.line(c), l.near(b, c.ID))
		if err != nil {
			return "split", changed, err
		}
		return "split", l.apply(done, c.ID), nil
	case 2:
		others := l.near(b, c.ID)
		if len(others) == 0 {
			return "merge", changed, lattice.ErrApart
		}
		o := others[e.r.IntN(len(others))]
		both := b.Union(o.Shape.Bound())
		done, err := lattice.Merge([]lattice.Cell{c, o}, l.near(both, c.ID, o.ID))
		if err != nil {
			return "merge", changed, err
		}
		return "merge", l.apply(done, c.ID, o.ID), nil
	}
	to := e.blob(e.in(b), 0.0002+0.001*e.r.Float64())
	if e.r.IntN(2) == 0 {
		both, _, only := lattice.Overlay(c.Shape, to)
		_, to, _ = lattice.Overlay(c.Shape, to)
		if e.r.IntN(2) == 0 {
			to = lattice.Dissolve([]orb.MultiPolygon{both, only, c.Shape})
		}
	}
	if ground != nil {
		to, _, _ = lattice.Overlay(to, ground)
	}
	if len(to) == 0 {
		return "redraw", changed, lattice.ErrTiny
	}
	done, err := lattice.Redraw(c, to, l.near(b.Union(to.Bound()), c.ID), exclusive)
	if err != nil {
		return "redraw", changed, err
	}
	return "redraw", l.apply(done), nil
}

// refused tells whether an edit was refused as it may be.
func refused(err error) bool {
	for _, s := range []error{lattice.ErrCut, lattice.ErrCrossing, lattice.ErrApart, lattice.ErrTiny} {
		if errors.Is(err, s) {
			return true
		}
	}
	return false
}

// TestEditsKeepThePartition: after any sequence of edits of an exclusive net the cells share the ground they shared before.
func TestEditsKeepThePartition(t *testing.T) {
	for seed := range uint64(12) {
		m := newNet(seed, 4, 4, 2)
		l := &ledger{m.cells(), 16}
		ground := m.extent()
		e := &editor{rand.New(rand.NewPCG(seed, 7))}
		whole := area(ground)
		count := map[string]int{}
		for step := range 60 {
			what, _, err := e.edit(l, ground, true)
			if err != nil {
				if !refused(err) {
					t.Fatalf("seed %d step %d %s: %v", seed, step, what, err)
				}
				continue
			}
			count[what]++
			if t.Failed() {
				return
			}
			checkPartition(t, fmt.Sprintf("seed %d step %d %s", seed, step, what), l.cells, ground, whole)
			if t.Failed() {
				return
			}
		}
		if len(count) < 3 {
			t.Errorf("seed %d: edits %v", seed, count)
		}
	}
}

// checkPartition holds cells against the ground they share.
func checkPartition(t *testing.T, what string, cells []lattice.Cell, ground orb.MultiPolygon, whole float64) {
	t.Helper()
	if fs := check(t, lattice.Net{Cells: cells, Extent: ground}); len(fs) > 0 {
		t.Errorf("%s: %d findings, the first: %+v", what, len(fs), fs[0])
	}
	sum := 0.0
	open := map[[2]orb.Point]int{}
	for _, c := range cells {
		if err := geo.Check(c.Shape); err != nil {
			t.Errorf("%s: cell %d: %v", what, c.ID, err)
		}
		sum += area(c.Shape)
		for _, p := range c.Shape {
			for i, r := range p {
				if ccw := r.Orientation() == orb.CCW; ccw != (i == 0) {
					t.Errorf("%s: cell %d: ring %d turns the wrong way", what, c.ID, i)
				}
				for k := 1; k < len(r); k++ {
					if back := [2]orb.Point{r[k], r[k-1]}; open[back] > 0 {
						open[back]--
					} else {
						open[[2]orb.Point{r[k-1], r[k]}]++
					}
				}
			}
		}
	}
	if math.Abs(sum-whole) > 1e-3*math.Sqrt(whole) { // a millimetre around a square
		t.Errorf("%s: %f m² of %f m²", what, sum, whole)
	}
	outline, want := 0.0, 0.0
	for e, n := range open {
		outline += float64(n) * geo.DistanceM(e[0], e[1])
	}
	for _, p := range ground {
		for _, r := range p {
			want += geo.LengthM(orb.LineString(r))
		}
	}
	if math.Abs(outline-want) > 1e-3 {
		t.Errorf("%s: borders that nobody shares are %.4f m long, the outline %.4f m", what, outline, want)
	}
}

func TestEditsAreDeterministic(t *testing.T) {
	run := func() []lattice.Cell {
		m := newNet(3, 4, 4, 2)
		l := &ledger{m.cells(), 16}
		e := &editor{rand.New(rand.NewPCG(3, 9))}
		for range 40 {
			e.edit(l, m.extent(), true)
		}
		slices.SortFunc(l.cells, func(a, b lattice.Cell) int { return int(a.ID - b.ID) })
		return l.cells
	}
	if diff := cmp.Diff(run(), run()); diff != "" {
		t.Error(diff)
	}
}
