package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"wangge/layers"
)

// The history of one feature is what the change log has of its number, whether the feature is still there or not. A version is named by
// the revision that the row had: 1, 2, 3 …; a deletion is the version after the last, of which there is nothing to see. A feature that
// is brought back goes on counting from there. (Who brings one back by hand under its old number begins again at 1: then a number names the later of two.)

// Version is one entry of a history.
type Version struct {
	Number    int64
	Op        string // insert, update or delete
	At        time.Time
	Actor     string
	RequestID *string
	Changes   []FieldChange // of an update
	// MovedM is how far an update moved the shape, in metres: the longest way from a vertex of one of the two shapes to the other. nil where it stayed.
	MovedM *float64
}

// FieldChange is what became of a column, as the JSON of the record.
type FieldChange struct {
	Field         *layers.Field
	Before, After json.RawMessage
}

// History is a page of versions, the newest first.
type History struct {
	Versions []Version
	Next     int64 // what the next page goes on from; 0 at the end
	Total    int64
}

// state is a row as JSON.
type state map[string]json.RawMessage

func (s state) revision() (n int64) {
	_ = json.Unmarshal(s["revision"], &n) // it is a number: the column is one
	return n
}

// of tells whether the row was one of the layer.
func (s state) of(l *layers.Layer) bool {
	if l.Only == nil {
		return true
	}
	var value string
	return json.Unmarshal(s[l.Only.Column], &value) == nil && value == l.Only.Value
}

// %[1]s is a layer's table, %[2]s its name as a constant.
const (
	nowSQL      = `SELECT to_jsonb(t) FROM %[1]s t WHERE t.id = $1`
	versionsSQL = `SELECT h.id, h.op, h.at, coalesce(h.actor, ''), h.request_id, (SELECT column_defaults(%[2]s)) || h.before
FROM change h WHERE h.entity = %[2]s AND h.entity_id = $1 AND h.id <= $2 ORDER BY h.id DESC LIMIT $3`
	versionCountSQL = `SELECT count(*) FROM change h WHERE h.entity = %[2]s AND h.entity_id = $1`
)

// stateSQL finds the row with the number $1 that had the revision in the parameter %[3]d, the latest one if there are several: the row itself, or
// what a later change found.
const stateSQL = `SELECT x.state FROM (
    SELECT to_jsonb(t) AS state, 9223372036854775807 AS id FROM %[1]s t WHERE t.id = $1
    UNION ALL SELECT (SELECT column_defaults(%[2]s)) || h.before, h.id FROM change h WHERE h.entity = %[2]s AND h.entity_id = $1 AND h.before IS NOT NULL) x
WHERE (x.state ->> 'revision')::bigint = $%[3]d ORDER BY x.id DESC LIMIT 1`

func about(sql string, l *layers.Layer) string {
	return fmt.Sprintf(sql, quoted(l.Table), quoteText(l.Table))
}

// change is a row of the log, with what it found.
type change struct {
	id        int64
	op        string
	at        time.Time
	actor     string
	requestID *string
	before    state
}

// History reads a page of the versions of a feature: from (Next of the page before, 0 for the first), at most limit, with internal fields or without.
// Its errors are ErrNotFound where there never was such a feature, ErrUnavailable, and those of the context.
func (r *Reader) History(ctx context.Context, l *layers.Layer, id, from int64, limit int, internal bool) (History, error) {
	var page History
	err := pgx.BeginTxFunc(ctx, r.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		now, err := stateOf(ctx, tx, about(nowSQL, l), id)
		if err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, about(versionCountSQL, l), id).Scan(&page.Total); err != nil {
			return err
		}
		if page.Total == 0 && now == nil {
			return pgx.ErrNoRows
		}
		return page.read(ctx, tx, l, id, from, limit, now, internal)
	})
	if err != nil {
		return History{}, fmt.Errorf("history of %s %d: %w", l.ID, id, interpret(err))
	}
	return page, nil
}

// read pairs every change with what the next one found: that is what it left. The row that from names was on the page before, and is read for that.
func (p *History) read(ctx context.Context, tx pgx.Tx, l *layers.Layer, id, from int64, limit int, after state, internal bool) error {
	first, extra := from, 1
	if from == 0 {
		first, extra = math.MaxInt64, 0
	}
	rows, err := tx.Query(ctx, about(versionsSQL, l), id, first, limit+extra+1)
	if err != nil {
		return err
	}
	seen, last := after != nil && after.of(l), int64(0)
	var c change
	_, err = pgx.ForEachRow(rows, []any{&c.id, &c.op, &c.at, &c.actor, &c.requestID, &c.before}, func() error {
		seen = seen || c.before.of(l) && c.before != nil
		switch {
		case c.id == from:
		case len(p.Versions) == limit:
			p.Next = last
		default:
			p.Versions, last = append(p.Versions, versionOf(l, c, after, internal)), c.id
		}
		after, c.before = c.before, nil
		return nil
	})
	if err == nil && !seen {
		return pgx.ErrNoRows // the number is another layer's
	}
	return err
}

// versionOf tells what a change did; after is the row that it left.
func versionOf(l *layers.Layer, c change, after state, internal bool) Version {
	v := Version{Op: c.op, At: c.at, Actor: c.actor, RequestID: c.requestID}
	switch c.op {
	case "delete":
		v.Number = c.before.revision() + 1
	case "update":
		v.Changes = changesOf(l, c.before, after, internal)
		v.MovedM = movedM(c.before["geom"], after["geom"])
		fallthrough
	default:
		v.Number = after.revision()
	}
	return v
}

// stateOf reads one row as JSON; nil where there is none.
func stateOf(ctx context.Context, q querier, sql string, args ...any) (state, error) {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[state])
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

// Comparison is what two versions of a feature differ in.
type Comparison struct {
	Changes       []FieldChange
	Before, After json.RawMessage // GeoJSON geometry; nil where the shape is the same
	MovedM        *float64
}

// Compare holds two versions of a feature against each other. Its errors are those of Version.
func (r *Reader) Compare(ctx context.Context, l *layers.Layer, id, from, to int64, internal bool) (Comparison, error) {
	var pair [2]state
	for i, n := range []int64{from, to} {
		s, err := stateOf(ctx, r.pool, fmt.Sprintf(stateSQL, quoted(l.Table), quoteText(l.Table), 2), id, n)
		if err == nil && (s == nil || !s.of(l)) {
			err = pgx.ErrNoRows
		}
		if err != nil {
			return Comparison{}, fmt.Errorf("%s %d, version %d: %w", l.ID, id, n, interpret(err))
		}
		pair[i] = s
	}
	c := Comparison{Changes: changesOf(l, pair[0], pair[1], internal), MovedM: movedM(pair[0]["geom"], pair[1]["geom"])}
	if c.MovedM != nil {
		c.Before, c.After = pair[0].shape(), pair[1].shape()
	}
	return c, nil
}

// shape is the geometry as GeoJSON has it, without the name of the reference system that the record writes beside it.
func (s state) shape() json.RawMessage {
	var g struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	}
	if json.Unmarshal(s["geom"], &g) != nil {
		return s["geom"] // the record writes nothing else
	}
	text, err := json.Marshal(g)
	if err != nil {
		return s["geom"]
	}
	return text
}

// versionSourceSQL is a FROM item with the row of stateSQL.
const versionSourceSQL = `(SELECT p.* FROM (` + stateSQL + `) v CROSS JOIN LATERAL jsonb_populate_record(NULL::%[1]s, v.state) p) f`

// Version reads a feature as a version of it was, with internal fields or without. Regions have the names of today; grids are not told, for which it
// lay in then is not kept. Its errors are those of Feature.
func (r *Reader) Version(ctx context.Context, l *layers.Layer, id, version int64, internal bool) (Feature, error) {
	at := 2
	if l.Only != nil {
		at = 3
	}
	columns := VisibleColumns(l, internal)
	from := fmt.Sprintf(versionSourceSQL, quoted(l.Table), quoteText(l.Table), at)
	f, err := readFeature(ctx, r.pool, l, columns, composeFeature(l, columns, from), id, []any{version})
	f.Grids = []GridShare{}
	return f, err
}
