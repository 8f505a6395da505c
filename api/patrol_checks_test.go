package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"wangge/grid/rights"
)

func TestBadChecks(t *testing.T) {
	w := newTown(t)
	who := w.as(t, rights.Bureau)
	list := badQuestions(t, "patrol_checks.txt")
	for _, b := range list {
		w.refuses(t, b, patrolPath, append(slices.Clone(who), "If-Match", `"1"`)...)
	}
	if len(list) < 40 {
		t.Errorf("only %d bad questions", len(list))
	}
}

const walkPlan = `{"title": "巡格", "title_en": "Walk", "subject_kind": "grid", "checklist": "grid", "role": "grid_officer", "period": "day", "times": 1, "valid_from": "2020-01-01"%s}`

func (w *town) putPlan(t *testing.T, code, body string, headers ...string) answer {
	t.Helper()
	return w.send(t, http.MethodPut, patrolPath+"/plans/"+code, strings.NewReader(body), append(slices.Concat(w.as(t, rights.Bureau), headers), "Content-Type", jsonBody)...)
}

// What is wrong with a plan is told where it is.
func TestPlansThatAreRefused(t *testing.T) {
	w := newTown(t)
	w.settle(t)
	for body, want := range map[string]string{
		fmt.Sprintf(walkPlan, `, "windows": ["6-22"]`):                                                      "422 invalid-record /windows/0",
		fmt.Sprintf(walkPlan, `, "windows": ["06:00-12:00","11:00-22:00"], "times": 2`):                     "422 invalid-record /windows/0",
		fmt.Sprintf(walkPlan, `, "weekdays": "765"`):                                                        "422 invalid-record /weekdays",
		fmt.Sprintf(walkPlan, `, "valid_to": "2019-01-01"`):                                                 "422 invalid-record /valid_to",
		strings.Replace(fmt.Sprintf(walkPlan, ""), `"grid_officer"`, `"king"`, 1):                           "422 unknown-reference /role",
		strings.Replace(fmt.Sprintf(walkPlan, ""), `"checklist": "grid"`, `"checklist": "road"`, 1):         "422 invalid-record /checklist",
		strings.Replace(fmt.Sprintf(walkPlan, ""), `"subject_kind": "grid"`, `"subject_kind": "holder"`, 1): "422 unknown-reference /subject_kind",
		fmt.Sprintf(walkPlan, `, "applies_to": "nothing"`):                                                  "422 unknown-reference /applies_to",
		strings.Replace(fmt.Sprintf(walkPlan, ""), `"times": 1`, `"times": 999`, 1):                         "422 invalid-record /times",
		strings.Replace(fmt.Sprintf(walkPlan, ""), `"grid_officer"`, `"\u0000"`, 1):                         "422 invalid-record /role",
	} {
		p := problemOf(t, w.putPlan(t, "walk", body))
		got := fmt.Sprint(p.Status, " ", p.Type)
		if len(p.Errors) > 0 && p.Errors[0].Pointer != nil {
			got += " " + *p.Errors[0].Pointer
		}
		if got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
}

type dueRead struct {
	Holder *struct{ Code, Name string }
	Counts struct{ Due, Overdue, Done int }
	Items  []struct {
		ID, State string
		DistanceM *float64 `json:"distance_m"`
		Subject   struct{ Code, Kind string }
	}
}

// A list is its caller's alone, and follows plan and checks at once.
func TestDueIsOnesOwn(t *testing.T) {
	w := newTown(t)
	w.settle(t)
	if a := w.putPlan(t, "walk", fmt.Sprintf(walkPlan, "")); a.StatusCode != http.StatusOK || a.Header.Get("ETag") != `"1"` {
		t.Fatal(a.Status, string(a.body))
	}
	if a := w.putPlan(t, "walk", fmt.Sprintf(walkPlan, "")); a.StatusCode != http.StatusPreconditionFailed {
		t.Errorf("made twice: %s", a.Status)
	}
	if a := w.putPlan(t, "walk", fmt.Sprintf(walkPlan, `, "windows": ["00:00-24:00"]`), "If-Match", `"1"`); a.StatusCode != http.StatusOK {
		t.Errorf("changed: %s %s", a.Status, a.body)
	}
	due := func(role rights.Role, query string) dueRead {
		t.Helper()
		return said[dueRead](t, w.get(t, patrolPath+"/due"+query, w.as(t, role)...), http.StatusOK)
	}
	if d := due(rights.Officer, ""); d.Holder == nil || d.Holder.Code != "P-901" || len(d.Items) != 1 || d.Items[0].ID != "walk/grid/13" || d.Counts.Due+d.Counts.Overdue != 1 {
		t.Errorf("the officer: %+v", d)
	}
	for _, query := range []string{"?lon=120&lat=36.27", "?lon=120&lat=36.27&order=route"} {
		if d := due(rights.Officer, query); len(d.Items) != 1 || d.Items[0].DistanceM == nil {
			t.Errorf("%s: %+v", query, d)
		}
	}
	if d := due(rights.Bureau, "?all=true"); d.Holder != nil || len(d.Items) != 0 {
		t.Errorf("the bureau: %+v", d)
	}
	w.write(t, `INSERT INTO patrol_check (id, subject_kind, subject_id, checklist, edition, result, at, made_at, account, holder_id, grid_id, region_code)
		VALUES ('00000000-0000-4000-8000-000000000001', 'grid', 13, 'grid', '2026', 'normal', now(), now(), 'officer', 901, 13, '370281001001')`)
	if d := due(rights.Officer, ""); len(d.Items) != 0 || d.Counts.Done != 1 {
		t.Errorf("after the check: %+v", d)
	}
	if d := due(rights.Officer, "?all=true"); len(d.Items) != 1 || d.Items[0].State != "done" {
		t.Errorf("all of it: %+v", d)
	}
}

type checksRead struct {
	Items []struct {
		ID string
		By struct {
			Holder *string
			Name   string
			Masked bool
		}
	}
	Next  *string
	Total int
}

// Who reads which checks: all, those of the own region, those of the department's subjects, those by oneself or in one's grids; and no more of a name than
// one may know.
func TestWhoReadsChecks(t *testing.T) {
	w := newTown(t)
	w.settle(t)
	w.catchUp(t, w.write(t, matrixSQL, checkMatrixSQL, `
INSERT INTO patrol_check (id, subject_kind, subject_id, checklist, edition, result, at, made_at, account, holder_id, region_code, grid_id, dept) VALUES
    ('00000000-0000-4000-8000-000000000973', 'public_toilet', 961, 'public_toilet', '2026', 'normal', now(), now(), 'officer', 901, '370281002001', NULL, '{D2,D1}'),
    ('00000000-0000-4000-8000-000000000974', 'public_toilet', 962, 'public_toilet', '2026', 'abnormal', now() - interval '1 day', now(), 'x', 922, '370281002001', 13, '{D2}')`))
	for role, want := range map[rights.Role]string{
		rights.Bureau: "971 972 973 974", rights.Auditor: "971 972 973 974", rights.Street: "971", rights.Department: "971 973", rights.Officer: "973 974",
	} {
		list := said[checksRead](t, w.get(t, patrolPath+"/checks", w.as(t, role)...), http.StatusOK)
		var ids []string
		for _, c := range list.Items {
			id := c.ID[len(c.ID)-3:]
			ids = append(ids, id)
			one := w.get(t, patrolPath+"/checks/"+c.ID, w.as(t, role)...)
			if one.StatusCode != http.StatusOK {
				t.Errorf("%s lists %s and may not read it: %s", role, c.ID, one.Status)
			}
			if full := role == rights.Bureau || role == rights.Officer && id == "973"; c.By.Holder != nil && c.By.Masked == full {
				t.Errorf("%s reads %s of %s", role, c.By.Name, id)
			}
		}
		slices.Sort(ids)
		if got := strings.Join(ids, " "); got != want || list.Total != len(ids) {
			t.Errorf("%s reads %s of %d, want %s", role, got, list.Total, want)
		}
	}
	if one := w.get(t, patrolPath+"/checks/00000000-0000-4000-8000-000000000974", w.as(t, rights.Department)...); one.StatusCode != http.StatusForbidden {
		t.Errorf("a department reads a check of another's: %s", one.Status)
	}
	bureau := w.as(t, rights.Bureau)
	today := time.Now().In(time.FixedZone("", 8*60*60)).Format(time.DateOnly)
	for query, want := range map[string]int{"?subject=public_toilet/961": 2, "?holder=P-901": 1, "?result=abnormal": 1, "?region=370281002": 3, "?grid=unit/nothing": 0,
		"?from=" + today: 3, "?to=" + today: 4, "?plan=x": 0} {
		if list := said[checksRead](t, w.get(t, patrolPath+"/checks"+query, bureau...), http.StatusOK); list.Total != want || len(list.Items) != want {
			t.Errorf("%s: %d, want %d", query, list.Total, want)
		}
	}
	seen := map[string]bool{}
	for next := ""; ; {
		list := said[checksRead](t, w.get(t, patrolPath+"/checks?limit=1"+next, bureau...), http.StatusOK)
		seen[list.Items[0].ID] = true
		if list.Next == nil {
			break
		}
		next = "&cursor=" + *list.Next
	}
	if len(seen) != 4 {
		t.Errorf("%d checks page by page", len(seen))
	}
}
