package tile_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"

	"wangge/geo/tile"
)

// here is a tile in Jiaozhou, deep enough for world units to be tile units times 64.
var here = tile.Addr{Z: 14, X: 13643, Y: 6402}

// at gives the world units of a position in tile units.
func at(x, y int) (uint32, uint32) {
	minX, minY, _, _ := here.World(0)
	return uint32(minX + int64(x)*64), uint32(minY + int64(y)*64)
}

// flat builds a column of positions given in tile units.
func flat(units ...int) []uint32 {
	var xy []uint32
	for i := 0; i < len(units); i += 2 {
		x, y := at(units[i], units[i+1])
		xy = append(xy, x, y)
	}
	return xy
}

// decode reads a tile with foreign code; every layer must be version 2 and 4096 wide.
func decode(t testing.TB, b []byte) mvt.Layers {
	t.Helper()
	layers, err := mvt.Unmarshal(b)
	if err != nil {
		t.Fatalf("unreadable tile: %v", err)
	}
	for _, l := range layers {
		if l.Version != 2 || l.Extent != tile.Extent {
			t.Errorf("layer %s: version %d, extent %d", l.Name, l.Version, l.Extent)
		}
	}
	return layers
}

// tag is an attribute that is in no set.
type tag struct {
	key   uint32
	value tile.Value
}

// add writes a feature with pairs of the dictionary and other tags, and tells whether anything of it is left.
func add(e *tile.Encoder, id uint64, g tile.Geometry, pairs []uint32, tags ...tag) bool {
	var sets tile.SetsBuilder
	n := sets.Add(pairs)
	e.Use(sets.Sets(), nil)
	if !e.Open(id, &g) {
		return false
	}
	e.TagSet(n)
	for _, t := range tags {
		e.TagValue(t.key, t.value)
	}
	e.Close()
	return true
}

// one encodes a single feature without attributes and gives its geometry back, nil where nothing was left.
func one(t testing.TB, a tile.Addr, g tile.Geometry) orb.Geometry {
	t.Helper()
	var e tile.Encoder
	e.Begin(a, tile.DefaultBufferPx)
	e.Layer("one", tile.Dict{})
	kept := add(&e, 7, g, nil)
	layers := decode(t, e.Bytes())
	if kept != (len(layers) == 1) {
		t.Fatalf("Open = %v, but %d layers", kept, len(layers))
	}
	if !kept {
		return nil
	}
	return layers[0].Features[0].Geometry
}

func TestFeatureOfEveryKind(t *testing.T) {
	const lo, hi = -64, 4096 + 64
	square := func(x0, y0, x1, y1 int) []int { return []int{x0, y0, x1, y0, x1, y1, x0, y1} }
	for name, c := range map[string]struct {
		kind  tile.Kind
		units []int
		ends  []uint32
		polys []uint32
		want  orb.Geometry
	}{
		"point":                {kind: tile.Points, units: []int{5, 6}, want: orb.Point{5, 6}},
		"point in the buffer":  {kind: tile.Points, units: []int{hi, lo}, want: orb.Point{hi, lo}},
		"point beyond":         {kind: tile.Points, units: []int{hi + 1, 0}},
		"points, one beyond":   {kind: tile.Points, units: []int{5, 6, 9000, 9000, 7, 8}, want: orb.MultiPoint{{5, 6}, {7, 8}}},
		"points, equal":        {kind: tile.Points, units: []int{5, 6, 5, 6}, want: orb.Point{5, 6}},
		"no points":            {kind: tile.Points},
		"line":                 {kind: tile.Lines, units: []int{0, 0, 10, 0, 10, 10}, want: orb.LineString{{0, 0}, {10, 0}, {10, 10}}},
		"line, repeated":       {kind: tile.Lines, units: []int{0, 0, 0, 0, 10, 0, 10, 0}, want: orb.LineString{{0, 0}, {10, 0}}},
		"line, straight":       {kind: tile.Lines, units: []int{0, 0, 5, 5, 10, 10, 20, 20}, want: orb.LineString{{0, 0}, {20, 20}}},
		"line, and back":       {kind: tile.Lines, units: []int{0, 0, 10, 10, 5, 5}, want: orb.LineString{{0, 0}, {10, 10}, {5, 5}}},
		"line of one place":    {kind: tile.Lines, units: []int{5, 5, 5, 5}},
		"line of one position": {kind: tile.Lines, units: []int{5, 5}},
		"line beyond":          {kind: tile.Lines, units: []int{-500, 0, -400, 4000}},
		"line around a corner": {kind: tile.Lines, units: []int{-500, 100, 100, -500}},
		"line right through":   {kind: tile.Lines, units: []int{-1000, 100, 9000, 100}, want: orb.LineString{{lo, 100}, {hi, 100}}},
		"line out and in": {kind: tile.Lines, units: []int{0, 0, 5000, 0, 5000, 50, 0, 50},
			want: orb.MultiLineString{{{0, 0}, {hi, 0}}, {{hi, 50}, {0, 50}}}},
		"line touching the edge": {kind: tile.Lines, units: []int{5000, 0, hi, 50, 5000, 100}},
		"line along the edge":    {kind: tile.Lines, units: []int{hi, 0, hi, 50}, want: orb.LineString{{hi, 0}, {hi, 50}}},
		"lines": {kind: tile.Lines, units: []int{0, 0, 1, 1, 9, 9, 9, 9, 5, 5, 6, 7}, ends: []uint32{2, 4, 6},
			want: orb.MultiLineString{{{0, 0}, {1, 1}}, {{5, 5}, {6, 7}}}},
		"square": {kind: tile.Polygons, units: square(0, 0, 10, 10),
			want: orb.Polygon{{{0, 0}, {10, 0}, {10, 10}, {0, 10}, {0, 0}}}},
		"square, the other way": {kind: tile.Polygons, units: []int{0, 0, 0, 10, 10, 10, 10, 0, 0, 0},
			want: orb.Polygon{{{10, 0}, {10, 10}, {0, 10}, {0, 0}, {10, 0}}}},
		"square with needless vertices": {kind: tile.Polygons, units: []int{5, 0, 10, 0, 10, 5, 10, 10, 0, 10, 0, 0, 5, 0},
			want: orb.Polygon{{{10, 0}, {10, 10}, {0, 10}, {0, 0}, {10, 0}}}},
		"spike": {kind: tile.Polygons, units: []int{0, 0, 10, 0, 30, 0, 10, 0, 10, 10, 0, 10},
			want: orb.Polygon{{{0, 0}, {10, 0}, {10, 10}, {0, 10}, {0, 0}}}},
		"no area":        {kind: tile.Polygons, units: []int{0, 0, 10, 0, 20, 0, 10, 0}},
		"two positions":  {kind: tile.Polygons, units: []int{0, 0, 10, 0}},
		"polygon beyond": {kind: tile.Polygons, units: square(4200, 0, 4300, 100)},
		"hole": {kind: tile.Polygons, units: append(square(0, 0, 90, 90), square(10, 10, 20, 20)...), ends: []uint32{4, 8},
			want: orb.Polygon{{{0, 0}, {90, 0}, {90, 90}, {0, 90}, {0, 0}}, {{10, 20}, {20, 20}, {20, 10}, {10, 10}, {10, 20}}}},
		"hole without area": {kind: tile.Polygons, units: append(square(0, 0, 90, 90), square(10, 10, 20, 10)...), ends: []uint32{4, 8},
			want: orb.Polygon{{{0, 0}, {90, 0}, {90, 90}, {0, 90}, {0, 0}}}},
		"outer ring without area": {kind: tile.Polygons, units: append(square(0, 0, 90, 0), square(10, 10, 20, 20)...), ends: []uint32{4, 8}},
		"two polygons": {kind: tile.Polygons, units: append(square(0, 0, 9, 9), square(20, 20, 29, 29)...), ends: []uint32{4, 8}, polys: []uint32{1, 2},
			want: orb.MultiPolygon{{{{0, 0}, {9, 0}, {9, 9}, {0, 9}, {0, 0}}}, {{{20, 20}, {29, 20}, {29, 29}, {20, 29}, {20, 20}}}}},
		"the whole tile": {kind: tile.Polygons, units: square(-900, -900, 9000, 9000),
			want: orb.Polygon{{{lo, lo}, {hi, lo}, {hi, hi}, {lo, hi}, {lo, lo}}}},
		"the tile in a hole": {kind: tile.Polygons, units: append(square(-900, -900, 9000, 9000), square(-800, -800, 8000, 8000)...), ends: []uint32{4, 8}},
		"half out": {kind: tile.Polygons, units: square(4000, 0, 5000, 100),
			want: orb.Polygon{{{hi, 0}, {hi, 100}, {4000, 100}, {4000, 0}, {hi, 0}}}},
		// A comb whose teeth reach in: Sutherland and Hodgman leave bridges along the edge.
		"comb": {kind: tile.Polygons, units: []int{4000, 0, 5000, 0, 5000, 300, 4000, 300, 4000, 200, 4900, 200, 4900, 100, 4000, 100},
			want: orb.MultiPolygon{
				{{{4000, 0}, {hi, 0}, {hi, 100}, {4000, 100}, {4000, 0}}},
				{{{4000, 200}, {hi, 200}, {hi, 300}, {4000, 300}, {4000, 200}}}}},
		"hole across the edge": {kind: tile.Polygons, units: append(square(4000, 0, 5000, 300), square(4100, 100, 4900, 200)...), ends: []uint32{4, 8},
			want: orb.Polygon{{{4000, 0}, {hi, 0}, {hi, 100}, {4100, 100}, {4100, 200}, {hi, 200}, {hi, 300}, {4000, 300}, {4000, 0}}}},
	} {
		t.Run(name, func(t *testing.T) {
			got := one(t, here, tile.Geometry{Kind: c.kind, XY: flat(c.units...), Ends: c.ends, Polys: c.polys})
			if diff := cmp.Diff(canonical(c.want), canonical(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// canonical lets every ring start at its smallest position, so that equal rings compare as such.
func canonical(g orb.Geometry) orb.Geometry {
	switch g := g.(type) {
	case orb.Polygon:
		return orb.MultiPolygon{turned(g)}
	case orb.MultiPolygon:
		out := orb.MultiPolygon{}
		for _, p := range g {
			out = append(out, turned(p))
		}
		return out
	}
	return g
}

func turned(p orb.Polygon) orb.Polygon {
	out := orb.Polygon{}
	for _, r := range p {
		first := 0
		for i, q := range r[:len(r)-1] {
			if q[0] < r[first][0] || q[0] == r[first][0] && q[1] < r[first][1] {
				first = i
			}
		}
		ring := append(append(orb.Ring{}, r[first:len(r)-1]...), r[:first]...)
		out = append(out, append(ring, ring[0]))
	}
	return out
}

func TestFromOrbTakesEveryGeometry(t *testing.T) {
	for _, g := range orb.AllGeometries {
		flat, ok := tile.FromOrb(g)
		if want := g != nil && !isEmpty(g); ok != want {
			t.Errorf("%T: ok = %v, want %v", g, ok, want)
		}
		one(t, here, flat)
	}
	mixed := orb.Collection{orb.Point{120, 36}, orb.LineString{{120, 36}, {121, 36}}}
	if _, ok := tile.FromOrb(mixed); ok {
		t.Error("a mixed collection has no kind")
	}
	same := orb.Collection{orb.Point{120, 36}, orb.MultiPoint{{121, 36}}}
	if g, ok := tile.FromOrb(same); !ok || len(g.XY) != 4 {
		t.Errorf("collection of points: %v, %v", g, ok)
	}
}

func isEmpty(g orb.Geometry) bool {
	switch g := g.(type) {
	case orb.Point, orb.Bound:
		return false
	case orb.MultiPoint:
		return len(g) == 0
	case orb.LineString:
		return len(g) == 0
	case orb.MultiLineString:
		return len(g) == 0
	case orb.Ring:
		return len(g) == 0
	case orb.Polygon:
		return len(g) == 0
	case orb.MultiPolygon:
		return len(g) == 0
	case orb.Collection:
		return len(g) == 0
	}
	return true
}

func TestAttributes(t *testing.T) {
	var b tile.DictBuilder
	class, width, unused := b.Key("class"), b.Key("width_m"), b.Key("unused")
	name, lanes, lit, code := b.Key("name"), b.Key("lanes"), b.Key("lit"), b.Key("code")
	arterial, nine, yes := b.Value(tile.String("arterial")), b.Value(tile.Double(9.5)), b.Value(tile.Bool(true))
	dict := b.Dict()
	later := b.Value(tile.String("not in dict"))
	_, _ = unused, later

	var e tile.Encoder
	for range 2 { // the second tile must not remember the first
		e.Begin(here, 64)
		e.Layer("empty", dict)
		e.Layer("road", dict)
		g := tile.Geometry{Kind: tile.Points, XY: flat(1, 1)}
		away := tile.Geometry{Kind: tile.Points, XY: flat(9999, 1)}
		add(&e, 1<<53, g, []uint32{class, arterial, width, nine}, tag{name, tile.String("澳门路")})
		add(&e, 2, away, []uint32{lit, yes}, tag{name, tile.String("nowhere")})
		add(&e, 0, g, []uint32{class, arterial, lit, yes}, tag{name, tile.String("澳门路")}, tag{lanes, tile.Int(-4)})
		add(&e, 3, g, nil, tag{lanes, tile.Int(4)}, tag{code, tile.String("\xff")}, tag{width, tile.Float(2.5)})
		e.Layer("late", tile.Dict{})
		add(&e, 4, g, nil)
		layers := decode(t, e.Bytes())
		if len(layers) != 2 || layers[0].Name != "road" || layers[1].Name != "late" {
			t.Fatalf("layers %v", layers)
		}
		want := []map[string]any{
			{"class": "arterial", "width_m": 9.5, "name": "澳门路"},
			{"class": "arterial", "lit": true, "name": "澳门路", "lanes": int64(-4)},
			{"lanes": uint64(4), "code": "\uFFFD", "width_m": float32(2.5)},
		}
		wantID := []any{float64(1 << 53), nil, float64(3)}
		for i, f := range layers[0].Features {
			if diff := cmp.Diff(want[i], map[string]any(f.Properties), numbers); diff != "" {
				t.Errorf("feature %d: %s", i, diff)
			}
			if f.ID != wantID[i] {
				t.Errorf("feature %d: id %v, want %v", i, f.ID, wantID[i])
			}
		}
		if n := count(e.Bytes(), "arterial"); n != 1 {
			t.Errorf("the value stands %d times in the tile", n)
		}
		if n := count(e.Bytes(), "澳门路"); n != 1 {
			t.Errorf("an equal value stands %d times in the tile", n)
		}
		if count(e.Bytes(), "nowhere")+count(e.Bytes(), "unused")+count(e.Bytes(), "empty") > 0 {
			t.Error("what no feature uses is in the tile")
		}
	}
	e.Begin(here, 64)
	if len(e.Bytes()) != 0 {
		t.Error("an empty tile has bytes")
	}
}

// numbers compares numbers by value, whatever type the reader gave them.
var numbers = cmp.FilterValues(func(a, b any) bool { return isNumber(a) && isNumber(b) },
	cmp.Comparer(func(a, b any) bool { return toFloat(a) == toFloat(b) }))

func isNumber(v any) bool { return !math.IsNaN(toFloat(v)) }

func toFloat(v any) float64 {
	switch v := v.(type) {
	case float64:
		return v
	case float32:
		return float64(v)
	case int64:
		return float64(v)
	case uint64:
		return float64(v)
	}
	return math.NaN()
}

func count(b []byte, s string) (n int) {
	for i := 0; i+len(s) <= len(b); i++ {
		if string(b[i:i+len(s)]) == s {
			n++
		}
	}
	return n
}
