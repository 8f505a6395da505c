package postgres

import (
	"context"
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/grid"
	"wangge/grid/lattice"
)

// Outline is the ground that a grid is to have: a shape, or the codes of the grids that it is to be made of.
type Outline struct {
	Shape   orb.MultiPolygon
	Members []string
}

// CreateGrid is what is known of a new grid.
type CreateGrid struct {
	Scheme, Name, Note string
	Outline            Outline
	Region             string // division to give the code in; "" for where it lies
	Code               string // "" for the next of the division
}

// CreateGrid makes a grid where there is none. In an exclusive scheme it must not take ground of others; what lies on their borders within a
// hair's breadth is fitted to them.
func (t *Tx) CreateGrid(ctx context.Context, c CreateGrid) (Edited, error) {
	d, err := t.open(ctx, c.Scheme)
	if err != nil {
		return Edited{}, err
	}
	p := d.plan(grid.EditCreate, c.Note)
	g := newGrid{name: c.Name, code: c.Code, region: c.Region}
	if d.ofMembers() {
		if g.members, g.shape, err = d.membersOf(ctx, c.Outline); err != nil {
			return Edited{}, err
		}
		if err := d.takeMembers(ctx, p, 0, g.members); err != nil {
			return Edited{}, err
		}
	} else if g.shape, err = d.fit(ctx, p, c.Outline.Shape); err != nil {
		return Edited{}, err
	}
	p.made = []newGrid{g}
	return d.apply(ctx, p)
}

// fit puts a new shape between the grids that are there.
func (d *desk) fit(ctx context.Context, p *plan, shape orb.MultiPolygon) (orb.MultiPolygon, error) {
	if err := geo.Check(shape); err != nil {
		return nil, fmt.Errorf("%w: %w", lattice.ErrShape, err)
	}
	if err := d.lockNear(ctx, shape.Bound()); err != nil {
		return nil, err
	}
	near := d.others()
	shape = lattice.Snap(shape)
	if d.scheme.Exclusive {
		for _, c := range near {
			both, _, rest := lattice.Overlay(c.Shape, shape)
			if m2 := geo.AreaMultiM2(both); m2 > outsideM2 {
				return nil, fmt.Errorf("%w: %.1f m² of %s", grid.ErrOverlap, m2, c.Code)
			}
			shape = rest
		}
	}
	if len(shape) == 0 {
		return nil, lattice.ErrTiny
	}
	// A grid that is redrawn as it is only gives its vertices to its neighbours.
	change, err := lattice.Redraw(lattice.Cell{ID: unborn, Shape: shape}, shape, near, false)
	if err != nil {
		return nil, err
	}
	if own := change.Shapes[unborn]; own != nil {
		shape = own
		delete(change.Shapes, unborn)
	}
	p.take(change)
	return shape, nil
}

// unborn stands for the number of a grid that has none yet.
const unborn = -1

// RedrawGrid gives a grid another ground. In an exclusive scheme borders move for both sides: what it takes is taken from its neighbours, what it
// leaves goes to them.
func (t *Tx) RedrawGrid(ctx context.Context, ref GridRef, to Outline, note string) (Edited, error) {
	d, err := t.address(ctx, ref)
	if err != nil {
		return Edited{}, err
	}
	p := d.plan(grid.EditRedraw, note)
	id := d.target.ID
	if d.ofMembers() && (len(to.Members) > 0 || len(d.target.Members) > 0) {
		if p.members[id], p.shapes[id], err = d.membersOf(ctx, to); err != nil {
			return Edited{}, err
		}
		if err := d.takeMembers(ctx, p, id, p.members[id]); err != nil {
			return Edited{}, err
		}
		return d.apply(ctx, p)
	}
	if err := geo.Check(to.Shape); err != nil {
		return Edited{}, fmt.Errorf("%w: %w", lattice.ErrShape, err)
	}
	if err := d.lockNear(ctx, d.target.Shape.Bound().Union(to.Shape.Bound())); err != nil {
		return Edited{}, err
	}
	change, err := lattice.Redraw(cellOf(&d.target), to.Shape, d.others(id), d.scheme.Exclusive)
	if err != nil {
		return Edited{}, err
	}
	p.take(change)
	return d.apply(ctx, p)
}

// membersOf finds the current grids that an outline names, or whose middles lie in its shape, and the ground that they are together.
func (d *desk) membersOf(ctx context.Context, o Outline) ([]int64, orb.MultiPolygon, error) {
	base := *d
	base.scheme, base.near = d.schemes[d.scheme.MadeOf], map[int64]*grid.Grid{}
	var found []grid.Grid
	var err error
	if len(o.Members) > 0 {
		found, err = query(ctx, d.tx, gridsSQL+byCodesSQL, []any{base.scheme.Code, o.Members}, readGrid)
		found = slices.DeleteFunc(found, func(g grid.Grid) bool { return g.Term.To != 0 })
		if err == nil && len(found) < distinct(o.Members) {
			return nil, nil, fmt.Errorf("%w: %d of %d are in force", grid.ErrNoMembers, len(found), distinct(o.Members))
		}
	} else {
		if err := geo.Check(o.Shape); err != nil {
			return nil, nil, fmt.Errorf("%w: %w", lattice.ErrShape, err)
		}
		err = base.lockNear(ctx, o.Shape.Bound())
		for _, g := range base.near {
			if holds([]orb.MultiPolygon{o.Shape}, g.Shape) == 0 {
				found = append(found, *g)
			}
		}
	}
	if err != nil {
		return nil, nil, err
	}
	if len(found) == 0 {
		return nil, nil, fmt.Errorf("%w: none lies in the shape", grid.ErrNoMembers)
	}
	ids := make([]int64, len(found))
	for i := range found {
		ids[i] = found[i].ID
	}
	slices.Sort(ids)
	return ids, dissolve(found, ids), nil
}

func distinct(codes []string) int {
	return len(slices.Compact(slices.Sorted(slices.Values(codes))))
}

// takeMembers takes members from the other grids of an exclusive scheme, which keep the rest. grid.ErrMember where nothing would be left of one.
func (d *desk) takeMembers(ctx context.Context, p *plan, but int64, members []int64) error {
	if !d.scheme.Exclusive {
		return nil
	}
	rows, err := query(ctx, d.tx, gridsSQL+madeOfSQL, []any{members, []int64{}}, readGrid)
	if err != nil {
		return err
	}
	for i := range rows {
		g := &rows[i]
		if g.ID == but || g.Scheme != d.scheme.Code {
			continue
		}
		rest := slices.DeleteFunc(slices.Clone(g.Members), func(id int64) bool { return slices.Contains(members, id) })
		if len(rest) == 0 {
			return fmt.Errorf("%w: nothing would be left of %s", grid.ErrMember, g.Code)
		}
		grids, err := d.byIDs(ctx, rest)
		if err != nil {
			return err
		}
		d.near[g.ID] = g
		p.members[g.ID], p.shapes[g.ID] = rest, dissolve(grids, rest)
	}
	return nil
}
