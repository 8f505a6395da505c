package coverage

import (
	"encoding/binary"

	"wangge/geo/walk"
)

// What stands for distances in a pack.
const (
	packNoNetwork = 65534
	packFarther   = 65535
	packVersion   = 1
	packAmbiguous = 1
)

// metres is a distance in whole metres, rounded up: so that what is within a radius of whole metres is so by these too.
func metres(mm uint32) uint32 { return uint32((uint64(mm) + 999) / 1000) }

// PackHexagons writes the hexagons of a level that in chooses (nil for all) in a compact form, little endian:
//
//	"WGHX"  u8 version = 1  u8 resolution  u16 flags = 0  u32 n
//	u64 the first cell, where there is one; then n-1 differences to the one before, as varints (LEB128)
//	n × u16 metres, rounded up: 65535 farther than the limit of the search, 65534 no network
//	n × u8 flags: 1 ambiguous
func PackHexagons(l *Level, in func(i int) bool) []byte {
	out := append(make([]byte, 0, 12+5*len(l.Cells)), "WGHX"...)
	out = append(out, packVersion, byte(l.Res), 0, 0)
	counted := len(out)
	out = binary.LittleEndian.AppendUint32(out, 0)
	n, last := uint32(0), uint64(0)
	chosen := func(visit func(i int)) {
		for i := range l.Cells {
			if in == nil || in(i) {
				visit(i)
			}
		}
	}
	chosen(func(i int) {
		c := uint64(l.Cells[i])
		if n == 0 {
			out = binary.LittleEndian.AppendUint64(out, c)
		} else {
			out = binary.AppendUvarint(out, c-last)
		}
		n, last = n+1, c
	})
	binary.LittleEndian.PutUint32(out[counted:], n)
	chosen(func(i int) { out = binary.LittleEndian.AppendUint16(out, packed(l.MM[i], l.Flags[i])) })
	chosen(func(i int) {
		flag := byte(0)
		if l.Flags[i]&FlagAmbiguous != 0 {
			flag = packAmbiguous
		}
		out = append(out, flag)
	})
	return out
}

func packed(mm uint32, flags uint8) uint16 {
	switch {
	case flags&FlagNoNetwork != 0:
		return packNoNetwork
	case mm == walk.Never:
		return packFarther
	}
	return uint16(min(metres(mm), packFarther))
}
