package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"wangge/layers"
)

// Difference is a feature whose region or grids are not what its geometry says.
type Difference struct {
	Layer    string `json:"layer"`
	ID       int64  `json:"id"`
	What     string `json:"what"` // region_code, or the scheme and code of a grid
	Recorded string `json:"recorded"`
	Computed string `json:"computed"`
}

// checkBatch is how many features are checked by one statement.
const checkBatch = 2000

// Checker holds what is derived against the rules it is derived by.
type Checker struct {
	pool *pgxpool.Pool
}

// NewChecker makes a checker.
func NewChecker(pool *pgxpool.Pool) *Checker { return &Checker{pool: pool} }

// checkedRegionsSQL compares the region of the features of a table (%s) from an id on with region_at, and tells the last id looked at.
const checkedRegionsSQL = `WITH part AS (SELECT id, region_code, geom FROM %s WHERE id > $1 ORDER BY id LIMIT $2)
SELECT id, coalesce(recorded, ''), coalesce(computed, '') FROM (
    SELECT id, region_code AS recorded, region_at(geom) AS computed FROM part) x
WHERE recorded IS DISTINCT FROM computed ORDER BY id`

// checkedGridsSQL compares the grids of the features of a table with grids_of. Measures may differ by what rounding may do to them: a
// millimetre, or a part in a million of an area, and no less than a square centimetre.
const checkedGridsSQL = `WITH part AS (SELECT id, geom FROM %[1]s WHERE id > $1 ORDER BY id LIMIT $2),
recorded AS (SELECT f.feature_id AS id, f.scheme, f.grid_id, f.inside_m, f.inside_m2 FROM feature_grid f
             WHERE f.layer = %[2]s AND f.feature_id IN (SELECT id FROM part)),
computed AS (SELECT p.id, g.scheme, g.grid_id, g.inside_m, g.inside_m2 FROM part p CROSS JOIN LATERAL grids_of(p.geom) g)
SELECT id, scheme || ' ' || coalesce((SELECT code FROM grid WHERE grid.id = grid_id), grid_id::text),
       CASE WHEN r.id IS NULL THEN '' ELSE coalesce(r.inside_m::text, r.inside_m2::text, 'inside') END, CASE WHEN c.id IS NULL THEN '' ELSE coalesce(c.inside_m::text, c.inside_m2::text, 'inside') END
FROM recorded r FULL JOIN computed c USING (id, scheme, grid_id)
WHERE r.id IS NULL OR c.id IS NULL
   OR (r.inside_m IS NULL) <> (c.inside_m IS NULL) OR abs(r.inside_m - c.inside_m) > 0.001
   OR (r.inside_m2 IS NULL) <> (c.inside_m2 IS NULL) OR abs(r.inside_m2 - c.inside_m2) > greatest(0.0001, 1e-6 * c.inside_m2)
ORDER BY 1, 2`

const (
	lastOfPartSQL = `SELECT max(id), count(*) FROM (SELECT id FROM %s WHERE id > $1 ORDER BY id LIMIT $2) x`
	orphansSQL    = `SELECT feature_id, scheme || ' ' || grid_id, '', '' FROM feature_grid f WHERE layer = $1 AND NOT EXISTS (SELECT FROM %s t WHERE t.id = f.feature_id) LIMIT 1000`
	countSQL      = `SELECT count(*) FROM %s`
)

// Check looks at all features, a part at a time, in one snapshot of the record. found is called for each difference; progress, if any, is told
// how far it has come. It tells how many features it looked at.
func (c *Checker) Check(ctx context.Context, found func(Difference) error, progress func(stage string, done, total int64)) (checked int64, err error) {
	if progress == nil {
		progress = func(string, int64, int64) {}
	}
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err = pgx.BeginTxFunc(ctx, c.pool, options, func(tx pgx.Tx) error {
		for _, l := range layers.Catalogue() {
			n, err := checkLayer(ctx, tx, newTable(l), found, progress)
			if err != nil {
				return fmt.Errorf("checking %s: %w", l.ID, err)
			}
			checked += n
		}
		n, err := checkPeople(ctx, tx, found)
		checked += n
		return err
	})
	return checked, err
}

func checkLayer(ctx context.Context, tx pgx.Tx, t *table, found func(Difference) error, progress func(string, int64, int64)) (done int64, err error) {
	var total int64
	if err := tx.QueryRow(ctx, fmt.Sprintf(countSQL, t.name())).Scan(&total); err != nil {
		return 0, err
	}
	for last := int64(-1 << 62); done < total; {
		var next *int64
		var n int64
		if err := tx.QueryRow(ctx, fmt.Sprintf(lastOfPartSQL, t.name()), last, checkBatch).Scan(&next, &n); err != nil {
			return done, err
		}
		if next == nil {
			break
		}
		if err := t.checkPart(ctx, tx, last, found); err != nil {
			return done, err
		}
		last, done = *next, done+n
		progress(t.layer.ID, done, total)
	}
	if !t.inGrids() {
		return done, nil
	}
	return done, t.differences(ctx, tx, "", found, fmt.Sprintf(orphansSQL, t.name()), t.layer.Table)
}

// checkPart checks the features after an id.
func (t *table) checkPart(ctx context.Context, tx pgx.Tx, last int64, found func(Difference) error) error {
	if err := t.differences(ctx, tx, "region_code", found, fmt.Sprintf(checkedRegionsSQL, t.name()), last, checkBatch); err != nil {
		return err
	}
	if !t.inGrids() {
		return nil
	}
	return t.differences(ctx, tx, "", found, fmt.Sprintf(checkedGridsSQL, t.name(), quoteText(t.layer.Table)), last, checkBatch)
}

// differences runs a statement that gives id, what, recorded, computed (what is said by the statement unless by the caller).
func (t *table) differences(ctx context.Context, tx pgx.Tx, what string, found func(Difference) error, sql string, args ...any) error {
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Difference, error) {
		d := Difference{Layer: t.layer.ID, What: what}
		if what == "" {
			return d, row.Scan(&d.ID, &d.What, &d.Recorded, &d.Computed)
		}
		return d, row.Scan(&d.ID, &d.Recorded, &d.Computed)
	})
	if err != nil {
		return err
	}
	for _, d := range all {
		if err := found(d); err != nil {
			return err
		}
	}
	return nil
}
