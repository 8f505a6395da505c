package layers

import "strings"

// 道路: road segments between junctions, classed as CJJ 37 does, and the paths that only walkers use.
var road = Layer{
	ID: "road", Table: "road", Collection: true, Group: GroupInventory,
	Title:     Text{"道路", "Roads"},
	Geometry:  []Kind{LineString, MultiLineString},
	Subject:   []string{"class"},
	FirstZoom: 8,
	Density:   &Density{Length: true, Hue: "road"},
	ZoomBy:    &ZoomBy{Field: "class", Zoom: map[string]int{"expressway": 8, "arterial": 8, "secondary": 11, "branch": 13, "footpath": 15}},
	Provenance: Text{
		"道路台账：路口之间的中心线路段；步行道不计入道路里程",
		"Road ledger: centre lines between junctions; footpaths stand outside road totals"},
	Fields: fields(
		Field{Name: "class", Type: Enum, Title: Text{"等级", "Class"}, Values: roadClassValues, Required: true, Filterable: true, Tile: true, Standard: "CJJ 37", Aliases: []string{"道路等级"}},
		Field{Name: "link", Type: Boolean, Default: false, Title: Text{"匝道", "Link road"}, Filterable: true, Tile: true},
		Field{Name: "width_m", Type: Number, Range: under(200, true), Unit: "m", Title: Text{"宽度", "Width"}, Filterable: true, Aliases: []string{"路宽"}},
		Field{Name: "lanes", Type: Integer, Range: between(1, 30), Title: Text{"车道数", "Lanes"}, Filterable: true},
		Field{Name: "surface", Type: Enum, Title: Text{"路面", "Surface"}, Values: surfaceValues, Filterable: true},
		Field{Name: "oneway", Type: Boolean, Default: false, Title: Text{"单行", "One way"}, Filterable: true, Tile: true},
		Field{Name: "walkable", Type: Boolean, Default: true, Title: Text{"可步行", "Walkable"}, Filterable: true},
		Field{Name: "steps", Type: Boolean, Default: false, Title: Text{"台阶", "Steps"}, Filterable: true, Tile: true},
		Field{Name: "level", Type: Integer, Default: int64(0), Range: between(-9, 9), Title: Text{"层（桥隧）", "Level (bridge, tunnel)"}, Filterable: true, Tile: true},
		Field{Name: "cleaning_grade", Type: Enum, Title: Text{"保洁等级", "Cleaning grade"}, Values: cleaningGradeValues, Filterable: true},
		Field{Name: "mechanised", Type: Boolean, Title: Text{"机械化清扫", "Swept by machine"}, Filterable: true},
		Field{Name: "cleaned_by", Type: String, Title: Text{"保洁单位", "Cleaned by"}, Filterable: true},
	),
	Drawings: roadDrawings(),
	Legend: []LegendItem{
		{Label: Text{"快速路", "Expressway"}, Kind: "line", Color: "$expressway", Casing: "$expresswayCasing", WidthPx: 5},
		{Label: Text{"主干路", "Arterial"}, Kind: "line", Color: "$arterial", Casing: "$arterialCasing", WidthPx: 5},
		{Label: Text{"次干路", "Secondary"}, Kind: "line", Color: "$secondary", Casing: "$secondaryCasing", WidthPx: 4},
		{Label: Text{"支路", "Branch"}, Kind: "line", Color: "$branch", Casing: "$casing", WidthPx: 3},
		{Label: Text{"步行道", "Footpath"}, Kind: "line", Color: "$footpath", WidthPx: 1.4, Dash: []float64{2, 1.6}},
		{Label: Text{"台阶", "Steps"}, Kind: "line", Color: "$steps", WidthPx: 4, Dash: []float64{0.4, 0.4}},
		{Label: Text{"停用（施工）", "Closed (works)"}, Kind: "line", Color: "$closed", WidthPx: 3, Dash: []float64{1.5, 1}},
	},
}

var roadClassValues = []Value{
	{"expressway", Text{"快速路", "Expressway"}},
	{"arterial", Text{"主干路", "Arterial"}},
	{"secondary", Text{"次干路", "Secondary"}},
	{"branch", Text{"支路", "Branch"}},
	{"footpath", Text{"步行道", "Footpath"}},
}

// roadWidth are the fill and casing widths of a class, in pixels by zoom.
type roadWidth struct {
	class        string
	minZoom      float64
	fill, casing any
	link         any
	linkCasing   any
}

var roadWidths = []roadWidth{
	{"branch", 12.5, widthPx(12, 0.6, 14, 2, 16, 6, 18, 18), widthPx(12, 1, 14, 3, 16, 7.6, 18, 20.5), widthPx(12, 0.5, 14, 1.6, 16, 4, 18, 12), widthPx(12, 0.9, 14, 2.6, 16, 5.4, 18, 14)},
	{"secondary", 10, widthPx(10, 0.6, 13, 2.4, 15, 6, 18, 30), widthPx(10, 1.2, 13, 3.6, 15, 7.6, 18, 33), widthPx(12, 0.6, 14, 2, 16, 5, 18, 16), widthPx(12, 1.2, 14, 3.2, 16, 6.6, 18, 18.6)},
	{"arterial", 8, widthPx(8, 0.6, 12, 2, 14, 4.2, 16, 9, 18, 34), widthPx(8, 1, 12, 3.2, 14, 5.6, 16, 10.8, 18, 37), widthPx(12, 0.6, 14, 2, 16, 5, 18, 16), widthPx(12, 1.2, 14, 3.2, 16, 6.6, 18, 18.6)},
	{"expressway", 8, widthPx(8, 1, 12, 2.6, 14, 4.6, 16, 9, 18, 34), widthPx(8, 1.8, 12, 4, 14, 6.2, 16, 11, 18, 37), widthPx(12, 0.8, 14, 2.2, 16, 5, 18, 16), widthPx(12, 1.4, 14, 3.4, 16, 6.6, 18, 18.6)},
}

func roadDrawings() []Drawing {
	drawings := []Drawing{
		{ID: "road-footpath", Slot: SlotCasing, Order: -2, Type: "line", MinZoom: 15, Filter: all(is("class", "footpath"), not([]any{"==", []any{"get", "steps"}, true})),
			Paint: map[string]any{"line-color": "$footpath", "line-width": widthPx(15, 0.8, 18, 3), "line-dasharray": []any{2, 1.6}}},
		{ID: "road-steps", Slot: SlotCasing, Order: -1, Type: "line", MinZoom: 15, Filter: all(is("class", "footpath"), []any{"==", []any{"get", "steps"}, true}),
			Paint: map[string]any{"line-color": "$steps", "line-width": widthPx(15, 1.2, 18, 6), "line-dasharray": []any{0.4, 0.4}}},
	}
	for order, w := range roadWidths {
		drawings = append(drawings, w.draw(order)...)
	}
	return append(drawings, closedRoad, roadName)
}

// draw makes the casings and fills of a class: on the ground, in tunnels (a pale casing) and on bridges (above all else).
func (w roadWidth) draw(order int) []Drawing {
	color, casing := "$"+w.class, "$"+w.class+"Casing"
	if w.class == "branch" {
		casing = "$casing"
	}
	level := []any{"coalesce", []any{"get", "level"}, 0}
	link := []any{"==", []any{"get", "link"}, true}
	part := func(id string, slot Slot, tests any, color string, width any) Drawing {
		order := order * 2
		if !strings.HasSuffix(id, "-link") { // links lie beneath the roads they join
			order++
		}
		return Drawing{ID: "road-" + w.class + id, Slot: slot, Order: order, Type: "line", MinZoom: w.minZoom, Filter: all(is("class", w.class), tests),
			Layout: map[string]any{"line-cap": "round", "line-join": "round"},
			Paint:  map[string]any{"line-color": color, "line-width": width}}
	}
	ground, bridge := []any{"<=", level, 0}, []any{">", level, 0}
	tunnel := part("-tunnel", SlotBridgeCasing, []any{"<", level, 0}, "$tunnel", w.fill)
	tunnel.Paint["line-opacity"] = 0.55
	tunnel.Slot, tunnel.MinZoom = SlotRoad, max(w.minZoom, 13)
	bridgeCasing := part("-bridge-casing", SlotBridgeCasing, all(bridge, not(link)), casing, w.casing)
	bridgeCasing.Layout = map[string]any{"line-cap": "butt", "line-join": "round"}
	return []Drawing{
		part("-casing-link", SlotCasing, all(ground, link), casing, w.linkCasing),
		part("-casing", SlotCasing, all(ground, not(link)), casing, w.casing),
		part("-link", SlotRoad, all(ground, link), color, w.link),
		part("", SlotRoad, all(ground, not(link)), color, w.fill),
		tunnel,
		part("-bridge-casing-link", SlotBridgeCasing, all(bridge, link), casing, w.linkCasing),
		bridgeCasing,
		part("-bridge-link", SlotBridge, all(bridge, link), color, w.link),
		part("-bridge", SlotBridge, all(bridge, not(link)), color, w.fill),
	}
}

var closedRoad = Drawing{ID: "road-closed", Slot: SlotBridge, Order: 90, Type: "line", MinZoom: 12, Filter: is("status", "closed", "abandoned"),
	Paint: map[string]any{"line-color": "$closed", "line-width": widthPx(12, 0.6, 14, 1.6, 16, 4, 18, 10), "line-dasharray": []any{1.5, 1}}}

var roadName = Drawing{ID: "road-name", Slot: SlotLineLabel, Order: 10, Type: "symbol", MinZoom: 13, Filter: all([]any{"has", "name"}, is("class", "expressway", "arterial", "secondary", "branch")),
	Layout: map[string]any{
		"symbol-placement": "line", "text-field": []any{"get", "name"}, "text-size": ramp(13, 10.5, 17, 13.5),
		"text-letter-spacing": 0.12, "symbol-spacing": 420, "text-padding": 14, "text-max-angle": 35,
		"symbol-sort-key": []any{"match", []any{"get", "class"}, "expressway", 0, "arterial", 1, "secondary", 2, 3},
	},
	Paint: map[string]any{"text-color": "$label", "text-halo-color": "$halo", "text-halo-width": 1.5}}
