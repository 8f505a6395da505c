package v1

import (
	"net/http"

	"github.com/gorilla/mux"

	"wangge/grid/coverage"
)

func (h *Handler) coverageMeasures(w http.ResponseWriter, r *http.Request) error {
	ask, err := h.askMeasures(r)
	if err != nil {
		return err
	}
	return h.answerQuestion(w, r, ask)
}

func (h *Handler) coverageMeasureList(w http.ResponseWriter, r *http.Request) error {
	ask, err := h.askMeasures(r)
	if err != nil {
		return err
	}
	return h.listQuestion(w, r, ask)
}

// askMeasures reads a request about the measures of a service.
func (h *Handler) askMeasures(r *http.Request) (questionAsk, error) {
	q := h.Query(r)
	id := coverage.MeasuresID(mux.Vars(r)["service"], q.Text("kind", maxCodeRunes))
	ask, err := h.askQuestion(r, id)
	if err != nil {
		return ask, err
	}
	if q.Has("radius") {
		ask.asked.Radius = uint32(q.Int("radius", 0, coverage.MinRadiusM, coverage.MaxRadiusM))
	}
	return ask, q.Err()
}
