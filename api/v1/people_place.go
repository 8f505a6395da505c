package v1

import (
	"net/http"

	"wangge/grid"
	"wangge/grid/rights"
	"wangge/layers/city"
)

// Held is a duty for something that lies over a place.
type Held struct {
	assignment
	Target targetJSON `json:"target"`
}

// NetAt is the net of the day that a request is about. What is no day becomes a fault of the query.
func (h *Handler) NetAt(r *http.Request, view *city.View) (*grid.Net, grid.Day) {
	now := netOf(view)
	day := h.day(r, now)
	return now.At(day), day
}

// HeldOver tells who is responsible for the grids and regions of a place on a day, the narrowest first, as much as the caller may know of them.
// n is the net of the day. What is told in full goes to the access log.
func (h *Handler) HeldOver(r *http.Request, view *city.View, n *grid.Net, day grid.Day, place grid.Place) ([]Held, error) {
	t := newTeller(n, rosterOf(view), day, h.Who(r))
	if err := t.actor.Might(rights.ReadPeople); err != nil {
		return nil, err
	}
	targets := make([]grid.Target, 0, len(place.Grids)+2*len(place.Regions))
	for _, g := range place.Grids {
		targets = append(targets, grid.Target{Kind: grid.TargetGrid, ID: g.ID})
	}
	for i := range place.Regions {
		x := place.Regions[len(place.Regions)-1-i]
		targets = append(targets, grid.Target{Kind: grid.TargetRegion, ID: x.ID}, grid.Target{Kind: grid.TargetZone, ID: x.ID})
	}
	held := []Held{}
	for _, target := range targets {
		for _, d := range t.roster.Duties(target, day) {
			held = append(held, Held{t.assignment(d), t.target(target)})
		}
	}
	return held, h.logRead(r, t)
}
