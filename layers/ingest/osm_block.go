package ingest

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// errBlock says that the inside of a PBF block is broken.
var errBlock = errors.New("broken block")

// block reads the elements of a primitive block. Indexes and lengths of the file are never believed.
type block struct {
	want    string
	do      func(*element) error
	strings [][]byte
	// granularity and offsets are in 1e-9 degrees.
	granularity, lonOffset, latOffset int64
	e                                 element
}

func newBlock(want string, do func(*element) error) *block {
	return &block{want: want, do: do}
}

func (b *block) read(data []byte) error {
	b.strings, b.granularity, b.lonOffset, b.latOffset = b.strings[:0], 100, 0, 0
	m := message(data)
	for f, ok := m.next(); ok; f, ok = m.next() {
		switch f.number {
		case 1:
			b.readStrings(f.bytes)
		case 17:
			b.granularity = int64(f.value)
		case 19:
			b.latOffset = int64(f.value)
		case 20:
			b.lonOffset = int64(f.value)
		}
	}
	if m.bad() {
		return errBlock
	}
	for m, again := message(data), true; again; {
		var f field
		if f, again = m.next(); again && f.number == 2 {
			if err := b.group(f.bytes); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *block) readStrings(data []byte) {
	m := message(data)
	for f, ok := m.next(); ok; f, ok = m.next() {
		if f.number == 1 {
			b.strings = append(b.strings, f.bytes)
		}
	}
}

func (b *block) text(i uint64) (string, bool) {
	if i >= uint64(len(b.strings)) {
		return "", false
	}
	return strings.ToValidUTF8(string(b.strings[i]), "\uFFFD"), true
}

// group reads a primitive group: elements of one kind.
func (b *block) group(data []byte) error {
	m := message(data)
	for f, ok := m.next(); ok; f, ok = m.next() {
		var err error
		switch {
		case f.number == 1 && b.wants(nodeKind):
			err = b.node(f.bytes)
		case f.number == 2 && b.wants(nodeKind):
			err = b.dense(f.bytes)
		case f.number == 3 && b.wants(wayKind):
			err = b.way(f.bytes)
		case f.number == 4 && b.wants(relationKind):
			err = b.relation(f.bytes)
		}
		if err != nil {
			return err
		}
	}
	if m.bad() {
		return fmt.Errorf("%w: group", errBlock)
	}
	return nil
}

func (b *block) wants(kind byte) bool { return strings.IndexByte(b.want, kind) >= 0 }

// begin clears the element for the next one.
func (b *block) begin(kind byte) *element {
	b.e = element{kind: kind, refs: b.e.refs[:0], members: b.e.members[:0]}
	return &b.e
}

// position sets a node's position from units of the block. What is out of int32 in 1e-7 degrees is no position on Earth.
func (b *block) position(lon, lat int64) bool {
	x := math.Round(float64(b.lonOffset+b.granularity*lon) / 100)
	y := math.Round(float64(b.latOffset+b.granularity*lat) / 100)
	if math.Abs(x) > math.MaxInt32 || math.Abs(y) > math.MaxInt32 {
		return false
	}
	b.e.lon, b.e.lat = int32(x), int32(y)
	return true
}

func (b *block) tag(k, v uint64) bool {
	key, ok := b.text(k)
	value, ok2 := b.text(v)
	if b.e.tags == nil {
		b.e.tags = tags{}
	}
	b.e.tags[key] = value
	return ok && ok2
}

// node reads a plain node.
func (b *block) node(data []byte) error {
	e := b.begin(nodeKind)
	var keys, values packed
	var lon, lat int64
	m := message(data)
	for f, ok := m.next(); ok; f, ok = m.next() {
		switch f.number {
		case 1:
			e.id = zigzag(f.value)
		case 2:
			keys = f.bytes
		case 3:
			values = f.bytes
		case 8:
			lat = zigzag(f.value)
		case 9:
			lon = zigzag(f.value)
		}
	}
	if m.bad() || !b.position(lon, lat) || !b.tagLists(keys, values) {
		return fmt.Errorf("%w: node %d", errBlock, e.id)
	}
	return b.do(e)
}

// dense reads nodes in columns, each a list of differences.
func (b *block) dense(data []byte) error {
	var ids, lons, lats, keysValues packed
	m := message(data)
	for f, ok := m.next(); ok; f, ok = m.next() {
		switch f.number {
		case 1:
			ids = f.bytes
		case 8:
			lats = f.bytes
		case 9:
			lons = f.bytes
		case 10:
			keysValues = f.bytes
		}
	}
	var id, lon, lat int64
	for len(ids) > 0 {
		dID, ok1 := ids.next()
		dLon, ok2 := lons.next()
		dLat, ok3 := lats.next()
		id, lon, lat = id+zigzag(dID), lon+zigzag(dLon), lat+zigzag(dLat)
		e := b.begin(nodeKind)
		e.id = id
		if !ok1 || !ok2 || !ok3 || !b.position(lon, lat) || !b.denseTags(&keysValues) {
			return fmt.Errorf("%w: node %d", errBlock, id)
		}
		if err := b.do(e); err != nil {
			return err
		}
	}
	if m.bad() || len(lons) > 0 || len(lats) > 0 {
		return fmt.Errorf("%w: nodes", errBlock)
	}
	return nil
}

// denseTags reads the tags of one dense node: pairs up to a zero. No list at all means no tags.
func (b *block) denseTags(list *packed) bool {
	for len(*list) > 0 {
		k, ok := list.next()
		if !ok {
			return false
		}
		if k == 0 {
			return true
		}
		v, ok := list.next()
		if !ok || !b.tag(k, v) {
			return false
		}
	}
	return true
}

// tagLists reads tags from parallel lists.
func (b *block) tagLists(keys, values packed) bool {
	for len(keys) > 0 {
		k, ok1 := keys.next()
		v, ok2 := values.next()
		if !ok1 || !ok2 || !b.tag(k, v) {
			return false
		}
	}
	return len(values) == 0
}

func (b *block) way(data []byte) error {
	e := b.begin(wayKind)
	var keys, values, refs packed
	m := message(data)
	for f, ok := m.next(); ok; f, ok = m.next() {
		switch f.number {
		case 1:
			e.id = int64(f.value)
		case 2:
			keys = f.bytes
		case 3:
			values = f.bytes
		case 8:
			refs = f.bytes
		}
	}
	for id := int64(0); len(refs) > 0; {
		d, ok := refs.next()
		if !ok {
			return fmt.Errorf("%w: way %d", errBlock, e.id)
		}
		id += zigzag(d)
		e.refs = append(e.refs, id)
	}
	if m.bad() || !b.tagLists(keys, values) {
		return fmt.Errorf("%w: way %d", errBlock, e.id)
	}
	return b.do(e)
}

func (b *block) relation(data []byte) error {
	e := b.begin(relationKind)
	var keys, values, roles, refs, kinds packed
	m := message(data)
	for f, ok := m.next(); ok; f, ok = m.next() {
		switch f.number {
		case 1:
			e.id = int64(f.value)
		case 2:
			keys = f.bytes
		case 3:
			values = f.bytes
		case 8:
			roles = f.bytes
		case 9:
			refs = f.bytes
		case 10:
			kinds = f.bytes
		}
	}
	for id := int64(0); len(refs) > 0; {
		d, ok1 := refs.next()
		role, ok2 := roles.next()
		kind, ok3 := kinds.next()
		name, ok4 := b.text(role)
		if !ok1 || !ok2 || !ok3 || !ok4 || kind > 2 {
			return fmt.Errorf("%w: relation %d", errBlock, e.id)
		}
		id += zigzag(d)
		e.members = append(e.members, member{kind: "nwr"[kind], ref: id, role: name})
	}
	if m.bad() || !b.tagLists(keys, values) {
		return fmt.Errorf("%w: relation %d", errBlock, e.id)
	}
	return b.do(e)
}
