package lattice

import (
	"cmp"
	"slices"

	"wangge/geo/index"
)

// Bounds of what is taken on.
const (
	maxPieces = 1 << 22 // pieces of borders in one computation; a net of 10,000 grids has 120,000
	maxCuts   = 1 << 21 // in one round
	maxPairs  = 1 << 24 // pairs of segments that are compared, about a second of work; such a net needs 260,000
	maxRounds = 16      // of cutting segments; where anything is to be cut, three are the rule
)

// segment is a straight line between two vertices on which nothing lies once all is cut; low comes before high.
type segment struct {
	low, high  vertex
	first, end int32 // its pieces, in noding.order
}

// noding is pieces that are being cut until they meet at their ends only.
type noding struct {
	pieces []piece
	order  []int32   // pieces by segment and label
	segs   []segment // every segment once, from west to east
	of     []int32   // piece → segment
	pairs  int       // that may still be compared
	stop   func() error
	frame  frame
	tree   *index.Tree
}

// cut is a vertex at which a segment is cut in two.
type cut struct {
	seg int32
	at  vertex
}

// node cuts pieces where they cross or nearly meet, until no two of them have more in common than an end. Every round is one of snap rounding:
// what crosses meets in the vertex next to the crossing, and what runs through the pixel of a vertex is led through the vertex. After a
// round nothing crosses any more, only vertices may have come near to segments; rounds go on until none is. The first round also leads segments
// through vertices within reach, so that two borders that mean the same become the same.
func node(pieces []piece, stop func() error) (*noding, error) {
	n := &noding{pieces: pieces, pairs: maxPairs, stop: stop}
	for round := range maxRounds {
		if len(n.pieces) > maxPieces {
			return nil, ErrComplex
		}
		if err := n.stop(); err != nil {
			return nil, err
		}
		n.gather()
		cuts, err := n.cuts(round == 0)
		if err != nil {
			return nil, err
		}
		if len(cuts) == 0 {
			return n, nil
		}
		n.apply(cuts)
	}
	return nil, ErrComplex
}

func (p piece) ends() (low, high vertex) {
	if p.from.compare(p.to) < 0 {
		return p.from, p.to
	}
	return p.to, p.from
}

// gather finds the segments.
func (n *noding) gather() {
	n.order = make([]int32, len(n.pieces))
	for i := range n.order {
		n.order[i] = int32(i)
	}
	slices.SortFunc(n.order, func(i, j int32) int {
		p, q := &n.pieces[i], &n.pieces[j]
		pl, ph := p.ends()
		ql, qh := q.ends()
		return cmp.Or(pl.compare(ql), ph.compare(qh), cmp.Compare(p.label, q.label), cmp.Compare(i, j))
	})
	n.segs, n.of = n.segs[:0], make([]int32, len(n.pieces))
	for k, i := range n.order {
		low, high := n.pieces[i].ends()
		if last := len(n.segs) - 1; last < 0 || n.segs[last].low != low || n.segs[last].high != high {
			n.segs = append(n.segs, segment{low: low, high: high, first: int32(k)})
		}
		n.segs[len(n.segs)-1].end = int32(k + 1)
		n.of[i] = int32(len(n.segs) - 1)
	}
	n.frame = frameOf(n.segs)
	boxes := make([]index.Box, len(n.segs))
	for i, s := range n.segs {
		boxes[i] = n.frame.box(s.low, s.high, 0)
	}
	n.tree = index.Build(boxes)
}

// cuts finds where segments are to be cut.
func (n *noding) cuts(first bool) ([]cut, error) {
	var cuts []cut
	var crossings []vertex
	for i := range n.segs {
		s := &n.segs[i]
		if i%1024 == 0 {
			if err := n.stop(); err != nil {
				return nil, err
			}
		}
		done := n.tree.Search(n.frame.box(s.low, s.high, reach), func(j int) bool {
			n.pairs--
			if j > i {
				var at vertex
				var crossed bool
				if cuts, at, crossed = n.meet(cuts, int32(i), int32(j), first); crossed {
					crossings = append(crossings, at)
				}
			}
			return n.pairs > 0 && len(cuts) < maxCuts
		})
		if !done {
			return nil, ErrComplex
		}
	}
	slices.SortFunc(crossings, vertex.compare)
	for _, at := range slices.Compact(crossings) {
		done := n.tree.Search(n.frame.box(at, at, 1), func(i int) bool {
			n.pairs--
			if s := &n.segs[i]; passes(s.low, s.high, at) {
				cuts = append(cuts, cut{int32(i), at})
			}
			return n.pairs > 0 && len(cuts) < maxCuts
		})
		if !done {
			return nil, ErrComplex
		}
	}
	return slices.DeleteFunc(cuts, func(c cut) bool { return c.at == n.segs[c.seg].low || c.at == n.segs[c.seg].high }), nil
}

// meet cuts two segments where they meet, and tells where they cross. In the first round one that runs past an end of the other within reach is
// led there, and whether they still cross is for the next round: a vertex at the crossing would make a border of a few steps.
func (n *noding) meet(cuts []cut, i, j int32, first bool) ([]cut, vertex, bool) {
	s, t := &n.segs[i], &n.segs[j]
	before := len(cuts)
	cuts = led(cuts, i, s, t, first)
	cuts = led(cuts, j, t, s, first)
	if first && len(cuts) > before {
		return cuts, vertex{}, false
	}
	at, crossed := crossing(s.low, s.high, t.low, t.high)
	if crossed {
		cuts = append(cuts, cut{i, at}, cut{j, at})
	}
	return cuts, at, crossed
}

// led cuts segment s at the ends of t that it runs through.
func led(cuts []cut, i int32, s, t *segment, first bool) []cut {
	for _, at := range [2]vertex{t.low, t.high} {
		if at == s.low || at == s.high {
			continue
		}
		if passes(s.low, s.high, at) || first && within(s.low, s.high, at) {
			cuts = append(cuts, cut{i, at})
		}
	}
	return cuts
}

// apply cuts all pieces.
func (n *noding) apply(cuts []cut) {
	along := func(c cut) int64 {
		s := &n.segs[c.seg]
		return (s.high.x-s.low.x)*(c.at.x-s.low.x) + (s.high.y-s.low.y)*(c.at.y-s.low.y)
	}
	slices.SortFunc(cuts, func(a, b cut) int {
		if a.seg != b.seg {
			return cmp.Compare(a.seg, b.seg)
		}
		return cmp.Or(cmp.Compare(along(a), along(b)), a.at.compare(b.at))
	})
	cuts = slices.Compact(cuts)
	first := make([]int32, len(n.segs)+1)
	for _, c := range cuts {
		first[c.seg+1]++
	}
	for i := range n.segs {
		first[i+1] += first[i]
	}
	out := make([]piece, 0, len(n.pieces)+2*len(cuts))
	for i, p := range n.pieces {
		seg := n.of[i]
		at := cuts[first[seg]:first[seg+1]]
		forward := p.from == n.segs[seg].low
		rest := p
		for k := range at {
			c := at[k]
			if !forward {
				c = at[len(at)-1-k]
			}
			out = append(out, piece{rest.from, c.at, p.label, p.ring, rest.given})
			rest.from, rest.given = c.at, false
		}
		out = append(out, rest)
	}
	n.pieces = out
}

// frame puts boxes of vertices into the units of geo/index.
type frame struct {
	x, y  int64
	shift uint
}

// frameOf is a frame around segments, with some room.
func frameOf(segs []segment) frame {
	if len(segs) == 0 {
		return frame{}
	}
	low, high := segs[0].low, segs[0].high
	for _, s := range segs {
		low = vertex{min(low.x, s.low.x), min(low.y, s.low.y, s.high.y)}
		high = vertex{max(high.x, s.high.x), max(high.y, s.low.y, s.high.y)}
	}
	f := frame{x: low.x - 4*reach, y: low.y - 4*reach}
	for max(high.x-f.x, high.y-f.y)+4*reach > 1<<32-1 {
		high = vertex{f.x + (high.x-f.x)/2, f.y + (high.y-f.y)/2}
		f.shift++
	}
	return f
}

// box is the box around two vertices and the steps around them.
func (f frame) box(a, b vertex, around int64) index.Box {
	return index.Box{
		MinX: uint32((min(a.x, b.x) - around - f.x) >> f.shift), MinY: uint32((min(a.y, b.y) - around - f.y) >> f.shift),
		MaxX: uint32((max(a.x, b.x) + around - f.x) >> f.shift), MaxY: uint32((max(a.y, b.y) + around - f.y) >> f.shift),
	}
}
