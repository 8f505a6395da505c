package postgres

import (
	"context"
	"fmt"

	"wangge/layers/ingest"
)

// Outcome is what becomes of a row of a file.
type Outcome string

// The outcomes.
const (
	OutcomeInsert    Outcome = "insert"
	OutcomeUpdate    Outcome = "update"
	OutcomeUnchanged Outcome = "unchanged"
	OutcomeRejected  Outcome = "rejected"
	OutcomeAside     Outcome = "aside"
	OutcomeDuplicate Outcome = "duplicate"
)

// MaxRows is how many rows of each outcome are kept; counts are of all.
const MaxRows = 20_000

// RowOutcome is what became of one row of a file.
type RowOutcome struct {
	Row        int64 // in the file; 0 where a file has no rows
	Outcome    Outcome
	Code       ingest.Code // "" where nothing is to be said
	Detail     string
	Key        string
	Properties []byte // JSON
	Geometry   []byte // EWKB; nil for none
}

// tell hands on rows of what was merged, where somebody wants them.
func (r *run) tell(ctx context.Context, s *staged) error {
	if r.job.Rows == nil {
		return nil
	}
	planned := fmt.Sprintf(`SELECT coalesce(s.row_no, 0), s.source_key, '', %s, s.geom FROM %s s JOIN %s p USING (seq) WHERE `, stagedProps, s.stage(), s.plan())
	for _, one := range []struct {
		outcome Outcome
		sql     string
	}{
		{OutcomeInsert, planned + "p.is_new ORDER BY s.seq LIMIT $1"},
		{OutcomeUpdate, planned + "NOT p.is_new ORDER BY s.seq LIMIT $1"},
		{OutcomeUnchanged, fmt.Sprintf(`SELECT coalesce(s.row_no, 0), s.source_key, '', %s, s.geom FROM %s s JOIN %s k USING (seq)
WHERE NOT EXISTS (SELECT FROM %s p WHERE p.seq = s.seq) ORDER BY s.seq LIMIT $1`, stagedProps, s.stage(), s.keys(), s.plan())},
	} {
		if err := r.tellRows(ctx, one.outcome, "", one.sql, MaxRows); err != nil {
			return err
		}
	}
	return nil
}

// tellRows hands on what a statement gives: row, key, detail, properties, geometry.
func (r *run) tellRows(ctx context.Context, outcome Outcome, code ingest.Code, sql string, args ...any) error {
	if r.job.Rows == nil {
		return nil
	}
	rows, err := r.tx.Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		one := RowOutcome{Outcome: outcome, Code: code}
		if err := rows.Scan(&one.Row, &one.Key, &one.Detail, &one.Properties, &one.Geometry); err != nil {
			return err
		}
		if err := r.job.Rows(one); err != nil {
			return err
		}
	}
	return rows.Err()
}
