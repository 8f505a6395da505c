package coverage

import "github.com/paulmach/orb"

// SitingWeight says what is to be covered: ground or people.
type SitingWeight string

// The weights of a SitingQuestion.
const (
	ByArea       SitingWeight = "area"       // hundredths of square metres
	ByPopulation SitingWeight = "population" // thousandths of persons
)

// The kinds of Candidates.
const (
	StreetCandidates = "streets" // points along the streets of the profile
	PointCandidates  = "points"  // given points
	AreaCandidates   = "areas"   // street points within given areas; where an area has none, points inside it
)

// Bounds of a SitingQuestion.
const (
	MinSpacingM  = 20
	MaxSpacingM  = 5_000
	UsualM       = 100 // spacing where none is given
	StableReruns = 10
)

// SitingQuestion asks where new facilities of a service should go.
type SitingQuestion struct {
	Question
	RadiusM    uint32
	Goal       Goal
	K          int     // 0 for as many as useful
	Share      float64 // 0 … 1, of all weight (fewest) or of that of every area (each)
	Weight     SitingWeight
	By         string // kind of areas that each share is for; of Each only
	Within     string // code of the region that demand is counted in; "" for the city
	Candidates Candidates
	Fixed      []orb.Point      // sites that are decided already
	Forbidden  orb.MultiPolygon // ground that no site may be on
	Budget     int64            // what the sites may cost together; 0 for no limit
	Stability  bool             // whether to tell how often a site is chosen when weights are off by up to a tenth
}

// Candidates are the places that sites are chosen from.
type Candidates struct {
	Kind     string
	SpacingM uint32 // of streets and areas
	Points   []CandidatePoint
	Areas    orb.MultiPolygon
}

// CandidatePoint is a place somebody proposes: a parcel, a corner.
type CandidatePoint struct {
	At   orb.Point
	Name string
	Cost int64 // 0 for not known
}

// Site is a chosen place.
type Site struct {
	At        orb.Point
	Name      string // of the given point
	Street    string // that it is on or reached from, as of StreetName; "" in straight mode unless it is on one
	Title     string // name of that street; "" where it has none
	Candidate int    // place among the given points; -1 for others
	Cost      int64
	Gain      int64 // of weight, beyond what those before it cover
	Value     int64 // covered by it and those before it, fixed ones included, beyond what is covered now
	Often     int   // in how many of the reruns it was chosen too
}

// Siting is the answer to a SitingQuestion. Weights are in the unit of its weight.
type Siting struct {
	Method     Method
	Sites      []Site
	Total      int64 // all weight of the city or of Within; of Each that of the areas, one by one
	Already    int64 // of it covered now
	NoNetwork  int64 // of it without network: no site can cover it
	FixedGain  int64 // what the fixed sites add
	Value      int64 // fixed and chosen sites together add
	UpperBound int64 // no choice of as many sites, or within the budget, adds more; 0 where the goal is to have few
	LowerBound int   // Fewest and Each: no fewer sites will do; 0 where nobody can tell
	Gap        float64
	Candidates int   // places that were looked at
	OffNetwork []int // given points that no street is near, or that are on forbidden ground: never chosen
	FixedOff   []int // fixed sites that no street is near: they cover nothing
	Areas      int   // Each: how many areas there are
	AreasMet   int   // of them with the share
	Reruns     int
	Reached    bool   // false where fewer sites than asked are useful, or the target is out of reach
	Why, WhyEn string // says so
}

// Share is a value beyond what is covered now, as a share of all weight: 0 … 1, 0 where there is no weight.
func (s *Siting) Share(value int64) float64 {
	if s.Total == 0 {
		return 0
	}
	return float64(s.Already+value) / float64(s.Total)
}
