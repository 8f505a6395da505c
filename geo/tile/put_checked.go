//go:build race || !(amd64 || arm64)

package tile

import "encoding/binary"

func put8(b []byte, at int, v uint8) { b[at] = v }

func put16(b []byte, at int, v uint16) { binary.LittleEndian.PutUint16(b[at:], v) }

func put32(b []byte, at int, v uint32) { binary.LittleEndian.PutUint32(b[at:], v) }

func put64(b []byte, at int, v uint64) { binary.LittleEndian.PutUint64(b[at:], v) }

func putChunk(b []byte, at int, from []byte, i int) {
	*(*[chunk]byte)(b[at:]) = *(*[chunk]byte)(from[i:])
}
