package grid

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Refusal says why one value of what somebody wants to write is refused, in both languages.
type Refusal struct {
	Field            string // a JSON pointer into what is written, /valid_to
	Detail, DetailEn string
}

// Refusals are all that is wrong with one thing to be written. They are an error.
type Refusals []Refusal

// Error lists the refusals in English.
func (r Refusals) Error() string {
	parts := make([]string, len(r))
	for i, x := range r {
		parts[i] = x.Field + ": " + x.DetailEn
	}
	return strings.Join(parts, "; ")
}

// Refuse is one refusal as an error.
func Refuse(field, detail, detailEn string) Refusals { return Refusals{{field, detail, detailEn}} }

// Below puts the field of every refusal under a pointer: of an item of a list that was written. Other errors stay as they are.
func Below(pointer string, err error) error {
	var r Refusals
	if !errors.As(err, &r) {
		return err
	}
	out := slices.Clone(r)
	for i := range out {
		out[i].Field = pointer + out[i].Field
	}
	return out
}

func (r *Refusals) add(field, detail, detailEn string) {
	*r = append(*r, Refusal{field, detail, detailEn})
}

// Err is nil where nothing was refused.
func (r Refusals) Err() error {
	if len(r) == 0 {
		return nil
	}
	return r
}

// Post is a duty that is to be given: what CheckDuty wants to know of it.
type Post struct {
	Duty   Duty
	Holder Holder
	// TargetTerm is how long the target is in force, Until.
	TargetTerm Term
}

// CheckDuty finds what speaks against giving a duty, whoever gives it. roles, needs and limits are those of the city.
func CheckDuty(p Post, roles []Role, needs []Requirement, limits []LoadLimit) error {
	var bad Refusals
	d := p.Duty
	if !slices.ContainsFunc(roles, func(r Role) bool { return r.Code == d.Role }) {
		bad.add("/role", "没有这个角色", "there is no such role")
	} else if kinds := FitKinds(d.Role, needs, limits); !slices.Contains(kinds, d.Target.Kind) {
		list := joinKinds(kinds)
		bad.add("/role", "这个角色不用于此类对象，只用于 "+list, "this role is not for such targets, only for "+list)
	}
	if d.Rank != Primary && d.Rank != Deputy {
		bad.add("/rank", "只能是 primary 或 deputy", "must be primary or deputy")
	}
	bad = append(bad, checkTerm(d.Term)...)
	if len(bad) == 0 {
		bad = append(bad, checkWithin(d.Term, p.Holder.Term, p.TargetTerm)...)
	}
	return bad.Err()
}

// checkTerm: a duty or absence has a first day, and does not end before it.
func checkTerm(t Term) (bad Refusals) {
	switch {
	case t.From == 0:
		bad.add("/valid_from", "缺少开始日期", "the first day is missing")
	case t.To != 0 && t.To < t.From:
		bad.add("/valid_to", fmt.Sprintf("结束（%s）早于开始（%s）", t.To, t.From), fmt.Sprintf("ends on %s, before it starts on %s", t.To, t.From))
	}
	return bad
}

// checkWithin: nobody has a duty while out of post, and nothing that is not in force has people.
func checkWithin(duty, holder, target Term) (bad Refusals) {
	if !duty.inside(holder) {
		bad.add("/holder", "此期间不在岗（"+holder.words()+"）", "is not in post all that time ("+holder.words()+")")
	}
	if target.To != 0 && (duty.To == 0 || duty.To >= target.To) {
		bad.add("/target", fmt.Sprintf("对象自 %s 起停用", target.To), fmt.Sprintf("the target is no more in force from %s on", target.To))
	}
	return bad
}

// inside tells whether a term whose To is its last day lies in one whose To is the first day after it.
func (t Term) inside(o Term) bool {
	return o.From <= t.From && (o.To == 0 || t.To != 0 && t.To < o.To)
}

// words names the ends of a term that is told of with its first day away.
func (t Term) words() string {
	from, to := t.From.String(), t.To.String()
	if from == "" {
		from = "…"
	}
	if to == "" {
		to = "…"
	}
	return from + " – " + to
}

// FitKinds are the kinds of targets that a role is for: those of which a requirement or a load limit speaks; all, where neither speaks of the role.
func FitKinds(role string, needs []Requirement, limits []LoadLimit) []TargetKind {
	var kinds []TargetKind
	for _, n := range needs {
		if n.Role == role {
			kinds = append(kinds, n.Kind)
		}
	}
	for _, l := range limits {
		if l.Role == role {
			kinds = append(kinds, l.Kind)
		}
	}
	if len(kinds) == 0 {
		return TargetKinds()
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

func joinKinds(kinds []TargetKind) string {
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = string(k)
	}
	return strings.Join(words, ", ")
}

// Both is the part that two terms share, all Through; ok is false where there is none.
func (t Term) Both(o Term) (both Term, ok bool) {
	both = Term{From: max(t.From, o.From), To: t.To}
	if both.To == 0 || o.To != 0 && o.To < both.To {
		both.To = o.To
	}
	return both, both.To == 0 || both.From <= both.To
}

// Uncovered is what of a term none of the others covers, in order, all Through: the days on which a duty that is handed over is not had already.
func Uncovered(t Term, have []Term) []Term {
	left := []Term{t}
	for _, h := range have {
		var next []Term
		for _, piece := range left {
			next = append(next, piece.without(h)...)
		}
		left = next
	}
	slices.SortFunc(left, func(a, b Term) int { return int(a.From) - int(b.From) })
	return left
}

// without is a term less another: none, one or two pieces.
func (t Term) without(h Term) (pieces []Term) {
	both, ok := t.Both(h)
	if !ok {
		return []Term{t}
	}
	if t.From < both.From {
		pieces = append(pieces, Term{From: t.From, To: both.From - 1})
	}
	if both.To != 0 && (t.To == 0 || both.To < t.To) {
		pieces = append(pieces, Term{From: both.To + 1, To: t.To})
	}
	return pieces
}

// CheckAbsence finds what speaks against an absence and those who are to stand in, by index: duties are those stood in for, stand-ins the holders,
// busy tells whether a stand-in is away meanwhile.
func CheckAbsence(a Absence, holder Holder, standIns []StandIn) error {
	bad := checkTerm(a.Term)
	if a.Term.To == 0 {
		bad.add("/valid_to", "缺少结束日期", "the last day is missing")
	}
	if !slices.Contains(AbsenceKinds(), a.Kind) {
		list := strings.Join(AbsenceKinds(), ", ")
		bad.add("/kind", "只能是 "+list, "must be one of "+list)
	}
	if len(bad) > 0 {
		return bad
	}
	if !a.Term.inside(holder.Term) {
		bad.add("/valid_from", "此期间不在岗（"+holder.Term.words()+"）", "is not in post all that time ("+holder.Term.words()+")")
	}
	for i, s := range standIns {
		bad = append(bad, s.check(fmt.Sprintf("/substitutes/%d", i), a)...)
	}
	return bad.Err()
}

// AbsenceKinds are the kinds of absence.
func AbsenceKinds() []string { return []string{"leave", "training", "secondment", "other"} }

// StandIn is one who is to do a duty while its holder is away.
type StandIn struct {
	Duty   Duty
	Holder Holder
	Away   []Term // when the stand-in is away too, Through
	Same   []Term // when the stand-in has such a duty anyway, Through
}

// Term is the time in which the stand-in stands in.
func (s StandIn) Term(a Absence) (Term, bool) { return s.Duty.Term.Both(a.Term) }

func (s StandIn) check(at string, a Absence) (bad Refusals) {
	if s.Duty.Holder != a.Holder {
		bad.add(at+"/duty", "不是这个人的职责", "is no duty of this holder")
		return bad
	}
	term, ok := s.Term(a)
	overlaps := func(o Term) bool { _, both := term.Both(o); return both }
	switch {
	case !ok:
		bad.add(at+"/duty", "离岗期间没有这项职责", "is no duty during the absence")
	case s.Holder.ID == a.Holder:
		bad.add(at+"/holder", "不能代理自己", "cannot stand in for oneself")
	case !term.inside(s.Holder.Term):
		bad.add(at+"/holder", "代理期间不在岗", "is not in post all that time")
	case slices.ContainsFunc(s.Away, overlaps):
		bad.add(at+"/holder", "代理期间也离岗", "is away at that time too")
	case slices.ContainsFunc(s.Same, overlaps):
		bad.add(at+"/holder", "已有同样的职责，不能再代理", "has the same duty anyway")
	}
	return bad
}
