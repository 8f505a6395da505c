package postgres_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"wangge/grid/patrol"
	"wangge/grid/postgres"
)

// visitTown is the town of two streets and a zone across them, with alleys, roads and sites, and checks of some weeks.
func visitTown(t *testing.T) (*pgxpool.Pool, *postgres.Store) {
	t.Helper()
	pool, s := beatTown(t)
	run(t, pool, plansSQL)
	run(t, pool, `
INSERT INTO region (code, name, kind, geom) VALUES ('Z1', '片区', 'zone', ST_Multi(ST_MakeEnvelope(120.01, 36, 120.03, 36.01, 4490))),
    ('370281003', '空街', 'street', ST_Multi(ST_MakeEnvelope(121, 36, 121.01, 36.02, 4490)));
INSERT INTO grid (id, scheme, code, area_m2, geom) SELECT 10 + i, 'duty', 'N' || i, 0, ST_MakeEnvelope(120 + 0.004 * i, 36.02, 120.004 + 0.004 * i, 36.03, 4490) FROM generate_series(0, 9) i;
UPDATE region SET geom = ST_Multi(ST_MakeEnvelope(120, 36, 120.02, 36.03, 4490)) WHERE code = '370281001';
UPDATE region SET geom = ST_Multi(ST_MakeEnvelope(120, 36, 120.04, 36.03, 4490)) WHERE code = '370281';
INSERT INTO back_alley (id, status, geom) SELECT 100 + i, CASE WHEN i % 7 = 0 THEN 'abandoned' ELSE 'intact' END,
    ST_SetSRID(ST_MakeLine(ST_MakePoint(120 + 0.0012 * i, 36.003), ST_MakePoint(120.003 + 0.0012 * i, 36.012)), 4490) FROM generate_series(1, 30) i;
INSERT INTO road (id, class, geom) SELECT 100 + i, 'branch', ST_SetSRID(ST_MakeLine(ST_MakePoint(120.0004 + 0.0012 * i, 36.004), ST_MakePoint(120.005 + 0.0012 * i, 36.022)), 4490) FROM generate_series(1, 28) i;
INSERT INTO construction_site (id, kind, geom) SELECT 100 + i, 'building', ST_SetSRID(ST_MakePoint(120 + 0.0013 * i, 36.007), 4490) FROM generate_series(1, 29) i`)
	r := rand.New(rand.NewPCG(8, 8))
	answers := []string{"pass", "pass", "pass", "fail", "na"}
	for range 700 {
		kind, list := "back_alley", "back_alley"
		switch r.IntN(4) {
		case 0:
			kind, list = "road", "road"
		case 1:
			kind, list = "construction_site", "site_measures"
		case 2:
			kind, list = "grid", "grid"
		}
		id := 100 + r.IntN(30)
		if kind == "grid" {
			id = []int{1, 2, 11, 12}[r.IntN(4)]
		}
		said := map[string]string{}
		for _, item := range []string{"hoarding", "covered_piles", "wet_work", "hardened_road", "wheel_wash", "sealed_trucks"} {
			if r.IntN(30) > 0 {
				said[item] = answers[r.IntN(2+r.IntN(4))]
			}
		}
		var in *int
		if r.IntN(2) == 0 {
			g := []int{1, 10, 13, 15, 15}[r.IntN(5)]
			in = &g
		}
		run(t, pool, `INSERT INTO patrol_check (id, subject_kind, subject_id, checklist, edition, result, answers, at, made_at, account, grid_id)
			VALUES (gen_random_uuid(), $1, $2, $3, '2026', 'normal', $4, $5, $5, 'x', $6)`, kind, id, list, said, time.Now().Add(-time.Duration(r.IntN(40*24*60))*time.Minute), in)
	}
	return pool, s
}

// Each figure of each area is what a plain statement of that area says.
func TestVisitsAgainstPlainSQL(t *testing.T) {
	pool, s := visitTown(t)
	now := time.Now()
	from := now.AddDate(0, 0, -7)
	const inRegion, inZone = `x.region_code LIKE $3 || '%'`, `ST_Intersects(ST_PointOnSurface(x.geom), (SELECT geom FROM region WHERE code = $3))`
	num := func(sql string, args ...any) (v float64) {
		t.Helper()
		if err := pool.QueryRow(t.Context(), sql, args...).Scan(&v); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		return v
	}
	check := func(what string, got patrol.Ratio, part, whole float64) {
		t.Helper()
		if math.Abs(got.Part-part) > 1e-6*(1+part) || math.Abs(got.Whole-whole) > 1e-6*(1+whole) || (got.Share() == nil) != (whole == 0) {
			t.Errorf("%s: %v, want %v of %v", what, got, part, whole)
		}
	}
	lines := func(what string, got patrol.Ratio, table, where, code string) {
		t.Helper()
		sql := `SELECT coalesce(sum(ST_Length(x.geom::geography)), 0) FROM ` + table + ` x WHERE x.status <> 'abandoned' AND ($1::timestamptz < $2) AND ` + where
		visited := ` AND x.id IN (SELECT subject_id FROM patrol_check WHERE subject_kind = '` + table + `' AND at >= $1 AND at < $2)`
		check(what+" "+table, got, num(sql+visited, from, now, code), num(sql, from, now, code))
	}
	for _, f := range []postgres.AreaFilter{{By: "street"}, {By: "county"}, {By: "zone"}, {By: "street", Within: "370281001"}, {By: "community"}, {By: "street", Within: "Z1"}} {
		list, err := s.Visits(t.Context(), f, "duty", from, now)
		if err != nil || len(list) == 0 || list[0].Code != "" {
			t.Fatal(list, err)
		}
		for _, v := range list {
			code, where := v.Code, inRegion
			if code == "" {
				code = f.Within
			}
			if code == "" {
				where = `($3 || x.id::text) IS NOT NULL`
			} else if code[0] == 'Z' {
				where = inZone
			}
			grids := `SELECT coalesce({}, 0) FROM grid x WHERE x.scheme = 'duty' AND x.valid_to IS NULL AND $1::timestamptz < $2 AND ` + where
			visited := ` AND (x.id IN (SELECT grid_id FROM patrol_check WHERE at >= $1 AND at < $2) OR x.id IN (SELECT subject_id FROM patrol_check WHERE subject_kind = 'grid' AND at >= $1 AND at < $2))`
			name := fmt.Sprint(f, " ", v.Code)
			check(name+" grids", v.Grids, num(strings.Replace(grids, "{}", "count(*)", 1)+visited, from, now, code), num(strings.Replace(grids, "{}", "count(*)", 1), from, now, code))
			check(name+" area", v.AreaM2, num(strings.Replace(grids, "{}", "sum(area_m2)", 1)+visited, from, now, code), num(strings.Replace(grids, "{}", "sum(area_m2)", 1), from, now, code))
			lines(name, v.AlleyM, "back_alley", where, code)
			lines(name, v.RoadM, "road", where, code)
		}
	}
	byGrid, err := s.Visits(t.Context(), postgres.AreaFilter{By: "grid:duty", Scheme: "duty"}, "duty", from, now)
	if err != nil || len(byGrid) != 13 {
		t.Fatal(len(byGrid), err)
	}
	for _, v := range byGrid[1:] {
		const alleySQL = `SELECT coalesce(sum(f.inside_m), 0) FROM feature_grid f JOIN grid g ON g.id = f.grid_id JOIN back_alley a ON a.id = f.feature_id AND a.status <> 'abandoned'
			WHERE g.scheme = 'duty' AND g.code = $1 AND f.layer = 'back_alley'`
		check(v.Code+" alleys", v.AlleyM, num(alleySQL+` AND a.id IN (SELECT subject_id FROM patrol_check WHERE subject_kind = 'back_alley' AND at >= $2 AND at < $3)`, v.Code, from, now), num(alleySQL, v.Code))
		if v.Grids.Whole != 1 {
			t.Errorf("%s: %v", v.Code, v.Grids)
		}
	}
}

// Shares of measures are those of the last checks, and of the sites that were checked.
func TestSiteMeasuresAgainstPlainSQL(t *testing.T) {
	pool, s := visitTown(t)
	const lastSQL = `WITH last AS (SELECT DISTINCT ON (c.subject_id) x.region_code, c.answers FROM patrol_check c JOIN construction_site x ON x.id = c.subject_id
		WHERE c.subject_kind = 'construction_site' AND c.checklist = 'site_measures' ORDER BY c.subject_id, c.at DESC) `
	list, err := s.SiteMeasures(t.Context(), postgres.AreaFilter{By: "street"})
	if err != nil || len(list) != 4 {
		t.Fatal(list, err)
	}
	for _, m := range list {
		var sites, checked, all int64
		if err := pool.QueryRow(t.Context(), lastSQL+`SELECT (SELECT count(*) FROM construction_site WHERE region_code LIKE $1 || '%' OR $1 = ''), count(*),
			count(*) FILTER (WHERE answers ?& ARRAY['hoarding', 'covered_piles', 'wet_work', 'hardened_road', 'wheel_wash', 'sealed_trucks'] AND NOT jsonb_path_exists(answers, '$.* ? (@ == "fail")') AND jsonb_path_exists(answers, '$.* ? (@ == "pass")'))
			FROM last WHERE region_code LIKE $1 || '%' OR $1 = ''`, m.Code).Scan(&sites, &checked, &all); err != nil {
			t.Fatal(err)
		}
		if int64(m.Sites) != sites || int64(m.Checked) != checked || !cmp.Equal(m.All, patrol.ShareOf(all, checked)) || len(m.Measures) != 6 {
			t.Errorf("%s: %d %d %v, want %d %d %d", m.Code, m.Sites, m.Checked, m.All, sites, checked, all)
		}
		for _, one := range m.Measures {
			var pass, either int64
			if err := pool.QueryRow(t.Context(), lastSQL+`SELECT count(*) FILTER (WHERE answers ->> $2 = 'pass'), count(*) FILTER (WHERE answers ->> $2 IN ('pass', 'fail')) FROM last WHERE region_code LIKE $1 || '%' OR $1 = ''`,
				m.Code, one.Code).Scan(&pass, &either); err != nil {
				t.Fatal(err)
			}
			if !cmp.Equal(one.Sites, patrol.ShareOf(pass, either)) {
				t.Errorf("%s %s: %v, want %d of %d", m.Code, one.Code, one.Sites, pass, either)
			}
		}
	}
}

// What is due of all officers together is what each of them has.
func TestOverdueIsTheSumOfLists(t *testing.T) {
	pool, s := visitTown(t)
	run(t, pool, `INSERT INTO duty (holder_id, role, target_kind, target_id, valid_from) VALUES (2, 'grid_officer', 'grid', 12, '2020-01-01'), (2, 'alley_head', 'grid', 1, '2020-01-01')`)
	now := time.Now()
	byHolder, err := s.Overdue(t.Context(), postgres.ByHolder, "", now)
	if err != nil {
		t.Fatal(err)
	}
	got := map[int64]patrol.DueCounts{}
	for _, l := range byHolder {
		if c := (patrol.DueCounts{Due: l.Due, Overdue: l.Overdue, Done: l.Done}); c != (patrol.DueCounts{}) {
			got[l.Holder] = c
		}
	}
	want := map[int64]patrol.DueCounts{}
	grids := map[string]patrol.DueCounts{}
	for holder := int64(1); holder <= 5; holder++ {
		d, err := s.Due(t.Context(), holder, now)
		if err != nil {
			t.Fatal(err)
		}
		if d.Counts != (patrol.DueCounts{}) {
			want[holder] = d.Counts
		}
		for _, i := range d.Items {
			if i.Grid != nil && i.Subject.Kind == "grid" { // which lies in one grid only
				c := grids["duty/"+i.Grid.Code]
				c.Add(i.State)
				grids["duty/"+i.Grid.Code] = c
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || len(want) < 3 {
		t.Error(diff)
	}
	run(t, pool, `DELETE FROM patrol_plan WHERE subject_kind <> 'grid'`)
	byGrid, err := s.Overdue(t.Context(), postgres.ByGrid, "370281001", now)
	if err != nil || len(byGrid) != 2 {
		t.Fatal(byGrid, err)
	}
	for _, l := range byGrid {
		if c := (patrol.DueCounts{Due: l.Due, Overdue: l.Overdue, Done: l.Done}); c != grids[l.Code] {
			t.Errorf("%s: %v, want %v", l.Code, c, grids[l.Code])
		}
	}
}
