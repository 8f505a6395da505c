package tile

// Encoder builds vector tiles, one after the other. The zero value is ready. It keeps its buffers, so that it allocates
// nothing once it has grown; it is not safe for concurrent use.
//
//	e.Begin(addr, tile.DefaultBufferPx)
//	e.Layer("road", dict)
//	e.Use(sets, nil)
//	if e.Open(id, geometry) {
//		e.TagSet(set)
//		e.TagText(name, text, token)
//		e.Close()
//	}
//	send(e.Bytes())
type Encoder struct {
	plane
	sheet // the tile: finished layers, and the features of the open one
	done  []LayerSize
	vocabulary

	name    string // of the open layer
	open    bool
	layerAt int // where the open layer starts
	count   int // of its features
	before  int // features of the layers before

	featureAt int // where the fields of the open feature start
	tagsAt    int // where its tags start

	pairs []pair // scratch
	geom  shape
}

// LayerSize is what a layer takes in a tile.
type LayerSize struct {
	Name     string
	Bytes    int
	Features int
}

// layerLength is how many bytes are kept for the length of a layer: enough for 2 MiB.
const layerLength = 3

// Begin starts a tile and forgets the last one, whose bytes are overwritten. bufferPx is the width of the band around
// the tile that geometry may fill, in tile units (0 … Extent). addr must be valid.
func (e *Encoder) Begin(addr Addr, bufferPx int) {
	e.plane = newPlane(addr, bufferPx)
	e.n, e.before, e.count = 0, 0, 0
	e.done = e.done[:0]
	e.open = false
	e.forget()
}

// Layer ends the layer before and starts one, with no tag sets in use and all keys wanted. Layers appear in the order
// of the calls; a name must not come twice in a tile. A layer that gets no feature is left out.
func (e *Encoder) Layer(name string, dict Dict) {
	e.finish()
	e.name, e.open, e.layerAt = name, true, e.n
	e.room(16 + len(name))
	e.buf[e.n] = fieldLayers
	e.n += 1 + layerLength
	e.n += copy(e.buf[e.n:], []byte{fieldVersion, version, fieldName})
	e.uvarint(uint64(len(name)))
	e.n += copy(e.buf[e.n:], name)
	e.forLayer(dict)
}

// Use tells which store the numbers of tag sets and the tokens of texts belong to, from here to the next call or the end
// of the layer. A layer may have several stores, which share its Dict. Of the keys only those are written that are
// wanted, by their numbers; nil wants all, and a key beyond the end is not wanted. Neither may change while the layer is
// open.
func (e *Encoder) Use(sets *Sets, wanted []bool) { e.useStore(sets, wanted) }

// Abandon drops the open layer as if it had not begun.
func (e *Encoder) Abandon() {
	if e.open {
		e.n, e.count, e.open = e.layerAt, 0, false
		e.forget()
	}
}

// LayerLen is the number of bytes that the open layer would take if it ended now: 0 as long as it has no feature.
func (e *Encoder) LayerLen() int {
	if !e.open || e.count == 0 {
		return 0
	}
	size := e.n - e.layerAt - 1 - layerLength + e.entriesLen() + extentLen
	return 1 + varintLen(uint64(size)) + size
}

// Features is the number of features written since Begin.
func (e *Encoder) Features() int { return e.before + e.count }

// Layers are the finished layers of the tile that have features, in their order; all of them after Bytes. They are good
// until the next Begin.
func (e *Encoder) Layers() []LayerSize { return e.done }

// Bytes ends the tile. They are good until the next Begin; an empty tile has none.
func (e *Encoder) Bytes() []byte {
	e.finish()
	return e.buf[:e.n]
}

// extentLen is the length of the field "extent".
const extentLen = 3

// finish ends the open layer: keys and values follow its features.
func (e *Encoder) finish() {
	if !e.open {
		return
	}
	if e.count == 0 {
		e.Abandon()
		return
	}
	e.write(e.keys.blob)
	e.write(e.values.buf[:e.values.n])
	e.room(extentLen + binaryMax)
	e.buf[e.n] = fieldExtent
	e.n++
	e.uvarint(Extent)
	e.length(e.layerAt+1+layerLength, layerLength)
	e.done = append(e.done, LayerSize{e.name, e.n - e.layerAt, e.count})
	e.before += e.count
	e.count, e.open = 0, false
	e.forget()
}
