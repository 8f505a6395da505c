package v1

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"wangge/api/param"
	"wangge/grid"
	"wangge/grid/postgres"
	"wangge/grid/rights"
)

func (h *Handler) auditRoutes() []Route {
	from := Param{Name: "from", Title: "起始日期", TitleE: "first day"}
	to := Param{Name: "to", Title: "截止日期（含）", TitleE: "last day"}
	actor := Param{Name: "actor", Title: "账号", TitleE: "name of an account"}
	return []Route{
		{Path: "/audit", Needs: rights.ReadAudit, Reads: true, Title: "变更日志", TitleE: "Who changed what, newest first; at most 100,000 lines are counted",
			Params: pagingParams(Param{Name: "entity", Title: "对象类别，逗号分隔", TitleE: "tables, a comma list"}, Param{Name: "id", Title: "对象编号", TitleE: "id of a row"},
				Param{Name: "op", Title: "操作", TitleE: "insert, update, delete or truncate"}, actor, from, to), Reply: page[changeLineJSON]{}, Serve: h.audit},
		{Path: "/access-log", Needs: rights.ReadAudit, Reads: true, Title: "访问日志", TitleE: "Who read personal data, signed in or was refused, newest first; reading it is itself logged",
			Params: pagingParams(Param{Name: "action", Title: "动作", TitleE: "read_person, sign_in …"}, actor, from, to), Reply: page[accessLineJSON]{}, Serve: h.accessLog},
	}
}

type changeLineJSON struct {
	ID        int64           `json:"id"`
	At        time.Time       `json:"at"`
	Actor     string          `json:"actor"`
	Op        string          `json:"op"`
	Entity    string          `json:"entity"`
	EntityID  *int64          `json:"entity_id"`
	RequestID *string         `json:"request_id"`
	Before    json.RawMessage `json:"before" doc:"修改前的内容，不含个人信息与几何"`
}

type accessLineJSON struct {
	ID        int64           `json:"id"`
	At        time.Time       `json:"at"`
	Actor     string          `json:"actor" doc:"没有这个账号时为空"`
	Action    string          `json:"action"`
	Entity    *string         `json:"entity"`
	EntityID  *int64          `json:"entity_id"`
	Detail    json.RawMessage `json:"detail"`
	Remote    *string         `json:"remote"`
	RequestID *string         `json:"request_id"`
}

// maxListed bounds a comma list, in characters.
const maxListed = 500

// logFilter reads what both logs are asked by.
func (h *Handler) logFilter(r *http.Request) (postgres.LogFilter, error) {
	view, err := h.City(r)
	if err != nil {
		return postgres.LogFilter{}, err
	}
	q, zone := h.Query(r), netOf(view).Zone()
	win := windowOf(q)
	f := postgres.LogFilter{Actor: q.Text("actor", maxListed), Limit: win.limit + 1}
	if win.after != "" {
		n, ok := param.Natural(win.after)
		if !ok || n == 0 || n > 1<<62 {
			q.Fault("cursor", "不是本列表的游标", "is no cursor of this list")
		}
		f.Before = int64(n)
	}
	midnight := func(d grid.Day) time.Time {
		y, m, day := d.Time().Date()
		return time.Date(y, m, day, 0, 0, 0, 0, zone)
	}
	if from := h.dayOf(r, "from", 0); from != 0 {
		f.From = midnight(from)
	}
	if to := h.dayOf(r, "to", 0); to != 0 {
		f.To = midnight(to + 1)
	}
	if !f.From.IsZero() && !f.To.IsZero() && !f.From.Before(f.To) {
		q.Fault("to", "早于起始日期", "is before the first day")
	}
	return f, nil
}

func (h *Handler) audit(w http.ResponseWriter, r *http.Request) error {
	f, err := h.logFilter(r)
	if err != nil {
		return err
	}
	q := h.Query(r)
	if names := q.Text("entity", maxListed); names != "" {
		f.Entities = strings.Split(names, ",")
	}
	if q.Has("op") {
		f.Op = q.OneOf("op", "insert", "update", "delete", "truncate")
	}
	if q.Has("id") {
		n, ok := param.Natural(q.Text("id", maxListed))
		if !ok || n == 0 || n > 1<<62 {
			q.Fault("id", "必须是正整数", "must be a positive whole number")
		}
		f.EntityID = int64(n)
	}
	if err := q.Err(); err != nil {
		return err
	}
	list, total, err := h.Store.Changes(r.Context(), f)
	if err != nil {
		return err
	}
	return h.json(w, r, newestFirst(f, list, total, func(c postgres.Change) (int64, changeLineJSON) {
		c.At = c.At.UTC()
		return c.ID, changeLineJSON(c)
	}))
}

func (h *Handler) accessLog(w http.ResponseWriter, r *http.Request) error {
	f, err := h.logFilter(r)
	if err != nil {
		return err
	}
	q := h.Query(r)
	f.Action = q.Text("action", maxListed)
	if err := q.Err(); err != nil {
		return err
	}
	call := h.Call(r)
	asked := map[string]any{"actor": f.Actor, "action": f.Action, "before": f.Before}
	if err := h.Store.LogAccess(r.Context(), postgres.AccessEntry{
		Actor: h.Who(r).Name, Action: postgres.ReadLog, Entity: "access_log", Detail: asked, Remote: call.Remote, RequestID: call.ID,
	}); err != nil {
		return err
	}
	list, total, err := h.Store.Accesses(r.Context(), f)
	if err != nil {
		return err
	}
	return h.json(w, r, newestFirst(f, list, total, func(a postgres.Access) (int64, accessLineJSON) {
		a.At = a.At.UTC()
		return a.ID, accessLineJSON(a)
	}))
}

// newestFirst is a page of a log of which one line more than wanted was read.
func newestFirst[T, J any](f postgres.LogFilter, list []T, total int, tell func(T) (int64, J)) page[J] {
	p := page[J]{Items: []J{}, Total: total}
	var last int64
	for _, line := range list {
		if len(p.Items) == f.Limit-1 {
			next := param.Cursor(strconv.FormatInt(last, 10))
			p.Next = &next
			break
		}
		id, item := tell(line)
		p.Items, last = append(p.Items, item), id
	}
	return p
}
