package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/geo/pgeom"
	"wangge/grid"
	"wangge/grid/lattice"
	"wangge/grid/rights"
)

// GridRef names a grid as a caller read it.
type GridRef struct {
	Scheme, Code string
	Revision     int64 // that the caller read; 0 for any
}

// Edited tells what an edit did.
type Edited struct {
	ID            int64
	Kind          grid.EditKind
	Scheme        string
	Made, Changed []grid.Grid // changed: redrawn, or given other members; those of nets made of the scheme too
	Retired       []string    // codes of the scheme
	Touched       []string    // codes of the scheme: those whose borders only got vertices
	FeaturesMoved int         // that lie in other grids than before
	DutiesMoved   int         // that went on to successors, or ended
	Rows          []grid.Grid // all grids that were written, as they are now
}

// desk is one edit at work: the locked schemes, the grid that is addressed, and those around it.
type desk struct {
	*Tx
	scheme  grid.Scheme
	schemes map[string]grid.Scheme
	target  grid.Grid            // zero where none is addressed
	near    map[int64]*grid.Grid // current grids of the scheme that may be concerned, the target too; locked
}

const (
	// lockSchemesSQL lets one edit of nets happen at a time: whoever waits here then sees what the one before did.
	lockSchemesSQL = ` ORDER BY id FOR NO KEY UPDATE`

	addressedSQL = ` WHERE g.scheme = $1 AND g.code = $2`
	nearSQL      = ` WHERE g.scheme = $1 AND g.valid_to IS NULL AND (g.geom && ST_MakeEnvelope($2, $3, $4, $5, 4490) OR g.id = ANY ($6)) ORDER BY g.id FOR UPDATE OF g`
	byCodesSQL   = ` WHERE g.scheme = $1 AND g.code = ANY ($2) ORDER BY g.id`
	byIDsSQL     = ` WHERE g.id = ANY ($1) ORDER BY g.id`
)

// open takes the schemes for this edit and finds the one to be edited.
func (t *Tx) open(ctx context.Context, scheme string) (*desk, error) {
	all, err := query(ctx, t.tx, schemesSQL+lockSchemesSQL, nil, readScheme)
	if err != nil {
		return nil, err
	}
	d := &desk{Tx: t, schemes: map[string]grid.Scheme{}, near: map[int64]*grid.Grid{}}
	for _, s := range all {
		d.schemes[s.Code] = s
	}
	var ok bool
	if d.scheme, ok = d.schemes[scheme]; !ok {
		return nil, fmt.Errorf("%w: %s", ErrNoScheme, scheme)
	}
	return d, nil
}

// address opens a desk with a grid on it, and everything around. ErrNotFound, ErrStale, grid.ErrRetired, or what package rights says.
func (t *Tx) address(ctx context.Context, ref GridRef) (*desk, error) {
	d, err := t.open(ctx, ref.Scheme)
	if err != nil {
		return nil, err
	}
	found, err := query(ctx, t.tx, gridsSQL+addressedSQL, []any{ref.Scheme, ref.Code}, readGrid)
	switch {
	case err != nil:
		return nil, err
	case len(found) == 0:
		return nil, fmt.Errorf("%w: grid %s %s", ErrNotFound, ref.Scheme, ref.Code)
	}
	d.target = found[0]
	if err := d.may(d.target.Region); err != nil {
		return nil, err
	}
	if err := d.lockNear(ctx, d.target.Shape.Bound(), d.target.ID); err != nil {
		return nil, err
	}
	locked := d.near[d.target.ID]
	switch {
	case ref.Revision != 0 && (locked == nil || locked.Revision != ref.Revision):
		return nil, fmt.Errorf("%w: grid %s", ErrStale, ref.Code)
	case locked == nil:
		return nil, fmt.Errorf("%w: %s", grid.ErrRetired, ref.Code)
	}
	d.target = *locked
	return d, nil
}

// may asks whether the caller may edit grids in a region.
func (d *desk) may(region string) error {
	return d.Caller.Actor.May(rights.EditGrid, rights.Place{Region: region})
}

// lockNear reads and locks the current grids whose boxes meet a bound, and some named ones, in the order of their numbers.
func (d *desk) lockNear(ctx context.Context, b orb.Bound, ids ...int64) error {
	if ids == nil {
		ids = []int64{}
	}
	found, err := query(ctx, d.tx, gridsSQL+nearSQL, []any{d.scheme.Code, b.Min[0], b.Min[1], b.Max[0], b.Max[1], ids}, readGrid)
	for i := range found {
		d.near[found[i].ID] = &found[i]
	}
	return err
}

// others are the cells around some grids, for package lattice.
func (d *desk) others(but ...int64) []lattice.Cell {
	var out []lattice.Cell
	for _, id := range slices.Sorted(maps.Keys(d.near)) {
		if !slices.Contains(but, id) {
			out = append(out, cellOf(d.near[id]))
		}
	}
	return out
}

func cellOf(g *grid.Grid) lattice.Cell {
	return lattice.Cell{ID: g.ID, Code: g.Code, Region: g.Region, Shape: g.Shape}
}

// ofMembers tells whether the grids of the scheme are made of those of another.
func (d *desk) ofMembers() bool { return d.scheme.MadeOf != "" }

// SplitGrid cuts a grid in two or more along a line. A grid that is made of others is cut along their borders: each member goes where its middle
// lies.
func (t *Tx) SplitGrid(ctx context.Context, ref GridRef, line orb.LineString, note string) (Edited, error) {
	d, err := t.address(ctx, ref)
	if err != nil {
		return Edited{}, err
	}
	p := d.plan(grid.EditSplit, note)
	var near []lattice.Cell
	if !d.ofMembers() || len(d.target.Members) == 0 {
		near = d.others(d.target.ID)
	}
	change, err := lattice.Split(cellOf(&d.target), line, near)
	if err != nil {
		return Edited{}, err
	}
	p.retired = []int64{d.target.ID}
	if near == nil && d.ofMembers() && len(d.target.Members) > 0 {
		if p.made, err = d.deal(ctx, change.Made); err != nil {
			return Edited{}, err
		}
		return d.apply(ctx, p)
	}
	p.take(change)
	for i, shape := range change.Made {
		p.made = append(p.made, newGrid{shape: shape, from: p.retired})
		if i == 0 {
			p.made[0].name = d.target.Name
		}
	}
	return d.apply(ctx, p)
}

// deal gives the members of the target to parts of its ground. lattice.ErrCut where all go to one.
func (d *desk) deal(ctx context.Context, parts []orb.MultiPolygon) ([]newGrid, error) {
	members, err := d.byIDs(ctx, d.target.Members)
	if err != nil {
		return nil, err
	}
	made := make([]newGrid, len(parts))
	for _, m := range members {
		if i := holds(parts, m.Shape); i >= 0 {
			made[i].members = append(made[i].members, m.ID)
		}
	}
	made = slices.DeleteFunc(made, func(n newGrid) bool { return len(n.members) == 0 })
	if len(made) < 2 {
		return nil, fmt.Errorf("%w: no member lies beyond the line", lattice.ErrCut)
	}
	for i := range made {
		made[i].from, made[i].shape = []int64{d.target.ID}, dissolve(members, made[i].members)
	}
	made[0].name = d.target.Name
	return made, nil
}

// MergeGrids makes one grid of several that lie side by side. The new one has the given name, or that of the addressed grid.
func (t *Tx) MergeGrids(ctx context.Context, ref GridRef, with []string, name, note string) (Edited, error) {
	d, err := t.address(ctx, ref)
	if err != nil {
		return Edited{}, err
	}
	all, err := d.gather(ctx, with)
	if err != nil {
		return Edited{}, err
	}
	if err := d.lockAround(ctx, all); err != nil {
		return Edited{}, err
	}
	p := d.plan(grid.EditMerge, note)
	one := newGrid{name: cmp.Or(name, d.target.Name)}
	var cells []lattice.Cell
	for _, g := range all {
		if err := d.may(g.Region); err != nil {
			return Edited{}, err
		}
		cells = append(cells, cellOf(g))
		one.from = append(one.from, g.ID)
		one.members = append(one.members, g.Members...)
	}
	if err := d.sameDivision(all); err != nil {
		return Edited{}, err
	}
	change, err := lattice.Merge(cells, d.others(one.from...))
	if err != nil {
		return Edited{}, err
	}
	p.take(change)
	p.retired, one.shape = one.from, change.Made[0]
	slices.Sort(one.members)
	one.members = slices.Compact(one.members)
	p.made = []newGrid{one}
	return d.apply(ctx, p)
}

// gather finds the target and the grids with the given codes, the target first. All must be in force.
func (d *desk) gather(ctx context.Context, codes []string) ([]*grid.Grid, error) {
	found, err := query(ctx, d.tx, gridsSQL+byCodesSQL, []any{d.scheme.Code, codes}, readGrid)
	if err != nil {
		return nil, err
	}
	all := []*grid.Grid{&d.target}
	for _, code := range codes {
		i := slices.IndexFunc(found, func(g grid.Grid) bool { return g.Code == code })
		switch {
		case i < 0:
			return nil, fmt.Errorf("%w: grid %s %s", ErrNotFound, d.scheme.Code, code)
		case found[i].Term.To != 0:
			return nil, fmt.Errorf("%w: %s", grid.ErrRetired, code)
		case slices.ContainsFunc(all, func(g *grid.Grid) bool { return g.ID == found[i].ID }):
			continue
		}
		all = append(all, &found[i])
	}
	return all, nil
}

// lockAround locks some grids and all around them.
func (d *desk) lockAround(ctx context.Context, all []*grid.Grid) error {
	b := all[0].Shape.Bound()
	var ids []int64
	for _, g := range all {
		b = b.Union(g.Shape.Bound())
		ids = append(ids, g.ID)
	}
	return d.lockNear(ctx, b, ids...)
}

// sameDivision refuses grids whose codes name different divisions.
func (d *desk) sameDivision(all []*grid.Grid) error {
	if !d.scheme.Pattern.NamesDivisions() {
		return nil
	}
	first, err := d.scheme.Pattern.Parse(all[0].Code)
	if err != nil {
		return nil //nolint:nilerr // a foreign code names nothing
	}
	for _, g := range all[1:] {
		if c, err := d.scheme.Pattern.Parse(g.Code); err == nil && c.Region != first.Region {
			return fmt.Errorf("%w: %s and %s", grid.ErrTwoDivisions, first.Region, c.Region)
		}
	}
	return nil
}

// RetireGrid ends a grid without a successor.
func (t *Tx) RetireGrid(ctx context.Context, ref GridRef, note string) (Edited, error) {
	d, err := t.address(ctx, ref)
	if err != nil {
		return Edited{}, err
	}
	p := d.plan(grid.EditRetire, note)
	p.retired = []int64{d.target.ID}
	return d.apply(ctx, p)
}

// byIDs reads grids by their numbers.
func (d *desk) byIDs(ctx context.Context, ids []int64) ([]grid.Grid, error) {
	return query(ctx, d.tx, gridsSQL+byIDsSQL, []any{ids}, readGrid)
}

// holds is the part that holds the middle of a shape, or -1.
func holds(parts []orb.MultiPolygon, shape orb.MultiPolygon) int {
	at, ok := geo.PointInsideMulti(shape)
	if !ok {
		return -1
	}
	return slices.IndexFunc(parts, func(part orb.MultiPolygon) bool {
		return slices.ContainsFunc(part, func(p orb.Polygon) bool { return geo.Covers(p, at) })
	})
}

// dissolve is the ground of those grids that are named.
func dissolve(all []grid.Grid, ids []int64) orb.MultiPolygon {
	var shapes []orb.MultiPolygon
	for i := range all {
		if slices.Contains(ids, all[i].ID) {
			shapes = append(shapes, all[i].Shape)
		}
	}
	return lattice.Dissolve(shapes)
}

// encodeAll writes shapes for a query.
func encodeAll(shapes []orb.MultiPolygon) ([][]byte, error) {
	out := make([][]byte, len(shapes))
	for i, s := range shapes {
		var err error
		if out[i], err = encode(s); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// encode writes a shape, a single polygon as such.
func encode(shape orb.MultiPolygon) ([]byte, error) {
	if len(shape) == 1 {
		return pgeom.Encode(shape[0])
	}
	return pgeom.Encode(shape)
}

// exists turns no row into ErrNotFound.
func exists(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return ErrNotFound
	}
	return err
}
