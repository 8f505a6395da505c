package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"wangge/geo/datum"
	"wangge/grid/rights"
	"wangge/layers"
)

// The tests below are named after the requirements of OGC API - Features - Part 1 (OGC 17-069r4), Part 2 (OGC 18-058r1) and Part 3 (OGC 19-079r2)
// that they hold the server to.

const featuresConf = "http://www.opengis.net/spec/ogcapi-features-"

// itemsJSON is a page of features as a caller reads it.
type itemsJSON struct {
	Type           string
	TimeStamp      string
	NumberMatched  *int
	NumberReturned int
	Features       []struct {
		Type       string
		ID         int64
		Revision   int64
		Geometry   json.RawMessage
		Properties map[string]any
	}
	Links []ogcLink
}

func (w *town) items(t testing.TB, path string) itemsJSON {
	t.Helper()
	var page itemsJSON
	w.json(t, path, &page)
	return page
}

func (p itemsJSON) ids() (ids []int64) {
	for _, f := range p.Features {
		ids = append(ids, f.ID)
	}
	return ids
}

// next is the path of the next page; empty on the last one.
func (p itemsJSON) next(t testing.TB, w *town) string {
	t.Helper()
	for _, l := range p.Links {
		if l.Rel == "next" {
			return strings.TrimPrefix(l.Href, w.URL)
		}
	}
	return ""
}

const toiletsSQL = `INSERT INTO public_toilet (id, code, name, grade, open_24h, status, surveyed_on, note, source, geom)
SELECT i, 'X-' || i, '公厕' || i % 7, CASE i % 3 WHEN 0 THEN 'class_1' WHEN 1 THEN 'class_2' END, i % 2 = 0, CASE WHEN i % 5 = 0 THEN 'closed' ELSE 'intact' END,
    date '2024-01-01' + i % 10, 'inner' || i % 4, 'survey', ST_SetSRID(ST_MakePoint(119.98 + (i - 100) * 0.0003, 36.262 + i % 10 * 0.001), 4490)
FROM generate_series(100, 159) i`

// toiletTown is the small city with 61 toilets.
func toiletTown(t *testing.T) *town {
	t.Helper()
	w := newTown(t)
	w.catchUp(t, w.write(t, toiletsSQL))
	return w
}

func TestReqFeaturesCoreFcOp(t *testing.T) {
	w := toiletTown(t)
	var list struct{ Collections []struct{ ID string } }
	w.json(t, "/ogc/collections", &list)
	if len(list.Collections) != 8 {
		t.Errorf("collections %v", list.Collections)
	}
	for _, c := range list.Collections {
		p := w.items(t, "/ogc/collections/"+c.ID+"/items")
		if p.Type != "FeatureCollection" || p.NumberReturned != len(p.Features) {
			t.Errorf("%s: %+v", c.ID, p)
		}
	}
}

func TestReqFeaturesCoreFcLimitDefinition(t *testing.T) {
	w := toiletTown(t)
	path := "/ogc/collections/public_toilet/items"
	for query, want := range map[string]int{"": 61, "?limit=7": 7, "?limit=1": 1, "?limit=10000": 61, "?limit=100000": 61} {
		if p := w.items(t, path+query); p.NumberReturned != want || len(p.Features) != want {
			t.Errorf("%s: %d features", query, len(p.Features))
		}
	}
}

func TestReqFeaturesCoreFcBboxResponse(t *testing.T) {
	w := toiletTown(t)
	inside := func(b orb.Bound) (ids []int64) {
		for _, f := range w.items(t, "/ogc/collections/public_toilet/items?limit=1000").Features {
			g, err := geojson.UnmarshalGeometry(f.Geometry)
			if err != nil {
				t.Fatal(err)
			}
			if b.Contains(g.Coordinates.(orb.Point)) {
				ids = append(ids, f.ID)
			}
		}
		return ids
	}
	b := orb.Bound{Min: orb.Point{119.985, 36.2635}, Max: orb.Point{119.9951, 36.2685}}
	want := inside(b)
	project := func(name string, corner orb.Point) orb.Point {
		s, err := datum.Parse(name)
		if err != nil {
			t.Fatal(err)
		}
		p, err := s.From(corner)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	low, high := project("EPSG:3857", b.Min), project("EPSG:3857", b.Max)
	for _, query := range []string{
		"bbox=119.985,36.2635,119.9951,36.2685", "bbox=119.985,36.2635,-10,119.9951,36.2685,100",
		"bbox=119.985,36.2635,119.9951,36.2685&bbox-crs=http://www.opengis.net/def/crs/OGC/1.3/CRS84",
		"bbox=36.2635,119.985,36.2685,119.9951&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4326",
		"bbox=36.2635,119.985,36.2685,119.9951&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4490",
		fmt.Sprintf("bbox=%f,%f,%f,%f&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/3857", low[0], low[1], high[0], high[1]),
	} {
		if got := w.items(t, "/ogc/collections/public_toilet/items?limit=1000&"+query).ids(); len(want) < 5 || cmp.Diff(want, got) != "" {
			t.Errorf("%s: %v, want %v", query, got, want)
		}
	}
	for query, want := range map[string]int{"bbox=119,36,-170,37": 61, "bbox=170,36,-170,37": 0, "bbox=-180,-90,180,90": 61, "bbox=0,0,1,1": 0, "bbox=170,-90,120.5,90": 61} {
		if p := w.items(t, "/ogc/collections/public_toilet/items?limit=1000&"+query); len(p.Features) != want {
			t.Errorf("%s: %d", query, len(p.Features))
		}
	}
	// Shapes count, not their boxes.
	w.write(t, `INSERT INTO road (id, name, class, geom) VALUES (50, '斜路', 'branch', 'SRID=4490;LINESTRING(119.99 36.26, 120.01 36.28)')`)
	if got := w.items(t, "/ogc/collections/road/items?bbox=120.005,36.261,120.009,36.263").ids(); got != nil {
		t.Errorf("a box beside a slanting road: %v", got)
	}
}

func TestReqFeaturesCoreFcTimeResponse(t *testing.T) {
	w := toiletTown(t)
	path := "/ogc/collections/public_toilet/items?limit=1000&datetime="
	before := w.clock(t)
	w.write(t, `UPDATE public_toilet SET name = '新名' WHERE id = 110`, `DELETE FROM public_toilet WHERE id = 111`)
	after := w.clock(t)
	for query, want := range map[string]int{
		before: 61, after: 60, "2999-01-01": 60, "1999-01-01": 0, "1999-01-01T00:00:00Z": 0, before + "/" + after: 61, before + "/..": 61, "../" + before: 61, after + "/..": 60,
		"/" + after: 61, "2999-01-01/..": 60, "../1999-01-01": 0,
	} {
		if p := w.items(t, path+url.QueryEscape(query)); len(p.Features) != want {
			t.Errorf("%s: %d features, want %d", query, len(p.Features), want)
		}
	}
	name := func(at string) any {
		return w.items(t, path+url.QueryEscape(at)+"&ids=110").Features[0].Properties["name"]
	}
	if name(before) != "公厕5" || name(after) != "新名" {
		t.Errorf("it was %v, it is %v", name(before), name(after))
	}
	var item itemJSON
	w.json(t, "/ogc/collections/public_toilet/items/111?datetime="+url.QueryEscape(before), &item)
	if item.Properties["name"] != "公厕6" {
		t.Errorf("a deleted feature as it was: %v", item.Properties)
	}
}

// clock is the database's, as an instant.
func (w *town) clock(t testing.TB) string {
	t.Helper()
	var at time.Time
	if err := w.pool.QueryRow(t.Context(), `SELECT clock_timestamp()`).Scan(&at); err != nil {
		t.Fatal(err)
	}
	return at.UTC().Format(time.RFC3339Nano)
}

// Links lead through all pages, each feature once, in the order asked for.
func TestReqFeaturesCoreFcLinks(t *testing.T) {
	w := toiletTown(t)
	for _, query := range []string{"limit=7", "limit=7&sortby=-surveyed_on,name", "limit=7&sortby=grade&status=intact", "limit=9&filter=open_24h%3Dtrue&sortby=%2Bname", "limit=5&crs=http://www.opengis.net/def/crs/EPSG/0/4549&bbox=119,36,121,37"} {
		path := "/ogc/collections/public_toilet/items?" + query
		all := w.items(t, strings.Replace(strings.Replace(path, "limit=7", "limit=1000", 1), "limit=9", "limit=1000", 1))
		var got []int64
		pages := 0
		for at := path; at != ""; pages++ {
			p := w.items(t, at)
			got = append(got, p.ids()...)
			if at = p.next(t, w); at != "" && len(p.Features) == 0 || pages > 100 {
				t.Fatalf("an empty page with a next one: %s", at)
			}
		}
		if want := all.ids(); strings.Contains(query, "limit=5") {
			if len(got) != 61 {
				t.Errorf("%s: %d features", query, len(got))
			}
		} else if diff := cmp.Diff(want, got); diff != "" || pages < 2 {
			t.Errorf("%s: %s", query, diff)
		}
	}
	p := w.items(t, "/ogc/collections/public_toilet/items?limit=7")
	for _, l := range p.Links {
		a := w.get(t, w.local(t, l.Href))
		if media, _, _ := strings.Cut(a.Header.Get("Content-Type"), ";"); a.StatusCode != http.StatusOK || media != l.Type {
			t.Errorf("%+v: %s %s", l, a.Status, a.Header.Get("Content-Type"))
		}
	}
	for _, rel := range []string{"self", "alternate", "next", "collection"} {
		linked(t, p.Links, rel)
	}
}

func TestReqFeaturesCoreFcTimeStamp(t *testing.T) {
	w := newTown(t)
	at, err := time.Parse(time.RFC3339, w.items(t, "/ogc/collections/road/items").TimeStamp)
	if err != nil || time.Since(at).Abs() > time.Minute {
		t.Errorf("%v, %v", at, err)
	}
}

func TestReqFeaturesCoreFcNumberMatched(t *testing.T) {
	w := toiletTown(t)
	path := "/ogc/collections/public_toilet/items"
	first := w.items(t, path+"?limit=10")
	for query, want := range map[string]int{"": 61, "?limit=10": 61, "?limit=10&status=closed": 12, "?status=closed": 12, "?limit=5&bbox=119,36,121,37": 61, "?limit=5&filter=grade%3D'class_1'": 21} {
		if p := w.items(t, path+query); p.NumberMatched == nil || *p.NumberMatched != want {
			t.Errorf("%s: matched %v, want %d", query, p.NumberMatched, want)
		}
	}
	if second := w.items(t, first.next(t, w)); second.NumberMatched != nil {
		t.Errorf("a later page counts: %d", *second.NumberMatched)
	}
	if second := w.items(t, first.next(t, w)+"&count=true"); second.NumberMatched == nil || *second.NumberMatched != 61 {
		t.Errorf("a later page does not count when asked to")
	}
	if p := w.items(t, path+"?limit=10&count=false"); p.NumberMatched != nil {
		t.Errorf("counts: %d", *p.NumberMatched)
	}
}

func TestReqFeaturesCoreFcNumberReturned(t *testing.T) {
	w := toiletTown(t)
	if p := w.items(t, "/ogc/collections/public_toilet/items?limit=13"); p.NumberReturned != 13 || len(p.Features) != 13 {
		t.Errorf("%d of %d", p.NumberReturned, len(p.Features))
	}
}

// A feature of a list is what the feature is by itself, but for what takes looking up.
func TestReqFeaturesCoreFSuccess(t *testing.T) {
	w := toiletTown(t)
	for _, c := range []string{"road", "public_toilet", "barrier_free_ramp", "construction_site", "unit_grid", "grid_duty"} {
		for _, f := range w.items(t, "/ogc/collections/"+c+"/items").Features {
			var one struct {
				Revision   int64
				Geometry   json.RawMessage
				Properties map[string]any
			}
			w.json(t, fmt.Sprintf("/ogc/collections/%s/items/%d", c, f.ID), &one)
			if diff := cmp.Diff(one.Properties, f.Properties); diff != "" || one.Revision != f.Revision || !bytes.Equal(one.Geometry, f.Geometry) {
				t.Errorf("%s %d: %s; %s and %s", c, f.ID, diff, one.Geometry, f.Geometry)
			}
		}
	}
}

func TestReqFeaturesCoreQueryParamUnknown(t *testing.T) {
	w := newTown(t)
	for _, path := range []string{"/ogc/collections/road/items?colour=1", "/ogc/collections/road/items/1?colour=1", "/ogc/collections?colour=1"} {
		if a := w.get(t, path); a.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %s", path, a.Status)
		}
	}
}

// Coordinates in every system that a collection offers are what PostGIS makes of them, in the order of the registry.
func TestReqFeaturesCRSAgainstPostGIS(t *testing.T) {
	w := toiletTown(t)
	var c struct {
		CRS        []string
		StorageCRS string
	}
	w.json(t, "/ogc/collections/public_toilet", &c)
	if !slices.Contains(c.CRS, "http://www.opengis.net/def/crs/OGC/1.3/CRS84") || !slices.Contains(c.CRS, "http://www.opengis.net/def/crs/EPSG/0/4549") || len(c.CRS) < 10 ||
		!slices.Contains(c.CRS, c.StorageCRS) {
		t.Fatalf("offered in %v, kept in %s", c.CRS, c.StorageCRS)
	}
	tried := 0
	for _, uri := range c.CRS {
		s, err := datum.Parse(uri)
		if err != nil {
			t.Fatal(err)
		}
		path := "/ogc/collections/public_toilet/items?limit=25&crs=" + url.QueryEscape(uri)
		for at := path; at != ""; {
			a := w.get(t, at)
			if got := a.Header.Get("Content-Crs"); got != "<"+uri+">" {
				t.Fatalf("%s: Content-Crs %q", uri, got)
			}
			var p itemsJSON
			if err := json.Unmarshal(a.body, &p); err != nil {
				t.Fatal(err)
			}
			if s.SRID() != 0 {
				w.holdPositions(t, p, s)
				tried += len(p.Features)
			}
			at = p.next(t, w)
		}
	}
	if tried < 300 {
		t.Errorf("only %d positions", tried)
	}
}

// holdPositions compares the points of a page with ST_Transform.
func (w *town) holdPositions(t *testing.T, p itemsJSON, s datum.System) {
	t.Helper()
	rows, err := w.pool.Query(t.Context(), `SELECT id, ST_X(g), ST_Y(g) FROM (SELECT id, ST_Transform(geom, $1::int) g FROM public_toilet WHERE id = ANY ($2)) x`, s.SRID(), p.ids())
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	want := map[int64]orb.Point{}
	for rows.Next() {
		var id int64
		var at orb.Point
		if err := rows.Scan(&id, &at[0], &at[1]); err != nil {
			t.Fatal(err)
		}
		want[id] = at
	}
	closeM := 0.002
	if s.Degrees() {
		closeM = 2e-9
	}
	for _, f := range p.Features {
		g, err := geojson.UnmarshalGeometry(f.Geometry)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := g.Coordinates.(orb.Point)
		x := want[f.ID]
		if s.Northing() {
			x[0], x[1] = x[1], x[0]
		}
		if math.Abs(got[0]-x[0]) > closeM || math.Abs(got[1]-x[1]) > closeM {
			t.Fatalf("%s: feature %d at %v, PostGIS has %v", s.Code(), f.ID, got, x)
		}
	}
}

func TestReqFeaturesCRSItem(t *testing.T) {
	w := newTown(t)
	uri := "http://www.opengis.net/def/crs/EPSG/0/4490"
	a := w.get(t, "/ogc/collections/public_toilet/items/7?crs="+uri)
	if a.Header.Get("Content-Crs") != "<"+uri+">" || !bytes.Contains(a.body, []byte(`"coordinates":[36.2702,119.9995]`)) || !bytes.Contains(a.body, []byte(`"bbox":[36.2702,119.9995,36.2702,119.9995]`)) {
		t.Errorf("%v %s", a.Header, a.body)
	}
	if a := w.get(t, "/ogc/collections/public_toilet/items/7"); a.Header.Get("Content-Crs") != "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>" {
		t.Errorf("%v", a.Header)
	}
}

func TestReqFilterQueryables(t *testing.T) {
	w := newTown(t)
	var doc struct {
		Schema               string `json:"$schema"`
		ID                   string `json:"$id"`
		Type                 string
		AdditionalProperties *bool
		Properties           map[string]map[string]any
	}
	w.json(t, "/ogc/collections/barrier_free_ramp/queryables", &doc)
	if doc.Schema != "https://json-schema.org/draft/2020-12/schema" || doc.ID != w.URL+"/ogc/collections/barrier_free_ramp/queryables" || doc.Type != "object" ||
		doc.AdditionalProperties == nil || *doc.AdditionalProperties {
		t.Errorf("%+v", doc)
	}
	l := layers.ByID("barrier_free_ramp")
	for i := range l.Fields {
		f := &l.Fields[i]
		if _, there := doc.Properties[f.Name]; there != (f.Filterable && f.Derive == nil && f.Access == layers.Public) {
			t.Errorf("%s: %v", f.Name, there)
		}
	}
	if doc.Properties["geom"]["x-ogc-role"] != "primary-geometry" {
		t.Errorf("%v", doc.Properties["geom"])
	}
	// Each is a parameter of its own, and none hides one of the others.
	fixed := []string{"f", "crs", "limit", "cursor", "count", "bbox", "datetime", "filter", "sortby", "properties", "ids", "grid", "region", "min_revision"}
	for _, l := range layers.Catalogue() {
		for _, name := range fixed {
			if l.Field(name) != nil {
				t.Errorf("%s has a field %s, which is a parameter", l.ID, name)
			}
		}
	}
}

func TestReqFilterResponse(t *testing.T) {
	w := toiletTown(t)
	path := "/ogc/collections/public_toilet/items?limit=1000&"
	for query, want := range map[string]int{
		"filter=" + url.QueryEscape("grade = '一类'"):                                                                                               21,
		"filter=" + url.QueryEscape("grade IS NULL AND status <> 'closed'"):                                                                       16,
		"filter=" + url.QueryEscape("S_INTERSECTS(geom, BBOX(119.985, 36.2, 120.1, 36.4))"):                                                       44,
		"filter-crs=http://www.opengis.net/def/crs/EPSG/0/4326&filter=" + url.QueryEscape("S_INTERSECTS(geom, BBOX(36.2, 119.985, 36.4, 120.1))"): 44,
		"filter-lang=cql2-json&filter=" + url.QueryEscape(`{"op":"=","args":[{"property":"status"},"closed"]}`):                                   12,
		"status=closed": 12, "status=" + url.QueryEscape("停用"): 12, "open_24h=true&status=closed": 6, "surveyed_on=2024-01-03": 6, "code=X-120": 1,
		"ids=100,101,5": 2, "region=370281001001": 61, "region=center": 61, "region=370281002": 0, "grid=unit:370281001001001": 1, "grid=unit:nowhere": 0,
	} {
		if p := w.items(t, path+query); len(p.Features) != want {
			t.Errorf("%s: %d features, want %d", query, len(p.Features), want)
		}
	}
}

func TestPropertiesAndSorting(t *testing.T) {
	w := toiletTown(t)
	p := w.items(t, "/ogc/collections/public_toilet/items?properties=name,code&sortby=-code&limit=2")
	if diff := cmp.Diff(map[string]any{"code": "X-159", "name": "公厕5"}, p.Features[0].Properties); diff != "" || p.Features[1].ID != 158 {
		t.Error(diff)
	}
	if p := w.items(t, "/ogc/collections/public_toilet/items?properties=&limit=1"); len(p.Features[0].Properties) != 0 {
		t.Errorf("%v", p.Features[0].Properties)
	}
	ramp := w.items(t, "/ogc/collections/barrier_free_ramp/items?properties=compliance").Features[0]
	if diff := cmp.Diff(map[string]any{"compliance": "non_compliant"}, ramp.Properties); diff != "" {
		t.Error(diff)
	}
	var order struct {
		Total    int
		Revision uint64
		IDs      []int64
	}
	w.json(t, "/api/v1/features/public_toilet/order?sortby=-name,code&filter="+url.QueryEscape("status = 'closed'"), &order)
	list := w.items(t, "/ogc/collections/public_toilet/items?limit=100&sortby=-name,code&status=closed")
	if diff := cmp.Diff(list.ids(), order.IDs); diff != "" || order.Total != 12 || order.Revision == 0 {
		t.Errorf("%+v: %s", order, diff)
	}
}

// Pages for people: what a caller wrote is text on them, nothing is loaded, and they lead on.
func TestItemPages(t *testing.T) {
	w := toiletTown(t)
	w.write(t, `UPDATE public_toilet SET name = '<script>alert(1)</script>' WHERE id = 100`)
	for _, path := range []string{"/ogc/collections/public_toilet/items", "/ogc/collections/public_toilet/items/100", "/ogc/collections/public_toilet", "/ogc/collections", "/ogc", "/ogc/collections/public_toilet/queryables"} {
		a := w.get(t, path, "Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
		csp := a.Header.Get("Content-Security-Policy")
		if a.Header.Get("Content-Type") != "text/html; charset=utf-8" || !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") ||
			bytes.Contains(a.body, []byte("<script")) || !strings.Contains(strings.Join(a.Header.Values("Vary"), ","), "Accept") {
			t.Errorf("%s: %v", path, a.Header)
		}
	}
	body := string(w.get(t, "/ogc/collections/public_toilet/items?f=html&limit=10").body)
	for _, want := range []string{"&lt;script&gt;", "停用", `rel="next"`, "共 61 个对象", "少海公厕", w.URL + "/inventory?layer=public_toilet"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	if name, code, grade := strings.Index(body, "<small>name"), strings.Index(body, "<small>code<"), strings.Index(body, "<small>grade"); name <= 0 || code <= name || grade <= code {
		t.Errorf("name at %d, code at %d, grade at %d", name, code, grade)
	}
	if body := w.get(t, "/ogc/collections/public_toilet/items/100?f=html").body; !bytes.Contains(body, []byte(w.URL+"/?select=public_toilet/100")) {
		t.Errorf("no link to the feature in the map")
	}
}

// Internal fields are for staff: shown, described, filtered and sorted by; for others they are unknown. What staff sees is kept nowhere.
func TestItemsInternalFields(t *testing.T) {
	w := toiletTown(t)
	staff := w.as(t, rights.Planner)
	for _, path := range []string{"items?limit=70", "items/100", "schema", "queryables", "sortables"} {
		path = "/ogc/collections/public_toilet/" + path
		open, inner := w.get(t, path), w.get(t, path, staff...)
		if bytes.Contains(open.body, []byte(`"source"`)) || !bytes.Contains(inner.body, []byte(`"source"`)) {
			t.Errorf("%s: open %v, for staff %v", path, bytes.Contains(open.body, []byte(`"source"`)), bytes.Contains(inner.body, []byte(`"source"`)))
		}
		if open.Header.Get("Cache-Control") != "public, max-age=0, must-revalidate" || inner.Header.Get("Cache-Control") != "private, no-store" ||
			!strings.Contains(strings.Join(inner.Header.Values("Vary"), ","), "Authorization") {
			t.Errorf("%s: %q and %q", path, open.Header.Get("Cache-Control"), inner.Header.Get("Cache-Control"))
		}
	}
	for _, query := range []string{"source=survey", "filter=source%3D'survey'", "sortby=source", "properties=note"} {
		path := "/ogc/collections/public_toilet/items?limit=3&" + query
		if a := w.get(t, path); a.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %s", path, a.Status)
		}
		if a := w.get(t, path, staff...); a.StatusCode != http.StatusOK {
			t.Errorf("%s for staff: %s %s", path, a.Status, a.body)
		}
	}
}

// A long answer comes in pieces, packed where the caller takes that, and is whole.
func TestItemsStream(t *testing.T) {
	w := newTown(t)
	w.write(t, `INSERT INTO parking_space (kind, name, geom) SELECT 'motor', E'"\\\n' || i, ST_SetSRID(ST_MakePoint(120 + i * 1e-6, 36.27), 4490) FROM generate_series(1, 3000) i`)
	path := "/ogc/collections/parking_space/items?limit=3000"
	whole := w.get(t, path)
	packed := w.get(t, path, "Accept-Encoding", "gzip")
	var a, b itemsJSON
	if err := json.Unmarshal(whole.body, &a); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(unzip(t, packed.body), &b); err != nil {
		t.Fatal(err)
	}
	if len(a.Features) != 3000 || len(b.Features) != 3000 || a.Features[2].Properties["name"] != "\"\\\n3" || packed.Header.Get("Content-Encoding") != "gzip" || len(packed.body)*5 > len(whole.body) {
		t.Errorf("%d and %d features, %d and %d bytes", len(a.Features), len(b.Features), len(whole.body), len(packed.body))
	}
}
