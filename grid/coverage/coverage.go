package coverage

import (
	"errors"

	"github.com/paulmach/orb"

	"wangge/grid"
)

// City is the published city at one moment, as coverage reads it. It is immutable.
type City interface {
	// Revision names the state of the record; Version goes up with every change and means nothing on another server.
	Revision() uint64
	Version() uint64
	// Features visits the features of a tile layer, in no order, until yield answers false. The feature and its values are good
	// until yield returns; its shape may be kept.
	Features(layer string, fields []string, yield func(Feature) bool) error
	// Feature is one of them; false where there is none.
	Feature(layer string, id int64, fields []string) (Feature, bool)
	// Changed lists the features of a layer that differ from an earlier state, were added or have gone, ascending. all is true where it cannot tell.
	Changed(before City, layer string) (ids []int64, all bool)
	// Net is the regions and grids in force.
	Net() *grid.Net
	// Roster is who is responsible for what.
	Roster() *grid.Roster
	// Thresholds are those of the profile in force.
	Thresholds() []Threshold
}

// Feature is a feature of the inventory or of the reference layers.
type Feature struct {
	ID     int64
	Shape  orb.Geometry // degrees, longitude first
	Values []any        // of the fields asked for: string, float64, int64, bool, or nil where empty
}

// Threshold is one requirement of the threshold profile: Metric Comparator Value.
type Threshold struct {
	Layer, Metric, AppliesTo  string
	Value                     float64
	Comparator, Unit          string
	Standard, Edition, Clause string
	Verified                  bool
}

// Mode is how distance is measured.
type Mode string

// The modes: along the walking network, or as the crow flies.
const (
	Walk     Mode = "walk"
	Straight Mode = "straight"
)

// Bounds of questions.
const (
	MaxRadii   = 5
	MinRadiusM = 1
	MaxRadiusM = 10_000
)

// Question is what is asked of a city. Equal questions are equal values.
type Question struct {
	Service string // id of a Service
	Kind    string // id of one of its kinds; "" for the first
	Mode    Mode
	Profile string // walk, step_free, night; "" for walk. Straight mode has none
	Res     int    // of the hexagons: 11, or 12 for unit grids of about a hectare; 0 for what fits the areas
}

// What a caller may be told.
var (
	// ErrNoService: no such service, kind, profile, mode or kind of areas.
	ErrNoService = errors.New("no such service, kind or profile")
	// ErrRadius: a radius is outside 1 … 10,000 m, there are too many, or they do not ascend.
	ErrRadius = errors.New("a radius is out of bounds")
	// ErrTooLarge: the question asks for more than is answered: hexagons, candidates, sites or changes.
	ErrTooLarge = errors.New("the question is too large")
	// ErrNoArea: no area of that kind or code.
	ErrNoArea = errors.New("no such area")
)
