package postgres_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"

	"wangge/grid"
	"wangge/grid/lattice"
	"wangge/grid/postgres"
)

// editor edits a quarter by chance.
type editor struct {
	t    *testing.T
	pool *pgxpool.Pool
	r    *rand.Rand
	net  *grid.Net
	done map[grid.EditKind]int
}

// TestRandomEdits: after any sequence of splits, merges, redraws and undos the quarter is what a quarter must be.
func TestRandomEdits(t *testing.T) {
	const edits = 40
	for _, seed := range []uint64{1, 2, 3} {
		e := &editor{t: t, pool: blocks(t), r: rand.New(rand.NewPCG(seed, 7)), done: map[grid.EditKind]int{}}
		for n := range 3 * edits {
			if total(e.done) >= edits {
				break
			}
			e.net = netOf(t, e.pool)
			e.step()
			if n%8 == 7 {
				check(t, e.pool, netOf(t, e.pool))
			}
			if t.Failed() {
				t.Fatalf("seed %d: after edit %d", seed, n)
			}
		}
		check(t, e.pool, netOf(t, e.pool))
		for _, kind := range []grid.EditKind{grid.EditSplit, grid.EditMerge, grid.EditRedraw} {
			if e.done[kind] < 3 {
				t.Errorf("seed %d: %d edits of kind %s: %v", seed, e.done[kind], kind, e.done)
			}
		}
	}
}

func total(counts map[grid.EditKind]int) (n int) {
	for _, k := range counts {
		n += k
	}
	return n
}

// step is one edit by chance. What rules refuse is no fault, anything else is.
func (e *editor) step() {
	e.t.Helper()
	units := e.net.Grids("unit")
	g := units[e.r.IntN(len(units))]
	ref := postgres.GridRef{Scheme: "unit", Code: g.Code, Revision: g.Revision}
	did, err := edit(e.t, e.pool, bureau(), func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
		switch kind := e.r.IntN(10); {
		case kind < 3:
			return tx.SplitGrid(ctx, ref, e.line(g), "")
		case kind < 5:
			return tx.MergeGrids(ctx, ref, e.beside(g), "", "")
		case kind < 9:
			return tx.RedrawGrid(ctx, ref, postgres.Outline{Shape: e.moved(g)}, "")
		default:
			return tx.UndoEdit(ctx, int64(1+e.r.IntN(1+total(e.done))), "")
		}
	})
	for _, refusal := range []error{lattice.ErrCut, lattice.ErrTiny, lattice.ErrApart, lattice.ErrShape, lattice.ErrCrossing, grid.ErrMember, grid.ErrOutside,
		grid.ErrTwoDivisions, grid.ErrLater, grid.ErrUndone, postgres.ErrNotFound} {
		if errors.Is(err, refusal) {
			return
		}
	}
	if err != nil {
		e.t.Errorf("%s: %v", g.Code, err)
		return
	}
	e.done[did.Kind]++
}

// line goes across a grid, more or less.
func (e *editor) line(g *grid.Grid) orb.LineString {
	c, w, h := g.Bound.Center(), g.Bound.Max[0]-g.Bound.Min[0], g.Bound.Max[1]-g.Bound.Min[1]
	angle := e.r.Float64() * math.Pi
	dx, dy := math.Cos(angle)*w, math.Sin(angle)*h
	off := (e.r.Float64() - 0.5) * 0.6
	mid := orb.Point{c[0] + off*dy, c[1] - off*dx}
	return orb.LineString{{mid[0] - dx, mid[1] - dy}, {mid[0] + 0.1*dy, mid[1] - 0.1*dx}, {mid[0] + dx, mid[1] + dy}}
}

// beside names a grid or two next to one.
func (e *editor) beside(g *grid.Grid) []string {
	near := e.net.Near("unit", g.Bound)
	var out []string
	for range 1 + e.r.IntN(2) {
		if n := near[e.r.IntN(len(near))]; n != g {
			out = append(out, n.Code)
		}
	}
	if len(out) == 0 {
		out = []string{near[0].Code}
	}
	return out
}

// moved is the ground of a grid with a bulge or a notch.
func (e *editor) moved(g *grid.Grid) orb.MultiPolygon {
	ring := g.Shape[0][0]
	at := ring[e.r.IntN(len(ring))]
	size := (0.1 + 0.4*e.r.Float64()) * (g.Bound.Max[1] - g.Bound.Min[1])
	var blob orb.Ring
	for i := range 7 {
		a := float64(i) / 7 * 2 * math.Pi
		blob = append(blob, orb.Point{at[0] + size*math.Cos(a), at[1] + size*math.Sin(a)})
	}
	blob = append(blob, blob[0])
	shape := lattice.Snap(orb.MultiPolygon{{blob}})
	_, without, _ := lattice.Overlay(g.Shape, shape)
	if e.r.IntN(2) == 0 {
		return without
	}
	community, _, _ := lattice.Overlay(lattice.Dissolve([]orb.MultiPolygon{g.Shape, shape}), e.net.Region(g.Region).Shape)
	return community
}
