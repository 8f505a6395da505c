package grid

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
)

// on is a day of March 2026.
func on(day int) Day {
	d, err := ParseDay(fmt.Sprintf("2026-03-%02d", day))
	if err != nil {
		panic(err)
	}
	return d
}

// duty is a primary duty of a holder for grid 1 as its head, from the first of March on.
func duty(id, holder int64, change ...func(*Duty)) Duty {
	d := Duty{ID: id, Holder: holder, Role: "grid_head", Target: Target{TargetGrid, 1}, Rank: Primary, Term: Term{From: on(1)}}
	for _, c := range change {
		c(&d)
	}
	return d
}

func deputy(d *Duty)                { d.Rank = Deputy }
func until(day int) func(*Duty)     { return func(d *Duty) { d.Term.To = on(day) } }
func from(day int) func(*Duty)      { return func(d *Duty) { d.Term.From = on(day) } }
func at(t Target) func(*Duty)       { return func(d *Duty) { d.Target = t } }
func as(role string) func(*Duty)    { return func(d *Duty) { d.Role = role } }
func standsFor(x int64) func(*Duty) { return func(d *Duty) { d.Stands = x } }

// gridAt is a grid of the scheme duty, a hundredth of a degree wide, the nth from the west.
func gridAt(id int64, scheme, code string, n float64) Grid {
	b := orb.Bound{Min: orb.Point{120 + n/100, 36}, Max: orb.Point{120 + (n+1)/100, 36.01}}
	return Grid{ID: id, Scheme: scheme, Code: code, Region: "370281001", Shape: orb.MultiPolygon{b.ToPolygon()}}
}

// village is a net of six duty grids in one street; the scheme street has one grid and needs nothing.
func village() *Net {
	kinds := []RegionKind{{ID: "street", Level: 40, Division: true}, {ID: "zone", Level: 100}}
	box := func(w, e float64) orb.MultiPolygon {
		return orb.MultiPolygon{orb.Bound{Min: orb.Point{w, 36}, Max: orb.Point{e, 36.01}}.ToPolygon()}
	}
	regions := []Region{
		{ID: 1, Code: "370281001", Name: "阜安街道", Kind: "street", Shape: box(120, 120.06)},
		{ID: 2, Code: "370281002", Name: "中云街道", Kind: "street", Shape: box(120.06, 120.08)},
		{ID: 3, Code: "west", Name: "西片", Kind: "zone", Shape: box(120, 120.02)},
	}
	schemes := []Scheme{{ID: 1, Code: "duty"}, {ID: 2, Code: "street"}}
	grids := []Grid{gridAt(9, "street", "S1", 0)}
	for i := range 6 {
		grids = append(grids, gridAt(int64(i+1), "duty", fmt.Sprint("D", i+1), float64(i)))
	}
	return NewNet(kinds, regions, schemes, grids)
}

// rules need one head in each duty grid and one to two officers in those of the scheme; a head can have two grids.
func rules(rows RosterRows) RosterRows {
	rows.Roles = []Role{{Code: "grid_head", Title: "网格长", Ordinal: 1}, {Code: "grid_officer", Title: "网格员", Ordinal: 2}, {Code: "street_head", Title: "街长", Ordinal: 3}}
	rows.Limits = append(rows.Limits, LoadLimit{ID: 1, Role: "grid_head", Kind: TargetGrid, AtMost: 2}, LoadLimit{ID: 2, Role: "street_head", Kind: TargetRoad, AtMost: 1})
	if rows.Requirements == nil {
		rows.Requirements = []Requirement{{ID: 1, Kind: TargetGrid, Applies: "duty", Role: "grid_head", AtLeast: 1, AtMost: 1}}
	}
	for id := range int64(5) {
		if !slices.ContainsFunc(rows.Holders, func(h Holder) bool { return h.ID == id+1 }) {
			rows.Holders = append(rows.Holders, Holder{ID: id + 1, Code: fmt.Sprint("P", id+1), Kind: Person, Name: "王小明"})
		}
	}
	return rows
}

func TestDutyOnADay(t *testing.T) {
	leave := []Absence{{ID: 1, Holder: 1, Kind: "leave", Term: Term{on(10), on(12)}}}
	cases := map[string]struct {
		rows RosterRows
		want map[int]string // by day of March: kind of the failure of grid 1, "" for none
	}{
		"nobody ever":          {RosterRows{}, map[int]string{1: "missing"}},
		"from its first day":   {RosterRows{Duties: []Duty{duty(1, 1, from(5))}}, map[int]string{4: "missing", 5: "", 31: ""}},
		"to its last day":      {RosterRows{Duties: []Duty{duty(1, 1, until(9))}}, map[int]string{9: "", 10: "expired"}},
		"holder not in post":   {RosterRows{Holders: []Holder{{ID: 1, Term: Term{on(3), on(8)}}}, Duties: []Duty{duty(1, 1)}}, map[int]string{2: "missing", 3: "", 7: "", 8: "expired"}},
		"on leave":             {RosterRows{Duties: []Duty{duty(1, 1)}, Absences: leave}, map[int]string{9: "", 10: "absent", 12: "absent", 13: ""}},
		"substitute":           {RosterRows{Duties: []Duty{duty(1, 1), duty(2, 2, standsFor(1), from(10), until(12))}, Absences: leave}, map[int]string{9: "", 10: "", 12: "", 13: ""}},
		"substitute too short": {RosterRows{Duties: []Duty{duty(1, 1), duty(2, 2, standsFor(1), from(10), until(11))}, Absences: leave}, map[int]string{11: "", 12: "absent"}},
		"substitute for ever":  {RosterRows{Duties: []Duty{duty(1, 1), duty(2, 2, standsFor(1))}, Absences: leave}, map[int]string{9: "", 11: "", 20: ""}},
		"substitute of a substitute": {RosterRows{
			Duties:   []Duty{duty(1, 1), duty(2, 2, standsFor(1)), duty(3, 3, standsFor(2))},
			Absences: append(leave, Absence{ID: 2, Holder: 2, Term: Term{on(11), on(12)}}),
		}, map[int]string{10: "", 11: "", 12: "", 13: ""}},
		"substitutes in a circle": {RosterRows{Duties: []Duty{duty(1, 1, standsFor(2)), duty(2, 2, standsFor(1))}}, map[int]string{5: "missing"}},
		"substitute ends with the duty": {RosterRows{
			Duties: []Duty{duty(1, 1, until(11)), duty(2, 2, standsFor(1))}, Absences: leave,
		}, map[int]string{11: "", 12: "expired"}},
		"two heads":           {RosterRows{Duties: []Duty{duty(1, 1), duty(2, 2, from(6))}}, map[int]string{5: "", 6: "too_many"}},
		"head and deputy":     {RosterRows{Duties: []Duty{duty(1, 1), duty(2, 2, deputy)}}, map[int]string{5: ""}},
		"deputy alone":        {RosterRows{Duties: []Duty{duty(2, 2, deputy)}}, map[int]string{5: ""}},
		"another role":        {RosterRows{Duties: []Duty{duty(1, 1, as("grid_officer"))}}, map[int]string{5: "missing"}},
		"hand-over":           {RosterRows{Duties: []Duty{duty(1, 1, until(9)), duty(2, 2, from(10))}}, map[int]string{9: "", 10: ""}},
		"a holder nobody has": {RosterRows{Duties: []Duty{duty(1, 99)}}, map[int]string{5: "missing"}},
	}
	net := village()
	for name, c := range cases {
		r := NewRoster(rules(c.rows), nil)
		for day, want := range c.want {
			got := ""
			for _, f := range r.FailuresOf(net, Target{TargetGrid, 1}, on(day)) {
				got += string(f.Kind)
			}
			if got != want {
				t.Errorf("%s, day %d: %q, want %q", name, day, got, want)
			}
			vacant := want == "missing" || want == "expired" || want == "absent"
			if state := r.State(net, net.GridByID(1), on(day)); (state == StateVacant) != vacant {
				t.Errorf("%s, day %d: state %s", name, day, state)
			}
		}
	}
}

func TestFailureTells(t *testing.T) {
	r := NewRoster(rules(RosterRows{
		Duties: []Duty{
			duty(1, 1, until(4)), duty(2, 2, until(9)), duty(3, 3, from(20)),
			duty(4, 1, at(Target{TargetGrid, 2})), duty(5, 2, at(Target{TargetGrid, 2}), from(5)),
			duty(6, 3, at(Target{TargetGrid, 3})),
		},
		Absences: []Absence{{ID: 1, Holder: 3, Term: Term{on(8), on(15)}}},
	}), nil)
	got := r.Failures(village(), on(12), FailureFilter{Scheme: "duty", Region: "370281001"})
	want := []Failure{
		{Kind: Expired, Target: Target{TargetGrid, 1}, Role: "grid_head", AtLeast: 1, Since: on(10), Holder: 2},
		{Kind: TooMany, Target: Target{TargetGrid, 2}, Role: "grid_head", Have: 2, AtLeast: 1, AtMost: 1},
		{Kind: Absent, Target: Target{TargetGrid, 3}, Role: "grid_head", AtLeast: 1, Since: on(8), Holder: 3},
		{Kind: Missing, Target: Target{TargetGrid, 4}, Role: "grid_head", AtLeast: 1},
		{Kind: Missing, Target: Target{TargetGrid, 5}, Role: "grid_head", AtLeast: 1},
		{Kind: Missing, Target: Target{TargetGrid, 6}, Role: "grid_head", AtLeast: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for filter, n := range map[FailureFilter]int{
		{}: 6, {Kind: Missing}: 3, {Region: "370281002"}: 0, {Region: "west"}: 2, {Region: "nowhere"}: 0, {Target: TargetRoad}: 0, {Scheme: "street"}: 0,
	} {
		if got := r.Failures(village(), on(12), filter); len(got) != n {
			t.Errorf("%+v: %d failures, want %d", filter, len(got), n)
		}
	}
}

func TestRequirementsMostSpecificFirst(t *testing.T) {
	r := NewRoster(rules(RosterRows{Requirements: []Requirement{
		{ID: 1, Kind: TargetGrid, Applies: "duty", Role: "grid_officer", AtLeast: 2},
		{ID: 2, Kind: TargetGrid, Role: "grid_officer", AtLeast: 1},
		{ID: 3, Kind: TargetGrid, Role: "grid_head", AtLeast: 1},
		{ID: 4, Kind: TargetRoad, Applies: "arterial", Role: "street_head", AtLeast: 1},
		{ID: 5, Kind: TargetGrid, Applies: "street", Role: "grid_head", AtLeast: 0},
	}}), nil)
	for _, c := range []struct {
		kind TargetKind
		sort string
		want []int64
	}{
		{TargetGrid, "duty", []int64{3, 1}}, {TargetGrid, "unit", []int64{3, 2}}, {TargetGrid, "street", []int64{5, 2}},
		{TargetRoad, "arterial", []int64{4}}, {TargetRoad, "branch", nil}, {TargetAlley, "", nil},
	} {
		var got []int64
		for _, q := range r.Requirements(c.kind, c.sort) {
			got = append(got, q.ID)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s %s: %s", c.kind, c.sort, diff)
		}
	}
}

func TestLoad(t *testing.T) {
	grids := func(holder int64, first int64, n int, change ...func(*Duty)) (out []Duty) {
		for i := range n {
			out = append(out, duty(first+int64(i), holder, append(change, at(Target{TargetGrid, int64(i + 1)}))...))
		}
		return out
	}
	road := func(id int64, name string) Line {
		return Line{Target: Target{TargetRoad, id}, Name: name, Class: "arterial", Region: "370281001"}
	}
	rows := RosterRows{
		Requirements: []Requirement{},
		Lines:        []Line{road(1, "扬州路"), road(2, "扬州路"), road(3, "福州路"), road(4, ""), road(5, "")},
		Duties: slices.Concat(grids(1, 10, 3), grids(2, 20, 2), grids(3, 30, 5, deputy),
			[]Duty{duty(1, 4, as("street_head"), at(Target{TargetRoad, 1})), duty(2, 4, as("street_head"), at(Target{TargetRoad, 2})), duty(3, 5, as("street_head"), at(Target{TargetRoad, 4})), duty(4, 5, as("street_head"), at(Target{TargetRoad, 5})),
				duty(5, 2, at(Target{TargetGrid, 77}))}),
	}
	r, net := NewRoster(rules(rows), nil), village()
	var got []string
	for _, f := range r.Failures(net, on(5), FailureFilter{}) {
		got = append(got, fmt.Sprintf("%s %d %s %d/%d", f.Kind, f.Holder, f.Role, f.Have, f.AtMost))
	}
	if diff := cmp.Diff([]string{"overloaded 1 grid_head 3/2", "overloaded 5 street_head 2/1"}, got); diff != "" {
		t.Error(diff)
	}
	if q := r.Quotient(net, 1, on(5)); q != 1.5 {
		t.Errorf("quotient %v, want 1.5", q)
	}
	if n := len(r.Failures(net, on(5), FailureFilter{Scheme: "duty"})); n != 1 {
		t.Errorf("%d overloads in the scheme, want 1", n)
	}
}

// TestStateNeedsAll: overload is a state only where all posts are filled.
func TestStates(t *testing.T) {
	rows := RosterRows{Duties: []Duty{duty(1, 1), duty(2, 1, at(Target{TargetGrid, 2})), duty(3, 1, at(Target{TargetGrid, 3})), duty(4, 2, at(Target{TargetGrid, 4}))}}
	r, net := NewRoster(rules(rows), nil), village()
	for id, want := range map[int64]State{1: StateOverloaded, 3: StateOverloaded, 4: StateManned, 5: StateVacant, 9: StateUnknown} {
		if got := r.State(net, net.GridByID(id), on(5)); got != want {
			t.Errorf("grid %d is %s, want %s", id, got, want)
		}
	}
}

func TestStretches(t *testing.T) {
	r := NewRoster(rules(RosterRows{
		Duties:   []Duty{duty(1, 1, from(3), until(9)), duty(2, 2, from(10))},
		Absences: []Absence{{ID: 1, Holder: 1, Term: Term{on(5), on(6)}}},
	}), nil)
	net := village()
	last, seen := -1, map[int]string{}
	for day := 1; day <= 31; day++ {
		n := r.Stretch(on(day))
		if n < last {
			t.Fatalf("day %d is in stretch %d, after %d", day, n, last)
		}
		last = n
		state := fmt.Sprint(r.Failures(net, on(day), FailureFilter{}))
		if was, known := seen[n]; known && was != state {
			t.Errorf("day %d is unlike the others of stretch %d", day, n)
		}
		seen[n] = state
	}
	if len(seen) != 5 {
		t.Errorf("%d stretches, want 5", len(seen))
	}
}

func TestMasks(t *testing.T) {
	for name, want := range map[string]string{"王小明": "王**", "王明": "王*", "欧阳小明": "欧**", "": "", " 李 雷": "李**", "John Smith": "J**", "\xff\xfe": "**", "王": "王*"} {
		if got := MaskName(name); got != want {
			t.Errorf("name %q is shown as %q, want %q", name, got, want)
		}
	}
	for phone, want := range map[string]string{
		"13812345678": "138****5678", "+86 138-1234-5678": "138****5678", "0532-88888888": "053****8888", "88881234": "****1234", "12345": "****", "": "", "无": "****",
	} {
		if _, got := Shown(&Holder{Kind: Person, Phone: phone}, false); got != want {
			t.Errorf("phone %q is shown as %q, want %q", phone, got, want)
		}
	}
	office := &Holder{Kind: Organisation, Name: "市政处", Phone: "13812345678"}
	if name, phone := Shown(office, false); name != "市政处" || phone != "138****5678" {
		t.Errorf("an organisation is %q %q", name, phone)
	}
	if name, phone := Shown(&Holder{Kind: Person, Name: "王小明", Phone: "13812345678"}, true); name != "王小明" || phone != "13812345678" {
		t.Errorf("in full: %q %q", name, phone)
	}
}

// Whatever a ledger has as name and phone, a mask leaves one character and seven digits at most, and always hides something.
func FuzzMasks(f *testing.F) {
	f.Add("王小明", "13812345678")
	f.Add("欧阳", "+86 138-1234-5678/0532 8888 8888")
	f.Add("\xff", "１３８１２３４５６７８")
	f.Fuzz(func(t *testing.T, name, phone string) {
		shownName, shownPhone := Shown(&Holder{Kind: Person, Name: name, Phone: phone}, false)
		rest := strings.ReplaceAll(shownName, "*", "")
		if n := len([]rune(rest)); n > 1 || n == 1 && !strings.HasPrefix(strings.TrimSpace(name), rest) {
			t.Errorf("%q is shown as %q", name, shownName)
		}
		digits := 0
		for _, c := range shownPhone {
			switch {
			case '0' <= c && c <= '9':
				digits++
			case c != '*':
				t.Errorf("%q is shown as %q", phone, shownPhone)
			}
		}
		if digits > 7 || digits > 0 && !strings.Contains(shownPhone, "****") {
			t.Errorf("%q is shown as %q", phone, shownPhone)
		}
	})
}
