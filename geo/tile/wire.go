package tile

import "math/bits"

// Fields of the format with their wire types, as single bytes; wire type 0 is a varint, 2 has a length.
const (
	fieldLayers  = 3<<3 | 2 // Tile
	fieldName    = 1<<3 | 2 // Layer
	fieldFeature = 2<<3 | 2
	fieldKeys    = 3<<3 | 2
	fieldValues  = 4<<3 | 2
	fieldExtent  = 5 << 3
	fieldVersion = 15 << 3
	fieldID      = 1 << 3 // Feature
	fieldTags    = 2<<3 | 2
	fieldType    = 3 << 3
	fieldGeom    = 4<<3 | 2
)

// Commands of a geometry.
const (
	moveTo    = 1
	lineTo    = 2
	closePath = 1<<3 | 7
)

// version is that of the vector-tile specification, 2.1.
const version = 2

func varintLen(v uint64) int { return (bits.Len64(v|1) + 6) / 7 }

// appendVarint is binary.AppendUvarint for short numbers, small enough to be inlined.
func appendVarint(b []byte, v uint32) []byte {
	for v >= 0x80 {
		b = append(b, byte(v)|0x80)
		v >>= 7
	}
	return append(b, byte(v))
}

// appendPair writes two numbers, most of which are short.
func appendPair(b []byte, v, w uint32) []byte {
	if v|w < 0x80 {
		return append(b, byte(v), byte(w))
	}
	return appendVarint(appendVarint(b, v), w)
}

func zigzag(v int32) uint32 { return uint32(v<<1) ^ uint32(v>>31) }

// spread is a number below 2^28 as a varint of n bytes, the first in the lowest bits.
func spread(v uint32) (x uint64, n int) {
	w := v&0x7f | v<<1&0x7f00 | v<<2&0x7f0000 | v<<3&0x7f000000
	n = (bits.Len32(w|1) + 7) >> 3
	return uint64(w | 0x80808080&(1<<(8*(n-1)&31)-1)), n
}
