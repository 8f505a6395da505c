package photo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"
	"time"
)

// manyScans is a progressive JPEG in grey that goes over its pixels again and again: each further scan is some forty bytes that say that nothing changes.
func manyScans(side uint16, scans int) []byte {
	u16 := binary.BigEndian.AppendUint16
	part := func(mark byte, body []byte) []byte {
		return append(u16([]byte{0xff, mark}, uint16(len(body)+2)), body...)
	}
	blocks := int(side/8) * int(side/8)
	out := append([]byte{0xff, markSOI}, part(0xdb, append([]byte{0}, bytes.Repeat([]byte{1}, 64)...))...)
	out = append(out, part(markSOF2, append(u16(u16([]byte{8}, side), side), 1, 1, 0x11, 0))...)
	out = append(out, part(markDHT, append([]byte{0x00, 1}, make([]byte, 16)...))...)                    // of DC: 0 says no difference
	out = append(out, part(markDHT, append(append([]byte{0x10, 1}, make([]byte, 15)...), 0xe0))...)      // of AC: 0 begins a run of 1<<14 blocks and more
	out = append(append(out, part(markSOS, []byte{1, 1, 0, 0, 0, 0})...), make([]byte, blocks/8+1)...)   // a bit a block
	scan := append(part(markSOS, []byte{1, 1, 0, 1, 63, 0}), make([]byte, (blocks/(1<<14)+1)*15/8+1)...) // 15 bits a run
	return append(append(out, bytes.Repeat(scan, scans-1)...), 0xff, markEOI)
}

// A small file can keep a decoder busy for hours by going over its pixels half a million times: it is kept, but no copy is made of it.
func TestScansAreBounded(t *testing.T) {
	for scans, want := range map[int]error{1: nil, maxScans: nil, maxScans + 1: ErrNoCopy, 400_000: ErrNoCopy} {
		data := manyScans(64, scans)
		if _, err := Examine(data, time.Now(), time.UTC); err != nil {
			t.Errorf("%d scans are refused: %v", scans, err)
		}
		if _, err := Copy(data, 1, ThumbSide, nil, nil); !errors.Is(err, want) {
			t.Errorf("%d scans: %v, want %v", scans, err, want)
		}
	}
}
