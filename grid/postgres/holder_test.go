package postgres_test

import (
	"context"
	"errors"
	"testing"

	"wangge/grid"
	"wangge/grid/postgres"
	"wangge/grid/rights"
)

func TestHolders(t *testing.T) {
	o := newOffice(t)
	add := func(who rights.Actor, h grid.Holder) (made grid.Holder, err error) {
		err = o.as(t, who, func(ctx context.Context, x *postgres.Tx) (err error) { made, err = x.AddHolder(ctx, h); return err })
		return made, err
	}
	street := staffOf("370281001", "JZ001")
	made, err := add(street, grid.Holder{Kind: grid.Person, Name: "张 三", Phone: "+86 139 1234 5678", Dept: "JZ001"})
	if err != nil || made.Code != "P000101" || made.Name != "张三" || made.Phone != "13912345678" || made.Revision != 1 {
		t.Errorf("%+v %v", made, err)
	}
	for name, c := range map[string]struct {
		who   rights.Actor
		h     grid.Holder
		field string
		is    error
	}{
		"no name":           {bureau(), grid.Holder{Kind: grid.Person}, "/name", nil},
		"no phone of ours":  {bureau(), grid.Holder{Kind: grid.Person, Name: "张三", Phone: "123"}, "/phone", nil},
		"no department":     {bureau(), grid.Holder{Kind: grid.Person, Name: "张三", Dept: "ZZ"}, "/dept", nil},
		"no code":           {bureau(), grid.Holder{Kind: grid.Person, Name: "张三", Code: "a b"}, "/code", nil},
		"leaves before":     {bureau(), grid.Holder{Kind: grid.Person, Name: "张三", Term: grid.Term{From: 100, To: 99}}, "/valid_to", nil},
		"a code of another": {bureau(), grid.Holder{Kind: grid.Person, Name: "张三", Code: "a1"}, "", postgres.ErrHolderCode},
		"another office":    {street, grid.Holder{Kind: grid.Person, Name: "张三", Dept: "JZ002"}, "", rights.ErrForbidden},
		"planner":           {rights.Actor{Account: 9, Role: rights.Planner}, grid.Holder{Kind: grid.Person, Name: "张三"}, "", rights.ErrForbidden},
	} {
		if _, err := add(c.who, c.h); refusedAt(err) != c.field || c.is != nil && !errors.Is(err, c.is) || err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestHoldersChange(t *testing.T) {
	o := newOffice(t)
	d := o.today
	o.give(t, head("b1", "A1", d-5, 0))
	change := func(who rights.Actor, code string, revision int64, f func(*grid.Holder)) (h grid.Holder, err error) {
		err = o.as(t, who, func(ctx context.Context, x *postgres.Tx) (err error) {
			h, err = x.ChangeHolder(ctx, grid.Person, code, revision, f)
			return err
		})
		return h, err
	}
	street, other := staffOf("370281001", "JZ001"), staffOf("370281002", "JZ002")
	if h, err := change(street, "a1", 1, func(h *grid.Holder) { h.Title = "科长" }); err != nil || h.Revision != 2 || h.Phone != "13812345678" {
		t.Errorf("%+v %v", h, err)
	}
	for name, c := range map[string]struct {
		who      rights.Actor
		code     string
		revision int64
		change   func(*grid.Holder)
		field    string
		is       error
	}{
		"an old revision":                   {street, "a1", 1, func(h *grid.Holder) { h.Title = "x" }, "", postgres.ErrStale},
		"another office's":                  {other, "a1", 0, func(h *grid.Holder) { h.Title = "x" }, "", rights.ErrForbidden},
		"to another office":                 {street, "a1", 0, func(h *grid.Holder) { h.Dept = "JZ002" }, "", rights.ErrForbidden},
		"no such department":                {bureau(), "a1", 0, func(h *grid.Holder) { h.Dept = "ZZ" }, "/dept", nil},
		"no code":                           {bureau(), "a1", 0, func(h *grid.Holder) { h.Code = "" }, "/code", nil},
		"no phone":                          {bureau(), "a1", 0, func(h *grid.Holder) { h.Phone = "abc" }, "/phone", nil},
		"a code of another":                 {bureau(), "a1", 0, func(h *grid.Holder) { h.Code = "b1" }, "", postgres.ErrHolderCode},
		"nobody":                            {bureau(), "zz", 0, func(*grid.Holder) {}, "", postgres.ErrNotFound},
		"an organisation is no person":      {bureau(), "co", 0, func(*grid.Holder) {}, "", postgres.ErrNotFound},
		"leaves before the duties end":      {bureau(), "b1", 0, func(h *grid.Holder) { h.Term.To = d + 1 }, "", postgres.ErrHasDuties},
		"comes after the duties have begun": {bureau(), "b1", 0, func(h *grid.Holder) { h.Term.From = d }, "", postgres.ErrHasDuties},
	} {
		if _, err := change(c.who, c.code, c.revision, c.change); refusedAt(err) != c.field || c.is != nil && !errors.Is(err, c.is) || err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := change(street, "b1", 0, func(h *grid.Holder) { h.Title = "y" }); err != nil {
		t.Errorf("somebody who works here alone: %v", err)
	}
}

func TestHoldersEnd(t *testing.T) {
	o := newOffice(t)
	d := o.today
	o.give(t, head("a1", "A1", d-5, 0))
	o.give(t, head("a1", "A2", d, 0))
	o.give(t, head("a1", "B1", d+3, 0))
	end := func(duties bool) (h grid.Holder, n int, err error) {
		err = o.as(t, bureau(), func(ctx context.Context, x *postgres.Tx) (err error) {
			h, n, err = x.EndHolder(ctx, grid.Person, "a1", 1, duties)
			return err
		})
		return h, n, err
	}
	if _, _, err := end(false); !errors.Is(err, postgres.ErrHasDuties) {
		t.Errorf("%v", err)
	}
	if h, n, err := end(true); err != nil || n != 3 || h.Term.To != d {
		t.Errorf("%+v %d %v", h, n, err)
	}
	if got := o.terms(t, "a1"); got != "grid_head@1 -5..-1" {
		t.Errorf("history: %s", got)
	}
	err := o.as(t, bureau(), func(ctx context.Context, x *postgres.Tx) error {
		_, _, err := x.EndHolder(ctx, grid.Person, "a1", 0, false)
		return err
	})
	if !errors.Is(err, postgres.ErrOver) {
		t.Errorf("twice: %v", err)
	}
}

func TestHandOver(t *testing.T) {
	o := newOffice(t)
	d := o.today
	o.give(t, head("a1", "A1", d-20, 0))
	o.give(t, head("a1", "A2", d-20, d+20))
	o.give(t, head("a1", "B1", d+10, 0))
	o.give(t, head("a2", "A1", d+5, d+6)) // the new holder has some of it
	over := func(who rights.Actor, n postgres.Handover) (done postgres.HandedOver, err error) {
		err = o.as(t, who, func(ctx context.Context, x *postgres.Tx) (err error) {
			done, err = x.HandOver(ctx, grid.Person, "a1", n)
			return err
		})
		return done, err
	}
	before := o.terms(t, "a1") + "|" + o.terms(t, "a2")
	for name, c := range map[string]struct {
		who   rights.Actor
		n     postgres.Handover
		field string
		is    error
	}{
		"to oneself":                {bureau(), postgres.Handover{To: "a1"}, "/to", nil},
		"to nobody":                 {bureau(), postgres.Handover{To: "zz"}, "/to", nil},
		"to somebody out of post":   {bureau(), postgres.Handover{To: "left"}, "/holder", nil},
		"a duty of another":         {bureau(), postgres.Handover{To: "a2", Duties: []int64{1, 999}}, "/duties/1", nil},
		"a duty that is over then":  {bureau(), postgres.Handover{To: "a2", On: d + 21, Duties: []int64{2}}, "/duties/0", nil},
		"out of a foreign area":     {staffOf("370281002", "JZ002"), postgres.Handover{To: "b1"}, "", rights.ErrForbidden},
		"to others in foreign area": {staffOf("370281001", "JZ001"), postgres.Handover{To: "b1"}, "", rights.ErrForbidden},
	} {
		if _, err := over(c.who, c.n); refusedAt(err) != c.field || c.is != nil && !errors.Is(err, c.is) || err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if after := o.terms(t, "a1") + "|" + o.terms(t, "a2"); after != before {
		t.Errorf("something changed: %s", after)
	}
	done, err := over(staffOf("370281001", "JZ001"), postgres.Handover{To: "a2", On: d + 1, Note: "轮岗"})
	if err != nil || done.Ended != 2 || done.Removed != 1 || done.Kept != 0 || len(done.Made) != 4 {
		t.Errorf("%+v %v", done, err)
	}
	if got, want := o.terms(t, "a1"), "grid_head@1 -20..0; grid_head@2 -20..0"; got != want {
		t.Errorf("from: %s, want %s", got, want)
	}
	if got, want := o.terms(t, "a2"), "grid_head@1 1..4; grid_head@1 5..6; grid_head@1 7..; grid_head@2 1..20; grid_head@3 10.."; got != want {
		t.Errorf("to: %s, want %s", got, want)
	}
	if _, err := over(bureau(), postgres.Handover{To: "a2", On: d + 1}); refusedAt(err) != "/duties" {
		t.Errorf("nothing left: %v", err)
	}
}

func TestAbsences(t *testing.T) {
	o := newOffice(t)
	d := o.today
	own := o.give(t, head("a1", "A1", d-20, d+8))
	foreign := o.give(t, head("b1", "B1", d-20, 0))
	o.give(t, head("j1", "A1", d+4, d+4))
	away := func(who rights.Actor, code string, n postgres.NewAbsence) (a grid.Absence, rows []postgres.DutyRow, err error) {
		err = o.as(t, who, func(ctx context.Context, x *postgres.Tx) (err error) {
			a, rows, err = x.AddAbsence(ctx, grid.Person, code, n)
			return err
		})
		return a, rows, err
	}
	of := func(from, to grid.Day, in ...postgres.NewStandIn) postgres.NewAbsence {
		return postgres.NewAbsence{Kind: "leave", Term: grid.Term{From: from, To: to}, StandIns: in}
	}
	if _, _, err := away(bureau(), "b1", of(d+3, d+3)); err != nil {
		t.Fatal(err)
	}
	street := staffOf("370281001", "JZ001")
	for name, c := range map[string]struct {
		who   rights.Actor
		n     postgres.NewAbsence
		field string
		is    error
	}{
		"ends before it starts":    {street, of(d+5, d+4), "/valid_to", nil},
		"no end":                   {street, of(d+5, 0), "/valid_to", nil},
		"no kind":                  {street, postgres.NewAbsence{Kind: "illness", Term: grid.Term{From: d, To: d}}, "/kind", nil},
		"before the post":          {street, of(10, 20), "/valid_from", nil},
		"no such duty":             {street, of(d, d+2, postgres.NewStandIn{Duty: 999, Holder: "a2"}), "/substitutes/0/duty", nil},
		"another's duty":           {street, of(d, d+2, postgres.NewStandIn{Duty: foreign.ID, Holder: "a2"}), "/substitutes/0/duty", nil},
		"a duty that is over":      {street, of(d+9, d+10, postgres.NewStandIn{Duty: own.ID, Holder: "a2"}), "/substitutes/0/duty", nil},
		"by nobody":                {street, of(d, d+2, postgres.NewStandIn{Duty: own.ID, Holder: "zz"}), "/substitutes/0/holder", nil},
		"by oneself":               {street, of(d, d+2, postgres.NewStandIn{Duty: own.ID, Holder: "a1"}), "/substitutes/0/holder", nil},
		"by somebody out of post":  {street, of(d, d+2, postgres.NewStandIn{Duty: own.ID, Holder: "left"}), "/substitutes/0/holder", nil},
		"by somebody away":         {street, of(d, d+3, postgres.NewStandIn{Duty: own.ID, Holder: "b1"}), "/substitutes/0/holder", nil},
		"by one who has it anyway": {street, of(d, d+5, postgres.NewStandIn{Duty: own.ID, Holder: "j1"}), "/substitutes/0/holder", nil},
		"another office's":         {staffOf("370281002", "JZ002"), of(d, d+2), "", rights.ErrForbidden},
	} {
		if _, _, err := away(c.who, "a1", c.n); refusedAt(err) != c.field || c.is != nil && !errors.Is(err, c.is) || err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	a, rows, err := away(street, "a1", of(d-2, d+30, postgres.NewStandIn{Duty: own.ID, Holder: "a2"}))
	if err != nil || len(rows) != 1 || rows[0].Stands != own.ID {
		t.Fatalf("%+v %+v %v", a, rows, err)
	}
	if got := o.terms(t, "a2"); got != "grid_head@1 -2..8 for a1" {
		t.Errorf("stands in: %s", got)
	}
	if _, _, err := away(street, "a1", of(d+30, d+31)); !errors.Is(err, postgres.ErrAbsentTwice) {
		t.Errorf("twice: %v", err)
	}
	back := func(id, revision int64, on grid.Day) (now grid.Absence, removed bool, err error) {
		err = o.as(t, street, func(ctx context.Context, x *postgres.Tx) (err error) {
			now, removed, err = x.EndAbsence(ctx, grid.Person, "a1", id, revision, on)
			return err
		})
		return now, removed, err
	}
	if _, _, err := back(a.ID, 7, 0); !errors.Is(err, postgres.ErrStale) {
		t.Errorf("%v", err)
	}
	if _, _, err := back(a.ID, 1, d+40); refusedAt(err) != "/on" {
		t.Errorf("%v", err)
	}
	if now, removed, err := back(a.ID, 1, 0); err != nil || removed || now.Term.To != d-1 {
		t.Errorf("%+v %t %v", now, removed, err)
	}
	if got := o.terms(t, "a2"); got != "grid_head@1 -2..-1 for a1" {
		t.Errorf("back: %s", got)
	}
	if _, _, err := back(a.ID, 0, 0); !errors.Is(err, postgres.ErrOver) {
		t.Errorf("%v", err)
	}
	planned, _, err := away(street, "a1", of(d+2, d+6, postgres.NewStandIn{Duty: own.ID, Holder: "a2"}))
	if err != nil {
		t.Fatal(err)
	}
	if _, removed, err := back(planned.ID, 0, 0); err != nil || !removed {
		t.Errorf("%t %v", removed, err)
	}
	if got := o.terms(t, "a2"); got != "grid_head@1 -2..-1 for a1" {
		t.Errorf("taken back: %s", got)
	}
}

func TestRules(t *testing.T) {
	o := newOffice(t)
	set := func(who rights.Actor, tag int64, want ...grid.Requirement) (now []grid.Requirement, err error) {
		err = o.as(t, who, func(ctx context.Context, x *postgres.Tx) (err error) {
			now, err = x.SetRequirements(ctx, tag, want)
			return err
		})
		return now, err
	}
	head1 := grid.Requirement{Kind: grid.TargetGrid, Applies: "duty", Role: "grid_head", AtLeast: 1, AtMost: 1}
	for name, c := range map[string]struct {
		want  []grid.Requirement
		field string
	}{
		"no role":      {[]grid.Requirement{{Kind: grid.TargetGrid, Role: "king", AtLeast: 1}}, "/items/0/role"},
		"no kind":      {[]grid.Requirement{{Kind: "moon", Role: "grid_head", AtLeast: 1}}, "/items/0/target_kind"},
		"no scheme":    {[]grid.Requirement{{Kind: grid.TargetGrid, Applies: "zz", Role: "grid_head", AtLeast: 1}}, "/items/0/applies_to"},
		"most < least": {[]grid.Requirement{{Kind: grid.TargetGrid, Role: "grid_head", AtLeast: 2, AtMost: 1}}, "/items/0/at_most"},
		"negative":     {[]grid.Requirement{{Kind: grid.TargetGrid, Role: "grid_head", AtLeast: -1}}, "/items/0/at_least"},
		"nothing":      {[]grid.Requirement{{Kind: grid.TargetGrid, Role: "grid_head"}}, "/items/0"},
		"twice":        {[]grid.Requirement{head1, head1}, "/items/1"},
	} {
		if _, err := set(bureau(), 0, c.want...); refusedAt(err) != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := set(staffOf("370281001", "JZ001"), 0, head1); !errors.Is(err, rights.ErrForbidden) {
		t.Errorf("a street: %v", err)
	}
	if _, err := set(bureau(), 12345, head1); !errors.Is(err, postgres.ErrStale) {
		t.Errorf("another table was read: %v", err)
	}
	changes := o.text(t, `SELECT count(*)::text FROM change WHERE entity = 'requirement'`)
	officer := grid.Requirement{Kind: grid.TargetGrid, Role: "grid_officer", AtLeast: 1}
	now, err := set(bureau(), 0, head1, officer)
	if err != nil || len(now) != 2 {
		t.Fatalf("%+v %v", now, err)
	}
	if _, err := set(bureau(), grid.RequirementsTag(now), head1, officer); err != nil {
		t.Fatal(err)
	}
	if got := o.text(t, `SELECT (count(*) - $1::text::bigint)::text FROM change WHERE entity = 'requirement'`, changes); got != "2" {
		t.Errorf("%s changes in the log, want one made and one removed", got)
	}
	var limits []grid.LoadLimit
	if err := o.as(t, bureau(), func(ctx context.Context, x *postgres.Tx) (err error) {
		limits, err = x.SetLoadLimits(ctx, 0, []grid.LoadLimit{{Role: "grid_head", Kind: grid.TargetGrid, AtMost: 2, Standard: "本市规定", Verified: true}})
		return err
	}); err != nil || len(limits) != 1 || limits[0].AtMost != 2 {
		t.Errorf("%+v %v", limits, err)
	}
}
