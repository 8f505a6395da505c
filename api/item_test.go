package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wangge/layers"
)

// itemJSON is a feature as a caller reads it.
type itemJSON struct {
	Type       string
	ID         int64
	BBox       [4]float64
	Geometry   struct{ Type string }
	Properties map[string]any
	Labels     map[string]map[string]string
	Regions    []regionRef
	Grids      []map[string]any
	Links      []map[string]string
}

func (w *town) item(t *testing.T, collection string, id int) itemJSON {
	t.Helper()
	var item itemJSON
	w.json(t, fmt.Sprintf("/ogc/collections/%s/items/%d", collection, id), &item)
	return item
}

func TestItem(t *testing.T) {
	w := newTown(t)
	got := w.item(t, "public_toilet", 7)
	for _, moment := range []string{"created_at", "updated_at"} {
		if s, _ := got.Properties[moment].(string); !strings.HasSuffix(s, "Z") || len(s) < 20 {
			t.Errorf("%s is %v", moment, got.Properties[moment])
		}
		delete(got.Properties, moment)
	}
	want := map[string]any{
		"code": "T-7", "code_scheme": nil, "name": "少海公厕", "status": "intact", "region_code": "370281001001",
		"competent_dept": nil, "owner_dept": nil, "maintainer_dept": "D2", "surveyed_on": "2024-05-06", "accuracy": nil, "revision": 1.0,
		"grade": "class_1", "kind": nil, "male_stalls": nil, "female_stalls": nil, "urinals": nil, "accessible_stalls": nil,
		"third_room": nil, "opening_hours": nil, "open_24h": true,
	}
	if diff := cmp.Diff(want, got.Properties); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]map[string]string{"maintainer_dept": {"title": "环卫中心", "title_en": ""}}, got.Labels); diff != "" {
		t.Error(diff)
	}
	regions := []regionRef{{"370281", "胶州市", "county"}, {"370281001", "阜安街道", "street"}, {"370281001001", "云溪社区", "community"}, {"center", "中心城区", "zone"}}
	if diff := cmp.Diff(regions, got.Regions); diff != "" {
		t.Error(diff)
	}
	grids := []map[string]any{
		{"scheme": "unit", "scheme_title": "单元网格", "scheme_title_en": "Unit grids", "code": "370281001001001", "name": nil},
		{"scheme": "duty", "scheme_title": "责任网格", "scheme_title_en": "Duty grids", "code": "Z-01", "name": "第一责任网格"},
	}
	if diff := cmp.Diff(grids, got.Grids); diff != "" {
		t.Error(diff)
	}
	if got.Type != "Feature" || got.Geometry.Type != "Point" || got.BBox != [4]float64{119.9995, 36.2702, 119.9995, 36.2702} {
		t.Errorf("%+v", got)
	}
	for _, l := range got.Links {
		if a := w.get(t, strings.TrimPrefix(l["href"], w.URL)); a.StatusCode != http.StatusOK {
			t.Errorf("the link %s: %s", l["href"], a.Status)
		}
	}
}

func TestItemMeasuresAndDerivedFields(t *testing.T) {
	w := newTown(t)
	road := w.item(t, "road", 1)
	total := 0.0
	for _, g := range road.Grids {
		inside, _ := g["inside_m"].(float64)
		if g["scheme"] == "unit" {
			total += inside
		}
		if inside < 50 || g["inside_m2"] != nil {
			t.Errorf("a road in a grid: %v", g)
		}
	}
	if len(road.Grids) != 3 || total < 142 || total > 146 {
		t.Errorf("%d grids, %.1f m in unit grids", len(road.Grids), total)
	}
	if diff := cmp.Diff(map[string]map[string]string{"competent_dept": {"title": "市政处", "title_en": "Works"}}, road.Labels); diff != "" {
		t.Error(diff)
	}
	if ramp := w.item(t, "barrier_free_ramp", 3); ramp.Properties["compliance"] != "non_compliant" {
		t.Errorf("ramp %v", ramp.Properties)
	}
	site := w.item(t, "construction_site", 5)
	if site.Properties["measures_met"] != 1.0 || site.Properties["measures_total"] != 6.0 {
		t.Errorf("site %v", site.Properties)
	}
	if m2, _ := site.Grids[0]["inside_m2"].(float64); m2 < 1000 || m2 > 1400 {
		t.Errorf("site in %v", site.Grids)
	}
	unit := w.item(t, "unit_grid", 12)
	if m2, _ := unit.Properties["area_m2"].(float64); m2 < 9900 || m2 > 10100 || len(unit.Grids) != 1 || unit.Grids[0]["code"] != "Z-01" {
		t.Errorf("unit grid %v in %v", unit.Properties, unit.Grids)
	}
}

// Nothing internal leaves the server, in no collection.
func TestItemHidesInternalFields(t *testing.T) {
	w := newTown(t)
	for collection, id := range map[string]int{"road": 1, "public_toilet": 7, "barrier_free_ramp": 3, "construction_site": 5, "unit_grid": 11, "grid_duty": 13} {
		a := w.get(t, fmt.Sprintf("/ogc/collections/%s/items/%d", collection, id))
		if bytes.Contains(a.body, []byte("secret")) {
			t.Errorf("%s: an internal value is shown: %s", collection, a.body)
		}
		var item itemJSON
		if err := json.Unmarshal(a.body, &item); err != nil {
			t.Fatal(err)
		}
		l := layers.ByID(collection)
		if l == nil {
			l = layers.ByID("unit_grid")
		}
		for _, f := range l.Fields {
			if _, shown := item.Properties[f.Name]; shown != (f.Access == layers.Public) {
				t.Errorf("%s.%s: shown %v", collection, f.Name, shown)
			}
		}
	}
}

func TestItemTag(t *testing.T) {
	w := newTown(t)
	path := "/ogc/collections/public_toilet/items/7"
	tag := func() string { return w.get(t, path).Header.Get("ETag") }
	first := tag()
	if !strings.HasPrefix(first, `"1.`) {
		t.Errorf("tag %s of revision 1", first)
	}
	if a := w.get(t, path, "If-None-Match", first); a.StatusCode != http.StatusNotModified || len(a.body) > 0 {
		t.Errorf("%s", a.Status)
	}
	w.write(t, `UPDATE public_toilet SET grade = 'class_2' WHERE id = 7`)
	second := tag()
	if !strings.HasPrefix(second, `"2.`) {
		t.Errorf("tag %s of revision 2", second)
	}
	w.write(t, `UPDATE grid SET name = '改名' WHERE id = 13`)
	if third := tag(); third == second || !strings.HasPrefix(third, `"2.`) {
		t.Errorf("a grid with another name leaves the tag %s", third)
	}
	if packed := w.get(t, path, "Accept-Encoding", "gzip"); packed.Header.Get("ETag") == tag() || packed.Header.Get("Content-Encoding") != "gzip" {
		t.Errorf("%v", packed.Header)
	}
	w.write(t, `DELETE FROM public_toilet`)
	if a := w.get(t, path, "If-None-Match", second); a.StatusCode != http.StatusNotFound {
		t.Errorf("a deleted feature: %s", a.Status)
	}
}

// Values at the edges of their types are shown, not tripped over.
func TestItemOddValues(t *testing.T) {
	w := newTown(t)
	w.write(t,
		`INSERT INTO public_toilet (id, name, surveyed_on, geom) VALUES (21, E'<b>"&\u2028', 'infinity', 'SRID=4490;POINT(120 36.27)')`,
		`INSERT INTO barrier_free_ramp (id, kind, width_m, geom) VALUES (22, 'kerb', 1e-300, 'SRID=4490;LINESTRING(120 36.27, 120.00001 36.27)')`,
		`INSERT INTO parking_space (id, kind, capacity, geom) VALUES (9223372036854775807, 'motor', 2147483647,
			ST_Multi(ST_Reverse(ST_MakeEnvelope(120, 36.27, 120.0001, 36.2701, 4490))))`)
	if got := w.item(t, "public_toilet", 21); got.Properties["surveyed_on"] != "infinity" || got.Properties["name"] != "<b>\"&\u2028" {
		t.Errorf("%v", got.Properties)
	}
	w.item(t, "barrier_free_ramp", 22)
	a := w.get(t, "/ogc/collections/parking_space/items/9223372036854775807")
	if !bytes.Contains(a.body, []byte(`"id":9223372036854775807`)) || !bytes.Contains(a.body, []byte(`[[[[120,36.27],[120.0001,36.27]`)) {
		t.Errorf("%s", a.body)
	}
}

func TestCollections(t *testing.T) {
	w := newTown(t)
	var doc struct {
		Collections []struct {
			ID, Title, ItemType string
			Extent              struct{ Spatial struct{ BBox [][4]float64 } }
			Links               []map[string]string
			Features            int
		}
	}
	w.json(t, "/ogc/collections", &doc)
	var ids []string
	for _, c := range doc.Collections {
		ids = append(ids, c.ID)
		if (len(c.Extent.Spatial.BBox) == 1) != (c.Features > 0) || c.Title == "" || c.ItemType != "feature" {
			t.Errorf("%+v", c)
		}
		if c.ID == "unit_grid" && c.Extent.Spatial.BBox[0] != [4]float64{119.999, 36.2695, 120.001, 36.2705} {
			t.Errorf("the unit grids extend over %v", c.Extent.Spatial.BBox)
		}
		for _, l := range c.Links {
			if a := w.get(t, strings.TrimPrefix(l["href"], w.URL)); a.StatusCode != http.StatusOK || !strings.HasPrefix(a.Header.Get("Content-Type"), l["type"]) {
				t.Errorf("the link %v: %s %s", l, a.Status, a.Header.Get("Content-Type"))
			}
		}
	}
	want := []string{"unit_grid", "grid_duty", "road", "back_alley", "public_toilet", "barrier_free_ramp", "parking_space", "construction_site"}
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Error(diff)
	}
}

// The schema of every collection says of every public field what the catalogue says.
func TestSchema(t *testing.T) {
	w := newTown(t)
	for _, l := range layers.Catalogue() {
		var doc struct {
			Properties map[string]struct {
				Type, Format, Title string
				TitleEn             string `json:"x-title-en"`
				Unit                string `json:"x-unit"`
				Role                string `json:"x-ogc-role"`
				ReadOnly            bool
				OneOf               []struct {
					Const, Title string
					TitleEn      string `json:"x-title-en"`
				}
				Properties map[string]struct{ Type, Title string }
			}
			Required []string
		}
		w.json(t, "/ogc/collections/"+l.ID+"/schema", &doc)
		public := 2 // id and geom
		for _, f := range l.Fields {
			p, shown := doc.Properties[f.Name]
			if shown != (f.Access == layers.Public) {
				t.Errorf("%s.%s: shown %v", l.ID, f.Name, shown)
			}
			if !shown {
				continue
			}
			public++
			if p.Title != f.Title.Zh || p.TitleEn != f.Title.En || p.Unit != f.Unit || len(p.OneOf) != len(f.Values) || p.Type == "" {
				t.Errorf("%s.%s: %+v", l.ID, f.Name, p)
			}
		}
		if len(doc.Properties) != public || doc.Properties["id"].Role != "id" || doc.Properties["geom"].Role != "primary-geometry" ||
			!strings.HasPrefix(doc.Properties["geom"].Format, "geometry-") {
			t.Errorf("%s: %d properties, want %d", l.ID, len(doc.Properties), public)
		}
		if l.ID == "construction_site" && doc.Properties["measures"].Properties["hoarding"].Title != "周边围挡" {
			t.Errorf("the checklist is not described: %+v", doc.Properties["measures"])
		}
	}
}
