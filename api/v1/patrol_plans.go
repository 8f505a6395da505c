package v1

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/gorilla/mux"

	"wangge/api/commit"
	"wangge/api/param"
	"wangge/grid"
	"wangge/grid/patrol"
	"wangge/grid/postgres"
	"wangge/grid/rights"
)

// planBody is a check plan as it is written.
type planBody struct {
	Title       string        `json:"title"`
	TitleEn     string        `json:"title_en"`
	SubjectKind string        `json:"subject_kind" doc:"图层、place 点位、grid 网格"`
	AppliesTo   string        `json:"applies_to,omitempty" doc:"道路等级、公厕等级、坡道或泊位类型、点位类别、网格方案；空为全部"`
	Checklist   string        `json:"checklist"`
	Role        string        `json:"role"`
	Period      patrol.Period `json:"period" doc:"day、week、month、quarter"`
	Times       int           `json:"times" doc:"每周期次数，1 到 24"`
	Windows     []string      `json:"windows,omitempty" doc:"时段，如 06:00-22:00；22:00-05:00 到次日"`
	Weekdays    string        `json:"weekdays,omitempty" doc:"检查日，1 周一 … 7 周日；缺省为每天"`
	Enabled     *bool         `json:"enabled,omitempty" doc:"缺省为 true"`
	ValidFrom   grid.Day      `json:"valid_from,omitempty" doc:"缺省为今天"`
	ValidTo     *grid.Day     `json:"valid_to,omitempty" doc:"最后一天"`
}

type planJSON struct {
	Code        string        `json:"code"`
	Title       string        `json:"title"`
	TitleEn     string        `json:"title_en"`
	SubjectKind string        `json:"subject_kind"`
	AppliesTo   string        `json:"applies_to"`
	Checklist   string        `json:"checklist"`
	Role        string        `json:"role"`
	Period      patrol.Period `json:"period"`
	Times       int           `json:"times"`
	Windows     []string      `json:"windows"`
	Weekdays    string        `json:"weekdays"`
	Enabled     bool          `json:"enabled"`
	ValidFrom   grid.Day      `json:"valid_from"`
	ValidTo     *grid.Day     `json:"valid_to" doc:"最后一天"`
	Revision    int64         `json:"revision"`
}

type checklistJSON struct {
	Code        string          `json:"code"`
	Title       string          `json:"title"`
	TitleEn     string          `json:"title_en"`
	SubjectKind string          `json:"subject_kind"`
	Edition     string          `json:"edition" doc:"现行版本"`
	Editions    []string        `json:"editions" doc:"所有版本，最新的在最后；旧版本的检查仍有效"`
	Items       []checkItemJSON `json:"items"`
}

type checkItemJSON struct {
	Code         string                            `json:"code"`
	Title        string                            `json:"title"`
	TitleEn      string                            `json:"title_en"`
	Standard     string                            `json:"standard" doc:"依据"`
	Verified     bool                              `json:"verified" doc:"是否已与依据原文核对"`
	PhotoOnFail  bool                              `json:"photo_on_fail" doc:"不合格时是否必须拍照"`
	ProblemClass *string                           `json:"problem_class" doc:"不合格时建议上报的问题类别"`
	Effects      map[patrol.Answer][]patrol.Effect `json:"effects" doc:"pass、fail 各自使台账哪个字段取什么值"`
}

type editionBody struct {
	Edition string          `json:"edition" doc:"大于已有的版本，如 2026-03"`
	Items   []checkItemBody `json:"items" doc:"1 到 60 项，按顺序"`
}

type checkItemBody struct {
	Code         string                            `json:"code"`
	Title        string                            `json:"title"`
	TitleEn      string                            `json:"title_en"`
	Standard     string                            `json:"standard,omitempty"`
	Verified     bool                              `json:"verified,omitempty"`
	PhotoOnFail  bool                              `json:"photo_on_fail,omitempty"`
	ProblemClass *string                           `json:"problem_class,omitempty"`
	Effects      map[patrol.Answer][]patrol.Effect `json:"effects,omitempty"`
}

type placeKindJSON struct {
	Code    string  `json:"code"`
	Title   string  `json:"title"`
	TitleEn string  `json:"title_en"`
	Layer   *string `json:"layer" doc:"台账图层：其对象就是这一类点位"`
	Ordinal int     `json:"ordinal"`
}

func (h *Handler) patrolPlanRoutes() []Route {
	const plan, kinds = "/patrol/plans/{code}", "/patrol/place-kinds"
	return []Route{
		{Path: "/patrol/plans", Needs: rights.ReadPeople, Title: "检查计划", TitleE: "Check plans", Reply: rulesJSON[planJSON]{}, Serve: h.plans},
		{Method: http.MethodPut, Path: plan, Needs: rights.EditPatrol, Title: "更换检查计划（If-Match 为所见版本）；没有 If-Match 则新建", TitleE: "Replace a check plan (If-Match says which); make one without If-Match", Body: planBody{}, Reply: planJSON{}, Serve: h.setPlan},
		{Method: http.MethodDelete, Path: plan, Needs: rights.EditPatrol, Match: true, Title: "删除检查计划；检查记录保留", TitleE: "Forget a plan; its checks stay", Status: http.StatusNoContent, Serve: h.dropPlan},
		{Path: "/patrol/checklists", Needs: rights.ReadPeople, Title: "检查清单的现行版本", TitleE: "Checklists, the latest editions", Reply: rulesJSON[checklistJSON]{}, Serve: h.checklists},
		{Method: http.MethodPost, Path: "/patrol/checklists/{code}/editions", Needs: rights.EditPatrol, Title: "检查清单的新版本", TitleE: "A new edition of a checklist", Status: http.StatusCreated, Body: editionBody{}, Reply: checklistJSON{}, Serve: h.addEdition},
		{Path: kinds, Needs: rights.ReadPeople, Title: "点位类别", TitleE: "Kinds of places", Reply: rulesJSON[placeKindJSON]{}, Serve: h.placeKinds},
		{Method: http.MethodPut, Path: kinds, Needs: rights.EditPatrol, Match: true, Title: "点位类别：整表更换", TitleE: "Replace the table of kinds of places", Body: rulesJSON[placeKindJSON]{}, Reply: rulesJSON[placeKindJSON]{}, Serve: h.setPlaceKinds},
	}
}

func planTold(p patrol.Plan) planJSON {
	j := planJSON{p.Code, p.Title, p.TitleEn, p.SubjectKind, p.Applies, p.Checklist, p.Role, p.Period, p.Times, []string{}, p.Weekdays, p.Enabled, p.Term.From, orNull(p.Term.To), p.Revision}
	for _, x := range p.Windows {
		j.Windows = append(j.Windows, x.String())
	}
	return j
}

func (h *Handler) plans(w http.ResponseWriter, r *http.Request) error {
	list, err := h.Store.Plans(r.Context())
	if err != nil {
		return err
	}
	return h.json(w, r, rulesJSON[planJSON]{told(list, planTold)})
}

// told tells of every one of a list.
func told[T, J any](list []T, tell func(T) J) []J {
	out := make([]J, len(list))
	for i, x := range list {
		out[i] = tell(x)
	}
	return out
}

func (h *Handler) setPlan(w http.ResponseWriter, r *http.Request) error {
	revision, err := match(r)
	if errors.Is(err, commit.ErrNoMatch) {
		revision, err = postgres.OnlyNew, nil
	}
	if err != nil {
		return err
	}
	var body planBody
	if err := param.Body(r, &body); err != nil {
		return err
	}
	p, err := body.plan(mux.Vars(r)["code"])
	if err != nil {
		return err
	}
	return h.write(w, r, body, func(ctx context.Context, t *postgres.Tx) (result, error) {
		now, _, err := t.SetPlan(ctx, revision, p)
		return result{value: planTold(now), etag: strconv.FormatInt(now.Revision, 10)}, err
	})
}

// plan is what a body says; hours that are none are faults.
func (b *planBody) plan(code string) (patrol.Plan, error) {
	p := patrol.Plan{Code: code, Title: b.Title, TitleEn: b.TitleEn, SubjectKind: b.SubjectKind, Applies: b.AppliesTo, Checklist: b.Checklist, Role: b.Role,
		Period: b.Period, Times: b.Times, Weekdays: b.Weekdays, Enabled: b.Enabled == nil || *b.Enabled, Term: grid.Term{From: b.ValidFrom}}
	put(&p.Term.To, b.ValidTo)
	if p.Weekdays == "" {
		p.Weekdays = "1234567"
	}
	if len(b.Windows) > patrol.MaxWindows {
		return p, &patrol.Fault{Pointer: "/windows", Zh: "至多 6 段", En: "6 at most"}
	}
	for i, text := range b.Windows {
		x, err := patrol.ParseWindow(text)
		if err != nil {
			return p, &patrol.Fault{Pointer: "/windows/" + strconv.Itoa(i), Zh: "时段须如 06:00-22:00", En: "hours are like 06:00-22:00"}
		}
		p.Windows = append(p.Windows, x)
	}
	return p, nil
}

func (h *Handler) dropPlan(w http.ResponseWriter, r *http.Request) error {
	revision, err := match(r)
	if err != nil {
		return err
	}
	return h.write(w, r, nil, func(ctx context.Context, t *postgres.Tx) (result, error) {
		return result{status: http.StatusNoContent}, t.DropPlan(ctx, mux.Vars(r)["code"], revision)
	})
}

func checklistTold(c patrol.Checklist) checklistJSON {
	return checklistJSON{c.Code, c.Title, c.TitleEn, c.SubjectKind, c.Edition, c.Editions, told(c.Items, func(i patrol.Item) checkItemJSON {
		j := checkItemJSON{i.Code, i.Title, i.TitleEn, i.Standard, i.Verified, i.PhotoOnFail, orNull(i.ProblemClass), i.Effects}
		if j.Effects == nil {
			j.Effects = map[patrol.Answer][]patrol.Effect{}
		}
		return j
	})}
}

func (h *Handler) checklists(w http.ResponseWriter, r *http.Request) error {
	list, err := h.Store.Checklists(r.Context())
	if err != nil {
		return err
	}
	return h.json(w, r, rulesJSON[checklistJSON]{told(list, checklistTold)})
}

func (h *Handler) addEdition(w http.ResponseWriter, r *http.Request) error {
	var body editionBody
	if err := param.Body(r, &body); err != nil {
		return err
	}
	items := told(body.Items, func(b checkItemBody) patrol.Item {
		i := patrol.Item{Code: b.Code, Title: b.Title, TitleEn: b.TitleEn, Standard: b.Standard, Verified: b.Verified, PhotoOnFail: b.PhotoOnFail, Effects: b.Effects}
		put(&i.ProblemClass, b.ProblemClass)
		return i
	})
	return h.write(w, r, body, func(ctx context.Context, t *postgres.Tx) (result, error) {
		c, err := t.AddEdition(ctx, mux.Vars(r)["code"], body.Edition, items)
		return result{status: http.StatusCreated, value: checklistTold(c), location: "/patrol/checklists"}, err
	})
}

func placeKindTold(k patrol.PlaceKind) placeKindJSON {
	return placeKindJSON{k.Code, k.Title, k.TitleEn, orNull(k.Layer), k.Ordinal}
}

func (h *Handler) placeKinds(w http.ResponseWriter, r *http.Request) error {
	kinds, tag, err := h.Store.PlaceKinds(r.Context())
	if err != nil {
		return err
	}
	return h.row(w, r, tag, rulesJSON[placeKindJSON]{told(kinds, placeKindTold)})
}

func (h *Handler) setPlaceKinds(w http.ResponseWriter, r *http.Request) error {
	tag, err := match(r)
	if err != nil {
		return err
	}
	body, err := rulesBody[placeKindJSON](r)
	if err != nil {
		return err
	}
	want := told(body.Items, func(b placeKindJSON) patrol.PlaceKind {
		k := patrol.PlaceKind{Code: b.Code, Title: b.Title, TitleEn: b.TitleEn, Ordinal: b.Ordinal}
		put(&k.Layer, b.Layer)
		return k
	})
	return h.write(w, r, body, func(ctx context.Context, t *postgres.Tx) (result, error) {
		kinds, now, err := t.SetPlaceKinds(ctx, tag, want)
		return result{value: rulesJSON[placeKindJSON]{told(kinds, placeKindTold)}, etag: strconv.FormatInt(now, 10)}, err
	})
}
