package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wangge/grid/rights"
)

// item is what the tests want to know of a feature.
type item struct {
	Type     string
	ID       int64
	Revision int64
	Geometry struct {
		Type        string
		Coordinates json.RawMessage
	}
	Properties map[string]any
	Regions    []struct{ Code string }
	Grids      []struct{ Scheme, Code string }
}

// writers is a town with the accounts of the matrix, and the headers of the bureau.
func writers(t *testing.T) (*town, []string) {
	t.Helper()
	w := newTown(t)
	w.settle(t)
	w.write(t, `ALTER TABLE public_toilet ALTER COLUMN id RESTART WITH 1000; ALTER TABLE road ALTER COLUMN id RESTART WITH 1000;
		ALTER TABLE barrier_free_ramp ALTER COLUMN id RESTART WITH 1000; ALTER TABLE construction_site ALTER COLUMN id RESTART WITH 1000;
		INSERT INTO department (code, name, kind) VALUES ('D3', '园林处', 'competent')`)
	return w, w.as(t, rights.Bureau)
}

const (
	toilets   = "/ogc/collections/public_toilet/items"
	newToilet = `{"type": "Feature", "geometry": {"type": "Point", "coordinates": [119.9996, 36.27021]},
		"properties": {"name": "新公厕", "grade": "二类", "open_24h": true, "male_stalls": 4, "maintainer_dept": "D2", "note": "内部"}}`
)

// sendAs sends a body of a media type.
func (w *town) sendAs(t *testing.T, method, path, media, body string, headers ...string) answer {
	t.Helper()
	return w.send(t, method, path, strings.NewReader(body), append([]string{"Content-Type", media}, headers...)...)
}

const (
	geoJSON = "application/geo+json"
	patch   = "application/merge-patch+json"
)

// made is a new toilet, its path and its tag.
func (w *town) made(t *testing.T, who []string) (f item, path, etag string) {
	t.Helper()
	a := w.sendAs(t, "POST", toilets, geoJSON, newToilet, who...)
	f = said[item](t, a, http.StatusCreated)
	return f, fmt.Sprintf("%s/%d", toilets, f.ID), a.Header.Get("ETag")
}

// rows counts what a test of refusals must not change: features, codes, changes.
func (w *town) rows(t *testing.T) (n string) {
	t.Helper()
	err := w.pool.QueryRow(t.Context(), `SELECT concat_ws(' ', (SELECT count(*) FROM change), (SELECT count(*) FROM code_registry), (SELECT coalesce(sum(last), 0) FROM code_counter),
		(SELECT coalesce(sum(revision), 0) FROM public_toilet), (SELECT coalesce(sum(revision), 0) FROM road), (SELECT count(*) FROM idempotency_key))`).Scan(&n)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Part 4: /req/create-replace-delete/options-op, options-response, options-accept-post; /req/update/methods, options-accept-patch.
func TestReqWriteOptions(t *testing.T) {
	w, _ := writers(t)
	for path, want := range map[string][3]string{
		toilets:                               {"GET, HEAD, OPTIONS, POST", "application/geo+json, application/json", ""},
		toilets + "/7":                        {"DELETE, GET, HEAD, OPTIONS, PATCH, PUT", "", "application/merge-patch+json"},
		"/ogc/collections/unit_grid/items":    {"GET, HEAD, OPTIONS", "", ""},
		"/ogc/collections/unit_grid/items/11": {"GET, HEAD, OPTIONS", "", ""},
		"/ogc/collections/grid_duty/items/13": {"GET, HEAD, OPTIONS", "", ""},
		"/ogc/collections/road/schema":        {"GET, HEAD, OPTIONS", "", ""},
	} {
		a := w.ask(t, http.MethodOptions, path)
		got := [3]string{strings.Join(sorted(strings.Split(a.Header.Get("Allow"), ", ")), ", "), a.Header.Get("Accept-Post"), a.Header.Get("Accept-Patch")}
		if a.StatusCode != http.StatusOK || got != want {
			t.Errorf("%s: %s %q", path, a.Status, got)
		}
	}
}

// Part 4: /req/create-replace-delete/post-op, post-body, post-response, post-response-rid; /req/features/resources-endpoint, resource-endpoint,
// default-crs: what is posted is there under a new id, and GET answers what POST did, with the same tag.
func TestReqWriteCreate(t *testing.T) {
	w, bureau := writers(t)
	a := w.sendAs(t, "POST", toilets, geoJSON, newToilet, bureau...)
	f := said[item](t, a, http.StatusCreated)
	location := a.Header.Get("Location")
	if location != fmt.Sprintf("%s%s/%d", w.URL, toilets, f.ID) || f.ID == 7 || f.Revision != 1 || a.Header.Get("Content-Type") != geoJSON || a.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%s %v", location, a.Header)
	}
	got := w.get(t, strings.TrimPrefix(location, w.URL), bureau...)
	if string(got.body) != string(a.body) || got.Header.Get("ETag") != a.Header.Get("ETag") {
		t.Errorf("GET %s\n%s\nPOST %s\n%s", got.Header.Get("ETag"), got.body, a.Header.Get("ETag"), a.body)
	}
	want := map[string]any{"name": "新公厕", "grade": "class_2", "open_24h": true, "male_stalls": 4.0, "maintainer_dept": "D2", "note": "内部", "status": "intact",
		"region_code": "370281001001", "code": "3702810301000001", "code_scheme": "GB/T 30428.2-2013", "updated_by": "bureau", "kind": nil}
	for name, v := range want {
		if diff := cmp.Diff(v, f.Properties[name]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if len(f.Grids) != 2 || f.Grids[0].Code != "370281001001001" {
		t.Errorf("%+v", f.Grids)
	}
	// A body with an id gets another.
	b := said[item](t, w.sendAs(t, "POST", toilets, "application/json", strings.Replace(newToilet, `"type": "Feature"`, `"type": "Feature", "id": 7`, 1), bureau...), http.StatusCreated)
	if b.ID == 7 || b.ID == f.ID || b.Properties["code"] != "3702810301000002" {
		t.Errorf("%d %v", b.ID, b.Properties["code"])
	}
	// The map shows it, for who asks for the revision of the write.
	var tile struct {
		Features []struct{ ID int64 }
	}
	w.json(t, "/ogc/collections/public_toilet/items?min_revision="+a.Header.Get("Wangge-Revision"), &tile)
	view := w.viewAt(t, a.Header.Get("Wangge-Revision"))
	if n := view.Features()["public_toilet"]; n < 2 {
		t.Errorf("%d toilets in memory", n)
	}
}

// Part 4: /req/create-replace-delete/post-content-type, put-content-type, /req/update/patch-content-type.
func TestReqWriteContentType(t *testing.T) {
	w, bureau := writers(t)
	for _, c := range []struct {
		method, media string
		status        int
	}{{"POST", "", 400}, {"PUT", "", 400}, {"PATCH", "", 400}, {"POST", "text/plain", 415}, {"POST", patch, 415}, {"PUT", patch, 415}, {"PATCH", geoJSON, 415}, {"PATCH", "application/json-patch+json", 415}, {"POST", "application/geo+json; charset=utf-8", 201}} {
		path := toilets
		if c.method != "POST" {
			path += "/7"
		}
		headers := append([]string{"If-Match", "*"}, bureau...)
		if c.media != "" {
			headers = append(headers, "Content-Type", c.media)
		}
		if a := w.send(t, c.method, path, strings.NewReader(newToilet), headers...); a.StatusCode != c.status {
			t.Errorf("%s %q: %s %s", c.method, c.media, a.Status, a.body)
		}
	}
}

// Part 4: /req/create-replace-delete/put-op, put-body, put-response; /req/features/geojson-create-replace: what a replacement does not name is empty, but
// for what the feature is known by.
func TestReqWriteReplace(t *testing.T) {
	w, bureau := writers(t)
	f, path, etag := w.made(t, bureau)
	a := w.sendAs(t, "PUT", path, geoJSON, `{"type": "Feature", "geometry": {"type": "Point", "coordinates": [120.0004, 36.27, 12.5]}, "properties": {"name": "改名"}}`, append([]string{"If-Match", etag}, bureau...)...)
	got := said[item](t, a, http.StatusOK)
	if got.ID != f.ID || got.Revision != 2 || a.Header.Get("ETag") == etag || string(got.Geometry.Coordinates) != "[120.0004,36.27]" {
		t.Errorf("%s", a.body)
	}
	for name, v := range map[string]any{"name": "改名", "grade": nil, "note": nil, "status": "intact", "code": "3702810301000001"} {
		if got.Properties[name] != v {
			t.Errorf("%s is %v", name, got.Properties[name])
		}
	}
	if again := w.get(t, path, bureau...); string(again.body) != string(a.body) {
		t.Errorf("%s", again.body)
	}
	// What was read can be sent back: nothing changes, and nothing is written.
	before := w.rows(t)
	same := w.sendAs(t, "PUT", path, geoJSON, string(a.body), append([]string{"If-Match", a.Header.Get("ETag")}, bureau...)...)
	if same.StatusCode != http.StatusOK || same.Header.Get("ETag") != a.Header.Get("ETag") || w.rows(t) != before {
		t.Errorf("%s %s", same.Status, same.body)
	}
}

// Part 4: /req/create-replace-delete/put-rid, put-rid-exception; /req/update/rid.
func TestReqWriteResourceID(t *testing.T) {
	w, bureau := writers(t)
	_, path, _ := w.made(t, bureau)
	before := w.rows(t)
	other := strings.Replace(newToilet, `"type": "Feature"`, `"type": "Feature", "id": 7`, 1)
	for _, c := range []struct {
		method, path, media, body, match string
		status                           int
	}{
		{"PUT", path, geoJSON, other, "*", 422}, {"PATCH", path, patch, `{"id": 7}`, "*", 422},
		{"PUT", toilets + "/999", geoJSON, newToilet, "", 404}, {"PUT", toilets + "/999", geoJSON, newToilet, "*", 404}, {"PUT", toilets + "/998", geoJSON, newToilet, `"xyz"`, 404},
		{"PUT", toilets + "/99999999999999999999", geoJSON, newToilet, "*", 404}, {"PATCH", toilets + "/999", patch, `{}`, "*", 404}, {"PUT", toilets + "/x", geoJSON, newToilet, "*", 400},
	} {
		if a := w.sendAs(t, c.method, c.path, c.media, c.body, append([]string{"If-Match", c.match}, bureau...)...); a.StatusCode != c.status {
			t.Errorf("%s %s: %s %s", c.method, c.path, a.Status, a.body)
		}
	}
	if w.rows(t) != before {
		t.Error("something was written")
	}
}

// Part 4: /req/create-replace-delete/delete-op, delete-response.
func TestReqWriteDelete(t *testing.T) {
	w, bureau := writers(t)
	f, path, etag := w.made(t, bureau)
	a := w.ask(t, "DELETE", path, append([]string{"If-Match", etag}, bureau...)...)
	if a.StatusCode != http.StatusNoContent || len(a.body) != 0 || a.Header.Get("Wangge-Revision") == "" {
		t.Fatalf("%s %s", a.Status, a.body)
	}
	if got := w.get(t, path, bureau...); got.StatusCode != http.StatusNotFound {
		t.Error(got.Status)
	}
	if again := w.ask(t, "DELETE", path, append([]string{"If-Match", "*"}, bureau...)...); again.StatusCode != http.StatusNotFound {
		t.Error(again.Status)
	}
	// Its code is not given again, neither by number nor by hand.
	next, _, _ := w.made(t, bureau)
	if next.Properties["code"] == f.Properties["code"] {
		t.Error("the code was given again")
	}
	taken := fmt.Sprintf(`{"type": "Feature", "geometry": {"type": "Point", "coordinates": [120, 36.27]}, "properties": {"code": %q, "code_scheme": "GB/T 30428.2-2013"}}`, f.Properties["code"])
	if p := problemOf(t, w.sendAs(t, "POST", toilets, geoJSON, taken, bureau...)); p.Status != http.StatusConflict || p.Type != "code-taken" {
		t.Errorf("%+v", p)
	}
}

// Part 4: /req/update/update-patch-op, update-patch-body, update-patch-response; /req/features/update-json-merge-patch.
func TestReqWriteUpdate(t *testing.T) {
	w, bureau := writers(t)
	f, path, etag := w.made(t, bureau)
	a := w.sendAs(t, "PATCH", path, patch, `{"properties": {"grade": null, "status": "停用", "extra": {"a": {"b": 1, "c": 2}}}}`, append([]string{"If-Match", etag}, bureau...)...)
	got := said[item](t, a, http.StatusOK)
	want := f.Properties
	want["grade"], want["status"], want["extra"], want["revision"], want["updated_at"] = nil, "closed", map[string]any{"a": map[string]any{"b": 1.0, "c": 2.0}}, 2.0, got.Properties["updated_at"]
	if diff := cmp.Diff(want, got.Properties); diff != "" {
		t.Error(diff)
	}
	got = said[item](t, w.sendAs(t, "PATCH", path, patch, `{"type": "Feature", "geometry": {"type": "MultiPoint", "coordinates": [[120.0005, 36.2701]]}, "properties": {"extra": {"a": {"b": null, "d": [1]}, "e": "x"}}}`,
		append([]string{"If-Match", a.Header.Get("ETag")}, bureau...)...), http.StatusOK)
	if diff := cmp.Diff(map[string]any{"a": map[string]any{"c": 2.0, "d": []any{1.0}}, "e": "x"}, got.Properties["extra"]); diff != "" {
		t.Error(diff)
	}
	if got.Geometry.Type != "Point" || string(got.Geometry.Coordinates) != "[120.0005,36.2701]" || got.Grids[0].Code != "370281001001002" {
		t.Errorf("%+v %+v", got.Geometry, got.Grids)
	}
	// The column that cannot be empty gets its default; an empty patch changes nothing.
	before := w.rows(t)
	if same := said[item](t, w.sendAs(t, "PATCH", path, patch, `{"properties": {}}`, append([]string{"If-Match", "*"}, bureau...)...), http.StatusOK); same.Revision != 3 || w.rows(t) != before {
		t.Errorf("revision %d", same.Revision)
	}
	if back := said[item](t, w.sendAs(t, "PATCH", path, patch, `{"properties": {"status": null, "extra": null}}`, append([]string{"If-Match", "*"}, bureau...)...), http.StatusOK); back.Properties["status"] != "intact" || back.Revision != 4 {
		t.Errorf("%v", back.Properties)
	}
}

// Part 4: /req/optimistic-locking-etags/get-etag-response, ifmatch-{put,patch,delete}-{op,eval}, {put,patch}-etag-response.
func TestReqWriteOptimisticLocking(t *testing.T) {
	w, bureau := writers(t)
	_, path, etag := w.made(t, bureau)
	before := w.rows(t)
	for method, body := range map[string]string{"PUT": newToilet, "PATCH": `{"properties": {"name": "x"}}`, "DELETE": ""} {
		media := map[string]string{"PUT": geoJSON, "PATCH": patch}[method]
		for match, status := range map[string]int{`"0"`: 412, `"2"`: 412, `"2.abc"`: 412, `W/` + etag: 412, `"x"`: 412, `1`: 412, `"2", "3.x"`: 412, `"2", 1`: 412, "": 428} {
			headers := bureau
			if match != "" {
				headers = append([]string{"If-Match", match}, bureau...)
			}
			if a := w.sendAs(t, method, path, media, body, headers...); a.StatusCode != status {
				t.Errorf("%s If-Match %s: %s", method, match, a.Status)
			}
		}
	}
	if w.rows(t) != before {
		t.Error("something was written")
	}
	for i, match := range []string{etag, `"2"`, `"3.whatever"`, "*", `"1", "5.a,b"`, `W/"6", "x", "7.y","6.z" , "2"`} {
		a := w.sendAs(t, "PATCH", path, patch, fmt.Sprintf(`{"properties": {"name": "%d"}}`, i), append([]string{"If-Match", match}, bureau...)...)
		if a.StatusCode != http.StatusOK || a.Header.Get("ETag") == etag || !strings.HasPrefix(a.Header.Get("ETag"), fmt.Sprintf(`"%d.`, i+2)) {
			t.Errorf("%s: %s %s", match, a.Status, a.Header.Get("ETag"))
		}
	}
}

// Part 4: /req/handling/prefer, strict, lenient, preference-applied; RFC 7240 return=minimal.
func TestReqWritePrefer(t *testing.T) {
	w, bureau := writers(t)
	for _, prefer := range []string{"handling=strict", "handling=lenient", "return=minimal, handling=strict", `wait=10; handling="lenient"`} {
		a := w.sendAs(t, "POST", toilets, geoJSON, newToilet, append([]string{"Prefer", prefer}, bureau...)...)
		if a.StatusCode != http.StatusCreated || a.Header.Get("Preference-Applied") == "" || (len(a.body) == 0) != strings.Contains(prefer, "minimal") || a.Header.Get("ETag") == "" {
			t.Errorf("%s: %s %s", prefer, a.Status, a.Header.Get("Preference-Applied"))
		}
	}
	before := w.rows(t)
	p := w.sendAs(t, "POST", toilets, geoJSON, `{"type": "Feature", "geometry": null, "properties": {}}`, append([]string{"Prefer", "handling=strict"}, bureau...)...)
	if p.StatusCode != http.StatusUnprocessableEntity || p.Header.Get("Preference-Applied") != "handling=strict" || w.rows(t) != before {
		t.Errorf("%s %v", p.Status, p.Header)
	}
	a := w.sendAs(t, "PATCH", toilets+"/7", patch, `{"properties": {"name": "少"}}`, append([]string{"Prefer", "return=minimal", "If-Match", "*"}, bureau...)...)
	if a.StatusCode != http.StatusNoContent || !strings.HasPrefix(a.Header.Get("ETag"), `"2.`) {
		t.Errorf("%s %s", a.Status, a.Header.Get("ETag"))
	}
}
