package postgres

import (
	"context"
	"errors"
	"fmt"

	"wangge/layers"
)

// Restore makes a feature what a version of it was, as a write of its own. One that was deleted is made again under its number and code, which
// revived tells; then match must be 0. What the record has held it may hold again: neither place nor shift is doubted, but values are checked and the caller
// must be allowed there. Where the version had no code or source yet, those that the feature got later stay. Its errors are those of Update and
// Insert, and ErrNotFound where there is no such version.
func Restore(ctx context.Context, q querier, l *layers.Layer, id, match, version int64, may Authorize) (out Written, revived bool, err error) {
	if !Writable(l) {
		return Written{}, false, ErrFixed
	}
	then, err := readState(ctx, q, l, fmt.Sprintf(versionSourceSQL, quoted(l.Table), quoteText(l.Table), 2), id, version)
	if err != nil {
		return Written{}, false, fmt.Errorf("version %d: %w", version, err)
	}
	d := Draft{Values: map[string]any{}, Geometry: then.geometry, NewArea: true, Shifted: true}
	for _, f := range l.Columns() {
		if f.Writable() && (then.values[f.Name] != nil || !isIdentity(f.Name)) {
			d.Values[f.Name] = then.values[f.Name]
		}
	}
	out, err = Update(ctx, q, l, id, match, d, may)
	if !errors.Is(err, ErrNotFound) {
		return out, false, err
	}
	if match != 0 {
		return Written{}, false, fmt.Errorf("%s %d was deleted: %w", l.ID, id, ErrStale)
	}
	out, err = revive(ctx, q, l, id, d, may)
	return out, true, err
}

const (
	// lastSourceSQL is a FROM item with the row that was deleted last.
	lastSourceSQL = `(SELECT p.* FROM (SELECT (SELECT column_defaults(%[2]s)) || h.before AS state FROM change h
    WHERE h.entity = %[2]s AND h.entity_id = $1 ORDER BY h.id DESC LIMIT 1) v CROSS JOIN LATERAL jsonb_populate_record(NULL::%[1]s, v.state) p WHERE v.state IS NOT NULL) f`
	// reviveSQL says which revision the next rows come after; see touch_row.
	reviveSQL = `SELECT set_config('wangge.revived', $1, true)`
)

// revive makes a deleted feature again. Its revision goes on from the deletion, which counts as one.
func revive(ctx context.Context, q querier, l *layers.Layer, id int64, d Draft, may Authorize) (Written, error) {
	last, err := readState(ctx, q, l, fmt.Sprintf(lastSourceSQL, quoted(l.Table), quoteText(l.Table)), id)
	if err != nil {
		return Written{}, err
	}
	if err := may(last.place()); err != nil {
		return Written{}, err
	}
	for _, pair := range [][2]string{{"code", "code_scheme"}, {"source", "source_key"}} {
		if d.Values[pair[0]] == nil {
			d.Values[pair[0]], d.Values[pair[1]] = last.values[pair[0]], last.values[pair[1]]
		}
	}
	d.ID = id
	if _, err := q.Exec(ctx, reviveSQL, fmt.Sprint(last.revision+1)); err != nil {
		return Written{}, err
	}
	out, err := Insert(ctx, q, l, d, may)
	if err != nil {
		return Written{}, err
	}
	_, err = q.Exec(ctx, reviveSQL, "")
	return out, err
}
