package layers

// shared are the fields that every layer of the inventory has, as table inventory declares them.
func shared() []Field {
	return []Field{
		{Name: "code", Type: String, Title: Text{"标识码", "Code"}, Filterable: true, Tile: true, Aliases: []string{"编码", "编号", "部件标识码", "ref"}},
		{Name: "code_scheme", Type: String, Title: Text{"编码方案", "Code scheme"}, Filterable: true},
		{Name: "name", Type: String, Title: Text{"名称", "Name"}, Filterable: true, Tile: true, Aliases: []string{"对象名称", "objname", "公厕名称", "厕所名称", "道路名称", "街巷名称", "巷道名称", "坡道名称", "停车场名称", "泊位名称", "工地名称", "项目名称", "工程名称"}},
		{Name: "status", Type: Enum, Default: "intact", Title: Text{"状态", "Status"}, Values: statusValues, Filterable: true, Tile: true, Standard: "GB/T 30428.2", Aliases: []string{"部件状态", "objstate"}},
		{Name: "region_code", Type: String, Title: Text{"所在区域", "Region"}, Filterable: true, ReadOnly: true},
		{Name: "competent_dept", Type: String, Title: Text{"主管部门", "Competent department"}, Filterable: true, Standard: "GB/T 30428.2", Aliases: []string{"主管部门代码", "deptcode1"}},
		{Name: "owner_dept", Type: String, Title: Text{"权属单位", "Owner"}, Filterable: true, Standard: "GB/T 30428.2", Aliases: []string{"权属单位代码", "deptcode2"}},
		{Name: "maintainer_dept", Type: String, Title: Text{"养护单位", "Maintainer"}, Filterable: true, Standard: "GB/T 30428.2", Aliases: []string{"养护单位代码", "deptcode3"}},
		{Name: "surveyed_on", Type: Date, Title: Text{"调查日期", "Surveyed on"}, Filterable: true, Aliases: []string{"普查日期"}},
		{Name: "accuracy", Type: Enum, Title: Text{"定位精度", "Accuracy"}, Values: accuracyValues, Filterable: true, Standard: "GB/T 30428.2"},
		{Name: "source", Type: String, Title: Text{"数据来源", "Source"}, Access: Internal, Filterable: true, Aliases: []string{"datasource"}},
		{Name: "source_key", Type: String, Title: Text{"来源标识", "Key in the source"}, Access: Internal, Filterable: true},
		{Name: "note", Type: String, Title: Text{"备注", "Note"}, Access: Internal},
		{Name: "extra", Type: Object, Default: map[string]any{}, Title: Text{"其他属性", "Other attributes"}, Access: Internal},
		{Name: "revision", Type: Integer, Title: Text{"行版本", "Revision"}, ReadOnly: true},
		{Name: "created_at", Type: Time, Title: Text{"建立时间", "Created"}, ReadOnly: true},
		{Name: "updated_at", Type: Time, Title: Text{"修改时间", "Updated"}, Filterable: true, ReadOnly: true},
		{Name: "updated_by", Type: String, Title: Text{"修改人", "Updated by"}, Access: Internal, ReadOnly: true},
	}
}

// fields puts a layer's own fields before the shared ones.
func fields(own ...Field) []Field {
	return append(own, shared()...)
}

var statusValues = []Value{
	{"intact", Text{"完好", "Intact"}},
	{"damaged", Text{"破损", "Damaged"}},
	{"missing", Text{"丢失", "Missing"}},
	{"closed", Text{"停用", "Closed"}},
	{"abandoned", Text{"废弃", "Abandoned"}},
}

var accuracyValues = []Value{
	{"A", Text{"A 级（±0.5 米）", "A (±0.5 m)"}},
	{"B", Text{"B 级（±1 米）", "B (±1 m)"}},
	{"C", Text{"C 级（±10 米）", "C (±10 m)"}},
}

var surfaceValues = []Value{
	{"asphalt", Text{"沥青", "Asphalt"}},
	{"concrete", Text{"水泥混凝土", "Concrete"}},
	{"paving", Text{"砖石铺装", "Paving"}},
	{"gravel", Text{"砂石", "Gravel"}},
	{"earth", Text{"土路", "Earth"}},
	{"other", Text{"其他", "Other"}},
}

var cleaningGradeValues = []Value{
	{"grade_1", Text{"一级", "Grade 1"}},
	{"grade_2", Text{"二级", "Grade 2"}},
	{"grade_3", Text{"三级", "Grade 3"}},
	{"grade_4", Text{"四级", "Grade 4"}},
}
