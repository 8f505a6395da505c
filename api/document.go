package api

import (
	"net/http"

	v1 "wangge/api/v1"
	"wangge/grid/rights"
)

// documented are all routes below /api/v1: those of package v1 and those that look into the city in memory.
func (a *API) documented() []v1.Route { return append(a.cityRoutes(), a.v1.Routes()...) }

// described makes a route of the router of one of the document.
func described(rt v1.Route) route {
	names := make([]string, len(rt.Params))
	for i, p := range rt.Params {
		names[i] = p.Name
	}
	return route{method: rt.Method, path: "/api/v1" + rt.Path, needs: rt.Needs, params: names, reads: rt.Reads, stream: rt.Stream,
		alike: rt.Alike, local: rt.Local, serve: rt.Serve}
}

// cityRoutes look into the city in memory and need nobody to sign in.
func (a *API) cityRoutes() []v1.Route {
	limit := v1.Param{Name: "limit", Title: "条数，最多 1000", TitleE: "items, at most 1,000"}
	cursor := v1.Param{Name: "cursor", Title: "上一页的 next", TitleE: "next of the page before"}
	return []v1.Route{
		{Path: "/status", Reads: true, Alike: true, Title: "城市与服务状态", TitleE: "The city and how fresh it is", Reply: statusJSON{}, Serve: a.status},
		{Path: "/counts", Reads: true, Alike: true, Title: "范围内各图层数量", TitleE: "Features by layer, in a box or in all of the city",
			Params: []v1.Param{{Name: "bbox", Title: "西,南,东,北", TitleE: "west,south,east,north in degrees"}}, Reply: countsJSON{}, Serve: a.counts},
		{Path: "/changes", Reads: true, Alike: true, Stream: true, Title: "变更事件流", TitleE: "Server-sent events: what each edit touched", ReplyType: "text/event-stream",
			Params: []v1.Param{{Name: "layers", Title: "图层", TitleE: "a comma list"}, {Name: "last_event_id", Title: "上次的事件号", TitleE: "where to go on"}}, Serve: a.listen},
		{Path: "/locate", Reads: true, Title: "某处属于哪里", TitleE: "What lies over a position",
			Params: []v1.Param{{Name: "lon", Required: true, Title: "经度", TitleE: "longitude"}, {Name: "lat", Required: true, Title: "纬度", TitleE: "latitude"}, {Name: "at", Title: "日期，缺省为今天", TitleE: "day, today by default"}}, Reply: placeJSON{}, Serve: a.locate},
		{Path: "/regions", Reads: true, Alike: true, Title: "区域列表", TitleE: "Regions below one, of a kind, or the top of the tree",
			Params: []v1.Param{{Name: "parent", Title: "上级代码", TitleE: "code of the region above"}, {Name: "kind", Title: "类别", TitleE: "kind"}, limit, cursor},
			Reply:  page[regionJSON]{}, Serve: a.regions},
		{Path: "/regions/{code}", Reads: true, Alike: true, Title: "一个区域", TitleE: "One region, the way down to it, and what lies in it", Reply: regionJSON{}, Serve: a.region},
		{Path: "/search", Reads: true, Alike: true, Title: "搜索", TitleE: "Features, regions and grids by name or code",
			Params: []v1.Param{{Name: "q", Title: "名称或代码", TitleE: "name or code"}, limit}, Reply: foundList{}, Serve: a.search},
		{Path: "/memory", Needs: rights.CheckMemory, Local: true, Stream: true, Title: "核对内存与数据库", TitleE: "Hold the memory against the record; for this machine, or with the right", Reply: memoryJSON{}, Serve: a.checkMemory},
	}
}

// document answers with the API document.
func (a *API) document(w http.ResponseWriter, r *http.Request) error {
	return a.reply.OpenAPI(w, r, v1.Document(a.documented(), a.base(r), a.cfg.Version))
}
