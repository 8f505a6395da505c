package coverage

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/paulmach/orb"

	"wangge/geo"
)

// checkered are n by n areas of a side in degrees that fill a square, whose inner corners are moved about. They share their borders exactly.
func checkered(lon, lat, side float64, n int, seed uint64) []Area {
	r := rand.New(rand.NewPCG(seed, 1))
	corners := make([]orb.Point, (n+1)*(n+1))
	for i := range corners {
		x, y := i%(n+1), i/(n+1)
		corners[i] = orb.Point{lon + float64(x)*side, lat + float64(y)*side}
		if x > 0 && x < n && y > 0 && y < n {
			corners[i][0] += side * 0.6 * (r.Float64() - 0.5)
			corners[i][1] += side * 0.6 * (r.Float64() - 0.5)
		}
	}
	var out []Area
	for y := range n {
		for x := range n {
			at := y*(n+1) + x
			out = append(out, areaOf(orb.Ring{corners[at], corners[at+1], corners[at+n+2], corners[at+n+1], corners[at]}))
		}
	}
	return out
}

func areaOf(rings ...orb.Ring) Area {
	shape := orb.MultiPolygon{orb.Polygon(rings)}
	return Area{Shape: shape, Bound: shape.Bound(), AreaM2: geo.AreaMultiM2(shape)}
}

func shapesOf(list []Area) (out []orb.MultiPolygon) {
	for i := range list {
		out = append(out, list[i].Shape)
	}
	return out
}

func sheetOver(t testing.TB, res int, shapes ...orb.MultiPolygon) *Sheet {
	t.Helper()
	s, err := NewSheet(context.Background(), shapes, res, MaxHexagons)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func weighed(t testing.TB, s *Sheet, list []Area) *Areas {
	t.Helper()
	a, err := s.Weigh(context.Background(), "test", list)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestWeighsComeToTheWhole: areas that fill the ground without overlap fill every hexagon that lies inside, to the last dm², and each of them comes to its
// area.
func TestWeighsComeToTheWhole(t *testing.T) {
	for _, at := range [][2]float64{{120, 36.26}, {-8.6, 41.15}, {86.003, 28.505}} { // the last on an edge of H3's icosahedron
		list := checkered(at[0], at[1], 0.004, 9, 1)
		s := sheetOver(t, 11, shapesOf(list)...)
		a := weighed(t, s, list)
		whole, of := 0, make([]float64, len(list))
		for i := range s.Len() {
			sum := uint32(0)
			for k := a.First[i]; k < a.First[i+1]; k++ {
				sum += a.DM2[k]
				of[a.Of[k]] += float64(a.DM2[k])
				if k > a.First[i] && a.Of[k] <= a.Of[k-1] {
					t.Fatal("areas of a hexagon do not ascend")
				}
			}
			if sum > s.DM2[i] || int64(sum) < int64(s.Inside[i])-1 || sum > s.Inside[i]+1 {
				t.Fatalf("hexagon %d: pieces of %d, inside %d of %d", i, sum, s.Inside[i], s.DM2[i])
			}
			if sum == s.DM2[i] {
				whole++
			}
		}
		if whole < s.Len()/2 {
			t.Errorf("%d of %d hexagons are filled", whole, s.Len())
		}
		for k, dm2 := range of {
			if want := list[k].AreaM2 * perM2; math.Abs(dm2-want) > 2e-5*want {
				t.Errorf("area %d has %g dm², want %g", k, dm2, want)
			}
			if a.OutsideDM2[k] != 0 {
				t.Errorf("area %d has %d dm² outside", k, a.OutsideDM2[k])
			}
		}
	}
}

// TestWeighOverlaps: areas over one another each have their own; what lies beyond the sheet is told.
func TestWeighOverlaps(t *testing.T) {
	box := func(w, s, e, n float64) Area { return areaOf(orb.Ring{{w, s}, {e, s}, {e, n}, {w, n}, {w, s}}) }
	ground := box(120, 36, 120.01, 36.01)
	s := sheetOver(t, 11, ground.Shape)
	list := []Area{box(120, 36, 120.01, 36.01), box(120.002, 36.002, 120.008, 36.008), box(120.005, 36, 120.02, 36.01), box(121, 36, 121.01, 36.01)}
	a := weighed(t, s, list)
	of := make([]float64, len(list))
	for k, n := range a.DM2 {
		of[a.Of[k]] += float64(n)
	}
	for k := range list {
		sum := of[k] + float64(a.OutsideDM2[k])
		if want := list[k].AreaM2 * perM2; math.Abs(sum-want) > 2e-5*want {
			t.Errorf("area %d comes to %g, want %g", k, sum, want)
		}
	}
	if of[3] != 0 || a.OutsideDM2[2] == 0 || a.OutsideDM2[0] != 0 {
		t.Errorf("outside: %v, inside %v", a.OutsideDM2, of)
	}
}

// TestSheetBounds: what a sheet refuses.
func TestSheetBounds(t *testing.T) {
	shape := checkered(120, 36, 0.1, 1, 1)[0].Shape
	for _, c := range []struct{ res, limit int }{{6, 1000}, {16, 1000}, {-1, 1000}, {11, 1000}, {15, MaxHexagons}} {
		if _, err := NewSheet(context.Background(), []orb.MultiPolygon{shape}, c.res, c.limit); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := sheetOver(t, 9, shape)
	cancel()
	if _, err := s.Weigh(ctx, "test", checkered(120, 36, 0.1, 1, 1)); !errors.Is(err, context.Canceled) {
		t.Errorf("weighing goes on: %v", err)
	}
	if empty := sheetOver(t, 11); empty.Len() != 0 || weighed(t, empty, checkered(120, 36, 0.001, 1, 1)).OutsideDM2 == nil {
		t.Error("a sheet of nothing")
	}
}

// TestNear: all hexagons whose centres are in a bound.
func TestNear(t *testing.T) {
	s := sheetOver(t, 10, checkered(120, 36, 0.02, 2, 1)[0].Shape)
	b := orb.Bound{Min: orb.Point{120.004, 36.005}, Max: orb.Point{120.009, 36.008}}
	near := map[int]bool{}
	s.Near(b, func(i int) bool { near[i] = true; return true })
	n := 0
	for i := range s.Len() {
		if b.Contains(s.At(i)) {
			n++
			if !near[i] {
				t.Errorf("%d is not near", i)
			}
		}
		if k, ok := s.Locate(s.At(i)); !ok || k != i {
			t.Errorf("%d is located as %d, %v", i, k, ok)
		}
	}
	if n == 0 {
		t.Error("nothing there")
	}
	n = 0
	s.Near(b, func(int) bool { n++; return false })
	if n != 1 {
		t.Errorf("%d visits after the first", n)
	}
}

// TestSpreadKeepsSums: persons of hexagons inside go to the pieces, all of them.
func TestSpreadKeepsSums(t *testing.T) {
	list := checkered(120, 36.26, 0.0021, 8, 3)
	s := sheetOver(t, 11, shapesOf(list)...)
	a := weighed(t, s, list)
	r := rand.New(rand.NewPCG(1, 1))
	persons := make([]uint32, s.Len())
	for i := range persons {
		persons[i] = r.Uint32N(100_000)
	}
	pieces := a.Spread(persons, s)
	for i, n := range persons {
		sum := uint32(0)
		for k := a.First[i]; k < a.First[i+1]; k++ {
			sum += pieces[k]
		}
		if a.First[i] < a.First[i+1] && sum != n {
			t.Fatalf("hexagon %d: %d of %d", i, sum, n)
		}
	}
	half := weighed(t, s, list[:32]).Spread(persons, s)
	sum := uint64(0)
	for _, n := range half {
		sum += uint64(n)
	}
	if len(half) == 0 || sum == 0 {
		t.Error("half of the areas have nobody")
	}
}

// largeTests says whether figures of whole cities are wanted: they take seconds.
func largeTests(b *testing.B) {
	b.Helper()
	if os.Getenv("WANGGE_LARGE") == "" {
		b.Skip("set WANGGE_LARGE=1")
	}
}

func BenchmarkSheet(b *testing.B) {
	largeTests(b)
	list := checkered(120, 36.1, 0.1, 4, 1)
	for b.Loop() {
		b.ReportMetric(float64(sheetOver(b, 11, shapesOf(list)...).Len()), "hexagons")
	}
}

func BenchmarkWeigh(b *testing.B) {
	largeTests(b)
	for _, c := range []struct {
		name string
		res  int
		side float64
		n    int
	}{{"2025grids", 10, 0.0087, 45}, {"7056unit", 12, 0.001, 84}, {"16streets", 11, 0.1, 4}} {
		b.Run(c.name, func(b *testing.B) {
			list := checkered(120, 36.1, c.side, c.n, 1)
			s := sheetOver(b, c.res, shapesOf(list)...)
			for b.Loop() {
				a := weighed(b, s, list)
				b.ReportMetric(float64(s.Len()), "hexagons")
				b.ReportMetric(float64(len(a.Of)), "pieces")
			}
		})
	}
}
