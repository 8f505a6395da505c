package postgres

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"wangge/layers"
)

// Wish is what somebody wants one field of a feature to be; "object.member" names a member of an object.
type Wish struct {
	Field string
	Value any // as JSON has it; nil takes the value away
}

// Clash is a field that somebody else has changed to another value since the wisher looked.
type Clash struct {
	Wish
	Title    string // of the field, Chinese
	Base     any    // at the version that the wisher saw
	Theirs   any    // now
	By       string // who changed the field last
	At       time.Time
	Revision int64 // of the feature now
}

// Settle writes wishes that rest on a version of a feature which may be old: field by field, like a merge of three versions. What nobody else changed
// since is written, be it that the wisher did; what somebody changed to the same is as wished already; the rest are clashes, and stays as it is. seen is the revision that the
// wisher saw, or 0 for the newest. Its errors are those of Update, and layers.Faults for fields that are not there.
func Settle(ctx context.Context, q querier, l *layers.Layer, id, seen int64, wishes []Wish, may Authorize) (Written, []Clash, error) {
	w := &writing{q: q, l: l, may: may}
	values, clashes, err := w.compare(ctx, id, seen, wishes, true)
	if err != nil {
		return Written{}, nil, err
	}
	if clashes, err = w.others(ctx, id, clashes, values); err != nil {
		return Written{}, nil, err
	}
	if len(values) == 0 {
		return Written{ID: id, Revision: w.old.revision, Same: true}, clashes, nil
	}
	out, err := Update(ctx, q, l, id, w.old.revision, Draft{Values: values, Merge: true}, may)
	return out, clashes, err
}

// Differing are the wishes that are otherwise than what stands, whoever changed it, without By and At; nothing is written.
func Differing(ctx context.Context, q querier, l *layers.Layer, id, seen int64, wishes []Wish) ([]Clash, error) {
	w := &writing{q: q, l: l, may: func(Place) error { return nil }}
	_, clashes, err := w.compare(ctx, id, seen, wishes, false)
	return clashes, err
}

// compare opens a feature and tells which wishes may be written, as values, and which meet another's change. Where write is false nothing may be written:
// what differs clashes.
func (w *writing) compare(ctx context.Context, id, seen int64, wishes []Wish, write bool) (values map[string]any, clashes []Clash, err error) {
	if err := w.open(ctx, id, 0); err != nil {
		return nil, nil, err
	}
	base, err := w.baseOf(ctx, id, seen)
	if err != nil {
		return nil, nil, err
	}
	if wishes, err = typed(w.l, wishes); err != nil {
		return nil, nil, err
	}
	values = map[string]any{}
	for _, wish := range wishes {
		f, now, err := valueOf(w.l, w.old, wish.Field)
		if err != nil {
			return nil, nil, err
		}
		_, then, _ := valueOf(w.l, base, wish.Field)
		switch {
		case reflect.DeepEqual(now, wish.Value):
		case write && reflect.DeepEqual(now, then):
			wish.into(values)
		default:
			clashes = append(clashes, Clash{Wish: wish, Title: f.Title.Zh, Base: then, Theirs: now, Revision: w.old.revision})
		}
	}
	return values, clashes, nil
}

// baseOf is the version that the wisher saw; the newest one where that is not known, or was never.
func (w *writing) baseOf(ctx context.Context, id, seen int64) (*stored, error) {
	if seen == 0 || seen == w.old.revision {
		return w.old, nil
	}
	then, err := readState(ctx, w.q, w.l, fmt.Sprintf(versionSourceSQL, quoted(w.l.Table), quoteText(w.l.Table), 2), id, seen)
	if errors.Is(err, ErrNotFound) {
		return w.old, nil
	}
	return then, err
}

// lastChangeOfSQL says who changed the value at a path of a feature last, when, and whether it is who writes now.
const lastChangeOfSQL = `SELECT coalesce(c.actor, ''), c.at, c.actor IS NOT DISTINCT FROM actor() FROM (
    SELECT x.id, x.value, lead(x.value) OVER (ORDER BY x.id) AS next FROM (
        SELECT 9223372036854775807 AS id, to_jsonb(t) #> $2 AS value FROM %[1]s t WHERE t.id = $1
        UNION ALL SELECT h.id, ((SELECT column_defaults(%[2]s)) || h.before) #> $2 FROM change h WHERE h.entity = %[2]s AND h.entity_id = $1 AND h.before IS NOT NULL) x) v
JOIN change c USING (id) WHERE v.value IS DISTINCT FROM v.next ORDER BY v.id DESC LIMIT 1`

// others keeps the clashes with what somebody else wrote, and says who and when; what the writer wrote is written over like what nobody has changed.
func (w *writing) others(ctx context.Context, id int64, clashes []Clash, values map[string]any) (out []Clash, err error) {
	for _, c := range clashes {
		var own bool
		err := w.q.QueryRow(ctx, about(lastChangeOfSQL, w.l), id, strings.Split(c.Field, ".")).Scan(&c.By, &c.At, &own)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return nil, err
		}
		if own {
			c.into(values)
			continue
		}
		out = append(out, c)
	}
	return out, nil
}

// typed gives wishes values of the types of their fields.
func typed(l *layers.Layer, wishes []Wish) ([]Wish, error) {
	properties := map[string]any{}
	for _, w := range wishes {
		w.into(properties)
	}
	values, faults := l.Read(properties)
	if err := faults.OrNil(); err != nil {
		return nil, err
	}
	row := &stored{values: values}
	out := make([]Wish, len(wishes))
	for i, w := range wishes {
		_, value, err := valueOf(l, row, w.Field)
		if err != nil {
			return nil, err
		}
		out[i] = Wish{Field: w.Field, Value: value}
	}
	return out, nil
}

// into puts a wish among the values of a draft.
func (w Wish) into(values map[string]any) {
	name, member, nested := strings.Cut(w.Field, ".")
	if !nested {
		values[name] = w.Value
		return
	}
	members, _ := values[name].(map[string]any)
	if members == nil {
		members = map[string]any{}
		values[name] = members
	}
	members[member] = w.Value
}

// valueOf is what a field or a member of one has in a row.
func valueOf(l *layers.Layer, row *stored, path string) (*layers.Field, any, error) {
	name, member, nested := strings.Cut(path, ".")
	f := l.Field(name)
	if f == nil || !f.Writable() || nested && f.Type != layers.Object {
		return nil, nil, layers.Faults{{Pointer: "/properties/" + name, Zh: "没有可写的此字段", En: "there is no such field to write"}}
	}
	value := row.values[name]
	if nested {
		members, _ := value.(map[string]any)
		value = members[member]
	}
	return f, value, nil
}
