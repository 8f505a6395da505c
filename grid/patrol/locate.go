package patrol

import (
	"math"

	"github.com/paulmach/orb"

	"wangge/geo/datum"
)

// Limits are what positions are held against, as the setting patrol_position has them.
type Limits struct {
	FarM        float64 `json:"far_m"`        // farther from the subject is a flag
	InaccurateM float64 `json:"inaccurate_m"` // a worse accuracy is a flag
}

// DefaultLimits are those of a city that has set none.
func DefaultLimits() Limits { return Limits{FarM: 100, InaccurateM: 50} }

// zeroDegrees: positions nearer than this to 0,0 are those of a receiver without a fix.
const zeroDegrees = 0.01

// Locate turns what a device says into degrees of CGCS2000, and says what is doubtful. at is nil where nothing can be used of it.
func Locate(f *Fix, limits Limits) (at *orb.Point, flags []Flag) {
	if f == nil {
		return nil, []Flag{FlagNoPosition}
	}
	p := orb.Point{f.Lon, f.Lat}
	if !inRange(p) || math.Abs(f.Lon) < zeroDegrees && math.Abs(f.Lat) < zeroDegrees {
		return nil, []Flag{FlagZero}
	}
	p, ok := fromDatum(p, f.Datum)
	if !ok {
		return nil, []Flag{FlagZero}
	}
	if f.AccuracyM > limits.InaccurateM {
		flags = append(flags, FlagInaccurate)
	}
	if f.Source == "pin" {
		flags = append(flags, FlagMoved)
	}
	return &p, flags
}

func inRange(p orb.Point) bool {
	return math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90 // false for NaN
}

// fromDatum converts a position of a datum that devices claim; "" is WGS 84.
func fromDatum(p orb.Point, name string) (orb.Point, bool) {
	if name == "" {
		return p, true
	}
	system, err := datum.Parse(name)
	if err != nil {
		return p, false
	}
	q, err := system.To(p)
	return q, err == nil
}

// Unshifted is a position with the shift of GCJ-02 taken off, where it lies in the area of that datum: a position that is far from its subject as given
// and near it unshifted came in GCJ-02 without saying so.
func Unshifted(p orb.Point) (orb.Point, bool) {
	if !datum.InGCJ(p) {
		return p, false
	}
	return fromDatum(p, "gcj02")
}
