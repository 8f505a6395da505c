package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/paulmach/orb"

	"wangge/grid"
)

const (
	editSQL = `SELECT e.scheme, e.kind, EXISTS (SELECT FROM grid_edit u WHERE u.undoes = e.id) FROM grid_edit e WHERE e.id = $1`

	// formerPartsSQL is what an edit did to the grids of its scheme, and whether a later edit did something to them.
	formerPartsSQL = `
SELECT p.grid_id, p.part, ST_AsEWKB(p.before), p.members, coalesce(g.name, ''),
       EXISTS (SELECT FROM grid_edit_part l WHERE l.grid_id = p.grid_id AND l.edit_id > p.edit_id)
FROM grid_edit_part p JOIN grid g ON g.id = p.grid_id JOIN grid_edit e ON e.id = p.edit_id
WHERE p.edit_id = $1 AND g.scheme = e.scheme ORDER BY p.grid_id`

	// formerNetsSQL are the nets that lost members in an edit, with what they had.
	formerNetsSQL = `
SELECT p.grid_id, p.members FROM grid_edit_part p JOIN grid g ON g.id = p.grid_id JOIN grid_edit e ON e.id = p.edit_id
WHERE p.edit_id = $1 AND g.scheme <> e.scheme AND p.part <> 'retired' AND g.valid_to IS NULL AND p.members && $2`
)

// formerPart is what an edit did to a grid.
type formerPart struct {
	id      int64
	part    string
	before  orb.MultiPolygon
	members []int64
	name    string
	later   bool // something was done to it since
}

// UndoEdit undoes an edit by another: what it made is retired, what it retired comes back under a new code, what it redrew has its shape again.
// Errors: ErrNotFound, grid.ErrUndone, grid.ErrLater where the grids were edited since.
func (t *Tx) UndoEdit(ctx context.Context, id int64, note string) (Edited, error) {
	var scheme string
	var kind grid.EditKind
	var undoneBefore bool
	if err := t.tx.QueryRow(ctx, editSQL, id).Scan(&scheme, &kind, &undoneBefore); err != nil {
		return Edited{}, fmt.Errorf("edit %d: %w", id, exists(err))
	}
	d, err := t.open(ctx, scheme)
	if err != nil {
		return Edited{}, err
	}
	if undoneBefore {
		return Edited{}, fmt.Errorf("%w: edit %d", grid.ErrUndone, id)
	}
	parts, err := query(ctx, t.tx, formerPartsSQL, []any{id}, readFormerPart)
	if err != nil {
		return Edited{}, err
	}
	if err := d.lockParts(ctx, parts); err != nil {
		return Edited{}, err
	}
	p := d.plan(kind.Undo(), note)
	p.undoes = id
	if err := d.turnBack(ctx, p, parts); err != nil {
		return Edited{}, err
	}
	if kind == grid.EditRetire {
		p.revive = true
		if p.rejoin, err = d.formerNets(ctx, id, parts); err != nil {
			return Edited{}, err
		}
	}
	return d.apply(ctx, p)
}

func readFormerPart(row pgx.CollectableRow) (p formerPart, err error) {
	var shape []byte
	if err := row.Scan(&p.id, &p.part, &shape, &p.members, &p.name, &p.later); err != nil {
		return p, err
	}
	p.before, err = area(shape)
	return p, err
}

// lockParts locks the grids of an edit, refuses where a later edit stands on one, and where the caller may not edit one that had more than vertices
// put on its border.
func (d *desk) lockParts(ctx context.Context, parts []formerPart) error {
	var ids, changed []int64
	for _, p := range parts {
		if p.later {
			return fmt.Errorf("%w: on grid %d", grid.ErrLater, p.id)
		}
		if ids = append(ids, p.id); p.part != partTouched {
			changed = append(changed, p.id)
		}
	}
	if err := d.lockNear(ctx, orb.Bound{Min: orb.Point{1, 1}, Max: orb.Point{-1, -1}}, ids...); err != nil {
		return err
	}
	all, err := d.byIDs(ctx, changed)
	if err != nil {
		return err
	}
	for i := range all {
		if err := d.may(all[i].Region); err != nil {
			return err
		}
	}
	for _, p := range parts {
		if p.part != partRetired && d.near[p.id] == nil {
			return fmt.Errorf("%w: grid %d is no more in force", grid.ErrLater, p.id)
		}
	}
	return nil
}

// turnBack plans the other way round.
func (d *desk) turnBack(ctx context.Context, p *plan, parts []formerPart) error {
	for _, x := range parts {
		if x.part == partMade {
			p.retired = append(p.retired, x.id)
		}
	}
	for _, x := range parts {
		shape, err := d.shapeBefore(ctx, x)
		if err != nil {
			return err
		}
		switch x.part {
		case partRetired:
			from := p.retired
			if len(from) == 0 {
				from = []int64{x.id}
			}
			p.made = append(p.made, newGrid{shape: shape, name: x.name, from: from, like: x.id, members: x.members})
		case partRedrawn, partTouched:
			p.shapes[x.id] = shape
			p.touched[x.id] = x.part == partTouched
			if len(x.members) > 0 {
				p.members[x.id] = x.members
			}
		}
	}
	return nil
}

// shapeBefore is the ground that a grid had: that of its members where it had some. grid.ErrLater where one of them is no more.
func (d *desk) shapeBefore(ctx context.Context, x formerPart) (orb.MultiPolygon, error) {
	if len(x.members) == 0 {
		return x.before, nil
	}
	all, err := d.byIDs(ctx, x.members)
	if err != nil {
		return nil, err
	}
	if len(all) < len(x.members) || slices.ContainsFunc(all, func(g grid.Grid) bool { return g.Term.To != 0 }) {
		return nil, fmt.Errorf("%w: on a member of grid %d", grid.ErrLater, x.id)
	}
	return dissolve(all, x.members), nil
}

// formerNets are the nets to which what comes back belonged, with the former members.
func (d *desk) formerNets(ctx context.Context, edit int64, parts []formerPart) (map[int64][]int64, error) {
	var gone []int64
	for _, x := range parts {
		gone = append(gone, x.id)
	}
	type net struct {
		ID      int64
		Members []int64
	}
	all, err := query(ctx, d.tx, formerNetsSQL, []any{edit, gone}, pgx.RowToStructByPos[net])
	out := map[int64][]int64{}
	for _, n := range all {
		out[n.ID] = slices.DeleteFunc(n.Members, func(id int64) bool { return !slices.Contains(gone, id) })
	}
	return out, err
}

// undone makes an undo that somebody else was quicker with one of our own errors.
func undone(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == uniqueViolation && pg.ConstraintName == "grid_edit_undoes_idx" {
		return fmt.Errorf("%w: %w", grid.ErrUndone, err)
	}
	return err
}
