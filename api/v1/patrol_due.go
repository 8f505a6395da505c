package v1

import (
	"net/http"
	"time"

	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/geo/walk"
	"wangge/grid/patrol"
	"wangge/grid/rights"
	"wangge/layers/city"
)

// dueJSON is what the caller is to check.
type dueJSON struct {
	MadeAt time.Time        `json:"made_at"`
	Holder *dueHolder       `json:"holder" doc:"账号背后的责任主体；没有则为空"`
	Grids  []patrol.DueGrid `json:"grids" doc:"当天在岗负责的网格"`
	Counts patrol.DueCounts `json:"counts"`
	Items  []patrol.DueItem `json:"items"`
}

// dueHolder is who the list is of: the caller.
type dueHolder struct {
	ID   int64  `json:"id"`
	Code string `json:"code"`
	Name string `json:"name"`
}

const (
	orderUrgency = "urgency"
	orderRoute   = "route"
)

func (h *Handler) patrolDueRoutes() []Route {
	return []Route{{
		Path: "/patrol/due", Needs: rights.Patrol, Reads: true,
		Params: []Param{{Name: "lon", Title: "所在经度", TitleE: "longitude of the caller"}, {Name: "lat", Title: "所在纬度", TitleE: "latitude of the caller"},
			{Name: "order", Title: "urgency 按紧急（缺省）、route 按步行路线（须有 lon、lat）", TitleE: "urgency (default) or route, a walk from lon, lat"},
			{Name: "all", Title: "true 时包括已检和未到的", TitleE: "true for those done and those to come too"}},
		Title: "本人待检：由计划和最近一次检查推算", TitleE: "What the caller is to check, by plans and last checks", Reply: dueJSON{}, Serve: h.due,
	}}
}

func (h *Handler) due(w http.ResponseWriter, r *http.Request) error {
	q := h.Query(r)
	order, all := q.OneOf("order", orderUrgency, orderRoute), q.OneOf("all", "false", "true") == "true"
	var from *orb.Point
	if q.Has("lon") || q.Has("lat") || order == orderRoute {
		p := q.LonLat("lon", "lat")
		from = &p
	}
	if err := q.Err(); err != nil {
		return err
	}
	view, err := h.City(r)
	if err != nil {
		return err
	}
	who := h.Who(r)
	due, err := h.Store.Due(r.Context(), who.Holder, time.Now().UTC())
	if err != nil {
		return err
	}
	j := dueJSON{MadeAt: due.MadeAt, Grids: due.Grids, Counts: due.Counts, Items: []patrol.DueItem{}}
	if j.Grids == nil {
		j.Grids = []patrol.DueGrid{}
	}
	if x := rosterOf(view).Holder(who.Holder); x != nil {
		j.Holder = &dueHolder{x.ID, x.Code, x.Name}
	}
	for _, item := range due.Items {
		if all || item.State == patrol.DueNow || item.State == patrol.Overdue {
			j.Items = append(j.Items, item)
		}
	}
	if from != nil {
		if j.Items, err = h.measured(r, view, *from, order, j.Items); err != nil {
			return err
		}
	}
	return h.json(w, r, j)
}

// measured fills in distances, and puts items in the order of a walk where that is wanted.
func (h *Handler) measured(r *http.Request, view *city.View, from orb.Point, order string, items []patrol.DueItem) ([]patrol.DueItem, error) {
	stops := make([]orb.Point, len(items))
	for i := range items {
		stops[i] = orb.Point{items[i].Subject.Lon, items[i].Subject.Lat}
	}
	if order != orderRoute {
		for i := range items {
			m := geo.DistanceM(from, stops[i])
			items[i].DistanceM = &m
		}
		return items, nil
	}
	var network *walk.Graph
	if board, err := h.Coverage.At(r.Context(), h.CoverageCity(view)); err == nil {
		network, _ = board.Network(r.Context(), profileIDs()[0]) // without one, straight metres do
	}
	legs, err := patrol.Walk(r.Context(), network, from, stops)
	if err != nil {
		return nil, err
	}
	out := make([]patrol.DueItem, len(items))
	for i, leg := range legs {
		out[i] = items[leg.Stop]
		out[i].DistanceM = &leg.M
	}
	return out, nil
}
