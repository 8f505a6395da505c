package coverage

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"wangge/fixtures/osmref"
	"wangge/geo/walk"
	"wangge/grid"
)

// realCity is an extract as a city: one county around it all, cut into grids.
func realCity(t testing.TB, name string) *testCity {
	t.Helper()
	from := osmref.Read(t, name)
	c := &testCity{revision: 1, features: map[string]map[int64]testFeature{roads: {}, toilet: {}, groundLayer: {}}, roster: grid.NewRoster(grid.RosterRows{}, nil)}
	bound := from.Streets[0].Shape.Bound()
	for i, s := range from.Streets {
		values := road("")
		values["level"], values["steps"] = int64(s.Level), s.Traits&walk.Steps != 0
		c.features[roads][int64(i)] = testFeature{s.Shape, values}
		bound = bound.Union(s.Shape.Bound())
	}
	for i, b := range from.Barriers {
		c.features[groundLayer][int64(i)] = testFeature{b.Shape, map[string]any{"kind": "barrier"}}
	}
	for i, p := range from.Toilets {
		c.features[toilet][int64(i)] = testFeature{p, openToilet()}
	}
	const n = 12
	box := func(x0, y0, x1, y1 float64) orb.MultiPolygon {
		at := func(x, y float64) orb.Point {
			return orb.Point{bound.Min[0] + x/n*(bound.Max[0]-bound.Min[0]), bound.Min[1] + y/n*(bound.Max[1]-bound.Min[1])}
		}
		return orb.MultiPolygon{{{at(x0, y0), at(x1, y0), at(x1, y1), at(x0, y1), at(x0, y0)}}}
	}
	regions := []grid.Region{region(1, "370281", "county", "", box(0, 0, n, n))}
	for i := range n * n {
		x, y := float64(i%n), float64(i/n)
		regions = append(regions, region(int64(i+2), "370281"+string(rune('A'+i%n))+string(rune('A'+i/n)), "street", "370281", box(x, y, x+1, y+1)))
	}
	c.net = grid.NewNet([]grid.RegionKind{{ID: "county", Level: 3, Division: true}, {ID: "street", Level: 4, Division: true}}, regions, nil, nil)
	return c
}

// TestMonaco holds what coverage says of a real city against searches that know nothing of trees, and samples a metre apart; then it closes, moves and
// adds facilities and compares with starting anew.
func TestMonaco(t *testing.T) {
	c := realCity(t, osmref.Monaco)
	live := NewLive()
	b, err := live.At(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	q := Question{Service: toilet, Res: 11}
	checkDistances(t, b, q)
	for _, mode := range []Mode{Walk, Straight} {
		q.Mode = mode
		table := tableOf(t, b, q, []uint32{500}, "street")
		covered, total := sampled(t, b, q, "street", 500)
		got, want, all := table.Total.RoadM.Covered[0], 0.0, 0.0
		for i := range covered {
			want, all = want+covered[i], all+total[i]
		}
		if math.Abs(got-want) > 0.001*all || math.Abs(table.Total.RoadM.Total-all) > 0.001*all {
			t.Errorf("%s: %.0f of %.0f m, sampled %.0f of %.0f", mode, got, table.Total.RoadM.Total, want, all)
		}
		t.Logf("%s: %d toilets, %.1f %% of the ground and %.1f of %.1f km of streets within 500 m", mode, table.Method.Facilities,
			100*table.Total.CoveredM2[0]/table.Total.AreaM2, got/1000, all/1000)
	}
	q.Mode = Walk
	r := rand.New(rand.NewPCG(1, 377))
	streets := c.ids(roads)
	for i := range rounds(8) {
		if now, err := live.At(t.Context(), c); err != nil {
			t.Fatal(err)
		} else if diff := cmp.Diff(tableOf(t, boardOf(t, c), q, usualRadii, "street"), tableOf(t, now, q, usualRadii, "street")); diff != "" {
			t.Fatalf("after %d changes (- from nothing, + followed):\n%.2000s", i, diff)
		}
		line := c.features[roads][streets[r.IntN(len(streets))]].shape.(orb.MultiLineString)[0]
		c = c.with(toilet, int64(r.IntN(60)), line[0], openToilet())
		if r.IntN(3) == 0 {
			c = c.without(roads, streets[r.IntN(len(streets))]) // every street is another network
			streets = c.ids(roads)
		}
	}
}

// checkDistances holds the distances of hexagons against a slow search.
func checkDistances(t *testing.T, b *Board, q Question) {
	t.Helper()
	h, err := b.Hexes(t.Context(), q, usualRadii, false)
	if err != nil {
		t.Fatal(err)
	}
	g, err := b.Network(t.Context(), q.Profile)
	if err != nil {
		t.Fatal(err)
	}
	spots, err := b.Spots(t.Context(), h.Sheet.Res, q.Profile)
	if err != nil {
		t.Fatal(err)
	}
	dist := slowDistances(g, h.Facilities)
	unsnapped := 0
	for i, s := range spots {
		want := uint64(walk.Never)
		if s.Edge == walk.None {
			unsnapped++
			if h.Flags[i]&FlagNoNetwork == 0 {
				t.Fatalf("hexagon %d has no network and no flag", i)
			}
		} else {
			e := g.Net.Edges[s.Edge]
			want = min(dist[e.U]+uint64(s.PerpMM+s.OffMM), dist[e.V]+uint64(s.PerpMM+e.MM-s.OffMM))
			for _, f := range h.Facilities {
				if f.Spot.Edge == s.Edge {
					want = min(want, uint64(walk.Beside(s, f.Spot)))
				}
			}
		}
		if want > 1_500_000 {
			want = walk.Never
		}
		if uint64(h.MM[i]) != want {
			t.Fatalf("hexagon %d: %d, want %d", i, h.MM[i], want)
		}
	}
	t.Logf("%d hexagons, %d without network, %d facilities", len(spots), unsnapped, len(h.Facilities))
}
