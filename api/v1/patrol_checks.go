package v1

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"wangge/api/param"
	"wangge/grid"
	"wangge/grid/patrol"
	"wangge/grid/postgres"
	"wangge/grid/rights"
	"wangge/layers/city"
)

// checkJSON is a check.
type checkJSON struct {
	ID         string                   `json:"id"`
	Plan       *string                  `json:"plan"`
	Subject    checkSubject             `json:"subject"`
	Checklist  string                   `json:"checklist"`
	Edition    string                   `json:"edition"`
	Result     patrol.Result            `json:"result"`
	Answers    map[string]patrol.Answer `json:"answers"`
	Note       string                   `json:"note"`
	At         time.Time                `json:"at" doc:"按服务器时钟"`
	MadeAt     time.Time                `json:"made_at" doc:"设备记录的时间"`
	ReceivedAt time.Time                `json:"received_at"`
	By         patrolBy                 `json:"by"`
	Lon        *float64                 `json:"lon"`
	Lat        *float64                 `json:"lat"`
	AccuracyM  *float64                 `json:"accuracy_m"`
	DistanceM  *float64                 `json:"distance_m" doc:"到对象的距离"`
	Flags      []patrol.Flag            `json:"flags"`
	Grid       *patrol.DueGrid          `json:"grid" doc:"所在责任网格"`
	Region     *string                  `json:"region"`
	Photos     []checkPhoto             `json:"photos"`
	Problem    *string                  `json:"problem"`
}

// checkSubject is what was checked, as it was called then.
type checkSubject struct {
	Kind string `json:"kind"`
	ID   int64  `json:"id"`
	Code string `json:"code"`
	Name string `json:"name"`
}

// patrolBy is who did something, with no more of the name than the caller may know.
type patrolBy struct {
	Holder *string `json:"holder" doc:"代号"`
	Name   string  `json:"name"`
	Masked bool    `json:"masked"`
}

type checkPhoto struct {
	ID     string              `json:"id"`
	Kind   string              `json:"kind"`
	State  postgres.PhotoState `json:"state"`
	Width  *int                `json:"width"`
	Height *int                `json:"height"`
}

func (h *Handler) patrolCheckRoutes() []Route {
	list := pagingParams(
		Param{Name: "subject", Title: "对象：类别/编号，如 public_toilet/12", TitleE: "kind/id of the subject"},
		Param{Name: "holder", Title: "检查人代号", TitleE: "code of who checked"},
		Param{Name: "grid", Title: "责任网格：方案/代码", TitleE: "scheme/code of the duty grid"},
		Param{Name: "plan", Title: "检查计划", TitleE: "code of the plan"},
		Param{Name: "result", Title: "normal 正常、abnormal 异常", TitleE: "normal or abnormal"},
		Param{Name: "from", Title: "自（RFC 3339 或日期）", TitleE: "from, an instant or a day"},
		Param{Name: "to", Title: "至（不含；日期则含当天）", TitleE: "before an instant, or through a day"}, regionParam())
	return []Route{
		{Path: "/patrol/checks", Needs: rights.ReadPatrol, Reads: true, Params: list, Title: "检查记录，最近的在前；总数至多数到 10000", TitleE: "Checks, the latest first; the total counts up to 10,000", Reply: page[checkJSON]{}, Serve: h.checks},
		{Path: "/patrol/checks/{id}", Needs: rights.ReadPatrol, Reads: true, Title: "一条检查记录", TitleE: "One check", Reply: checkJSON{}, Serve: h.check},
	}
}

// own is what of patrol a caller may read who may not read all of it; nil for all.
func (h *Handler) own(r *http.Request, view *city.View) *postgres.OwnChecks {
	who := h.Who(r)
	if who.May(rights.ReadPatrol, rights.Place{}) == nil {
		return nil
	}
	own := &postgres.OwnChecks{Holder: who.Holder, Grids: h.ownGrids(r, view)}
	if who.May(rights.ReadPatrol, rights.Place{Region: who.Region}) == nil {
		own.Region = who.Region
	}
	if who.May(rights.ReadPatrol, rights.Place{Dept: who.Dept}) == nil {
		own.Dept = who.Dept
	}
	return own
}

// ownGrids are the numbers of the grids that the caller is responsible for today.
func (h *Handler) ownGrids(r *http.Request, view *city.View) []int64 {
	ids := []int64{}
	n := netOf(view)
	day := h.today(n)
	if holder := h.Who(r).Holder; holder != 0 {
		for _, g := range rosterOf(view).OwnGrids(n.At(day), holder, day) {
			ids = append(ids, g.ID)
		}
	}
	return ids
}

func (h *Handler) checks(w http.ResponseWriter, r *http.Request) error {
	view, err := h.City(r)
	if err != nil {
		return err
	}
	f, win, err := h.checkFilter(r, view)
	if err != nil {
		return err
	}
	f.Own = h.own(r, view)
	list, total, err := h.Store.Checks(r.Context(), f)
	if err != nil {
		return err
	}
	p := page[checkJSON]{Total: total}
	if len(list) > win.limit {
		list = list[:win.limit]
		last := list[win.limit-1]
		next := param.Cursor(last.Moment.At.UTC().Format(time.RFC3339Nano) + " " + last.ID)
		p.Next = &next
	}
	t := h.tellerToday(r, view)
	if p.Items, err = h.checksTold(r, t, list); err != nil {
		return err
	}
	return h.tell(w, r, t, 0, p)
}

func (h *Handler) checkFilter(r *http.Request, view *city.View) (f postgres.CheckFilter, win window, err error) {
	q, zone := h.Query(r), netOf(view).Zone()
	win = windowOf(q)
	f = postgres.CheckFilter{Limit: win.limit + 1, Holder: q.Text("holder", maxCodeRunes), Plan: q.Text("plan", maxCodeRunes),
		Result: patrol.Result(q.OneOf("result", "", string(patrol.Normal), string(patrol.Abnormal))),
		From:   dayBegin(q, "from", zone), To: q.Instant("to", zone), Region: readDivision(q, "region", netOf(view))}
	if text := q.Text("subject", maxCodeRunes); text != "" {
		f.Subject = readSubject(q, text)
	}
	if text := q.Text("grid", 2*maxCodeRunes); text != "" {
		scheme, code, ok := strings.Cut(text, "/")
		if !ok || scheme == "" {
			q.Fault("grid", "须为 方案/代码", "must be scheme/code")
		}
		f.Grid = patrol.GridRef{Scheme: scheme, Code: code}
	}
	if win.after != "" {
		at, id, _ := strings.Cut(win.after, " ")
		moment, err := time.Parse(time.RFC3339Nano, at)
		if err != nil || !patrol.IsID(id) {
			q.Fault("cursor", "不是本服务给出的游标", "is no cursor of this service")
		}
		f.After = postgres.CheckKey{At: moment, ID: id}
	}
	return f, win, q.Err()
}

// dayBegin reads an instant; a day is its beginning.
func dayBegin(q *param.Query, name string, zone *time.Location) time.Time {
	at := q.Instant(name, zone)
	if at.Nanosecond()/1000 == 999_999 { // the last microsecond of a day
		at = at.Add(time.Microsecond).In(zone).AddDate(0, 0, -1)
	}
	return at
}

// readDivision reads the code of a division, in which things lie by their own codes.
func readDivision(q *param.Query, name string, n *grid.Net) string {
	code := q.Text(name, maxCodeRunes)
	if code == "" {
		return ""
	}
	x := n.Region(code)
	if x == nil {
		q.Fault(name, "没有这个区域", "there is no such region")
	} else if k := n.Kind(x.Kind); k == nil || !k.Division {
		q.Fault(name, "须为行政区划，不能是片区", "must be a division, not a zone")
	}
	return code
}

// readSubject reads kind/id.
func readSubject(q *param.Query, text string) *patrol.Subject {
	kind, number, _ := strings.Cut(text, "/")
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil || id <= 0 || kind == "" {
		q.Fault("subject", "须为 类别/编号，如 public_toilet/12", "must be kind/id, such as public_toilet/12")
		return nil
	}
	return &patrol.Subject{Kind: kind, ID: id}
}

// tellerToday tells of people today.
func (h *Handler) tellerToday(r *http.Request, view *city.View) *teller {
	n := netOf(view)
	day := h.today(n)
	return newTeller(n.At(day), rosterOf(view), day, h.Who(r))
}

func (h *Handler) check(w http.ResponseWriter, r *http.Request) error {
	id := mux.Vars(r)["id"]
	if !patrol.IsID(id) {
		return postgres.ErrNotFound
	}
	view, err := h.City(r)
	if err != nil {
		return err
	}
	c, err := h.Store.Check(r.Context(), id)
	if err != nil {
		return err
	}
	if err := h.mayReadCheck(r, view, c); err != nil {
		return err
	}
	t := h.tellerToday(r, view)
	list, err := h.checksTold(r, t, []postgres.CheckRow{c})
	if err != nil {
		return err
	}
	return h.tell(w, r, t, 0, list[0])
}

// mayReadCheck asks the rights for a check where it was made, and as one of a department's subjects.
func (h *Handler) mayReadCheck(r *http.Request, view *city.View, c postgres.CheckRow) (err error) {
	who := h.Who(r)
	place := rights.Place{Region: c.Region, Own: who.Holder != 0 && who.Holder == c.By.Holder}
	for _, g := range h.ownGrids(r, view) {
		place.Own = place.Own || g == c.GridID
	}
	for _, place.Dept = range append([]string{""}, c.Depts...) {
		if err = who.May(rights.ReadPatrol, place); err == nil {
			return nil
		}
	}
	return err
}

// checksTold tells of checks with their photos.
func (h *Handler) checksTold(r *http.Request, t *teller, list []postgres.CheckRow) ([]checkJSON, error) {
	ids := told(list, func(c postgres.CheckRow) string { return c.ID })
	photos, err := h.Store.PhotosOf(r.Context(), postgres.PhotoOfCheck, ids)
	if err != nil {
		return nil, err
	}
	return told(list, func(c postgres.CheckRow) checkJSON {
		j := checkTold(t, c)
		j.Photos = told(photos[c.ID], func(p postgres.Photo) checkPhoto {
			return checkPhoto{p.ID, p.Kind, p.State, orNull(p.Width), orNull(p.Height)}
		})
		return j
	}), nil
}

func checkTold(t *teller, c postgres.CheckRow) checkJSON {
	j := checkJSON{
		ID: c.ID, Plan: orNull(c.Plan), Subject: checkSubject{c.Subject.Kind, c.Subject.ID, c.Code, c.Name}, Checklist: c.Checklist, Edition: c.Edition, Result: c.Result,
		Answers: c.Answers, Note: c.Note, At: c.Moment.At.UTC(), MadeAt: c.Moment.Device.UTC(), ReceivedAt: c.Moment.Received.UTC(), By: t.by(c.By.Holder),
		AccuracyM: orNull(c.Place.AccuracyM), Flags: c.Flags, Region: orNull(c.Region), Problem: orNull(c.Problem),
	}
	if at := c.Place.At; at != nil {
		j.Lon, j.Lat = &at[0], &at[1]
	}
	if c.Place.DistanceM >= 0 {
		j.DistanceM = &c.Place.DistanceM
	}
	if c.GridID != 0 {
		j.Grid = &patrol.DueGrid{Scheme: c.Grid.Scheme, Code: c.Grid.Code}
	}
	return j
}

// by tells of who did something; nobody where the holder is not known.
func (t *teller) by(holder int64) patrolBy {
	ref := t.holderByID(holder)
	if ref == nil {
		return patrolBy{Masked: true}
	}
	return patrolBy{&ref.Code, ref.Name, ref.Masked}
}
