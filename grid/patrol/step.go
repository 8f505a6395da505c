package patrol

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// StepKind is what can be done with a problem.
type StepKind string

// The kinds of steps.
const (
	StepReport   StepKind = "report"      // 发现上报: the first one, and only that
	StepOnSpot   StepKind = "on_the_spot" // 当场整改: by whoever found it, before any department has it
	StepDispatch StepKind = "dispatch"    // 交办, 改派
	StepReturn   StepKind = "return"      // 退回
	StepTake     StepKind = "take"        // 接办
	StepRectify  StepKind = "rectify"     // 整改完成
	StepPass     StepKind = "pass"        // 核查通过，销号
	StepFail     StepKind = "fail"        // 核查不通过，返工
	StepSuspend  StepKind = "suspend"     // 挂账
	StepResume   StepKind = "resume"      // 恢复办理
	StepVoid     StepKind = "void"        // 不予受理
	StepMerge    StepKind = "merge"       // 并案
	StepLookBack StepKind = "look_back"   // 回头看: Other names the new problem where it came back
	StepComment  StepKind = "comment"     // 批注
)

// Step is one thing that somebody does with a problem.
type Step struct {
	ID       string // UUID; the same again changes nothing
	Problem  string
	Kind     StepKind
	Seen     int64     // revision that whoever steps had before the eyes; 0 for any
	Dept     string    // dispatch: the department that is to rectify it
	Assignee int64     // dispatch, take: the holder that is to
	Deadline time.Time // dispatch
	Note     string    // compulsory where something is refused: return, fail, suspend, void
	Photos   []PhotoRef
	Other    string // merge: the problem it is merged into; look_back: the new problem where it came back
	By       Person
	Device   string
	Moment
	Place Place
}

// Why a step is not possible.
type Why string

// The reasons.
const (
	WhyState    Why = "state"    // the state does not admit it
	WhySeen     Why = "seen"     // the problem moved on since whoever steps looked at it
	WhySelf     Why = "self"     // who rectified it does not verify it
	WhyReopened Why = "reopened" // it came back before and is another problem now
	WhyOther    Why = "other"    // it cannot be merged into that one: itself, or the closed one that it is again
)

// StepError is a step that is not possible, with the state and the revision of both sides. It is an ErrStep.
type StepError struct {
	Kind  StepKind
	Why   Why
	State State // of the problem now
	Seen  int64 // revision that the step was made on; 0 for any
	Now   int64 // revision now
}

// Error says it in English.
func (e *StepError) Error() string { return e.En() }

// Unwrap gives the sentinel.
func (e *StepError) Unwrap() error { return ErrStep }

// transition is where one kind of step leads.
type transition struct {
	from []State
	to   State // same for none
}

// same is the state of steps that leave a problem where it is.
const same State = "same"

// transitions is the life of a problem: what is not here is not possible.
func transitions(kind StepKind) transition {
	switch kind {
	case StepReport:
		return transition{[]State{Absent}, Found}
	case StepOnSpot:
		return transition{[]State{Found, Returned}, Rectified}
	case StepDispatch:
		return transition{[]State{Found, Returned, Dispatched, Handling}, Dispatched}
	case StepReturn:
		return transition{[]State{Dispatched, Handling}, Returned}
	case StepTake:
		return transition{[]State{Dispatched}, Handling}
	case StepRectify:
		return transition{[]State{Dispatched, Handling}, Rectified}
	case StepPass:
		return transition{[]State{Rectified}, Closed}
	case StepFail:
		return transition{[]State{Rectified}, Handling}
	case StepSuspend:
		return transition{[]State{Dispatched, Handling, Returned}, Suspended}
	case StepResume:
		return transition{[]State{Suspended}, Dispatched}
	case StepVoid:
		return transition{[]State{Found, Returned}, Void}
	case StepMerge:
		return transition{[]State{Found, Dispatched, Handling, Returned, Suspended}, Merged}
	case StepLookBack:
		return transition{[]State{Closed}, same}
	case StepComment:
		return transition{States(), same}
	}
	return transition{}
}

// Kinds are all kinds of steps, in the order of the life of a problem.
func Kinds() []StepKind {
	return []StepKind{StepReport, StepOnSpot, StepDispatch, StepReturn, StepTake, StepRectify, StepPass, StepFail, StepSuspend, StepResume, StepVoid,
		StepMerge, StepLookBack, StepComment}
}

// Next is the problem after a step: the only way from one state to the next. Errors: *Fault, *StepError, ErrPhotos.
func (p Problem) Next(s Step, class Class) (Problem, error) {
	if err := p.admits(&s, &class); err != nil {
		return p, err
	}
	return p.after(&s), nil
}

// admits tells whether a step is possible now.
func (p *Problem) admits(s *Step, class *Class) error {
	refuse := func(why Why) error {
		return &StepError{Kind: s.Kind, Why: why, State: p.State, Seen: s.Seen, Now: p.Revision}
	}
	switch {
	case !slices.Contains(Kinds(), s.Kind):
		return &Fault{"/kind", "没有这种操作", "is no kind of step"}
	case !slices.Contains(transitions(s.Kind).from, p.State):
		return refuse(WhyState)
	case s.Seen != 0 && s.Seen != p.Revision && s.Kind != StepComment:
		return refuse(WhySeen)
	case s.Kind == StepLookBack && p.ReopenedBy != "":
		return refuse(WhyReopened)
	case s.Kind.verifies() && p.Rectifier.Is(s.By):
		return refuse(WhySelf)
	case s.Kind == StepMerge && (s.Other == p.ID || s.Other != "" && s.Other == p.Reopens):
		return refuse(WhyOther)
	}
	if err := s.whole(); err != nil {
		return err
	}
	return class.wants(s, p.Source)
}

// whole tells whether a step has what its kind needs.
func (s *Step) whole() error {
	switch s.Kind {
	case StepDispatch:
		if s.Dept == "" {
			return &Fault{"/dept", "交办须指明责任部门", "a dispatch names the department"}
		}
	case StepReturn, StepFail, StepSuspend, StepVoid, StepComment:
		if s.Note == "" {
			return &Fault{"/note", "须写明原因或内容", "wants words"}
		}
	case StepMerge:
		if s.Other == "" {
			return &Fault{"/other", "并案须指明并入的问题", "a merge names the other problem"}
		}
	}
	return nil
}

// after is the problem after a step that is possible.
func (p Problem) after(s *Step) Problem {
	if s.Kind == StepComment {
		return p
	}
	p.Revision++
	if to := transitions(s.Kind).to; to != same {
		p.State = to
	}
	switch s.Kind {
	case StepDispatch:
		p.Dept, p.Assignee, p.Deadline = s.Dept, s.Assignee, s.Deadline
	case StepTake:
		if s.Assignee != 0 {
			p.Assignee = s.Assignee
		}
	case StepReturn:
		p.Returns++
		p.Assignee = 0
	case StepRectify, StepOnSpot:
		p.OnTheSpot = s.Kind == StepOnSpot
		p.Rectifier, p.RectifiedAt = s.By, s.At
	case StepFail:
		p.failed()
	case StepPass:
		p.ClosedAt = s.At
	case StepMerge:
		p.DuplicateOf = s.Other
	case StepLookBack:
		p.ReopenedBy = s.Other
	}
	return p
}

// failed takes back what the rectification said: whoever had it does it again. What was rectified on the spot nobody had, so it is to be handed over.
func (p *Problem) failed() {
	if p.OnTheSpot {
		p.State = Found
	}
	p.Reworks++
	p.OnTheSpot, p.RectifiedAt = false, time.Time{}
}

// verifies tells whether a step judges what somebody rectified.
func (k StepKind) verifies() bool { return k == StepPass || k == StepFail || k == StepLookBack }

// Fold is what steps, in their order, have made of a reported problem. It holds the states only: whether photos were compulsory or who might verify was
// asked when each step was made. A step that is not possible is a *StepError.
func Fold(reported Problem, steps []Step) (Problem, error) {
	p := reported
	p.State, p.Revision = Absent, 0
	for i := range steps {
		s := &steps[i]
		if !slices.Contains(transitions(s.Kind).from, p.State) {
			return p, fmt.Errorf("step %d: %w", i, &StepError{Kind: s.Kind, Why: WhyState, State: p.State, Now: p.Revision})
		}
		p = p.after(s)
	}
	return p, nil
}

// Is tells whether two are the same one: the same holder or the same account. Nobody is nobody.
func (a Person) Is(b Person) bool {
	return a.Holder != 0 && a.Holder == b.Holder || a.Account != "" && a.Account == b.Account
}

// Can are the kinds of steps that the state of the problem admits from somebody; whether they may is a matter of rights.
func (p *Problem) Can(by Person) []StepKind {
	can := []StepKind{}
	for _, kind := range Kinds() {
		s := Step{Kind: kind, By: by}
		if err := p.admits(&s, &Class{}); !errors.Is(err, ErrStep) {
			can = append(can, kind)
		}
	}
	return can
}
