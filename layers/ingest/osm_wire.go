package ingest

import "encoding/binary"

// wire reads the fields of one protocol buffer message.
type wire struct {
	rest []byte
	err  bool
}

// field is one field: value for a varint, bytes for what has a length.
type field struct {
	number uint64
	value  uint64
	bytes  []byte
}

func message(b []byte) *wire { return &wire{rest: b} }

// bad tells, after the last field, whether the message was broken.
func (w *wire) bad() bool { return w.err }

// next reads the next field; false at the end and where the message is broken.
func (w *wire) next() (f field, ok bool) {
	if len(w.rest) == 0 || w.err {
		return f, false
	}
	tag, ok := w.varint()
	f.number = tag >> 3
	switch {
	case !ok || f.number == 0:
		ok = false
	case tag&7 == 0:
		f.value, ok = w.varint()
	case tag&7 == 1:
		_, ok = w.cut(8)
	case tag&7 == 5:
		_, ok = w.cut(4)
	case tag&7 == 2:
		var n uint64
		if n, ok = w.varint(); ok {
			f.bytes, ok = w.cut(n)
		}
	default:
		ok = false
	}
	w.err = !ok
	return f, ok
}

func (w *wire) varint() (uint64, bool) {
	v, n := binary.Uvarint(w.rest)
	if n <= 0 {
		return 0, false
	}
	w.rest = w.rest[n:]
	return v, true
}

func (w *wire) cut(n uint64) ([]byte, bool) {
	if n > uint64(len(w.rest)) {
		return nil, false
	}
	b := w.rest[:n]
	w.rest = w.rest[n:]
	return b, true
}

// packed is a list of varints.
type packed []byte

func (p *packed) next() (uint64, bool) {
	v, n := binary.Uvarint(*p)
	if n <= 0 {
		return 0, false
	}
	*p = (*p)[n:]
	return v, true
}

// zigzag turns an unsigned number of the wire into the signed one that it stands for.
func zigzag(v uint64) int64 { return int64(v>>1) ^ -int64(v&1) }
