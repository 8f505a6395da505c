package layers

// DensitySuffix names the tile layer that stands in for a layer where its features are not drawn one by one: counts per hexagon.
const DensitySuffix = "_density"

// Density says what the hexagons of a layer count, besides features by status.
type Density struct {
	Sum    string // a numeric field whose values are summed under its name; empty for none
	Length bool   // metres of lines are summed as length_m
	Hue    string // the flavour's ramp in which the map draws it: colours Hue + "Density1" … "Density6"
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
