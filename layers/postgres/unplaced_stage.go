package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"wangge/layers/ingest"
)

const createAsideSQL = `CREATE TEMPORARY TABLE stage_unplaced (seq bigint NOT NULL, row_no bigint, layer text NOT NULL, source text NOT NULL, source_key text NOT NULL,
    name text, address text, properties jsonb NOT NULL) ON COMMIT DROP`

// Aside puts a feature without a position into the batch of what is set aside.
func (s *stager) Aside(ctx context.Context, f *ingest.Feature) error {
	for _, c := range []*Counts{s.run.stage(f.Layer).counts, &s.run.result.Counts} {
		c.Read++
		c.Aside++
	}
	s.seq++
	properties, err := json.Marshal(jsonValues(f.Values))
	if err != nil {
		return err
	}
	name, _ := f.Values["name"].(string)
	if s.aside == nil {
		s.aside = &batch{}
	}
	b := s.aside
	b.rows = append(b.rows, []any{s.seq, f.Row, f.Layer.ID, f.Source, f.SourceKey, textOrNull(name), textOrNull(f.Address), json.RawMessage(properties)})
	if b.bytes += len(properties); len(b.rows) < batchRows && b.bytes < batchBytes {
		return nil
	}
	s.aside = nil
	return s.send(ctx, b)
}

// jsonValues gives typed values as JSON has them: days without a time.
func jsonValues(values map[string]any) map[string]any {
	out := make(map[string]any, len(values))
	for name, v := range values {
		if t, is := v.(time.Time); is {
			v = t.Format(time.DateOnly)
		}
		out[name] = v
	}
	return out
}

// textOrNull gives an empty text as none.
func textOrNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// copyAside puts a batch of what is set aside into its staging table.
func (r *run) copyAside(ctx context.Context, rows [][]any) error {
	if !r.asideMade {
		if _, err := r.tx.Exec(ctx, createAsideSQL); err != nil {
			return err
		}
		r.asideMade = true
	}
	_, err := r.tx.CopyFrom(ctx, pgx.Identifier{"stage_unplaced"}, []string{"seq", "row_no", "layer", "source", "source_key", "name", "address", "properties"}, pgx.CopyFromRows(rows))
	return err
}

// mergeAsideSQL keeps what is set aside. What somebody has decided about stays as it is; what has been put on the map by another import is no more looked for.
const mergeAsideSQL = `INSERT INTO unplaced (layer, source, source_key, name, address, properties, updated_by)
SELECT DISTINCT ON (layer, source, source_key) layer, source, source_key, name, address, properties, $1
FROM stage_unplaced ORDER BY layer, source, source_key, seq
ON CONFLICT (layer, source, source_key) DO UPDATE SET name = excluded.name, address = excluded.address, properties = excluded.properties, updated_by = excluded.updated_by
WHERE unplaced.state = 'open' AND (unplaced.name, unplaced.address, unplaced.properties) IS DISTINCT FROM (excluded.name, excluded.address, excluded.properties)`

const asideRowsSQL = `SELECT coalesce(row_no, 0), source_key, coalesce(address, name, ''), properties, NULL::bytea FROM stage_unplaced ORDER BY seq LIMIT $1`

// mergeAside keeps what is set aside, and takes out of it what this import has found a place for.
func (r *run) mergeAside(ctx context.Context) error {
	for _, s := range r.stages {
		if !s.created {
			continue
		}
		if err := r.exec(ctx, fmt.Sprintf(`UPDATE unplaced u SET state = 'placed', feature_id = o.id FROM %s s JOIN %s o ON (o.source, o.source_key) = (s.source, s.source_key)
WHERE u.state = 'open' AND u.layer = %s AND (u.source, u.source_key) = (s.source, s.source_key)`, s.stage(), s.name(), quoteText(s.layer.ID))); err != nil {
			return err
		}
	}
	if !r.asideMade {
		return nil
	}
	if _, err := r.tx.Exec(ctx, mergeAsideSQL, r.job.Actor); err != nil {
		return err
	}
	return r.tellRows(ctx, OutcomeAside, ingest.Unplaced, asideRowsSQL, MaxRows)
}
