package layers

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/geo/datum"
)

// ErrShift says that positions look as if they were GCJ-02, the shifted datum of Chinese map services, and were given as CGCS2000.
var ErrShift = errors.New("the position looks as if it were GCJ-02")

// Shift is why positions look shifted. It is an ErrShift.
type Shift struct {
	HereM, BackM float64 // from the nearest street: as given, and with the shift of GCJ-02 taken off
}

// Error says it in English.
func (s *Shift) Error() string {
	return fmt.Sprintf("%v: %.0f m from the nearest street as given, %.0f m with the shift of GCJ-02 taken off", ErrShift, s.HereM, s.BackM)
}

// Unwrap gives the sentinel.
func (s *Shift) Unwrap() error { return ErrShift }

// shiftSamples is how many positions of a geometry are held against the streets.
const shiftSamples = 5

// ShiftSamples are positions of a geometry, and the same with the shift of GCJ-02 taken off; none where GCJ-02 does not apply.
func ShiftSamples(g orb.Geometry) (here, back []orb.Point) {
	gcj, err := datum.Parse("gcj02")
	if err != nil {
		return nil, nil
	}
	for _, p := range spread(g) {
		q, err := gcj.To(p)
		if err != nil || !datum.InGCJ(p) {
			return nil, nil
		}
		here, back = append(here, p), append(back, q)
	}
	return here, back
}

// spread takes some positions of a geometry, along all of it.
func spread(g orb.Geometry) []orb.Point {
	var all []orb.Point
	switch g := g.(type) {
	case orb.Point:
		return []orb.Point{g}
	case orb.LineString:
		all = g
	case orb.MultiLineString:
		for _, l := range g {
			all = append(all, l...)
		}
	case orb.Polygon:
		return spread(orb.LineString(g[0]))
	case orb.MultiPolygon:
		return spread(orb.LineString(g[0][0]))
	}
	if len(all) < 2 {
		return all
	}
	points := make([]orb.Point, 0, shiftSamples)
	for i := range shiftSamples { // vertices lie unevenly: half the samples between them
		at := float64(len(all)-1) * (float64(i) + 0.5) / shiftSamples
		k := int(at)
		t := at - float64(k)
		points = append(points, orb.Point{all[k][0] + t*(all[k+1][0]-all[k][0]), all[k][1] + t*(all[k+1][1]-all[k][1])})
	}
	return points
}

// movedFarM is how far a feature has to move to be held against the streets again: GCJ-02 is off by more almost everywhere.
const movedFarM = 50

// MovedFar tells whether a feature moves so far that a slip of the datum may be the reason.
func MovedFar(from, to orb.Geometry) bool {
	return geo.DistanceM(from.Bound().Center(), to.Bound().Center()) > movedFarM
}

// median is that of some distances.
func median(m []float64) float64 {
	sorted := slices.Sorted(slices.Values(m))
	return sorted[len(sorted)/2]
}

// What single features are refused for, in metres from the nearest street. Streets are so near each other that no distance tells the two datums apart by
// itself; what is measured on the demo city (800 features of each layer, as they are and shifted): of ramps and bays, which lie at the edge of a street,
// 10 and 13 in a hundred shifted ones are found and 0 and 0.7 right ones are suspected; of other layers, which may lie anywhere between streets, 1 and 0.
// Where many come together a [ShiftTally] finds nearly all.
const (
	roadsideFarM = 40
	farM         = 150
	nearM        = 8
)

// SuspectShift says whether a feature looks shifted, by the metres from some of its positions to the nearest street, as given and moved back; nil for no.
func SuspectShift(l *Layer, here, back []float64) *Shift {
	if len(here) == 0 || len(here) != len(back) || slices.Min(here) < 0 || slices.Min(back) < 0 {
		return nil // there are no streets
	}
	far := float64(farM)
	if l.Roadside {
		far = roadsideFarM
	}
	if s := (&Shift{HereM: median(here), BackM: median(back)}); s.HereM > far && s.BackM < nearM {
		return s
	}
	return nil
}

// ShiftTally holds many features of a roadside layer together: each says little, all of them say nearly everything. Its zero value is empty.
type ShiftTally struct {
	n          int
	sum        float64
	here, back []float64
}

// The tally compares logarithms of distances, so that one feature far out does not decide for all; and what is asked of their mean falls with their number.
// On the demo city of 5, 10, 20 and 50 shifted ramps or bays 45, 75, 92 and 100 in a hundred tallies are found, of right ones less than one in a thousand
// is suspected.
const (
	tallyLeast  = 5
	tallyMostM  = 200 // beyond it a street is no neighbour
	tallyBlurM  = 5   // distances below it are one
	tallyMean   = 0.25
	tallySpread = 1.0
)

// Add counts a feature's positions.
func (t *ShiftTally) Add(l *Layer, here, back []float64) {
	if !l.Roadside || len(here) == 0 || len(here) != len(back) || slices.Min(here) < 0 || slices.Min(back) < 0 {
		return
	}
	blur := func(m float64) float64 { return min(m, tallyMostM) + tallyBlurM }
	h, b := median(here), median(back)
	t.n++
	t.sum += math.Log(blur(h) / blur(b))
	t.here, t.back = append(t.here, h), append(t.back, b)
}

// Suspect says whether the features together look shifted; nil for no, or for too few.
func (t *ShiftTally) Suspect() *Shift {
	if t.n < tallyLeast || t.sum/float64(t.n) < tallyMean+tallySpread/math.Sqrt(float64(t.n)) {
		return nil
	}
	return &Shift{HereM: median(t.here), BackM: median(t.back)}
}
