package layers

// DensitySuffix names the tile layer that stands in for a layer where its features are not drawn one by one: counts per hexagon.
const DensitySuffix = "_density"

// Density says what the hexagons of a layer count, besides features by status, and how the map draws them.
//
// The map classes hexagons by their main measure: the length of lines, else the sum where there is one, else the number of features. A
// sum that is empty all over the city (a ledger without capacities) gives way to the number. Classes have equal numbers of hexagons,
// over the whole city and apart for every resolution; six of them, one hue, darker for more on a light ground and lighter on a dark
// one. Only one layer shows its hexagons at a time: seven of them over one another could not be read.
type Density struct {
	Sum        string // a numeric field whose values are summed under its name; empty for none
	SumUnit    Text   // what the sum counts in a hexagon, such as 泊位/格
	Length     bool   // metres of lines are summed as length_m
	Hue        string // the flavour's ramp in which the map draws it: colours Hue + "Density1" … "Density6"; empty where it draws none
	ShownBelow int    // the map shows it at lower zooms before anybody asks; 0 for never, and for one layer at most
}

// The measures of every hexagon, and of those of lines.
const (
	CountMeasure  = "count"
	LengthMeasure = "length_m"
)

// Measures are the attributes by which the map may class the hexagons, the best one first.
func (d *Density) Measures() []string {
	switch {
	case d.Length:
		return []string{LengthMeasure}
	case d.Sum != "":
		return []string{d.Sum, CountMeasure}
	default:
		return []string{CountMeasure}
	}
}

// Unit names what a measure counts.
func (d *Density) Unit(measure string) Text {
	switch measure {
	case LengthMeasure:
		return Text{"米/格", "m per cell"}
	case d.Sum:
		return d.SumUnit
	default:
		return Text{"个/格", "per cell"}
	}
}

// DensityRes is the H3 resolution of the hexagons at a zoom.
func DensityRes(zoom int) int {
	switch {
	case zoom <= 7:
		return 6
	case zoom == 8:
		return 7
	case zoom <= 10:
		return 8
	case zoom <= 12:
		return 9
	case zoom == 13:
		return 10
	case zoom <= 15:
		return 11
	default:
		return 12
	}
}

// CoarsestDensityRes is the coarsest resolution that a tile of a zoom falls back to where its hexagons are too many: two steps from the
// usual one, each of which leaves a seventh of them; more where a tile holds whole countries.
func CoarsestDensityRes(zoom int) int { return max(min(DensityRes(zoom)-2, zoom-3), 0) }
