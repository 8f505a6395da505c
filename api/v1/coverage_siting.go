package v1

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"time"

	"wangge/api/param"
	"wangge/grid/coverage"
)

// Bounds of sitings.
const (
	sitingTime     = 20 * time.Second
	maxLong        = 4        // under way at a time: each takes a processor
	maxSitingBytes = 16 << 20 // 200,000 places with names
	maxBudget      = 1 << 50
	maxSiteName    = 100
	maxFixed       = 500
)

// sitingBody asks where new facilities should go.
type sitingBody struct {
	Service    string          `json:"service"`
	Kind       string          `json:"kind,omitempty"`
	Mode       string          `json:"mode,omitempty" doc:"walk 步行（缺省）、straight 直线"`
	Profile    string          `json:"profile,omitempty"`
	RadiusM    int64           `json:"radius_m"`
	Goal       string          `json:"goal,omitempty" doc:"most 覆盖最多（缺省）、fewest 点位最少、each 逐区达标"`
	K          int64           `json:"k,omitempty" doc:"至多几处；0 为有用就加，最多 500"`
	Share      *float64        `json:"share,omitempty" doc:"目标占比，0 到 1；fewest、each 必填"`
	Weight     string          `json:"weight,omitempty" doc:"area 面积（缺省）、population 人口"`
	By         string          `json:"by,omitempty" doc:"逐区达标的统计单元"`
	Within     string          `json:"within,omitempty" doc:"只算这个区域"`
	Candidates *candidatesBody `json:"candidates,omitempty" doc:"缺省为沿街每 100 米一点"`
	Fixed      []lonLat        `json:"fixed,omitempty" doc:"已定的点位"`
	Forbidden  json.RawMessage `json:"forbidden,omitempty" doc:"不得设点的面（GeoJSON）"`
	Budget     int64           `json:"budget,omitempty" doc:"总费用上限；0 为不限"`
	Stability  bool            `json:"stability,omitempty" doc:"权重有一成误差时，各点位仍被选中的次数"`
	Scenario   int64           `json:"scenario,omitempty" doc:"在此情景之上选址"`
}

// candidatesBody says which places sites are chosen from.
type candidatesBody struct {
	Kind     string          `json:"kind" doc:"streets 沿街、points 给定点、areas 给定面内"`
	SpacingM int64           `json:"spacing_m,omitempty" doc:"沿街间距，20 到 5000 米，缺省 100"`
	Items    []candidateBody `json:"items,omitempty"`
	Polygons json.RawMessage `json:"polygons,omitempty" doc:"GeoJSON 面"`
}

type candidateBody struct {
	lonLat
	Name string `json:"name,omitempty"`
	Cost int64  `json:"cost,omitempty" doc:"大于 0；0 为不知"`
}

// sitingAsk is a siting as it was read.
type sitingAsk struct {
	*serviceAsk
	siting coverage.SitingQuestion
	near   *extent
}

// readSiting reads and checks a body.
func (h *Handler) readSiting(r *http.Request) (*sitingAsk, error) {
	var body sitingBody
	if err := param.Body(r, &body); err != nil {
		return nil, err
	}
	a := &sitingAsk{}
	var err error
	if a.serviceAsk, err = h.bodyAsk(r, &questionBody{Service: body.Service, Kind: body.Kind, Mode: body.Mode, Profile: body.Profile, By: body.By, Within: body.Within}, body.Scenario, ""); err != nil {
		return nil, err
	}
	a.near = newExtent(netOf(a.view))
	a.siting = coverage.SitingQuestion{Question: a.question, RadiusM: uint32(max(body.RadiusM, 0)), Goal: coverage.Goal(body.Goal), K: int(min(max(body.K, -1), math.MaxInt32)),
		Weight: coverage.SitingWeight(body.Weight), Within: body.Within, Budget: body.Budget, Stability: body.Stability}
	for _, read := range []func(*sitingBody) error{a.readGoal, a.readBounds, a.readCandidates, a.readGround} {
		if err := read(&body); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// readGoal checks what is to be reached.
func (a *sitingAsk) readGoal(body *sitingBody) error {
	q := &a.siting
	if q.Goal == "" {
		q.Goal = coverage.Most
	}
	if q.Weight == "" {
		q.Weight = coverage.ByArea
	}
	switch {
	case q.Goal != coverage.Most && q.Goal != coverage.Fewest && q.Goal != coverage.Each:
		return param.InBody("/goal", "只能是 most、fewest、each", "must be one of most, fewest, each")
	case q.Weight != coverage.ByArea && q.Weight != coverage.ByPopulation:
		return param.InBody("/weight", "只能是 area、population", "must be one of area, population")
	case q.Goal == coverage.Most && body.Share != nil:
		return param.InBody("/share", "只用于 fewest 与 each", "is for fewest and each")
	case q.Goal != coverage.Most && body.Share == nil:
		return param.InBody("/share", "缺少目标占比", "is missing")
	case body.Share != nil && !(*body.Share > 0 && *body.Share <= 1):
		return param.InBody("/share", "须大于 0 且不超过 1", "must be more than 0 and at most 1")
	}
	if body.Share != nil {
		q.Share = *body.Share
	}
	if q.Goal == coverage.Each {
		q.By = a.by
	} else if body.By != "" {
		return param.InBody("/by", "只用于 each", "is for each")
	}
	return nil
}

// readBounds checks the numbers.
func (a *sitingAsk) readBounds(body *sitingBody) error {
	switch {
	case body.RadiusM < coverage.MinRadiusM || body.RadiusM > coverage.MaxRadiusM:
		var fault error
		radiusFault(func(zh, en string) { fault = param.InBody("/radius_m", zh, en) })
		return fault
	case body.K < 0 || body.K > coverage.MaxSites:
		return param.InBody("/k", fmt.Sprintf("须为 0 到 %d", coverage.MaxSites), fmt.Sprintf("must be from 0 to %d", coverage.MaxSites))
	case body.Budget < 0 || body.Budget > maxBudget:
		return param.InBody("/budget", "超出范围", "is out of range")
	case body.Budget > 0 && a.siting.Goal != coverage.Most:
		return param.InBody("/budget", "只用于 most", "is for most")
	case len(body.Fixed) > maxFixed:
		return param.InBody("/fixed", fmt.Sprintf("至多 %d 处", maxFixed), fmt.Sprintf("has more than %d places", maxFixed))
	}
	a.radii = []uint32{a.siting.RadiusM}
	return nil
}

// readCandidates checks where sites may be.
func (a *sitingAsk) readCandidates(body *sitingBody) error {
	c := body.Candidates
	if c == nil {
		c = &candidatesBody{Kind: coverage.StreetCandidates}
	}
	spacing := c.SpacingM
	if spacing == 0 {
		spacing = coverage.UsualM
	}
	if spacing < coverage.MinSpacingM || spacing > coverage.MaxSpacingM {
		return param.InBody("/candidates/spacing_m", fmt.Sprintf("须为 %d 到 %d 米", coverage.MinSpacingM, coverage.MaxSpacingM),
			fmt.Sprintf("must be from %d to %d metres", coverage.MinSpacingM, coverage.MaxSpacingM))
	}
	a.siting.Candidates = coverage.Candidates{Kind: c.Kind, SpacingM: uint32(spacing)}
	switch c.Kind {
	case coverage.StreetCandidates:
		return nil
	case coverage.PointCandidates:
		return a.readPoints(c.Items)
	case coverage.AreaCandidates:
		areas, err := polygonsOf(c.Polygons, a.near, "/candidates/polygons")
		if err == nil && len(areas) == 0 {
			err = param.InBody("/candidates/polygons", "缺少成员", "is missing")
		}
		a.siting.Candidates.Areas = areas
		return err
	}
	return param.InBody("/candidates/kind", "只能是 streets、points、areas", "must be one of streets, points, areas")
}

func (a *sitingAsk) readPoints(items []candidateBody) error {
	if len(items) == 0 {
		return param.InBody("/candidates/items", "没有候选点", "has no places")
	}
	if len(items) > coverage.MaxCandidates {
		return param.InBody("/candidates/items", fmt.Sprintf("至多 %d 个候选点", coverage.MaxCandidates), fmt.Sprintf("has more than %d places", coverage.MaxCandidates))
	}
	points := make([]coverage.CandidatePoint, len(items))
	for i, item := range items {
		pointer := fmt.Sprintf("/candidates/items/%d", i)
		at, err := item.at(a.near, pointer)
		switch {
		case err != nil:
			return err
		case !isLine(item.Name, maxSiteName):
			return param.InBody(pointer+"/name", fmt.Sprintf("须为一行，至多 %d 字节", maxSiteName), fmt.Sprintf("must be one line of at most %d bytes", maxSiteName))
		case item.Cost < 0 || item.Cost > maxBudget:
			return param.InBody(pointer+"/cost", "超出范围", "is out of range")
		case item.Cost == 0 && a.siting.Budget > 0:
			return param.InBody(pointer+"/cost", "有总费用上限时必填", "is needed where there is a budget")
		}
		points[i] = coverage.CandidatePoint{At: at, Name: item.Name, Cost: item.Cost}
	}
	a.siting.Candidates.Points = points
	return nil
}

// readGround reads where sites are already and where none may be.
func (a *sitingAsk) readGround(body *sitingBody) (err error) {
	for i, place := range body.Fixed {
		at, err := place.at(a.near, fmt.Sprintf("/fixed/%d", i))
		if err != nil {
			return err
		}
		a.siting.Fixed = append(a.siting.Fixed, at)
	}
	a.siting.Forbidden, err = polygonsOf(body.Forbidden, a.near, "/forbidden")
	return err
}

// coverageSiting chooses sites, and tells how far it is to callers that take events.
func (h *Handler) coverageSiting(w http.ResponseWriter, r *http.Request) error {
	a, err := h.readSiting(r)
	if err != nil {
		return err
	}
	leave, err := h.enterLong()
	if err != nil {
		return err
	}
	defer leave()
	ctx, cancel := context.WithTimeoutCause(r.Context(), sitingTime, ErrLongSiting)
	defer cancel()
	if takesEvents(r) {
		return h.sitingEvents(ctx, w, a)
	}
	answer, err := h.site(ctx, a, func(int, int) {})
	if err != nil {
		return err
	}
	return h.json(w, r, answer)
}

// enterLong takes one of the places for what takes seconds, and tells how to give it back. ErrManySitings where there is none.
func (h *Handler) enterLong() (leave func(), err error) {
	leave = func() { h.long.Add(-1) }
	if h.long.Add(1) > maxLong {
		leave()
		return nil, ErrManySitings
	}
	return leave, nil
}

// site chooses the sites of a question.
func (h *Handler) site(ctx context.Context, a *sitingAsk, progress func(done, total int)) (*sitingJSON, error) {
	began := time.Now()
	board, err := h.board(ctx, a.serviceAsk)
	if err != nil {
		return nil, sitingFault(ctx, err)
	}
	found, err := board.Site(ctx, a.siting, progress)
	if err != nil {
		return nil, sitingFault(ctx, err)
	}
	return describeSiting(&found, a.siting.Weight, time.Since(began)), nil
}

// sitingFault tells a siting that ran out of its own time from others.
func sitingFault(ctx context.Context, err error) error {
	if errors.Is(err, context.DeadlineExceeded) && errors.Is(context.Cause(ctx), ErrLongSiting) {
		return ErrLongSiting
	}
	return err
}
