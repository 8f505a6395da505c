package coverage

import (
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"wangge/geo/walk"
)

// rounds is how often random tests try; WANGGE_ROUNDS makes it more.
func rounds(least int) int {
	if n, err := strconv.Atoi(os.Getenv("WANGGE_ROUNDS")); err == nil {
		return max(n, least)
	}
	return least
}

// randomCity is a town with streets that end, alleys, a river with one bridge, and toilets, some of them closed or far from everything.
func randomCity(blocks int, r *rand.Rand) *testCity {
	c := newTestCity(blocks).withToilets(blocks, blocks, r)
	side := float64(blocks * blockM)
	for i := range blocks * 3 {
		x, y := r.Float64()*side, r.Float64()*side
		line := orb.LineString{atM(x, y), atM(x+r.Float64()*150-75, y+r.Float64()*150-75), atM(x+r.Float64()*300-150, y+r.Float64()*300-150)}
		c = c.with(alleyLayer, int64(i+1), line, map[string]any{"name": "巷" + strconv.Itoa(i), "status": "intact", "lit": r.IntN(2) == 0})
	}
	for range blocks {
		i := int64(r.IntN(blocks + 1))
		c = c.without(roads, 1+i)
		c = c.with(roads, 2000+i, orb.LineString{atM(0, float64(i*blockM)+20), atM(side/3, float64(i*blockM)+30)}, road("断头"+strconv.Itoa(int(i))))
	}
	c = c.with(groundLayer, 1, orb.Polygon{{atM(side*0.6, -50), atM(side*0.6+40, -50), atM(side*0.6+40, side+50), atM(side*0.6, side+50), atM(side*0.6, -50)}}, map[string]any{"kind": "water"})
	return c
}

// edit makes one random change of facilities.
func edit(c *testCity, blocks int, r *rand.Rand) *testCity {
	side := float64(blocks * blockM)
	p, ids := atM(r.Float64()*side*1.1-side*0.05, r.Float64()*side*1.1-side*0.05), c.ids(toilet)
	id := int64(r.IntN(1000))
	switch r.IntN(6) {
	case 0, 1:
		return c.with(toilet, id, p, openToilet())
	case 2:
		closed := openToilet()
		closed["status"] = "closed"
		return c.with(toilet, id, p, closed)
	case 3, 4:
		if len(ids) > 3 {
			return c.without(toilet, ids[r.IntN(len(ids))])
		}
	}
	if len(ids) > 0 { // on the place of another, or right beside it: several on one edge
		other := c.features[toilet][ids[r.IntN(len(ids))]].shape.(orb.Point)
		return c.with(toilet, id, orb.Point{other[0] + float64(r.IntN(3))*1e-4, other[1]}, openToilet())
	}
	return c.with(toilet, id, p, openToilet())
}

// image is all that a question can be asked about, in a form that can be compared.
type image struct {
	MM, Owner  []uint32
	Flags      []uint8
	Facilities []int64
	Tables     []*Table
}

func imageOf(t *testing.T, b *Board, q Question) image {
	t.Helper()
	h, err := b.Hexes(t.Context(), q, usualRadii, false)
	if err != nil {
		t.Fatal(err)
	}
	im := image{MM: h.MM, Flags: h.Flags}
	if im.Owner, err = b.Nearest(t.Context(), q, usualRadii); err != nil {
		t.Fatal(err)
	}
	for _, f := range h.Facilities {
		im.Facilities = append(im.Facilities, f.ID)
	}
	for _, by := range []string{"community", "grid:unit", "zone"} {
		im.Tables = append(im.Tables, tableOf(t, b, q, usualRadii, by))
	}
	return im
}

// TestIncremental holds boards that follow a city through random changes against boards that are made from nothing, to the last millimetre.
func TestIncremental(t *testing.T) {
	const blocks = 12
	for _, q := range []Question{{Service: toilet, Res: 11}, {Service: toilet, Mode: Straight, Res: 10}, {Service: toilet, Profile: nightProfile, Res: 10}} {
		t.Run(string(q.Mode)+q.Profile, func(t *testing.T) {
			r := rand.New(rand.NewPCG(7, 8))
			c := randomCity(blocks, r)
			live := NewLive()
			for i := range rounds(10) {
				b, err := live.At(t.Context(), c)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(imageOf(t, boardOf(t, c), q), imageOf(t, b, q)); diff != "" {
					t.Fatalf("after %d changes (- from nothing, + followed):\n%.2000s", i, diff)
				}
				for range 1 + r.IntN(3) {
					c = edit(c, blocks, r)
				}
			}
		})
	}
}

// TestFirstFacility: figures of a city without facilities follow the first that comes, to the city or in a scenario, and the last that goes.
func TestFirstFacility(t *testing.T) {
	for _, q := range []Question{{Service: toilet, Res: 10}, {Service: toilet, Mode: Straight, Res: 10}} {
		empty := newTestCity(8)
		one := empty.with(toilet, 1, atM(333, 444), openToilet())
		live := NewLive()
		for i, c := range []*testCity{empty, one, one.without(toilet, 1), one.next(toilet)} {
			c.revision = uint64(i + 1)
			b, err := live.At(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(imageOf(t, boardOf(t, c), q), imageOf(t, b, q)); diff != "" {
				t.Errorf("%s, state %d (- from nothing, + followed):\n%.2000s", q.Mode, i, diff)
			}
			if i > 0 {
				continue
			}
			plan := withOf(t, b, Change{Op: OpAdd, Service: toilet, At: placeAt(333, 444)})
			want, got := tableOf(t, boardOf(t, one), q, usualRadii, "community"), tableOf(t, plan, q, usualRadii, "community")
			if diff := cmp.Diff(want.Total, got.Total); diff != "" || got.Total.CoveredM2[0] == 0 {
				t.Errorf("%s: the first facility of a scenario (- in the city, + in the scenario):\n%s", q.Mode, diff)
			}
		}
	}
}

// TestFieldFollows goes through a thousand changes of facilities on the level of fields and sums, several facilities on an edge among them.
func TestFieldFollows(t *testing.T) {
	const blocks = 12
	r := rand.New(rand.NewPCG(3, 9))
	c := randomCity(blocks, r)
	b := boardOf(t, c)
	a, err := b.complete(Question{Service: toilet, Res: 10}, "")
	if err != nil {
		t.Fatal(err)
	}
	for i := range rounds(1000) {
		f, err := b.field(t.Context(), a, usualRadii)
		if err != nil {
			t.Fatal(err)
		}
		acc, err := b.account(t.Context(), a, f, "grid:unit", usualRadii)
		if err != nil {
			t.Fatal(err)
		}
		fresh := newWalkReach(f.lay, f.bench.reach.(*walkReach).nodes, f.limitMM)
		whole, err := newField(t.Context(), f.lay, f.chosen, f.limitMM, fresh)
		if err != nil {
			t.Fatal(err)
		}
		again := newAccount(acc.deal, acc.ways, acc.radiiMM, whole.mm, fresh)
		for name, same := range map[string]bool{"distances": slices.Equal(f.byHexagon(), whole.byHexagon()), "sums": samePages(acc.sums, again.sums),
			"stretches": samePages(acc.stays, again.stays), "owners": slices.Equal(f.owners(), whole.owners())} {
			if !same {
				t.Fatalf("%s differ after %d changes", name, i)
			}
		}
		c = edit(c, blocks, r)
		b = b.heir(c, nil, b.base.heir())
		b.live = r.IntN(4) > 0
	}
}

func samePages[T comparable](a, b pages[T]) bool {
	return slices.EqualFunc(a, b, func(x, y *[pageSize]T) bool { return *x == *y })
}

// TestHexagonDistances holds the distances of hexagons against a search that knows nothing of trees: the ways through the two ends of an edge, by
// Dijkstra's algorithm as in the books, and the way along an edge.
func TestHexagonDistances(t *testing.T) {
	for seed := range uint64(3) {
		r := rand.New(rand.NewPCG(seed, 5))
		checkDistances(t, boardOf(t, randomCity(10, r)), Question{Service: toilet, Res: usualRes})
	}
}

// slowDistances is the distance of every node, found by going over all edges until nothing gets better.
func slowDistances(g *walk.Graph, seats []Facility) []uint64 {
	dist := make([]uint64, len(g.Net.At))
	for i := range dist {
		dist[i] = 1 << 40
	}
	better := func(node uint32, d uint64) bool {
		if d < dist[node] {
			dist[node] = d
			return true
		}
		return false
	}
	for _, f := range seats {
		e := g.Net.Edges[f.Spot.Edge]
		better(e.U, uint64(f.Spot.PerpMM+f.Spot.OffMM))
		better(e.V, uint64(f.Spot.PerpMM+e.MM-f.Spot.OffMM))
	}
	for again := true; again; {
		again = false
		for i, e := range g.Net.Edges {
			if g.Usable(uint32(i)) {
				again = better(e.U, dist[e.V]+uint64(e.MM)) || again
				again = better(e.V, dist[e.U]+uint64(e.MM)) || again
			}
		}
	}
	return dist
}

// TestStraightDistances holds straight mode against every pair of a hexagon and a facility.
func TestStraightDistances(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	b := boardOf(t, randomCity(16, r))
	for _, radii := range [][]uint32{{300}, {300, 5000}, {10_000}} {
		h, err := b.Hexes(t.Context(), Question{Service: toilet, Mode: Straight}, radii, false)
		if err != nil {
			t.Fatal(err)
		}
		limit := limitFor(radii)
		for i, got := range h.MM {
			want := uint32(walk.Never)
			for _, f := range h.Facilities {
				want = min(want, walk.DistanceMM(h.Sheet.At(i), f.At))
			}
			if want > limit {
				want = walk.Never
			}
			if got != want {
				t.Fatalf("%v: hexagon %d: %d, want %d", radii, i, got, want)
			}
		}
	}
}
