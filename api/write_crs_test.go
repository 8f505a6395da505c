package api

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"wangge/geo/datum"
	"wangge/layers"
)

// every is a geometry of each kind, around a place of the small city, with what else a feature of the layer needs.
func every(l *layers.Layer) (list []orb.Geometry, properties string) {
	ring := orb.Ring{{120.0001, 36.2701}, {120.0003, 36.2701}, {120.0003, 36.2703}, {120.0001, 36.2703}, {120.0001, 36.2701}}
	other := orb.Ring{{120.0005, 36.2701}, {120.0006, 36.2701}, {120.0006, 36.2703}, {120.0005, 36.2703}, {120.0005, 36.2701}}
	line := orb.LineString{{119.9991, 36.2703}, {119.9994, 36.27041}, {119.9999, 36.2703}}
	all := map[layers.Kind]orb.Geometry{
		layers.Point: orb.Point{120.00012345, 36.27012345}, layers.LineString: line, layers.MultiLineString: orb.MultiLineString{line, {{120.0002, 36.2702}, {120.0004, 36.2702}}},
		layers.Polygon: orb.Polygon{ring}, layers.MultiPolygon: orb.MultiPolygon{{ring}, {other}},
	}
	for _, k := range l.Geometry {
		list = append(list, all[k])
	}
	var members []string
	for _, f := range l.Columns() {
		if f.Required {
			members = append(members, fmt.Sprintf("%q: %q", f.Name, f.Values[0].Code))
		}
	}
	return list, "{" + strings.Join(members, ", ") + "}"
}

// inSystem writes a geometry in a system, in the order of its registry.
func inSystem(t *testing.T, s datum.System, g orb.Geometry) string {
	t.Helper()
	g, err := s.FromGeometry(g)
	if err != nil {
		t.Fatal(err)
	}
	var turn func(v any) any
	turn = func(v any) any {
		list := v.([]any)
		if _, number := list[0].(float64); number {
			if s.Northing() {
				return []any{list[1], list[0]}
			}
			return list
		}
		for i := range list {
			list[i] = turn(list[i])
		}
		return list
	}
	text, err := json.Marshal(g)
	if err != nil {
		t.Fatal(err)
	}
	var coordinates any
	if err := json.Unmarshal(text, &coordinates); err != nil {
		t.Fatal(err)
	}
	if text, err = json.Marshal(map[string]any{"type": g.GeoJSONType(), "coordinates": turn(coordinates)}); err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// positions lists the numbers of a geometry in order.
func positions(t *testing.T, text json.RawMessage) (list []float64) {
	t.Helper()
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, one := range v {
				walk(one)
			}
		case float64:
			list = append(list, v)
		}
	}
	walk(v)
	return list
}

// Part 4: /req/features/content-crs-header, crs-other-crs; geometry of every kind of every layer is written in every system and read back in it: the
// same to a millimetre, and what was read, sent back, moves nothing.
func TestReqWriteEveryKindInEverySystem(t *testing.T) {
	w, bureau := writers(t)
	tried := 0
	for _, s := range datum.Systems() {
		if _, err := s.From(orb.Point{120, 36.27}); err != nil {
			continue
		}
		if s.SRID() > 4500 && s.Code() != "EPSG:4549" && s.Code() != "EPSG:4528" {
			continue // one zone with and one without its number stand for all
		}
		crs := []string{"Content-Crs", "<" + s.URI() + ">"}
		for _, l := range layers.Catalogue() {
			if l.Only != nil {
				continue
			}
			list, properties := every(l)
			for _, g := range list {
				path := "/ogc/collections/" + l.ID + "/items"
				sent := inSystem(t, s, g)
				body := fmt.Sprintf(`{"type": "Feature", "geometry": %s, "properties": %s}`, sent, properties)
				made := said[item](t, w.sendAs(t, "POST", path+"?accept=shift", geoJSON, body, append(crs, bureau...)...), http.StatusCreated)
				path = fmt.Sprintf("%s/%d", path, made.ID)
				a := w.get(t, path+"?crs="+s.URI(), bureau...)
				got := said[item](t, a, http.StatusOK)
				holdNear(t, s, l.ID+" "+g.GeoJSONType(), sent, got)
				again := said[item](t, w.sendAs(t, "PUT", path, geoJSON, string(a.body), append([]string{"If-Match", "*", "Content-Crs", "<" + s.URI() + ">"}, bureau...)...), http.StatusOK)
				if again.Revision != 1 {
					t.Errorf("%s: %s %s moved when it was sent back", s.Code(), l.ID, g.GeoJSONType())
				}
				tried++
			}
		}
	}
	if tried < 100 {
		t.Errorf("only %d tried", tried)
	}
}

// holdNear compares what was sent with what is read, in units of the system: a millimetre.
func holdNear(t *testing.T, s datum.System, what, sent string, got item) {
	t.Helper()
	var g struct{ Coordinates json.RawMessage }
	if err := json.Unmarshal([]byte(sent), &g); err != nil {
		t.Fatal(err)
	}
	want, have := positions(t, g.Coordinates), positions(t, got.Geometry.Coordinates)
	near := 0.001
	if s.Degrees() {
		near = 1e-8
	}
	if len(want) != len(have) {
		t.Fatalf("%s: %s: %d numbers, %d were sent", s.Code(), what, len(have), len(want))
	}
	for i := range want {
		if math.Abs(want[i]-have[i]) > near {
			t.Errorf("%s: %s: %v became %v", s.Code(), what, want[i], have[i])
		}
	}
}

// What lies by a street only without the shift of GCJ-02 is refused with the metres, and taken by who insists.
func TestSuspiciousShift(t *testing.T) {
	w, bureau := writers(t)
	gcj, err := datum.Parse("gcj02")
	if err != nil {
		t.Fatal(err)
	}
	by, err := gcj.From(orb.Point{120.0003, 36.27001}) // beside 扬州路
	if err != nil {
		t.Fatal(err)
	}
	path := "/ogc/collections/barrier_free_ramp/items"
	body := fmt.Sprintf(`{"type": "Feature", "geometry": {"type": "Point", "coordinates": [%.9f, %.9f]}, "properties": {"kind": "kerb"}}`, by[0], by[1])
	before := w.rows(t)
	p := problemOf(t, w.sendAs(t, "POST", path, geoJSON, body, bureau...))
	if p.Type != "suspicious-shift" || !strings.Contains(p.Detail, "约 1 米") || !strings.Contains(p.DetailEn, "accept=shift") || w.rows(t) != before {
		t.Errorf("%+v", p)
	}
	// In its own datum it is right.
	a := w.sendAs(t, "POST", path, geoJSON, body, append([]string{"Content-Crs", "<" + gcj.URI() + ">"}, bureau...)...)
	if got := positions(t, said[item](t, a, http.StatusCreated).Geometry.Coordinates); math.Abs(got[0]-120.0003) > 1e-8 || math.Abs(got[1]-36.27001) > 1e-8 {
		t.Errorf("%v", got)
	}
	for _, how := range [][2]string{{path + "?accept=shift", ""}, {path + "?accept=shift,new-area", ""}, {path, "handling=lenient"}} {
		headers := bureau
		if how[1] != "" {
			headers = append([]string{"Prefer", how[1]}, bureau...)
		}
		if a := w.sendAs(t, "POST", how[0], geoJSON, body, headers...); a.StatusCode != http.StatusCreated {
			t.Errorf("%v: %s %s", how, a.Status, a.body)
		}
	}
	// Outside every region is another doubt, with another word.
	far := strings.Replace(newToilet, "119.9996, 36.27021", "100, 30", 1)
	if p := problemOf(t, w.sendAs(t, "POST", toilets+"?accept=shift", geoJSON, far, bureau...)); p.Type != "outside-regions" {
		t.Errorf("%+v", p)
	}
	if a := w.sendAs(t, "POST", toilets+"?accept=new-area", geoJSON, far, bureau...); a.StatusCode != http.StatusCreated {
		t.Errorf("%s %s", a.Status, a.body)
	}
}
