package coverage

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"wangge/geo/walk"
)

// meshed is a shaken net of streets a hundred metres apart.
func meshed(t testing.TB, side int) *walk.Graph {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	at := make([]orb.Point, side*side)
	for i := range at {
		at[i] = sitingPlace(float64(i%side)*100+r.Float64()*30, float64(i/side)*100+r.Float64()*30)
	}
	var streets []walk.Street
	for i := range side {
		var down, across orb.LineString
		for j := range side {
			down, across = append(down, at[j*side+i]), append(across, at[i*side+j])
		}
		streets = append(streets, walk.Street{Key: int64(2 * i), Shape: orb.MultiLineString{down}}, walk.Street{Key: int64(2*i + 1), Shape: orb.MultiLineString{across}})
	}
	net, err := walk.Build(t.Context(), streets, nil, walk.DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	return net.Graph(walk.Profile{ID: "walk"})
}

// sitingPlace is so many metres east and north of a corner.
func sitingPlace(eastM, northM float64) orb.Point {
	const degreeM = 111_195
	return orb.Point{120 + eastM/(degreeM*math.Cos(36*math.Pi/180)), 36 + northM/degreeM}
}

// scattered are places on a lattice over the net, and where they join it.
func scattered(t testing.TB, g *walk.Graph, sideM, spacingM float64) ([]orb.Point, []walk.Spot) {
	t.Helper()
	var at []orb.Point
	for y := 0.0; y < sideM; y += spacingM {
		for x := 0.0; x < sideM; x += spacingM {
			at = append(at, sitingPlace(x, y))
		}
	}
	spots := make([]walk.Spot, len(at))
	if err := g.SnapAll(t.Context(), func(i int) orb.Point { return at[i] }, len(at), spots); err != nil {
		t.Fatal(err)
	}
	return at, spots
}

func nobody(int) {}

// TestWalkSets holds the sets against a search from each candidate, place by place.
func TestWalkSets(t *testing.T) {
	g := meshed(t, 12)
	_, spots := scattered(t, g, 1100, 37)
	_, candidates := scattered(t, g, 1100, 93)
	candidates = append(candidates, walk.Spot{Edge: walk.None})
	const limit = 310_000
	got, err := walkSets(t.Context(), newSetFinder(g, spots), candidates, limit, nobody)
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for c, from := range candidates {
		var want []uint32
		if from.Edge != walk.None {
			tree := walk.NewTree(g, limit)
			new(walk.Searcher).Grow(tree, []walk.Seed{{Spot: from}})
			for i, s := range spots {
				if mm, _ := tree.At(s); mm != walk.Never {
					want = append(want, uint32(i))
				}
			}
		}
		have := slices.Sorted(slices.Values(got.items[got.first[c]:got.first[c+1]]))
		if !slices.Equal(have, want) {
			t.Fatalf("candidate %d covers %d places, %d by search", c, len(have), len(want))
		}
		total += len(want)
	}
	if total == 0 {
		t.Error("nothing is covered: the test looks at nothing")
	}
}

func TestCircleSets(t *testing.T) {
	var at []orb.Point
	for i := range 1500 {
		at = append(at, sitingPlace(chance(uint64(2*i))*3000, chance(uint64(2*i+1))*3000))
	}
	all := func(_ orb.Bound, visit func(uint32)) {
		for i := range at {
			visit(uint32(i))
		}
	}
	candidates := at[:20]
	for _, limit := range []uint32{1, 500_000, 900_123} {
		got, err := circleSets(t.Context(), at, all, candidates, limit, nobody)
		if err != nil {
			t.Fatal(err)
		}
		for c, from := range candidates {
			var want []uint32
			for i, p := range at {
				if walk.DistanceMM(p, from) <= limit {
					want = append(want, uint32(i))
					if b := newDisc(from, limit).bound; !b.Contains(p) {
						t.Errorf("%v is within %d mm of %v, but not in the bound", p, limit, from)
					}
				}
			}
			if have := got.items[got.first[c]:got.first[c+1]]; !slices.Equal(have, want) {
				t.Errorf("%d places within %d mm of candidate %d, want %d", len(have), limit, c, len(want))
			}
		}
	}
}

func TestSetsAreBounded(t *testing.T) {
	greedy := func() func(c int, take func(uint32)) {
		return func(_ int, take func(uint32)) {
			for i := range uint32(1000) {
				take(i)
			}
		}
	}
	if _, err := eachSet(t.Context(), 100_000, 1000, 500_000, nobody, greedy); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a hundred million entries: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := eachSet(ctx, 10, 1000, 500_000, nobody, greedy); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody waits: %v", err)
	}
}

// BenchmarkSites is end to end what siting does once hexagons are snapped: coverage sets of R = 500 m, choice, exchange, certificate.
func BenchmarkSites(b *testing.B) {
	g := meshed(b, 224)
	for _, at := range []struct {
		candidates int
		spacingM   float64
		bound      bool
	}{{5000, 120, false}, {5000, 120, true}, {20_000, 27, false}, {20_000, 27, true}} {
		_, spots := scattered(b, g, 22_300, at.spacingM)
		candidates := make([]walk.Spot, at.candidates)
		for c := range candidates {
			e := uint32(c * len(g.Net.Edges) / len(candidates))
			candidates[c] = walk.Spot{Edge: e, OffMM: g.Net.Edges[e].MM / 2}
		}
		p := Problem{Goal: Most, K: 10, Bound: at.bound, Weight: make([]int64, len(spots))}
		for i, s := range spots {
			p.Weight[i] = weightAt(g.Point(s))
		}
		b.Run(fmt.Sprintf("candidates=%d/places=%d/bound=%v", at.candidates, len(spots), at.bound), func(b *testing.B) {
			var plan Plan
			for b.Loop() {
				s, err := walkSets(b.Context(), newSetFinder(g, spots), candidates, 500_000, nobody)
				if err != nil {
					b.Fatal(err)
				}
				p.First, p.Items = s.first, s.items
				if plan, err = Solve(b.Context(), p); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(plan.Gap*100, "gap%")
			b.ReportMetric(float64(len(p.Items)), "entries")
		})
	}
}

// weightAt falls away from the middle of the net.
func weightAt(p orb.Point) int64 {
	d := walk.DistanceMM(p, sitingPlace(11_150, 11_150))
	return int64(200_000 * math.Exp(-float64(d)/4_000_000))
}
