package coverage

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"wangge/geo/hex"
	"wangge/geo/walk"
)

// unpacked is what a client makes of a pack.
type unpacked struct {
	res    int
	cells  []hex.Cell
	metres []uint16
	flags  []byte
}

var errPack = errors.New("no pack")

// unpack is the reader of the format, written from its description alone.
func unpack(b []byte) (u unpacked, err error) {
	if len(b) < 12 || string(b[:4]) != "WGHX" || b[4] != 1 || b[6] != 0 || b[7] != 0 {
		return u, errPack
	}
	u.res = int(b[5])
	n := int(binary.LittleEndian.Uint32(b[8:]))
	if b = b[12:]; n > len(b) {
		return u, errPack
	}
	for i := range n {
		if i == 0 {
			if len(b) < 8 {
				return u, errPack
			}
			u.cells, b = append(u.cells, hex.Cell(binary.LittleEndian.Uint64(b))), b[8:]
			continue
		}
		d, k := binary.Uvarint(b)
		if k <= 0 {
			return u, errPack
		}
		u.cells, b = append(u.cells, u.cells[i-1]+hex.Cell(d)), b[k:]
	}
	if len(b) != 3*n {
		return u, errPack
	}
	for i := range n {
		u.metres = append(u.metres, binary.LittleEndian.Uint16(b[2*i:]))
	}
	u.flags = slices.Clone(b[2*n:])
	return u, nil
}

// someHexes are hexagons over some ground with any distances, some of which have no network.
func someHexes(t testing.TB, res int, side float64, seed uint64) *Hexes {
	t.Helper()
	s := sheetOver(t, res, checkered(120, 36, side, 1, 1)[0].Shape)
	h := &Hexes{Sheet: s, MM: make([]uint32, s.Len()), Flags: make([]uint8, s.Len()), Persons: make([]uint32, s.Len())}
	r := rand.New(rand.NewPCG(seed, 2))
	for i := range h.MM {
		h.Persons[i] = r.Uint32N(60_000)
		switch h.MM[i] = r.Uint32N(3_000_000); r.IntN(10) {
		case 0:
			h.MM[i] = walk.Never
		case 1, 2, 3:
			h.MM[i], h.Flags[i] = walk.Never, FlagNoNetwork
		case 4:
			h.Flags[i] = FlagAmbiguous
		}
	}
	return h
}

// TestPackComesBack: cells, distances and flags as they were; a part of them too.
func TestPackComesBack(t *testing.T) {
	h := someHexes(t, 11, 0.02, 1)
	for _, res := range []int{11, 10, 8} {
		for part := range 3 {
			l := h.Level(res)
			in := func(i int) bool { return part == 0 || part == 1 && i%3 == 1 }
			got, err := unpack(PackHexagons(l, in))
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for i, c := range l.Cells {
				if !in(i) {
					continue
				}
				want := uint16((l.MM[i] + 999) / 1000)
				if l.MM[i] == walk.Never {
					want = 65535
				}
				if l.Flags[i]&FlagNoNetwork != 0 {
					want = 65534
				}
				if got.cells[n] != c || got.metres[n] != want || (got.flags[n] == 1) != (l.Flags[i]&FlagAmbiguous != 0) {
					t.Fatalf("%v, %d m, %d: is %v, %d", got.cells[n], got.metres[n], got.flags[n], c, want)
				}
				n++
			}
			if n != len(got.cells) || got.res != res {
				t.Errorf("%d hexagons of resolution %d, want %d", len(got.cells), got.res, n)
			}
		}
	}
}

// TestPackedMetresKeepTheClass: a whole-metre radius holds the same hexagons by metres as by millimetres.
func TestPackedMetresKeepTheClass(t *testing.T) {
	for mm := uint32(0); mm < 10_000_000; mm += 333 {
		for _, radiusM := range []uint32{0, 300, 500, 800, 10_000, mm / 1000, mm/1000 + 1} {
			if (uint32(packed(mm, 0)) <= radiusM) != (mm <= radiusM*1000) {
				t.Fatalf("%d mm is packed as %d m", mm, packed(mm, 0))
			}
		}
	}
}

// FuzzUnpack: whatever the bytes, the reader answers or refuses; what it takes is packed as before.
func FuzzUnpack(f *testing.F) {
	h := someHexes(f, 9, 0.02, 1)
	f.Add(PackHexagons(h.Level(9), nil))
	f.Add(PackHexagons(h.Level(7), nil))
	f.Add([]byte("WGHX\x01\x09\x00\x00\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		u, err := unpack(b)
		if err != nil || !slices.IsSorted(u.cells) {
			return
		}
		l := &Level{Res: u.res, Cells: u.cells, MM: make([]uint32, len(u.cells)), Flags: make([]uint8, len(u.cells))}
		for i, m := range u.metres {
			switch m {
			case packFarther:
				l.MM[i] = walk.Never
			case packNoNetwork:
				l.Flags[i] = FlagNoNetwork
			default:
				l.MM[i] = uint32(m) * 1000
			}
			if u.flags[i] == packAmbiguous {
				l.Flags[i] |= FlagAmbiguous
			}
		}
		again, err := unpack(PackHexagons(l, nil))
		if err != nil || !slices.Equal(again.cells, u.cells) || !slices.Equal(again.metres, u.metres) {
			t.Errorf("packed again: %v, %v", again, err)
		}
	})
}
