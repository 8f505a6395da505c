package v1

import (
	"net/http"

	"wangge/grid"
	"wangge/grid/rights"
)

type departmentJSON struct {
	Code   string  `json:"code"`
	Name   string  `json:"name"`
	NameEn *string `json:"name_en"`
	Kind   string  `json:"kind"`
	Parent *string `json:"parent"`
}

type roleJSON struct {
	Code    string `json:"code"`
	Title   string `json:"title"`
	TitleEn string `json:"title_en"`
}

// requirementJSON says how many of a role each target of a kind must have.
type requirementJSON struct {
	ID         int64           `json:"id"`
	TargetKind grid.TargetKind `json:"target_kind"`
	AppliesTo  string          `json:"applies_to" doc:"网格方案代码、道路等级或类别；空为全部"`
	Role       string          `json:"role"`
	AtLeast    int             `json:"at_least"`
	AtMost     *int            `json:"at_most"`
}

// limitJSON says of how many targets one holder can have a role.
type limitJSON struct {
	ID         int64           `json:"id"`
	Role       string          `json:"role"`
	TargetKind grid.TargetKind `json:"target_kind"`
	AppliesTo  string          `json:"applies_to"`
	AtMost     int             `json:"at_most"`
	Standard   *string         `json:"standard"`
	Verified   bool            `json:"verified"`
}

// rulesJSON is a whole table of rules. Its ETag changes with what it says.
type rulesJSON[T any] struct {
	Items []T `json:"items"`
}

func (h *Handler) tableRoutes() []Route {
	return []Route{
		{Path: "/departments", Needs: rights.ReadPeople, Reads: true, Title: "部门", TitleE: "Departments", Reply: rulesJSON[departmentJSON]{}, Serve: h.departments},
		{Path: "/roles", Needs: rights.ReadPeople, Reads: true, Title: "职责角色", TitleE: "Roles", Reply: rulesJSON[roleJSON]{}, Serve: h.roles},
		{Path: "/requirements", Needs: rights.ReadPeople, Reads: true, Title: "定人要求", TitleE: "What targets must have", Reply: rulesJSON[requirementJSON]{}, Serve: h.requirements},
		{Path: "/load-limits", Needs: rights.ReadPeople, Reads: true, Title: "超负荷界限", TitleE: "Load limits", Reply: rulesJSON[limitJSON]{}, Serve: h.limits},
	}
}

// table makes a table of rows.
func table[T, J any](rows []*T, tell func(*T) J) rulesJSON[J] {
	out := rulesJSON[J]{Items: []J{}}
	for _, row := range rows {
		out.Items = append(out.Items, tell(row))
	}
	return out
}

func (h *Handler) departments(w http.ResponseWriter, r *http.Request) error {
	view, err := h.City(r)
	if err != nil {
		return err
	}
	return h.json(w, r, table(rosterOf(view).Departments(), func(d *grid.Department) departmentJSON {
		return departmentJSON{d.Code, d.Name, orNull(d.NameEn), d.Kind, orNull(d.Parent)}
	}))
}

func (h *Handler) roles(w http.ResponseWriter, r *http.Request) error {
	view, err := h.City(r)
	if err != nil {
		return err
	}
	return h.json(w, r, table(rosterOf(view).Roles(), func(x *grid.Role) roleJSON { return roleJSON{x.Code, x.Title, x.TitleEn} }))
}

func (h *Handler) requirements(w http.ResponseWriter, r *http.Request) error {
	view, err := h.City(r)
	if err != nil {
		return err
	}
	rows := rosterOf(view).Rows().Requirements
	return h.row(w, r, grid.RequirementsTag(rows), requirementsJSON(rows))
}

// requirementsJSON tells of requirements in the order of their numbers.
func requirementsJSON(rows []grid.Requirement) rulesJSON[requirementJSON] {
	out := rulesJSON[requirementJSON]{Items: []requirementJSON{}}
	for _, q := range rows {
		out.Items = append(out.Items, requirementJSON{q.ID, q.Kind, q.Applies, q.Role, q.AtLeast, orNull(q.AtMost)})
	}
	return out
}

func (h *Handler) limits(w http.ResponseWriter, r *http.Request) error {
	view, err := h.City(r)
	if err != nil {
		return err
	}
	rows := rosterOf(view).Rows().Limits
	return h.row(w, r, grid.LimitsTag(rows), limitsJSON(rows))
}

// limitsJSON tells of load limits in the order of their numbers.
func limitsJSON(rows []grid.LoadLimit) rulesJSON[limitJSON] {
	out := rulesJSON[limitJSON]{Items: []limitJSON{}}
	for _, l := range rows {
		out.Items = append(out.Items, limitJSON{l.ID, l.Role, l.Kind, l.Applies, l.AtMost, orNull(l.Standard), l.Verified})
	}
	return out
}
