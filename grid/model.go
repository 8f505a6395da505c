package grid

import "github.com/paulmach/orb"

// RegionKind is a kind of region. Divisions (districts, streets, communities …) tell where something is; zones do not.
type RegionKind struct {
	ID             string
	Title, TitleEn string
	Level          int // larger is narrower
	Division       bool
}

// Region is a division or a zone in force.
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
}

// Grid is a grid in force.
type Grid struct {
	ID           int64
	Scheme, Code string
	Name         string // "" where it has none
	Region       string // code of the narrowest division it lies in; "" for none
	Shape        orb.MultiPolygon
	Bound        orb.Bound // of Shape; set by NewNet
	AreaM2       float64   // on the ellipsoid, as the record has it
}
