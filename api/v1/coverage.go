package v1

import (
	"net/http"

	"wangge/grid/rights"
)

// coverageRoutes are those that tell what of the city is within reach, what is not, and where the next one should go.
func (h *Handler) coverageRoutes() []Route {
	radii := Param{Name: "radius", Title: "半径（米），由小到大，至多 5 个", TitleE: "radii in metres, ascending, 5 at most"}
	radius := Param{Name: "radius", Title: "半径（米），1 到 10000", TitleE: "the radius in metres, 1 to 10,000"}
	areas := []Param{{Name: "by", Title: "统计单元：区域类别，或 grid:方案代码；缺省为 street", TitleE: "areas: a kind of regions, or grid:<scheme>; street by default"},
		{Name: "within", Title: "只算这个区域", TitleE: "code of the region that counts"}}
	sort := Param{Name: "sort", Title: "次序，如 -uncovered、share:300", TitleE: "order, such as -uncovered, share:300"}
	place := []Param{{Name: "lon", Required: true, Title: "经度", TitleE: "longitude"}, {Name: "lat", Required: true, Title: "纬度", TitleE: "latitude"}}
	ambiguous := Param{Name: "ambiguous", Title: "true 为另算结论不稳的地面", TitleE: "true: ambiguous ground too"}
	table := append(pagingParams(askParams(append(areas, radii, sort)...)...),
		Param{Name: "f", Title: "json、csv、xlsx", TitleE: "json, csv, xlsx"}, ambiguous)
	const service = "/coverage/{service}"
	hexagons := []Param{radii, {Name: "within", Title: "只要这个区域的", TitleE: "those of this region"}, {Name: "res", Title: "11（缺省）或 12", TitleE: "11, the default, or 12"}, ambiguous}
	evenly := []Param{radius, areas[0], areas[1]}
	return []Route{
		{Path: "/coverage/network", Reads: true, Params: []Param{{Name: "profile", Title: "出行方式", TitleE: "walk, step_free, night"}}, Title: "步行网络概况", TitleE: "How much of a walking network there is", Reply: networkJSON{}, Serve: h.coverageNetwork},
		{Path: "/coverage/network/findings", Reads: true, Params: []Param{{Name: "kind", Title: "类别", TitleE: "kind"}, areas[1], {Name: "limit", Title: "最多列出几条，缺省 1000，最多 5000", TitleE: "findings listed, 1000 by default, 5000 at most"}},
			Title: "路网问题", TitleE: "What is noteworthy about the streets", ReplyType: geoJSONMedia, Serve: h.coverageFindings},
		{Path: "/coverage/equity/{service}", Reads: true, Params: askParams(append(evenly, Param{Name: "residents", Title: "人数少于此的单元不比较，缺省 100", TitleE: "areas with fewer residents are not compared, 100 by default"})...),
			Title: "公平性", TitleE: "How evenly a service is spread", Reply: equityJSON{}, Serve: h.coverageEquity},
		{Path: "/coverage/capacity/{service}", Reads: true, Params: askParams(append(evenly, Param{Name: "decay", Title: "gaussian（缺省）、stepped、even", TitleE: "gaussian, stepped, even"})...),
			Title: "供需比（两步移动搜索法）", TitleE: "Supply by demand, in two steps", Reply: capacityJSON{}, Serve: h.coverageCapacity},
		{Path: "/coverage/methods", Reads: true, Title: "覆盖分析能回答什么", TitleE: "What can be asked of coverage: services, kinds, radii, areas", Reply: methodsJSON{}, Serve: h.coverageMethods},
		{Path: service, Reads: true, Params: table, Title: "覆盖指标表", TitleE: "Coverage by area: ground, people and streets within reach", Reply: coverageTable{},
			Also: []string{"text/csv", xlsxMedia}, Serve: h.coverageTable},
		{Path: service + "/explain", Reads: true, Params: askParams(append(place, radius)...), Title: "某处为何覆盖或未覆盖", TitleE: "Why a place is covered or not, with the way on foot", Reply: explanation{}, Serve: h.coverageExplain},
		{Path: service + "/gaps.geojson", Reads: true, Params: askParams(append(areas, radius)...), Title: "未覆盖范围", TitleE: "Uncovered ground by area", ReplyType: geoJSONMedia, Serve: h.coverageGaps},
		{Path: service + "/facilities", Reads: true, Params: askParams(radius), Title: "参与计算的设施", TitleE: "The facilities and what each is the nearest of", Reply: facilityList{}, Serve: h.coverageFacilities},
		{Path: service + "/hexagons", Reads: true, Params: askParams(hexagons...), Title: "六边形距离（紧凑二进制）", TitleE: "The distance of every hexagon, packed", ReplyType: packedMedia, Serve: h.coverageHexagons},
		{Method: http.MethodPost, Path: service + "/preview", Reads: true, Safe: true, Title: "试算变更的效果", TitleE: "What changes would do; nothing is kept", Body: previewBody{}, Reply: previewJSON{}, Serve: h.coveragePreview},
		{Path: service + "/report.xlsx", Reads: true, Params: askParams(append(areas, radii, sort)...), Title: "覆盖报告", TitleE: "A workbook of figures, method, thresholds and facilities", ReplyType: xlsxMedia, Serve: h.coverageReport},
	}
}

// askParams are those of every question about a service.
func askParams(more ...Param) []Param {
	return append([]Param{{Name: "kind", Title: "设施类别", TitleE: "which of the facilities"}, {Name: "mode", Title: "walk 步行（缺省）、straight 直线", TitleE: "walk, straight"},
		{Name: "profile", Title: "walk 步行（缺省）、step_free 无障碍、night 夜间", TitleE: "walk, step_free, night"}, paramScenario()}, more...)
}

// coveragePlanRoutes are those about new sites and what scenarios do. They come before the routes of one scenario, whose paths are wider.
func (h *Handler) coveragePlanRoutes() []Route {
	areas := []Param{{Name: "by", Title: "统计单元，缺省为情景所存", TitleE: "areas, those of the scenario by default"}, {Name: "within", Title: "只算这个区域", TitleE: "code of the region that counts"}}
	return []Route{
		{Method: http.MethodPost, Path: "/coverage/siting", Reads: true, Safe: true, Stream: true, MaxBytes: maxSitingBytes, Title: "选址", TitleE: "Where new facilities should go; as server-sent events where the caller accepts them",
			Body: sitingBody{}, Reply: sitingJSON{}, Also: []string{eventsMedia}, Serve: h.coverageSiting},
		{Path: "/coverage/scenarios/compare", Needs: rights.ReadFigures, Reads: true, Title: "比较两个情景", TitleE: "What tells two scenarios apart", Reply: comparison{}, Serve: h.scenarioCompare,
			Params: append([]Param{{Name: "a", Required: true, Title: "情景代号，或 now", TitleE: "id of a scenario, or now"}, {Name: "b", Required: true, Title: "情景代号，或 now", TitleE: "id of a scenario, or now"}}, areas...)},
		{Path: "/coverage/scenarios/{id}/result", Needs: rights.ReadFigures, Reads: true, Params: areas, Title: "情景的效果", TitleE: "What a scenario does to the city", Reply: comparison{}, Serve: h.scenarioResult},
	}
}
