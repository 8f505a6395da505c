package v1

import (
	"cmp"
	"context"
	"errors"
	"math"
	"net/http"
	"slices"
	"strconv"

	"github.com/gorilla/mux"

	"wangge/api/param"
	"wangge/grid"
	"wangge/grid/coverage"
	"wangge/grid/rights"
	"wangge/layers/city"
)

// coverageQuestionRoutes are the questions about layers and people, and the measures of services.
func (h *Handler) coverageQuestionRoutes() []Route {
	by := Param{Name: "by", Title: "区域类别，缺省为 community；网格为 grid:方案", TitleE: "kind of areas, community by default; grid:<scheme> for grids"}
	within := Param{Name: "within", Title: "只看这个区域之内", TitleE: "within this region only"}
	mode := Param{Name: "mode", Title: "生活圈与量度：walk（缺省）、straight", TitleE: "of life circles and measures: walk, straight"}
	profile := Param{Name: "profile", Title: "生活圈与量度：walk（缺省）、step_free、night", TitleE: "of life circles and measures: walk, step_free, night"}
	format := Param{Name: "f", Title: "json（缺省）、csv、xlsx", TitleE: "json, csv, xlsx"}
	asked := []Param{by, within, paramAt(), {Name: "scheme", Title: "人员类问题的网格方案，缺省为责任网格", TitleE: "net of grids of questions about people"}, mode, profile}
	measured := []Param{by, within, {Name: "kind", Title: "服务的类别", TitleE: "kind of the service"}, mode, profile,
		{Name: "radius", Title: "服务半径（米），缺省取阈值", TitleE: "service radius in metres, by default that of the thresholds"}}
	sort := Param{Name: "sort", Title: "排序：列、列:num、列:den、code、name、area，前加 - 为降序；缺省最差在前", TitleE: "a column, column:num, column:den, code, name, area; - before it for descending; the worst first by default"}
	rows, list := pagingParams(sort, format), pagingParams(format, Param{Name: "column", Title: "列，缺省为第一列", TitleE: "column, the first by default"},
		Param{Name: "which", Title: "unmet 未满足（缺省）、met 满足、all 全部", TitleE: "unmet, met, all"}, Param{Name: "code", Title: "一个区域的代码", TitleE: "code of an area"})
	files := []string{"text/csv", xlsxMedia}
	return []Route{
		{Path: "/coverage/questions", Reads: true, Title: "各图层与人员的问题", TitleE: "Questions about layers and people", Reply: questionsJSON{}, Serve: h.coverageQuestions},
		{Path: "/coverage/questions/{id}", Reads: true, Params: slices.Concat(asked, rows), Title: "一个问题的数字", TitleE: "The figures of a question", Reply: questionAnswerJSON{}, Also: files, Serve: h.coverageQuestion},
		{Path: "/coverage/questions/{id}/list", Reads: true, Params: slices.Concat(asked, list), Title: "数字背后的清单", TitleE: "What is behind a figure", Reply: page[questionItemJSON]{}, Also: files, Serve: h.coverageQuestionList},
		{Path: "/coverage/measures/{service}", Reads: true, Params: slices.Concat(measured, rows), Title: "服务的密度、间距与服务半径", TitleE: "Density, spacing and service radius of a service", Reply: questionAnswerJSON{}, Also: files, Serve: h.coverageMeasures},
		{Path: "/coverage/measures/{service}/list", Reads: true, Params: slices.Concat(measured, list), Title: "密度、间距背后的清单", TitleE: "What is behind density and spacing", Reply: page[questionItemJSON]{}, Also: files, Serve: h.coverageMeasureList},
	}
}

// questionAsk is a request about a question.
type questionAsk struct {
	id    string
	view  *city.View
	city  coverage.City
	asked coverage.Asked
	src   coverage.Sources
	may   error // whether the caller may read figures about people
}

// askQuestion reads what every request about questions has.
func (h *Handler) askQuestion(r *http.Request, id string) (questionAsk, error) {
	view, err := h.City(r)
	if err != nil {
		return questionAsk{}, err
	}
	q := h.Query(r)
	a := questionAsk{id: id, view: view, city: h.CoverageCity(view), may: h.Who(r).May(rights.ReadFigures, rights.Place{})}
	now := netOf(view)
	a.asked = coverage.Asked{By: cmp.Or(q.Text("by", maxCodeRunes), "community"), Within: q.Text("within", maxCodeRunes), Day: h.day(r, now)}
	a.asked.Mode = coverage.Mode(q.OneOf("mode", "walk", "straight"))
	if q.Has("profile") {
		a.asked.Profile = q.OneOf("profile", "walk", "step_free", "night")
	}
	a.asked.Scheme = q.Text("scheme", maxCodeRunes)
	if a.asked.Scheme == "" {
		a.asked.Scheme = now.MainScheme()
	} else if now.Scheme(a.asked.Scheme) == nil {
		q.Fault("scheme", "没有这个网格方案", "there is no such scheme")
	}
	a.src = h.questionSources(view, a.city)
	if err := q.Err(); err != nil {
		return a, err
	}
	return a, a.narrow()
}

// narrow leaves out of a request what its question does not depend on: equal questions are one.
func (a *questionAsk) narrow() error {
	text, _, err := coverage.FindQuestion(a.id, a.src, "")
	if err != nil {
		return err
	}
	if !text.Reach {
		a.asked.Mode, a.asked.Profile = "", ""
	}
	if !text.TellsOfPeople() {
		a.asked.Day, a.asked.Scheme = 0, ""
	}
	return nil
}

// questionSources are what questions need besides the city.
func (h *Handler) questionSources(view *city.View, of coverage.City) coverage.Sources {
	return coverage.Sources{
		SiteMeasures: coverage.SiteMeasures(view.Rules().SiteMeasures),
		Ways:         func(ctx context.Context) (*grid.Ways, error) { return rosterOf(view).Ways(ctx, h.Store.Ways) },
		Board:        func(ctx context.Context) (*coverage.Board, error) { return h.Coverage.At(ctx, of) },
	}
}

// noQuestion turns what coverage says of a question into what its caller is told.
func noQuestion(err error) error {
	switch {
	case errors.Is(err, coverage.ErrNotBy):
		return param.InQuery("by", "这个问题只能按区划回答，不能按网格", "this question is answered by regions only")
	case errors.Is(err, coverage.ErrNoColumn):
		return param.InQuery("column", "这个问题没有这一列", "the question has no such column")
	}
	return err
}

func (h *Handler) coverageQuestions(w http.ResponseWriter, r *http.Request) error {
	view, err := h.City(r)
	if err != nil {
		return err
	}
	of := h.CoverageCity(view)
	answer := questionsJSON{Items: []questionJSON{}}
	for _, q := range coverage.Questions(h.questionSources(view, of)) {
		judged := make([]*coverage.Threshold, len(q.Columns))
		for i := range q.Columns {
			judged[i] = coverage.Judge(of, q.Columns[i])
		}
		answer.Items = append(answer.Items, describeQuestion(q, judged))
	}
	return h.Reply.JSON(w, r, answer)
}

func (h *Handler) coverageQuestion(w http.ResponseWriter, r *http.Request) error {
	ask, err := h.askQuestion(r, mux.Vars(r)["id"])
	if err != nil {
		return err
	}
	return h.answerQuestion(w, r, ask)
}

// answerQuestion answers with the figures of a question, as a document or as a file.
func (h *Handler) answerQuestion(w http.ResponseWriter, r *http.Request, ask questionAsk) error {
	q := h.Query(r)
	format, by, win := q.OneOf("f", "json", "csv", "xlsx"), q.Text("sort", maxCodeRunes), questionWindow(q)
	if err := q.Err(); err != nil {
		return err
	}
	answer, err := h.Questions.Answer(r.Context(), ask.city, ask.id, ask.asked, ask.src)
	if err != nil {
		return noQuestion(err)
	}
	seen := seenColumns(answer.Question, ask.may)
	if len(seen) == 0 {
		return ask.may
	}
	order, err := orderRows(answer, seen, by)
	if err != nil {
		return err
	}
	doc := answerJSON(answer, seen)
	if format == "csv" || format == "xlsx" {
		return h.questionFile(w, r, format, doc, rowsOf(answer, seen, order))
	}
	first, end := win.cut(len(order))
	doc.Items = rowsOf(answer, seen, order[first:end])
	doc.Next = win.next(end, len(order))
	if answer.Question.TellsOfPeople() {
		return h.json(w, r, doc)
	}
	return h.Reply.JSON(w, r, doc)
}

// seenColumns are the columns that the caller may read.
func seenColumns(q coverage.QuestionText, may error) (seen []int) {
	for i, c := range q.Columns {
		if may == nil || !q.People && !c.People {
			seen = append(seen, i)
		}
	}
	return seen
}

func (h *Handler) coverageQuestionList(w http.ResponseWriter, r *http.Request) error {
	ask, err := h.askQuestion(r, mux.Vars(r)["id"])
	if err != nil {
		return err
	}
	return h.listQuestion(w, r, ask)
}

// listQuestion answers with what is behind a figure.
func (h *Handler) listQuestion(w http.ResponseWriter, r *http.Request, ask questionAsk) error {
	q := h.Query(r)
	format, win := q.OneOf("f", "json", "csv", "xlsx"), questionWindow(q)
	l := coverage.Listing{Column: q.Text("column", maxCodeRunes), Code: q.Text("code", maxCodeRunes), Which: coverage.ListedWhich(q.OneOf("which", "unmet", "met", "all"))}
	if err := q.Err(); err != nil {
		return err
	}
	text, column, err := coverage.FindQuestion(ask.id, ask.src, l.Column)
	if err != nil {
		return noQuestion(err)
	}
	people := text.People || text.Columns[column].People
	if people && ask.may != nil {
		return ask.may
	}
	items, err := h.Questions.List(r.Context(), ask.city, ask.id, ask.asked, ask.src, l)
	if err != nil {
		return noQuestion(err)
	}
	if format == "csv" || format == "xlsx" {
		return h.questionListFile(w, r, format, text, column, items)
	}
	first, end := win.cut(len(items))
	doc := page[questionItemJSON]{Items: []questionItemJSON{}, Total: len(items), Next: win.next(end, len(items))}
	for i := range items[first:end] {
		doc.Items = append(doc.Items, itemJSON(&items[first+i]))
	}
	if people {
		return h.json(w, r, doc)
	}
	return h.Reply.JSON(w, r, doc)
}

// numbered is the part of a list in an order of its own that a request wants: the cursor is a place in it.
type numbered struct{ first, limit int }

func questionWindow(q *param.Query) numbered {
	n := numbered{limit: q.Int("limit", pageLimit, 1, maxPageLimit)}
	if key := q.Cursor("cursor"); key != "" {
		first, ok := param.Whole(key)
		if !ok || first < 0 || first > math.MaxInt32 {
			q.Fault("cursor", "不是此列表给出的游标", "is no cursor of this list")
			return n
		}
		n.first = int(first)
	}
	return n
}

func (n numbered) cut(total int) (first, end int) {
	first = min(n.first, total)
	return first, min(first+n.limit, total)
}

func (n numbered) next(end, total int) *string {
	if end >= total {
		return nil
	}
	next := param.Cursor(strconv.Itoa(end))
	return &next
}
