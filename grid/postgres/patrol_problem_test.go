package postgres_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"wangge/grid/patrol"
	"wangge/grid/postgres"
	"wangge/grid/rights"
)

// patrolGroundSQL is the office with officers on the ground: a1 and b1 have grids, a2 has none. D0 is a department.
const patrolGroundSQL = `
INSERT INTO department (code, name, kind) VALUES ('D0', '环卫中心（示例）', 'maintainer'), ('D1', '市政中心（示例）', 'maintainer');
UPDATE problem_class SET responsible_dept = 'D0' WHERE code = 'litter';
INSERT INTO duty (holder_id, role, target_kind, target_id, valid_from) VALUES (1, 'grid_officer', 'grid', 1, '2020-01-01'), (3, 'grid_officer', 'grid', 3, '2020-01-01');`

func newGround(t *testing.T) *office {
	t.Helper()
	o := newOffice(t)
	if _, err := o.pool.Exec(t.Context(), patrolGroundSQL); err != nil {
		t.Fatal(err)
	}
	return o
}

// Who is on the ground.
func officerA() rights.Actor {
	return rights.Actor{Account: 11, Name: "officer-a", Role: rights.Officer, Holder: 1}
}

func officerB() rights.Actor {
	return rights.Actor{Account: 12, Name: "officer-b", Role: rights.Officer, Holder: 3}
}

func worker() rights.Actor {
	return rights.Actor{Account: 13, Name: "worker", Role: rights.Department, Dept: "D0", Holder: 2}
}

func citizen() rights.Actor { return rights.Actor{Account: 14, Name: "citizen", Role: rights.Viewer} }

func everybody() []rights.Actor {
	return []rights.Actor{bureau(), staffOf("370281001", "JZ001"), staffOf("370281002", "JZ002"), worker(), officerA(), officerB(), citizen(), {Account: 15, Name: "auditor", Role: rights.Auditor},
		{Account: 16, Name: "planner", Role: rights.Planner}}
}

var inA, inB = [2]float64{119.915, 36.215}, [2]float64{120.015, 36.215}

// uuid is an id for tests.
func uuid(text ...any) string { return patrol.DerivedID("test", fmt.Sprint(text...)) }

func photoRef(kind string, text ...any) patrol.PhotoRef {
	id := uuid(append(text, kind)...)
	return patrol.PhotoRef{ID: id, SHA256: strings.Repeat(strings.ReplaceAll(id, "-", "")[:16], 4), Bytes: 10, Kind: kind}
}

func now() patrol.Moment {
	at := time.Now().Truncate(time.Microsecond)
	return patrol.Moment{At: at, Device: at, Received: at}
}

// reportAt is a report that has all it needs.
func reportAt(id string, at [2]float64) *patrol.Report {
	return &patrol.Report{ID: id, Class: "litter", Fix: &patrol.Fix{Lon: at[0], Lat: at[1], AccuracyM: 8}, Photos: []patrol.PhotoRef{photoRef("near", id)}, Moment: now()}
}

func (o *office) report(t *testing.T, who rights.Actor, r *patrol.Report) (p patrol.Problem, isNew bool, err error) {
	t.Helper()
	err = o.as(t, who, func(ctx context.Context, x *postgres.Tx) (err error) {
		p, isNew, err = x.ReportProblem(ctx, r)
		return err
	})
	return p, isNew, err
}

func (o *office) step(t *testing.T, who rights.Actor, s *patrol.Step) (p patrol.Problem, err error) {
	t.Helper()
	if s.ID == "" {
		s.ID = uuid(s.Problem, s.Kind, who.Name, time.Now().UnixNano())
	}
	if s.At.IsZero() {
		s.Moment = now()
	}
	err = o.as(t, who, func(ctx context.Context, x *postgres.Tx) (err error) { p, err = x.StepProblem(ctx, s); return err })
	return p, err
}

// must does a step that has to succeed.
func (o *office) must(t *testing.T, who rights.Actor, s patrol.Step) patrol.Problem {
	t.Helper()
	p, err := o.step(t, who, &s)
	if err != nil {
		t.Fatalf("%s by %s: %v", s.Kind, who.Name, err)
	}
	return p
}

func (o *office) file(t *testing.T, id string) postgres.ProblemFile {
	t.Helper()
	f, err := o.store.Problem(t.Context(), id, bureau(), o.today)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// folds holds what is stored of a problem against the fold of its events.
func (o *office) folds(t *testing.T, id string) {
	t.Helper()
	f := o.file(t, id)
	start := f.Problem
	start.Assignee, start.Deadline, start.OnTheSpot, start.Rectifier, start.RectifiedAt, start.ClosedAt = 0, time.Time{}, false, patrol.Person{}, time.Time{}, time.Time{}
	start.Returns, start.Reworks, start.ReopenedBy, start.DuplicateOf = 0, 0, "", ""
	steps := make([]patrol.Step, len(f.Events))
	for i, e := range f.Events {
		steps[i] = e.Step
		if e.Ordinal != i+1 {
			t.Errorf("event %d has ordinal %d", i, e.Ordinal)
		}
	}
	folded, err := patrol.Fold(start, steps)
	if err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	if diff := gocmp.Diff(f.Problem, folded, cmpopts.EquateApproxTime(0)); diff != "" {
		t.Errorf("%s is not what its events say: %s", f.Number, diff)
	}
}

func TestReportIsFilled(t *testing.T) {
	o := newGround(t)
	r := reportAt(uuid(1), inA)
	r.Subject = &patrol.Subject{Kind: patrol.KindPlace, ID: 1}
	p, isNew, err := o.report(t, officerA(), r)
	if err != nil || !isNew {
		t.Fatal(err)
	}
	if p.State != patrol.Found || p.Region != "370281001" || p.Duty == nil || p.Duty.Code != "A1" || p.Unit != nil || p.Source != patrol.FromOfficer || p.Dept != "D0" || p.Title != "暴露垃圾" ||
		p.Revision != 1 || len(p.Flags) != 0 || p.Place.DistanceM < 0 || p.Place.DistanceM > 1 || p.Reporter != (patrol.Person{Holder: 1, Account: "officer-a"}) {
		t.Errorf("%+v", p)
	}
	if want := strings.ReplaceAll(o.today.Time().Format(time.DateOnly), "-", "") + "-0001"; p.Number != want {
		t.Errorf("number %s, want %s", p.Number, want)
	}
	f := o.file(t, p.ID)
	if f.SubjectName != "东关市场" || len(f.Events) != 1 || f.Events[0].Kind != patrol.StepReport || len(f.Events[0].Data.Photos) != 1 {
		t.Errorf("%+v", f)
	}
	o.folds(t, p.ID)
	again, isNew, err := o.report(t, officerA(), reportAt(uuid(1), inB))
	if err != nil || isNew || again.Number != p.Number || again.Region != p.Region {
		t.Errorf("the same again: %+v %v %v", again, isNew, err)
	}
	if _, _, err := o.report(t, officerB(), reportAt(uuid(1), inA)); !errors.Is(err, patrol.ErrBody) {
		t.Errorf("another's id: %v", err)
	}
}

func TestReportsAreKeptWithFlags(t *testing.T) {
	o := newGround(t)
	for name, c := range map[string]struct {
		change func(*patrol.Report)
		flag   patrol.Flag
	}{
		"nowhere":     {func(r *patrol.Report) { r.Fix = nil }, patrol.FlagNoPosition},
		"zero":        {func(r *patrol.Report) { r.Fix = &patrol.Fix{} }, patrol.FlagZero},
		"out of town": {func(r *patrol.Report) { r.Fix = &patrol.Fix{Lon: 118, Lat: 30} }, patrol.FlagOutside},
		"far":         {func(r *patrol.Report) { r.Subject = &patrol.Subject{Kind: "road", ID: 2} }, patrol.FlagFar},
		"gone":        {func(r *patrol.Report) { r.Subject = &patrol.Subject{Kind: "road", ID: 999} }, patrol.FlagGone},
		"a clock":     {func(r *patrol.Report) { r.Flags = []patrol.Flag{patrol.FlagClock} }, patrol.FlagClock},
	} {
		r := reportAt(uuid(name), inA)
		c.change(r)
		p, isNew, err := o.report(t, officerA(), r)
		if err != nil || !isNew || !slices.Contains(p.Flags, c.flag) {
			t.Errorf("%s: %v %v", name, p.Flags, err)
		}
	}
	r := reportAt(uuid("at its subject"), inA)
	r.Fix, r.Subject = nil, &patrol.Subject{Kind: patrol.KindPlace, ID: 1}
	if p, _, err := o.report(t, officerA(), r); err != nil || p.Region != "370281001" || p.Place.At == nil {
		t.Errorf("%+v %v", p, err)
	}
}

func TestReportsAreRefused(t *testing.T) {
	o := newGround(t)
	for name, c := range map[string]struct {
		who    rights.Actor
		change func(*patrol.Report)
		is     error
	}{
		"no class":            {officerA(), func(r *patrol.Report) { r.Class = "nonsense" }, patrol.ErrUnknown},
		"a class at the top":  {officerA(), func(r *patrol.Report) { r.Class = "order" }, patrol.ErrBody},
		"no photo":            {officerA(), func(r *patrol.Report) { r.Photos = nil }, patrol.ErrPhotos},
		"on the spot without": {officerA(), func(r *patrol.Report) { r.OnTheSpot = true }, patrol.ErrPhotos},
		"as supervision":      {officerA(), func(r *patrol.Report) { r.Source = patrol.FromSupervision }, patrol.ErrBody},
		"reopens nothing":     {officerA(), func(r *patrol.Report) { r.Reopens = uuid("none") }, postgres.ErrNotFound},
		"nobody":              {rights.Actor{}, func(*patrol.Report) {}, rights.ErrSignIn},
	} {
		r := reportAt(uuid(name), inA)
		c.change(r)
		if _, _, err := o.report(t, c.who, r); !errors.Is(err, c.is) {
			t.Errorf("%s: %v", name, err)
		}
	}
	r := reportAt(uuid("citizen"), inB)
	r.Photos = nil
	if p, _, err := o.report(t, citizen(), r); err != nil || p.Source != patrol.FromCitizen {
		t.Errorf("a citizen: %+v %v", p, err)
	}
	r = reportAt(uuid("for a citizen"), inB)
	r.Source, r.Photos = patrol.FromSpotCheck, []patrol.PhotoRef{photoRef("far", "spot")}
	if p, _, err := o.report(t, bureau(), r); err != nil || p.Source != patrol.FromSpotCheck {
		t.Errorf("a spot check: %+v %v", p, err)
	}
}

// One problem goes the whole way, with a return, rework and a look back that finds it again.
func TestLifeOfAProblem(t *testing.T) {
	o := newGround(t)
	id, back := uuid("life"), uuid("back")
	if _, _, err := o.report(t, officerA(), reportAt(id, inA)); err != nil {
		t.Fatal(err)
	}
	street := staffOf("370281001", "JZ001")
	done := []patrol.PhotoRef{photoRef("after", "life")}
	p := o.must(t, street, patrol.Step{Problem: id, Kind: patrol.StepDispatch})
	if p.Dept != "D0" || p.State != patrol.Dispatched || p.Deadline.Sub(p.At).Round(time.Hour) != 4*time.Hour {
		t.Errorf("%+v", p)
	}
	o.must(t, worker(), patrol.Step{Problem: id, Kind: patrol.StepReturn, Note: "不归我们管"})
	o.must(t, street, patrol.Step{Problem: id, Kind: patrol.StepDispatch, Dept: "D0", Assignee: 2, Deadline: time.Now().Add(time.Hour)})
	o.must(t, worker(), patrol.Step{Problem: id, Kind: patrol.StepTake})
	o.must(t, street, patrol.Step{Problem: id, Kind: patrol.StepSuspend, Note: "等待施工"})
	o.must(t, street, patrol.Step{Problem: id, Kind: patrol.StepResume})
	o.must(t, worker(), patrol.Step{Problem: id, Kind: patrol.StepRectify, Photos: done})
	for name, c := range map[string]struct {
		who  rights.Actor
		step patrol.Step
		is   error
	}{
		"another's grid":        {officerB(), patrol.Step{Kind: patrol.StepPass}, rights.ErrForbidden},
		"who rectified":         {worker(), patrol.Step{Kind: patrol.StepPass}, rights.ErrForbidden},
		"another street":        {staffOf("370281002", "JZ002"), patrol.Step{Kind: patrol.StepPass}, rights.ErrForbidden},
		"a citizen":             {citizen(), patrol.Step{Kind: patrol.StepComment, Note: "x"}, rights.ErrForbidden},
		"rectified twice":       {worker(), patrol.Step{Kind: patrol.StepRectify, Photos: done}, patrol.ErrStep},
		"nobody's department":   {street, patrol.Step{Kind: patrol.StepDispatch, Dept: "ZZ"}, patrol.ErrUnknown},
		"nobody":                {street, patrol.Step{Kind: patrol.StepDispatch, Dept: "D0", Assignee: 999}, patrol.ErrUnknown},
		"merged into nothing":   {street, patrol.Step{Kind: patrol.StepMerge, Other: uuid("none")}, patrol.ErrUnknown},
		"no problem":            {street, patrol.Step{Problem: uuid("none"), Kind: patrol.StepPass}, postgres.ErrNotFound},
		"seen too long ago":     {officerA(), patrol.Step{Kind: patrol.StepPass, Seen: 3}, postgres.ErrStale},
		"seen too long ago too": {officerA(), patrol.Step{Kind: patrol.StepPass, Seen: 3}, patrol.ErrStep},
	} {
		s := c.step
		s.Problem = cmp.Or(s.Problem, id)
		if _, err := o.step(t, c.who, &s); !errors.Is(err, c.is) {
			t.Errorf("%s: %v", name, err)
		}
	}
	o.must(t, officerA(), patrol.Step{Problem: id, Kind: patrol.StepFail, Note: "仍有垃圾"})
	p = o.must(t, worker(), patrol.Step{Problem: id, Kind: patrol.StepRectify, Photos: []patrol.PhotoRef{photoRef("after", "life", 2)}})
	p = o.must(t, officerA(), patrol.Step{Problem: id, Kind: patrol.StepPass, Seen: p.Revision})
	if p.State != patrol.Closed || p.Returns != 1 || p.Reworks != 1 || p.ClosedAt.IsZero() {
		t.Errorf("%+v", p)
	}
	o.must(t, officerA(), patrol.Step{Problem: id, Kind: patrol.StepLookBack, Note: "还是干净的"})
	p = o.must(t, officerA(), patrol.Step{Problem: id, Kind: patrol.StepLookBack, Note: "又有垃圾", Other: back, Photos: []patrol.PhotoRef{photoRef("near", "back")}})
	if p.State != patrol.Closed || p.ReopenedBy != back {
		t.Errorf("%+v", p)
	}
	f := o.file(t, back)
	if f.Reopens != id || f.State != patrol.Found || f.Class != "litter" || f.Region != "370281001" || f.Note != "又有垃圾" {
		t.Errorf("%+v", f)
	}
	if _, err := o.step(t, officerA(), &patrol.Step{Problem: id, Kind: patrol.StepLookBack, Other: uuid("again"), Photos: []patrol.PhotoRef{photoRef("near", "again")}}); !errors.Is(err, patrol.ErrStep) {
		t.Errorf("came back twice: %v", err)
	}
	o.folds(t, id)
	o.folds(t, back)
}

func TestSameStepAgainChangesNothing(t *testing.T) {
	o := newGround(t)
	id := uuid("same")
	if _, _, err := o.report(t, officerA(), reportAt(id, inA)); err != nil {
		t.Fatal(err)
	}
	s := patrol.Step{ID: uuid("step"), Problem: id, Kind: patrol.StepDispatch, Dept: "D0", Seen: 1}
	first := o.must(t, bureau(), s)
	again := o.must(t, bureau(), s)
	if first.Revision != 2 || again.Revision != 2 || len(o.file(t, id).Events) != 2 {
		t.Errorf("%d, %d, %d events", first.Revision, again.Revision, len(o.file(t, id).Events))
	}
	other := uuid("other")
	if _, _, err := o.report(t, officerA(), reportAt(other, inA)); err != nil {
		t.Fatal(err)
	}
	s.Problem = other
	if _, err := o.step(t, bureau(), &s); !errors.Is(err, patrol.ErrBody) {
		t.Errorf("the id of another's step: %v", err)
	}
	// A comment neither moves the problem on nor is stopped by what moved.
	if p := o.must(t, officerA(), patrol.Step{Problem: id, Kind: patrol.StepComment, Note: "请尽快", Seen: 1}); p.Revision != 2 {
		t.Errorf("revision %d after a comment", p.Revision)
	}
	if _, err := o.pool.Exec(t.Context(), `UPDATE problem_event SET note = 'x'`); err == nil {
		t.Error("an event was changed")
	}
}

func TestOnTheSpot(t *testing.T) {
	o := newGround(t)
	r := reportAt(uuid("spot"), inA)
	r.OnTheSpot, r.Photos = true, append(r.Photos, photoRef("after", "spot"))
	p, _, err := o.report(t, officerA(), r)
	if err != nil || p.State != patrol.Rectified || !p.OnTheSpot || p.Revision != 2 {
		t.Fatalf("%+v %v", p, err)
	}
	var stop *patrol.StepError
	if _, err := o.step(t, officerA(), &patrol.Step{Problem: p.ID, Kind: patrol.StepPass}); !errors.As(err, &stop) || stop.Why != patrol.WhySelf {
		t.Errorf("verified by who rectified: %v", err)
	}
	p = o.must(t, staffOf("370281001", "JZ001"), patrol.Step{Problem: p.ID, Kind: patrol.StepFail, Note: "没有清干净"})
	if p.State != patrol.Found || p.OnTheSpot {
		t.Errorf("%+v", p)
	}
	o.folds(t, p.ID)
}

func TestDuplicatesAreProposed(t *testing.T) {
	o := newGround(t)
	put := func(name string, east float64, class string, ago time.Duration) string {
		r := reportAt(uuid(name), [2]float64{inA[0] + east, inA[1]})
		r.Class, r.At = class, r.At.Add(-ago)
		if _, _, err := o.report(t, officerA(), r); err != nil {
			t.Fatal(err)
		}
		return r.ID
	}
	const metre = 1 / 90_000.0 // of longitude here, about
	first := put("first", 0, "litter", 0)
	near, edge := put("near", 10*metre, "litter", time.Hour), put("edge", 45*metre, "litter", 23*time.Hour)
	put("far", 60*metre, "litter", 0)
	put("long ago", metre, "litter", 25*time.Hour)
	put("another class", metre, "rubble", 0)
	void := put("void", metre, "litter", 0)
	o.must(t, bureau(), patrol.Step{Problem: void, Kind: patrol.StepVoid, Note: "x"})
	var got []string
	for _, d := range o.file(t, first).Duplicates {
		got = append(got, d.ID)
	}
	if diff := gocmp.Diff([]string{near, edge}, got); diff != "" {
		t.Error(diff)
	}
	p := o.must(t, bureau(), patrol.Step{Problem: near, Kind: patrol.StepMerge, Other: first})
	if p.State != patrol.Merged || p.DuplicateOf != first {
		t.Errorf("%+v", p)
	}
	if _, err := o.step(t, bureau(), &patrol.Step{Problem: first, Kind: patrol.StepMerge, Other: near}); !errors.Is(err, patrol.ErrStep) {
		t.Errorf("merged into what is merged: %v", err)
	}
	o.folds(t, near)
}

// Many at once: numbers are different, the same report is one, of two steps on one revision one is done, and two that are merged into each other are not
// both gone.
func TestProblemsConcurrently(t *testing.T) {
	o := newGround(t)
	var mu sync.Mutex
	numbers, news := map[string]int{}, 0
	var wg sync.WaitGroup
	for w := range 6 {
		wg.Go(func() {
			for i := range 8 {
				p, isNew, err := o.report(t, officerA(), reportAt(uuid("many", w/2, i), inA)) // two bring each
				mu.Lock()
				numbers[p.Number]++
				if isNew {
					news++
				}
				mu.Unlock()
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if len(numbers) != 24 || news != 24 {
		t.Errorf("%d numbers, %d new", len(numbers), news)
	}
	one, two := uuid("many", 0, 0), uuid("many", 0, 1)
	var done, stale int
	for range 6 {
		wg.Go(func() {
			_, err := o.step(t, bureau(), &patrol.Step{Problem: one, Kind: patrol.StepDispatch, Dept: "D0", Seen: 1})
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				done++
			case errors.Is(err, postgres.ErrStale):
				stale++
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if done != 1 || stale != 5 {
		t.Errorf("%d done, %d stale", done, stale)
	}
	for i := range 6 {
		a, b := one, two
		if i%2 == 1 {
			a, b = b, a
		}
		wg.Go(func() {
			if _, err := o.step(t, bureau(), &patrol.Step{Problem: a, Kind: patrol.StepMerge, Other: b}); err != nil && !errors.Is(err, patrol.ErrStep) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if a, b := o.file(t, one).State, o.file(t, two).State; (a == patrol.Merged) == (b == patrol.Merged) {
		t.Errorf("%s and %s", a, b)
	}
}

// Random people do random steps with problems: what is stored is always legal (the table's constraints hold it too) and what the events say, and a step
// is refused for a reason that there is.
func TestRandomStepsOnTheRecord(t *testing.T) {
	o := newGround(t)
	r := rand.New(rand.NewPCG(3, 4))
	var ids []string
	for i := range 6 {
		at := inA
		if i%2 == 1 {
			at = inB
		}
		id := uuid("random", i)
		if _, _, err := o.report(t, []rights.Actor{officerA(), officerB(), citizen()}[i%3], reportAt(id, at)); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	kinds := patrol.Kinds()[1:]
	met := map[string]int{}
	for i := range 250 {
		id := ids[r.IntN(len(ids))]
		before := o.file(t, id)
		s := patrol.Step{Problem: id, Kind: kinds[r.IntN(len(kinds))], Dept: []string{"D0", "D1", ""}[r.IntN(3)], Note: "x", Seen: before.Revision * int64(r.IntN(2)), Photos: []patrol.PhotoRef{photoRef("after", i), photoRef("near", i)}}
		if s.Kind == patrol.StepMerge {
			if r.IntN(6) > 0 {
				continue
			}
			s.Other = ids[r.IntN(len(ids))]
		}
		if s.Kind == patrol.StepLookBack && r.IntN(2) == 0 {
			s.Other = uuid("reopened", i)
		}
		who := everybody()[r.IntN(5)]
		after, err := o.step(t, who, &s)
		switch {
		case err == nil:
			met[string(s.Kind)]++
			if s.Other != "" && s.Kind == patrol.StepLookBack {
				ids = append(ids, s.Other)
			}
			if rises := s.Kind != patrol.StepComment; (after.Revision == before.Revision+1) != rises {
				t.Fatalf("%s: revision %d after %d", s.Kind, after.Revision, before.Revision)
			}
		case !errors.Is(err, patrol.ErrStep) && !errors.Is(err, rights.ErrForbidden) && !errors.Is(err, patrol.ErrBody):
			t.Fatalf("%s in %s by %s: %v", s.Kind, before.State, who.Name, err)
		case o.file(t, id).Revision != before.Revision:
			t.Fatalf("%s was refused and changed something", s.Kind)
		}
	}
	for _, id := range ids {
		o.folds(t, id)
	}
	if len(met) < 9 {
		t.Errorf("only %v", met)
	}
}

// scatter makes many problems of all kinds, behind the server's back.
const scatterSQL = `
INSERT INTO problem (id, number, class, source, title, geom, region_code, duty_grid_id, subject_kind, subject_id, state, dept, assignee, deadline, on_the_spot, rectified_at, closed_at,
       returns, reworks, duplicate_of, at, reporter_holder, reporter_account)
SELECT md5('p' || i)::uuid, 'S-' || i, (ARRAY['litter', 'rubble', 'small_ads', 'ramp_blocked'])[1 + h % 4], (ARRAY['officer', 'department', 'supervision', 'spot_check', 'citizen'])[1 + h / 7 % 5],
       '问题' || i, CASE WHEN i % 17 > 0 THEN ST_SetSRID(ST_MakePoint(119.91 + (h % 1000) / 8000.0, 36.21 + (h / 13 % 100) / 5000.0), 4490) END,
       (ARRAY['370281001', '370281002', '370281', NULL])[1 + h / 3 % 4], (ARRAY[1, 2, 3, NULL])[1 + h / 5 % 4], CASE WHEN i % 3 = 0 THEN 'place' END, CASE WHEN i % 3 = 0 THEN 1 + i % 2 END, s,
       CASE WHEN s IN ('dispatched', 'handling', 'returned', 'suspended') OR h % 2 = 0 THEN (ARRAY['D0', 'D1'])[1 + h / 9 % 2] END, CASE WHEN h % 6 = 0 THEN 2 END, CASE WHEN h % 4 > 0 THEN now() + make_interval(hours => h % 90 - 45) END,
       s IN ('rectified', 'closed') AND h % 3 = 0, CASE WHEN s IN ('rectified', 'closed') THEN now() END, CASE WHEN s = 'closed' THEN now() END, greatest(h / 11 % 3 / 2, (s = 'returned')::int), h / 19 % 4 / 3,
       CASE WHEN s = 'merged' THEN md5('p1')::uuid END, date_trunc('hour', now()) - make_interval(hours => h % 400), (ARRAY[1, 3, NULL])[1 + h / 23 % 3],
       (ARRAY['officer-a', 'officer-b', 'citizen'])[1 + h / 23 % 3]
FROM (SELECT i, h, CASE WHEN i = 1 THEN 'found' ELSE (ARRAY['found', 'dispatched', 'handling', 'returned', 'rectified', 'suspended', 'closed', 'closed', 'void', 'merged'])[1 + h / 2 % 10] END AS s
      FROM (SELECT i, abs(hashint4(i) % 100000) AS h FROM generate_series(1, 600) i) x) x`

func newScatter(t *testing.T) *office {
	t.Helper()
	o := newGround(t)
	if _, err := o.pool.Exec(t.Context(), scatterSQL); err != nil {
		t.Fatal(err)
	}
	return o
}

// all reads a list page by page.
func (o *office) all(t *testing.T, f postgres.ProblemFilter, order postgres.ProblemSort, limit int) (rows []postgres.ProblemRow) {
	t.Helper()
	f.Day = o.today
	var after postgres.ProblemKey
	for {
		list, total, err := o.store.Problems(t.Context(), &f, order, after, limit)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, list...)
		if len(list) < limit {
			if total != len(rows) {
				t.Errorf("%d of %d", len(rows), total)
			}
			return rows
		}
		after = order.Key(&list[len(list)-1])
	}
}

// A list has just what MayReadProblem says of each, for everybody; all orders have the same, none twice, in order.
func TestListsAreAsRightsSay(t *testing.T) {
	o := newScatter(t)
	everything := o.all(t, postgres.ProblemFilter{Who: bureau()}, postgres.LatestFirst, 1000)
	if len(everything) != 600 {
		t.Fatalf("the bureau sees %d", len(everything))
	}
	grids := map[int64][]int64{1: {1}, 3: {3}}
	for _, who := range everybody() {
		var want []string
		for i := range everything {
			if p := &everything[i]; postgres.MayReadProblem(who, p, grids[who.Holder]) == nil {
				want = append(want, p.ID)
			}
		}
		for _, order := range []postgres.ProblemSort{postgres.LatestFirst, postgres.EarliestFirst, postgres.DeadlineFirst} {
			rows := o.all(t, postgres.ProblemFilter{Who: who}, order, 37)
			var got []string
			for i := range rows {
				got = append(got, rows[i].ID)
				if i == 0 {
					continue
				}
				a, b := order.Key(&rows[i-1]), order.Key(&rows[i])
				if sorted := cmp.Or(a.At.Compare(b.At), strings.Compare(a.ID, b.ID)); sorted > 0 != (order == postgres.LatestFirst) {
					t.Fatalf("%s: %v before %v", order, a, b)
				}
			}
			slices.Sort(got)
			slices.Sort(want)
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Errorf("%s by %s: %s", who.Name, order, diff)
			}
		}
	}
}

func TestListsAreFiltered(t *testing.T) {
	o := newScatter(t)
	everything := o.all(t, postgres.ProblemFilter{Who: bureau()}, postgres.LatestFirst, 1000)
	from := everything[300].At
	for name, c := range map[string]struct {
		f    postgres.ProblemFilter
		keep func(*postgres.ProblemRow) bool
	}{
		"state":    {postgres.ProblemFilter{States: []patrol.State{patrol.Found, patrol.Closed}}, func(p *postgres.ProblemRow) bool { return p.State == patrol.Found || p.State == patrol.Closed }},
		"class":    {postgres.ProblemFilter{Class: "litter"}, func(p *postgres.ProblemRow) bool { return p.Class == "litter" }},
		"major":    {postgres.ProblemFilter{Class: "appearance"}, func(p *postgres.ProblemRow) bool { return p.Class == "litter" || p.Class == "rubble" }},
		"source":   {postgres.ProblemFilter{Source: patrol.FromCitizen}, func(p *postgres.ProblemRow) bool { return p.Source == patrol.FromCitizen }},
		"dept":     {postgres.ProblemFilter{Dept: "D1"}, func(p *postgres.ProblemRow) bool { return p.Dept == "D1" }},
		"region":   {postgres.ProblemFilter{Region: "370281001"}, func(p *postgres.ProblemRow) bool { return p.Region == "370281001" }},
		"zone":     {postgres.ProblemFilter{Zone: "center"}, func(p *postgres.ProblemRow) bool { return p.Place.At != nil && p.Place.At[0] <= 120.1 }},
		"grid":     {postgres.ProblemFilter{Grid: 3}, func(p *postgres.ProblemRow) bool { return p.DutyID == 3 }},
		"assignee": {postgres.ProblemFilter{Assignee: 2}, func(p *postgres.ProblemRow) bool { return p.Assignee == 2 }},
		"subject":  {postgres.ProblemFilter{Subject: patrol.Subject{Kind: "place", ID: 1}}, func(p *postgres.ProblemRow) bool { return p.Subject != nil && p.Subject.ID == 1 }},
		"from":     {postgres.ProblemFilter{From: from}, func(p *postgres.ProblemRow) bool { return !p.At.Before(from) }},
		"until":    {postgres.ProblemFilter{Until: from}, func(p *postgres.ProblemRow) bool { return p.At.Before(from) }},
		"text":     {postgres.ProblemFilter{Text: "s-59"}, func(p *postgres.ProblemRow) bool { return strings.HasPrefix(p.Number, "S-59") }},
		"placed":   {postgres.ProblemFilter{Placed: true}, func(p *postgres.ProblemRow) bool { return p.Place.At != nil }},
	} {
		c.f.Who = bureau()
		var got, want []string
		for _, p := range o.all(t, c.f, postgres.LatestFirst, 100) {
			got = append(got, p.ID)
		}
		for i := range everything {
			if c.keep(&everything[i]) {
				want = append(want, everything[i].ID)
			}
		}
		if diff := gocmp.Diff(want, got); diff != "" || len(got) == 0 || len(got) == 600 {
			t.Errorf("%s: %d %s", name, len(got), diff)
		}
	}
	mine := o.all(t, postgres.ProblemFilter{Who: citizen(), Mine: true}, postgres.LatestFirst, 100)
	if len(mine) == 0 || slices.ContainsFunc(mine, func(p postgres.ProblemRow) bool { return p.Reporter.Account != "citizen" }) {
		t.Errorf("%d of mine", len(mine))
	}
}

// Rates are what plain SQL, written again, counts; and nobody counts more than there is to see.
func TestRatesAgreeWithPlainSQL(t *testing.T) {
	o := newScatter(t)
	for by, column := range map[postgres.RateBy]string{
		postgres.ByStreet: "substr(region_code, 1, greatest(9, 0))", postgres.ByRegion: "region_code", postgres.ByCounty: "substr(region_code, 1, 6)", postgres.ByClass: "class",
		postgres.ByMajor: "(SELECT parent FROM problem_class c WHERE c.code = class)", postgres.BySource: "source", postgres.ByDept: "dept", postgres.ByOfficer: "reporter_holder::text",
		postgres.ByPlaceKind: "(SELECT kind FROM place l WHERE l.id = subject_id)",
	} {
		rates, err := o.store.Rates(t.Context(), &postgres.ProblemFilter{Who: bureau(), Day: o.today}, by)
		if err != nil {
			t.Fatal(err)
		}
		if by == postgres.ByStreet {
			column = "CASE WHEN length(region_code) >= 9 THEN substr(region_code, 1, 9) END"
		}
		var total int64
		for _, r := range rates {
			var want patrol.Count
			err := o.pool.QueryRow(t.Context(), `
SELECT sum(1), sum((state = 'rectified' OR state = 'closed')::int), sum((state = 'closed')::int), sum(on_the_spot::int), sum((returns >= 1)::int), sum((reworks >= 1)::int),
       sum((state = 'suspended')::int), sum((reworks >= 1 OR state = 'rectified' OR state = 'closed')::int)
FROM problem WHERE state <> 'void' AND state <> 'merged' AND coalesce(`+column+`, '') = $1`, r.Code).Scan(
				&want.Found, &want.Rectified, &want.Closed, &want.OnTheSpot, &want.Returned, &want.Reworked, &want.Suspended, &want.Handled)
			if err != nil {
				t.Fatalf("%s %s: %v", by, r.Code, err)
			}
			if diff := gocmp.Diff(want, r.Count); diff != "" {
				t.Errorf("%s %s: %s", by, r.Code, diff)
			}
			total += r.Found
		}
		var there int64
		if err := o.pool.QueryRow(t.Context(), `SELECT count(*) FROM problem WHERE state NOT IN ('void', 'merged')`).Scan(&there); err != nil || there != total {
			t.Errorf("%s: %d of %d, %v", by, total, there, err)
		}
	}
	part, err := o.store.Rates(t.Context(), &postgres.ProblemFilter{Who: staffOf("370281001", "JZ001"), Day: o.today}, postgres.ByStreet)
	if err != nil || len(part) != 1 || part[0].Code != "370281001" {
		t.Errorf("%+v %v", part, err)
	}
}

func TestClasses(t *testing.T) {
	o := newGround(t)
	put := func(who rights.Actor, c patrol.Class, revision int64) (patrol.Class, error) {
		var made patrol.Class
		err := o.as(t, who, func(ctx context.Context, x *postgres.Tx) (err error) {
			made, err = x.PutClass(ctx, c, revision)
			return err
		})
		return made, err
	}
	good := patrol.Class{Code: "noise", Parent: "order", Title: "噪声扰民", DuplicateM: 50, DuplicateHours: 24, Enabled: true}
	made, err := put(bureau(), good, 0)
	if err != nil || made.Revision != 1 {
		t.Fatalf("%+v %v", made, err)
	}
	if made, err = put(bureau(), good, 1); err != nil || made.Revision != 2 {
		t.Errorf("%+v %v", made, err)
	}
	if _, _, err := o.report(t, officerA(), &patrol.Report{ID: uuid("noise"), Class: "noise", Moment: now()}); err != nil {
		t.Fatal(err)
	}
	change := func(f func(*patrol.Class)) patrol.Class { c := good; f(&c); return c }
	for name, c := range map[string]struct {
		who      rights.Actor
		class    patrol.Class
		revision int64
		is       error
	}{
		"an officer":           {officerA(), good, 2, rights.ErrForbidden},
		"stale":                {bureau(), good, 1, postgres.ErrStale},
		"there already":        {bureau(), good, 0, postgres.ErrStale},
		"not there":            {bureau(), change(func(c *patrol.Class) { c.Code = "none" }), 3, postgres.ErrNotFound},
		"not there at all":     {bureau(), change(func(c *patrol.Class) { c.Code = "none" }), postgres.AnyRevision, postgres.ErrNotFound},
		"no code":              {bureau(), change(func(c *patrol.Class) { c.Code = "噪声" }), 0, patrol.ErrBody},
		"no parent":            {bureau(), change(func(c *patrol.Class) { c.Parent = "nothing" }), 2, patrol.ErrBody},
		"a parent that is low": {bureau(), change(func(c *patrol.Class) { c.Parent = "litter" }), 2, patrol.ErrBody},
		"no longer below":      {bureau(), change(func(c *patrol.Class) { c.Parent = "" }), 2, patrol.ErrBody},
		"has others below":     {bureau(), change(func(c *patrol.Class) { c.Code = "order"; c.Parent = "works" }), 1, patrol.ErrBody},
		"no department":        {bureau(), change(func(c *patrol.Class) { c.Dept = "ZZ" }), 2, patrol.ErrBody},
	} {
		if _, err := put(c.who, c.class, c.revision); !errors.Is(err, c.is) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if list, err := o.store.Classes(t.Context()); err != nil || len(list) < 50 {
		t.Errorf("%d %v", len(list), err)
	}
}
