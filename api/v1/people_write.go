package v1

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"wangge/api/param"
	"wangge/grid"
	"wangge/grid/postgres"
)

// Answers of writes show people masked, whoever writes: who may know more asks for it, and that is in the access log.

func (h *Handler) peopleWriteRoutes() []Route {
	return slices.Concat(h.holderWriteRoutes(grid.Person, "/persons", "人员", "a person"),
		h.holderWriteRoutes(grid.Organisation, "/organisations", "单位", "an organisation"), h.dutyWriteRoutes(), h.ruleWriteRoutes(), h.ledgerRoutes())
}

// change runs a use case about people. What it refuses names its place in the body.
func (h *Handler) change(w http.ResponseWriter, r *http.Request, body any, do func(ctx context.Context, t *postgres.Tx) (result, error)) error {
	return h.write(w, r, body, func(ctx context.Context, t *postgres.Tx) (result, error) {
		res, err := do(ctx, t)
		return res, inBody(err)
	})
}

// inBody makes faults of the body of refusals.
func inBody(err error) error {
	var refused grid.Refusals
	if !errors.As(err, &refused) {
		return err
	}
	var faults param.Faults
	for _, x := range refused {
		faults = append(faults, param.InBody(x.Field, x.Detail, x.DetailEn)...)
	}
	return faults
}

// maskedRef tells of a holder without more than everybody signed in may know.
func maskedRef(x grid.Holder, dept grid.Department) holderRef {
	ref := holderRef{Code: x.Code, Kind: x.Kind, Masked: true, Title: x.Title, Sample: x.Sample}
	ref.Name, ref.Phone = grid.Shown(&x, false)
	if dept.Code != "" {
		ref.Dept = &deptRef{dept.Code, dept.Name}
	}
	return ref
}

// writtenDuty tells of a duty as the transaction has it. Notes may say anything, so they are for those who read the duty.
func writtenDuty(d postgres.DutyRow) dutyJSON {
	return dutyJSON{
		ID: d.ID, Role: d.Role, Title: d.As.Title, TitleEn: d.As.TitleEn, Rank: d.Rank, Hours: orNull(d.Hours), ValidFrom: d.Term.From, ValidTo: orNull(d.Term.To),
		StandsFor: orNull(d.Stands), Revision: d.Revision, Holder: maskedRef(d.Of, d.Dept), Target: writtenTarget(d.For),
	}
}

func writtenDuties(rows []postgres.DutyRow) []dutyJSON {
	list := make([]dutyJSON, len(rows))
	for i, d := range rows {
		list[i] = writtenDuty(d)
	}
	return list
}

func writtenTarget(x postgres.TargetRow) targetJSON {
	j := targetJSON{Kind: x.Kind, ID: x.ID, Code: x.Code, Name: x.Name}
	switch x.Kind {
	case grid.TargetGrid:
		j.Scheme = x.Sort
	case grid.TargetRoad:
		j.Class = x.Sort
	}
	if x.RegionName != "" {
		j.Region = &regionRef{x.Region, x.RegionName, x.RegionKind}
	}
	if x.Box != [4]float64{} {
		j.At, j.BBox = &x.At, &x.Box
	}
	return j
}

// rowID reads the number of a row in the path; ErrNotFound for what is no number.
func rowID(text string) (int64, error) {
	n, ok := param.Natural(text)
	if !ok || n == 0 || n > 1<<62 {
		return 0, postgres.ErrNotFound
	}
	return int64(n), nil
}
