package postgres

import (
	"context"
	"fmt"

	"wangge/grid"
)

// NewDuty is a duty to be given: of Duty, role, rank, hours, term and note count. Without a first day it begins today.
type NewDuty struct {
	Holder string // code
	Target TargetRef
	grid.Duty
}

const (
	insertDutySQL = `
INSERT INTO duty (holder_id, role, target_kind, target_id, rank, hours, valid_from, valid_to, substitute_of, note)
VALUES ($1, $2, $3, $4, $5, nullif($6, ''), $7, $8, nullif($9, 0::bigint), nullif($10, '')) RETURNING id, revision`

	holdDutySQL = dutiesSQL + ` WHERE id = $1 FOR UPDATE`

	changeDutySQL = `UPDATE duty SET rank = $2, hours = nullif($3, ''), valid_from = $4, valid_to = $5, note = nullif($6, '') WHERE id = $1 RETURNING revision`

	// standInsSQL are those who stand in for a duty, and for them.
	standInsSQL = `
WITH RECURSIVE s AS (SELECT id, valid_from, valid_to FROM duty WHERE substitute_of = $1 UNION SELECT d.id, d.valid_from, d.valid_to FROM duty d JOIN s ON d.substitute_of = s.id)`

	// Nobody stands in for a duty on days on which it is not: what lies after $2 goes, what lasts beyond ends.
	dropStandInsSQL = standInsSQL + ` DELETE FROM duty d USING s WHERE d.id = s.id AND d.valid_from > $2`
	cutStandInsSQL  = standInsSQL + ` UPDATE duty d SET valid_to = $2 FROM s WHERE d.id = s.id AND (d.valid_to IS NULL OR d.valid_to > $2)`
)

// AddDuty gives a duty.
func (t *Tx) AddDuty(ctx context.Context, n NewDuty) (DutyRow, error) {
	c, err := t.clerk(ctx)
	if err != nil {
		return DutyRow{}, err
	}
	return c.add(ctx, n)
}

func (c *clerk) add(ctx context.Context, n NewDuty) (DutyRow, error) {
	of, err := c.holder(ctx, "/holder", n.Holder)
	if err != nil {
		return DutyRow{}, err
	}
	target, err := c.target(ctx, n.Target)
	if err != nil {
		return DutyRow{}, err
	}
	d := n.Duty
	d.Holder, d.Target = of.ID, target.Target
	if d.Term.From == 0 {
		d.Term.From = c.Day
	}
	return c.give(ctx, d, of, target)
}

// give checks and inserts a duty.
func (c *clerk) give(ctx context.Context, d grid.Duty, of grid.Holder, target TargetRow) (DutyRow, error) {
	if err := c.mayPeople(target.Region, of.Dept); err != nil {
		return DutyRow{}, err
	}
	d, err := d.Clean()
	if err != nil {
		return DutyRow{}, err
	}
	if err := c.check(d, of, target); err != nil {
		return DutyRow{}, err
	}
	if err := c.insert(ctx, &d); err != nil {
		return DutyRow{}, err
	}
	return c.row(d, of, target), nil
}

func (c *clerk) check(d grid.Duty, of grid.Holder, target TargetRow) error {
	return grid.CheckDuty(grid.Post{Duty: d, Holder: of, TargetTerm: target.Term}, c.roles, c.needs, c.limits)
}

// insert writes a duty and gives it its number.
func (c *clerk) insert(ctx context.Context, d *grid.Duty) error {
	return clash(c.tx.QueryRow(ctx, insertDutySQL, d.Holder, d.Role, d.Target.Kind, d.Target.ID, d.Rank, d.Hours, d.Term.From.Time(), dateOrNull(d.Term.To), d.Stands, d.Note).
		Scan(&d.ID, &d.Revision))
}

// ChangeDuty corrects rank, hours, term or note of a duty. revision is what the caller read, 0 for any.
func (t *Tx) ChangeDuty(ctx context.Context, id, revision int64, change func(*grid.Duty)) (DutyRow, error) {
	c, err := t.clerk(ctx)
	if err != nil {
		return DutyRow{}, err
	}
	row, err := c.hold(ctx, id, revision)
	if err != nil {
		return row, err
	}
	d := row.Duty
	change(&d)
	if d, err = d.Clean(); err != nil {
		return row, err
	}
	if err := c.check(d, row.Of, row.For); err != nil {
		return row, err
	}
	return c.change(ctx, row, d)
}

// hold finds a duty that the caller may decide about, for a change.
func (c *clerk) hold(ctx context.Context, id, revision int64) (DutyRow, error) {
	d, err := one(ctx, c.tx, holdDutySQL, []any{id}, readDuty)
	if err != nil {
		return DutyRow{}, err
	}
	row, err := c.rowOf(ctx, d)
	if err != nil {
		return row, err
	}
	if err := c.mayPeople(row.For.Region, row.Of.Dept); err != nil {
		return row, err
	}
	if revision != 0 && revision != d.Revision {
		return row, ErrStale
	}
	return row, nil
}

func (c *clerk) change(ctx context.Context, row DutyRow, d grid.Duty) (DutyRow, error) {
	if d.Term.To != 0 {
		if err := c.cutStandIns(ctx, d.ID, d.Term.To); err != nil {
			return row, err
		}
	}
	err := c.tx.QueryRow(ctx, changeDutySQL, d.ID, d.Rank, d.Hours, d.Term.From.Time(), dateOrNull(d.Term.To), d.Note).Scan(&d.Revision)
	row.Duty = d
	return row, clash(err)
}

// cutStandIns ends those who stand in for a duty with it.
func (c *clerk) cutStandIns(ctx context.Context, id int64, last grid.Day) error {
	if _, err := c.tx.Exec(ctx, dropStandInsSQL, id, last.Time()); err != nil {
		return err
	}
	_, err := c.tx.Exec(ctx, cutStandInsSQL, id, last.Time())
	return err
}

// EndDuty ends a duty: on is its last day, 0 for today. One that has not begun by then is removed: removed says so.
func (t *Tx) EndDuty(ctx context.Context, id, revision int64, on grid.Day) (row DutyRow, removed bool, err error) {
	c, err := t.clerk(ctx)
	if err != nil {
		return row, false, err
	}
	return c.end(ctx, id, revision, on)
}

func (c *clerk) end(ctx context.Context, id, revision int64, on grid.Day) (row DutyRow, removed bool, err error) {
	if row, err = c.hold(ctx, id, revision); err != nil {
		return row, false, err
	}
	if on == 0 {
		on = c.Day
	}
	term := row.Term
	switch {
	case term.From > c.Day && on < term.From:
		return row, true, c.remove(ctx, row.Duty)
	case on < term.From:
		return row, false, grid.Refuse("/on", fmt.Sprintf("早于开始（%s）", term.From), fmt.Sprintf("is before the first day, %s", term.From))
	case term.To != 0 && term.To < c.Day && on >= term.To:
		return row, false, ErrOver
	case term.To != 0 && on > term.To:
		return row, false, grid.Refuse("/on", fmt.Sprintf("晚于已定的结束（%s）", term.To), fmt.Sprintf("is after the last day, %s", term.To))
	}
	d := row.Duty
	d.Term.To = on
	row, err = c.change(ctx, row, d)
	return row, false, err
}

// remove takes back a duty that has not begun, with those who were to stand in.
func (c *clerk) remove(ctx context.Context, d grid.Duty) error {
	if _, err := c.tx.Exec(ctx, dropStandInsSQL, d.ID, (d.Term.From - 1).Time()); err != nil {
		return err
	}
	_, err := c.tx.Exec(ctx, takeBackDutySQL, d.ID)
	return err
}

const takeBackDutySQL = `DELETE FROM duty WHERE id = $1`

// DutyStep is one item of a batch: a duty to be given, or one to be ended.
type DutyStep struct {
	Add      *NewDuty
	End      int64    // where Add is nil
	On       grid.Day // its last day; 0 for today
	Revision int64    // that the caller read; 0 for any
}

// DutyDone is what became of an item of a batch.
type DutyDone struct {
	Row     DutyRow
	Ended   bool
	Removed bool // it had not begun
}

// DutyBatch gives and ends duties, all or none. What is wrong names the item: /operations/3/add.
func (t *Tx) DutyBatch(ctx context.Context, steps []DutyStep) ([]DutyDone, error) {
	c, err := t.clerk(ctx)
	if err != nil {
		return nil, err
	}
	done := make([]DutyDone, len(steps))
	for i, s := range steps {
		if s.Add != nil {
			if done[i].Row, err = c.add(ctx, *s.Add); err != nil {
				return nil, step(i, "add", err)
			}
			continue
		}
		done[i].Ended = true
		if done[i].Row, done[i].Removed, err = c.end(ctx, s.End, s.Revision, s.On); err != nil {
			return nil, step(i, "end", err)
		}
	}
	return done, nil
}

// step says which item of a batch an error is of.
func step(i int, what string, err error) error {
	pointer := fmt.Sprintf("/operations/%d/%s", i, what)
	return fmt.Errorf("%s: %w", pointer, grid.Below(pointer, err))
}
