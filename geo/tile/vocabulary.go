package tile

import (
	"encoding/binary"
	"hash/maphash"
)

// vocabulary turns the keys and values of features into numbers of the open layer, in the order of their first use, and
// collects the encoded fields that stand for them. What it remembers is marked with the layer's or the store's number,
// so that nothing is cleared between layers.
type vocabulary struct {
	dict   Dict
	keys   used
	values sheet // encoded fields
	valueN uint32

	keyMarks  marks
	dictMarks marks // values of dict
	interned  interned

	sets   *Sets // of the store in use
	wanted []bool
	use    uint64 // counts the stores used, over all layers and tiles
	known  [knownSets]knownSet
	arena  sheet // encoded tags of known sets
	recent [recentTexts]recentText

	local      entries // values numbered by Value
	localNos   map[Value]uint32
	localMarks marks
}

// used are encoded fields that the open layer needs.
type used struct {
	blob []byte
	n    uint32
}

// knownSets and recentTexts are how many sets and texts of a store are remembered. Each has one place it can be in.
const (
	knownSets   = 1 << 10
	recentTexts = 1 << 8
)

// knownSet is a set translated into numbers of the open layer.
type knownSet struct {
	use        uint64
	n          uint32
	start, end uint32 // in the arena
}

type recentText struct {
	use   uint64
	token uint32
	value uint32
}

// begin forgets the layer before.
func (v *vocabulary) begin(dict Dict) {
	v.dict = dict
	v.keys = used{blob: v.keys.blob[:0]}
	v.values.n, v.valueN = 0, 0
	v.keyMarks.reset(dict.keys.len())
	v.dictMarks.reset(dict.values.len())
	v.interned.reset()
	v.arena.n = 0
	v.sets, v.wanted = nil, nil
	v.use++
	v.local.blob, v.local.ends = v.local.blob[:0], v.local.ends[:0]
	clear(v.localNos)
	v.localMarks.reset(0)
}

// useStore changes the store that numbers of sets and tokens belong to.
func (v *vocabulary) useStore(sets *Sets, wanted []bool) {
	v.sets, v.wanted = sets, wanted
	v.use++
}

func (v *vocabulary) wants(key uint32) bool {
	return v.wanted == nil || int(key) < len(v.wanted) && v.wanted[key]
}

// len is how many bytes the layer's keys and values take.
func (v *vocabulary) len() int { return len(v.keys.blob) + v.values.n }

// key is the layer's number of a key of the dictionary.
func (v *vocabulary) key(k uint32) uint32 {
	if m := v.keyMarks.slots[k]; m.epoch == v.keyMarks.epoch {
		return m.n
	}
	return v.firstKey(k)
}

//go:noinline
func (v *vocabulary) firstKey(k uint32) uint32 {
	v.keys.blob = append(v.keys.blob, v.dict.keys.at(k)...)
	v.keys.n++
	return v.keyMarks.put(k, v.keys.n-1)
}

// dictValue is the layer's number of a value of the dictionary.
func (v *vocabulary) dictValue(i uint32) uint32 {
	if m := v.dictMarks.slots[i]; m.epoch == v.dictMarks.epoch {
		return m.n
	}
	return v.firstValue(i)
}

//go:noinline
func (v *vocabulary) firstValue(i uint32) uint32 {
	v.values.write(v.dict.values.at(i))
	v.valueN++
	return v.dictMarks.put(i, v.valueN-1)
}

// translate turns a set of the store in use into tags of the layer, which are kept in the arena.
func (v *vocabulary) translate(k *knownSet, n uint32) {
	*k = knownSet{use: v.use, n: n, start: uint32(v.arena.n)}
	pairs := v.sets.at(n)
	v.arena.room(5 * len(pairs)) // a number of the layer takes five bytes at most, one of the store one at least
	at := v.arena.n
	for i := 1; i < len(pairs); {
		key, value := uint32(pairs[i-1]), uint32(pairs[i])
		if i += 2; key|value >= 0x80 {
			key, value, i = longNumbers(pairs, i-3)
		}
		if !v.wants(key) {
			continue
		}
		key, value = v.key(key), v.dictValue(value)
		if key|value < 0x80 {
			put16(v.arena.buf, at, uint16(key|value<<8))
			at += 2
		} else {
			at = putPair(v.arena.buf, at, key, value)
		}
	}
	v.arena.n, k.end = at, uint32(at)
}

// longNumbers reads the numbers of a key and a value, of which one is long, from place i, and gives the place to go on from:
// that behind the first byte of the next pair.
func longNumbers(pairs []byte, i int) (key, value uint32, next int) {
	long, n := binary.Uvarint(pairs[i:])
	key, i = uint32(long), i+n
	if i+1 < len(pairs) && pairs[i] >= 0x80 && pairs[i+1] < 0x80 {
		return key, uint32(pairs[i]&0x7f) | uint32(pairs[i+1])<<7, i + 3
	}
	long, n = binary.Uvarint(pairs[i:])
	return key, uint32(long), i + n + 1
}

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

// value is the number of a value: it is written behind the others and taken back if it is there already.
func (v *vocabulary) value(x Value) uint32 {
	v.values.room(len(x.text) + 2 + 2*binaryMax)
	end := v.values.n
	field := x.append(v.values.buf[end:end])
	n, first := v.interned.number(field, end, v.valueN, v.values.buf)
	if first {
		v.values.n += len(field)
		v.valueN++
	}
	return n
}

// interned finds encoded values of the open layer by their bytes.
type interned struct {
	seed  maphash.Seed
	epoch uint32
	n     int
	slots []internedAt // open addressing; half of them are free at least
}

type internedAt struct {
	epoch      uint32
	hash       uint32
	start, end uint32
	n          uint32
}

func (t *interned) reset() {
	if t.slots == nil {
		t.seed = maphash.MakeSeed()
		t.slots = make([]internedAt, 64)
	}
	t.n = 0
	t.epoch++
	if t.epoch == 0 { // after 2^32 layers old values would look new
		clear(t.slots)
		t.epoch = 1
	}
}

// number finds a field that stands at start in all, and otherwise remembers it as next.
func (t *interned) number(field []byte, start int, next uint32, all []byte) (n uint32, first bool) {
	h := uint32(maphash.Bytes(t.seed, field))
	for i := h; ; i++ {
		s := &t.slots[int(i)&(len(t.slots)-1)]
		if s.epoch != t.epoch {
			*s = internedAt{t.epoch, h, uint32(start), uint32(start + len(field)), next}
			if t.n++; 2*t.n > len(t.slots) {
				t.grow()
			}
			return next, true
		}
		if s.hash == h && string(all[s.start:s.end]) == string(field) {
			return s.n, false
		}
	}
}

func (t *interned) grow() {
	old := t.slots
	t.slots = make([]internedAt, 2*len(old))
	for _, s := range old {
		if s.epoch != t.epoch {
			continue
		}
		i := int(s.hash) & (len(t.slots) - 1)
		for t.slots[i].epoch == t.epoch {
			i = (i + 1) & (len(t.slots) - 1)
		}
		t.slots[i] = s
	}
}

// marks remember, per entry of a vocabulary, its number in the layer at hand.
type marks struct {
	epoch uint32
	slots []mark
}

type mark struct{ epoch, n uint32 }

// reset forgets all numbers and makes room for n entries.
func (m *marks) reset(n int) {
	m.epoch++
	if m.epoch == 0 { // after 2^32 layers old marks would look new
		clear(m.slots)
		m.epoch = 1
	}
	m.grow(n)
}

func (m *marks) grow(n int) {
	if n > len(m.slots) {
		m.slots = append(m.slots, make([]mark, n-len(m.slots))...)
	}
}

// put gives entry i a number.
func (m *marks) put(i, n uint32) uint32 {
	m.slots[i] = mark{m.epoch, n}
	return n
}

// localValue marks the numbers of values that Encoder.Value gave out, apart from those of the dictionary.
const localValue = 1 << 31

// localNo is the number of a value for numbered.
func (v *vocabulary) localNo(x Value) uint32 {
	if n, ok := v.localNos[x]; ok {
		return n | localValue
	}
	if v.localNos == nil {
		v.localNos = map[Value]uint32{}
	}
	v.local.blob = x.append(v.local.blob)
	n := v.local.close()
	v.localNos[x] = n
	v.localMarks.grow(int(n) + 1)
	return n | localValue
}

// numbered is the layer's number of a value of the dictionary or of Value.
func (v *vocabulary) numbered(i uint32) uint32 {
	if i < localValue {
		return v.dictValue(i)
	}
	i &^= localValue
	if m := v.localMarks.slots[i]; m.epoch == v.localMarks.epoch {
		return m.n
	}
	v.values.write(v.local.at(i))
	v.valueN++
	return v.localMarks.put(i, v.valueN-1)
}
