package tile_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"wangge/geo/tile"
)

// FuzzQuickWay holds that the quick ways and the long one write the same geometry: of whatever coordinates, in any tile and
// with any buffer.
func FuzzQuickWay(f *testing.F) {
	f.Add(uint8(2), []byte("0123z0123z0123z2104z210"), uint64(0), uint8(14))
	f.Add(uint8(2), []byte("\x00\x40\x00\x40\x02\x40\x40\x00\x40\x02\x40\x40\x40\x40\x02\x00\x40\x40\x40\x02"), uint64(0), uint8(14))
	f.Add(uint8(1), []byte("aaaaabbbbbcccccdddddeeeeefffff"), uint64(0), uint8(18))
	f.Add(uint8(0), []byte("aaaaa"), uint64(0), uint8(8))
	f.Fuzz(func(t *testing.T, kind uint8, data []byte, cuts uint64, z uint8) {
		var w ways
		g := geometryFrom(kind, data, cuts)
		w.same(t, here, g)
		x, y := at(100, 100)
		w.same(t, tile.At(z%(tile.MaxZoom+1), x, y), g)
		last := uint32(1)<<(z%(tile.MaxZoom+1)) - 1
		for _, edge := range []tile.Addr{{Z: z % (tile.MaxZoom + 1)}, {Z: z % (tile.MaxZoom + 1), X: last, Y: last}} {
			w.same(t, edge, g)
		}
	})
}

// ways are encoders for the two ways, used over and over.
type ways struct{ quick, long tile.Encoder }

func (w *ways) same(t *testing.T, a tile.Addr, g tile.Geometry) {
	t.Helper()
	for _, buffer := range []int{0, 64, 2047, 2048, 4096} {
		for _, e := range []*tile.Encoder{&w.quick, &w.long} {
			e.Begin(a, buffer)
			if e == &w.long {
				e.LongWay()
			}
			e.Layer("one", tile.Dict{})
			if e.Open(1, &g) {
				e.Close()
			}
		}
		if slices.Equal(w.quick.Bytes(), w.long.Bytes()) {
			continue
		}
		if diff := cmp.Diff(geometryOf(t, w.long.Bytes()), geometryOf(t, w.quick.Bytes())); diff != "" {
			t.Fatalf("%v, buffer %d: %v\n%s", a, buffer, g, diff)
		}
	}
}

// geometryOf is the geometry of the only feature, canonical, or nil.
func geometryOf(t *testing.T, b []byte) orb.Geometry {
	t.Helper()
	layers := decode(t, b)
	if len(layers) == 0 {
		return nil
	}
	return canonical(layers[0].Features[0].Geometry)
}

// TestQuickWay runs shapes as cities have them: small, with repeated and straight positions, around the edge of the tile and
// across it.
func TestQuickWay(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var w ways
	for range 20_000 {
		z := uint8(10 + r.IntN(9))
		x, y := at(r.IntN(4400)-150, r.IntN(4400)-150)
		g := tile.Geometry{Kind: tile.Kind(1 + r.IntN(3)), XY: walk(r, x, y, 1+r.IntN(12), 1<<(r.IntN(14)+4))}
		if r.IntN(2) == 0 {
			g.XY = append(g.XY, g.XY[0], g.XY[1])
		}
		if g.Kind == tile.Lines && r.IntN(2) == 0 {
			g.Keep = zooms(r, len(g.XY)/2)
		}
		w.same(t, tile.At(z, x, y), g)
	}
}

// TestQuickWayAtTheEdge runs shapes near the corners of the world, where tiles reach beyond it.
func TestQuickWayAtTheEdge(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	var w ways
	for range 20_000 {
		z := uint8(r.IntN(tile.MaxZoom + 1))
		corner := func() uint32 {
			n := r.Uint32() >> (r.IntN(int(z) + 2))
			if r.IntN(2) == 0 {
				return ^n
			}
			return n
		}
		g := tile.Geometry{Kind: tile.Kind(1 + r.IntN(3))}
		for range 1 + r.IntN(5) {
			g.XY = append(g.XY, corner(), corner())
		}
		w.same(t, tile.At(z, corner(), corner()), g)
	}
}

// walk is a random walk; some of its steps are repeated, some have no length.
func walk(r *rand.Rand, x, y uint32, n int, size int32) []uint32 {
	xy := []uint32{x, y}
	var dx, dy int32
	for range n - 1 {
		switch r.IntN(6) {
		case 0:
		case 1:
			dx, dy = 0, 0
		case 2:
			dx, dy = -dx, -dy
		default:
			dx, dy = r.Int32N(2*size)-size, r.Int32N(2*size)-size
		}
		x, y = x+uint32(dx), y+uint32(dy)
		xy = append(xy, x, y)
	}
	return xy
}

func zooms(r *rand.Rand, n int) []uint8 {
	keep := make([]uint8, n)
	for i := range keep {
		keep[i] = uint8(r.IntN(20))
	}
	return keep
}

// TestKeep holds that a line with positions that are passed over is the line built without them.
func TestKeep(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 3000 {
		x, y := at(r.IntN(4400)-150, r.IntN(4400)-150)
		a := tile.At(uint8(8+r.IntN(11)), x, y)
		all, some := tile.Geometry{Kind: tile.Lines}, tile.Geometry{Kind: tile.Lines}
		for range 1 + r.IntN(3) {
			part := walk(r, x, y, 1+r.IntN(10), 60_000)
			keep := zooms(r, len(part)/2)
			all.XY, all.Keep = append(all.XY, part...), append(all.Keep, keep...)
			all.Ends = append(all.Ends, uint32(len(all.XY)/2))
			for i, z := range keep {
				if z <= a.Z {
					some.XY = append(some.XY, part[2*i], part[2*i+1])
				}
			}
			some.Ends = append(some.Ends, uint32(len(some.XY)/2))
		}
		if len(all.Ends) == 1 && r.IntN(2) == 0 {
			all.Ends = nil
		}
		if diff := cmp.Diff(one(t, a, some), one(t, a, all)); diff != "" {
			t.Fatalf("%v %v: %s", a, all, diff)
		}
	}
}
