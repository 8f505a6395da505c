package tile

import (
	"encoding/binary"
	"math"
	"strings"
	"unicode/utf8"
)

// Value is an attribute value of one of the types of the format. Values are comparable.
type Value struct {
	kind valueKind
	bits uint64
	text string
}

// valueKind is the first byte of an encoded value: field number and wire type.
type valueKind uint8

const (
	stringValue valueKind = 0x0a
	floatValue  valueKind = 0x15
	doubleValue valueKind = 0x19
	uintValue   valueKind = 0x28
	sintValue   valueKind = 0x30
	boolValue   valueKind = 0x38
)

// String is a text value. What is not UTF-8 in it becomes U+FFFD.
func String(s string) Value {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	return Value{kind: stringValue, text: s}
}

// Int is a whole number. Negative ones are written as sint64, others as uint64, the shortest forms.
func Int(i int64) Value {
	if i < 0 {
		return Value{kind: sintValue, bits: uint64(i<<1) ^ uint64(i>>63)}
	}
	return Uint(uint64(i))
}

// Uint is a whole number that is not negative. Readers in browsers are exact up to 2^53.
func Uint(u uint64) Value { return Value{kind: uintValue, bits: u} }

// Double is a number in 64 bits.
func Double(f float64) Value { return Value{kind: doubleValue, bits: math.Float64bits(f)} }

// Float is a number in 32 bits, for measures that were never more exact.
func Float(f float32) Value { return Value{kind: floatValue, bits: uint64(math.Float32bits(f))} }

// Bool is a truth value.
func Bool(b bool) Value {
	v := Value{kind: boolValue}
	if b {
		v.bits = 1
	}
	return v
}

// append writes the value as the field "values" of a layer.
func (v Value) append(b []byte) []byte {
	body := 1
	switch v.kind {
	case stringValue:
		body += varintLen(uint64(len(v.text))) + len(v.text)
	case floatValue:
		body += 4
	case doubleValue:
		body += 8
	default:
		body += varintLen(v.bits)
	}
	b = binary.AppendUvarint(append(b, fieldValues), uint64(body))
	b = append(b, byte(v.kind))
	switch v.kind {
	case stringValue:
		return append(binary.AppendUvarint(b, uint64(len(v.text))), v.text...)
	case floatValue:
		return binary.LittleEndian.AppendUint32(b, uint32(v.bits))
	case doubleValue:
		return binary.LittleEndian.AppendUint64(b, v.bits)
	}
	return binary.AppendUvarint(b, v.bits)
}

// entries are encoded fields in one run of bytes.
type entries struct {
	blob []byte
	ends []uint32
}

func (t *entries) len() int { return len(t.ends) }

func (t *entries) at(i uint32) []byte {
	start := uint32(0)
	if i > 0 {
		start = t.ends[i-1]
	}
	return t.blob[start:t.ends[i]]
}

// close ends the entry just written to blob and gives its number.
func (t *entries) close() uint32 {
	t.ends = append(t.ends, uint32(len(t.blob)))
	return uint32(len(t.ends) - 1)
}

// Dict is the vocabulary of a tile layer: its keys and those values that come again and again, encoded once. It is
// immutable and safe for concurrent use. The zero Dict is empty.
type Dict struct {
	keys, values entries
}

// DictBuilder makes a Dict and its successors. It is used by one goroutine; the Dicts it gave out stay as they were.
// The zero value is ready. It holds up to 2^31 values and 4 GiB of them.
type DictBuilder struct {
	dict     Dict
	keyOf    map[string]uint32
	valueNos map[Value]uint32
}

// Key gives the number of a key, a new one where it is not known yet.
func (b *DictBuilder) Key(name string) uint32 {
	if n, ok := b.keyOf[name]; ok {
		return n
	}
	if b.keyOf == nil {
		b.keyOf = map[string]uint32{}
	}
	t := &b.dict.keys
	t.blob = binary.AppendUvarint(append(t.blob, fieldKeys), uint64(len(name)))
	t.blob = append(t.blob, name...)
	n := t.close()
	b.keyOf[name] = n
	return n
}

// Value gives the number of a value, a new one where it is not known yet.
func (b *DictBuilder) Value(v Value) uint32 {
	if n, ok := b.valueNos[v]; ok {
		return n
	}
	if b.valueNos == nil {
		b.valueNos = map[Value]uint32{}
	}
	t := &b.dict.values
	t.blob = v.append(t.blob)
	n := t.close()
	b.valueNos[v] = n
	return n
}

// Dict is the vocabulary as it is now. Numbers given out before are good in it and in all later ones.
func (b *DictBuilder) Dict() Dict { return b.dict }
