package city

import "encoding/binary"

// digest is a hash that is the same on every machine and in every version that has not changed it on purpose. It only
// tells contents apart; nobody is kept from making two contents with the same one.
type digest uint64

const (
	golden = 0x9e3779b97f4a7c15
	null   = 0x6e756c6c6e756c6c
)

// add mixes in a number. For one digest, different numbers give different digests.
func (d digest) add(v uint64) digest {
	x := (uint64(d) ^ v) * golden
	return digest(x ^ x>>29)
}

// text mixes in a text and its length.
func (d digest) text(s []byte) digest {
	d = d.add(uint64(len(s)) + 1)
	for len(s) >= 8 {
		d = d.add(binary.LittleEndian.Uint64(s))
		s = s[8:]
	}
	var rest [8]byte
	copy(rest[:], s)
	return d.add(binary.LittleEndian.Uint64(rest[:]))
}

// sum spreads the digest over all bits, so that sums of digests tell sets apart.
func (d digest) sum() uint64 {
	x := uint64(d) + golden
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
