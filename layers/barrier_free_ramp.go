package layers

// 无障碍坡道: kerb ramps at crossings and entrances and wheelchair ramps, GB 50763 and GB 55019. No national component class.
var barrierFreeRamp = Layer{
	ID: "barrier_free_ramp", Table: "barrier_free_ramp", Collection: true, Group: GroupInventory,
	Title:      Text{"无障碍坡道", "Barrier-free ramps"},
	Geometry:   []Kind{Point, LineString},
	Subject:    []string{"kind", "form"},
	Roadside:   true,
	FirstZoom:  14,
	Density:    &Density{Hue: "ramp"},
	Provenance: Text{"无障碍设施普查，按处计；达标按现行阈值方案判定", "Accessibility survey, one row a ramp; compliance by the threshold profile in force"},
	Fields: fields(
		Field{Name: "kind", Type: Enum, Title: Text{"类型", "Kind"}, Standard: "GB 50763-2012", Required: true, Filterable: true, Tile: true, Values: []Value{
			{"kerb", Text{"缘石坡道", "Kerb ramp"}}, {"wheelchair", Text{"轮椅坡道", "Wheelchair ramp"}}}},
		Field{Name: "form", Type: Enum, Title: Text{"形式", "Form"}, Standard: "GB 50763-2012", Filterable: true, Values: []Value{
			{"full_width", Text{"全宽式单面坡", "Full-width single slope"}}, {"three_face", Text{"三面坡", "Three faces"}},
			{"single_face", Text{"单面坡", "Single face"}}, {"fan", Text{"扇面坡", "Fan"}}, {"straight", Text{"直线形", "Straight"}},
			{"turning", Text{"折返形", "Turning"}}, {"other", Text{"其他", "Other"}}}},
		Field{Name: "slope", Type: Number, Range: under(1, false), Unit: "1", Title: Text{"坡度（高/长）", "Slope (rise/run)"}, Filterable: true},
		Field{Name: "width_m", Type: Number, Range: under(100, true), Unit: "m", Title: Text{"宽度", "Width"}, Filterable: true},
		Field{Name: "length_m", Type: Number, Range: under(1000, true), Unit: "m", Title: Text{"长度", "Length"}, Filterable: true},
		Field{Name: "rise_m", Type: Number, Range: under(100, false), Unit: "m", Title: Text{"高差", "Rise"}, Filterable: true},
		Field{Name: "handrail", Type: Boolean, Title: Text{"扶手", "Handrail"}, Filterable: true},
		Field{Name: "tactile_paving", Type: Boolean, Title: Text{"盲道提示", "Tactile paving"}, Filterable: true},
		Field{Name: "occupied", Type: Boolean, Title: Text{"被占用", "Occupied"}, Filterable: true, Tile: true},
		Field{Name: "compliance", Type: Enum, Title: Text{"达标", "Compliance"}, Tile: true, ReadOnly: true, Derive: rampCompliance, Values: []Value{
			{"compliant", Text{"达标", "Compliant"}}, {"non_compliant", Text{"不达标", "Not compliant"}}, {"unknown", Text{"未测", "Not measured"}}}},
	),
	Drawings: []Drawing{
		{ID: "ramp-line", Slot: SlotSymbol, Order: 10, Type: "line", MinZoom: 14, Filter: []any{"==", []any{"geometry-type"}, "LineString"},
			Layout: map[string]any{"line-cap": "butt"},
			Paint: map[string]any{"line-width": widthPx(14, 1.2, 15, 1.6, 18, 7),
				"line-color": []any{"match", []any{"get", "compliance"}, "non_compliant", "$fault", "$ramp"}}},
		{ID: "ramp-dot", Slot: SlotSymbol, Order: 11, Type: "circle", MinZoom: 14, MaxZoom: 15.5, Filter: []any{"==", []any{"geometry-type"}, "Point"},
			Paint: map[string]any{"circle-radius": ramp(14, 1.6, 15.5, 2.8), "circle-color": "$ramp", "circle-stroke-width": 1,
				"circle-stroke-color": []any{"match", []any{"get", "compliance"}, "non_compliant", "$fault", "$halo"}}},
		{ID: "ramp", Slot: SlotSymbol, Order: 12, Type: "symbol", MinZoom: 15.5, Filter: []any{"==", []any{"geometry-type"}, "Point"},
			Layout: map[string]any{
				"icon-image": []any{"match", []any{"get", "compliance"},
					"non_compliant", []any{"match", []any{"get", "kind"}, "wheelchair", "@ramp-wheelchair-fault", "@ramp-kerb-fault"},
					[]any{"match", []any{"get", "kind"}, "wheelchair", "@ramp-wheelchair", "@ramp-kerb"}},
				"icon-size": ramp(15.5, 0.45, 18, 0.8), "icon-allow-overlap": true}},
	},
	Legend: []LegendItem{
		{Label: Text{"缘石坡道", "Kerb ramp"}, Kind: "symbol", Icon: "ramp-kerb"},
		{Label: Text{"轮椅坡道", "Wheelchair ramp"}, Kind: "symbol", Icon: "ramp-wheelchair"},
		{Label: Text{"不达标", "Not compliant"}, Kind: "symbol", Icon: "ramp-kerb-fault"},
	},
}

// rampCompliance holds a ramp against every threshold that applies to its kind and form: one missed makes it non-compliant,
// no value to hold against any makes it unknown.
func rampCompliance(field func(string) any, rules *Rules) any {
	kind, _ := field("kind").(string)
	form, _ := field("form").(string)
	result := "unknown"
	for _, metric := range []string{"slope", "width_m", "rise_m"} {
		value, known := field(metric).(float64)
		threshold, applies := rules.For("barrier_free_ramp", metric, kind+"/"+form, kind, "")
		switch {
		case !known || !applies:
		case !threshold.Met(value):
			return "non_compliant"
		default:
			result = "compliant"
		}
	}
	return result
}
