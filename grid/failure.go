package grid

import (
	"cmp"
	"math"
	"slices"
)

// FailureKind is a way in which 格中定人 is not true.
type FailureKind string

// The kinds of failures. Of a post that is not filled one is told, the first of absent, expired, missing that is true.
const (
	Missing    FailureKind = "missing"    // 缺员: nobody ever had the post
	Expired    FailureKind = "expired"    // 到期: who had it has no duty any more, and nobody came
	Absent     FailureKind = "absent"     // 离岗无人代: who has it is away, and nobody stands in
	TooMany    FailureKind = "too_many"   // 超员: more with primary rank than there should be
	Overloaded FailureKind = "overloaded" // 超负荷: a holder has too many
)

// FailureKinds are all kinds of failures.
func FailureKinds() []FailureKind {
	return []FailureKind{Missing, Expired, Absent, TooMany, Overloaded}
}

// Failure is one place at which 格中定人 is not true on a day. Decisions:
//
//   - Any rank fills a post (somebody is there); only primary ranks can be too many.
//   - Overload is told once for a holder, role and limit, not at every target.
type Failure struct {
	Kind    FailureKind
	Target  Target // of an overload the first by number
	Role    string
	Have    int
	AtLeast int   // of a post that is not filled
	AtMost  int   // of too many, and of an overload; 0 else
	Since   Day   // first day without the former holder, or of the absence; 0 where nobody knows
	Holder  int64 // the former, the absent, the overloaded; 0 for none
}

// FailureFilter says which failures are wanted; the zero value is all.
type FailureFilter struct {
	Scheme string      // of grids; leaves out what is not about grids
	Kind   FailureKind // one kind
	Target TargetKind  // one kind of targets
	Region string      // code of a division or zone in which the target lies
}

// Failures lists where 格中定人 is not true on a day: by kind of target, code and role, overloads at the end. n is the net of that day.
func (r *Roster) Failures(n *Net, day Day, f FailureFilter) []Failure {
	in := n.within(f.Region)
	var out []Failure
	for t := range r.eachTarget(n, day, f) {
		if f.Kind != Overloaded && in.target(r, t) {
			out = append(out, r.gaps(n, t, day)...)
		}
	}
	if f.Kind == "" || f.Kind == Overloaded {
		out = append(out, r.overloads(n, day, f, in)...)
	}
	if f.Kind != "" {
		out = slices.DeleteFunc(out, func(x Failure) bool { return x.Kind != f.Kind })
	}
	return out
}

// FailuresOf lists what is wrong about one target on a day, overloads of its people included.
func (r *Roster) FailuresOf(n *Net, t Target, day Day) []Failure {
	out := r.gaps(n, t, day)
	var seen []int64
	for _, d := range r.Duties(t, day) {
		if slices.Contains(seen, d.Holder) {
			continue
		}
		seen = append(seen, d.Holder)
		for _, l := range r.Load(n, d.Holder, day) {
			if l.Over() && slices.Contains(l.Targets, t) {
				out = append(out, l.failure(d.Holder, t))
			}
		}
	}
	return out
}

// gaps holds a target against what it must have.
func (r *Roster) gaps(n *Net, t Target, day Day) (out []Failure) {
	sort, there := r.sortOf(n, t, day)
	if !there {
		return nil
	}
	for _, q := range r.Requirements(t.Kind, sort) {
		if f, bad := r.gap(t, q, day); bad {
			out = append(out, f)
		}
	}
	return out
}

// gap holds a target against one requirement.
func (r *Roster) gap(t Target, q *Requirement, day Day) (Failure, bool) {
	c := r.Have(t, q.Role, day)
	f := Failure{Target: t, Role: q.Role, Have: c.There, AtLeast: q.AtLeast}
	switch {
	case c.There < q.AtLeast && c.away != nil:
		f.Kind, f.Holder, f.Since = Absent, c.away.Holder, r.AbsentOn(c.away.Holder, day).Term.From
	case c.There < q.AtLeast && c.former != nil:
		f.Kind, f.Holder, f.Since = Expired, c.former.Holder, c.ended
	case c.There < q.AtLeast:
		f.Kind = Missing
	case q.AtMost > 0 && c.Primary > q.AtMost:
		f.Kind, f.Have, f.AtMost = TooMany, c.Primary, q.AtMost
	default:
		return f, false
	}
	return f, true
}

// overloads lists the holders who have too much.
func (r *Roster) overloads(n *Net, day Day, f FailureFilter, in *extent) (out []Failure) {
	least := math.MaxInt // of all limits: who never had more duties cannot have too many
	for _, l := range r.limits {
		least = min(least, l.AtMost)
	}
	for _, h := range r.holders {
		if len(r.byHolder[h.ID]) <= least {
			continue
		}
		for _, l := range r.Load(n, h.ID, day) {
			if !l.Over() || f.Target != "" && l.Kind != f.Target || f.Scheme != "" && l.Kind != TargetGrid {
				continue
			}
			at := slices.IndexFunc(l.Targets, func(t Target) bool {
				g := n.GridByID(t.ID)
				return in.target(r, t) && (f.Scheme == "" || g != nil && g.Scheme == f.Scheme)
			})
			if at >= 0 {
				out = append(out, l.failure(h.ID, l.Targets[at]))
			}
		}
	}
	return out
}

// eachTarget yields the targets for which anything can be required: those in force that a requirement names, in the order of the list.
func (r *Roster) eachTarget(n *Net, day Day, f FailureFilter) func(yield func(Target) bool) {
	wanted := func(kind TargetKind) bool {
		return (f.Target == "" || f.Target == kind) && (f.Scheme == "" || kind == TargetGrid) &&
			slices.ContainsFunc(r.requirements, func(q *Requirement) bool { return q.Kind == kind })
	}
	return func(yield func(Target) bool) {
		if wanted(TargetGrid) && !r.eachGrid(n, f.Scheme, yield) {
			return
		}
		for _, l := range r.lines {
			if wanted(l.Target.Kind) && !yield(l.Target) {
				return
			}
		}
		if wanted(TargetPlace) {
			for _, s := range r.spots {
				if (s.To == 0 || day < s.To) && !yield(Target{TargetPlace, s.ID}) {
					return
				}
			}
		}
		for _, x := range n.regions {
			kind := TargetRegion
			if n.isZone(x) {
				kind = TargetZone
			}
			if wanted(kind) && !yield(Target{kind, x.ID}) {
				return
			}
		}
	}
}

// eachGrid yields the grids of the schemes for which anything is required.
func (r *Roster) eachGrid(n *Net, scheme string, yield func(Target) bool) bool {
	for _, s := range n.schemes {
		if scheme != "" && s.Code != scheme || len(r.Requirements(TargetGrid, s.Code)) == 0 {
			continue
		}
		for _, g := range n.Grids(s.Code) {
			if !yield(Target{TargetGrid, g.ID}) {
				return false
			}
		}
	}
	return true
}

// State is how a grid stands by its people.
type State string

// The states of a grid.
const (
	StateManned     State = "manned"     // 有人: all that is required is there
	StateVacant     State = "vacant"     // 缺员: a required post is not filled
	StateOverloaded State = "overloaded" // 超负荷: all are there, somebody has too much
	StateUnknown    State = "unknown"    // nothing is required of such grids
)

// State tells how a grid of the day's net stands by its people.
func (r *Roster) State(n *Net, g *Grid, day Day) State {
	needs := r.Requirements(TargetGrid, g.Scheme)
	if len(needs) == 0 {
		return StateUnknown
	}
	t := Target{TargetGrid, g.ID}
	for _, q := range needs {
		if r.Have(t, q.Role, day).There < q.AtLeast {
			return StateVacant
		}
	}
	if r.Strain(n, t, day) > 1 {
		return StateOverloaded
	}
	return StateManned
}

// compareTargets orders targets by kind and number.
func compareTargets(a, b Target) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
}
