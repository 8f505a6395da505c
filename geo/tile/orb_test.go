package tile_test

import (
	"math"
	"testing"

	"github.com/paulmach/orb"

	"wangge/geo/tile"
)

func TestOrbGivesBackWhatWasFlattened(t *testing.T) {
	ring := orb.Ring{{120, 36}, {120.01, 36}, {120.01, 36.01}, {120, 36.01}, {120, 36}}
	hole := orb.Ring{{120.002, 36.002}, {120.002, 36.004}, {120.004, 36.004}, {120.002, 36.002}}
	far := orb.Ring{{121, 36}, {121.01, 36}, {121.01, 36.01}, {121, 36}}
	for _, want := range []orb.Geometry{
		orb.Point{120.3, 36.2},
		orb.MultiPoint{{120.3, 36.2}, {120.4, 36.3}},
		orb.LineString{{120.3, 36.2}, {120.4, 36.3}, {120.3, 36.2}},
		orb.MultiLineString{{{120.3, 36.2}, {120.4, 36.3}}, {{1, 2}, {3, 4}, {5, 6}}},
		orb.Polygon{ring}, orb.Polygon{ring, hole},
		orb.MultiPolygon{{ring, hole}, {far}},
	} {
		flat, ok := tile.FromOrb(want)
		if !ok {
			t.Fatalf("%v was not taken", want)
		}
		got := flat.Orb()
		if got == nil || got.GeoJSONType() != want.GeoJSONType() {
			t.Fatalf("%v came back as %v", want, got)
		}
		again, _ := tile.FromOrb(got)
		if len(again.XY) != len(flat.XY) {
			t.Fatalf("%v came back as %v", want, got)
		}
		for i := range flat.XY {
			if flat.XY[i] != again.XY[i] {
				t.Errorf("%s: world unit %d is %d, then %d", want.GeoJSONType(), i, flat.XY[i], again.XY[i])
			}
		}
		a, b := want.Bound(), got.Bound()
		for i := range 2 {
			if math.Abs(a.Min[i]-b.Min[i]) > 1e-7 || math.Abs(a.Max[i]-b.Max[i]) > 1e-7 {
				t.Errorf("%s: bound %v, then %v", want.GeoJSONType(), a, b)
			}
		}
	}
	if got := (tile.Geometry{}).Orb(); got != nil {
		t.Errorf("nothing became %v", got)
	}
}
