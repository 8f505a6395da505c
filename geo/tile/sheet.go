package tile

import "encoding/binary"

// sheet is a run of bytes that is being written by index: the first n of buf, behind which there is room. Room is made
// once for many bytes, by whoever knows the most they can be.
type sheet struct {
	buf []byte
	n   int
}

// chunk is how many bytes are copied at once where there may be fewer; room is always made for one more.
const chunk = 16

// room makes room for k bytes and a chunk behind the end.
func (s *sheet) room(k int) {
	if s.n+k+chunk > len(s.buf) {
		s.grow(k)
	}
}

// grow is not inlined: what calls room has better use for its registers.
//
//go:noinline
func (s *sheet) grow(k int) {
	bigger := make([]byte, max(2*len(s.buf), s.n+k+chunk, 1<<12))
	copy(bigger, s.buf[:s.n])
	s.buf = bigger
}

// write appends bytes.
func (s *sheet) write(b []byte) {
	s.room(len(b))
	s.n += copy(s.buf[s.n:], b)
}

// uvarint appends a number, for which there must be room.
func (s *sheet) uvarint(v uint64) { s.n += binary.PutUvarint(s.buf[s.n:], v) }

// length writes a length into the reserved bytes before at, which is that of all from there to the end. Where it takes
// more or fewer bytes, all that is moved. There must be room for four bytes.
func (s *sheet) length(at, reserved int) {
	size := s.n - at
	k := varintLen(uint64(size))
	if k != reserved {
		s.n += copy(s.buf[at-reserved+k:], s.buf[at:s.n]) - size + k - reserved
	}
	binary.PutUvarint(s.buf[at-reserved:], uint64(size))
}
