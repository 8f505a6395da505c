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
	n, first := v.keyMarks.number(k, v.keys.n)
	if first {
		v.keys.blob = append(v.keys.blob, v.dict.keys.at(k)...)
		v.keys.n++
	}
	return n
}

// dictValue is the layer's number of a value of the dictionary.
func (v *vocabulary) dictValue(i uint32) uint32 {
	n, first := v.dictMarks.number(i, v.valueN)
	if first {
		v.values.write(v.dict.values.at(i))
		v.valueN++
	}
	return n
}

// set is the encoded tags of a set of the store in use.
func (v *vocabulary) set(n uint32) []byte {
	k := &v.known[n%knownSets]
	if k.use != v.use || k.n != n {
		*k = v.translate(n)
	}
	return v.arena.buf[k.start:k.end]
}

func (v *vocabulary) translate(n uint32) knownSet {
	k := knownSet{use: v.use, n: n, start: uint32(v.arena.n)}
	for pairs := v.sets.at(n); len(pairs) > 0; {
		key, i := binary.Uvarint(pairs)
		value, j := binary.Uvarint(pairs[i:])
		pairs = pairs[i+j:]
		if v.wants(uint32(key)) {
			v.arena.room(2 * binaryMax)
			v.arena.uvarint(uint64(v.key(uint32(key))))
			v.arena.uvarint(uint64(v.dictValue(uint32(value))))
		}
	}
	v.arena.room(0)
	k.end = uint32(v.arena.n)
	return k
}

// text is the number of a text.
func (v *vocabulary) text(text []byte, token uint32) uint32 {
	if token == 0 {
		return v.addText(text)
	}
	r := &v.recent[token%recentTexts]
	if r.use != v.use || r.token != token {
		*r = recentText{v.use, token, v.addText(text)}
	}
	return r.value
}

func (v *vocabulary) addText(text []byte) uint32 {
	n := len(text)
	v.values.room(n + 2*binaryMax)
	if n < 0x7e {
		put32(v.values.buf, v.values.n, fieldValues|uint32(n+2)<<8|uint32(stringValue)<<16|uint32(n)<<24)
		place(v.values.buf, v.values.n+4, text)
		v.values.n += 4 + n
	} else {
		b := v.values.buf[v.values.n:]
		b[0] = fieldValues
		at := 1 + binary.PutUvarint(b[1:], uint64(1+varintLen(uint64(n))+n))
		b[at] = byte(stringValue)
		at += 1 + binary.PutUvarint(b[at+1:], uint64(n))
		v.values.n += at + copy(b[at:], text)
	}
	v.valueN++
	return v.valueN - 1
}

// place copies a text, mostly a code of 8 to 32 bytes, which is done in two halves that may overlap.
func place(b []byte, at int, text []byte) {
	n := len(text)
	switch {
	case n > 32 || n < 8:
		copy(b[at:], text)
	case n > 16:
		putChunk(b, at, text, 0)
		putChunk(b, at+n-chunk, text, n-chunk)
	default:
		put64(b, at, binary.LittleEndian.Uint64(text))
		put64(b, at+n-8, binary.LittleEndian.Uint64(text[n-8:]))
	}
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

// number is entry i's number in the layer; the first time it is next.
func (m *marks) number(i, next uint32) (n uint32, first bool) {
	s := &m.slots[i]
	if s.epoch != m.epoch {
		*s = mark{m.epoch, next}
		return next, true
	}
	return s.n, false
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
	n, first := v.localMarks.number(i&^localValue, v.valueN)
	if first {
		v.values.write(v.local.at(i &^ localValue))
		v.valueN++
	}
	return n
}
