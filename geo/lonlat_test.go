package geo_test

import (
	"errors"
	"math"
	"testing"

	"wangge/geo"
)

func TestCheckLonLat(t *testing.T) {
	for _, c := range []struct {
		lon, lat float64
		want     error
	}{
		{120.0334, 36.2646, nil},
		{-180, -90, nil},
		{180, 90, nil},
		{0, 51.5, nil},
		{36.8, -1.3, nil}, // Nairobi
		{75, 39, nil},     // Kashgar
		{math.NaN(), 36, geo.NotFinite},
		{120, math.NaN(), geo.NotFinite},
		{math.Inf(1), 36, geo.NotFinite},
		{120, math.Inf(-1), geo.NotFinite},
		{0, 0, geo.NullIsland},
		{36.2646, 120.0334, geo.Swapped},
		{39, 75, geo.Swapped}, // Kashgar the other way is in range, off Novaya Zemlya
		{-36, 120, geo.Swapped},
		{500_000, 4_012_345, geo.Metres},
		{40_500_000, 4_012_345, geo.Metres}, // with the zone in front
		{4_012_345, 40_500_000, geo.Metres}, // north first
		{13_361_000, 4_335_000, geo.Metres}, // Mercator
		{181, 36, geo.OutOfRange},
		{120, 360, geo.OutOfRange},
		{200, 100, geo.OutOfRange},
		{-1e300, 1e300, geo.Metres},
	} {
		err := geo.CheckLonLat(c.lon, c.lat)
		if !errors.Is(err, c.want) {
			t.Errorf("CheckLonLat(%v, %v) = %v, want %v", c.lon, c.lat, err, c.want)
		}
		if (err == nil) != (c.want == nil) {
			t.Errorf("CheckLonLat(%v, %v) = %v", c.lon, c.lat, err)
		}
	}
}

func TestEveryCodeSpeaksBothLanguages(t *testing.T) {
	for _, c := range []geo.Code{
		geo.Missing, geo.Empty, geo.NotFinite, geo.OutOfRange, geo.Swapped, geo.Metres, geo.NullIsland, geo.LineTooShort,
		geo.RingTooShort, geo.RingNotClosed, geo.SelfIntersection, geo.HoleOutside, geo.NestedRings, geo.Disconnected,
		geo.TooDeep, geo.TooManyVertices, geo.TooComplex, geo.UnknownKind,
	} {
		if c.Title() == string(c) || c.TitleEn() == string(c) || c.Title() == c.TitleEn() {
			t.Errorf("%s: %q, %q", string(c), c.Title(), c.TitleEn())
		}
	}
}

func TestWorldGoesThereAndBack(t *testing.T) {
	for _, p := range [][2]float64{{0, 0}, {120.0334, 36.2646}, {-179.9, -84}, {179.99, 85}, {73.5, 18.2}} {
		x, y := geo.WorldX(p[0]), geo.WorldY(p[1])
		if d := math.Abs(geo.Lon(x) - p[0]); d > 4.2e-8 {
			t.Errorf("longitude %v is %g off", p[0], d)
		}
		if d := math.Abs(geo.Lat(y) - p[1]); d > 4.2e-8 {
			t.Errorf("latitude %v is %g off", p[1], d)
		}
	}
	if geo.WorldX(-200) != 0 || geo.WorldX(200) != math.MaxUint32 || geo.WorldY(90) != 0 || geo.WorldY(-90) != math.MaxUint32 {
		t.Error("places outside are not moved to the edge")
	}
	if geo.WorldX(math.NaN()) != 0 || geo.WorldY(math.NaN()) != 0 {
		t.Error("NaN")
	}
	if geo.WorldY(geo.MaxMercatorLat) != 0 || geo.WorldY(10) < geo.WorldY(11) {
		t.Error("y does not grow southwards from the northern edge")
	}
}
