package layers

import (
	"maps"
	"slices"
)

// Part is one field of a proposal in three versions, typed; nil for no value.
type Part struct {
	Field    *Field
	Base     any // as the finder saw it
	Now      any // as it is
	Proposed any
	Changed  bool // somebody changed it since the finder looked
	Same     bool // it is as proposed already
}

// Compare holds the proposed values of a feature against those that the finder saw and those of now, in the order of the catalogue.
// Fields that the layer does not know any more are left out.
func (l *Layer) Compare(base, now, proposed map[string]any) []Part {
	parts := []Part{}
	for i := range l.Fields {
		f := &l.Fields[i]
		want, named := proposed[f.Name]
		if !named {
			continue
		}
		parts = append(parts, Part{
			Field: f, Base: base[f.Name], Now: now[f.Name], Proposed: want,
			Changed: !Same(base[f.Name], now[f.Name]), Same: Same(now[f.Name], want),
		})
	}
	return parts
}

// Verdict is what a decision makes of a proposal.
type Verdict struct {
	State    ProposalState  // accepted, partly or rejected
	Values   map[string]any // typed: what is to be written; nil takes a value away
	Geometry bool           // the proposed geometry is to be written
}

// Writes tells whether anything is to be written.
func (v Verdict) Writes() bool { return len(v.Values) > 0 || v.Geometry }

// Judge says what a decision makes of a proposal with these parts; moves tells whether it proposes a geometry, fresh whether it is of a new feature. What
// is as proposed already counts as taken, unless nothing else is and a reason says why not. Pointers of faults are into the body of a decision. A
// decision that takes nothing wants a reason.
func (l *Layer) Judge(d Decision, parts []Part, moves, fresh bool) (Verdict, error) {
	v := Verdict{Values: map[string]any{}, Geometry: d.Geometry}
	faults := l.checkDecision(d, parts, moves)
	taken, left := 0, 0
	count := func(yes bool) {
		if yes {
			taken++
		} else {
			left++
		}
	}
	for _, p := range parts {
		_, corrected := d.Values[p.Field.Name]
		switch {
		case corrected:
		case d.Fields[p.Field.Name]:
			v.Values[p.Field.Name] = p.Proposed
		}
		count(corrected || d.Fields[p.Field.Name] || p.Same && !fresh)
	}
	if moves {
		count(d.Geometry)
	}
	maps.Copy(v.Values, d.Values)
	if fresh && !d.Geometry && len(v.Values) > 0 {
		faults = append(faults, Fault{"/geometry", "采纳新增对象须同时采纳其位置", "a new feature is taken with its geometry or not at all"})
	}
	switch {
	case !v.Writes() && (taken == 0 || d.Reason != ""):
		v.State = ProposalRejected
		if d.Reason == "" {
			faults = append(faults, Fault{"/reason", "不予采纳须说明理由", "say why nothing of it is taken"})
		}
	case left > 0:
		v.State = ProposalPartly
	default:
		v.State = ProposalAccepted
	}
	return v, faults.OrNil()
}

// checkDecision finds what a decision says of things that the proposal does not have, or says twice.
func (l *Layer) checkDecision(d Decision, parts []Part, moves bool) (faults Faults) {
	add := func(pointer, zh, en string) { faults = append(faults, Fault{pointer, zh, en}) }
	for _, name := range slices.Sorted(maps.Keys(d.Fields)) {
		at := "/fields/" + pointerPart(name)
		_, corrected := d.Values[name]
		switch {
		case !slices.ContainsFunc(parts, func(p Part) bool { return p.Field.Name == name }):
			add(at, "建议中没有这个字段", "the proposal has no such field")
		case !d.Fields[name] && corrected:
			add(at, "不采纳的字段不能同时更正", "what is not taken cannot be corrected")
		}
	}
	if d.Geometry && !moves {
		add("/geometry", "建议中没有图形", "the proposal has no geometry")
	}
	return faults
}
