package geo

import (
	"github.com/paulmach/orb"

	"wangge/geo/index"
)

// checkBudget bounds the steps that checking one geometry may take, about a second. A boundary of 100,000 vertices needs
// a tenth of it; only shapes made for the purpose (long parallel diagonals, an outer ring of 250,000 vertices with
// 50,000 holes) come near.
const checkBudget = 1 << 25

// arrangement is how the rings of one polygon or multipolygon lie to one another.
type arrangement struct {
	rings    []arrangedRing
	segments []segment
	touches  []touch
	budget   int // steps left
}

type arrangedRing struct {
	orb.Ring
	polygon int
	outer   bool
	path    string
	bound   orb.Bound
}

// segment is the piece of a ring that ends at its vertex i+1.
type segment struct{ ring, i int32 }

// touch is a position that two rings of the same polygon share.
type touch struct {
	a, b int32
	at   orb.Point
}

func (a *arrangement) add(polygon int, outer bool, path string, r orb.Ring) {
	n := int32(len(a.rings))
	a.rings = append(a.rings, arrangedRing{r, polygon, outer, path, r.Bound()})
	for i := range len(r) - 1 {
		a.segments = append(a.segments, segment{n, int32(i)})
	}
}

func (a *arrangement) ends(s segment) (orb.Point, orb.Point) {
	r := a.rings[s.ring].Ring
	return r[s.i], r[s.i+1]
}

func (a *arrangement) check() *Fault {
	if f := a.pairs(); f != nil {
		return f
	}
	if f := a.nesting(); f != nil {
		return f
	}
	return a.connected()
}

// pairs compares all pairs of segments whose boxes meet.
func (a *arrangement) pairs() *Fault {
	n := len(a.segments)
	if n <= 40 {
		for i := range n {
			for j := i + 1; j < n; j++ {
				if f := a.pair(a.segments[i], a.segments[j]); f != nil {
					return f
				}
			}
		}
		return nil
	}
	boxes := make([]index.Box, n)
	for i, s := range a.segments {
		p, q := a.ends(s)
		boxes[i] = coarse(p, q)
	}
	tree := index.Build(boxes)
	var fault *Fault
	for i, s := range a.segments {
		a.budget -= 16 // descending the tree
		tree.Search(boxes[i], func(j int) bool {
			a.budget--
			if j > i {
				fault = a.pair(s, a.segments[j])
			}
			return fault == nil && a.budget > 0
		})
		if fault != nil {
			return fault
		}
		if a.budget <= 0 {
			return &Fault{Code: TooComplex}
		}
	}
	return nil
}

// coarse is a box of integers around a segment. Rounding down keeps the order of coordinates, so boxes of segments that
// meet do meet.
func coarse(p, q orb.Point) index.Box {
	const perDegree = (1<<32 - 1) / 360.0
	x := func(v float64) uint32 { return uint32((v + 180) * perDegree) }
	return index.Box{
		MinX: x(min(p[0], q[0])), MinY: x(min(p[1], q[1])),
		MaxX: x(max(p[0], q[0])), MaxY: x(max(p[1], q[1])),
	}
}

// pair compares two segments, s before t.
func (a *arrangement) pair(s, t segment) *Fault {
	s0, s1 := a.ends(s)
	t0, t1 := a.ends(t)
	how, at := meet(s0, s1, t0, t1)
	switch how {
	case apart:
		return nil
	case touching:
		if s.ring == t.ring {
			if a.neighbours(s, t) {
				return nil
			}
		} else if !a.crossAt(s, t, at) {
			if a.rings[s.ring].polygon == a.rings[t.ring].polygon {
				a.touches = append(a.touches, touch{s.ring, t.ring, at})
			}
			return nil
		}
		return faultAt(SelfIntersection, a.rings[t.ring].path, at)
	}
	return faultAt(SelfIntersection, join(a.rings[t.ring].path, int(t.i)), t0)
}

// neighbours tells whether two segments of a ring follow one another. A ring has at least three, so they share one
// vertex only, and touching can only be there.
func (a *arrangement) neighbours(s, t segment) bool {
	last := int32(len(a.rings[s.ring].Ring) - 2)
	return t.i == s.i+1 || s.i == 0 && t.i == last
}

// crossAt tells whether the rings of two segments change sides where the segments touch.
func (a *arrangement) crossAt(s, t segment, at orb.Point) bool {
	s0, s1 := a.around(s, at)
	t0, t1 := a.around(t, at)
	return inSector(at, s0, s1, t0) != inSector(at, s0, s1, t1)
}

// around gives the vertices before and after a position on a segment, itself left out.
func (a *arrangement) around(s segment, at orb.Point) (before, after orb.Point) {
	r := a.rings[s.ring].Ring
	before, after = r[s.i], r[s.i+1]
	switch {
	case at == before && s.i == 0:
		before = r[len(r)-2]
	case at == before:
		before = r[s.i-1]
	case at == after && int(s.i)+2 == len(r):
		after = r[1]
	case at == after:
		after = r[s.i+2]
	}
	return before, after
}

// inSector tells whether the direction at→p lies in the sector swept anticlockwise from at→from to at→to. No two of
// the directions are equal.
func inSector(at, from, to, p orb.Point) bool {
	left, right := orient(at, from, p) > 0, orient(at, to, p) < 0
	switch orient(at, from, to) {
	case 1:
		return left && right
	case 0:
		return left
	}
	return left || right
}

// nesting checks that holes lie in their outer ring and not in one another, and that polygons do not lie in one another
// except in holes. Rings do not cross here, so one position that is not on the other ring decides.
func (a *arrangement) nesting() *Fault {
	outer := 0
	for i := range a.rings {
		r := &a.rings[i]
		if r.outer {
			outer = i
			continue
		}
		if !a.holds(outer, i) {
			return faultAt(HoleOutside, r.path, r.Ring[0])
		}
		for k := outer + 1; k < i; k++ {
			if a.holds(k, i) || a.holds(i, k) {
				return faultAt(NestedRings, r.path, r.Ring[0])
			}
		}
		if a.budget <= 0 {
			return &Fault{Code: TooComplex}
		}
	}
	return a.parts()
}

// parts checks that no polygon of a multipolygon lies in another one.
func (a *arrangement) parts() *Fault {
	for i, p := range a.rings {
		if !p.outer || a.rings[len(a.rings)-1].polygon == 0 {
			continue
		}
		for k, q := range a.rings {
			if q.outer && k != i && a.holds(k, i) && !a.inHole(k, i) {
				return faultAt(NestedRings, p.path, p.Ring[0])
			}
		}
		if a.budget <= 0 {
			return &Fault{Code: TooComplex}
		}
	}
	return nil
}

// inHole tells whether a ring lies in one of the holes of the polygon whose outer ring has number outer.
func (a *arrangement) inHole(outer, ring int) bool {
	for k := outer + 1; k < len(a.rings) && !a.rings[k].outer; k++ {
		if a.holds(k, ring) {
			return true
		}
	}
	return false
}

// holds tells whether ring o lies in ring r. Where all vertices of o are on r, it counts as inside; that o cuts r's
// inside into pieces is found later.
func (a *arrangement) holds(r, o int) bool {
	a.budget--
	if !contains(a.rings[r].bound, a.rings[o].bound) {
		return false
	}
	for _, p := range a.rings[o].Ring {
		a.budget -= len(a.rings[r].Ring) / 4
		switch sideOf(a.rings[r].Ring, p) {
		case inside:
			return true
		case outside:
			return false
		}
	}
	return true
}

func contains(b, o orb.Bound) bool {
	return b.Min[0] <= o.Min[0] && b.Min[1] <= o.Min[1] && b.Max[0] >= o.Max[0] && b.Max[1] >= o.Max[1]
}

// connected checks that the inside of each polygon is in one piece. Rings and the positions where they touch form a
// graph; the inside is cut exactly where that has a cycle.
func (a *arrangement) connected() *Fault {
	if len(a.touches) == 0 {
		return nil
	}
	type place struct {
		polygon int
		at      orb.Point
	}
	group := make([]int, len(a.rings), len(a.rings)+len(a.touches))
	for i := range group {
		group[i] = i
	}
	find := func(i int) int {
		for group[i] != i {
			group[i] = group[group[i]]
			i = group[i]
		}
		return i
	}
	nodes := map[place]int{}
	joined := map[[2]int]bool{}
	for _, t := range a.touches {
		pl := place{a.rings[t.a].polygon, t.at}
		node, ok := nodes[pl]
		if !ok {
			node = len(group)
			nodes[pl], group = node, append(group, node)
		}
		for _, ring := range []int{int(t.a), int(t.b)} {
			if joined[[2]int{node, ring}] {
				continue
			}
			joined[[2]int{node, ring}] = true
			x, y := find(node), find(ring)
			if x == y {
				return faultAt(Disconnected, a.rings[t.b].path, t.at)
			}
			group[x] = y
		}
	}
	return nil
}
