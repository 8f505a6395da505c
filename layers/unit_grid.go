package layers

// 单元网格: unit grids of about 1 ha (GB/T 30428.1). The table holds the grids of every net; other nets are drawn by NetLayer.
var unitGrid = Layer{
	ID: "unit_grid", Table: "grid", Collection: true, Group: GroupNet,
	Only:       &Only{Column: "scheme", Value: "unit"},
	Title:      Text{"单元网格", "Unit grids"},
	Geometry:   []Kind{Polygon, MultiPolygon},
	FirstZoom:  14,
	Density:    &Density{},
	Provenance: Text{"现行单元网格，社区内自西向东、自北向南编号", "Unit grids in force, numbered west to east and north to south within a community"},
	Fields: fields(
		Field{Name: "scheme", Type: String, Title: Text{"网格方案", "Scheme"}, Filterable: true, ReadOnly: true},
		Field{Name: "area_m2", Type: Number, Unit: "m2", Title: Text{"面积", "Area"}, Filterable: true, ReadOnly: true},
		Field{Name: "land_use", Type: Enum, Title: Text{"用地类型", "Land use"}, Filterable: true, Tile: true, Values: landUseValues},
		Field{Name: "level", Type: Enum, Title: Text{"管理级别", "Level of care"}, Filterable: true, Tile: true, Values: []Value{
			{"key", Text{"重点", "Key"}}, {"general", Text{"一般", "General"}}, {"basic", Text{"基础", "Basic"}}}},
		Field{Name: "valid_from", Type: Date, Title: Text{"启用日期", "Valid from"}, Filterable: true, Standard: "GB/T 30428.1"},
		Field{Name: "valid_to", Type: Date, Title: Text{"停用日期", "Valid to"}, Filterable: true, Standard: "GB/T 30428.1"},
	),
	Drawings: []Drawing{
		{ID: "unit-grid-hit", Slot: SlotArea, Order: 90, Type: "fill", MinZoom: 14, Paint: map[string]any{"fill-color": "$grid", "fill-opacity": 0}},
		{ID: "unit-grid", Slot: SlotNet, Order: 10, Type: "line", MinZoom: 14,
			Paint: map[string]any{"line-color": "$grid", "line-width": ramp(14, 0.35, 18, 1), "line-opacity": ramp(14, 0.45, 16, 0.75)}},
		{ID: "unit-grid-label", Slot: SlotLabel, Order: 10, Type: "symbol", MinZoom: 16, AtPoint: true,
			Layout: map[string]any{"text-field": []any{"slice", []any{"get", "code"}, -3}, "text-size": ramp(16, 9.5, 18, 12), "text-padding": 6},
			Paint:  map[string]any{"text-color": "$grid", "text-halo-color": "$halo", "text-halo-width": 1.2}},
	},
	Legend: []LegendItem{{Label: Text{"单元网格（后三位）", "Unit grid (last three digits)"}, Kind: "line", Color: "$grid", WidthPx: 1}},
}

var landUseValues = []Value{
	{"residential", Text{"居住", "Residential"}},
	{"public", Text{"公共管理与公共服务", "Public services"}},
	{"commercial", Text{"商业服务业", "Commercial"}},
	{"industrial", Text{"工业", "Industrial"}},
	{"logistics", Text{"物流仓储", "Logistics"}},
	{"transport", Text{"道路与交通", "Transport"}},
	{"utility", Text{"公用设施", "Utilities"}},
	{"green", Text{"绿地与广场", "Green and squares"}},
	{"water", Text{"水域", "Water"}},
	{"other", Text{"其他", "Other"}},
}

// dutyDrawings draws a net of duty grids: a line over the roads and the short code.
func dutyDrawings(id string) []Drawing {
	return []Drawing{
		{ID: id + "-hit", Slot: SlotArea, Order: 91, Type: "fill", Paint: map[string]any{"fill-color": "$duty", "fill-opacity": 0}},
		{ID: id, Slot: SlotNet, Order: 20, Type: "line", Layout: map[string]any{"line-join": "round"},
			Paint: map[string]any{"line-color": "$duty", "line-width": widthPx(11, 0.6, 14, 1.3, 18, 2.4), "line-opacity": ramp(11, 0.18, 12.5, 0.32, 14, 0.5, 16, 0.7), "line-dasharray": []any{6, 1.5}}},
		{ID: id + "-label", Slot: SlotLabel, Order: 20, Type: "symbol", MinZoom: 12.5, AtPoint: true,
			Layout: map[string]any{"text-field": []any{"coalesce", []any{"get", "name"}, []any{"get", "code"}}, "text-size": ramp(12.5, 10.5, 16, 13), "text-padding": 6,
				"text-variable-anchor": []any{"center", "top", "bottom", "left", "right"}, "text-radial-offset": 1.2},
			Paint: map[string]any{"text-color": "$duty", "text-halo-color": "$halo", "text-halo-width": 1.8}},
	}
}

func dutyLegend(title Text) []LegendItem {
	return []LegendItem{{Label: title, Kind: "line", Color: "$duty", WidthPx: 1.5, Dash: []float64{6, 1.5}}}
}
