package coverage

import (
	"bytes"
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"

	"wangge/geo"
	"wangge/geo/hex"
	"wangge/geo/tile"
	"wangge/geo/walk"
)

// TestTile: every hexagon that meets a tile is in it once, with its number and what it says, at every zoom; no tile is too large.
func TestTile(t *testing.T) {
	h := someHexes(t, 12, 0.015, 2)
	for z := range uint8(19) {
		addr := tile.At(z, geo.WorldX(120.006), geo.WorldY(36.008))
		data := h.Tile(addr, "coverage_test")
		if len(data) > MaxTileBytes {
			t.Errorf("%s has %d bytes", addr, len(data))
		}
		if !bytes.Equal(data, h.Tile(addr, "coverage_test")) {
			t.Errorf("%s is not the same twice", addr)
		}
		layers, err := mvt.Unmarshal(data)
		if err != nil || len(layers) != 1 || layers[0].Name != "coverage_test" {
			t.Fatalf("%s: %v, %d layers", addr, err, len(layers))
		}
		l := h.Level(TileRes(int(z), 12))
		checkTile(t, addr, l, layers[0])
	}
}

func checkTile(t *testing.T, addr tile.Addr, l *Level, layer *mvt.Layer) {
	t.Helper()
	seen := map[int]bool{}
	for _, f := range layer.Features {
		id := int(f.ID.(float64))
		i := id / 16
		if id%16 != l.Res || i >= len(l.Cells) || seen[i] || f.Properties["h3"] != l.Cells[i].String() {
			t.Fatalf("%s: feature %d, %v", addr, id, f.Properties)
		}
		seen[i] = true
		d, near := f.Properties["d"]
		if want := l.Flags[i]&FlagNoNetwork == 0 && l.MM[i] != walk.Never; near != want || near && d != float64((l.MM[i]+999)/1000) {
			t.Errorf("%s: feature %d is %v away, want %d mm", addr, id, d, l.MM[i])
		}
		_, n := f.Properties["n"]
		_, a := f.Properties["a"]
		if n != (l.Flags[i]&FlagNoNetwork != 0) || a != (l.Flags[i]&FlagAmbiguous != 0) || f.Properties["p"] != float64((l.Persons[i]+500)/1000) {
			t.Errorf("%s: feature %d: %v", addr, id, f.Properties)
		}
	}
	x0, y0, x1, y1 := addr.WorldBox(0)
	for i, c := range l.Cells {
		at := c.AppendOutline(nil)
		if x, y := at[0], at[1]; x > x0 && x < x1 && y > y0 && y < y1 && !seen[i] {
			t.Errorf("%s: %v is missing", addr, c)
		}
	}
}

// TestTileElsewhere: there is nothing where no hexagon is.
func TestTileElsewhere(t *testing.T) {
	h := someHexes(t, 11, 0.02, 3)
	if data := h.Tile(tile.At(12, geo.WorldX(100), geo.WorldY(30)), "x"); len(data) != 0 {
		t.Errorf("%d bytes", len(data))
	}
	empty := &Hexes{Sheet: sheetOver(t, 11)}
	if data := empty.Tile(tile.Addr{}, "x"); len(data) != 0 {
		t.Errorf("%d bytes of nothing", len(data))
	}
}

// TestLevel: coarser hexagons have the lower median of their children, by area, and all their persons.
func TestLevel(t *testing.T) {
	h := someHexes(t, 11, 0.02, 4)
	for _, res := range []int{10, 9, 7, 4} {
		l := h.Level(res)
		var persons uint64
		children := map[hex.Cell][]int{}
		for i, c := range h.Sheet.Cells {
			children[c.Parent(res)] = append(children[c.Parent(res)], i)
			persons += uint64(h.Persons[i])
		}
		if len(children) != len(l.Cells) || !slices.IsSorted(l.Cells) {
			t.Fatalf("%d parents, want %d", len(l.Cells), len(children))
		}
		for i, c := range l.Cells {
			mm, flags := plainMedian(h, children[c])
			if l.MM[i] != mm || l.Flags[i] != flags {
				t.Fatalf("%v: %d, %d, want %d, %d", c, l.MM[i], l.Flags[i], mm, flags)
			}
			persons -= uint64(l.Persons[i])
		}
		if persons != 0 {
			t.Errorf("res %d: %d persons are missing", res, persons)
		}
	}
	if h.Level(12) != h.Level(11) || h.Level(-1) != h.Level(0) {
		t.Error("levels that are not there")
	}
}

// plainMedian goes through the children one dm² at a time, as it were.
func plainMedian(h *Hexes, children []int) (uint32, uint8) {
	var network []int
	var all, own, ambiguous uint64
	for _, i := range children {
		all += uint64(h.Sheet.DM2[i])
		if h.Flags[i] == FlagNoNetwork {
			continue
		}
		network, own = append(network, i), own+uint64(h.Sheet.DM2[i])
		if h.Flags[i] == FlagAmbiguous {
			ambiguous += uint64(h.Sheet.DM2[i])
		}
	}
	if all-own > own {
		return walk.Never, FlagNoNetwork
	}
	flags := uint8(0)
	if ambiguous > own-ambiguous {
		flags = FlagAmbiguous
	}
	slices.SortFunc(network, func(i, k int) int { return cmp.Compare(h.MM[i], h.MM[k]) })
	below := uint64(0)
	for _, i := range network {
		if below += uint64(h.Sheet.DM2[i]); below >= own-below {
			return h.MM[i], flags
		}
	}
	return walk.Never, flags
}

// TestLevelAfter: what is taken from an earlier state is what would have been worked out.
func TestLevelAfter(t *testing.T) {
	before := someHexes(t, 11, 0.02, 5)
	r := rand.New(rand.NewPCG(6, 6))
	after, plain := &Hexes{Sheet: before.Sheet}, &Hexes{Sheet: before.Sheet}
	after.MM, after.Flags, after.Persons = slices.Clone(before.MM), slices.Clone(before.Flags), before.Persons
	for range 50 {
		i := r.IntN(len(after.MM))
		after.MM[i], after.Flags[i] = r.Uint32N(1_000_000), 0
	}
	plain.MM, plain.Flags, plain.Persons = after.MM, after.Flags, after.Persons
	for _, res := range []int{11, 10, 9, 7} {
		got, want := after.LevelAfter(before, res), plain.LevelAfter(nil, res)
		if !slices.Equal(got.MM, want.MM) || !slices.Equal(got.Flags, want.Flags) || !slices.Equal(got.Persons, want.Persons) {
			t.Errorf("res %d differs", res)
		}
	}
}

// TestOutlineOfHexagons: the outline of what is within a distance holds just the middles of these hexagons.
func TestOutlineOfHexagons(t *testing.T) {
	h := someHexes(t, 10, 0.02, 7)
	near := func(i int) bool { return h.MM[i] < 1_500_000 }
	shape := Outline(h.Sheet, near)
	for i := range h.MM {
		at := h.Sheet.At(i)
		in := slices.ContainsFunc(shape, func(p orb.Polygon) bool { return geo.Covers(p, at) })
		if in != near(i) {
			t.Errorf("hexagon %d is in the outline: %v", i, in)
		}
	}
	if Outline(h.Sheet, func(int) bool { return false }) != nil {
		t.Error("an outline of nothing")
	}
}

func BenchmarkTile(b *testing.B) {
	largeTests(b)
	h := someHexes(b, 11, 0.4, 1)
	for _, z := range []uint8{8, 10, 11, 12, 13, 14} {
		addr := tile.At(z, geo.WorldX(120.2), geo.WorldY(36.2))
		b.Run(addr.String(), func(b *testing.B) {
			h.Tile(addr, "coverage_test")
			for b.Loop() {
				b.ReportMetric(float64(len(h.Tile(addr, "coverage_test"))), "bytes")
			}
		})
	}
	for _, res := range []int{10, 9, 7} {
		h.Level(res)
		b.Run("level"+string(rune('0'+res%10)), func(b *testing.B) {
			for b.Loop() {
				(&Hexes{Sheet: h.Sheet, MM: h.MM, Flags: h.Flags, Persons: h.Persons}).Level(res)
			}
		})
		b.Run("levelAfter"+string(rune('0'+res%10)), func(b *testing.B) {
			for b.Loop() {
				(&Hexes{Sheet: h.Sheet, MM: h.MM, Flags: h.Flags, Persons: h.Persons}).LevelAfter(h, res)
			}
		})
	}
}
