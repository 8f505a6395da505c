package coverage

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"wangge/geo"
)

// sources are those of tests: the checklist of six, and a board of the city.
func sources(city City) Sources {
	return Sources{
		SiteMeasures: SiteMeasures([]string{"hoarding", "wet_work"}),
		Board:        func(ctx context.Context) (*Board, error) { return NewLive().At(ctx, city) },
	}
}

func answer(t testing.TB, city City, id string, ask Asked) *Answer {
	t.Helper()
	a, err := new(Desk).Answer(t.Context(), city, id, ask, sources(city))
	if err != nil {
		t.Fatalf("%s %+v: %v", id, ask, err)
	}
	return a
}

// figures of a column as "code numerator/denominator", rounded; the whole is ∑, what is in no row is rest.
func figures(a *Answer, column string) []string {
	c := slices.IndexFunc(a.Question.Columns, func(c ColumnText) bool { return c.ID == column })
	show := func(code string, r *AnswerRow) string {
		v := r.Values[c]
		ratio := "-"
		if v.Ratio != nil {
			ratio = fmt.Sprintf("%.3f", *v.Ratio)
		}
		return fmt.Sprintf("%s %.0f/%.0f %s", code, v.Numerator, v.Denominator, ratio)
	}
	var out []string
	for i := range a.Rows {
		out = append(out, show(a.Rows[i].Code, &a.Rows[i]))
	}
	return append(out, show("∑", &a.Total))
}

func same(t *testing.T, name string, want, got []string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// Five streets each way through four blocks; those on a border belong to the community with the lower code.
func TestRoadDensity(t *testing.T) {
	city := newTestCity(4).with(roads, 5000, orb.LineString{atM(50, 50), atM(50, 60)}, map[string]any{"class": "footpath", "status": "intact"}).
		with(roads, 5001, orb.LineString{atM(50, 50), atM(50, 90)}, map[string]any{"class": "branch", "status": "abandoned"})
	a := answer(t, city, "road_density", Asked{By: "community"})
	same(t, "roads", []string{"370281001001 1200/40000 30.0", "370281001002 1000/40000 25.0", "370281002001 1000/40000 25.0", "370281002002 800/40000 20.0", "∑ 4000/160000 25.0"}, coarse(figures(a, "all")))
	same(t, "footpaths", []string{"370281001001 10/40000 0.2", "370281001002 0/40000 0.0", "370281002001 0/40000 0.0", "370281002002 0/40000 0.0", "∑ 10/160000 0.1"}, coarse(figures(a, "footpath")))
	if v := a.Total.Values[0]; v.Met == nil || !*v.Met || a.Judged[0].Value != 8 || a.Judged[0].Verified {
		t.Errorf("25 km/km² against %+v: %v", a.Judged[0], v.Met)
	}
	in := answer(t, city, "road_density", Asked{By: "community", Within: "370281002"})
	same(t, "one street", []string{"370281002001 1000/40000 25.0", "370281002002 800/40000 20.0", "∑ 1800/80000 22.5"}, coarse(figures(in, "all")))
}

// coarse rounds what the earth's shape adds to even figures: areas to 1,000 m², lengths to 10 m, ratios to a decimal.
func coarse(rows []string) []string {
	for i, r := range rows {
		var code string
		var num, den, ratio float64
		if _, err := fmt.Sscanf(r, "%s %f/%f %f", &code, &num, &den, &ratio); err != nil {
			continue
		}
		rows[i] = fmt.Sprintf("%s %.0f/%.0f %.1f", code, math.Round(num/10)*10, math.Round(den/1000)*1000, ratio)
	}
	return rows
}

// Whatever lies where: what is in the areas of an exclusive kind and what is in none of them is the whole, to the millimetre.
func TestPartsSumToTheWhole(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 4))
	city := newTestCity(4)
	for i := range 60 {
		var line orb.LineString
		for range 2 + r.IntN(5) {
			line = append(line, atM(r.Float64()*600-100, r.Float64()*600-100))
		}
		city = city.with("back_alley", int64(i+1), line, map[string]any{"status": "intact", "lit": r.IntN(2) == 0})
		city = city.with("barrier_free_ramp", int64(i+1), line[0], map[string]any{"kind": "kerb", "compliance": []string{"compliant", "non_compliant", "unknown"}[r.IntN(3)], "occupied": r.IntN(2) == 0})
		city = city.with("parking_space", int64(i+1), line[1], map[string]any{"kind": "motor", "layout": "lot", "capacity": int64(r.IntN(700)), "accessible_capacity": int64(r.IntN(9))})
	}
	for _, id := range []string{"alleys", "ramp_compliance", "parking_supply", "road_density", "ramps_at_crossings", "ramps_at_entrances"} {
		for _, by := range []string{"community", "street", "county", "grid:unit"} {
			for _, within := range []string{"", "370281001", "370281002002"} {
				a := answer(t, city, id, Asked{By: by, Within: within})
				for c := range a.Question.Columns {
					sum := a.Rest.Values[c].Numerator
					den := a.Rest.Values[c].Denominator
					for i := range a.Rows {
						sum, den = sum+a.Rows[i].Values[c].Numerator, den+a.Rows[i].Values[c].Denominator
					}
					whole := a.Total.Values[c]
					if math.Abs(sum-whole.Numerator) > 1e-6 || math.Abs(den-whole.Denominator) > 1 {
						t.Errorf("%s by %s within %q, %s: parts %g/%g, whole %g/%g", id, by, within, a.Question.Columns[c].ID, sum, den, whole.Numerator, whole.Denominator)
					}
				}
			}
		}
	}
	metres := 0.0
	for _, id := range city.ids("back_alley") {
		metres += math.Round(1000 * geo.LengthM(city.features["back_alley"][id].shape.(orb.LineString)))
	}
	if got := answer(t, city, "alleys", Asked{By: "community"}).Total.Values[0].Denominator; math.Abs(got*1000-metres) > 1e-3 {
		t.Errorf("alleys are %g m, dealt out %g m", metres/1000, got)
	}
}

// Of the nodes of a town of four blocks all but the corners are junctions.
func TestRampsAtCrossings(t *testing.T) {
	ramp := func(compliance string, occupied bool, status string) map[string]any {
		return map[string]any{"code": compliance, "kind": "kerb", "compliance": compliance, "occupied": occupied, "status": status}
	}
	city := newTestCity(4).
		with("barrier_free_ramp", 1, atM(106, 108), ramp("compliant", false, "intact")).  // 10 m from 100, 100
		with("barrier_free_ramp", 2, atM(216, 100), ramp("compliant", false, "intact")).  // 16 m: too far
		with("barrier_free_ramp", 3, atM(300, 110), ramp("compliant", true, "damaged")).  // somebody parks on it
		with("barrier_free_ramp", 4, atM(100, 205), ramp("unknown", false, "intact")).    //
		with("barrier_free_ramp", 5, atM(200, 210), ramp("compliant", false, "missing")). // it is gone
		with("barrier_free_ramp", 6, atM(200, 206), ramp("non_compliant", false, "intact")).
		with(roads, 5000, orb.LineString{atM(0, 30), atM(100, 30), atM(180, 30)}, map[string]any{"class": "footpath"}).
		with(roads, 5001, orb.LineString{atM(100, 0), atM(100, 30), atM(100, 100)}, road("过街"))
	a := answer(t, city, "ramps_at_crossings", Asked{By: "county"})
	same(t, "all", []string{"370281 1/22 0.045", "∑ 1/22 0.045"}, figures(a, "all"))
	same(t, "junctions", []string{"370281 1/21 0.048", "∑ 1/21 0.048"}, figures(a, "junctions"))
	same(t, "footpaths", []string{"370281 0/1 0.000", "∑ 0/1 0.000"}, figures(a, "footpaths"))
	list, err := new(Desk).List(t.Context(), city, "ramps_at_crossings", Asked{By: "community"}, sources(city), Listing{Which: ListAll, Code: "370281001001"})
	if err != nil {
		t.Fatal(err)
	}
	why := map[string]string{}
	for _, item := range list {
		x, y := (item.At[0]-originLon)*111320*math.Cos(originLat*math.Pi/180), (item.At[1]-originLat)*111320
		why[fmt.Sprintf("%.0f %.0f", x, y)] = fmt.Sprintf("%v %s", item.Met, item.Why.En)
	}
	for at, want := range map[string]string{
		"100 100": "true ramp compliant is 10.0 m away: compliant and clear", "200 100": "false no ramp within 15 m", "100 200": "false ramp unknown is 5.0 m away: not measured",
		"200 200": "false ramp non_compliant is 6.0 m away: not compliant", "100 30": "false no ramp within 15 m",
	} {
		if why[at] != want {
			t.Errorf("at %s: %q, want %q", at, why[at], want)
		}
	}
	unmet, _ := new(Desk).List(t.Context(), city, "ramps_at_crossings", Asked{By: "county"}, sources(city), Listing{Which: ListUnmet})
	if len(unmet) != 21 || !slices.ContainsFunc(unmet, func(i ListedItem) bool {
		return i.Why.Zh == "坡道 compliant 距 10.0 米：达标但被占用"
	}) {
		t.Errorf("%d unmet, one of them occupied: %v", len(unmet), unmet)
	}
}

func TestParkingAlleysSites(t *testing.T) {
	lot := func(access any, capacity, accessible, charging any) map[string]any {
		return map[string]any{"kind": "motor", "layout": "lot", "access": access, "capacity": capacity, "accessible_capacity": accessible, "charging_capacity": charging}
	}
	n := func(v int64) any { return v }
	city := newTestCity(4).
		with("parking_space", 1, atM(10, 10), lot("public", n(600), n(12), n(100))). // class I: 2 %
		with("parking_space", 2, atM(20, 10), lot(nil, n(400), n(7), nil)).          // class II: 8 of 400 would do
		with("parking_space", 3, atM(30, 10), lot("off_hours", n(60), n(2), n(99))). // class III: 1.2, at least 2; no more chargers than bays
		with("parking_space", 4, atM(40, 10), lot("private", n(40), nil, nil)).      // not for the public
		with("parking_space", 5, atM(50, 10), lot("public", n(50), n(0), nil)).      // class IV: at least 1
		with("parking_space", 6, atM(60, 10), lot("public", nil, n(1), nil)).
		with("back_alley", 1, orb.LineString{atM(10, 20), atM(110, 20)}, map[string]any{"hardened": true, "lit": true, "drained": true, "cleaned_by": "环卫一所"}).
		with("back_alley", 2, orb.LineString{atM(10, 40), atM(60, 40)}, map[string]any{"hardened": false, "cleaning_grade": "grade_2"}).
		with("back_alley", 3, orb.LineString{atM(10, 60), atM(60, 60)}, map[string]any{"hardened": true, "status": "closed"}).
		with("construction_site", 1, atM(10, 10), map[string]any{"measures": `{"hoarding": true, "wet_work": true, "other": false}`}).
		with("construction_site", 2, atM(10, 10), map[string]any{"measures": `{"hoarding": true}`}).
		with("construction_site", 3, atM(10, 10), map[string]any{"measures": `{}`})
	total := func(id, column string) string {
		f := figures(answer(t, city, id, Asked{By: "county"}), column)
		return f[len(f)-1]
	}
	for question, want := range map[[2]string]string{
		{"parking_supply", "public"}: "∑ 1050/1150 0.913", {"parking_supply", "off_hours"}: "∑ 60/1150 0.052", {"parking_supply", "private"}: "∑ 40/1150 0.035",
		{"parking_supply", "accessible"}: "∑ 21/1150 0.018", {"parking_supply", "charging"}: "∑ 160/1150 0.139",
		{"parking_supply", "lots_accessible"}: "∑ 2/4 0.500", {"parking_supply", "known"}: "∑ 5/6 0.833",
		{"alleys", "hardened"}: "∑ 100/150 0.667", {"alleys", "lit"}: "∑ 100/150 0.667", {"alleys", "cleaned"}: "∑ 150/150 1.000", {"alleys", "all"}: "∑ 100/150 0.667", {"alleys", "chief"}: "∑ 0/150 0.000",
		{"site_measures", "all"}: "∑ 1/2 0.500", {"site_measures", "hoarding"}: "∑ 2/2 1.000", {"site_measures", "wet_work"}: "∑ 1/2 0.500", {"site_measures", "checked"}: "∑ 2/3 0.667",
		{"ramp_compliance", "compliant"}: "∑ 0/0 -", // nothing of nothing is no share
	} {
		if got := total(question[0], question[1]); got != want {
			t.Errorf("%v: %s, want %s", question, got, want)
		}
	}
	if a := answer(t, city, "alleys", Asked{By: "county"}); a.Total.Values[1].Met == nil || *a.Total.Values[1].Met || a.Total.Values[0].Met != nil {
		t.Error("lamps are held against the threshold, hardening is not")
	}
}

func TestQuestionsRefuse(t *testing.T) {
	city := newTestCity(2)
	for name, c := range map[string]struct {
		id   string
		ask  Asked
		want error
	}{
		"no question":   {"nothing", Asked{By: "county"}, ErrNoQuestion},
		"no kind":       {"alleys", Asked{By: "village"}, ErrNoArea},
		"no scheme":     {"alleys", Asked{By: "grid:none"}, ErrNoArea},
		"no region":     {"alleys", Asked{By: "county", Within: "9"}, ErrNoArea},
		"not by grids":  {"slogan", Asked{By: "grid:unit"}, ErrNotBy},
		"no service":    {MeasuresID("moon", ""), Asked{By: "county"}, ErrNoService},
		"no such kind":  {MeasuresID(toilet, "moon"), Asked{By: "county"}, ErrNoService},
		"radius 0 is …": {MeasuresID(toilet, ""), Asked{By: "county", Radius: 20_000}, ErrRadius},
	} {
		if _, err := new(Desk).Answer(t.Context(), city, c.id, c.ask, sources(city)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if _, err := new(Desk).List(t.Context(), city, "alleys", Asked{By: "county"}, sources(city), Listing{Column: "x"}); !errors.Is(err, ErrNoColumn) {
		t.Errorf("a column that there is not: %v", err)
	}
	if _, err := new(Desk).List(t.Context(), city, "alleys", Asked{By: "county"}, sources(city), Listing{Code: "x"}); !errors.Is(err, ErrNoArea) {
		t.Errorf("an area that there is not: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := new(Desk).Answer(ended, city, "road_density", Asked{By: "county"}, sources(city)); !errors.Is(err, context.Canceled) {
		t.Errorf("whoever went away: %v", err)
	}
}

// Every question and column has its words, and every threshold it names.
func TestQuestionsAreWhole(t *testing.T) {
	city := newTestCity(2)
	for _, q := range Questions(sources(city)) {
		if q.Title.Zh == "" || q.Title.En == "" || len(q.Columns) == 0 {
			t.Errorf("%s lacks words or columns", q.ID)
		}
		seen := map[string]bool{}
		for _, c := range q.Columns {
			if c.Title.Zh == "" || c.Title.En == "" || c.Numerator.Zh == "" || c.Numerator.En == "" || c.Denominator.Zh == "" || c.Denominator.En == "" || c.Unit == "" || c.NumeratorUnit == "" || c.DenominatorUnit == "" || seen[c.ID] {
				t.Errorf("%s, %s lacks words, or is there twice", q.ID, c.ID)
			}
			seen[c.ID] = true
			if c.Judge != (ThresholdKey{}) && Judge(city, c) == nil {
				t.Errorf("%s, %s is held against nothing", q.ID, c.ID)
			}
		}
	}
}
