package coverage

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestLiveTogether asks many boards of a city that changes, all at once: every board gives the figures of its own state.
func TestLiveTogether(t *testing.T) {
	const blocks, states = 10, 8
	r := rand.New(rand.NewPCG(21, 1))
	c := randomCity(blocks, r)
	live := NewLive()
	q := Question{Service: toilet, Res: 10}
	var all sync.WaitGroup
	for range states {
		b, err := live.At(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		want := tableOf(t, boardOf(t, c), q, usualRadii, "community")
		for i := range 4 {
			all.Go(func() {
				board := b
				if i == 3 { // a scenario that changes what it changes back
					var err error
					if board, err = b.With(t.Context(), []Change{{Op: OpAdd, Service: toilet, At: placeAt(300, 300)}, {Op: OpClose, Service: toilet, ID: -1}}); err != nil {
						t.Error(err)
						return
					}
				}
				got, err := board.Table(t.Context(), q, usualRadii, "community", "")
				if err != nil {
					t.Error(err)
					return
				}
				if diff := cmp.Diff(want.Rows, got.Rows); diff != "" {
					t.Errorf("(- alone, + together):\n%s", diff)
				}
				if _, err := board.Explain(t.Context(), q, atM(333, 444), 300); err != nil {
					t.Error(err)
				}
				if _, err := board.Facilities(t.Context(), q, 300); err != nil {
					t.Error(err)
				}
			})
		}
		c = edit(c, blocks, r)
	}
	all.Wait()
}

func TestLiveAt(t *testing.T) {
	c := newTestCity(8)
	live := NewLive()
	first, err := live.At(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := live.At(t.Context(), c); again != first {
		t.Error("the same state gives another board")
	}
	later, _ := live.At(t.Context(), c.with(toilet, 1, atM(10, 10), openToilet()))
	if later == first {
		t.Error("another state gives the same board")
	}
	if _, err := live.At(t.Context(), c); err != nil { // of an earlier state
		t.Error(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := live.At(gone, c); !errors.Is(err, context.Canceled) {
		t.Errorf("asked by one who has gone: %v", err)
	}
	if _, err := later.Table(gone, Question{Service: toilet}, usualRadii, "community", ""); !errors.Is(err, context.Canceled) {
		t.Errorf("asked by one who has gone: %v", err)
	}
	tableOf(t, later, Question{Service: toilet}, usualRadii, "community")
}

// TestMoreCoversMore: a facility more never covers less, anywhere.
func TestMoreCoversMore(t *testing.T) {
	const blocks = 10
	r := rand.New(rand.NewPCG(31, 1))
	for _, mode := range []Mode{Walk, Straight} {
		b := boardOf(t, randomCity(blocks, r))
		before := tableOf(t, b, Question{Service: toilet, Mode: mode, Res: 10}, usualRadii, "community")
		for range rounds(20) {
			b = withOf(t, b, Change{Op: OpAdd, Service: toilet, At: placeAt(r.Float64()*1000, r.Float64()*1000)})
			after := tableOf(t, b, Question{Service: toilet, Mode: mode, Res: 10}, usualRadii, "community")
			for i := range after.Rows {
				for k := range usualRadii {
					if after.Rows[i].CoveredM2[k] < before.Rows[i].CoveredM2[k] || after.Rows[i].RoadM.Covered[k] < before.Rows[i].RoadM.Covered[k] {
						t.Fatalf("%s: %+v became %+v", mode, before.Rows[i], after.Rows[i])
					}
				}
			}
			before = after
		}
	}
}

// TestPopulation: persons of a region are dealt out to its areas (a few across its borders, where hexagons lie on both sides), none is lost, and a row
// of a region counts for nothing where its parts have rows.
func TestPopulation(t *testing.T) {
	c := newTestCity(12).withToilets(5, 12, rand.New(rand.NewPCG(2, 2)))
	people := func(code string, persons float64) map[string]any {
		return map[string]any{"area_code": code, "persons": persons, "as_of": "2020-11-01", "origin": "七普"}
	}
	c = c.with(populationLayer, 1, nil, people("370281", 99_999)).with(populationLayer, 2, nil, people("370281001001", 1200)).
		with(populationLayer, 3, nil, people("370281002002", 800.5)).with(populationLayer, 4, atM(950, 120), map[string]any{"persons": int64(7)})
	table := tableOf(t, boardOf(t, c), Question{Service: toilet}, usualRadii, "community")
	if p := table.Total.Population; p == nil || p.Total < 2007.49 || p.Total > 2007.51 || p.Covered[2] > p.Total || p.Covered[0] > p.Covered[1] {
		t.Errorf("population %+v", p)
	}
	for _, row := range table.Rows {
		if row.Code == "370281001001" && (row.Population.Total < 1050 || row.Population.Total > 1200.01) {
			t.Errorf("%s: %+v", row.Code, row.Population)
		}
	}
	if m := table.Method.Population; m == nil || m.Source != "七普" || m.AsOf != "2020-11-01" || m.Persons != 2007.5 {
		t.Errorf("method %+v", m)
	}
}

// TestNewestCount: of several counts of one region the newest counts, also where it counts nobody; places without a code all do. The method tells of
// what was used alone.
func TestNewestCount(t *testing.T) {
	row := func(code string, persons any, asOf, origin string) map[string]any {
		return map[string]any{"area_code": code, "persons": persons, "as_of": asOf, "origin": origin, "elderly": nil}
	}
	c := newTestCity(12).withToilets(3, 12, rand.New(rand.NewPCG(2, 2))).
		with(populationLayer, 1, nil, row("370281001001", 1200.0, "2025-12-31", "统计年鉴")).
		with(populationLayer, 2, nil, row("370281001001", 900.0, "2020-11-01", "七普")).
		with(populationLayer, 3, nil, row("370281001001", 100.0, "", "不详")).
		with(populationLayer, 4, nil, row("370281002002", 50.0, "2010-11-01", "六普")).
		with(populationLayer, 5, nil, row("370281002002", 0.0, "2024-12-31", "拆迁")).
		with(populationLayer, 6, atM(950, 120), row("", 7.0, "2023-01-01", "点位")).
		with(populationLayer, 7, atM(950, 140), row("", 3.0, "2024-01-01", "点位"))
	m := tableOf(t, boardOf(t, c), Question{Service: toilet}, usualRadii, "community").Method.Population
	if m == nil || m.Persons != 1210 || m.AsOf != "2023-01-01/2025-12-31" || m.Source != "点位、统计年鉴" {
		t.Errorf("%+v", m)
	}
	newer := c.with(populationLayer, 8, nil, row("370281001001", 1300.0, "2026-06-30", "统计年鉴"))
	if m := tableOf(t, boardOf(t, newer), Question{Service: toilet}, usualRadii, "community").Method.Population; m.Persons != 1310 {
		t.Errorf("%+v", m)
	}
	one := newTestCity(4).with(populationLayer, 1, nil, row("370281001001", 5.0, "2025-12-31", ""))
	if m := tableOf(t, boardOf(t, one), Question{Service: toilet}, usualRadii, "community").Method.Population; m.AsOf != "2025-12-31" || m.Source != "" {
		t.Errorf("%+v", m)
	}
}
