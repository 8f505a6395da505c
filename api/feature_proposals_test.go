package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"wangge/grid/rights"
	"wangge/layers"
	"wangge/layers/postgres"
)

// toldProposal is what tests want to know of a proposal.
type toldProposal struct {
	ID, State, Finding string
	Fields             []string
	Flags, Can, Others []string
	Own                bool
	By                 struct{ Holder, Name, Account string }
	Feature            *struct {
		ID   int64
		Code string
		Gone bool
	}
	Region   *struct{ Code string }
	Grid     *struct{ Code string }
	Revision int64
	Now      *int64 `json:"now_revision"`
	Decision *struct {
		By, Reason string
		Fields     map[string]bool
		Values     map[string]any
		Feature    *int64
		Revision   *int64
	}
	Comparison []struct {
		Field, Title        string
		Base, Now, Proposed any
		Changed             bool `json:"changed_since"`
		Same                bool
	}
	Geometry *struct {
		Moved   *float64 `json:"moved_m"`
		Changed bool     `json:"changed_since"`
	}
	Near []struct {
		ID       int64
		Distance float64 `json:"distance_m"`
	}
}

// proposed keeps a finding of the officer of the small city.
func (w *town) proposed(t *testing.T, n int, p layers.Proposal) string {
	t.Helper()
	p.ID, p.Layer, p.Holder, p.Account = fmt.Sprintf("00000000-0000-4000-8000-%012d", n), "public_toilet", 901, "officer"
	if _, err := postgres.Propose(t.Context(), w.pool, &p); err != nil {
		t.Fatal(err)
	}
	return proposals + "/" + p.ID
}

func TestProposalsOverHTTP(t *testing.T) {
	w := newTown(t)
	officer, street, bureau := w.as(t, rights.Officer), w.as(t, rights.Street), w.as(t, rights.Bureau)
	path := w.proposed(t, 1, layers.Proposal{Feature: 7, Finding: layers.Differs, Base: 1, Values: map[string]any{"name": "少海南公厕", "grade": "class_2"}, Geometry: orb.Point{119.9997, 36.2702}, Note: "名称与门牌不符"})
	w.write(t, `UPDATE public_toilet SET name = '少海北公厕' WHERE id = 7`)
	mine := said[toldProposal](t, w.get(t, path, officer...), http.StatusOK)
	if !mine.Own || mine.By.Name != "王**" || mine.By.Account != "officer" || !cmp.Equal(mine.Can, []string{"withdraw"}) || mine.Grid == nil || mine.Grid.Code != "Z-01" {
		t.Errorf("to its officer: %+v", mine)
	}
	theirs := said[toldProposal](t, w.get(t, path, street...), http.StatusOK)
	if theirs.Own || theirs.By.Name != "王**" || theirs.By.Account != "" || !cmp.Equal(theirs.Can, []string{"decide"}) || theirs.Feature.Code != "T-7" {
		t.Errorf("to the street: %+v", theirs)
	}
	name := theirs.Comparison[1]
	if len(theirs.Comparison) != 2 || name.Field != "name" || name.Base != "少海公厕" || name.Now != "少海北公厕" || name.Proposed != "少海南公厕" || !name.Changed || theirs.Comparison[0].Changed {
		t.Errorf("field by field: %+v", theirs.Comparison)
	}
	if theirs.Geometry == nil || theirs.Geometry.Moved == nil || *theirs.Geometry.Moved < 17 || *theirs.Geometry.Moved > 19 {
		t.Errorf("the place: %+v", theirs.Geometry)
	}
	dry := said[toldProposal](t, w.post(t, "POST", path+"/decide?dry_run=true", `{"geometry": true}`, append(street, "If-Match", etag(theirs.Revision))...), http.StatusOK)
	if dry.State != "partly" || w.count(t, `SELECT count(*) FROM feature_proposal WHERE state = 'open'`) != 1 {
		t.Errorf("a dry run: %+v", dry)
	}
	key := append([]string{}, append(street, "If-Match", etag(theirs.Revision), "Idempotency-Key", "decide-1")...)
	a := w.post(t, "POST", path+"/decide", `{"fields": {"grade": true, "name": false}, "geometry": true, "reason": "名称以局里为准", "seen": 2}`, key...)
	done := said[toldProposal](t, a, http.StatusOK)
	again := w.post(t, "POST", path+"/decide", `{"fields": {"grade": true, "name": false}, "geometry": true, "reason": "名称以局里为准", "seen": 2}`, key...)
	if string(again.body) != string(a.body) || again.Header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("sent twice: %s", again.body)
	}
	if done.State != "partly" || done.Decision == nil || done.Decision.By != "street" || *done.Decision.Feature != 7 || *done.Decision.Revision != 3 || a.Header.Get("Wangge-Revision") == "" {
		t.Errorf("decided: %+v", done)
	}
	if n := w.count(t, `SELECT count(*) FROM public_toilet WHERE id = 7 AND name = '少海北公厕' AND grade = 'class_2' AND updated_by = 'street'`); n != 1 {
		t.Error("the feature is not what was taken")
	}
	isProblem(t, w.post(t, "POST", path+"/decide", `{"geometry": true}`, append(bureau, "If-Match", `"2"`)...), http.StatusConflict, "decided")
	isProblem(t, w.post(t, "POST", path+"/decide", `{"geometry": true}`, bureau...), http.StatusPreconditionRequired, "if-match-required")
	list := said[page[toldProposal]](t, w.get(t, proposals+"?mine=true", officer...), http.StatusOK)
	if len(list.Items) != 1 || list.Items[0].Decision == nil || list.Items[0].Decision.Reason != "名称以局里为准" || list.Items[0].Decision.By != "s**" {
		t.Errorf("what the officer hears of it: %+v", list)
	}
}

func TestOfficersSeeTheirOwnProposals(t *testing.T) {
	w := newTown(t)
	officer := w.as(t, rights.Officer)
	own := w.proposed(t, 1, layers.Proposal{Feature: 7, Finding: layers.Missing, Base: 1})
	w.write(t, `INSERT INTO holder (id, code, kind, name) VALUES (902, 'P-902', 'person', '李四')`, `UPDATE feature_proposal SET holder_id = 902, account = 'other'`)
	mine := w.proposed(t, 2, layers.Proposal{Feature: 7, Finding: layers.Exists, Base: 1})
	isProblem(t, w.get(t, own, officer...), http.StatusForbidden, "not-allowed")
	isProblem(t, w.post(t, "POST", own+"/withdraw", `{}`, append(officer, "If-Match", "*")...), http.StatusForbidden, "not-allowed")
	list := said[page[toldProposal]](t, w.get(t, proposals, officer...), http.StatusOK)
	if list.Total != 1 || len(list.Items) != 1 || !strings.HasSuffix(mine, list.Items[0].ID) {
		t.Errorf("an officer's list: %+v", list)
	}
	for role, want := range map[rights.Role]int{rights.Bureau: 2, rights.Street: 2, rights.Department: 0} {
		if got := said[page[toldProposal]](t, w.get(t, proposals, w.as(t, role)...), http.StatusOK); got.Total != want || len(got.Items) != want {
			t.Errorf("%s sees %d", role, got.Total)
		}
	}
	confirmed := said[struct{ Items []struct{ Feature int64 } }](t, w.get(t, "/api/v1/feature-confirmations?layer=public_toilet&ids=7,8", officer...), http.StatusOK)
	if len(confirmed.Items) != 1 || confirmed.Items[0].Feature != 7 {
		t.Errorf("confirmed: %+v", confirmed)
	}
	again := w.proposed(t, 3, layers.Proposal{Feature: 7, Finding: layers.Missing, Base: 1})
	back := said[toldProposal](t, w.post(t, "POST", again+"/withdraw", `{"reason": "看错了"}`, append(officer, "If-Match", `"1"`)...), http.StatusOK)
	if back.State != "withdrawn" {
		t.Errorf("%+v", back)
	}
	first := said[page[toldProposal]](t, w.get(t, proposals+"?limit=2&layer=public_toilet&feature=7", w.as(t, rights.Bureau)...), http.StatusOK)
	if len(first.Items) != 2 || first.Next == nil || first.Total != 3 {
		t.Fatalf("a page: %+v", first)
	}
	rest := said[page[toldProposal]](t, w.get(t, proposals+"?limit=2&layer=public_toilet&feature=7&cursor="+*first.Next, w.as(t, rights.Bureau)...), http.StatusOK)
	if len(rest.Items) != 1 || rest.Next != nil || rest.Items[0].ID == first.Items[1].ID {
		t.Errorf("the next page: %+v", rest)
	}
}

func TestBadProposals(t *testing.T) {
	w := newTown(t)
	who := append(w.as(t, rights.Bureau), "If-Match", `"1"`)
	w.write(t, `INSERT INTO public_toilet (id, code, geom) VALUES (8, 'T-8', 'SRID=4490;POINT(120.0001 36.27)')`)
	path := strings.TrimPrefix(w.proposed(t, 1, layers.Proposal{Feature: 7, Finding: layers.Differs, Base: 1, Values: map[string]any{"name": "丙"}, Geometry: orb.Point{119.9997, 36.2702}}), "/api/v1/feature-")
	list := badQuestions(t, "feature_proposals.txt")
	for _, b := range list {
		b.path = strings.ReplaceAll(b.path, "{P}", path)
		w.refuses(t, b, "/api/v1/feature-", who...)
	}
	if n := w.count(t, `SELECT count(*) FROM feature_proposal WHERE state = 'open' AND revision = 1`); n != 1 || len(list) < 50 {
		t.Errorf("%d are open after %d bad questions", n, len(list))
	}
}
