package layers

import "testing"

func TestCatalogue(t *testing.T) {
	seen := map[string]bool{}
	for _, l := range append(Catalogue(), Reference()...) {
		if seen[l.ID] {
			t.Errorf("two layers called %s", l.ID)
		}
		seen[l.ID] = true
		if ByID(l.ID) != l {
			t.Errorf("ByID(%q) finds another layer", l.ID)
		}
		if l.Title.Zh == "" || l.Title.En == "" || len(l.Geometry) == 0 || len(l.Drawings) == 0 || len(l.Legend) == 0 {
			t.Errorf("%s: title, geometry, drawings or legend is missing", l.ID)
		}
		if l.Collection && (l.Provenance.Zh == "" || l.Provenance.En == "") {
			t.Errorf("%s: a collection says whose ledger it is", l.ID)
		}
		checkFields(t, l)
	}
	if ByID("no_such_layer") != nil {
		t.Error("ByID finds what is not there")
	}
}

func checkFields(t *testing.T, l *Layer) {
	t.Helper()
	names := map[string]bool{}
	for _, f := range l.Fields {
		if names[f.Name] {
			t.Errorf("%s: two fields called %s", l.ID, f.Name)
		}
		names[f.Name] = true
		if f.Title.Zh == "" || f.Title.En == "" {
			t.Errorf("%s.%s: no title", l.ID, f.Name)
		}
		if (f.Type == Enum) != (len(f.Values) > 0) {
			t.Errorf("%s.%s: an enumeration has values and nothing else has", l.ID, f.Name)
		}
		if f.Tile && f.Access != Public {
			t.Errorf("%s.%s: an internal field in a public tile", l.ID, f.Name)
		}
		if f.Derive != nil && !f.ReadOnly {
			t.Errorf("%s.%s: a derived field can be written", l.ID, f.Name)
		}
	}
	if l.ZoomBy != nil {
		f := l.Field(l.ZoomBy.Field)
		for _, v := range f.Values {
			if _, ok := l.ZoomBy.Zoom[v.Code]; !ok {
				t.Errorf("%s: no first zoom for %s", l.ID, v.Code)
			}
		}
	}
}

func TestRampCompliance(t *testing.T) {
	rules := &Rules{Thresholds: []Threshold{
		{Layer: "barrier_free_ramp", Metric: "slope", AppliesTo: "kerb/full_width", Value: 0.05, Comparator: "<="},
		{Layer: "barrier_free_ramp", Metric: "slope", AppliesTo: "kerb", Value: 1.0 / 12, Comparator: "<="},
		{Layer: "barrier_free_ramp", Metric: "width_m", AppliesTo: "kerb", Value: 1.5, Comparator: ">="},
	}}
	cases := []struct {
		name   string
		values map[string]any
		want   string
	}{
		{"nothing measured", map[string]any{"kind": "kerb"}, "unknown"},
		{"the narrower rule holds", map[string]any{"kind": "kerb", "form": "full_width", "slope": 0.08}, "non_compliant"},
		{"the wider rule holds where there is no narrower", map[string]any{"kind": "kerb", "form": "fan", "slope": 0.08}, "compliant"},
		{"one miss is enough", map[string]any{"kind": "kerb", "form": "fan", "slope": 0.08, "width_m": 1.2}, "non_compliant"},
		{"no rule for the kind", map[string]any{"kind": "wheelchair", "slope": 0.3}, "unknown"},
	}
	for _, c := range cases {
		got := rampCompliance(func(name string) any { return c.values[name] }, rules)
		if got != c.want {
			t.Errorf("%s: %v, want %s", c.name, got, c.want)
		}
	}
}

func TestMeasures(t *testing.T) {
	rules := &Rules{SiteMeasures: []string{"hoarding", "wet_work", "wheel_wash"}}
	values := map[string]any{"measures": map[string]any{"hoarding": true, "wet_work": false, "left_over": true}}
	field := func(name string) any { return values[name] }
	if met, total := measuresMet(field, rules), measuresTotal(field, rules); met != int64(1) || total != int64(3) {
		t.Errorf("got %v of %v, want 1 of 3", met, total)
	}
	values = nil
	if met := measuresMet(field, rules); met != nil {
		t.Errorf("an unchecked site meets %v measures", met)
	}
}

func TestLabelFields(t *testing.T) {
	used := constructionSite.LabelFields()
	if !used["measures_met"] || !used["measures_total"] || used["contractor"] || used["name"] {
		t.Errorf("a site's label point carries %v", used)
	}
	for _, l := range append(Catalogue(), Reference()...) {
		for name := range l.LabelFields() {
			if f := l.Field(name); f == nil || !f.Tile {
				t.Errorf("%s: a drawing at points asks for %s, which tiles do not have", l.ID, name)
			}
		}
	}
}
