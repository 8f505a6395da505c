package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb/geojson"

	"wangge/layers/cql2"
)

// toilet61 is the collection that the requirements are tried on: 61 features.
const toilet61 = "/ogc/collections/public_toilet"

// collectionJSON is a collection as a caller reads it.
type collectionJSON struct {
	ID     string
	Links  []ogcLink
	CRS    []string
	Extent *struct {
		Spatial struct{ BBox [][]float64 }
	}
	StorageCRS string
}

// requirement is one of a standard, by the name that it has there, and what holds the server to it.
type requirement struct {
	name string
	hold func(t *testing.T, w *town)
}

// TestRequirements has a test for every requirement of the classes of Features Parts 1, 2, 3 and 8 that the conformance page declares. Those that take
// more than a look (coordinates in every system, paging, time) have a test of their own besides, in items_test.go.
func TestRequirements(t *testing.T) {
	w := toiletTown(t)
	for part, list := range map[string][]requirement{"part1": coreRequirements(), "part2": crsRequirements(), "part3": filterRequirements(), "part8": sortRequirements()} {
		for _, r := range list {
			t.Run(part+r.name, func(t *testing.T) { r.hold(t, w) })
		}
	}
}

// answers tells whether addresses below the collection of toilets are answered by a status.
func answers(status int, queries ...string) func(*testing.T, *town) {
	return func(t *testing.T, w *town) {
		for _, query := range queries {
			if a := w.get(t, toilet61+query); a.StatusCode != status {
				t.Errorf("%s: %s %.300s", query, a.Status, a.body)
			}
		}
	}
}

// counts tells how many of the 61 toilets queries find.
func counts(want map[string]int) func(*testing.T, *town) {
	return func(t *testing.T, w *town) {
		for query, n := range want {
			if p := w.items(t, toilet61+"/items?limit=1000&"+query); len(p.Features) != n || p.NumberReturned != n {
				t.Errorf("%s: %d features, want %d", query, len(p.Features), n)
			}
		}
	}
}

// types holds media types against what is asked for.
func types(want map[string]string) func(*testing.T, *town) {
	return func(t *testing.T, w *town) {
		for path, media := range want {
			if a := w.get(t, path); a.StatusCode != http.StatusOK || !strings.HasPrefix(a.Header.Get("Content-Type"), media) {
				t.Errorf("%s: %s %s", path, a.Status, a.Header.Get("Content-Type"))
			}
		}
	}
}

// links holds the links of a resource to relations, each with a type and an address that answers.
func links(path string, rels ...string) func(*testing.T, *town) {
	return func(t *testing.T, w *town) {
		var doc struct{ Links []ogcLink }
		w.json(t, path, &doc)
		for _, rel := range rels {
			i := slices.IndexFunc(doc.Links, func(l ogcLink) bool { return l.Rel == rel })
			if i < 0 || doc.Links[i].Type == "" {
				t.Errorf("%s has no link %s with a type", path, rel)
			} else if a := w.get(t, w.local(t, doc.Links[i].Href), "Accept", doc.Links[i].Type); a.StatusCode != http.StatusOK {
				t.Errorf("%s: %s", doc.Links[i].Href, a.Status)
			}
		}
	}
}

// defines holds a parameter of items in the API document against what a standard says of it.
func defines(name, kind, style string) func(*testing.T, *town) {
	return func(t *testing.T, w *town) {
		p := w.definition(t).Paths.Value("/collections/{collectionId}/items").Get.Parameters.GetByInAndName("query", name)
		if p == nil || p.Required || !p.Schema.Value.Type.Is(kind) || style != "" && (p.Style != style || p.Explode == nil || *p.Explode) {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

// listed visits the collections one by one, as the list has them.
func listed(visit func(t *testing.T, w *town, c collectionJSON)) func(*testing.T, *town) {
	return func(t *testing.T, w *town) {
		var list struct{ Collections []collectionJSON }
		w.json(t, "/ogc/collections", &list)
		if len(list.Collections) != 8 {
			t.Errorf("%d collections", len(list.Collections))
		}
		for _, c := range list.Collections {
			visit(t, w, c)
		}
	}
}

func hasLinks(t *testing.T, _ *town, c collectionJSON) {
	for _, rel := range []string{"self", "items", ogcRelation + "queryables", ogcRelation + "sortables", ogcRelation + "schema"} {
		if i := slices.IndexFunc(c.Links, func(l ogcLink) bool { return l.Rel == rel }); i < 0 || c.Links[i].Type == "" {
			t.Errorf("%s has no link %s with a type", c.ID, rel)
		}
	}
}

const ogcRelation = "http://www.opengis.net/def/rel/ogc/1.0/"

// coreRequirements are those of Part 1 (OGC 17-069r4): core, geojson, html, oas30.
func coreRequirements() []requirement {
	const items = toilet61 + "/items"
	conformance := func(t *testing.T, w *town) {
		var doc struct{ ConformsTo []string }
		w.json(t, "/ogc/conformance", &doc)
		for _, class := range []string{"1/1.0/conf/core", "2/1.0/conf/crs", "3/1.0/conf/features-filter", "4/1.0/conf/create-replace-delete", "4/1.0/conf/update", "4/1.0/conf/features",
			"4/1.0/conf/optimistic-locking-etags", "4/1.0/conf/handling", "8/1.0/conf/sortables", "8/1.0/conf/sorting", "8/1.0/conf/features-sorting"} {
			if !slices.Contains(doc.ConformsTo, featuresConf+class) {
				t.Errorf("%s is not declared", class)
			}
		}
	}
	return []requirement{
		{"/req/core/root-op", types(map[string]string{"/ogc/": "application/json"})},
		{"/req/core/root-success", links("/ogc/", "service-desc", "conformance", "data")},
		{"/req/core/api-definition-op", types(map[string]string{"/ogc/api": "application/vnd.oai.openapi+json;version=3.0"})},
		{"/req/core/api-definition-success", func(t *testing.T, w *town) { w.definition(t) }},
		{"/req/core/conformance-op", types(map[string]string{"/ogc/conformance": "application/json"})},
		{"/req/core/conformance-success", conformance},
		{"/req/core/http", func(t *testing.T, w *town) {
			if a := w.get(t, items); a.ProtoMajor != 1 || a.ProtoMinor != 1 {
				t.Error(a.Proto)
			}
		}},
		{"/req/core/query-param-unknown", answers(400, "?unknown=1", "/items?unknown=1", "/items/7?unknown=1")},
		{"/req/core/query-param-invalid", answers(400, "/items?limit=0", "/items?limit=x", "/items?bbox=1,2,3", "/items?datetime=yesterday", "/items?bbox=1,2,x,4", "/items?f=xml")},
		{"/req/core/crs84", func(t *testing.T, w *town) {
			if got := w.items(t, items+"?ids=7").Features[0]; !bytes.Contains(got.Geometry, []byte("[119.9995,36.2702]")) {
				t.Errorf("%s", got.Geometry)
			}
		}},
		{"/req/core/fc-md-op", types(map[string]string{"/ogc/collections": "application/json"})},
		{"/req/core/fc-md-success", listed(hasLinks)},
		{"/req/core/fc-md-links", links("/ogc/collections", "self", "alternate")},
		{"/req/core/fc-md-items", listed(func(t *testing.T, w *town, c collectionJSON) {
			if a := w.get(t, "/ogc/collections/"+c.ID); a.StatusCode != http.StatusOK {
				t.Errorf("%s: %s", c.ID, a.Status)
			}
		})},
		{"/req/core/fc-md-items-links", listed(func(t *testing.T, w *town, c collectionJSON) {
			items := 0
			for _, l := range c.Links {
				if l.Rel == "items" {
					items++
					types(map[string]string{w.local(t, l.Href): l.Type})(t, w)
				}
			}
			if items != 2 {
				t.Errorf("%s: %d links to items", c.ID, items)
			}
		})},
		{"/req/core/fc-md-extent", listed(func(t *testing.T, _ *town, c collectionJSON) {
			if c.Extent != nil && (len(c.Extent.Spatial.BBox) != 1 || len(c.Extent.Spatial.BBox[0]) != 4 || c.Extent.Spatial.BBox[0][0] > c.Extent.Spatial.BBox[0][2]) {
				t.Errorf("%s: %v", c.ID, c.Extent)
			}
		})},
		{"/req/core/sfc-md-op", types(map[string]string{toilet61: "application/json"})},
		{"/req/core/sfc-md-success", listed(func(t *testing.T, w *town, c collectionJSON) {
			var one collectionJSON
			w.json(t, "/ogc/collections/"+c.ID, &one)
			if diff := cmp.Diff(c, one); diff != "" {
				t.Errorf("%s: %s", c.ID, diff)
			}
		})},
		{"/req/core/fc-op", listed(func(t *testing.T, w *town, c collectionJSON) { w.items(t, "/ogc/collections/"+c.ID+"/items") })},
		{"/req/core/fc-limit-definition", limitDefined},
		{"/req/core/fc-limit-response-1", func(t *testing.T, w *town) {
			for _, n := range []int{1, 7, 61} {
				if p := w.items(t, fmt.Sprintf("%s?limit=%d", items, n)); len(p.Features) != n {
					t.Errorf("limit %d: %d", n, len(p.Features))
				}
			}
		}},
		{"/req/core/fc-bbox-definition", defines("bbox", "array", "form")},
		{"/req/core/fc-bbox-response", counts(map[string]int{"bbox=119.985,36.2,120.1,36.4": 44, "bbox=119.985,36.2,-1,120.1,36.4,1": 44, "bbox=0,0,1,1": 0})},
		{"/req/core/fc-time-definition", defines("datetime", "string", "")},
		{"/req/core/fc-time-response", counts(map[string]int{"datetime=1999-01-01T00:00:00Z": 0, "datetime=2999-01-01T00:00:00Z": 61, "datetime=../1999-01-01T00:00:00Z": 0, "datetime=1999-01-01T00:00:00Z/..": 61})},
		{"/req/core/fc-response", counts(map[string]int{"": 61})},
		{"/req/core/fc-links", links(items+"?limit=5", "self", "alternate", "next")},
		{"/req/core/fc-rel-type", links(items, "self", "alternate", "collection")},
		{"/req/core/fc-timeStamp", func(t *testing.T, w *town) {
			if at := w.items(t, items).TimeStamp; !strings.HasSuffix(at, "Z") {
				t.Error(at)
			}
		}},
		{"/req/core/fc-numberMatched", func(t *testing.T, w *town) {
			if n := w.items(t, items+"?limit=5&status=closed").NumberMatched; n == nil || *n != 12 {
				t.Error(n)
			}
		}},
		{"/req/core/fc-numberReturned", counts(map[string]int{"status=closed": 12})},
		{"/req/core/f-op", answers(200, "/items/7", "/items/100")},
		{"/req/core/f-success", answers(404, "/items/8", "/items/99999999")},
		{"/req/core/f-links", links(items+"/7", "self", "alternate", "collection")},
		{"/req/geojson/definition", types(map[string]string{items: "application/geo+json", items + "/7?f=json": "application/geo+json"})},
		{"/req/geojson/content", func(t *testing.T, w *town) {
			if c, err := geojson.UnmarshalFeatureCollection(w.get(t, items+"?limit=70").body); err != nil || len(c.Features) != 61 {
				t.Error(err)
			}
			if f, err := geojson.UnmarshalFeature(w.get(t, items+"/7").body); err != nil || f.ID != 7.0 {
				t.Error(err)
			}
		}},
		{"/req/html/definition", types(map[string]string{"/ogc?f=html": "text/html", "/ogc/collections?f=html": "text/html", toilet61 + "?f=html": "text/html", items + "?f=html": "text/html", items + "/7?f=html": "text/html"})},
		{"/req/html/content", func(t *testing.T, w *town) {
			for _, path := range []string{items + "?f=html", items + "/7?f=html"} {
				if body := w.get(t, path).body; !bytes.Contains(body, []byte("少海公厕")) || !bytes.Contains(body, []byte("T-7")) {
					t.Errorf("%s shows no feature", path)
				}
			}
		}},
		{"/req/oas30/oas-definition-1", types(map[string]string{"/ogc/api": "application/vnd.oai.openapi+json;version=3.0"})},
		{"/req/oas30/oas-definition-2", func(t *testing.T, w *town) {
			if err := w.definition(t).Validate(t.Context()); err != nil {
				t.Error(err)
			}
		}},
		// oas-impl and completeness are TestReqCommonOAS30Impl and TestReqTilesOAS30Completeness: every route and every answer.
		{"/req/oas30/exception-codes", operations(func(t *testing.T, path string, op *openapi3.Operation) {
			if op.Responses.Status(http.StatusBadRequest) == nil && op.Responses.Default() == nil {
				t.Errorf("%s has no answer to what is wrong", path)
			}
		})},
		{"/req/oas30/security", func(t *testing.T, w *town) {
			for path, item := range w.definition(t).Paths.Map() {
				for method, op := range item.Operations() {
					if method != http.MethodGet && op.Security == nil {
						t.Errorf("%s %s needs no token", method, path)
					}
				}
			}
		}},
	}
}

// limitDefined: the bounds in the API document are those that hold.
func limitDefined(t *testing.T, w *town) {
	defines("limit", "integer", "")(t, w)
	get := w.definition(t).Paths.Value("/collections/{collectionId}/items").Get
	if limit := get.Parameters.GetByInAndName("query", "limit").Schema.Value; *limit.Min != 1 || *limit.Max != 10_000 || limit.Default != 100.0 {
		t.Errorf("limit: %+v", limit)
	}
	if bbox := get.Parameters.GetByInAndName("query", "bbox").Schema.Value; len(bbox.OneOf) != 2 || !bbox.Items.Value.Type.Is("number") {
		t.Errorf("bbox: %+v", bbox)
	}
}

// operations visits what can be read.
func operations(visit func(t *testing.T, path string, op *openapi3.Operation)) func(*testing.T, *town) {
	return func(t *testing.T, w *town) {
		for path, item := range w.definition(t).Paths.Map() {
			if item.Get != nil {
				visit(t, path, item.Get)
			}
		}
	}
}

// crsRequirements are those of Part 2 (OGC 18-058r1). TestReqFeaturesCRSAgainstPostGIS has the coordinates.
func crsRequirements() []requirement {
	const (
		epsg  = "http://www.opengis.net/def/crs/EPSG/0/"
		items = toilet61 + "/items"
	)
	header := func(query, want string) func(*testing.T, *town) {
		return func(t *testing.T, w *town) {
			for _, path := range []string{items, items + "/7"} {
				if a := w.get(t, path+query); a.StatusCode != http.StatusOK || a.Header.Get("Content-Crs") != "<"+want+">" {
					t.Errorf("%s%s: %s %s", path, query, a.Status, a.Header.Get("Content-Crs"))
				}
			}
		}
	}
	inList := listed(func(t *testing.T, _ *town, c collectionJSON) {
		if len(c.CRS) < 4 || !strings.HasSuffix(c.CRS[0], "CRS84") || !slices.Contains(c.CRS, c.StorageCRS) {
			t.Errorf("%s: %v, kept in %s", c.ID, c.CRS, c.StorageCRS)
		}
		for _, uri := range c.CRS {
			if u, err := url.Parse(uri); err != nil || u.Scheme == "" {
				t.Errorf("%s: %s", c.ID, uri)
			}
		}
	})
	return []requirement{
		{"/req/crs/crs-uri", inList},
		{"/req/crs/fc-md-crs-list-A", inList},
		{"/req/crs/fc-md-crs-list-B", inList},
		{"/req/crs/fc-md-storageCrs", inList},
		{"/req/crs/fc-md-storageCrs-valid-value", inList},
		{"/req/crs/fc-bbox-crs-definition", defines("bbox-crs", "string", "")},
		{"/req/crs/fc-bbox-crs-valid-value", answers(400, "/items?bbox=1,2,3,4&bbox-crs="+epsg+"2154", "/items?bbox=1,2,3,4&bbox-crs=x")},
		{"/req/crs/fc-bbox-crs-valid-defaultValue", counts(map[string]int{"bbox=119.985,36.2,120.1,36.4": 44})},
		{"/req/crs/fc-bbox-crs-action", counts(map[string]int{"bbox=36.2,119.985,36.4,120.1&bbox-crs=" + epsg + "4326": 44, "bbox=36.2,119.985,36.4,120.1&bbox-crs=" + epsg + "4490": 44})},
		{"/req/crs/fc-crs-definition", defines("crs", "string", "")},
		{"/req/crs/fc-crs-valid-value", answers(400, "/items?crs="+epsg+"2154", "/items?crs=x", "/items/7?crs=x")},
		{"/req/crs/fc-crs-default-value", header("", "http://www.opengis.net/def/crs/OGC/1.3/CRS84")},
		{"/req/crs/fc-crs-action", func(t *testing.T, w *town) {
			if got := w.items(t, items+"?ids=7&crs="+epsg+"4326").Features[0]; !bytes.Contains(got.Geometry, []byte("[36.2702,119.9995]")) {
				t.Errorf("%s", got.Geometry)
			}
		}},
		{"/req/crs/geojson", header("?crs="+epsg+"4549", epsg+"4549")},
		{"/req/crs/ogc-crs-header", header("?crs="+epsg+"4326", epsg+"4326")},
		{"/req/crs/ogc-crs-header-value", header("?crs="+epsg+"4490", epsg+"4490")},
	}
}

// schemaJSON is a document of properties that can be filtered or sorted by.
type schemaJSON struct {
	Schema               string `json:"$schema"`
	ID                   string `json:"$id"`
	Type                 string
	AdditionalProperties *bool
	Properties           map[string]struct{ Type, Format string }
}

// lists holds queryables or sortables to what both standards want of them.
func lists(name string) func(*testing.T, *town) {
	return listed(func(t *testing.T, w *town, c collectionJSON) {
		path := "/ogc/collections/" + c.ID + "/" + name
		a := w.get(t, path, "Accept", "application/schema+json")
		var doc schemaJSON
		if err := json.Unmarshal(a.body, &doc); err != nil || a.StatusCode != http.StatusOK || a.Header.Get("Content-Type") != "application/schema+json" {
			t.Fatalf("%s: %s %v", path, a.Status, err)
		}
		if doc.Schema != "https://json-schema.org/draft/2020-12/schema" || doc.ID != w.URL+path || doc.Type != "object" || len(doc.Properties) < 3 || doc.AdditionalProperties == nil || *doc.AdditionalProperties {
			t.Errorf("%s: %+v", path, doc)
		}
		for property, p := range doc.Properties {
			if (p.Type == "") != strings.HasPrefix(p.Format, "geometry-") || p.Type == "object" || p.Type == "array" || name == "sortables" && p.Type == "" {
				t.Errorf("%s: %s is %+v", path, property, p)
			}
		}
	})
}

// headed holds the items of every collection to a link in the header.
func headed(name string) func(*testing.T, *town) {
	return listed(func(t *testing.T, w *town, c collectionJSON) {
		want := fmt.Sprintf(`<%s/ogc/collections/%s/%s>; rel="%s%s"; type="application/schema+json"`, w.URL, c.ID, name, ogcRelation, name)
		a := w.ask(t, http.MethodHead, "/ogc/collections/"+c.ID+"/items?limit=1")
		if a.StatusCode != http.StatusOK || !slices.Contains(a.Header.Values("Link"), want) {
			t.Errorf("%s: %s %v", c.ID, a.Status, a.Header.Values("Link"))
		}
	})
}

// filterRequirements are those of Part 3 (OGC 19-079r2).
func filterRequirements() []requirement {
	const crs = "&filter-crs=http://www.opengis.net/def/crs/EPSG/0/"
	text := func(filter string) string { return "filter=" + url.QueryEscape(filter) }
	return []requirement{
		{"/req/queryables/queryables-link", headed("queryables")},
		{"/req/queryables/get-queryables-op", types(map[string]string{toilet61 + "/queryables": "application/schema+json"})},
		{"/req/queryables/get-queryables-response", lists("queryables")},
		{"/req/queryables-query-parameters/parameters", counts(map[string]int{"status=closed": 12, "open_24h=true&status=closed": 6, "surveyed_on=2024-01-03": 6, "code=none": 0})},
		{"/req/filter/filter-param", defines("filter", "string", "")},
		{"/req/filter/filter-lang-param", func(t *testing.T, w *town) {
			defines("filter-lang", "string", "")(t, w)
			counts(map[string]int{text(`{"op":"=","args":[{"property":"status"},"closed"]}`) + "&filter-lang=cql2-json": 12, text("status='closed'") + "&filter-lang=cql2-text": 12, text("status='closed'"): 12})(t, w)
			answers(400, "/items?filter-lang=sql&filter=true")(t, w)
		}},
		{"/req/filter/filter-crs-wgs84", counts(map[string]int{text("S_INTERSECTS(geom,BBOX(119.985,36.2,120.1,36.4))"): 44})},
		{"/req/filter/filter-crs-param", func(t *testing.T, w *town) {
			defines("filter-crs", "string", "")(t, w)
			counts(map[string]int{text("S_INTERSECTS(geom,BBOX(36.2,119.985,36.4,120.1))") + crs + "4326": 44})(t, w)
			answers(400, "/items?filter=true"+crs+"2154")(t, w)
		}},
		{"/req/filter/mixing-expressions", counts(map[string]int{text("status='closed'") + "&open_24h=true": 6, text("status='closed'") + "&bbox=0,0,1,1": 0, text("open_24h=true") + "&status=closed&bbox=119,36,121,37": 6})},
		{"/req/filter/response", func(t *testing.T, w *town) {
			counts(map[string]int{text("status='closed'"): 12, text("status<>'closed'"): 49})(t, w)
			answers(400, "/items?"+text("THIS IS NOT A FILTER"), "/items?"+text("this_is_not_a_queryable='x'"))(t, w)
		}},
		{"/req/features-filter/queryables-link", listed(hasLinks)},
		{"/req/features-filter/get-queryables-op", lists("queryables")},
		{"/req/features-filter/filter-param", counts(map[string]int{text("status='closed'"): 12})},
		{"/req/features-filter/response", counts(map[string]int{text("status='closed'") + "&datetime=1999-01-01": 0})},
	}
}

// sortRequirements are those of Part 8 (OGC 24-030, a draft).
func sortRequirements() []requirement {
	sorted := func(t *testing.T, w *town) {
		for query, order := range map[string]string{"": "id", "sortby=code": "code COLLATE \"C\", id", "sortby=%2Bsurveyed_on": "surveyed_on, id", "sortby=-surveyed_on,code": "surveyed_on DESC, code COLLATE \"C\", id"} {
			rows, err := w.pool.Query(t.Context(), `SELECT id FROM public_toilet WHERE id >= 100 ORDER BY `+order)
			if err != nil {
				t.Fatal(err)
			}
			var want []int64
			for rows.Next() {
				var id int64
				if err := rows.Scan(&id); err != nil {
					t.Fatal(err)
				}
				want = append(want, id)
			}
			got := slices.DeleteFunc(w.items(t, toilet61+"/items?limit=100&"+query).ids(), func(id int64) bool { return id < 100 })
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %s", query, diff)
			}
		}
	}
	return []requirement{
		{"/req/sortables/sortables-link", headed("sortables")},
		{"/req/sortables/get-sortables-op", types(map[string]string{toilet61 + "/sortables": "application/schema+json"})},
		{"/req/sortables/get-sortables-success", lists("sortables")},
		{"/req/sortables/defaultSortOrder-definition", func(t *testing.T, w *town) {
			var c struct{ DefaultSortOrder []string }
			w.json(t, toilet61, &c)
			if diff := cmp.Diff([]string{"id"}, c.DefaultSortOrder); diff != "" {
				t.Error(diff)
			}
		}},
		{"/req/sorting/sortby-definition", defines("sortby", "array", "form")},
		{"/req/sorting/sortby-response", func(t *testing.T, w *town) {
			sorted(t, w)
			answers(400, "/items?sortby=THIS+IS+NOT+A+SORTBY+EXPRESSION", "/items?sortby=this_is_not_a_sortable", "/items?sortby=geom", "/items?sortby=")(t, w)
		}},
		{"/req/features-sorting/sortables-link", listed(hasLinks)},
		{"/req/features-sorting/get-sortables-op", lists("sortables")},
		{"/req/features-sorting/sortby-param", sorted},
		{"/req/features-sorting/response", sorted},
	}
}

// TestReqCQL2 has a filter of every class of CQL2 (OGC 21-065r2) that is declared, in both encodings, beside what PostgreSQL makes of the same words.
// The standard's own examples run in package cql2.
func TestReqCQL2(t *testing.T) {
	w := toiletTown(t)
	w.write(t, `UPDATE public_toilet SET male_stalls = id % 6, female_stalls = id % 4, name = CASE WHEN id = 101 THEN 'Café' ELSE name END WHERE id >= 100`)
	const ring = "POLYGON((119.98 36.262, 119.99 36.262, 119.99 36.268, 119.98 36.268, 119.98 36.262))"
	const shape = "ST_GeomFromText('" + ring + "', 4490)"
	var declared struct{ ConformsTo []string }
	w.json(t, "/ogc/conformance", &declared)
	tried := map[string]bool{"cql2-text": true, "cql2-json": true}
	for _, c := range []struct{ class, filter, sql string }{
		{"basic-cql2", "status = 'closed' AND NOT (open_24h = true) OR grade IS NULL AND male_stalls >= 4", "status = 'closed' AND NOT open_24h OR grade IS NULL AND male_stalls >= 4"},
		{"advanced-comparison-operators", "code LIKE 'X-1_5' OR male_stalls BETWEEN 2 AND 3 AND grade IN ('class_1', 'class_2')", "code LIKE 'X-1_5' OR male_stalls BETWEEN 2 AND 3 AND grade IN ('class_1', 'class_2')"},
		{"case-insensitive-comparison", "CASEI(code) LIKE CASEI('x-12%')", "code ILIKE 'x-12%'"},
		{"accent-insensitive-comparison", "ACCENTI(name) = ACCENTI('Cafe')", "id = 101"},
		{"basic-spatial-functions", "S_INTERSECTS(geom, BBOX(119.985, 36.2, 120.1, 36.4)) OR S_INTERSECTS(geom, POINT(119.98 36.262))", "geom && ST_MakeEnvelope(119.985, 36.2, 120.1, 36.4, 4490) OR id = 100"},
		{"basic-spatial-functions-plus", "S_INTERSECTS(geom, " + ring + ") OR S_INTERSECTS(geom, LINESTRING(119.98 36.262, 119.98 36.3))", "ST_Intersects(geom, " + shape + ")"},
		{"spatial-functions", "S_WITHIN(geom, " + ring + ") OR S_TOUCHES(geom, " + ring + ")", "ST_Within(geom, " + shape + ") OR ST_Touches(geom, " + shape + ")"},
		{"spatial-functions", "S_DISJOINT(geom, " + ring + ") AND NOT S_EQUALS(geom, POINT(119.98 36.262)) AND NOT S_OVERLAPS(geom, " + ring + ") AND NOT S_CROSSES(geom, " + ring + ") AND NOT S_CONTAINS(geom, " + ring + ")", "ST_Disjoint(geom, " + shape + ")"},
		{"temporal-functions", "T_BEFORE(surveyed_on, DATE('2024-01-04')) OR T_DURING(surveyed_on, INTERVAL('2024-01-06', '2024-01-09'))", "surveyed_on < '2024-01-04' OR surveyed_on > '2024-01-06' AND surveyed_on < '2024-01-09'"},
		{"arithmetic", "male_stalls * 2 + 1 > 7 AND male_stalls % 2 = 1", "male_stalls * 2 + 1 > 7 AND male_stalls % 2 = 1"},
		{"property-property", "male_stalls > female_stalls OR name = code", "male_stalls > female_stalls OR name = code"},
	} {
		tried[c.class] = true
		t.Run("/req/"+c.class, func(t *testing.T) {
			var want int
			if err := w.pool.QueryRow(t.Context(), `SELECT count(*) FROM public_toilet WHERE `+c.sql).Scan(&want); err != nil {
				t.Fatal(err)
			}
			f, err := cql2.Parse(c.filter)
			if err != nil {
				t.Fatal(err)
			}
			if want == 0 || want == 61 {
				t.Errorf("%d features tell nothing", want)
			}
			counts(map[string]int{"filter=" + url.QueryEscape(c.filter): want, "filter-lang=cql2-json&filter=" + url.QueryEscape(string(f.JSON())): want})(t, w)
		})
	}
	for _, uri := range declared.ConformsTo {
		if class, ok := strings.CutPrefix(uri, "http://www.opengis.net/spec/cql2/1.0/conf/"); ok && !tried[class] {
			t.Errorf("%s is declared and was not tried", class)
		}
	}
}
