package city

import (
	"math/rand/v2"
	"testing"

	"wangge/geo/tile"
)

func TestLabelPoint(t *testing.T) {
	cases := []struct {
		name string
		g    tile.Geometry
		x, y uint32
	}{
		{"a square", tile.Geometry{XY: []uint32{0, 0, 10, 0, 10, 10, 0, 10}}, 5, 5},
		{"the larger of two", tile.Geometry{XY: []uint32{0, 0, 2, 0, 2, 2, 0, 2, 100, 100, 140, 100, 140, 140, 100, 140}, Ends: []uint32{4, 8}, Polys: []uint32{1, 2}}, 120, 120},
		{"beside a hole in the middle", tile.Geometry{XY: []uint32{0, 0, 100, 0, 100, 100, 0, 100, 20, 20, 90, 20, 90, 90, 20, 90}, Ends: []uint32{4, 8}, Polys: []uint32{2}}, 10, 50},
		{"a hook, whose centre lies outside", tile.Geometry{XY: []uint32{0, 0, 100, 0, 100, 100, 80, 100, 80, 20, 0, 20}}, 90, 50},
		{"no area at all", tile.Geometry{XY: []uint32{4, 4, 8, 4, 6, 4}}, 6, 4},
	}
	for _, c := range cases {
		c.g.Kind = tile.Polygons
		if x, y := labelPoint(c.g); x != c.x || y != c.y {
			t.Errorf("%s: %d %d, want %d %d", c.name, x, y, c.x, c.y)
		}
	}
}

// TestLabelPointLiesInside: whatever star-shaped ring is drawn, far from the origin as cities are.
func TestLabelPointLiesInside(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for round := range 2000 {
		var xy []uint32
		for _, d := range [][2]float64{{1, 0}, {0.7, 0.7}, {0, 1}, {-0.7, 0.7}, {-1, 0}, {-0.7, -0.7}, {0, -1}, {0.7, -0.7}} {
			far := 50 + r.Float64()*5000
			xy = append(xy, uint32(3.5e9+d[0]*far), uint32(1.7e9+d[1]*far))
		}
		x, y := labelPoint(tile.Geometry{Kind: tile.Polygons, XY: xy})
		near := false // on a lattice of whole units the point may fall on the edge
		for _, d := range [][2]float64{{0.5, 0.5}, {-0.5, 0.5}, {0.5, -0.5}, {-0.5, -0.5}} {
			near = near || within([][]uint32{xy}, float64(x)+d[0], float64(y)+d[1])
		}
		if !near {
			t.Fatalf("round %d: %d %d is outside %v", round, x, y, xy)
		}
	}
}
