package tile

import "encoding/binary"

// Sets are the tag sets of a store of features: combinations of keys and values of a layer's Dict that come again and
// again. They are immutable and safe for concurrent use. Nil Sets are empty.
type Sets struct {
	// blob has the pairs as numbers of variable length, key, value, key, value …: about three bytes a pair.
	blob []byte
	ends []uint32
}

// SetsBuilder collects sets. It is used by one goroutine; the Sets it gave out stay as they were. The zero value is
// ready. It holds up to 4 GiB.
type SetsBuilder struct{ sets Sets }

// Add gives a set the next number, from 0. pairs are key, value, key, value …, numbers of the layer's Dict. Equal sets
// are not found: that is the caller's.
func (b *SetsBuilder) Add(pairs []uint32) uint32 {
	for _, n := range pairs {
		b.sets.blob = binary.AppendUvarint(b.sets.blob, uint64(n))
	}
	b.sets.ends = append(b.sets.ends, uint32(len(b.sets.blob)))
	return uint32(len(b.sets.ends) - 1)
}

// Sets are the sets as they are now. Numbers given out before are good in them and in all later ones.
func (b *SetsBuilder) Sets() *Sets {
	sets := b.sets
	return &sets
}

// Len is the number of sets.
func (s *Sets) Len() int {
	if s == nil {
		return 0
	}
	return len(s.ends)
}

// Size is the memory they hold, in bytes.
func (s *Sets) Size() int64 {
	if s == nil {
		return 0
	}
	return int64(cap(s.blob)) + 4*int64(cap(s.ends))
}

// at is set n.
func (s *Sets) at(n uint32) []byte {
	start := uint32(0)
	if n > 0 {
		start = s.ends[n-1]
	}
	return s.blob[start:s.ends[n]]
}
