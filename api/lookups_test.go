package api

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestStatus(t *testing.T) {
	w := newTown(t)
	revision := w.write(t, `DELETE FROM barrier_free_ramp`)
	var s statusJSON
	w.json(t, "/api/v1/status?min_revision="+revision, &s)
	if s.Revision != revision || !s.Sample || !s.Connected || s.AppliedAt.IsZero() || s.AgeMS < 0 || s.AgeMS > 60_000 {
		t.Errorf("%+v, revision %s was written", s, revision)
	}
	if s.Features["road"] != 1 || s.Features["barrier_free_ramp"] != 0 || s.Features["unit_grid"] != 2 || s.Features["grid_duty"] != 1 {
		t.Errorf("features %v", s.Features)
	}
	if a := w.get(t, "/api/v1/status"); a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("a status that may be kept: %v", a.Header)
	}
}

func TestCounts(t *testing.T) {
	w := newTown(t)
	for query, want := range map[string]map[string]int64{
		"":                               {"road": 1, "public_toilet": 1, "unit_grid": 2, "grid_duty": 1, "construction_site": 1},
		"?bbox=119.9,36.2,120.1,36.3":    {"road": 1, "public_toilet": 1, "unit_grid": 2, "grid_duty": 1, "construction_site": 1},
		"?bbox=120.0002,36.2,120.1,36.3": {"road": 1, "public_toilet": 0, "unit_grid": 1, "grid_duty": 1, "construction_site": 0},
		"?bbox=10,10,11,11":              {"road": 0, "public_toilet": 0, "unit_grid": 0, "grid_duty": 0, "construction_site": 0},
		"?bbox=119.9995,36.2702,119.9995,36.2702": {"road": 0, "public_toilet": 1, "unit_grid": 1, "grid_duty": 1, "construction_site": 0},
	} {
		var c countsJSON
		w.json(t, "/api/v1/counts"+query, &c)
		for layer, n := range want {
			if got, ok := c.Counts[layer]; !ok || got != n {
				t.Errorf("%s: %d of %s, want %d", query, got, layer, n)
			}
		}
		if c.Revision == "" || c.Revision == "0" {
			t.Errorf("revision %q", c.Revision)
		}
	}
}

func TestLocate(t *testing.T) {
	w := newTown(t)
	duty := gridRef{"duty", "责任网格", "Duty grids", "Z-01", "第一责任网格"}
	divisions := []regionRef{{"370281", "胶州市", "county"}, {"370281001", "阜安街道", "street"}, {"370281001001", "云溪社区", "community"}}
	zone := regionRef{"center", "中心城区", "zone"}
	for query, want := range map[string]placeJSON{
		"lon=119.9995&lat=36.27": {append(slices.Clone(divisions), zone), &gridRef{"unit", "单元网格", "Unit grids", "370281001001001", ""}, []gridRef{duty}, nil},
		"lon=120.0009&lat=36.27": {divisions, &gridRef{"unit", "单元网格", "Unit grids", "370281001001002", "云溪二"}, []gridRef{duty}, nil},
		"lon=120.0&lat=36.27":    {append(slices.Clone(divisions), zone), &gridRef{"unit", "单元网格", "Unit grids", "370281001001001", ""}, []gridRef{duty}, nil},
		"lon=119.91&lat=36.21":   {divisions[:1], nil, []gridRef{}, nil},
		"lon=-70&lat=-33":        {[]regionRef{}, nil, []gridRef{}, nil},
	} {
		var got placeJSON
		w.json(t, "/api/v1/locate?"+query, &got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
	if a := w.get(t, "/api/v1/locate?lon=-70&lat=-33"); !strings.Contains(string(a.body), `"unit_grid":null`) {
		t.Errorf("no unit grid is not null: %s", a.body)
	}
}

func TestRegionsPageThrough(t *testing.T) {
	w := newTown(t)
	for query, want := range map[string][]string{
		"":                          {"370281", "center"},
		"parent=370281":             {"370281001", "370281002"},
		"parent=370281001":          {"370281001001"},
		"parent=370281001001":       nil,
		"kind=street":               {"370281001", "370281002"},
		"kind=zone":                 {"center"},
		"kind=city":                 nil,
		"parent=370281&kind=zone":   nil,
		"parent=370281&kind=street": {"370281001", "370281002"},
	} {
		for _, limit := range []string{"1", "2", "1000"} {
			if got := w.pageThrough(t, query, limit); !slices.Equal(got, want) {
				t.Errorf("%s by %s: %v, want %v", query, limit, got, want)
			}
		}
	}
}

// pageThrough follows the cursors of a list of regions and gives all codes.
func (w *town) pageThrough(t *testing.T, query, limit string) (codes []string) {
	t.Helper()
	cursor := ""
	for range 10 {
		var p page[regionJSON]
		w.json(t, "/api/v1/regions?limit="+limit+"&"+query+cursor, &p)
		for _, r := range p.Items {
			codes = append(codes, r.Code)
		}
		if p.Next == nil {
			if p.Total != len(codes) {
				t.Errorf("%s: %d of a total of %d", query, len(codes), p.Total)
			}
			return codes
		}
		cursor = "&cursor=" + *p.Next
	}
	t.Fatalf("%s by %s: no end", query, limit)
	return nil
}

func TestRegion(t *testing.T) {
	w := newTown(t)
	var got regionJSON
	w.json(t, "/api/v1/regions/370281001", &got)
	parent := "370281"
	want := regionJSON{
		Code: "370281001", Name: "阜安街道", NameEn: "Fu'an", Kind: "street", KindTitle: "街道（镇）", KindTitleEn: "Street or town",
		Parent: &parent, BBox: &[4]float64{119.95, 36.25, 120.05, 36.3}, AreaM2: got.AreaM2, Children: 1,
		Path:    []regionRef{{"370281", "胶州市", "county"}, {"370281001", "阜安街道", "street"}},
		Figures: map[string]int64{"unit_grid": 2, "road": 1, "back_alley": 0, "public_toilet": 1, "barrier_free_ramp": 1, "parking_space": 0, "construction_site": 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got.AreaM2 < 49e6 || got.AreaM2 > 51e6 {
		t.Errorf("%.0f m²", got.AreaM2)
	}
	var zone regionJSON
	w.json(t, "/api/v1/regions/center", &zone)
	if zone.Figures["public_toilet"] != 1 || zone.Figures["barrier_free_ramp"] != 1 || zone.Figures["unit_grid"] != 1 || zone.Parent != nil {
		t.Errorf("zone %+v", zone)
	}
	revision := w.write(t, `INSERT INTO public_toilet (geom) VALUES ('SRID=4490;POINT(119.9996 36.2702)'), ('SRID=4490;POINT(120.07 36.27)')`)
	w.json(t, "/api/v1/regions/370281001?min_revision="+revision, &got)
	if got.Figures["public_toilet"] != 2 {
		t.Errorf("after a change: %v", got.Figures)
	}
	w.json(t, "/api/v1/regions/370281", &got)
	if got.Figures["public_toilet"] != 3 {
		t.Errorf("of the county: %v", got.Figures)
	}
}

func TestRegionWithoutShape(t *testing.T) {
	w := newTown(t)
	revision := w.write(t, `INSERT INTO region (code, name, kind, parent_code) VALUES ('370281003', '无图街道', 'street', '370281')`)
	a := w.get(t, "/api/v1/regions/370281003?min_revision="+revision)
	if a.StatusCode != http.StatusOK || !strings.Contains(string(a.body), `"bbox":null`) {
		t.Errorf("%s %s", a.Status, a.body)
	}
}

func TestSearch(t *testing.T) {
	w := newTown(t)
	for q, want := range map[string][]string{
		"扬州路":             {"feature road 1 云溪社区"},
		"r-1":             {"feature road 1 云溪社区"},
		"云溪":              {"region region 370281001001 阜安街道", "feature construction_site 5 云溪社区", "grid unit_grid 12 云溪社区"},
		"370281":          {"region region 370281 ", "region region 370281001 胶州市", "region region 370281002 胶州市", "region region 370281001001 阜安街道", "grid unit_grid 11 云溪社区", "grid unit_grid 12 云溪社区"},
		"370281001001002": {"grid unit_grid 12 云溪社区"},
		"Z-01":            {"grid grid_duty 13 云溪社区"},
		"nothing":         nil,
		"":                nil,
		"%25":             nil,
	} {
		var list foundList
		w.json(t, "/api/v1/search?q="+q, &list)
		var got []string
		for _, f := range list.Items {
			id, err := json.Marshal(f.ID)
			if err != nil {
				t.Fatal(err)
			}
			key := string(id)
			if f.Kind == "region" {
				key = f.Code
			}
			got = append(got, f.Kind+" "+f.Layer+" "+key+" "+f.RegionName)
			if f.LayerTitle == "" || f.Center == nil || f.BBox == nil || f.Center[0] < 119 || f.Center[0] > 121 {
				t.Errorf("%s: %+v", q, f)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", q, diff)
		}
	}
	var list foundList
	w.json(t, "/api/v1/search?q=370281&limit=2", &list)
	if len(list.Items) != 2 {
		t.Errorf("%d items within a limit of 2", len(list.Items))
	}
}

func TestStyleAndSpriteFitTogether(t *testing.T) {
	w := newTown(t)
	for _, theme := range []string{"light", "dark"} {
		var doc struct {
			Version int
			Sprite  string
			Glyphs  *string
			Sources map[string]struct{ URL string }
		}
		w.json(t, "/style.json?theme="+theme, &doc)
		if doc.Version != 8 || doc.Glyphs != nil || doc.Sprite != w.URL+"/sprite/"+theme || doc.Sources["city"].URL != w.URL+"/tiles/city.json" {
			t.Errorf("%s: %+v", theme, doc)
		}
		for _, suffix := range []string{".json", ".png", "@2x.json", "@2x.png"} {
			if a := w.get(t, strings.TrimPrefix(doc.Sprite, w.URL)+suffix); a.StatusCode != http.StatusOK {
				t.Errorf("%s%s: %s", doc.Sprite, suffix, a.Status)
			}
		}
	}
}
