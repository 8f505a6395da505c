package v1

import (
	"context"
	"net/http"

	"wangge/api/param"
	"wangge/grid"
	"wangge/grid/postgres"
	"wangge/grid/rights"
)

// requirementBody says how many of a role each target of a kind must have.
type requirementBody struct {
	TargetKind grid.TargetKind `json:"target_kind"`
	AppliesTo  string          `json:"applies_to,omitempty" doc:"网格方案代码、道路等级或类别；空为全部"`
	Role       string          `json:"role"`
	AtLeast    int             `json:"at_least"`
	AtMost     *int            `json:"at_most,omitempty"`
}

// limitBody says of how many targets one holder can have a role.
type limitBody struct {
	Role       string          `json:"role"`
	TargetKind grid.TargetKind `json:"target_kind"`
	AppliesTo  string          `json:"applies_to,omitempty"`
	AtMost     int             `json:"at_most"`
	Standard   string          `json:"standard,omitempty" doc:"依据"`
	Verified   bool            `json:"verified,omitempty" doc:"是否已与依据原文核对"`
}

func (h *Handler) ruleWriteRoutes() []Route {
	return []Route{
		{Method: http.MethodPut, Path: "/requirements", Needs: rights.EditScheme, Match: true, Title: "定人要求：整表更换", TitleE: "Replace the table of requirements", Body: rulesJSON[requirementBody]{}, Reply: rulesJSON[requirementJSON]{}, Serve: h.setRequirements},
		{Method: http.MethodPut, Path: "/load-limits", Needs: rights.EditScheme, Match: true, Title: "超负荷界限：整表更换", TitleE: "Replace the table of load limits", Body: rulesJSON[limitBody]{}, Reply: rulesJSON[limitJSON]{}, Serve: h.setLimits},
	}
}

// rulesBody reads a table. An empty one has to be said: a body that forgot it would take all rules away.
func rulesBody[T any](r *http.Request) (body rulesJSON[T], err error) {
	if err := param.Body(r, &body); err != nil {
		return body, err
	}
	if body.Items == nil {
		return body, param.InBody("/items", "缺少 items", "items is missing")
	}
	return body, nil
}

func (h *Handler) setRequirements(w http.ResponseWriter, r *http.Request) error {
	tag, err := match(r)
	if err != nil {
		return err
	}
	body, err := rulesBody[requirementBody](r)
	if err != nil {
		return err
	}
	want := make([]grid.Requirement, len(body.Items))
	for i, b := range body.Items {
		want[i] = grid.Requirement{Kind: b.TargetKind, Applies: b.AppliesTo, Role: b.Role, AtLeast: b.AtLeast}
		put(&want[i].AtMost, b.AtMost)
	}
	return h.change(w, r, body, func(ctx context.Context, t *postgres.Tx) (result, error) {
		now, err := t.SetRequirements(ctx, tag, want)
		return result{value: requirementsJSON(now), etag: etagOf(grid.RequirementsTag(now))}, err
	})
}

func (h *Handler) setLimits(w http.ResponseWriter, r *http.Request) error {
	tag, err := match(r)
	if err != nil {
		return err
	}
	body, err := rulesBody[limitBody](r)
	if err != nil {
		return err
	}
	want := make([]grid.LoadLimit, len(body.Items))
	for i, b := range body.Items {
		want[i] = grid.LoadLimit{Kind: b.TargetKind, Applies: b.AppliesTo, Role: b.Role, AtMost: b.AtMost, Standard: b.Standard, Verified: b.Verified}
	}
	return h.change(w, r, body, func(ctx context.Context, t *postgres.Tx) (result, error) {
		now, err := t.SetLoadLimits(ctx, tag, want)
		return result{value: limitsJSON(now), etag: etagOf(grid.LimitsTag(now))}, err
	})
}
