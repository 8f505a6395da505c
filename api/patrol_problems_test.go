package api

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"wangge/grid/patrol"
	"wangge/grid/rights"
)

// toldProblem is what tests want to know of a problem.
type toldProblem struct {
	ID, Number, Class, Source, Title, State string
	Region, Dept                            *string
	RegionName                              *string `json:"region_name"`
	Grid, DutyGrid                          *struct{ Scheme, Code string }
	Assignee, Reporter, Holder              *struct {
		Code, Name string
		Masked     bool
	}
	Deadline   *time.Time
	Revision   int64
	Reopens    *string
	ReopenedBy *string `json:"reopened_by"`
	Flags      []string
	Photos     []struct{ ID, Kind, State string }
	Events     []struct {
		Step   string
		By     *struct{ Name string }
		Photos []struct{ ID string }
	}
	Can        []string
	Duplicates []struct{ ID string }
}

// reported reports a problem by somebody, with a photo of each kind promised.
func (w *town) reported(t testing.TB, n int, more string, who []string, kinds ...string) answer {
	t.Helper()
	var photos []string
	for i, kind := range kinds {
		photos = append(photos, fmt.Sprintf(`{"id": %q, "sha256": %q, "bytes": 9, "kind": %q}`, uuid(70+i, n), hashOf([]byte{byte(n), byte(n >> 8), byte(i)}), kind))
	}
	body := fmt.Sprintf(`{"id": %q, "class": "litter", "fix": {"lon": 119.9995, "lat": 36.27, "accuracy_m": 5}, "photos": [%s]%s}`, uuid(60, n), strings.Join(photos, ","), more)
	return w.send(t, http.MethodPost, problemsPath, strings.NewReader(body), append(who, "Content-Type", jsonBody)...)
}

// stepped does a step on the revision that is named.
func (w *town) stepped(t testing.TB, problem string, n int, revision int64, step string, who []string) answer {
	t.Helper()
	return w.send(t, http.MethodPost, problemsPath+"/"+problem+"/steps", strings.NewReader(fmt.Sprintf(`{"id": %q, %s}`, uuid(61, n), step)),
		append(who, "Content-Type", jsonBody, "If-Match", fmt.Sprintf("%q", fmt.Sprint(revision)))...)
}

// Many who dispatch one problem at the same time, more than there are connections, do not wait for one another's: one does, the others are told of it.
func TestDispatchersAtOnce(t *testing.T) {
	w := newTown(t)
	bureau := w.as(t, rights.Bureau)
	p := said[toldProblem](t, w.reported(t, 1, "", w.as(t, rights.Officer), "near"), http.StatusCreated)
	statuses := make([]int, 2*int(w.pool.Config().MaxConns))
	var all sync.WaitGroup
	for i := range statuses {
		all.Go(func() {
			statuses[i] = w.stepped(t, p.ID, 1+i, 1, `"kind": "dispatch", "dept": "D1"`, slices.Clone(bureau)).StatusCode
		})
	}
	all.Wait()
	slices.Sort(statuses)
	if statuses[0] != http.StatusOK || statuses[1] != http.StatusPreconditionFailed || statuses[len(statuses)-1] != http.StatusPreconditionFailed {
		t.Errorf("%v", statuses)
	}
}

// A problem goes its way over HTTP: who may do what next is told, photos that are awaited too, and a step on an old revision is told both.
func TestProblemsOverHTTP(t *testing.T) {
	w := newTown(t)
	officer, bureau, viewer := w.as(t, rights.Officer), w.as(t, rights.Bureau), w.as(t, rights.Viewer)
	w.catchUp(t, w.write(t, `INSERT INTO holder (id, code, kind, name, dept_code) VALUES (931, 'P-X', 'person', '欧阳海', 'D1')`))
	p := said[toldProblem](t, w.reported(t, 1, "", officer, "near"), http.StatusCreated)
	if p.State != "found" || *p.Region != "370281001001" || p.Grid == nil || p.DutyGrid != nil && p.DutyGrid.Code == "" || p.Source != "officer" || p.Title != "暴露垃圾" || len(p.Photos) != 1 ||
		p.Photos[0].State != "awaited" || p.Reporter == nil || p.Reporter.Name != "王小明" {
		t.Errorf("%+v", p)
	}
	if again := said[toldProblem](t, w.reported(t, 1, "", officer, "near"), http.StatusOK); again.Number != p.Number {
		t.Errorf("%s again as %s", p.Number, again.Number)
	}
	if diff := cmp.Diff([]string{"comment"}, said[toldProblem](t, w.get(t, problemsPath+"/"+p.ID, officer...), http.StatusOK).Can); diff != "" && !strings.Contains(diff, "on_the_spot") {
		t.Errorf("an officer can: %s", diff)
	}
	got := w.get(t, problemsPath+"/"+p.ID, bureau...)
	if one := said[toldProblem](t, got, http.StatusOK); !slices.Contains(one.Can, "dispatch") || slices.Contains(one.Can, "take") || got.Header.Get("ETag") != `"1"` {
		t.Errorf("%v %s", one.Can, got.Header.Get("ETag"))
	}
	if a := w.send(t, http.MethodPost, problemsPath+"/"+p.ID+"/steps", strings.NewReader(`{}`), append(bureau, "Content-Type", jsonBody)...); a.StatusCode != http.StatusPreconditionRequired {
		t.Errorf("without If-Match: %s", a.Status)
	}
	p = said[toldProblem](t, w.stepped(t, p.ID, 1, 1, `"kind": "dispatch", "dept": "D1", "assignee": "P-X"`, bureau), http.StatusOK)
	if p.State != "dispatched" || p.Assignee == nil || p.Assignee.Name != "欧阳海" || p.Deadline == nil || p.Revision != 2 {
		t.Errorf("%+v", p)
	}
	if same := said[toldProblem](t, w.stepped(t, p.ID, 1, 1, `"kind": "dispatch", "dept": "D1", "assignee": "P-X"`, bureau), http.StatusOK); same.Revision != 2 {
		t.Errorf("the same step again: revision %d", same.Revision)
	}
	stale := problemOf(t, w.stepped(t, p.ID, 2, 1, `"kind": "suspend", "note": "x"`, bureau))
	if stale.Type != "stale" || stale.Status != http.StatusPreconditionFailed || !strings.Contains(stale.Detail, "版本 1") || !strings.Contains(stale.Detail, "版本 2") || stale.DetailEn == "" {
		t.Errorf("%+v", stale)
	}
	works := w.as(t, rights.Department)
	said[toldProblem](t, w.stepped(t, p.ID, 3, 2, `"kind": "take"`, works), http.StatusOK)
	after := fmt.Sprintf(`"kind": "rectify", "photos": [{"id": %q, "sha256": %q, "bytes": 9, "kind": "after"}]`, uuid(72, 1), hashOf([]byte("after")))
	p = said[toldProblem](t, w.stepped(t, p.ID, 4, 3, after, works), http.StatusOK)
	if last := p.Events[len(p.Events)-1]; last.Step != "rectify" || len(last.Photos) != 1 {
		t.Errorf("%+v", last)
	}
	p = said[toldProblem](t, w.stepped(t, p.ID, 5, 4, `"kind": "pass"`, officer), http.StatusOK)
	if p.State != "closed" || !slices.Contains(p.Can, "look_back") {
		t.Errorf("%+v", p)
	}
	back := fmt.Sprintf(`"kind": "look_back", "other": %q, "note": "又有", "photos": [{"id": %q, "sha256": %q, "bytes": 9, "kind": "near"}]`, uuid(60, 99), uuid(73, 1), hashOf([]byte("back")))
	p = said[toldProblem](t, w.stepped(t, p.ID, 6, 5, back, officer), http.StatusOK)
	if p.ReopenedBy == nil || *p.ReopenedBy != uuid(60, 99) || slices.Contains(p.Can, "look_back") {
		t.Errorf("%+v", p)
	}
	if one := said[toldProblem](t, w.get(t, problemsPath+"/"+uuid(60, 99), officer...), http.StatusOK); one.Reopens == nil || *one.Reopens != p.ID {
		t.Errorf("%+v", one)
	}
	mine := said[toldProblem](t, w.reported(t, 2, `, "source": "citizen"`, viewer), http.StatusCreated)
	list := said[page[toldProblem]](t, w.get(t, problemsPath, viewer...), http.StatusOK)
	if len(list.Items) != 1 || list.Items[0].ID != mine.ID || list.Total != 1 {
		t.Errorf("a viewer sees %+v", list)
	}
	if one := said[toldProblem](t, w.get(t, problemsPath+"/"+mine.ID, w.as(t, rights.Officer)...), http.StatusOK); !one.Reporter.Masked || one.Reporter.Name != "v**" {
		t.Errorf("the reporter is %+v", one.Reporter)
	}
}

// Everybody reads the problems that the rights reach, one by one, in lists, on the map and in the workbook, and steps those only.
func TestWhoReadsProblems(t *testing.T) {
	w := newTown(t)
	w.settle(t)
	w.catchUp(t, w.write(t, matrixSQL, problemMatrixSQL))
	for _, c := range matrixCallers(t, w) {
		if strings.HasSuffix(c.name, "by browser") { // as by token
			continue
		}
		headers := c.headers()
		for _, s := range append(within(problemIn, "", problemOut, ""), within(problemIn+"/steps", `{"id": "00000000-0000-4000-8000-000000000983", "kind": "void", "note": "x"}`, problemOut+"/steps", `{"id": "00000000-0000-4000-8000-000000000983", "kind": "void", "note": "x"}`)...) {
			method, do, want := http.MethodGet, rights.ReadPatrol, http.StatusOK
			if s.body != "" {
				method, do, want = http.MethodPost, rights.Dispatch, http.StatusConflict
			}
			switch {
			case !c.actor.SignedIn():
				want = http.StatusUnauthorized
			case c.actor.May(do, s.at) != nil:
				want = http.StatusForbidden
			}
			if got := w.statusOf(t, method, s, headers); got != want {
				t.Errorf("%s %s by %s: %d, want %d", method, s.path, c.name, got, want)
			}
		}
		if !c.actor.SignedIn() || c.actor.MustChange {
			continue
		}
		want := 0
		for _, s := range within(problemIn, "", problemOut, "") {
			if c.actor.May(rights.ReadPatrol, s.at) == nil {
				want++
			}
		}
		list := said[page[toldProblem]](t, w.get(t, problemsPath, headers...), http.StatusOK)
		onMap := said[struct{ Features []any }](t, w.get(t, problemsPath+".geojson", headers...), http.StatusOK)
		if list.Total != want || len(list.Items) != want || len(onMap.Features) != want {
			t.Errorf("%s sees %d in the list and %d on the map, want %d", c.name, list.Total, len(onMap.Features), want)
		}
	}
}

func TestBadProblems(t *testing.T) {
	w := newTown(t)
	who := w.as(t, rights.Bureau)
	p := said[toldProblem](t, w.reported(t, 1, "", who, "near"), http.StatusCreated)
	list := badQuestions(t, "patrol_problems.txt")
	for _, b := range list {
		b.path, b.body = strings.ReplaceAll(b.path, "{P}", p.ID), strings.ReplaceAll(b.body, "{P}", p.ID)
		headers := append(slices.Clone(who), "If-Match", `"1"`)
		if b.status == "415" {
			headers = append(headers, "Content-Type", "text/plain")
		}
		w.refuses(t, b, "/api/v1/patrol", headers...)
	}
	if n := w.count(t, `SELECT count(*) FROM problem`) + w.count(t, `SELECT count(*) FROM problem_event`); n != 2 || len(list) < 80 {
		t.Errorf("%d rows after %d bad questions", n, len(list))
	}
}

// repairsSQL are 268 lamps out of which 265 are repaired, and 71 opinions in a market of which 28 are met on the spot.
const repairsSQL = `
INSERT INTO problem (id, number, class, source, title, region_code, state, on_the_spot, rectified_at, closed_at, at, reporter_holder, reporter_account, geom)
SELECT gen_random_uuid(), 'R-' || i, 'lamp_out', 'supervision', '路灯', '370281001001', CASE WHEN i <= 265 THEN 'closed' ELSE 'found' END, false, CASE WHEN i <= 265 THEN now() END,
       CASE WHEN i <= 265 THEN now() END, '2026-03-31 15:59:59+00'::timestamptz - make_interval(hours => i), 901, 'officer', 'SRID=4490;POINT(119.9995 36.27)'
FROM generate_series(1, 268) i;
INSERT INTO problem (id, number, class, source, title, region_code, state, on_the_spot, rectified_at, at, reporter_account)
SELECT gen_random_uuid(), 'M-' || i, 'place_duty', 'spot_check', '市场', '370281001001', CASE WHEN i <= 28 THEN 'rectified' ELSE 'found' END, i <= 28, CASE WHEN i <= 28 THEN now() END,
       '2026-03-31 16:00:00+00'::timestamptz + make_interval(mins => i), 'bureau'
FROM generate_series(1, 71) i`

type toldRates struct {
	Basis string
	Items []struct {
		Code   string
		Name   *string
		Found  int64
		Shares map[string]patrol.Share
	}
	Total struct {
		Found  int64
		Shares map[string]patrol.Share
	}
}

func TestRatesOverHTTP(t *testing.T) {
	w := newTown(t)
	bureau := w.as(t, rights.Bureau)
	w.catchUp(t, w.write(t, repairsSQL))
	rates := func(query string) toldRates {
		return said[toldRates](t, w.get(t, "/api/v1/patrol/rates?"+query, bureau...), http.StatusOK)
	}
	by := rates("by=class")
	if len(by.Items) != 2 || by.Items[0].Code != "lamp_out" || *by.Items[0].Name != "路灯不亮" || by.Basis == "" {
		t.Fatalf("%+v", by)
	}
	lamps, market := by.Items[0].Shares, by.Items[1].Shares
	if s := lamps["closed"]; s.Numerator != 265 || s.Denominator != 268 || math.Abs(*s.Share-0.98881) > 1e-5 {
		t.Errorf("%+v", s)
	}
	if s := market["on_the_spot"]; s.Numerator != 28 || s.Denominator != 71 {
		t.Errorf("%+v", s)
	}
	if s := market["rework"]; s.Numerator != 0 || s.Denominator != 28 || *s.Share != 0 {
		t.Errorf("%+v", s)
	}
	if none := rates("by=street&from=2020-01-01&to=2020-01-02"); len(none.Items) != 0 || none.Total.Found != 0 || none.Total.Shares["closed"].Share != nil {
		t.Errorf("0/0: %+v", none)
	}
	if march := rates("by=source&to=2026-03-31"); march.Total.Found != 268 { // midnight in the city, not in Greenwich
		t.Errorf("until March: %d", march.Total.Found)
	}
	if april := rates("from=2026-04-01&within=370281001&by=street"); april.Total.Found != 71 || len(april.Items) != 1 || *april.Items[0].Name != "阜安街道" {
		t.Errorf("April: %+v", april)
	}
	if who := rates("by=officer"); len(who.Items) != 2 || who.Items[0].Code != "P-901" || *who.Items[0].Name != "王小明" {
		t.Errorf("%+v", who)
	}
	a := w.get(t, "/api/v1/patrol/rates?by=officer", w.as(t, rights.Auditor)...)
	if who := said[toldRates](t, a, http.StatusOK); *who.Items[0].Name != "王**" {
		t.Errorf("not masked: %+v", who)
	}
	table := w.get(t, "/api/v1/patrol/rates?by=class&f=csv", bureau...)
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(table.body, []byte("\ufeff")))).ReadAll()
	if err != nil || len(rows) != 4 || rows[1][2] != "268" || rows[3][1] != "合计" {
		t.Errorf("%v %v", rows, err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(w.get(t, "/api/v1/patrol/rates?by=class&f=xlsx", bureau...).body))
	if err != nil {
		t.Fatal(err)
	}
	if cells, err := book.GetRows("问题统计"); err != nil || len(cells) != 4 || cells[1][4] != "265" {
		t.Errorf("%v %v", cells, err)
	}
	_ = book.Close()
}

// The map is thinned to the latest 5,000 and says so.
func TestProblemsOnTheMap(t *testing.T) {
	w := newTown(t)
	bureau := w.as(t, rights.Bureau)
	w.catchUp(t, w.write(t, strings.ReplaceAll(repairsSQL, "generate_series(1, 268)", "generate_series(1, 5100)")))
	type told struct {
		Total    int
		Thinned  bool
		Features []struct {
			Geometry   struct{ Coordinates []float64 }
			Properties map[string]any
		}
	}
	all := said[told](t, w.get(t, problemsPath+".geojson", bureau...), http.StatusOK)
	if all.Total != 5100 || !all.Thinned || len(all.Features) != 5000 || all.Features[0].Properties["number"] != "R-1" || len(all.Features[0].Geometry.Coordinates) != 2 {
		t.Errorf("%d of %d, %v", len(all.Features), all.Total, all.Thinned)
	}
	some := said[told](t, w.get(t, problemsPath+".geojson?state=closed&bbox=119.99,36.26,120,36.28", bureau...), http.StatusOK)
	if some.Total != 265 || some.Thinned {
		t.Errorf("%d, %v", some.Total, some.Thinned)
	}
	if p := problemOf(t, w.get(t, problemsPath+".xlsx?photos=true", bureau...)); p.Type != "export-too-large" || p.Status != http.StatusUnprocessableEntity {
		t.Errorf("%+v", p)
	}
}

// The workbook has what the list has, and the photos that have come.
func TestProblemsBook(t *testing.T) {
	w, _ := photoTown(t)
	officer := w.as(t, rights.Officer)
	pictures := map[string][]byte{"near": snapshot(t, 5, 0), "after": snapshot(t, 6, 0)}
	var photos []string
	for i, kind := range []string{"near", "after"} {
		data := pictures[kind]
		photos = append(photos, fmt.Sprintf(`{"id": %q, "sha256": %q, "bytes": %d, "kind": %q}`, uuid(75, i), hashOf(data), len(data), kind))
		if a := w.putPiece(t, hashOf(data), 0, len(data), data, officer); a.StatusCode != http.StatusCreated {
			t.Fatalf("%s %s", a.Status, a.body)
		}
	}
	body := fmt.Sprintf(`{"id": %q, "class": "litter", "title": "=1+1", "on_the_spot": true, "fix": {"lon": 119.9995, "lat": 36.27}, "photos": [%s]}`, uuid(60, 1), strings.Join(photos, ","))
	one := said[toldProblem](t, w.send(t, http.MethodPost, problemsPath, strings.NewReader(body), append(officer, "Content-Type", jsonBody)...), http.StatusCreated)
	said[toldProblem](t, w.reported(t, 2, "", officer, "near"), http.StatusCreated) // its photo never comes
	for _, query := range []string{"", "?photos=true"} {
		a := w.get(t, problemsPath+".xlsx"+query, w.as(t, rights.Bureau)...)
		book, err := excelize.OpenReader(bytes.NewReader(a.body))
		if err != nil {
			t.Fatalf("%s: %v", a.Status, err)
		}
		cells, err := book.GetRows("问题台账")
		if err != nil || len(cells) != 3 || cells[0][0] != "编号" || cells[2][0] != one.Number || cells[2][2] != "'=1+1" && cells[2][2] != "=1+1" || cells[2][6] == "" {
			t.Errorf("%s: %v %v", query, cells, err)
		}
		if formula, err := book.GetCellFormula("问题台账", "C3"); err != nil || formula != "" {
			t.Errorf("a formula: %q %v", formula, err)
		}
		var found int
		for _, at := range []string{"W2", "X2", "W3", "X3"} {
			pics, err := book.GetPictures("问题台账", at)
			if err != nil {
				t.Fatal(err)
			}
			found += len(pics)
			if len(pics) > 0 && (at[1] != '3' || !bytes.HasPrefix(pics[0].File, []byte{0xff, 0xd8})) {
				t.Errorf("a picture at %s", at)
			}
		}
		if want := strings.Count(query, "true") * 2; found != want {
			t.Errorf("%q: %d pictures, want %d", query, found, want)
		}
		_ = book.Close()
	}
}

// The person in charge of the duty grid stands with a problem in its list, its detail and its files: the primary before the deputy, nobody who is away, and no
// more of the name than the reader may know.
func TestProblemsNameWhoIsInCharge(t *testing.T) {
	w := newTown(t)
	w.settle(t)
	p := said[toldProblem](t, w.reported(t, 1, "", w.as(t, rights.Officer), "near"), http.StatusCreated)
	if p.Holder == nil || p.Holder.Code != "P-901" {
		t.Fatalf("the officer of %v is %+v", p.DutyGrid, p.Holder)
	}
	w.catchUp(t, w.write(t, `
INSERT INTO holder (id, code, kind, name, dept_code) VALUES (941, 'P-941', 'person', '欧阳海', NULL), (942, 'P-942', 'person', '@上官云', NULL);
INSERT INTO duty (holder_id, role, target_kind, target_id, rank, valid_from) VALUES (941, 'grid_head', 'grid', 13, 'deputy', '2020-01-01'), (942, 'grid_head', 'grid', 13, 'primary', '2020-01-01')`))
	inCharge := func(who []string) (names []string) {
		one := said[toldProblem](t, w.get(t, problemsPath+"/"+p.ID, who...), http.StatusOK)
		list := said[page[toldProblem]](t, w.get(t, problemsPath, who...), http.StatusOK)
		table := w.get(t, problemsPath+"?f=csv", who...)
		rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(table.body, []byte("\ufeff")))).ReadAll()
		if err != nil || len(rows) != 2 || table.Header.Get("Cache-Control") != "no-store" || table.Header.Get("Content-Type") != "text/csv; charset=utf-8" {
			t.Fatalf("%v %v %v", rows, err, table.Header)
		}
		return []string{one.Holder.Name, list.Items[0].Holder.Name, rows[1][slices.Index(rows[0], "网格责任人")]}
	}
	if diff := cmp.Diff([]string{"@上官云", "@上官云", "'@上官云"}, inCharge(w.as(t, rights.Bureau))); diff != "" {
		t.Error(diff)
	}
	if n := w.count(t, `SELECT count(*) FROM access_log WHERE detail->'ids' @> '942' AND detail->>'path' = '/api/v1/patrol/problems'`); n != 2 {
		t.Errorf("%d lines in the access log", n)
	}
	if diff := cmp.Diff([]string{"@**", "@**", "'@**"}, inCharge(w.as(t, rights.Auditor))); diff != "" {
		t.Error(diff)
	}
	w.catchUp(t, w.write(t, `INSERT INTO absence (holder_id, kind, valid_from, valid_to) VALUES (942, 'leave', '2020-01-01', '2099-01-01')`))
	if diff := cmp.Diff([]string{"欧阳海", "欧阳海", "欧阳海"}, inCharge(w.as(t, rights.Bureau))); diff != "" {
		t.Error(diff)
	}
}

func TestClassesOverHTTP(t *testing.T) {
	w := newTown(t)
	bureau := append(w.as(t, rights.Bureau), "Content-Type", jsonBody)
	put := func(body string, more ...string) answer {
		return w.send(t, http.MethodPut, "/api/v1/patrol/classes/noise", strings.NewReader(body), append(slices.Clone(bureau), more...)...)
	}
	type told struct {
		Code       string
		DuplicateM float64 `json:"duplicate_m"`
		Enabled    bool
		Revision   int64
	}
	made := put(`{"parent": "order", "title": "噪声"}`)
	if c := said[told](t, made, http.StatusCreated); c.DuplicateM != 50 || !c.Enabled || made.Header.Get("ETag") != `"1"` {
		t.Errorf("%+v", c)
	}
	if a := put(`{"parent": "order", "title": "噪声"}`); problemOf(t, a).Type != "stale" {
		t.Errorf("made twice: %s", a.Status)
	}
	if c := said[told](t, put(`{"parent": "order", "title": "噪声", "enabled": false}`, "If-Match", `"1"`), http.StatusOK); c.Enabled || c.Revision != 2 {
		t.Errorf("%+v", c)
	}
	if c := said[told](t, put(`{"parent": "order", "title": "噪声"}`, "If-Match", `*`), http.StatusOK); c.Revision != 3 {
		t.Errorf("%+v", c)
	}
	list := said[struct{ Items []told }](t, w.get(t, "/api/v1/patrol/classes", w.as(t, rights.Viewer)...), http.StatusOK)
	if !slices.ContainsFunc(list.Items, func(c told) bool { return c.Code == "noise" }) || len(list.Items) < 50 {
		t.Errorf("%d classes", len(list.Items))
	}
	if n := w.count(t, `SELECT count(*) FROM change WHERE entity = 'problem_class' AND op = 'update' AND actor = 'bureau'`); n != 2 {
		t.Errorf("%d changes in the audit", n)
	}
}
