package coverage

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"
)

func box(w, s, e, n float64) orb.Polygon {
	return orb.Polygon{{{w, s}, {e, s}, {e, n}, {w, n}, {w, s}}}
}

func peopled(t *testing.T, s *Sheet, d Demand) ([]uint32, DemandMethod) {
	t.Helper()
	persons, how, err := s.People(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	sum := how.Outside
	for _, n := range persons {
		sum += int64(n)
	}
	if sum != how.Persons {
		t.Errorf("%d of %d thousandths of persons: %+v", sum, how.Persons, how)
	}
	return persons, how
}

// TestPeopleAreWhereTheyCanBe: at their place, in the buildings of their area, along its streets, or anywhere in it.
func TestPeopleAreWhereTheyCanBe(t *testing.T) {
	s := sheetOver(t, 11, orb.MultiPolygon{box(120, 36, 120.02, 36.01)})
	house, shed := box(120.001, 36.001, 120.0013, 36.0013), box(120.004, 36.004, 120.0041, 36.0041)
	street := orb.LineString{{120.006, 36.0051}, {120.012, 36.0051}}
	d := Demand{
		Rows: []DemandRow{
			{orb.Point{120.019, 36.009}, 7},
			{box(120, 36, 120.005, 36.01), 1000},
			{orb.MultiPolygon{box(120.005, 36, 120.01, 36.01)}, 500.25},
			{box(120.015, 36.002, 120.018, 36.008), 3},
		},
		Buildings: []orb.Geometry{house, orb.MultiPolygon{shed}},
		Streets:   []orb.MultiLineString{{street}},
	}
	persons, how := peopled(t, s, d)
	if how != (DemandMethod{Points: 1, ByBuilding: 1, ByStreet: 1, ByArea: 1, Persons: 1_510_250}) {
		t.Errorf("%+v", how)
	}
	in := func(b orb.Bound) (n int) {
		b = b.Pad(0.0005)
		for i, p := range persons {
			if b.Contains(s.At(i)) {
				n += int(p)
			}
		}
		return n
	}
	if houses, sheds := in(house.Bound()), in(shed.Bound()); houses+sheds != 1_000_000 || houses < 895_000 || houses > 905_000 {
		t.Errorf("%d in the house, %d in the shed of a ninth of its size", houses, sheds)
	}
	if n := in(orb.Bound{Min: street[0], Max: orb.Point{120.01, 36.0051}}); n != 500_250 {
		t.Errorf("%d along the street", n)
	}
	if n := in(orb.Bound{Min: orb.Point{120.015, 36.002}, Max: orb.Point{120.018, 36.008}}); n != 3000 {
		t.Errorf("%d in the area without anything", n)
	}
	if i, ok := s.Locate(orb.Point{120.019, 36.009}); !ok || persons[i] != 7000 {
		t.Error("nobody at the place")
	}
}

// TestPeopleOddRows: rows of nobody, of no number, of no ground and outside of the sheet are counted as they are, never lost.
func TestPeopleOddRows(t *testing.T) {
	s := sheetOver(t, 11, orb.MultiPolygon{box(120, 36, 120.005, 36.005)})
	_, how := peopled(t, s, Demand{Rows: []DemandRow{
		{orb.Point{120.001, 36.001}, 0}, {orb.Point{120.001, 36.001}, -5}, {orb.Point{120.001, 36.001}, math.NaN()},
		{orb.Point{121, 36}, 5}, {orb.MultiPoint{}, 5}, {orb.MultiPoint{{120.001, 36.001}, {121, 36}}, 3},
		{orb.Polygon{}, 2}, {nil, 1}, {orb.LineString{{120, 36}, {121, 36}}, 1}, {box(121, 36, 121.01, 36.01), 4},
	}})
	if how.Persons != 21_000 || how.Outside != 19_500 || how.Points != 3 {
		t.Errorf("%+v", how)
	}
	persons, how := peopled(t, s, Demand{Rows: []DemandRow{{orb.Point{120.001, 36.001}, math.Inf(1)}, {box(120.0025, 36, 120.0075, 36.005), 1000}}})
	half := int64(0)
	for i, n := range persons {
		if at, _ := s.Locate(orb.Point{120.001, 36.001}); i != at {
			half += int64(n)
		} else if n != math.MaxUint32 {
			t.Errorf("%d at the place of everybody", n)
		}
	}
	if half < 499_000 || half > 580_000 { // hexagons on the border reach out
		t.Errorf("%d of a million in the half that is inside: %+v", half, how)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := s.People(ctx, Demand{Rows: []DemandRow{{box(120, 36, 120.001, 36.001), 1}}}); err == nil {
		t.Error("people go on")
	}
}

// TestPeopleOfManyAreas: random rows, buildings and streets: every row comes to its persons.
func TestPeopleOfManyAreas(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	list := checkered(120, 36, 0.004, 6, 5)
	s := sheetOver(t, 10, shapesOf(list)...)
	var d Demand
	for i := range list {
		d.Rows = append(d.Rows, DemandRow{list[i].Shape, r.Float64() * 5000})
	}
	for range 200 {
		x, y := 120+0.026*r.Float64(), 36+0.026*r.Float64()
		d.Buildings = append(d.Buildings, box(x, y, x+0.0002*r.Float64(), y+0.0002*r.Float64()))
		d.Streets = append(d.Streets, orb.MultiLineString{{{x, y}, {x + 0.002, y + 0.001}, {x, y + 0.004}}})
	}
	one, how := peopled(t, s, d)
	if how.ByBuilding == 0 || how.ByBuilding+how.ByStreet+how.ByArea != len(list) {
		t.Errorf("%+v", how)
	}
	for range 3 {
		if two, again := peopled(t, s, d); again != how {
			t.Errorf("%+v, then %+v", how, again)
		} else {
			for i := range one {
				if one[i] != two[i] {
					t.Fatal("another time, other persons")
				}
			}
		}
	}
}

// TestCountSorted: as a stable sort has it.
func TestCountSorted(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for n := range 60 {
		list := make([]load, n)
		for i := range list {
			list[i] = load{area: uint32(r.IntN(5)), weight: float64(i)}
		}
		want := slices.Clone(list)
		slices.SortStableFunc(want, func(a, b load) int { return cmp.Compare(a.area, b.area) })
		if got := countSorted(list, 5, func(l *load) uint32 { return l.area }); !slices.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
	}
}
