package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"wangge/grid/rights"
)

// planMatrix are the rows of scenarios and profiles in the matrix of rights.
func planMatrix() []row {
	const list, one = "/api/v1/coverage/scenarios", "/api/v1/coverage/scenarios/{id}"
	const profiles = "/api/v1/coverage/profiles"
	gone := []int{http.StatusNotFound}
	return []row{
		{"GET " + list, rights.ReadFigures, of(list), []int{http.StatusOK}},
		{"POST " + list, rights.Plan, of(list, noBody), []int{http.StatusBadRequest}},
		{"GET " + one, rights.ReadFigures, of(list + "/999999"), gone},
		{"PUT " + one, rights.Plan, of(list+"/999999", `{"name": "x", "service": "public_toilet", "question": {}, "changes": []}`), gone},
		{"DELETE " + one, rights.Plan, of(list + "/999999"), gone},
		{"GET " + profiles, rights.ReadOpen, of(profiles), []int{http.StatusOK}},
		{"GET " + profiles + "/{id}", rights.ReadOpen, of(profiles + "/national"), []int{http.StatusOK}},
		{"POST " + profiles + "/{id}/versions", rights.EditScheme, of(profiles+"/national/versions", noBody), []int{http.StatusBadRequest}},
	}
}

type planTold struct {
	ID       int64
	Name     string
	Question struct{ Mode string }
	Changes  []struct{ Op string }
	Count    int `json:"change_count"`
	Own      bool
	Revision int64
	By       string `json:"created_by"`
}

const aPlan = `{"name": "增设两座", "service": "public_toilet", "question": {"mode": "walk", "radii_m": [300, 500], "by": "street"},
	"changes": [{"op": "add", "service": "public_toilet", "at": [120, 36.27], "name": "甲"}, {"op": "close_street", "street": "road:1"}]}`

// A scenario is its owner's: kept, shared, changed with If-Match, forgotten; and nothing of the inventory changes by it.
func TestScenariosAreKept(t *testing.T) {
	w := newTown(t)
	w.settle(t)
	planner, bureau, viewer := w.as(t, rights.Planner), w.as(t, rights.Bureau), w.as(t, rights.Viewer)
	const list = "/api/v1/coverage/scenarios"
	counts := func() string {
		_, after, _ := strings.Cut(string(w.get(t, "/api/v1/counts").body), `"counts"`)
		return after
	}
	before := counts()
	a := w.post(t, http.MethodPost, list, aPlan, append(planner, "Idempotency-Key", "plan")...)
	made := written[planTold](t, a, http.StatusCreated)
	at := fmt.Sprint(list, "/", made.ID)
	if a.Header.Get("Location") != at || a.Header.Get("ETag") != `"1"` || made.Count != 2 || len(made.Changes) != 2 || !made.Own || made.Question.Mode != "walk" || made.By == "" {
		t.Errorf("%v %s", a.Header, a.body)
	}
	if b := w.post(t, http.MethodPost, list, aPlan, append(planner, "Idempotency-Key", "plan")...); string(b.body) != string(a.body) {
		t.Errorf("a retry is answered %s", b.body)
	}
	refusedWith(t, w.get(t, at, bureau...), http.StatusNotFound, "not-found", "") // not shared
	refusedWith(t, w.post(t, http.MethodPut, at, aPlan, planner...), http.StatusPreconditionRequired, "if-match-required", "")
	refusedWith(t, w.post(t, http.MethodPut, at, aPlan, append(planner, "If-Match", `"7"`)...), http.StatusPreconditionFailed, "stale", "")
	shared := strings.Replace(strings.Replace(aPlan, `"name": "增设两座"`, `"name": "共享", "shared": true`, 1), `, {"op": "close_street", "street": "road:1"}`, "", 1)
	now := written[planTold](t, w.post(t, http.MethodPut, at, shared, append(planner, "If-Match", `"1"`)...), http.StatusOK)
	if now.Revision != 2 || now.Count != 1 || now.Name != "共享" {
		t.Errorf("%+v", now)
	}
	page := written[struct {
		Items []planTold
		Total int
	}](t, w.get(t, list+"?service=public_toilet", viewer...), http.StatusOK)
	if page.Total != 1 || page.Items[0].ID != made.ID || page.Items[0].Own || page.Items[0].Changes != nil || page.Items[0].Count != 1 {
		t.Errorf("the list of a viewer: %+v", page)
	}
	if read := written[planTold](t, w.get(t, at, viewer...), http.StatusOK); read.Own || len(read.Changes) != 1 {
		t.Errorf("a viewer reads %+v", read)
	}
	refusedWith(t, w.post(t, http.MethodPut, at, shared, append(bureau, "If-Match", `"2"`)...), http.StatusForbidden, "not-allowed", "") // shared, but not theirs
	refusedWith(t, w.ask(t, http.MethodDelete, at, append(bureau, "If-Match", `"2"`)...), http.StatusForbidden, "not-allowed", "")
	if a := w.ask(t, http.MethodDelete, at, append(planner, "If-Match", `"2"`)...); a.StatusCode != http.StatusNoContent {
		t.Errorf("%s %s", a.Status, a.body)
	}
	refusedWith(t, w.get(t, at, planner...), http.StatusNotFound, "not-found", "")
	if after := counts(); after != before {
		t.Errorf("the inventory was %s and is %s", before, after)
	}
	if log := w.get(t, "/api/v1/audit?entity=coverage_scenario", w.as(t, rights.Auditor)...); !strings.Contains(string(log.body), `"delete"`) || strings.Contains(string(log.body), "close_street") {
		t.Errorf("%s", log.body)
	}
}

// Every bad scenario is told what is wrong with it and where.
func TestBadScenarios(t *testing.T) {
	w := newTown(t)
	w.settle(t)
	me := w.as(t, rights.Planner)
	body := func(changes string) string {
		return `{"name": "x", "service": "public_toilet", "question": {}, "changes": ` + changes + `}`
	}
	many := func(n int) string {
		return "[" + strings.TrimSuffix(strings.Repeat(`{"op":"close","id":1},`, n), ",") + "]"
	}
	line := strings.TrimSuffix(strings.Repeat("[120.123456789012,36.123456789012],", 1000), ",")
	for what, c := range map[string]struct{ body, pointer string }{
		"no name":          {`{"name": " ", "service": "public_toilet", "question": {}, "changes": []}`, "/name"},
		"a long name":      {`{"name": "` + strings.Repeat("长", 101) + `", "service": "public_toilet", "question": {}, "changes": []}`, "/name"},
		"a long note":      {`{"name": "x", "note": "` + strings.Repeat("长", 2001) + `", "service": "public_toilet", "question": {}, "changes": []}`, "/note"},
		"no service":       {`{"name": "x", "service": "nail_bar", "question": {}, "changes": []}`, "/service"},
		"no kind":          {`{"name": "x", "service": "public_toilet", "question": {"kind": "golden"}, "changes": []}`, "/question/kind"},
		"no mode":          {`{"name": "x", "service": "public_toilet", "question": {"mode": "swim"}, "changes": []}`, "/question/mode"},
		"no radius":        {`{"name": "x", "service": "public_toilet", "question": {"radii_m": [0]}, "changes": []}`, "/question/radii_m"},
		"radii descend":    {`{"name": "x", "service": "public_toilet", "question": {"radii_m": [500, 300]}, "changes": []}`, "/question/radii_m"},
		"201 changes":      {body(many(201)), "/changes"},
		"an unknown op":    {body(`[{"op": "burn"}]`), "/changes/0/op"},
		"no place":         {body(`[{"op": "add"}]`), "/changes/0/at"},
		"not on earth":     {body(`[{"op": "add", "at": [36, 120]}]`), "/changes/0/at"},
		"no facility":      {body(`[{"op": "close"}]`), "/changes/0/id"},
		"of no service":    {body(`[{"op": "close", "id": 7}]`), "/changes/0/service"},
		"no street":        {body(`[{"op": "close_street", "street": "canal:1"}]`), "/changes/0/street"},
		"one position":     {body(`[{"op": "open_street", "line": [[120, 36]]}]`), "/changes/0/line"},
		"less than none":   {body(`[{"op": "add", "at": [120, 36], "supply": -1}]`), "/changes/0/supply"},
		"half a megabyte":  {body("[" + strings.TrimSuffix(strings.Repeat(`{"op": "open_street", "line": [`+line+`]},`, 12), ",") + "]"), "/changes"},
		"an unknown field": {`{"name": "x", "service": "public_toilet", "question": {}, "changes": [], "owner": 1}`, "/owner"},
	} {
		t.Run(what, func(t *testing.T) {
			refusedWith(t, w.post(t, http.MethodPost, "/api/v1/coverage/scenarios", c.body, me...), http.StatusBadRequest, "invalid-request", c.pointer)
		})
	}
	w.write(t, `INSERT INTO coverage_scenario (name, service, owner_id) SELECT 'n' || i, 'public_toilet', a.id FROM generate_series(1, 1000) i, account a WHERE a.role = 'planner'`)
	refusedWith(t, w.post(t, http.MethodPost, "/api/v1/coverage/scenarios", body("[]"), me...), http.StatusConflict, "too-many", "")
}

// A version of thresholds is made, takes over, and stays as it is; the city goes by it at once.
func TestProfileVersions(t *testing.T) {
	w := newTown(t)
	w.settle(t)
	me := w.as(t, rights.Bureau)
	const profiles = "/api/v1/coverage/profiles"
	type told struct {
		Version    int
		Current    bool
		Thresholds []struct {
			Layer, Metric string
			Value         float64
			Verified      bool
		}
		Count int `json:"threshold_count"`
	}
	first := written[told](t, w.get(t, profiles+"/national"), http.StatusOK)
	if first.Version != 2 || !first.Current || len(first.Thresholds) != first.Count || first.Count < 40 {
		t.Errorf("%+v", first)
	}
	if old := written[told](t, w.get(t, profiles+"/national?version=1"), http.StatusOK); old.Current || old.Count != 8 {
		t.Errorf("%+v", old)
	}
	const next = `{"title": "本市方案", "title_en": "Ours", "current": true, "thresholds": [{"layer": "public_toilet", "metric": "service_radius_m", "applies_to": "", "value": 250,
		"comparator": "<=", "unit": "m", "standard": "DB 3702", "edition": "2026", "clause": "4.1", "verified": true}]}`
	a := w.post(t, http.MethodPost, profiles+"/national/versions", next, me...)
	made := written[told](t, a, http.StatusCreated)
	if made.Version != 3 || !made.Current || len(made.Thresholds) != 1 || !made.Thresholds[0].Verified || a.Header.Get("Location") != profiles+"/national?version=3" {
		t.Errorf("%s", a.body)
	}
	w.catchUp(t, a.Header.Get("Wangge-Revision"))
	view, err := w.city.View()
	if err != nil {
		t.Fatal(err)
	}
	rules := view.Rules()
	if x, found := rules.For("public_toilet", "service_radius_m", ""); !found || x.Value != 250 || x.Edition != "2026" || rules.ProfileVersion != 3 || len(rules.Thresholds) != 1 {
		t.Errorf("the city goes by %+v", rules)
	}
	all := written[struct{ Items []told }](t, w.get(t, profiles), http.StatusOK)
	current := 0
	for _, p := range all.Items {
		if p.Current {
			current++
		}
	}
	if len(all.Items) != 3 || current != 1 {
		t.Errorf("%+v", all)
	}
	refusedWith(t, w.get(t, profiles+"/national?version=9"), http.StatusNotFound, "not-found", "")
	refusedWith(t, w.get(t, profiles+"/mars"), http.StatusNotFound, "not-found", "")
	refusedWith(t, w.post(t, http.MethodPost, profiles+"/mars/versions", next, me...), http.StatusNotFound, "not-found", "")
	for pointer, from := range map[string][2]string{
		"/title": {"本市方案", ""}, "/thresholds/0/layer": {"public_toilet", "Toilet"}, "/thresholds/0/value": {"250", "1e10"}, "/thresholds/0/comparator": {`"<="`, `"~"`},
		"/thresholds/0/unit": {`"unit": "m"`, `"unit": ""`}, "/thresholds/0/clause": {"4.1", strings.Repeat("4", 101)}, "/thresholds": {next[strings.Index(next, "[")+1 : strings.Index(next, "]")], ""},
	} {
		refusedWith(t, w.post(t, http.MethodPost, profiles+"/national/versions", strings.Replace(next, from[0], from[1], 1), me...), http.StatusBadRequest, "invalid-request", pointer)
	}
	one := next[strings.Index(next, "[")+1 : strings.Index(next, "]")]
	refusedWith(t, w.post(t, http.MethodPost, profiles+"/national/versions", strings.Replace(next, one, one+","+one, 1), me...), http.StatusBadRequest, "invalid-request", "/thresholds/1")
}
