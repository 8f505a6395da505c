package v1

import (
	"context"
	"net/http"

	"github.com/gorilla/mux"

	"wangge/api/param"
	"wangge/grid"
	"wangge/grid/postgres"
	"wangge/grid/rights"
)

// holderBody is a new person or organisation.
type holderBody struct {
	Code      string   `json:"code,omitempty" doc:"代号（工号等）；空则自动编号"`
	Name      string   `json:"name"`
	Phone     string   `json:"phone,omitempty" doc:"内地手机或固定电话"`
	Dept      string   `json:"dept,omitempty" doc:"部门代码"`
	Title     string   `json:"title,omitempty" doc:"职务"`
	Note      string   `json:"note,omitempty"`
	ValidFrom grid.Day `json:"valid_from,omitempty" doc:"到岗日期"`
	ValidTo   grid.Day `json:"valid_to,omitempty" doc:"离岗日期：从这一天起不在岗"`
}

// holderPatch changes what it names. An empty text takes away what may be left out.
type holderPatch struct {
	Code      *string   `json:"code,omitempty"`
	Name      *string   `json:"name,omitempty"`
	Phone     *string   `json:"phone,omitempty"`
	Dept      *string   `json:"dept,omitempty"`
	Title     *string   `json:"title,omitempty"`
	Note      *string   `json:"note,omitempty"`
	ValidFrom *grid.Day `json:"valid_from,omitempty"`
	ValidTo   *grid.Day `json:"valid_to,omitempty"`
}

// writtenHolder is what a person or an organisation is after a write.
type writtenHolder struct {
	holderRef
	ValidFrom   *grid.Day `json:"valid_from"`
	ValidTo     *grid.Day `json:"valid_to"`
	Revision    int64     `json:"revision"`
	EndedDuties int       `json:"ended_duties" doc:"随之结束的职责数"`
}

type handoverBody struct {
	To     string   `json:"to" doc:"接手者代号"`
	On     grid.Day `json:"on,omitempty" doc:"接手的第一天，缺省为今天"`
	Duties []int64  `json:"duties,omitempty" doc:"职责编号；缺省为当日及以后的全部"`
	Note   string   `json:"note,omitempty"`
}

type handoverJSON struct {
	Ended   int        `json:"ended" doc:"原责任主体结束的职责数"`
	Removed int        `json:"removed" doc:"尚未开始而收回的职责数"`
	Kept    int        `json:"kept" doc:"接手者本来就有的职责数"`
	Made    []dutyJSON `json:"made"`
}

type absenceBody struct {
	Kind        string           `json:"kind" doc:"leave 休假、training 培训、secondment 借调、other 其他"`
	ValidFrom   grid.Day         `json:"valid_from"`
	ValidTo     grid.Day         `json:"valid_to" doc:"最后一天"`
	Substitutes []substituteBody `json:"substitutes,omitempty"`
}

type substituteBody struct {
	Duty   int64  `json:"duty" doc:"代理哪一条职责"`
	Holder string `json:"holder" doc:"代理人代号"`
}

// writtenAbsence is an absence with those who stand in.
type writtenAbsence struct {
	absenceJSON
	Substitutes []dutyJSON `json:"substitutes"`
	Removed     bool       `json:"removed" doc:"尚未开始，已收回"`
}

func (h *Handler) holderWriteRoutes(kind grid.HolderKind, path, zh, en string) []Route {
	one := path + "/{code}"
	ending := []Param{{Name: "end_duties", Title: "true 则一并结束其职责", TitleE: "true: the duties end too"}}
	back := []Param{{Name: "on", Title: "返岗的第一天，缺省为今天", TitleE: "first day back, today by default"}}
	return []Route{
		{Method: http.MethodPost, Path: path, Needs: rights.EditPeople, Reads: true, Title: "新增" + zh, TitleE: "Add " + en, Status: http.StatusCreated, Body: holderBody{}, Reply: writtenHolder{}, Serve: h.addHolder(kind, path)},
		{Method: http.MethodPatch, Path: one, Needs: rights.EditPeople, Reads: true, Match: true, Title: "修改" + zh, TitleE: "Change " + en, Body: holderPatch{}, Reply: writtenHolder{}, Serve: h.changeHolder(kind)},
		{Method: http.MethodDelete, Path: one, Needs: rights.EditPeople, Reads: true, Match: true, Params: ending, Title: zh + "离岗（从今天起）", TitleE: "End the time in post of " + en + ", from today on", Reply: writtenHolder{}, Serve: h.endHolder(kind)},
		{Method: http.MethodPost, Path: one + "/handover", Needs: rights.EditPeople, Title: "移交职责", TitleE: "Hand over duties of " + en, Body: handoverBody{}, Reply: handoverJSON{}, Serve: h.handOver(kind)},
		{Method: http.MethodPost, Path: one + "/absences", Needs: rights.EditPeople, Title: "登记离岗与代理", TitleE: "Write down an absence of " + en + ", and who stands in", Status: http.StatusCreated, Body: absenceBody{}, Reply: writtenAbsence{}, Serve: h.addAbsence(kind)},
		{Method: http.MethodDelete, Path: one + "/absences/{id}", Needs: rights.EditPeople, Match: true, Params: back, Title: "返岗", TitleE: "End an absence of " + en, Reply: writtenAbsence{}, Serve: h.endAbsence(kind)},
	}
}

// answerHolder tells of a holder after a write.
func (h *Handler) answerHolder(r *http.Request, x grid.Holder, ended int) (result, error) {
	view, err := h.City(r)
	if err != nil {
		return result{}, err
	}
	var dept grid.Department
	if d := rosterOf(view).Department(x.Dept); d != nil {
		dept = *d
	}
	value := writtenHolder{holderRef: maskedRef(x, dept), ValidFrom: orNull(x.Term.From), ValidTo: orNull(x.Term.To), Revision: x.Revision, EndedDuties: ended}
	return result{value: value, etag: etagOf(x.Revision)}, nil
}

func (h *Handler) addHolder(kind grid.HolderKind, path string) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		var body holderBody
		if err := param.Body(r, &body); err != nil {
			return err
		}
		return h.change(w, r, body, func(ctx context.Context, t *postgres.Tx) (result, error) {
			made, err := t.AddHolder(ctx, grid.Holder{Kind: kind, Code: body.Code, Name: body.Name, Phone: body.Phone, Dept: body.Dept, Title: body.Title, Note: body.Note,
				Term: grid.Term{From: body.ValidFrom, To: body.ValidTo}})
			if err != nil {
				return result{}, err
			}
			res, err := h.answerHolder(r, made, 0)
			res.status, res.location = http.StatusCreated, path+"/"+made.Code
			return res, err
		})
	}
}

func (h *Handler) changeHolder(kind grid.HolderKind) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		revision, err := match(r)
		if err != nil {
			return err
		}
		var body holderPatch
		if err := param.Body(r, &body); err != nil {
			return err
		}
		return h.change(w, r, body, func(ctx context.Context, t *postgres.Tx) (result, error) {
			now, err := t.ChangeHolder(ctx, kind, mux.Vars(r)["code"], revision, body.change)
			if err != nil {
				return result{}, err
			}
			return h.answerHolder(r, now, 0)
		})
	}
}

func (b holderPatch) change(x *grid.Holder) {
	put(&x.Code, b.Code)
	put(&x.Name, b.Name)
	put(&x.Phone, b.Phone)
	put(&x.Dept, b.Dept)
	put(&x.Title, b.Title)
	put(&x.Note, b.Note)
	put(&x.Term.From, b.ValidFrom)
	put(&x.Term.To, b.ValidTo)
}

func (h *Handler) endHolder(kind grid.HolderKind) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		revision, err := match(r)
		if err != nil {
			return err
		}
		q := h.Query(r)
		duties := q.OneOf("end_duties", "false", "true") == "true"
		if err := q.Err(); err != nil {
			return err
		}
		return h.change(w, r, nil, func(ctx context.Context, t *postgres.Tx) (result, error) {
			now, ended, err := t.EndHolder(ctx, kind, mux.Vars(r)["code"], revision, duties)
			if err != nil {
				return result{}, err
			}
			return h.answerHolder(r, now, ended)
		})
	}
}

func (h *Handler) handOver(kind grid.HolderKind) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		var body handoverBody
		if err := param.Body(r, &body); err != nil {
			return err
		}
		return h.change(w, r, body, func(ctx context.Context, t *postgres.Tx) (result, error) {
			done, err := t.HandOver(ctx, kind, mux.Vars(r)["code"], postgres.Handover(body))
			return result{value: handoverJSON{done.Ended, done.Removed, done.Kept, writtenDuties(done.Made)}}, err
		})
	}
}

func (h *Handler) addAbsence(kind grid.HolderKind) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		var body absenceBody
		if err := param.Body(r, &body); err != nil {
			return err
		}
		n := postgres.NewAbsence{Kind: body.Kind, Term: grid.Term{From: body.ValidFrom, To: body.ValidTo}}
		for _, s := range body.Substitutes {
			n.StandIns = append(n.StandIns, postgres.NewStandIn(s))
		}
		return h.change(w, r, body, func(ctx context.Context, t *postgres.Tx) (result, error) {
			a, rows, err := t.AddAbsence(ctx, kind, mux.Vars(r)["code"], n)
			return result{status: http.StatusCreated, value: writtenAbsence{absenceOf(a), writtenDuties(rows), false}, etag: etagOf(a.Revision)}, err
		})
	}
}

func absenceOf(a grid.Absence) absenceJSON {
	return absenceJSON{a.ID, a.Kind, a.Term.From, a.Term.To, a.Revision}
}

func (h *Handler) endAbsence(kind grid.HolderKind) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		id, revision, on, err := h.ending(r)
		if err != nil {
			return err
		}
		return h.change(w, r, nil, func(ctx context.Context, t *postgres.Tx) (result, error) {
			a, removed, err := t.EndAbsence(ctx, kind, mux.Vars(r)["code"], id, revision, on)
			return result{value: writtenAbsence{absenceOf(a), []dutyJSON{}, removed}, etag: etagOf(a.Revision)}, err
		})
	}
}
