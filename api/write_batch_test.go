package api

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"wangge/grid/rights"
)

const batchPath = "/api/v1/features/batch"

// batchProblem is the answer to a batch that was not done.
type batchProblem struct {
	Type    string
	Results []struct {
		Op, Layer, Status string
		ID, Revision      int64
		Errors            []struct{ Pointer, Type, Detail, DetailEn string }
	}
}

func batchOf(ops ...string) string { return `{"operations": [` + strings.Join(ops, ", ") + `]}` }

const createOp = `{"op": "create", "layer": "public_toilet", "feature": {"geometry": {"type": "Point", "coordinates": [120.0001, 36.2701]}, "properties": {"name": "批"}}}`

func TestBatch(t *testing.T) {
	w, bureau := writers(t)
	f, path, _ := w.made(t, bureau)
	a := w.post(t, "POST", batchPath, batchOf(createOp,
		fmt.Sprintf(`{"op": "update", "layer": "public_toilet", "id": %d, "match": "1.whatever", "feature": {"properties": {"status": "closed"}}}`, f.ID),
		`{"op": "replace", "layer": "road", "id": 1, "match": "*", "feature": {"type": "Feature", "geometry": {"type": "LineString", "coordinates": [[119.9992, 36.27], [120.0009, 36.27]]}, "properties": {"class": "支路"}}}`,
		`{"op": "delete", "layer": "public_toilet", "id": 7, "match": "1"}`,
		fmt.Sprintf(`{"op": "update", "layer": "public_toilet", "id": %d, "match": "2", "feature": {"geometry": {"type": "Point", "coordinates": [120.0002, 36.2701]}}}`, f.ID)), bureau...)
	got := said[batchProblem](t, a, http.StatusOK)
	for i, want := range []string{"create public_toilet 1", "update public_toilet 2", "replace road 2", "delete public_toilet 1", "update public_toilet 3"} {
		r := got.Results[i]
		if fmt.Sprint(r.Op, " ", r.Layer, " ", r.Revision) != want || r.Status != "ok" || r.ID == 0 {
			t.Errorf("%d: %+v", i, r)
		}
	}
	if after := said[item](t, w.get(t, path, bureau...), http.StatusOK); after.Revision != 3 || after.Properties["status"] != "closed" {
		t.Errorf("%+v", after)
	}
	var transactions int
	if err := w.pool.QueryRow(t.Context(), `SELECT count(DISTINCT txid) FROM change WHERE request_id = $1`, a.Header.Get("X-Request-Id")).Scan(&transactions); err != nil || transactions != 1 {
		t.Errorf("%d transactions, %v", transactions, err)
	}
}

// A batch with faults is not done, and each operation hears of its own.
func TestBatchRefuses(t *testing.T) {
	w, bureau := writers(t)
	before := w.rows(t)
	a := w.post(t, "POST", batchPath, batchOf(createOp,
		`{"op": "create", "layer": "public_toilet", "feature": {"geometry": {"type": "Point", "coordinates": [120.0001, 36.2701]}, "properties": {"grade": "vast", "colour": 1}}}`,
		`{"op": "update", "layer": "public_toilet", "id": 7, "match": "5", "feature": {"properties": {"name": "x"}}}`,
		`{"op": "update", "layer": "public_toilet", "id": 999, "match": "*", "feature": {"properties": {"name": "x"}}}`,
		`{"op": "delete", "layer": "unit_grid", "id": 11, "match": "*"}`,
		`{"op": "delete", "layer": "ground", "id": 11, "match": "*"}`,
		`{"op": "vanish", "layer": "road", "id": 1, "match": "*"}`,
		`{"op": "update", "layer": "road", "id": 1, "feature": {}}`,
		`{"op": "update", "layer": "road", "match": "1", "feature": {}}`,
		`{"op": "update", "layer": "road", "id": 1, "match": "1"}`,
		`{"op": "create", "layer": "public_toilet", "feature": {"geometry": {"type": "Point", "coordinates": [100, 30]}}}`,
		`{"op": "create", "layer": "public_toilet", "feature": {"geometry": {"type": "Point", "coordinates": [120, 36.27]}, "properties": {"code": "T-7"}}}`,
		`{"op": "create", "layer": "public_toilet", "feature": {"geometry": {"type": "Point", "coordinates": [120, 36.27]}, "properties": {"source": "secret", "source_key": "7"}}}`,
		`{"op": "create", "layer": "public_toilet", "feature": [1]}`,
		createOp), bureau...)
	got := said[batchProblem](t, a, http.StatusUnprocessableEntity)
	if got.Type != problemType+"batch" {
		t.Error(got.Type)
	}
	for i, want := range []string{"ok", "fault /feature/properties/colour", "stale /match", "not_found /id", "fault /layer method-not-allowed", "fault /layer", "fault /op", "fault /match", "fault /id", "fault /feature",
		"fault /feature/geometry outside-regions", "fault /feature/properties/code code-taken", "fault /feature/properties/source_key source-key-taken", "fault /feature", "ok"} {
		r := got.Results[i]
		says := r.Status
		if len(r.Errors) > 0 {
			says = strings.TrimSpace(r.Status + " " + strings.TrimPrefix(r.Errors[0].Pointer, fmt.Sprintf("/operations/%d", i)) + " " + r.Errors[0].Type)
		}
		if says != want || r.Op == "create" && r.ID != 0 {
			t.Errorf("%d: %s, want %s: %+v", i, says, want, r)
		}
	}
	if w.rows(t) != before {
		t.Error("something was written")
	}
}

// Who may in the own area is told of operations elsewhere, and nothing is done.
func TestBatchRights(t *testing.T) {
	w, _ := writers(t)
	w.write(t, matrixSQL[strings.Index(matrixSQL, "INSERT INTO region"):strings.Index(matrixSQL, "INSERT INTO holder")])
	inside := createOp
	outside := strings.Replace(createOp, "120.0001", "120.07", 1)
	owned := strings.Replace(createOp, `"name": "批"`, `"owner_dept": "D1"`, 1)
	for _, c := range []struct {
		role   rights.Role
		ops    string
		status int
		want   string
	}{
		{rights.Bureau, batchOf(inside, outside), 200, "ok ok"},
		{rights.Street, batchOf(inside, inside), 200, "ok ok"},
		{rights.Street, batchOf(inside, outside), 422, "ok forbidden"},
		{rights.Department, batchOf(owned, strings.Replace(owned, "120.0001", "120.07", 1)), 200, "ok ok"},
		{rights.Department, batchOf(owned, inside), 422, "ok forbidden"},
		{rights.Street, batchOf(`{"op": "update", "layer": "public_toilet", "id": 7, "match": "*", "feature": {"geometry": {"type": "Point", "coordinates": [120.07, 36.27]}}}`), 422, "forbidden"},
		{rights.Department, batchOf(`{"op": "update", "layer": "road", "id": 1, "match": "*", "feature": {"properties": {"competent_dept": "D2"}}}`), 422, "forbidden"},
		{rights.Department, batchOf(`{"op": "delete", "layer": "public_toilet", "id": 7, "match": "*"}`), 422, "forbidden"},
		{rights.Officer, batchOf(inside), 403, ""}, {rights.Planner, batchOf(inside), 403, ""}, {rights.Admin, batchOf(inside), 403, ""}, {rights.Nobody, batchOf(inside), 401, ""},
	} {
		a := w.post(t, "POST", batchPath+"?dry_run=true", c.ops, w.as(t, c.role)...)
		if a.StatusCode != c.status {
			t.Errorf("%s %s: %s %s", c.role, c.ops, a.Status, a.body)
			continue
		}
		if c.role == rights.Officer && !strings.Contains(string(a.body), "建议") {
			t.Errorf("%s", a.body)
		}
		var states []string
		for _, r := range said[batchProblem](t, a, c.status).Results {
			states = append(states, r.Status)
		}
		if strings.Join(states, " ") != c.want {
			t.Errorf("%s %s: %v, want %s", c.role, c.ops, states, c.want)
		}
	}
}

// Many ramps that lie by the streets only when the shift of GCJ-02 is taken off are refused together, though each by itself would pass.
func TestBatchFindsShifts(t *testing.T) {
	w, bureau := writers(t)
	w.write(t, `INSERT INTO road (class, geom) SELECT 'branch', ST_SetSRID(ST_MakeLine(ST_MakePoint(119.98 + n * 0.0006, 36.262), ST_MakePoint(119.98 + n * 0.0006, 36.279)), 4490) FROM generate_series(0, 60) n`)
	ramps := func(east float64) string {
		var ops []string
		for n := range 20 {
			ops = append(ops, fmt.Sprintf(`{"op": "create", "layer": "barrier_free_ramp", "feature": {"geometry": {"type": "Point", "coordinates": [%.7f, %.6f]}, "properties": {"kind": "kerb"}}}`,
				119.98+0.0006*20+east, 36.265+float64(n)*0.0005))
		}
		return batchOf(ops...)
	}
	const shift = 0.00522 // degrees of GCJ-02 to the east, less a whole number of streets: about 25 m off one
	if a := w.post(t, "POST", batchPath, ramps(0.00003), bureau...); a.StatusCode != http.StatusOK {
		t.Fatalf("%s %s", a.Status, a.body)
	}
	before := w.rows(t)
	a := w.post(t, "POST", batchPath, ramps(shift), bureau...)
	got := said[batchProblem](t, a, http.StatusUnprocessableEntity)
	if e := got.Results[3].Errors; len(e) != 1 || e[0].Type != "suspicious-shift" || w.rows(t) != before {
		t.Errorf("%+v", got.Results[3])
	}
	if a := w.post(t, "POST", batchPath+"?accept=shift&dry_run=true", ramps(shift), bureau...); a.StatusCode != http.StatusOK {
		t.Errorf("%s %s", a.Status, a.body)
	}
}

// A retry with the same key gets the same answer and does nothing; the key with another body is refused; two at once do it once.
func TestBatchKeys(t *testing.T) {
	w, bureau := writers(t)
	key := append([]string{"Idempotency-Key", "k1"}, bureau...)
	var answers [6]answer
	var wait sync.WaitGroup
	for i := range answers {
		wait.Add(1)
		go func() {
			defer wait.Done()
			answers[i] = w.post(t, "POST", batchPath, batchOf(createOp, createOp), key...)
		}()
	}
	wait.Wait()
	for _, a := range answers {
		if a.StatusCode != http.StatusOK || string(a.body) != string(answers[0].body) || a.Header.Get("Wangge-Revision") != answers[0].Header.Get("Wangge-Revision") {
			t.Errorf("%s %s", a.Status, a.body)
		}
	}
	var n int
	if err := w.pool.QueryRow(t.Context(), `SELECT count(*) FROM public_toilet WHERE name = '批'`).Scan(&n); err != nil || n != 2 {
		t.Errorf("%d toilets, %v", n, err)
	}
	if p := problemOf(t, w.post(t, "POST", batchPath, batchOf(createOp), key...)); p.Type != "key-reused" {
		t.Errorf("%+v", p)
	}
	if p := problemOf(t, w.post(t, "POST", batchPath+"?dry_run=true", batchOf(createOp, createOp), key...)); p.Type != "key-reused" {
		t.Errorf("%+v", p)
	}
}

// Two who change one version: one is told that it is stale. Many who make features at once get codes of their own.
func TestWritersAtOnce(t *testing.T) {
	w, bureau := writers(t)
	_, path, etag := w.made(t, bureau)
	const writers = 8
	statuses := make(chan int, writers)
	codes := make(chan string, writers)
	var wait sync.WaitGroup
	for i := range writers {
		wait.Add(1)
		go func() {
			defer wait.Done()
			statuses <- w.sendAs(t, "PATCH", path, patch, fmt.Sprintf(`{"properties": {"name": "%d"}}`, i), append([]string{"If-Match", etag}, bureau...)...).StatusCode
			codes <- said[item](t, w.sendAs(t, "POST", toilets, geoJSON, newToilet, bureau...), http.StatusCreated).Properties["code"].(string)
		}()
	}
	wait.Wait()
	close(statuses)
	close(codes)
	count := map[int]int{}
	for s := range statuses {
		count[s]++
	}
	if count[http.StatusOK] != 1 || count[http.StatusPreconditionFailed] != writers-1 {
		t.Errorf("%v", count)
	}
	seen := map[string]bool{}
	for c := range codes {
		if seen[c] || len(c) != 16 {
			t.Errorf("code %s", c)
		}
		seen[c] = true
	}
}
