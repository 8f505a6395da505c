package coverage

// Method is how figures were made; it travels with them. 口径与方法。
type Method struct {
	ID                       string // walk or straight, and the version of the definitions
	Version                  int
	Revision                 uint64 // of the record
	Service, Kind            string
	Mode                     Mode
	Profile                  string // "" in straight mode
	Res                      int    // of the hexagons
	SnapLimitM               uint32 // 0 in straight mode
	LimitM                   uint32 // no distance beyond it is known
	RadiiM                   []uint32
	Hexagons                 int
	UnsnappedHexagons        int
	Streets, Islands         int
	Facilities               int // that count, on the network or not
	FacilitiesOffNetwork     int // of them: farther from every street than the snap limit, or behind barriers; they cover nothing
	Population               *PopulationMethod
	Thresholds               []Threshold // of the service's layer
	Changes                  int         // of the scenario
	Provenance, ProvenanceEn string
	Definitions              []Definition
}

// PopulationMethod is where the numbers of people come from and how they were dealt out.
type PopulationMethod struct {
	Source, AsOf   string // AsOf is a year, or a day
	How            string // id of the way
	Title, TitleEn string
}

// Definition is what a word of a result means.
type Definition struct{ ID, Zh, En string }
