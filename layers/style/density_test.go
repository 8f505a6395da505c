package style

import (
	"image/color"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wangge/layers"
)

// someDensities is a city with the same limits everywhere, finer ones for smaller hexagons.
type someDensities struct {
	empty []string // "layer/measure" of which no hexagon has any
}

func (s someDensities) DensityClasses(layer, measure string, zoom int) ([]float64, bool) {
	if slices.Contains(s.empty, layer+"/"+measure) {
		return nil, false
	}
	switch {
	case layer == "construction_site":
		return []float64{2}, true
	case zoom > 10:
		return []float64{2, 3, 5, 8, 20}, true
	default:
		return []float64{10, 25, 60, 110, 250}, true
	}
}

func (someDensities) CellAreaM2(zoom int) float64 {
	return 36e6 / math.Pow(childrenOfCell, float64(layers.DensityRes(zoom)-6))
}

// densityOf is what a style says of the hexagons of a layer.
func densityOf(t *testing.T, theme, id string, densities Densities) (fill, gap *Layer, legend *LegendDensity) {
	t.Helper()
	s, err := Build(everything(), theme, "", City{}, densities)
	if err != nil {
		t.Fatal(err)
	}
	for i := range s.Layers {
		switch s.Layers[i].ID {
		case id + "-density":
			fill = &s.Layers[i]
		case id + "-density-gap":
			gap = &s.Layers[i]
		}
	}
	for _, part := range s.Metadata.Legend {
		if part.Layer == id {
			legend = part.Density
		}
	}
	return fill, gap, legend
}

func TestDensityStandsInBelowTheFirstZoom(t *testing.T) {
	fill, gap, legend := densityOf(t, "light", "barrier_free_ramp", someDensities{})
	if fill == nil || gap == nil || legend == nil {
		t.Fatal("no hexagons")
	}
	if fill.SourceLayer != "barrier_free_ramp_density" || fill.MinZoom != 14 || fill.MaxZoom != 0 || gap.MinZoom != 14 {
		t.Errorf("hexagons nobody asked for are drawn from the first zoom of the features on: %+v", fill)
	}
	if fill.Metadata["wangge:layer"] != "barrier_free_ramp" || fill.Metadata["wangge:density"] != "barrier_free_ramp" {
		t.Errorf("metadata %v", fill.Metadata)
	}
	var froms []int
	for _, b := range legend.Bands {
		froms = append(froms, b.From)
		if len(b.Colors) != len(b.Limits)+1 {
			t.Errorf("from %d: %d colours for %d limits", b.From, len(b.Colors), len(b.Limits))
		}
	}
	if diff := cmp.Diff([]int{0, 8, 9, 11, 13}, froms); diff != "" {
		t.Errorf("a band for every resolution: %s", diff)
	}
	want := []any{"step", []any{"zoom"}}
	ramp, err := light.ramp("ramp")
	if err != nil {
		t.Fatal(err)
	}
	classes := func(limits ...float64) any {
		step := []any{"step", []any{"coalesce", []any{"get", "count"}, 0}, ramp[0]}
		for i, limit := range limits {
			step = append(step, limit, ramp[spread(len(limits) + 1)[i+1]-1])
		}
		return step
	}
	want = append(want, classes(10, 25, 60, 110, 250), 8, classes(10, 25, 60, 110, 250), 9, classes(10, 25, 60, 110, 250),
		11, classes(2, 3, 5, 8, 20), 13, classes(2, 3, 5, 8, 20), 14, classes(2, 3), 16, ramp[2])
	if diff := cmp.Diff(any(want), fill.Paint["fill-color"]); diff != "" {
		t.Error(diff)
	}
	if _, _, legend := densityOf(t, "light", "parking_space", nil); legend != nil {
		t.Error("hexagons of a city that nobody classed")
	}
}

func TestDensityMeasure(t *testing.T) {
	for _, c := range []struct {
		layer         string
		empty         []string
		measure, unit string
	}{
		{"parking_space", nil, "capacity", "泊位/格"},
		{"parking_space", []string{"parking_space/capacity"}, "count", "个/格"},
		{"parking_space", []string{"parking_space/capacity", "parking_space/count"}, "", ""},
		{"back_alley", nil, "length_m", "米/格"},
		{"public_toilet", nil, "count", "个/格"},
		{"unit_grid", nil, "", ""},
		{"grid_duty", nil, "", ""},
		{"ground", nil, "", ""},
	} {
		fill, _, legend := densityOf(t, "dark", c.layer, someDensities{empty: c.empty})
		switch {
		case (legend == nil) != (fill == nil):
			t.Errorf("%s: hexagons without a legend, or the reverse", c.layer)
		case legend == nil:
			if c.measure != "" {
				t.Errorf("%s: no hexagons", c.layer)
			}
		case legend.Measure != c.measure || legend.Unit != c.unit:
			t.Errorf("%s %v: %s in %s, want %s in %s", c.layer, c.empty, legend.Measure, legend.Unit, c.measure, c.unit)
		}
	}
}

// TestDensityOfRoads: classes of roads begin at zooms of their own, and the legend says which are counted.
func TestDensityOfRoads(t *testing.T) {
	_, _, legend := densityOf(t, "light", "road", someDensities{})
	got := map[int]string{}
	for _, b := range legend.Bands {
		got[b.From] = b.Of
	}
	want := map[int]string{
		0: "快速路、主干路、次干路、支路、步行道", 8: "次干路、支路、步行道", 9: "次干路、支路、步行道", 11: "支路、步行道", 13: "步行道", 14: "步行道",
	}
	if diff := cmp.Diff(want, got); diff != "" || legend.Until != 15 {
		t.Errorf("until %d: %s", legend.Until, diff)
	}
}

// TestOneDensityAtFirst: before anybody asks at most one layer shows its hexagons.
func TestOneDensityAtFirst(t *testing.T) {
	s, err := Build(everything(), "light", "", City{}, someDensities{})
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	for _, l := range s.Layers {
		if l.Metadata["wangge:density"] != "" && l.MinZoom == 0 && l.Type == "fill" {
			shown = append(shown, l.ID)
		}
	}
	if diff := cmp.Diff([]string{"parking_space-density"}, shown); diff != "" {
		t.Error(diff)
	}
}

func TestSpread(t *testing.T) {
	for n, want := range map[int][]int{1: {3}, 2: {1, 6}, 3: {1, 4, 6}, 4: {1, 3, 4, 6}, 5: {1, 2, 4, 5, 6}, 6: {1, 2, 3, 4, 5, 6}} {
		if diff := cmp.Diff(want, spread(n)); diff != "" {
			t.Errorf("%d classes: %s", n, diff)
		}
	}
}

func TestColoursOfFlavours(t *testing.T) {
	valid := regexp.MustCompile(`^#[0-9a-f]{6}$`)
	for theme, flavour := range Flavours() {
		for name, hex := range flavour {
			if !valid.MatchString(hex) {
				t.Errorf("%s: %s is %q", theme, name, hex)
			}
		}
	}
}

// TestRampsAreSafe: on the ground of its theme every step of a ramp can be told from the ground and from the next step, by people
// with any kind of colour vision; more is darker on light ground and lighter on dark ground.
func TestRampsAreSafe(t *testing.T) {
	const leastStep, leastFirst = 1.15, 1.1 // ratios of luminance, as WCAG computes contrast
	for theme, flavour := range Flavours() {
		for name := range flavour {
			hue, isFirst := strings.CutSuffix(name, "Density1")
			if !isFirst {
				continue
			}
			ramp, err := flavour.ramp(hue)
			if err != nil {
				t.Fatal(err)
			}
			for vision, see := range visions {
				last := luminance(see(rgb(flavour["land"])))
				for i, colour := range ramp {
					now := luminance(see(rgb(over(colour, flavour["land"], hexagonOpacity))))
					contrast := (last + 0.05) / (now + 0.05)
					if theme == "dark" {
						contrast = 1 / contrast
					}
					if least := map[bool]float64{true: leastFirst, false: leastStep}[i == 0]; contrast < least {
						t.Errorf("%s %s, %s: step %d differs by %.2f", theme, hue, vision, i+1, contrast)
					}
					last = now
				}
			}
		}
	}
}

type linear [3]float64

// visions are the full one and the three dichromacies, after Machado, Oliveira and Fernandes (2009), severity 1.
var visions = map[string]func(color.NRGBA) linear{
	"all colours":  matrix(1, 0, 0, 0, 1, 0, 0, 0, 1),
	"protanopia":   matrix(0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998),
	"deuteranopia": matrix(0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881),
	"tritanopia":   matrix(1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900),
}

func matrix(m ...float64) func(color.NRGBA) linear {
	return func(c color.NRGBA) linear {
		in := linear{linearise(c.R), linearise(c.G), linearise(c.B)}
		var out linear
		for i := range out {
			for j := range in {
				out[i] += m[3*i+j] * in[j]
			}
			out[i] = max(0, min(1, out[i]))
		}
		return out
	}
}

func linearise(v uint8) float64 {
	c := float64(v) / math.MaxUint8
	if c <= 0.04045 {
		return c / 12.92
	}
	return math.Pow((c+0.055)/1.055, 2.4)
}

func luminance(c linear) float64 { return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2] }

// TestNoHoleAtTheChangeOver: where hexagons end, every kind of feature that they stood for is drawn somehow.
func TestNoHoleAtTheChangeOver(t *testing.T) {
	families := map[string][]layers.Kind{
		"Point": {layers.Point}, "LineString": {layers.LineString, layers.MultiLineString}, "Polygon": {layers.Polygon, layers.MultiPolygon},
	}
	for _, l := range layers.Catalogue() {
		if l.Density == nil || l.Density.Hue == "" || l.ZoomBy != nil {
			continue
		}
		for family, kinds := range families {
			if !slices.ContainsFunc(kinds, l.Holds) {
				continue
			}
			only := []any{"==", []any{"geometry-type"}, family}
			if !slices.ContainsFunc(l.Drawings, func(d layers.Drawing) bool {
				everyArea := d.AtPoint && l.Labels == nil && d.Filter == nil
				return d.MinZoom <= float64(l.FirstZoom) && (everyArea || !d.AtPoint && (d.Filter == nil || cmp.Equal(d.Filter, any(only))))
			}) {
				t.Errorf("%s: no %s is drawn at zoom %d", l.ID, family, l.FirstZoom)
			}
		}
	}
}
