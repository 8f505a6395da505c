package city

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/geo/pgeom"
	"wangge/geo/tile"
	"wangge/layers"
)

// The benchmark city has 965,000 features over 36 × 36 km (DESIGN, section 9), made without a database.
const (
	benchParking = 500_000
	benchRamps   = 299_000
	benchRoads   = 150_000
	benchToilets = 10_000
	benchSites   = 5_000
	benchAlleys  = 1_000
)

var benchCentre = orb.Point{120, 36.27}

// rowMaker makes rows as the record sends them.
type rowMaker struct {
	*rand.Rand
	*reader
	id int64
}

func (m *rowMaker) place() orb.Point {
	return orb.Point{benchCentre[0] + 0.4*(m.Float64()-0.5), benchCentre[1] + 0.324*(m.Float64()-0.5)}
}

// add makes a row with some values; enumerations get one of their codes.
func (m *rowMaker) add(b testing.TB, g orb.Geometry, values map[string]string) {
	m.id++
	shape, err := pgeom.Encode(g)
	if err != nil {
		b.Fatal(err)
	}
	fields := [][]byte{binary.BigEndian.AppendUint64(nil, uint64(m.id)), shape, nil}
	for _, f := range m.columns {
		v, given := values[f.Name]
		switch {
		case given:
			fields = append(fields, []byte(v))
		case f.Type == layers.Enum:
			fields = append(fields, []byte(f.Values[m.IntN(len(f.Values))].Code))
		case f.Type == layers.Boolean:
			fields = append(fields, []byte{byte(m.IntN(2))})
		case f.Type == layers.Integer:
			fields = append(fields, binary.BigEndian.AppendUint64(nil, uint64(m.IntN(100))))
		case f.Type == layers.Number:
			fields = append(fields, binary.BigEndian.AppendUint64(nil, math.Float64bits(m.Float64())))
		default:
			fields = append(fields, nil)
		}
	}
	if err := m.row(fields); err != nil {
		b.Fatal(err)
	}
}

// benchCity makes the city, or a part of it. It is made once.
func benchCity(b testing.TB, share float64) *View {
	b.Helper()
	v := &View{benches: new(sync.Pool), rules: &layers.Rules{}}
	random := rand.New(rand.NewPCG(1, 2))
	fill := func(l *layers.Layer, n int, one func(m *rowMaker)) {
		m := &rowMaker{Rand: random, reader: newSource(l).reader(v.rules)}
		for range int(float64(n) * share) {
			one(m)
		}
		v.stacks = append(v.stacks, newStack(newLook(l), m.tables[l.ID]))
	}
	code := func(m *rowMaker, kind string) map[string]string {
		return map[string]string{"code": fmt.Sprintf("370281%s%06d", kind, m.id)}
	}
	fill(layers.ByID("road"), benchRoads, func(m *rowMaker) { m.add(b, m.line(10), code(m, "DL")) })
	fill(layers.ByID("back_alley"), benchAlleys, func(m *rowMaker) { m.add(b, m.line(4), code(m, "BJ")) })
	point := func(kind string) func(m *rowMaker) {
		return func(m *rowMaker) { m.add(b, m.place(), code(m, kind)) }
	}
	fill(layers.ByID("public_toilet"), benchToilets, point("GC"))
	fill(layers.ByID("barrier_free_ramp"), benchRamps, point("PD"))
	fill(layers.ByID("parking_space"), benchParking, func(m *rowMaker) {
		at := m.place()
		const w, h = 0.00003, 0.00005
		m.add(b, orb.Polygon{{at, orb.Point{at[0] + w, at[1]}, orb.Point{at[0] + w, at[1] + h}, orb.Point{at[0], at[1] + h}, at}}, code(m, "TC"))
	})
	fill(layers.ByID("construction_site"), benchSites, point("GD"))
	return v
}

func (m *rowMaker) line(n int) (line orb.LineString) {
	at := m.place()
	for range n {
		at = orb.Point{at[0] + 0.0004*(m.Float64()-0.3), at[1] + 0.0003*(m.Float64()-0.3)}
		line = append(line, at)
	}
	return line
}

var theBenchCity = sync.OnceValue(func() *View { return benchCity(new(testing.B), 1) })

// walk are the tiles of a zoom around the middle of the city.
func walk(z uint8) (out []tile.Addr) {
	at := tile.At(z, geo.WorldX(benchCentre[0]), geo.WorldY(benchCentre[1]))
	for dx := range uint32(4) {
		for dy := range uint32(4) {
			out = append(out, tile.Addr{Z: z, X: at.X - 2 + dx, Y: at.Y - 2 + dy})
		}
	}
	return out
}

// everything asks for all layers.
func (v *View) everything(b testing.TB) *Plan {
	var ids []string
	for _, l := range v.Layers() {
		ids = append(ids, l.ID)
	}
	p, err := v.Plan(Query{Layers: ids})
	if err != nil {
		b.Fatal(err)
	}
	return p
}

func BenchmarkTile(b *testing.B) {
	v := theBenchCity()
	p := v.everything(b)
	for _, z := range []uint8{12, 14, 16, 18} {
		b.Run(fmt.Sprintf("z%d", z), func(b *testing.B) {
			tiles, bytes, features, i := walk(z), 0, 0, 0
			b.ReportAllocs()
			for b.Loop() {
				body, err := v.Tile(b.Context(), p, tiles[i%len(tiles)])
				if err != nil {
					b.Fatal(err)
				}
				bytes += len(body.Bytes)
				features += body.Features
				i++
			}
			b.ReportMetric(float64(bytes)/float64(b.N), "bytes/tile")
			b.ReportMetric(float64(features)/float64(b.N), "features/tile")
		})
	}
}

func BenchmarkContentHash(b *testing.B) {
	v := theBenchCity()
	p := v.everything(b)
	tiles, i := walk(14), 0
	for b.Loop() {
		v.ContentHash(p, tiles[i%len(tiles)])
		i++
	}
}

func BenchmarkSearch(b *testing.B) {
	v := theBenchCity()
	for _, q := range []string{"370281tc012345", "TC4999", "99999", "没有"} {
		b.Run(q, func(b *testing.B) {
			for b.Loop() {
				v.Search(q, 20)
			}
		})
	}
}

// BenchmarkApply is what a change of one feature costs the follower, without the database.
func BenchmarkApply(b *testing.B) {
	s := theBenchCity().stack("parking_space")
	fresh := newTable(s.layer)
	fresh.pushFrom(&s.segs[0].table, 4711, s.segs[0].memos(true))
	fresh.hashes[0] = fresh.digest(0)
	i := 0
	for b.Loop() {
		fresh.ids[0] = s.segs[0].ids[i%benchParking]
		s = s.apply(slices.Clone(fresh.ids), fresh, 0)
		i += 101
	}
	b.ReportMetric(float64(len(s.segs)), "blocks")
}

func BenchmarkMerge(b *testing.B) {
	s := theBenchCity().stack("parking_space")
	for b.Loop() {
		s.merged()
	}
}

// BenchmarkMemory tells the live heap and what we believe it is.
func BenchmarkMemory(b *testing.B) {
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		v := benchCity(b, 1)
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "heap-MB")
		b.ReportMetric(float64(v.bytes())/1e6, "told-MB")
	}
}
