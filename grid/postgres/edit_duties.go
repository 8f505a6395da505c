package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// bequestSQL finds what people do in some grids today or later. Those who stand in for others come last.
	bequestSQL = `
SELECT id, target_id, valid_from, coalesce(substitute_of, 0) FROM duty
WHERE target_kind = 'grid' AND target_id = ANY ($1) AND (valid_to IS NULL OR valid_to >= $2)
ORDER BY substitute_of IS NOT NULL, id FOR UPDATE`

	// passDutySQL lets a duty go on for another grid from a day. Where the holder has it there already it stays as it is.
	passDutySQL = `
INSERT INTO duty (holder_id, role, target_kind, target_id, rank, hours, valid_from, valid_to, substitute_of, note)
SELECT holder_id, role, target_kind, $2, rank, hours, greatest(valid_from, $3), valid_to, nullif($4, 0::bigint), note FROM duty WHERE id = $1
ON CONFLICT DO NOTHING RETURNING id`

	// sameDutySQL is the duty that stands where another would have gone on.
	sameDutySQL = `
SELECT n.id FROM duty o JOIN duty n ON n.holder_id = o.holder_id AND n.role = o.role AND n.target_kind = o.target_kind AND n.target_id = $2
WHERE o.id = $1 AND daterange(n.valid_from, n.valid_to, '[]') && daterange(greatest(o.valid_from, $3), o.valid_to, '[]') ORDER BY n.id LIMIT 1`

	endDutySQL    = `UPDATE duty SET valid_to = $2 WHERE id = $1`
	removeDutySQL = `DELETE FROM duty WHERE id = $1`
	letGoSQL      = `UPDATE duty SET substitute_of = NULL WHERE substitute_of = $1`

	// endedDutiesSQL finds the duties that ended in the transaction of an edit, as they were before: the log of changes has them.
	endedDutiesSQL = `
SELECT (c.before ->> 'target_id')::bigint, c.before::text FROM grid_edit e JOIN change c ON c.at = e.at AND c.request_id IS NOT DISTINCT FROM e.request_id
WHERE e.id = $1 AND c.entity = 'duty' AND c.op IN ('update', 'delete') AND c.before ->> 'target_kind' = 'grid'
  AND (c.before ->> 'target_id')::bigint = ANY ($2) ORDER BY c.id`

	reviveDutySQL = `
INSERT INTO duty (holder_id, role, target_kind, target_id, rank, hours, valid_from, valid_to, note)
SELECT b.holder_id, b.role, b.target_kind, $2, b.rank, b.hours, greatest(b.valid_from, $3), b.valid_to, b.note
FROM jsonb_populate_record(NULL::duty, $1::jsonb) b JOIN holder h ON h.id = b.holder_id AND h.valid_to IS NULL
WHERE b.valid_to IS NULL OR b.valid_to >= greatest(b.valid_from, $3) ON CONFLICT DO NOTHING`
)

// passed is a duty to be passed on.
type passed struct {
	id, grid int64
	from     time.Time
	stands   int64
}

// passDuties lets the duties of retired grids go on for what comes of them, or ends them where nothing does. It counts them.
func (d *desk) passDuties(ctx context.Context, p *plan, made []int64) (int, error) {
	heirs := map[int64][]int64{}
	for i, g := range p.made {
		for _, parent := range g.from {
			heirs[parent] = append(heirs[parent], made[i])
		}
	}
	moved, err := d.bequeath(ctx, p.retired, heirs)
	if err != nil || !p.revive {
		return moved, err
	}
	return d.reviveDuties(ctx, p, heirs)
}

// bequeath passes on the duties of some grids to their heirs.
func (d *desk) bequeath(ctx context.Context, retired []int64, heirs map[int64][]int64) (int, error) {
	all, err := query(ctx, d.tx, bequestSQL, []any{retired, d.Day.Time()}, func(row pgx.CollectableRow) (x passed, err error) {
		return x, row.Scan(&x.id, &x.grid, &x.from, &x.stands)
	})
	if err != nil {
		return 0, err
	}
	fresh := map[[2]int64]int64{} // by former duty and heir
	for _, x := range all {
		for _, heir := range heirs[x.grid] {
			id, err := d.pass(ctx, x, heir, fresh[[2]int64{x.stands, heir}])
			if err != nil {
				return 0, err
			}
			fresh[[2]int64{x.id, heir}] = id
		}
	}
	for i := len(all) - 1; i >= 0; i-- { // who stands in goes before the one stood in for
		if err := d.end(ctx, all[i]); err != nil {
			return 0, err
		}
	}
	return len(all), nil
}

// pass makes the duty for an heir and gives its number.
func (d *desk) pass(ctx context.Context, x passed, heir, stands int64) (id int64, err error) {
	err = d.tx.QueryRow(ctx, passDutySQL, x.id, heir, d.Day.Time(), stands).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		err = d.tx.QueryRow(ctx, sameDutySQL, x.id, heir, d.Day.Time()).Scan(&id)
	}
	return id, err
}

// end ends a duty the day before; one that did not begin before today has never been.
func (d *desk) end(ctx context.Context, x passed) error {
	if today := d.Day.Time(); x.from.Before(today) {
		_, err := d.tx.Exec(ctx, endDutySQL, x.id, today.AddDate(0, 0, -1))
		return err
	}
	if _, err := d.tx.Exec(ctx, letGoSQL, x.id); err != nil {
		return err
	}
	_, err := d.tx.Exec(ctx, removeDutySQL, x.id)
	return err
}

// reviveDuties gives back the duties that the undone edit ended, to the grids that come of those they were for.
func (d *desk) reviveDuties(ctx context.Context, p *plan, heirs map[int64][]int64) (n int, err error) {
	type ended struct {
		Grid   int64
		Before string
	}
	var former []int64
	for id := range heirs {
		former = append(former, id)
	}
	all, err := query(ctx, d.tx, endedDutiesSQL, []any{p.undoes, former}, pgx.RowToStructByPos[ended])
	if err != nil {
		return 0, err
	}
	for _, x := range all {
		for _, heir := range heirs[x.Grid] {
			tag, err := d.tx.Exec(ctx, reviveDutySQL, x.Before, heir, d.Day.Time())
			if err != nil {
				return 0, err
			}
			n += int(tag.RowsAffected())
		}
	}
	return n, nil
}
