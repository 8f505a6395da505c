package v1

import (
	"net/http"

	"wangge/api/param"
	"wangge/grid/coverage"
	"wangge/grid/postgres"
)

// comparison holds two states against each other: scenarios, or the city as it is.
type comparison struct {
	Method  coverageMethod `json:"method" doc:"b 的口径"`
	Service string         `json:"service"`
	RadiiM  []uint32       `json:"radii_m"`
	By      string         `json:"by"`
	A       comparedJSON   `json:"a"`
	B       comparedJSON   `json:"b"`
	Rows    []comparedRow  `json:"rows" doc:"不同的单元，差得最多的在前"`
	Changed int            `json:"changed" doc:"不同的单元数"`
}

type comparedJSON struct {
	scenarioRef
	Total coverageRow `json:"total"`
}

type comparedRow struct {
	Code   string      `json:"code"`
	Name   string      `json:"name"`
	NameEn string      `json:"name_en"`
	A      coverageRow `json:"a"`
	B      coverageRow `json:"b"`
}

// scenarioResult answers with what a scenario does to the city.
func (h *Handler) scenarioResult(w http.ResponseWriter, r *http.Request) error {
	id, err := scenarioID(r)
	if err != nil {
		return err
	}
	s, err := h.findScenario(r, id)
	if err != nil {
		return err
	}
	if s == nil {
		return postgres.ErrNotFound
	}
	return h.compareScenarios(w, r, nil, s)
}

// scenarioCompare answers with what tells two scenarios apart.
func (h *Handler) scenarioCompare(w http.ResponseWriter, r *http.Request) error {
	q := h.Query(r)
	var pair [2]*askedScenario
	for i, name := range []string{"a", "b"} {
		if !q.Has(name) {
			q.Fault(name, "缺少参数", "is missing")
		}
		if q.Text(name, maxCodeRunes) == asItIs {
			continue
		}
		var err error
		if pair[i], err = h.askScenario(r, name); err != nil {
			return err
		}
		if err := q.Err(); err != nil {
			return err
		}
	}
	if pair[0] == nil && pair[1] == nil {
		return param.InQuery("b", "现状不能与现状相比", "the city as it is cannot be compared with itself")
	}
	if pair[0] != nil && pair[1] != nil && pair[0].Service != pair[1].Service {
		return param.InQuery("b", "两个情景的设施不同", "the scenarios are of different services")
	}
	return h.compareScenarios(w, r, pair[0], pair[1])
}

// compareScenarios asks the question of the second of two scenarios, or that of the first, of both.
func (h *Handler) compareScenarios(w http.ResponseWriter, r *http.Request, first, second *askedScenario) error {
	asks := second
	if asks == nil {
		asks = first
	}
	a, err := h.scenarioAsk(r, asks)
	if err != nil {
		return err
	}
	before, err := h.boardOf(r.Context(), a.city, first)
	if err != nil {
		return err
	}
	after, err := h.boardOf(r.Context(), a.city, second)
	if err != nil {
		return err
	}
	d, err := compareBoards(r.Context(), a, before, after, maxPreviewRows)
	if err != nil {
		return err
	}
	answer := comparison{Method: d.Method, Service: a.service.ID, RadiiM: d.RadiiM, By: d.By, Rows: make([]comparedRow, len(d.Rows)), Changed: d.Changed,
		A: comparedJSON{refOfScenario(first), d.Total.Before}, B: comparedJSON{refOfScenario(second), d.Total.After}}
	for i, row := range d.Rows {
		answer.Rows[i] = comparedRow{row.Code, row.Name, row.NameEn, row.Before, row.After}
	}
	return h.json(w, r, answer)
}

// scenarioAsk is the question of a scenario, with what the query says of areas.
func (h *Handler) scenarioAsk(r *http.Request, s *askedScenario) (*serviceAsk, error) {
	view, err := h.City(r)
	if err != nil {
		return nil, err
	}
	service, err := coverage.FindService(s.Service)
	if err != nil {
		return nil, err
	}
	body, err := s.question()
	if err != nil {
		return nil, err
	}
	q := h.Query(r)
	if q.Has("by") {
		body.By = readBy(q, netOf(view))
	}
	if q.Has("within") {
		body.Within = readWithin(q, netOf(view))
	}
	if err := q.Err(); err != nil {
		return nil, err
	}
	return h.wholeAsk(view, service, &body, "/question")
}
