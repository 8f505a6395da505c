package hex_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/uber/h3-go/v4"

	"wangge/geo"
	"wangge/geo/hex"
)

// places on Earth: a city, an edge and a corner of the icosahedron, the middle of a face, both hemispheres, the 180th meridian, the
// equator with the first meridian, and high latitudes.
func places(t testing.TB) map[string][2]float64 {
	t.Helper()
	pentagons, err := h3.Pentagons(0)
	if err != nil {
		t.Fatal(err)
	}
	corner := func(i int) h3.LatLng {
		at, err := pentagons[i].LatLng()
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	out := map[string][2]float64{
		"Jiaozhou": {120, 36.27}, "Urumqi": {87.6, 43.8}, "Sanya": {109.5, 18.25}, "Montevideo": {-56.16, -34.9}, "Fiji": {179.999, -16.8},
		"null": {0, 0}, "Tromso": {18.95, 69.65}, "far north": {30, 84.9},
	}
	for i := range 3 {
		p := corner(i * 4)
		out[fmt.Sprint("pentagon ", i)] = [2]float64{p.Lng, p.Lat}
	}
	a := corner(4)
	best, middle := math.Inf(1), h3.LatLng{}
	for i := range pentagons {
		b := corner(i)
		if d := h3.GreatCircleDistanceKm(a, b); d > 0 && d < best && math.Abs(a.Lng-b.Lng) < 90 {
			best, middle = d, h3.LatLng{Lat: (a.Lat + b.Lat) / 2, Lng: (a.Lng + b.Lng) / 2}
		}
	}
	out["edge of a face"] = [2]float64{middle.Lng, middle.Lat}
	return out
}

func TestFinderIsH3(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for name, at := range places(t) {
		for res := range hex.MaxRes + 1 {
			f := hex.NewFinder(res)
			size := 60 * math.Pow(7, -float64(res)/2) // degrees: a few cells to hundreds of them
			for range 3000 {
				x, y := geo.WorldX(wrap(at[0]+size*(r.Float64()-0.5))), geo.WorldY(at[1]+size*(r.Float64()-0.5))
				if got, want := f.At(x, y), hex.Of(x, y, res); got != want {
					t.Fatalf("%s, resolution %d: %d, %d is in %v, not %v", name, res, x, y, want, got)
				}
			}
		}
	}
}

func wrap(lon float64) float64 { return math.Remainder(lon, 360) }

func TestFinderIsH3EverywhereOnEarth(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var finders []*hex.Finder
	for res := range hex.MaxRes + 1 {
		finders = append(finders, hex.NewFinder(res))
	}
	for range 20_000 {
		x, y := r.Uint32(), r.Uint32()
		s := hex.SpotOf(x, y)
		for res, f := range finders {
			n := f.Find(s)
			if got, want := f.Cells()[n], hex.Of(x, y, res); got != want {
				t.Fatalf("resolution %d: %d, %d is in %v, not %v", res, x, y, want, got)
			}
		}
	}
}

// TestFinderNearEdges goes to positions a few world units to both sides of the edges and corners of cells.
func TestFinderNearEdges(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for name, at := range places(t) {
		for res := 5; res <= 12; res++ {
			f := hex.NewFinder(res)
			for range 100 {
				x, y := geo.WorldX(wrap(at[0]+r.Float64()-0.5)), geo.WorldY(at[1]+0.4*(r.Float64()-0.5))
				xy := hex.Of(x, y, res).AppendOutline(nil)
				n := len(xy) / 2
				i := r.IntN(n)
				k := r.Float64()
				for range 8 {
					ex := uint32(int64(float64(xy[2*i])*(1-k)+float64(xy[2*((i+1)%n)])*k) + int64(r.IntN(41)-20))
					ey := uint32(int64(float64(xy[2*i+1])*(1-k)+float64(xy[2*((i+1)%n)+1])*k) + int64(r.IntN(41)-20))
					if got, want := f.At(ex, ey), hex.Of(ex, ey, res); got != want {
						t.Fatalf("%s, resolution %d: %d, %d is in %v, not %v", name, res, ex, ey, want, got)
					}
				}
			}
		}
	}
}

func TestParentAndText(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 2000 {
		res := r.IntN(hex.MaxRes + 1)
		c := hex.Of(r.Uint32(), r.Uint32(), res)
		if c.Res() != res || c.String() != h3.Cell(c).String() || string(c.AppendText([]byte("x"))) != "x"+c.String() {
			t.Fatalf("%v at resolution %d: %d, %v", c, res, c.Res(), h3.Cell(c))
		}
		up := r.IntN(res + 1)
		want, err := h3.Cell(c).Parent(up)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Parent(up); got != hex.Cell(want) || c.Parent(res+1) != c || c.Parent(-1) != c {
			t.Fatalf("the parent of %v at %d is %v, not %v", c, up, hex.Cell(want), got)
		}
	}
	if hex.At(math.NaN(), 1, 5) != 0 || hex.At(1, math.Inf(1), 5) != 0 || hex.At(1, 1, 16) != 0 || hex.At(1, 1, -1) != 0 {
		t.Error("what is no position has a cell")
	}
}

// TestOutlinesMeet: the outlines of a cell and its neighbours run through the same corners, to the world unit.
func TestOutlinesMeet(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for name, at := range places(t) {
		if name == "Fiji" {
			continue // cells are cut at the 180th meridian
		}
		for res := 4; res <= 12; res++ {
			for range 40 {
				c := hex.Of(geo.WorldX(wrap(at[0]+r.Float64()-0.5)), geo.WorldY(at[1]+0.1*(r.Float64()-0.5)), res)
				ring, err := h3.Cell(c).GridDisk(1)
				if err != nil {
					t.Fatal(err)
				}
				times := map[[2]uint32]int{}
				for _, n := range ring {
					xy := hex.Cell(n).AppendOutline(nil)
					for i := 0; i < len(xy); i += 2 {
						times[[2]uint32{xy[i], xy[i+1]}]++
					}
				}
				xy := c.AppendOutline(nil)
				if len(xy) < 10 || len(xy) > 20 {
					t.Fatalf("%s: %v has %d corners", name, c, len(xy)/2)
				}
				for i := 0; i < len(xy); i += 2 {
					// A corner belongs to three cells; those that an edge of the icosahedron makes, to two.
					if n := times[[2]uint32{xy[i], xy[i+1]}]; n != 3 && (n != 2 || len(xy) == 12) {
						t.Fatalf("%s, resolution %d: corner %d of %v is that of %d cells", name, res, i/2, c, n)
					}
				}
			}
		}
	}
}

// TestPenDrawsOutlines: a Pen gives the outlines of H3. Only one coordinate of very many may be rounded to the other side.
func TestPenDrawsOutlines(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 16))
	drawn, placed, off := 0, 0, 0
	for name, at := range places(t) {
		for res := range hex.MaxRes + 1 {
			f, pen := hex.NewFinder(res), hex.NewPen(res)
			size := 60 * math.Pow(7, -float64(res)/2)
			for range 200 {
				n := f.Find(hex.SpotOf(geo.WorldX(wrap(at[0]+size*(r.Float64()-0.5))), geo.WorldY(at[1]+size*(r.Float64()-0.5))))
				c, place := f.Cells()[n], f.Places()[n]
				got, want := pen.Append([]uint32{1}, c, place)[1:], c.AppendOutline(nil)
				drawn++
				if place != 0 {
					placed++
				}
				if !sameOutline(got, want) {
					t.Fatalf("%s: %v is %v, not %v", name, c, got, want)
				}
				if !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
					off++
				}
			}
		}
	}
	if placed < drawn/2 || off > 3 {
		t.Errorf("of %d cells %d have places, %d differ by a world unit", drawn, placed, off)
	}
}

// sameOutline tells whether outlines have the same corners, to one world unit, in the same direction.
func sameOutline(a, b []uint32) bool {
	n := len(a)
	if n != len(b) {
		return false
	}
	near := func(x, y uint32) bool { return max(x, y)-min(x, y) <= 1 }
	for turn := 0; turn < n; turn += 2 {
		same := true
		for i := 0; i < n && same; i++ {
			same = near(a[(i+turn)%n], b[i])
		}
		if same {
			return true
		}
	}
	return false
}

func TestOutlineAtTheEdgesOfTheWorld(t *testing.T) {
	for _, at := range [][2]float64{{180, 10}, {-180, 10}, {179.9999, -70}, {20, 90}, {20, -90}, {0, 85.05}} {
		for res := range 8 {
			xy := hex.At(at[0], at[1], res).AppendOutline(nil)
			if len(xy) < 10 {
				t.Fatalf("%v at %d has %d corners", at, res, len(xy)/2)
			}
			if math.Abs(at[1]) > 80 || res < 2 {
				continue
			}
			low, high := xy[0], xy[0]
			for i := 0; i < len(xy); i += 2 {
				low, high = min(low, xy[i]), max(high, xy[i])
			}
			if high-low > 1<<30 {
				t.Errorf("the cell at %v, resolution %d, goes around the world", at, res)
			}
		}
	}
	if xy := hex.Cell(0).AppendOutline(nil); xy != nil {
		t.Errorf("no cell has the outline %v", xy)
	}
}

func TestReach(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	widest := 0.0
	for range 20_000 {
		res := r.IntN(13)
		x, y := r.Uint32(), uint32(1<<28)+r.Uint32N(1<<32-1<<29)
		xy := hex.Of(x, y, res).AppendOutline(nil)
		reach := hex.Reach(res, y, y)
		lowX, highX, lowY, highY := x, x, y, y
		for i := 0; i < len(xy); i += 2 {
			lowX, highX, lowY, highY = min(lowX, xy[i]), max(highX, xy[i]), min(lowY, xy[i+1]), max(highY, xy[i+1])
		}
		if highX-lowX > 1<<31 {
			continue // cut at the 180th meridian
		}
		if d := max(highX-lowX, highY-lowY); d > reach {
			t.Fatalf("resolution %d at %d, %d: a cell of %d units, not %d", res, x, y, d, reach)
		} else if reach < math.MaxUint32 {
			widest = max(widest, float64(d)/float64(reach))
		}
	}
	if widest < 0.8 {
		t.Errorf("no cell is larger than %.2f of what is promised", widest)
	}
}

func BenchmarkAt(b *testing.B) {
	x, y := geo.WorldX(120), geo.WorldY(36.27)
	for b.Loop() {
		x += 1000
		hex.Of(x, y, 10)
	}
}

func BenchmarkOutline(b *testing.B) {
	c := hex.At(120, 36.27, 10)
	var xy []uint32
	for b.Loop() {
		xy = c.AppendOutline(xy[:0])
	}
}

func BenchmarkPen(b *testing.B) {
	f, pen := hex.NewFinder(10), hex.NewPen(10)
	n := f.Find(hex.SpotOf(geo.WorldX(120), geo.WorldY(36.27)))
	var xy []uint32
	for b.Loop() {
		xy = pen.Append(xy[:0], f.Cells()[n], f.Places()[n])
	}
}

// BenchmarkFinder finds the cells of a million positions in random order over 36 × 36 km at five resolutions.
func BenchmarkFinder(b *testing.B) {
	r := rand.New(rand.NewPCG(13, 14))
	xy := make([]uint32, 2_000_000)
	for i := 0; i < len(xy); i += 2 {
		xy[i], xy[i+1] = geo.WorldX(120+0.4*r.Float64()), geo.WorldY(36.1+0.324*r.Float64())
	}
	for b.Loop() {
		var finders []*hex.Finder
		for res := 6; res <= 10; res++ {
			finders = append(finders, hex.NewFinder(res))
		}
		for i := 0; i < len(xy); i += 2 {
			s := hex.SpotOf(xy[i], xy[i+1])
			for _, f := range finders {
				f.Find(s)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/5e6, "ns/cell")
}
