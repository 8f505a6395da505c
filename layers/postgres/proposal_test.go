package postgres_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"

	"wangge/layers"
	"wangge/layers/postgres"
)

var errElsewhere = errors.New("elsewhere")

// finding makes a proposal with an id of its own.
func finding(n int, kind layers.Finding, feature, base int64) *layers.Proposal {
	return &layers.Proposal{ID: fmt.Sprintf("00000000-0000-4000-8000-%012d", n), Layer: "public_toilet", Feature: feature, Finding: kind, Base: base,
		At: time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC), Holder: 0, Account: "officer"}
}

// propose keeps a finding that is new and right.
func propose(t *testing.T, pool *pgxpool.Pool, p *layers.Proposal) *layers.Proposal {
	t.Helper()
	if isNew, err := postgres.Propose(t.Context(), pool, p); err != nil || !isNew {
		t.Fatalf("%s: new %v, %v", p.ID, isNew, err)
	}
	return p
}

func toilet(t *testing.T, pool *pgxpool.Pool, values map[string]any) postgres.Written {
	t.Helper()
	out, err := postgres.Insert(t.Context(), pool, layers.ByID("public_toilet"), postgres.Draft{Values: values, Geometry: orb.Point{120.03, 36.23}, Shifted: true}, anywhere)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func change(t *testing.T, pool *pgxpool.Pool, id int64, values map[string]any) postgres.Written {
	t.Helper()
	out, err := postgres.Update(t.Context(), pool, layers.ByID("public_toilet"), id, 0, postgres.Draft{Values: values}, anywhere)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// decide is Decide for who may everywhere, with the reason of a rejection.
func decide(t *testing.T, pool *pgxpool.Pool, p *layers.Proposal, d layers.Decision) layers.Proposal {
	t.Helper()
	out, err := postgres.Decide(t.Context(), pool, p.ID, p.Revision, d, anywhere)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func fieldsOf(t *testing.T, pool *pgxpool.Pool, id int64) map[string]any {
	t.Helper()
	f, err := postgres.FeatureIn(t.Context(), pool, layers.ByID("public_toilet"), id, true)
	if err != nil {
		t.Fatal(err)
	}
	return f.Fields
}

// What differs is proposed field by field, and taken field by field.
func TestProposalIsTakenInParts(t *testing.T) {
	pool := ground(t)
	made := toilet(t, pool, map[string]any{"name": "旧名", "grade": "class_2", "male_stalls": int64(3)})
	p := finding(1, layers.Differs, made.ID, made.Revision)
	p.Values = map[string]any{"name": "新名", "grade": "一类", "male_stalls": 3.0, "open_24h": true}
	p.Geometry = orb.Point{120.0302, 36.23}
	propose(t, pool, p)
	if diff := cmp.Diff(map[string]any{"name": "新名", "grade": "class_1", "open_24h": true}, p.Values); diff != "" {
		t.Errorf("what is as it was is no proposal: %s", diff)
	}
	if p.State != layers.ProposalOpen || p.Revision != 1 || p.Region == "" {
		t.Errorf("kept as %+v", p)
	}
	c, err := postgres.NewReader(pool).CompareProposal(t.Context(), p.ID)
	if err != nil || len(c.Parts) != 3 || c.Geometry == nil || c.Geometry.MovedM < 17 || c.Geometry.MovedM > 19 {
		t.Fatalf("%+v, %v", c, err)
	}
	got := decide(t, pool, p, layers.Decision{Fields: map[string]bool{"name": true, "grade": false}, Values: map[string]any{"open_24h": false}, Seen: c.Now})
	if got.State != layers.ProposalPartly || got.ResultID != made.ID || got.ResultRevision != made.Revision+1 || got.DecidedAt.IsZero() {
		t.Errorf("decided: %+v", got)
	}
	now := fieldsOf(t, pool, made.ID)
	for name, want := range map[string]any{"name": "新名", "grade": "class_2", "open_24h": false, "male_stalls": int64(3)} {
		if diff := cmp.Diff(want, now[name]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if _, err := postgres.Decide(t.Context(), pool, p.ID, 0, layers.Decision{Geometry: true}, anywhere); !errors.Is(err, postgres.ErrDecided) {
		t.Errorf("decided twice: %v", err)
	}
}

func TestProposalComesTwice(t *testing.T) {
	pool := ground(t)
	made := toilet(t, pool, nil)
	p := propose(t, pool, finding(1, layers.Missing, made.ID, made.Revision))
	again := finding(1, layers.Missing, made.ID, made.Revision)
	again.Note = "second time"
	if isNew, err := postgres.Propose(t.Context(), pool, again); isNew || err != nil || again.Note != "" || again.Ordinal != p.Ordinal {
		t.Errorf("new %v, %v: %+v", isNew, err, again)
	}
	theirs := finding(1, layers.Missing, made.ID, made.Revision)
	theirs.Account = "other"
	if _, err := postgres.Propose(t.Context(), pool, theirs); !errors.Is(err, layers.ErrInvalid) {
		t.Errorf("another's id was taken: %v", err)
	}
	second := propose(t, pool, finding(2, layers.Missing, made.ID, made.Revision))
	c, err := postgres.NewReader(pool).CompareProposal(t.Context(), second.ID)
	if err != nil || !cmp.Equal(c.Others, []string{p.ID}) {
		t.Errorf("both should stay: %v, %v", c.Others, err)
	}
	got := decide(t, pool, p, layers.Decision{Fields: map[string]bool{"status": true}})
	if got.State != layers.ProposalAccepted || fieldsOf(t, pool, made.ID)["status"] != "missing" {
		t.Errorf("%+v", got)
	}
	// The other finder was right too: nothing is left to write, and it counts as taken.
	if got := decide(t, pool, second, layers.Decision{}); got.State != layers.ProposalAccepted || got.ResultID != 0 {
		t.Errorf("%+v", got)
	}
}

// Whoever decides sees what others changed since the finder looked, and does not write over what was changed since looking.
func TestProposalMeetsAnotherChange(t *testing.T) {
	pool := ground(t)
	made := toilet(t, pool, map[string]any{"name": "旧名", "grade": "class_2"})
	seen := made.Revision
	change(t, pool, made.ID, map[string]any{"name": "局里改的名"})
	p := finding(1, layers.Differs, made.ID, seen)
	p.Values = map[string]any{"name": "网格员的名", "grade": "class_3"}
	propose(t, pool, p)
	c, err := postgres.NewReader(pool).CompareProposal(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	type versions struct {
		Base, Now, Proposed any
		Changed             bool
	}
	got := map[string]versions{}
	for _, part := range c.Parts {
		got[part.Field.Name] = versions{part.Base, part.Now, part.Proposed, part.Changed}
	}
	want := map[string]versions{"name": {"旧名", "局里改的名", "网格员的名", true}, "grade": {"class_2", "class_2", "class_3", false}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("three versions: %s", diff)
	}
	change(t, pool, made.ID, map[string]any{"name": "又改了"})
	if _, err := postgres.Decide(t.Context(), pool, p.ID, 0, layers.Decision{Fields: map[string]bool{"name": true}, Seen: c.Now}, anywhere); !errors.Is(err, postgres.ErrStale) {
		t.Errorf("written over what nobody saw: %v", err)
	}
	if out := decide(t, pool, p, layers.Decision{Fields: map[string]bool{"grade": true}, Seen: c.Now}); out.State != layers.ProposalPartly {
		t.Errorf("%+v", out)
	}
	if now := fieldsOf(t, pool, made.ID); now["name"] != "又改了" || now["grade"] != "class_3" {
		t.Errorf("%v", now)
	}
}

func TestProposalOfANewFeature(t *testing.T) {
	pool := ground(t)
	old := toilet(t, pool, map[string]any{"name": "少海公厕"})
	p := finding(1, layers.New, 0, 0)
	p.Geometry, p.Values = orb.Point{120.0301, 36.23}, map[string]any{"name": "少海公共厕所", "grade": "class_1", "note": nil}
	if _, err := postgres.Propose(t.Context(), pool, p); !errors.Is(err, layers.ErrInvalid) {
		t.Errorf("an internal field was proposed: %v", err)
	}
	p.Values = map[string]any{"name": "少海公共厕所", "grade": "class_1"}
	propose(t, pool, p)
	other := finding(2, layers.New, 0, 0)
	other.Geometry = orb.Point{120.0302, 36.23}
	propose(t, pool, other)
	c, err := postgres.NewReader(pool).CompareProposal(t.Context(), p.ID)
	if err != nil || len(c.Near) != 1 || c.Near[0].ID != old.ID || c.Near[0].Likeness != 1 || !cmp.Equal(c.Others, []string{other.ID}) {
		t.Errorf("neighbours: %+v, %v", c, err)
	}
	if _, err := postgres.Decide(t.Context(), pool, p.ID, 0, layers.Decision{Fields: map[string]bool{"name": true}}, anywhere); !errors.Is(err, layers.ErrInvalid) {
		t.Errorf("made without a place: %v", err)
	}
	got := decide(t, pool, p, layers.Decision{Geometry: true, Fields: map[string]bool{"name": true, "grade": true}, Shifted: true})
	if got.State != layers.ProposalAccepted || got.ResultID == 0 || got.ResultRevision != 1 || fieldsOf(t, pool, got.ResultID)["grade"] != "class_1" {
		t.Errorf("%+v", got)
	}
}

// Doubts are flags, not reasons to lose what was found.
func TestProposalDoubts(t *testing.T) {
	pool := ground(t)
	made := toilet(t, pool, map[string]any{"name": "甲"})
	if _, err := postgres.Delete(t.Context(), pool, layers.ByID("public_toilet"), made.ID, 0, anywhere); err != nil {
		t.Fatal(err)
	}
	p := finding(1, layers.Differs, made.ID, made.Revision)
	p.Values = map[string]any{"name": "乙"}
	propose(t, pool, p)
	if !cmp.Equal(p.Flags, []string{layers.FlagGone}) {
		t.Errorf("flags of one that was deleted: %v", p.Flags)
	}
	if _, err := postgres.Decide(t.Context(), pool, p.ID, 0, layers.Decision{Fields: map[string]bool{"name": true}}, anywhere); !errors.Is(err, layers.ErrInvalid) {
		t.Errorf("taken though there is no feature: %v", err)
	}
	if _, err := postgres.Decide(t.Context(), pool, p.ID, 0, layers.Decision{}, anywhere); !errors.Is(err, layers.ErrInvalid) {
		t.Errorf("rejected without a reason: %v", err)
	}
	if got := decide(t, pool, p, layers.Decision{Reason: "已拆除"}); got.State != layers.ProposalRejected || got.Reason != "已拆除" {
		t.Errorf("%+v", got)
	}
	far := finding(2, layers.New, 0, 0)
	far.Geometry = orb.Point{110, 30}
	propose(t, pool, far)
	if !cmp.Equal(far.Flags, []string{layers.FlagOutside}) {
		t.Errorf("flags of one that lies nowhere: %v", far.Flags)
	}
	if _, err := postgres.Decide(t.Context(), pool, far.ID, 0, layers.Decision{Geometry: true}, anywhere); !errors.Is(err, postgres.ErrOutside) {
		t.Errorf("taken outside every region: %v", err)
	}
	if got := decide(t, pool, far, layers.Decision{Geometry: true, NewArea: true}); got.State != layers.ProposalAccepted {
		t.Errorf("%+v", got)
	}
}

// What is found as the record has it confirms it, and asks for nothing.
func TestConfirmation(t *testing.T) {
	pool := ground(t)
	made := toilet(t, pool, nil)
	first, then := finding(1, layers.Exists, made.ID, made.Revision), finding(2, layers.Exists, made.ID, made.Revision)
	then.At = first.At.Add(time.Hour)
	propose(t, pool, then)
	propose(t, pool, first) // an earlier one that comes later
	if first.State != layers.ProposalRecorded {
		t.Errorf("state %s", first.State)
	}
	list, err := postgres.NewReader(pool).Confirmations(t.Context(), "public_toilet", []int64{made.ID, 999})
	if err != nil || len(list) != 1 || !list[0].At.Equal(then.At) {
		t.Errorf("%+v, %v", list, err)
	}
	if _, err := postgres.Decide(t.Context(), pool, first.ID, 0, layers.Decision{Reason: "x"}, anywhere); !errors.Is(err, postgres.ErrDecided) {
		t.Errorf("there is nothing to decide: %v", err)
	}
	if now := fieldsOf(t, pool, made.ID); now["revision"] != made.Revision {
		t.Errorf("the feature was changed: %v", now["revision"])
	}
}

func TestBadFindings(t *testing.T) {
	pool := ground(t)
	made := toilet(t, pool, map[string]any{"name": "甲"})
	for what, c := range map[string]struct {
		change  func(p *layers.Proposal)
		pointer string
	}{
		"no layer":          {func(p *layers.Proposal) { p.Layer = "moon" }, "/layer"},
		"a layer of nets":   {func(p *layers.Proposal) { p.Layer = "unit_grid" }, "/layer"},
		"reference":         {func(p *layers.Proposal) { p.Layer = "ground" }, "/layer"},
		"no id":             {func(p *layers.Proposal) { p.ID = "7" }, "/id"},
		"no finding":        {func(p *layers.Proposal) { p.Finding = "gone" }, "/finding"},
		"no feature":        {func(p *layers.Proposal) { p.Feature = 0 }, "/feature"},
		"negative base":     {func(p *layers.Proposal) { p.Base = -1 }, "/base"},
		"new with an id":    {func(p *layers.Proposal) { p.Finding, p.Geometry = layers.New, orb.Point{120.03, 36.23} }, "/feature"},
		"new without shape": {func(p *layers.Proposal) { p.Finding, p.Feature = layers.New, 0 }, "/geometry"},
		"nothing differs":   {func(p *layers.Proposal) { p.Values = nil }, "/values"},
		"as it is":          {func(p *layers.Proposal) { p.Values = map[string]any{"name": "甲"} }, "/values"},
		"exists, values":    {func(p *layers.Proposal) { p.Finding = layers.Exists }, "/values"},
		"missing, shape":    {func(p *layers.Proposal) { p.Finding, p.Values, p.Geometry = layers.Missing, nil, orb.Point{120, 36} }, "/geometry"},
		"no such field":     {func(p *layers.Proposal) { p.Values = map[string]any{"colour": "red"} }, "/values/colour"},
		"kept by us":        {func(p *layers.Proposal) { p.Values = map[string]any{"region_code": "3"} }, "/values/region_code"},
		"internal":          {func(p *layers.Proposal) { p.Values = map[string]any{"source": "x"} }, "/values/source"},
		"no such code":      {func(p *layers.Proposal) { p.Values = map[string]any{"grade": "golden"} }, "/values/grade"},
		"out of range":      {func(p *layers.Proposal) { p.Values = map[string]any{"male_stalls": -1} }, "/values/male_stalls"},
		"half a stall":      {func(p *layers.Proposal) { p.Values = map[string]any{"male_stalls": 1.5} }, "/values/male_stalls"},
		"no department":     {func(p *layers.Proposal) { p.Values = map[string]any{"owner_dept": "D-404"} }, "/values/owner_dept"},
		"wrong shape":       {func(p *layers.Proposal) { p.Geometry = orb.LineString{{120, 36}, {120.1, 36}} }, "/geometry/type"},
		"nowhere":           {func(p *layers.Proposal) { p.Geometry = orb.Point{500, 36} }, "/geometry/coordinates"},
		"a long note":       {func(p *layers.Proposal) { p.Note = string(make([]rune, 4001)) }, "/note"},
	} {
		p := finding(1, layers.Differs, made.ID, made.Revision)
		p.Values = map[string]any{"name": "乙"}
		c.change(p)
		isNew, err := postgres.Propose(t.Context(), pool, p)
		var faults layers.Faults
		if isNew || !errors.As(err, &faults) || faults[0].Pointer != c.pointer || faults[0].Zh == "" || faults[0].En == "" {
			t.Errorf("%s: new %v, %v, want a fault at %s", what, isNew, err, c.pointer)
		}
	}
	unknown := finding(1, layers.Missing, 999_999, 0)
	if _, err := postgres.Propose(t.Context(), pool, unknown); !errors.Is(err, postgres.ErrNotFound) {
		t.Errorf("a feature that never was: %v", err)
	}
	var n int
	if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM feature_proposal`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d were kept, %v", n, err)
	}
}

// Who may not decide learns nothing and changes nothing; who did not propose takes nothing back.
func TestProposalRights(t *testing.T) {
	pool := ground(t)
	made := toilet(t, pool, nil)
	p := propose(t, pool, finding(1, layers.Missing, made.ID, made.Revision))
	no := func(postgres.Place) error { return errElsewhere }
	if _, err := postgres.Decide(t.Context(), pool, p.ID, 77, layers.Decision{}, no); !errors.Is(err, errElsewhere) {
		t.Errorf("decided elsewhere: %v", err)
	}
	if _, err := postgres.Decide(t.Context(), pool, p.ID, 77, layers.Decision{}, anywhere); !errors.Is(err, postgres.ErrStale) {
		t.Errorf("decided about another revision: %v", err)
	}
	theirs := func(*layers.Proposal) error { return errElsewhere }
	if _, err := postgres.Withdraw(t.Context(), pool, p.ID, 0, "", theirs); !errors.Is(err, errElsewhere) {
		t.Errorf("withdrawn by another: %v", err)
	}
	got, err := postgres.Withdraw(t.Context(), pool, p.ID, p.Revision, "看错了", func(*layers.Proposal) error { return nil })
	if err != nil || got.State != layers.ProposalWithdrawn {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := postgres.Decide(t.Context(), pool, p.ID, 0, layers.Decision{Fields: map[string]bool{"status": true}}, anywhere); !errors.Is(err, postgres.ErrDecided) {
		t.Errorf("decided after it was withdrawn: %v", err)
	}
}

// Everything that was proposed can be read again as it was kept, whatever the layer and the kind of value.
func TestProposalsOfEveryLayer(t *testing.T) {
	pool := ground(t)
	chance := rand.New(rand.NewPCG(7, 7))
	reader := postgres.NewReader(pool)
	n := 0
	for _, l := range writableLayers() {
		for _, g := range shapes(l, orb.Point{120.03, 36.23}) {
			n++
			d := draftOf(l, g, chance)
			for _, f := range l.Columns() {
				if f.Access == layers.Internal {
					delete(d.Values, f.Name)
				}
			}
			p := finding(n, layers.New, 0, 0)
			p.Layer, p.Values, p.Geometry = l.ID, l.Plain(d.Values), g
			propose(t, pool, p)
			kept, err := reader.Proposal(t.Context(), p.ID)
			if err != nil {
				t.Fatal(err)
			}
			if a, b := asText(t, kept.Values), asText(t, p.Values); a != b {
				t.Errorf("%s: %s was kept as %s", l.ID, b, a)
			}
			fields := map[string]bool{}
			for name := range kept.Values {
				fields[name] = true
			}
			out := decide(t, pool, &kept, layers.Decision{Fields: fields, Geometry: true, Shifted: true})
			f, err := postgres.FeatureIn(t.Context(), pool, l, out.ResultID, true)
			if err != nil {
				t.Fatal(err)
			}
			for name, want := range d.Values {
				if !layers.Same(f.Fields[name], want) {
					t.Errorf("%s.%s: %v became %v", l.ID, name, want, f.Fields[name])
				}
			}
		}
	}
	list, total, err := reader.Proposals(context.WithoutCancel(t.Context()), postgres.ProposalFilter{Everything: true, Limit: 3})
	if err != nil || total != n || len(list) != 3 || list[0].Ordinal < list[1].Ordinal {
		t.Errorf("%d of %d, %v", len(list), total, err)
	}
}

func asText(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// An id that two accounts take at once is one's: the other is told nothing of what it says.
func TestAProposalsIDIsOneAccounts(t *testing.T) {
	pool := ground(t)
	made := toilet(t, pool, map[string]any{"name": "公厕"})
	one, other := finding(1, layers.Exists, made.ID, 0), finding(1, layers.Exists, made.ID, 0)
	one.Note, other.Account = "甲所见", "somebody else"
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := postgres.Propose(t.Context(), tx, one); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := postgres.Propose(t.Context(), pool, other)
		done <- err
	}()
	for waits := false; !waits && len(done) == 0; {
		if err := pool.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')`).Scan(&waits); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	var faults layers.Faults
	if err := <-done; !errors.As(err, &faults) || faults[0].Pointer != "/id" || other.Note != "" {
		t.Errorf("the other reads %q: %v", other.Note, err)
	}
}
