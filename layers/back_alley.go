package layers

// 背街小巷: back alleys, a ledger of their own beside the branch roads. There is no national definition: a city lists its own.
var backAlley = Layer{
	ID: "back_alley", Table: "back_alley", Collection: true, Group: GroupInventory,
	Title:      Text{"背街小巷", "Back alleys"},
	Geometry:   []Kind{LineString, MultiLineString},
	FirstZoom:  13,
	Density:    &Density{Length: true, Hue: "alley"},
	Provenance: Text{"背街小巷名录，按条计", "The city's list of back alleys, one row each"},
	Fields: fields(
		Field{Name: "width_m", Type: Number, Range: under(100, true), Unit: "m", Title: Text{"宽度", "Width"}, Filterable: true, Aliases: []string{"路宽"}},
		Field{Name: "surface", Type: Enum, Title: Text{"路面", "Surface"}, Values: surfaceValues, Filterable: true},
		Field{Name: "hardened", Type: Boolean, Title: Text{"已硬化", "Hardened"}, Filterable: true, Tile: true},
		Field{Name: "lit", Type: Boolean, Title: Text{"有照明", "Lit"}, Filterable: true, Tile: true},
		Field{Name: "drained", Type: Boolean, Title: Text{"有排水", "Drained"}, Filterable: true, Tile: true},
		Field{Name: "cleaning_grade", Type: Enum, Title: Text{"保洁等级", "Cleaning grade"}, Values: cleaningGradeValues, Filterable: true},
		Field{Name: "cleaned_by", Type: String, Title: Text{"保洁单位", "Cleaned by"}, Filterable: true},
	),
	Drawings: []Drawing{
		{ID: "back-alley-bed", Slot: SlotRoad, Order: -2, Type: "line", MinZoom: 15,
			Layout: map[string]any{"line-cap": "round", "line-join": "round"},
			Paint:  map[string]any{"line-color": "$alleyBed", "line-width": widthPx(15, 2.4, 18, 9)}},
		{ID: "back-alley", Slot: SlotRoad, Order: 20, Type: "line", MinZoom: 13,
			Layout: map[string]any{"line-join": "round"},
			Paint:  map[string]any{"line-color": "$alley", "line-width": widthPx(13, 0.8, 15, 1.8, 18, 5), "line-dasharray": []any{2.2, 1.1}}},
		{ID: "back-alley-name", Slot: SlotLineLabel, Order: 20, Type: "symbol", MinZoom: 15.5, Filter: []any{"has", "name"},
			Layout: map[string]any{"symbol-placement": "line", "text-field": []any{"get", "name"}, "text-size": ramp(15, 10, 18, 12.5),
				"text-letter-spacing": 0.08, "symbol-spacing": 320, "text-padding": 8, "text-max-angle": 40},
			Paint: map[string]any{"text-color": "$alleyLabel", "text-halo-color": "$halo", "text-halo-width": 1.5}},
	},
	Legend: []LegendItem{
		{Label: Text{"背街小巷", "Back alley"}, Kind: "line", Color: "$alley", WidthPx: 2, Dash: []float64{2.2, 1.1}},
	},
}
