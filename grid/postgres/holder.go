package postgres

import (
	"context"
	"errors"
	"fmt"

	"wangge/grid"
)

const (
	// insertHolderSQL gives a holder without a code one of its number: P000123, O000123.
	insertHolderSQL = `
INSERT INTO holder (id, code, kind, name, phone, dept_code, title, note, valid_from, valid_to)
SELECT n, coalesce(nullif($1, ''), CASE $2 WHEN 'person' THEN 'P' ELSE 'O' END || lpad(n::text, 6, '0')),
       $2, $3, nullif($4, ''), nullif($5, ''), nullif($6, ''), nullif($7, ''), $8, $9
FROM nextval(pg_get_serial_sequence('holder', 'id')) n
RETURNING id, code, revision`

	changeHolderSQL = `
UPDATE holder SET code = $2, name = $3, phone = nullif($4, ''), dept_code = nullif($5, ''), title = nullif($6, ''), note = nullif($7, ''), valid_from = $8, valid_to = $9
WHERE id = $1 RETURNING revision`

	// openDutiesSQL are the duties of a holder that are in force on a day or later, those stood in for first.
	openDutiesSQL = dutiesSQL + ` WHERE holder_id = $1 AND (valid_to IS NULL OR valid_to >= $2) ORDER BY substitute_of NULLS FIRST, id FOR UPDATE`
)

// AddHolder makes a person or an organisation. Without a code it gets one.
func (t *Tx) AddHolder(ctx context.Context, h grid.Holder) (grid.Holder, error) {
	if err := t.mayPeople("", h.Dept); err != nil {
		return h, err
	}
	h, err := h.Clean()
	if err != nil {
		return h, err
	}
	if err := t.knowsDept(ctx, h.Dept); err != nil {
		return h, err
	}
	return h, t.insertHolder(ctx, &h)
}

func (t *Tx) insertHolder(ctx context.Context, h *grid.Holder) error {
	return clash(t.tx.QueryRow(ctx, insertHolderSQL, h.Code, h.Kind, h.Name, h.Phone, h.Dept, h.Title, h.Note, dateOrNull(h.Term.From), dateOrNull(h.Term.To)).
		Scan(&h.ID, &h.Code, &h.Revision))
}

func (t *Tx) knowsDept(ctx context.Context, code string) error {
	if code == "" {
		return nil
	}
	var known bool
	if err := t.tx.QueryRow(ctx, deptSQL, code).Scan(&known); err != nil {
		return err
	}
	if !known {
		return grid.Refuse("/dept", "没有这个部门", "there is no such department")
	}
	return nil
}

// ChangeHolder changes a person or an organisation. revision is what the caller read, 0 for any. Who moves to another department is moved by
// somebody who may decide about both.
func (t *Tx) ChangeHolder(ctx context.Context, kind grid.HolderKind, code string, revision int64, change func(*grid.Holder)) (grid.Holder, error) {
	old, duties, err := t.holdHolder(ctx, kind, code, revision)
	if err != nil {
		return old, err
	}
	h := old
	change(&h)
	phone := h.Phone
	if phone == old.Phone {
		h.Phone = "" // what the record has is not judged again
	}
	if h, err = h.Clean(); err != nil {
		return h, err
	}
	if phone == old.Phone {
		h.Phone = phone
	}
	if h.Code == "" {
		return h, grid.Refuse("/code", "代号不能为空", "the code cannot be empty")
	}
	if h.Dept != old.Dept {
		if err := t.mayHolder(h.Dept, duties); err != nil {
			return h, err
		}
		if err := t.knowsDept(ctx, h.Dept); err != nil {
			return h, err
		}
	}
	for _, d := range duties {
		if d.Term.To == 0 && h.Term.To != 0 || h.Term.To != 0 && d.Term.To >= h.Term.To || d.Term.From < h.Term.From {
			return h, fmt.Errorf("%w: duty %d", ErrHasDuties, d.ID)
		}
	}
	return h, t.updateHolder(ctx, &h)
}

func (t *Tx) updateHolder(ctx context.Context, h *grid.Holder) error {
	return clash(t.tx.QueryRow(ctx, changeHolderSQL, h.ID, h.Code, h.Name, h.Phone, h.Dept, h.Title, h.Note, dateOrNull(h.Term.From), dateOrNull(h.Term.To)).
		Scan(&h.Revision))
}

// holdHolder finds a holder that the caller may decide about, for a change, with the duties of today and later.
func (t *Tx) holdHolder(ctx context.Context, kind grid.HolderKind, code string, revision int64) (h grid.Holder, duties []DutyRow, err error) {
	if h, err = one(ctx, t.tx, holdHolderSQL, []any{code, kind}, readHolder); err != nil {
		return h, nil, err
	}
	if duties, err = t.openDuties(ctx, h.ID); err != nil {
		return h, nil, err
	}
	if err := t.mayHolder(h.Dept, duties); err != nil {
		return h, nil, err
	}
	if revision != 0 && revision != h.Revision {
		return h, nil, ErrStale
	}
	return h, duties, nil
}

func (t *Tx) openDuties(ctx context.Context, holder int64) ([]DutyRow, error) {
	c, err := t.clerk(ctx)
	if err != nil {
		return nil, err
	}
	open, err := query(ctx, t.tx, openDutiesSQL, []any{holder, t.Day.Time()}, readDuty)
	if err != nil {
		return nil, err
	}
	rows := make([]DutyRow, len(open))
	for i, d := range open {
		if rows[i], err = c.rowOf(ctx, d); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// mayHolder asks whether the caller may decide about somebody as a person: of the own department or office, or with nothing to do outside the own area.
func (t *Tx) mayHolder(dept string, duties []DutyRow) error {
	err := t.mayPeople("", dept)
	if err == nil || len(duties) == 0 {
		return err
	}
	for _, d := range duties {
		if err := t.mayPeople(d.For.Region, dept); err != nil {
			return err
		}
	}
	return nil
}

// EndHolder ends somebody's time in post: today is the first day away. With duties of today or later it is ErrHasDuties, unless they end too.
func (t *Tx) EndHolder(ctx context.Context, kind grid.HolderKind, code string, revision int64, endDuties bool) (h grid.Holder, ended int, err error) {
	h, duties, err := t.holdHolder(ctx, kind, code, revision)
	switch {
	case err != nil:
		return h, 0, err
	case h.Term.To != 0 && h.Term.To <= t.Day:
		return h, 0, ErrOver
	case len(duties) > 0 && !endDuties:
		return h, 0, fmt.Errorf("%w: %d", ErrHasDuties, len(duties))
	}
	c, err := t.clerk(ctx)
	if err != nil {
		return h, 0, err
	}
	for _, d := range duties {
		if err := c.leave(ctx, d, t.Day); err != nil {
			return h, ended, err
		}
		ended++
	}
	h.Term.To = t.Day
	if h.Term.From > t.Day {
		h.Term.From = t.Day
	}
	return h, ended, t.updateHolder(ctx, &h)
}

// leave ends a duty the day before one: one that begins on that day or later is taken back.
func (c *clerk) leave(ctx context.Context, row DutyRow, on grid.Day) error {
	d, err := one(ctx, c.tx, holdDutySQL, []any{row.ID}, readDuty)
	if errors.Is(err, ErrNotFound) {
		return nil // it stood in for one that was taken back
	}
	if err != nil {
		return err
	}
	if d.Term.From >= on {
		return c.remove(ctx, d)
	}
	d.Term.To = on - 1
	_, err = c.change(ctx, row, d)
	return err
}
