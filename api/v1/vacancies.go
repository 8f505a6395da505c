package v1

import (
	"fmt"
	"net/http"
	"slices"

	"wangge/api/param"
	"wangge/grid"
	"wangge/grid/rights"
)

func (h *Handler) vacancyRoutes() []Route {
	return []Route{{
		Path: "/vacancies", Needs: rights.ReadFigures, Reads: true, Title: "格中定人的缺口", TitleE: "Where 格中定人 is not true", Reply: page[failureJSON]{}, Serve: h.vacancies,
		Params: pagingParams(schemeParam(),
			Param{Name: "kind", Title: "missing 缺员、expired 到期、absent 离岗无人代、too_many 超员、overloaded 超负荷", TitleE: "missing, expired, absent, too_many, overloaded"},
			Param{Name: "target_kind", Title: "对象类别", TitleE: "kind of target"}, regionParam(), atParam()),
	}}
}

// vacancies lists the failures of 格中定人 on a day.
func (h *Handler) vacancies(w http.ResponseWriter, r *http.Request) error {
	q := h.Query(r)
	kinds := []string{""}
	for _, k := range grid.FailureKinds() {
		kinds = append(kinds, string(k))
	}
	f := grid.FailureFilter{
		Scheme: q.Text("scheme", maxCodeRunes), Kind: grid.FailureKind(q.OneOf("kind", kinds...)), Target: kindParam(q), Region: q.Text("region", maxCodeRunes),
	}
	win := windowOf(q)
	_, t, err := h.models(r)
	if err != nil {
		return err
	}
	if f.Region != "" && t.net.Region(f.Region) == nil {
		return param.InQuery("region", "没有这个区域", "there is no such region")
	}
	if f.Scheme != "" && t.net.Scheme(f.Scheme) == nil {
		return param.InQuery("scheme", "没有这个网格方案", "there is no such scheme")
	}
	return h.tell(w, r, t, 0, cut(win, t.roster.Failures(t.net, t.day, f), t.failureKey, t.failure))
}

// failureKey orders failures by kind of target, code and role.
func (t *teller) failureKey(f grid.Failure) string {
	code, sort := t.roster.CodeOf(t.net, f.Target)
	return fmt.Sprintf("%d/%s/%s/%d/%s/%s/%d", slices.Index(grid.TargetKinds(), f.Target.Kind), sort, keyText(code), f.Target.ID, f.Role, f.Kind, f.Holder)
}
