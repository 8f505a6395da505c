package layers

// Slot is a height in the map: drawings of a lower slot lie beneath those of a higher one.
type Slot int

// The slots of the map, from the ground up.
const (
	SlotGround Slot = iota
	SlotArea
	SlotCasing
	SlotRoad
	SlotBridgeCasing
	SlotBridge
	SlotNet
	SlotLineLabel // names lie beneath symbols: what lies higher is placed first, and names give way to it
	SlotLabel
	SlotSymbol
)

// Drawing is one layer of the map style, in the terms of the MapLibre style specification.
// A text "$name" anywhere in Paint or Layout is a colour of the flavour in use; "@name" is a picture of the sprite in its colours.
type Drawing struct {
	ID      string
	Slot    Slot
	Order   int    // within the slot
	Type    string // fill, line, symbol, circle
	MinZoom float64
	MaxZoom float64 // 0 for none
	Filter  any
	AtPoint bool // one symbol a feature: at the feature where it is a point, at its label point where it is an area (see LabelSuffix)
	Layout  map[string]any
	Paint   map[string]any
}

// LabelSuffix names the tile layer that goes with a layer of areas: one point inside each, in one tile only, with the attributes of
// the area. A renderer that labels the areas themselves would do so once for every tile that they reach into.
const LabelSuffix = "_label"

// Areas tells whether features of the layer may be areas, so that its tiles have label points.
func (l *Layer) Areas() bool { return l.Holds(Polygon) || l.Holds(MultiPolygon) }

// LabelFields are the attributes that label points carry: those that what is drawn there asks for.
func (l *Layer) LabelFields() map[string]bool {
	used := map[string]bool{}
	for _, d := range l.Drawings {
		if !d.AtPoint {
			continue
		}
		asked(d.Filter, used)
		for _, block := range []map[string]any{d.Layout, d.Paint} {
			for _, value := range block {
				asked(value, used)
			}
		}
	}
	return used
}

// asked collects the attributes that an expression reads.
func asked(expression any, used map[string]bool) {
	list, ok := expression.([]any)
	if !ok {
		return
	}
	if len(list) == 2 && (list[0] == "get" || list[0] == "has") {
		if name, ok := list[1].(string); ok {
			used[name] = true
		}
	}
	for _, item := range list {
		asked(item, used)
	}
}

// Labels restricts label points to the areas that are worth one: those whose Field has a value, a number of AtLeast where that
// is not 0. From zoom AllFrom (0 for never) every area has one.
type Labels struct {
	Field   string
	AtLeast float64
	AllFrom int
}

// LegendItem explains one way in which a layer is drawn. Colours are names of the flavour, as in Drawing.
type LegendItem struct {
	Label   Text
	Kind    string // line, fill, symbol
	Color   string
	Casing  string
	Outline string
	Pattern string // a picture that fills the area
	Icon    string
	WidthPx float64
	Dash    []float64
}

// widthPx is a line width on an exponential curve through pairs of zoom and pixels.
func widthPx(stops ...float64) any {
	return curve(1.6, stops...)
}

// ramp is a straight-line interpolation by zoom.
func ramp(stops ...float64) any {
	return curve(1, stops...)
}

func curve(base float64, stops ...float64) any {
	kind := []any{"exponential", base}
	if base == 1 {
		kind = []any{"linear"}
	}
	expression := []any{"interpolate", kind, []any{"zoom"}}
	for _, s := range stops {
		expression = append(expression, s)
	}
	return expression
}

// is tests an attribute for one of some values.
func is(attribute string, values ...string) any {
	list := make([]any, len(values))
	for i, v := range values {
		list[i] = v
	}
	return []any{"match", []any{"get", attribute}, list, true, false}
}

// all and not combine tests.
func all(tests ...any) any { return append([]any{"all"}, tests...) }

func not(test any) any { return []any{"!", test} }
