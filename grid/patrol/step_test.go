package patrol_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wangge/grid/patrol"
)

// life is the whole life of a problem as a person would draw it: from each state, each step that is possible and where it leads. What is not here is
// not possible.
const life = `
            report → found
found       dispatch → dispatched, on_the_spot → rectified, void → void, merge → merged, comment → found
dispatched  dispatch → dispatched, return → returned, take → handling, rectify → rectified, suspend → suspended, merge → merged, comment → dispatched
handling    dispatch → dispatched, return → returned, rectify → rectified, suspend → suspended, merge → merged, comment → handling
returned    dispatch → dispatched, on_the_spot → rectified, suspend → suspended, void → void, merge → merged, comment → returned
rectified   pass → closed, fail → handling, comment → rectified
suspended   resume → dispatched, merge → merged, comment → suspended
closed      look_back → closed, comment → closed
void        comment → void
merged      comment → merged`

// drawn reads the drawing.
func drawn(t *testing.T) map[patrol.State]map[patrol.StepKind]patrol.State {
	t.Helper()
	all := map[patrol.State]map[patrol.StepKind]patrol.State{}
	for line := range strings.SplitSeq(strings.Trim(life, "\n"), "\n") {
		state := patrol.State(strings.TrimSpace(line[:12]))
		all[state] = map[patrol.StepKind]patrol.State{}
		for arrow := range strings.SplitSeq(line[12:], ", ") {
			step, to, ok := strings.Cut(arrow, " → ")
			if !ok {
				t.Fatalf("%q", line)
			}
			all[state][patrol.StepKind(step)] = patrol.State(to)
		}
	}
	return all
}

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// stepOf is a step that has all it needs, by somebody.
func stepOf(kind patrol.StepKind, account string) patrol.Step {
	return patrol.Step{
		ID: patrol.DerivedID(account, string(kind)), Kind: kind, Dept: "D1", Note: "x", Other: patrol.DerivedID("other", "x"), By: patrol.Person{Account: account},
		Photos: []patrol.PhotoRef{{Kind: "before"}, {Kind: "after"}}, Moment: patrol.Moment{At: noon},
	}
}

func TestLifeIsAsDrawn(t *testing.T) {
	want := drawn(t)
	for _, state := range append(patrol.States(), patrol.Absent) {
		got := map[patrol.StepKind]patrol.State{}
		for _, kind := range patrol.Kinds() {
			p := patrol.Problem{ID: "p", State: state, Revision: 7}
			next, err := p.Next(stepOf(kind, "a"), patrol.Class{PhotoBefore: true, PhotoAfter: true})
			switch {
			case err == nil:
				got[kind] = next.State
				if rises := kind != patrol.StepComment; (next.Revision == 8) != rises {
					t.Errorf("%s in %s: revision %d", kind, state, next.Revision)
				}
			case !errors.Is(err, patrol.ErrStep):
				t.Errorf("%s in %q: %v", kind, state, err)
			case next.State != state || next.Revision != 7:
				t.Errorf("%s in %q was refused and changed it", kind, state)
			}
		}
		if diff := cmp.Diff(want[state], got); diff != "" {
			t.Errorf("%q: %s", state, diff)
		}
	}
}

// Every state can be reached, every one that is open can be ended, and what is ended stays so.
func TestLifeReachesItsEnds(t *testing.T) {
	arrows := drawn(t)
	ends := func(from patrol.State) bool {
		seen := map[patrol.State]bool{from: true}
		for queue := []patrol.State{from}; len(queue) > 0; queue = queue[1:] {
			for _, to := range arrows[queue[0]] {
				if !seen[to] {
					seen[to] = true
					queue = append(queue, to)
				}
			}
		}
		if from == patrol.Absent {
			return len(seen) == len(patrol.States())+1
		}
		return seen[patrol.Closed] || seen[patrol.Merged]
	}
	for state := range arrows {
		if reaches := ends(state); !reaches && state != patrol.Void {
			t.Errorf("%q leads nowhere", state)
		}
		if open := len(arrows[state]) > 1; open != state.Open() && state != patrol.Absent && state != patrol.Closed {
			t.Errorf("%q is open: %v", state, state.Open())
		}
	}
}

// legal holds what is true of a problem in whatever state.
func legal(p *patrol.Problem) error {
	for what, ok := range map[string]bool{
		"a state":                   slices.Contains(patrol.States(), p.State),
		"closed has its time":       (p.State == patrol.Closed) == !p.ClosedAt.IsZero(),
		"merged has its other":      (p.State == patrol.Merged) == (p.DuplicateOf != ""),
		"rectified has its time":    (p.State == patrol.Rectified || p.State == patrol.Closed) == !p.RectifiedAt.IsZero(),
		"on the spot is rectified":  !p.OnTheSpot || !p.RectifiedAt.IsZero(),
		"handed over to somebody":   !slices.Contains([]patrol.State{patrol.Dispatched, patrol.Handling, patrol.Returned, patrol.Suspended}, p.State) || p.Dept != "",
		"returned was returned":     p.State != patrol.Returned || p.Returns > 0,
		"reopened was closed":       p.ReopenedBy == "" || p.State == patrol.Closed,
		"rework follows rectifying": p.Reworks == 0 || p.Rectifier.Account != "",
	} {
		if !ok {
			return fmt.Errorf("%s: %+v", what, p)
		}
	}
	return nil
}

// sequences is how many random lives are tried; WANGGE_SEQUENCES asks for more.
func sequences() int {
	if n, err := strconv.Atoi(os.Getenv("WANGGE_SEQUENCES")); err == nil {
		return n
	}
	return 3000
}

// Random sequences of steps by random people never reach an illegal state, are refused only as the drawing says or for who asks, and fold to what they
// made.
func TestRandomLives(t *testing.T) {
	arrows := drawn(t)
	r := rand.New(rand.NewPCG(7, 17))
	met := map[patrol.State]int{}
	for n := range sequences() {
		p := patrol.Problem{ID: "p", Dept: []string{"", "D1"}[n%2]}
		start := p
		var done []patrol.Step
		for range 1 + r.IntN(25) {
			s := stepOf(patrol.Kinds()[r.IntN(len(patrol.Kinds()))], string(rune('a'+r.IntN(3))))
			s.Seen = p.Revision * int64(r.IntN(2))
			if r.IntN(5) == 0 {
				s.Seen = int64(r.IntN(9))
			}
			before := p
			next, err := p.Next(s, patrol.Class{PhotoAfter: r.IntN(2) == 0})
			to, possible := arrows[p.State][s.Kind]
			var stop *patrol.StepError
			switch {
			case err == nil && !possible:
				t.Fatalf("%s in %q was admitted", s.Kind, p.State)
			case err == nil:
				if onSpot := s.Kind == patrol.StepFail && before.OnTheSpot; next.State != to && (!onSpot || next.State != patrol.Found) {
					t.Fatalf("%s in %q led to %q", s.Kind, p.State, next.State)
				}
				if s.Kind == patrol.StepPass && before.Rectifier.Is(s.By) {
					t.Fatal("who rectified verified")
				}
				if s.Seen != 0 && s.Seen != before.Revision && s.Kind != patrol.StepComment {
					t.Fatal("an old view was taken for now")
				}
				done = append(done, s)
			case !errors.As(err, &stop):
				t.Fatalf("%s in %q: %v", s.Kind, p.State, err)
			case possible && stop.Why == patrol.WhyState:
				t.Fatalf("%s in %q was refused: %v", s.Kind, p.State, err)
			}
			p = next
			if p.State == patrol.Absent {
				continue
			}
			met[p.State]++
			if err := legal(&p); err != nil {
				t.Fatal(err)
			}
		}
		if len(done) == 0 {
			continue
		}
		folded, err := patrol.Fold(start, done)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(p, folded); diff != "" {
			t.Fatalf("the fold differs: %s", diff)
		}
	}
	if len(met) != len(patrol.States()) {
		t.Errorf("only met %v", met)
	}
}

func TestWhoRectifiedNeverVerifies(t *testing.T) {
	by := func(holder int64, account string) patrol.Person {
		return patrol.Person{Holder: holder, Account: account}
	}
	for _, c := range []struct {
		rectified, verifies patrol.Person
		same                bool
	}{
		{by(1, "a"), by(2, "b"), false}, {by(1, "a"), by(1, "b"), true}, {by(0, "a"), by(0, "a"), true}, {by(0, "a"), by(0, "b"), false}, {by(0, ""), by(0, ""), false},
		{by(5, "a"), by(0, "a"), true},
	} {
		for _, kind := range []patrol.StepKind{patrol.StepPass, patrol.StepFail} {
			p := patrol.Problem{State: patrol.Rectified, Rectifier: c.rectified, RectifiedAt: noon}
			s := stepOf(kind, "")
			s.By = c.verifies
			var stop *patrol.StepError
			if _, err := p.Next(s, patrol.Class{}); c.same != (errors.As(err, &stop) && stop.Why == patrol.WhySelf) {
				t.Errorf("%s of %+v by %+v: %v", kind, c.rectified, c.verifies, err)
			}
		}
	}
}

func TestPhotosAreCompulsory(t *testing.T) {
	photo := func(kinds ...string) (list []patrol.PhotoRef) {
		for _, k := range kinds {
			list = append(list, patrol.PhotoRef{Kind: k})
		}
		return list
	}
	both := patrol.Class{PhotoBefore: true, PhotoAfter: true}
	for name, c := range map[string]struct {
		state  patrol.State
		kind   patrol.StepKind
		source patrol.Source
		class  patrol.Class
		photos []patrol.PhotoRef
		fine   bool
	}{
		"report without":               {patrol.Absent, patrol.StepReport, patrol.FromOfficer, both, nil, false},
		"report with one of after":     {patrol.Absent, patrol.StepReport, patrol.FromOfficer, both, photo("after", "reference"), false},
		"report with one":              {patrol.Absent, patrol.StepReport, patrol.FromOfficer, both, photo("near"), true},
		"a citizen has none":           {patrol.Absent, patrol.StepReport, patrol.FromCitizen, both, nil, true},
		"a class that wants none":      {patrol.Absent, patrol.StepReport, patrol.FromOfficer, patrol.Class{PhotoAfter: true}, nil, true},
		"rectified without":            {patrol.Handling, patrol.StepRectify, patrol.FromOfficer, both, nil, false},
		"rectified, a citizen's":       {patrol.Handling, patrol.StepRectify, patrol.FromCitizen, both, nil, false},
		"rectified with one of before": {patrol.Handling, patrol.StepRectify, patrol.FromOfficer, both, photo("before"), false},
		"rectified with one":           {patrol.Handling, patrol.StepRectify, patrol.FromOfficer, both, photo("after"), true},
		"on the spot without":          {patrol.Found, patrol.StepOnSpot, patrol.FromOfficer, both, photo("near"), false},
		"on the spot with one":         {patrol.Found, patrol.StepOnSpot, patrol.FromOfficer, both, photo("near", "after"), true},
		"dispatch needs none":          {patrol.Found, patrol.StepDispatch, patrol.FromOfficer, both, nil, true},
	} {
		p := patrol.Problem{State: c.state, Source: c.source}
		s := stepOf(c.kind, "a")
		s.Photos = c.photos
		if _, err := p.Next(s, c.class); (err == nil) != c.fine || err != nil && !errors.Is(err, patrol.ErrPhotos) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestStepsSayWhatTheyNeed(t *testing.T) {
	for kind, c := range map[patrol.StepKind]struct {
		state   patrol.State
		pointer string
	}{
		patrol.StepDispatch: {patrol.Found, "/dept"}, patrol.StepReturn: {patrol.Handling, "/note"}, patrol.StepFail: {patrol.Rectified, "/note"},
		patrol.StepSuspend: {patrol.Handling, "/note"}, patrol.StepVoid: {patrol.Found, "/note"}, patrol.StepComment: {patrol.Closed, "/note"},
		patrol.StepMerge: {patrol.Found, "/other"}, "dance": {patrol.Found, "/kind"},
	} {
		p := patrol.Problem{ID: "p", State: c.state, RectifiedAt: noon}
		_, err := p.Next(patrol.Step{Kind: kind, By: patrol.Person{Account: "a"}}, patrol.Class{})
		var fault *patrol.Fault
		if !errors.As(err, &fault) || fault.Pointer != c.pointer || !errors.Is(err, patrol.ErrBody) {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

// A step that met another's says both: what it was made on, and what is.
func TestBothVersionsAreTold(t *testing.T) {
	p := patrol.Problem{State: patrol.Handling, Dept: "D1", Revision: 5}
	s := stepOf(patrol.StepRectify, "a")
	s.Seen = 3
	_, err := p.Next(s, patrol.Class{})
	var stop *patrol.StepError
	if !errors.As(err, &stop) || stop.Why != patrol.WhySeen || stop.Seen != 3 || stop.Now != 5 || stop.State != patrol.Handling {
		t.Fatalf("%+v", err)
	}
	for _, text := range []string{stop.Zh(), stop.En()} {
		if !strings.Contains(text, "3") || !strings.Contains(text, "5") {
			t.Errorf("%q does not tell both", text)
		}
	}
	p.State, p.ReopenedBy, p.ClosedAt = patrol.Closed, "q", noon
	if _, err := p.Next(stepOf(patrol.StepLookBack, "a"), patrol.Class{}); !errors.As(err, &stop) || stop.Why != patrol.WhyReopened {
		t.Errorf("looked back twice: %v", err)
	}
	p = patrol.Problem{ID: "p", State: patrol.Found}
	s = stepOf(patrol.StepMerge, "a")
	s.Other = "p"
	if _, err := p.Next(s, patrol.Class{}); !errors.As(err, &stop) || stop.Why != patrol.WhyOther {
		t.Errorf("merged into itself: %v", err)
	}
	again := patrol.Problem{ID: "q", State: patrol.Found, Reopens: "p"}
	s.Other = "p"
	if _, err := again.Next(s, patrol.Class{}); !errors.As(err, &stop) || stop.Why != patrol.WhyOther {
		t.Errorf("merged into the closed one that it is again: %v", err)
	}
}

func TestEverythingHasWords(t *testing.T) {
	for _, s := range patrol.States() {
		if zh, en := s.Title(); zh == "" || en == "" {
			t.Errorf("%s has no title", s)
		}
	}
	for _, k := range patrol.Kinds() {
		if zh, en := k.Title(); zh == "" || en == "" {
			t.Errorf("%s has no title", k)
		}
		for _, why := range []patrol.Why{patrol.WhyState, patrol.WhySeen, patrol.WhySelf, patrol.WhyReopened, patrol.WhyOther} {
			for _, state := range []patrol.State{patrol.Absent, patrol.Closed} {
				if e := (&patrol.StepError{Kind: k, Why: why, State: state}); e.Zh() == "" || e.En() == "" {
					t.Errorf("%+v has no words", e)
				}
			}
		}
	}
	for _, s := range patrol.Sources() {
		if zh, en := s.Title(); zh == "" || en == "" {
			t.Errorf("%s has no title", s)
		}
	}
}

func TestShares(t *testing.T) {
	if s := patrol.ShareOf(0, 0); s.Share != nil {
		t.Errorf("0/0 is %v", *s.Share)
	}
	for _, c := range []struct {
		n, of int64
		want  string
	}{{17057, 19891, "85.75"}, {265, 268, "98.88"}, {28, 71, "39.44"}, {0, 4, "0.00"}} {
		if s := patrol.ShareOf(c.n, c.of); s.Share == nil || fmt.Sprintf("%.2f", 100**s.Share) != c.want {
			t.Errorf("%d/%d: %v", c.n, c.of, s.Share)
		}
	}
}

func TestReportsAndStepsAreBounded(t *testing.T) {
	id := patrol.DerivedID("a", "b")
	good := func() patrol.Report {
		return patrol.Report{ID: id, Class: "litter", Photos: []patrol.PhotoRef{{ID: id, SHA256: strings.Repeat("0a", 32), Bytes: 5, Kind: "near"}}}
	}
	if r := good(); r.Check() != nil {
		t.Fatal(r.Check())
	}
	for pointer, change := range map[string]func(*patrol.Report){
		"/id":              func(r *patrol.Report) { r.ID = strings.ToUpper(id) },
		"/check":           func(r *patrol.Report) { r.CheckID = "1" },
		"/reopens":         func(r *patrol.Report) { r.Reopens = "x" },
		"/class":           func(r *patrol.Report) { r.Class = "" },
		"/source":          func(r *patrol.Report) { r.Source = "spy" },
		"/title":           func(r *patrol.Report) { r.Title = strings.Repeat("长", 101) },
		"/note":            func(r *patrol.Report) { r.Note = "a\x00b" },
		"/subject":         func(r *patrol.Report) { r.Subject = &patrol.Subject{Kind: "road"} },
		"/photos":          func(r *patrol.Report) { r.Photos = make([]patrol.PhotoRef, 21) },
		"/photos/0/sha256": func(r *patrol.Report) { r.Photos[0].SHA256 = strings.Repeat("0A", 32) },
		"/photos/0/bytes":  func(r *patrol.Report) { r.Photos[0].Bytes = -1 },
		"/photos/0/kind":   func(r *patrol.Report) { r.Photos[0].Kind = "selfie" },
		"/photos/1/id":     func(r *patrol.Report) { r.Photos = append(r.Photos, r.Photos[0]) },
	} {
		r := good()
		change(&r)
		if list := patrol.Faults(r.Check()); len(list) == 0 || !slices.ContainsFunc(list, func(f *patrol.Fault) bool { return f.Pointer == pointer }) {
			t.Errorf("%s: %v", pointer, r.Check())
		}
	}
	for pointer, s := range map[string]patrol.Step{
		"/id": {Kind: patrol.StepTake}, "/kind": {ID: id, Kind: patrol.StepReport}, "/seen": {ID: id, Kind: patrol.StepTake, Seen: -1},
		"/assignee": {ID: id, Kind: patrol.StepTake, Assignee: -1}, "/other": {ID: id, Kind: patrol.StepMerge, Other: "x"},
		"/deadline": {ID: id, Kind: patrol.StepDispatch, Deadline: time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC)}, "/note": {ID: id, Kind: patrol.StepComment, Note: strings.Repeat("x", 2001)},
	} {
		if list := patrol.Faults(s.Check()); len(list) != 1 || list[0].Pointer != pointer {
			t.Errorf("%s: %v", pointer, s.Check())
		}
	}
}
