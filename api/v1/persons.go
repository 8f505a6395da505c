package v1

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gorilla/mux"

	"wangge/api/param"
	"wangge/grid"
	"wangge/grid/postgres"
	"wangge/grid/rights"
	"wangge/layers/city"
)

// holderItem is a person or an organisation in a list.
type holderItem struct {
	holderRef
	ValidFrom  *grid.Day `json:"valid_from"`
	ValidTo    *grid.Day `json:"valid_to" doc:"离岗日期：从这一天起不在岗"`
	Revision   int64     `json:"revision"`
	Duties     int       `json:"duties" doc:"当天的职责数"`
	Load       float64   `json:"load" doc:"职责数与界限之比的最大值，1 以上为超负荷，0 为没有界限"`
	Overloaded bool      `json:"overloaded"`
	Absent     bool      `json:"absent"`
}

// holderJSON is a person or an organisation with all duties of all times.
type holderJSON struct {
	holderItem
	Note     *string       `json:"note"`
	Duties   []dutyJSON    `json:"duties" doc:"所有时候的职责"`
	Absences []absenceJSON `json:"absences"`
	Loads    []loadJSON    `json:"loads"`
}

type absenceJSON struct {
	ID        int64    `json:"id"`
	Kind      string   `json:"kind"`
	ValidFrom grid.Day `json:"valid_from"`
	ValidTo   grid.Day `json:"valid_to" doc:"最后一天"`
	Revision  int64    `json:"revision"`
}

type loadJSON struct {
	Role    string          `json:"role"`
	Title   string          `json:"title"`
	TitleEn string          `json:"title_en"`
	Kind    grid.TargetKind `json:"kind"`
	Have    int             `json:"have"`
	AtMost  *int            `json:"at_most"`
}

// What a list of holders can be narrowed to.
const (
	stateOfAny      = "" // in post that day
	stateBusy       = "busy"
	stateIdle       = "idle"
	stateAbsent     = "absent"
	stateOverloaded = "overloaded"
	stateLeft       = "left"
)

func atParam() Param {
	return Param{Name: "at", Title: "日期，缺省为今天", TitleE: "day, today by default"}
}

func regionParam() Param {
	return Param{Name: "region", Title: "区划或片区代码", TitleE: "code of a division or zone"}
}

func schemeParam() Param {
	return Param{Name: "scheme", Title: "网格方案", TitleE: "scheme of grids"}
}

func (h *Handler) holderRoutes() []Route {
	list := pagingParams(
		Param{Name: "q", Title: "代号、职务、姓氏；有权者也可按姓名、电话", TitleE: "code, title, first character of the name; name and phone for who may read them"},
		Param{Name: "dept", Title: "部门代码", TitleE: "code of a department"}, regionParam(),
		Param{Name: "role", Title: "角色代码", TitleE: "role"}, schemeParam(),
		Param{Name: "state", Title: "busy 有职责、idle 无职责、absent 离岗、overloaded 超负荷、left 已离职", TitleE: "busy, idle, absent, overloaded, left"}, atParam())
	one := []Param{atParam()}
	return []Route{
		{Path: "/persons", Needs: rights.ReadPeople, Params: list, Reads: true, Title: "人员", TitleE: "People", Reply: page[holderItem]{}, Serve: h.holders(grid.Person)},
		{Path: "/organisations", Needs: rights.ReadPeople, Params: list, Reads: true, Title: "责任单位", TitleE: "Organisations", Reply: page[holderItem]{}, Serve: h.holders(grid.Organisation)},
		{Path: "/persons/{code}", Needs: rights.ReadPeople, Params: one, Reads: true, Title: "一名人员的职责、离岗与负荷", TitleE: "A person's duties, absences and load", Reply: holderJSON{}, Serve: h.oneHolder(grid.Person)},
		{Path: "/organisations/{code}", Needs: rights.ReadPeople, Params: one, Reads: true, Title: "一个单位的职责", TitleE: "An organisation's duties", Reply: holderJSON{}, Serve: h.oneHolder(grid.Organisation)},
	}
}

// models reads the city and the day of a request, and starts to tell of people. Faults of other parameters are the caller's to ask for.
func (h *Handler) models(r *http.Request) (*city.View, *teller, error) {
	view, err := h.City(r)
	if err != nil {
		return nil, nil, err
	}
	now := netOf(view)
	day := h.day(r, now)
	return view, newTeller(now.At(day), rosterOf(view), day, h.Who(r)), h.Query(r).Err()
}

// holderFilter is what a list of holders is narrowed to.
type holderFilter struct {
	kind                  grid.HolderKind
	q, dept, region, role string
	scheme, state         string
	wantsDuty             bool
}

func readHolderFilter(q *param.Query, kind grid.HolderKind) holderFilter {
	f := holderFilter{
		kind: kind, q: strings.ToLower(strings.TrimSpace(q.Text("q", maxCodeRunes))), dept: q.Text("dept", maxCodeRunes), region: q.Text("region", maxCodeRunes),
		role: q.Text("role", maxCodeRunes), scheme: q.Text("scheme", maxCodeRunes),
		state: q.OneOf("state", stateOfAny, stateBusy, stateIdle, stateAbsent, stateOverloaded, stateLeft),
	}
	f.wantsDuty = f.region != "" || f.role != "" || f.scheme != ""
	return f
}

// maxCodeRunes bounds codes and words in a query.
const maxCodeRunes = 64

func (h *Handler) holders(kind grid.HolderKind) func(w http.ResponseWriter, r *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		q := h.Query(r)
		f, win := readHolderFilter(q, kind), windowOf(q)
		_, t, err := h.models(r)
		if err != nil {
			return err
		}
		if f.region != "" && t.net.Region(f.region) == nil {
			return param.InQuery("region", "没有这个区域", "there is no such region")
		}
		var list []*grid.Holder
		for _, x := range t.roster.Holders() {
			if f.matches(t, x) {
				list = append(list, x)
			}
		}
		answer := cut(win, list, func(x *grid.Holder) string { return keyText(x.Code) + fmt.Sprintf("/%d", x.ID) }, t.holderItem)
		return h.tell(w, r, t, 0, answer)
	}
}

// matches tells whether a holder is in the list.
func (f holderFilter) matches(t *teller, x *grid.Holder) bool {
	if x.Kind != f.kind || f.dept != "" && x.Dept != f.dept || !f.inState(t, x) || !f.found(t, x) {
		return false
	}
	return !f.wantsDuty || slices.ContainsFunc(t.roster.DutiesOf(x.ID, t.day), func(d *grid.Duty) bool {
		if f.role != "" && d.Role != f.role {
			return false
		}
		if g := t.net.GridByID(d.Target.ID); f.scheme != "" && (d.Target.Kind != grid.TargetGrid || g == nil || g.Scheme != f.scheme) {
			return false
		}
		return t.roster.Within(t.net, d.Target, f.region)
	})
}

func (f holderFilter) inState(t *teller, x *grid.Holder) bool {
	left := x.Term.To != 0 && x.Term.To <= t.day
	switch f.state {
	case stateLeft:
		return left
	case stateBusy:
		return !left && len(t.roster.DutiesOf(x.ID, t.day)) > 0
	case stateIdle:
		return !left && len(t.roster.DutiesOf(x.ID, t.day)) == 0
	case stateAbsent:
		return !left && t.roster.AbsentOn(x.ID, t.day) != nil
	case stateOverloaded:
		return !left && t.roster.Quotient(t.net, x.ID, t.day) > 1
	}
	return !left
}

// found tells whether a holder answers to what was typed. By full name and by phone only those can be found whose full data the caller may read:
// else one could try numbers until somebody is found.
func (f holderFilter) found(t *teller, x *grid.Holder) bool {
	if f.q == "" {
		return true
	}
	has := func(s string) bool { return strings.Contains(strings.ToLower(s), f.q) }
	if has(x.Code) || has(x.Title) {
		return true
	}
	if d := t.roster.Department(x.Dept); d != nil && (strings.ToLower(d.Code) == f.q || has(d.Name)) {
		return true
	}
	if x.Kind == grid.Organisation && has(x.Name) {
		return true
	}
	if utf8.RuneCountInString(f.q) == 1 && strings.HasPrefix(strings.ToLower(x.Name), f.q) {
		return true
	}
	return t.mayRead(x) && (has(x.Name) || has(x.Phone))
}

func (t *teller) holderItem(x *grid.Holder) holderItem {
	j := holderItem{
		holderRef: t.holder(x), ValidFrom: orNull(x.Term.From), ValidTo: orNull(x.Term.To), Revision: x.Revision,
		Duties: len(t.roster.DutiesOf(x.ID, t.day)), Load: t.roster.Quotient(t.net, x.ID, t.day), Absent: t.roster.AbsentOn(x.ID, t.day) != nil,
	}
	j.Overloaded = j.Load > 1
	return j
}

func (h *Handler) oneHolder(kind grid.HolderKind) func(w http.ResponseWriter, r *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		_, t, err := h.models(r)
		if err != nil {
			return err
		}
		x := t.roster.HolderByCode(mux.Vars(r)["code"])
		if x == nil || x.Kind != kind {
			return fmt.Errorf("%s %q: %w", kind, param.Shown(mux.Vars(r)["code"]), postgres.ErrNotFound)
		}
		return h.tell(w, r, t, x.Revision, t.holderJSON(x))
	}
}

func (t *teller) holderJSON(x *grid.Holder) holderJSON {
	j := holderJSON{holderItem: t.holderItem(x), Note: orNull(x.Note), Duties: []dutyJSON{}, Absences: []absenceJSON{}, Loads: []loadJSON{}}
	if j.Masked {
		j.Note = nil // people write down more than they should
	}
	for _, d := range t.roster.AllDutiesOf(x.ID) {
		j.Duties = append(j.Duties, t.duty(d))
	}
	for _, a := range t.roster.Absences(x.ID) {
		j.Absences = append(j.Absences, absenceJSON{a.ID, a.Kind, a.Term.From, a.Term.To, a.Revision})
	}
	for _, l := range t.roster.Load(t.net, x.ID, t.day) {
		one := loadJSON{Role: l.Role, Kind: l.Kind, Have: l.Have, AtMost: orNull(l.AtMost)}
		one.Title, one.TitleEn = t.role(l.Role)
		j.Loads = append(j.Loads, one)
	}
	return j
}
