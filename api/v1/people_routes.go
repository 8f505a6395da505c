package v1

import "slices"

// peopleRoutes read people, duties, what is required of them and what comes of it.
func (h *Handler) peopleRoutes() []Route {
	return slices.Concat(h.holderRoutes(), h.dutyRoutes(), h.tableRoutes(), h.vacancyRoutes(), h.figureRoutes(), h.certificateRoutes())
}
