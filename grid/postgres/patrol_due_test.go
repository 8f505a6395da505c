package postgres_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"wangge/fixtures/pgtest"
	"wangge/grid"
	"wangge/grid/patrol"
	"wangge/grid/postgres"
)

// The record's duty_standing says what the roster in memory says, whatever stands in for whatever.
func TestStandingInTheRecord(t *testing.T) {
	tx := pgtest.Tx(t)
	r := rand.New(rand.NewPCG(9, 9))
	const holders = 8
	if _, err := tx.Exec(t.Context(), `INSERT INTO holder (id, code, kind, name, valid_from, valid_to)
		SELECT i, 'H' || i, 'person', '甲', CASE WHEN i % 3 = 0 THEN '2026-01-05'::date END, CASE WHEN i % 4 = 0 THEN '2026-01-20'::date END FROM generate_series(1, 8) i;
		INSERT INTO absence (holder_id, kind, valid_from, valid_to) SELECT i, 'leave', '2026-01-02'::date + 2 * i, '2026-01-06'::date + 2 * i FROM generate_series(1, 6) i`); err != nil {
		t.Fatal(err)
	}
	for id := 1; id <= 60; id++ {
		from := time.Date(2026, 1, 1+r.IntN(20), 0, 0, 0, 0, time.UTC)
		var to *time.Time
		if r.IntN(2) == 0 {
			end := from.AddDate(0, 0, r.IntN(20))
			to = &end
		}
		var stands *int
		if id > 1 && r.IntN(3) > 0 {
			of := 1 + r.IntN(id-1)
			stands = &of
		}
		if _, err := tx.Exec(t.Context(), `INSERT INTO duty (id, holder_id, role, target_kind, target_id, valid_from, valid_to, substitute_of) VALUES ($1, $2, 'grid_head', 'grid', $1, $3, $4, $5)`,
			id, 1+r.IntN(holders), from, to, stands); err != nil {
			t.Fatal(err)
		}
	}
	roster := people(t, tx)
	words := map[grid.Standing]string{grid.Out: "out", grid.Away: "away", grid.On: "on"}
	seen := map[string]int{}
	for d := range 45 {
		on := time.Date(2025, 12, 25+d, 0, 0, 0, 0, time.UTC)
		rows, err := tx.Query(t.Context(), `SELECT id, duty_standing(id, $1) FROM duty ORDER BY id`, on)
		if err != nil {
			t.Fatal(err)
		}
		var id int64
		var got string
		if _, err := pgx.ForEachRow(rows, []any{&id, &got}, func() error {
			seen[got]++
			if want := words[roster.Standing(roster.Duty(id), grid.DayOf(on))]; got != want {
				t.Errorf("duty %d on %s: %s, want %s", id, on.Format(time.DateOnly), got, want)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if len(seen) != 3 {
		t.Errorf("only %v", seen)
	}
}

// plansSQL are a plan for every way in which people have something to check.
const plansSQL = `
INSERT INTO patrol_plan (code, title, title_en, subject_kind, applies_to, checklist, role, period, times, windows, weekdays, valid_from) VALUES
    ('walk', '巡格', 'Walk', 'grid', 'duty', 'grid', 'grid_officer', 'day', 1, '{}', '1234567', '2026-01-01'),
    ('toilets', '公厕', 'Toilets', 'public_toilet', '', 'public_toilet', 'grid_officer', 'day', 2, '{06:00-12:00,12:00-22:00}', '1234567', '2026-01-01'),
    ('alleys', '小巷', 'Alleys', 'back_alley', '', 'back_alley', 'alley_head', 'week', 1, '{}', '12345', '2026-01-01'),
    ('lamps', '夜巡', 'Lamps at night', 'place', 'back_alley', 'place', 'grid_officer', 'month', 1, '{19:00-05:00}', '1234567', '2026-01-01'),
    ('sites', '工地', 'Sites', 'construction_site', 'building', 'site_measures', 'grid_officer', 'week', 2, '{}', '1234567', '2026-02-10'),
    ('markets', '市场', 'Markets', 'place', 'market', 'place', 'grid_officer', 'month', 2, '{}', '1234567', '2026-01-01'),
    ('leaders', '包点', 'Leaders', 'place', '', 'place', 'site_leader', 'quarter', 1, '{}', '1234567', '2026-01-01'),
    ('off', '停用', 'Off', 'public_toilet', '', 'public_toilet', 'grid_officer', 'day', 1, '{}', '1234567', '2026-01-01');
UPDATE patrol_plan SET enabled = false WHERE code = 'off'`

func dueText(d patrol.Due) string {
	var b strings.Builder
	for _, i := range d.Items {
		in := "-"
		if i.Grid != nil {
			in = i.Grid.Code
		}
		fmt.Fprintf(&b, "%s %s %s %d\n", i.ID, in, i.State, i.Missed)
	}
	return b.String()
}

func shanghai(s string) time.Time {
	at, err := time.ParseInLocation("2006-01-02 15:04", s, time.FixedZone("", 8*60*60))
	if err != nil {
		panic(err)
	}
	return at
}

// checked keeps a check in the record as it was.
func checked(t *testing.T, pool *pgxpool.Pool, kind string, id int64, list string, at time.Time) {
	t.Helper()
	run(t, pool, `INSERT INTO patrol_check (id, subject_kind, subject_id, checklist, edition, result, at, made_at, account) VALUES (gen_random_uuid(), $1, $2, $3, '2026', 'normal', $4, $4, 'x')`, kind, id, list, at)
}

func TestDue(t *testing.T) {
	pool, s := beatTown(t)
	run(t, pool, plansSQL)
	now := shanghai("2026-03-05 10:00") // a Thursday
	due := func(holder int64, at time.Time) string {
		t.Helper()
		d, err := s.Due(t.Context(), holder, at)
		if err != nil {
			t.Fatal(err)
		}
		return dueText(d)
	}
	if diff := cmp.Diff(`toilets/public_toilet/10 W overdue 99
walk/grid/1 W overdue 63
sites/construction_site/70 W overdue 7
markets/place/60 W overdue 4
lamps/back_alley/50 W overdue 2
`, due(1, now)); diff != "" {
		t.Errorf("an officer whose grid was never checked:\n%s", diff)
	}
	checked(t, pool, "grid", 1, "grid", shanghai("2026-03-05 00:00"))
	checked(t, pool, "public_toilet", 10, "public_toilet", shanghai("2026-03-04 21:59"))
	checked(t, pool, "construction_site", 70, "site_measures", shanghai("2026-03-04 23:59"))
	checked(t, pool, "back_alley", 50, "place", shanghai("2026-03-02 12:00")) // by day, where the plan wants it by night
	checked(t, pool, "place", 60, "place", shanghai("2026-02-14 12:00"))
	if diff := cmp.Diff(`markets/place/60 W overdue 1
toilets/public_toilet/10 W due 0
sites/construction_site/70 W due 0
lamps/back_alley/50 W due 0
walk/grid/1 W done 0
`, due(1, now)); diff != "" {
		t.Errorf("after some checks:\n%s", diff)
	}
	checked(t, pool, "back_alley", 50, "place", shanghai("2026-03-03 02:00"))
	checked(t, pool, "back_alley", 50, "place", shanghai("2026-03-03 12:00"))
	if got := due(1, now); !strings.Contains(got, "lamps/back_alley/50 W done 0") {
		t.Errorf("checked by night, then by day:\n%s", got)
	}
	if got := due(1, shanghai("2026-03-05 05:30")); !strings.Contains(got, "toilets/public_toilet/10 W later 0") {
		t.Errorf("before the hours:\n%s", got)
	}
	if diff := cmp.Diff("alleys/back_alley/50 - overdue 9\n", due(4, now)); diff != "" {
		t.Errorf("an alley head:\n%s", diff)
	}
	if diff := cmp.Diff("leaders/place/60 - done 0\n", due(5, now)); diff != "" {
		t.Errorf("a leader attached to a place:\n%s", diff)
	}
	run(t, pool, `UPDATE patrol_plan SET valid_to = '2026-03-04' WHERE code = 'alleys'`)
	if got := due(4, now); got != "" {
		t.Errorf("by a plan that ended yesterday:\n%s", got)
	}
	if got := due(4, now.AddDate(0, 0, -1)); !strings.Contains(got, "alleys/back_alley/50") {
		t.Errorf("by a plan on its last day: %q", got)
	}
	for _, nobody := range []int64{0, 3, 99} {
		if got := due(nobody, now); got != "" {
			t.Errorf("holder %d has\n%s", nobody, got)
		}
	}
	run(t, pool, `INSERT INTO absence (holder_id, kind, valid_from, valid_to) VALUES (1, 'leave', '2026-03-05', '2026-03-05')`)
	if a, b := due(1, now), due(3, now); a != "" || !strings.Contains(b, "walk/grid/1 W done 0") {
		t.Errorf("on leave: %q, the substitute: %q", a, b)
	}
	run(t, pool, `UPDATE public_toilet SET status = 'abandoned' WHERE id = 10; UPDATE grid SET valid_to = '2026-03-05' WHERE id = 1`)
	if b := due(3, now); b != "" {
		t.Errorf("of a retired grid:\n%s", b)
	}
}

// Every state that the list tells is the one that plan, checks and duties give when they are gone through one by one.
func TestDueAgainstARoundOfItsOwn(t *testing.T) {
	pool, s := beatTown(t)
	run(t, pool, plansSQL)
	run(t, pool, `
INSERT INTO public_toilet (id, created_at, status, geom) SELECT 100 + i, '2026-01-01'::timestamptz + i * interval '13 hours', CASE WHEN i % 9 = 0 THEN 'abandoned' ELSE 'intact' END,
    ST_SetSRID(ST_MakePoint(120 + 0.0007 * i, 36.005), 4490) FROM generate_series(1, 60) i;
INSERT INTO back_alley (id, created_at, geom) SELECT 100 + i, '2025-01-01', ST_SetSRID(ST_MakeLine(ST_MakePoint(120 + 0.001 * i, 36.003), ST_MakePoint(120.003 + 0.001 * i, 36.004)), 4490) FROM generate_series(1, 30) i;
INSERT INTO place (id, code, name, kind, created_at, geom) SELECT 100 + i, 'P' || i, 'P', CASE WHEN i % 2 = 0 THEN 'market' ELSE 'school' END, '2025-01-01', ST_SetSRID(ST_MakePoint(120 + 0.002 * i, 36.006), 4490) FROM generate_series(1, 19) i;
INSERT INTO duty (holder_id, role, target_kind, target_id, valid_from) VALUES (1, 'grid_officer', 'grid', 2, '2020-01-01'), (2, 'site_leader', 'grid', 1, '2020-01-01'), (2, 'alley_head', 'grid', 1, '2020-01-01')`)
	r := rand.New(rand.NewPCG(2, 8))
	lists := map[string]string{"public_toilet": "public_toilet", "back_alley": "place", "place": "place", "construction_site": "site_measures", "grid": "grid"}
	for range 1200 {
		kind := []string{"public_toilet", "public_toilet", "back_alley", "place", "construction_site", "grid"}[r.IntN(6)]
		id := []int64{int64(1 + r.IntN(3)), 10, 11, 50, 60, 70, int64(100 + r.IntN(60)), int64(100 + r.IntN(60)), int64(100 + r.IntN(60))}[r.IntN(9)]
		list := lists[kind]
		if kind == "back_alley" && r.IntN(2) == 0 {
			list = "back_alley"
		}
		checked(t, pool, kind, id, list, shanghai("2026-02-01 00:00").Add(time.Duration(r.IntN(33*24*60))*time.Minute))
	}
	net, roster := modelsOf(t, pool)
	for range 12 {
		now := shanghai("2026-03-05 00:00").Add(time.Duration(r.IntN(3*24*60)) * time.Minute)
		for holder := range int64(6) {
			d, err := s.Due(t.Context(), holder, now)
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Split(strings.TrimSpace(dueText(d)), "\n")
			slices.Sort(got)
			if diff := cmp.Diff(roundOf(t, pool, s, net, roster, holder, now), got); diff != "" {
				t.Fatalf("holder %d at %s: %s", holder, now, diff)
			}
		}
	}
}

func modelsOf(t *testing.T, pool *pgxpool.Pool) (net *grid.Net, roster *grid.Roster) {
	t.Helper()
	if err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		net, roster = load(t, tx), people(t, tx)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return net, roster
}

// roundOf goes through all that can be checked, one by one, as slowly as it likes.
func roundOf(t *testing.T, pool *pgxpool.Pool, s *postgres.Store, net *grid.Net, roster *grid.Roster, holder int64, now time.Time) []string {
	t.Helper()
	plans, err := s.Plans(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, p := range plans {
		kind, sort := p.SubjectKind, p.Applies
		if kind == "place" && sort == "back_alley" {
			kind, sort = "back_alley", ""
		}
		rows, err := pool.Query(t.Context(), `SELECT s.id, s.created_at, s.sort FROM patrol_subject s WHERE s.kind = $1 AND s.status <> 'abandoned'`, kind)
		if err != nil {
			t.Fatal(err)
		}
		type subject struct {
			ID        int64
			CreatedAt time.Time
			Sort      string
		}
		subjects, err := pgx.CollectRows(rows, pgx.RowToStructByPos[subject])
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range subjects {
			in, has := reached(t, pool, net, roster, holder, p.Role, kind, x.ID, now)
			if !p.Enabled || !has || sort != "" && x.Sort != sort {
				continue
			}
			state, missed := stoodOf(t, pool, p, kind, x.ID, x.CreatedAt, now)
			out = append(out, fmt.Sprintf("%s/%s/%d %s %s %d", p.Code, kind, x.ID, in, state, missed))
		}
	}
	if len(out) == 0 {
		out = append(out, "")
	}
	slices.Sort(out)
	return out
}

// reached tells whether a holder has a subject in a role, and by which grid.
func reached(t *testing.T, pool *pgxpool.Pool, net *grid.Net, roster *grid.Roster, holder int64, role, kind string, id int64, now time.Time) (in string, has bool) {
	t.Helper()
	today := grid.DayOf(now.In(net.Zone()))
	in = "-"
	var lowest int64
	for _, d := range roster.DutiesOf(holder, today) {
		if d.Role != role || roster.Standing(d, today) != grid.On {
			continue
		}
		if string(d.Target.Kind) == kind && d.Target.ID == id {
			has = true
		}
		var inside bool
		if d.Target.Kind == grid.TargetGrid && kind != "grid" {
			const insideSQL = `SELECT EXISTS (SELECT FROM patrol_subject s, grids_of(s.geom) g WHERE s.kind = $1 AND s.id = $2 AND g.grid_id = $3)`
			if err := pool.QueryRow(context.Background(), insideSQL, kind, id, d.Target.ID).Scan(&inside); err != nil {
				t.Fatal(err)
			}
		}
		if (inside || kind == "grid" && has && d.Target.ID == id) && (lowest == 0 || d.Target.ID < lowest) {
			has, lowest, in = true, d.Target.ID, net.GridByID(d.Target.ID).Code
		}
	}
	return in, has
}

// stoodOf tells how a subject stands by a plan, from the list of all its checks.
func stoodOf(t *testing.T, pool *pgxpool.Pool, p patrol.Plan, kind string, id int64, since, now time.Time) (patrol.DueState, int) {
	t.Helper()
	zone := time.FixedZone("", 8*60*60)
	rows, err := pool.Query(t.Context(), `SELECT at FROM patrol_check WHERE subject_kind = $1 AND subject_id = $2 AND checklist = $3`, kind, id, p.Checklist)
	if err != nil {
		t.Fatal(err)
	}
	checks, err := pgx.CollectRows(rows, pgx.RowTo[time.Time])
	if err != nil {
		t.Fatal(err)
	}
	missed := 0
	for _, slot := range p.Past(now, zone, 2000) {
		met := slices.ContainsFunc(checks, func(at time.Time) bool { return !at.Before(slot.From) })
		if !met && !slot.From.Before(since) {
			missed++
		}
	}
	missed = min(missed, patrol.MaxMissed)
	slot, ok := p.Slot(now, zone)
	open := ok && slot.Has(now)
	counts := slices.ContainsFunc(checks, func(at time.Time) bool {
		minute := at.In(zone).Hour()*60 + at.In(zone).Minute()
		return !at.Before(slot.From) && (len(p.Windows) == 0 || slices.ContainsFunc(p.Windows, func(w patrol.Window) bool {
			return minute >= w.From && minute < w.To || minute+24*60 < w.To
		}))
	})
	switch {
	case open && counts:
		return patrol.DueDone, missed
	case missed > 0:
		return patrol.Overdue, missed
	case open:
		return patrol.DueNow, 0
	}
	return patrol.Later, 0
}
