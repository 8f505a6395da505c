package postgres

import (
	"slices"

	"wangge/grid"
)

// Compare names the people, duties, rules and targets that one roster has otherwise than another.
func (RosterModel) Compare(held, fresh any) []string {
	ra, _ := held.(*grid.Roster)
	rb, _ := fresh.(*grid.Roster)
	if ra == nil || rb == nil {
		return []string{"roster"}
	}
	a, b := ra.Rows(), rb.Rows()
	out := differing("holder", a.Holders, b.Holders, func(h *grid.Holder) int64 { return h.ID })
	out = append(out, differing("duty", a.Duties, b.Duties, func(d *grid.Duty) int64 { return d.ID })...)
	out = append(out, differing("absence", a.Absences, b.Absences, func(x *grid.Absence) int64 { return x.ID })...)
	out = append(out, differing("requirement", a.Requirements, b.Requirements, func(q *grid.Requirement) int64 { return q.ID })...)
	out = append(out, differing("load_limit", a.Limits, b.Limits, func(l *grid.LoadLimit) int64 { return l.ID })...)
	out = append(out, differing("place", a.Spots, b.Spots, func(s *grid.Spot) int64 { return s.ID })...)
	for _, kind := range []grid.TargetKind{grid.TargetRoad, grid.TargetAlley} {
		out = append(out, differing(string(kind), linesOf(a, kind), linesOf(b, kind), func(l *grid.Line) int64 { return l.Target.ID })...)
	}
	if !slices.EqualFunc(ra.Departments(), rb.Departments(), func(x, y *grid.Department) bool { return *x == *y }) {
		out = append(out, "department")
	}
	if !slices.EqualFunc(ra.Roles(), rb.Roles(), func(x, y *grid.Role) bool { return *x == *y }) {
		out = append(out, "role")
	}
	return out
}

func linesOf(rows grid.RosterRows, kind grid.TargetKind) (out []grid.Line) {
	for i := range rows.Lines {
		if rows.Lines[i].Target.Kind == kind {
			out = append(out, rows.Lines[i])
		}
	}
	return out
}
