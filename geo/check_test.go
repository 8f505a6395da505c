package geo_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"wangge/geo"
)

// ring closes a list of lon, lat pairs, given in thousandths of a degree from a place in Jiaozhou.
func ring(xy ...float64) orb.Ring {
	r := openRing(xy...)
	return append(r, r[0])
}

func openRing(xy ...float64) (r orb.Ring) {
	for i := 0; i < len(xy); i += 2 {
		r = append(r, here(xy[i], xy[i+1]))
	}
	return r
}

func here(x, y float64) orb.Point { return orb.Point{120 + x/1000, 36 + y/1000} }

func box(x0, y0, x1, y1 float64) orb.Ring { return ring(x0, y0, x1, y0, x1, y1, x0, y1) }

func TestCheckEveryKind(t *testing.T) {
	for _, g := range orb.AllGeometries {
		err := geo.Check(g)
		if err == nil {
			t.Errorf("%T(%v) passed; all of these are empty, nil or at 0,0", g, g)
		}
		var f *geo.Fault
		if !errors.As(err, &f) || f.Code == "" || f.Error() == "" {
			t.Errorf("%T: %v", g, err)
		}
	}
	if !errors.Is(geo.Check(nil), geo.Missing) {
		t.Error("nil is not Missing")
	}
}

func TestCheck(t *testing.T) {
	deep := orb.Geometry(orb.Point{120, 36})
	for range geo.MaxDepth + 1 {
		deep = orb.Collection{deep}
	}
	long := make(orb.LineString, geo.MaxVertices+1)
	nan := math.NaN()
	for name, c := range map[string]struct {
		g    orb.Geometry
		want error
		path string
	}{
		"point":                    {orb.Point{120, 36}, nil, ""},
		"point of NaN":             {orb.Point{nan, 36}, geo.NotFinite, ""},
		"points":                   {orb.MultiPoint{{120, 36}, {120, 36}}, nil, ""},
		"points, one swapped":      {orb.MultiPoint{{120, 36}, {36, 120}}, geo.Swapped, "/1"},
		"line":                     {orb.LineString{{120, 36}, {121, 36}}, nil, ""},
		"line of one":              {orb.LineString{{120, 36}}, geo.LineTooShort, ""},
		"line in place":            {orb.LineString{{120, 36}, {120, 36}}, geo.LineTooShort, ""},
		"line across itself":       {orb.LineString{{120, 36}, {121, 37}, {121, 36}, {120, 37}}, nil, ""},
		"lines, one empty":         {orb.MultiLineString{{{120, 36}, {121, 36}}, {}}, geo.Empty, "/1"},
		"polygon":                  {orb.Polygon{box(0, 0, 9, 9)}, nil, ""},
		"polygon, clockwise":       {orb.Polygon{ring(0, 0, 0, 9, 9, 9, 9, 0)}, nil, ""},
		"triangle":                 {orb.Polygon{ring(0, 0, 9, 0, 0, 9)}, nil, ""},
		"repeated position":        {orb.Polygon{ring(0, 0, 9, 0, 9, 0, 9, 9, 0, 9)}, nil, ""},
		"position on an edge":      {orb.Polygon{ring(0, 0, 4, 0, 9, 0, 9, 9, 0, 9)}, nil, ""},
		"ring":                     {box(0, 0, 9, 9), nil, ""},
		"bound":                    {box(0, 0, 9, 9).Bound(), nil, ""},
		"not closed":               {orb.Polygon{openRing(0, 0, 9, 0, 9, 9, 0, 9)}, geo.RingNotClosed, "/0"},
		"three positions":          {orb.Polygon{ring(0, 0, 9, 0)}, geo.RingTooShort, "/0"},
		"two distinct":             {orb.Polygon{ring(0, 0, 9, 0, 9, 0)}, geo.RingTooShort, "/0"},
		"no ring":                  {orb.Polygon{}, geo.Empty, ""},
		"empty ring":               {orb.Polygon{box(0, 0, 9, 9), {}}, geo.Empty, "/1"},
		"infinite vertex":          {orb.Polygon{{{120, 36}, {math.Inf(1), 36}, {121, 37}, {120, 36}}}, geo.NotFinite, "/0/1"},
		"metres":                   {orb.Polygon{{{500000, 4e6}, {500100, 4e6}, {500100, 4.1e6}, {500000, 4e6}}}, geo.Metres, "/0/0"},
		"bow tie":                  {orb.Polygon{ring(0, 0, 9, 9, 9, 0, 0, 9)}, geo.SelfIntersection, "/0/2"},
		"spike":                    {orb.Polygon{ring(0, 0, 9, 0, 20, 0, 9, 0, 9, 9, 0, 9)}, geo.SelfIntersection, "/0"},
		"no area":                  {orb.Polygon{ring(0, 0, 4, 0, 9, 0)}, geo.SelfIntersection, "/0/2"},
		"touches itself":           {orb.Polygon{ring(0, 0, 9, 0, 9, 9, 5, 0, 0, 9)}, geo.SelfIntersection, "/0"},
		"eight":                    {orb.Polygon{ring(0, 0, 5, 5, 9, 0, 9, 9, 5, 5, 0, 9)}, geo.SelfIntersection, "/0"},
		"hole":                     {orb.Polygon{box(0, 0, 9, 9), box(2, 2, 4, 4)}, nil, ""},
		"hole touching":            {orb.Polygon{box(0, 0, 9, 9), ring(0, 5, 2, 4, 2, 6)}, nil, ""},
		"hole at a corner":         {orb.Polygon{box(0, 0, 9, 9), ring(0, 0, 2, 1, 1, 2)}, nil, ""},
		"hole outside":             {orb.Polygon{box(0, 0, 9, 9), box(20, 2, 24, 4)}, geo.HoleOutside, "/1"},
		"hole touching outside":    {orb.Polygon{box(0, 0, 9, 9), ring(9, 5, 12, 4, 12, 6)}, geo.HoleOutside, "/1"},
		"hole on an edge":          {orb.Polygon{box(0, 0, 9, 9), box(0, 2, 4, 4)}, geo.SelfIntersection, "/1/3"},
		"hole across":              {orb.Polygon{box(0, 0, 9, 9), box(7, 2, 14, 4)}, geo.SelfIntersection, "/1/0"},
		"hole is the ring":         {orb.Polygon{box(0, 0, 9, 9), box(0, 0, 9, 9)}, geo.SelfIntersection, "/1/0"},
		"hole cuts in two":         {orb.Polygon{box(0, 0, 9, 9), ring(0, 5, 5, 4, 9, 5, 5, 6)}, geo.Disconnected, "/1"},
		"hole through vertices":    {orb.Polygon{box(0, 0, 9, 9), ring(0, 0, 5, 4, 9, 9, 4, 5)}, geo.Disconnected, "/1"},
		"crossing at a vertex":     {orb.Polygon{ring(0, 0, 9, 0, 9, 9, 5, 5, 0, 9), ring(2, 2, 5, 5, 8, 9, 4, 3)}, geo.SelfIntersection, "/1"},
		"holes in a ring of holes": {orb.Polygon{box(0, 0, 9, 9), ring(2, 2, 5, 2, 3, 3), ring(5, 2, 7, 3, 6, 5), ring(2, 2, 3, 3.5, 6, 5, 3, 4)}, geo.Disconnected, "/3"},
		"holes in a chain":         {orb.Polygon{box(0, 0, 9, 9), ring(2, 2, 5, 2, 3, 3), ring(5, 2, 7, 3, 6, 5)}, nil, ""},
		"hole in a hole":           {orb.Polygon{box(0, 0, 9, 9), box(1, 1, 8, 8), box(2, 2, 4, 4)}, geo.NestedRings, "/2"},
		"hole around a hole":       {orb.Polygon{box(0, 0, 9, 9), box(2, 2, 4, 4), box(1, 1, 8, 8)}, geo.NestedRings, "/2"},
		"polygons":                 {orb.MultiPolygon{{box(0, 0, 9, 9)}, {box(20, 0, 29, 9)}}, nil, ""},
		"polygons at a corner":     {orb.MultiPolygon{{box(0, 0, 9, 9)}, {box(9, 9, 19, 19)}}, nil, ""},
		"polygons side by side":    {orb.MultiPolygon{{box(0, 0, 9, 9)}, {box(9, 0, 19, 9)}}, geo.SelfIntersection, "/1/0"},
		"polygon in a hole":        {orb.MultiPolygon{{box(0, 0, 9, 9), box(1, 1, 8, 8)}, {box(2, 2, 4, 4)}}, nil, ""},
		"polygon in a polygon":     {orb.MultiPolygon{{box(0, 0, 9, 9)}, {box(2, 2, 4, 4)}}, geo.NestedRings, "/1/0"},
		"polygons overlap":         {orb.MultiPolygon{{box(0, 0, 9, 9)}, {box(5, 5, 14, 14)}}, geo.SelfIntersection, "/1/0/0"},
		"collection":               {orb.Collection{orb.Point{120, 36}, orb.Polygon{box(0, 0, 9, 9)}}, nil, ""},
		"collection, one bad":      {orb.Collection{orb.Point{120, 36}, orb.LineString{{120, 36}, {0, 0}}}, geo.NullIsland, "/geometries/1/1"},
		"collection with nil":      {orb.Collection{nil}, geo.Missing, "/geometries/0"},
		"nested too deeply":        {deep, geo.TooDeep, "/geometries/0/geometries/0/geometries/0/geometries/0"},
		"too many vertices":        {long, geo.TooManyVertices, ""},
	} {
		t.Run(name, func(t *testing.T) {
			err := geo.Check(c.g)
			if c.want == nil {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			var f *geo.Fault
			if !errors.Is(err, c.want) || !errors.As(err, &f) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
			if f.Path != c.path {
				t.Errorf("path %q, want %q", f.Path, c.path)
			}
		})
	}
}

// wavy is a big simple ring around a place.
func wavy(n int) orb.Ring {
	r := make(orb.Ring, 0, n+1)
	for i := range n {
		s, c := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		d := 100 + 10*math.Sin(float64(i)/7) + 5*math.Cos(float64(i)/131)
		r = append(r, here(d*c, d*s))
	}
	return append(r, r[0])
}

func TestCheckIsQuickOnBigRings(t *testing.T) {
	r := wavy(100_000)
	start := time.Now()
	if err := geo.Check(orb.Polygon{r}); err != nil {
		t.Error(err)
	}
	if d := time.Since(start); d > 10*time.Second { // 0.1 s on a free machine, without the race detector
		t.Errorf("took %v", d)
	}
	r[70_000], r[70_001] = r[70_001], r[70_000]
	if err := geo.Check(orb.Polygon{r}); !errors.Is(err, geo.SelfIntersection) {
		t.Errorf("one crossing in 100,000 edges: %v", err)
	}
}

func BenchmarkCheckBuilding(b *testing.B) {
	p := orb.Polygon{ring(0, 0, 4, 0, 4, 2, 9, 2, 9, 9, 3, 9, 3, 7, 0, 7)}
	b.ReportAllocs()
	for b.Loop() {
		if err := geo.Check(p); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCheck100kVertices(b *testing.B) {
	p := orb.Polygon{wavy(100_000)}
	for b.Loop() {
		if err := geo.Check(p); err != nil {
			b.Fatal(err)
		}
	}
}

// A shape may be anywhere on Earth, and is checked in all else.
func TestCheckShape(t *testing.T) {
	world := orb.Polygon{{{-180, -90}, {0, 0}, {40, 75}, {-180, 90}, {-180, -90}}}
	if err := geo.CheckShape(orb.Collection{orb.Point{}, world}); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		shape orb.Geometry
		want  geo.Code
	}{
		{orb.Point{0, 91}, geo.Swapped}, {orb.Point{400, 0}, geo.OutOfRange}, {orb.Point{math.NaN(), 0}, geo.NotFinite},
		{orb.Polygon{{{0, 0}, {1, 1}, {1, 0}, {0, 1}, {0, 0}}}, geo.SelfIntersection},
	} {
		if err := geo.CheckShape(c.shape); !errors.Is(err, c.want) {
			t.Errorf("%v: %v, want %v", c.shape, err, c.want)
		}
	}
}
