package style

import (
	"fmt"
	"image/color"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"wangge/layers"
)

// Densities tells how the hexagons of a city are to be classed.
type Densities interface {
	// DensityClasses are the least values of every class but the first, ascending, for a measure of the hexagons that stand
	// in for a layer at a zoom; false where no hexagon has any of it.
	DensityClasses(layer, measure string, zoom int) (limits []float64, ok bool)
	// CellAreaM2 is about how large the hexagons at a zoom are.
	CellAreaM2(zoom int) float64
}

// LegendDensity explains the hexagons of a layer.
type LegendDensity struct {
	SourceLayer string       `json:"source_layer"`
	Measure     string       `json:"measure"` // the attribute by which they are classed
	Unit        string       `json:"unit"`
	UnitEn      string       `json:"unit_en"`
	Until       int          `json:"until"`                 // from this zoom on every feature is drawn by itself
	ShownBelow  int          `json:"shown_below,omitempty"` // shown at lower zooms before anybody asks
	Bands       []LegendBand `json:"bands"`
}

// LegendBand is what the classes are from a zoom on, until the next band.
type LegendBand struct {
	From    int       `json:"from"`
	CellM2  float64   `json:"cell_m2"`         // about the area of a hexagon
	Limits  []float64 `json:"limits"`          // the least value of every class but the first
	Colors  []string  `json:"colors"`          // of the classes, as they look on the map's ground
	Of      string    `json:"of,omitempty"`    // what is counted, where that is a part of the layer
	OfEn    string    `json:"of_en,omitempty"` // the same in English
	classes []int     // their places in the ramp, from 1
}

const (
	// hexagonOpacity lets water and green be guessed beneath.
	hexagonOpacity = 0.85
	rampSteps      = 6
	deepestZoom    = 18
	// childrenOfCell is how many hexagons of the next resolution one hexagon has room for.
	childrenOfCell = 7
)

// densityLayers draws the hexagons of a layer beneath its roads, and explains them. It draws none where the layer has none to show.
//
// Tiles hold hexagons where they do not hold the features, so the style need not hide them at the first zoom of the features:
// hexagons stay until the tile with the features is there, and both are never seen at once. In a tile that would be too large they
// stand for the features at any zoom; these hexagons are part of the map, those below the first zoom only if somebody asks for them
// or the catalogue says so, which is what minzoom tells (the web app moves it).
func densityLayers(l *layers.Layer, flavour Flavour, densities Densities) ([]Layer, *LegendDensity, error) {
	d := l.Density
	if d == nil || d.Hue == "" || densities == nil || l.Latest() == 0 {
		return nil, nil, nil
	}
	ramp, err := flavour.ramp(d.Hue)
	if err != nil {
		return nil, nil, err
	}
	legend := &LegendDensity{SourceLayer: l.ID + layers.DensitySuffix, Until: l.Latest(), ShownBelow: d.ShownBelow}
	legend.Measure = mainMeasure(l, densities)
	if legend.Measure == "" {
		return nil, nil, nil
	}
	unit := d.Unit(legend.Measure)
	legend.Unit, legend.UnitEn = unit.Zh, unit.En
	legend.Bands = bands(l, legend.Measure, densities)
	for i := range legend.Bands {
		b := &legend.Bands[i]
		for _, step := range b.classes {
			b.Colors = append(b.Colors, over(ramp[step-1], flavour["land"], hexagonOpacity))
		}
	}
	return hexagons(l, legend, ramp, flavour), legend, nil
}

// hexagons are filled by class and parted by gaps in the colour of the ground.
func hexagons(l *layers.Layer, legend *LegendDensity, ramp []string, flavour Flavour) []Layer {
	fill := Layer{
		ID: l.ID + "-density", Type: "fill", Source: "city", SourceLayer: legend.SourceLayer,
		Paint:    map[string]any{"fill-color": classColours(legend, ramp), "fill-opacity": hexagonOpacity},
		Metadata: map[string]string{"wangge:layer": l.ID, "wangge:density": l.ID},
		slot:     layers.SlotArea, order: 0,
	}
	if legend.ShownBelow == 0 {
		fill.MinZoom = float64(legend.Until)
	}
	if l.Hidden {
		fill.Layout = map[string]any{"visibility": "none"}
	}
	gap := fill
	gap.ID, gap.Type, gap.order = l.ID+"-density-gap", "line", 1
	gap.Layout = maps.Clone(fill.Layout)
	gap.Paint = map[string]any{
		"line-color": flavour["land"], "line-opacity": hexagonOpacity,
		"line-width": []any{"interpolate", []any{"linear"}, []any{"zoom"}, 5, 0.2, 8, 0.7, 13, 1.2},
	}
	return []Layer{fill, gap}
}

// mainMeasure is the best measure that any hexagon of the layer has, or empty.
func mainMeasure(l *layers.Layer, densities Densities) string {
	for _, measure := range l.Density.Measures() {
		if _, ok := densities.DensityClasses(l.ID, measure, 0); ok {
			return measure
		}
	}
	return ""
}

// bands are the classes below the first zoom of the features. What is counted changes with the resolution, and where a class of
// features begins to be drawn by itself.
func bands(l *layers.Layer, measure string, densities Densities) []LegendBand {
	var made []LegendBand
	for zoom := range l.Latest() {
		of := hiddenClasses(l, zoom)
		if zoom > 0 && layers.DensityRes(zoom) == layers.DensityRes(zoom-1) && of == hiddenClasses(l, zoom-1) {
			continue
		}
		limits, _ := densities.DensityClasses(l.ID, measure, zoom)
		b := LegendBand{From: zoom, CellM2: densities.CellAreaM2(zoom), Limits: limits, Of: of.Zh, OfEn: of.En, classes: spread(len(limits) + 1)}
		if b.Limits == nil {
			b.Limits = []float64{}
		}
		made = append(made, b)
	}
	return made
}

// hiddenClasses names the classes of features that are not drawn by themselves yet at a zoom, where some are.
func hiddenClasses(l *layers.Layer, zoom int) layers.Text {
	if l.ZoomBy == nil {
		return layers.Text{}
	}
	var zh, en []string
	for _, v := range l.Field(l.ZoomBy.Field).Values {
		if l.ZoomBy.Zoom[v.Code] > zoom {
			zh, en = append(zh, v.Label.Zh), append(en, v.Label.En)
		}
	}
	return layers.Text{Zh: strings.Join(zh, "、"), En: strings.Join(en, ", ")}
}

// spread takes n steps of the ramp as far from each other as can be; a single one from its middle.
func spread(n int) []int {
	if n == 1 {
		return []int{rampSteps / 2}
	}
	steps := make([]int, n)
	for i := range steps {
		steps[i] = 1 + int(math.Round(float64(i)*float64(rampSteps-1)/float64(n-1)))
	}
	return steps
}

// classColours is the colour of a hexagon by its measure, band by band. Beyond the last band, where tiles too large fall back to
// hexagons, limits shrink with the area of the hexagons.
func classColours(legend *LegendDensity, ramp []string) any {
	var expression any
	add := func(zoom int, colours any) {
		if expression == nil {
			expression = []any{"step", []any{"zoom"}, colours}
			return
		}
		expression = append(expression.([]any), zoom, colours)
	}
	for _, b := range legend.Bands {
		add(b.From, classStep(legend.Measure, b.Limits, b.classes, ramp))
	}
	last := legend.Bands[len(legend.Bands)-1]
	res := layers.DensityRes(legend.Until - 1)
	for zoom := legend.Until; zoom <= deepestZoom; zoom++ {
		if layers.DensityRes(zoom) > layers.DensityRes(zoom-1) {
			limits := shrunk(last.Limits, math.Pow(childrenOfCell, float64(layers.DensityRes(zoom)-res)))
			add(zoom, classStep(legend.Measure, limits, spread(len(limits)+1), ramp))
		}
	}
	return expression
}

// classStep is the colour of a hexagon by its measure.
func classStep(measure string, limits []float64, classes []int, ramp []string) any {
	if len(limits) == 0 {
		return ramp[classes[0]-1]
	}
	step := []any{"step", []any{"coalesce", []any{"get", measure}, 0}, ramp[classes[0]-1]}
	for i, limit := range limits {
		step = append(step, limit, ramp[classes[i+1]-1])
	}
	return step
}

// shrunk are limits for hexagons so many times as small, whole numbers above 1.
func shrunk(limits []float64, times float64) []float64 {
	var out []float64
	for _, limit := range limits {
		if limit = math.Ceil(limit / times); limit > 1 && !slices.Contains(out, limit) {
			out = append(out, limit)
		}
	}
	return out
}

// ramp are the colours of a hue, from few to many.
func (f Flavour) ramp(hue string) ([]string, error) {
	colours := make([]string, rampSteps)
	for i := range colours {
		var err error
		if colours[i], err = f.colour("$" + hue + "Density" + strconv.Itoa(i+1)); err != nil {
			return nil, err
		}
	}
	return colours, nil
}

// over is the colour that one of some opacity makes with the one beneath it; both are #rrggbb.
func over(colour, ground string, opacity float64) string {
	a, b := rgb(colour), rgb(ground)
	mix := func(x, y uint8) uint8 { return uint8(math.Round(float64(x)*opacity + float64(y)*(1-opacity))) }
	return fmt.Sprintf("#%02x%02x%02x", mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B))
}

// rgb reads #rrggbb, as all colours of a flavour are (a test holds them to it).
func rgb(hex string) color.NRGBA {
	v, _ := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: math.MaxUint8}
}
