package tile

import (
	"encoding/binary"
	"hash/maphash"
	"math/bits"
)

// addText writes a text behind the other values and gives its number. Most are codes of 8 to 32 bytes, which are copied in two
// halves that may overlap.
func (v *vocabulary) addText(text []byte) uint32 {
	n, at := len(text), v.values.n
	if uint(n-8) > 24 || at+n+4+chunk > len(v.values.buf) {
		return v.addAnyText(text)
	}
	b := v.values.buf
	put32(b, at, fieldValues|uint32(n+2)<<8|uint32(stringValue)<<16|uint32(n)<<24)
	if n > 16 {
		putChunk(b, at+4, text, 0)
		putChunk(b, at+4+n-chunk, text, n-chunk)
	} else {
		put64(b, at+4, binary.LittleEndian.Uint64(text))
		put64(b, at+4+n-8, binary.LittleEndian.Uint64(text[n-8:]))
	}
	v.values.n = at + 4 + n
	v.valueN++
	return v.valueN - 1
}

func (v *vocabulary) addAnyText(text []byte) uint32 {
	n := len(text)
	v.values.room(n + 2*binaryMax)
	b := v.values.buf[v.values.n:]
	b[0] = fieldValues
	at := 1 + binary.PutUvarint(b[1:], uint64(1+varintLen(uint64(n))+n))
	b[at] = byte(stringValue)
	at += 1 + binary.PutUvarint(b[at+1:], uint64(n))
	v.values.n += at + copy(b[at:], text)
	v.valueN++
	return v.valueN - 1
}

// addValue writes a value behind the others and gives its number.
func (v *vocabulary) addValue(x Value) uint32 {
	v.values.room(len(x.text) + 2*binaryMax)
	v.values.n += len(x.append(v.values.buf[v.values.n:v.values.n]))
	v.valueN++
	return v.valueN - 1
}

// value is the number of a value, which is written the first time only.
func (v *vocabulary) value(x Value) uint32 {
	t := &v.interned
	key := x.bits
	if x.kind == stringValue {
		key = maphash.String(t.seed, x.text)
	}
	for i := t.home(key); ; i++ {
		s := &t.slots[i&(len(t.slots)-1)]
		if s.epoch != t.epoch {
			n := v.addValue(x)
			end := v.values.n
			*s = internedValue{key: key, epoch: t.epoch, n: n, start: uint32(end - len(x.text)), end: uint32(end), kind: x.kind}
			t.added()
			return n
		}
		if s.key == key && s.kind == x.kind && string(v.values.buf[s.start:s.end]) == x.text {
			return s.n
		}
	}
}

// interned finds values of the open layer again.
type interned struct {
	seed  maphash.Seed
	epoch uint32
	n     int
	shift uint8           // 64 less the bits of a slot's number
	slots []internedValue // open addressing; half of them are free at least
}

type internedValue struct {
	key        uint64 // of a text, its hash; else its bits
	epoch, n   uint32
	start, end uint32 // of a text, where it stands among the values
	kind       valueKind
}

// reset forgets all values.
func (t *interned) reset() {
	if t.slots == nil {
		t.seed = maphash.MakeSeed()
		t.resize(1 << 8)
	}
	t.n = 0
	t.epoch++
	if t.epoch == 0 { // after 2^32 layers old values would look new
		clear(t.slots)
		t.epoch = 1
	}
}

func (t *interned) resize(n int) {
	t.slots = make([]internedValue, n)
	t.shift = uint8(64 - bits.TrailingZeros(uint(n)))
}

// home is where to look for a value first. The factor is 2^64 divided by the golden ratio.
func (t *interned) home(key uint64) int {
	return int(key * 0x9e3779b97f4a7c15 >> (t.shift & 63))
}

// added counts a value that was put into a slot, and makes more slots where half are taken.
func (t *interned) added() {
	if t.n++; 2*t.n <= len(t.slots) {
		return
	}
	old := t.slots
	t.resize(2 * len(old))
	for _, s := range old {
		if s.epoch != t.epoch {
			continue
		}
		i := t.home(s.key)
		for t.slots[i&(len(t.slots)-1)].epoch == t.epoch {
			i++
		}
		t.slots[i&(len(t.slots)-1)] = s
	}
}
