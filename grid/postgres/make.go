package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"

	"wangge/geo/pgeom"
	"wangge/grid"
)

// Why no grids were made; grid.ErrArea, ErrTooLarge, ErrCode, ErrPattern and ErrSequence are others.
var (
	// ErrNoScheme: there is no such scheme.
	ErrNoScheme = errors.New("no such scheme")
	// ErrTaken: grids of the scheme lie over the area already.
	ErrTaken = errors.New("the area has grids of this scheme already")
	// ErrUnknownRegion: there is no such region in force, or it has no shape.
	ErrUnknownRegion = errors.New("no such region with a shape")
)

// Made tells what Make wrote.
type Made struct {
	Grids       int
	First, Last string // codes
	AreaM2      float64
	Revision    uint64 // of the writing transaction
}

const (
	// lockSchemeSQL keeps others from laying grids of the scheme meanwhile.
	lockSchemeSQL = `SELECT code_pattern::text FROM grid_scheme WHERE code = $1 FOR UPDATE`

	// takenSQL finds a grid that covers some of the area, more than a border's width.
	takenSQL = `
SELECT g.code FROM grid g, ST_GeomFromEWKB($2) area
WHERE g.scheme = $1 AND g.valid_to IS NULL AND ST_Intersects(g.geom, area)
  AND ST_Area(ST_CollectionExtract(ST_Intersection(g.geom, area), 3)::geography) > 1
ORDER BY g.code LIMIT 1`

	// lastCodeSQL is the highest code that was ever given with some beginning and length.
	lastCodeSQL = `
SELECT max(code) FROM code_registry
WHERE entity = 'grid' AND code_scheme = $1 AND starts_with(code, $2) AND length(code) = $3`

	insertGridsSQL = `
INSERT INTO grid (scheme, code, valid_from, geom)
SELECT $1, g.code, current_date, ST_GeomFromEWKB(g.shape)
FROM unnest($2::text[], $3::bytea[]) WITH ORDINALITY g (code, shape, nth) ORDER BY nth`

	madeSQL = `
SELECT coalesce(sum(area_m2), 0), pg_current_xact_id()::text FROM grid WHERE scheme = $1 AND code = ANY ($2)`

	shapeOfSQL = `SELECT ST_AsEWKB(geom) FROM region WHERE code = $1 AND valid_to IS NULL AND geom IS NOT NULL`
)

// Shape is the area of a region in force, or ErrUnknownRegion.
func Shape(ctx context.Context, pool *pgxpool.Pool, code string) (orb.MultiPolygon, error) {
	var b []byte
	err := pool.QueryRow(ctx, shapeOfSQL, code).Scan(&b)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, fmt.Errorf("%w: %s", ErrUnknownRegion, code)
	}
	if err != nil {
		return nil, err
	}
	return area(b)
}

// Make lays grids of a scheme over an area that has none, in one transaction, and gives them codes in a community: the numbers after
// the last that was ever used there. Grids are about targetM2 square metres.
func Make(ctx context.Context, pool *pgxpool.Pool, scheme, community string, over orb.MultiPolygon, targetM2 float64) (Made, error) {
	cells, err := grid.Lay(over, targetM2)
	if err != nil {
		return Made{}, err
	}
	var made Made
	err = pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		codes, err := nextCodes(ctx, tx, scheme, community, len(cells))
		if err != nil {
			return err
		}
		if err := checkFree(ctx, tx, scheme, over); err != nil {
			return err
		}
		made, err = LayGrids(ctx, tx, scheme, codes, cells)
		return err
	})
	return made, err
}

// LayGrids inserts grids under codes of their own. It checks nothing.
func LayGrids(ctx context.Context, tx pgx.Tx, scheme string, codes []string, cells []orb.Polygon) (Made, error) {
	made := Made{Grids: len(cells)}
	if len(cells) == 0 || len(codes) != len(cells) {
		return Made{}, fmt.Errorf("%d codes for %d grids", len(codes), len(cells))
	}
	shapes := make([][]byte, len(cells))
	for i, c := range cells {
		b, err := pgeom.Encode(c)
		if err != nil {
			return Made{}, err
		}
		shapes[i] = b
	}
	if _, err := tx.Exec(ctx, insertGridsSQL, scheme, codes, shapes); err != nil {
		return Made{}, err
	}
	made.First, made.Last = codes[0], codes[len(codes)-1]
	var xid string
	if err := tx.QueryRow(ctx, madeSQL, scheme, codes).Scan(&made.AreaM2, &xid); err != nil {
		return Made{}, err
	}
	var err error
	made.Revision, err = strconv.ParseUint(xid, 10, 64)
	return made, err
}

// nextCodes gives the n codes after the last one used in a community, and holds the scheme's lock until the transaction ends.
func nextCodes(ctx context.Context, tx pgx.Tx, scheme, community string, n int) ([]string, error) {
	var text string
	err := tx.QueryRow(ctx, lockSchemeSQL, scheme).Scan(&text)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, fmt.Errorf("%w: %s", ErrNoScheme, scheme)
	}
	if err != nil {
		return nil, err
	}
	var pattern grid.CodePattern
	if err := json.Unmarshal([]byte(text), &pattern); err != nil {
		return nil, fmt.Errorf("%w: %w", grid.ErrPattern, err)
	}
	if err := pattern.Validate(); err != nil {
		return nil, fmt.Errorf("scheme %s: %w", scheme, err)
	}
	last, err := lastCode(ctx, tx, scheme, community, pattern)
	if err != nil {
		return nil, err
	}
	return pattern.After(community, last, n)
}

// lastCode is the highest code that was ever given in a division; "" for none.
func lastCode(ctx context.Context, tx pgx.Tx, scheme, region string, pattern grid.CodePattern) (string, error) {
	var last *string
	if err := tx.QueryRow(ctx, lastCodeSQL, scheme, region, pattern.Digits()).Scan(&last); err != nil || last == nil {
		return "", err
	}
	return *last, nil
}

func checkFree(ctx context.Context, tx pgx.Tx, scheme string, over orb.MultiPolygon) error {
	b, err := pgeom.Encode(over)
	if err != nil {
		return err
	}
	var code string
	switch err := tx.QueryRow(ctx, takenSQL, scheme, b).Scan(&code); {
	case errors.Is(err, pgx.ErrNoRows):
		return nil
	case err != nil:
		return err
	}
	return fmt.Errorf("%w: %s", ErrTaken, code)
}
