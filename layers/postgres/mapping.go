package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"wangge/geo/pgeom"
	"wangge/layers/ingest"
)

const mappingSQL = `SELECT heading, field FROM import_mapping WHERE layer = $1`

// Prepare gives the options of an import what the record knows: the city's own coordinate systems and where it lies, and how headings were understood in
// earlier imports into the layer.
func (i *Importer) Prepare(ctx context.Context, o *ingest.Options) error {
	return prepare(ctx, i.pool, o)
}

const boundsSQL = `SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e)
FROM (SELECT ST_Extent(geom) AS e FROM region WHERE valid_to IS NULL AND kind = 'county') x WHERE e IS NOT NULL`

func prepare(ctx context.Context, q querier, o *ingest.Options) (err error) {
	if o.Local, err = LocalSystems(ctx, q); err != nil {
		return fmt.Errorf("the city's own systems: %w", err)
	}
	var near orb.Bound
	switch err = q.QueryRow(ctx, boundsSQL).Scan(&near.Min[0], &near.Min[1], &near.Max[0], &near.Max[1]); {
	case errors.Is(err, pgx.ErrNoRows):
	case err != nil:
		return fmt.Errorf("where the city lies: %w", err)
	default:
		o.Near = near
	}
	if o.Layer != nil && o.Layer.Whole != "" && o.Regions == nil {
		if o.Regions, err = regionsOf(ctx, q); err != nil {
			return fmt.Errorf("the regions: %w", err)
		}
	}
	if o.Layer == nil || o.Remembered != nil {
		return nil
	}
	rows, err := q.Query(ctx, mappingSQL, o.Layer.ID)
	if err != nil {
		return err
	}
	o.Remembered = map[string]string{}
	var heading, field string
	_, err = pgx.ForEachRow(rows, []any{&heading, &field}, func() error {
		o.Remembered[heading] = field
		return nil
	})
	return err
}

const wholesSQL = `SELECT code, name, ST_AsEWKB(geom) FROM region WHERE valid_to IS NULL AND geom IS NOT NULL ORDER BY code`

// regionsOf reads the regions in force with their outlines.
func regionsOf(ctx context.Context, q querier) (*ingest.Regions, error) {
	rows, err := q.Query(ctx, wholesSQL)
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r ingest.Region, err error) {
		var shape []byte
		if err = row.Scan(&r.Code, &r.Name, &shape); err == nil {
			r.Shape, err = pgeom.Decode(shape)
		}
		return r, err
	})
	return ingest.NewRegions(list), err
}

const rememberSQL = `INSERT INTO import_mapping (layer, heading, field) SELECT $1, h, f FROM unnest($2::text[], $3::text[]) x (h, f)
ON CONFLICT (layer, heading) DO UPDATE SET field = excluded.field, used_at = now()`

// maxRemembered bounds how much of a heading is remembered, in bytes.
const maxRemembered = 200

// remember keeps what somebody said of the columns, for the next file of the kind.
func (r *run) remember(ctx context.Context) error {
	o := r.job.Options
	if o.Layer == nil || len(o.Maps) == 0 {
		return nil
	}
	var headings, fields []string
	seen := map[string]bool{}
	for _, a := range o.Maps {
		h := ingest.Heading(a.Value)
		if seen[h] || len(h) > maxRemembered || strings.TrimSpace(h) == "" {
			continue
		}
		seen[h] = true
		headings, fields = append(headings, h), append(fields, a.Field)
	}
	_, err := r.tx.Exec(ctx, rememberSQL, o.Layer.ID, headings, fields)
	return err
}
