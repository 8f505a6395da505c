package layers

// 地物: water, green, buildings and barriers as a ground for the map and for laying grids; reference, not inventory.
var ground = Layer{
	ID: "ground", Table: "ground", Group: GroupReference,
	Title:     Text{"地物底图", "Ground"},
	Geometry:  []Kind{LineString, MultiLineString, Polygon, MultiPolygon},
	FirstZoom: 9,
	ZoomBy:    &ZoomBy{Field: "kind", Zoom: map[string]int{"water": 9, "green": 11, "building": 14, "barrier": 15}},
	Labels:    &Labels{Field: "name"},
	Fields: []Field{
		{Name: "kind", Type: Enum, Title: Text{"类型", "Kind"}, Required: true, Tile: true, Filterable: true, Values: []Value{
			{"water", Text{"水系", "Water"}}, {"green", Text{"绿地", "Green"}}, {"building", Text{"建筑", "Building"}}, {"barrier", Text{"阻隔", "Barrier"}}}},
		{Name: "name", Type: String, Title: Text{"名称", "Name"}, Tile: true, Filterable: true},
		{Name: "source", Type: String, Title: Text{"数据来源", "Source"}, Access: Internal},
		{Name: "source_key", Type: String, Title: Text{"来源标识", "Key in the source"}, Access: Internal},
		{Name: "extra", Type: Object, Title: Text{"其他属性", "Other attributes"}, Access: Internal},
		{Name: "revision", Type: Integer, Title: Text{"行版本", "Revision"}, ReadOnly: true},
		{Name: "created_at", Type: Time, Title: Text{"建立时间", "Created"}, ReadOnly: true},
		{Name: "updated_at", Type: Time, Title: Text{"修改时间", "Updated"}, ReadOnly: true},
		{Name: "updated_by", Type: String, Title: Text{"修改人", "Updated by"}, Access: Internal, ReadOnly: true},
	},
	Drawings: []Drawing{
		{ID: "green", Slot: SlotGround, Order: 10, Type: "fill", MinZoom: 11, Filter: is("kind", "green"),
			Paint: map[string]any{"fill-color": "$green", "fill-outline-color": "$greenEdge"}},
		{ID: "water", Slot: SlotGround, Order: 20, Type: "fill", MinZoom: 9, Filter: all(is("kind", "water"), []any{"==", []any{"geometry-type"}, "Polygon"}),
			Paint: map[string]any{"fill-color": "$water"}},
		{ID: "water-line", Slot: SlotGround, Order: 21, Type: "line", MinZoom: 11, Filter: all(is("kind", "water"), []any{"==", []any{"geometry-type"}, "LineString"}),
			Layout: map[string]any{"line-cap": "round", "line-join": "round"},
			Paint:  map[string]any{"line-color": "$water", "line-width": widthPx(11, 0.8, 14, 2, 18, 10)}},
		{ID: "building", Slot: SlotGround, Order: 30, Type: "fill", MinZoom: 14, Filter: is("kind", "building"),
			Paint: map[string]any{"fill-color": "$building", "fill-outline-color": "$buildingEdge", "fill-opacity": ramp(14, 0, 14.8, 1)}},
		{ID: "barrier", Slot: SlotArea, Order: 95, Type: "line", MinZoom: 15.5, Filter: is("kind", "barrier"),
			Paint: map[string]any{"line-color": "$barrier", "line-width": widthPx(15, 0.6, 18, 1.6)}},
		{ID: "water-name", Slot: SlotLabel, Order: 5, Type: "symbol", MinZoom: 12, AtPoint: true, Filter: all(is("kind", "water"), []any{"has", "name"}),
			Layout: map[string]any{"text-field": []any{"get", "name"}, "text-size": ramp(12, 11, 16, 14), "text-letter-spacing": 0.25},
			Paint:  map[string]any{"text-color": "$waterLabel", "text-halo-color": "$water", "text-halo-width": 1.2}},
		{ID: "green-name", Slot: SlotLabel, Order: 4, Type: "symbol", MinZoom: 14, AtPoint: true, Filter: all(is("kind", "green"), []any{"has", "name"}),
			Layout: map[string]any{"text-field": []any{"get", "name"}, "text-size": ramp(14, 10.5, 17, 12.5), "text-max-width": 7},
			Paint:  map[string]any{"text-color": "$greenLabel", "text-halo-color": "$green", "text-halo-width": 1.2}},
	},
	Legend: []LegendItem{
		{Label: Text{"水系", "Water"}, Kind: "fill", Color: "$water"},
		{Label: Text{"绿地", "Green"}, Kind: "fill", Color: "$green", Outline: "$greenEdge"},
		{Label: Text{"建筑", "Buildings"}, Kind: "fill", Color: "$building", Outline: "$buildingEdge"},
		{Label: Text{"围墙、栏杆", "Walls and fences"}, Kind: "line", Color: "$barrier", WidthPx: 1},
	},
}
