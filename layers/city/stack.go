package city

import (
	"slices"

	"wangge/geo/index"
	"wangge/geo/tile"
	"wangge/layers"
)

// stack holds the features of one layer: a large block at the bottom and small ones of later changes above it. A feature is in one
// block only, or in several of which all but the topmost list it as gone. Immutable.
type stack struct {
	layer   *layers.Layer
	look    *look
	dict    tile.Dict // with all that the blocks have
	segs    []segment // one at least
	density *tallies
}

// segment is a block and those of its rows, ascending, that are no more.
type segment struct {
	*block
	gone []uint32
}

// foldRows is the largest block that is merged with its neighbour while a batch is applied: about two milliseconds of work.
const foldRows = 4096

// newStack makes a stack of rows just read.
func newStack(k *look, t *table) *stack {
	s := &stack{layer: t.layer, look: k, density: newTallies(t), segs: []segment{{block: pack(k, whole(t))}}}
	s.dict = k.vocabulary.dict()
	return s
}

// whole is all of a table that is not packed yet.
func whole(t *table) part {
	return part{table: t, hash: func(row int) uint64 { return t.hashes[row] }}
}

// live is what is left of a segment.
func (s segment) live() part {
	p := part{table: &s.table, hash: func(row int) uint64 { return s.sum(row, row+1) }}
	if len(s.gone) > 0 {
		p.rows = make([]uint32, 0, s.len()-len(s.gone))
		s.skip(0, s.len(), func(row int) bool {
			p.rows = append(p.rows, uint32(row))
			return true
		})
	}
	return p
}

// skip visits the rows first … end-1 that are not gone.
func (s segment) skip(first, end int, yield func(row int) bool) bool {
	at, _ := slices.BinarySearch(s.gone, uint32(first))
	for row := first; row < end; row++ {
		if at < len(s.gone) && s.gone[at] == uint32(row) {
			at++
			continue
		}
		if !yield(row) {
			return false
		}
	}
	return true
}

// len is the number of features.
func (s *stack) len() int {
	n := 0
	for _, seg := range s.segs {
		n += seg.len() - len(seg.gone)
	}
	return n
}

// search visits every feature whose box meets q, until yield answers false.
func (s *stack) search(q index.Box, yield func(b *block, row int) bool) {
	for _, seg := range s.segs {
		done := seg.runs(q, allZooms, func(first, end int) bool {
			return seg.skip(first, end, func(row int) bool { return yield(seg.block, row) })
		})
		if !done {
			return
		}
	}
}

// tally counts the features whose boxes meet q, and adds their hashes.
func (s *stack) tally(q index.Box) (n int, hash uint64) {
	for _, seg := range s.segs {
		seg.runs(q, allZooms, func(first, end int) bool {
			n += end - first
			hash += seg.sum(first, end)
			at, _ := slices.BinarySearch(seg.gone, uint32(first))
			for ; at < len(seg.gone) && int(seg.gone[at]) < end; at++ {
				n--
				hash -= seg.sum(int(seg.gone[at]), int(seg.gone[at])+1)
			}
			return true
		})
	}
	return n, hash
}

// find looks a feature up by its id.
func (s *stack) find(id int64) (*block, int, bool) {
	for i := len(s.segs) - 1; i >= 0; i-- {
		if row, ok := s.segs[i].rowOf(id); ok {
			if _, gone := slices.BinarySearch(s.segs[i].gone, uint32(row)); !gone {
				return s.segs[i].block, row, true
			}
		}
	}
	return nil, 0, false
}

// apply takes features out and puts rows in. keep is the number of blocks at the bottom that must stay as they are, for
// somebody is merging them; one at least.
func (s *stack) apply(touched []int64, fresh *table, keep int) *stack {
	out := &stack{layer: s.layer, look: s.look, density: s.density.change(fresh, s.rowsOf(touched)), segs: make([]segment, 0, len(s.segs)+1)}
	for _, seg := range s.segs {
		seg.gone = seg.without(touched)
		out.segs = append(out.segs, seg)
	}
	if fresh.len() > 0 {
		out.segs = append(out.segs, segment{block: pack(s.look, whole(fresh))})
	}
	out.fold(max(keep, 1))
	out.dict = s.look.vocabulary.dict()
	return out
}

// rowsOf finds features by their ids; those that there are.
func (s *stack) rowsOf(ids []int64) []rowRef {
	var rows []rowRef
	for _, id := range ids {
		if b, row, ok := s.find(id); ok {
			rows = append(rows, rowRef{b, row})
		}
	}
	return rows
}

// without is the list of rows gone when some features go too.
func (s segment) without(ids []int64) []uint32 {
	var more []uint32
	for _, id := range ids {
		if row, ok := s.rowOf(id); ok {
			more = append(more, uint32(row))
		}
	}
	if more == nil {
		return s.gone
	}
	all := slices.Concat(s.gone, more)
	slices.Sort(all)
	return slices.Compact(all)
}

// fold merges the topmost blocks while the upper is not much smaller than the lower, so that there are few, and each row is
// merged a few times only.
func (s *stack) fold(keep int) {
	for len(s.segs) > keep+1 {
		low, high := s.segs[len(s.segs)-2], s.segs[len(s.segs)-1]
		if low.len() > 4*high.len() || low.len()+high.len() > foldRows {
			return
		}
		s.segs = append(s.segs[:len(s.segs)-2], segment{block: pack(s.look, low.live(), high.live())})
	}
	// A block with no feature left is dropped, but for the bottom.
	if top := s.segs[len(s.segs)-1]; len(s.segs) > keep && len(top.gone) == top.len() {
		s.segs = s.segs[:len(s.segs)-1]
	}
}

// grown tells whether the whole stack should be packed anew.
func (s *stack) grown() bool {
	bottom := s.segs[0]
	above := len(bottom.gone)
	for _, seg := range s.segs[1:] {
		above += seg.len()
	}
	return above > min(max(foldRows/2, bottom.len()/8), 4*foldRows)
}

// merged is all of the stack in one block. It takes a second for a million features.
func (s *stack) merged() *block {
	var parts []part
	for _, seg := range s.segs {
		parts = append(parts, seg.live())
	}
	return pack(s.look, parts...)
}

// rebase puts a block in place of the stack that it was merged from, of which s is a successor; false where it is none.
func (s *stack) rebase(from *stack, b *block) (*stack, bool) {
	n := len(from.segs)
	if len(s.segs) < n {
		return nil, false
	}
	bottom := segment{block: b}
	var since []int64
	for i := range n {
		was, is := from.segs[i], s.segs[i]
		if was.block != is.block {
			return nil, false
		}
		for _, row := range is.gone {
			if _, before := slices.BinarySearch(was.gone, row); !before {
				since = append(since, is.ids[row])
			}
		}
	}
	bottom.gone = bottom.without(since)
	return &stack{layer: s.layer, look: s.look, dict: s.dict, density: s.density, segs: append([]segment{bottom}, s.segs[n:]...)}, true
}

func (s *stack) size() int64 {
	n := s.density.size()
	for _, seg := range s.segs {
		n += seg.size() + 4*int64(cap(seg.gone))
	}
	return n
}
