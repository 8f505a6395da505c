package api

import (
	"net/http"
	"net/url"

	v1 "wangge/api/v1"
)

// coverageTileJSON answers with what there is in the tiles of a service.
func (a *API) coverageTileJSON(w http.ResponseWriter, r *http.Request) error {
	shown, err := a.shownOf(r)
	if err != nil {
		return err
	}
	view := shown.View
	place, layer := view.Place(), coveragePrefix+shown.Service.ID
	center, bounds := frame(view)
	doc := tileJSON{
		TileJSON: "3.0.0", Name: place.Name, Description: place.NameEn, Scheme: "xyz", Attribution: attribution(view),
		Tiles:   []string{a.base(r) + tilesPath + layer + "/{z}/{x}/{y}.mvt" + asAsked(r)},
		MinZoom: 0, MaxZoom: deepestZoom, Bounds: bounds, Center: &center,
		VectorLayers: []vectorLayer{{
			ID: layer, Description: shown.Service.Title + "：覆盖 " + shown.Service.TitleEn + ": coverage", MinZoom: 0, MaxZoom: deepestZoom,
			Fields: map[string]string{
				"h3": "六边形编码 H3 index",
				"d":  "到最近设施的距离（米，进位取整；超出计算范围时无此项） Distance to the nearest facility in metres, rounded up; absent beyond the limit",
				"n":  "1 表示附近无路网 1 without network",
				"a":  "1 表示换一条邻近道路结果会不同 1 where another street nearby would put it in another class",
				"p":  "人口（人口数据缺失时无此项） Persons; absent where nobody knows",
			},
		}},
	}
	if shown.Private {
		return a.reply.Fresh(w, r, doc)
	}
	return a.reply.JSON(w, r, doc)
}

// asAsked is the query of an address that asks for tiles as their description was asked for, with its question mark.
func asAsked(r *http.Request) string {
	asked, again := r.URL.Query(), url.Values{}
	for _, name := range v1.ShownParams() {
		if asked.Has(name) {
			again.Set(name, asked.Get(name))
		}
	}
	if len(again) == 0 {
		return ""
	}
	return "?" + again.Encode()
}
