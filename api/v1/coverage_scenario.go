package v1

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"

	"wangge/api/param"
	"wangge/grid/coverage"
	"wangge/grid/postgres"
	"wangge/grid/rights"
)

// ErrOldScenario says that changes of a scenario do not fit the city any more: what they close or move has gone. HTTP 409.
var ErrOldScenario = errors.New("the scenario does not fit the city any more")

// OldScenario is ErrOldScenario with what does not fit.
type OldScenario struct{ Faults coverage.Faults }

// Error is part of error.
func (e *OldScenario) Error() string { return ErrOldScenario.Error() + ": " + e.Faults.Error() }

// Unwrap is ErrOldScenario.
func (e *OldScenario) Unwrap() error { return ErrOldScenario }

// askedScenario is the scenario that a question is asked of.
type askedScenario struct {
	postgres.Scenario
	changes []coverage.Change
}

func paramScenario() Param {
	return Param{Name: "scenario", Title: "情景代号（须登录）；没有则为现状", TitleE: "id of a scenario, for who is signed in; the city as it is by default"}
}

// askScenario reads a parameter that names a scenario; nil where there is none, or what is named is not one.
func (h *Handler) askScenario(r *http.Request, name string) (*askedScenario, error) {
	q := h.Query(r)
	if !q.Has(name) {
		return nil, nil
	}
	n, ok := param.Natural(q.Text(name, maxCodeRunes))
	if !ok || n == 0 || n > math.MaxInt64 {
		q.Fault(name, "不是情景的代号", "is no id of a scenario")
		return nil, nil
	}
	return h.findScenario(r, int64(n))
}

// findScenario is a scenario that the caller may read, by its id; nil for 0. Nobody who has not signed in may read any. Errors: those of the
// store, postgres.ErrNotFound among them.
func (h *Handler) findScenario(r *http.Request, id int64) (*askedScenario, error) {
	if id == 0 {
		return nil, nil
	}
	who := h.Who(r)
	if err := who.Might(rights.ReadFigures); err != nil {
		return nil, err
	}
	x, err := h.Store.Scenario(r.Context(), who.Account, id)
	if err != nil {
		return nil, err
	}
	s := &askedScenario{Scenario: x}
	if err := json.Unmarshal(x.Changes, &s.changes); err != nil {
		return nil, err
	}
	return s, nil
}

// scenarioRef names a scenario, or the city as it is.
type scenarioRef struct {
	ID       *int64 `json:"id" doc:"现状为 null"`
	Name     string `json:"name"`
	Revision int64  `json:"revision" doc:"情景的版本；现状为 0"`
	Changes  int    `json:"changes"`
}

const asItIs = "now"

func refOfScenario(s *askedScenario) scenarioRef {
	if s == nil {
		return scenarioRef{Name: "现状"}
	}
	return scenarioRef{&s.ID, s.Name, s.Revision, len(s.changes)}
}

// question is that which a scenario was kept with.
func (s *askedScenario) question() (body questionBody, err error) {
	if err = json.Unmarshal(s.Question, &body); err != nil {
		return body, err
	}
	return body, nil
}
