package v1

// coverageRoutes are those that tell what of the city is within reach, what is not, and where the next one should go.
func (h *Handler) coverageRoutes() []Route {
	radii := Param{Name: "radius", Title: "半径（米），由小到大，至多 5 个", TitleE: "radii in metres, ascending, 5 at most"}
	radius := Param{Name: "radius", Title: "半径（米），1 到 10000", TitleE: "the radius in metres, 1 to 10,000"}
	areas := []Param{{Name: "by", Title: "统计单元：区域类别，或 grid:方案代码；缺省为 street", TitleE: "areas: a kind of regions, or grid:<scheme>; street by default"},
		{Name: "within", Title: "只算这个区域", TitleE: "code of the region that counts"}}
	sort := Param{Name: "sort", Title: "次序，如 -uncovered、share:300", TitleE: "order, such as -uncovered, share:300"}
	place := []Param{{Name: "lon", Required: true, Title: "经度", TitleE: "longitude"}, {Name: "lat", Required: true, Title: "纬度", TitleE: "latitude"}}
	table := append(pagingParams(askParams(append(areas, radii, sort)...)...),
		Param{Name: "f", Title: "json、csv、xlsx", TitleE: "json, csv, xlsx"}, Param{Name: "ambiguous", Title: "true 为另算结论不稳的面积", TitleE: "true: ambiguous ground too"})
	const service = "/coverage/{service}"
	return []Route{
		{Path: "/coverage/methods", Reads: true, Title: "覆盖分析能回答什么", TitleE: "What can be asked of coverage: services, kinds, radii, areas", Reply: methodsJSON{}, Serve: h.coverageMethods},
		{Path: service, Reads: true, Params: table, Title: "覆盖指标表", TitleE: "Coverage by area: ground, people and streets within reach", Reply: coverageTable{},
			Also: []string{"text/csv", xlsxMedia}, Serve: h.coverageTable},
		{Path: service + "/explain", Reads: true, Params: askParams(append(place, radius)...), Title: "某处为何覆盖或未覆盖", TitleE: "Why a place is covered or not, with the way on foot", Reply: explanation{}, Serve: h.coverageExplain},
		{Path: service + "/gaps.geojson", Reads: true, Params: askParams(append(areas, radius)...), Title: "未覆盖范围", TitleE: "Uncovered ground by area", ReplyType: geoJSONMedia, Serve: h.coverageGaps},
		{Path: service + "/facilities", Reads: true, Params: askParams(radius), Title: "参与计算的设施", TitleE: "The facilities and what each is the nearest of", Reply: facilityList{}, Serve: h.coverageFacilities},
		{Path: service + "/report.xlsx", Reads: true, Params: askParams(append(areas, radii, sort)...), Title: "覆盖报告", TitleE: "A workbook of figures, method, thresholds and facilities", ReplyType: xlsxMedia, Serve: h.coverageReport},
	}
}

// askParams are those of every question about a service.
func askParams(more ...Param) []Param {
	return append([]Param{{Name: "kind", Title: "设施类别", TitleE: "which of the facilities"}, {Name: "mode", Title: "walk 步行（缺省）、straight 直线", TitleE: "walk, straight"},
		{Name: "profile", Title: "walk 步行（缺省）、step_free 无障碍、night 夜间", TitleE: "walk, step_free, night"}}, more...)
}
