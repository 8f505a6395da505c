package tile_test

import (
	"math/rand/v2"
	"testing"

	"wangge/geo/tile"
)

// scene is a z14 tile of the benchmark city: 3,300 features, half of them parking polygons, a third ramps, the rest roads.
type scene struct {
	dict     tile.Dict
	parking  []tile.Geometry
	ramps    []tile.Geometry
	roads    []tile.Geometry
	tagPairs [][]uint32
}

func newScene() scene {
	r := rand.New(rand.NewPCG(1, 2))
	var b tile.DictBuilder
	var s scene
	keys := []uint32{b.Key("status"), b.Key("kind"), b.Key("capacity"), b.Key("layout")}
	for range 64 {
		var pairs []uint32
		for _, k := range keys {
			pairs = append(pairs, k, b.Value(tile.Int(r.Int64N(40))))
		}
		s.tagPairs = append(s.tagPairs, pairs)
	}
	s.dict = b.Dict()
	for range 1750 {
		x, y := at(r.IntN(4200)-50, r.IntN(4200)-50)
		s.parking = append(s.parking, tile.Geometry{Kind: tile.Polygons, XY: []uint32{x, y, x + 700, y + 90, x + 640, y + 1000, x - 60, y + 910}})
	}
	for range 1050 {
		x, y := at(r.IntN(4200)-50, r.IntN(4200)-50)
		s.ramps = append(s.ramps, tile.Geometry{Kind: tile.Points, XY: []uint32{x, y}})
	}
	for range 500 {
		x, y := at(r.IntN(4600)-250, r.IntN(4600)-250)
		var xy []uint32
		for range 10 {
			x, y = x+r.Uint32N(4000), y+r.Uint32N(4000)-2000
			xy = append(xy, x, y)
		}
		s.roads = append(s.roads, tile.Geometry{Kind: tile.Lines, XY: xy})
	}
	return s
}

func (s *scene) encode(e *tile.Encoder) []byte {
	e.Begin(here, tile.DefaultBufferPx)
	for _, l := range []struct {
		name     string
		features []tile.Geometry
	}{{"road", s.roads}, {"barrier_free_ramp", s.ramps}, {"parking_space", s.parking}} {
		e.Layer(l.name, s.dict)
		for i, g := range l.features {
			e.Feature(uint64(i+1), g, s.tagPairs[i%len(s.tagPairs)])
		}
	}
	return e.Bytes()
}

func BenchmarkEncodeTile(b *testing.B) {
	s := newScene()
	var e tile.Encoder
	b.SetBytes(int64(len(s.encode(&e))))
	b.ReportAllocs()
	for b.Loop() {
		s.encode(&e)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(s.roads)+len(s.ramps)+len(s.parking)), "ns/feature")
}

func benchmarkFeatures(b *testing.B, features []tile.Geometry) {
	s := newScene()
	var e tile.Encoder
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if i%1000 == 0 {
			e.Begin(here, tile.DefaultBufferPx)
			e.Layer("l", s.dict)
		}
		e.Feature(uint64(i+1), features[i%len(features)], s.tagPairs[i%len(s.tagPairs)])
		i++
	}
}

func BenchmarkEncodePoint(b *testing.B)   { benchmarkFeatures(b, newScene().ramps) }
func BenchmarkEncodeLine(b *testing.B)    { benchmarkFeatures(b, newScene().roads) }
func BenchmarkEncodePolygon(b *testing.B) { benchmarkFeatures(b, newScene().parking) }

// BenchmarkEncodeClippedPolygon cuts cells of a net that lie across the edge of the tile.
func BenchmarkEncodeClippedPolygon(b *testing.B) {
	x, y := at(-500, -500)
	cells, _ := net(rand.New(rand.NewPCG(1, 2)), x, y, 900*64, 6)
	var across []tile.Geometry
	for i, c := range cells {
		if i%6 == 0 || i/6 == 0 || i%6 == 5 || i/6 == 5 {
			across = append(across, c)
		}
	}
	benchmarkFeatures(b, across)
}
