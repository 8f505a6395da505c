package v1

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gorilla/mux"

	"wangge/api/ogc"
	"wangge/api/param"
	"wangge/api/reply"
	"wangge/api/selection"
	"wangge/geo/datum"
	"wangge/grid/rights"
	"wangge/layers"
	layerspg "wangge/layers/postgres"
)

// features reads many features of the record.
type features interface {
	FeatureProposals
	Order(ctx context.Context, l *layers.Layer, s layerspg.Selection) ([]int64, error)
	LocalSystems(ctx context.Context) ([]datum.System, error)
}

// featureRoutes are those that read features of the inventory in ways that OGC API does not know.
func (h *Handler) featureRoutes() []Route {
	return []Route{{
		Path: "/features/{layer}/order", Reads: true, Title: "对象编号的次序", TitleE: "The numbers of all features of a selection in its order: the backbone of a table",
		Params: append(selectionParams(), Param{Name: "sortby", Title: "排序，如 -capacity,name", TitleE: "order, such as -capacity,name"}),
		Reply:  orderJSON{}, Serve: h.featureOrder,
	}}
}

// selectionParams are the parameters that choose features.
func selectionParams() []Param {
	return []Param{
		{Name: "bbox", Title: "范围：西,南,东,北", TitleE: "west,south,east,north"},
		{Name: "bbox-crs", Title: "范围的坐标系", TitleE: "the system of bbox"},
		{Name: "datetime", Title: "时刻、日期或时段", TitleE: "an instant, a day or an interval"},
		{Name: "filter", Title: "CQL2 过滤表达式", TitleE: "a filter in CQL2"},
		{Name: "filter-lang", Title: "cql2-text 或 cql2-json", TitleE: "cql2-text or cql2-json"},
		{Name: "filter-crs", Title: "过滤表达式中图形的坐标系", TitleE: "the system of shapes in the filter"},
		{Name: "ids", Title: "编号", TitleE: "numbers"},
		{Name: "grid", Title: "网格，如 duty:Z-01", TitleE: "a grid, such as duty:Z-01"},
		{Name: "region", Title: "区域代码", TitleE: "code of a region"},
	}
}

type orderJSON struct {
	Total    int     `json:"total"`
	Revision uint64  `json:"revision"`
	IDs      []int64 `json:"ids"`
}

// featureOrder gives the numbers of all features of a selection, in order.
func (h *Handler) featureOrder(w http.ResponseWriter, r *http.Request) error {
	view, err := h.City(r)
	if err != nil {
		return err
	}
	id := mux.Vars(r)["layer"]
	l := view.Layer(id)
	if l == nil || !l.Collection {
		return fmt.Errorf("%q: %w", param.Shown(id), ogc.ErrNoCollection)
	}
	who := h.Who(r)
	q := h.Query(r)
	systems := selection.SystemsOf(r.Context(), h.Features)
	wanted := selection.Read(q, l, selection.Caller{Internal: who.Might(rights.ReadInternal) == nil, Zone: netOf(view).Zone(), Now: time.Now(), Systems: systems})
	if err := cmp.Or(systems.Err(), q.Err()); err != nil {
		return err
	}
	ids, err := h.Features.Order(r.Context(), l, wanted.Selection)
	switch {
	case err != nil && selection.Fault(q, err):
		return q.Err()
	case errors.Is(err, layerspg.ErrTooMany):
		return param.InQuery("filter", "对象过多，请缩小范围", "too many features: ask for fewer")
	case err != nil:
		return err
	}
	if ids == nil {
		ids = []int64{}
	}
	return h.sendOrder(w, r, who, orderJSON{len(ids), uint64(view.Revision()), ids})
}

func (h *Handler) sendOrder(w http.ResponseWriter, r *http.Request, who rights.Actor, order orderJSON) error {
	body, err := reply.Marshal(order)
	if err != nil {
		return err
	}
	w.Header().Add("Vary", "Authorization, Cookie")
	cache := reply.Revalidate
	if who.SignedIn() {
		cache = reply.Private
	}
	return h.Reply.Send(w, r, reply.Content{Type: "application/json", Cache: cache, Tag: reply.Hash(body), Bytes: body})
}
