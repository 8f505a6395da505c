package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"

	"wangge/grid"
	"wangge/grid/rights"
)

// What a scheme can be refused for, besides grid.ErrPattern.
var (
	// ErrSchemeTaken: there is a scheme with that code. HTTP 409.
	ErrSchemeTaken = errors.New("there is such a scheme already")
	// ErrHasGrids: what grids depend on cannot be changed while there are some. HTTP 409.
	ErrHasGrids = errors.New("the scheme has grids")
)

const (
	insertSchemeSQL = `
INSERT INTO grid_scheme (code, title, title_en, owner_dept, extent_code, code_pattern, is_exclusive, is_complete, made_of, first_zoom, is_shown)
VALUES ($1, $2, $3, nullif($4, ''), nullif($5, ''), $6, $7, $8, nullif($9, ''), $10, $11) RETURNING id, revision`

	updateSchemeSQL = `
UPDATE grid_scheme SET title = $2, title_en = $3, owner_dept = nullif($4, ''), extent_code = nullif($5, ''), code_pattern = $6, is_exclusive = $7,
       is_complete = $8, made_of = nullif($9, ''), first_zoom = $10, is_shown = $11
WHERE code = $1 RETURNING id, revision`

	hasGridsSQL = `SELECT EXISTS (SELECT FROM grid WHERE scheme = $1)`

	refersSQL = `
SELECT $1 = '' OR EXISTS (SELECT FROM region WHERE code = $1 AND valid_to IS NULL AND geom IS NOT NULL),
       $2 = '' OR EXISTS (SELECT FROM grid_scheme WHERE code = $2), $3 = '' OR EXISTS (SELECT FROM department WHERE code = $3)`
)

// Refers tells which of the things that a scheme names there are.
type Refers struct{ Extent, MadeOf, Owner bool }

// SchemeRefers looks for what a scheme names: an area as its extent, the scheme it is made of, its department.
func (t *Tx) SchemeRefers(ctx context.Context, s grid.Scheme) (r Refers, err error) {
	return r, t.tx.QueryRow(ctx, refersSQL, s.Extent, s.MadeOf, s.Owner).Scan(&r.Extent, &r.MadeOf, &r.Owner)
}

// CreateScheme makes a scheme without grids. Errors: rights', grid.ErrPattern, ErrSchemeTaken.
func (t *Tx) CreateScheme(ctx context.Context, s grid.Scheme) (grid.Scheme, error) {
	if err := t.Caller.Actor.May(rights.EditScheme, rights.Place{Region: s.Extent}); err != nil {
		return s, err
	}
	err := t.putScheme(ctx, insertSchemeSQL, &s)
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == uniqueViolation {
		return s, fmt.Errorf("%w: %s", ErrSchemeTaken, s.Code)
	}
	return s, err
}

// Scheme reads a scheme and holds it until the transaction ends. ErrNotFound, ErrStale where it is not of a revision; 0 is any.
func (t *Tx) Scheme(ctx context.Context, code string, revision int64) (grid.Scheme, error) {
	found, err := query(ctx, t.tx, schemesSQL+` WHERE code = $1 FOR NO KEY UPDATE`, []any{code}, readScheme)
	switch {
	case err != nil:
		return grid.Scheme{}, err
	case len(found) == 0:
		return grid.Scheme{}, fmt.Errorf("%w: scheme %s", ErrNotFound, code)
	case revision != 0 && revision != found[0].Revision:
		return grid.Scheme{}, fmt.Errorf("%w: scheme %s", ErrStale, code)
	}
	return found[0], nil
}

// ChangeScheme writes a scheme that Scheme read. What it is made of and whether it is exclusive stays as it is while it has
// grids; grids keep the codes they have when the pattern changes.
func (t *Tx) ChangeScheme(ctx context.Context, was, s grid.Scheme) (grid.Scheme, error) {
	for _, extent := range []string{was.Extent, s.Extent} {
		if err := t.Caller.Actor.May(rights.EditScheme, rights.Place{Region: extent}); err != nil {
			return s, err
		}
	}
	var hasGrids bool
	if err := t.tx.QueryRow(ctx, hasGridsSQL, s.Code).Scan(&hasGrids); err != nil {
		return s, err
	}
	if hasGrids && (was.MadeOf != s.MadeOf || was.Exclusive != s.Exclusive) {
		return s, ErrHasGrids
	}
	return s, t.putScheme(ctx, updateSchemeSQL, &s)
}

func (t *Tx) putScheme(ctx context.Context, sql string, s *grid.Scheme) error {
	if err := s.Pattern.Validate(); err != nil {
		return err
	}
	pattern, err := json.Marshal(s.Pattern)
	if err != nil {
		return err
	}
	args := []any{s.Code, s.Title, s.TitleEn, s.Owner, s.Extent, string(pattern), s.Exclusive, s.Complete, s.MadeOf, s.FirstZoom, s.Shown}
	return t.tx.QueryRow(ctx, sql, args...).Scan(&s.ID, &s.Revision)
}

const describeGridSQL = `
UPDATE grid SET name = nullif($2, ''), land_use = nullif($3, ''), level = nullif($4, '') WHERE id = $1
RETURNING revision`

// DescribeGrid changes the name, use and level of a grid: describe gets the grid as it is and changes what is to be changed.
func (t *Tx) DescribeGrid(ctx context.Context, ref GridRef, describe func(*grid.Grid)) (grid.Grid, error) {
	found, err := query(ctx, t.tx, gridsSQL+addressedSQL+` FOR UPDATE OF g`, []any{ref.Scheme, ref.Code}, readGrid)
	if err != nil {
		return grid.Grid{}, err
	}
	if len(found) == 0 {
		return grid.Grid{}, fmt.Errorf("%w: grid %s %s", ErrNotFound, ref.Scheme, ref.Code)
	}
	g := found[0]
	switch err := t.Caller.Actor.May(rights.EditGrid, rights.Place{Region: g.Region}); {
	case err != nil:
		return g, err
	case ref.Revision != 0 && ref.Revision != g.Revision:
		return g, fmt.Errorf("%w: grid %s", ErrStale, g.Code)
	case g.Term.To != 0:
		return g, fmt.Errorf("%w: %s", grid.ErrRetired, g.Code)
	}
	describe(&g)
	err = t.tx.QueryRow(ctx, describeGridSQL, g.ID, g.Name, g.LandUse, g.Level).Scan(&g.Revision)
	return g, err
}
