package coverage

// Hexes is the distance of every hexagon of a sheet to the nearest facility. It is immutable, but for what it remembers of coarser hexagons.
// Its zero value but for the fields is ready; use it by its address.
type Hexes struct {
	Sheet   *Sheet
	MM      []uint32 // walk.Never beyond the limit of the search and without network
	Flags   []uint8  // FlagNoNetwork, FlagAmbiguous
	Owner   []uint32 // place in Facilities; walk.None for none. May be nil
	Persons []uint32 // thousandths; nil where nobody knows
	// Facilities are those that the distances are to.
	Facilities []Facility
}
