package v1

import (
	"net/http"
	"strings"
	"time"

	"wangge/grid/patrol"
	"wangge/grid/postgres"
	"wangge/grid/rights"
	"wangge/layers/city"
)

// visitedJSON is how much was visited.
type visitedJSON struct {
	Visited float64  `json:"visited"`
	All     float64  `json:"all"`
	Share   *float64 `json:"share"`
}

func visitedTold(r patrol.Ratio) visitedJSON { return visitedJSON{r.Part, r.Whole, r.Share()} }

type visitJSON struct {
	Code   string      `json:"code"`
	Name   string      `json:"name"`
	Grids  visitedJSON `json:"grids" doc:"责任网格数"`
	AreaM2 visitedJSON `json:"area_m2" doc:"网格面积"`
	AlleyM visitedJSON `json:"alley_m" doc:"背街小巷长度"`
	RoadM  visitedJSON `json:"road_m" doc:"道路长度"`
	LastAt *time.Time  `json:"last_at"`
}

type visitsJSON struct {
	Days  int         `json:"days"`
	Items []visitJSON `json:"items"`
	Total visitJSON   `json:"total"`
}

type patrolLoadJSON struct {
	Code    string       `json:"code"`
	Name    string       `json:"name" doc:"按人时依权限遮掩"`
	Due     int          `json:"due"`
	Overdue int          `json:"overdue"`
	Done    int          `json:"done"`
	Share   patrol.Share `json:"share" doc:"已检占应检"`
}

type measuresJSON struct {
	Items []siteMeasuresJSON `json:"items"`
	Total siteMeasuresJSON   `json:"total"`
}

type siteMeasuresJSON struct {
	Code     string          `json:"code"`
	Name     string          `json:"name"`
	Sites    int             `json:"sites"`
	Checked  int             `json:"checked" doc:"有检查记录的工地"`
	Measures []siteShareJSON `json:"measures"`
	All      patrol.Share    `json:"all" doc:"各项措施全部达标的工地占有检查记录的"`
}

type siteShareJSON struct {
	Code    string       `json:"code"`
	Title   string       `json:"title"`
	TitleEn string       `json:"title_en"`
	Share   patrol.Share `json:"share" doc:"最近一次检查达标的占检查了这一项的"`
}

const (
	defaultVisitDays = 7
	maxVisitDays     = 366
	dutyScheme       = "duty"
)

func (h *Handler) patrolVisitRoutes() []Route {
	by := Param{Name: "by", Title: "统计单元：区域类别，或 grid:方案", TitleE: "areas: a kind of regions, or grid:<scheme>"}
	within := Param{Name: "within", Title: "在这个区域内", TitleE: "within this region"}
	return []Route{
		{Path: "/patrol/visits", Needs: rights.ReadPatrol, Reads: true, Params: []Param{by, within, {Name: "days", Title: "最近几天，缺省 7，至多 366", TitleE: "the last days, 7 by default, 366 at most"}}, Title: "到访：若干天内到过的网格、小巷和道路", TitleE: "What was visited within some days: grids, alleys, roads", Reply: visitsJSON{}, Serve: h.visits},
		{Path: "/patrol/overdue", Needs: rights.ReadPatrol, Reads: true, Params: []Param{{Name: "by", Title: "grid 网格（缺省）、holder 人员", TitleE: "grid (default) or holder"}, within}, Title: "待检与逾期：按网格或人员", TitleE: "What is due and overdue, by grid or person", Reply: rulesJSON[patrolLoadJSON]{}, Serve: h.overdue},
		{Path: "/patrol/sites/measures", Needs: rights.ReadPatrol, Reads: true, Params: []Param{by, within}, Title: "工地各项措施的达标率：按最近一次检查", TitleE: "Shares of sites that keep each measure, by their last checks", Reply: measuresJSON{}, Serve: h.siteMeasures},
	}
}

// areas reads by and within, and asks the rights for all that lies within. Who has an area and names none asks about the own.
func (h *Handler) areas(r *http.Request, view *city.View) (postgres.AreaFilter, error) {
	q, n := h.Query(r), netOf(view)
	f := postgres.AreaFilter{By: readBy(q, n)}
	if scheme, grids := strings.CutPrefix(f.By, gridsOf); grids {
		f.Scheme = scheme
	}
	var err error
	if f.Within, err = h.readWithinOwn(r, view); err != nil {
		return f, err
	}
	return f, q.Err()
}

func (h *Handler) readWithinOwn(r *http.Request, view *city.View) (string, error) {
	q, who := h.Query(r), h.Who(r)
	within := readWithin(q, netOf(view))
	if err := q.Err(); err != nil {
		return "", err
	}
	if within == "" && who.May(rights.ReadPatrol, rights.Place{}) != nil {
		within = who.Region
	}
	return within, who.May(rights.ReadPatrol, rights.Place{Region: within})
}

func (h *Handler) visits(w http.ResponseWriter, r *http.Request) error {
	view, err := h.City(r)
	if err != nil {
		return err
	}
	days := h.Query(r).Int("days", defaultVisitDays, 1, maxVisitDays)
	f, err := h.areas(r, view)
	if err != nil {
		return err
	}
	now := time.Now()
	list, err := h.Store.Visits(r.Context(), f, dutyScheme, now.AddDate(0, 0, -days), now)
	if err != nil {
		return err
	}
	j := visitsJSON{Days: days, Items: []visitJSON{}}
	for _, v := range list {
		x := visitJSON{Code: v.Code, Name: v.Name, Grids: visitedTold(v.Grids), AreaM2: visitedTold(v.AreaM2), AlleyM: visitedTold(v.AlleyM), RoadM: visitedTold(v.RoadM), LastAt: utc(v.Last)}
		if v.Code == "" {
			j.Total = x
			continue
		}
		j.Items = append(j.Items, x)
	}
	return h.json(w, r, j)
}

func (h *Handler) overdue(w http.ResponseWriter, r *http.Request) error {
	view, err := h.City(r)
	if err != nil {
		return err
	}
	by := h.Query(r).OneOf("by", postgres.ByGrid, postgres.ByHolder)
	within, err := h.readWithinOwn(r, view)
	if err != nil {
		return err
	}
	list, err := h.Store.Overdue(r.Context(), by, within, time.Now())
	if err != nil {
		return err
	}
	t := h.tellerToday(r, view)
	j := rulesJSON[patrolLoadJSON]{told(list, func(l patrol.Load) patrolLoadJSON {
		x := patrolLoadJSON{l.Code, l.Name, l.Due, l.Overdue, l.Done, l.Share()}
		if l.Holder != 0 {
			x.Name = t.by(l.Holder).Name
		}
		return x
	})}
	return h.tell(w, r, t, 0, j)
}

func (h *Handler) siteMeasures(w http.ResponseWriter, r *http.Request) error {
	view, err := h.City(r)
	if err != nil {
		return err
	}
	f, err := h.areas(r, view)
	if err != nil {
		return err
	}
	list, err := h.Store.SiteMeasures(r.Context(), f)
	if err != nil {
		return err
	}
	j := measuresJSON{Items: []siteMeasuresJSON{}, Total: siteMeasuresJSON{Measures: []siteShareJSON{}}}
	for _, m := range list {
		x := siteMeasuresJSON{m.Code, m.Name, m.Sites, m.Checked, told(m.Measures, func(s patrol.MeasureShare) siteShareJSON {
			return siteShareJSON{s.Code, s.Title, s.TitleEn, s.Sites}
		}), m.All}
		if m.Code == "" {
			j.Total = x
			continue
		}
		j.Items = append(j.Items, x)
	}
	return h.json(w, r, j)
}
