package coverage

// Table is what figures of a question are by area.
type Table struct {
	Method   Method
	Question Question // complete: nothing in it is left open
	By       string   // kind of areas: zone, county, street, community …, grid:<scheme>
	Within   string   // code of the region that the areas lie in; "" everywhere
	RadiiM   []uint32
	Total    Row   // of the rows; where areas of the kind may overlap, of the region or the city instead
	Rows     []Row // by code
}

// Row is the figures of one area. Slices are by radius.
type Row struct {
	Code, Name, NameEn string
	AreaM2             float64 // of the area's own shape on the ellipsoid
	NoNetworkM2        float64 // of it farther from every street than the snap limit; 0 in straight mode
	CoveredM2          []float64
	AmbiguousM2        []float64 // ground whose class depends on which of two streets it is reached from; nil until Board.Ambiguity
	Population         *Amount   // persons; nil where the city gives none
	RoadM              Amount    // metres of walkable streets
	Facilities         int       // that count, inside the area
	Supply             float64   // what they offer, in the unit of the service
	Rank               int       // 1 for the largest uncovered area at the last radius
}

// Amount is people, or metres of street, by radius.
type Amount struct {
	Total, NoNetwork float64
	Covered          []float64
}

// Share is the covered share of the ground at a radius by its place, 0 … 1; false where the area has no ground.
func (r Row) Share(i int) (float64, bool) { return share(r.CoveredM2[i], r.AreaM2) }

// UncoveredM2 is the ground that has network and is not covered at a radius.
func (r Row) UncoveredM2(i int) float64 { return max(0, r.AreaM2-r.NoNetworkM2-r.CoveredM2[i]) }

// Share is the covered share at a radius by its place, 0 … 1; false where there is nothing.
func (a Amount) Share(i int) (float64, bool) { return share(a.Covered[i], a.Total) }

func share(part, whole float64) (float64, bool) {
	if whole <= 0 {
		return 0, false
	}
	return min(1, part/whole), true
}
