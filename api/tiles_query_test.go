package api

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb/encoding/mvt"

	"wangge/layers/cql2"
)

// attributes gives the attributes of the features of a layer in a tile.
func attributes(t *testing.T, body []byte, layer string) []map[string]any {
	t.Helper()
	decoded, err := mvt.Unmarshal(body)
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]any
	for _, l := range decoded {
		for _, f := range l.Features {
			if l.Name == layer {
				out = append(out, f.Properties)
			}
		}
	}
	return out
}

func TestTileFilter(t *testing.T) {
	w := newTown(t)
	path := tilePath("public_toilet", 16)
	all := w.get(t, path)
	tags := map[string]bool{all.Header.Get("ETag"): true}
	for filter, want := range map[string]int{
		"grade = 'class_1'": http.StatusOK, "grade = 'class_2'": http.StatusNoContent, "open_24h = TRUE AND name LIKE '少海%'": http.StatusOK,
		"status IN ('closed', 'damaged')": http.StatusNoContent, "name IS NULL": http.StatusNoContent,
	} {
		a := w.get(t, path+"?filter="+url.QueryEscape(filter))
		if a.StatusCode != want {
			t.Errorf("%s: %s %s", filter, a.Status, a.body)
		}
		if tags[a.Header.Get("ETag")] && want == http.StatusOK {
			t.Errorf("%s has the tag of another question", filter)
		}
		tags[a.Header.Get("ETag")] = true
	}
	one := w.get(t, path+"?filter="+url.QueryEscape("open_24h=true AND grade='class_1'"))
	two := w.get(t, path+"?filter="+url.QueryEscape("  (open_24h  = TRUE)   and (grade = 'class_1')"))
	if one.Header.Get("ETag") != two.Header.Get("ETag") {
		t.Error("two spellings of one filter have two tags")
	}
}

func TestTileFields(t *testing.T) {
	w := newTown(t)
	path := tilePath("public_toilet,road", 16)
	a := w.get(t, path+"?fields=name,code,name")
	for layer, want := range map[string]map[string]any{
		"public_toilet": {"name": "少海公厕", "code": "T-7"}, "road": {"name": "扬州路", "code": "R-1"},
	} {
		if diff := cmp.Diff([]map[string]any{want}, attributes(t, a.body, layer)); diff != "" {
			t.Errorf("%s: %s", layer, diff)
		}
	}
	b := w.get(t, path+"?fields=code,name")
	if a.Header.Get("ETag") != b.Header.Get("ETag") {
		t.Error("the same set of fields has two tags")
	}
	if a.Header.Get("ETag") == w.get(t, path).Header.Get("ETag") {
		t.Error("some fields and all have one tag")
	}
}

// What is wrong with a question is told with its place, in both languages, and of tiles as of their description.
func TestWrongQuestions(t *testing.T) {
	w := newTown(t)
	esc := url.QueryEscape
	for query, want := range map[string]string{
		"filter=":                                                "filter: at character 1:",
		"filter=" + esc("grade ="):                               "filter: at character 8:",
		"filter=" + esc("名 = 'a' AND ("):                         "filter: at character 14:",
		"filter=" + esc("depth > 3"):                             "filter: at character 1:",
		"filter=" + esc("note = 'secret'"):                       "filter: at character 1:",
		"filter=" + esc("grade > 3"):                             "filter: at character ",
		"filter=%FF":                                             "filter: ",
		"filter=%00":                                             "filter: ",
		"filter=a&filter=b":                                      "filter: ",
		"fields=":                                                `fields: none of the layers has a field ""`,
		"fields=name,":                                           `fields: none of the layers has a field ""`,
		"fields=name,depth":                                      `fields: none of the layers has a field "depth"`,
		"fields=note":                                            `fields: none of the layers has a field "note"`,
		"fields=" + strings.Repeat("x", 65):                      "fields: none of the layers has a field ",
		"fields=name&fields=code":                                "fields: ",
		"fields=%00":                                             "fields: ",
		"fields=" + strings.Repeat("a,", 64):                     "fields: at most 64",
		"fields=" + strings.Repeat("name,", 2000):                "fields: ",
		"filter=" + esc(strings.Repeat("a", 10_000)):             "filter: at character ",
		"filter=" + strings.Repeat("%28", cql2.Limit):            "filter: at character ",
		"filter=" + esc(strings.Repeat("(", 300)+"open_24h"):     "filter: at character ",
		"filter=" + esc(strings.Repeat("NOT ", 1000)+"open_24h"): "filter: at character ",
		"filter=" + esc("name = '"+strings.Repeat("'", 3001)+"' AND grade="): "filter: at character ",
	} {
		for _, path := range []string{tilePath("public_toilet", 16), "/tiles/public_toilet.json"} {
			a := w.get(t, path+"?"+query)
			if a.StatusCode != http.StatusBadRequest {
				t.Errorf("%.60s: %s", query, a.Status)
				continue
			}
			p := problemOf(t, a)
			if len(p.Errors) == 0 || p.Errors[0].In != "query" || p.Errors[0].Detail == "" || !strings.HasPrefix(p.DetailEn, want) || len(a.body) > 2000 {
				t.Errorf("%.60s: want %q, got %s", query, want, a.body)
			}
		}
	}
}

// A field that one of the layers lacks is no filter for all of them.
func TestFilterNeedsItsFieldsInEveryLayer(t *testing.T) {
	w := newTown(t)
	filter := "?filter=" + url.QueryEscape("grade = 'class_1'")
	if a := w.get(t, tilePath("public_toilet,road", 16)+filter); a.StatusCode != http.StatusBadRequest || problemOf(t, a).Errors[0].Parameter != "filter" {
		t.Errorf("%s %s", a.Status, a.body)
	}
	if a := w.get(t, tilePath("road", 16)+"?fields=grade"); a.StatusCode != http.StatusBadRequest {
		t.Errorf("%s %s", a.Status, a.body)
	}
	if a := w.get(t, tilePath("public_toilet,road", 16)+"?fields=grade"); a.StatusCode != http.StatusOK {
		t.Errorf("a field that one layer has: %s %s", a.Status, a.body)
	}
}

// The longest filter there may be reaches the tile with every byte of it escaped.
func TestLongestFilterFits(t *testing.T) {
	w := newTown(t)
	const frame = "name = ''"
	filter := "name = '" + strings.Repeat("网", (cql2.Limit-len(frame))/3) + "'"
	escaped := ""
	for _, c := range []byte(filter) {
		escaped += "%" + strings.ToUpper(string("0123456789abcdef"[c>>4])+string("0123456789abcdef"[c&15]))
	}
	if a := w.get(t, tilePath("public_toilet", 16)+"?filter="+escaped); a.StatusCode != http.StatusNoContent {
		t.Errorf("%d bytes: %s %s", len(filter), a.Status, a.body)
	}
}

func TestTileJSONHandsOnTheQuestion(t *testing.T) {
	w := newTown(t)
	var doc tileJSON
	w.json(t, "/tiles/public_toilet.json?fields=surveyed_on,name&filter="+url.QueryEscape("grade='class_1' and name <> '{z}&x=%'"), &doc)
	address := strings.TrimPrefix(doc.Tiles[0], w.URL)
	if !strings.HasPrefix(address, "/tiles/public_toilet/{z}/{x}/{y}.mvt?fields=name%2Csurveyed_on&filter=") || strings.Count(address, "{z}") != 1 {
		t.Fatalf("%s", address)
	}
	var names []string
	for _, l := range doc.VectorLayers {
		if l.ID == "public_toilet" {
			for name := range l.Fields {
				names = append(names, name)
			}
		}
	}
	if len(names) != 2 {
		t.Errorf("fields %v", names)
	}
	at := addrAt(16)
	filled := strings.NewReplacer("{z}/{x}/{y}", at.String()).Replace(address)
	a := w.get(t, filled)
	if diff := cmp.Diff([]map[string]any{{"name": "少海公厕", "surveyed_on": "2024-05-06"}}, attributes(t, a.body, "public_toilet")); diff != "" {
		t.Error(diff)
	}
}

// Whatever stands in the address of a tile, the answer is a tile, a 4xx with a problem, or that the caller has it: never a 5xx.
func FuzzTileRoute(f *testing.F) {
	for _, s := range []string{
		"road/16/54613/25674.mvt", "city/0/0/0.pbf", "road,road,road/1/0/0.mvt", "../road/1/0/0.mvt", "road/../../1/0/0.mvt", "%00/1/0/0.mvt", "%2e%2e/1/0/0.mvt",
		"路/1/0/0.mvt", "road%2Fcity/1/0/0.mvt", "road/1/0/0.mvt?filter=name='x'", "road/1/0/0.mvt?fields=name,name", "road/-1/0/0.mvt", "road/1e1/0/0.mvt",
		"road/18/262144/0.mvt", "city.json?filter=((", "public_toilet/16/54613/25674.mvt?filter=grade%3D'class_1'&fields=name", "//1/0/0.mvt", "road/1/0/0.mvt?min_revision=0",
		strings.Repeat("a,", 10_000) + "/1/0/0.mvt", strings.Repeat("road,", 70) + "road/1/0/0.mvt", "road/1/0/0.mvt?%zz=1;2",
	} {
		f.Add(s, "gzip")
	}
	w := newTown(f)
	f.Fuzz(func(t *testing.T, rest, accepted string) {
		target, err := url.ParseRequestURI(tilesPath + rest)
		if err != nil {
			t.Skip("net/http refuses it")
		}
		for range 2 { // the second may be warm
			r := &http.Request{
				Method: http.MethodGet, URL: target, RequestURI: tilesPath + rest, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Host: "x", Body: http.NoBody,
				Header: http.Header{"Accept-Encoding": {accepted}},
			}
			rec := httptest.NewRecorder()
			w.api.ServeHTTP(rec, r.WithContext(t.Context()))
			switch code := rec.Code; {
			case code >= 400 && code < 500 && rec.Header().Get("Content-Type") == "application/problem+json":
			case code == http.StatusOK && (rec.Header().Get("ETag") != "" || strings.Contains(rest, ".json")):
			case code == http.StatusNoContent && rec.Body.Len() == 0:
			default:
				t.Errorf("%q: %d %.300s", rest, code, rec.Body)
			}
		}
		w.log.mu.Lock()
		defer w.log.mu.Unlock()
		if logged := w.log.b.String(); strings.Contains(logged, "panicked") {
			t.Fatalf("%q: %s", rest, logged)
		}
		w.log.b.Reset()
	})
}
