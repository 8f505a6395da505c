package api

import (
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"wangge/geo/datum"
)

// The city's own coordinate system (table local_system) is one like the others: listed, for answers, boxes, filters, writes and files. Easting comes first.
func TestItemsInTheCitysOwnSystem(t *testing.T) {
	w, bureau := writers(t)
	w.catchUp(t, w.write(t, toiletsSQL, `INSERT INTO local_system (code, title, title_en, base_srid, dx_m, dy_m, rotation, scale) VALUES ('qd-local', '青岛城建坐标', 'Qingdao local', 4549, -400000, -3900000, 0.01, 1.00001)`))
	s, err := datum.Local(datum.LocalSystem{Code: "qd-local", BaseSRID: 4549, DxM: -400000, DyM: -3900000, Rotation: 0.01, Scale: 1.00001})
	if err != nil {
		t.Fatal(err)
	}
	uri := s.URI()
	var c collectionJSON
	w.json(t, toilets[:len(toilets)-len("/items")], &c)
	if uri != "urn:wangge:def:crs:qd-local" || !slices.Contains(c.CRS, uri) {
		t.Errorf("%s is not in %v", uri, c.CRS)
	}
	at, err := s.From(orb.Point{119.9995, 36.2702})
	if err != nil {
		t.Fatal(err)
	}
	near := func(what string, got []float64) {
		if len(got) != 2 || math.Abs(got[0]-at[0]) > 0.001 || math.Abs(got[1]-at[1]) > 0.001 {
			t.Errorf("%s: %v, want %v", what, got, at)
		}
	}
	for _, name := range []string{uri, "qd-local"} {
		for _, path := range []string{toilets + "/7", toilets} {
			if a := w.get(t, path+"?crs="+name); a.StatusCode != http.StatusOK || a.Header.Get("Content-Crs") != "<"+uri+">" {
				t.Errorf("%s in %s: %s %s", path, name, a.Status, a.Header.Get("Content-Crs"))
			}
		}
		list := w.items(t, toilets+"?ids=7&crs="+name)
		near("items", positions(t, []byte(strings.TrimSuffix(string(list.Features[0].Geometry[strings.Index(string(list.Features[0].Geometry), "["):]), "}"))))
	}
	box := fmt.Sprintf("%f,%f,%f,%f", at[0]-1, at[1]-1, at[0]+1, at[1]+1)
	for _, query := range []string{"bbox=" + box + "&bbox-crs=" + uri, "filter-crs=" + uri + "&filter=" + url.QueryEscape("S_INTERSECTS(geom, BBOX("+box+"))")} {
		if got := w.items(t, toilets+"?"+query).ids(); !slices.Equal(got, []int64{7}) {
			t.Errorf("%s: %v", query, got)
		}
		var order struct{ IDs []int64 }
		w.json(t, "/api/v1/features/public_toilet/order?"+query, &order)
		if !slices.Equal(order.IDs, []int64{7}) {
			t.Errorf("order: %v", order.IDs)
		}
		if a := w.get(t, "/api/v1/exports/public_toilet.geojson?crs="+uri+"&"+query); a.StatusCode != http.StatusOK || !strings.Contains(string(a.body), fmt.Sprintf("%.2f", at[0])[:8]) {
			t.Errorf("export: %s %.300s", a.Status, a.body)
		}
	}
	body := fmt.Sprintf(`{"type": "Feature", "geometry": {"type": "Point", "coordinates": [%.4f, %.4f]}, "properties": {"name": "自有坐标"}}`, at[0], at[1])
	made := said[item](t, w.sendAs(t, "POST", toilets, geoJSON, body, append([]string{"Content-Crs", "<" + uri + ">"}, bureau...)...), http.StatusCreated)
	if got := positions(t, made.Geometry.Coordinates); math.Abs(got[0]-119.9995) > 1e-8 || math.Abs(got[1]-36.2702) > 1e-8 {
		t.Errorf("written to %v", got)
	}
	for _, query := range []string{"crs=urn:wangge:def:crs:other", "bbox=1,2,3,4&bbox-crs=other", "filter=true&filter-crs=other"} {
		if a := w.get(t, toilets+"?"+query); a.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %s", query, a.Status)
		}
	}
}

// A filter in JSON that is wrong is told by the pointer of what is wrong in it.
func TestFilterPointer(t *testing.T) {
	w := newTown(t)
	for filter, pointer := range map[string]string{
		`{"op":"and","args":[{"op":"=","args":[{"property":"status"},"closed"]},{"op":"=","args":[{"property":"nothing"},1]}]}`: "/args/1/args/0",
		`{"op":"=","args":[{"property":"status"}]}`: "/args",
	} {
		p := problemOf(t, w.get(t, toilets+"?filter-lang=cql2-json&filter="+url.QueryEscape(filter)))
		if p.Status != http.StatusBadRequest || len(p.Errors) != 1 || p.Errors[0].Pointer == nil || !strings.HasPrefix(*p.Errors[0].Pointer, pointer) || p.Errors[0].Parameter != "filter" ||
			!strings.Contains(p.Errors[0].Detail, *p.Errors[0].Pointer) {
			t.Errorf("%s: %+v", filter, p.Errors)
			for _, e := range p.Errors {
				if e.Pointer != nil {
					t.Log(*e.Pointer)
				}
			}
		}
	}
	if p := problemOf(t, w.get(t, toilets+"?filter=nothing%3D1")); len(p.Errors) != 1 || p.Errors[0].Pointer != nil {
		t.Errorf("%+v", p.Errors)
	}
}
