package postgres

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"wangge/layers"
)

// Duplicate is a pair of features that may be one facility.
type Duplicate struct {
	ID        int64
	Layer     string
	FeatureID int64
	OtherID   int64
	DistanceM float64
	Likeness  float64
	State     string
	Revision  int64
	// What the two are called now; nil where they have no such thing, or are there no more.
	Code, OtherCode, Name, OtherName *string
}

const (
	pairColumns    = `id, layer, feature_id, other_id, distance_m, likeness, state, revision`
	pairsOpenSQL   = `SELECT ` + pairColumns + `, NULL::text, NULL::text, NULL::text, NULL::text FROM duplicate_pair WHERE ($1 = '' OR layer = $1) AND ($2 = '' OR state = $2) AND id > $3 ORDER BY id LIMIT $4`
	countPairsSQL  = `SELECT count(*) FROM duplicate_pair WHERE ($1 = '' OR layer = $1) AND ($2 = '' OR state = $2)`
	onePairSQL     = `SELECT ` + pairColumns + `, NULL::text, NULL::text, NULL::text, NULL::text FROM duplicate_pair WHERE id = $1 FOR UPDATE`
	decidePairSQL  = `UPDATE duplicate_pair SET state = $2, updated_by = current_setting('wangge.actor', true) WHERE id = $1 RETURNING ` + pairColumns + `, NULL::text, NULL::text, NULL::text, NULL::text`
	dismissGoneSQL = `UPDATE duplicate_pair SET state = 'dismissed', updated_by = current_setting('wangge.actor', true) WHERE layer = $1 AND state = 'open' AND $2 IN (feature_id, other_id) AND id <> $3`
)

// Duplicates lists pairs behind an id, and how many there are in all. An empty layer or state stands for any.
func (s *Imports) Duplicates(ctx context.Context, layer, state string, behind int64, limit int) (list []Duplicate, total int, err error) {
	if err := s.pool.QueryRow(ctx, countPairsSQL, layer, state).Scan(&total); err != nil {
		return nil, 0, interpret(err)
	}
	rows, err := s.pool.Query(ctx, pairsOpenSQL, layer, state, behind, limit)
	if err != nil {
		return nil, 0, interpret(err)
	}
	if list, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Duplicate]); err != nil {
		return nil, 0, interpret(err)
	}
	return list, total, interpret(nameThem(ctx, s.pool, list))
}

// nameThem adds what the features of pairs are called.
func nameThem(ctx context.Context, q querier, list []Duplicate) error {
	ids := map[string][]int64{}
	for _, d := range list {
		ids[d.Layer] = append(ids[d.Layer], d.FeatureID, d.OtherID)
	}
	names, err := called(ctx, q, ids)
	if err != nil {
		return err
	}
	for i, d := range list {
		a, b := names[d.Layer][d.FeatureID], names[d.Layer][d.OtherID]
		list[i].Code, list[i].Name, list[i].OtherCode, list[i].OtherName = a.Code, a.Name, b.Code, b.Name
	}
	return nil
}

// Called is what a feature is called; nil for what it has not.
type Called struct{ Code, Name *string }

// Called tells what features are called, by layer and number, one question for each layer. Features that are not there are not told.
func (r *Reader) Called(ctx context.Context, ids map[string][]int64) (map[string]map[int64]Called, error) {
	names, err := called(ctx, r.pool, ids)
	return names, interpretQuery(err)
}

func called(ctx context.Context, q querier, ids map[string][]int64) (map[string]map[int64]Called, error) {
	names := map[string]map[int64]Called{}
	for layer, some := range ids {
		l := layers.ByID(layer)
		if l == nil {
			continue
		}
		rows, err := q.Query(ctx, "SELECT id, code, name FROM "+quoted(l.Table)+" WHERE id = ANY ($1)", some)
		if err != nil {
			return nil, err
		}
		names[layer] = map[int64]Called{}
		var id int64
		var c Called
		if _, err := pgx.ForEachRow(rows, []any{&id, &c.Code, &c.Name}, func() error { names[layer][id] = c; return nil }); err != nil {
			return nil, err
		}
	}
	return names, nil
}

func openPair(ctx context.Context, q querier, id, match int64) (Duplicate, error) {
	rows, err := q.Query(ctx, onePairSQL, id)
	if err != nil {
		return Duplicate{}, interpret(err)
	}
	d, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[Duplicate])
	switch {
	case err != nil:
		return d, interpret(err)
	case match != 0 && d.Revision != match:
		return d, ErrStale
	case d.State != "open":
		return d, ErrDecided
	}
	return d, nil
}

// DismissDuplicate decides that two features are two. Who does must be allowed to write both, as far as they are still there.
func DismissDuplicate(ctx context.Context, q querier, id, match int64, may Authorize) (Duplicate, error) {
	d, err := openPair(ctx, q, id, match)
	if err != nil {
		return d, err
	}
	if l := layers.ByID(d.Layer); l != nil {
		if err := mayBoth(ctx, q, l, d, may); err != nil {
			return d, err
		}
	}
	return decidePair(ctx, q, id, "dismissed")
}

// mayBoth asks for the places of a pair's features.
func mayBoth(ctx context.Context, q querier, l *layers.Layer, d Duplicate, may Authorize) error {
	rows, err := q.Query(ctx, "SELECT coalesce(region_code, ''), array_remove(ARRAY[competent_dept, owner_dept, maintainer_dept], NULL) FROM "+quoted(l.Table)+" WHERE id IN ($1, $2)",
		d.FeatureID, d.OtherID)
	if err != nil {
		return interpret(err)
	}
	places, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Place])
	if err != nil {
		return interpret(err)
	}
	for _, p := range places {
		if err := may(p); err != nil {
			return err
		}
	}
	return nil
}

func decidePair(ctx context.Context, q querier, id int64, state string) (Duplicate, error) {
	rows, err := q.Query(ctx, decidePairSQL, id, state)
	if err != nil {
		return Duplicate{}, interpret(err)
	}
	d, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[Duplicate])
	if err != nil {
		return d, interpret(err)
	}
	list := []Duplicate{d}
	err = nameThem(ctx, q, list)
	return list[0], interpret(err)
}

// ErrNotOfPair says that the feature that is to be kept is none of the two. HTTP 400.
var ErrNotOfPair = fmt.Errorf("no feature of the pair")

// MergeDuplicate makes one feature of two: the other is deleted, and what the kept one has no value for is taken from it. Both are history.
func MergeDuplicate(ctx context.Context, q querier, id, match, keep int64, may Authorize) (Duplicate, error) {
	d, err := openPair(ctx, q, id, match)
	if err != nil {
		return d, err
	}
	l := layers.ByID(d.Layer)
	gone := d.FeatureID
	if keep == d.FeatureID {
		gone = d.OtherID
	}
	if l == nil || keep != d.FeatureID && keep != d.OtherID {
		return d, ErrNotOfPair
	}
	kept, err := propertiesOf(ctx, q, l, keep)
	if err != nil {
		return d, err
	}
	other, err := propertiesOf(ctx, q, l, gone)
	if err != nil {
		return d, err
	}
	if _, err := Delete(ctx, q, l, gone, 0, may); err != nil {
		return d, err
	}
	if missing := missingIn(l, kept, other); len(missing) > 0 {
		values, faults := l.Read(missing)
		if len(faults) > 0 {
			return d, faults
		}
		if _, err := Update(ctx, q, l, keep, 0, Draft{Values: values}, may); err != nil {
			return d, err
		}
	}
	if _, err := q.Exec(ctx, dismissGoneSQL, l.ID, gone, id); err != nil {
		return d, interpret(err)
	}
	return decidePair(ctx, q, id, "merged")
}

// missingIn lists what one feature has and the other lacks; what a feature is known by stays its own.
func missingIn(l *layers.Layer, kept, other map[string]any) map[string]any {
	missing := map[string]any{}
	for _, f := range l.Columns() {
		if f.Writable() && !isIdentity(f.Name) && kept[f.Name] == nil && other[f.Name] != nil {
			missing[f.Name] = other[f.Name]
		}
	}
	return missing
}

// propertiesOf reads the fields of a feature as JSON has them.
func propertiesOf(ctx context.Context, q querier, l *layers.Layer, id int64) (map[string]any, error) {
	var text []byte
	if err := q.QueryRow(ctx, "SELECT to_jsonb(f) - 'geom' FROM "+quoted(l.Table)+" f WHERE id = $1 FOR UPDATE", id).Scan(&text); err != nil {
		return nil, interpret(err)
	}
	return decodeNumbers(text)
}

// decodeNumbers reads a JSON object with its numbers as they stand.
func decodeNumbers(text []byte) (object map[string]any, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	err = d.Decode(&object)
	return object, err
}
