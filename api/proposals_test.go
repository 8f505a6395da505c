package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"wangge/grid/rights"
)

// proposalAnswer is what the tests want to know of a proposal.
type proposalAnswer struct {
	ID     int64  `json:"id"`
	State  string `json:"state"`
	Cells  int    `json:"cells"`
	Edit   *int64 `json:"edit"`
	MadeBy string `json:"made_by"`
	Report struct {
		Cells int `json:"cells"`
	} `json:"report"`
	Grids struct {
		Features []struct {
			Geometry struct{ Type string } `json:"geometry"`
		} `json:"features"`
	} `json:"grids"`
}

// freeSQL is a community without grids, with a street across it.
const freeSQL = `
INSERT INTO region (code, name, kind, parent_code, geom) VALUES
    ('370281002007', '无格社区', 'community', '370281002', ST_Multi(ST_MakeEnvelope(120.06, 36.26, 120.066, 36.265, 4490)));
INSERT INTO road (id, class, geom) VALUES (77, 'branch', 'SRID=4490;LINESTRING(120.0631 36.259, 120.0629 36.266)');
ALTER TABLE grid ALTER COLUMN id RESTART WITH 100`

func TestProposals(t *testing.T) {
	w := newTown(t)
	bureau := w.as(t, rights.Bureau)
	w.catchUp(t, w.write(t, freeSQL))
	ask := `{"scheme": "unit", "region": "370281002007", "note": "先看"}`
	made := said[proposalAnswer](t, w.post(t, "POST", "/api/v1/proposals", ask, bureau...), 201)
	if made.State != "open" || made.Cells < 20 || len(made.Grids.Features) != made.Cells || made.Report.Cells != made.Cells || made.MadeBy != "bureau" {
		t.Errorf("%+v", made)
	}
	path := fmt.Sprintf("/api/v1/proposals/%d", made.ID)
	if got := said[proposalAnswer](t, w.get(t, path, bureau...), 200); len(got.Grids.Features) != made.Cells || got.Grids.Features[0].Geometry.Type != "Polygon" {
		t.Errorf("%+v", got)
	}
	second := said[proposalAnswer](t, w.post(t, "POST", "/api/v1/proposals", strings.Replace(ask, "}", `, "target_m2": 20000}`, 1), bureau...), 201)
	list := said[page[proposalAnswer]](t, w.get(t, "/api/v1/proposals?limit=1&state=open", bureau...), 200)
	if list.Total != 2 || len(list.Items) != 1 || list.Items[0].ID != second.ID || list.Next == nil {
		t.Fatalf("%+v", list)
	}
	if next := said[page[proposalAnswer]](t, w.get(t, "/api/v1/proposals?limit=1&state=open&cursor="+*list.Next, bureau...), 200); len(next.Items) != 1 || next.Items[0].ID != made.ID || next.Next != nil {
		t.Errorf("%+v", next)
	}
	done := said[struct {
		Proposal proposalAnswer `json:"proposal"`
		Edited   netEdit        `json:"edited"`
	}](t, w.post(t, "POST", path+"/accept", `{}`, bureau...), 200)
	if done.Proposal.State != "accepted" || done.Proposal.Edit == nil || *done.Proposal.Edit != done.Edited.Edit || len(done.Edited.Made) != made.Cells || done.Edited.Made[0].Code != "370281002007001" {
		t.Errorf("%+v", done)
	}
	for _, c := range []struct{ path, body, problem string }{
		{path + "/accept", `{}`, "decided"}, {path + "/reject", `{}`, "decided"},
		{fmt.Sprintf("/api/v1/proposals/%d/accept", second.ID), `{}`, "ground-taken"}, {"/api/v1/proposals", ask, "ground-taken"},
	} {
		if p := said[problem](t, w.post(t, "POST", c.path, c.body, bureau...), 409); p.Type != problemType+c.problem {
			t.Errorf("%s: %s", c.path, p.Type)
		}
	}
	if got := said[proposalAnswer](t, w.post(t, "POST", fmt.Sprintf("/api/v1/proposals/%d/reject", second.ID), `{"note": "不用"}`, bureau...), 200); got.State != "rejected" {
		t.Errorf("%+v", got)
	}
	if n := said[page[netGrid]](t, w.get(t, "/api/v1/grids?scheme=unit&region=370281002007"), 200); n.Total > made.Cells {
		t.Errorf("%d grids", n.Total)
	}
}

func TestProposalsAreRefused(t *testing.T) {
	w := newTown(t)
	bureau, street := w.as(t, rights.Bureau), w.as(t, rights.Street)
	w.catchUp(t, w.write(t, freeSQL))
	for _, c := range []struct {
		body   string
		status int
		says   string
	}{
		{`{"scheme": "nonsense", "region": "370281002007"}`, 400, "/scheme"},
		{`{"scheme": "unit", "region": "110101"}`, 400, "/region"},
		{`{"scheme": "unit", "region": "370281002007", "target_m2": 1}`, 400, "/target_m2"},
		{`{"scheme": "unit", "region": "370281002007", "note": "a\nb"}`, 400, "/note"},
		{`{"scheme": "unit", "region": "370281002007", "x": 1}`, 400, "/x"},
		{`{"scheme": "unit", "region": "370281", "target_m2": 1000000}`, 422, "area-too-large"},
		{`{"scheme": "unit", "region": "370281001001"}`, 409, "ground-taken"},
		{`{"scheme": "duty", "region": "370281002007"}`, 422, "no-pattern"},
	} {
		if a := w.post(t, "POST", "/api/v1/proposals", c.body, bureau...); a.StatusCode != c.status || !strings.Contains(string(a.body), c.says) {
			t.Errorf("%s: %s %s", c.body, a.Status, a.body)
		}
	}
	// A street office decides in its own region only, and sees no others.
	made := said[proposalAnswer](t, w.post(t, "POST", "/api/v1/proposals", `{"scheme": "unit", "region": "370281002007"}`, bureau...), 201)
	path := fmt.Sprintf("/api/v1/proposals/%d", made.ID)
	for _, a := range []answer{
		w.post(t, "POST", "/api/v1/proposals", `{"scheme": "unit", "region": "370281002007"}`, street...), w.get(t, path, street...),
		w.post(t, "POST", path+"/accept", `{}`, street...), w.post(t, "POST", path+"/reject", `{}`, street...),
	} {
		if a.StatusCode != http.StatusForbidden {
			t.Errorf("%s %s: %s", a.Request.Method, a.Request.URL, a.Status)
		}
	}
	if list := said[page[proposalAnswer]](t, w.get(t, "/api/v1/proposals", street...), 200); list.Total != 0 {
		t.Errorf("%+v", list)
	}
	for path, status := range map[string]int{"/api/v1/proposals/0": 400, "/api/v1/proposals/x": 400, "/api/v1/proposals/99999": 404, "/api/v1/proposals?state=lost": 400, "/api/v1/proposals?cursor=eA": 400} {
		if a := w.get(t, path, bureau...); a.StatusCode != status {
			t.Errorf("%s: %s", path, a.Status)
		}
	}
}
