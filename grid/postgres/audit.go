package postgres

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"
)

// Change is a line of the change log.
type Change struct {
	ID        int64
	At        time.Time
	Actor     string
	Op        string
	Entity    string
	EntityID  *int64
	RequestID *string
	Before    json.RawMessage // the row as it was, without personal data and without its shape; nil where there was none
}

// LogFilter says which lines of a log are wanted: the newest first. Empty fields are for all.
type LogFilter struct {
	Entities []string // of the change log
	EntityID int64
	Op       string // of the change log
	Action   string // of the access log
	Actor    string
	From, To time.Time // To is not in it
	Before   int64     // the id of the last line of the page before
	Limit    int
}

// maxCounted bounds how many lines are counted.
const maxCounted = 100_000

// The shape of a row is left out of what it was: one of a region would outweigh the page. Former shapes of grids are in grid_past.
const (
	changesWhereSQL = `
FROM change WHERE ($1::text[] IS NULL OR entity = ANY ($1)) AND ($2::bigint = 0 OR entity_id = $2) AND ($3 = '' OR op = $3) AND ($4 = '' OR actor = $4)
  AND ($5::timestamptz IS NULL OR at >= $5) AND ($6::timestamptz IS NULL OR at < $6)`

	changesSQL = `SELECT id, at, coalesce(actor, ''), op, entity, entity_id, request_id, before - 'geom'` + changesWhereSQL +
		` AND ($7::bigint = 0 OR id < $7) ORDER BY id DESC LIMIT $8`

	countChangesSQL = `SELECT count(*) FROM (SELECT` + changesWhereSQL + ` LIMIT $7) c`
)

func (f LogFilter) changes() []any {
	return []any{f.Entities, f.EntityID, f.Op, f.Actor, orNone(f.From), orNone(f.To)}
}

func orNone(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// Changes reads the change log. total counts no more than 100,000 lines.
func (s *Store) Changes(ctx context.Context, f LogFilter) (list []Change, total int, err error) {
	list, err = collect(ctx, s, changesSQL, append(f.changes(), f.Before, f.Limit), func(row pgx.CollectableRow) (c Change, err error) {
		err = row.Scan(&c.ID, &c.At, &c.Actor, &c.Op, &c.Entity, &c.EntityID, &c.RequestID, &c.Before)
		return c, err
	})
	if err != nil {
		return nil, 0, err
	}
	return list, total, interpret(s.pool.QueryRow(ctx, countChangesSQL, append(f.changes(), maxCounted)...).Scan(&total))
}

// Access is a line of the access log.
type Access struct {
	ID        int64
	At        time.Time
	Actor     string
	Action    string
	Entity    *string
	EntityID  *int64
	Detail    json.RawMessage
	Remote    *string
	RequestID *string
}

const (
	accessesWhereSQL = `
FROM access_log WHERE ($1 = '' OR action = $1) AND ($2 = '' OR actor = $2)
  AND ($3::timestamptz IS NULL OR at >= $3) AND ($4::timestamptz IS NULL OR at < $4)`

	accessesSQL = `SELECT id, at, actor, action, entity, entity_id, detail, remote, request_id` + accessesWhereSQL +
		` AND ($5::bigint = 0 OR id < $5) ORDER BY id DESC LIMIT $6`

	countAccessesSQL = `SELECT count(*) FROM (SELECT` + accessesWhereSQL + ` LIMIT $5) a`
)

func (f LogFilter) accesses() []any {
	return []any{f.Action, f.Actor, orNone(f.From), orNone(f.To)}
}

// Accesses reads the access log. total counts no more than 100,000 lines.
func (s *Store) Accesses(ctx context.Context, f LogFilter) (list []Access, total int, err error) {
	list, err = collect(ctx, s, accessesSQL, append(f.accesses(), f.Before, f.Limit), func(row pgx.CollectableRow) (a Access, err error) {
		err = row.Scan(&a.ID, &a.At, &a.Actor, &a.Action, &a.Entity, &a.EntityID, &a.Detail, &a.Remote, &a.RequestID)
		return a, err
	})
	if err != nil {
		return nil, 0, err
	}
	return list, total, interpret(s.pool.QueryRow(ctx, countAccessesSQL, append(f.accesses(), maxCounted)...).Scan(&total))
}

// collect reads all rows of a query.
func collect[T any](ctx context.Context, s *Store, sql string, args []any, read pgx.RowToFunc[T]) ([]T, error) {
	rows, err := s.pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, interpret(err)
	}
	list, err := pgx.CollectRows(rows, read)
	return list, interpret(err)
}
