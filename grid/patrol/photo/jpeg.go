package photo

import (
	"bytes"
	"encoding/binary"
)

// Markers of JPEG.
const (
	markSOI  = 0xd8
	markEOI  = 0xd9
	markSOS  = 0xda
	markTEM  = 0x01
	markRST0 = 0xd0
	markRST7 = 0xd7
	markSOF2 = 0xc2 // progressive
	markDHT  = 0xc4
	markJPG  = 0xc8
	markDAC  = 0xcc
)

// readJPEG walks over the segments and scans to the end mark.
func readJPEG(data []byte) (l layout, code string) {
	for at := 2; ; {
		mark, next := nextMark(data, at)
		switch {
		case next < 0:
			return l, Truncated
		case mark == markEOI && l.scans == 0:
			return l, Broken
		case mark == markEOI:
			l.mediaType, l.end = JPEG, next
			return l, ""
		case mark == markTEM || mark >= markRST0 && mark <= markSOI:
			at = next
			continue
		}
		if len(data)-next < 2 {
			return l, Truncated
		}
		size := int(binary.BigEndian.Uint16(data[next:]))
		switch {
		case size < 2:
			return l, Broken
		case size > len(data)-next:
			return l, Truncated
		}
		body := data[next+2 : next+size]
		at = next + size
		switch {
		case isFrame(mark):
			if l.width > 0 || len(body) < 6 || mark > markSOF2 { // lossless and arithmetic frames are no photos of phones
				return l, Broken
			}
			l.height, l.width, l.perPixel = int(binary.BigEndian.Uint16(body[1:])), int(binary.BigEndian.Uint16(body[3:])), int(body[5])
			if mark == markSOF2 {
				l.perPixel *= 1 + 4 // coefficients are kept until the last scan
			}
		case mark == markSOS:
			if l.width == 0 {
				return l, Broken
			}
			at, l.scans = skipScan(data, at), l.scans+1
		}
	}
}

func isFrame(mark byte) bool {
	return mark >= 0xc0 && mark <= 0xcf && mark != markDHT && mark != markJPG && mark != markDAC
}

// nextMark finds the marker at or after a place, of which filling bytes may stand before; next is the byte after it, negative at the end of the file.
func nextMark(data []byte, at int) (mark byte, next int) {
	for {
		i := bytes.IndexByte(data[min(at, len(data)):], 0xff)
		if i < 0 {
			return 0, -1
		}
		at += i
		for at < len(data) && data[at] == 0xff {
			at++
		}
		if at >= len(data) {
			return 0, -1
		}
		if data[at] != 0 {
			return data[at], at + 1
		}
	}
}

// skipScan gives the place of the marker that ends a scan: in its data, 0xff is followed by 0 or a restart.
func skipScan(data []byte, at int) int {
	for {
		i := bytes.IndexByte(data[at:], 0xff)
		if i < 0 || at+i+1 >= len(data) {
			return len(data)
		}
		at += i
		if n := data[at+1]; n != 0 && n != 0xff && (n < markRST0 || n > markRST7) {
			return at
		}
		at++
	}
}
