package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"wangge/grid"
)

// Counted is what of the inventory lies in a grid.
type Counted struct {
	Features map[string]int     // by layer
	LengthsM map[string]float64 // of lines inside the grid, by layer; footpaths are no roads
}

const (
	countsSQL = `
SELECT f.grid_id, f.layer, count(*)::int, coalesce(sum(f.inside_m) FILTER (WHERE r.class IS DISTINCT FROM 'footpath'), 0)
FROM feature_grid f LEFT JOIN road r ON f.layer = 'road' AND r.id = f.feature_id
WHERE f.grid_id = ANY ($1) GROUP BY f.grid_id, f.layer`

	// ancestorsSQL and descendantsSQL walk the lineage from a grid, the nearest first.
	ancestorsSQL = `
WITH RECURSIVE up AS (
    SELECT l.parent_id AS id, l.edit_id FROM grid_lineage l WHERE l.child_id = $1
    UNION SELECT l.parent_id, l.edit_id FROM up u JOIN grid_lineage l ON l.child_id = u.id)
SELECT id, edit_id FROM up ORDER BY edit_id DESC, id LIMIT $2`
	descendantsSQL = `
WITH RECURSIVE down AS (
    SELECT l.child_id AS id, l.edit_id FROM grid_lineage l WHERE l.parent_id = $1
    UNION SELECT l.child_id, l.edit_id FROM down d JOIN grid_lineage l ON l.parent_id = d.id)
SELECT id, edit_id FROM down ORDER BY edit_id, id LIMIT $2`
	nextOfKinSQL = `
SELECT coalesce((SELECT array_agg(DISTINCT parent_id ORDER BY parent_id) FROM grid_lineage WHERE child_id = $1), '{}'),
       coalesce((SELECT array_agg(DISTINCT child_id ORDER BY child_id) FROM grid_lineage WHERE parent_id = $1), '{}')`

	// editsSQL reads edits, the latest first, with what became of which grids in them and the edit that undid each.
	editsSQL = `
SELECT e.id, e.scheme, e.kind, coalesce(e.note, ''), coalesce(e.undoes, 0), coalesce((SELECT u.id FROM grid_edit u WHERE u.undoes = e.id), 0),
       e.on_day, e.at, e.actor,
       coalesce((SELECT array_agg(p.grid_id ORDER BY p.part, p.grid_id) FROM grid_edit_part p WHERE p.edit_id = e.id), '{}'),
       coalesce((SELECT array_agg(p.part ORDER BY p.part, p.grid_id) FROM grid_edit_part p WHERE p.edit_id = e.id), '{}')
FROM grid_edit e`
	editsOfGridSQL   = ` WHERE e.id IN (SELECT p.edit_id FROM grid_edit_part p WHERE p.grid_id = ANY ($1)) ORDER BY e.id DESC LIMIT $2`
	editsOfSchemeSQL = ` WHERE ($1 = '' OR e.scheme = $1) AND ($2 = 0::bigint OR e.id < $2) ORDER BY e.id DESC LIMIT $3`
	countEditsSQL    = `SELECT count(*)::int FROM grid_edit e WHERE $1 = '' OR e.scheme = $1`
)

// Counts tells what of the inventory lies in some grids, in one look. Grids with nothing in them are left out.
func (s *Store) Counts(ctx context.Context, grids []int64) (map[int64]Counted, error) {
	rows, err := s.pool.Query(ctx, countsSQL, grids)
	if err != nil {
		return nil, err
	}
	out := map[int64]Counted{}
	var id int64
	var layer string
	var n int
	var lengthM float64
	_, err = pgx.ForEachRow(rows, []any{&id, &layer, &n, &lengthM}, func() error {
		c, ok := out[id]
		if !ok {
			c = Counted{Features: map[string]int{}, LengthsM: map[string]float64{}}
			out[id] = c
		}
		c.Features[layer] = n
		if lengthM > 0 {
			c.LengthsM[layer] = lengthM
		}
		return nil
	})
	return out, err
}

// Kin is a grid that another comes of, or that comes of another, and the edit between.
type Kin struct{ Grid, Edit int64 }

// Lineage is what a grid comes of and what came of it, at any distance, with the edits that any of them was in.
type Lineage struct {
	Ancestors, Descendants []Kin // the nearest first
	Edits                  []Edit
}

// Edit is an edit of a net as it is remembered.
type Edit struct {
	ID       int64
	Scheme   string
	Kind     grid.EditKind
	Note     string
	Undoes   int64 // 0 for none
	UndoneBy int64 // 0 for none
	Day      grid.Day
	At       time.Time
	Actor    string
	Parts    []EditPart
}

// EditPart is what became of a grid in an edit: made, retired, redrawn, touched.
type EditPart struct {
	Grid int64
	Part string
}

// maxKin bounds a lineage: more is no answer that anybody reads.
const maxKin = 1000

// Lineage of a grid.
func (s *Store) Lineage(ctx context.Context, id int64) (l Lineage, err error) {
	err = pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if l.Ancestors, err = query(ctx, tx, ancestorsSQL, []any{id, maxKin}, pgx.RowToStructByPos[Kin]); err != nil {
			return err
		}
		if l.Descendants, err = query(ctx, tx, descendantsSQL, []any{id, maxKin}, pgx.RowToStructByPos[Kin]); err != nil {
			return err
		}
		all := []int64{id}
		for _, k := range append(l.Ancestors[:len(l.Ancestors):len(l.Ancestors)], l.Descendants...) {
			all = append(all, k.Grid)
		}
		l.Edits, err = query(ctx, tx, editsSQL+editsOfGridSQL, []any{all, maxKin}, readEdit)
		return err
	})
	return l, err
}

// NextOfKin are the grids that a grid comes of directly, and that came of it, by their numbers.
func (s *Store) NextOfKin(ctx context.Context, id int64) (parents, children []int64, err error) {
	err = s.pool.QueryRow(ctx, nextOfKinSQL, id).Scan(&parents, &children)
	return parents, children, err
}

// Edits lists edits, the latest first, from the one before a number on (0: from the latest), and counts all of them. Scheme "" is every scheme.
func (s *Store) Edits(ctx context.Context, scheme string, before int64, limit int) (edits []Edit, total int, err error) {
	err = pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if edits, err = query(ctx, tx, editsSQL+editsOfSchemeSQL, []any{scheme, before, limit}, readEdit); err != nil {
			return err
		}
		return tx.QueryRow(ctx, countEditsSQL, scheme).Scan(&total)
	})
	return edits, total, err
}

func readEdit(row pgx.CollectableRow) (e Edit, err error) {
	var day time.Time
	var grids []int64
	var parts []string
	if err := row.Scan(&e.ID, &e.Scheme, &e.Kind, &e.Note, &e.Undoes, &e.UndoneBy, &day, &e.At, &e.Actor, &grids, &parts); err != nil {
		return e, err
	}
	e.Day = grid.DayOf(day)
	for i := range grids {
		e.Parts = append(e.Parts, EditPart{grids[i], parts[i]})
	}
	return e, nil
}
