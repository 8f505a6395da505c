package grid

import (
	"cmp"
	"slices"
)

// Requirements are what a target of a kind must have, by role in the order of showing. What is said of its very sort (scheme of a grid, class
// of a road, kind of a place or region) goes before what is said of all of the kind, role by role.
func (r *Roster) Requirements(kind TargetKind, sort string) []*Requirement {
	var out []*Requirement
	for _, q := range r.requirements {
		if q.Kind != kind || q.Applies != "" && q.Applies != sort {
			continue
		}
		i := slices.IndexFunc(out, func(x *Requirement) bool { return x.Role == q.Role })
		switch {
		case i < 0:
			out = append(out, q)
		case q.Applies != "":
			out[i] = q
		}
	}
	slices.SortFunc(out, func(a, b *Requirement) int {
		return cmp.Or(r.roleOrder(a.Role)-r.roleOrder(b.Role), cmp.Compare(a.Role, b.Role))
	})
	return out
}

// limit is the load limit that counts a duty in a role for a target of a sort: that of the very sort before that of all; nil for none.
func (r *Roster) limit(role string, kind TargetKind, sort string) *LoadLimit {
	var best *LoadLimit
	for _, l := range r.limits {
		if l.Role == role && l.Kind == kind && (l.Applies == sort || l.Applies == "" && best == nil) {
			best = l
		}
	}
	return best
}

// Crew is how many people a target has in a role on a day.
type Crew struct {
	There   int // holders whose duty counts, primary or deputy
	Primary int // of these with primary rank
	away    *Duty
	former  *Duty
	ended   Day // first day without the former one
}

// Have counts the people that a target has in a role on a day. A holder counts once.
func (r *Roster) Have(t Target, role string, day Day) Crew {
	var c Crew
	var seen [8]int64
	there := seen[:0]
	for _, d := range r.byTarget[t] {
		if d.Role != role {
			continue
		}
		switch r.Standing(d, day) {
		case On:
			if d.Rank == Primary {
				c.Primary++
			}
			if !slices.Contains(there, d.Holder) {
				there = append(there, d.Holder)
			}
		case Away:
			if c.away == nil {
				c.away = d
			}
		case Out:
			if end := r.endOf(d); end != 0 && end <= day && end > c.ended && d.Stands == 0 {
				c.former, c.ended = d, end
			}
		}
	}
	c.There = len(there)
	return c
}

// endOf is the first day on which a duty is over: by its term, or because its holder left; 0 for none.
func (r *Roster) endOf(d *Duty) Day {
	end := Day(0)
	if d.Term.To != 0 {
		end = d.Term.To + 1
	}
	if h := r.holderByID[d.Holder]; h != nil && h.Term.To != 0 && (end == 0 || h.Term.To < end) {
		end = h.Term.To
	}
	return end
}
