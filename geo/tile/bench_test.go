package tile_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"wangge/geo/tile"
)

// scene is a z14 tile of the benchmark city: 3,300 features, half of them parking polygons, a third ramps, the rest roads.
// Parking and ramps have six attributes that come again and again, in sets, and a code of their own; roads have five, and a
// name that neighbours share.
type scene struct {
	dict  tile.Dict
	sets  *tile.Sets
	named uint32 // key of the text
	kinds []kindOfScene
}

// kindOfScene has its features in columns, as a store has them.
type kindOfScene struct {
	layer  string
	kind   tile.Kind
	xy     []uint32
	ends   []uint32 // of features in xy
	set    []uint32
	texts  []byte
	words  []uint32 // ends of features in texts
	tokens []uint32
}

func (k *kindOfScene) geometry(i int) *tile.Geometry {
	return &tile.Geometry{Kind: k.kind, XY: k.xy[begin(k.ends, i):k.ends[i]]}
}

func (k *kindOfScene) text(i int) []byte { return k.texts[begin(k.words, i):k.words[i]] }

func begin(ends []uint32, i int) uint32 {
	if i == 0 {
		return 0
	}
	return ends[i-1]
}

func newScene() *scene {
	r := rand.New(rand.NewPCG(1, 2))
	s := &scene{}
	s.words(r)
	s.kinds = []kindOfScene{
		{layer: "road", kind: tile.Lines}, {layer: "barrier_free_ramp", kind: tile.Points}, {layer: "parking_space", kind: tile.Polygons}}
	for i := range 500 {
		x, y := at(r.IntN(4600)-250, r.IntN(4600)-250)
		var xy []uint32
		for range 10 {
			x, y = x+r.Uint32N(4000), y+r.Uint32N(4000)-2000
			xy = append(xy, x, y)
		}
		s.add(r, 0, xy, fmt.Sprintf("澳门路%d", i/8), uint32(1+i/8))
	}
	for i := range 1050 {
		x, y := at(r.IntN(4200)-50, r.IntN(4200)-50)
		s.add(r, 1, []uint32{x, y}, fmt.Sprintf("3702810107%06d", i), 0)
	}
	for i := range 1750 {
		x, y := at(r.IntN(4200)-50, r.IntN(4200)-50)
		s.add(r, 2, []uint32{x, y, x + 700, y + 90, x + 640, y + 1000, x - 60, y + 910}, fmt.Sprintf("3702810115%06d", i), 0)
	}
	return s
}

// words fills the dictionary and makes 200 sets of six pairs.
func (s *scene) words(r *rand.Rand) {
	var b tile.DictBuilder
	var sets tile.SetsBuilder
	keys := []uint32{b.Key("status"), b.Key("kind"), b.Key("layout"), b.Key("access"), b.Key("capacity"), b.Key("competent_dept")}
	s.named = b.Key("code")
	for range 200 {
		var pairs []uint32
		for i, k := range keys {
			v := tile.String(fmt.Sprintf("value %d of %d", r.IntN(6), i))
			if i == 4 {
				v = tile.Int(r.Int64N(40))
			}
			pairs = append(pairs, k, b.Value(v))
		}
		sets.Add(pairs)
	}
	s.dict, s.sets = b.Dict(), sets.Sets()
}

func (s *scene) add(r *rand.Rand, kind int, xy []uint32, text string, token uint32) {
	k := &s.kinds[kind]
	k.xy, k.texts = append(k.xy, xy...), append(k.texts, text...)
	k.ends, k.words = append(k.ends, uint32(len(k.xy))), append(k.words, uint32(len(k.texts)))
	k.set, k.tokens = append(k.set, r.Uint32N(uint32(s.sets.Len()))), append(k.tokens, token)
}

func (s *scene) encode(e *tile.Encoder) []byte {
	e.Begin(here, tile.DefaultBufferPx)
	for i := range s.kinds {
		s.layer(e, &s.kinds[i])
	}
	return e.Bytes()
}

func (s *scene) layer(e *tile.Encoder, k *kindOfScene) {
	e.Layer(k.layer, s.dict)
	e.Use(s.sets, nil)
	for i := range k.ends {
		if e.Open(uint64(500_000+i), k.geometry(i)) {
			e.TagSet(k.set[i])
			e.TagText(s.named, k.text(i), k.tokens[i])
			e.Close()
		}
	}
}

func BenchmarkEncodeTile(b *testing.B) {
	s := newScene()
	var e tile.Encoder
	b.SetBytes(int64(len(s.encode(&e))))
	n := 0
	for _, k := range s.kinds {
		n += len(k.ends)
	}
	b.ReportAllocs()
	for b.Loop() {
		s.encode(&e)
	}
	perFeature(b, n)
}

func perFeature(b *testing.B, n int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/feature")
}

// benchmarkLayer encodes the features of one kind, as a layer of a tile.
func benchmarkLayer(b *testing.B, s *scene, k *kindOfScene) {
	var e tile.Encoder
	b.ReportAllocs()
	for b.Loop() {
		e.Begin(here, tile.DefaultBufferPx)
		s.layer(&e, k)
		e.Bytes()
	}
	perFeature(b, len(k.ends))
}

func benchmarkKind(b *testing.B, kind int) {
	s := newScene()
	benchmarkLayer(b, s, &s.kinds[kind])
}

func BenchmarkEncodeLine(b *testing.B)    { benchmarkKind(b, 0) }
func BenchmarkEncodePoint(b *testing.B)   { benchmarkKind(b, 1) }
func BenchmarkEncodePolygon(b *testing.B) { benchmarkKind(b, 2) }

// BenchmarkEncodeBare leaves the attributes away.
func BenchmarkEncodeBare(b *testing.B) {
	s := newScene()
	var e tile.Encoder
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		n = 0
		e.Begin(here, tile.DefaultBufferPx)
		for i := range s.kinds {
			e.Layer(s.kinds[i].layer, s.dict)
			k := &s.kinds[i]
			for j := range k.ends {
				if n++; e.Open(uint64(500_000+j), k.geometry(j)) {
					e.Close()
				}
			}
		}
		e.Bytes()
	}
	perFeature(b, n)
}

// BenchmarkEncodeClippedPolygon cuts cells of a net that lie across the edge of the tile.
func BenchmarkEncodeClippedPolygon(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	s := newScene()
	x, y := at(-500, -500)
	cells, _ := net(r, x, y, 900*64, 6)
	s.kinds = []kindOfScene{{layer: "unit_grid", kind: tile.Polygons}}
	for i, c := range cells {
		if i%6 == 0 || i/6 == 0 || i%6 == 5 || i/6 == 5 {
			s.add(r, 0, c.XY, "370281", 0)
		}
	}
	benchmarkLayer(b, s, &s.kinds[0])
}

// BenchmarkTagValue interns numbers, most of which came before.
func BenchmarkTagValue(b *testing.B) {
	s := newScene()
	point := tile.Geometry{Kind: tile.Points, XY: flat(1, 1)}
	var e tile.Encoder
	b.ReportAllocs()
	for b.Loop() {
		e.Begin(here, tile.DefaultBufferPx)
		e.Layer("width", s.dict)
		for i := range 1000 {
			e.Open(uint64(i), &point)
			e.TagValue(s.named, tile.Double(float64(i*i%97)/10))
			e.Close()
		}
		e.Bytes()
	}
	perFeature(b, 1000)
}
