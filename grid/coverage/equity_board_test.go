package coverage

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// withPeople puts persons at places of a city: fewer to the north.
func (c *testCity) withPeople(places, blocks int, r *rand.Rand) *testCity {
	out := c.next(populationLayer)
	side := float64(blocks * blockM)
	for i := range places {
		north := r.Float64() * side
		out.features[populationLayer][int64(i+1)] = testFeature{atM(r.Float64()*side, north),
			map[string]any{"persons": float64(1 + int(40*(1-north/side))), "as_of": "2025-01-01", "area_code": "", "origin": "made"}}
	}
	return out
}

func equityCity() *testCity {
	r := rand.New(rand.NewPCG(8, 8))
	return newTestCity(20).withToilets(9, 20, r).withPeople(400, 20, r)
}

// TestBoardEquity: the worst community is that of the table; weights and quantiles are those of the hexagons.
func TestBoardEquity(t *testing.T) {
	for name, city := range map[string]*testCity{"people": equityCity(), "ground": equityCity().next(populationLayer)} {
		if name == "ground" {
			city.features[populationLayer] = nil
		}
		board := boardOf(t, city)
		e, err := board.Equity(t.Context(), EquityQuestion{Question: Question{Service: toilet}, RadiusM: 400, Residents: 50})
		if err != nil {
			t.Fatal(err)
		}
		if e.ByPopulation != (name == "people") || e.Areas != 4 || e.Theil.Areas != 2 || e.Gini <= 0 || e.Gini >= 1 || !(e.P50M < e.P90M) || e.P90M > 3000 || e.Worst == nil {
			t.Fatalf("%s: %+v", name, e)
		}
		table, err := board.Table(t.Context(), Question{Service: toilet}, []uint32{400}, "community", "")
		if err != nil {
			t.Fatal(err)
		}
		lowest := math.Inf(1)
		for _, row := range table.Rows {
			share, _ := row.Share(0)
			if row.Population != nil {
				share, _ = row.Population.Share(0)
			}
			lowest = min(lowest, share)
		}
		if math.Abs(lowest-e.Worst.Share) > 1e-4 {
			t.Errorf("%s: the worst has %.5f, in the table %.5f", name, e.Worst.Share, lowest)
		}
		h, err := board.Hexes(t.Context(), Question{Service: toilet}, radiiTo(400), false)
		if err != nil {
			t.Fatal(err)
		}
		within := 0.0
		for i, mm := range h.MM {
			w := float64(h.Sheet.Inside[i]) / 100
			if name == "people" {
				w = float64(h.Persons[i]) / 1000
			}
			if float64(mm)/mmPerM <= e.P50M {
				within += w
			}
		}
		if half := 0.5 * (e.Total - e.NoNetwork); math.Abs(within-half) > 0.01*e.Total {
			t.Errorf("%s: %.0f of %.0f are within the median", name, within, e.Total)
		}
	}
}

// TestElderly: the share of the elderly that is covered stands beside that of all; rows that do not tell of them are none of them.
func TestElderly(t *testing.T) {
	city := newTestCity(10).with(toilet, 1, atM(100, 100), openToilet()).
		with(populationLayer, 1, atM(120, 120), map[string]any{"persons": 80.0, "elderly": 10.0}).
		with(populationLayer, 2, atM(900, 900), map[string]any{"persons": 20.0, "elderly": 30.0}).
		with(populationLayer, 3, atM(130, 130), map[string]any{"persons": 100.0, "elderly": nil})
	ask := EquityQuestion{Question: Question{Service: toilet}, RadiusM: 300}
	e, err := boardOf(t, city).Equity(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	if want := (Reached{Total: 200, Near: 180, Share: 0.9}); e.Covered != want {
		t.Errorf("all: %+v, want %+v", e.Covered, want)
	}
	if want := (Reached{Total: 40, Near: 10, Share: 0.25}); e.Elderly == nil || *e.Elderly != want {
		t.Errorf("elderly: %+v, want %+v", e.Elderly, want)
	}
	ask.Within = "370281001"
	if part, err := boardOf(t, city).Equity(t.Context(), ask); err != nil || part.Elderly.Total != 10 || part.Elderly.Share != 1 {
		t.Errorf("in one street: %v %+v", err, part.Elderly)
	}
	if none, err := boardOf(t, equityCity()).Equity(t.Context(), ask); err != nil || none.Elderly != nil || none.Covered.Total == 0 {
		t.Errorf("nobody tells of the elderly: %v %+v", err, none)
	}
}

// TestBoardCapacity: what comes to all areas is what the facilities offer.
func TestBoardCapacity(t *testing.T) {
	board := boardOf(t, equityCity())
	for _, mode := range []Mode{Walk, Straight} {
		for _, decay := range []Decay{Gaussian, Stepped, Even} {
			c, err := board.Capacity(t.Context(), CapacityQuestion{Question: Question{Service: toilet, Mode: mode}, RadiusM: 500, Decay: decay})
			if err != nil {
				t.Fatal(err)
			}
			offered := 0.0
			for _, f := range c.Facilities {
				if f.Demand > 0 {
					offered += f.Supply
				}
			}
			if len(c.Facilities) != 9 || len(c.Rows) != 4 || !c.ByPopulation || math.Abs(c.Total.Supply-offered) > 1e-3 || offered == 0 || c.Total.Unserved <= 0 {
				t.Errorf("%s %s: offered %v, %+v", mode, decay, offered, c.Total)
			}
			part, err := board.Capacity(t.Context(), CapacityQuestion{Question: Question{Service: toilet, Mode: mode}, RadiusM: 500, Decay: decay, Within: "370281001"})
			if err != nil || len(part.Rows) != 2 || part.Rows[0] != c.Rows[0] {
				t.Errorf("%s %s: a part of the city differs: %v", mode, decay, err)
			}
		}
	}
}

// TestSiteByPeople: where people live decides, and what was promised is kept.
func TestSiteByPeople(t *testing.T) {
	board := boardOf(t, equityCity())
	q := siteQuestion()
	q.Weight, q.Candidates = ByPopulation, Candidates{Kind: PointCandidates}
	for i := range 300 {
		q.Candidates.Points = append(q.Candidates.Points, CandidatePoint{At: atM(chance(uint64(2*i))*2000, chance(uint64(2*i+1))*2000), Name: fmt.Sprint(i)})
	}
	s := sited(t, board, q)
	after := sited(t, sitesBuilt(t, board, s), q)
	if len(s.Sites) != 5 || after.Already != s.Already+s.Value || s.Total < 7_000_000 {
		t.Errorf("%d thousandths of %d, promised %d + %d", after.Already, after.Total, s.Already, s.Value)
	}
}

func TestEquityRefuses(t *testing.T) {
	board := boardOf(t, newTestCity(4))
	ask := func(q Question, radiusM uint32, by string) []error {
		_, e := board.Equity(t.Context(), EquityQuestion{Question: q, RadiusM: radiusM, By: by})
		_, c := board.Capacity(t.Context(), CapacityQuestion{Question: q, RadiusM: radiusM, By: by})
		return []error{e, c}
	}
	for name, test := range map[string]struct {
		errs []error
		want error
	}{
		"radius 0":     {ask(Question{Service: toilet}, 0, ""), ErrRadius},
		"radius 10⁹":   {ask(Question{Service: toilet}, 1_000_000_000, ""), ErrRadius},
		"no service":   {ask(Question{Service: "volcano"}, 300, ""), ErrNoService},
		"no such area": {ask(Question{Service: toilet}, 300, "kingdom"), ErrNoArea},
		"no facility":  {ask(Question{Service: toilet}, 300, ""), nil},
	} {
		for _, err := range test.errs {
			if !errors.Is(err, test.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if _, err := board.Capacity(t.Context(), CapacityQuestion{Question: Question{Service: toilet}, RadiusM: 300, Decay: "rot"}); !errors.Is(err, ErrProblem) {
		t.Errorf("decay: %v", err)
	}
	e, err := board.Equity(t.Context(), EquityQuestion{Question: Question{Service: toilet}, RadiusM: 300})
	if err != nil || !math.IsInf(e.P90M, 1) || e.Measured != 0 || e.Beyond == 0 || e.Worst.Share != 0 {
		t.Errorf("without facilities: %+v, %v", e, err)
	}
}
