package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"wangge/grid/patrol"
)

const (
	addEventSQL = `
INSERT INTO problem_event (id, problem_id, ordinal, step, at, received_at, account, holder_id, device, dept, assignee, deadline, other, note, data)
VALUES ($1, $2, $3, $4, $5, $6, $7, nullif($8::bigint, 0), nullif($9, '')::uuid, nullif($10, ''), nullif($11::bigint, 0), $12, nullif($13, '')::uuid, $14, $15)`
	lastEventSQL  = `SELECT coalesce(max(ordinal), 0) FROM problem_event WHERE problem_id = $1`
	eventOfSQL    = `SELECT problem_id::text FROM problem_event WHERE id = $1`
	deptExistsSQL = `SELECT EXISTS (SELECT FROM department WHERE code = $1)`

	holderExistsSQL = `SELECT EXISTS (SELECT FROM holder WHERE id = $1 AND (valid_to IS NULL OR valid_to > $2))`

	// holdTwoSQL locks two problems in the order of their ids, whoever merges which into which.
	holdTwoSQL = `SELECT id FROM problem WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE`

	eventsSQL = `
SELECT id::text, ordinal, step, at, received_at, account, coalesce(holder_id, 0), coalesce(device::text, ''), coalesce(dept, ''), coalesce(assignee, 0), deadline,
       coalesce(other::text, ''), note, data
FROM problem_event WHERE problem_id = $1 ORDER BY ordinal`
)

// ProblemEvent is one step of a problem as the record has it.
type ProblemEvent struct {
	patrol.Step
	Ordinal int
	Data    eventData
}

// eventData is what an event keeps besides its columns.
type eventData struct {
	Seen     int64      `json:"seen,omitempty"` // revision that the step was made on
	Revision int64      `json:"revision"`       // of the problem after it
	Photos   []photoKey `json:"photos,omitempty"`
}

// photoKey names a photo that came with a step.
type photoKey struct {
	ID   string `json:"id"`
	Kind string `json:"kind"`
}

// insertEvent writes a step that was made, as the nth of its problem, which is as the step left it.
func (t *Tx) insertEvent(ctx context.Context, p *patrol.Problem, s *patrol.Step, nth int) error {
	data := eventData{Seen: s.Seen, Revision: p.Revision}
	for _, r := range s.Photos {
		data.Photos = append(data.Photos, photoKey{r.ID, r.Kind})
	}
	_, err := t.tx.Exec(ctx, addEventSQL, s.ID, p.ID, nth, s.Kind, s.At, s.Received, s.By.Account, s.By.Holder, s.Device, s.Dept, s.Assignee, timeOrNull(s.Deadline), s.Other, s.Note, data)
	return err
}

// keepStep writes a problem that a step has changed, and the step.
func (t *Tx) keepStep(ctx context.Context, p *patrol.Problem, s patrol.Step) error {
	var last int
	if err := t.tx.QueryRow(ctx, lastEventSQL, p.ID).Scan(&last); err != nil {
		return err
	}
	s.By = t.person()
	if err := t.insertEvent(ctx, p, &s, last+1); err != nil {
		return err
	}
	if s.Kind == patrol.StepComment {
		return nil
	}
	return t.updateProblem(ctx, p)
}

// StepProblem does one step with a problem and gives it as it is then. A step that the record has changes nothing. What a dispatch leaves out is filled:
// the deadline from the class; who takes a problem and names nobody has it. A look back that names a new problem reports that one too. Errors: rights',
// those of Step.Check and Problem.Next, ErrNotFound, patrol.ErrUnknown for departments, holders and other problems; ErrStale besides patrol.ErrStep where
// the problem has moved on since it was looked at.
func (t *Tx) StepProblem(ctx context.Context, s *patrol.Step) (patrol.Problem, error) {
	if err := s.Check(); err != nil {
		return patrol.Problem{}, err
	}
	if s.Kind == patrol.StepMerge && s.Other != "" {
		if _, err := t.tx.Exec(ctx, holdTwoSQL, []string{s.Problem, s.Other}); err != nil {
			return patrol.Problem{}, err
		}
	}
	row, err := t.holdProblem(ctx, s.Problem)
	if err != nil {
		return row.Problem, err
	}
	if known, err := t.knowsStep(ctx, s); err != nil || known {
		return row.Problem, err
	}
	if err := t.mayStep(ctx, &row, s); err != nil {
		return row.Problem, err
	}
	return t.step(ctx, &row, s)
}

// knowsStep tells whether the record has a step. The id of a step of another problem is a *patrol.Fault.
func (t *Tx) knowsStep(ctx context.Context, s *patrol.Step) (bool, error) {
	var of string
	err := t.tx.QueryRow(ctx, eventOfSQL, s.ID).Scan(&of)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return false, nil
	case err == nil && of != s.Problem:
		err = &patrol.Fault{Pointer: "/id", Zh: "这个编号已是另一问题的操作", En: "is the id of a step of another problem"}
	}
	return err == nil, err
}

// step does a step with a problem that is held, by somebody who may.
func (t *Tx) step(ctx context.Context, row *ProblemRow, s *patrol.Step) (patrol.Problem, error) {
	class, err := t.class(ctx, row.Class)
	if err != nil {
		return row.Problem, err
	}
	step := *s
	step.By = t.person()
	if err := t.fill(ctx, row, &step, &class); err != nil {
		return row.Problem, err
	}
	next, err := row.Next(step, class)
	if stop, ok := errors.AsType[*patrol.StepError](err); ok && stop.Why == patrol.WhySeen {
		err = fmt.Errorf("%w: %w", ErrStale, err)
	}
	if err != nil {
		return row.Problem, err
	}
	if step.Kind == patrol.StepLookBack && step.Other != "" {
		return t.cameBack(ctx, row, &step)
	}
	if err := t.keepStep(ctx, &next, step); err != nil {
		return next, err
	}
	return next, t.ExpectPhotos(ctx, PhotoOwner{PhotoOfStep, step.ID, row.Region, cmp.Or(row.DutyID, row.UnitID)}, step.Photos)
}

// cameBack reports a problem anew that a look back found again. The photos are those of the new one.
func (t *Tx) cameBack(ctx context.Context, row *ProblemRow, s *patrol.Step) (patrol.Problem, error) {
	_, _, err := t.ReportProblem(ctx, &patrol.Report{ID: s.Other, Reopens: row.ID, Note: s.Note, Photos: s.Photos, By: s.By, Device: s.Device, Moment: s.Moment})
	if err != nil {
		return row.Problem, err
	}
	now, err := one(ctx, t.tx, problemSQL, []any{row.ID}, readProblem)
	return now.Problem, err
}

// fill puts in what a step leaves out, drops what its kind has no use for, and holds what it names against the record.
func (t *Tx) fill(ctx context.Context, row *ProblemRow, s *patrol.Step, class *patrol.Class) error {
	if s.Kind != patrol.StepDispatch {
		s.Dept, s.Deadline = "", time.Time{}
	}
	if s.Kind != patrol.StepDispatch && s.Kind != patrol.StepTake {
		s.Assignee = 0
	}
	if s.Kind != patrol.StepMerge && s.Kind != patrol.StepLookBack {
		s.Other = ""
	}
	switch s.Kind {
	case patrol.StepDispatch:
		s.Dept = cmp.Or(s.Dept, row.Dept)
		if s.Deadline.IsZero() {
			s.Deadline = class.Deadline(s.At)
		}
	case patrol.StepTake:
		s.Assignee = cmp.Or(s.Assignee, s.By.Holder)
	case patrol.StepMerge:
		return t.canMerge(ctx, row, s)
	}
	return t.named(ctx, s)
}

// named holds the department and the holder that a step names against the record.
func (t *Tx) named(ctx context.Context, s *patrol.Step) error {
	var dept, holder bool
	if err := t.tx.QueryRow(ctx, deptExistsSQL, s.Dept).Scan(&dept); err != nil {
		return err
	}
	if err := t.tx.QueryRow(ctx, holderExistsSQL, s.Assignee, t.Day.Time()).Scan(&holder); err != nil {
		return err
	}
	switch {
	case s.Dept != "" && !dept:
		return fmt.Errorf("%w: %w", patrol.ErrUnknown, &patrol.Fault{Pointer: "/dept", Zh: "没有这个部门", En: "there is no such department"})
	case s.Assignee != 0 && !holder:
		return fmt.Errorf("%w: %w", patrol.ErrUnknown, &patrol.Fault{Pointer: "/assignee", Zh: "没有这个责任主体", En: "there is no such holder"})
	}
	return nil
}

// canMerge tells whether a problem can be merged into another: one that stands, and that the caller may dispatch too.
func (t *Tx) canMerge(ctx context.Context, row *ProblemRow, s *patrol.Step) error {
	if s.Other == "" || s.Other == row.ID {
		return nil // Next says so
	}
	other, err := t.holdProblem(ctx, s.Other)
	if errors.Is(err, ErrNotFound) {
		return fmt.Errorf("%w: %w", patrol.ErrUnknown, &patrol.Fault{Pointer: "/other", Zh: "没有这个问题", En: "there is no such problem"})
	}
	if err != nil {
		return err
	}
	if other.State == patrol.Merged || other.State == patrol.Void {
		return &patrol.StepError{Kind: s.Kind, Why: patrol.WhyOther, State: row.State, Seen: s.Seen, Now: row.Revision}
	}
	return t.mayStep(ctx, &other, s)
}

func readEvent(row pgx.CollectableRow) (e ProblemEvent, err error) {
	var deadline *time.Time
	err = row.Scan(&e.ID, &e.Ordinal, &e.Kind, &e.At, &e.Received, &e.By.Account, &e.By.Holder, &e.Device, &e.Dept, &e.Assignee, &deadline, &e.Other, &e.Note, &e.Data)
	e.Deadline, e.Seen = timeOf(deadline), e.Data.Seen
	return e, err
}
