package postgres

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"wangge/grid"
	"wangge/grid/lattice"
)

// coveredSQL finds a grid that has ground which a proposal covers, more than a border's width, other than those that it redraws.
const coveredSQL = `
SELECT g.code FROM grid_proposal_cell c JOIN grid g ON g.scheme = $2 AND g.valid_to IS NULL AND ST_Intersects(g.geom, c.geom)
WHERE c.proposal_id = $1 AND g.id <> ALL ($3) AND ST_Area(ST_CollectionExtract(ST_Intersection(g.geom, c.geom), 3)::geography) > 1
ORDER BY g.code LIMIT 1`

// AcceptProposal makes grids of a proposal, in one edit. Errors: rights', ErrNotFound, ErrStale, ErrDecided, ErrTaken where the ground got other grids
// meanwhile, grid.ErrSequence, and what a new grid can be refused for.
func (t *Tx) AcceptProposal(ctx context.Context, id, revision int64, note string) (Proposal, Edited, error) {
	held, err := t.hold(ctx, id, revision)
	if err != nil {
		return Proposal{}, Edited{}, err
	}
	cells, err := query(ctx, t.tx, cellsSQL, []any{id}, readCell)
	if err != nil {
		return Proposal{}, Edited{}, err
	}
	d, err := t.open(ctx, held.Scheme)
	if err != nil {
		return Proposal{}, Edited{}, err
	}
	p := d.plan(held.Kind, note)
	adopt := d.adoptLaid
	if held.Kind == grid.EditImport {
		adopt = d.adoptRead
	}
	e, err := adopt(ctx, p, held, cells)
	if err != nil {
		return Proposal{}, Edited{}, err
	}
	held, err = t.decide(ctx, id, ProposalAccepted, e.ID, note)
	return held, e, err
}

// adoptLaid makes new grids of all cells.
func (d *desk) adoptLaid(ctx context.Context, p *plan, held Proposal, cells []ProposedCell) (Edited, error) {
	if err := d.checkCovered(ctx, held.ID, nil); err != nil {
		return Edited{}, err
	}
	for _, c := range cells {
		p.made = append(p.made, newGrid{shape: c.Shape, name: c.Name})
	}
	if err := d.neighbours(ctx, p); err != nil {
		return Edited{}, err
	}
	return d.apply(ctx, p)
}

// checkCovered refuses a proposal on ground that has other grids.
func (d *desk) checkCovered(ctx context.Context, proposal int64, but []int64) error {
	if but == nil {
		but = []int64{}
	}
	var code string
	switch err := d.tx.QueryRow(ctx, coveredSQL, proposal, d.scheme.Code, but).Scan(&code); {
	case errors.Is(err, pgx.ErrNoRows):
		return nil
	case err != nil:
		return err
	}
	return fmt.Errorf("%w: %s", ErrTaken, code)
}

// neighbours lets the new shapes of a plan and the grids around them have the same vertices along their common borders.
func (d *desk) neighbours(ctx context.Context, p *plan) error {
	redrawn := slices.Sorted(maps.Keys(p.shapes))
	var all orb.MultiPolygon
	for i := range p.made {
		all = append(all, p.made[i].shape...)
	}
	for _, id := range redrawn {
		all = append(all, p.shapes[id]...)
	}
	if err := d.lockNear(ctx, all.Bound(), redrawn...); err != nil {
		return err
	}
	around := d.others(redrawn...)
	boxes := make([]orb.Bound, len(around))
	for i, c := range around {
		boxes[i] = c.Shape.Bound()
	}
	for i := range p.made {
		if err := p.meet(&p.made[i].shape, around, boxes); err != nil {
			return err
		}
	}
	for _, id := range redrawn {
		shape := p.shapes[id]
		if err := p.meet(&shape, around, boxes); err != nil {
			return err
		}
		p.shapes[id] = shape
	}
	return nil
}

// meet gives a new shape the vertices of cells around, and them its own.
func (p *plan) meet(shape *orb.MultiPolygon, around []lattice.Cell, boxes []orb.Bound) error {
	var near []lattice.Cell
	var at []int
	box := shape.Bound().Pad(1e-8)
	for i := range around {
		if boxes[i].Intersects(box) {
			near, at = append(near, around[i]), append(at, i)
		}
	}
	if len(near) == 0 {
		return nil
	}
	change, err := lattice.Redraw(lattice.Cell{ID: unborn, Shape: *shape}, *shape, near, false)
	if err != nil {
		return err
	}
	if own := change.Shapes[unborn]; own != nil {
		*shape = own
		delete(change.Shapes, unborn)
	}
	for _, i := range at {
		if s := change.Shapes[around[i].ID]; s != nil {
			around[i].Shape = s
		}
	}
	p.take(change)
	return nil
}
