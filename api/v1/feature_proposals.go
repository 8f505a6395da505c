package v1

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"wangge/api/draft"
	"wangge/api/inbox"
	"wangge/api/param"
	gridpg "wangge/grid/postgres"
	"wangge/grid/rights"
	"wangge/layers"
	"wangge/layers/postgres"
)

// FeatureProposals reads what officers found out about features.
type FeatureProposals interface {
	Proposals(ctx context.Context, f postgres.ProposalFilter) (list []layers.Proposal, total int, err error)
	CompareProposal(ctx context.Context, id string) (postgres.Compared, error)
	Proposal(ctx context.Context, id string) (layers.Proposal, error)
	Confirmations(ctx context.Context, layer string, features []int64) ([]postgres.Confirmation, error)
	Called(ctx context.Context, ids map[string][]int64) (map[string]map[int64]postgres.Called, error)
}

// featureProposalRoutes are those of what officers found out about features: they propose by commands of their phones, staff decide here.
func (h *Handler) featureProposalRoutes() []Route {
	const list, one = "/feature-proposals", "/feature-proposals/{id}"
	params := pagingParams(
		Param{Name: "state", Title: "recorded 已记录、open 待处理、accepted 已采纳、partly 部分采纳、rejected 未采纳、withdrawn 已撤回", TitleE: "recorded, open, accepted, partly, rejected or withdrawn"},
		Param{Name: "layer", Title: "图层", TitleE: "the layer"}, Param{Name: "feature", Title: "对象编号（须有 layer）", TitleE: "number of a feature of the layer"},
		Param{Name: "finding", Title: "exists 有、missing 无、differs 不符、new 新增", TitleE: "exists, missing, differs or new"},
		Param{Name: "region", Title: "区划代码，含其下各级", TitleE: "code of a division, with all below"},
		Param{Name: "mine", Title: "true 为只列本人的", TitleE: "true: only one's own"})
	terms := []Param{{Name: "dry_run", Title: "true 为只检查不写入", TitleE: "true: everything is checked, nothing stays"},
		{Name: "accept", Title: "仍然接受的疑点：shift、new-area", TitleE: "doubts that are taken all the same: shift, new-area"}}
	return []Route{
		{Path: list, Needs: rights.Propose, Reads: true, Params: params, Title: "台账建议，新的在前：辖区或部门内的，网格员为本人的", TitleE: "What officers found out about features, the latest first: in the own region or department; officers see their own", Reply: page[featureProposalJSON]{}, Serve: h.featureProposals},
		{Path: one, Needs: rights.Propose, Reads: true, Title: "一条台账建议，与现状逐字段对照", TitleE: "One proposal, field by field against what was seen and what is", Reply: featureProposalDetail{}, Serve: h.featureProposal},
		{Method: http.MethodPost, Path: one + "/decide", Needs: rights.EditInventory, Reads: true, Match: true, Params: terms, Title: "逐字段采纳或不采纳", TitleE: "Take of a proposal what is named, and nothing else", Body: decideBody{}, Reply: featureProposalJSON{}, Serve: h.decideFeatureProposal},
		{Method: http.MethodPost, Path: one + "/withdraw", Needs: rights.Propose, Reads: true, Match: true, Title: "撤回本人的建议", TitleE: "Take one's own proposal back", Body: withdrawBody{}, Reply: featureProposalJSON{}, Serve: h.withdrawFeatureProposal},
		{Path: "/feature-confirmations", Needs: rights.ReadPatrol, Params: []Param{{Name: "layer", Title: "图层", TitleE: "the layer", Required: true}, {Name: "ids", Title: "对象编号，逗号分隔，至多 500", TitleE: "numbers of features, by commas, 500 at most", Required: true}},
			Title: "对象最近一次经现场核对“有”的时间", TitleE: "When features were last found as the record has them", Reply: confirmationsReply{}, Serve: h.featureConfirmations},
	}
}

// Bounds of what is asked and decided.
const (
	maxConfirmed = 500
	maxDecided   = 100 // fields
)

type decideBody struct {
	Fields   map[string]bool `json:"fields,omitempty" doc:"采纳哪些字段；没有列出的不采纳"`
	Geometry bool            `json:"geometry,omitempty" doc:"是否采纳位置"`
	Values   json.RawMessage `json:"values,omitempty" doc:"更正的值，按字段名"`
	Reason   string          `json:"reason,omitempty" doc:"理由；全部不采纳时必填"`
	Seen     int64           `json:"seen,omitempty" doc:"对照时所见的对象版本（now_revision）；此后又有修改时不写入"`
}

type withdrawBody struct {
	Reason string `json:"reason,omitempty"`
}

// uuidInPath is the id of a proposal; ErrNotFound where it cannot be one.
func uuidInPath(r *http.Request) (string, error) {
	id := mux.Vars(r)["id"]
	if !inbox.IsUUID(id) {
		return "", fmt.Errorf("proposal %q: %w", param.Shown(id), postgres.ErrNotFound)
	}
	return id, nil
}

// filterOf reads what a list is asked for, as far as the caller may see.
func (h *Handler) filterOf(r *http.Request) (postgres.ProposalFilter, window, error) {
	q := h.Query(r)
	win, before := idWindow(q)
	words := []string{""}
	for _, s := range layers.ProposalStates() {
		words = append(words, string(s))
	}
	f := postgres.ProposalFilter{Before: before, Limit: win.limit + 1, State: q.OneOf("state", words...), Layer: q.Text("layer", maxNameRunes), Within: q.Text("region", codeRunes)}
	words = []string{""}
	for _, s := range layers.Findings() {
		words = append(words, string(s))
	}
	f.Finding = q.OneOf("finding", words...)
	f.Feature = int64(q.Int("feature", 0, 1, 1<<53))
	f.Mine = q.OneOf("mine", "false", "true") == "true"
	if l := layers.ByID(f.Layer); f.Layer != "" && (l == nil || !l.Collection) {
		q.Fault("layer", "没有这个图层", "there is no such layer")
	}
	if f.Feature != 0 && f.Layer == "" {
		q.Fault("feature", "须同时给出 layer", "comes with layer")
	}
	if strings.ContainsAny(f.Within, `%_\`) {
		q.Fault("region", "没有这个区域", "there is no such region")
	}
	who := h.Who(r)
	f.Holder, f.Account = who.Holder, who.Name
	switch {
	case who.May(rights.Propose, rights.Place{}) == nil:
		f.Everything = true
	case who.Role == rights.Street:
		f.Region = who.Region
	case who.Role == rights.Department:
		f.Dept = who.Dept
	}
	return f, win, q.Err()
}

func (h *Handler) featureProposals(w http.ResponseWriter, r *http.Request) error {
	f, win, err := h.filterOf(r)
	if err != nil {
		return err
	}
	view, err := h.City(r)
	if err != nil {
		return err
	}
	list, total, err := h.Features.Proposals(r.Context(), f)
	if err != nil {
		return err
	}
	say, err := h.proposalTeller(r, view, list...)
	if err != nil {
		return err
	}
	return h.json(w, r, pageOf(win, list, total, func(p layers.Proposal) int64 { return p.Ordinal }, say.proposal))
}

// mayRead tells whether somebody may see a proposal: the own ones, and those of the own region or department.
func mayReadProposal(who rights.Actor, p *layers.Proposal) error {
	place := rights.Place{Region: p.Region, Own: p.By(who.Holder, who.Name)}
	err := who.May(rights.Propose, place)
	for _, dept := range p.Depts {
		if err == nil {
			break
		}
		place.Dept = dept
		err = who.May(rights.Propose, place)
	}
	return err
}

func (h *Handler) featureProposal(w http.ResponseWriter, r *http.Request) error {
	id, err := uuidInPath(r)
	if err != nil {
		return err
	}
	view, err := h.City(r)
	if err != nil {
		return err
	}
	c, err := h.Features.CompareProposal(r.Context(), id)
	if err != nil {
		return err
	}
	who := h.Who(r)
	if err := mayReadProposal(who, &c.Proposal); err != nil {
		return err
	}
	say, err := h.proposalTeller(r, view, c.Proposal)
	if err != nil {
		return err
	}
	return h.row(w, r, c.Revision, say.compared(c, who))
}

// read reads a decision for a layer.
func (b decideBody) read(l *layers.Layer) (layers.Decision, error) {
	d := layers.Decision{Fields: b.Fields, Geometry: b.Geometry, Reason: strings.TrimSpace(b.Reason), Seen: b.Seen}
	switch {
	case len(b.Fields) > maxDecided:
		return d, param.InBody("/fields", fmt.Sprintf("至多 %d 项", maxDecided), fmt.Sprintf("at most %d", maxDecided))
	case !isLine(b.Reason, maxNote):
		return d, param.InBody("/reason", "须在一行之内，至多 500 字", "must be one line of 500 characters at most")
	case b.Seen < 0:
		return d, param.InBody("/seen", "不能为负", "cannot be negative")
	case len(b.Values) == 0 || string(b.Values) == "null":
		return d, nil
	}
	var properties map[string]any
	decoder := json.NewDecoder(bytes.NewReader(b.Values))
	decoder.UseNumber()
	if decoder.Decode(&properties) != nil {
		return d, param.InBody("/values", "须为 JSON 对象", "must be a JSON object")
	}
	values, faults := l.Read(properties)
	for i := range faults {
		faults[i].Pointer = "/values" + strings.TrimPrefix(faults[i].Pointer, "/properties")
	}
	d.Values = values
	return d, faults.OrNil()
}

func (h *Handler) decideFeatureProposal(w http.ResponseWriter, r *http.Request) error {
	id, seen, view, err := h.ofProposal(r)
	if err != nil {
		return err
	}
	terms, err := draft.ReadTerms(w, r, h.Query(r))
	if err != nil {
		return err
	}
	var body decideBody
	if err := param.Body(r, &body); err != nil {
		return err
	}
	p, err := h.Features.Proposal(r.Context(), id)
	if err != nil {
		return err
	}
	l := layers.ByID(p.Layer)
	if l == nil {
		return postgres.ErrFixed
	}
	d, err := body.read(l)
	if err != nil {
		return err
	}
	d.NewArea, d.Shifted = terms.NewArea, terms.Shifted
	say, err := h.proposalTeller(r, view, p)
	if err != nil {
		return err
	}
	return h.write(w, r, body, func(ctx context.Context, t *gridpg.Tx) (result, error) {
		p, err := postgres.Decide(ctx, t, id, seen, d, draft.Authorize(t.Caller.Actor))
		return result{value: say.proposal(p), etag: strconv.FormatInt(p.Revision, 10), dryRun: terms.DryRun}, err
	})
}

// ofProposal reads what a write says of which proposal, before its body.
func (h *Handler) ofProposal(r *http.Request) (id string, seen int64, view view, err error) {
	if id, err = uuidInPath(r); err != nil {
		return id, 0, nil, err
	}
	if seen, err = match(r); err != nil {
		return id, 0, nil, err
	}
	view, err = h.City(r)
	return id, seen, view, err
}

func (h *Handler) withdrawFeatureProposal(w http.ResponseWriter, r *http.Request) error {
	id, seen, view, err := h.ofProposal(r)
	if err != nil {
		return err
	}
	var body withdrawBody
	if err := param.Body(r, &body); err != nil {
		return err
	}
	if !isLine(body.Reason, maxNote) {
		return param.InBody("/reason", "须在一行之内，至多 500 字", "must be one line of 500 characters at most")
	}
	p, err := h.Features.Proposal(r.Context(), id)
	if err != nil {
		return err
	}
	say, err := h.proposalTeller(r, view, p)
	if err != nil {
		return err
	}
	return h.write(w, r, body, func(ctx context.Context, t *gridpg.Tx) (result, error) {
		who := t.Caller.Actor
		p, err := postgres.Withdraw(ctx, t, id, seen, strings.TrimSpace(body.Reason), func(p *layers.Proposal) error {
			if !p.By(who.Holder, who.Name) {
				return fmt.Errorf("%w: proposal %s is somebody else's", rights.ErrForbidden, p.ID)
			}
			return nil
		})
		return result{value: say.proposal(p), etag: strconv.FormatInt(p.Revision, 10)}, err
	})
}

func (h *Handler) featureConfirmations(w http.ResponseWriter, r *http.Request) error {
	q := h.Query(r)
	l := layers.ByID(q.Text("layer", maxNameRunes))
	if l == nil || !l.Collection {
		q.Fault("layer", "没有这个图层", "there is no such layer")
	}
	var ids []int64
	for _, word := range strings.Split(q.Text("ids", 20*maxConfirmed), ",") {
		id, ok := param.Natural(word)
		if !ok || id == 0 || id > 1<<53 || len(ids) == maxConfirmed {
			q.Fault("ids", fmt.Sprintf("须为对象编号，逗号分隔，至多 %d 个", maxConfirmed), fmt.Sprintf("must be numbers of features by commas, %d at most", maxConfirmed))
			break
		}
		ids = append(ids, int64(id))
	}
	if err := q.Err(); err != nil {
		return err
	}
	list, err := h.Features.Confirmations(r.Context(), l.ID, ids)
	if err != nil {
		return err
	}
	reply := confirmationsReply{Items: make([]confirmationJSON, len(list))}
	for i, c := range list {
		reply.Items[i] = confirmationJSON{c.Feature, c.At.UTC()}
	}
	return h.json(w, r, reply)
}
