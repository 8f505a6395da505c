package layers

// 公厕: public toilets, one point each; an area is kept as a point inside it. GB/T 30428.2 minor class 公共厕所.
var publicToilet = Layer{
	ID: "public_toilet", Table: "public_toilet", Collection: true, Group: GroupInventory,
	Title:      Text{"公厕", "Public toilets"},
	Geometry:   []Kind{Point},
	Subject:    []string{"kind"},
	FirstZoom:  12,
	Density:    &Density{Hue: "toilet"},
	Provenance: Text{"环卫公厕台账，按座计", "Sanitation ledger, one row a toilet"},
	Fields: fields(
		Field{Name: "grade", Type: Enum, Title: Text{"等级", "Grade"}, Standard: "CJJ 14", Filterable: true, Tile: true, Values: []Value{
			{"class_1", Text{"一类", "Class 1"}}, {"class_2", Text{"二类", "Class 2"}}, {"class_3", Text{"三类", "Class 3"}}}},
		Field{Name: "kind", Type: Enum, Title: Text{"类型", "Kind"}, Standard: "CJJ 14", Filterable: true, Tile: true, Values: []Value{
			{"detached", Text{"独立式", "Detached"}}, {"attached", Text{"附属式", "Attached"}}, {"mobile", Text{"移动式", "Mobile"}}}},
		Field{Name: "male_stalls", Type: Integer, Range: count(maxSmall), Title: Text{"男厕位", "Stalls for men"}, Filterable: true},
		Field{Name: "female_stalls", Type: Integer, Range: count(maxSmall), Title: Text{"女厕位", "Stalls for women"}, Filterable: true},
		Field{Name: "urinals", Type: Integer, Range: count(maxSmall), Title: Text{"小便器", "Urinals"}, Filterable: true},
		Field{Name: "accessible_stalls", Type: Integer, Range: count(maxSmall), Title: Text{"无障碍厕位", "Accessible stalls"}, Filterable: true, Tile: true},
		Field{Name: "third_room", Type: Boolean, Title: Text{"第三卫生间", "Family room"}, Filterable: true, Tile: true},
		Field{Name: "opening_hours", Type: String, Title: Text{"开放时间", "Opening hours"}},
		Field{Name: "open_24h", Type: Boolean, Title: Text{"全天开放", "Open 24 hours"}, Filterable: true, Tile: true},
	),
	Drawings: []Drawing{
		{ID: "public-toilet-dot", Slot: SlotSymbol, Order: 40, Type: "circle", MinZoom: 12, MaxZoom: 14,
			Paint: map[string]any{
				"circle-radius": ramp(12, 2.6, 14, 4.4), "circle-stroke-width": 1.4,
				"circle-color":        []any{"match", []any{"get", "status"}, "intact", "$toilet", "damaged", "$toilet", "$halo"},
				"circle-stroke-color": []any{"match", []any{"get", "status"}, "intact", "$halo", "damaged", "$halo", "$toilet"}}},
		{ID: "public-toilet", Slot: SlotSymbol, Order: 41, Type: "symbol", MinZoom: 14,
			Layout: map[string]any{
				"icon-image":         []any{"match", []any{"get", "status"}, []any{"intact", "damaged"}, "@toilet", "@toilet-closed"},
				"icon-size":          ramp(14, 0.62, 16, 0.82, 18, 1),
				"icon-allow-overlap": true,
				"text-field":         []any{"step", []any{"zoom"}, "", 16, []any{"coalesce", []any{"get", "name"}, ""}},
				"text-size":          11.5, "text-anchor": "left", "text-offset": []any{1.15, 0}, "text-optional": true, "text-max-width": 9},
			Paint: map[string]any{"text-color": "$toilet", "text-halo-color": "$halo", "text-halo-width": 1.5}},
	},
	Legend: []LegendItem{
		{Label: Text{"开放", "Open"}, Kind: "symbol", Icon: "toilet"},
		{Label: Text{"停用", "Closed"}, Kind: "symbol", Icon: "toilet-closed"},
	},
}
