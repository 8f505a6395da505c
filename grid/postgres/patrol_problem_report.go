package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"wangge/grid/patrol"
	"wangge/grid/rights"
)

// ReportProblem records a problem that the caller found; new is false where the caller reported it before, and nothing changes then. What it fills:
// number, place, division, grids, what it is about, source, and the department from the class. A report that reopens a closed problem is a failed look
// back at that one. Errors: rights', those of Report.Check and Problem.Next, patrol.ErrUnknown, ErrNotFound for what it reopens.
func (t *Tx) ReportProblem(ctx context.Context, r *patrol.Report) (p patrol.Problem, isNew bool, err error) {
	if err := t.Caller.Actor.Might(rights.Report); err != nil {
		return p, false, err
	}
	if err := r.Check(); err != nil {
		return p, false, err
	}
	if known, err := t.reported(ctx, r.ID); !errors.Is(err, ErrNotFound) {
		return known, false, err
	}
	row := ProblemRow{Problem: patrol.Problem{
		ID: r.ID, Class: r.Class, Source: r.Source, Title: strings.TrimSpace(r.Title), Note: r.Note, Reopens: r.Reopens, Reporter: t.person(), Device: r.Device,
		At: r.At, Received: r.Received,
	}, CheckID: r.CheckID}
	var reopened ProblemRow
	if r.Reopens != "" {
		if reopened, err = t.reopen(ctx, r, &row); err != nil {
			return p, false, err
		}
	}
	steps, err := t.found(ctx, r, &row)
	if err != nil {
		return p, false, err
	}
	isNew, err = t.insertProblem(ctx, &row)
	if err != nil {
		return p, false, err
	}
	if !isNew { // somebody else's transaction brought it a moment ago
		p, err = t.reported(ctx, r.ID)
		return p, false, err
	}
	if r.Reopens != "" {
		if err := t.keepStep(ctx, &reopened.Problem, lookBack(r)); err != nil {
			return p, false, err
		}
	}
	for i := range steps {
		if err := t.insertEvent(ctx, &row.Problem, &steps[i], i+1); err != nil {
			return p, false, err
		}
	}
	return row.Problem, true, t.ExpectPhotos(ctx, PhotoOwner{PhotoOfProblem, row.ID, row.Region, cmp.Or(row.DutyID, row.UnitID)}, r.Photos)
}

// person is whoever calls.
func (t *Tx) person() patrol.Person {
	return patrol.Person{Holder: t.Caller.Actor.Holder, Account: t.Caller.Actor.Name}
}

// reported finds a problem that the caller reported. One that another reported under the same id is a *patrol.Fault.
func (t *Tx) reported(ctx context.Context, id string) (patrol.Problem, error) {
	row, err := one(ctx, t.tx, problemSQL, []any{id}, readProblem)
	if err == nil && row.Reporter.Account != t.Caller.Actor.Name {
		err = &patrol.Fault{Pointer: "/id", Zh: "这个编号已是另一问题的", En: "is the id of another problem"}
	}
	return row.Problem, err
}

// found makes the problem of a report, and the steps that it begins with.
func (t *Tx) found(ctx context.Context, r *patrol.Report, p *ProblemRow) ([]patrol.Step, error) {
	class, err := t.class(ctx, p.Class)
	switch {
	case err != nil:
		return nil, err
	case class.Parent == "":
		return nil, &patrol.Fault{Pointer: "/class", Zh: "须归入小类", En: "is a class at the top: take one below it"}
	}
	if p.Source, err = t.source(p.Source); err != nil {
		return nil, err
	}
	p.ClassTitle, p.ClassTitleEn, p.Dept = class.Title, class.TitleEn, class.Dept
	p.Title = cmp.Or(p.Title, class.Title)
	if err := t.locate(ctx, r, p); err != nil {
		return nil, err
	}
	steps := []patrol.Step{{ID: r.ID, Problem: r.ID, Kind: patrol.StepReport, Photos: r.Photos, By: p.Reporter, Device: r.Device, Moment: r.Moment}}
	if r.OnTheSpot {
		spot := steps[0]
		spot.ID, spot.Kind = patrol.DerivedID(r.ID, string(patrol.StepOnSpot)), patrol.StepOnSpot
		steps = append(steps, spot)
	}
	for _, s := range steps {
		if p.Problem, err = p.Next(s, class); err != nil {
			return nil, err
		}
	}
	p.Number, err = t.number(ctx)
	return steps, err
}

// source is where a problem comes from: what the caller's role says, unless it tells of a citizen, or is somebody who dispatches.
func (t *Tx) source(said patrol.Source) (patrol.Source, error) {
	who := t.Caller.Actor
	usual := patrol.FromCitizen
	switch who.Role {
	case rights.Officer:
		usual = patrol.FromOfficer
	case rights.Department:
		usual = patrol.FromDepartment
	case rights.Street, rights.Bureau:
		usual = patrol.FromSupervision
	}
	if said == "" || said == usual {
		return usual, nil
	}
	if said == patrol.FromCitizen || who.Might(rights.Dispatch) == nil {
		return said, nil
	}
	return "", &patrol.Fault{Pointer: "/source", Zh: "不能以这种来源上报", En: "is not a source that you may report as"}
}

// reopen holds the problem that came back and tries the look back that finds so; the new problem is about the same.
func (t *Tx) reopen(ctx context.Context, r *patrol.Report, p *ProblemRow) (ProblemRow, error) {
	old, err := t.holdProblem(ctx, r.Reopens)
	if err != nil {
		return old, err
	}
	step := lookBack(r)
	step.By = t.person()
	if err := t.mayStep(ctx, &old, &step); err != nil {
		return old, err
	}
	next, err := old.Next(step, patrol.Class{})
	if err != nil {
		return old, err
	}
	p.Class, p.Title = cmp.Or(p.Class, old.Class), cmp.Or(p.Title, old.Title)
	if r.Subject == nil {
		r.Subject = old.Subject
	}
	if r.Place.At == nil && r.Fix == nil {
		r.Place = old.Place
	}
	old.Problem = next
	return old, nil
}

// lookBack is the step of a look back that found a problem again and reports it anew.
func lookBack(r *patrol.Report) patrol.Step {
	return patrol.Step{
		ID: patrol.DerivedID(r.ID, string(patrol.StepLookBack)), Problem: r.Reopens, Kind: patrol.StepLookBack, Note: r.Note, Other: r.ID, By: r.By, Device: r.Device, Moment: r.Moment,
	}
}

// holdProblem locks a problem until the transaction ends. ErrNotFound.
func (t *Tx) holdProblem(ctx context.Context, id string) (ProblemRow, error) {
	p, err := one(ctx, t.tx, holdProblemSQL, []any{id}, readProblem)
	if err != nil {
		err = fmt.Errorf("problem %.40q: %w", id, err)
	}
	return p, err
}

// mayStep asks whether the caller may do a step with a problem.
func (t *Tx) mayStep(ctx context.Context, p *ProblemRow, s *patrol.Step) error {
	grids, err := t.gridsHeld(ctx)
	if err != nil {
		return err
	}
	return MayStep(t.Caller.Actor, p, s.Kind, grids)
}

// MayStep asks whether somebody, who is responsible for some grids, may do a kind of step with a problem.
func MayStep(who rights.Actor, p *ProblemRow, kind patrol.StepKind, grids []int64) error {
	mine := p.Reporter.Account == who.Name
	here := slices.Contains(grids, p.UnitID) || slices.Contains(grids, p.DutyID)
	assigned := who.Holder != 0 && p.Assignee == who.Holder
	at := rights.Place{Region: p.Region, Dept: p.Dept}
	switch kind {
	case patrol.StepReport:
		return who.Might(rights.Report)
	case patrol.StepTake, patrol.StepRectify, patrol.StepReturn:
		at.Own = assigned
		return who.May(rights.Rectify, at)
	case patrol.StepOnSpot:
		at.Own = assigned || here || mine
		return who.May(rights.Rectify, at)
	case patrol.StepPass, patrol.StepFail, patrol.StepLookBack:
		at.Own = here
		return who.May(rights.Verify, at)
	case patrol.StepComment:
		return MayReadProblem(who, p, grids)
	}
	return who.May(rights.Dispatch, at)
}

// MayReadProblem asks whether somebody, who is responsible for some grids, may read a problem: who reported it may.
func MayReadProblem(who rights.Actor, p *ProblemRow, grids []int64) error {
	if who.SignedIn() && p.Reporter.Account == who.Name {
		return who.Might(rights.Report)
	}
	here := slices.Contains(grids, p.UnitID) || slices.Contains(grids, p.DutyID)
	return who.May(rights.ReadPatrol, rights.Place{Region: p.Region, Dept: p.Dept, Own: here || who.Holder != 0 && (p.Assignee == who.Holder || p.Reporter.Holder == who.Holder)})
}
