package coverage

import "github.com/paulmach/orb"

// Class says what ground is.
type Class string

// The classes of ground.
const (
	Covered   Class = "covered"
	Uncovered Class = "uncovered"
	NoNetwork Class = "no_network"
)

// Explanation says why a place is covered or not.
type Explanation struct {
	Method               Method
	At                   orb.Point
	RadiusM              uint32
	Class                Class
	DistanceMM           uint32    // walk.Never beyond the limit
	Facility             *Facility // the nearest
	Legs                 []Leg     // from the place to the facility; their lengths sum to DistanceMM exactly
	Line                 orb.LineString
	StraightMM           uint32    // to that facility; where none is within the limit, to Straight
	Straight             *Facility // the nearest as the crow flies; nil where there is none
	Detour               float64   // DistanceMM by StraightMM; 0 where there is none
	Second               *Facility
	SecondMM             uint32 // walk.Never where there is no second within the limit
	Snap                 *Joint // nil without network and in straight mode
	Alternatives         []Joint
	Ambiguous            bool           // an alternative would change the class
	Barrier              orb.LineString // between the place and its nearest street, or the straight way to Straight; nil where none is
	Sentence, SentenceEn string
}

// Leg is a part of a way: off the streets, or along the streets of one name.
type Leg struct {
	Street bool   // false: off-street
	Name   string // of the street; "" where it has none
	MM     uint32
	Line   orb.LineString
}

// Joint is where a place may join the network.
type Joint struct {
	Street     string // "road:12"
	Name       string
	PerpMM     uint32
	DistanceMM uint32 // to the nearest facility when joining here; walk.Never beyond the limit
}
