package grid

import "github.com/paulmach/orb"

// RegionKind is a kind of region. Divisions (districts, streets, communities …) tell where something is; zones do not.
type RegionKind struct {
	ID             string
	Title, TitleEn string
	Level          int // larger is narrower
	Division       bool
}

// Region is a division or a zone.
type Region struct {
	ID           int64
	Code         string // 6 digits a county, 9 a street, 12 a community; zones have codes of their own
	Name, NameEn string
	Kind         string
	Parent       string           // code; "" at the top
	Shape        orb.MultiPolygon // degrees; nil where the record has none
	Bound        orb.Bound        // of Shape; set by NewNet
	AreaM2       float64          // of Shape on the ellipsoid
	Children     int              // regions directly below; set by NewNet
	Term         Term             // Until: To is the first day on which it is no more
}

// UnitScheme is the scheme of the unit grids, 单元网格.
const UnitScheme = "unit"

// Scheme is a net of grids over the city or a part of it.
type Scheme struct {
	ID             int64
	Code           string
	Title, TitleEn string
	Owner          string // department code
	Extent         string // region code; "" for everywhere
	Pattern        CodePattern
	Exclusive      bool // no point in two grids
	Complete       bool // no point of the extent in none
	MadeOf         string
	FirstZoom      int
	Shown          bool // on the map without being asked for
	Revision       int64
}

// Grid is a grid of a scheme: in force, or of former times.
type Grid struct {
	ID           int64
	Scheme, Code string
	Name         string // "" where it has none
	Region       string // code of the narrowest division it lies in; "" for none
	Shape        orb.MultiPolygon
	Bound        orb.Bound // of Shape; set by NewNet
	AreaM2       float64   // on the ellipsoid, as the record has it
	LandUse      string    // "" where nobody said
	Level        string    // key, general, basic; "" where nobody said
	Term         Term      // Until: To is the first day on which it is no more
	Members      []int64   // the grids that it is made of, in the order of their numbers; nil for one that was drawn
	Revision     int64
}

// Past is a shape that a grid had before it was redrawn.
type Past struct {
	ID, Grid int64
	Region   string
	Shape    orb.MultiPolygon
	AreaM2   float64
	Term     Term // Until: on its To the next shape holds
}

// IsLandUse tells whether a word is a use of land that the record knows.
func IsLandUse(s string) bool {
	switch s {
	case "residential", "public", "commercial", "industrial", "logistics", "transport", "utility", "green", "water", "other":
		return true
	}
	return false
}

// IsLevel tells whether a word says how closely a grid is looked after: key 重点, general 一般, basic 基础.
func IsLevel(s string) bool { return s == "key" || s == "general" || s == "basic" }
