package v1

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gorilla/mux"
	"github.com/paulmach/orb"

	"wangge/api/param"
	"wangge/grid/coverage"
	"wangge/grid/postgres"
	"wangge/grid/rights"
)

func (h *Handler) scenarioRoutes() []Route {
	const list, one = "/coverage/scenarios", "/coverage/scenarios/{id}"
	service := Param{Name: "service", Title: "只列这项服务的", TitleE: "of this service"}
	return []Route{
		{Path: list, Needs: rights.ReadFigures, Reads: true, Params: pagingParams(service), Title: "覆盖方案：自己的和共享的，不含改动清单", TitleE: "Scenarios: the own and the shared, without their changes", Reply: page[scenarioJSON]{}, Serve: h.scenarios},
		{Method: http.MethodPost, Path: list, Needs: rights.Plan, Title: "新建覆盖方案", TitleE: "Keep a scenario", Status: http.StatusCreated, Body: scenarioBody{}, Reply: scenarioJSON{}, Serve: h.addScenario},
		{Path: one, Needs: rights.ReadFigures, Reads: true, Title: "一个覆盖方案", TitleE: "One scenario", Reply: scenarioJSON{}, Serve: h.scenario},
		{Method: http.MethodPut, Path: one, Needs: rights.Plan, Match: true, Title: "更换覆盖方案的内容", TitleE: "Replace what a scenario says", Body: scenarioBody{}, Reply: scenarioJSON{}, Serve: h.setScenario},
		{Method: http.MethodDelete, Path: one, Needs: rights.Plan, Match: true, Title: "删除覆盖方案", TitleE: "Forget a scenario", Status: http.StatusNoContent, Serve: h.dropScenario},
	}
}

// scenarioQuestion is what a scenario is looked at with: what of a question it keeps.
type scenarioQuestion struct {
	Kind    string   `json:"kind,omitempty" doc:"设施类别"`
	Mode    string   `json:"mode,omitempty" doc:"walk 步行、straight 直线"`
	Profile string   `json:"profile,omitempty"`
	RadiiM  []uint32 `json:"radii_m,omitempty" doc:"半径（米），由小到大，至多 5 个"`
	By      string   `json:"by,omitempty"`
	Within  string   `json:"within,omitempty"`
}

// scenarioBody is a scenario as its owner writes it.
type scenarioBody struct {
	Name     string            `json:"name" doc:"名称，1 到 100 字"`
	Note     string            `json:"note,omitempty" doc:"说明，至多 2000 字"`
	Service  string            `json:"service" doc:"服务"`
	Question scenarioQuestion  `json:"question"`
	Changes  []coverage.Change `json:"changes" doc:"改动，至多 200 项"`
	Shared   bool              `json:"shared,omitempty" doc:"是否共享给所有登录用户"`
}

type scenarioJSON struct {
	ID        int64           `json:"id"`
	Name      string          `json:"name"`
	Note      string          `json:"note"`
	Service   string          `json:"service"`
	Question  json.RawMessage `json:"question"`
	Changes   json.RawMessage `json:"changes,omitempty" doc:"改动；列表中不含"`
	Count     int             `json:"change_count" doc:"改动项数"`
	Shared    bool            `json:"shared"`
	Own       bool            `json:"own" doc:"是否自己的"`
	Revision  int64           `json:"revision"`
	CreatedBy string          `json:"created_by"`
	CreatedAt time.Time       `json:"created_at"`
	UpdatedAt time.Time       `json:"updated_at"`
}

func scenarioTold(x postgres.Scenario, reader int64) scenarioJSON {
	return scenarioJSON{ID: x.ID, Name: x.Name, Note: x.Note, Service: x.Service, Question: x.Question, Changes: x.Changes, Count: x.Count, Shared: x.Shared,
		Own: x.Owner == reader, Revision: x.Revision, CreatedBy: x.OwnerName, CreatedAt: x.CreatedAt.UTC(), UpdatedAt: x.UpdatedAt.UTC()}
}

// What a scenario's texts and shapes may be.
const (
	maxScenarioName = 100 // characters, of a change's name too
	maxScenarioNote = 2000
	maxChangeLine   = 1000 // positions
	maxFacilityID   = 1 << 53
)

func (h *Handler) scenarios(w http.ResponseWriter, r *http.Request) error {
	q := h.Query(r)
	win, before := idWindow(q)
	service := q.OneOf("service", append([]string{""}, serviceIDs()...)...)
	if err := q.Err(); err != nil {
		return err
	}
	reader := h.Who(r).Account
	list, total, err := h.Store.Scenarios(r.Context(), postgres.ScenarioFilter{Account: reader, Service: service, Before: before, Limit: win.limit + 1})
	if err != nil {
		return err
	}
	return h.json(w, r, pageOf(win, list, total, func(x postgres.Scenario) int64 { return x.ID }, func(x postgres.Scenario) scenarioJSON { return scenarioTold(x, reader) }))
}

func serviceIDs() []string {
	var ids []string
	for _, s := range coverage.Services() {
		ids = append(ids, s.ID)
	}
	return ids
}

// scenarioID is the number in the path. postgres.ErrNotFound where it cannot be one.
func scenarioID(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(mux.Vars(r)["id"], 10, 64)
	if err != nil {
		return 0, postgres.ErrNotFound
	}
	return id, nil
}

func (h *Handler) scenario(w http.ResponseWriter, r *http.Request) error {
	id, err := scenarioID(r)
	if err != nil {
		return err
	}
	reader := h.Who(r).Account
	x, err := h.Store.Scenario(r.Context(), reader, id)
	if err != nil {
		return err
	}
	return h.row(w, r, x.Revision, scenarioTold(x, reader))
}

func (h *Handler) addScenario(w http.ResponseWriter, r *http.Request) error {
	x, body, err := readScenario(r)
	if err != nil {
		return err
	}
	return h.write(w, r, body, func(ctx context.Context, t *postgres.Tx) (result, error) {
		made, err := t.AddScenario(ctx, x)
		return scenarioResult(made, t, http.StatusCreated), err
	})
}

func (h *Handler) setScenario(w http.ResponseWriter, r *http.Request) error {
	id, err := scenarioID(r)
	if err != nil {
		return err
	}
	revision, err := match(r)
	if err != nil {
		return err
	}
	x, body, err := readScenario(r)
	if err != nil {
		return err
	}
	return h.write(w, r, body, func(ctx context.Context, t *postgres.Tx) (result, error) {
		now, err := t.SetScenario(ctx, id, revision, x)
		return scenarioResult(now, t, http.StatusOK), err
	})
}

func scenarioResult(x postgres.Scenario, t *postgres.Tx, status int) result {
	res := result{status: status, value: scenarioTold(x, t.Caller.Actor.Account), etag: strconv.FormatInt(x.Revision, 10)}
	if status == http.StatusCreated {
		res.location = fmt.Sprintf("/coverage/scenarios/%d", x.ID)
	}
	return res
}

func (h *Handler) dropScenario(w http.ResponseWriter, r *http.Request) error {
	id, err := scenarioID(r)
	if err != nil {
		return err
	}
	revision, err := match(r)
	if err != nil {
		return err
	}
	return h.write(w, r, nil, func(ctx context.Context, t *postgres.Tx) (result, error) {
		return result{status: http.StatusNoContent}, t.DropScenario(ctx, id, revision)
	})
}

// readScenario reads a body. What it names need not be there today: a scenario outlives facilities and areas, and says so when it is asked.
func readScenario(r *http.Request) (x postgres.Scenario, body scenarioBody, err error) {
	if err := param.Body(r, &body); err != nil {
		return x, body, err
	}
	if faults := body.check(); len(faults) > 0 {
		return x, body, faults
	}
	if body.Changes == nil {
		body.Changes = []coverage.Change{}
	}
	x = postgres.Scenario{Name: strings.TrimSpace(body.Name), Note: body.Note, Service: body.Service, Shared: body.Shared}
	if x.Question, err = json.Marshal(body.Question); err != nil {
		return x, body, err
	}
	if x.Changes, err = json.Marshal(body.Changes); err != nil {
		return x, body, err
	}
	if len(x.Question)+len(x.Changes) > postgres.MaxScenarioBytes {
		err = param.InBody("/changes", "改动过多：方案至多 256 KiB", "too much: a scenario has 256 KiB at most")
	}
	return x, body, err
}

func (b *scenarioBody) check() (faults param.Faults) {
	add := func(pointer, zh, en string) { faults = append(faults, param.InBody(pointer, zh, en)...) }
	if strings.TrimSpace(b.Name) == "" || !isShort(b.Name, maxScenarioName) {
		add("/name", "须为 1 到 100 个字符，在一行之内", "takes one line of 1 to 100 characters")
	}
	if !utf8.ValidString(b.Note) || strings.ContainsRune(b.Note, 0) || utf8.RuneCountInString(b.Note) > maxScenarioNote {
		add("/note", "至多 2000 个字符", "takes 2,000 characters at most")
	}
	service, found := serviceOf(b.Service)
	if !found {
		add("/service", "没有这项服务", "there is no such service")
		return faults
	}
	b.Question.check(service, add)
	if len(b.Changes) > coverage.MaxChanges {
		add("/changes", "改动至多 200 项", "there are more than 200 changes")
		return faults
	}
	for i, c := range b.Changes {
		if pointer, zh, en := changeFault(c); zh != "" {
			add(fmt.Sprintf("/changes/%d%s", i, pointer), zh, en)
		}
	}
	return faults
}

func isShort(s string, most int) bool {
	return isLine(s, 4*most) && utf8.RuneCountInString(s) <= most
}

func (q *scenarioQuestion) check(s coverage.Service, add func(pointer, zh, en string)) {
	if q.Kind != "" && !slices.Contains(kindsOf(s), q.Kind) {
		add("/question/kind", "没有这个类别", "there is no such kind")
	}
	if q.Mode != "" && !slices.Contains(coverageModes(), q.Mode) {
		add("/question/mode", "只能是 walk 或 straight", "is walk or straight")
	}
	if q.Profile != "" && !slices.Contains(profileIDs(), q.Profile) {
		add("/question/profile", "没有这种出行方式", "there is no such profile")
	}
	if !isShort(q.By, maxCodeRunes) {
		add("/question/by", "过长", "is too long")
	}
	if !isShort(q.Within, maxCodeRunes) {
		add("/question/within", "过长", "is too long")
	}
	if slices.ContainsFunc(q.RadiiM, func(m uint32) bool { return m < coverage.MinRadiusM || m > coverage.MaxRadiusM }) {
		radiusFault(func(zh, en string) { add("/question/radii_m", zh, en) })
	} else if zh, en := radiiFault(q.RadiiM); zh != "" {
		add("/question/radii_m", zh, en)
	}
}

// streetName is how a change names a street.
var streetName = regexp.MustCompile(`^(road|back_alley):[1-9][0-9]{0,15}$`)

// changeFault says what no city could make sense of in a change; "" for nothing.
func changeFault(c coverage.Change) (pointer, zh, en string) {
	places := c.Line
	if c.At != nil {
		places = append(slices.Clip(places), *c.At)
	}
	_, serves := serviceOf(c.Service)
	facility := slices.Contains([]string{coverage.OpAdd, coverage.OpClose, coverage.OpMove}, c.Op)
	switch {
	case !facility && c.Op != coverage.OpCloseStreet && c.Op != coverage.OpOpenStreet:
		return "/op", "须为 add、close、move、close_street、open_street 之一", "is one of add, close, move, close_street, open_street"
	case c.Service != "" && !serves:
		return "/service", "没有这项服务", "there is no such service"
	case (c.Op == coverage.OpAdd || c.Op == coverage.OpMove) && c.At == nil:
		return "/at", "缺少位置", "the place is missing"
	case slices.ContainsFunc(places, func(p orb.Point) bool { return !onEarth(p) }):
		return "/at", "不是经纬度", "is no longitude and latitude"
	case len(c.Line) == 1 || len(c.Line) > maxChangeLine:
		return "/line", "须有 2 到 1000 个点", "takes 2 to 1,000 positions"
	case (c.Op == coverage.OpClose || c.Op == coverage.OpMove) && c.ID == 0, c.ID < -coverage.MaxChanges || c.ID > maxFacilityID:
		return "/id", "须为设施编号", "must be the id of a facility"
	case c.Street != "" && !streetName.MatchString(c.Street), !facility && c.Street == "" && (c.Op == coverage.OpCloseStreet || len(c.Line) == 0):
		return "/street", "须为 road:编号 或 back_alley:编号", "must be road:<id> or back_alley:<id>"
	case c.Supply != nil && !(*c.Supply >= 0 && *c.Supply <= 1e6):
		return "/supply", "须为 0 到 1000000", "must be from 0 to 1,000,000"
	case facility && c.Service == "":
		return "/service", "缺少服务", "the service is missing"
	case !isShort(c.Name, maxScenarioName):
		return "/name", "至多 100 个字符，在一行之内", "takes one line of 100 characters at most"
	}
	return "", "", ""
}

func onEarth(p orb.Point) bool { return math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90 }
