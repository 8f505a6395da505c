package tileset

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wangge/layers"
)

// brief is what a test can be compared with at a glance.
type brief struct {
	ID        string
	Min, Max  int
	Dimension int
	Fields    []string
}

func briefs(shown ...*layers.Layer) []brief {
	var out []brief
	for _, l := range Layers(shown...) {
		b := brief{ID: l.ID, Min: l.MinZoom, Max: l.MaxZoom, Dimension: l.Dimension}
		for _, f := range l.Fields {
			b.Fields = append(b.Fields, f.Name+" "+string(f.Type))
		}
		out = append(out, b)
	}
	return out
}

func TestCompanions(t *testing.T) {
	l := &layers.Layer{
		ID: "lot", Geometry: []layers.Kind{layers.Polygon, layers.MultiPolygon}, FirstZoom: 15,
		Density: &layers.Density{Sum: "capacity", Length: true},
		Fields: []layers.Field{
			{Name: "name", Type: layers.String, Tile: true},
			{Name: "capacity", Type: layers.Integer, Tile: true},
			{Name: "note", Type: layers.String},
			{Name: "status", Type: layers.Enum, Tile: true, Values: []layers.Value{{Code: "intact"}, {Code: "closed"}}},
		},
		Drawings: []layers.Drawing{{AtPoint: true, Layout: map[string]any{"text-field": []any{"get", "name"}}}},
	}
	want := []brief{
		{"lot", 15, 18, 2, []string{"name string", "capacity integer", "status enum"}},
		{"lot_label", 15, 18, 0, []string{"name string"}},
		{"lot_density", 0, 18, 2, []string{"h3 string", "count integer", "count_intact integer", "count_closed integer", "capacity integer", "length_m number"}},
	}
	if diff := cmp.Diff(want, briefs(l)); diff != "" {
		t.Error(diff)
	}
	l.Geometry, l.Density = []layers.Kind{layers.Point}, nil
	if got := briefs(l); len(got) != 1 || got[0].Dimension != 0 {
		t.Errorf("points alone: %v", got)
	}
}

func TestDimension(t *testing.T) {
	for _, c := range []struct {
		want  int
		kinds []layers.Kind
	}{
		{Mixed, nil},
		{0, []layers.Kind{layers.Point}},
		{1, []layers.Kind{layers.LineString, layers.MultiLineString}},
		{2, []layers.Kind{layers.Polygon, layers.MultiPolygon}},
		{Mixed, []layers.Kind{layers.Point, layers.LineString}},
		{Mixed, []layers.Kind{layers.Polygon, layers.LineString, layers.LineString}},
		{Mixed, []layers.Kind{layers.Point, layers.LineString, layers.Point}},
	} {
		if got := dimension(c.kinds); got != c.want {
			t.Errorf("%v: %d", c.kinds, got)
		}
	}
}

// Whatever the catalogue declares can be said: names differ within a tile and within a layer, and everything has titles.
func TestCatalogue(t *testing.T) {
	var ids []string
	for _, l := range Layers(append(layers.Reference(), layers.Catalogue()...)...) {
		if l.ID == "" || l.Of == nil || l.Title.Zh == "" || l.Title.En == "" || l.MinZoom < 0 || l.MinZoom > l.MaxZoom {
			t.Errorf("%+v", l)
		}
		if slices.Contains(ids, l.ID) {
			t.Errorf("%s twice", l.ID)
		}
		ids = append(ids, l.ID)
		var names []string
		for _, f := range l.Fields {
			if f.Title.Zh == "" || f.Title.En == "" || f.Type == "" || slices.Contains(names, f.Name) {
				t.Errorf("%s: %+v", l.ID, f)
			}
			names = append(names, f.Name)
		}
	}
	if !slices.Contains(ids, "road_density") || !slices.Contains(ids, "unit_grid_label") {
		t.Errorf("companions are missing: %v", ids)
	}
}

func TestCredits(t *testing.T) {
	for setting, want := range map[string]int{`["© a", "b"]`: 2, `[]`: 0, `"© a"`: 0, ``: 0, `[1]`: 0} {
		if got := Credits([]byte(setting)); len(got) != want {
			t.Errorf("%q: %q", setting, got)
		}
	}
}
