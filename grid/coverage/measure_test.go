package coverage

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"wangge/geo/walk"
	"wangge/grid"
)

// The nearest other facility along the network, found from one tree, is that which a tree of each one alone gives.
func TestSpacingIsTheNearestOther(t *testing.T) {
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 7))
		city := newTestCity(6).withToilets(2+r.IntN(25), 6, r)
		b, err := NewLive().At(t.Context(), city)
		if err != nil {
			t.Fatal(err)
		}
		q := Question{Service: toilet, Mode: Walk}
		all, err := b.Facilities(t.Context(), q, 300)
		if err != nil {
			t.Fatal(err)
		}
		got, err := spacings(t.Context(), b, q, all)
		if err != nil {
			t.Fatal(err)
		}
		g, err := b.Network(t.Context(), "walk")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(oneByOne(g, all), got); diff != "" {
			t.Errorf("city %d (-one by one +at once):\n%s", seed, diff)
		}
		straight := straightSpacings(all)
		for i := range all {
			want := uint32(farApart)
			for j := range all {
				if mm := walk.DistanceMM(all[i].At, all[j].At); i != j && mm <= spacingLimitM*1000 {
					want = min(want, mm)
				}
			}
			if straight[i] != want {
				t.Errorf("city %d: straight spacing of %d is %d, want %d", seed, i, straight[i], want)
			}
		}
	}
}

func oneByOne(g *walk.Graph, all []FacilityFigures) []uint32 {
	out := slices.Repeat([]uint32{farApart}, len(all))
	for i := range all {
		tree := walk.NewTree(g, spacingLimitM*1000)
		new(walk.Searcher).Grow(tree, []walk.Seed{{Spot: all[i].Spot, Owner: uint32(i), Key: all[i].ID}})
		for j := range all {
			if mm, _ := tree.At(all[j].Spot); i != j && mm != walk.Never {
				out[i] = min(out[i], mm)
			}
		}
	}
	return out
}

// Two toilets a block apart, one far off: the three measures by hand.
func TestMeasures(t *testing.T) {
	city := newTestCity(4).with(toilet, 1, atM(100, 100), openToilet()).with(toilet, 2, atM(200, 100), openToilet()).with(toilet, 3, atM(300, 300), map[string]any{"status": "closed"})
	a := answer(t, city, MeasuresID(toilet, ""), Asked{By: "county"})
	if v := a.Total.Values[measureDensity]; v.Numerator != 2 || math.Abs(*v.Ratio-12.5) > 0.1 {
		t.Errorf("density %+v", v)
	}
	if v := a.Total.Values[measureSpacing]; v.Denominator != 2 || math.Abs(v.Numerator-200) > 1 || v.Met == nil || !*v.Met {
		t.Errorf("spacing %+v", v)
	}
	if v := a.Total.Values[measureSpaced]; v.Numerator != 2 || v.Denominator != 2 {
		t.Errorf("spacing kept %+v", v)
	}
	table, err := NewLive().At(t.Context(), city)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := table.Table(t.Context(), Question{Service: toilet, Mode: Walk}, []uint32{300}, "county", "")
	if err != nil {
		t.Fatal(err)
	}
	if v := a.Total.Values[measureRadius]; v.Numerator != whole.Total.CoveredM2[0] || v.Numerator == 0 || a.Asked.Radius != 300 {
		t.Errorf("within the radius %+v, the table has %g", v, whole.Total.CoveredM2[0])
	}
	alone := answer(t, newTestCity(4).with(toilet, 1, atM(100, 100), openToilet()), MeasuresID(toilet, ""), Asked{By: "county"})
	if v := alone.Total.Values; v[measureSpacing].Ratio != nil || v[measureSpaced].Numerator != 0 || v[measureSpaced].Denominator != 1 {
		t.Errorf("one alone has no neighbour: %+v", v)
	}
}

// Density by land use: by the layer where it has ground, whatever it says; by the unit grids elsewhere, and everywhere where there is no layer.
func TestDensityByLandUse(t *testing.T) {
	city := newTestCity(4).with(toilet, 1, atM(50, 50), openToilet()).with(toilet, 2, atM(150, 50), openToilet()).with(toilet, 3, atM(350, 350), openToilet())
	for _, g := range city.net.Grids(grid.UnitScheme) {
		g.LandUse = "residential"
	}
	const residential = measureColumns
	plain := answer(t, city, MeasuresID(toilet, ""), Asked{By: "community"})
	if v := plain.Total.Values[residential]; v.Numerator != 3 || math.Abs(v.Denominator-160_000) > 2000 || slices.Contains(plain.Question.Layers, landUseLayer) {
		t.Errorf("by unit grids: %+v", v)
	}
	use := func(kind string) map[string]any {
		return map[string]any{"kind": kind, "as_of": "2023-12-31", "origin": "国土变更调查"}
	}
	planned := city.with(landUseLayer, 1, square(0, 0, 100, 200), use("residential")).with(landUseLayer, 2, square(100, 0, 200, 200)[0], use("transport"))
	a := answer(t, planned, MeasuresID(toilet, ""), Asked{By: "community"})
	first, last, total, rest := a.Rows[0].Values[residential], a.Rows[3].Values[residential], a.Total.Values[residential], a.Rest.Values[residential]
	if first.Numerator != 1 || math.Abs(first.Denominator-20_000) > 2500 || last.Numerator != 1 || math.Abs(last.Denominator-40_000) > 1000 {
		t.Errorf("in the plots %+v, elsewhere %+v", first, last)
	}
	sum := rest.Denominator
	for _, r := range a.Rows {
		sum += r.Values[residential].Denominator
	}
	if total.Numerator != 2 || math.Abs(total.Denominator-140_000) > 1500 || math.Abs(sum-total.Denominator) > 0.1 {
		t.Errorf("the whole %+v, its parts %g", total, sum)
	}
	if c := a.Question.Columns[residential]; !slices.Contains(a.Question.Layers, landUseLayer) || !strings.Contains(c.Numerator.Zh, "国土变更调查、2023-12-31") || c.Denominator == plain.Question.Columns[residential].Denominator {
		t.Errorf("not told: %+v", c)
	}
	live, fewer := NewLive(), planned.without(landUseLayer, 2)
	for _, c := range []*testCity{city, planned, fewer, fewer.with(roads, 9, orb.LineString{atM(0, 0), atM(9, 9)}, road("新路"))} {
		follows, err := live.At(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		got, err := follows.land(t.Context(), usualRes)
		if err != nil {
			t.Fatal(err)
		}
		want, err := boardOf(t, c).land(t.Context(), usualRes)
		if err != nil || !slices.Equal(got.first, want.first) || !slices.Equal(got.use, want.use) || !slices.Equal(got.dm2, want.dm2) {
			t.Errorf("a board that follows the city has other land: %v", err)
		}
	}
	over := planned.with(landUseLayer, 3, square(-500, -500, 900, 900), use("green")).with(landUseLayer, 4, atM(0, 0), use("green"))
	if v := answer(t, over, MeasuresID(toilet, ""), Asked{By: "county"}).Total.Values; v[residential+3].Denominator < 120_000 || v[residential].Denominator+v[residential+3].Denominator > 160_000 {
		t.Errorf("plots over one another have more than there is: %+v", v[residential:])
	}
}

// A circle of one service is what the table has within its radius; with another that is nowhere, it is empty; of nothing there are no figures.
func TestLifeCircle(t *testing.T) {
	city := newTestCity(6).with(toilet, 1, atM(100, 100), openToilet())
	city.limits = []Threshold{{Layer: circleKey, Metric: circleReach, AppliesTo: "circle_15/public_toilet/all", Value: 250, Comparator: "<=", Unit: "m"},
		{Layer: circleKey, Metric: circleReach, AppliesTo: "circle_10/public_toilet/all", Value: 250, Comparator: "<=", Unit: "m"},
		{Layer: circleKey, Metric: circleReach, AppliesTo: "circle_10/parking_space/motor", Value: 250, Comparator: "<=", Unit: "m"}}
	a := answer(t, city, "life_circle", Asked{By: "community"})
	b, err := NewLive().At(t.Context(), city)
	if err != nil {
		t.Fatal(err)
	}
	table, err := b.Table(t.Context(), Question{Service: toilet, Mode: Walk}, []uint32{250}, "community", "")
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range table.Rows {
		if v := a.Rows[i].Values[0]; math.Abs(v.Numerator-row.CoveredM2[0]) > 0.01 || v.Denominator != row.AreaM2 {
			t.Errorf("%s: the circle has %+v, the table %g of %g", row.Code, v, row.CoveredM2[0], row.AreaM2)
		}
		if v := a.Rows[i].Values[2]; v.Numerator != 0 || v.Ratio == nil {
			t.Errorf("%s: nobody can park: %+v", row.Code, v)
		}
		if v := a.Rows[i].Values[1]; v.Ratio != nil {
			t.Errorf("%s: nobody was counted: %+v", row.Code, v)
		}
	}
	in := answer(t, city, "life_circle", Asked{By: "community", Within: "370281001"})
	if sum := in.Rows[0].Values[0].Numerator + in.Rows[1].Values[0].Numerator; len(in.Rows) != 2 || math.Abs(sum-in.Total.Values[0].Numerator) > 0.05 || len(in.Thresholds) == 0 {
		t.Errorf("two communities have %g, their street %g", sum, in.Total.Values[0].Numerator)
	}
}

// The list of a circle tells by area and service, and in one area by hexagon, what is missing; together it is what the figures lack.
func TestLifeCircleList(t *testing.T) {
	city := newTestCity(6).with(toilet, 1, atM(100, 100), openToilet())
	city.limits = []Threshold{{Layer: circleKey, Metric: circleReach, AppliesTo: "circle_15/public_toilet/all", Value: 250, Comparator: "<=", Unit: "m"},
		{Layer: circleKey, Metric: circleReach, AppliesTo: "circle_15/parking_space/motor", Value: 300, Comparator: "<=", Unit: "m"},
		{Layer: circleKey, Metric: circleReach, AppliesTo: "circle_10/public_toilet/all", Value: 250, Comparator: "<=", Unit: "m"}}
	desk, ask := new(Desk), Asked{By: "community"}
	list := func(l Listing) []ListedItem {
		t.Helper()
		items, err := desk.List(t.Context(), city, circleKey, ask, sources(city), l)
		if err != nil {
			t.Fatal(err)
		}
		return items
	}
	a := answer(t, city, circleKey, ask)
	all := list(Listing{Which: ListAll})
	if len(all) != 8 || all[0].Code != "370281001001" || all[1].Met || all[1].Amount != 0 || all[1].Why.Zh == "" {
		t.Fatalf("four communities, two services: %+v", all)
	}
	if unmet := list(Listing{Column: "circle_10", Which: ListUnmet}); len(unmet) != 4 || math.Abs(unmet[0].Amount-a.Rows[0].Values[2].Numerator) > 0.02 {
		t.Errorf("%+v, the figure is %+v", unmet, a.Rows[0].Values[2])
	}
	covered, whole := 0.0, 0.0
	for _, h := range list(Listing{Column: "circle_10", Which: ListAll, Code: "370281001001"}) {
		covered, whole = covered+h.Amount, whole+h.Of
		if h.Met != (h.Amount == h.Of) || h.Why == (Words{}) {
			t.Fatalf("%+v", h)
		}
	}
	if v := a.Rows[0].Values[2]; math.Abs(covered-v.Numerator) > 0.02 || math.Abs(whole-v.Denominator) > 1 || covered == 0 {
		t.Errorf("hexagons have %g of %g, the figure is %+v", covered, whole, v)
	}
	if none := list(Listing{Column: "circle_15_population", Which: ListAll}); none != nil {
		t.Errorf("nobody was counted: %+v", none)
	}
	if none := list(Listing{Column: "circle_5", Which: ListAll}); len(none) != 4 {
		t.Errorf("the house's circle: %+v", none)
	}
	if _, err := desk.List(t.Context(), city, circleKey, ask, sources(city), Listing{Code: "370281"}); !errors.Is(err, ErrNoArea) {
		t.Errorf("a county is no community: %v", err)
	}
	b := boardOf(t, city)
	g := &circleGround{unit: perM2, most: 3}
	var err error
	if g.sheet, err = b.Sheet(t.Context(), usualRes); err != nil {
		t.Fatal(err)
	}
	if g.areas, err = b.Areas(t.Context(), usualRes, "community"); err != nil {
		t.Fatal(err)
	}
	g.weight = g.areas.DM2
	if _, err := g.hexagons(&parcel{code: "370281001001"}, ListAll); !errors.Is(err, ErrTooLarge) {
		t.Errorf("more than three hexagons: %v", err)
	}
}

// townOfPeople has a net of four grids with a head required each: one with a head, one whose head is away, one with two grids, one empty.
func townOfPeople() (*testCity, Sources, grid.Day) {
	city := newTestCity(4)
	day, err := grid.ParseDay("2026-05-01")
	if err != nil {
		panic(err)
	}
	duty := func(id, holder, of int64) grid.Duty {
		return grid.Duty{ID: id, Holder: holder, Role: "grid_head", Target: grid.Target{Kind: grid.TargetGrid, ID: of}, Rank: grid.Primary, Term: grid.Term{From: day - 100}}
	}
	holder := func(id int64, code string) grid.Holder {
		return grid.Holder{ID: id, Code: code, Kind: grid.Person, Name: "张三", Term: grid.Term{From: day - 200}}
	}
	city.roster = grid.NewRoster(grid.RosterRows{
		Holders: []grid.Holder{holder(1, "P1"), holder(2, "P2"), holder(3, "P3")}, Roles: []grid.Role{{Code: "grid_head", Title: "网格长", TitleEn: "Grid head"}},
		Requirements: []grid.Requirement{{ID: 1, Kind: grid.TargetGrid, Role: "grid_head", AtLeast: 1}},
		Duties:       []grid.Duty{duty(1, 1, 1), duty(2, 2, 2), duty(3, 3, 3)},
		Absences:     []grid.Absence{{ID: 1, Holder: 2, Kind: "leave", Term: grid.Term{From: day - 1, To: day + 1}}},
	}, nil)
	src := sources(city)
	src.Ways = func(context.Context) (*grid.Ways, error) { return grid.NewWays(nil), nil }
	return city, src, day
}

func TestPeople(t *testing.T) {
	city, src, day := townOfPeople()
	ask := Asked{By: "community", Scheme: grid.UnitScheme, Day: day}
	get := func(id string) *Answer {
		a, err := new(Desk).Answer(t.Context(), city, id, ask, src)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	same(t, "vacant", []string{"370281001001 1/1 1.000", "370281001002 1/1 1.000", "370281002001 0/1 0.000", "370281002002 0/1 0.000", "∑ 2/4 0.500"}, figures(get("vacant_grids"), "manned"))
	gridded := get("ungridded")
	if v := gridded.Total.Values[0]; v.Ratio == nil || *v.Ratio != 1 {
		t.Errorf("all ground is in grids: %+v", v)
	}
	same(t, "slogan", []string{"370281001001 1/1 1.000", "370281001002 1/1 1.000", "370281002001 0/1 0.000", "370281002002 0/1 0.000", "∑ 2/4 0.500"}, figures(get("slogan"), "manned"))
	list, err := new(Desk).List(t.Context(), city, "vacant_grids", ask, src, Listing{Which: ListUnmet})
	if err != nil || len(list) != 2 || list[0].Why.Zh != "缺员：网格长 0/1" {
		t.Errorf("%v %+v", err, list)
	}
	// unit grids are squares of 200 m: 1,200, 1,000, 1,000 and 800 m of street, those on borders to the lower code
	load := get("load")
	if v := load.Total.Values; v[loadOver].Denominator != 3 || v[loadOver].Numerator != 0 || math.Abs(*v[loadSpread].Ratio-1.2) > 0.01 {
		t.Errorf("loads %+v", v)
	}
	// z are 1.2, 1, 1: the differences of all pairs, both ways, are 4 × 0.2
	if g := load.Total.Values[loadGini]; math.Abs(*g.Ratio-0.8/(2*3*3.2)) > 1e-3 {
		t.Errorf("Gini %+v", g)
	}
	if people, err := new(Desk).List(t.Context(), city, "load", ask, src, Listing{Column: "over", Which: ListAll}); err != nil || len(people) != 3 || people[0].Name == "张三" {
		t.Errorf("%v %+v", err, people)
	}
}

func TestGini(t *testing.T) {
	for want, loads := range map[float64][]float64{0: {2, 2, 2}, 0.25: {1, 3}, 0.75: {0, 0, 0, 5}} {
		v := make([]Value, loadColumns)
		compareLoads(v, loads)
		if got := *v[loadGini].Ratio; math.Abs(got-want) > 1e-12 {
			t.Errorf("Gini of %v is %g, want %g", loads, got, want)
		}
	}
	v := make([]Value, loadColumns)
	if compareLoads(v, nil); v[loadGini].Ratio != nil || v[loadSpread].Ratio != nil {
		t.Error("nobody has no Gini")
	}
}
