package layers

import (
	"errors"
	"math"
	"testing"

	"github.com/paulmach/orb"
)

func TestSuspectShift(t *testing.T) {
	ramp, toilet := ByID("barrier_free_ramp"), ByID("public_toilet")
	for _, c := range []struct {
		l          *Layer
		here, back []float64
		want       bool
	}{
		{ramp, []float64{60}, []float64{3}, true},
		{ramp, []float64{60}, []float64{9}, false},
		{ramp, []float64{30}, []float64{3}, false},
		{ramp, []float64{3}, []float64{60}, false},
		{toilet, []float64{60}, []float64{3}, false},
		{toilet, []float64{200}, []float64{3}, true},
		{ramp, []float64{1, 60, 60, 60, 1}, []float64{3, 3, 3, 100, 100}, true},
		{ramp, []float64{-1}, []float64{-1}, false},
		{ramp, nil, nil, false},
	} {
		if got := SuspectShift(c.l, c.here, c.back); (got != nil) != c.want {
			t.Errorf("%s %v %v: %v", c.l.ID, c.here, c.back, got)
		} else if got != nil && !errors.Is(got, ErrShift) {
			t.Error("no ErrShift")
		}
	}
}

func TestShiftTally(t *testing.T) {
	ramp := ByID("barrier_free_ramp")
	tally := func(n int, here, back float64) *Shift {
		var s ShiftTally
		for range n {
			s.Add(ramp, []float64{here}, []float64{back})
		}
		return s.Suspect()
	}
	if tally(4, 100, 1) != nil || tally(20, 17, 17) != nil || tally(20, 2, 17) != nil || tally(20, -1, 5) != nil {
		t.Error("right ones are suspected")
	}
	if got := tally(20, 17, 3); got == nil || got.HereM != 17 || got.BackM != 3 {
		t.Errorf("%+v", got)
	}
	var s ShiftTally
	for range 50 {
		s.Add(ByID("back_alley"), []float64{100}, []float64{1})
	}
	if s.Suspect() != nil {
		t.Error("alleys do not lie at streets")
	}
}

func TestShiftSamples(t *testing.T) {
	line := orb.LineString{{120, 36.27}, {120.001, 36.27}, {120.002, 36.27}}
	for _, g := range []orb.Geometry{orb.Point{120, 36.27}, line, orb.MultiLineString{line}, orb.Polygon{orb.Ring(append(line.Clone(), orb.Point{120, 36.28}, line[0]))},
		orb.MultiPolygon{{orb.Ring(append(line.Clone(), orb.Point{120, 36.28}, line[0]))}}} {
		here, back := ShiftSamples(g)
		if len(here) == 0 || len(here) != len(back) {
			t.Fatalf("%s: %d and %d", g.GeoJSONType(), len(here), len(back))
		}
		for i := range here {
			if dx := math.Abs(here[i][0] - back[i][0]); dx < 0.004 || dx > 0.007 {
				t.Errorf("%v is moved to %v", here[i], back[i])
			}
		}
	}
	if here, _ := ShiftSamples(orb.Point{114.17, 22.28}); here != nil {
		t.Error("GCJ-02 does not apply in Hong Kong")
	}
}
