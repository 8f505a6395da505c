package coverage

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
)

func withOf(t *testing.T, b *Board, changes ...Change) *Board {
	t.Helper()
	w, err := b.With(t.Context(), changes)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func placeAt(eastM, northM float64) *orb.Point {
	p := atM(eastM, northM)
	return &p
}

// TestScenarioIsTheCityChanged: a scenario gives the figures that the city gives once the record has been changed in the same way.
func TestScenarioIsTheCityChanged(t *testing.T) {
	const blocks = 12
	r := rand.New(rand.NewPCG(11, 3))
	c := newTestCity(blocks).withToilets(6, blocks, r)
	b := boardOf(t, c)
	for _, mode := range []Mode{Walk, Straight} {
		q := Question{Service: toilet, Mode: mode, Res: 10}
		before := tableOf(t, b, q, usualRadii, "community")
		what := withOf(t, b, Change{Op: OpAdd, Service: toilet, At: placeAt(250, 330)}, Change{Op: OpClose, Service: toilet, ID: 2})
		what = withOf(t, what, Change{Op: OpMove, Service: toilet, ID: 3, At: placeAt(900, 900)}, Change{Op: OpMove, Service: toilet, ID: -1, At: placeAt(260, 350)})
		changed := c.with(toilet, 100, atM(260, 350), openToilet()).without(toilet, 2).with(toilet, 3, atM(900, 900), openToilet())
		got, want := tableOf(t, what, q, usualRadii, "community"), tableOf(t, boardOf(t, changed), q, usualRadii, "community")
		if diff := cmp.Diff(want.Rows, got.Rows); diff != "" {
			t.Errorf("%s (- the city changed, + scenario):\n%s", mode, diff)
		}
		if diff := cmp.Diff(before, tableOf(t, b, q, usualRadii, "community")); diff != "" {
			t.Errorf("%s: the city itself changed:\n%s", mode, diff)
		}
		if got.Method.Changes != 4 || len(what.Changes()) != 4 {
			t.Errorf("%d changes, want 4", got.Method.Changes)
		}
	}
}

// TestScenarioStreets: a street that is closed is gone, one that is opened is there.
func TestScenarioStreets(t *testing.T) {
	const blocks = 12
	c := newTestCity(blocks).with(toilet, 1, atM(600, 605), openToilet())
	b := boardOf(t, c)
	q := Question{Service: toilet, Res: 10}
	closed := withOf(t, b, Change{Op: OpCloseStreet, Street: "road:7"})
	if diff := cmp.Diff(tableOf(t, boardOf(t, c.without(roads, 7)), q, usualRadii, "community").Rows, tableOf(t, closed, q, usualRadii, "community").Rows); diff != "" {
		t.Errorf("closed (- the city without it, + scenario):\n%s", diff)
	}
	line := orb.LineString{atM(50, 150), atM(1150, 1050)}
	opened := withOf(t, closed, Change{Op: OpOpenStreet, Street: "road:7"}, Change{Op: OpOpenStreet, Line: line, Name: "新路"})
	changed := c.with(roads, 5000, line, road("新路"))
	if diff := cmp.Diff(tableOf(t, boardOf(t, changed), q, usualRadii, "community").Rows, tableOf(t, opened, q, usualRadii, "community").Rows); diff != "" {
		t.Errorf("opened (- the city with it, + scenario):\n%s", diff)
	}
}

// TestScenarioClosesABarrier: to close a road that nobody may walk along opens no way across it.
func TestScenarioClosesABarrier(t *testing.T) {
	railway := road("铁路")
	railway["walkable"] = false
	c := newTestCity(8).with(toilet, 1, atM(400, 210), openToilet()).with(roads, 5000, orb.LineString{atM(-50, 230), atM(850, 230)}, railway)
	b := boardOf(t, c)
	q := Question{Service: toilet}
	want, got := imageOf(t, b, q).MM, imageOf(t, withOf(t, b, Change{Op: OpCloseStreet, Street: "road:5000"}), q).MM
	if !slices.Equal(want, got) {
		t.Error("distances differ once the railway is closed")
	}
}

// TestScenarioExtremes: everything closed, nothing there, no streets at all.
func TestScenarioExtremes(t *testing.T) {
	const blocks = 8
	c := newTestCity(blocks).withToilets(3, blocks, rand.New(rand.NewPCG(2, 2)))
	var all []Change
	for _, id := range c.ids(toilet) {
		all = append(all, Change{Op: OpClose, Service: toilet, ID: id})
	}
	bare := c
	for _, id := range c.ids(roads) {
		bare = bare.without(roads, id)
	}
	for name, b := range map[string]*Board{"all closed": withOf(t, boardOf(t, c), all...), "empty layer": boardOf(t, newTestCity(blocks)), "no streets": boardOf(t, bare)} {
		for _, mode := range []Mode{Walk, Straight} {
			if name == "no streets" && mode == Straight {
				continue
			}
			table := tableOf(t, b, Question{Service: toilet, Mode: mode, Res: 10}, []uint32{1, 300, 10_000}, "community")
			if slices.Max(table.Total.CoveredM2) != 0 || slices.Max(table.Total.RoadM.Covered) != 0 {
				t.Errorf("%s, %s: something is covered: %+v", name, mode, table.Total)
			}
			if none := table.Total.NoNetworkM2; name == "no streets" && math.Abs(none-table.Total.AreaM2) > 1 || name != "no streets" && none != 0 {
				t.Errorf("%s, %s: %.0f m² without network", name, mode, none)
			}
			for _, at := range []orb.Point{atM(400, 400), atM(-5000, 0)} {
				e, err := b.Explain(t.Context(), Question{Service: toilet, Mode: mode}, at, 300)
				if err != nil || e.Class == Covered || e.Sentence == "" || e.SentenceEn == "" {
					t.Errorf("%s, %s: %+v %v", name, mode, e, err)
				}
			}
		}
	}
}

// TestRadii: larger radii never cover less; out of bounds they are refused.
func TestRadii(t *testing.T) {
	b := boardOf(t, newTestCity(8).withToilets(3, 8, rand.New(rand.NewPCG(2, 2))))
	for _, mode := range []Mode{Walk, Straight} {
		q := Question{Service: toilet, Mode: mode, Res: 10}
		one, many := tableOf(t, b, q, []uint32{500}, "community"), tableOf(t, b, q, []uint32{1, 500, 1500, 4000, 10_000}, "community")
		if one.Total.CoveredM2[0] != many.Total.CoveredM2[1] || one.Total.RoadM.Covered[0] != many.Total.RoadM.Covered[1] {
			t.Errorf("%s: 500 m alone %+v, among others %+v", mode, one.Total, many.Total)
		}
		if !slices.IsSorted(many.Total.CoveredM2) || !slices.IsSorted(many.Total.RoadM.Covered) {
			t.Errorf("%s: %+v", mode, many.Total)
		}
	}
	for _, radii := range [][]uint32{nil, {0}, {10_001}, {1_000_000_000}, {500, 300}, {300, 300}, {1, 2, 3, 4, 5, 6}} {
		if _, err := b.Table(t.Context(), Question{Service: toilet}, radii, "community", ""); !errors.Is(err, ErrRadius) {
			t.Errorf("%v: %v", radii, err)
		}
	}
	for _, q := range []Question{{}, {Service: "bench"}, {Service: toilet, Kind: "golden"}, {Service: toilet, Mode: "fly"}, {Service: toilet, Profile: "crawl"}, {Service: toilet, Mode: Straight, Profile: nightProfile}} {
		if _, err := b.Table(t.Context(), q, usualRadii, "community", ""); !errors.Is(err, ErrNoService) {
			t.Errorf("%+v: %v", q, err)
		}
	}
	for _, area := range [][2]string{{"planet", ""}, {"grid:none", ""}, {"community", "nowhere"}, {"region:nowhere", ""}} {
		if _, err := b.Table(t.Context(), Question{Service: toilet}, usualRadii, area[0], area[1]); !errors.Is(err, ErrNoArea) {
			t.Errorf("%v: %v", area, err)
		}
	}
}

func TestScenarioFaults(t *testing.T) {
	b := boardOf(t, newTestCity(8).withToilets(3, 8, rand.New(rand.NewPCG(2, 2))))
	supply := math.Inf(1)
	bad := []Change{
		{Op: "explode"},
		{Op: OpAdd, Service: "bench", At: placeAt(1, 1)},
		{Op: OpAdd, Service: toilet},
		{Op: OpAdd, Service: toilet, At: &orb.Point{math.NaN(), 36}},
		{Op: OpAdd, Service: toilet, At: &orb.Point{36, 120}},
		{Op: OpClose, Service: toilet, ID: 99},
		{Op: OpClose, Service: toilet, ID: -9},
		{Op: OpMove, Service: toilet, ID: 1},
		{Op: OpClose, Service: toilet, ID: 1, Supply: &supply},
		{Op: OpCloseStreet, Street: "river:1"},
		{Op: OpCloseStreet, Street: "road:77777"},
		{Op: OpOpenStreet, Line: orb.LineString{atM(0, 0)}},
		{Op: OpOpenStreet, Line: orb.LineString{atM(0, 0), {0, 0}}},
	}
	want := []string{"/0/op", "/1/service", "/2/at", "/3/at", "/4/at", "/5/id", "/6/id", "/7/at", "/8/supply", "/9/street", "/10/street", "/11/line", "/12/line/1"}
	_, err := b.With(t.Context(), bad)
	var faults Faults
	if !errors.As(err, &faults) {
		t.Fatal(err)
	}
	var got []string
	for _, f := range faults {
		got = append(got, f.Pointer)
		if f.Zh == "" || f.En == "" {
			t.Errorf("%+v says nothing", f)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	many := make([]Change, MaxChanges)
	for i := range many {
		many[i] = Change{Op: OpAdd, Service: toilet, At: placeAt(float64(i), 10)}
	}
	full := withOf(t, b, many...)
	if _, err := full.With(t.Context(), many[:1]); !errors.Is(err, ErrTooLarge) {
		t.Errorf("one change too many: %v", err)
	}
}
