package city

import (
	"bytes"
	"encoding/binary"
	"sort"
	"strings"
)

// rank is how well a text answers a question, the best first.
type rank uint8

const (
	exact rank = iota
	prefix
	inside
	ranks
	noMatch = ranks
)

// needle is what is looked for in texts.
type needle struct {
	lower  []byte
	letter bool // there are Latin letters in it
}

// newNeedle prepares a search; false where there is nothing to look for.
func newNeedle(q string) (needle, bool) {
	n := needle{lower: lowered(nil, []byte(strings.TrimSpace(q)))}
	n.letter = bytes.ContainsAny(n.lower, "abcdefghijklmnopqrstuvwxyz")
	return n, len(n.lower) > 0
}

// match is a text that was found, by its number.
type match struct {
	text uint32
	rank rank
}

// scan finds up to limit texts that have the needle in them, all that begin with it before any other, and besides a text that is the
// needle, if there is one.
func (n needle) scan(t *texts, limit int) []match {
	var out []match
	for i := range uint32(t.len()) {
		s := t.at(i)
		if len(s) < len(n.lower) || !n.begins(s) {
			continue
		}
		switch {
		case len(s) == len(n.lower):
			out = append(out, match{i, exact})
		case len(out) < limit:
			out = append(out, match{i, prefix})
		}
	}
	if len(out) >= limit {
		return out
	}
	return n.within(t, out, limit)
}

func (n needle) begins(s []byte) bool {
	for i, b := range n.lower {
		if lower(s[i]) != b {
			return false
		}
	}
	return true
}

// windowBytes is how much text is lowered and searched at a time.
const windowBytes = 64 << 10

// within adds texts that have the needle further on. Many texts are searched as one run of bytes; a find across the border of two is none.
func (n needle) within(t *texts, out []match, limit int) []match {
	var buf []byte
	for first := 0; first < t.len(); {
		start := t.start(uint32(first))
		end := first + 1 + sort.Search(t.len()-first-1, func(i int) bool { return t.ends[first+1+i]-start > windowBytes })
		window := t.bytes[start:t.ends[end-1]]
		if n.letter {
			buf = lowered(buf[:0], window)
			window = buf
		}
		for pos := 0; ; {
			i := bytes.Index(window[pos:], n.lower)
			if i < 0 {
				break
			}
			at := start + uint32(pos+i)
			text := first + sort.Search(end-first, func(i int) bool { return t.ends[first+i] > at })
			switch {
			case at+uint32(len(n.lower)) > t.ends[text]: // across the border
				pos += i + 1
				continue
			case at > t.start(uint32(text)): // else it is a prefix, which we have
				if out = append(out, match{uint32(text), inside}); len(out) >= limit {
					return out
				}
			}
			pos = int(t.ends[text] - start)
		}
		first = end
	}
	return out
}

func lower(b byte) byte {
	if b-'A' < 26 {
		return b + 'a' - 'A'
	}
	return b
}

// lowered appends a text with its Latin letters in lower case, eight bytes at a time: half of a search by code is spent here.
func lowered(to, s []byte) []byte {
	const ones = 0x0101010101010101
	at := len(to)
	to = append(to, s...)
	b := to[at:]
	for ; len(b) >= 8; b = b[8:] {
		x := binary.LittleEndian.Uint64(b)
		low := x & (0x7f * ones)
		fromA, afterZ := low+(0x80-'A')*ones, low+(0x7f-'Z')*ones // their top bits tell
		upper := (fromA ^ afterZ) & ^x & (0x80 * ones)
		binary.LittleEndian.PutUint64(b, x|upper>>2)
	}
	for i := range b {
		b[i] = lower(b[i])
	}
	return to
}
