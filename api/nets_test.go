package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wangge/grid/rights"
)

// netGrid is what the tests want to know of a grid.
type netGrid struct {
	ID       int64   `json:"id"`
	Scheme   string  `json:"scheme"`
	Code     string  `json:"code"`
	Short    string  `json:"short_code"`
	Name     string  `json:"name"`
	AreaM2   float64 `json:"area_m2"`
	ValidTo  *string `json:"valid_to"`
	Revision int64   `json:"revision"`
}

// netEdit is what the tests want to know of an edit.
type netEdit struct {
	Edit     int64     `json:"edit"`
	Kind     string    `json:"kind"`
	Made     []netGrid `json:"made"`
	Changed  []netGrid `json:"changed"`
	Retired  []string  `json:"retired"`
	Touched  []string  `json:"touched"`
	Findings []struct {
		Kind string `json:"kind"`
	} `json:"findings"`
	FeaturesMoved int `json:"features_moved"`
}

const (
	westUnit = "370281001001001"
	eastUnit = "370281001001002"
	cutWest  = `{"line": {"type": "LineString", "coordinates": [[119.9985, 36.27], [120.0001, 36.27005]]}, "note": "试"}`
)

// said reads an answer that must have a status.
func said[T any](t *testing.T, a answer, status int) (v T) {
	t.Helper()
	if a.StatusCode != status {
		t.Fatalf("%s, want %d\n%s", a.Status, status, a.body)
	}
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("%v\n%s", err, a.body)
	}
	return v
}

func TestSchemesAndGrids(t *testing.T) {
	w := newTown(t)
	schemes := said[page[struct {
		Code    string `json:"code"`
		Grids   int    `json:"grids"`
		Pattern []any  `json:"pattern"`
	}]](t, w.get(t, "/api/v1/schemes"), 200)
	if len(schemes.Items) != 2 || schemes.Items[0].Code != "unit" || schemes.Items[0].Grids != 2 || len(schemes.Items[0].Pattern) != 4 {
		t.Errorf("%+v", schemes)
	}
	var codes []string
	for path := "/api/v1/grids?limit=1"; path != ""; {
		list := said[page[netGrid]](t, w.get(t, path), 200)
		if list.Total != 3 || len(list.Items) != 1 {
			t.Fatalf("%+v", list)
		}
		codes, path = append(codes, list.Items[0].Code), ""
		if list.Next != nil {
			path = "/api/v1/grids?limit=1&cursor=" + *list.Next
		}
	}
	if diff := cmp.Diff([]string{westUnit, eastUnit, "Z-01"}, codes); diff != "" {
		t.Error(diff)
	}
	for query, want := range map[string]int{
		"scheme=unit": 2, "q=%E4%BA%91%E6%BA%AA": 1, "q=Z-0": 1, "region=370281001": 3, "region=370281002": 0, "region=center": 2, "at=2026-01-01&scheme=duty": 1,
	} {
		if list := said[page[netGrid]](t, w.get(t, "/api/v1/grids?"+query), 200); list.Total != want {
			t.Errorf("%s: %d, want %d", query, list.Total, want)
		}
	}
	for path, status := range map[string]int{
		"/grids?scheme=nonsense": 404, "/grids?region=nonsense": 400, "/grids?at=yesterday": 400, "/grids?state=vacant": 401, "/grids?state=lost": 400, "/grids?limit=0": 400,
		"/grids/nonsense": 404, "/grids/" + westUnit + "?scheme=duty": 404, "/grids/" + westUnit + "?scheme=nonsense": 404, "/grids/states": 401,
		"/schemes/nonsense": 404, "/grid-edits?cursor=x": 400, "/integrity?scheme=nonsense": 404, "/integrity?kind=nonsense": 400, "/integrity?region=nonsense": 400,
	} {
		if a := w.get(t, "/api/v1"+path); a.StatusCode != status {
			t.Errorf("%s: %s, want %d", path, a.Status, status)
		}
	}
}

func TestGridDetail(t *testing.T) {
	w := peopleTown(t)
	type detail struct {
		netGrid
		Counts  map[string]int     `json:"counts"`
		Lengths map[string]float64 `json:"lengths_m"`
		People  []any              `json:"people"`
		State   *string            `json:"state"`
		Path    []any              `json:"path"`
	}
	open := w.get(t, "/api/v1/grids/"+westUnit)
	g := said[detail](t, open, 200)
	if g.People != nil || g.State != nil || len(g.Path) != 3 || g.Short != "001" || open.Header.Get("ETag") != fmt.Sprintf("%q", fmt.Sprint(g.Revision)) || open.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%+v %v", g, open.Header)
	}
	if diff := cmp.Diff(map[string]int{"road": 1, "public_toilet": 1, "construction_site": 1}, g.Counts); diff != "" || g.Lengths["road"] < 60 {
		t.Errorf("%s %v", diff, g.Lengths)
	}
	duty := said[detail](t, w.get(t, "/api/v1/grids/Z-01?scheme=duty", w.as(t, rights.Viewer)...), 200)
	if len(duty.People) != 2 || duty.State == nil || *duty.State != "vacant" {
		t.Errorf("%+v", duty)
	}
	states := said[struct {
		Items []struct {
			Code   string         `json:"code"`
			State  string         `json:"state"`
			People int            `json:"people"`
			Head   *string        `json:"head"`
			Counts map[string]int `json:"counts"`
		} `json:"items"`
	}](t, w.get(t, "/api/v1/grids/states?scheme=duty", w.as(t, rights.Viewer)...), 200)
	if len(states.Items) != 1 || states.Items[0].State != "vacant" || states.Items[0].People != 2 || states.Items[0].Head == nil || *states.Items[0].Head != "欧**" {
		t.Errorf("%+v", states)
	}
	if list := said[page[netGrid]](t, w.get(t, "/api/v1/grids?state=vacant", w.as(t, rights.Viewer)...), 200); list.Total != 1 {
		t.Errorf("vacant: %+v", list)
	}
}

// TestEditNet: a grid is split on trial, split, split again in vain, and put together again; memory follows.
func TestEditNet(t *testing.T) {
	w := newTown(t)
	bureau := w.as(t, rights.Bureau)
	path := "/api/v1/grids/" + westUnit + "/split?scheme=unit"
	post := func(path, body string, headers ...string) answer {
		return w.post(t, http.MethodPost, path, body, slices.Concat(bureau, headers)...)
	}
	if a := post(path, cutWest); a.StatusCode != http.StatusPreconditionRequired {
		t.Errorf("without If-Match: %s", a.Status)
	}
	if a := post(path, cutWest, "If-Match", `"7"`); a.StatusCode != http.StatusPreconditionFailed {
		t.Errorf("stale: %s", a.Status)
	}
	trial := said[netEdit](t, post(path+"&dry_run=true", cutWest, "If-Match", `"1"`), 200)
	if len(trial.Made) != 2 || trial.FeaturesMoved == 0 {
		t.Errorf("trial: %+v", trial)
	}
	if list := said[page[any]](t, w.get(t, "/api/v1/grid-edits"), 200); list.Total != 0 {
		t.Errorf("a trial left %d edits", list.Total)
	}
	first := post(path, cutWest, "If-Match", `"1"`, "Idempotency-Key", "k1")
	split := said[netEdit](t, first, 200)
	again := post(path, cutWest, "If-Match", `"1"`, "Idempotency-Key", "k1")
	if string(again.body) != string(first.body) || again.Header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("a retry: %s %s", again.Status, again.body)
	}
	if split.Kind != "split" || len(split.Made) != 2 || split.Made[0].Code != "370281001001003" || !slices.Equal(split.Retired, []string{westUnit}) || !slices.Equal(split.Touched, []string{eastUnit}) {
		t.Errorf("%+v", split)
	}
	if a := post(path, cutWest, "If-Match", `"*"`); a.StatusCode != http.StatusPreconditionFailed {
		t.Errorf("again: %s", a.Status)
	}
	if a := post(path, cutWest, "If-Match", `*`); a.StatusCode != http.StatusConflict {
		t.Errorf("a retired grid: %s", a.Status)
	}
	seen := "min_revision=" + first.Header.Get("Wangge-Revision")
	old := said[struct {
		netGrid
		Children []string `json:"children"`
	}](t, w.get(t, "/api/v1/grids/"+westUnit+"?"+seen), 200)
	if old.ValidTo == nil || len(old.Children) != 2 {
		t.Errorf("the retired grid: %+v", old)
	}
	if a := w.get(t, "/api/v1/grids/370281001001003?at=2026-01-01&"+seen); a.StatusCode != http.StatusNotFound {
		t.Errorf("before its time: %s", a.Status)
	}
	undone := post(fmt.Sprintf("/api/v1/grid-edits/%d/undo", split.Edit), `{"note": "撤回"}`)
	merged := said[netEdit](t, undone, 200)
	if merged.Kind != "merge" || len(merged.Made) != 1 || merged.Made[0].Code != "370281001001005" {
		t.Errorf("%+v", merged)
	}
	if a := post(fmt.Sprintf("/api/v1/grid-edits/%d/undo", split.Edit), `{}`); a.StatusCode != http.StatusConflict {
		t.Errorf("undone twice: %s", a.Status)
	}
	lineage := said[struct {
		Ancestors []struct {
			Code string `json:"code"`
		} `json:"ancestors"`
		Edits []struct {
			Undoes *int64 `json:"undoes"`
		} `json:"edits"`
	}](t, w.get(t, "/api/v1/grids/370281001001005/lineage?min_revision="+undone.Header.Get("Wangge-Revision")), 200)
	if len(lineage.Ancestors) != 3 || lineage.Ancestors[2].Code != westUnit || len(lineage.Edits) != 2 || lineage.Edits[0].Undoes == nil {
		t.Errorf("%+v", lineage)
	}
}

// TestNetRefusals: what is asked wrongly is told what is wrong with it, whoever asks without the right is refused.
func TestNetRefusals(t *testing.T) {
	w := newTown(t)
	bureau := w.as(t, rights.Bureau)
	split, merge, redraw := "/grids/"+westUnit+"/split", "/grids/"+westUnit+"/merge", "/grids/"+westUnit+"/redraw"
	polygon := func(w, s, e, n float64) string {
		return fmt.Sprintf(`{"type": "Polygon", "coordinates": [[[%v, %v], [%v, %v], [%v, %v], [%v, %v], [%v, %v]]]}`, w, s, e, s, e, n, w, n, w, s)
	}
	for name, c := range map[string]struct {
		method, path, body string
		status             int
		code               string
	}{
		"no line":                     {"POST", split, `{}`, 400, "invalid-request"},
		"a point for a line":          {"POST", split, `{"line": {"type": "Point", "coordinates": [120, 36]}}`, 400, "invalid-request"},
		"no cut":                      {"POST", split, `{"line": {"type": "LineString", "coordinates": [[119, 36], [119, 37]]}}`, 422, "no-cut"},
		"a line over itself":          {"POST", split, `{"line": {"type": "LineString", "coordinates": [[119.998, 36.27], [119.9998, 36.27], [119.9995, 36.2703], [119.9995, 36.268]]}}`, 422, "crossing"},
		"nothing to merge with":       {"POST", merge, `{"with": []}`, 400, "invalid-request"},
		"a neighbour that is not":     {"POST", merge, `{"with": ["nonsense"]}`, 404, "not-found"},
		"no ground":                   {"POST", redraw, `{}`, 400, "invalid-request"},
		"a ring that is open":         {"POST", redraw, `{"geometry": {"type": "Polygon", "coordinates": [[[119.999, 36.27], [120, 36.27], [120, 36.271], [119.999, 36.271]]]}}`, 400, "invalid-request"},
		"out of the community":        {"POST", redraw, `{"geometry": ` + polygon(119.97, 36.2695, 120, 36.2705) + `}`, 422, "outside-division"},
		"a member of nothing":         {"POST", redraw, `{"unknown": 1}`, 400, "invalid-request"},
		"a long note":                 {"POST", "/grids/" + westUnit + "/retire", `{"note": "` + strings.Repeat("x", 1501) + `"}`, 400, "invalid-request"},
		"ground that is taken":        {"POST", "/grids", `{"scheme": "unit", "geometry": ` + polygon(119.9995, 36.27, 120.0005, 36.272) + `}`, 409, "overlap"},
		"a code of another county":    {"POST", "/grids", `{"scheme": "unit", "code": "370282001001009", "geometry": ` + polygon(120.002, 36.27, 120.003, 36.271) + `}`, 422, "misnamed"},
		"no pattern":                  {"POST", "/grids", `{"scheme": "duty", "geometry": ` + polygon(120.002, 36.27, 120.003, 36.271) + `}`, 422, "no-pattern"},
		"a use that is not":           {"PATCH", "/grids/" + westUnit, `{"land_use": "casino"}`, 400, "invalid-request"},
		"no such edit":                {"POST", "/grid-edits/99/undo", `{}`, 404, "not-found"},
		"no such finding":             {"POST", "/integrity/repairs", `{"scheme": "unit", "finding": "x"}`, 409, "no-repair"},
		"no such scheme":              {"POST", "/integrity/repairs", `{"scheme": "x", "finding": "x"}`, 404, "no-such-scheme"},
		"a scheme without pattern":    {"POST", "/schemes", `{"code": "guard", "title": "护林", "title_en": "Guards", "pattern": []}`, 400, "invalid-request"},
		"a scheme with a wild name":   {"POST", "/schemes", `{"code": "Guard!", "title": "护林", "title_en": "Guards", "pattern": [{"name": "sequence", "length": 3}]}`, 400, "invalid-request"},
		"a scheme of nowhere":         {"POST", "/schemes", `{"code": "guard", "extent": "x", "title": "护林", "title_en": "Guards", "pattern": [{"name": "sequence", "length": 3}]}`, 400, "invalid-request"},
		"a scheme that is":            {"POST", "/schemes", `{"code": "duty", "title": "护林", "title_en": "Guards", "pattern": [{"name": "sequence", "length": 3}]}`, 409, "scheme-taken"},
		"no JSON":                     {"POST", split, `{`, 400, "invalid-request"},
		"a grid that is not to split": {"POST", "/grids/nonsense/split", cutWest, 404, "not-found"},
	} {
		a := w.post(t, c.method, "/api/v1"+c.path, c.body, slices.Concat(bureau, []string{"If-Match", "*"})...)
		if p := problemOf(t, a); a.StatusCode != c.status || p.Type != c.code {
			t.Errorf("%s: %s %s, want %d %s\n%s", name, a.Status, p.Type, c.status, c.code, a.body)
		}
	}
	for _, role := range []rights.Role{rights.Nobody, rights.Officer, rights.Viewer, rights.Planner, rights.Auditor, rights.Admin, rights.Department} {
		a := w.post(t, http.MethodPost, "/api/v1"+split, cutWest, slices.Concat(w.as(t, role), []string{"If-Match", "*"})...)
		if want := map[bool]int{true: 401, false: 403}[role == rights.Nobody]; a.StatusCode != want {
			t.Errorf("%s: %s, want %d", role, a.Status, want)
		}
	}
	w.write(t, `UPDATE account SET region_code = '370281002' WHERE name = 'street'`)
	if a := w.post(t, http.MethodPost, "/api/v1"+split, cutWest, slices.Concat(w.as(t, rights.Street), []string{"If-Match", "*"})...); a.StatusCode != http.StatusForbidden {
		t.Errorf("another street: %s", a.Status)
	}
}

// TestIntegrityOverHTTP: the gap around two grids is found, and mended as proposed; descriptions change.
func TestIntegrityOverHTTP(t *testing.T) {
	w := newTown(t)
	bureau := w.as(t, rights.Bureau)
	revision := w.write(t, `UPDATE grid_scheme SET extent_code = 'center' WHERE code = 'unit'`,
		`UPDATE region SET geom = ST_Multi(ST_MakeEnvelope(119.999, 36.2695, 120.001, 36.2705, 4490)) WHERE code = 'center'`,
		`UPDATE grid SET geom = ST_MakeEnvelope(119.999, 36.2695, 119.9999, 36.2705, 4490) WHERE id = 11`)
	type findings struct {
		Findings []struct {
			ID       string   `json:"id"`
			Kind     string   `json:"kind"`
			Severity string   `json:"severity"`
			Grids    []string `json:"grids"`
			Repair   *struct {
				Shapes []struct {
					Code string `json:"code"`
				} `json:"shapes"`
			} `json:"repair"`
		} `json:"findings"`
		Totals map[string]int `json:"totals"`
	}
	found := said[findings](t, w.get(t, "/api/v1/integrity?scheme=unit&min_revision="+revision), 200)
	if len(found.Findings) != 1 || found.Findings[0].Kind != "gap" || found.Findings[0].Repair == nil || found.Totals["gap"] != 1 {
		t.Fatalf("%+v", found)
	}
	repair := fmt.Sprintf(`{"scheme": "unit", "finding": %q}`, found.Findings[0].ID)
	w.write(t, `UPDATE account SET region_code = '370281002' WHERE name = 'street'`)
	if a := w.post(t, "POST", "/api/v1/integrity/repairs", repair, w.as(t, rights.Street)...); a.StatusCode != http.StatusForbidden {
		t.Errorf("another street: %s", a.Status)
	}
	w.write(t, `UPDATE account SET region_code = '370281001' WHERE name = 'street'`)
	mended := w.post(t, "POST", "/api/v1/integrity/repairs", repair, w.as(t, rights.Street)...)
	if e := said[netEdit](t, mended, 200); e.Kind != "repair" || len(e.Changed) != 1 || len(e.Findings) != 0 {
		t.Errorf("%+v", e)
	}
	if found = said[findings](t, w.get(t, "/api/v1/integrity?min_revision="+mended.Header.Get("Wangge-Revision")), 200); len(found.Findings) != 0 {
		t.Errorf("%+v", found)
	}
	named := w.post(t, "PATCH", "/api/v1/grids/"+eastUnit, `{"name": "云溪东", "land_use": "green", "level": ""}`, slices.Concat(bureau, []string{"If-Match", "*"})...)
	if g := said[netGrid](t, named, 200); g.Name != "云溪东" || named.Header.Get("ETag") != fmt.Sprintf("%q", fmt.Sprint(g.Revision)) {
		t.Errorf("%+v", g)
	}
	made := w.post(t, "POST", "/api/v1/schemes", `{"code": "guard", "title": "护林", "title_en": "Guards", "pattern": [{"name": "net", "length": 2, "value": "07"}, {"name": "sequence", "length": 3}]}`, bureau...)
	if made.StatusCode != http.StatusCreated || made.Header.Get("Location") != "/api/v1/schemes/guard" {
		t.Errorf("%s %s", made.Status, made.body)
	}
	changed := w.post(t, "PATCH", "/api/v1/schemes/guard", `{"shown": false}`, slices.Concat(bureau, []string{"If-Match", `"1"`})...)
	if changed.StatusCode != http.StatusOK || changed.Header.Get("ETag") != `"2"` {
		t.Errorf("%s %s", changed.Status, changed.body)
	}
	first := w.post(t, "POST", "/api/v1/grids", `{"scheme": "guard", "geometry": {"type": "Polygon", "coordinates": [[[120, 36.27], [120.01, 36.27], [120.005, 36.275], [120, 36.27]]]}}`, bureau...)
	if e := said[netEdit](t, first, 201); len(e.Made) != 1 || e.Made[0].Code != "07001" {
		t.Errorf("%+v", e)
	}
}
