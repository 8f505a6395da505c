package v1

import (
	"context"
	"fmt"
	"net/http"

	"github.com/gorilla/mux"

	"wangge/api/param"
	"wangge/grid"
	"wangge/grid/postgres"
	"wangge/grid/rights"
)

// targetBody names what a duty is for: by id, or by code; a grid by scheme and code.
type targetBody struct {
	Kind   grid.TargetKind `json:"kind"`
	ID     int64           `json:"id,omitempty"`
	Code   string          `json:"code,omitempty"`
	Scheme string          `json:"scheme,omitempty"`
}

// dutyBody is a duty to be given.
type dutyBody struct {
	Holder    string     `json:"holder" doc:"责任主体代号"`
	Role      string     `json:"role"`
	Target    targetBody `json:"target"`
	Rank      grid.Rank  `json:"rank,omitempty" doc:"primary 主责、deputy 协同"`
	Hours     string     `json:"hours,omitempty"`
	ValidFrom grid.Day   `json:"valid_from,omitempty" doc:"缺省为今天"`
	ValidTo   grid.Day   `json:"valid_to,omitempty" doc:"最后一天"`
	Note      string     `json:"note,omitempty"`
}

// dutyPatch corrects what it names. An empty text takes away what may be left out.
type dutyPatch struct {
	Rank      *grid.Rank `json:"rank,omitempty"`
	Hours     *string    `json:"hours,omitempty"`
	ValidFrom *grid.Day  `json:"valid_from,omitempty"`
	ValidTo   *grid.Day  `json:"valid_to,omitempty"`
	Note      *string    `json:"note,omitempty"`
}

type dutyBatchBody struct {
	Operations []dutyStepBody `json:"operations" doc:"至多 1000 项，要么全做，要么全不做"`
}

// dutyStepBody has one of the two.
type dutyStepBody struct {
	Add *dutyBody    `json:"add,omitempty"`
	End *dutyEndBody `json:"end,omitempty"`
}

type dutyEndBody struct {
	ID       int64    `json:"id"`
	On       grid.Day `json:"on,omitempty" doc:"最后一天，缺省为今天"`
	Revision int64    `json:"revision,omitempty" doc:"读到的版本；缺省为任何版本"`
}

type dutyBatchJSON struct {
	Items []dutyDoneJSON `json:"items"`
}

type dutyDoneJSON struct {
	Op   string   `json:"op" doc:"added 新增、ended 结束、removed 收回（尚未开始）"`
	Duty dutyJSON `json:"duty"`
}

const maxDutySteps = 1000

func (h *Handler) dutyWriteRoutes() []Route {
	on := []Param{{Name: "on", Title: "最后一天，缺省为今天", TitleE: "last day, today by default"}}
	return []Route{
		{Method: http.MethodPost, Path: "/duties", Needs: rights.EditPeople, Title: "定人：给一项职责", TitleE: "Give a duty", Status: http.StatusCreated, Body: dutyBody{}, Reply: dutyJSON{}, Serve: h.addDuty},
		{Method: http.MethodPost, Path: "/duties/batch", Needs: rights.EditPeople, Title: "成批给予和结束职责", TitleE: "Give and end duties, all or none", Body: dutyBatchBody{}, Reply: dutyBatchJSON{}, Serve: h.dutyBatch},
		{Method: http.MethodPatch, Path: "/duties/{id}", Needs: rights.EditPeople, Match: true, Title: "更正一项职责", TitleE: "Correct a duty", Body: dutyPatch{}, Reply: dutyJSON{}, Serve: h.changeDuty},
		{Method: http.MethodDelete, Path: "/duties/{id}", Needs: rights.EditPeople, Match: true, Params: on, Title: "结束一项职责；尚未开始的收回", TitleE: "End a duty; one that has not begun is removed", Reply: dutyDoneJSON{}, Serve: h.endDuty},
	}
}

func (b dutyBody) duty() postgres.NewDuty {
	return postgres.NewDuty{
		Holder: b.Holder, Target: postgres.TargetRef(b.Target),
		Duty: grid.Duty{Role: b.Role, Rank: b.Rank, Hours: b.Hours, Term: grid.Term{From: b.ValidFrom, To: b.ValidTo}, Note: b.Note},
	}
}

func (h *Handler) addDuty(w http.ResponseWriter, r *http.Request) error {
	var body dutyBody
	if err := param.Body(r, &body); err != nil {
		return err
	}
	return h.change(w, r, body, func(ctx context.Context, t *postgres.Tx) (result, error) {
		d, err := t.AddDuty(ctx, body.duty())
		return result{status: http.StatusCreated, value: writtenDuty(d), etag: etagOf(d.Revision)}, err
	})
}

func (h *Handler) changeDuty(w http.ResponseWriter, r *http.Request) error {
	revision, err := match(r)
	if err != nil {
		return err
	}
	id, err := rowID(mux.Vars(r)["id"])
	if err != nil {
		return err
	}
	var body dutyPatch
	if err := param.Body(r, &body); err != nil {
		return err
	}
	return h.change(w, r, body, func(ctx context.Context, t *postgres.Tx) (result, error) {
		d, err := t.ChangeDuty(ctx, id, revision, body.change)
		return result{value: writtenDuty(d), etag: etagOf(d.Revision)}, err
	})
}

func (b dutyPatch) change(d *grid.Duty) {
	put(&d.Rank, b.Rank)
	put(&d.Hours, b.Hours)
	put(&d.Term.From, b.ValidFrom)
	put(&d.Term.To, b.ValidTo)
	put(&d.Note, b.Note)
}

// ending is what a request ends: the row, the revision of it that was read, and on which day; 0 for today.
func (h *Handler) ending(r *http.Request) (id, revision int64, on grid.Day, err error) {
	if revision, err = match(r); err != nil {
		return 0, 0, 0, err
	}
	if id, err = rowID(mux.Vars(r)["id"]); err != nil {
		return 0, 0, 0, err
	}
	on = h.dayOf(r, "on", 0)
	return id, revision, on, h.Query(r).Err()
}

func (h *Handler) endDuty(w http.ResponseWriter, r *http.Request) error {
	id, revision, on, err := h.ending(r)
	if err != nil {
		return err
	}
	return h.change(w, r, nil, func(ctx context.Context, t *postgres.Tx) (result, error) {
		d, removed, err := t.EndDuty(ctx, id, revision, on)
		done := postgres.DutyDone{Row: d, Ended: true, Removed: removed}
		return result{value: doneJSON(done), etag: etagOf(d.Revision)}, err
	})
}

func doneJSON(d postgres.DutyDone) dutyDoneJSON {
	op := "added"
	switch {
	case d.Removed:
		op = "removed"
	case d.Ended:
		op = "ended"
	}
	return dutyDoneJSON{op, writtenDuty(d.Row)}
}

func (h *Handler) dutyBatch(w http.ResponseWriter, r *http.Request) error {
	var body dutyBatchBody
	if err := param.Body(r, &body); err != nil {
		return err
	}
	steps, err := body.steps()
	if err != nil {
		return err
	}
	return h.change(w, r, body, func(ctx context.Context, t *postgres.Tx) (result, error) {
		done, err := t.DutyBatch(ctx, steps)
		answer := dutyBatchJSON{Items: make([]dutyDoneJSON, len(done))}
		for i, d := range done {
			answer.Items[i] = doneJSON(d)
		}
		return result{value: answer}, err
	})
}

func (b dutyBatchBody) steps() ([]postgres.DutyStep, error) {
	if n := len(b.Operations); n == 0 || n > maxDutySteps {
		return nil, param.InBody("/operations", fmt.Sprintf("须为 1 到 %d 项", maxDutySteps), fmt.Sprintf("must have 1 to %d items", maxDutySteps))
	}
	steps := make([]postgres.DutyStep, len(b.Operations))
	for i, op := range b.Operations {
		switch {
		case (op.Add == nil) == (op.End == nil):
			return nil, param.InBody(fmt.Sprintf("/operations/%d", i), "add 与 end 须有其一", "has either add or end")
		case op.Add != nil:
			add := op.Add.duty()
			steps[i].Add = &add
		default:
			steps[i] = postgres.DutyStep{End: op.End.ID, On: op.End.On, Revision: op.End.Revision}
		}
	}
	return steps, nil
}
