package city

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"

	"wangge/geo"
	"wangge/geo/hex"
	"wangge/geo/tile"
	"wangge/layers"
	"wangge/layers/cql2"
)

// dump is what tallies say, by level and cell.
func (d *tallies) dump() map[string]string {
	out := map[string]string{}
	for i, pages := range d.levels {
		for n, p := range pages {
			counts, pen, k := p.unpacked(), hex.NewPen(d.gauge.levels[i].res), d.gauge.stride()
			if n > 0 && pages[n-1].key >= p.key {
				out["order"] = fmt.Sprint("pages ", n-1, " and ", n)
			}
			for j, c := range p.cells {
				sum := int64(0)
				if p.sums != nil {
					sum = p.sums[j]
				}
				outline := c.AppendOutline(nil)
				if box := boxOf(pen.Append(nil, c, p.places[j])); box != boxOf(outline) || !p.box.Contains(box) {
					out["box"] = fmt.Sprint(c, box, outline)
				}
				out[fmt.Sprint(i, " ", c)] = fmt.Sprint(counts[j*k:(j+1)*k], sum)
				if pageKey(c) != p.key || j > 0 && p.cells[j-1] >= c {
					out["page"] = fmt.Sprint(c, " is not in its place")
				}
			}
		}
	}
	return out
}

// scatter makes a row of a layer anywhere in a few cells.
func (m *rowMaker) scatter(t testing.TB) {
	at := func() orb.Point { return orb.Point{120 + 0.05*m.Float64(), 36.2 + 0.05*m.Float64()} }
	var g orb.Geometry
	switch kinds := m.layers[0].Geometry; kinds[m.IntN(len(kinds))] {
	case layers.Point:
		g = at()
	case layers.LineString:
		g = orb.LineString{at(), at(), at()}
	case layers.MultiLineString:
		g = orb.MultiLineString{{at(), at()}, {at(), at(), at()}}
	default:
		p := at()
		g = orb.Polygon{{p, {p[0] + 0.001, p[1]}, {p[0], p[1] + 0.001}, p}}
	}
	m.add(t, g, nil)
}

// TestTalliesFollowEdits: after many edits, one by one and in batches, the tallies say the same as those counted anew, and those
// before an edit still say what they did.
func TestTalliesFollowEdits(t *testing.T) {
	for _, id := range []string{"road", "parking_space", "public_toilet", "barrier_free_ramp", "construction_site", "unit_grid", "back_alley"} {
		t.Run(id, func(t *testing.T) {
			l := layers.ByID(id)
			random := rand.New(rand.NewPCG(1, uint64(len(id))))
			fresh := func(first int64, n int) *table {
				m := &rowMaker{Rand: random, reader: newSource(l).reader(&layers.Rules{}), id: first}
				if m.only != "" {
					m.byOnly[""] = m.tables[id]
				}
				for range n {
					m.scatter(t)
				}
				return m.tables[id]
			}
			next := int64(2000)
			s := newStack(newLook(l), fresh(0, int(next)))
			for i := range 300 {
				before, want := s.density, map[string]string(nil)
				if i%50 == 0 {
					want = before.dump()
				}
				var gone []int64
				n := 1 + random.IntN(3)
				if i%40 == 39 {
					n = 600
				}
				for range n {
					gone = append(gone, 1+random.Int64N(next))
				}
				slices.Sort(gone)
				gone = slices.Compact(gone)
				n = random.IntN(n + 1)
				rows := fresh(next, n)
				next += int64(n)
				if i == 200 { // and all of them
					for k := range next {
						gone = append(gone, k+1)
					}
					slices.Sort(gone)
					gone = slices.Compact(gone)
				}
				s = s.apply(gone, rows, 0)
				if i%10 == 0 || i == 200 {
					if diff := cmp.Diff(anew(s).dump(), s.density.dump()); diff != "" {
						t.Fatalf("after edit %d: %s", i, diff)
					}
				}
				if want != nil && !cmp.Equal(want, before.dump()) {
					t.Fatalf("edit %d changed what was there before", i)
				}
			}
			if s.len() == 0 {
				t.Error("nothing was left to compare")
			}
		})
	}
}

// anew counts the features of a stack.
func anew(s *stack) *tallies { return newTallies(&s.merged().table) }

func TestTalliesOfNothing(t *testing.T) {
	if d := newTallies(newTable(layers.ByID("ground"))); d != nil || d.change(newTable(layers.ByID("ground")), nil) != nil || d.size() != 0 {
		t.Error("a layer without densities has tallies")
	}
	d := newTallies(newTable(layers.ByID("public_toilet")))
	if len(d.dump()) != 0 || len(d.levels) != 4 {
		t.Errorf("an empty layer has %v", d.dump())
	}
}

// TestLevels: roads of other classes are counted from zoom to zoom; other layers count everything.
func TestLevels(t *testing.T) {
	want := map[string][]level{
		"road":          {{6, -1}, {7, 8}, {8, 8}, {9, 11}, {10, 13}, {11, 13}},
		"back_alley":    {{6, -1}, {7, -1}, {8, -1}, {9, -1}},
		"parking_space": {{6, -1}, {7, -1}, {8, -1}, {9, -1}, {10, -1}},
	}
	for id, levels := range want {
		if diff := cmp.Diff(levels, newGauge(layers.ByID(id)).levels, cmp.AllowUnexported(level{})); diff != "" {
			t.Errorf("%s: %s", id, diff)
		}
	}
}

// TestManners: every way to show a layer is coarser than the one before, and the last is told.
func TestManners(t *testing.T) {
	for _, l := range layers.Catalogue() {
		for z := range uint8(tile.MaxZoom + 1) {
			if l.Density == nil {
				continue
			}
			p := pass{stack: &stack{layer: l}, addr: tile.Addr{Z: z}}
			m := p.manner()
			if m.single != (int(z) >= l.Lowest()) || (m.res >= 0) != (int(z) < l.Latest()) || m.res >= 0 && m.res != finestRes(int(z)) {
				t.Errorf("%s at %d: %+v", l.ID, z, m)
			}
			for !m.last {
				if p.thinned++; p.thinned > 20 {
					t.Fatalf("%s at %d: there is no end to it", l.ID, z)
				}
				n := p.manner()
				coarser := m.single && !n.single || m.single == n.single && n.res == m.res-1
				if !coarser || n.res < layers.CoarsestDensityRes(int(z)) {
					t.Errorf("%s at %d: %+v after %+v", l.ID, z, n, m)
				}
				m = n
			}
		}
	}
}

// randomCity is a city of points, lines and areas in a few kilometres.
func randomCity(t testing.TB, n int) *View {
	v := &View{benches: new(sync.Pool), rules: &layers.Rules{}}
	random := rand.New(rand.NewPCG(7, 8))
	for _, id := range []string{"road", "parking_space", "public_toilet"} {
		l := layers.ByID(id)
		m := &rowMaker{Rand: random, reader: newSource(l).reader(v.rules)}
		for range n {
			m.scatter(t)
		}
		v.stacks = append(v.stacks, newStack(newLook(l), m.tables[id]))
	}
	return v
}

// tilesOf are the tiles of a zoom in which something of a city may be.
func tilesOf(v *View, zoom uint8) (out []tile.Addr) {
	b, _ := v.Extent()
	first, last := tile.At(zoom, geo.WorldX(b.Min[0]-0.1), geo.WorldY(b.Max[1]+0.1)), tile.At(zoom, geo.WorldX(b.Max[0]+0.1), geo.WorldY(b.Min[1]-0.1))
	for x := first.X; x <= last.X; x++ {
		for y := first.Y; y <= last.Y; y++ {
			out = append(out, tile.Addr{Z: zoom, X: x, Y: y})
		}
	}
	return out
}

// hexagons are those of a layer in a tile: properties as text, and corners in tile units.
func hexagonsIn(t testing.TB, v *View, p *Plan, layer string, addr tile.Addr) map[string]orb.Ring {
	t.Helper()
	made, err := v.Tile(t.Context(), p, addr)
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := mvt.Unmarshal(made.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]orb.Ring{}
	for _, l := range decoded {
		if l.Name != layer+layers.DensitySuffix {
			continue
		}
		for _, f := range l.Features {
			if f.ID != nil {
				t.Errorf("a hexagon has the id %v", f.ID)
			}
			var ring orb.Ring // of a multipolygon, should the edge of the tile leave two pieces
			switch g := f.Geometry.(type) {
			case orb.Polygon:
				ring = g[0]
			case orb.MultiPolygon:
				ring = g[0][0]
			}
			out[fmt.Sprint(f.Properties)] = ring
		}
	}
	return out
}

// TestCellsAreInAllTilesThatTheyMeet, with the same numbers in each, and their corners are those of their neighbours.
func TestCellsAreInAllTilesThatTheyMeet(t *testing.T) {
	v := randomCity(t, 3000)
	p := v.everything(t)
	for _, zoom := range []uint8{5, 8, 11, 12, 13} {
		met, several := map[string]int{}, 0 // how many tiles show a cell
		for _, addr := range tilesOf(v, zoom) {
			corners := map[orb.Point]int{}
			for properties, ring := range hexagonsIn(t, v, p, "parking_space", addr) {
				met[properties]++
				for _, q := range ring[1:] {
					corners[q]++
				}
			}
			for q, n := range corners {
				for r := range corners { // nobody's corner lies beside another's
					if d := max(math.Abs(q[0]-r[0]), math.Abs(q[1]-r[1])); d == 1 && q[0] > -60 && q[1] > -60 && q[0] < 4150 && q[1] < 4150 {
						t.Errorf("%v: corners %v (of %d) and %v", addr, q, n, r)
					}
				}
			}
		}
		want := map[string]int{} // by cell
		for _, addr := range tilesOf(v, zoom) {
			box := tileBox(addr)
			found := (&pass{workbench: new(workbench), stack: v.stack("parking_space"), addr: addr}).hexagons(level{layers.DensityRes(int(zoom)), -1})
			for i, h := range found.cells {
				if overlap(found.outline(i), box.MinX, box.MinY, box.MaxX, box.MaxY) {
					want[h.cells[h.i].String()]++
				}
			}
		}
		if len(met) != len(want) || len(met) == 0 { // the same cell with two numbers would count twice
			t.Errorf("zoom %d: %d kinds of hexagons, %d cells", zoom, len(met), len(want))
		}
		got := 0
		for _, n := range met {
			got += n
			if n > 1 {
				several++
			}
		}
		all := 0
		for _, n := range want {
			all += n
		}
		if math.Abs(float64(got-all)) > 0.01*float64(all) || zoom > 11 && several == 0 { // a piece thinner than a tile unit is not drawn
			t.Errorf("zoom %d: hexagons are shown %d times, %d cells in several tiles; want %d", zoom, got, several, all)
		}
	}
}

// overlap tells whether a hexagon and a box share an area of more than a corner.
func overlap(xy []uint32, minX, minY, maxX, maxY uint32) bool {
	b := orb.Bound{Min: orb.Point{float64(minX), float64(minY)}, Max: orb.Point{float64(maxX), float64(maxY)}}
	var ring orb.Ring
	for i := 0; i < len(xy); i += 2 {
		ring = append(ring, orb.Point{float64(xy[i]), float64(xy[i+1])})
	}
	// Separating axes: the sides of the box and those of the hexagon.
	axes := []orb.Point{{1, 0}, {0, 1}}
	for i, p := range ring {
		q := ring[(i+1)%len(ring)]
		axes = append(axes, orb.Point{q[1] - p[1], p[0] - q[0]})
	}
	square := []orb.Point{b.Min, b.RightBottom(), b.Max, b.LeftTop()}
	for _, a := range axes {
		lo1, hi1 := along(a, ring)
		lo2, hi2 := along(a, square)
		if hi1 <= lo2 || hi2 <= lo1 {
			return false
		}
	}
	return true
}

func along(a orb.Point, ps []orb.Point) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, p := range ps {
		d := a[0]*p[0] + a[1]*p[1]
		lo, hi = min(lo, d), max(hi, d)
	}
	return lo, hi
}

// TestCountedRowsAreTallies: counting rows gives what the tallies say, at every zoom and place.
func TestCountedRowsAreTallies(t *testing.T) {
	v := randomCity(t, 3000)
	filter, err := cql2.Parse("status IS NOT NULL")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range v.stacks {
		all, err := v.Plan(Query{Layers: []string{s.layer.ID}, Filter: filter})
		if err != nil {
			t.Fatal(err)
		}
		for zoom := range uint8(s.layer.Latest()) {
			for _, addr := range tilesOf(v, zoom) {
				at := levelOf(s.layer, int(zoom))
				p := &pass{workbench: new(workbench), ctx: t.Context(), stack: s, addr: addr}
				want := tell(p.hexagons(at))
				p.sieve = newSieve(all.shown[0].program)
				if diff := cmp.Diff(want, tell(p.hexagons(at))); diff != "" {
					t.Fatalf("%s at %v: %s", s.layer.ID, addr, diff)
				}
			}
		}
	}
}

func tell(found honeycomb) (out []string) {
	for i, h := range found.cells {
		k := len(h.unpacked()) / len(h.cells)
		sum := int64(0)
		if h.sums != nil {
			sum = h.sums[h.i]
		}
		out = append(out, fmt.Sprint(h.cells[h.i], h.unpacked()[h.i*k:(h.i+1)*k], sum, found.outline(i)))
	}
	return out
}

// TestParents: coarser hexagons have all features, wherever one looks from, and those below resolution 6 are sums of its cells.
func TestParents(t *testing.T) {
	v := randomCity(t, 3000)
	s := v.stack("parking_space")
	for _, at := range []level{{5, -1}, {3, -1}, {0, -1}, {6, -1}, {8, -1}} {
		want := map[hex.Cell]int32{}
		for _, p := range s.density.levels[0] {
			for i, c := range p.cells {
				want[c.Parent(at.res)] += int32(p.counts.at(i * s.density.gauge.stride()))
			}
		}
		seen := map[hex.Cell]int32{}
		for _, addr := range tilesOf(v, 13) {
			for _, h := range (&pass{workbench: new(workbench), stack: s, addr: addr}).hexagons(at).cells {
				c, n := h.cells[h.i], int32(h.counts.at(h.i*s.density.gauge.stride()))
				if was, twice := seen[c]; twice && was != n {
					t.Errorf("%v has %d or %d features", c, was, n)
				}
				seen[c] = n
			}
		}
		if at.res <= 6 && !cmp.Equal(want, seen) {
			t.Errorf("resolution %d: %s", at.res, cmp.Diff(want, seen))
		}
		total := int32(0)
		for _, n := range seen {
			total += n
		}
		if int(total) != s.len() {
			t.Errorf("resolution %d: %d of %d", at.res, total, s.len())
		}
	}
}

// TestManyCellsBecomeFewer: a tile of a whole country shows hexagons that it can hold, and nothing is lost.
func TestManyCellsBecomeFewer(t *testing.T) {
	l := layers.ByID("public_toilet")
	m := &rowMaker{Rand: rand.New(rand.NewPCG(3, 4)), reader: newSource(l).reader(&layers.Rules{})}
	for range 20_000 {
		m.add(t, orb.Point{100 + 15*m.Float64(), 25 + 10*m.Float64()}, nil)
	}
	v := &View{benches: new(sync.Pool), rules: &layers.Rules{}, stacks: []*stack{newStack(newLook(l), m.tables[l.ID])}}
	for _, zoom := range []uint8{0, 2, 4, 5} {
		total, cells := 0, map[string]bool{}
		for _, addr := range tilesOf(v, zoom) {
			made, err := v.Tile(t.Context(), v.everything(t), addr)
			if err != nil {
				t.Fatal(err)
			}
			decoded, err := mvt.Unmarshal(made.Bytes)
			if err != nil {
				t.Fatal(err)
			}
			if len(made.Bytes) > maxTileBytes || len(decoded) > 0 && len(decoded[0].Features) > maxHexagons {
				t.Errorf("%v: %d bytes, %d hexagons", addr, len(made.Bytes), len(decoded[0].Features))
			}
			if len(decoded) == 0 {
				continue
			}
			for _, f := range decoded[0].Features {
				if id := f.Properties["h3"].(string); !cells[id] {
					cells[id] = true
					total += int(f.Properties["count"].(float64))
				}
			}
		}
		if zoom <= 2 && total != 20_000 || total < 20_000 { // neighbouring tiles may differ in resolution
			t.Errorf("zoom %d: %d features in %d cells", zoom, total, len(cells))
		}
	}
}

// TestDensityOfAFilter counts what passes the filter only.
func TestDensityOfAFilter(t *testing.T) {
	v := randomCity(t, 2000)
	filter, err := cql2.Parse("status = 'damaged'")
	if err != nil {
		t.Fatal(err)
	}
	p, err := v.Plan(Query{Layers: []string{"parking_space"}, Filter: filter})
	if err != nil {
		t.Fatal(err)
	}
	want := 0
	s := v.stack("parking_space")
	for row := range s.segs[0].len() {
		if s.segs[0].column("status").value(row) == "damaged" {
			want++
		}
	}
	got := 0
	for _, addr := range tilesOf(v, 4) {
		made, err := v.Tile(t.Context(), p, addr)
		if err != nil {
			t.Fatal(err)
		}
		decoded, err := mvt.Unmarshal(made.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range decoded {
			for _, f := range l.Features {
				got += int(f.Properties["count"].(float64))
				if f.Properties["count"] != f.Properties["count_damaged"] || f.Properties["count_intact"] != nil {
					t.Errorf("%v", f.Properties)
				}
			}
		}
	}
	if got != want || want == 0 {
		t.Errorf("%d features, want %d", got, want)
	}
}

func TestMiddle(t *testing.T) {
	for _, c := range []struct {
		g    tile.Geometry
		x, y uint32
	}{
		{tile.Geometry{XY: []uint32{5, 7, 5, 7}}, 5, 7},
		{tile.Geometry{XY: []uint32{5, 7}}, 5, 7},
		{tile.Geometry{XY: []uint32{0, 0, 10, 0}}, 5, 0},
		{tile.Geometry{XY: []uint32{0, 0, 10, 0, 10, 0, 10, 30}}, 10, 10},
		{tile.Geometry{XY: []uint32{0, 0, 10, 0, 100, 0, 100, 30}, Ends: []uint32{2, 4}}, 100, 10},
		{tile.Geometry{XY: []uint32{0, 0, 30, 0, 100, 0, 100, 10}, Ends: []uint32{2, 4}}, 20, 0},
		{tile.Geometry{XY: []uint32{math.MaxUint32, 0, 0, 0}}, 1 << 31, 0},
	} {
		if x, y := middle(c.g); x != c.x || y != c.y {
			t.Errorf("the middle of %v is %d, %d", c.g.XY, x, y)
		}
	}
}

func BenchmarkTallies(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	l := layers.ByID("parking_space")
	m := &rowMaker{Rand: random, reader: newSource(l).reader(&layers.Rules{})}
	for range 500_000 {
		m.add(b, m.place(), nil)
	}
	t := m.tables[l.ID]
	b.Run("count 500,000 points", func(b *testing.B) {
		for b.Loop() {
			newTallies(t)
		}
	})
	s := newStack(newLook(l), t)
	bench := func(n int) {
		b.Run(fmt.Sprintf("change %d", n), func(b *testing.B) {
			b.ReportAllocs()
			d := s.density
			for b.Loop() {
				m := &rowMaker{Rand: random, reader: newSource(l).reader(&layers.Rules{})}
				var rows []rowRef
				b.StopTimer()
				for range n {
					rows = append(rows, rowRef{s.segs[0].block, random.IntN(s.len())})
					m.add(b, m.place(), nil)
				}
				b.StartTimer()
				d = d.change(m.tables[l.ID], rows)
			}
		})
	}
	bench(1)
	bench(1000)
	v := &View{benches: new(sync.Pool), rules: &layers.Rules{}, stacks: []*stack{s}}
	p := v.everything(b)
	for _, z := range []uint8{9, 11, 13} {
		b.Run(fmt.Sprintf("tile z%d", z), func(b *testing.B) {
			tiles, i, bytes, cells := walk(z), 0, 0, 0
			tiles = slices.DeleteFunc(tiles, func(a tile.Addr) bool {
				return len((&pass{workbench: new(workbench), stack: s, addr: a}).hexagons(level{layers.DensityRes(int(z)), -1}).cells) == 0
			})
			b.ReportAllocs()
			for b.Loop() {
				made, err := v.Tile(b.Context(), p, tiles[i%len(tiles)])
				if err != nil {
					b.Fatal(err)
				}
				bytes += len(made.Bytes)
				cells += made.Features
				i++
			}
			b.ReportMetric(float64(bytes)/float64(b.N), "bytes/tile")
			b.ReportMetric(float64(cells)/float64(b.N), "cells/tile")
		})
	}
	b.Logf("%d bytes", s.density.size())
}
