package city

import (
	"math"
	"math/rand/v2"
	"testing"

	"wangge/geo/tile"
	"wangge/layers"
)

// TestSimplifiedLinesStayNear: at every zoom, no vertex that is left out lies farther than half a tile unit from the line without
// it, and the ends are kept.
func TestSimplifiedLinesStayNear(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	road := newTable(layers.ByID("road"))
	for range 300 {
		g := tile.Geometry{Kind: tile.Lines}
		for range 1 + r.IntN(3) {
			x, y := 1<<31+r.Float64()*1e6, 1<<31+r.Float64()*1e6
			step := math.Pow(2, r.Float64()*16)
			for range 2 + r.IntN(30) {
				g.XY = append(g.XY, uint32(x), uint32(y))
				x, y = x+step*(r.Float64()-0.3), y+step*(r.Float64()-0.3)
			}
			g.Ends = append(g.Ends, uint32(len(g.XY)/2))
		}
		road.pushGeometry(g)
		road.ids = append(road.ids, 1)
	}
	keep := keepFrom(road)
	dropped := 0
	for row := range road.ids {
		g := road.geometry(row)
		ends := g.Ends
		if ends == nil {
			ends = []uint32{uint32(len(g.XY) / 2)}
		}
		start := uint32(0)
		for _, end := range ends {
			at := begin(road.ends, row)
			dropped += nearAtAllZooms(t, g.XY[2*start:2*end], keep[at+start:at+end])
			start = end
		}
	}
	if dropped < 1000 {
		t.Errorf("only %d vertices were left out", dropped)
	}
}

func nearAtAllZooms(t *testing.T, xy []uint32, keep []uint8) (dropped int) {
	t.Helper()
	if keep[0] != 0 || keep[len(keep)-1] != 0 {
		t.Fatal("an end is left out")
	}
	for z := uint8(0); z <= tile.MaxZoom; z++ {
		limit := math.Pow(2, float64(unitZoom-z)) / 2
		last := 0
		for i := 1; i < len(keep); i++ {
			if keep[i] > z {
				dropped++
				continue
			}
			if _, off := farthest(xy, last, i); i-last > 1 && off > limit+1e-6 {
				t.Fatalf("zoom %d: vertices %d to %d without those between are off by %f, over %f", z, last, i, off, limit)
			}
			last = i
		}
	}
	return dropped
}

// TestLayersWithoutLinesKeepNoZooms: what has no line pays nothing for it.
func TestLayersWithoutLinesKeepNoZooms(t *testing.T) {
	parking := newTable(layers.ByID("parking_space"))
	parking.pushGeometry(tile.Geometry{Kind: tile.Polygons, XY: []uint32{0, 0, 9, 0, 9, 9}})
	parking.ids = append(parking.ids, 1)
	if keepFrom(parking) != nil {
		t.Error("an area has first zooms of vertices")
	}
}
