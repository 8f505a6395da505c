package city

import (
	"bytes"
	"hash/maphash"
	"slices"
)

// texts is a list of distinct short texts in one run of bytes, numbered from 0 in the order of their first coming.
type texts struct {
	bytes []byte
	ends  []uint32
	slots []uint32 // open addressing: 1 + number, 0 for free; only while texts are added
	seed  maphash.Seed
}

func (t *texts) len() int { return len(t.ends) }

func (t *texts) at(n uint32) []byte {
	return t.bytes[t.start(n):t.ends[n]]
}

func (t *texts) start(n uint32) uint32 {
	if n == 0 {
		return 0
	}
	return t.ends[n-1]
}

// number finds a text, or adds it.
func (t *texts) number(s []byte) uint32 {
	if 2*(len(t.ends)+1) > len(t.slots) {
		t.rehash(max(64, 4*len(t.slots)))
	}
	mask := uint64(len(t.slots) - 1)
	for i := maphash.Bytes(t.seed, s) & mask; ; i = (i + 1) & mask {
		switch n := t.slots[i]; {
		case n == 0:
			t.slots[i] = t.add(s) + 1
			return t.slots[i] - 1
		case bytes.Equal(t.at(n-1), s):
			return n - 1
		}
	}
}

// add appends a text that is known to be new.
func (t *texts) add(s []byte) uint32 {
	t.bytes = append(t.bytes, s...)
	t.ends = append(t.ends, uint32(len(t.bytes)))
	return uint32(len(t.ends) - 1)
}

// rehash makes room for half of size texts; size is a power of two.
func (t *texts) rehash(size int) {
	for size < 2*(len(t.ends)+1) {
		size *= 2
	}
	if t.slots == nil {
		t.seed = maphash.MakeSeed()
	}
	t.slots = make([]uint32, size)
	mask := uint64(size - 1)
	for n := range t.ends {
		i := maphash.Bytes(t.seed, t.at(uint32(n))) & mask
		for t.slots[i] != 0 {
			i = (i + 1) & mask
		}
		t.slots[i] = uint32(n) + 1
	}
}

// seal gives back what only adding needs.
func (t *texts) seal() {
	t.slots = nil
	t.bytes, t.ends = slices.Clip(t.bytes), slices.Clip(t.ends)
}

func (t *texts) size() int64 { return int64(cap(t.bytes) + 4*cap(t.ends) + 4*cap(t.slots)) }
