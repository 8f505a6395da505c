package postgres

import (
	"context"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"wangge/grid"
)

const (
	insertEditSQL = `INSERT INTO grid_edit (scheme, kind, note, undoes) VALUES ($1, $2, nullif($3, ''), nullif($4, 0::bigint)) RETURNING id`

	// partsSQL keeps what the grids were before.
	partsSQL = `
INSERT INTO grid_edit_part (edit_id, grid_id, part, before, members)
SELECT $1, g.id, x.part, g.geom, (SELECT array_agg(m.member_id ORDER BY m.member_id) FROM grid_member m WHERE m.grid_id = g.id)
FROM unnest($2::bigint[], $3::text[]) x (id, part) JOIN grid g USING (id)`

	madePartsSQL = `INSERT INTO grid_edit_part (edit_id, grid_id, part) SELECT $1, unnest($2::bigint[]), 'made'`

	// changeGridsSQL ends and reshapes grids in one statement: features are assigned again once for all of them. A grid without a new shape keeps
	// its own; its revision goes up all the same.
	changeGridsSQL = `
UPDATE grid g SET valid_to = CASE WHEN x.ends THEN $4::date ELSE g.valid_to END, geom = coalesce(ST_GeomFromEWKB(x.shape), g.geom)
FROM unnest($1::bigint[], $2::boolean[], $3::bytea[]) x (id, ends, shape) WHERE g.id = x.id`

	// insertMadeSQL makes grids in their order. What is known of the first grid that one comes of is known of it.
	insertMadeSQL = `
INSERT INTO grid (scheme, code, name, valid_from, geom, land_use, level, status, competent_dept, owner_dept, maintainer_dept, surveyed_on, accuracy)
SELECT $1, x.code, nullif(x.name, ''), $2::date, ST_GeomFromEWKB(x.shape), p.land_use, p.level, coalesce(p.status, 'intact'),
       p.competent_dept, p.owner_dept, p.maintainer_dept, p.surveyed_on, p.accuracy
FROM unnest($3::text[], $4::text[], $5::bytea[], $6::bigint[]) WITH ORDINALITY x (code, name, shape, parent, nth)
LEFT JOIN grid p ON p.id = x.parent ORDER BY nth
RETURNING id, code`

	lineageSQL = `INSERT INTO grid_lineage (edit_id, parent_id, child_id) SELECT $1, p, c FROM unnest($2::bigint[], $3::bigint[]) x (p, c)`

	leaveMembersSQL = `DELETE FROM grid_member WHERE grid_id = ANY ($1)`
	joinMembersSQL  = `INSERT INTO grid_member (grid_id, member_id) SELECT g, m FROM unnest($1::bigint[], $2::bigint[]) x (g, m) ORDER BY g, m`

	featuresSQL = `
SELECT layer, feature_id, array_agg(grid_id ORDER BY grid_id) FROM feature_grid WHERE grid_id = ANY ($1) GROUP BY layer, feature_id`
)

// apply writes a plan: the edit and what the grids were, the grids as they are now, where they come from, their duties, and what is made of them.
func (d *desk) apply(ctx context.Context, p *plan) (Edited, error) {
	lies, err := d.survey(ctx, p)
	if err != nil {
		return Edited{}, err
	}
	if err := d.number(ctx, p.made, lies); err != nil {
		return Edited{}, err
	}
	e := Edited{Kind: p.kind, Scheme: d.scheme.Code}
	if err := d.tx.QueryRow(ctx, insertEditSQL, d.scheme.Code, p.kind, p.note, p.undoes).Scan(&e.ID); err != nil {
		return Edited{}, undone(err)
	}
	nets, err := d.netsOf(ctx, p)
	if err != nil {
		return Edited{}, err
	}
	old := slices.Concat(p.retired, p.stay(), nets.ids())
	before, err := d.features(ctx, old)
	if err != nil {
		return Edited{}, err
	}
	ids, err := d.write(ctx, e.ID, p)
	if err != nil {
		return Edited{}, err
	}
	if e.DutiesMoved, err = d.passDuties(ctx, p, ids); err != nil {
		return Edited{}, err
	}
	if err := nets.follow(ctx, e.ID, p, ids); err != nil {
		return Edited{}, err
	}
	after, err := d.features(ctx, append(old, ids...))
	if err != nil {
		return Edited{}, err
	}
	e.FeaturesMoved = differences(before, after)
	return d.report(ctx, e, p, ids, nets)
}

// write changes the grids that were, makes the new ones, and gives their numbers in the order of the plan.
func (d *desk) write(ctx context.Context, edit int64, p *plan) ([]int64, error) {
	if err := d.keepParts(ctx, edit, p); err != nil {
		return nil, err
	}
	if err := d.changeGrids(ctx, p); err != nil {
		return nil, err
	}
	ids, err := d.insertMade(ctx, p.made)
	if err != nil {
		return nil, err
	}
	if _, err := d.tx.Exec(ctx, madePartsSQL, edit, ids); err != nil {
		return nil, err
	}
	var parents, children []int64
	members := maps.Clone(p.members)
	for i, g := range p.made {
		for _, parent := range g.from {
			parents, children = append(parents, parent), append(children, ids[i])
		}
		if len(g.members) > 0 {
			members[ids[i]] = g.members
		}
	}
	if _, err := d.tx.Exec(ctx, lineageSQL, edit, parents, children); err != nil {
		return nil, err
	}
	return ids, d.setMembers(ctx, members)
}

// keepParts writes down what the grids of a plan were.
func (d *desk) keepParts(ctx context.Context, edit int64, p *plan) error {
	var ids []int64
	var parts []string
	for _, id := range p.retired {
		ids, parts = append(ids, id), append(parts, partRetired)
	}
	for _, id := range p.stay() {
		ids, parts = append(ids, id), append(parts, p.part(id))
	}
	_, err := d.tx.Exec(ctx, partsSQL, edit, ids, parts)
	return err
}

func (d *desk) changeGrids(ctx context.Context, p *plan) error {
	ids := slices.Concat(p.retired, p.stay())
	ends, shapes := make([]bool, len(ids)), make([][]byte, len(ids))
	for i, id := range ids {
		ends[i] = i < len(p.retired)
		if shape := p.shapes[id]; shape != nil {
			var err error
			if shapes[i], err = encode(shape); err != nil {
				return err
			}
		}
	}
	_, err := d.tx.Exec(ctx, changeGridsSQL, ids, ends, shapes, d.Day.Time())
	return err
}

func (d *desk) insertMade(ctx context.Context, made []newGrid) ([]int64, error) {
	var codes, names []string
	var shapes []orb.MultiPolygon
	parents := make([]int64, len(made))
	for i, g := range made {
		codes, names, shapes = append(codes, g.code), append(names, g.name), append(shapes, g.shape)
		if parents[i] = g.like; g.like == 0 && len(g.from) > 0 {
			parents[i] = g.from[0]
		}
	}
	if len(made) == 0 {
		return nil, nil
	}
	encoded, err := encodeAll(shapes)
	if err != nil {
		return nil, err
	}
	type row struct {
		ID   int64
		Code string
	}
	rows, err := query(ctx, d.tx, insertMadeSQL, []any{d.scheme.Code, d.Day.Time(), codes, names, encoded, parents}, pgx.RowToStructByPos[row])
	if err != nil {
		return nil, taken(err)
	}
	ids := make([]int64, len(made))
	for _, r := range rows {
		ids[slices.Index(codes, r.Code)] = r.ID
	}
	return ids, nil
}

// setMembers says what grids are made of from now on.
func (d *desk) setMembers(ctx context.Context, members map[int64][]int64) error {
	if len(members) == 0 {
		return nil
	}
	grids := slices.Sorted(maps.Keys(members))
	var of, each []int64
	for _, g := range grids {
		for _, m := range members[g] {
			of, each = append(of, g), append(each, m)
		}
	}
	if _, err := d.tx.Exec(ctx, leaveMembersSQL, grids); err != nil {
		return err
	}
	_, err := d.tx.Exec(ctx, joinMembersSQL, of, each)
	return err
}

// feature is one of a layer.
type feature struct {
	layer string
	id    int64
}

// features tells in which of some grids features lie.
func (d *desk) features(ctx context.Context, grids []int64) (map[feature][]int64, error) {
	rows, err := d.tx.Query(ctx, featuresSQL, grids)
	if err != nil {
		return nil, err
	}
	out := map[feature][]int64{}
	var f feature
	var in []int64
	_, err = pgx.ForEachRow(rows, []any{&f.layer, &f.id, &in}, func() error {
		out[f] = slices.Clone(in)
		return nil
	})
	return out, err
}

// differences counts the features that lie in other grids than before.
func differences(before, after map[feature][]int64) (n int) {
	for f, in := range before {
		if !slices.Equal(in, after[f]) {
			n++
		}
	}
	for f := range after {
		if _, was := before[f]; !was {
			n++
		}
	}
	return n
}

// report reads what came of an edit.
func (d *desk) report(ctx context.Context, e Edited, p *plan, made []int64, nets *nets) (Edited, error) {
	var err error
	if e.Rows, err = d.byIDs(ctx, slices.Concat(made, p.retired, p.stay(), nets.written())); err != nil {
		return Edited{}, err
	}
	changed := nets.changed()
	for _, g := range e.Rows {
		_, stays := p.shapes[g.ID]
		switch {
		case slices.Contains(made, g.ID):
			e.Made = append(e.Made, g)
		case slices.Contains(p.retired, g.ID):
			e.Retired = append(e.Retired, g.Code)
		case stays && p.touched[g.ID]:
			e.Touched = append(e.Touched, g.Code)
		case stays || p.members[g.ID] != nil || slices.Contains(changed, g.ID):
			e.Changed = append(e.Changed, g)
		}
	}
	slices.Sort(e.Touched)
	slices.Sort(e.Retired)
	slices.SortFunc(e.Made, func(a, b grid.Grid) int { return slices.Index(made, a.ID) - slices.Index(made, b.ID) })
	return e, nil
}
