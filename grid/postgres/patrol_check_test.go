package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"wangge/fixtures/pgtest"
	"wangge/grid/patrol"
	"wangge/grid/postgres"
	"wangge/grid/rights"
)

// beatTownSQL is two streets with a duty grid each and two unit grids in the first; officers 1 and 2 of the grids, 3 who stands in, 4 an alley head.
const beatTownSQL = `
INSERT INTO department (code, name, kind) VALUES ('D1', '环卫处', 'competent');
INSERT INTO region (code, name, kind, geom) VALUES
    ('370281', '甲市', 'county', ST_Multi(ST_MakeEnvelope(120, 36, 120.04, 36.02, 4490))),
    ('370281001', '西街', 'street', ST_Multi(ST_MakeEnvelope(120, 36, 120.02, 36.02, 4490))),
    ('370281002', '东街', 'street', ST_Multi(ST_MakeEnvelope(120.02, 36, 120.04, 36.02, 4490)));
INSERT INTO grid_scheme (code, title, title_en, code_pattern, is_exclusive, is_complete) VALUES ('duty', '责任网格', 'Duty grids', '[]', true, true);
INSERT INTO grid (id, scheme, code, area_m2, geom) VALUES
    (1, 'duty', 'W', 0, ST_MakeEnvelope(120, 36, 120.02, 36.02, 4490)), (2, 'duty', 'E', 0, ST_MakeEnvelope(120.02, 36, 120.04, 36.02, 4490)),
    (3, 'unit', '370281001001001', 0, ST_MakeEnvelope(120, 36, 120.01, 36.02, 4490));
INSERT INTO grid_member (grid_id, member_id) VALUES (1, 3);
UPDATE grid SET created_at = '2020-01-01';
INSERT INTO holder (id, code, kind, name) SELECT i, 'P' || i, 'person', '王小' || i FROM generate_series(1, 5) i;
INSERT INTO duty (id, holder_id, role, target_kind, target_id, valid_from, substitute_of) VALUES
    (101, 1, 'grid_officer', 'grid', 1, '2020-01-01', NULL), (102, 2, 'grid_officer', 'grid', 2, '2020-01-01', NULL),
    (103, 3, 'grid_officer', 'grid', 1, '2020-01-01', 101), (104, 4, 'alley_head', 'back_alley', 50, '2020-01-01', NULL),
    (105, 5, 'site_leader', 'place', 60, '2020-01-01', NULL);
INSERT INTO public_toilet (id, code, name, competent_dept, created_at, geom) VALUES
    (10, 'T10', '一厕', 'D1', '2020-01-01', 'SRID=4490;POINT(120.005 36.01)'), (11, 'T11', '二厕', 'D1', '2020-01-01', 'SRID=4490;POINT(120.03 36.01)');
INSERT INTO back_alley (id, code, name, lit, created_at, geom) VALUES (50, 'A50', '长巷', true, '2020-01-01', 'SRID=4490;LINESTRING(120.001 36.001, 120.001 36.003)');
INSERT INTO construction_site (id, code, kind, created_at, geom) VALUES (70, 'S70', 'building', '2020-01-01', 'SRID=4490;POINT(120.012 36.012)'), (71, 'S71', 'building', '2020-01-01', 'SRID=4490;POINT(120.032 36.012)');
INSERT INTO place (id, code, name, kind, created_at, geom) VALUES (60, 'M60', '市场', 'market', '2020-01-01', 'SRID=4490;POINT(120.006 36.011)'), (61, 'M61', '学校', 'school', '2020-01-01', 'SRID=4490;POINT(120.036 36.011)')`

func beatTown(t *testing.T) (*pgxpool.Pool, *postgres.Store) {
	t.Helper()
	pool := pgtest.DB(t)
	if _, err := pool.Exec(t.Context(), beatTownSQL); err != nil {
		t.Fatal(err)
	}
	return pool, postgres.NewStore(pool)
}

func officerOf(holder int64) rights.Actor {
	return rights.Actor{Account: 1000 + holder, Name: fmt.Sprintf("officer%d", holder), Role: rights.Officer, Holder: holder}
}

// checkOf is a check of a toilet, made by a holder now at the place of the toilet.
func checkOf(n int, holder int64) *patrol.Check {
	now := time.Now().UTC().Truncate(time.Microsecond)
	return &patrol.Check{ID: fmt.Sprintf("00000000-0000-4000-8000-%012d", n), Subject: patrol.Subject{Kind: "public_toilet", ID: 10}, Checklist: "public_toilet", Edition: "2026",
		Result: patrol.Normal, Answers: map[string]patrol.Answer{"open": patrol.Pass}, Fix: &patrol.Fix{Lon: 120.005, Lat: 36.01, AccuracyM: 5},
		By: patrol.Person{Holder: holder}, Moment: patrol.Moment{At: now, Device: now, Received: now}}
}

// tried runs statements and keeps a check on behalf of an actor, looks at what came of it, and undoes it all.
func tried(t *testing.T, s *postgres.Store, who rights.Actor, before string, c *patrol.Check, look func(ctx context.Context, tx *postgres.Tx, isNew bool, effects []patrol.Effect, err error)) {
	t.Helper()
	_, err := s.Write(t.Context(), postgres.Caller{Actor: who}, func(ctx context.Context, tx *postgres.Tx) (postgres.Answer, error) {
		if before != "" {
			if _, err := tx.Exec(ctx, before); err != nil {
				return postgres.Answer{}, err
			}
		}
		isNew, effects, err := tx.RecordCheck(ctx, c)
		look(ctx, tx, isNew, effects, err)
		return postgres.Answer{DryRun: true}, nil
	})
	if err != nil {
		t.Error(err)
	}
}

// record keeps a check on behalf of an actor.
func record(t *testing.T, s *postgres.Store, who rights.Actor, c *patrol.Check) (isNew bool, effects []patrol.Effect, err error) {
	t.Helper()
	_, err = s.Write(t.Context(), postgres.Caller{Actor: who}, func(ctx context.Context, tx *postgres.Tx) (postgres.Answer, error) {
		var err error
		isNew, effects, err = tx.RecordCheck(ctx, c)
		return postgres.Answer{Status: 200}, err
	})
	return isNew, effects, err
}

func run(t *testing.T, pool *pgxpool.Pool, sql string, args ...any) {
	t.Helper()
	if _, err := pool.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func TestACheckKnowsItsPlace(t *testing.T) {
	_, s := beatTown(t)
	for name, c := range map[string]struct {
		before string
		change func(*patrol.Check)
		flags  []patrol.Flag
		grid   string
		region string
		metres [2]float64 // at least, at most; -1 where it cannot be told
	}{
		"own, at the place": {"", func(*patrol.Check) {}, nil, "W", "370281001", [2]float64{0, 0.01}},
		"far":               {"", func(c *patrol.Check) { c.Fix.Lat = 36.012 }, []patrol.Flag{patrol.FlagFar}, "W", "370281001", [2]float64{221, 223}},
		"near enough":       {"", func(c *patrol.Check) { c.Fix.Lat = 36.0105 }, nil, "W", "370281001", [2]float64{55, 56}},
		"the limit is the city's": {`UPDATE setting SET value = '{"far_m": 50, "inaccurate_m": 3}' WHERE key = 'patrol_position'`, func(c *patrol.Check) { c.Fix.Lat = 36.0105 },
			[]patrol.Flag{patrol.FlagFar, patrol.FlagInaccurate}, "W", "370281001", [2]float64{55, 56}},
		"in another grid": {"", func(c *patrol.Check) { c.Fix.Lon = 120.025 }, []patrol.Flag{patrol.FlagFar}, "E", "370281002", [2]float64{1700, 1900}},
		"no position":     {"", func(c *patrol.Check) { c.Fix = nil }, []patrol.Flag{patrol.FlagNoPosition}, "W", "370281001", [2]float64{-1, -1}},
		"zero":            {"", func(c *patrol.Check) { c.Fix.Lon, c.Fix.Lat = 0, 0 }, []patrol.Flag{patrol.FlagZero}, "W", "370281001", [2]float64{-1, -1}},
		"outside":         {"", func(c *patrol.Check) { c.Fix.Lat = 36.03 }, []patrol.Flag{patrol.FlagFar, patrol.FlagOutside}, "", "", [2]float64{2200, 2230}},
		"GCJ-02 that says WGS 84": {"", func(c *patrol.Check) { c.Fix.Lon, c.Fix.Lat = 120.01005, 36.01045 },
			[]patrol.Flag{patrol.FlagFar, patrol.FlagShifted}, "W", "370281001", [2]float64{300, 600}},
		"another's": {"", func(c *patrol.Check) { c.Subject.ID, c.Fix.Lon = 11, 120.03 }, []patrol.Flag{patrol.FlagNotOwn}, "E", "370281002", [2]float64{0, 0.01}},
		"gone":      {`DELETE FROM public_toilet WHERE id = 10`, func(*patrol.Check) {}, []patrol.Flag{patrol.FlagGone, patrol.FlagNotOwn}, "W", "370281001", [2]float64{-1, -1}},
		"away": {`INSERT INTO absence (holder_id, kind, valid_from, valid_to) VALUES (1, 'leave', '2020-01-01', '2099-01-01')`, func(*patrol.Check) {},
			[]patrol.Flag{patrol.FlagNotOwn}, "W", "370281001", [2]float64{0, 0.01}},
		"the duty ended, but was then": {`UPDATE duty SET valid_to = city_day() - 1 WHERE id = 101`, func(c *patrol.Check) { c.Moment.At = c.Moment.At.AddDate(0, 0, -2) },
			nil, "W", "370281001", [2]float64{0, 0.01}},
		"the grid was retired since": {`UPDATE grid SET valid_to = city_day() WHERE id = 1`, func(c *patrol.Check) { c.Moment.At = c.Moment.At.AddDate(0, 0, -2) },
			[]patrol.Flag{patrol.FlagGridRetired}, "W", "370281001", [2]float64{0, 0.01}},
		"the grid was redrawn since": {`UPDATE grid SET valid_from = '2020-01-01' WHERE id = 1; UPDATE grid SET geom = ST_MakeEnvelope(120.01, 36, 120.02, 36.02, 4490) WHERE id = 1`,
			func(c *patrol.Check) { c.Moment.At = c.Moment.At.AddDate(0, 0, -2) }, nil, "", "370281001", [2]float64{0, 0.01}},
		"the grid was redrawn before": {`UPDATE grid SET valid_from = '2020-01-01' WHERE id = 1; UPDATE grid SET geom = ST_MakeEnvelope(120.01, 36, 120.02, 36.02, 4490) WHERE id = 1`,
			func(*patrol.Check) {}, []patrol.Flag{patrol.FlagNotOwn}, "", "370281001", [2]float64{0, 0.01}},
		"a unit grid of the own": {"", func(c *patrol.Check) {
			c.Subject, c.Checklist, c.Answers = patrol.Subject{Kind: "grid", ID: 3}, "grid", nil
		}, nil, "W", "370281001", [2]float64{0, 0}},
		"a place in the own": {"", func(c *patrol.Check) {
			c.Subject, c.Checklist, c.Answers = patrol.Subject{Kind: "place", ID: 60}, "place", nil
		},
			[]patrol.Flag{patrol.FlagFar}, "W", "370281001", [2]float64{130, 150}},
		"late by a clock": {"", func(c *patrol.Check) { c.Moment.Flags = []patrol.Flag{patrol.FlagLate, patrol.FlagClock} }, []patrol.Flag{patrol.FlagClock, patrol.FlagLate}, "W", "370281001", [2]float64{0, 0.01}},
	} {
		t.Run(name, func(t *testing.T) {
			check := checkOf(1, 1)
			c.change(check)
			tried(t, s, officerOf(1), c.before, check, func(ctx context.Context, tx *postgres.Tx, isNew bool, _ []patrol.Effect, err error) {
				if err != nil || !isNew || !slices.Equal(check.Flags, c.flags) || check.Grid.Code != c.grid || check.Region != c.region ||
					check.Place.DistanceM < c.metres[0] || check.Place.DistanceM > c.metres[1] {
					t.Errorf("%t %v: %v %v %q %.1f m", isNew, err, check.Flags, check.Grid, check.Region, check.Place.DistanceM)
				}
				again := *check
				again.Flags, again.Region, again.GridID, again.Grid = nil, "", 0, patrol.GridRef{}
				if isNew, _, err := tx.RecordCheck(ctx, &again); err != nil || isNew || !slices.Equal(again.Flags, check.Flags) || again.Region != check.Region || again.GridID != check.GridID || again.Grid != check.Grid {
					t.Errorf("what is kept: %t %v: %v %v %q", isNew, err, again.Flags, again.Grid, again.Region)
				}
			})
		})
	}
}

func TestWhatAChecksDoes(t *testing.T) {
	_, s := beatTown(t)
	closed := []patrol.Effect{{Field: "status", Value: "closed"}}
	for name, c := range map[string]struct {
		who    rights.Actor
		before string
		change func(*patrol.Check)
		want   []patrol.Effect
	}{
		"closed": {officerOf(1), "", func(c *patrol.Check) {
			c.Answers, c.Result = map[string]patrol.Answer{"open": patrol.Fail}, patrol.Abnormal
		}, closed},
		"closed already": {officerOf(1), `UPDATE public_toilet SET status = 'closed'`, func(c *patrol.Check) {
			c.Answers, c.Result = map[string]patrol.Answer{"open": patrol.Fail}, patrol.Abnormal
		}, nil},
		"open":              {officerOf(1), "", func(*patrol.Check) {}, nil},
		"open again":        {officerOf(1), `UPDATE public_toilet SET status = 'closed'`, func(*patrol.Check) {}, []patrol.Effect{{Field: "status", Value: "intact", When: []any{"closed"}}}},
		"open, but damaged": {officerOf(1), `UPDATE public_toilet SET status = 'damaged'`, func(*patrol.Check) {}, nil},
		"another officer's": {officerOf(2), "", func(c *patrol.Check) {
			c.Answers, c.Result = map[string]patrol.Answer{"open": patrol.Fail}, patrol.Abnormal
		}, nil},
		"staff of the street": {rights.Actor{Account: 9, Name: "s", Role: rights.Street, Region: "370281001"}, "", func(c *patrol.Check) {
			c.Answers, c.Result, c.By.Holder = map[string]patrol.Answer{"open": patrol.Fail}, patrol.Abnormal, 0
		}, closed},
		"staff of another street": {rights.Actor{Account: 9, Name: "s", Role: rights.Street, Region: "370281002"}, "", func(c *patrol.Check) {
			c.Answers, c.Result, c.By.Holder = map[string]patrol.Answer{"open": patrol.Fail}, patrol.Abnormal, 0
		}, nil},
		"the department": {rights.Actor{Account: 9, Name: "d", Role: rights.Department, Dept: "D1"}, "", func(c *patrol.Check) {
			c.Answers, c.Result, c.By.Holder = map[string]patrol.Answer{"open": patrol.Fail}, patrol.Abnormal, 0
		}, closed},
		"a measure of a site": {officerOf(1), "", func(c *patrol.Check) {
			c.Subject, c.Checklist, c.Edition, c.Result = patrol.Subject{Kind: "construction_site", ID: 70}, "site_measures", "2021", patrol.Abnormal
			c.Answers = map[string]patrol.Answer{"hoarding": patrol.Pass, "wet_work": patrol.Fail, "wheel_wash": patrol.Empty}
		}, []patrol.Effect{{Field: "measures.hoarding", Value: true}, {Field: "measures.wet_work", Value: false}}},
		"an alley's lamp": {officerOf(4), "", func(c *patrol.Check) {
			c.Subject, c.Checklist, c.Result = patrol.Subject{Kind: "back_alley", ID: 50}, "back_alley", patrol.Abnormal
			c.Answers = map[string]patrol.Answer{"lamp": patrol.Fail}
		}, []patrol.Effect{{Field: "lit", Value: false}}},
		"as an alley of places": {officerOf(1), "", func(c *patrol.Check) {
			c.Subject, c.Checklist, c.Answers = patrol.Subject{Kind: "back_alley", ID: 50}, "place", map[string]patrol.Answer{"clean": patrol.Pass}
		}, nil},
		"a later check was here": {officerOf(1), `INSERT INTO patrol_check (id, subject_kind, subject_id, checklist, edition, result, at, made_at, account)
			VALUES ('00000000-0000-4000-8000-000000000999', 'public_toilet', 10, 'public_toilet', '2026', 'normal', now() + interval '1 minute', now(), 'x')`,
			func(c *patrol.Check) {
				c.Answers, c.Result = map[string]patrol.Answer{"open": patrol.Fail}, patrol.Abnormal
			}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			check := checkOf(1, c.who.Holder)
			c.change(check)
			tried(t, s, c.who, c.before, check, func(ctx context.Context, tx *postgres.Tx, _ bool, effects []patrol.Effect, err error) {
				if err != nil || len(effects)+len(c.want) > 0 && !cmp.Equal(effects, c.want) {
					t.Errorf("%v, %v; want %v (%v)", effects, err, c.want, check.Flags)
				}
				if again, effects, err := tx.RecordCheck(ctx, check); again || effects != nil || err != nil {
					t.Errorf("again: %t %v %v", again, effects, err)
				}
			})
		})
	}
}

func TestChecksThatAreRefused(t *testing.T) {
	pool, s := beatTown(t)
	if _, _, err := record(t, s, officerOf(1), checkOf(77, 1)); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		who    rights.Actor
		change func(*patrol.Check)
		is     error
		at     string
	}{
		"no rights":     {rights.Actor{Account: 1, Name: "v", Role: rights.Viewer}, func(*patrol.Check) {}, rights.ErrForbidden, ""},
		"no id":         {officerOf(1), func(c *patrol.Check) { c.ID = "" }, patrol.ErrBody, "/id"},
		"another's id":  {officerOf(2), func(c *patrol.Check) { c.ID = checkOf(77, 1).ID }, patrol.ErrBody, "/id"},
		"problem":       {officerOf(1), func(c *patrol.Check) { c.Problem = "1" }, patrol.ErrBody, "/problem"},
		"long note":     {officerOf(1), func(c *patrol.Check) { c.Note = fmt.Sprintf("%04001d", 0) }, patrol.ErrBody, "/note"},
		"NUL":           {officerOf(1), func(c *patrol.Check) { c.Note = "\x00" }, patrol.ErrBody, "/note"},
		"plan, NUL":     {officerOf(1), func(c *patrol.Check) { c.Plan = "\x00" }, patrol.ErrBody, "/plan"},
		"kind, NUL":     {officerOf(1), func(c *patrol.Check) { c.Subject.Kind = "road\x00" }, patrol.ErrBody, "/subject/kind"},
		"edition, long": {officerOf(1), func(c *patrol.Check) { c.Edition = fmt.Sprintf("%065d", 0) }, patrol.ErrBody, "/edition"},
		"plan":          {officerOf(1), func(c *patrol.Check) { c.Plan = "nothing" }, patrol.ErrUnknown, "/plan"},
		"checklist":     {officerOf(1), func(c *patrol.Check) { c.Checklist = "nothing" }, patrol.ErrUnknown, "/edition"},
		"edition":       {officerOf(1), func(c *patrol.Check) { c.Edition = "1999" }, patrol.ErrUnknown, "/edition"},
		"item":          {officerOf(1), func(c *patrol.Check) { c.Answers = map[string]patrol.Answer{"x": patrol.Pass} }, patrol.ErrUnknown, "/answers/x"},
		"answer":        {officerOf(1), func(c *patrol.Check) { c.Answers = map[string]patrol.Answer{"open": "?"} }, patrol.ErrBody, "/answers/open"},
		"result":        {officerOf(1), func(c *patrol.Check) { c.Result = "fine" }, patrol.ErrBody, "/result"},
		"other kind":    {officerOf(1), func(c *patrol.Check) { c.Checklist, c.Answers = "road", nil }, patrol.ErrBody, "/checklist"},
		"never was":     {officerOf(1), func(c *patrol.Check) { c.Subject.ID = 12345 }, patrol.ErrUnknown, "/subject"},
		"no kind":       {officerOf(1), func(c *patrol.Check) { c.Subject.Kind, c.Checklist, c.Answers = "holder", "place", nil }, patrol.ErrUnknown, "/subject"},
		"negative":      {officerOf(1), func(c *patrol.Check) { c.Seen = -1 }, patrol.ErrBody, "/seen"},
	} {
		check := checkOf(1, 1)
		c.change(check)
		_, _, err := record(t, s, c.who, check)
		var fault *patrol.Fault
		if !errors.Is(err, c.is) || c.at != "" && (!errors.As(err, &fault) || fault.Pointer != c.at) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var n int
	if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM patrol_check`).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d checks are kept, %v", n, err)
	}
}

// A check that was made with an edition, or under a plan, that are no more is kept all the same.
func TestOldEditionsAndPlansStayValid(t *testing.T) {
	pool, s := beatTown(t)
	boss := postgres.Caller{Actor: rights.Actor{Account: 1, Name: "boss", Role: rights.Bureau}}
	_, err := s.Write(t.Context(), boss, func(ctx context.Context, tx *postgres.Tx) (postgres.Answer, error) {
		_, err := tx.AddEdition(ctx, "public_toilet", "2027", []patrol.Item{{Code: "paper", Title: "有纸", TitleEn: "Paper"}})
		if err != nil {
			return postgres.Answer{}, err
		}
		p := patrol.Plan{Code: "toilets", Title: "公厕", TitleEn: "Toilets", SubjectKind: "public_toilet", Checklist: "public_toilet", Role: "grid_officer", Period: patrol.Daily, Times: 1, Weekdays: "1234567", Enabled: true}
		if _, isNew, err := tx.SetPlan(ctx, postgres.OnlyNew, p); err != nil || !isNew {
			return postgres.Answer{}, fmt.Errorf("%t %w", isNew, err)
		}
		return postgres.Answer{}, tx.DropPlan(ctx, "toilets", 0)
	})
	if err != nil {
		t.Fatal(err)
	}
	old, fresh := checkOf(1, 1), checkOf(2, 1)
	old.Plan = "toilets"
	fresh.Edition, fresh.Answers = "2027", map[string]patrol.Answer{"paper": patrol.Pass}
	for _, c := range []*patrol.Check{old, fresh} {
		if isNew, _, err := record(t, s, officerOf(1), c); !isNew || err != nil {
			t.Error(isNew, err)
		}
	}
	lists, err := s.Checklists(t.Context())
	i := slices.IndexFunc(lists, func(c patrol.Checklist) bool { return c.Code == "public_toilet" })
	if err != nil || lists[i].Edition != "2027" || !slices.Equal(lists[i].Editions, []string{"2026", "2027"}) || len(lists[i].Items) != 1 {
		t.Errorf("%+v, %v", lists[i], err)
	}
	if _, err := pool.Exec(t.Context(), `UPDATE patrol_check SET note = 'x'`); err == nil {
		t.Error("a check was changed")
	}
}

// A check stays with the departments that its subject was of, whatever becomes of the subject.
func TestChecksOfDepartments(t *testing.T) {
	pool, s := beatTown(t)
	run(t, pool, `UPDATE public_toilet SET owner_dept = 'D1', maintainer_dept = 'D3' WHERE id = 10`)
	c := checkOf(1, 1)
	if _, _, err := record(t, s, officerOf(1), c); err != nil {
		t.Fatal(err)
	}
	run(t, pool, `DELETE FROM public_toilet WHERE id = 10`)
	got, err := s.Check(t.Context(), c.ID)
	if diff := cmp.Diff([]string{"D1", "D3"}, got.Depts); err != nil || diff != "" {
		t.Errorf("%v: %s", err, diff)
	}
	for dept, want := range map[string]int{"D1": 1, "D3": 1, "D2": 0} {
		list, total, err := s.Checks(t.Context(), postgres.CheckFilter{Own: &postgres.OwnChecks{Dept: dept}, Limit: 9})
		if err != nil || len(list) != want || total != want {
			t.Errorf("%s: %d of %d, want %d (%v)", dept, len(list), total, want, err)
		}
	}
}

// Lists are planned for what they are asked, however often they are: what suits any filter goes through a year of checks for each.
func TestListsArePlannedForTheirFilter(t *testing.T) {
	pool, s := beatTown(t)
	for range 3 {
		if _, _, err := s.Checks(t.Context(), postgres.CheckFilter{Subject: &patrol.Subject{Kind: "public_toilet", ID: 7}, Limit: 5}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Problems(t.Context(), &postgres.ProblemFilter{Who: bureau()}, postgres.LatestFirst, postgres.ProblemKey{}, 5); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range pool.AcquireAllIdle(t.Context()) {
		var n int
		if err := c.QueryRow(t.Context(), `SELECT count(*) FROM pg_prepared_statements WHERE statement ~ 'FROM (patrol_check c|problem p)'`).Scan(&n); err != nil || n > 0 {
			t.Errorf("%d lists have a plan that is kept (%v)", n, err)
		}
		c.Release()
	}
}

// Of two checks of one subject that come at once the earlier one knows of the later.
func TestChecksOfOneSubjectComeInTurn(t *testing.T) {
	pool, s := beatTown(t)
	later, earlier := checkOf(1, 1), checkOf(2, 1)
	later.Result, later.Answers = patrol.Abnormal, map[string]patrol.Answer{"open": patrol.Fail}
	earlier.Moment.At = earlier.Moment.At.Add(-5 * time.Minute)
	done := make(chan error, 1)
	_, err := s.Write(t.Context(), postgres.Caller{Actor: officerOf(1)}, func(ctx context.Context, tx *postgres.Tx) (postgres.Answer, error) {
		if _, _, err := tx.RecordCheck(ctx, later); err != nil {
			return postgres.Answer{}, err
		}
		go func() {
			_, _, err := record(t, s, officerOf(1), earlier)
			done <- err
		}()
		for waits := false; !waits && len(done) == 0; {
			if err := pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')`).Scan(&waits); err != nil {
				return postgres.Answer{}, err
			}
		}
		return postgres.Answer{Status: 200}, nil
	})
	if err := errors.Join(err, <-done); err != nil {
		t.Fatal(err)
	}
	if earlier.Superseded == nil || !slices.Contains(earlier.Flags, patrol.FlagSuperseded) {
		t.Errorf("it knows nothing of the later one: %v", earlier.Flags)
	}
}
