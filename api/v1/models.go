package v1

import (
	"wangge/grid"
	"wangge/layers/city"
)

// The keys under which the city holds the models of this package: set by whoever starts it.
const (
	NetKey    = "net"    // *grid.Net
	RosterKey = "roster" // *grid.Roster
)

// netOf is the model of regions and grids in a view.
func netOf(view *city.View) *grid.Net {
	if n := city.State[*grid.Net](view, NetKey); n != nil {
		return n
	}
	return grid.NewNet(nil, nil, nil, nil)
}

// rosterOf is the model of people and duties in a view.
func rosterOf(view *city.View) *grid.Roster {
	if r := city.State[*grid.Roster](view, RosterKey); r != nil {
		return r
	}
	return grid.NewRoster(grid.RosterRows{}, nil)
}
