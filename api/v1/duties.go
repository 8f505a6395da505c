package v1

import (
	"fmt"
	"net/http"

	"wangge/api/param"
	"wangge/grid"
	"wangge/grid/rights"
)

// dutyJSON is a duty with its holder and its target.
type dutyJSON struct {
	ID        int64      `json:"id"`
	Role      string     `json:"role"`
	Title     string     `json:"title"`
	TitleEn   string     `json:"title_en"`
	Rank      grid.Rank  `json:"rank"`
	Hours     *string    `json:"hours"`
	ValidFrom grid.Day   `json:"valid_from"`
	ValidTo   *grid.Day  `json:"valid_to" doc:"最后一天"`
	StandsFor *int64     `json:"stands_for" doc:"代理哪一条职责"`
	Note      *string    `json:"note"`
	Revision  int64      `json:"revision"`
	Holder    holderRef  `json:"holder"`
	Target    targetJSON `json:"target"`
}

// duty tells of a duty.
func (t *teller) duty(d *grid.Duty) dutyJSON {
	j := dutyJSON{
		ID: d.ID, Role: d.Role, Rank: d.Rank, Hours: orNull(d.Hours), ValidFrom: d.Term.From, ValidTo: orNull(d.Term.To), StandsFor: orNull(d.Stands),
		Revision: d.Revision, Target: t.target(d.Target),
	}
	j.Title, j.TitleEn = t.role(d.Role)
	if h := t.holderByID(d.Holder); h != nil {
		j.Holder = *h
		if !h.Masked {
			j.Note = orNull(d.Note)
		}
	}
	return j
}

func (h *Handler) dutyRoutes() []Route {
	return []Route{{
		Path: "/duties", Needs: rights.ReadPeople, Reads: true, Title: "某日有效的职责", TitleE: "Duties in force on a day", Reply: page[dutyJSON]{}, Serve: h.duties,
		Params: pagingParams(
			Param{Name: "target_kind", Title: "对象类别", TitleE: "kind of target"},
			Param{Name: "target", Title: "对象代码，须同时给出 target_kind", TitleE: "code of the target, together with target_kind"}, schemeParam(),
			Param{Name: "holder", Title: "责任主体代号", TitleE: "code of the holder"},
			Param{Name: "role", Title: "角色代码", TitleE: "role"}, regionParam(), atParam()),
	}}
}

// kindParam reads a kind of targets; "" where none was given.
func kindParam(q *param.Query) grid.TargetKind {
	words := []string{""}
	for _, k := range grid.TargetKinds() {
		words = append(words, string(k))
	}
	return grid.TargetKind(q.OneOf("target_kind", words...))
}

// dutyFilter is what a list of duties is narrowed to.
type dutyFilter struct {
	kind                         grid.TargetKind
	target, scheme, holder, role string
	region                       string
}

func (h *Handler) duties(w http.ResponseWriter, r *http.Request) error {
	q := h.Query(r)
	f := dutyFilter{
		kind: kindParam(q), target: q.Text("target", maxCodeRunes), scheme: q.Text("scheme", maxCodeRunes), holder: q.Text("holder", maxCodeRunes),
		role: q.Text("role", maxCodeRunes), region: q.Text("region", maxCodeRunes),
	}
	win := windowOf(q)
	_, t, err := h.models(r)
	if err != nil {
		return err
	}
	list, err := f.find(t)
	if err != nil {
		return err
	}
	return h.tell(w, r, t, 0, cut(win, list, func(d *grid.Duty) string { return fmt.Sprintf("%019d", d.ID) }, t.duty))
}

// find lists the duties in force on the teller's day that a filter wants. What it names must be there.
func (f dutyFilter) find(t *teller) (list []*grid.Duty, err error) {
	if f.region != "" && t.net.Region(f.region) == nil {
		return nil, param.InQuery("region", "没有这个区域", "there is no such region")
	}
	var of []*grid.Duty
	switch {
	case f.holder != "":
		x := t.roster.HolderByCode(f.holder)
		if x == nil {
			return nil, param.InQuery("holder", "没有这个责任主体", "there is no such holder")
		}
		of = t.roster.DutiesOf(x.ID, t.day)
	case f.target == "":
		of = t.roster.DutiesOn(t.day)
	}
	var only *grid.Target
	if f.target != "" {
		if only, err = f.one(t); err != nil {
			return nil, err
		}
		if f.holder == "" {
			of = t.roster.Duties(*only, t.day)
		}
	}
	for _, d := range of {
		if f.matches(t, d, only) {
			list = append(list, d)
		}
	}
	return list, nil
}

// one is the target that is named.
func (f dutyFilter) one(t *teller) (*grid.Target, error) {
	if f.kind == "" {
		return nil, param.InQuery("target_kind", "给出 target 时必填", "is required with target")
	}
	scheme := f.scheme
	if f.kind == grid.TargetGrid && scheme == "" {
		return nil, param.InQuery("scheme", "对象为网格时必填", "is required of a grid")
	}
	target, found := t.roster.FindTarget(t.net, f.kind, scheme, f.target, t.day)
	if !found {
		return nil, param.InQuery("target", "没有这个对象", "there is no such target")
	}
	return &target, nil
}

func (f dutyFilter) matches(t *teller, d *grid.Duty, only *grid.Target) bool {
	if only != nil && d.Target != *only || f.kind != "" && d.Target.Kind != f.kind || f.role != "" && d.Role != f.role {
		return false
	}
	if f.scheme != "" {
		g := t.net.GridByID(d.Target.ID)
		if d.Target.Kind != grid.TargetGrid || g == nil || g.Scheme != f.scheme {
			return false
		}
	}
	return t.roster.Within(t.net, d.Target, f.region)
}
