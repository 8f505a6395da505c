package postgres

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"wangge/grid"
)

// nets are the grids that are made of those of an edit: their members and shapes follow in the same transaction.
type nets struct {
	desk  *desk
	rows  []grid.Grid // locked
	plans []*plan     // one, once followed, and those of what is made of the nets in turn
}

// madeOfSQL finds and locks the current grids that have one of some grids as a member, and some named ones.
const madeOfSQL = `
WHERE g.valid_to IS NULL AND (g.id IN (SELECT m.grid_id FROM grid_member m WHERE m.member_id = ANY ($1)) OR g.id = ANY ($2))
ORDER BY g.id FOR UPDATE OF g`

// netsOf finds what is made of the grids that a plan changes.
func (d *desk) netsOf(ctx context.Context, p *plan) (*nets, error) {
	rows, err := query(ctx, d.tx, gridsSQL+madeOfSQL, []any{slices.Concat(p.retired, p.stay()), slices.Collect(maps.Keys(p.rejoin))}, readGrid)
	return &nets{desk: d, rows: rows}, err
}

func (n *nets) ids() []int64 {
	ids := make([]int64, len(n.rows))
	for i := range n.rows {
		ids[i] = n.rows[i].ID
	}
	return ids
}

// written are all grids that were written.
func (n *nets) written() (ids []int64) {
	for _, p := range n.plans {
		ids = append(ids, p.stay()...)
	}
	return ids
}

// changed are the grids that an edit changed beyond some vertices.
func (n *nets) changed() (ids []int64) {
	for _, p := range n.plans {
		for _, id := range p.stay() {
			if p.part(id) != partTouched {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// follow gives the grids their new members and shapes, and then does the same for what is made of them.
func (n *nets) follow(ctx context.Context, edit int64, base *plan, made []int64) error {
	if len(n.rows) == 0 {
		return nil
	}
	p := n.desk.plan(base.kind, "")
	near := n.desk.near
	n.desk.near = map[int64]*grid.Grid{}
	defer func() { maps.Copy(near, n.desk.near); n.desk.near = near }()
	for i := range n.rows {
		g := &n.rows[i]
		n.desk.near[g.ID] = g
		members, err := succeed(g, base, made)
		if err != nil {
			return err
		}
		if !slices.Equal(members, g.Members) {
			p.members[g.ID] = members
		}
		grids, err := n.desk.byIDs(ctx, members)
		if err != nil {
			return err
		}
		p.shapes[g.ID] = dissolve(grids, members)
		p.touched[g.ID] = p.members[g.ID] == nil && !slices.ContainsFunc(g.Members, func(m int64) bool { return base.shapes[m] != nil && !base.touched[m] })
	}
	outer, err := n.desk.netsOf(ctx, p)
	if err != nil {
		return err
	}
	if _, err := n.desk.write(ctx, edit, p); err != nil {
		return err
	}
	n.plans = append(n.plans, p)
	if err := outer.follow(ctx, edit, p, nil); err != nil {
		return err
	}
	n.plans = append(n.plans, outer.plans...)
	return nil
}

// succeed are the members of a grid after an edit: what was retired gives way to what comes of it. grid.ErrMember where something comes of members
// of several grids, or none is left.
func succeed(g *grid.Grid, base *plan, made []int64) ([]int64, error) {
	members := slices.DeleteFunc(slices.Clone(g.Members), func(id int64) bool { return slices.Contains(base.retired, id) })
	for i, child := range base.made {
		inside := 0
		for _, parent := range child.from {
			if slices.Contains(g.Members, parent) || slices.Contains(base.rejoin[g.ID], parent) {
				inside++
			}
		}
		switch {
		case inside == 0:
		case inside < len(child.from):
			return nil, fmt.Errorf("%w: %s %s has one part of it only", grid.ErrMember, g.Scheme, g.Code)
		default:
			members = append(members, made[i])
		}
	}
	if len(members) == 0 {
		return nil, fmt.Errorf("%w: nothing would be left of %s %s", grid.ErrMember, g.Scheme, g.Code)
	}
	slices.Sort(members)
	return slices.Compact(members), nil
}
