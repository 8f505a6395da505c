package v1

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"

	"wangge/api/param"
	"wangge/geo/walk"
	"wangge/grid/coverage"
)

// Bounds of previews.
const (
	previewRows    = 20
	maxPreviewRows = 1000
	coarsestRes    = 7 // of hexagons, as tiles show them
	usualRes       = 11
	finestRes      = 12
)

// previewBody asks what changes would do.
type previewBody struct {
	Question questionBody      `json:"question"`
	Changes  []coverage.Change `json:"changes" doc:"至多 200 项"`
	Scenario int64             `json:"scenario,omitempty" doc:"在此情景之上"`
	Res      int               `json:"res,omitempty" doc:"六边形的分辨率，7 到 12，缺省 11"`
	Hexagons bool              `json:"hexagons,omitempty" doc:"要变了的六边形"`
	Rows     *int              `json:"rows,omitempty" doc:"至多列出几个变了的单元，缺省 20，最多 1000"`
}

// previewJSON is what changes do.
type previewJSON struct {
	Method   coverageMethod `json:"method"`
	RadiiM   []uint32       `json:"radii_m"`
	By       string         `json:"by"`
	Total    beforeAfter    `json:"total"`
	Rows     []changedRow   `json:"rows" doc:"变了的单元，变得最多的在前"`
	Changed  int            `json:"changed" doc:"变了的单元数"`
	Hexagons *changedHexes  `json:"hexagons,omitempty"`
}

type beforeAfter struct {
	Before coverageRow `json:"before"`
	After  coverageRow `json:"after"`
}

type changedRow struct {
	Code   string      `json:"code"`
	Name   string      `json:"name"`
	NameEn string      `json:"name_en"`
	Before coverageRow `json:"before"`
	After  coverageRow `json:"after"`
}

// changedHexes are the hexagons whose distance changed. The lists go together.
type changedHexes struct {
	Res int        `json:"res"`
	IDs []uint64   `json:"ids" doc:"瓦片中的要素号：在底图中的次序 × 16 + 分辨率"`
	D   []*float64 `json:"d" doc:"米；更远时为 null"`
	N   []bool     `json:"n" doc:"无路网"`
}

func (h *Handler) readPreview(r *http.Request) (*previewBody, *serviceAsk, error) {
	var body previewBody
	if err := param.Body(r, &body); err != nil {
		return nil, nil, err
	}
	a, err := h.bodyAsk(r, &body.Question, body.Scenario, "/question")
	if err != nil {
		return nil, nil, err
	}
	if err := checkChanges(body.Changes, newExtent(netOf(a.view)), "/changes"); err != nil {
		return nil, nil, err
	}
	if body.Res == 0 {
		body.Res = usualRes
	}
	if body.Res < coarsestRes || body.Res > finestRes {
		return nil, nil, param.InBody("/res", fmt.Sprintf("须为 %d 到 %d", coarsestRes, finestRes), fmt.Sprintf("must be from %d to %d", coarsestRes, finestRes))
	}
	rows := previewRows
	if body.Rows == nil {
		body.Rows = &rows
	}
	if *body.Rows < 0 || *body.Rows > maxPreviewRows {
		return nil, nil, param.InBody("/rows", fmt.Sprintf("须为 0 到 %d", maxPreviewRows), fmt.Sprintf("must be from 0 to %d", maxPreviewRows))
	}
	return &body, a, nil
}

// checkChanges checks what can be told without the city: how many, and where.
func checkChanges(changes []coverage.Change, near *extent, pointer string) error {
	if len(changes) > coverage.MaxChanges {
		return param.InBody(pointer, fmt.Sprintf("至多 %d 项变更", coverage.MaxChanges), fmt.Sprintf("has more than %d changes", coverage.MaxChanges))
	}
	points := 0
	for i, c := range changes {
		at := fmt.Sprintf("%s/%d", pointer, i)
		if c.At != nil {
			if zh, en := near.fault(*c.At); zh != "" {
				return param.InBody(at+"/at", zh, en)
			}
		}
		for _, p := range c.Line {
			if zh, en := near.fault(p); zh != "" {
				return param.InBody(at+"/line", zh, en)
			}
		}
		if points += len(c.Line); points > maxPolygonPoints {
			return param.InBody(at+"/line", "折点过多", "has too many positions")
		}
		if !isLine(c.Name, maxSiteName) || len(c.Street) > maxCodeRunes {
			return param.InBody(at, "文字过长或不止一行", "has a text that is too long, or not one line")
		}
	}
	return nil
}

// changesFault puts what a board says of changes into the words of a body.
func changesFault(err error, pointer string) error {
	faults, ok := errors.AsType[coverage.Faults](err)
	if !ok {
		return err
	}
	var out param.Faults
	for _, f := range faults {
		out = append(out, param.Fault{In: "body", Name: pointer + f.Pointer, Detail: f.Zh, DetailEn: f.En})
	}
	return out
}

// coveragePreview tells what changes would do, without keeping anything of them.
func (h *Handler) coveragePreview(w http.ResponseWriter, r *http.Request) error {
	body, a, err := h.readPreview(r)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(body.Changes, changesStreets) { // the network is made again
		leave, err := h.enterLong()
		if err != nil {
			return err
		}
		defer leave()
	}
	before, err := h.board(r.Context(), a)
	if err != nil {
		return err
	}
	after, err := before.With(r.Context(), body.Changes)
	if err != nil {
		return changesFault(err, "/changes")
	}
	answer, err := compareBoards(r.Context(), a, before, after, *body.Rows)
	if err != nil {
		return err
	}
	if body.Hexagons {
		if answer.Hexagons, err = changedHexagons(r.Context(), a, body.Res, before, after); err != nil {
			return err
		}
	}
	return h.json(w, r, answer)
}

func changesStreets(c coverage.Change) bool {
	return c.Op == coverage.OpOpenStreet || c.Op == coverage.OpCloseStreet
}

// compareBoards holds the figures of two boards against each other.
func compareBoards(ctx context.Context, a *serviceAsk, before, after *coverage.Board, limit int) (*previewJSON, error) {
	was, err := before.Table(ctx, a.question, a.radii, a.by, a.within)
	if err != nil {
		return nil, err
	}
	is, err := after.Table(ctx, a.question, a.radii, a.by, a.within)
	if err != nil {
		return nil, err
	}
	j := &previewJSON{Method: describeMethod(&is.Method), RadiiM: is.RadiiM, By: is.By, Total: beforeAfter{describeRow(&was.Total), describeRow(&is.Total)}, Rows: []changedRow{}}
	changed := changedRows(was.Rows, is.Rows)
	j.Changed = len(changed)
	for _, i := range changed[:min(limit, len(changed))] {
		x := &is.Rows[i]
		j.Rows = append(j.Rows, changedRow{x.Code, x.Name, x.NameEn, describeRow(&was.Rows[i]), describeRow(x)})
	}
	return j, nil
}

// changedRows are the places of rows whose figures differ, the most first. Both lists are of the same areas.
func changedRows(was, is []coverage.Row) []int {
	var places []int
	for i := range is {
		if !sameFigures(&was[i], &is[i]) {
			places = append(places, i)
		}
	}
	weight := func(i int) (m2 float64) {
		for k := range is[i].CoveredM2 {
			m2 += math.Abs(is[i].CoveredM2[k] - was[i].CoveredM2[k])
		}
		return m2
	}
	slices.SortStableFunc(places, func(a, b int) int { return cmp.Compare(weight(b), weight(a)) })
	return places
}

func sameFigures(a, b *coverage.Row) bool {
	return a.NoNetworkM2 == b.NoNetworkM2 && slices.Equal(a.CoveredM2, b.CoveredM2) && a.Facilities == b.Facilities && a.Supply == b.Supply &&
		a.RoadM.Total == b.RoadM.Total && slices.Equal(a.RoadM.Covered, b.RoadM.Covered) && samePeople(a.Population, b.Population)
}

func samePeople(a, b *coverage.Amount) bool {
	return a == nil || b == nil || a.NoNetwork == b.NoNetwork && slices.Equal(a.Covered, b.Covered)
}

// changedHexagons are those that two boards see otherwise, as tiles of a resolution show them.
func changedHexagons(ctx context.Context, a *serviceAsk, res int, before, after *coverage.Board) (*changedHexes, error) {
	q := a.question
	q.Res = max(res, usualRes)
	was, err := before.Hexes(ctx, q, a.radii, false)
	if err != nil {
		return nil, err
	}
	is, err := after.Hexes(ctx, q, a.radii, false)
	if err != nil {
		return nil, err
	}
	old, now := was.Level(res), is.LevelAfter(was, res)
	j := &changedHexes{Res: now.Res, IDs: []uint64{}, D: []*float64{}, N: []bool{}}
	for i, mm := range now.MM {
		none := now.Flags[i] & coverage.FlagNoNetwork
		if mm == old.MM[i] && none == old.Flags[i]&coverage.FlagNoNetwork {
			continue
		}
		j.IDs, j.D, j.N = append(j.IDs, now.ID(i)), append(j.D, wholeMetres(mm)), append(j.N, none != 0)
	}
	return j, nil
}

// wholeMetres are millimetres as metres, up; nil beyond the limit.
func wholeMetres(mm uint32) *float64 {
	if mm == walk.Never {
		return nil
	}
	m := math.Ceil(float64(mm) / 1000)
	return &m
}
