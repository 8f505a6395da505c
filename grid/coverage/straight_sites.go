package coverage

import (
	"math/bits"
	"slices"
)

// siteMap is facilities by block. Few blocks have any, so each row of blocks has a bit for every column that does.
type siteMap struct {
	blocks *blocks
	words  int      // of 64 columns, by row
	taken  []uint64 // by row and word
	in     [][]site // by block
}

const wordBits = 64

func newSiteMap(n *blocks) siteMap {
	words := (n.cols + wordBits - 1) / wordBits
	return siteMap{blocks: n, words: words, taken: make([]uint64, words*n.rows), in: make([][]site, n.len())}
}

func (m *siteMap) clone() siteMap {
	c := *m
	c.taken, c.in = slices.Clone(m.taken), make([][]site, len(m.in))
	for i, at := range m.in {
		c.in[i] = slices.Clone(at)
	}
	return c
}

// bit is where the bit of a block is.
func (m *siteMap) bit(block uint32) (word *uint64, mask uint64) {
	col, row := int(block)%m.blocks.cols, int(block)/m.blocks.cols
	return &m.taken[row*m.words+col/wordBits], 1 << (col % wordBits)
}

func (m *siteMap) add(block uint32, s site) {
	m.in[block] = append(m.in[block], s)
	word, mask := m.bit(block)
	*word |= mask
}

func (m *siteMap) remove(block uint32, key int64) {
	m.in[block] = slices.DeleteFunc(m.in[block], func(s site) bool { return s.key == key })
	if len(m.in[block]) == 0 {
		word, mask := m.bit(block)
		*word &^= mask
	}
}

// around visits the facilities of every block that has any and that a circle about the centre of one may meet.
func (m *siteMap) around(block uint32, radiusM float64, visit func(sites []site)) {
	west, south, east, north := m.blocks.window(block, radiusM)
	for row := south; row <= north; row++ {
		for w := west / wordBits; w <= east/wordBits; w++ {
			left := m.taken[row*m.words+w]
			if w == west/wordBits {
				left &= ^uint64(0) << (west % wordBits)
			}
			if w == east/wordBits {
				left &= ^uint64(0) >> (wordBits - 1 - east%wordBits)
			}
			for ; left != 0; left &= left - 1 {
				visit(m.in[row*m.blocks.cols+w*wordBits+bits.TrailingZeros64(left)])
			}
		}
	}
}
