package v1

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"wangge/grid/coverage"
)

const packedMedia = "application/octet-stream"

// methodHeader names the method of an answer that has no place for it.
const methodHeader = "Wangge-Method"

// hexagonRes are the resolutions that hexagons come in; the first is the usual one.
func hexagonRes() []string { return []string{"11", "12"} }

// coverageHexagons answers with the distance of every hexagon, packed: see coverage.PackHexagons.
func (h *Handler) coverageHexagons(w http.ResponseWriter, r *http.Request) error {
	a, err := h.askService(r)
	if err != nil {
		return err
	}
	q := h.Query(r)
	a.readRadii(q)
	a.within = readWithin(q, netOf(a.view))
	res, ambiguous := q.OneOf("res", hexagonRes()...), q.OneOf("ambiguous", "false", "true") == "true"
	if err := q.Err(); err != nil {
		return err
	}
	a.question.Res, _ = strconv.Atoi(res) // one of two words
	return h.answerCoverage(w, r, a, packedMedia, func() ([]byte, error) {
		board, err := h.board(r.Context(), a)
		if err != nil {
			return nil, err
		}
		hexes, err := board.Hexes(r.Context(), a.question, a.radii, ambiguous)
		if err != nil {
			return nil, err
		}
		in, err := inRegion(r.Context(), board, a)
		if err != nil {
			return nil, err
		}
		method, err := board.Method(r.Context(), a.question, a.radii)
		w.Header().Set(methodHeader, method.ID)
		return coverage.PackHexagons(hexes.Level(a.question.Res), in), err
	}, strconv.FormatBool(ambiguous))
}

// inRegion tells which hexagons have any part in the region that is asked for; nil for all of them.
func inRegion(ctx context.Context, board *coverage.Board, a *serviceAsk) (func(i int) bool, error) {
	if a.within == "" {
		return nil, nil
	}
	areas, err := board.Areas(ctx, a.question.Res, netOf(a.view).Region(a.within).Kind)
	if err != nil {
		return nil, err
	}
	wanted := slices.IndexFunc(areas.List, func(x coverage.Area) bool { return x.Code == a.within })
	return func(i int) bool {
		return slices.Contains(areas.Of[areas.First[i]:areas.First[i+1]], uint32(wanted))
	}, nil
}
