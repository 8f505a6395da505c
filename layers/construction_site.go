package layers

// 建筑工地: building and municipal sites with their dust measures. Old component class 工地; the checklist is data of the city.
var constructionSite = Layer{
	ID: "construction_site", Table: "construction_site", Collection: true, Group: GroupInventory,
	Title:      Text{"建筑工地", "Construction sites"},
	Geometry:   []Kind{Point, Polygon, MultiPolygon},
	Orders:     []Order{{"starts_on", "ends_on"}},
	Subject:    []string{"kind"},
	FirstZoom:  12,
	Density:    &Density{Hue: "site"},
	Provenance: Text{"在建工地台账，建筑与市政分列", "Ledger of sites under way, building and municipal apart"},
	Fields: fields(
		Field{Name: "kind", Type: Enum, Title: Text{"类型", "Kind"}, Required: true, Filterable: true, Tile: true, Values: []Value{
			{"building", Text{"建筑工程", "Building"}}, {"municipal", Text{"市政工程", "Municipal works"}}}},
		Field{Name: "permit_no", Type: String, Title: Text{"施工许可证号", "Permit"}, Filterable: true},
		Field{Name: "contractor", Type: String, Title: Text{"施工单位", "Contractor"}, Filterable: true},
		Field{Name: "starts_on", Type: Date, Title: Text{"开工日期", "Starts on"}, Filterable: true},
		Field{Name: "ends_on", Type: Date, Title: Text{"计划竣工", "Ends on"}, Filterable: true},
		Field{Name: "measures", Type: Object, Members: Boolean, Held: true, Default: map[string]any{}, Title: Text{"扬尘防治措施", "Dust measures"}, Standard: "六个百分之百（各地通行表述）"},
		Field{Name: "measures_met", Type: Integer, Title: Text{"达标措施数", "Measures met"}, Tile: true, ReadOnly: true, Derive: measuresMet},
		Field{Name: "measures_total", Type: Integer, Title: Text{"措施总数", "Measures in all"}, Tile: true, ReadOnly: true, Derive: measuresTotal},
	),
	Drawings: []Drawing{
		{ID: "site-fill", Slot: SlotArea, Order: 40, Type: "fill", MinZoom: 13, Filter: []any{"==", []any{"geometry-type"}, "Polygon"},
			Paint: map[string]any{"fill-pattern": "@hatch-site", "fill-opacity": 0.9}},
		{ID: "site-edge", Slot: SlotBridge, Order: 97, Type: "line", MinZoom: 13, Filter: []any{"==", []any{"geometry-type"}, "Polygon"},
			Paint: map[string]any{"line-color": "$site", "line-width": widthPx(13, 1, 15, 1.4, 18, 2), "line-dasharray": []any{3, 2}}},
		{ID: "site-dot", Slot: SlotSymbol, Order: 18, Type: "circle", MinZoom: 12, MaxZoom: 13, AtPoint: true, Paint: siteDot},
		{ID: "site-dot-near", Slot: SlotSymbol, Order: 18, Type: "circle", MinZoom: 13, MaxZoom: 14.5, Filter: []any{"==", []any{"geometry-type"}, "Point"}, Paint: siteDot},
		{ID: "site", Slot: SlotSymbol, Order: 20, Type: "symbol", MinZoom: 14.5, AtPoint: true,
			Layout: map[string]any{
				"icon-image": "@site", "icon-size": ramp(14.5, 0.55, 17, 0.85), "icon-padding": 4,
				"text-field": []any{"step", []any{"zoom"}, "", 15, []any{"case", []any{"has", "measures_total"},
					[]any{"concat", []any{"get", "measures_met"}, "/", []any{"get", "measures_total"}}, ""}},
				"text-size": 11, "text-anchor": "left", "text-offset": []any{1, 0}, "text-optional": true},
			Paint: map[string]any{"text-halo-color": "$halo", "text-halo-width": 1.5,
				"text-color": []any{"case", []any{"==", []any{"get", "measures_met"}, []any{"get", "measures_total"}}, "$manned", "$siteLabel"}}},
	},
	Legend: []LegendItem{
		{Label: Text{"工地范围", "Site"}, Kind: "fill", Pattern: "hatch-site", Outline: "$site"},
		{Label: Text{"措施达标数，如 4/6", "Measures met, such as 4/6"}, Kind: "symbol", Icon: "site"},
	},
}

// siteDot stands for a site where its hatch would be a speck (below zoom 13), or that is known as a point only.
var siteDot = map[string]any{"circle-radius": ramp(12, 2.2, 14.5, 3.2), "circle-color": "$site", "circle-stroke-color": "$halo", "circle-stroke-width": 1}

// measuresMet counts the items of the checklist in force that the site's last check passed.
func measuresMet(field func(string) any, rules *Rules) any {
	measures, checked := field("measures").(map[string]any)
	if !checked || len(measures) == 0 {
		return nil
	}
	met := int64(0)
	for _, item := range rules.SiteMeasures {
		if passed, _ := measures[item].(bool); passed {
			met++
		}
	}
	return met
}

// measuresTotal is the length of the checklist in force, for a site that was checked.
func measuresTotal(field func(string) any, rules *Rules) any {
	if measures, checked := field("measures").(map[string]any); !checked || len(measures) == 0 {
		return nil
	}
	return int64(len(rules.SiteMeasures))
}
