//go:build !race && (amd64 || arm64)

package tile

import "unsafe"

// The writers below are the only unsafe code of the package. They write at a place of b for which sheet.room was asked
// before, and do not look again: a tile takes a sixth less time, one of polygons a fifth. put_checked.go has the same with
// looking, which is what tests with the race detector run.

func put8(b []byte, at int, v uint8) {
	*(*uint8)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(b)), at)) = v
}

func put16(b []byte, at int, v uint16) {
	*(*uint16)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(b)), at)) = v
}

func put32(b []byte, at int, v uint32) {
	*(*uint32)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(b)), at)) = v
}

func put64(b []byte, at int, v uint64) {
	*(*uint64)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(b)), at)) = v
}

// putChunk copies chunk bytes.
func putChunk(b []byte, at int, from []byte, i int) {
	*(*[chunk]byte)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(b)), at)) = *(*[chunk]byte)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(from)), i))
}
