package city

import (
	"fmt"
	"sync"
	"testing"

	"math/rand/v2"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"

	"wangge/geo"
	"wangge/geo/tile"
	"wangge/layers"
)

// crowd puts n features of a layer into a square of so many degrees.
func crowd(t testing.TB, v *View, l *layers.Layer, n int, side float64, shape func(at orb.Point) orb.Geometry) {
	t.Helper()
	m := &rowMaker{Rand: rand.New(rand.NewPCG(8, uint64(n))), reader: newSource(l).reader(v.rules)}
	for range n {
		at := orb.Point{120 + side*m.Float64(), 36.27 + side*m.Float64()}
		m.add(t, shape(at), map[string]string{"code": fmt.Sprintf("370281%09d", m.id)})
	}
	v.stacks = append(v.stacks, newStack(newLook(l), m.tables[l.ID]))
}

func itself(at orb.Point) orb.Geometry { return at }

func square(side float64) func(at orb.Point) orb.Geometry {
	return func(at orb.Point) orb.Geometry {
		return orb.Bound{Min: at, Max: orb.Point{at[0] + side, at[1] + side}}.ToPolygon()
	}
}

// TestCrowdedTilesStaySmall: features that would burst a tile give way to their densities, layer by layer, areas of reference to the
// larger ones; the tile says so, and every feature is counted in some hexagon.
func TestCrowdedTilesStaySmall(t *testing.T) {
	v := &View{benches: new(sync.Pool), rules: &layers.Rules{}}
	const ramps = 60_000
	crowd(t, v, layers.ByID("ground"), 40_000, 0.02, square(0.00002))
	crowd(t, v, layers.ByID("public_toilet"), 200, 0.02, itself)
	crowd(t, v, layers.ByID("barrier_free_ramp"), ramps, 0.02, itself)
	p := v.everything(t)
	middle := orb.Point{120.01, 36.28}
	for z := uint8(0); z <= tile.MaxZoom; z++ {
		made, err := v.Tile(t.Context(), p, tile.At(z, geo.WorldX(middle[0]), geo.WorldY(middle[1])))
		if err != nil {
			t.Fatal(err)
		}
		if len(made.Bytes) > maxTileBytes || len(made.Bytes) == 0 {
			t.Errorf("zoom %d: %d bytes", z, len(made.Bytes))
		}
		decoded, err := mvt.Unmarshal(made.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("zoom %d: %d bytes, %d features, thinned %v", z, len(made.Bytes), made.Features, made.Thinned)
		if z != 13 && z != 10 && z != 4 {
			continue
		}
		for _, l := range decoded {
			if l.Name != "barrier_free_ramp"+layers.DensitySuffix {
				continue
			}
			sum := 0.0
			for _, f := range l.Features {
				sum += f.Properties["count"].(float64)
			}
			if sum < ramps/4 || sum > ramps || z < 10 && sum != ramps {
				t.Errorf("zoom %d: the hexagons count %v", z, sum)
			}
		}
	}
	made, err := v.Tile(t.Context(), p, tile.At(14, geo.WorldX(middle[0]), geo.WorldY(middle[1])))
	if err != nil {
		t.Fatal(err)
	}
	if len(made.Thinned) == 0 {
		t.Error("nothing was thinned")
	}
	decoded, err := mvt.Unmarshal(made.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]int{}
	for _, l := range decoded {
		names[l.Name] = len(l.Features)
	}
	if names["public_toilet"] == 0 || names["barrier_free_ramp"] != 0 || names["barrier_free_ramp_density"] == 0 {
		t.Errorf("layers %v", names)
	}
}
