package grid

import (
	"cmp"
	"slices"
)

// Standing is what a duty is worth on a day.
type Standing int

// The standings.
const (
	Out  Standing = iota // not in force: before or after its term, or its holder not in post, or a substitute that nobody needs
	Away                 // in force, but its holder is absent
	On                   // in force, and its holder there: it counts
)

// maxStandIns bounds how long a row of substitutes of substitutes can be.
const maxStandIns = 8

// Standing tells what a duty is worth on a day.
func (r *Roster) Standing(d *Duty, day Day) Standing { return r.standing(d, day, maxStandIns) }

func (r *Roster) standing(d *Duty, day Day, left int) Standing {
	if !d.Term.Through(day) || !r.InPost(d.Holder, day) {
		return Out
	}
	if d.Stands != 0 {
		away := r.duties[d.Stands]
		if away == nil || left == 0 || r.standing(away, day, left-1) != Away {
			return Out
		}
	}
	if r.AbsentOn(d.Holder, day) != nil {
		return Away
	}
	return On
}

// InPost tells whether a holder is there for good on a day, absent or not.
func (r *Roster) InPost(holder int64, day Day) bool {
	h := r.holderByID[holder]
	return h != nil && h.Term.Until(day)
}

// AbsentOn is the absence that a holder has on a day, or nil.
func (r *Roster) AbsentOn(holder int64, day Day) *Absence {
	for _, a := range r.absences[holder] {
		if a.Term.Through(day) {
			return a
		}
	}
	return nil
}

// Duties lists the duties in force for a target on a day, those of absent holders too: by role in the order of showing, primary first, then by
// first day.
func (r *Roster) Duties(t Target, day Day) []*Duty {
	var out []*Duty
	for _, d := range r.byTarget[t] {
		if r.Standing(d, day) != Out {
			out = append(out, d)
		}
	}
	slices.SortStableFunc(out, func(a, b *Duty) int {
		if a.Role != b.Role {
			return r.roleOrder(a.Role) - r.roleOrder(b.Role)
		}
		return rankOrder(a.Rank) - rankOrder(b.Rank)
	})
	return out
}

func (r *Roster) roleOrder(code string) int {
	return slices.IndexFunc(r.roles, func(x *Role) bool { return x.Code == code })
}

func rankOrder(k Rank) int {
	if k == Primary {
		return 0
	}
	return 1
}

// DutiesOf lists the duties in force of a holder on a day, by first day.
func (r *Roster) DutiesOf(holder int64, day Day) []*Duty {
	var out []*Duty
	for _, d := range r.byHolder[holder] {
		if r.Standing(d, day) != Out {
			out = append(out, d)
		}
	}
	return out
}

// Manned tells whether anybody is there for a target on a day, in any role.
func (r *Roster) Manned(t Target, day Day) bool {
	return slices.ContainsFunc(r.byTarget[t], func(d *Duty) bool { return r.Standing(d, day) == On })
}

// OwnGrids lists the grids of the day's net that a holder has a duty for, by scheme and code.
func (r *Roster) OwnGrids(n *Net, holder int64, day Day) []*Grid {
	var out []*Grid
	for _, d := range r.DutiesOf(holder, day) {
		if d.Target.Kind != TargetGrid {
			continue
		}
		if g := n.GridByID(d.Target.ID); g != nil {
			out = append(out, g)
		}
	}
	slices.SortFunc(out, compareGrids)
	return slices.Compact(out)
}

// DutiesOn lists the duties in force on a day, by number.
func (r *Roster) DutiesOn(day Day) []*Duty {
	var out []*Duty
	for i := range r.rows.Duties {
		if d := &r.rows.Duties[i]; r.Standing(d, day) != Out {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b *Duty) int { return cmp.Compare(a.ID, b.ID) })
	return out
}
