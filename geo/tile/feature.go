package tile

// binaryMax is how long the longest number is, in bytes.
const binaryMax = 10

// headLen is the most that a feature takes before its geometry: two lengths, its id, its type.
const headLen = 4 + binaryMax + 4

// Open begins a feature in the open layer and tells whether anything of it is left in this tile; if not, nothing is
// written, and there is nothing to close. An id of 0 is not written; ids must stay within 2^53. whole tells that the
// caller knows the box of g to lie within the tile and its buffer, so that nothing is tested and clipped.
func (e *Encoder) Open(id uint64, g Geometry, whole bool) bool {
	_ = whole
	if !e.geom.build(&e.plane, g) {
		return false
	}
	geom := e.geom.cmds
	e.room(headLen + len(geom) + 3*binaryMax)
	e.head(id, g.Kind)
	at := e.n
	e.n += copy(e.buf[e.n:], geom)
	e.length(at, 1)
	e.startTags()
	return true
}

// head writes what stands before the commands: their length and that of the feature are left open.
func (e *Encoder) head(id uint64, k Kind) {
	e.buf[e.n] = fieldFeature
	e.n += 2
	e.featureAt = e.n
	if id != 0 {
		e.buf[e.n] = fieldID
		e.n++
		e.uvarint(id)
	}
	b := e.buf[e.n : e.n+4]
	b[0], b[1], b[2] = fieldType, byte(k), fieldGeom
	e.n += 4
}

func (e *Encoder) startTags() {
	e.buf[e.n] = fieldTags
	e.n += 2
	e.tagsAt = e.n
}

// Close ends the feature that Open began.
func (e *Encoder) Close() {
	e.room(2 * binaryMax)
	if e.n == e.tagsAt {
		e.n -= 2
	} else {
		e.length(e.tagsAt, 1)
	}
	e.length(e.featureAt, 1)
	e.count++
}

// TagSet gives the feature all pairs of a set of the store in use.
func (e *Encoder) TagSet(n uint32) { e.write(e.vocabulary.set(n)) }

// TagText gives the feature a text, which must be UTF-8. token is the number that the text has in the store in use, so that
// equal texts of neighbours are found and written once, mostly; 0 tells not to look, as for codes that do not come twice.
func (e *Encoder) TagText(key uint32, text []byte, token uint32) {
	if e.wants(key) {
		e.pair(e.key(key), e.vocabulary.text(text, token))
	}
}

// TagValue gives the feature any value. Equal values are written once in a layer.
func (e *Encoder) TagValue(key uint32, v Value) {
	if e.wants(key) {
		e.pair(e.key(key), e.vocabulary.value(v))
	}
}

// pair writes numbers of the layer.
func (e *Encoder) pair(key, value uint32) {
	e.room(2 * binaryMax)
	e.uvarint(uint64(key))
	e.uvarint(uint64(value))
}

// Feature adds a feature to the open layer and tells whether anything of it is left in this tile. tags are pairs of the
// dictionary's key and value numbers (or of Value's).
func (e *Encoder) Feature(id uint64, g Geometry, tags []uint32) bool {
	if !e.Open(id, g, false) {
		return false
	}
	for i := 1; i < len(tags); i += 2 {
		e.pair(e.key(tags[i-1]), e.numbered(tags[i]))
	}
	e.Close()
	return true
}

// Value gives a number to a value that is not in the dictionary, good for the tags of Feature in this layer only.
func (e *Encoder) Value(v Value) uint32 { return e.localNo(v) }
