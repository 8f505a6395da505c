package api

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wangge/grid/rights"
)

// good has one address of every route that answers 200, with its media type.
func good() map[string]string {
	return map[string]string{
		tilePath("city", 15): "application/vnd.mapbox-vector-tile",
		strings.TrimSuffix(tilePath("road,public_toilet", 15), "mvt") + "pbf": "application/vnd.mapbox-vector-tile",
		tilePath("road%2Croad", 15):                 "application/vnd.mapbox-vector-tile",
		"/tiles/city.json":                          "application/json",
		"/tiles/grid_duty,road.json":                "application/json",
		"/tiles/city/metadata.json":                 "application/json",
		"/tiles/road,road/metadata.json":            "application/json",
		"/style.json":                               "application/json",
		"/style.json?theme=dark&lang=en":            "application/json",
		"/sprite/light.json":                        "application/json",
		"/sprite/dark@2x.png":                       "image/png",
		"/sprite/dark.png":                          "image/png",
		"/api/v1/status":                            "application/json",
		"/api/v1/openapi.json":                      "application/vnd.oai.openapi+json;version=3.1",
		"/api/v1/memory":                            "application/json",
		"/api/v1/counts":                            "application/json",
		"/api/v1/counts?bbox=119.9,36.2,120.1,36.3": "application/json",
		"/api/v1/counts?bbox=-180,-90,180,90":       "application/json",
		"/api/v1/locate?lon=120&lat=36.27":          "application/json",
		"/api/v1/schemes":                           "application/json",
		"/api/v1/schemes/unit":                      "application/json",
		"/api/v1/coverage/profiles":                 "application/json",
		"/api/v1/coverage/profiles/national":        "application/json",

		tilePath("coverage_public_toilet", 15) + "?res=11":           "application/vnd.mapbox-vector-tile",
		"/tiles/coverage_public_toilet.json":                         "application/json",
		"/api/v1/coverage/questions":                                 "application/json",
		"/api/v1/coverage/questions/road_density":                    "application/json",
		"/api/v1/coverage/questions/road_density/list":               "application/json",
		"/api/v1/coverage/measures/public_toilet":                    "application/json",
		"/api/v1/coverage/measures/public_toilet/list":               "application/json",
		"/api/v1/coverage/methods":                                   "application/json",
		"/api/v1/coverage/network":                                   "application/json",
		"/api/v1/coverage/network/findings":                          "application/geo+json",
		"/api/v1/coverage/equity/public_toilet":                      "application/json",
		"/api/v1/coverage/capacity/public_toilet":                    "application/json",
		"/api/v1/coverage/public_toilet?by=community":                "application/json",
		"/api/v1/coverage/public_toilet?f=csv":                       "text/csv; charset=utf-8",
		"/api/v1/coverage/public_toilet/explain?lon=120&lat=36.27":   "application/json",
		"/api/v1/coverage/public_toilet/gaps.geojson?by=county":      "application/geo+json",
		"/api/v1/coverage/public_toilet/facilities":                  "application/json",
		"/api/v1/coverage/public_toilet/hexagons?mode=straight":      "application/octet-stream",
		"/api/v1/coverage/public_toilet/report.xlsx":                 "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		"/api/v1/grids?scheme=unit&region=370281":                    "application/json",
		"/api/v1/grids/370281001001001":                              "application/json",
		"/api/v1/grids/Z-01/lineage?scheme=duty":                     "application/json",
		"/api/v1/grid-edits":                                         "application/json",
		"/api/v1/integrity?scheme=unit&kind=gap":                     "application/json",
		"/api/v1/regions":                                            "application/json",
		"/api/v1/regions?parent=370281&kind=street":                  "application/json",
		"/api/v1/regions?limit=1":                                    "application/json",
		"/api/v1/regions/370281001001":                               "application/json",
		"/api/v1/regions/center":                                     "application/json",
		"/api/v1/search?q=" + url.QueryEscape("扬州"):                  "application/json",
		"/api/v1/search?q=":                                          "application/json",
		"/ogc":                                                       "application/json",
		"/ogc/":                                                      "application/json",
		"/ogc/api":                                                   "application/vnd.oai.openapi+json;version=3.0",
		"/ogc/api?f=json":                                            "application/vnd.oai.openapi+json;version=3.0",
		"/ogc/tiles":                                                 "application/json",
		"/ogc/tiles?collections=road":                                "application/json",
		"/ogc/tiles/WebMercatorQuad":                                 "application/json",
		"/ogc/tiles/WebMercatorQuad?collections=road,public_toilet":  "application/json",
		ogcTilePath("/ogc", 15):                                      "application/vnd.mapbox-vector-tile",
		ogcTilePath("/ogc", 16) + "?collections=public_toilet,road":  "application/vnd.mapbox-vector-tile",
		ogcTilePath("/ogc", 16) + "?f=mvt&collections=public_toilet": "application/vnd.mapbox-vector-tile",
		"/ogc/collections/grid_duty/tiles":                           "application/json",
		"/ogc/collections/road/tiles/WebMercatorQuad":                "application/json",
		ogcTilePath("/ogc/collections/road", 16):                     "application/vnd.mapbox-vector-tile",
		"/ogc/tileMatrixSets":                                        "application/json",
		"/ogc/tileMatrixSets/WebMercatorQuad":                        "application/json",
		"/ogc/conformance":                                           "application/json",
		"/ogc/collections":                                           "application/json",
		"/ogc/collections/road":                                      "application/json",
		"/ogc/collections/grid_duty":                                 "application/json",
		"/ogc/collections/construction_site/schema":                  "application/schema+json",
		"/ogc/collections/road/items/1":                              "application/geo+json",
		"/ogc/collections/road/queryables":                           "application/schema+json",
		"/ogc/collections/grid_duty/sortables":                       "application/schema+json",
		"/ogc/collections/road/items":                                "application/geo+json",
		"/ogc/collections/grid_duty/items?limit=1&sortby=-code":      "application/geo+json",
		"/ogc/collections/road/items?f=html":                         "text/html; charset=utf-8",
		"/ogc/collections/road/items/1?f=html":                       "text/html; charset=utf-8",
		"/ogc/collections/road/queryables?f=html":                    "text/html; charset=utf-8",
		"/ogc/collections/road?f=html":                               "text/html; charset=utf-8",
		"/ogc/collections?f=html":                                    "text/html; charset=utf-8",
		"/ogc?f=html":                                                "text/html; charset=utf-8",
		"/api/v1/features/road/order?sortby=-name":                   "application/json",
		"/ogc/collections/unit_grid/items/11":                        "application/geo+json",
		"/ogc/collections/unit_grid/items/11/history":                "application/json",
		"/ogc/collections/road/items/1/history?limit=1":              "application/json",
		"/ogc/collections/road/items/1/history/1":                    "application/geo+json",
		"/ogc/collections/road/items/1/diff?from=1&to=1":             "application/json",
		"/ogc/collections/road/items/1?datetime=2999-01-01":          "application/geo+json",
		tilePath("road", 15) + "?datetime=2999-01-01":                "application/vnd.mapbox-vector-tile",
		"/ogc/collections/grid_duty/items/13":                        "application/geo+json",
		"/healthz":                                                   "application/json",
		"/healthz?from=balancer":                                     "application/json",
		"/readyz":                                                    "application/json",
		"/readyz?write=1":                                            "application/json",
		"/metrics":                                                   "text/plain; version=0.0.4; charset=utf-8; escaping=underscores",
		"/":                                                          "text/html; charset=utf-8",
	}
}

func TestEveryRouteAnswers(t *testing.T) {
	w := newTown(t)
	used := map[string]bool{}
	for path, mediaType := range good() {
		a := w.get(t, path)
		if a.StatusCode != http.StatusOK || a.Header.Get("Content-Type") != mediaType {
			t.Errorf("GET %s: %s %q\n%.300s", path, a.Status, a.Header.Get("Content-Type"), a.body)
		}
		if strings.Contains(mediaType, "json") && !json.Valid(a.body) {
			t.Errorf("GET %s: not JSON: %s", path, a.body)
		}
		if a.Header.Get("X-Content-Type-Options") != "nosniff" || a.Header.Get("X-Request-Id") == "" || a.Header.Get("Referrer-Policy") == "" {
			t.Errorf("GET %s: headers %v", path, a.Header)
		}
		if a.Header.Get("Cache-Control") == "" {
			t.Errorf("GET %s: no Cache-Control", path)
		}
		head := w.ask(t, http.MethodHead, path)
		if head.StatusCode != http.StatusOK || len(head.body) > 0 || head.Header.Get("ETag") != a.Header.Get("ETag") ||
			head.Header.Get("Content-Type") != mediaType {
			t.Errorf("HEAD %s: %s %v", path, head.Status, head.Header)
		}
		used[pathOf(path)] = true
	}
	for _, rt := range w.api.routes() {
		// A stream has no end to read to: see TestStream…; routes that need somebody to sign in are walked by TestMatrix.
		if !rt.stream && rt.method == http.MethodGet && rt.needs == rights.ReadOpen && !anyMatches(t, rt.path, used) {
			t.Errorf("no address of the route %s is tried", rt.path)
		}
	}
}

func pathOf(address string) string {
	path, _, _ := strings.Cut(address, "?")
	return path
}

// anyMatches tells whether one of the paths belongs to a template: the same number of parts, equal where it has no names.
func anyMatches(t *testing.T, template string, paths map[string]bool) bool {
	t.Helper()
	want := strings.Split(template, "/")
	for path := range paths {
		got := strings.Split(path, "/")
		same := len(got) == len(want)
		for i := 0; same && i < len(got); i++ {
			same = got[i] == want[i] || strings.Contains(want[i], "{")
		}
		if same {
			return true
		}
	}
	return false
}

// bad has addresses that are answered with a problem: its status and code, and the faulty parameters if any.
var bad = []struct {
	path   string
	status int
	code   string
	faults string
}{
	{"/nothing", 404, "no-such-path", ""},
	{"/api/v1", 404, "no-such-path", ""},
	{"/api/v1/counts/", 404, "no-such-path", ""},
	{"/ogc/collections/road/items/", 404, "no-such-path", ""},
	{"/%00", 404, "no-such-path", ""},
	{"//etc/passwd", 404, "no-such-path", ""},
	{"/../../etc/passwd", 404, "no-such-path", ""},
	{"/assets/%2e%2e/%2e%2e/go.mod", 404, "no-such-path", ""},

	{"/tiles/road/19/0/0.mvt", 404, "zoom-out-of-range", ""},
	{"/tiles/road/-1/0/0.mvt", 404, "zoom-out-of-range", ""},
	{"/tiles/road/99999999999999999999999/0/0.mvt", 404, "zoom-out-of-range", ""},
	{"/tiles/road/a/0/0.mvt", 400, "invalid-request", "z"},
	{"/tiles/road/1.5/0/0.mvt", 400, "invalid-request", "z"},
	{"/tiles/road/+1/0/0.mvt", 400, "invalid-request", "z"},
	{"/tiles/road/01/0/0.mvt", 400, "invalid-request", "z"},
	{"/tiles/road/%E4%B8%80/0/0.mvt", 400, "invalid-request", "z"},
	{"/tiles/road/1/%00/0.mvt", 400, "invalid-request", "x"},
	{"/tiles/road/1/2/0.mvt", 400, "invalid-request", "x"},
	{"/tiles/road/1/-1/-1.mvt", 400, "invalid-request", "x y"},
	{"/tiles/road/1/0/99999999999999999999999999.mvt", 400, "invalid-request", "y"},
	{"/tiles/road/1/0/" + strings.Repeat("9", 2000) + ".mvt", 400, "invalid-request", "y"},
	{"/tiles/road/1/0/0x0.mvt", 400, "invalid-request", "y"},
	{"/tiles/road/1/0/1e0.mvt", 400, "invalid-request", "y"},
	{"/tiles/road/1/0/0.png", 404, "no-such-path", ""},
	{"/tiles/road/1/0/0", 404, "no-such-path", ""},
	{"/tiles/nowhere/1/0/0.mvt", 404, "no-such-layer", ""},
	{"/tiles/road,,public_toilet/1/0/0.mvt", 404, "no-such-layer", ""},
	{"/tiles/road%00/1/0/0.mvt", 404, "no-such-layer", ""},
	{"/tiles/%FF/1/0/0.mvt", 404, "no-such-layer", ""},
	{"/tiles/" + strings.Repeat("road,", 100) + "road/1/0/0.mvt", 400, "invalid-request", "layers"},
	{"/tiles/nowhere.json", 404, "no-such-layer", ""},
	{"/tiles/nowhere/metadata.json", 404, "no-such-layer", ""},
	{"/tiles/road/1/0/0.mvt?x=1", 400, "invalid-request", "x"},
	{"/tiles/road/1/0/0.mvt?min_revision=-1", 400, "invalid-request", "min_revision"},
	{"/tiles/road/1/0/0.mvt?min_revision=1&min_revision=2", 400, "invalid-request", "min_revision"},
	{"/tiles/road/1/0/0.mvt?min_revision=99999999999999999999", 400, "invalid-request", "min_revision"},
	{"/" + strings.Repeat("x", maxAddress), 414, "address-too-long", ""},

	{"/style.json?theme=pink", 400, "invalid-request", "theme"},
	{"/style.json?theme=pink&lang=fr&size=3", 400, "invalid-request", "size"},
	{"/sprite/pink.png", 404, "no-such-sprite", ""},
	{"/sprite/light@3x.png", 404, "no-such-sprite", ""},
	{"/sprite/light.png?x", 400, "invalid-request", "x"},

	{"/api/v1/counts?bbox=", 400, "invalid-request", "bbox"},
	{"/api/v1/counts?bbox=1,2,3", 400, "invalid-request", "bbox"},
	{"/api/v1/counts?bbox=1,2,3,4,5", 400, "invalid-request", "bbox"},
	{"/api/v1/counts?bbox=1,2,3,NaN", 400, "invalid-request", "bbox"},
	{"/api/v1/counts?bbox=1,2,Inf,4", 400, "invalid-request", "bbox"},
	{"/api/v1/counts?bbox=1,2,0x3,4", 400, "invalid-request", "bbox"},
	{"/api/v1/counts?bbox=1,2,3,1e999", 400, "invalid-request", "bbox"},
	{"/api/v1/counts?bbox=1,2,3,91", 400, "invalid-request", "bbox"},
	{"/api/v1/counts?bbox=-181,2,3,4", 400, "invalid-request", "bbox"},
	{"/api/v1/counts?bbox=3,2,1,4", 400, "invalid-request", "bbox"},
	{"/api/v1/counts?bbox=1,4,3,2", 400, "invalid-request", "bbox"},
	{"/api/v1/counts?bbox=1,2,3,4;5", 400, "invalid-request", ""},
	{"/api/v1/counts?bbox=%zz", 400, "invalid-request", ""},
	{"/api/v1/locate", 400, "invalid-request", "lon lat"},
	{"/api/v1/locate?lon=120", 400, "invalid-request", "lat"},
	{"/api/v1/locate?lon=120&lat=", 400, "invalid-request", "lat"},
	{"/api/v1/locate?lon=36.27&lat=120", 400, "invalid-request", "lat"},
	{"/api/v1/locate?lon=36.27&lat=85", 400, "invalid-request", "lon,lat"},
	{"/api/v1/locate?lon=0&lat=0", 400, "invalid-request", "lon,lat"},
	{"/api/v1/locate?lon=40532000&lat=4016000", 400, "invalid-request", "lon lat"},
	{"/api/v1/locate?lon=120&lat=36&on=2020-01-01", 400, "invalid-request", "on"},
	{"/api/v1/locate?lon=120&lat=36&at=tomorrow", 400, "invalid-request", "at"},
	{"/api/v1/regions?parent=999", 400, "invalid-request", "parent"},
	{"/api/v1/regions?kind=moon", 400, "invalid-request", "kind"},
	{"/api/v1/regions?limit=0", 400, "invalid-request", "limit"},
	{"/api/v1/regions?limit=1001", 400, "invalid-request", "limit"},
	{"/api/v1/regions?limit=1.0", 400, "invalid-request", "limit"},
	{"/api/v1/regions?cursor=", 400, "invalid-request", "cursor"},
	{"/api/v1/regions?cursor=abc", 400, "invalid-request", "cursor"},
	{"/api/v1/regions?cursor=" + strings.Repeat("A", 1000), 400, "invalid-request", "cursor"},
	{"/api/v1/regions?limit=x&cursor=y&parent=%00", 400, "invalid-request", "parent limit cursor"},
	{"/api/v1/regions/999", 404, "no-such-region", ""},
	{"/api/v1/regions/%00", 404, "no-such-region", ""},
	{"/api/v1/search", 400, "invalid-request", "q"},
	{"/api/v1/search?q=%00", 400, "invalid-request", "q"},
	{"/api/v1/search?q=%FF", 400, "invalid-request", "q"},
	{"/api/v1/search?q=" + strings.Repeat("a", 101), 400, "invalid-request", "q"},
	{"/api/v1/search?q=a&limit=101", 400, "invalid-request", "limit"},

	{"/api/v1/changes?layers=", 400, "invalid-request", "layers"},
	{"/api/v1/changes?layers=road,nowhere", 400, "invalid-request", "layers"},
	{"/api/v1/changes?layers=%00", 400, "invalid-request", "layers"},
	{"/api/v1/changes?last_event_id=" + strings.Repeat("1", 65), 400, "invalid-request", "last_event_id"},
	{"/api/v1/changes?mystery=1", 400, "invalid-request", "mystery"},
	{"/api/v1/changes?min_revision=0", 400, "invalid-request", "min_revision"},

	{"/ogc?f=xml", 400, "invalid-request", "f"},
	{"/ogc/collections/nowhere", 404, "no-such-collection", ""},
	{"/ogc/collections/ground", 404, "no-such-collection", ""},
	{"/ogc/collections/region/schema", 404, "no-such-collection", ""},
	{"/ogc/collections/road/items/2", 404, "no-such-feature", ""},
	{"/ogc/collections/unit_grid/items/13", 404, "no-such-feature", ""},
	{"/ogc/collections/road/items/99999999999999999999", 404, "no-such-feature", ""},
	{"/ogc/collections/road/items/-1", 400, "invalid-request", "featureId"},
	{"/ogc/collections/road/items/1e3", 400, "invalid-request", "featureId"},
	{"/ogc/collections/road/items/%00", 400, "invalid-request", "featureId"},
	{"/ogc/collections/road/items/1%27--", 400, "invalid-request", "featureId"},
	{"/ogc/api?f=yaml", 400, "invalid-request", "f"},
	{"/ogc/tiles?f=mvt", 400, "invalid-request", "f"},
	{"/ogc/tiles/WorldCRS84Quad", 404, "no-such-tile-matrix-set", ""},
	{"/ogc/tiles/WebMercatorQuad/", 404, "no-such-path", ""},
	{"/ogc/tiles/WebMercatorQuad?collections=", 400, "invalid-request", "collections"},
	{"/ogc/tiles/WebMercatorQuad?collections=nowhere", 400, "invalid-request", "collections"},
	{"/ogc/tiles/WebMercatorQuad?collections=region", 400, "invalid-request", "collections"},
	{"/ogc/tiles/WebMercatorQuad?collections=road,", 400, "invalid-request", "collections"},
	{"/ogc/tiles/WebMercatorQuad?collections=https://elsewhere.example/ogc/collections/road", 400, "invalid-request", "collections"},
	{"/ogc/tiles/WebMercatorQuad?collections=%00", 400, "invalid-request", "collections"},
	{"/ogc/tiles/WebMercatorQuad?collections=" + strings.Repeat("road,", 64) + "road", 400, "invalid-request", "collections"},
	{"/ogc/tiles/WebMercatorQuad?collections=road&collections=road", 400, "invalid-request", "collections"},
	{"/ogc/tiles/WebMercatorQuad?collections=road&min_revision=0", 400, "invalid-request", "min_revision"},
	{"/ogc/tiles/WebMercatorQuad/19/0/0", 404, "no-such-tile-matrix", ""},
	{"/ogc/tiles/WebMercatorQuad/-1/0/0", 404, "no-such-tile-matrix", ""},
	{"/ogc/tiles/WebMercatorQuad/one/0/0", 404, "no-such-tile-matrix", ""},
	{"/ogc/tiles/WebMercatorQuad/01/0/0", 404, "no-such-tile-matrix", ""},
	{"/ogc/tiles/WebMercatorQuad/" + strings.Repeat("9", 2000) + "/0/0", 404, "no-such-tile-matrix", ""},
	{"/ogc/tiles/WebMercatorQuad/1/2/0", 400, "invalid-request", "tileRow"},
	{"/ogc/tiles/WebMercatorQuad/1/0/2", 400, "invalid-request", "tileCol"},
	{"/ogc/tiles/WebMercatorQuad/1/-1/x", 400, "invalid-request", "tileCol tileRow"},
	{"/ogc/tiles/WebMercatorQuad/1/0/0.mvt", 400, "invalid-request", "tileCol"},
	{"/ogc/tiles/WebMercatorQuad/14/0/0", 404, "outside-limits", ""},
	{"/ogc/tiles/WebMercatorQuad/1/0/1?f=json", 400, "invalid-request", "f"},
	{"/ogc/tiles/WebMercatorQuad/1/0/1?f=", 400, "invalid-request", "f"},
	{"/ogc/tiles/CustomQuad/1/0/1", 404, "no-such-tile-matrix-set", ""},
	{"/ogc/collections/nowhere/tiles", 404, "no-such-collection", ""},
	{"/ogc/collections/region/tiles/WebMercatorQuad", 404, "no-such-collection", ""},
	{"/ogc/collections/road/tiles?collections=road", 400, "invalid-request", "collections"},
	{"/ogc/collections/road/tiles/CustomQuad", 404, "no-such-tile-matrix-set", ""},
	{"/ogc/collections/road/tiles/WebMercatorQuad/16/0/0", 404, "outside-limits", ""},
	{"/ogc/collections/nowhere/tiles/WebMercatorQuad/0/0/0", 404, "no-such-collection", ""},
	{"/ogc/tileMatrixSets/webmercatorquad", 404, "no-such-tile-matrix-set", ""},
	{"/readyz?write=2", 400, "invalid-request", "write"},
}

func TestBadAddressesAreProblems(t *testing.T) {
	w := newTown(t)
	for _, b := range bad {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			a := w.ask(t, method, b.path)
			if a.StatusCode != b.status {
				t.Errorf("%s %.100s: %s, want %d\n%s", method, b.path, a.Status, b.status, a.body)
				continue
			}
			if method == http.MethodHead {
				continue
			}
			p := problemOf(t, a)
			var names []string
			for _, f := range p.Errors {
				names = append(names, f.Parameter)
				if f.Detail == "" || f.DetailEn == "" || f.In == "" {
					t.Errorf("%.100s: a fault without words: %s", b.path, a.body)
				}
			}
			if got := strings.TrimSpace(strings.Join(names, " ")); p.Type != b.code || got != b.faults {
				t.Errorf("%.100s: %s for %q, want %s for %q\n%s", b.path, p.Type, got, b.code, b.faults, a.body)
			}
			if len(a.body) > 2000 {
				t.Errorf("%.100s: a problem of %d bytes", b.path, len(a.body))
			}
		}
	}
	if panics := w.log.lines(t, "request panicked"); len(panics) > 0 {
		t.Errorf("%d panics: %v", len(panics), panics[0])
	}
	if failures := w.log.lines(t, "request failed"); len(failures) > 0 {
		t.Errorf("callers' mistakes are logged as ours: %v", failures)
	}
}

func TestZoomProblemNamesTheRange(t *testing.T) {
	w := newTown(t)
	if p := problemOf(t, w.get(t, "/tiles/road/19/0/0.mvt")); !strings.Contains(p.Detail, "0 到 18") || !strings.Contains(p.DetailEn, "0 to 18") {
		t.Errorf("detail %q, %q", p.Detail, p.DetailEn)
	}
	if p := problemOf(t, w.get(t, "/tiles/nowhere/1/0/0.mvt")); !strings.Contains(p.Detail, "nowhere") {
		t.Errorf("the layer is not named: %q", p.Detail)
	}
}

func TestUnknownParametersEverywhere(t *testing.T) {
	w := newTown(t)
	for path := range good() {
		if path == "/" || strings.HasPrefix(path, "/healthz") || path == "/metrics" {
			continue
		}
		mark := "?"
		if strings.Contains(path, "?") {
			mark = "&"
		}
		a := w.get(t, path+mark+"mystery=1")
		if p := problemOf(t, a); a.StatusCode != http.StatusBadRequest || len(p.Errors) != 1 || p.Errors[0].Parameter != "mystery" {
			t.Errorf("GET %s with mystery=1: %s %s", path, a.Status, a.body)
		}
	}
}

func TestMethods(t *testing.T) {
	w := newTown(t)
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW"} {
		for _, path := range []string{"/api/v1/status", "/tiles/city/0/0/0.mvt", "/ogc/collections/road/queryables", "/healthz"} {
			a := w.ask(t, method, path)
			if p := problemOf(t, a); a.StatusCode != http.StatusMethodNotAllowed || p.Type != "method-not-allowed" || a.Header.Get("Allow") != "GET, HEAD, OPTIONS" {
				t.Errorf("%s %s: %s, Allow %q, %s", method, path, a.Status, a.Header.Get("Allow"), p.Type)
			}
		}
		if a := w.ask(t, method, "/nothing"); problemOf(t, a).Type != "no-such-path" {
			t.Errorf("%s /nothing: %s", method, a.Status)
		}
	}
	if a := w.ask(t, http.MethodPost, "/"); problemOf(t, a).Type != "method-not-allowed" || a.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST /: %s, Allow %q", a.Status, a.Header.Get("Allow"))
	}
	a := w.ask(t, http.MethodOptions, "/tiles/city/0/0/0.mvt", "Origin", "https://elsewhere.example", "Access-Control-Request-Method", "GET")
	if a.StatusCode != http.StatusOK || a.Header.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(a.Header.Get("Access-Control-Allow-Methods"), "GET") {
		t.Errorf("OPTIONS: %s %v", a.Status, a.Header)
	}
}

func TestRequestID(t *testing.T) {
	w := newTown(t)
	for sent, kept := range map[string]bool{"abc-1_2.X": true, "": false, "a b": false, "é": false, strings.Repeat("x", 65): false, `";x`: false} {
		got := w.get(t, "/nothing", "X-Request-Id", sent)
		if id := problemOf(t, got).RequestID; (id == sent) != kept || !saneID(id) {
			t.Errorf("%q became %q", sent, id)
		}
	}
	lines := w.log.lines(t, "request")
	if len(lines) != 6 {
		t.Fatalf("%d access-log lines for 6 requests", len(lines))
	}
	var keys []string
	for k := range lines[0] {
		keys = append(keys, k)
	}
	want := map[string]bool{"time": true, "level": true, "msg": true, "method": true, "path": true, "status": true, "bytes": true, "took": true, "remote": true, "id": true}
	for _, k := range keys {
		if !want[k] {
			t.Errorf("the access log has %q", k)
		}
	}
	if diff := cmp.Diff(len(want), len(keys)); diff != "" {
		t.Error(diff)
	}
}

func TestAccessLogHasNoQuery(t *testing.T) {
	w := newTown(t)
	w.get(t, "/api/v1/search?q=zhangsan")
	w.log.mu.Lock()
	defer w.log.mu.Unlock()
	if strings.Contains(w.log.b.String(), "zhangsan") {
		t.Error("what was searched for is in the log")
	}
}
