package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wangge/grid/rights"
	"wangge/layers/postgres"
)

// importAnswer is what the tests want to know of an import.
type importAnswer struct {
	ID         int64
	State      string
	Revision   int64
	Layer      *string
	Inspection *struct {
		Format    string
		Charset   *string
		HeaderRow int `json:"header_row"`
		Rows      int64
		Sheets    []struct {
			LayerGuess *string `json:"layer_guess"`
		}
		Columns []struct {
			Heading, By string
			Field, Unit *string
			Filled      int
		}
		Geometry struct{ Kind, Lon, Lat string }
		Datum    struct {
			Stated     *string
			Needed     bool
			Candidates []struct{ Code, Axes string }
			Problem    *string
		}
		MissingRequired []string `json:"missing_required"`
	}
	Result *struct {
		Read, Inserted, Updated, Unchanged, Rejected, Aside, Duplicates int64
		Revision                                                        *string
		ByCode                                                          []struct {
			Code  string
			Count int64
		} `json:"by_code"`
	}
	Problem *struct {
		Title   string
		TitleEn string `json:"title_en"`
	}
}

// withRunner runs the imports of a town until the test ends.
func (w *town) withRunner(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- postgres.NewRunner(w.api.cfg.Imports, slog.New(slog.DiscardHandler)).Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		<-done
	})
}

// upload sends a file.
func (w *town) upload(t *testing.T, name, content string, who ...string) importAnswer {
	t.Helper()
	return said[importAnswer](t, w.send(t, "POST", "/api/v1/imports?name="+url.QueryEscape(name), strings.NewReader(content), append([]string{"Content-Type", "application/octet-stream"}, who...)...), 201)
}

// settled waits until an import is in a state.
func (w *town) settled(t *testing.T, id int64, state string, who ...string) importAnswer {
	t.Helper()
	for began := time.Now(); time.Since(began) < 20*time.Second; {
		got := said[importAnswer](t, w.get(t, fmt.Sprintf("/api/v1/imports/%d", id), who...), http.StatusOK)
		if got.State == state {
			return got
		}
		if got.State == "failed" || got.State == "done" {
			t.Fatalf("%s: %+v", got.State, got.Problem)
		}
		select {
		case <-t.Context().Done():
		case <-time.After(10 * time.Millisecond):
		}
	}
	t.Fatalf("import %d is not %s", id, state)
	return importAnswer{}
}

// toiletLedger is what a bureau holds: a title, two rows of notes, and rows of every kind.
const toiletLedger = "胶州市公厕台账,,,,,,\n单位：环卫中心,,,,,,\n序号,名称,经度,纬度,等级,男厕位,地址\n" +
	"1,云溪公厕,119.9991,36.2691,一类,约3,扬州路1号\n" + // taken, its number bounded
	"2,少海公共厕所,119.99952,36.27021,二类,2,\n" + // near 少海公厕 of the record
	"3,无名公厕,,,二类,4,扬州路9号\n" + // set aside
	"4,远方公厕,116.3,39.9,二类,4,\n" + // outside
	"5,怪公厕,119.9993,36.2693,特级,4,\n" + // no such grade
	"合计,,,,,17,\n"

func TestImport(t *testing.T) {
	w := newTown(t)
	w.withRunner(t)
	w.write(t, `ALTER TABLE public_toilet ALTER COLUMN id RESTART WITH 100`)
	bureau := w.as(t, rights.Bureau)
	got := w.upload(t, "公厕.csv", toiletLedger, bureau...)
	in := got.Inspection
	if got.State != "uploaded" || in == nil || in.Format != "csv" || *in.Charset != "utf-8" || in.HeaderRow != 3 || in.Rows != 6 || *in.Sheets[0].LayerGuess != "public_toilet" ||
		in.Geometry.Kind != "columns" || in.Geometry.Lon != "经度" || !in.Datum.Needed || in.Datum.Candidates[0].Code != "CRS84" {
		t.Fatalf("%+v", got)
	}
	path := fmt.Sprintf("/api/v1/imports/%d", got.ID)
	isProblem(t, w.post(t, "POST", path+"/check", `{}`, bureau...), 400, "invalid-request") // no layer, no datum
	got = said[importAnswer](t, w.post(t, "PATCH", path, `{"layer": "public_toilet", "datum": "wgs84", "maps": {"序号": ""}}`, append(bureau, "If-Match", etag(got.Revision))...), http.StatusOK)
	fields := map[string]string{}
	for _, c := range got.Inspection.Columns {
		if c.Field != nil {
			fields[c.Heading] = *c.Field + " " + c.By
		}
	}
	if diff := cmp.Diff(map[string]string{"名称": "name label", "等级": "grade label", "男厕位": "male_stalls label"}, fields); diff != "" {
		t.Error(diff)
	}
	isProblem(t, w.post(t, "POST", path+"/commit", `{}`, append(bureau, "If-Match", etag(got.Revision))...), 409, "import-state")
	said[importAnswer](t, w.post(t, "POST", path+"/check", `{}`, bureau...), 202)
	got = w.settled(t, got.ID, "checked", bureau...)
	if r := got.Result; r.Read != 6 || r.Inserted != 2 || r.Rejected != 3 || r.Aside != 1 || r.Duplicates != 1 || r.Revision != nil {
		t.Errorf("%+v", got.Result)
	}
	if n := w.count(t, `SELECT count(*) FROM public_toilet`); n != 1 {
		t.Errorf("the trial left %d toilets", n)
	}
	codes := map[string]string{}
	rows := said[page[struct {
		Row      int
		Outcome  string
		Code     *string
		Geometry *struct{ Type string }
	}]](t, w.get(t, path+"/rows?limit=1000", bureau...), http.StatusOK)
	for _, r := range rows.Items {
		code := r.Outcome
		if r.Code != nil {
			code += " " + *r.Code
		}
		codes[fmt.Sprint(r.Row, " ", r.Outcome)] = code
	}
	want := map[string]string{"4 insert": "insert", "5 insert": "insert", "5 duplicate": "duplicate likely_duplicate", "6 aside": "aside unplaced", "7 rejected": "rejected outside_regions",
		"8 rejected": "rejected bad_value", "9 rejected": "rejected total_row"}
	if diff := cmp.Diff(want, codes); diff != "" {
		t.Error(diff)
	}
	commit := slices.Concat(bureau, []string{"If-Match", etag(got.Revision), "Idempotency-Key", "c1"})
	said[importAnswer](t, w.post(t, "POST", path+"/commit", `{}`, commit...), 202)
	got = w.settled(t, got.ID, "done", bureau...)
	if got.Result.Inserted != 2 || got.Result.Revision == nil {
		t.Errorf("%+v", got.Result)
	}
	if n := w.count(t, `SELECT count(*) FROM public_toilet WHERE extra->'bounds'->>'male_stalls' = '~' AND male_stalls = 3 AND updated_by = 'bureau'`); n != 1 {
		t.Error("the bounded number is not there")
	}
	if n := w.count(t, `SELECT count(*) FROM import_chunk`); n != 0 {
		t.Errorf("%d chunks of a file that is in the record", n)
	}
	report := w.get(t, path+"/report.csv", bureau...)
	if text := string(report.body); report.StatusCode != http.StatusOK || strings.Count(text, "\r\n") != 6 || !strings.Contains(text, "outside_regions") {
		t.Errorf("%s\n%s", report.Status, text)
	}
	if a := w.get(t, path+"/report.xlsx", bureau...); a.StatusCode != http.StatusOK || string(a.body[:2]) != "PK" {
		t.Error(a.Status)
	}
	w.asideAndPairs(t, bureau)
}

// asideAndPairs decides about what the import has left.
func (w *town) asideAndPairs(t *testing.T, bureau []string) {
	t.Helper()
	aside := said[page[struct {
		ID, Revision  int64
		Name, Address string
		State         string
		FeatureID     *int64 `json:"feature_id"`
	}]](t, w.get(t, "/api/v1/unplaced?layer=public_toilet&state=open", bureau...), http.StatusOK)
	if len(aside.Items) != 1 || aside.Items[0].Name != "无名公厕" || aside.Items[0].Address != "扬州路9号" {
		t.Fatalf("%+v", aside)
	}
	path := fmt.Sprintf("/api/v1/unplaced/%d", aside.Items[0].ID)
	isProblem(t, w.post(t, "POST", path+"/place", `{"geometry": {"type": "Point", "coordinates": [500, 1]}}`, bureau...), 400, "invalid-request")
	isProblem(t, w.post(t, "POST", path+"/place", `{"geometry": {"type": "Point", "coordinates": [120.0001, 36.2701]}}`, append(bureau, "If-Match", `"9"`)...), 412, "stale")
	placed := w.post(t, "POST", path+"/place", `{"geometry": {"type": "Point", "coordinates": [120.0001, 36.2701]}}`, append(bureau, "If-Match", etag(aside.Items[0].Revision))...)
	if placed.StatusCode != http.StatusOK {
		t.Fatalf("%s %s", placed.Status, placed.body)
	}
	if n := w.count(t, `SELECT count(*) FROM public_toilet WHERE name = '无名公厕' AND male_stalls = 4`); n != 1 {
		t.Error("it is not on the map")
	}
	isProblem(t, w.post(t, "POST", path+"/dismiss", `{}`, bureau...), 409, "decided")
	pairs := said[page[struct {
		ID, Revision int64
		Features     []struct {
			ID   int64
			Name string
		}
	}]](t, w.get(t, "/api/v1/duplicates?layer=public_toilet&state=open", bureau...), http.StatusOK)
	if len(pairs.Items) != 1 || len(pairs.Items[0].Features) != 2 {
		t.Fatalf("%+v", pairs)
	}
	pair := fmt.Sprintf("/api/v1/duplicates/%d", pairs.Items[0].ID)
	isProblem(t, w.post(t, "POST", pair+"/merge", `{"keep": 1}`, bureau...), 400, "invalid-request")
	if a := w.post(t, "POST", pair+"/dismiss", `{}`, w.as(t, rights.Department)...); a.StatusCode != http.StatusForbidden {
		t.Errorf("another department decides about a pair: %s", a.Status)
	}
	merged := w.post(t, "POST", pair+"/merge", `{"keep": 7}`, bureau...)
	if merged.StatusCode != http.StatusOK {
		t.Fatalf("%s %s", merged.Status, merged.body)
	}
	if n := w.count(t, `SELECT count(*) FROM public_toilet WHERE id = 7 AND grade = 'class_1' AND male_stalls = 2`); n != 1 {
		t.Error("the kept one was not filled from the other")
	}
}

// isProblem holds an answer against the problem that it should be.
func isProblem(t *testing.T, a answer, status int, code string) {
	t.Helper()
	if p := problemOf(t, a); p.Status != status || p.Type != code {
		t.Errorf("%s, want %d %s\n%s", a.Status, status, code, a.body)
	}
}

func etag(revision int64) string { return fmt.Sprintf(`"%d"`, revision) }

// A street office brings in what lies in its street, a department what is its own; they do not see each other's files.
func TestImportRights(t *testing.T) {
	w := newTown(t)
	w.withRunner(t)
	ledger := "名称,经度,纬度,主管部门\n甲,119.999,36.27,D1\n乙,120.07,36.27,D3\n"
	w.write(t, `INSERT INTO department (code, name, kind) VALUES ('D3', '园林处', 'competent')`)
	for _, role := range []rights.Role{rights.Street, rights.Department} {
		who := w.as(t, role)
		got := w.upload(t, string(role)+".csv", ledger, who...)
		path := fmt.Sprintf("/api/v1/imports/%d", got.ID)
		got = said[importAnswer](t, w.post(t, "PATCH", path, `{"layer": "public_toilet", "datum": "wgs84"}`, append(who, "If-Match", etag(got.Revision))...), http.StatusOK)
		said[importAnswer](t, w.post(t, "POST", path+"/check", `{}`, who...), 202)
		got = w.settled(t, got.ID, "checked", who...)
		if r := got.Result; r.Inserted != 1 || r.Rejected != 1 || r.ByCode[0].Code != "not_yours" {
			t.Errorf("%s: %+v", role, r)
		}
		other := rights.Department
		if role == other {
			other = rights.Street
		}
		if a := w.get(t, path, w.as(t, other)...); a.StatusCode != http.StatusNotFound {
			t.Errorf("%s sees an import of %s", other, role)
		}
	}
}

// A job whose server has died is called failed, and can be run again.
func TestImportOfADeadServer(t *testing.T) {
	w := newTown(t)
	bureau := w.as(t, rights.Bureau)
	got := w.upload(t, "a.csv", "名称,经度,纬度\n甲,119.999,36.27\n", bureau...)
	path := fmt.Sprintf("/api/v1/imports/%d", got.ID)
	got = said[importAnswer](t, w.post(t, "PATCH", path, `{"layer": "public_toilet", "datum": "wgs84"}`, append(bureau, "If-Match", etag(got.Revision))...), http.StatusOK)
	w.write(t, fmt.Sprintf(`UPDATE import_job SET state = 'checking', heard_at = now() - interval '2 minutes' WHERE id = %d`, got.ID))
	w.withRunner(t)
	for began := time.Now(); ; {
		got = said[importAnswer](t, w.get(t, path, bureau...), http.StatusOK)
		if got.State == "failed" {
			break
		}
		if time.Since(began) > 20*time.Second {
			t.Fatalf("%+v", got)
		}
	}
	if got.Problem == nil || got.Problem.Title == "" || got.Problem.TitleEn == "" {
		t.Errorf("%+v", got.Problem)
	}
	said[importAnswer](t, w.post(t, "POST", path+"/check", `{}`, bureau...), 202)
	w.settled(t, got.ID, "checked", bureau...)
	said[importAnswer](t, w.post(t, "POST", path+"/check", `{}`, bureau...), 202)
	w.settled(t, got.ID, "checked", bureau...)
	if a := w.ask(t, "DELETE", path, bureau...); a.StatusCode != http.StatusNoContent {
		t.Errorf("%s %s", a.Status, a.body)
	}
}

// importMatrix are the rows of the matrix of rights.
func importMatrix() []row {
	gone := []int{http.StatusNotFound}
	ok := []int{http.StatusOK}
	rows := []row{
		{"POST /api/v1/imports", rights.EditInventory, of("/api/v1/imports?name=a.xlsx", "PK"), []int{http.StatusUnprocessableEntity, http.StatusUnsupportedMediaType}},
		{"GET /api/v1/imports", rights.EditInventory, of("/api/v1/imports"), ok},
		{"GET /api/v1/imports/{id}", rights.EditInventory, of("/api/v1/imports/999999"), gone},
		{"PATCH /api/v1/imports/{id}", rights.EditInventory, of("/api/v1/imports/999999", `{}`), gone},
		{"DELETE /api/v1/imports/{id}", rights.EditInventory, of("/api/v1/imports/999999"), gone},
		{"GET /api/v1/unplaced", rights.EditInventory, of("/api/v1/unplaced"), ok},
		{"GET /api/v1/duplicates", rights.EditInventory, of("/api/v1/duplicates"), ok},
		{"POST /api/v1/unplaced/{id}/place", rights.EditInventory, of("/api/v1/unplaced/999999/place", `{"geometry": {"type": "Point", "coordinates": [120, 36]}}`), gone},
		{"POST /api/v1/unplaced/{id}/dismiss", rights.EditInventory, of("/api/v1/unplaced/999999/dismiss", `{}`), gone},
		{"POST /api/v1/duplicates/{id}/merge", rights.EditInventory, of("/api/v1/duplicates/999999/merge", `{"keep": 1}`), gone},
		{"POST /api/v1/duplicates/{id}/dismiss", rights.EditInventory, of("/api/v1/duplicates/999999/dismiss", `{}`), gone},
	}
	for _, one := range []string{"POST check", "POST commit", "POST cancel", "GET rows", "GET report.csv", "GET report.xlsx"} {
		method, part, _ := strings.Cut(one, " ")
		rows = append(rows, row{method + " /api/v1/imports/{id}/" + part, rights.EditInventory, of("/api/v1/imports/999999/"+part, map[string]string{"POST": `{}`}[method]), gone})
	}
	return rows
}
