package api

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"wangge/grid/rights"
)

// answerRead is an answer to a question as its readers see it.
type answerRead struct {
	Columns []struct{ ID, Unit string }
	Method  struct {
		Revision   string
		Thresholds []struct {
			Metric   string
			Verified bool
		}
	}
	Total, Rest figuresRead
	Items       []figuresRead
	Next        *string
	Count       int
}

type figuresRead struct {
	Code   string
	AreaM2 float64 `json:"area_m2"`
	Values []struct {
		Numerator, Denominator float64
		Share                  *float64
		Met                    *bool
	}
}

// column is the place of a column.
func (a *answerRead) column(t *testing.T, id string) int {
	t.Helper()
	for i, c := range a.Columns {
		if c.ID == id {
			return i
		}
	}
	t.Fatalf("no column %s in %v", id, a.Columns)
	return -1
}

// checkQuestions holds the questions over the demo city against plain SQL.
func checkQuestions(t *testing.T, w *town) {
	for name, q := range map[string]struct{ path, column, sql string }{
		"roads":  {"road_density", "all", fmt.Sprintf(lengthSQL, "road", "f.class <> 'footpath'", "true")},
		"alleys": {"alleys", "hardened", fmt.Sprintf(lengthSQL, "back_alley", "true", "f.hardened")},
		"sites": {"site_measures", "wet_work", `SELECT r.code, count(*) FILTER (WHERE (f.measures ->> 'wet_work')::bool)::float8 FROM region r, construction_site f
			WHERE r.kind = 'street' AND r.valid_to IS NULL AND f.status IN ('intact', 'damaged') AND f.measures <> '{}' AND ST_Intersects(ST_PointOnSurface(f.geom), r.geom) GROUP BY 1`},
		"bays": {"parking_supply", "off_hours", `SELECT r.code, coalesce(sum(f.capacity) FILTER (WHERE f.access = 'off_hours'), 0)::float8 FROM region r, parking_space f
			WHERE r.kind = 'street' AND r.valid_to IS NULL AND f.status IN ('intact', 'damaged') AND f.kind = 'motor' AND f.capacity > 0 AND ST_Intersects(ST_PointOnSurface(f.geom), r.geom) GROUP BY 1`},
		"crossings": {"ramps_at_crossings", "junctions", crossingsSQL},
	} {
		t.Run(name, func(t *testing.T) { w.agrees(t, q.path, q.column, q.sql) })
	}
}

// lengthSQL measures lines in streets. Streets meet along roads: what runs along a border belongs to the one with the lower code.
const lengthSQL = `
WITH r AS MATERIALIZED (SELECT code, geom, (SELECT ST_Buffer(ST_Union(l.geom), 2e-7, 'quad_segs=2') FROM region l WHERE l.kind = 'street' AND l.valid_to IS NULL AND l.code < s.code AND l.geom && s.geom) AS lower
    FROM region s WHERE kind = 'street' AND valid_to IS NULL)
SELECT r.code, coalesce(sum(ST_Length(CASE WHEN ST_Intersects(f.geom, r.lower) THEN ST_Difference(ST_Intersection(f.geom, r.geom), r.lower) ELSE ST_Intersection(f.geom, r.geom) END::geography)), 0)
FROM r, %s f WHERE %s AND %s AND f.status IN ('intact', 'damaged') AND ST_Intersects(f.geom, r.geom) GROUP BY 1`

// crossingsSQL finds junctions by another way than the server: the ends of streets laid over one another, and those on the way of others.
const crossingsSQL = `
WITH street AS MATERIALIZED (SELECT f.id, f.level, d.geom FROM road f, ST_Dump(f.geom) d WHERE f.class NOT IN ('footpath', 'expressway') AND f.walkable AND f.status IN ('intact', 'damaged')),
vertex AS (SELECT s.level, p.geom, CASE WHEN p.path[1] IN (1, ST_NPoints(s.geom)) THEN 1 ELSE 2 END AS arms FROM street s, ST_DumpPoints(s.geom) p),
node AS (SELECT level, geom FROM vertex GROUP BY level, geom HAVING sum(arms) >= 3)
SELECT r.code, count(DISTINCT (n.level, n.geom)) FILTER (WHERE EXISTS (SELECT FROM barrier_free_ramp f WHERE f.kind = 'kerb' AND f.status IN ('intact', 'damaged') AND NOT coalesce(f.occupied, false) AND f.geom && ST_Expand(n.geom, 0.0003)
    AND ST_DWithin(f.geom::geography, n.geom::geography, 15) AND ` + compliantSQL + `))::float8
FROM node n, LATERAL (SELECT code FROM region WHERE kind = 'street' AND valid_to IS NULL AND ST_Intersects(n.geom, geom) ORDER BY code LIMIT 1) r GROUP BY 1`

// compliantSQL is the rule for kerb ramps in the statement's own words; ramps without a measure are none.
const compliantSQL = `f.slope <= CASE f.form WHEN 'full_width' THEN 0.05 ELSE 0.083334 END AND f.width_m >= CASE f.form WHEN 'three_face' THEN 1.2 ELSE 1.5 END`

// agrees compares the numerators of a column by street with a statement's.
func (w *town) agrees(t *testing.T, id, column, sql string) {
	t.Helper()
	var got answerRead
	w.json(t, "/api/v1/coverage/questions/"+id+"?by=street&limit=1000", &got)
	at := got.column(t, column)
	rows, err := w.pool.Query(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	want := map[string]float64{}
	for rows.Next() {
		var code string
		var value float64
		if err := rows.Scan(&code, &value); err != nil {
			t.Fatal(err)
		}
		want[code] = value
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	sum, some := got.Rest.Values[at].Numerator, 0.0
	for _, row := range got.Items {
		v := row.Values[at].Numerator
		if math.Abs(v-want[row.Code]) > 1e-4*want[row.Code]+0.5 {
			t.Errorf("%s: %g, PostGIS %g", row.Code, v, want[row.Code])
		}
		sum, some = sum+v, some+v
	}
	if math.Abs(sum-got.Total.Values[at].Numerator) > 0.1 || some == 0 {
		t.Errorf("parts make %g, the whole is %g", sum, got.Total.Values[at].Numerator)
	}
}

// checkQuestionReaders asks as readers do: pages, orders, files, lists.
func checkQuestionReaders(t *testing.T, w *town) {
	const path = "/api/v1/coverage/questions/"
	var first, second answerRead
	w.json(t, path+"alleys?by=community&limit=2&sort=-lit:num", &first)
	w.json(t, path+"alleys?by=community&limit=2&sort=-lit:num&cursor="+*first.Next, &second)
	lit := first.column(t, "lit")
	if first.Count < 4 || first.Items[0].Values[lit].Numerator < first.Items[1].Values[lit].Numerator || first.Items[1].Values[lit].Numerator < second.Items[0].Values[lit].Numerator {
		t.Errorf("not in order: %+v %+v", first.Items, second.Items)
	}
	for _, c := range first.Columns {
		if c.ID == "chief" || c.ID == "manned" {
			t.Error("whoever has not signed in is told of people")
		}
	}
	var list struct {
		Items []struct {
			Layer, Why, Code string
			Met              bool
			Amount, Of       float64
		}
		Total int
	}
	w.json(t, path+"alleys/list?by=community&column=lit&which=unmet&limit=1000", &list)
	metres := 0.0
	for _, item := range list.Items {
		metres += item.Of
		if item.Met || item.Why == "" || item.Layer != "back_alley" {
			t.Errorf("%+v", item)
		}
	}
	if dark := first.Total.Values[lit].Denominator - first.Total.Values[lit].Numerator; list.Total != len(list.Items) || math.Abs(metres-dark) > 1 {
		t.Errorf("%d alleys, %g m are in the list, %g m without lamps", list.Total, metres, dark)
	}
	book := w.get(t, path+"road_density?by=street&f=xlsx")
	f, err := excelize.OpenReader(strings.NewReader(string(book.body)))
	if err != nil {
		t.Fatal(err)
	}
	if cells, err := f.GetRows(f.GetSheetList()[0]); err != nil || len(cells) < 4 || len(f.GetSheetList()) != 2 {
		t.Errorf("%d rows, sheets %v: %v", len(cells), f.GetSheetList(), err)
	}
	if csv := w.get(t, path+"alleys/list?by=community&column=lit&f=csv"); !strings.Contains(csv.Header.Get("Content-Type"), "text/csv") || strings.Count(string(csv.body), "\n") != list.Total+1 {
		t.Errorf("%d lines of csv", strings.Count(string(csv.body), "\n"))
	}
}

// Questions in a small city: everything answers, with words, and bad requests have their answers.
func TestQuestionsOfSmallCity(t *testing.T) {
	w := newTown(t)
	var all struct {
		Items []struct {
			ID                       string
			People                   bool
			Provenance, ProvenanceEn string
			Regions                  bool `json:"regions_only"`
			Columns                  []struct{ ID string }
		}
	}
	w.json(t, "/api/v1/coverage/questions", &all)
	if len(all.Items) < 10 {
		t.Fatalf("only %d questions", len(all.Items))
	}
	viewer := w.as(t, rights.Viewer)
	for _, q := range all.Items {
		path := "/api/v1/coverage/questions/" + q.ID
		if a := w.get(t, path); q.People != (a.StatusCode == http.StatusUnauthorized) || !q.People && a.StatusCode != http.StatusOK {
			t.Errorf("%s without signing in: %d %s", q.ID, a.StatusCode, a.body)
		}
		for _, ask := range []string{"?by=community", "?by=street&within=370281", "/list?which=all&by=street", "?by=zone&f=csv"} {
			if a := w.get(t, path+ask, viewer...); a.StatusCode != http.StatusOK {
				t.Errorf("%s%s: %d %s", q.ID, ask, a.StatusCode, a.body)
			}
		}
		want := http.StatusOK
		if q.Regions {
			want = http.StatusBadRequest
		}
		if a := w.get(t, path+"?by=grid:unit", viewer...); a.StatusCode != want {
			t.Errorf("%s by grids: %d %s", q.ID, a.StatusCode, a.body)
		}
	}
	if a := w.get(t, "/api/v1/coverage/questions/alleys", viewer...); !strings.Contains(string(a.body), `"chief"`) {
		t.Errorf("a viewer reads figures about people: %s", a.body)
	}
	for _, ask := range []string{"public_toilet", "parking_space?kind=accessible&by=street&radius=200", "public_toilet?mode=straight&by=grid:unit", "public_toilet/list?column=spacing_met&which=all"} {
		if a := w.get(t, "/api/v1/coverage/measures/"+ask); a.StatusCode != http.StatusOK {
			t.Errorf("%s: %d %s", ask, a.StatusCode, a.body)
		}
	}
	for path, want := range map[string]int{
		"questions/moon": 404, "questions/alleys?by=moon": 404, "questions/alleys?within=9": 404, "questions/alleys?sort=moon": 400, "questions/alleys?f=pdf": 400,
		"questions/alleys?limit=0": 400, "questions/alleys?cursor=x": 400, "questions/alleys/list?column=moon": 400, "questions/alleys/list?code=9": 404, "questions/life_circle/list?code=9": 404, "questions/life_circle/list?limit=0": 400, "questions/alleys/list?which=some": 400,
		"questions/alleys/list?column=chief": 401, "questions/alleys?at=2020": 400, "questions/alleys?scheme=moon": 400, "measures/moon": 404, "measures/public_toilet?kind=moon": 404,
		"measures/public_toilet?radius=0": 400, "measures/public_toilet?radius=10001": 400, "measures/public_toilet?mode=fly": 400, "questions/alleys?by=" + strings.Repeat("x", 70): 400,
	} {
		if a := w.get(t, "/api/v1/coverage/"+path); a.StatusCode != want {
			t.Errorf("%s: %d, want %d: %s", path, a.StatusCode, want, a.body)
		}
	}
	a := w.get(t, "/api/v1/coverage/questions/alleys")
	if b := w.get(t, "/api/v1/coverage/questions/road_density"); b.Header.Get("ETag") == "" || w.get(t, "/api/v1/coverage/questions/road_density", "If-None-Match", b.Header.Get("ETag")).StatusCode != http.StatusNotModified {
		t.Errorf("no tag that can be asked with: %v", b.Header)
	}
	var doc answerRead
	if err := json.Unmarshal(a.body, &doc); err != nil || doc.Total.Values[0].Share != nil {
		t.Errorf("of no alleys no share is lit: %v %+v", err, doc.Total)
	}
	revision := w.write(t, `INSERT INTO back_alley (id, code, hardened, geom) VALUES (1, 'A-1', true, 'SRID=4490;LINESTRING(119.9992 36.2702, 120.0008 36.2702)')`)
	w.json(t, "/api/v1/coverage/questions/alleys?min_revision="+revision, &doc)
	if got := doc.Total.Values[doc.column(t, "hardened")]; got.Share == nil || *got.Share != 1 || math.Abs(got.Numerator-143.8) > 0.5 {
		t.Errorf("after an alley came: %+v", got)
	}
}
