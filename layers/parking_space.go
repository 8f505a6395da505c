package layers

// 停车泊位: bays as points, strips or outlines, lots, and places for bicycles. Lot: GB/T 30428.2 停车场; a single bay has no class there.
var parkingSpace = Layer{
	ID: "parking_space", Table: "parking_space", Collection: true, Group: GroupInventory,
	Title:      Text{"停车泊位", "Parking"},
	Geometry:   []Kind{Point, LineString, Polygon, MultiPolygon},
	Subject:    []string{"kind", "layout"},
	Roadside:   true,
	FirstZoom:  14,
	Density:    &Density{Sum: "capacity", SumUnit: Text{"泊位/格", "bays per cell"}, Hue: "parking", ShownBelow: 12},
	Provenance: Text{"停车设施台账，泊位数按个计，与划线长度是两个口径", "Parking ledger, bays counted; metres of marking are another measure"},
	Labels:     &Labels{Field: "capacity", AtLeast: 8, AllFrom: 17},
	Fields: fields(
		Field{Name: "kind", Type: Enum, Title: Text{"类型", "Kind"}, Required: true, Filterable: true, Tile: true, Values: []Value{
			{"motor", Text{"机动车", "Motor vehicles"}}, {"non_motor", Text{"非机动车", "Bicycles"}}, {"shared_bike", Text{"共享单车", "Shared bicycles"}}}},
		Field{Name: "layout", Type: Enum, Title: Text{"布置", "Layout"}, Standard: "GB 5768.3", Filterable: true, Tile: true, Values: []Value{
			{"lot", Text{"停车场", "Lot"}}, {"parallel", Text{"平行式", "Parallel"}}, {"perpendicular", Text{"垂直式", "Perpendicular"}},
			{"angled", Text{"斜列式", "Angled"}}, {"strip", Text{"划线区", "Strip"}}}},
		Field{Name: "capacity", Type: Integer, Range: count(maxInt), Title: Text{"泊位数", "Capacity"}, Filterable: true, Tile: true, Aliases: []string{"车位数", "泊位"}},
		Field{Name: "accessible_capacity", Type: Integer, Range: count(maxInt), Title: Text{"无障碍泊位数", "Accessible bays"}, Filterable: true},
		Field{Name: "charging_capacity", Type: Integer, Range: count(maxInt), Title: Text{"充电泊位数", "Charging bays"}, Filterable: true},
		Field{Name: "access", Type: Enum, Title: Text{"开放", "Access"}, Filterable: true, Tile: true, Values: []Value{
			{"public", Text{"公共", "Public"}}, {"off_hours", Text{"错时开放", "Off hours"}}, {"private", Text{"专用", "Private"}}}},
		Field{Name: "fee", Type: Boolean, Title: Text{"收费", "Fee"}, Filterable: true, Tile: true},
	),
	Drawings: []Drawing{
		{ID: "parking-fill", Slot: SlotArea, Order: 30, Type: "fill", MinZoom: 14, Filter: []any{"==", []any{"geometry-type"}, "Polygon"},
			Paint: map[string]any{"fill-color": parkingColour, "fill-opacity": ramp(14, 0.6, 15, 0.3, 16, 0.22)}},
		{ID: "parking-edge", Slot: SlotBridge, Order: 95, Type: "line", MinZoom: 14, Filter: []any{"==", []any{"geometry-type"}, "Polygon"},
			Paint: map[string]any{"line-color": parkingColour, "line-width": widthPx(14, 0.9, 15, 0.7, 18, 1.6)}},
		{ID: "parking-strip", Slot: SlotBridge, Order: 96, Type: "line", MinZoom: 14, Filter: []any{"==", []any{"geometry-type"}, "LineString"},
			Paint: map[string]any{"line-color": parkingColour, "line-width": widthPx(14, 1.2, 15, 1.6, 18, 9), "line-opacity": 0.75, "line-dasharray": []any{2.2, 0.3}}},
		{ID: "parking-dot", Slot: SlotSymbol, Order: 29, Type: "circle", MinZoom: 14, MaxZoom: 17.5, Filter: []any{"==", []any{"geometry-type"}, "Point"},
			Paint: map[string]any{"circle-radius": ramp(14, 1.3, 17.5, 3), "circle-color": parkingColour, "circle-stroke-color": "$halo", "circle-stroke-width": 0.6}},
		{ID: "parking", Slot: SlotSymbol, Order: 30, Type: "symbol", MinZoom: 14, AtPoint: true, Filter: parkingWorthASign,
			Layout: map[string]any{
				"icon-image": []any{"match", []any{"get", "kind"}, "motor", "@parking", "@parking-bike"},
				"icon-size":  ramp(14, 0.5, 16, 0.7, 18, 0.9), "icon-padding": 6,
				"symbol-sort-key": []any{"-", 0, []any{"coalesce", []any{"get", "capacity"}, 0}},
				"text-field":      []any{"step", []any{"zoom"}, "", 15.5, []any{"to-string", []any{"coalesce", []any{"get", "capacity"}, ""}}},
				"text-size":       10.5, "text-anchor": "left", "text-offset": []any{0.95, 0}, "text-optional": true},
			Paint: map[string]any{"text-color": "$parking", "text-halo-color": "$halo", "text-halo-width": 1.5}},
	},
	Legend: []LegendItem{
		{Label: Text{"机动车停车场（泊位数）", "Car park (bays)"}, Kind: "symbol", Icon: "parking"},
		{Label: Text{"单车停放点", "Bicycle parking"}, Kind: "symbol", Icon: "parking-bike"},
		{Label: Text{"泊位范围", "Bays"}, Kind: "fill", Color: "$parkingFill", Outline: "$parking"},
	},
}

// parkingWorthASign: single bays are drawn as what they are, from the zoom on at which hexagons end; a sign on each would hide the street.
var parkingWorthASign = []any{"step", []any{"zoom"},
	[]any{">=", []any{"coalesce", []any{"get", "capacity"}, 30}, 30},
	15.5, []any{">=", []any{"coalesce", []any{"get", "capacity"}, 8}, 8},
	17.5, true}

var parkingColour = []any{"match", []any{"get", "kind"}, "motor", "$parking", "$bike"}
