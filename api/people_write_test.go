package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"wangge/grid/rights"
)

// written reads the answer of a write that must have a status.
func written[T any](t *testing.T, a answer, status int) (v T) {
	t.Helper()
	if a.StatusCode != status {
		t.Fatalf("%s %s: %s\n%s", a.Request.Method, a.Request.URL.Path, a.Status, a.body)
	}
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("%v\n%s", err, a.body)
	}
	return v
}

// refusedWith checks the kind of a problem and the place that it names.
func refusedWith(t *testing.T, a answer, status int, code, pointer string) {
	t.Helper()
	p := problemOf(t, a)
	if a.StatusCode != status || p.Type != code {
		t.Errorf("%s %s: %s %s, want %d %s\n%s", a.Request.Method, a.Request.URL.Path, a.Status, p.Type, status, code, a.body)
	}
	if pointer != "" && (len(p.Errors) == 0 || p.Errors[0].Pointer == nil || *p.Errors[0].Pointer != pointer) {
		t.Errorf("%s %s: wants %s\n%s", a.Request.Method, a.Request.URL.Path, pointer, a.body)
	}
}

func TestPeopleAreWritten(t *testing.T) {
	w := peopleTown(t)
	me := w.as(t, rights.Bureau)
	post := func(path, body string, headers ...string) answer {
		return w.post(t, http.MethodPost, path, body, append(headers, me...)...)
	}
	a := post("/api/v1/persons", `{"name": "王 小红", "phone": "+86 139 1234 5678", "dept": "D1", "title": "科员"}`)
	person := written[holderTold](t, a, http.StatusCreated)
	if person.Name != "王**" || person.Phone != "139****5678" || !person.Masked || a.Header.Get("Location") != "/api/v1/persons/"+person.Code || a.Header.Get("ETag") != `"1"` {
		t.Errorf("%+v %v", person, a.Header)
	}
	at := "/api/v1/persons/" + person.Code
	refusedWith(t, post("/api/v1/persons", `{"name": "", "phone": "12"}`), http.StatusBadRequest, "invalid-request", "/name")
	refusedWith(t, post("/api/v1/persons", `{"name": "王", "code": "P-911"}`), http.StatusConflict, "code-taken", "")
	refusedWith(t, w.post(t, http.MethodPatch, at, `{"title": "科长"}`, me...), http.StatusPreconditionRequired, "if-match-required", "")
	refusedWith(t, w.post(t, http.MethodPatch, at, `{"title": "科长"}`, append(me, "If-Match", `"9"`)...), http.StatusPreconditionFailed, "stale", "")
	if a := w.post(t, http.MethodPatch, at, `{"title": "科长"}`, append(me, "If-Match", `"1"`)...); a.StatusCode != http.StatusOK || a.Header.Get("ETag") != `"2"` {
		t.Errorf("%s %s", a.Status, a.body)
	}

	duty := fmt.Sprintf(`{"holder": %q, "role": "grid_officer", "target": {"kind": "grid", "scheme": "duty", "code": "Z-01"}, "hours": "8:00-18:00", "valid_from": "2026-01-01"}`, person.Code)
	type dutyTold struct {
		ID     int64
		Hours  string
		Target struct{ Code, Scheme string }
		Holder holderTold
	}
	first := post("/api/v1/duties", duty, "Idempotency-Key", "once")
	given := written[dutyTold](t, first, http.StatusCreated)
	if given.Hours != "08:00-18:00" || given.Target.Code != "Z-01" || given.Target.Scheme != "duty" || given.Holder.Name != "王**" {
		t.Errorf("%+v", given)
	}
	if again := post("/api/v1/duties", duty, "Idempotency-Key", "once"); again.StatusCode != http.StatusCreated || !bytes.Equal(again.body, first.body) {
		t.Errorf("a retry: %s %s", again.Status, again.body)
	}
	refusedWith(t, post("/api/v1/duties", duty), http.StatusConflict, "duty-twice", "")
	refusedWith(t, post("/api/v1/duties", strings.Replace(duty, "2026-01-01", "2026-01-01\", \"valid_to\": \"2025-12-31", 1)), http.StatusBadRequest, "invalid-request", "/valid_to")
	refusedWith(t, post("/api/v1/duties/batch", `{"operations": [{"end": {"id": `+fmt.Sprint(given.ID)+`}}, {"add": `+strings.Replace(duty, "Z-01", "Z-99", 1)+`}]}`), http.StatusBadRequest, "invalid-request", "/operations/1/add/target")
	refusedWith(t, post("/api/v1/duties/batch", `{"operations": [{}]}`), http.StatusBadRequest, "invalid-request", "/operations/0")
	refusedWith(t, w.ask(t, http.MethodDelete, at, append(me, "If-Match", `"2"`)...), http.StatusConflict, "has-duties", "")

	absence := post(at+"/absences", fmt.Sprintf(`{"kind": "leave", "valid_from": "2030-01-01", "valid_to": "2030-01-31", "substitutes": [{"duty": %d, "holder": "P-912"}]}`, given.ID))
	away := written[struct {
		ID          int64
		Substitutes []dutyTold
	}](t, absence, http.StatusCreated)
	if len(away.Substitutes) != 1 {
		t.Errorf("%s", absence.body)
	}
	refusedWith(t, post(at+"/absences", `{"kind": "leave", "valid_from": "2030-01-31", "valid_to": "2030-02-01"}`), http.StatusConflict, "absent-twice", "")
	if a := w.ask(t, http.MethodDelete, fmt.Sprintf("%s/absences/%d", at, away.ID), append(me, "If-Match", `"1"`)...); a.StatusCode != http.StatusOK {
		t.Errorf("%s %s", a.Status, a.body)
	}
	handed := written[struct {
		Ended int
		Made  []dutyTold
	}](t, post(at+"/handover", `{"to": "P-912", "note": "轮岗"}`), http.StatusOK)
	if handed.Ended != 1 || len(handed.Made) != 1 {
		t.Errorf("%+v", handed)
	}
	if a := w.ask(t, http.MethodDelete, fmt.Sprint("/api/v1/duties/", handed.Made[0].ID), append(me, "If-Match", `"1"`)...); a.StatusCode != http.StatusOK {
		t.Errorf("%s %s", a.Status, a.body)
	}
	if a := w.ask(t, http.MethodDelete, at, append(me, "If-Match", `"2"`)...); a.StatusCode != http.StatusOK {
		t.Errorf("%s %s", a.Status, a.body)
	}
}

func TestRulesAreWritten(t *testing.T) {
	w := peopleTown(t)
	me := w.as(t, rights.Bureau)
	put := func(path, body, tag string) answer {
		return w.post(t, http.MethodPut, path, body, append(me, "If-Match", tag)...)
	}
	a := w.get(t, "/api/v1/requirements", me...)
	tag := a.Header.Get("ETag")
	refusedWith(t, put("/api/v1/requirements", `{}`, tag), http.StatusBadRequest, "invalid-request", "/items")
	refusedWith(t, put("/api/v1/requirements", `{"items": [{"target_kind": "grid", "role": "king", "at_least": 1}]}`, tag), http.StatusBadRequest, "invalid-request", "/items/0/role")
	refusedWith(t, put("/api/v1/requirements", `{"items": []}`, `"7"`), http.StatusPreconditionFailed, "stale", "")
	b := put("/api/v1/requirements", `{"items": [{"target_kind": "grid", "applies_to": "duty", "role": "grid_head", "at_least": 1, "at_most": 1}]}`, tag)
	if b.StatusCode != http.StatusOK || b.Header.Get("ETag") == tag {
		t.Errorf("%s %s", b.Status, b.body)
	}
	w.catchUp(t, b.Header.Get("Wangge-Revision"))
	if c := w.get(t, "/api/v1/requirements", me...); c.Header.Get("ETag") != b.Header.Get("ETag") {
		t.Errorf("the tag of what was written is %s, of what is read %s", b.Header.Get("ETag"), c.Header.Get("ETag"))
	}
	if d := put("/api/v1/load-limits", `{"items": []}`, "*"); d.StatusCode != http.StatusOK {
		t.Errorf("%s %s", d.Status, d.body)
	}
}

// ledgerOf makes a workbook of rows.
func ledgerOf(t *testing.T, rows ...[]any) *bytes.Buffer {
	t.Helper()
	f := excelize.NewFile()
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return &b
}

func TestLedgerIsImported(t *testing.T) {
	w := peopleTown(t)
	me := w.as(t, rights.Bureau)
	const xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	book := ledgerOf(t, []any{"姓名", "电话", "角色", "责任网格"}, []any{"王 小红", 13912345678, "网格员", "第一责任网格"}, []any{"李四", "13912345679", "网格员", "第九网格"})
	send := func(query, media string, body []byte) answer {
		return w.send(t, http.MethodPost, "/api/v1/persons/import"+query, bytes.NewReader(body), append([]string{"Content-Type", media}, me...)...)
	}
	type outcome struct {
		Read, Inserted, Updated, Unchanged, Rejected int
		Duties                                       struct{ Inserted, Updated, Unchanged int }
		Rows                                         []struct {
			Row      int
			Reason   string
			Rejected bool
		}
	}
	people := func() (n int) {
		if err := w.pool.QueryRow(t.Context(), `SELECT count(*) FROM holder`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := people()
	dry := written[outcome](t, send("?dry_run=true", xlsx, book.Bytes()), http.StatusOK)
	if dry.Read != 2 || dry.Inserted != 1 || dry.Duties.Inserted != 1 || dry.Rejected != 1 || people() != before {
		t.Errorf("dry: %+v", dry)
	}
	done := written[outcome](t, send("?scheme=duty", xlsx, book.Bytes()), http.StatusOK)
	if done.Inserted != 1 || len(done.Rows) != 1 || done.Rows[0].Row != 3 || people() != before+1 {
		t.Errorf("%+v", done)
	}
	if again := written[outcome](t, send("", xlsx, book.Bytes()), http.StatusOK); again.Unchanged != 1 || again.Duties.Unchanged != 1 || again.Inserted+again.Updated+again.Duties.Inserted != 0 {
		t.Errorf("again: %+v", again)
	}
	refusedWith(t, send("?scheme=zz", xlsx, book.Bytes()), http.StatusNotFound, "no-such-scheme", "")
	refusedWith(t, send("", "text/csv", []byte("a,b")), http.StatusUnsupportedMediaType, "not-a-workbook", "")
	refusedWith(t, send("", xlsx, []byte("not a workbook")), http.StatusUnprocessableEntity, "workbook-unreadable", "")
	refusedWith(t, send("", xlsx, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")), http.StatusUnprocessableEntity, "workbook-encrypted", "")
	refusedWith(t, send("", xlsx, make([]byte, 2<<20)), http.StatusUnprocessableEntity, "workbook-unreadable", "") // longer than other bodies may be, and read
	refusedWith(t, send("", xlsx, make([]byte, 16<<20+1)), http.StatusRequestEntityTooLarge, "body-too-large", "")
	refusedWith(t, w.post(t, http.MethodPost, "/api/v1/persons", `{"name": "`+strings.Repeat("王", 1<<20)+`"}`, me...), http.StatusRequestEntityTooLarge, "body-too-large", "")
	if people() != before+1 {
		t.Error("something stayed")
	}
}
