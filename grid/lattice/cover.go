package lattice

import (
	"cmp"
	"encoding/binary"
	"slices"

	"wangge/geo/index"
)

// mark says that crossing an edge from the right of its half-edge 2e to the left enters a label's ground by so many times.
type mark struct{ label, by int32 }

// cover is which labels' ground a face lies in, how many times, ascending by label. Times that are not 1 come from rings that turn over themselves.
type cover []mark

func (c cover) has(label int32) bool {
	_, ok := slices.BinarySearchFunc(c, label, func(m mark, l int32) int { return cmp.Compare(m.label, l) })
	return ok
}

// maxCovered bounds how many labels all different covers hold together.
const maxCovered = 1 << 22

// flood gives every walk its face and every face its cover: beginning at the westernmost vertex of each connected part of the
// net, whose outer walk runs along the face that lies to the west of it, and from there across the edges.
func (p *plane) flood() error {
	p.covers, p.cover = []cover{nil}, []int32{0}
	known := lexicon{"": 0}
	p.face = make([]int32, len(p.starts))
	for c := range p.face {
		p.face[c] = -1
	}
	tree := p.tree()
	for v := range p.at { // from west to east: what lies to the west of a part is known already
		h := p.upmost[v]
		if h < 0 || p.face[p.cycle[h]] >= 0 {
			continue
		}
		west, err := p.west(int32(v), tree)
		if err != nil {
			return err
		}
		p.face[p.cycle[h]] = west
		for open := []int32{p.cycle[h]}; len(open) > 0; {
			if p.covered > maxCovered {
				return ErrComplex
			}
			c := open[len(open)-1]
			open = open[:len(open)-1]
			for g, again := p.starts[c], false; !again; g, again = p.next[g], p.next[g] == p.starts[c] {
				d := p.cycle[twin(g)]
				if p.face[d] >= 0 {
					continue
				}
				id := p.learn(known, p.across(p.over(p.face[c]), g))
				p.face[d] = int32(len(p.cover))
				p.cover = append(p.cover, id)
				open = append(open, d)
			}
		}
	}
	return nil
}

// lexicon is the number of each different cover.
type lexicon map[string]int32

// learn gives the number of a cover.
func (p *plane) learn(known lexicon, c cover) int32 {
	key := c.key()
	id, ok := known[key]
	if !ok {
		id = int32(len(p.covers))
		known[key], p.covers = id, append(p.covers, c)
		p.covered += len(c)
	}
	return id
}

// across is the cover on the right of a half-edge, given that on its left.
func (p *plane) across(left cover, h int32) cover {
	sign := int32(-1) // leaving the left of 2e
	if h%2 == 1 {
		sign = 1
	}
	marks := p.marks[p.first[h/2]:p.first[h/2+1]]
	out := make(cover, 0, len(left)+len(marks))
	for len(left) > 0 || len(marks) > 0 {
		switch {
		case len(marks) == 0 || len(left) > 0 && left[0].label < marks[0].label:
			out, left = append(out, left[0]), left[1:]
		case len(left) == 0 || marks[0].label < left[0].label:
			out, marks = append(out, mark{marks[0].label, sign * marks[0].by}), marks[1:]
		default:
			if by := left[0].by + sign*marks[0].by; by != 0 {
				out = append(out, mark{left[0].label, by})
			}
			left, marks = left[1:], marks[1:]
		}
	}
	return out
}

func (c cover) key() string {
	b := make([]byte, 0, 8*len(c))
	for _, m := range c {
		b = binary.LittleEndian.AppendUint32(b, uint32(m.label))
		b = binary.LittleEndian.AppendUint32(b, uint32(m.by))
	}
	return string(b)
}

// west is the face that lies to the west of a vertex, and a little above it, from which no edge runs west.
func (p *plane) west(v int32, tree *index.Tree) (int32, error) {
	at := p.at[v]
	nearest := int32(-1) // edge
	f := p.noding.frame
	done := tree.Search(f.box(vertex{f.x, at.y}, at, 0), func(e int) bool {
		p.noding.pairs--
		low, high := p.upright(int32(e))
		if low.y <= at.y && at.y < high.y && isRight(low, high, at) && (nearest < 0 || p.isRightOf(int32(e), nearest)) {
			nearest = int32(e)
		}
		return p.noding.pairs > 0
	})
	switch {
	case !done:
		return 0, ErrComplex
	case nearest < 0:
		return 0, nil
	}
	down := 2 * nearest
	if p.at[p.from[down]].y < p.at[p.to(down)].y {
		down = twin(down)
	}
	return p.left(down), nil
}

// upright gives the ends of an edge, the southern one first.
func (p *plane) upright(e int32) (low, high vertex) {
	low, high = p.at[p.from[2*e]], p.at[p.from[2*e+1]]
	if low.y > high.y {
		low, high = high, low
	}
	return low, high
}

// isRight tells whether a vertex on a height between low and high lies to the east of the line between them.
func isRight(low, high, at vertex) bool {
	switch {
	case at.x > low.x && at.x > high.x:
		return true
	case at.x <= low.x && at.x <= high.x:
		return false
	}
	return side(low, high, at) < 0
}

// isRightOf tells which of two edges, both of which a parallel crosses, lies to the east there.
func (p *plane) isRightOf(e, f int32) bool {
	el, eh := p.upright(e)
	fl, fh := p.upright(f)
	switch {
	case el == fl:
		return side(fl, fh, eh) < 0
	case el.y >= fl.y:
		return isRight(fl, fh, el)
	}
	return !isRight(el, eh, fl)
}

// tree finds edges by place.
func (p *plane) tree() *index.Tree {
	boxes := make([]index.Box, len(p.walls))
	for e := range boxes {
		boxes[e] = p.noding.frame.box(p.at[p.from[2*e]], p.at[p.from[2*e+1]], 0)
	}
	return index.Build(boxes)
}

// over is what a face is covered by.
func (p *plane) over(face int32) cover { return p.covers[p.cover[face]] }

// of lists the faces within a label's ground.
func (p *plane) of(label int32) []int32 {
	var out []int32
	for f := range p.cover {
		if p.over(int32(f)).has(label) {
			out = append(out, int32(f))
		}
	}
	return out
}
