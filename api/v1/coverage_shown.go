package v1

import (
	"context"
	"net/http"
	"strconv"

	"wangge/grid/coverage"
	"wangge/layers/city"
)

// Shown is a question whose answer a map shows, hexagon by hexagon.
type Shown struct {
	View    *city.View
	Service coverage.Service
	Private bool   // the answer is of a scenario, for its readers alone
	Key     string // names the answer: the question, the state of the city and that of the scenario

	handler *Handler
	ask     *serviceAsk
}

// The resolutions of hexagons that a map may ask for.
const (
	shownRes     = coverage.DefaultTileRes
	fineShownRes = coverage.FinestTileRes
)

// ShownParams are the parameters of such questions: those of every question about a service, and which radii and hexagons to show.
func ShownParams() []string {
	names := []string{"radius", "res"}
	for _, p := range askParams() {
		names = append(names, p.Name)
	}
	return names
}

// AskShown reads such a question about a service. An unknown service is ErrNoCoverage.
func (h *Handler) AskShown(r *http.Request, service string) (*Shown, error) {
	a, err := h.askServiceOf(r, service)
	if err != nil {
		return nil, err
	}
	q := h.Query(r)
	a.readRadii(q)
	a.question.Res = q.Int("res", shownRes, shownRes, fineShownRes)
	if err := q.Err(); err != nil {
		return nil, err
	}
	s := &Shown{View: a.view, Service: a.service, Private: a.scenario != nil, handler: h, ask: a}
	state := []string{strconv.FormatUint(a.city.Version(), 10)}
	if s.Private {
		state = append(state, strconv.FormatInt(a.scenario.ID, 10), strconv.FormatInt(a.scenario.Revision, 10))
	}
	s.Key = a.key(state...)
	return s, nil
}

// Hexes are the distances that it asks for.
func (s *Shown) Hexes(ctx context.Context) (*coverage.Hexes, error) {
	board, err := s.handler.board(ctx, s.ask)
	if err != nil {
		return nil, err
	}
	return board.Hexes(ctx, s.ask.question, s.ask.radii, true)
}
