package v1

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"time"

	"github.com/gorilla/mux"
	"github.com/paulmach/orb/geojson"

	"wangge/api/param"
	"wangge/geo"
	"wangge/grid"
	"wangge/grid/rights"
	"wangge/layers/city"
)

// shareJSON is a figure; 0 of 0 has no share.
type shareJSON struct {
	Have  float64  `json:"have"`
	Of    float64  `json:"of"`
	Unit  string   `json:"unit" doc:"m2 平方米、m 米、grid 网格数、duty 职责数"`
	Share *float64 `json:"share"`
}

func shareOf(s grid.Share) shareJSON {
	j := shareJSON{Have: math.Round(s.Have), Of: math.Round(s.Of), Unit: s.Unit}
	if s.Of > 0 {
		share := s.Have / s.Of
		j.Share = &share
	}
	return j
}

// figuresJSON are the four figures of the slogan.
type figuresJSON struct {
	Gridded shareJSON   `json:"gridded"`
	Manned  shareJSON   `json:"manned"`
	Dutiful shareJSON   `json:"dutiful"`
	Covered coveredJSON `json:"covered"`
}

type coveredJSON struct {
	Area  shareJSON `json:"area"`
	Road  shareJSON `json:"road"`
	Alley shareJSON `json:"alley"`
}

func figuresOf(f grid.Figures) figuresJSON {
	return figuresJSON{shareOf(f.Gridded), shareOf(f.Manned), shareOf(f.Dutiful), coveredJSON{shareOf(f.CoveredArea), shareOf(f.CoveredRoad), shareOf(f.CoveredAlley)}}
}

type regionFigures struct {
	regionRef
	figuresJSON
}

type responsibilityJSON struct {
	At     grid.Day                   `json:"at"`
	By     string                     `json:"by"`
	Scheme string                     `json:"scheme"`
	Method map[string]grid.FigureText `json:"method" doc:"各数字的口径：分子与分母"`
	Items  []regionFigures            `json:"items"`
}

type trendJSON struct {
	Region regionRef    `json:"region"`
	Scheme string       `json:"scheme"`
	Step   string       `json:"step"`
	Items  []dayFigures `json:"items"`
}

type dayFigures struct {
	At grid.Day `json:"at"`
	figuresJSON
}

// listedJSON is one thing that a figure counts.
type listedJSON struct {
	targetJSON
	Geometry *geojson.Geometry `json:"geometry,omitempty" doc:"没有网格或无人负责的一块地"`
	Duty     *assignment       `json:"duty,omitempty"`
	HaveM    *float64          `json:"have_m,omitempty" doc:"有人负责的长度（米）"`
}

func (h *Handler) figureRoutes() []Route {
	step := Param{Name: "step", Title: "day 天、week 周、month 月", TitleE: "day, week, month"}
	return []Route{
		{Path: "/responsibility", Needs: rights.ReadFigures, Reads: true, Title: "四项数字：网中有格、格中定人、各负其责、全域覆盖", TitleE: "The four figures of the slogan", Reply: responsibilityJSON{}, Serve: h.responsibility,
			Params: []Param{{Name: "by", Title: "zone 片区、county 区县、street 街道、community 社区", TitleE: "zone, county, street, community"}, regionParam(), schemeParam(), atParam()}},
		{Path: "/responsibility/trend", Needs: rights.ReadFigures, Reads: true, Title: "四项数字的变化", TitleE: "The figures over time", Reply: trendJSON{}, Serve: h.trend,
			Params: []Param{regionParam(), schemeParam(), {Name: "from", Title: "首日", TitleE: "first day"}, {Name: "to", Title: "末日，缺省为今天", TitleE: "last day, today by default"}, step}},
		{Path: "/responsibility/lists/{figure}", Needs: rights.ReadFigures, Reads: true, Title: "数字背后的清单", TitleE: "What a figure counts", Reply: page[listedJSON]{}, Serve: h.figureList,
			Params: pagingParams(regionParam(), schemeParam(), Param{Name: "side", Title: "lack 缺、have 有", TitleE: "lack, have"}, atParam())},
	}
}

// figureQuestion is what every question about figures has.
type figureQuestion struct {
	*teller
	view   *city.View
	ways   *grid.Ways
	scheme string
}

// askFigures reads the city, the day and the scheme of a question.
func (h *Handler) askFigures(r *http.Request) (figureQuestion, error) {
	scheme := h.Query(r).Text("scheme", maxCodeRunes)
	view, t, err := h.models(r)
	if err != nil {
		return figureQuestion{}, err
	}
	q := figureQuestion{teller: t, view: view, scheme: scheme}
	if scheme == "" {
		q.scheme = t.net.MainScheme()
	} else if t.net.Scheme(scheme) == nil {
		return q, param.InQuery("scheme", "没有这个网格方案", "there is no such scheme")
	}
	q.ways, err = t.roster.Ways(r.Context(), h.Store.Ways)
	return q, err
}

// regionNamed is the region that a question names, by a parameter that it must have.
func (q figureQuestion) regionNamed(code string) (*grid.Region, error) {
	if code == "" {
		return nil, param.InQuery("region", "缺少参数", "is missing")
	}
	if x := q.net.Region(code); x != nil {
		return x, nil
	}
	return nil, param.InQuery("region", "没有这个区域", "there is no such region")
}

func (h *Handler) responsibility(w http.ResponseWriter, r *http.Request) error {
	params := h.Query(r)
	by, code := params.OneOf("by", "zone", "county", "street", "community"), params.Text("region", maxCodeRunes)
	q, err := h.askFigures(r)
	if err != nil {
		return err
	}
	if code != "" {
		if _, err := q.regionNamed(code); err != nil {
			return err
		}
	}
	answer := responsibilityJSON{At: q.day, By: by, Scheme: q.scheme, Method: grid.FigureMethod(), Items: []regionFigures{}}
	for _, x := range q.net.RegionsBy(by, code) {
		if r.Context().Err() != nil {
			return r.Context().Err()
		}
		answer.Items = append(answer.Items, regionFigures{regionRef{x.Code, x.Name, x.Kind}, figuresOf(q.roster.Figures(q.net, q.ways, q.day, q.scheme, x))})
	}
	return h.json(w, r, answer)
}

// Bounds of a trend.
const (
	maxSteps  = 400
	daysAWeek = 7
	trendDays = 30 // where no first day is given
)

func (h *Handler) trend(w http.ResponseWriter, r *http.Request) error {
	params := h.Query(r)
	step, code := params.OneOf("step", "day", "week", "month"), params.Text("region", maxCodeRunes)
	q, err := h.askFigures(r)
	if err != nil {
		return err
	}
	now := netOf(q.view)
	to := h.dayOf(r, "to", q.day)
	from := h.dayOf(r, "from", to-trendDays)
	if err := params.Err(); err != nil {
		return err
	}
	days, ok := steps(from, to, step)
	if !ok {
		return param.InQuery("from", fmt.Sprintf("首日须不晚于末日，且不超过 %d 步", maxSteps), fmt.Sprintf("not after the last day, and %d steps at most", maxSteps))
	}
	x, err := q.regionNamed(code)
	if err != nil {
		return err
	}
	answer := trendJSON{Region: regionRef{x.Code, x.Name, x.Kind}, Scheme: q.scheme, Step: step, Items: []dayFigures{}}
	for _, day := range days {
		if r.Context().Err() != nil {
			return r.Context().Err()
		}
		if then := now.At(day); then.Region(code) != nil {
			answer.Items = append(answer.Items, dayFigures{day, figuresOf(q.roster.Figures(then, q.ways, day, q.scheme, then.Region(code)))})
		}
	}
	return h.json(w, r, answer)
}

// steps are the days of a trend: from the first on, and the last in any case; false where they are too many or in the wrong order.
func steps(from, to grid.Day, step string) (days []grid.Day, ok bool) {
	for i := range maxSteps {
		day := stepOn(from, i, step)
		if day >= to {
			return append(days, to), from <= to
		}
		days = append(days, day)
	}
	return nil, false
}

// stepOn is the day some steps after a day. A month later is the same day of that month, or its last where it is shorter.
func stepOn(from grid.Day, n int, step string) grid.Day {
	switch step {
	case "week":
		return from + grid.Day(n*daysAWeek)
	case "month":
		y, m, d := from.Time().Date()
		last := time.Date(y, m+time.Month(n)+1, 0, 0, 0, 0, 0, time.UTC)
		return grid.DayOf(last) - grid.Day(max(last.Day()-d, 0))
	}
	return from + grid.Day(n)
}

func (h *Handler) figureList(w http.ResponseWriter, r *http.Request) error {
	params := h.Query(r)
	figure := grid.Figure(mux.Vars(r)["figure"])
	if !slices.Contains(grid.AllFigures(), figure) {
		return param.InPath("figure", "没有这项数字", "there is no such figure")
	}
	side, code, win := params.OneOf("side", "lack", "have"), params.Text("region", maxCodeRunes), windowOf(params)
	q, err := h.askFigures(r)
	if err != nil {
		return err
	}
	x, err := q.regionNamed(code)
	if err != nil {
		return err
	}
	list := q.roster.List(q.net, q.ways, q.day, q.scheme, x, figure, side == "have")
	return h.tell(w, r, q.teller, 0, cut(win, list, q.listedKey, func(l grid.Listed) listedJSON { return q.listed(l, x) }))
}

// listedKey orders what a figure counts by kind and code; parts of the ground by their place.
func (q figureQuestion) listedKey(l grid.Listed) string {
	switch {
	case l.Gap != nil:
		b := l.Gap.Bound()
		return fmt.Sprintf("%.9f/%.9f/%.9f/%.9f", b.Min[0], b.Min[1], b.Max[0], b.Max[1])
	case l.Way != nil:
		return fmt.Sprintf("%s/%019d", keyText(l.Way.Name), l.Target.ID)
	}
	code, sort := q.roster.CodeOf(q.net, l.Target)
	key := fmt.Sprintf("%s/%s/%s/%d", l.Target.Kind, sort, keyText(code), l.Target.ID)
	if l.Duty != nil {
		key += fmt.Sprintf("/%019d", l.Duty.ID)
	}
	return key
}

// listed tells of one thing that a figure counts.
func (q figureQuestion) listed(l grid.Listed, in *grid.Region) listedJSON {
	var j listedJSON
	switch {
	case l.Gap != nil:
		b, m2 := l.Gap.Bound(), geo.AreaM2(l.Gap)
		at, _ := geo.PointInside(l.Gap)
		j.targetJSON = targetJSON{Kind: grid.TargetRegion, Code: in.Code, Name: in.Name, Region: refOfRegion(q.net, in.Code), AreaM2: &m2,
			At: (*[2]float64)(&at), BBox: &[4]float64{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}}
		j.Geometry = geojson.NewGeometry(l.Gap)
	case l.Way != nil:
		j.targetJSON = q.way(l.Way)
		j.HaveM = &l.HaveM
	default:
		j.targetJSON = q.target(l.Target)
	}
	if l.Duty != nil {
		a := q.assignment(l.Duty)
		j.Duty = &a
	}
	return j
}

// way tells of a road or an alley that nobody need be responsible for itself.
func (q figureQuestion) way(l *grid.Way) targetJSON {
	b := l.Bound
	return targetJSON{
		Kind: l.Target.Kind, ID: l.Target.ID, Code: l.KnownAs(), Name: l.Name, Class: l.Class, Region: refOfRegion(q.net, l.Region), LengthM: &l.LengthM,
		At: &[2]float64{l.At[0], l.At[1]}, BBox: &[4]float64{b.Min[0], b.Min[1], b.Max[0], b.Max[1]},
	}
}
