package coverage

import (
	"math"
	"math/rand/v2"
	"testing"

	"wangge/geo/walk"
)

// farOf makes hexagons at distances in metres (-1 without network, -2 beyond the limit), one piece each.
func farOf(metres []float64, weight []int64, area []uint32) (*Hexes, []piece) {
	h := &Hexes{MM: make([]uint32, len(metres)), Flags: make([]uint8, len(metres))}
	var pieces []piece
	for i, m := range metres {
		h.MM[i] = uint32(max(m, 0) * mmPerM)
		if m < 0 {
			h.MM[i] = walk.Never
		}
		if m == -1 {
			h.Flags[i] = FlagNoNetwork
		}
		pieces = append(pieces, piece{uint32(i), area[i], weight[i]})
	}
	return h, pieces
}

func TestEquityByHand(t *testing.T) {
	h, pieces := farOf([]float64{100, 300, -1, 500, -2, 900}, []int64{10, 20, 5, 30, 4, 0}, []uint32{0, 0, 0, 1, 1, 1})
	e := equityOf(h, pieces, 2)
	if e.Hexagons != 5 || e.Total != 69 || e.NoNetwork != 5 || e.Beyond != 4 || e.Measured != 60 {
		t.Errorf("%+v", e)
	}
	if e.P50M != 500 || e.P90M != 500 {
		t.Errorf("P50 %v, P90 %v", e.P50M, e.P90M)
	}
	// mean (10×100 + 20×300 + 30×500)/60; Gini = Σ w w' |x−x'| / (2 W² mean)
	mean := 22000. / 60
	near(t, "mean", e.MeanM, mean)
	near(t, "Gini", e.Gini, (10*20*200+10*30*400+20*30*200)/(60*60*mean))
	near(t, "Theil", e.Theil.Total, (10*entropy(100/mean)+20*entropy(300/mean)+30*entropy(500/mean))/60)
	near(t, "between", e.Theil.Between, 0.5*entropy(7000./30/mean)+0.5*entropy(500/mean))

	areas := []Area{{Code: "a"}, {Code: "b"}, {Code: "c"}}
	e.worst(h, pieces, areas, 300_000, 1, 1)
	if e.Worst == nil || e.Worst.Code != "b" || e.Worst.Share != 0 || e.Areas != 2 || e.AreasSmall != 1 {
		t.Errorf("worst %+v of %d, %d small", e.Worst, e.Areas, e.AreasSmall)
	}
	empty := equityOf(&Hexes{}, nil, 0)
	if empty.Gini != 0 || !math.IsInf(empty.P50M, 1) || empty.Theil.Total != 0 {
		t.Errorf("of nothing: %+v", empty)
	}
}

// TestEquityAgainstPairs holds Gini and Theil against their definitions over all pairs.
func TestEquityAgainstPairs(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 50 {
		n := 1 + r.IntN(60)
		metres, weight, area := make([]float64, n), make([]int64, n), make([]uint32, n)
		for i := range n {
			metres[i], weight[i], area[i] = float64(r.IntN(2000)), int64(1+r.IntN(50)), uint32(r.IntN(4))
		}
		h, pieces := farOf(metres, weight, area)
		e := equityOf(h, pieces, 4)
		var total, sum, gaps, theil float64
		for i := range n {
			total += float64(weight[i])
			sum += float64(weight[i]) * metres[i]
		}
		for i := range n {
			theil += float64(weight[i]) / total * entropy(metres[i]*total/sum)
			for k := range n {
				gaps += float64(weight[i]*weight[k]) * math.Abs(metres[i]-metres[k])
			}
		}
		if sum == 0 {
			continue
		}
		near(t, "Gini", e.Gini, gaps/(2*total*sum))
		near(t, "Theil", e.Theil.Total, theil)
		if e.Theil.Between < -1e-12 || e.Theil.Within < -1e-12 {
			t.Errorf("Theil %+v", e.Theil)
		}
	}
}

func near(t *testing.T, what string, have, want float64) {
	t.Helper()
	if math.Abs(have-want) > 1e-9*(1+math.Abs(want)) {
		t.Errorf("%s %v, want %v", what, have, want)
	}
}
