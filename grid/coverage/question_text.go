package coverage

import "slices"

// Words is a text in both languages.
type Words struct{ Zh, En string }

// QuestionText describes a question about layers or people: what is asked and how each of its figures is made.
type QuestionText struct {
	ID      string
	Title   Words
	Unit    string   // of what is counted: feature, m, m2, bay, crossing, grid, person …
	Layers  []string // ids of the layers that it reads, whose provenance goes with the answer
	Columns []ColumnText
	People  bool // tells of people: for who may read figures
	Regions bool // by kinds of regions only, not by grids
	Reach   bool // is about distances: mode and profile matter
}

// ColumnText describes a column: so much of so much, and what the two are. 口径.
type ColumnText struct {
	ID, Unit                       string // Unit of the ratio: share, km/km2, 1/km2, m, ratio
	Title                          Words
	Numerator, Denominator         Words
	NumeratorUnit, DenominatorUnit string
	// Additive: figures of parts that do not overlap sum to that of the whole.
	Additive bool
	// byParts: a density whose ground is counted with its things, and is not the area of the row.
	byParts bool
	// LessIsBetter: the worst is the highest ratio.
	LessIsBetter bool
	// People: tells of people, for who may read figures.
	People bool
	// Judge finds the threshold that the ratio is held against; the zero value for none.
	Judge ThresholdKey
}

// TellsOfPeople tells whether any of the columns tells of people.
func (q *QuestionText) TellsOfPeople() bool {
	return q.People || slices.ContainsFunc(q.Columns, func(c ColumnText) bool { return c.People })
}

// Judge is the threshold of a city that a column's ratio is held against; nil for none.
func Judge(city City, c ColumnText) *Threshold {
	if c.Judge == (ThresholdKey{}) {
		return nil
	}
	if t, ok := findThreshold(city, c.Judge); ok {
		return &t
	}
	return nil
}

// ThresholdKey names a row of the profile of thresholds.
type ThresholdKey struct{ Layer, Metric, AppliesTo string }

// The units of ratios.
const (
	UnitShare   = "share"
	UnitDensity = "1/km2"
	UnitRoad    = "km/km2"
	UnitMetres  = "m"
	UnitRatio   = "ratio"
)

// column finds a column by its id; -1 for none.
func (q *QuestionText) column(id string) int {
	for i := range q.Columns {
		if q.Columns[i].ID == id {
			return i
		}
	}
	return -1
}
