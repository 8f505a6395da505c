package ingest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"wangge/layers"
)

var (
	aPoint = orb.Point{120.02, 36.22}
	aLine  = orb.LineString{{120.02, 36.22}, {120.03, 36.22}, {120.03, 36.23}}
	aRing  = orb.LineString{{120.02, 36.22}, {120.03, 36.22}, {120.03, 36.23}, {120.02, 36.22}}
	anArea = orb.Polygon{orb.Ring(aRing)}
)

// tagged maps an object with tags written as in OpenStreetMap's documents: "highway=service service=alley".
func tagged(t testing.TB, text string, g orb.Geometry, o Options) ([]*Feature, []Reject) {
	t.Helper()
	m, err := newMapper(o, "test")
	if err != nil {
		t.Fatal(err)
	}
	tt := tags{}
	for _, pair := range strings.Fields(text) {
		k, v, _ := strings.Cut(pair, "=")
		tt[k] = strings.ReplaceAll(v, "_", " ")
		if k != "name" && k != "opening_hours" && k != "width" {
			tt[k] = v
		}
	}
	k := &kept{}
	err = m.Map(&object{key: "w1", osm: true, tags: tt, geometry: g}, true,
		Taker{Feature: func(f *Feature) error { return k.Feature(t.Context(), f) }, Reject: func(r Reject) error { return k.Reject(t.Context(), r) }})
	if err != nil {
		t.Fatal(err)
	}
	return k.features, k.rejects
}

// TestTags: what tags become. The values are those of the layer's own fields, without extra.
func TestTags(t *testing.T) {
	type values = map[string]any
	cases := []struct {
		tags  string
		g     orb.Geometry
		layer string
		want  values
	}{
		{"highway=motorway ref=G15", aLine, "road", values{"class": "expressway", "oneway": true, "walkable": false}},
		{"highway=motorway oneway=no", aLine, "road", values{"class": "expressway", "oneway": false, "walkable": false}},
		{"highway=trunk", aLine, "road", values{"class": "expressway"}},
		{"highway=trunk motorroad=yes", aLine, "road", values{"class": "expressway", "walkable": false}},
		{"highway=trunk_link", aLine, "road", values{"class": "expressway", "link": true}},
		{"highway=primary name=广州路 lanes=6 width=3.5_m", aLine, "road", values{"class": "arterial", "name": "广州路", "lanes": int64(6), "width_m": 3.5}},
		{"highway=primary name:zh=泉州路", aLine, "road", values{"class": "arterial", "name": "泉州路"}},
		{"highway=primary_link", aLine, "road", values{"class": "arterial", "link": true}},
		{"highway=secondary surface=asphalt", aLine, "road", values{"class": "secondary", "surface": "asphalt"}},
		{"highway=secondary_link", aLine, "road", values{"class": "secondary", "link": true}},
		{"highway=tertiary bridge=yes", aLine, "road", values{"class": "branch", "level": int64(1)}},
		{"highway=tertiary bridge=yes layer=2", aLine, "road", values{"class": "branch", "level": int64(2)}},
		{"highway=tertiary tunnel=yes", aLine, "road", values{"class": "branch", "level": int64(-1)}},
		{"highway=tertiary tunnel=building_passage", aLine, "road", values{"class": "branch"}},
		{"highway=tertiary_link", aLine, "road", values{"class": "branch", "link": true}},
		{"highway=residential oneway=yes", aLine, "road", values{"class": "branch", "oneway": true}},
		{"highway=residential junction=roundabout", aRing, "road", values{"class": "branch", "oneway": true}},
		{"highway=unclassified foot=no", aLine, "road", values{"class": "branch", "walkable": false}},
		{"highway=service access=no", aLine, "road", values{"class": "branch", "walkable": false}},
		{"highway=service access=no foot=yes", aLine, "road", values{"class": "branch", "walkable": true}},
		{"highway=road", aLine, "road", values{"class": "branch"}},
		{"highway=busway", aLine, "road", values{"class": "branch", "walkable": false}},
		{"highway=living_street width=9", aLine, "road", values{"class": "branch", "width_m": 9.0}},
		{"highway=living_street width=7", aLine, "back_alley", values{"width_m": 7.0}},
		{"highway=living_street surface=sett lit=yes", aLine, "back_alley", values{"surface": "paving", "hardened": true, "lit": true}},
		{"highway=service service=alley name=里院巷 surface=ground", aLine, "back_alley", values{"name": "里院巷", "surface": "earth", "hardened": false}},
		{"highway=footway", aLine, "road", values{"class": "footpath"}},
		{"highway=path", aLine, "road", values{"class": "footpath"}},
		{"highway=cycleway foot=no", aLine, "road", values{"class": "footpath", "walkable": false}},
		{"highway=pedestrian", aLine, "road", values{"class": "footpath"}},
		{"highway=pedestrian area=yes", aRing, "road", values{"class": "footpath"}},
		{"highway=bridleway", aLine, "road", values{"class": "footpath"}},
		{"highway=track", aLine, "road", values{"class": "footpath"}},
		{"highway=steps", aLine, "road", values{"class": "footpath", "steps": true}},
		{"highway=construction", aLine, "road", values{"class": "branch", "status": "closed", "walkable": false}},
		{"highway=construction construction=primary foot=yes", aLine, "road", values{"class": "arterial", "status": "closed", "walkable": false}},
		{"highway=construction construction=trunk_link", aLine, "road", values{"class": "expressway", "link": true, "status": "closed", "walkable": false}},
		{"highway=proposed proposed=secondary", aLine, "road", values{"class": "secondary", "status": "closed", "walkable": false}},
		{"highway=construction construction=steps", aLine, "road", values{"class": "footpath", "steps": true, "status": "closed", "walkable": false}},
		{"highway=abandoned", aLine, "road", values{"class": "branch", "status": "abandoned", "walkable": false}},
		{"highway=construction", anArea, "construction_site", values{"kind": "municipal"}},
		{"highway=construction area=yes", aRing, "construction_site", values{"kind": "municipal"}},

		{"amenity=toilets name=站前公厕 opening_hours=24/7 wheelchair=yes", aPoint, "public_toilet", values{"name": "站前公厕", "opening_hours": "24/7", "open_24h": true, "accessible_stalls": int64(1)}},
		{"amenity=toilets opening_hours=Mo-Su_06:00-22:00 wheelchair=no", anArea, "public_toilet", values{"opening_hours": "Mo-Su 06:00-22:00", "open_24h": false, "accessible_stalls": int64(0)}},
		{"amenity=toilets toilets:urinals=4 capacity:men=3 capacity:women=6", aPoint, "public_toilet", values{"urinals": int64(4), "male_stalls": int64(3), "female_stalls": int64(6)}},
		{"amenity=toilets building=yes disused=yes", aRing, "public_toilet", values{"kind": "detached", "status": "closed"}},
		{"amenity=toilets portable=yes", aPoint, "public_toilet", values{"kind": "mobile"}},
		{"amenity=toilets indoor=room", aPoint, "public_toilet", values{"kind": "attached"}},

		{"barrier=kerb kerb=lowered tactile_paving=yes", aPoint, "barrier_free_ramp", values{"kind": "kerb", "tactile_paving": true}},
		{"kerb=flush kerb:height=0.02", aPoint, "barrier_free_ramp", values{"kind": "kerb", "rise_m": 0.02}},
		{"kerb=rolled", aLine, "barrier_free_ramp", values{"kind": "kerb"}},
		{"barrier=kerb", aPoint, "barrier_free_ramp", values{"kind": "kerb"}},
		{"barrier=kerb kerb=raised", aPoint, "barrier_free_ramp", values{"kind": "kerb", "status": "missing"}},
		{"man_made=ramp ramp=yes incline=8% width=1.5 handrail=both", aLine, "barrier_free_ramp", values{"kind": "wheelchair", "slope": 0.08, "width_m": 1.5, "handrail": true}},
		{"man_made=x ramp:wheelchair=yes incline=1:12 length=6", aLine, "barrier_free_ramp", values{"kind": "wheelchair", "slope": 1.0 / 12, "length_m": 6.0}},

		{"amenity=parking capacity=120 fee=yes access=customers parking=surface", anArea, "parking_space", values{"kind": "motor", "layout": "lot", "capacity": int64(120), "fee": true, "access": "public"}},
		{"amenity=parking parking=street_side orientation=parallel access=private", aLine, "parking_space", values{"kind": "motor", "layout": "parallel", "access": "private"}},
		{"amenity=parking parking=lane", aLine, "parking_space", values{"kind": "motor", "layout": "strip"}},
		{"amenity=parking capacity:disabled=2 capacity:charging=4", aPoint, "parking_space", values{"kind": "motor", "layout": "lot", "accessible_capacity": int64(2), "charging_capacity": int64(4)}},
		{"amenity=parking_space", aRing, "parking_space", values{"kind": "motor", "capacity": int64(1)}},
		{"amenity=bicycle_parking capacity=10", aPoint, "parking_space", values{"kind": "non_motor", "capacity": int64(10)}},
		{"amenity=bicycle_rental", aPoint, "parking_space", values{"kind": "shared_bike"}},

		{"landuse=construction", aRing, "construction_site", values{"kind": "building"}},
		{"landuse=construction construction=road", aRing, "construction_site", values{"kind": "municipal"}},
		{"building=construction", aRing, "construction_site", values{"kind": "building"}},

		{"natural=water name=云溪河", aRing, "ground", values{"kind": "water", "name": "云溪河"}},
		{"waterway=river", aLine, "ground", values{"kind": "water"}},
		{"waterway=riverbank", aRing, "ground", values{"kind": "water"}},
		{"leisure=park", aRing, "ground", values{"kind": "green"}},
		{"landuse=forest", anArea, "ground", values{"kind": "green"}},
		{"natural=wood", anArea, "ground", values{"kind": "green"}},
		{"building=apartments", aRing, "ground", values{"kind": "building"}},
		{"barrier=wall", aLine, "ground", values{"kind": "barrier"}},
		{"barrier=fence", aRing, "ground", values{"kind": "barrier"}},
		{"barrier=kerb", aLine, "ground", values{"kind": "barrier"}},
	}
	for _, c := range cases {
		features, rejects := tagged(t, c.tags, c.g, Options{})
		i := slices.IndexFunc(features, func(f *Feature) bool { return f.Layer.ID == c.layer })
		if i < 0 {
			t.Errorf("%s on %s: %v %v", c.tags, c.g.GeoJSONType(), features, rejects)
			continue
		}
		got := features[i].Values
		delete(got, "extra")
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.tags, diff)
		}
		if want := layers.Kind(features[i].Geometry.GeoJSONType()); !features[i].Layer.Holds(want) {
			t.Errorf("%s: the layer does not hold %s", c.tags, want)
		}
	}
}

func TestTagsThatAreNothing(t *testing.T) {
	for text, g := range map[string]orb.Geometry{
		"highway=crossing": aPoint, "highway=street_lamp": aPoint, "amenity=parking_entrance": aPoint, "building=no": aRing, "landuse=residential": aRing,
		"natural=water": aLine, "building=yes": aLine, "waterway=stream tunnel=culvert": aLine, "boundary=administrative admin_level=6": anArea,
	} {
		if features, rejects := tagged(t, text, g, Options{}); len(features)+len(rejects) > 0 {
			t.Errorf("%s became %v %v", text, features, rejects)
		}
	}
}

func TestTagsThatAreRefused(t *testing.T) {
	for text, want := range map[string]Code{
		"highway=rest_area": NotARoad, "highway=tertiary;residential": NotARoad, "amenity=toilets access=private": NotPublic,
	} {
		features, rejects := tagged(t, text, aRing, Options{})
		if len(features) > 0 || len(rejects) != 1 || rejects[0].Code != want {
			t.Errorf("%s: %v %v", text, features, rejects)
		}
	}
}

// TestEveryRuleCanHold: a rule that an earlier one always takes the objects of is dead data.
func TestEveryRuleCanHold(t *testing.T) {
	shapes := map[string]orb.Geometry{"point": aPoint, "line": aLine, "area": anArea}
	for _, l := range append([]*layers.Layer{nil}, layers.ByID("region")) {
		families, err := makeReady(l)
		if err != nil {
			t.Fatal(err)
		}
		for _, family := range families {
			for i := range family.rules {
				rule := &family.rules[i]
				holds := false
				for _, shape := range rule.on {
					for n := range 40 {
						o := &object{osm: true, tags: example(rule, n), geometry: shapes[shape]}
						got, _ := family.find(o)
						holds = holds || got == rule
					}
				}
				if !holds {
					t.Errorf("rule %d of the family of %s never holds: %v", i, family.keys, rule.conditions)
				}
			}
		}
	}
}

// example makes tags that meet a rule, with the nth values of its lists.
func example(m *mapping, n int) tags {
	tt := tags{}
	for _, c := range m.conditions {
		switch c.op {
		case '=':
			tt[c.key] = c.values[min(n, len(c.values)-1)]
		case '?':
			if tt[c.key] == "" {
				tt[c.key] = "yes"
			}
			if c.key == "incline" {
				tt[c.key] = "5%"
			}
		case '<':
			tt[c.key] = "1"
		}
	}
	return tt
}

func TestEveryFillNamesAField(t *testing.T) {
	for layer, fills := range osmFields {
		l := layers.ByID(layer)
		if l == nil {
			t.Errorf("no layer %s", layer)
			continue
		}
		seen := map[string]bool{}
		last := ""
		for _, f := range fills {
			if field := l.Field(f.field); field == nil || field.ReadOnly {
				t.Errorf("%s has no field %s to fill", layer, f.field)
			}
			if seen[f.field] && last != f.field {
				t.Errorf("%s: the fills of %s do not follow each other", layer, f.field)
			}
			seen[f.field], last = true, f.field
		}
	}
}

// TestFillsAreOfTheirType: what fills give is what the field's type wants.
func TestFillsAreOfTheirType(t *testing.T) {
	samples := []string{"yes", "no", "1", "3", "0.5", "2 m", "asphalt", "private", "2024-05-01", "24/7", "6%", "word", "370281", "customers", "roundabout", "-1", "reverse", "designated"}
	for layer, fills := range osmFields {
		l := layers.ByID(layer)
		for _, f := range slices.Concat(fills, everywhere) {
			field := l.Field(f.field)
			if field == nil {
				continue
			}
			for _, s := range samples {
				v, ok := f.read(s)
				if ok && !fits(field, v) {
					t.Errorf("%s.%s: %q gives %T %v", layer, f.field, s, v, v)
				}
			}
		}
	}
}

func fits(f *layers.Field, v any) bool {
	switch v := v.(type) {
	case string:
		return f.Type == layers.String || f.Type == layers.Enum && f.Has(v)
	case int64:
		return f.Type == layers.Integer
	case float64:
		return f.Type == layers.Number
	case bool:
		return f.Type == layers.Boolean
	case time.Time:
		return f.Type == layers.Date
	}
	return false
}

func TestOnewayBackwardsTurnsTheLine(t *testing.T) {
	features, _ := tagged(t, "highway=residential oneway=-1", aLine, Options{})
	want := orb.LineString{{120.03, 36.23}, {120.03, 36.22}, {120.02, 36.22}}
	if len(features) != 1 || !orb.Equal(features[0].Geometry, want) || features[0].Values["oneway"] != true {
		t.Errorf("%+v", features[0])
	}
	if aLine[0] != (orb.Point{120.02, 36.22}) {
		t.Error("the reader's line was turned, not a copy")
	}
}

func TestOneObjectManyLayers(t *testing.T) {
	features, _ := tagged(t, "highway=steps ramp=yes ramp:wheelchair=yes", aLine, Options{})
	if len(features) != 2 || features[0].Layer.ID != "road" || features[1].Layer.ID != "barrier_free_ramp" {
		t.Errorf("%v", features)
	}
	features, _ = tagged(t, "amenity=parking building=garage", aRing, Options{})
	if len(features) != 2 || features[0].Layer.ID != "parking_space" || features[1].Layer.ID != "ground" {
		t.Errorf("%v", features)
	}
}

func TestWhatNoFieldTakesGoesToExtra(t *testing.T) {
	features, _ := tagged(t, "highway=primary name=a ref=G15 width=broad", aLine, Options{})
	want := map[string]any{"highway": "primary", "ref": "G15", "width": "broad"}
	if diff := cmp.Diff(want, features[0].Values["extra"]); diff != "" {
		t.Error(diff)
	}
}

func TestReadings(t *testing.T) {
	for text, want := range map[string]any{"3.5": 3.5, "3.5 m": 3.5, "3,5": 3.5, "12'": 12 * 0.3048, `12'6"`: 12*0.3048 + 6*0.0254, "30 cm": 0.3, "8 ft": 8 * 0.3048, "4米": 4.0,
		"": nil, "wide": nil, "3;4": nil, "0x10": nil, "NaN": nil, "1e400": nil, "-2": nil, "4 miles": nil, "'": nil} {
		v, ok := metres(0.1, 100)(text)
		if !ok {
			v = nil
		}
		if diff := cmp.Diff(want, v, approx); diff != "" {
			t.Errorf("metres %q: %s", text, diff)
		}
	}
	for text, want := range map[string]any{"6%": 0.06, "-6%": 0.06, "1:12": 1.0 / 12, "5°": 0.0874886635, "0.08": 0.08, "up": nil, "down": nil, "120%": nil, "1:0": nil, "": nil} {
		v, ok := slope(text)
		if !ok {
			v = nil
		}
		if diff := cmp.Diff(want, v, approx); diff != "" {
			t.Errorf("slope %q: %s", text, diff)
		}
	}
	for text, want := range map[string]string{"2024-05-01": "2024-05-01", "2024/5/1": "2024-05-01", "20240501": "2024-05-01", "2024年5月1日": "2024-05-01", "2024-05-01T08:00:00Z": "2024-05-01", "2024-13-01": "", "2024": "", "May": ""} {
		got := ""
		if v, ok := day(text); ok {
			got = v.(time.Time).Format("2006-01-02")
		}
		if got != want {
			t.Errorf("day %q: %q", text, got)
		}
	}
	for text, want := range map[string]string{"370281": "370281", "370281001": "370281001", "370281001000": "370281001", "370281000000": "370281", "370281001005": "370281001005", "37028": "", "37028x": "", "": ""} {
		got := ""
		if v, ok := divisionCode(text); ok {
			got = v.(string)
		}
		if got != want {
			t.Errorf("code %q: %q", text, got)
		}
	}
}

var approx = cmp.Comparer(func(a, b float64) bool { return a-b < 1e-9 && b-a < 1e-9 })
