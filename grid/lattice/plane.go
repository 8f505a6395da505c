package lattice

import (
	"cmp"
	"encoding/binary"
	"slices"

	"wangge/geo/index"
)

// plane is the ground cut along all borders and lines: vertices, edges between them, and the faces that the edges bound. Every edge
// is two half-edges, 2e from its lower to its higher vertex and 2e+1 back; a face lies on the left of its half-edges.
type plane struct {
	noding *noding
	at     []vertex // from west to east
	from   []int32  // half-edge → vertex that it leaves
	next   []int32  // half-edge → the one that follows it around the face
	upmost []int32  // vertex → the half-edge that leaves it with the west on its left; -1 where an edge runs west
	walls  []bool   // edge → whether a line runs along it
	marks  []mark   // of all edges
	first  []int32  // edge → its first mark; one more at the end
	cycle  []int32  // half-edge → the closed walk it is part of
	starts []int32  // cycle → one of its half-edges
	face   []int32  // cycle → face; face 0 is the ground outside of everything
	cycles []int32  // by face
	rim    []int32  // face → its first in cycles; one more at the end
	covers []cover  // the different ones; the first is empty
	cover  []int32  // face → its cover
}

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

// newPlane cuts the ground along pieces. stop is asked now and then whether to go on. Errors: ErrComplex, and that of stop.
func newPlane(pieces []piece, stop func() error) (*plane, error) {
	n, err := node(pieces, stop)
	if err != nil {
		return nil, err
	}
	p := &plane{noding: n}
	p.edges()
	p.follow()
	if err := p.walk(); err != nil {
		return nil, err
	}
	p.faces()
	return p, n.stop()
}

// edges makes edges of segments, without those whose pieces cancel one another.
func (p *plane) edges() {
	var ends []vertex // of each edge
	for _, s := range p.noding.segs {
		start, wall := len(p.marks), false
		for _, i := range p.noding.order[s.first:s.end] { // ascending by label
			q := &p.noding.pieces[i]
			if q.label == line {
				wall = true
				continue
			}
			by := int32(1)
			if q.from != s.low {
				by = -1
			}
			if last := len(p.marks) - 1; last >= start && p.marks[last].label == q.label {
				if p.marks[last].by += by; p.marks[last].by == 0 {
					p.marks = p.marks[:last]
				}
			} else {
				p.marks = append(p.marks, mark{q.label, by})
			}
		}
		if len(p.marks) == start && !wall {
			continue
		}
		ends = append(ends, s.low, s.high)
		p.walls = append(p.walls, wall)
		p.first = append(p.first, int32(start))
	}
	p.first = append(p.first, int32(len(p.marks)))
	p.at = slices.Clone(ends)
	slices.SortFunc(p.at, vertex.compare)
	p.at = slices.Compact(p.at)
	p.from = make([]int32, len(ends))
	for h, v := range ends {
		i, _ := slices.BinarySearchFunc(p.at, v, vertex.compare)
		p.from[h] = int32(i)
	}
}

// twin is the same edge in the other direction.
func twin(h int32) int32 { return h ^ 1 }

func (p *plane) to(h int32) int32 { return p.from[twin(h)] }

// follow finds which half-edge follows which: at its end, the next one clockwise.
func (p *plane) follow() {
	first := make([]int32, len(p.at)+1)
	for _, v := range p.from {
		first[v+1]++
	}
	for i := range p.at {
		first[i+1] += first[i]
	}
	out, free := make([]int32, len(p.from)), slices.Clone(first)
	for h, v := range p.from {
		out[free[v]] = int32(h)
		free[v]++
	}
	p.next, p.upmost = make([]int32, len(p.from)), make([]int32, len(p.at))
	for v := range p.at {
		around := out[first[v]:first[v+1]]
		slices.SortFunc(around, p.turn)
		for i, h := range around {
			p.next[twin(h)] = around[(i+len(around)-1)%len(around)]
		}
		if p.upmost[v] = around[len(around)-1]; p.westward(p.upmost[v]) {
			p.upmost[v] = -1
		}
	}
}

// turn orders half-edges that leave one vertex anticlockwise, from south: down first, then east, up, west.
func (p *plane) turn(g, h int32) int {
	if west := p.westward(g); west != p.westward(h) {
		if west {
			return 1
		}
		return -1
	}
	return cmp.Compare(0, side(p.at[p.from[g]], p.at[p.to(g)], p.at[p.to(h)]))
}

// westward tells whether a half-edge runs to the west, or straight down.
func (p *plane) westward(h int32) bool { return p.to(h) < p.from[h] }

// walk finds the closed walks around faces.
func (p *plane) walk() error {
	p.cycle = make([]int32, len(p.from))
	for h := range p.cycle {
		p.cycle[h] = -1
	}
	for h := range p.cycle {
		if p.cycle[h] >= 0 {
			continue
		}
		if len(p.starts)%4096 == 0 {
			if err := p.noding.stop(); err != nil {
				return err
			}
		}
		n := int32(len(p.starts))
		p.starts = append(p.starts, int32(h))
		for g := int32(h); p.cycle[g] < 0; g = p.next[g] {
			p.cycle[g] = n
		}
	}
	return p.flood()
}

// flood gives every walk its face and every face its cover: beginning at the westernmost vertex of each connected part of the
// net, whose outer walk runs along the face that lies to the west of it, and from there across the edges.
func (p *plane) flood() error {
	p.covers, p.cover = []cover{nil}, []int32{0}
	known := map[string]int32{"": 0}
	p.face = make([]int32, len(p.starts))
	for c := range p.face {
		p.face[c] = -1
	}
	tree := p.tree()
	covered := 0
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
			c := open[len(open)-1]
			open = open[:len(open)-1]
			for g, again := p.starts[c], false; !again; g, again = p.next[g], p.next[g] == p.starts[c] {
				d := p.cycle[twin(g)]
				if p.face[d] >= 0 {
					continue
				}
				next := p.across(p.covers[p.cover[p.face[c]]], g)
				key := next.key()
				id, ok := known[key]
				if !ok {
					id = int32(len(p.covers))
					known[key], p.covers = id, append(p.covers, next)
					if covered += len(next); covered > maxCovered {
						return ErrComplex
					}
				}
				p.face[d] = int32(len(p.cover))
				p.cover = append(p.cover, id)
				open = append(open, d)
			}
		}
	}
	return nil
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

// faces lists the walks of each face.
func (p *plane) faces() {
	p.rim = make([]int32, len(p.cover)+1)
	for _, f := range p.face {
		p.rim[f+1]++
	}
	for f := range p.cover {
		p.rim[f+1] += p.rim[f]
	}
	free := slices.Clone(p.rim)
	p.cycles = make([]int32, len(p.face))
	for c, f := range p.face {
		p.cycles[free[f]] = int32(c)
		free[f]++
	}
}

// around yields the half-edges of a face.
func (p *plane) around(face int32, yield func(h int32)) {
	for _, c := range p.cycles[p.rim[face]:p.rim[face+1]] {
		for h, again := p.starts[c], false; !again; h, again = p.next[h], p.next[h] == p.starts[c] {
			yield(h)
		}
	}
}

// left is the face on the left of a half-edge.
func (p *plane) left(h int32) int32 { return p.face[p.cycle[h]] }

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
