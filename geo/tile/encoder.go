package tile

import "encoding/binary"

// localValue marks the numbers of values that Encoder.Value gave out, apart from those of the dictionary.
const localValue = 1 << 31

// Encoder builds vector tiles, one after the other. The zero value is ready. It keeps its buffers, so that it allocates
// nothing once it has grown; it is not safe for concurrent use.
//
//	e.Begin(addr, tile.DefaultBufferPx)
//	e.Layer("road", dict)
//	e.Feature(id, geometry, []uint32{key, value, key, value})
//	send(e.Bytes())
type Encoder struct {
	plane
	out []byte // finished layers

	name       string // of the open layer
	open       bool
	dict       Dict
	local      entries // values interned for this layer
	localNos   map[Value]uint32
	features   []byte // encoded fields of the open layer
	keys       used   // the open layer's keys and values, in the order of their first use
	values     used
	keyMarks   marks
	dictMarks  marks // values of dict
	localMarks marks // values of local

	tags []byte // of the feature at hand
	geom shape
}

// used are encoded fields that the open layer needs.
type used struct {
	blob []byte
	n    uint32
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

// number is entry i's number in the layer; the first time, the entry is copied to u.
func (m *marks) number(t *entries, i uint32, u *used) uint32 {
	s := &m.slots[i]
	if s.epoch != m.epoch {
		*s = mark{m.epoch, u.n}
		u.blob = append(u.blob, t.at(i)...)
		u.n++
	}
	return s.n
}

// Begin starts a tile and forgets the last one, whose bytes are overwritten. bufferPx is the width of the band around
// the tile that geometry may fill, in tile units (0 … Extent). addr must be valid.
func (e *Encoder) Begin(addr Addr, bufferPx int) {
	e.plane = newPlane(addr, bufferPx)
	e.out = e.out[:0]
	e.open = false
}

// Layer ends the layer before and starts one. Layers appear in the order of the calls; a name must not come twice in a
// tile. A layer that gets no feature is left out.
func (e *Encoder) Layer(name string, dict Dict) {
	e.flush()
	e.name, e.open, e.dict = name, true, dict
	e.features = e.features[:0]
	e.local.blob, e.local.ends = e.local.blob[:0], e.local.ends[:0]
	clear(e.localNos)
	e.keys = used{blob: e.keys.blob[:0]}
	e.values = used{blob: e.values.blob[:0]}
	e.keyMarks.reset(dict.keys.len())
	e.dictMarks.reset(dict.values.len())
	e.localMarks.reset(0)
}

// Value gives a number to a value that is not in the dictionary, good for the tags of this layer only.
func (e *Encoder) Value(v Value) uint32 {
	if n, ok := e.localNos[v]; ok {
		return n | localValue
	}
	if e.localNos == nil {
		e.localNos = map[Value]uint32{}
	}
	e.local.blob = v.append(e.local.blob)
	n := e.local.close()
	e.localNos[v] = n
	e.localMarks.grow(int(n) + 1)
	return n | localValue
}

// Feature adds a feature to the open layer and tells whether anything of it is left in this tile. An id of 0 is not
// written; ids must stay within 2^53. tags are pairs of the dictionary's key and value numbers (or of Value's).
func (e *Encoder) Feature(id uint64, g Geometry, tags []uint32) bool {
	if !e.geom.build(&e.plane, g) {
		return false
	}
	e.writeTags(tags)
	geom := e.geom.cmds
	size := 2 + 1 + varintLen(uint64(len(geom))) + len(geom)
	if id != 0 {
		size += 1 + varintLen(id)
	}
	if len(e.tags) > 0 {
		size += 1 + varintLen(uint64(len(e.tags))) + len(e.tags)
	}
	b := appendVarint(append(e.features, fieldFeature), uint32(size))
	if id != 0 {
		b = binary.AppendUvarint(append(b, fieldID), id)
	}
	if len(e.tags) > 0 {
		b = appendVarint(append(b, fieldTags), uint32(len(e.tags)))
		b = append(b, e.tags...)
	}
	b = append(b, fieldType, byte(g.Kind), fieldGeom)
	b = appendVarint(b, uint32(len(geom)))
	b = append(b, geom...)
	e.features = b
	return true
}

// writeTags translates the numbers of the vocabularies into those of the layer.
func (e *Encoder) writeTags(tags []uint32) {
	b := e.tags[:0]
	for i := 1; i < len(tags); i += 2 {
		key := e.keyMarks.number(&e.dict.keys, tags[i-1], &e.keys)
		var value uint32
		if v := tags[i]; v < localValue {
			value = e.dictMarks.number(&e.dict.values, v, &e.values)
		} else {
			value = e.localMarks.number(&e.local, v&^localValue, &e.values)
		}
		b = appendPair(b, key, value)
	}
	e.tags = b
}

// Bytes ends the tile. They are good until the next Begin; an empty tile has none.
func (e *Encoder) Bytes() []byte {
	e.flush()
	return e.out
}

// flush writes the open layer behind the others. Values of the dictionary and interned ones are numbered together, so
// both went to e.values.blob.
func (e *Encoder) flush() {
	if !e.open || len(e.features) == 0 {
		e.open = false
		return
	}
	e.open = false
	size := 2 + 1 + varintLen(uint64(len(e.name))) + len(e.name) +
		len(e.features) + len(e.keys.blob) + len(e.values.blob) + 1 + varintLen(Extent)
	b := binary.AppendUvarint(append(e.out, fieldLayers), uint64(size))
	b = append(b, fieldVersion, version)
	b = append(binary.AppendUvarint(append(b, fieldName), uint64(len(e.name))), e.name...)
	b = append(b, e.features...)
	b = append(b, e.keys.blob...)
	b = append(b, e.values.blob...)
	e.out = binary.AppendUvarint(append(b, fieldExtent), Extent)
}
