package geo_test

import (
	"math"
	"testing"

	"github.com/paulmach/orb"

	"wangge/geo"
)

// Reference values: PostGIS 3.3, ST_Length and ST_Area of geography in EPSG:4490 (see TestMeasuresAgreeWithPostGIS).
func TestMeasuresHaveKnownValues(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"a quarter meridian", geo.DistanceM(orb.Point{120, 0}, orb.Point{120, 90}), 10_001_965.7293},
		{"a degree of the equator", geo.DistanceM(orb.Point{120, 0}, orb.Point{121, 0}), math.Pi / 180 * 6_378_137},
		{"across the date line", geo.DistanceM(orb.Point{179.5, 0}, orb.Point{-179.5, 0}), math.Pi / 180 * 6_378_137},
		{"an eighth of the earth", geo.RingAreaM2(orb.Ring{{0, 0}, {90, 0}, {0, 90}, {0, 0}}), 510_065_621_718_491 / 8.0},
	} {
		if d := math.Abs(c.got/c.want - 1); d > 1e-9 {
			t.Errorf("%s: %.4f, want %.4f", c.name, c.got, c.want)
		}
	}
}

func TestMeasuresOfEmptyAndDegenerate(t *testing.T) {
	p := orb.Point{120, 36}
	for name, got := range map[string]float64{
		"nil line":         geo.LengthM(nil),
		"one position":     geo.LengthM(orb.LineString{p}),
		"line in place":    geo.LengthM(orb.LineString{p, p}),
		"nil lines":        geo.LengthMultiM(nil),
		"nil polygon":      geo.AreaM2(nil),
		"nil ring":         geo.AreaM2(orb.Polygon{nil}),
		"nil polygons":     geo.AreaMultiM2(nil),
		"ring in place":    geo.AreaM2(orb.Polygon{{p, p, p, p}}),
		"hole is the ring": geo.AreaM2(orb.Polygon{box(0, 0, 9, 9), box(0, 0, 9, 9)}),
	} {
		if got != 0 {
			t.Errorf("%s: %v", name, got)
		}
	}
	antipodal := geo.DistanceM(orb.Point{0, 0.1}, orb.Point{179.99, -0.1})
	if antipodal < 1.99e7 || antipodal > 2.01e7 {
		t.Errorf("nearly antipodal: %v", antipodal)
	}
}

// TestAreaOfSmallShapes holds that a shape of a few metres is as exact as a big one: sides times sides.
func TestAreaOfSmallShapes(t *testing.T) {
	for lat := 1.0; lat < 60; lat += 7 {
		for _, size := range []float64{1e-5, 1e-4, 1e-3} {
			sw, ne := orb.Point{120, lat}, orb.Point{120 + size, lat + size}
			south, north := geo.DistanceM(sw, orb.Point{ne[0], sw[1]}), geo.DistanceM(orb.Point{sw[0], ne[1]}, ne)
			want := (south + north) / 2 * geo.DistanceM(sw, orb.Point{sw[0], ne[1]})
			got := geo.RingAreaM2(orb.Bound{Min: sw, Max: ne}.ToRing())
			if math.Abs(got/want-1) > 1e-8 {
				t.Errorf("%v° at %v°: %v, want %v", size, lat, got, want)
			}
		}
	}
}

// TestShortAndLongFormulasMeet holds that nothing jumps where one formula takes over from the other.
func TestShortAndLongFormulasMeet(t *testing.T) {
	p := orb.Point{120, 36}
	for _, d := range []orb.Point{{1, 0}, {0, 1}, {1, 1}, {1, -0.3}} {
		whole := geo.DistanceM(p, orb.Point{p[0] + 0.021*d[0], p[1] + 0.021*d[1]})
		part := geo.DistanceM(p, orb.Point{p[0] + 0.0199*d[0], p[1] + 0.0199*d[1]})
		if math.Abs(part/whole*0.021/0.0199-1) > 1e-4 {
			t.Errorf("%v: %v and %v", d, part, whole)
		}
	}
}

func TestAreaDoesNotDependOnDirectionOrStart(t *testing.T) {
	r := wavy(50)
	want := geo.RingAreaM2(r)
	back := r.Clone()
	back.Reverse()
	turned := append(append(orb.Ring{}, r[20:50]...), r[:21]...)
	for _, other := range []orb.Ring{back, turned, r[:50]} {
		if got := geo.RingAreaM2(other); math.Abs(got/want-1) > 1e-12 {
			t.Errorf("%v, want %v", got, want)
		}
	}
}

func TestPointInside(t *testing.T) {
	for name, p := range map[string]orb.Polygon{
		"square":            {box(0, 0, 9, 9)},
		"u":                 {ring(0, 0, 9, 0, 9, 9, 6, 9, 6, 2, 3, 2, 3, 9, 0, 9)},
		"with a hole":       {box(0, 0, 9, 9), box(1, 1, 8, 8)},
		"hole at half":      {box(0, 0, 9, 9), ring(0, 4.5, 4, 3, 9, 4.4, 4, 6)},
		"vertices at half":  {ring(0, 0, 5, 4.5, 9, 0, 9, 9, 5, 4.6, 0, 9)},
		"needle":            {ring(0, 0, 900, 1e-9, 900, 2e-9)},
		"clockwise":         {ring(0, 0, 0, 9, 9, 9, 9, 0)},
		"meets half itself": {ring(0, 0, 9, 0, 9, 4.5, 4, 4.5, 4, 9, 0, 9)},
	} {
		at, ok := geo.PointInside(p)
		if !ok || !geo.Covers(p, at) {
			t.Errorf("%s: %v, %v", name, at, ok)
		}
	}
	for name, p := range map[string]orb.Polygon{
		"nil": nil, "empty ring": {{}}, "no area": {ring(0, 0, 4, 0, 9, 0)}, "all hole": {box(0, 0, 9, 9), box(0, 0, 9, 9)},
	} {
		if at, ok := geo.PointInside(p); ok {
			t.Errorf("%s: %v", name, at)
		}
	}
	small, big := orb.Polygon{box(0, 0, 2, 2)}, orb.Polygon{box(20, 0, 29, 9)}
	if at, ok := geo.PointInsideMulti(orb.MultiPolygon{small, big, {}}); !ok || !geo.Covers(big, at) {
		t.Errorf("multi: %v, %v", at, ok)
	}
	if _, ok := geo.PointInsideMulti(nil); ok {
		t.Error("nil has an inside")
	}
}
