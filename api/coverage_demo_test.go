package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"wangge/fixtures"
	"wangge/fixtures/pgtest"
	"wangge/grid/rights"
)

// coverage500SQL lays cells of 500 m over the central zone, as a net of its own.
const coverage500SQL = `
INSERT INTO grid_scheme (code, title, title_en, code_pattern, is_exclusive, is_complete, first_zoom) VALUES ('cells', '500 米方格', 'Cells of 500 m', '[]', false, false, 11);
INSERT INTO grid (scheme, code, area_m2, geom)
SELECT 'cells', format('C-%s-%s', c.i, c.j), 0, ST_Transform(c.geom, 4490)
FROM (SELECT ST_Transform(geom, 4549) AS geom FROM region WHERE kind = 'zone') z, ST_SquareGrid(500, z.geom) c WHERE ST_Within(c.geom, z.geom)`

// demoTown is a server over the demo city: what coverage reads of it, and cells of 500 m.
func demoTown(t *testing.T) *town {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: the demo city takes seconds to load")
	}
	pool := pgtest.DB(t)
	c := fixtures.Jiaozhou()
	c.Inside, c.Members = nil, nil
	c.Requirements, c.Places, c.Holders, c.Duties, c.Absences = nil, nil, nil, nil, nil
	c.Departments = append(c.Departments, fixtures.Department{Code: "D2", Name: "环卫中心", Kind: "maintainer"}, fixtures.Department{Code: "D1", Name: "市政处", Kind: "competent"})
	if err := fixtures.Load(t.Context(), pool, c, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), coverage500SQL); err != nil {
		t.Fatal(err)
	}
	return townOn(t, pool)
}

// tableRead is a table of coverage as its readers see it.
type tableRead struct {
	Method struct {
		Revision   string
		Facilities int
	}
	RadiiM []uint32 `json:"radii_m"`
	Total  rowRead
	Items  []rowRead
	Next   *string
	Count  int
}

type rowRead struct {
	Code         string
	AreaM2       float64    `json:"area_m2"`
	NoNetworkM2  float64    `json:"no_network_m2"`
	CoveredM2    []float64  `json:"covered_m2"`
	CoveredShare []*float64 `json:"covered_share"`
	RoadM        struct {
		Total   float64
		Covered []float64
	} `json:"road_m"`
	Facilities int
	Rank       int
}

// table reads all of a table.
func (w *town) table(t *testing.T, query string) (out tableRead) {
	t.Helper()
	w.json(t, toiletCoverage+"?limit=1000&"+query, &out)
	if out.Next != nil {
		t.Fatalf("%s: more than a page", query)
	}
	return out
}

// The demo city, loaded once: its figures, their parts, PostGIS beside them, and what a new toilet does.
func TestCoverageOfDemo(t *testing.T) {
	w := demoTown(t)
	t.Run("the low figures of the centre", func(t *testing.T) { checkCentre(t, w) })
	t.Run("parts make the whole", func(t *testing.T) { checkParts(t, w) })
	t.Run("PostGIS", func(t *testing.T) { checkStraight(t, w) })
	t.Run("explanations add up", func(t *testing.T) { checkExplanations(t, w) })
	t.Run("questions", func(t *testing.T) { checkQuestions(t, w) })
	t.Run("questions, as readers ask", func(t *testing.T) { checkQuestionReaders(t, w) })
	t.Run("gaps are the uncovered ground", func(t *testing.T) { checkGaps(t, w) })
	t.Run("pace", func(t *testing.T) { checkPace(t, w) })
	t.Run("a toilet comes and goes", func(t *testing.T) { checkLive(t, w) })
}

// Thirty-one toilets, of which one is closed, cannot cover 70 km²: their discs alone are 12.53 % and 34.79 % of it.
func checkCentre(t *testing.T, w *town) {
	straight := w.table(t, "by=zone&mode=straight&radius=300,500")
	walking := w.table(t, "by=zone&radius=300,500")
	if len(straight.Items) != 1 || len(walking.Items) != 1 {
		t.Fatalf("%d and %d zones", len(straight.Items), len(walking.Items))
	}
	s, k := straight.Items[0], walking.Items[0]
	t.Logf("%.1f km², %d toilets; straight %.2f %% and %.2f %%, on foot %.2f %% and %.2f %%, no network %.2f %%", s.AreaM2/1e6, s.Facilities,
		100**s.CoveredShare[0], 100**s.CoveredShare[1], 100**k.CoveredShare[0], 100**k.CoveredShare[1], 100*k.NoNetworkM2/k.AreaM2)
	if s.Facilities != 30 || s.AreaM2 < 65e6 || s.AreaM2 > 75e6 {
		t.Errorf("%d toilets on %.0f m²", s.Facilities, s.AreaM2)
	}
	for i, most := range []float64{0.1253, 0.3479} {
		if got := *s.CoveredShare[i]; got <= 0 || got > most {
			t.Errorf("straight within %d m: %.4f, at most %.4f", straight.RadiiM[i], got, most)
		}
		if on, by := *k.CoveredShare[i], *s.CoveredShare[i]; on <= 0 || on > 0.8*by {
			t.Errorf("on foot %.4f, straight %.4f", on, by)
		}
	}
}

func checkParts(t *testing.T, w *town) {
	for _, query := range []string{"by=street&radius=300,500,800", "by=community&radius=300,500,800", "by=street&radius=300&mode=straight", "by=community&within=370281001"} {
		table := w.table(t, query)
		var sum rowRead
		sum.CoveredM2 = make([]float64, len(table.RadiiM))
		for i, r := range table.Items {
			sum.AreaM2 += r.AreaM2
			sum.NoNetworkM2 += r.NoNetworkM2
			sum.RoadM.Total += r.RoadM.Total
			sum.Facilities += r.Facilities
			for k := range r.CoveredM2 {
				sum.CoveredM2[k] += r.CoveredM2[k]
				if k > 0 && r.CoveredM2[k] < r.CoveredM2[k-1] {
					t.Errorf("%s %s: less within the larger radius: %v", query, r.Code, r.CoveredM2)
				}
			}
			if last := r.CoveredM2[len(r.CoveredM2)-1]; last+r.NoNetworkM2 > r.AreaM2+0.02 {
				t.Errorf("%s %s: %.2f covered and %.2f without network of %.2f", query, r.Code, last, r.NoNetworkM2, r.AreaM2)
			}
			if r.Rank == 0 || i > 0 && uncovered(table.Items[i-1]) < uncovered(r) {
				t.Errorf("%s %s: rank %d after %.2f m²", query, r.Code, r.Rank, uncovered(r))
			}
		}
		near := func(what string, a, b float64) {
			if math.Abs(a-b) > 0.005*float64(len(table.Items)) {
				t.Errorf("%s: %s of the parts %.3f, of the whole %.3f", query, what, a, b)
			}
		}
		near("area", sum.AreaM2, table.Total.AreaM2) // each rounded to hundredths
		near("no network", sum.NoNetworkM2, table.Total.NoNetworkM2)
		near("road", sum.RoadM.Total, table.Total.RoadM.Total)
		near("facilities", float64(sum.Facilities), float64(table.Total.Facilities))
		for k := range sum.CoveredM2 {
			near("covered", sum.CoveredM2[k], table.Total.CoveredM2[k])
		}
	}
}

func uncovered(r rowRead) float64 {
	return max(0, r.AreaM2-r.NoNetworkM2-r.CoveredM2[len(r.CoveredM2)-1])
}

// straightSQL is the share of each area within a radius as PostGIS has it, in the plane of the city's meridian.
const straightSQL = `
WITH a AS (%s), p AS (SELECT ST_Transform(geom, 4549) AS geom FROM public_toilet WHERE status IS NULL OR status IN ('intact', 'damaged'))
SELECT a.code, coalesce(ST_Area(ST_Intersection(a.geom, (SELECT ST_Union(ST_Buffer(p.geom, $1::float8, 'quad_segs=64')) FROM p WHERE ST_DWithin(p.geom, a.geom, $1::float8)))), 0) / ST_Area(a.geom)
FROM a`

func checkStraight(t *testing.T, w *town) {
	for by, areas := range map[string]string{
		"street":     `SELECT code, ST_Transform(geom, 4549) AS geom FROM region WHERE kind = 'street' AND geom IS NOT NULL`,
		"community":  `SELECT code, ST_Transform(geom, 4549) AS geom FROM region WHERE kind IN ('community', 'village') AND geom IS NOT NULL`,
		"grid:cells": `SELECT code, ST_Transform(geom, 4549) AS geom FROM grid WHERE scheme = 'cells'`,
	} {
		for _, radius := range []int{300, 500} {
			rows := w.table(t, fmt.Sprintf("by=%s&mode=straight&radius=%d", by, radius))
			shares := map[string]float64{}
			for _, r := range rows.Items {
				shares[r.Code] = *r.CoveredShare[0]
			}
			found, err := w.pool.Query(t.Context(), fmt.Sprintf(straightSQL, areas), radius)
			if err != nil {
				t.Fatal(err)
			}
			var sum, most, bias float64
			n := 0
			for found.Next() {
				var code string
				var share float64
				if err := found.Scan(&code, &share); err != nil {
					t.Fatal(err)
				}
				ours, there := shares[code]
				if !there {
					t.Errorf("%s %s has no row", by, code)
				}
				n++
				sum, most, bias = sum+math.Abs(ours-share), max(most, math.Abs(ours-share)), bias+ours-share
			}
			if found.Err() != nil || n != len(rows.Items) || n == 0 {
				t.Fatalf("%s: %d areas in the record, %d here: %v", by, n, len(rows.Items), found.Err())
			}
			t.Logf("%s within %d m: %d areas, mean difference %.3f pp, largest %.3f pp, bias %+.3f pp", by, radius, n, 100*sum/float64(n), 100*most, 100*bias/float64(n))
			if sum/float64(n) > 0.005 || most > 0.04 {
				t.Errorf("%s within %d m: mean difference %.4f, largest %.4f", by, radius, sum/float64(n), most)
			}
		}
	}
}

// explanationRead is an explanation as its readers see it.
type explanationRead struct {
	Class      string
	Covered    *bool
	DistanceMM *uint32  `json:"distance_mm"`
	StraightM  *float64 `json:"straight_m"`
	Sentence   string
	SentenceEn string `json:"sentence_en"`
	Legs       []struct {
		Kind     string
		LengthMM uint32 `json:"length_mm"`
		Line     [][2]float64
	}
}

func checkExplanations(t *testing.T, w *town) {
	classes := map[string]int{}
	for i := range 25 {
		for j := range 8 {
			lon, lat := 119.95+float64(i)*0.004, 36.25+float64(j)*0.005
			var e explanationRead
			w.json(t, fmt.Sprintf("%s/explain?radius=500&lon=%v&lat=%v", toiletCoverage, lon, lat), &e)
			classes[e.Class]++
			var sum uint32
			for k, leg := range e.Legs {
				sum += leg.LengthMM
				if k > 0 && len(leg.Line) > 0 && len(e.Legs[k-1].Line) > 0 && leg.Line[0] != e.Legs[k-1].Line[len(e.Legs[k-1].Line)-1] {
					t.Errorf("%v %v: leg %d does not begin where the one before ends", lon, lat, k)
				}
			}
			if e.DistanceMM != nil && sum != *e.DistanceMM {
				t.Errorf("%v %v: legs of %d mm, %d mm in all", lon, lat, sum, *e.DistanceMM)
			}
			if e.DistanceMM != nil && e.StraightM != nil && float64(*e.DistanceMM) < *e.StraightM*1000-5 {
				t.Errorf("%v %v: %d mm on foot, %.3f m straight", lon, lat, *e.DistanceMM, *e.StraightM)
			}
			if e.Sentence == "" || e.SentenceEn == "" || (e.Class == "no_network") != (e.Covered == nil) ||
				e.Covered != nil && *e.Covered != (e.DistanceMM != nil && *e.DistanceMM <= 500_000) {
				t.Errorf("%v %v: %+v", lon, lat, e)
			}
		}
	}
	if t.Logf("%v", classes); classes["covered"] == 0 || classes["uncovered"] == 0 {
		t.Errorf("classes %v", classes)
	}
}

func checkGaps(t *testing.T, w *town) {
	rows := w.table(t, "by=community&within=370281001&radius=500")
	a := w.get(t, toiletCoverage+"/gaps.geojson?by=community&within=370281001&radius=500")
	var gaps struct {
		Features []struct {
			Geometry struct {
				Type string
			}
			Properties struct {
				Code   string
				AreaM2 float64 `json:"area_m2"`
			}
		}
		Method struct{ Res int }
	}
	if err := json.Unmarshal(a.body, &gaps); err != nil || len(gaps.Features) == 0 || gaps.Method.Res == 0 {
		t.Fatalf("%v: %.300s", err, a.body)
	}
	area := map[string]float64{}
	for _, g := range gaps.Features {
		area[g.Properties.Code] = g.Properties.AreaM2
		if !strings.HasSuffix(g.Geometry.Type, "Polygon") {
			t.Errorf("%s: %s", g.Properties.Code, g.Geometry.Type)
		}
	}
	for _, r := range rows.Items {
		if math.Abs(uncovered(r)-area[r.Code]) > 1+1e-4*r.AreaM2 {
			t.Errorf("%s: %.2f m² in the table, %.2f m² of gaps", r.Code, uncovered(r), area[r.Code])
		}
	}
}

// timeless is an answer without the revision that it is of.
func timeless(t *testing.T, body []byte) string {
	t.Helper()
	var at struct{ Method struct{ Revision string } }
	if err := json.Unmarshal(body, &at); err != nil || at.Method.Revision == "" {
		t.Fatalf("%v: %.200s", err, body)
	}
	return strings.Replace(string(body), `"revision":"`+at.Method.Revision+`"`, "", 1)
}

// A toilet that is written is in the figures that name its revision; taken away again, the figures are what they were to the last byte.
func checkLive(t *testing.T, w *town) {
	w.settle(t)
	who := w.as(t, rights.Bureau)
	path := toiletCoverage + "?by=street&radius=300,500"
	before := w.get(t, path)
	body := `{"type": "Feature", "geometry": {"type": "Point", "coordinates": [120.0, 36.27]}, "properties": {}}`
	added := w.send(t, http.MethodPost, toilets, strings.NewReader(body), append(who, "Content-Type", geoJSON)...)
	revision := added.Header.Get("Wangge-Revision")
	if added.StatusCode != http.StatusCreated || revision == "" {
		t.Fatalf("%s %s", added.Status, added.body)
	}
	with := w.get(t, path+"&min_revision="+revision)
	if with.StatusCode != http.StatusOK || timeless(t, with.body) == timeless(t, before.body) || with.Header.Get("ETag") == before.Header.Get("ETag") {
		t.Errorf("%s: the new toilet does not show", with.Status)
	}
	gone := w.ask(t, http.MethodDelete, strings.TrimPrefix(added.Header.Get("Location"), w.URL), append(who, "If-Match", "*")...)
	if gone.StatusCode >= 300 {
		t.Fatalf("%s %s", gone.Status, gone.body)
	}
	after := w.get(t, path+"&min_revision="+gone.Header.Get("Wangge-Revision"))
	if timeless(t, after.body) != timeless(t, before.body) {
		t.Error("a toilet came and went, and the figures are not what they were")
	}
	again := w.get(t, path)
	if !bytes.Equal(again.body, after.body) || again.Header.Get("ETag") != after.Header.Get("ETag") {
		t.Error("the same state has two answers")
	}
}

// checkPace tells how long answers take over HTTP on the demo city, once what all share is worked out. It judges nothing: see wangge bench.
func checkPace(t *testing.T, w *town) {
	if os.Getenv("WANGGE_PACE") == "" {
		t.Skip("WANGGE_PACE is not set: nothing is timed")
	}
	ask := func(method, path, body string) time.Duration {
		r, err := http.NewRequestWithContext(t.Context(), method, w.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", jsonBody)
		r.Header.Set("Accept-Encoding", "identity")
		began := time.Now()
		if a := send(t, w.Client(), r); a.StatusCode != http.StatusOK {
			t.Fatalf("%s %s: %s %.300s", method, path, a.Status, a.body)
		}
		return time.Since(began)
	}
	for what, of := range map[string]func(i int) (method, path, body string){
		"preview of a new toilet by community, with hexagons": func(i int) (string, string, string) {
			return http.MethodPost, toiletCoverage + "/preview", fmt.Sprintf(`{"question": {"by": "community"}, "changes": [{"op": "add", "service": "public_toilet", "at": [%v, 36.27]}], "hexagons": true}`, 120+float64(i)*1e-4)
		},
		"table by community": func(int) (string, string, string) {
			return http.MethodGet, toiletCoverage + "?by=community&limit=1000", ""
		},
		"table by unit grid": func(int) (string, string, string) { return http.MethodGet, toiletCoverage + "?by=grid:unit", "" },
		"hexagons, packed":   func(int) (string, string, string) { return http.MethodGet, toiletCoverage + "/hexagons", "" },
		"explain": func(i int) (string, string, string) {
			return http.MethodGet, fmt.Sprintf("%s/explain?radius=500&lon=%v&lat=36.265", toiletCoverage, 119.99+float64(i)*1e-4), ""
		},
		"ten sites of those every 50 m of street of the centre": func(int) (string, string, string) {
			return http.MethodPost, sitingPath, `{"service": "public_toilet", "radius_m": 300, "k": 10, "within": "zone-370281-center"}`
		},
	} {
		var took []time.Duration
		for i := range 12 {
			method, path, body := of(i)
			took = append(took, ask(method, path, body))
		}
		took = slices.Sorted(slices.Values(took[1:]))
		t.Logf("%s: median %v, slowest %v", what, took[len(took)/2], took[len(took)-1])
	}
}
