package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"wangge/fixtures"
	"wangge/fixtures/pgtest"
	"wangge/grid/patrol"
	"wangge/grid/rights"
)

// rateRead is a line of rates as its readers see it.
type rateRead struct {
	Code      string
	Found     int64
	Rectified int64
	Closed    int64
	OnTheSpot int64 `json:"on_the_spot"`
	Returned  int64
	Reworked  int64
	Suspended int64
	Shares    patrol.Shares
}

type ratesRead struct {
	Items []rateRead
	Total rateRead
}

// rates asks for rates as the bureau.
func (w *town) rates(t *testing.T, query string) (out ratesRead) {
	t.Helper()
	readInto(t, w.get(t, "/api/v1/patrol/rates?"+query, w.as(t, rights.Bureau)...), &out)
	return out
}

// TestPublishedRates: what cities have published comes out of the API to the last problem.
func TestPublishedRates(t *testing.T) {
	w := newTown(t)
	begun := time.Now()
	sample := fixtures.PublishedFigures(orb.Bound{Min: orb.Point{119.981, 36.261}, Max: orb.Point{120.019, 36.279}})
	if err := sample.Load(t.Context(), w.pool); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d problems made and loaded in %v", len(sample.Problems), time.Since(begun))
	if n := w.count(t, `SELECT count(DISTINCT subject_id) FROM problem WHERE number LIKE '2021%'`); n != 6001 {
		t.Errorf("problems at %d places", n)
	}
	share := func(what string, s patrol.Share, numerator, denominator int64, percent float64) {
		t.Helper()
		if s.Numerator != numerator || s.Denominator != denominator || s.Share == nil || math.Abs(*s.Share*100-percent) > 0.005 {
			t.Errorf("%s: %d of %d", what, s.Numerator, s.Denominator)
		}
	}
	kinds := w.rates(t, "by=place_kind&from=2021-01-01&to=2021-12-31")
	if len(kinds.Items) != 38 {
		t.Errorf("%d kinds of places, want 38", len(kinds.Items))
	}
	share("rectified in 2021", kinds.Total.Shares.Rectified, 17057, 19891, 85.75)
	for _, by := range []string{"street", "region", "county", "class", "major", "source", "dept", "officer"} {
		if r := w.rates(t, "by="+by+"&from=2021-01-01&to=2021-12-31"); r.Total.Found != 19891 || r.Total.Rectified != 17057 {
			t.Errorf("by %s: %d of %d", by, r.Total.Rectified, r.Total.Found)
		}
	}
	lamps := w.rates(t, "by=class&class=lamp_out&from=2018-01-01&to=2018-12-31").Total
	share("lamps repaired", lamps.Shares.Rectified, 265, 268, 98.88)
	market := w.rates(t, "by=place_kind&from=2019-01-01&to=2019-12-31").Total
	share("put right on the spot", market.Shares.OnTheSpot, 28, 71, 39.44)
	if nothing := w.rates(t, "by=class&from=2017-01-01&to=2017-12-31").Total.Shares.Rectified; nothing.Denominator != 0 || nothing.Share != nil {
		t.Errorf("a year without problems: %+v", nothing)
	}
}

// patrolTown is a server over the demo city with its year of patrol, without what lies beneath it.
func patrolTown(t *testing.T) (*town, time.Time) {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: the demo city takes seconds to load")
	}
	now := time.Now()
	c := fixtures.JiaozhouOn(now)
	c.Ground, c.Land, c.Population, c.Inside, c.Members = nil, nil, nil, nil, nil
	c.Roads, c.Ramps, c.Parking = nil, nil, nil // figures of checks know them by number
	c.Departments = append(c.Departments, fixtures.Department{Code: "D2", Name: "环卫中心", Kind: "maintainer"}, fixtures.Department{Code: "D1", Name: "市政处", Kind: "competent"})
	pool := pgtest.DB(t)
	if err := fixtures.Load(t.Context(), pool, c, nil); err != nil {
		t.Fatal(err)
	}
	return townOn(t, pool), now
}

// plainRatesSQL counts by one column the plain way.
const plainRatesSQL = `
SELECT coalesce(%s, ''), count(*), sum((state IN ('rectified', 'closed'))::int), sum((state = 'closed')::int), sum(on_the_spot::int),
       sum((returns > 0)::int), sum((reworks > 0)::int), sum((state = 'suspended')::int)
FROM problem LEFT JOIN place ON subject_kind = 'place' AND place.id = subject_id LEFT JOIN place_kind ON place_kind.layer = subject_kind
WHERE state NOT IN ('void', 'merged') AND %s GROUP BY 1`

// TestPatrolFiguresOfTheDemo holds what the API tells of the demo's year against plain statements.
func TestPatrolFiguresOfTheDemo(t *testing.T) {
	w, now := patrolTown(t)
	t.Run("rates", func(t *testing.T) {
		for by, column := range map[string]string{
			"region": "problem.region_code", "street": "left(problem.region_code, 9)", "class": "class", "source": "source", "dept": "dept", "place_kind": "coalesce(place.kind, place_kind.code)",
		} {
			for query, where := range map[string]string{
				"": "true", "&within=370281001": "problem.region_code LIKE '370281001%'", "&source=citizen": "source = 'citizen'",
				"&from=" + now.AddDate(0, 0, -40).Format(time.DateOnly): fmt.Sprintf("(problem.at AT TIME ZONE 'Asia/Shanghai')::date >= '%s'", now.AddDate(0, 0, -40).Format(time.DateOnly)),
			} {
				w.sameRates(t, "by="+by+query, fmt.Sprintf(plainRatesSQL, column, where))
			}
		}
	})
	t.Run("visits", func(t *testing.T) {
		for _, days := range []int{1, 7, 30} {
			w.sameVisits(t, days)
		}
	})
	t.Run("measures of sites", w.sameMeasures)
}

func (w *town) sameRates(t *testing.T, query, sql string) {
	t.Helper()
	rows, err := w.pool.Query(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	want := map[string]rateRead{}
	var total int64
	for rows.Next() {
		var r rateRead
		if err := rows.Scan(&r.Code, &r.Found, &r.Rectified, &r.Closed, &r.OnTheSpot, &r.Returned, &r.Reworked, &r.Suspended); err != nil {
			t.Fatal(err)
		}
		want[r.Code] = r
		total += r.Found
	}
	got := map[string]rateRead{}
	read := w.rates(t, query)
	for _, r := range read.Items {
		if s := r.Shares.Rectified; s.Numerator != r.Rectified || s.Denominator != r.Found || (s.Share == nil) != (r.Found == 0) {
			t.Errorf("%s: %s: %+v", query, r.Code, s)
		}
		r.Shares = patrol.Shares{}
		got[r.Code] = r
	}
	if d := cmp.Diff(want, got); d != "" || len(want) == 0 || read.Total.Found != total {
		t.Errorf("%s: %d problems, plainly %d (-plain +told):\n%s", query, read.Total.Found, total, d)
	}
}

// plainVisitsSQL: duty grids of a street in which somebody made a check since a moment, and metres of alleys that were checked.
const plainVisitsSQL = `
SELECT (SELECT count(*) FROM grid WHERE scheme = 'duty' AND valid_to IS NULL),
       (SELECT count(DISTINCT g) FROM (SELECT grid_id AS g FROM patrol_check WHERE at >= $1 UNION SELECT subject_id FROM patrol_check WHERE at >= $1 AND subject_kind = 'grid') x WHERE g IS NOT NULL),
       (SELECT coalesce(sum(ST_Length(geom::geography)), 0) FROM back_alley WHERE id IN (SELECT subject_id FROM patrol_check WHERE subject_kind = 'back_alley' AND at >= $1)),
       (SELECT sum(ST_Length(geom::geography)) FROM back_alley WHERE status <> 'abandoned')`

func (w *town) sameVisits(t *testing.T, days int) {
	t.Helper()
	type part[T int | float64] struct {
		Visited, All T
	}
	var told struct {
		Total struct {
			Grids  part[int]
			AlleyM part[float64] `json:"alley_m"`
		}
	}
	readInto(t, w.get(t, fmt.Sprintf("/api/v1/patrol/visits?by=street&days=%d", days), w.as(t, rights.Bureau)...), &told)
	since := time.Now().AddDate(0, 0, -days)
	var all, seen int
	var seenM, allM float64
	if err := w.pool.QueryRow(t.Context(), plainVisitsSQL, since).Scan(&all, &seen, &seenM, &allM); err != nil {
		t.Fatal(err)
	}
	g, a := told.Total.Grids, told.Total.AlleyM
	if g.All != all || g.Visited != seen || math.Abs(a.Visited-seenM) > 0.01 || math.Abs(a.All-allM) > 0.01 {
		t.Errorf("%d days: told %+v and %+v, plainly %d of %d grids and %.1f of %.1f m", days, g, a, seen, all, seenM, allM)
	}
}

// plainMeasuresSQL: how many sites meet each measure by their last check, and how many all of them.
const plainMeasuresSQL = `
WITH last AS (SELECT DISTINCT ON (subject_id) subject_id, answers FROM patrol_check WHERE checklist = 'site_measures' ORDER BY subject_id, at DESC)
SELECT count(*), count(*) FILTER (WHERE NOT EXISTS (SELECT FROM jsonb_each_text(answers) a WHERE a.value <> 'pass')),
       (SELECT jsonb_object_agg(item, n) FROM (SELECT a.key AS item, count(*) FILTER (WHERE a.value = 'pass') AS n FROM last, jsonb_each_text(answers) a GROUP BY 1) x)
FROM last`

func (w *town) sameMeasures(t *testing.T) {
	var told struct {
		Total struct {
			Checked  int
			Measures []struct {
				Code  string
				Share patrol.Share
			}
			All patrol.Share
		}
	}
	a := w.get(t, "/api/v1/patrol/sites/measures", w.as(t, rights.Bureau)...)
	readInto(t, a, &told)
	var sites, all int64
	want := map[string]int64{}
	if err := w.pool.QueryRow(t.Context(), plainMeasuresSQL).Scan(&sites, &all, &want); err != nil {
		t.Fatal(err)
	}
	got := map[string]int64{}
	for _, m := range told.Total.Measures {
		got[m.Code] = m.Share.Numerator
	}
	if !maps.Equal(want, got) || told.Total.All.Numerator != all || int64(told.Total.Checked) != sites {
		t.Errorf("told %v, all six %+v of %d checked; plainly %v, %d of %d\n%.600s", got, told.Total.All, told.Total.Checked, want, all, sites, a.body)
	}
	if codes := slices.Sorted(maps.Keys(got)); len(codes) != 6 {
		t.Errorf("measures %v", codes)
	}
}

// readInto reads an answer that must be a 200 of JSON.
func readInto(t *testing.T, a answer, v any) {
	t.Helper()
	if a.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	if err := json.Unmarshal(a.body, v); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
}
