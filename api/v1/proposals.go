package v1

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/gorilla/mux"
	"github.com/paulmach/orb/geojson"

	"wangge/api/param"
	"wangge/grid"
	"wangge/grid/postgres"
	"wangge/grid/rights"
	"wangge/layers/city"
)

// Bounds of a proposal that is asked for over HTTP; the command has wider ones.
const (
	mostLaidM2    = 5e6 // of several communities at once
	leastTargetM2 = 100
	mostTargetM2  = 1e6
)

// proposalRoutes are those of grids that somebody may accept. Only the state of a proposal changes, from open to one of two others, and that is
// guarded by itself: deciding needs no If-Match.
func (h *Handler) proposalRoutes() []Route {
	list := append([]Param{{Name: "scheme", Title: "网格方案，缺省为全部", TitleE: "the net, all by default"}, {Name: "state", Title: "open 待定、accepted 已采纳、rejected 已否决", TitleE: "open, accepted or rejected"}}, pageParams()...)
	return []Route{
		{Path: "/proposals", Needs: rights.EditGrid, Reads: true, Params: list, Title: "划格与导入的方案，新的在前", TitleE: "Proposed grids, the latest first; those that the caller may decide about", Reply: page[proposalJSON]{}, Serve: h.proposals},
		{Method: http.MethodPost, Path: "/proposals", Needs: rights.EditGrid, Reads: true, Title: "沿街划格，提出方案", TitleE: "Propose grids along streets", Body: proposalBody{}, Reply: proposalDetail{}, Status: http.StatusCreated, Serve: h.proposeGrids},
		{Path: "/proposals/{id}", Needs: rights.EditGrid, Reads: true, Title: "一个方案及其网格", TitleE: "One proposal with its grids", Reply: proposalDetail{}, Serve: h.proposal},
		{Method: http.MethodPost, Path: "/proposals/{id}/accept", Needs: rights.EditGrid, Reads: true, Title: "采纳方案", TitleE: "Make the grids of a proposal", Body: noteBody{}, Reply: proposalEdited{}, Serve: h.acceptProposal},
		{Method: http.MethodPost, Path: "/proposals/{id}/reject", Needs: rights.EditGrid, Reads: true, Title: "否决方案", TitleE: "Put a proposal aside", Body: noteBody{}, Reply: proposalJSON{}, Serve: h.rejectProposal},
	}
}

type proposalBody struct {
	Scheme   string   `json:"scheme"`
	Region   string   `json:"region" doc:"社区代码；其他区域不超过 5 平方公里，逐个社区划格"`
	TargetM2 *float64 `json:"target_m2,omitempty" doc:"目标面积，缺省 10000"`
	Note     string   `json:"note,omitempty"`
}

type proposalJSON struct {
	ID        int64           `json:"id"`
	Scheme    string          `json:"scheme"`
	Region    *regionRef      `json:"region"`
	Kind      grid.EditKind   `json:"kind" doc:"lay 沿街划格、import 导入"`
	State     string          `json:"state" doc:"open 待定、accepted 已采纳、rejected 已否决"`
	Cells     int             `json:"cells" doc:"网格数"`
	AreaM2    float64         `json:"area_m2"`
	Options   json.RawMessage `json:"options"`
	Report    json.RawMessage `json:"report" doc:"质量说明"`
	Note      *string         `json:"note"`
	MadeAt    time.Time       `json:"made_at"`
	MadeBy    string          `json:"made_by"`
	DecidedAt *time.Time      `json:"decided_at"`
	DecidedBy *string         `json:"decided_by"`
	Edit      *int64          `json:"edit" doc:"采纳后形成的调整"`
	Revision  int64           `json:"revision"`
}

// proposalDetail is a proposal with its grids as GeoJSON.
type proposalDetail struct {
	proposalJSON
	Grids proposalCells `json:"grids"`
}

type proposalCells struct {
	Type     string         `json:"type"`
	Features []proposalCell `json:"features"`
}

type proposalCell struct {
	Type       string           `json:"type"`
	ID         int              `json:"id"`
	Geometry   geojson.Geometry `json:"geometry"`
	Properties cellProperties   `json:"properties"`
}

type cellProperties struct {
	Ordinal int     `json:"ordinal"`
	Code    *string `json:"code"`
	Name    *string `json:"name"`
	Remark  *string `json:"remark"`
	AreaM2  float64 `json:"area_m2"`
}

// proposalEdited is a proposal that was accepted.
type proposalEdited struct {
	Proposal proposalJSON `json:"proposal"`
	Edited   editedJSON   `json:"edited"`
}

func describeProposal(n *grid.Net, p postgres.Proposal) proposalJSON {
	return proposalJSON{
		ID: p.ID, Scheme: p.Scheme, Region: refOfRegion(n, p.Region), Kind: p.Kind, State: p.State, Cells: p.Cells, AreaM2: math.Round(p.AreaM2*100) / 100,
		Options: p.Options, Report: p.Report, Note: orNull(p.Note), MadeAt: p.MadeAt, MadeBy: p.MadeBy, DecidedAt: p.DecidedAt, DecidedBy: orNull(p.DecidedBy),
		Edit: orNull(p.Edit), Revision: p.Revision,
	}
}

func describeCells(cells []postgres.ProposedCell) proposalCells {
	out := proposalCells{Type: "FeatureCollection", Features: []proposalCell{}}
	for _, c := range cells {
		out.Features = append(out.Features, proposalCell{"Feature", c.Ordinal, geometryOf(c.Shape),
			cellProperties{c.Ordinal, orNull(c.Code), orNull(c.Name), orNull(c.Remark), math.Round(c.AreaM2*100) / 100}})
	}
	return out
}

func (h *Handler) proposals(w http.ResponseWriter, r *http.Request) error {
	q := h.Query(r)
	f := postgres.ProposalFilter{Scheme: q.Text("scheme", codeRunes), State: q.OneOf("state", "", postgres.ProposalOpen, postgres.ProposalAccepted, postgres.ProposalRejected),
		Limit: q.Int("limit", pageLimit, 1, maxPageLimit) + 1}
	if cursor := q.Cursor("cursor"); cursor != "" {
		before, whole := param.Natural(cursor)
		if !whole || before > 1<<62 {
			q.Fault("cursor", "不是本服务给出的游标", "is no cursor of this service")
		}
		f.Before = int64(before)
	}
	view, err := h.City(r)
	if err != nil {
		return err
	}
	if err := q.Err(); err != nil {
		return err
	}
	n := netOf(view)
	if f.Scheme != "" && n.Scheme(f.Scheme) == nil {
		return postgres.ErrNoScheme
	}
	if who := h.Who(r); who.May(rights.EditGrid, rights.Place{}) != nil { // only in the own region
		f.Region = who.Region
	}
	list, total, err := h.Store.Proposals(r.Context(), f)
	if err != nil {
		return err
	}
	answer := page[proposalJSON]{Items: []proposalJSON{}, Total: total}
	for i, p := range list {
		if i == f.Limit-1 {
			next := param.Cursor(strconv.FormatInt(list[i-1].ID, 10))
			answer.Next = &next
			break
		}
		answer.Items = append(answer.Items, describeProposal(n, p))
	}
	return h.json(w, r, answer)
}

// proposalID is the number in the path.
func proposalID(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(mux.Vars(r)["id"], 10, 64)
	if err != nil || id < 1 {
		return 0, param.InPath("id", "须为正整数", "must be a whole number above zero")
	}
	return id, nil
}

func (h *Handler) proposal(w http.ResponseWriter, r *http.Request) error {
	id, err := proposalID(r)
	if err != nil {
		return err
	}
	view, err := h.City(r)
	if err != nil {
		return err
	}
	p, cells, err := h.Store.Proposal(r.Context(), id)
	if err != nil {
		return err
	}
	if err := h.Who(r).May(rights.EditGrid, rights.Place{Region: p.Region}); err != nil {
		return err
	}
	return h.row(w, r, p.Revision, proposalDetail{describeProposal(netOf(view), p), describeCells(cells)})
}

func (h *Handler) proposeGrids(w http.ResponseWriter, r *http.Request) error {
	var body proposalBody
	if err := param.Body(r, &body); err != nil {
		return err
	}
	view, err := h.City(r)
	if err != nil {
		return err
	}
	n := netOf(view)
	o := postgres.LayOrder{Scheme: body.Scheme, Region: body.Region, TargetM2: grid.UnitM2, MostM2: mostLaidM2, Note: body.Note}
	put(&o.TargetM2, body.TargetM2)
	switch {
	case n.Scheme(body.Scheme) == nil:
		return param.InBody("/scheme", "没有这个网格方案", "there is no such net")
	case n.Region(body.Region) == nil:
		return param.InBody("/region", "没有这个区域", "there is no such region")
	case !(o.TargetM2 >= leastTargetM2 && o.TargetM2 <= mostTargetM2):
		return param.InBody("/target_m2", fmt.Sprintf("须在 %d 到 %.0f 之间", leastTargetM2, mostTargetM2), fmt.Sprintf("must be between %d and %.0f", leastTargetM2, mostTargetM2))
	}
	if err := checkNote(body.Note); err != nil {
		return err
	}
	return h.write(w, r, body, func(ctx context.Context, t *postgres.Tx) (result, error) {
		p, cells, err := t.ProposeLay(ctx, o)
		if err != nil {
			return result{}, err
		}
		return result{status: http.StatusCreated, value: proposalDetail{describeProposal(n, p), describeCells(cells)}, etag: fmt.Sprint(p.Revision), location: fmt.Sprintf("/proposals/%d", p.ID)}, nil
	})
}

// decision reads what a request decides about which proposal.
func (h *Handler) decision(r *http.Request) (id int64, body noteBody, view *city.View, err error) {
	if id, err = proposalID(r); err != nil {
		return 0, body, nil, err
	}
	if err = param.Body(r, &body); err != nil {
		return 0, body, nil, err
	}
	if err = checkNote(body.Note); err != nil {
		return 0, body, nil, err
	}
	view, err = h.City(r)
	return id, body, view, err
}

func (h *Handler) acceptProposal(w http.ResponseWriter, r *http.Request) error {
	id, body, view, err := h.decision(r)
	if err != nil {
		return err
	}
	n := netOf(view)
	return h.write(w, r, body, func(ctx context.Context, t *postgres.Tx) (result, error) {
		p, e, err := t.AcceptProposal(ctx, id, 0, body.Note)
		if err != nil {
			return result{}, err
		}
		found, err := n.FindingsAfter(ctx, e.Scheme, e.Rows)
		if err != nil {
			return result{}, err
		}
		return result{value: proposalEdited{describeProposal(n, p), describeEdited(n, e, found, false)}, etag: fmt.Sprint(p.Revision)}, nil
	})
}

func (h *Handler) rejectProposal(w http.ResponseWriter, r *http.Request) error {
	id, body, view, err := h.decision(r)
	if err != nil {
		return err
	}
	return h.write(w, r, body, func(ctx context.Context, t *postgres.Tx) (result, error) {
		p, err := t.RejectProposal(ctx, id, 0, body.Note)
		return result{value: describeProposal(netOf(view), p), etag: fmt.Sprint(p.Revision)}, err
	})
}
