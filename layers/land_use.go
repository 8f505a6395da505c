package layers

// 用地: what land is used for, by the classes of the unit grids; reference, not inventory. Densities are measured by it.
var landUse = Layer{
	ID: "land_use", Table: "land_use", Group: GroupReference, Hidden: true, Filed: true,
	Title:      Text{"用地", "Land use"},
	Geometry:   []Kind{Polygon, MultiPolygon},
	FirstZoom:  13,
	Provenance: Text{"国土调查或规划用地，归并为本系统的用地类型", "Surveyed or planned land use, in the classes of this record"},
	Fields: []Field{
		{Name: "kind", Type: Enum, Title: Text{"用地类型", "Land use"}, Required: true, Tile: true, Filterable: true, Values: landUseValues,
			Standard: "GB 50137、国土空间用地用海分类（归并）", Aliases: []string{"用地", "用地性质", "地类", "地类名称", "landuse"}},
		{Name: "name", Type: String, Title: Text{"名称", "Name"}, Filterable: true},
		{Name: "class_code", Type: String, Title: Text{"原分类代码", "Code in the source's classification"}, Filterable: true, Aliases: []string{"用地代码", "地类编码", "DLBM"}},
		{Name: "as_of", Type: Date, Title: Text{"现状日期", "As of"}, Filterable: true, Aliases: []string{"调查日期"}},
		{Name: "origin", Type: String, Title: Text{"出处", "Survey or plan"}, Held: true, Aliases: []string{"数据出处"}},
		{Name: "source", Type: String, Title: Text{"数据来源", "Source"}, Access: Internal},
		{Name: "source_key", Type: String, Title: Text{"来源标识", "Key in the source"}, Access: Internal},
		{Name: "extra", Type: Object, Title: Text{"其他属性", "Other attributes"}, Access: Internal},
		{Name: "revision", Type: Integer, Title: Text{"行版本", "Revision"}, ReadOnly: true},
		{Name: "created_at", Type: Time, Title: Text{"建立时间", "Created"}, ReadOnly: true},
		{Name: "updated_at", Type: Time, Title: Text{"修改时间", "Updated"}, ReadOnly: true},
		{Name: "updated_by", Type: String, Title: Text{"修改人", "Updated by"}, Access: Internal, ReadOnly: true},
	},
	Drawings: []Drawing{
		{ID: "land-use", Slot: SlotGround, Order: 5, Type: "fill", MinZoom: 13, Paint: map[string]any{"fill-opacity": 0.55, "fill-color": []any{"match", []any{"get", "kind"},
			"residential", "$useHome", "public", "$usePublic", "commercial", "$useShop", "industrial", "$useWork", "logistics", "$useStore",
			"transport", "$useRoad", "utility", "$useWorks", "green", "$green", "water", "$water", "$useRoad"}}},
	},
	Legend: []LegendItem{
		{Label: Text{"居住", "Residential"}, Kind: "fill", Color: "$useHome"},
		{Label: Text{"公共管理与公共服务", "Public services"}, Kind: "fill", Color: "$usePublic"},
		{Label: Text{"商业服务业", "Commercial"}, Kind: "fill", Color: "$useShop"},
		{Label: Text{"工业", "Industrial"}, Kind: "fill", Color: "$useWork"},
		{Label: Text{"物流仓储", "Logistics"}, Kind: "fill", Color: "$useStore"},
		{Label: Text{"公用设施", "Utilities"}, Kind: "fill", Color: "$useWorks"},
		{Label: Text{"道路与交通、其他", "Transport, other"}, Kind: "fill", Color: "$useRoad"},
		{Label: Text{"绿地与广场", "Green and squares"}, Kind: "fill", Color: "$green"},
		{Label: Text{"水域", "Water"}, Kind: "fill", Color: "$water"},
	},
}
