package grid

import "slices"

// Load is how much a holder has of one thing on a day. Decisions:
//
//   - Duties of primary rank count, and those in which the holder stands in for somebody; deputies carry nothing. What one is on leave from
//     counts too: it is one's own.
//   - Segments of a road of one name count once, for it is the street that a 街长 has.
//   - A limit for a very sort of targets (a scheme, a class) takes those out of the limit for all of the kind.
type Load struct {
	Role    string
	Kind    TargetKind
	Sort    string   // what the limit applies to; "" for all, and where there is no limit
	Have    int      // targets, streets of roads
	AtMost  int      // 0: no limit
	Targets []Target // by number
}

// Over tells whether that is too much.
func (l Load) Over() bool { return l.AtMost > 0 && l.Have > l.AtMost }

// failure is what an overload is as a failure.
func (l Load) failure(holder int64, at Target) Failure {
	return Failure{Kind: Overloaded, Target: at, Role: l.Role, Have: l.Have, AtMost: l.AtMost, Holder: holder}
}

// Load lists how much a holder has on a day, role by role. n is the net of that day.
func (r *Roster) Load(n *Net, holder int64, day Day) []Load {
	var out []Load
	var streets []map[string]bool
	for _, d := range r.byHolder[holder] {
		if d.Rank != Primary && d.Stands == 0 || r.Standing(d, day) == Out {
			continue
		}
		sort, there := r.sortOf(n, d.Target, day)
		if !there {
			continue
		}
		one := Load{Role: d.Role, Kind: d.Target.Kind}
		if limit := r.limit(d.Role, d.Target.Kind, sort); limit != nil {
			one.Sort, one.AtMost = limit.Applies, limit.AtMost
		}
		i := slices.IndexFunc(out, func(l Load) bool { return l.Role == one.Role && l.Kind == one.Kind && l.Sort == one.Sort })
		if i < 0 {
			i = len(out)
			out, streets = append(out, one), append(streets, map[string]bool{})
		}
		if slices.Contains(out[i].Targets, d.Target) {
			continue
		}
		out[i].Targets = append(out[i].Targets, d.Target)
		if name := r.streetOf(d.Target); name == "" || !streets[i][name] {
			out[i].Have++
			streets[i][name] = true
		}
	}
	for _, l := range out {
		slices.SortFunc(l.Targets, compareTargets)
	}
	slices.SortStableFunc(out, func(a, b Load) int { return r.roleOrder(a.Role) - r.roleOrder(b.Role) })
	return out
}

// streetOf is the name by which segments of a road are one; "" for what stands alone.
func (r *Roster) streetOf(t Target) string {
	if l, ok := r.targets[t].(*Line); ok && t.Kind == TargetRoad {
		return l.Name
	}
	return ""
}

// Quotient is the largest part of a limit that a holder's load takes on a day: above 1 is too much, 0 where nothing limits.
func (r *Roster) Quotient(n *Net, holder int64, day Day) (most float64) {
	for _, l := range r.Load(n, holder, day) {
		if l.AtMost > 0 {
			most = max(most, float64(l.Have)/float64(l.AtMost))
		}
	}
	return most
}

// Strain is the largest quotient among those loads of a target's people that the target is part of.
func (r *Roster) Strain(n *Net, t Target, day Day) (most float64) {
	for _, d := range r.byTarget[t] {
		if r.Standing(d, day) == Out {
			continue
		}
		for _, l := range r.Load(n, d.Holder, day) {
			if l.AtMost > 0 && slices.Contains(l.Targets, t) {
				most = max(most, float64(l.Have)/float64(l.AtMost))
			}
		}
	}
	return most
}
