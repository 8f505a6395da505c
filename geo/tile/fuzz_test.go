package tile_test

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/paulmach/orb"

	"wangge/geo/tile"
)

// geometryFrom makes a geometry of any kind from bytes: coordinates anywhere in the world, but mostly near the tile, and
// parts and polygons cut anywhere.
func geometryFrom(kind uint8, data []byte, cuts uint64) tile.Geometry {
	g := tile.Geometry{Kind: tile.Kind(1 + kind%3)}
	x0, y0 := at(0, 0)
	for ; len(data) >= 5; data = data[5:] {
		x, y := uint32(binary.LittleEndian.Uint16(data)), uint32(binary.LittleEndian.Uint16(data[2:]))
		switch data[4] % 4 {
		case 0: // anywhere
			g.XY = append(g.XY, x<<16|y, y<<16|x)
		case 1: // a few units around a corner of the clip box
			g.XY = append(g.XY, x0-64*64+x%512-256, y0-64*64+y%512-256)
		default: // in and around the tile, on whole units half of the time
			u := uint32(5 + data[4]%2)
			g.XY = append(g.XY, x0-(1<<16)+x<<u, y0-(1<<16)+y<<u)
		}
	}
	if cuts == 0 || g.Kind == tile.Points {
		return g
	}
	n := uint32(len(g.XY) / 2)
	for end := uint32(0); end < n; cuts = cuts>>3 | cuts<<61 {
		end = min(end+uint32(cuts&7), n)
		if cuts&7 == 0 {
			end = n
		}
		g.Ends = append(g.Ends, end)
	}
	if g.Kind == tile.Polygons && cuts>>62 > 0 {
		for i := 0; i < len(g.Ends); i += int(cuts >> 62) {
			g.Polys = append(g.Polys, uint32(min(i+int(cuts>>62), len(g.Ends))))
		}
	}
	return g
}

// FuzzEncode holds that any coordinates give a tile that can be read and obeys the rules, with any buffer.
func FuzzEncode(f *testing.F) {
	f.Add(uint8(2), []byte("01230123401230432104321043211111222233334444"), uint64(0), uint8(14))
	f.Add(uint8(1), []byte("aaaaabbbbbcccccdddddeeeeefffff"), uint64(3), uint8(18))
	f.Add(uint8(0), []byte("aaaaabbbbb"), uint64(0), uint8(8))
	f.Add(uint8(2), []byte("0000000001111122222333334444455555666667777788888999991010102020230303"), uint64(0x4444), uint8(16))
	f.Fuzz(func(t *testing.T, kind uint8, data []byte, cuts uint64, z uint8) {
		g := geometryFrom(kind, data, cuts)
		x, y := at(100, 100)
		for _, a := range []tile.Addr{here, tile.At(z%(tile.MaxZoom+1), x, y)} {
			for _, buffer := range []int{0, 64, 4096} {
				got := encodeWith(t, a, g, buffer)
				if got != nil {
					wellFormed(t, got, float64(buffer))
				}
			}
		}
	})
}

func encodeWith(t *testing.T, a tile.Addr, g tile.Geometry, buffer int) orb.Geometry {
	t.Helper()
	var e tile.Encoder
	e.Begin(a, buffer)
	e.Layer("fuzz", tile.Dict{})
	if !add(&e, 1, g, nil) {
		if len(e.Bytes()) != 0 {
			t.Error("nothing was left, but it takes bytes")
		}
		return nil
	}
	return decode(t, e.Bytes())[0].Features[0].Geometry
}

// FuzzClipKeepsArea holds that clipping loses nothing: a ragged polygon within a tile, cut between the four tiles below it
// without a buffer, has the same area in all of them together. Its vertices are on whole units, so that only the
// crossings of the cuts are rounded.
func FuzzClipKeepsArea(f *testing.F) {
	f.Add([]byte("abcdefghijklmnopqrstuvwxyz"), false)
	f.Add([]byte("a0b1c2d3e4f5g6h7i8j9"), true)
	f.Fuzz(func(t *testing.T, radii []byte, hole bool) {
		if len(radii) < 3 || len(radii) > 200 {
			t.Skip("too few or too many corners for a shape")
		}
		g := rays(radii, hole)
		whole := 4 * areaWith(t, here, g, 0) // a unit below is half a unit here
		var parts float64
		for i := range uint32(4) {
			parts += areaWith(t, tile.Addr{Z: here.Z + 1, X: 2*here.X + i%2, Y: 2*here.Y + i/2}, g, 0)
		}
		// A crossing moves by at most half a unit, which turns two edges of up to 4,096 units.
		if d := math.Abs(parts - whole); d > 4096*float64(len(g.XY)/2) || whole > 1e6 && d/whole > 0.02 {
			t.Errorf("whole %v, quarters %v", whole, parts)
		}
	})
}

// rays is a star-shaped ring within the tile, run around its centre, with a smaller copy as a hole.
func rays(radii []byte, hole bool) tile.Geometry {
	dirs := len(radii)
	g := tile.Geometry{Kind: tile.Polygons}
	ring := func(scale float64) {
		for i, b := range radii {
			s, c := sincos(i, dirs)
			d := (20 + float64(b)*7) * scale
			x, y := at(2048, 2048)
			g.XY = append(g.XY, uint32(int64(x)+int64(d*c)*64), uint32(int64(y)+int64(d*s)*64))
		}
		g.Ends = append(g.Ends, uint32(len(g.XY)/2))
	}
	ring(1)
	if hole {
		ring(0.5)
	}
	return g
}

func sincos(i, n int) (s, c float64) { return math.Sincos(2 * math.Pi * float64(i) / float64(n)) }

func areaWith(t *testing.T, a tile.Addr, g tile.Geometry, buffer int) float64 {
	t.Helper()
	got := encodeWith(t, a, g, buffer)
	if got == nil {
		return 0
	}
	wellFormed(t, got, float64(buffer))
	switch got := got.(type) {
	case orb.Polygon:
		return polygonArea(got)
	case orb.MultiPolygon:
		var sum float64
		for _, p := range got {
			sum += polygonArea(p)
		}
		return sum
	}
	return 0
}
