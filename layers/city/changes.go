package city

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"wangge/layers"
)

// findings are what one look at the record brings, apart from rows.
type findings struct {
	horizon  horizon
	revision Revision           // of the newest writer among the changes; 0 for none
	changed  map[string][]int64 // ids by table, ascending; nil for all of the table
	moments  map[string]moments // of the changes, by table
	rules    *layers.Rules
}

const (
	horizonSQL = `SELECT pg_current_snapshot()::text, pg_is_in_recovery()`

	// changesSQL finds the changes that may have become visible: two look-ups in the index, whatever runs beside.
	changesSQL = `
SELECT txid::text::int8, entity, entity_id, at FROM change WHERE txid >= $1::text::xid8
UNION ALL
SELECT txid::text::int8, entity, entity_id, at FROM change WHERE txid = ANY ($2::text[]::xid8[])`

	// The feed grows by a whole import at once, long before its statistics follow: the planner must be told to use the index.
	indexOnlySQL = `SET LOCAL enable_seqscan = off`
	anyPlanSQL   = `SET LOCAL enable_seqscan = on`

	thresholdsSQL = `
SELECT t.layer, t.metric, t.applies_to, t.value, t.comparator, t.unit, coalesce(t.standard, ''), coalesce(t.edition, ''), coalesce(t.clause, ''), t.verified, p.version
FROM threshold t JOIN threshold_profile p ON p.id = t.profile AND p.version = t.version
WHERE p.is_current ORDER BY t.layer, t.metric, t.applies_to, t.profile`

	measuresSQL = `
SELECT code FROM checklist_item
WHERE checklist = 'site_measures' AND edition = (SELECT max(edition) FROM checklist_item WHERE checklist = 'site_measures')
ORDER BY ordinal, code`

	settingsSQL = `SELECT key, value::text FROM setting`

	schemesSQL = `SELECT code, title, title_en, first_zoom, is_shown FROM grid_scheme WHERE code <> 'unit' ORDER BY code`
)

// findChanges asks for the horizon of the transaction and for all changes that are in it but not in an older one.
func findChanges(ctx context.Context, tx pgx.Tx, since horizon) (findings, error) {
	f := findings{changed: map[string][]int64{}, moments: map[string]moments{}}
	from, below := since.doubtful()
	writers := map[uint64]struct{}{}
	batch := &pgx.Batch{}
	queueHorizon(batch, &f.horizon)
	batch.Queue(indexOnlySQL)
	batch.Queue(changesSQL, strconv.FormatUint(from, 10), below).Query(func(rows pgx.Rows) error {
		return f.collect(rows, since, writers)
	})
	batch.Queue(anyPlanSQL)
	f.rules = queueRules(batch)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return f, err
	}
	if f.horizon.standby != since.standby {
		return f, errPromoted
	}
	f.horizon = f.horizon.after(since, writers)
	for entity, ids := range f.changed {
		slices.Sort(ids)
		f.changed[entity] = slices.Compact(ids)
	}
	return f, nil
}

// collect sorts changes by table. Those of a table that was emptied at some time stand for all of it.
func (f *findings) collect(rows pgx.Rows, since horizon, writers map[uint64]struct{}) error {
	var txid int64
	var entity string
	var id *int64
	var at time.Time
	_, err := pgx.ForEachRow(rows, []any{&txid, &entity, &id, &at}, func() error {
		if since.standby && since.sees(uint64(txid)) {
			return nil
		}
		writers[uint64(txid)] = struct{}{}
		f.revision = max(f.revision, Revision(txid))
		f.moments[entity] = f.moments[entity].with(at)
		ids, known := f.changed[entity]
		switch {
		case known && ids == nil:
		case id == nil:
			f.changed[entity] = nil
		default:
			f.changed[entity] = append(ids, *id)
		}
		return nil
	})
	return err
}

func queueHorizon(batch *pgx.Batch, h *horizon) {
	batch.Queue(horizonSQL).QueryRow(func(row pgx.Row) error {
		var text string
		var standby bool
		if err := row.Scan(&text, &standby); err != nil {
			return err
		}
		parsed, err := parseHorizon(text)
		*h = parsed
		h.standby = standby
		return err
	})
}

// queueRules asks for the rules in force, which are there when the batch is done.
func queueRules(batch *pgx.Batch) *layers.Rules {
	rules := &layers.Rules{}
	batch.Queue(thresholdsSQL).Query(func(rows pgx.Rows) error {
		var t layers.Threshold
		var version int
		_, err := pgx.ForEachRow(rows, []any{&t.Layer, &t.Metric, &t.AppliesTo, &t.Value, &t.Comparator, &t.Unit, &t.Standard, &t.Edition, &t.Clause, &t.Verified, &version}, func() error {
			rules.Thresholds = append(rules.Thresholds, t)
			rules.ProfileVersion = max(rules.ProfileVersion, version)
			return nil
		})
		return err
	})
	batch.Queue(measuresSQL).Query(func(rows pgx.Rows) (err error) {
		rules.SiteMeasures, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	return rules
}
