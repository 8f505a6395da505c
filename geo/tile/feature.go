package tile

import "encoding/binary"

// binaryMax is how long the longest number is, in bytes.
const binaryMax = 10

// headLen is the most that a feature takes before its geometry: two lengths, its id, its type.
const headLen = 4 + binaryMax + 4

// Open begins a feature in the open layer and tells whether anything of it is left in this tile; if not, nothing is
// written, and there is nothing to close. An id of 0 is not written; ids must stay within 2^53. g is only
// read, and not kept.
func (e *Encoder) Open(id uint64, g *Geometry) bool {
	e.room(headLen + 5*len(g.XY) + 4*binaryMax)
	b, at := e.buf, e.n
	if id-1 < 1<<28-1 {
		x, n := spread(uint32(id))
		put64(b, at, fieldFeature|fieldID<<16|x<<24)
		at += 3 + n
	} else {
		at = putHead(b, at, id)
	}
	put32(b, at, fieldType|uint32(g.Kind)<<8|fieldGeom<<16)
	at += 4
	end := at
	if g.Kind == Points && len(g.XY) == 2 && e.usable {
		if q, out := e.at(g.XY[0], g.XY[1]); out&signs == 0 {
			put8(b, at, 1<<3|moveTo)
			end = putZigzag(b, at+1, step(e.tile, q).zigzag())
		}
	} else if end = e.quick(at, g); end == notQuick {
		end = e.long(at, g)
	}
	size := end - at
	if size == 0 {
		return false
	}
	e.featureAt = e.n + 2
	e.n = end
	if size < 0x80 {
		put8(e.buf, at-1, uint8(size))
	} else {
		e.length(at, 1)
	}
	put8(e.buf, e.n, fieldTags)
	e.n += 2
	e.tagsAt = e.n
	return true
}

// putHead writes what stands before the type of a feature with an id that is 0 or large.
func putHead(b []byte, at int, id uint64) int {
	put8(b, at, fieldFeature)
	if id == 0 {
		return at + 2
	}
	put8(b, at+2, fieldID)
	return at + 3 + binary.PutUvarint(b[at+3:], id)
}

// long writes the commands of any geometry, as quick does.
func (e *Encoder) long(at int, g *Geometry) int {
	if !e.geom.build(&e.plane, *g) {
		return at
	}
	n := e.n
	e.n = at
	e.room(len(e.geom.cmds) + 4*binaryMax)
	e.n = n
	return at + copy(e.buf[at:], e.geom.cmds)
}

// Close ends the feature that Open began.
func (e *Encoder) Close() {
	tags, size := e.n-e.tagsAt, e.n-e.featureAt
	e.count++
	if tags == 0 || size >= 0x80 {
		e.closeAny()
		return
	}
	put8(e.buf, e.tagsAt-1, uint8(tags))
	put8(e.buf, e.featureAt-1, uint8(size))
}

// closeAny fills in the lengths of a feature that has no tags or is long.
func (e *Encoder) closeAny() {
	e.room(2 * binaryMax)
	if e.n == e.tagsAt {
		e.n -= 2
	} else {
		e.length(e.tagsAt, 1)
	}
	e.length(e.featureAt, 1)
}

// TagSet gives the feature all pairs of a set of the store in use.
func (e *Encoder) TagSet(n uint32) {
	k := &e.known[n%knownSets]
	if k.use != e.use || k.n != n {
		e.translate(k, n)
	}
	at, i, end := e.n, int(k.start), int(k.end)
	e.room(end - i)
	e.n = at + end - i
	for ; i < end; i += chunk {
		putChunk(e.buf, at, e.arena.buf, i)
		at += chunk
	}
}

// TagText gives the feature a text, which must be UTF-8. token is the number that the text has in the store in use, so that
// equal texts of neighbours are found and written once, mostly; 0 tells not to look, as for codes that do not come twice.
func (e *Encoder) TagText(key uint32, text []byte, token uint32) {
	if e.wanted != nil && !e.wants(key) {
		return
	}
	if token == 0 {
		e.pair(key, e.addText(text))
		return
	}
	r := &e.recent[token%recentTexts]
	if r.use != e.use || r.token != token {
		*r = recentText{e.use, token, e.addText(text)}
	}
	e.pair(key, r.value)
}

// TagValue gives the feature any value. Equal values are written once in a layer.
func (e *Encoder) TagValue(key uint32, v Value) {
	if e.wants(key) {
		e.pair(key, e.value(v))
	}
}

// pair writes the numbers of a key of the dictionary and a value of the layer.
func (e *Encoder) pair(key, value uint32) {
	m := e.keyMarks.slots[key]
	if m.epoch != e.keyMarks.epoch || m.n|value>>7 >= 0x80 || e.n+chunk > len(e.buf) {
		e.longPair(key, value)
		return
	}
	long := (0x7f - value) >> 31
	put32(e.buf, e.n, m.n|(value+value&^0x7f+long<<7)<<8)
	e.n += int(2 + long)
}

func (e *Encoder) longPair(key, value uint32) {
	e.room(2 * binaryMax)
	e.n = putPair(e.buf, e.n, e.key(key), value)
}

// putPair writes two numbers.
func putPair(b []byte, at int, key, value uint32) int {
	at += binary.PutUvarint(b[at:], uint64(key))
	return at + binary.PutUvarint(b[at:], uint64(value))
}
