package layers

// 人口: how many people live at a place, in an area or in a whole region; reference, not inventory, and no personal data. A row with an area_code is of all of that
// region: a ledger that has a row for each community needs no outlines.
var population = Layer{
	ID: "population", Table: "population", Group: GroupReference, Hidden: true, Filed: true, Whole: "area_code",
	Title:      Text{"人口", "Population"},
	Geometry:   []Kind{Point, Polygon, MultiPolygon},
	FirstZoom:  13,
	Provenance: Text{"普查或公安、统计部门的汇总人数，按点、范围或整个社区；不含个人信息", "Totals of a census or of statistics, at points, in areas or of whole communities; no personal data"},
	Fields: []Field{
		{Name: "area_code", Type: String, Title: Text{"统计区域代码", "Code of the area"}, Held: true,
			Aliases: []string{"区域代码", "区划代码", "行政区划代码", "社区代码", "社区编码", "村代码", "统计用区划代码", "region_code"}},
		{Name: "name", Type: String, Title: Text{"名称", "Name"}, Held: true, Aliases: []string{"社区", "社区名称", "村居名称", "区域名称", "小区名称", "community"}},
		{Name: "persons", Type: Number, Title: Text{"人数", "Persons"}, Unit: "1", Required: true, Tile: true, Filterable: true, Range: headcount,
			Aliases: []string{"人口", "人口数", "总人口", "常住人口", "常住人口数", "户籍人口", "population"}},
		{Name: "elderly", Type: Number, Title: Text{"老年人数", "Aged 60 and over"}, Unit: "1", Held: true, Range: headcount, Aliases: []string{"老年人口", "60岁及以上人口", "60岁以上", "60岁以上人口"}},
		{Name: "disabled", Type: Number, Title: Text{"残疾人数", "Disabled"}, Unit: "1", Held: true, Range: headcount, Aliases: []string{"残疾人", "残疾人口"}},
		{Name: "households", Type: Number, Title: Text{"户数", "Households"}, Unit: "1", Held: true, Range: headcount, Aliases: []string{"家庭户数", "总户数"}},
		{Name: "as_of", Type: Date, Title: Text{"统计日期", "As of"}, Filterable: true, Aliases: []string{"截止日期", "统计时点", "截至日期", "统计截止日期"}},
		{Name: "origin", Type: String, Title: Text{"统计出处", "Statistics"}, Held: true, Aliases: []string{"出处", "统计口径", "数据出处"}},
		{Name: "source", Type: String, Title: Text{"数据来源", "Source"}, Access: Internal},
		{Name: "source_key", Type: String, Title: Text{"来源标识", "Key in the source"}, Access: Internal},
		{Name: "extra", Type: Object, Title: Text{"其他属性", "Other attributes"}, Access: Internal},
		{Name: "revision", Type: Integer, Title: Text{"行版本", "Revision"}, ReadOnly: true},
		{Name: "created_at", Type: Time, Title: Text{"建立时间", "Created"}, ReadOnly: true},
		{Name: "updated_at", Type: Time, Title: Text{"修改时间", "Updated"}, ReadOnly: true},
		{Name: "updated_by", Type: String, Title: Text{"修改人", "Updated by"}, Access: Internal, ReadOnly: true},
	},
	Drawings: []Drawing{
		{ID: "population", Slot: SlotArea, Order: 80, Type: "fill", MinZoom: 13, Filter: []any{"==", []any{"geometry-type"}, "Polygon"},
			Paint: map[string]any{"fill-color": "$people", "fill-opacity": 0.12, "fill-outline-color": "$people"}},
		{ID: "population-place", Slot: SlotSymbol, Order: 5, Type: "circle", MinZoom: 13, Filter: []any{"==", []any{"geometry-type"}, "Point"},
			Paint: map[string]any{"circle-color": "$people", "circle-opacity": 0.6, "circle-radius": []any{"interpolate", []any{"linear"}, []any{"sqrt", []any{"get", "persons"}}, 0, 1.5, 60, 16}}},
		{ID: "population-persons", Slot: SlotLabel, Order: 1, Type: "symbol", MinZoom: 13, AtPoint: true,
			Layout: map[string]any{"text-field": []any{"to-string", []any{"round", []any{"get", "persons"}}}, "text-size": 11, "text-padding": 8},
			Paint:  map[string]any{"text-color": "$people", "text-halo-color": "$halo", "text-halo-width": 1.5}},
	},
	Legend: []LegendItem{{Label: Text{"人口（人）", "Population (persons)"}, Kind: "fill", Color: "$people"}},
}

// headcount is how many people or households a row may tell of.
var headcount = &Range{Min: 0, Max: 1e8}
