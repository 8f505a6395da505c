package grid

import "github.com/paulmach/orb"

// Net is the city's regions, schemes and current grids in memory. It is immutable and safe for concurrent use.
type Net struct {
}

// Place is what lies over a point.
type Place struct {
	Regions []*Region // divisions from the widest to the narrowest, then zones by code
	Grids   []*Grid   // by scheme; in an exclusive scheme one at most
}

// UnitGrid is the unit grid of the place, or nil.
func (p Place) UnitGrid() *Grid {
	for _, g := range p.Grids {
		if g.Scheme == UnitScheme {
			return g
		}
	}
	return nil
}

// NewNet makes a net of current rows. Grids of unknown schemes are kept as of a scheme that is not exclusive.
func NewNet(kinds []RegionKind, regions []Region, schemes []Scheme, grids []Grid) *Net {
	return &Net{}
}

// Locate finds what lies over a position in degrees; borders belong to what they bound, and in an exclusive scheme to the grid with the lower
// code: the rule of grids_of in the record.
func (n *Net) Locate(lon, lat float64) Place { return Place{} }

// Region finds a region by its code, or nil.
func (n *Net) Region(code string) *Region { return nil }

// Children lists the regions directly below one, by code; "" is the top: regions whose parent is not known.
func (n *Net) Children(parent string) []*Region { return nil }

// Regions lists all regions by level and code; kind "" is every kind.
func (n *Net) Regions(kind string) []*Region { return nil }

// Path leads from the top to a region, which is its last element; nil where there is no such region.
func (n *Net) Path(code string) []*Region { return nil }

// Kind describes a kind of region, or nil.
func (n *Net) Kind(id string) *RegionKind { return nil }

// Schemes lists the schemes by code, the unit scheme first.
func (n *Net) Schemes() []*Scheme { return nil }

// Scheme finds a scheme by its code, or nil.
func (n *Net) Scheme(code string) *Scheme { return nil }

// Grid finds a current grid, or nil.
func (n *Net) Grid(scheme, code string) *Grid { return nil }

// GridByID finds a current grid by the record's number, or nil.
func (n *Net) GridByID(id int64) *Grid { return nil }

// Found is a region or a grid found by Search; the other is nil.
type Found struct {
	Region *Region
	Grid   *Grid
}

// Search finds regions and grids by a part of name or code, without regard to case: exact matches, then prefixes, then the rest,
// regions before grids; nothing for an empty q.
func (n *Net) Search(q string, limit int) []Found { return nil }

// Bytes is the memory of the net, roughly.
func (n *Net) Bytes() int64 { return 0 }

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
	Bound        orb.Bound        // of Shape
	AreaM2       float64          // of Shape on the ellipsoid
	Children     int              // regions directly below
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
	Bound        orb.Bound
	AreaM2       float64 // on the ellipsoid, as the record has it
}
