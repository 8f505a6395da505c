package v1

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"wangge/api/param"
	"wangge/grid"
	"wangge/grid/patrol"
	"wangge/grid/postgres"
	"wangge/grid/rights"
)

func (h *Handler) patrolProblemRoutes() []Route {
	const list, one = "/patrol/problems", "/patrol/problems/{id}"
	return []Route{
		{Path: list, Needs: rights.Report, Reads: true, Params: pagingParams(append(problemParams(), Param{Name: "sort", Title: "-at 新的在前（缺省）、at、deadline 期限近的在前", TitleE: "-at, at, deadline"},
			Param{Name: "f", Title: "json、csv；csv 不分页，至多 50000 个", TitleE: "json or csv, which is not paged: 50,000 at most"})...),
			Title: "问题：权限所及的，及本人上报的", TitleE: "Problems that the caller's rights reach, and the own ones", Reply: page[patrolProblemJSON]{}, Also: []string{"text/csv"}, Serve: h.problems},
		{Path: "/patrol/problems.geojson", Needs: rights.Report, Reads: true, Params: problemParams(), Title: "地图上的问题，至多 5000 个", TitleE: "Problems for the map, 5,000 at most",
			ReplyType: "application/geo+json", Reply: problemsGeoJSON{}, Serve: h.problemsOnMap},
		{Path: "/patrol/problems.xlsx", Needs: rights.ReadPatrol, Reads: true, Params: append(problemParams(), Param{Name: "photos", Title: "true 时附照片，至多 500 个问题", TitleE: "true for pictures, of 500 problems at most"}),
			Title: "问题台账（工作簿）", TitleE: "Problems as a workbook", ReplyType: xlsxType, Stream: true, Serve: h.problemsBook},
		{Method: http.MethodPost, Path: list, Needs: rights.Report, Title: "上报问题", TitleE: "Report a problem", Status: http.StatusCreated, Or: http.StatusOK, Body: reportBody{}, Reply: problemFileJSON{}, Serve: h.reportProblem},
		{Path: one, Needs: rights.Report, Reads: true, Title: "一个问题：经过、可做的操作、疑似重复", TitleE: "One problem with its history", Reply: problemFileJSON{}, Serve: h.oneProblem},
		{Method: http.MethodPost, Path: one + "/steps", Needs: rights.Report, Match: true, Title: "办理问题：交办、接办、整改、核查等", TitleE: "Do a step with a problem", Body: problemStepBody{}, Reply: problemFileJSON{}, Serve: h.stepProblem},
	}
}

// problemParams narrow lists of problems.
func problemParams() []Param {
	return []Param{
		{Name: "state", Title: "状态，可用逗号给出多个", TitleE: "states, by commas"}, {Name: "class", Title: "类别：小类或大类", TitleE: "class, or one at the top"},
		{Name: "source", Title: "来源", TitleE: "source"}, {Name: "dept", Title: "责任部门代码", TitleE: "department"}, regionParam(),
		{Name: "grid", Title: "网格代码", TitleE: "code of a grid"}, schemeParam(), {Name: "assignee", Title: "责任人代号；me 为本人", TitleE: "code of the assignee; me"},
		{Name: "subject", Title: "所涉对象：类别/编号", TitleE: "what it is about: kind/id"},
		{Name: "from", Title: "发现日期自", TitleE: "found from this day"}, {Name: "to", Title: "发现日期至（含）", TitleE: "to this day"},
		{Name: "bbox", Title: "西,南,东,北", TitleE: "west,south,east,north"}, {Name: "q", Title: "编号、标题、说明、对象中的文字", TitleE: "text"},
		{Name: "mine", Title: "true：只列本人上报的", TitleE: "true: reported by the caller"},
	}
}

// maxSearchRunes bounds a text to be searched.
const maxSearchRunes = 100

// problemFilter reads the parameters of problemParams. What they name must be there.
func (h *Handler) problemFilter(r *http.Request, t *problemTeller) (*postgres.ProblemFilter, error) {
	q := h.Query(r)
	f := &postgres.ProblemFilter{
		Who: h.Who(r), Day: t.day, Mine: q.OneOf("mine", "false", "true") == "true", States: problemStates(q), Class: q.Text("class", maxCodeRunes),
		Source: patrol.Source(q.OneOf("source", sourceWords()...)), Dept: q.Text("dept", maxCodeRunes), Text: strings.TrimSpace(q.Text("q", maxSearchRunes)),
	}
	if box, ok := q.BBox("bbox"); ok {
		f.Box = &box
	}
	h.problemPeriod(r, t, f)
	if text := q.Text("subject", maxCodeRunes); text != "" {
		kind, id, _ := strings.Cut(text, "/")
		n, ok := param.Natural(id)
		if !ok || kind == "" || n > 1<<62 {
			q.Fault("subject", "须为 类别/编号", "must be kind/id")
		}
		f.Subject = patrol.Subject{Kind: kind, ID: int64(n)}
	}
	t.problemPlace(q, f)
	switch code := q.Text("assignee", maxCodeRunes); {
	case code == "me":
		f.Assignee = max(f.Who.Holder, 0)
		if f.Assignee == 0 {
			f.Assignee = -1
		}
	case code != "":
		if x := t.roster.HolderByCode(code); x != nil {
			f.Assignee = x.ID
		} else {
			q.Fault("assignee", "没有这个责任主体", "there is no such holder")
		}
	}
	return f, q.Err()
}

// problemPlace reads region, grid and scheme.
func (t *problemTeller) problemPlace(q *param.Query, f *postgres.ProblemFilter) {
	t.problemRegion(q, "region", f)
	code, scheme := q.Text("grid", maxCodeRunes), q.Text("scheme", maxCodeRunes)
	if code == "" {
		return
	}
	for _, s := range t.net.Schemes() {
		if scheme != "" && s.Code != scheme {
			continue
		}
		if g := t.net.Grid(s.Code, code); g != nil {
			f.Grid = g.ID
			return
		}
	}
	q.Fault("grid", "没有这个网格", "there is no such grid")
}

// problemRegion reads a region: a division, with what lies below, or a zone.
func (t *problemTeller) problemRegion(q *param.Query, name string, f *postgres.ProblemFilter) {
	code := q.Text(name, maxCodeRunes)
	if code == "" {
		return
	}
	x := t.net.Region(code)
	switch {
	case x == nil:
		q.Fault(name, "没有这个区域", "there is no such region")
	case t.net.Kind(x.Kind) != nil && t.net.Kind(x.Kind).Division:
		f.Region = code
	default:
		f.Zone = code
	}
}

// problemPeriod reads from and to, days of the city.
func (h *Handler) problemPeriod(r *http.Request, t *problemTeller, f *postgres.ProblemFilter) {
	zone := t.net.Zone()
	if day := h.dayOf(r, "from", 0); day != 0 {
		f.From = midnight(day, zone)
	}
	if day := h.dayOf(r, "to", 0); day != 0 {
		f.Until = midnight(day+1, zone)
	}
	if !f.From.IsZero() && !f.Until.IsZero() && !f.From.Before(f.Until) {
		h.Query(r).Fault("to", "早于 from", "is before from")
	}
}

// midnight is the instant at which a day of the city begins.
func midnight(day grid.Day, zone *time.Location) time.Time {
	y, m, d := day.Time().Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}

func problemStates(q *param.Query) []patrol.State {
	text := q.Text("state", maxSearchRunes)
	if text == "" {
		return nil
	}
	var list []patrol.State
	for word := range strings.SplitSeq(text, ",") {
		if !slices.Contains(patrol.States(), patrol.State(word)) {
			q.Fault("state", "没有这种状态", "is no state")
			return nil
		}
		list = append(list, patrol.State(word))
	}
	return list
}

func sourceWords() []string {
	words := []string{""}
	for _, s := range patrol.Sources() {
		words = append(words, string(s))
	}
	return words
}

// problemWindow reads limit, cursor and order.
func problemWindow(q *param.Query) (win window, order postgres.ProblemSort, after postgres.ProblemKey) {
	win = windowOf(q)
	order = postgres.ProblemSort(q.OneOf("sort", string(postgres.LatestFirst), string(postgres.EarliestFirst), string(postgres.DeadlineFirst)))
	if win.after == "" {
		return win, order, after
	}
	micros, id, _ := strings.Cut(win.after, ".")
	n, ok := param.Whole(micros)
	if !ok || !patrol.IsID(id) || n > maxMicros || n < -maxMicros {
		q.Fault("cursor", "不是本服务给出的游标", "is no cursor of this service")
		return win, order, after
	}
	return win, order, postgres.ProblemKey{At: time.UnixMicro(n), ID: id}
}

// maxMicros is the last microsecond of the year 9999: the record has times that far.
const maxMicros = 253_402_300_800_000_000 - 1

func (h *Handler) problems(w http.ResponseWriter, r *http.Request) error {
	t, err := h.problemTeller(r)
	if err != nil {
		return err
	}
	q := h.Query(r)
	win, order, after := problemWindow(q)
	format := q.OneOf("f", "json", "csv")
	if format == "csv" {
		unpaged(q)
	}
	f, err := h.problemFilter(r, t)
	if err != nil {
		return err
	}
	if format == "csv" {
		return h.problemsText(w, r, t, f, order)
	}
	rows, total, err := h.Store.Problems(r.Context(), f, order, after, win.limit+1)
	if err != nil {
		return err
	}
	p := page[patrolProblemJSON]{Total: total}
	if len(rows) > win.limit {
		rows = rows[:win.limit]
		next := param.Cursor(problemCursor(order.Key(&rows[win.limit-1])))
		p.Next = &next
	}
	if p.Items, err = t.list(r.Context(), h.Store, rows); err != nil {
		return err
	}
	return h.tell(w, r, t.teller, 0, p)
}

// problemID is the id in the address. postgres.ErrNotFound where it cannot be one.
func problemID(r *http.Request) (string, error) {
	id := mux.Vars(r)["id"]
	if !patrol.IsID(id) {
		return "", postgres.ErrNotFound
	}
	return id, nil
}

func (h *Handler) oneProblem(w http.ResponseWriter, r *http.Request) error {
	id, err := problemID(r)
	if err != nil {
		return err
	}
	t, err := h.problemTeller(r)
	if err != nil {
		return err
	}
	file, err := h.Store.Problem(r.Context(), id, t.actor, t.day)
	if err != nil {
		return err
	}
	j, err := t.whole(r.Context(), h.Store, &file)
	if err != nil {
		return err
	}
	return h.tell(w, r, t.teller, file.Revision, j)
}
