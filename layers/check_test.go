package layers

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// properties decodes an object as the server does.
func propertiesOf(t *testing.T, text string) map[string]any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var o map[string]any
	if err := d.Decode(&o); err != nil {
		t.Fatal(err)
	}
	return o
}

func TestRead(t *testing.T) {
	l := ByID("construction_site")
	got, faults := l.Read(propertiesOf(t, `{"kind": "市政工程", "status": "Closed", "starts_on": "2026-01-31", "name": " 东 ", "note": "", "extra": {"a": [1, null]}, "permit_no": null}`))
	if faults != nil {
		t.Fatal(faults)
	}
	want := map[string]any{
		"kind": "municipal", "status": "closed", "starts_on": time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC), "name": "东", "note": nil,
		"extra": map[string]any{"a": []any{json.Number("1"), nil}}, "permit_no": nil,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// What cannot be read, with the places that are named for it, and every place once.
func TestReadRefuses(t *testing.T) {
	for _, c := range []struct{ layer, properties, pointers string }{
		{"public_toilet", `{"a/b~": 1}`, "/properties/a~1b~0"},
		{"public_toilet", `{"region_code": "370281", "revision": 1, "updated_by": "x"}`, "/properties/region_code /properties/revision /properties/updated_by"},
		{"barrier_free_ramp", `{"compliance": "compliant"}`, "/properties/compliance"},
		{"public_toilet", `{"grade": "class_4", "kind": 1, "open_24h": "yes"}`, "/properties/grade /properties/kind /properties/open_24h"},
		{"public_toilet", `{"male_stalls": 1.5, "urinals": "3", "female_stalls": 1e99, "name": 5}`, "/properties/female_stalls /properties/male_stalls /properties/name /properties/urinals"},
		{"construction_site", `{"starts_on": "2026-02-30", "ends_on": "31.1.2026", "measures": []}`, "/properties/ends_on /properties/measures /properties/starts_on"},
		{"road", `{"width_m": "6m", "level": true, "lanes": ` + strings.Repeat("1", 41) + `}`, "/properties/lanes /properties/level /properties/width_m"},
	} {
		_, faults := ByID(c.layer).Read(propertiesOf(t, c.properties))
		holdPointers(t, c.properties, faults, c.pointers)
	}
}

func holdPointers(t *testing.T, what string, faults Faults, want string) {
	t.Helper()
	var got []string
	for _, f := range faults {
		got = append(got, f.Pointer)
		if f.Zh == "" || f.En == "" {
			t.Errorf("%s: %+v has not both languages", what, f)
		}
	}
	if strings.Join(got, " ") != want {
		t.Errorf("%s: %v, want %s", what, got, want)
	}
}

func TestCheck(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }
	deep := any("x")
	for range MaxObjectDepth {
		deep = map[string]any{"a": deep}
	}
	for _, c := range []struct {
		layer    string
		values   map[string]any
		required bool
		pointers string
	}{
		{"road", map[string]any{"class": "branch", "width_m": 199.9, "lanes": int64(30), "level": int64(-9)}, true, ""},
		{"road", map[string]any{}, true, "/properties/class"},
		{"road", map[string]any{}, false, ""},
		{"road", map[string]any{"class": nil}, false, "/properties/class"},
		{"road", map[string]any{"width_m": 0.0, "lanes": int64(0), "level": int64(10)}, false, "/properties/width_m /properties/lanes /properties/level"},
		{"road", map[string]any{"width_m": 200.0, "lanes": int64(31)}, false, "/properties/width_m /properties/lanes"},
		{"road", map[string]any{"width_m": math.NaN(), "class": "lane"}, false, "/properties/class /properties/width_m"},
		{"road", map[string]any{"oneway": "true", "walkable": true, "steps": int64(1)}, false, "/properties/oneway /properties/steps"},
		{"barrier_free_ramp", map[string]any{"slope": 0.0, "rise_m": 0.0, "length_m": 999.9}, false, ""},
		{"barrier_free_ramp", map[string]any{"slope": 1.0, "rise_m": -0.1, "length_m": 0.0}, false, "/properties/slope /properties/length_m /properties/rise_m"},
		{"public_toilet", map[string]any{"male_stalls": int64(32768), "urinals": int64(-1)}, false, "/properties/male_stalls /properties/urinals"},
		{"parking_space", map[string]any{"capacity": int64(1) << 31}, false, "/properties/capacity"},
		{"construction_site", map[string]any{"starts_on": day(2), "ends_on": day(2)}, false, ""},
		{"construction_site", map[string]any{"starts_on": day(2), "ends_on": day(1)}, false, "/properties/ends_on"},
		{"construction_site", map[string]any{"measures": map[string]any{"hoarding": true, "wet_work": nil}}, false, ""},
		{"construction_site", map[string]any{"measures": map[string]any{"hoarding": "yes"}}, false, "/properties/measures"},
		{"road", map[string]any{"extra": map[string]any{"a": deep}}, false, "/properties/extra"},
		{"road", map[string]any{"extra": map[string]any{"a": strings.Repeat("x", MaxObjectBytes)}}, false, "/properties/extra"},
		{"road", map[string]any{"extra": map[string]any{"a": make([]any, MaxObjectKeys+1)}}, false, "/properties/extra"},
		{"road", map[string]any{"extra": map[string]any{"a\x00": 1}}, false, "/properties/extra"},
		{"road", map[string]any{"name": strings.Repeat("路", MaxText), "note": "一\n二\t三"}, false, ""},
		{"road", map[string]any{"name": strings.Repeat("路", MaxText+1), "code": strings.Repeat("1", MaxCode+1), "note": "a\x00"}, false, "/properties/code /properties/name /properties/note"},
		{"road", map[string]any{"cleaned_by": "a\xff", "revision": int64(3), "no_such": 1}, false, "/properties/cleaned_by /properties/revision /properties/no_such"},
	} {
		holdPointers(t, c.layer, ByID(c.layer).Check(c.values, c.required), c.pointers)
	}
}

// What Read makes, Check takes as to its type; defaults are values that Check takes.
func TestReadAndDefaultsPassCheck(t *testing.T) {
	for _, l := range append(Catalogue(), Reference()...) {
		for i := range l.Fields {
			f := &l.Fields[i]
			if f.Default != nil {
				if faults := l.Check(map[string]any{f.Name: f.Default}, false); faults != nil {
					t.Errorf("%s: default of %s: %v", l.ID, f.Name, faults)
				}
			}
			if !f.Writable() {
				continue
			}
			for _, v := range f.Values {
				for _, said := range []string{v.Code, v.Label.Zh, v.Label.En, strings.ToUpper(v.Label.En)} {
					if got, faults := l.Read(map[string]any{f.Name: said}); faults != nil || got[f.Name] != v.Code {
						t.Errorf("%s: %s %q is %v, %v", l.ID, f.Name, said, got, faults)
					}
				}
			}
		}
		for _, name := range append(orderNames(l), l.Subject...) {
			if l.Field(name) == nil {
				t.Errorf("%s has no %s", l.ID, name)
			}
		}
	}
}

func orderNames(l *Layer) (names []string) {
	for _, o := range l.Orders {
		names = append(names, o.First, o.Then)
	}
	return names
}

// Whatever JSON comes, Read answers with values that Check can judge, and neither panics.
func FuzzRead(f *testing.F) {
	for _, s := range []string{`{"name": "a"}`, `{"width_m": 1e400}`, `{"extra": {"a": {"b": [1]}}}`, `{"ends_on": "2026-01-01", "starts_on": "2027-01-01"}`, `{"": null}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		var o map[string]any
		if d.Decode(&o) != nil {
			return
		}
		for _, l := range Catalogue() {
			values, faults := l.Read(o)
			for name := range o {
				_, read := values[name]
				said := false
				for _, fault := range faults {
					said = said || fault.Pointer == "/properties/"+pointerPart(name)
				}
				if read == said {
					t.Errorf("%s: %q was read: %v, refused: %v", l.ID, name, read, said)
				}
			}
			for _, fault := range l.Check(values, false) {
				if fault.Zh == "" || fault.En == "" {
					t.Errorf("%+v", fault)
				}
			}
		}
	})
}
