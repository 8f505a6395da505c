package coverage

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/geo/walk"
	"wangge/grid"
)

// benchCity is 224 streets each way, 144 m apart: 50,176 crossings, 99,904 edges, 101,000 hexagons of resolution 10 and 707,000 of 11; 2,025 grids
// and 300 toilets.
func benchCity() *testCity {
	const lines, spacingM, cells, toilets = 224, 143.6, 45, 300
	side := (lines - 1) * spacingM
	r := rand.New(rand.NewPCG(2, 24))
	var jitter [lines][lines]orb.Point
	for i := range lines {
		for j := range lines {
			jitter[i][j] = atM(float64(i)*spacingM+r.Float64()*60-30, float64(j)*spacingM+r.Float64()*60-30)
		}
	}
	c := &testCity{revision: 1, features: map[string]map[int64]testFeature{roads: {}, toilet: {}}, roster: grid.NewRoster(grid.RosterRows{}, nil)}
	for i := range lines {
		var east, north orb.LineString
		for j := range lines {
			east, north = append(east, jitter[j][i]), append(north, jitter[i][j])
		}
		c.features[roads][int64(i)] = testFeature{east, road("")}
		c.features[roads][int64(lines+i)] = testFeature{north, road("")}
	}
	for i := range toilets {
		c.features[toilet][int64(i)] = testFeature{benchPlace(r, side), openToilet()}
	}
	regions := []grid.Region{region(1, "370281", "county", "", square(-50, -50, side+50, side+50))}
	var grids []grid.Grid
	for i := range cells * cells {
		w := side / cells
		x, y := float64(i%cells)*w, float64(i/cells)*w
		shape := square(x, y, x+w, y+w)
		grids = append(grids, grid.Grid{ID: int64(i + 1), Scheme: grid.UnitScheme, Code: fmt.Sprintf("370281%05d", i), Region: "370281", Shape: shape, AreaM2: geo.AreaMultiM2(shape)})
	}
	c.net = grid.NewNet([]grid.RegionKind{{ID: "county", Level: 3, Division: true}}, regions,
		[]grid.Scheme{{ID: 1, Code: grid.UnitScheme, Exclusive: true}}, grids)
	return c
}

func benchPlace(r *rand.Rand, side float64) orb.Point { return atM(r.Float64()*side, r.Float64()*side) }

// bench is a board on the bench city, and a field and an account of it.
func benchBoard(b *testing.B, mode Mode, res int) (*Board, asked, *field, *account) {
	b.Helper()
	city := benchCity()
	city.features["population"] = map[int64]testFeature{1: {nil, map[string]any{"area_code": "370281", "persons": 1e6}}}
	board := newBoard(city)
	a, err := board.complete(Question{Service: toilet, Mode: mode, Res: res}, "")
	if err != nil {
		b.Fatal(err)
	}
	f, err := board.field(b.Context(), a, usualRadii)
	if err != nil {
		b.Fatal(err)
	}
	acc, err := board.account(b.Context(), a, f, "grid:unit", usualRadii)
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%s res %d: %d hexagons, %d with network, %d parts, %d ways", mode, res, len(f.lay.order), f.lay.on, len(acc.deal.parts), len(acc.ways.parts))
	return board, a, f, acc
}

// quantiles reports the median and p99 of durations.
func quantiles(b *testing.B, all []time.Duration) {
	slices.Sort(all)
	b.ReportMetric(float64(all[0].Microseconds()), "least-µs")
	b.ReportMetric(float64(all[len(all)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds()), "p99-µs")
}

// BenchmarkRun is a whole run: search, hexagons, ground, people and streets of 2,025 grids at three radii. Goals G1, G2 (walk) and G3 (straight).
func BenchmarkRun(b *testing.B) {
	for _, k := range []struct {
		mode    Mode
		res     int
		limitMM uint32
	}{{Walk, 10, 800_000}, {Walk, 10, 1_500_000}, {Walk, 11, 800_000}, {Straight, 10, 800_000}} {
		b.Run(fmt.Sprintf("%s-%d-%d", k.mode, k.res, k.limitMM/mmPerM), func(b *testing.B) {
			_, _, f, acc := benchBoard(b, k.mode, k.res)
			seats := f.chosen.counting()
			_, mm := newPages[uint32](len(f.lay.order))
			mmPages := pagesOf(mm)
			_, sums := newPages[int64](len(acc.deal.areas.List) * acc.width())
			_, stays := newPages[uint32](len(acc.ways.parts) * len(usualRadii))
			var at room
			r := f.bench.reach.clone()
			switch r := r.(type) {
			case *walkReach:
				r.tree = walk.NewTree(f.lay.graph, k.limitMM)
			case *straightReach:
				r.limitMM = k.limitMM
			}
			var all []time.Duration
			all = make([]time.Duration, 0, 1<<16)
			run := func() {
				if w, ok := r.(*walkReach); ok {
					w.begin(seats)
				}
				fillAll(r, mm, f.lay.on)
				clear(sums)
				clear(stays)
				acc.addPlaces(sums, mmPages)
				acc.addWays(sums, stays, r, &at)
			}
			run()
			b.ReportAllocs()
			for b.Loop() {
				start := time.Now()
				run()
				all = append(all, time.Since(start))
			}
			quantiles(b, all)
		})
	}
}

// BenchmarkChange is one facility added, closed or moved, with distances, hexagons and all sums of 2,025 grids: goal G4. Every result is a field of
// its own that stays as it is.
func BenchmarkChange(b *testing.B) {
	for _, k := range []struct {
		res     int
		limitMM uint32
	}{{10, 800_000}, {10, 1_500_000}, {11, 1_500_000}} {
		b.Run(fmt.Sprintf("%d-%d", k.res, k.limitMM/mmPerM), func(b *testing.B) {
			board, a, f, acc := benchBoard(b, Walk, k.res)
			reach := newWalkReach(f.lay, f.bench.reach.(*walkReach).nodes, k.limitMM)
			f, err := newField(b.Context(), f.lay, f.chosen, k.limitMM, reach)
			if err != nil {
				b.Fatal(err)
			}
			key := accountKey{deal: acc.deal, ways: acc.ways}
			copy(key.radiiMM[:], acc.radiiMM)
			f.accounts.put(key, newAccount(acc.deal, acc.ways, acc.radiiMM, f.mm, reach))
			c := newChooser(a.service, a.kind, a.Profile, f.lay.graph)
			r, side := rand.New(rand.NewPCG(1, 1)), 223*143.6
			city := board.city.(*testCity)
			var all []time.Duration
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				id := int64(r.IntN(300))
				next := city.with(toilet, id, benchPlace(r, side), openToilet())
				if r.IntN(3) == 0 {
					next = city.without(toilet, id)
				}
				b.StartTimer()
				start := time.Now()
				chosen := *f.chosen
				chosen.city = next
				c.reread(&chosen, []int64{id}, nil)
				f = f.next(&chosen, true)
				all = append(all, time.Since(start))
				city = next
			}
			quantiles(b, all)
		})
	}
}

// BenchmarkAnswer is what readers wait for once distances are known: a table of 2,025 rows, an explanation, and a scenario with its table. Goal G6.
func BenchmarkAnswer(b *testing.B) {
	board, a, _, _ := benchBoard(b, Walk, 10)
	r, side := rand.New(rand.NewPCG(1, 1)), 223*143.6
	answers := map[string]func() error{
		"table":   func() error { _, err := board.Table(b.Context(), a.Question, usualRadii, "grid:unit", ""); return err },
		"explain": func() error { _, err := board.Explain(b.Context(), a.Question, benchPlace(r, side), 500); return err },
		"scenario": func() error {
			at := benchPlace(r, side)
			what, err := board.With(b.Context(), []Change{{Op: OpAdd, Service: toilet, At: &at}})
			if err != nil {
				return err
			}
			_, err = what.Table(b.Context(), a.Question, usualRadii, "grid:unit", "")
			return err
		},
	}
	for _, name := range []string{"table", "explain", "scenario"} {
		b.Run(name, func(b *testing.B) {
			var all []time.Duration
			for b.Loop() {
				start := time.Now()
				if err := answers[name](); err != nil {
					b.Fatal(err)
				}
				all = append(all, time.Since(start))
			}
			quantiles(b, all)
		})
	}
}

func pagesOf[T any](flat []T) pages[T] {
	flat = flat[:cap(flat)]
	p := make(pages[T], len(flat)>>pageBits)
	for i := range p {
		p[i] = (*[pageSize]T)(flat[i<<pageBits:])
	}
	return p
}
