package lattice

import (
	"cmp"
	"slices"
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

	covered int // labels of all covers
}

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
