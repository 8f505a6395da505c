package ogc

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/geo/tile"
)

func TestLimits(t *testing.T) {
	city := orb.Bound{Min: orb.Point{119.9, 36.2}, Max: orb.Point{120.1, 36.35}}
	want := map[int]tileMatrixLimits{
		0: {"0", 0, 0, 0, 0},
		8: {"8", 100, 100, 213, 213},
	}
	all := allLimits(city)
	if len(all) != tile.MaxZoom+1 {
		t.Fatalf("%d zooms", len(all))
	}
	for z, w := range want {
		if diff := cmp.Diff(w, all[z]); diff != "" {
			t.Errorf("zoom %d: %s", z, diff)
		}
	}
	world := allLimits(orb.Bound{Min: orb.Point{-180, -85.06}, Max: orb.Point{180, 85.06}})
	for z, l := range world {
		last := uint32(1)<<z - 1
		if l.MinTileCol != 0 || l.MinTileRow != 0 || l.MaxTileCol != last || l.MaxTileRow != last {
			t.Errorf("the world at zoom %d: %+v", z, l)
		}
	}
}

// Every tile that a box touches is within its limits, and nothing is that is more than two tiles away, where a hexagon is no larger than them.
func FuzzLimits(f *testing.F) {
	f.Add(119.9, 36.2, 0.2, 0.15, uint8(14))
	f.Add(-180.0, -85.0, 360.0, 170.0, uint8(0))
	f.Add(180.0, 85.0, 0.0, 0.0, uint8(18))
	f.Fuzz(func(t *testing.T, west, south, width, height float64, z uint8) {
		if !(west >= -180 && south >= -85 && width >= 0 && height >= 0 && west+width <= 180 && south+height <= 85) || z > tile.MaxZoom {
			return
		}
		b := orb.Bound{Min: orb.Point{west, south}, Max: orb.Point{west + width, south + height}}
		l := limitsAt(z, b)
		low, high := tile.At(z, geo.WorldX(west), geo.WorldY(south+height)), tile.At(z, geo.WorldX(west+width), geo.WorldY(south))
		if !l.has(low) || !l.has(high) {
			t.Errorf("%v at zoom %d: %v or %v is not in %+v", b, z, low, high, l)
		}
		last := uint32(1)<<z - 1
		if z < 5 || max(-south, south+height) > 55 {
			return
		}
		if l.MinTileCol+2 < low.X || l.MaxTileCol > high.X+2 || l.MinTileRow+2 < low.Y || l.MaxTileRow > high.Y+2 || l.MaxTileCol > last || l.MaxTileRow > last {
			t.Errorf("%v at zoom %d: %+v is too wide", b, z, l)
		}
	})
}
