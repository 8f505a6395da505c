package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"wangge/grid"
)

// NewAbsence is a time away that is to be written down, with those who stand in.
type NewAbsence struct {
	Kind     string
	Term     grid.Term
	StandIns []NewStandIn
}

// NewStandIn says who does a duty meanwhile.
type NewStandIn struct {
	Duty   int64
	Holder string // code
}

const (
	insertAbsenceSQL = `INSERT INTO absence (holder_id, kind, valid_from, valid_to) VALUES ($1, $2, $3, $4) RETURNING id, revision`
	absencesOfSQL    = absencesSQL + ` WHERE holder_id = $1 ORDER BY valid_from`
	holdAbsenceSQL   = absencesSQL + ` WHERE id = $1 AND holder_id = $2 FOR UPDATE`
	shortenSQL       = `UPDATE absence SET valid_to = $2 WHERE id = $1 RETURNING revision`
	dropAbsenceSQL   = `DELETE FROM absence WHERE id = $1`

	sameDutiesSQL = dutiesSQL + ` WHERE holder_id = $1 AND role = $2 AND target_kind = $3 AND target_id = $4 ORDER BY valid_from`

	// standInsOfSQL are those who stand in for a holder during an absence.
	standInsOfSQL = dutiesSQL + ` WHERE substitute_of IN (SELECT id FROM duty WHERE holder_id = $1) AND valid_from >= $2 AND valid_to <= $3 ORDER BY id FOR UPDATE`
)

// AddAbsence writes down that somebody is away, and gives the duties of that time to those who stand in.
func (t *Tx) AddAbsence(ctx context.Context, kind grid.HolderKind, code string, n NewAbsence) (grid.Absence, []DutyRow, error) {
	h, _, err := t.holdHolder(ctx, kind, code, 0)
	if err != nil {
		return grid.Absence{}, nil, err
	}
	c, err := t.clerk(ctx)
	if err != nil {
		return grid.Absence{}, nil, err
	}
	a := grid.Absence{Holder: h.ID, Kind: n.Kind, Term: n.Term}
	standIns := make([]grid.StandIn, len(n.StandIns))
	rows := make([]DutyRow, len(n.StandIns))
	for i, s := range n.StandIns {
		if standIns[i], rows[i], err = c.standIn(ctx, s); err != nil {
			return a, nil, grid.Below(fmt.Sprintf("/substitutes/%d", i), err)
		}
	}
	if err := grid.CheckAbsence(a, h, standIns); err != nil {
		return a, nil, err
	}
	if err := clash(c.tx.QueryRow(ctx, insertAbsenceSQL, a.Holder, a.Kind, a.Term.From.Time(), a.Term.To.Time()).Scan(&a.ID, &a.Revision)); err != nil {
		return a, nil, err
	}
	for i, s := range standIns {
		if rows[i], err = c.stand(ctx, a, s, rows[i].For); err != nil {
			return a, nil, grid.Below(fmt.Sprintf("/substitutes/%d", i), err)
		}
	}
	return a, rows, nil
}

// standIn looks up who stands in for what.
func (c *clerk) standIn(ctx context.Context, s NewStandIn) (in grid.StandIn, row DutyRow, err error) {
	d, err := one(ctx, c.tx, holdDutySQL, []any{s.Duty}, readDuty)
	if errors.Is(err, ErrNotFound) {
		return in, row, grid.Refuse("/duty", "没有这项职责", "there is no such duty")
	}
	if err != nil {
		return in, row, err
	}
	if row, err = c.rowOf(ctx, d); err != nil {
		return in, row, err
	}
	in.Duty = d
	if in.Holder, err = c.holder(ctx, "/holder", s.Holder); err != nil {
		return in, row, err
	}
	away, err := query(ctx, c.tx, absencesOfSQL, []any{in.Holder.ID}, readAbsence)
	if err != nil {
		return in, row, err
	}
	for _, a := range away {
		in.Away = append(in.Away, a.Term)
	}
	in.Same, err = c.termsOf(ctx, in.Holder.ID, d)
	return in, row, err
}

// termsOf are the times in which a holder has the same duty as another.
func (c *clerk) termsOf(ctx context.Context, holder int64, like grid.Duty) ([]grid.Term, error) {
	same, err := query(ctx, c.tx, sameDutiesSQL, []any{holder, like.Role, like.Target.Kind, like.Target.ID}, readDuty)
	terms := make([]grid.Term, len(same))
	for i, d := range same {
		terms[i] = d.Term
	}
	return terms, err
}

// stand gives the duty to the one who stands in.
func (c *clerk) stand(ctx context.Context, a grid.Absence, s grid.StandIn, target TargetRow) (DutyRow, error) {
	d := s.Duty
	d.Holder, d.Stands, d.Note = s.Holder.ID, s.Duty.ID, ""
	d.Term, _ = s.Term(a)
	return c.give(ctx, d, s.Holder, target)
}

// EndAbsence says that somebody is back: on is the first day in post again, 0 for today. An absence that had not begun by then is taken back. Those who
// stood in go with it.
func (t *Tx) EndAbsence(ctx context.Context, kind grid.HolderKind, code string, id, revision int64, on grid.Day) (a grid.Absence, removed bool, err error) {
	h, _, err := t.holdHolder(ctx, kind, code, 0)
	if err != nil {
		return a, false, err
	}
	if a, err = one(ctx, t.tx, holdAbsenceSQL, []any{id, h.ID}, readAbsence); err != nil {
		return a, false, err
	}
	if on == 0 {
		on = t.Day
	}
	switch {
	case revision != 0 && revision != a.Revision:
		return a, false, ErrStale
	case a.Term.To < t.Day:
		return a, false, ErrOver
	case on > a.Term.To:
		return a, false, grid.Refuse("/on", fmt.Sprintf("晚于结束（%s）", a.Term.To), fmt.Sprintf("is after the last day, %s", a.Term.To))
	}
	if err := t.dismiss(ctx, a, on); err != nil {
		return a, false, err
	}
	if on <= a.Term.From {
		_, err = t.tx.Exec(ctx, dropAbsenceSQL, a.ID)
		return a, true, err
	}
	a.Term.To = on - 1
	return a, false, t.tx.QueryRow(ctx, shortenSQL, a.ID, a.Term.To.Time()).Scan(&a.Revision)
}

// dismiss ends those who stood in during an absence, the day before one.
func (t *Tx) dismiss(ctx context.Context, a grid.Absence, on grid.Day) error {
	c, err := t.clerk(ctx)
	if err != nil {
		return err
	}
	standing, err := query(ctx, t.tx, standInsOfSQL, []any{a.Holder, a.Term.From.Time(), a.Term.To.Time()}, readDuty)
	if err != nil {
		return err
	}
	for _, d := range slices.Backward(standing) {
		row, err := c.rowOf(ctx, d)
		if err != nil {
			return err
		}
		if d.Term.To < on {
			continue
		}
		if err := c.leave(ctx, row, on); err != nil {
			return err
		}
	}
	return nil
}
