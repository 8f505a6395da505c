package tile

import "encoding/binary"

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

// forLayer starts numbering anew.
func (v *vocabulary) forLayer(dict Dict) {
	v.dict = dict
	v.keys = used{blob: v.keys.blob[:0]}
	v.values.n, v.valueN = 0, 0
	v.keyMarks.reset(dict.keys.len())
	v.dictMarks.reset(dict.values.len())
	v.interned.reset()
	v.arena.n = 0
	v.useStore(nil, nil)
}

// forget lets go of what belongs to others: an encoder that waits for its next tile must not keep their memory alive.
func (v *vocabulary) forget() {
	v.dict = Dict{}
	v.useStore(nil, nil)
}

// useStore changes the store that numbers of sets and tokens belong to.
func (v *vocabulary) useStore(sets *Sets, wanted []bool) {
	v.sets, v.wanted = sets, wanted
	v.use++
}

func (v *vocabulary) wants(key uint32) bool {
	return v.wanted == nil || int(key) < len(v.wanted) && v.wanted[key]
}

// entriesLen is how many bytes the layer's keys and values take.
func (v *vocabulary) entriesLen() int { return len(v.keys.blob) + v.values.n }

// key is the layer's number of a key of the dictionary.
func (v *vocabulary) key(k uint32) uint32 {
	if m := v.keyMarks.slots[k]; m.epoch == v.keyMarks.epoch {
		return m.n
	}
	return v.firstKey(k)
}

// firstKey is not inlined, so that key is.
//
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

// firstValue is not inlined, so that dictValue is.
//
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
	if n > len(m.slots) {
		m.slots = append(m.slots, make([]mark, n-len(m.slots))...)
	}
}

// put gives entry i a number.
func (m *marks) put(i, n uint32) uint32 {
	m.slots[i] = mark{m.epoch, n}
	return n
}
