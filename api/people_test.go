package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wangge/grid"
	"wangge/grid/rights"
	"wangge/layers/city"
)

// peopleSQL gives the small city people: heads of the duty grid Z-01 and of the road, an office, somebody of another street, somebody who has left,
// and what is required of duty grids and of roads.
const peopleSQL = `
INSERT INTO holder (id, code, kind, name, phone, dept_code, title, note, valid_from, valid_to) VALUES
    (911, 'P-911', 'person', '欧阳建国', '13900001111', 'D1', '中队长', '家住三楼', '2020-01-01', NULL),
    (912, 'P-912', 'person', '赵一', '13900002222', 'D2', '科员', NULL, '2020-01-01', NULL),
    (913, 'P-913', 'person', '钱二', '13900003333', 'D2', '科员', NULL, '2020-01-01', '2021-01-01'),
    (914, 'O-914', 'organisation', '云溪物业', '053288887777', NULL, '物业', NULL, NULL, NULL);
INSERT INTO road (id, code, name, class, geom) VALUES (2, 'R-2', '海尔大道', 'branch', 'SRID=4490;LINESTRING(120.06 36.26, 120.07 36.26)');
INSERT INTO place (id, code, name, kind, geom) VALUES (1, 'M-1', '云溪市场', 'market', 'SRID=4490;POINT(120 36.27)');
INSERT INTO duty (id, holder_id, role, target_kind, target_id, valid_from, note) VALUES
    (9911, 911, 'grid_head', 'grid', 13, '2020-01-01', '兼职'), (9912, 912, 'street_head', 'road', 2, '2020-01-01', NULL), (9914, 914, 'site_leader', 'place', 1, '2020-01-01', NULL);
INSERT INTO requirement (target_kind, applies_to, role, at_least, at_most) VALUES
    ('grid', 'duty', 'grid_head', 1, 1), ('grid', 'duty', 'grid_officer', 2, NULL), ('road', '', 'street_head', 1, 1)`

// peopleTown is a small city with people and accounts.
func peopleTown(t *testing.T) *town {
	t.Helper()
	w := newTown(t)
	w.settle(t)
	w.catchUp(t, w.write(t, peopleSQL))
	return w
}

// catchUp waits until memory has a revision.
func (w *town) catchUp(t *testing.T, revision string) {
	t.Helper()
	n, err := strconv.ParseUint(revision, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.city.At(t.Context(), city.Revision(n)); err != nil {
		t.Fatal(err)
	}
}

// told reads an answer that must be good and private.
func told[T any](t *testing.T, w *town, path string, headers ...string) (v T) {
	t.Helper()
	a := w.get(t, path, headers...)
	if a.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s\n%s", path, a.Status, a.body)
	}
	if got := a.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("GET %s may be kept: %q", path, got)
	}
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("GET %s: %v\n%s", path, err, a.body)
	}
	return v
}

type holderTold struct {
	Code, Kind, Name, Phone string
	Masked                  bool
	Note                    *string
}

type listTold[T any] struct {
	Items []T
	Next  *string
	Total int
}

// accessed counts the lines of the access log that tell of personal data.
func (w *town) accessed(t *testing.T) (n int) {
	t.Helper()
	if err := w.pool.QueryRow(t.Context(), `SELECT count(*) FROM access_log WHERE action = 'read_person'`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestPeopleAreMaskedByRight: who sees which names and phones in full, and that it is written down once for each request that told any.
func TestPeopleAreMaskedByRight(t *testing.T) {
	w := peopleTown(t)
	full := map[rights.Role][]string{
		rights.Bureau:     {"P-901", "P-911", "P-912"},
		rights.Street:     {"P-901", "P-911"}, // grid Z-01 lies in its street, the road of P-912 does not
		rights.Department: {"P-911"},
		rights.Officer:    {"P-901"},
		rights.Admin:      {}, rights.Auditor: {}, rights.Planner: {}, rights.Viewer: {},
	}
	names := map[string]string{"P-901": "王小明", "P-911": "欧阳建国", "P-912": "赵一"}
	masked := map[string]string{"P-901": "王**", "P-911": "欧**", "P-912": "赵*"}
	for role, may := range full {
		headers := w.as(t, role)
		before := w.accessed(t)
		list := told[listTold[holderTold]](t, w, "/api/v1/persons", headers...)
		if list.Total != 3 || len(list.Items) != 3 {
			t.Errorf("%s finds %d persons, want 3", role, list.Total)
		}
		for _, p := range list.Items {
			want := masked[p.Code]
			if slices.Contains(may, p.Code) {
				want = names[p.Code]
			}
			if p.Name != want || p.Masked == slices.Contains(may, p.Code) || p.Masked != strings.Contains(p.Phone, "****") {
				t.Errorf("%s reads of %s: %q %q, masked %v", role, p.Code, p.Name, p.Phone, p.Masked)
			}
		}
		if n, want := w.accessed(t)-before, min(len(may), 1); n != want {
			t.Errorf("%s: %d lines in the access log, want %d", role, n, want)
		}
		one := told[holderTold](t, w, "/api/v1/persons/P-911", headers...)
		if one.Masked == slices.Contains(may, "P-911") || (one.Note == nil) != one.Masked {
			t.Errorf("%s reads of P-911: %+v", role, one)
		}
	}
	office := told[listTold[holderTold]](t, w, "/api/v1/organisations", w.as(t, rights.Viewer)...)
	if len(office.Items) != 1 || office.Items[0].Name != "云溪物业" || !strings.Contains(office.Items[0].Phone, "****") {
		t.Errorf("organisations for a viewer: %+v", office.Items)
	}
}

// TestNothingLeaksMasked looks for full names and phones in every answer of people to somebody who may read none.
func TestNothingLeaksMasked(t *testing.T) {
	w := peopleTown(t)
	viewer := w.as(t, rights.Viewer)
	for _, path := range []string{
		"/api/v1/persons", "/api/v1/persons/P-901", "/api/v1/organisations/O-914", "/api/v1/duties", "/api/v1/duties?target_kind=grid&scheme=duty&target=Z-01",
		"/api/v1/vacancies", "/api/v1/vacancies?at=2019-01-01", "/api/v1/responsibility/lists/dutiful?region=370281&side=have", "/api/v1/locate?lon=120.0005&lat=36.27", "/api/v1/grids/Z-01?scheme=duty",
	} {
		a := w.get(t, path, viewer...)
		if a.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s %s", path, a.Status, a.body)
		}
		for _, secret := range []string{"王小明", "欧阳", "赵一", "钱二", "13812345678", "1390000", "88887777", "家住三楼", "兼职"} {
			if strings.Contains(string(a.body), secret) {
				t.Errorf("%s tells %s: %s", path, secret, a.body)
			}
		}
	}
	if n := w.accessed(t); n != 0 {
		t.Errorf("%d lines in the access log, but nothing was read in full", n)
	}
}

// TestSearchDoesNotLeak: by phone or full name nobody finds whom they may not read.
func TestSearchDoesNotLeak(t *testing.T) {
	w := peopleTown(t)
	for q, want := range map[string]map[rights.Role]int{
		"13900001111": {rights.Viewer: 0, rights.Officer: 0, rights.Department: 1, rights.Bureau: 1},
		"139":         {rights.Viewer: 0, rights.Bureau: 2},
		"欧阳":          {rights.Viewer: 0, rights.Bureau: 1},
		"欧":           {rights.Viewer: 1, rights.Bureau: 1},
		"建国":          {rights.Viewer: 0, rights.Street: 1},
		"p-911":       {rights.Viewer: 1},
		"中队长":         {rights.Viewer: 1},
		"市政处":         {rights.Viewer: 1},
		"小明":          {rights.Officer: 1, rights.Viewer: 0},
	} {
		for role, n := range want {
			if got := told[listTold[holderTold]](t, w, "/api/v1/persons?q="+url.QueryEscape(q), w.as(t, role)...); got.Total != n {
				t.Errorf("%s finds %d by %q, want %d", role, got.Total, q, n)
			}
		}
	}
}

func TestPersonsAreNarrowed(t *testing.T) {
	w := peopleTown(t)
	viewer := w.as(t, rights.Viewer)
	for query, want := range map[string][]string{
		"":                                   {"P-901", "P-911", "P-912"},
		"?at=2020-06-01":                     {"P-901", "P-911", "P-912", "P-913"},
		"?state=left":                        {"P-913"},
		"?state=idle&at=2020-06-01":          {"P-913"},
		"?state=absent":                      {},
		"?state=overloaded":                  {},
		"?role=grid_head":                    {"P-911"},
		"?scheme=duty":                       {"P-901", "P-911"},
		"?region=370281001":                  {"P-901", "P-911"},
		"?region=370281002":                  {"P-912"},
		"?region=center":                     {"P-901", "P-911"},
		"?dept=D2":                           {"P-901", "P-912"},
		"?region=370281&role=patrol_officer": {},
	} {
		got := []string{}
		for _, p := range told[listTold[holderTold]](t, w, "/api/v1/persons"+query, viewer...).Items {
			got = append(got, p.Code)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
	var paged []string
	for cursor := ""; ; {
		list := told[listTold[holderTold]](t, w, "/api/v1/persons?limit=2"+cursor, viewer...)
		for _, p := range list.Items {
			paged = append(paged, p.Code)
		}
		if list.Next == nil {
			break
		}
		cursor = "&cursor=" + *list.Next
	}
	if diff := cmp.Diff([]string{"P-901", "P-911", "P-912"}, paged); diff != "" {
		t.Error(diff)
	}
}

func TestVacancies(t *testing.T) {
	w := peopleTown(t)
	type failure struct {
		Kind   string
		Target struct{ Kind, Code, Scheme string }
		Role   string
		Have   int
	}
	ask := func(query string) (out []string) {
		for _, f := range told[listTold[failure]](t, w, "/api/v1/vacancies"+query, w.as(t, rights.Viewer)...).Items {
			out = append(out, fmt.Sprintf("%s %s %s %s %d", f.Kind, f.Target.Kind, f.Target.Code, f.Role, f.Have))
		}
		return out
	}
	officer, road := "missing grid Z-01 grid_officer 1", "missing road R-1 street_head 0"
	for query, want := range map[string][]string{
		"": {officer, road}, "?scheme=duty": {officer}, "?target_kind=road": {road}, "?kind=overloaded": nil, "?region=370281002": nil,
		"?at=2019-12-31": {"missing grid Z-01 grid_head 0", "missing grid Z-01 grid_officer 0", road, "missing road R-2 street_head 0"},
	} {
		if diff := cmp.Diff(want, ask(query)); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
	w.catchUp(t, w.write(t, `UPDATE duty SET valid_to = '2024-05-31' WHERE id = 9911`, `INSERT INTO absence (holder_id, kind, valid_from, valid_to) VALUES (912, 'leave', '2024-01-01', '2024-01-31')`))
	for query, want := range map[string]string{
		"?at=2024-05-31&target_kind=grid": officer, "?at=2024-06-01&target_kind=grid": "expired grid Z-01 grid_head 0",
		"?at=2024-01-15&kind=absent": "absent road R-2 street_head 0",
	} {
		if got := ask(query); len(got) == 0 || got[0] != want {
			t.Errorf("%s: %v, want %s first", query, got, want)
		}
	}
}

func TestQuestionsAboutPeopleAreBounded(t *testing.T) {
	w := peopleTown(t)
	viewer := w.as(t, rights.Viewer)
	for path, status := range map[string]int{
		"/api/v1/persons?at=yesterday": 400, "/api/v1/persons?region=nowhere": 400, "/api/v1/persons?state=odd": 400, "/api/v1/persons?limit=1001": 400, "/api/v1/persons?cursor=x": 400,
		"/api/v1/persons/O-914": 404, "/api/v1/persons/nobody": 404, "/api/v1/organisations/P-911": 404, "/api/v1/duties?target=Z-01": 400, "/api/v1/duties?target_kind=grid&target=Z-01": 400,
		"/api/v1/duties?target_kind=grid&target=Z-77&scheme=duty": 400, "/api/v1/duties?holder=nobody": 400, "/api/v1/duties?target_kind=moon": 400,
		"/api/v1/vacancies?scheme=none": 400, "/api/v1/vacancies?kind=odd": 400, "/api/v1/responsibility?by=galaxy": 400, "/api/v1/responsibility?scheme=none": 400, "/api/v1/responsibility?region=none": 400,
		"/api/v1/responsibility/lists/odd?region=370281": 400, "/api/v1/responsibility/lists/manned": 400, "/api/v1/responsibility/trend": 400,
		"/api/v1/responsibility/trend?region=370281&from=1990-01-01&to=2026-01-01&step=day": 400, "/api/v1/responsibility/trend?region=370281&from=2026-01-02&to=2026-01-01": 400,
		"/api/v1/certificates/none": 404, "/api/v1/certificates?cursor=zz": 400,
	} {
		if a := w.get(t, path, viewer...); a.StatusCode != status {
			t.Errorf("%s: %s, want %d\n%s", path, a.Status, status, a.body)
		}
	}
	for _, path := range []string{"/api/v1/persons", "/api/v1/duties", "/api/v1/vacancies", "/api/v1/responsibility", "/api/v1/certificates", "/api/v1/requirements"} {
		if a := w.get(t, path); a.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s without signing in: %s", path, a.Status)
		}
	}
}

func TestTablesOfRules(t *testing.T) {
	w := peopleTown(t)
	viewer := w.as(t, rights.Viewer)
	for path, n := range map[string]int{"/api/v1/departments": 2, "/api/v1/roles": 10, "/api/v1/requirements": 3, "/api/v1/load-limits": 3} {
		if got := told[listTold[map[string]any]](t, w, path, viewer...); len(got.Items) != n {
			t.Errorf("%s: %d rows, want %d", path, len(got.Items), n)
		}
	}
	tag := w.get(t, "/api/v1/requirements", viewer...).Header.Get("ETag")
	w.catchUp(t, w.write(t, `UPDATE requirement SET at_least = 3 WHERE role = 'grid_officer'`))
	if again := w.get(t, "/api/v1/requirements", viewer...).Header.Get("ETag"); tag == "" || again == tag {
		t.Errorf("tags %s and %s of different tables", tag, again)
	}
}

func TestLocateTellsWhoIsResponsible(t *testing.T) {
	w := peopleTown(t)
	type answer struct {
		Holders *[]struct {
			Role   string
			Holder holderTold
			Target struct{ Code string }
		}
	}
	const path = "/api/v1/locate?lon=120.0005&lat=36.27"
	var open answer
	w.json(t, path, &open)
	if open.Holders != nil {
		t.Errorf("nobody reads %+v", open.Holders)
	}
	got := told[answer](t, w, path, w.as(t, rights.Bureau)...)
	if got.Holders == nil || len(*got.Holders) != 2 || (*got.Holders)[0].Holder.Name != "欧阳建国" || (*got.Holders)[0].Target.Code != "Z-01" {
		t.Errorf("the bureau reads %+v", got.Holders)
	}
	if n := w.accessed(t); n != 1 {
		t.Errorf("%d lines in the access log, want 1", n)
	}
	before := told[answer](t, w, path+"&at=2019-01-01", w.as(t, rights.Bureau)...)
	if before.Holders == nil || len(*before.Holders) != 0 {
		t.Errorf("before the first duty: %+v", before.Holders)
	}
}

type shareTold struct {
	Have, Of float64
	Unit     string
	Share    *float64
}

type figuresTold struct {
	Code                     string
	At                       string
	Gridded, Manned, Dutiful shareTold
	Covered                  struct{ Area, Road, Alley shareTold }
}

func TestResponsibility(t *testing.T) {
	w := peopleTown(t)
	viewer := w.as(t, rights.Viewer)
	got := told[struct{ Items []figuresTold }](t, w, "/api/v1/responsibility?by=street&scheme=duty", viewer...).Items
	if len(got) != 2 || got[0].Code != "370281001" {
		t.Fatalf("%+v", got)
	}
	f := got[0]
	if f.Manned.Of != 1 || f.Manned.Have != 0 || f.Dutiful.Of != 3 || f.Dutiful.Have != 3 || f.Gridded.Have <= 0 || f.Gridded.Have != f.Covered.Area.Have || f.Covered.Alley.Share != nil {
		t.Errorf("阜安: %+v", f)
	}
	if f.Covered.Road.Of == 0 || f.Covered.Road.Have != f.Covered.Road.Of { // R-1 has nobody, but lies in Z-01
		t.Errorf("roads of 阜安: %+v", f.Covered.Road)
	}
	if r := got[1].Covered.Road; r.Have != r.Of || r.Of == 0 || got[1].Covered.Area.Have != 0 { // R-2 has a head, and no grid
		t.Errorf("中云: %+v", got[1])
	}
	for figure, n := range map[string][2]int{"gridded": {1, 1}, "manned": {0, 1}, "dutiful": {3, 0}, "covered_area": {1, 1}, "covered_road": {1, 0}, "covered_alley": {0, 0}} {
		for i, side := range []string{"have", "lack"} {
			list := told[listTold[map[string]any]](t, w, "/api/v1/responsibility/lists/"+figure+"?scheme=duty&region=370281001&side="+side, viewer...)
			if list.Total != n[i] {
				t.Errorf("%s %s: %d, want %d", side, figure, list.Total, n[i])
			}
			for _, item := range list.Items {
				if (item["geometry"] != nil) != (side == "lack" && (figure == "gridded" || figure == "covered_area")) {
					t.Errorf("%s %s: %v", side, figure, item)
				}
			}
		}
	}
	trend := told[struct{ Items []figuresTold }](t, w, "/api/v1/responsibility/trend?region=370281001&scheme=duty&from=2019-12-30&to=2020-01-02", viewer...).Items
	var seen []string
	for _, day := range trend {
		seen = append(seen, fmt.Sprintf("%s %.0f", day.At, day.Dutiful.Of))
	}
	if diff := cmp.Diff([]string{"2019-12-30 0", "2019-12-31 0", "2020-01-01 3", "2020-01-02 3"}, seen); diff != "" {
		t.Error(diff)
	}
	months := told[struct{ Items []figuresTold }](t, w, "/api/v1/responsibility/trend?region=370281001&from=2023-10-31&to=2024-03-15&step=month", viewer...).Items
	seen = nil
	for _, day := range months {
		seen = append(seen, day.At)
	}
	if diff := cmp.Diff([]string{"2023-10-31", "2023-11-30", "2023-12-31", "2024-01-31", "2024-02-29", "2024-03-15"}, seen); diff != "" {
		t.Error(diff)
	}
}

func TestCertificates(t *testing.T) {
	w := peopleTown(t)
	bureau, street := w.as(t, rights.Bureau), w.as(t, rights.Street)
	issue := func(body string, headers []string) answer {
		return w.send(t, http.MethodPost, "/api/v1/certificates", strings.NewReader(body), append(headers, "Content-Type", "application/json")...)
	}
	type certificate struct {
		Number, Digest string
		Document       json.RawMessage
	}
	var first, second certificate
	a := issue(`{"region": "370281001", "at": "2024-02-03"}`, bureau)
	if err := json.Unmarshal(a.body, &first); err != nil || a.StatusCode != http.StatusCreated {
		t.Fatalf("%s %s", a.Status, a.body)
	}
	if want := "全覆-370281-20240203-0001"; first.Number != want {
		t.Errorf("number %s, want %s", first.Number, want)
	}
	if err := json.Unmarshal(issue(`{"region": "370281001", "at": "2024-02-03"}`, street).body, &second); err != nil || second.Number != "全覆-370281-20240203-0002" {
		t.Errorf("the second is %s, %v", second.Number, err)
	}
	kept := told[certificate](t, w, "/api/v1/certificates/"+url.PathEscape(first.Number), w.as(t, rights.Viewer)...)
	if digest, err := grid.Digest(kept.Document); err != nil || digest != first.Digest || kept.Digest != first.Digest {
		t.Errorf("digests %s, %s, %s, %v", digest, first.Digest, kept.Digest, err)
	}
	for body, status := range map[string]int{
		`{"region": "370281002"}`: 403, `{"region": "370281"}`: 403, `{"region": "nowhere"}`: 400, `{"region": "370281001", "at": "2149-01-01"}`: 400, `{"region": "370281001", "at": "x"}`: 400, `{}`: 400,
	} {
		if a := issue(body, street); a.StatusCode != status {
			t.Errorf("%s by the street: %s, want %d", body, a.Status, status)
		}
	}
	if a := issue(`{"region": "370281001"}`, w.as(t, rights.Viewer)); a.StatusCode != http.StatusForbidden {
		t.Errorf("a viewer: %s", a.Status)
	}
	list := told[listTold[certificate]](t, w, "/api/v1/certificates?limit=1", bureau...)
	if list.Total != 2 || list.Next == nil || list.Items[0].Number != second.Number {
		t.Errorf("%+v", list)
	}
	if rest := told[listTold[certificate]](t, w, "/api/v1/certificates?cursor="+*list.Next, bureau...); len(rest.Items) != 1 || rest.Items[0].Number != first.Number {
		t.Errorf("%+v", rest)
	}
	if _, err := w.pool.Exec(t.Context(), `UPDATE certificate SET digest = ''`); err == nil {
		t.Error("a certificate was changed")
	}
}
