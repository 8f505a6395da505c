package coverage

import (
	"math/rand/v2"
	"testing"

	"wangge/geo/walk"
)

// TestCatchments holds supply by demand against the definition, facility by facility and place by place, with distances of their own searches.
func TestCatchments(t *testing.T) {
	g := meshed(t, 12)
	_, spots := scattered(t, g, 1100, 37)
	spots = append(spots, walk.Spot{Edge: walk.None})
	_, stand := scattered(t, g, 1100, 330)
	r := rand.New(rand.NewPCG(5, 6))
	for _, decay := range []Decay{Gaussian, Stepped, Even} {
		c := &catchment{limitMM: 400_000, decay: decay, reach: make([][]hexWithin, len(stand))}
		for range spots {
			c.demand = append(c.demand, float64(r.IntN(30)))
		}
		finder, hexOf := finderOf(g, spots)
		ranger := newRanger(finder)
		var facilities []Facility
		for i, s := range stand {
			facilities = append(facilities, Facility{ID: int64(i), OnNetwork: i != 3, Spot: s, Supply: float64(1 + r.IntN(9))})
			if i != 3 {
				ranger.within(s, c.limitMM, func(item, mm uint32) { c.reach[i] = append(c.reach[i], hexWithin{hexOf[item], mm}) })
			}
		}
		out := &Capacity{}
		ratio := c.share(facilities, out)
		want := make([]float64, len(spots))
		offered := 0.0
		for i, f := range facilities {
			if i == 3 {
				continue
			}
			tree := walk.NewTree(g, c.limitMM)
			new(walk.Searcher).Grow(tree, []walk.Seed{{Spot: f.Spot}})
			demand := 0.0
			weights := make([]float64, len(spots))
			for k, s := range spots {
				if s.Edge == walk.None {
					continue
				}
				if mm, _ := tree.At(s); mm != walk.Never {
					weights[k] = c.weight(mm)
					demand += weights[k] * c.demand[k]
				}
			}
			if demand == 0 {
				continue
			}
			offered += f.Supply
			for k, w := range weights {
				want[k] += w * f.Supply / demand
			}
		}
		for k := range want {
			near(t, "ratio", ratio[k], want[k])
		}
		if len(out.Facilities) != len(facilities)-1 {
			t.Errorf("%d of %d facilities are told", len(out.Facilities), len(facilities))
		}
		h := &Hexes{Flags: make([]uint8, len(spots))}
		h.Flags[len(spots)-1] = FlagNoNetwork
		var pieces []piece
		for k, d := range c.demand {
			pieces = append(pieces, piece{uint32(k), uint32(k % 3), int64(d) * 100})
		}
		out.deal(h, pieces, []Area{{Code: "a"}, {Code: "b"}, {Code: "c"}}, ratio, 100)
		near(t, "supply of all areas", out.Total.Supply, offered)
		near(t, "without network", out.Total.NoNetwork, c.demand[len(spots)-1])
		if offered == 0 {
			t.Error("nothing is offered: the test looks at nothing")
		}
	}
}

func TestDecay(t *testing.T) {
	for decay, want := range map[Decay][4]float64{
		Gaussian: {0: 1}, Stepped: {1, 1, 0.68, 0.22}, Even: {1, 1, 1, 1},
	} {
		c := &catchment{limitMM: 900_000, decay: decay}
		for i, mm := range []uint32{0, 300_000, 600_000, 900_000} {
			got := c.weight(mm)
			if decay == Gaussian && i > 0 && i < 3 {
				if got <= c.weight(mm+1000) || got >= c.weight(mm-1000) {
					t.Errorf("%s does not fall at %d", decay, mm)
				}
				continue
			}
			near(t, string(decay), got, want[i])
		}
	}
}
