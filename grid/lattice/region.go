package lattice

import (
	"slices"

	"github.com/paulmach/orb"
)

// region is ground in one piece: faces that meet along edges.
type region struct {
	faces []int32
	rings [][]vertex // the outer one first, counter-clockwise; then the holes, clockwise; each begins at its westernmost vertex
	rim   []int32    // the half-edges around it
}

func (r region) polygon() orb.Polygon {
	p := make(orb.Polygon, len(r.rings))
	for i, ring := range r.rings {
		p[i] = degrees(ring)
	}
	return p
}

// multi is the shape of regions.
func multi(rs []region) orb.MultiPolygon {
	mp := make(orb.MultiPolygon, len(rs))
	for i, r := range rs {
		mp[i] = r.polygon()
	}
	return mp
}

// regions joins faces along edges. Where walled is true, lines keep them apart. Regions come from west to east.
func (p *plane) regions(faces []int32, walled bool) []region {
	of := make(map[int32]int, len(faces)) // face → its region, counted from one
	for _, f := range faces {
		of[f] = 0
	}
	var out []region
	for _, f := range faces {
		if of[f] > 0 {
			continue
		}
		n := len(out) + 1
		r := region{faces: []int32{f}}
		of[f] = n
		for i := 0; i < len(r.faces); i++ {
			p.around(r.faces[i], func(h int32) {
				g := p.left(twin(h))
				if old, ours := of[g]; ours && old == 0 && (!walled || !p.walls[h/2]) {
					of[g] = n
					r.faces = append(r.faces, g)
				}
			})
		}
		out = append(out, r)
	}
	for i := range out {
		p.trace(&out[i], func(f int32) bool { return of[f] == i+1 })
	}
	slices.SortFunc(out, func(a, b region) int { return compareRings(a.rings[0], b.rings[0]) })
	return out
}

// trace finds the rings of a region.
func (p *plane) trace(r *region, ours func(face int32) bool) {
	slices.Sort(r.faces)
	edge := func(h int32) bool { return ours(p.left(h)) && !ours(p.left(twin(h))) }
	used := map[int32]bool{}
	for _, f := range r.faces {
		p.around(f, func(h int32) {
			if used[h] || !edge(h) {
				return
			}
			var run []vertex
			for g := h; !used[g]; {
				used[g] = true
				r.rim = append(r.rim, g)
				run = append(run, p.at[p.from[g]])
				for g = p.next[g]; !edge(g); g = p.next[twin(g)] { // clockwise around the vertex, through the region
				}
			}
			r.rings = append(r.rings, pinch(run)...)
		})
	}
	slices.SortFunc(r.rings, func(a, b []vertex) int {
		if outer := ringTwice(a) > 0; outer != (ringTwice(b) > 0) { // there is one
			if outer {
				return -1
			}
			return 1
		}
		return compareRings(a, b)
	})
}

func compareRings(a, b []vertex) int { return slices.CompareFunc(a, b, vertex.compare) }

// pinch takes a run apart wherever it comes back to a vertex, so that every ring is simple, and turns each to its westernmost vertex.
func pinch(run []vertex) [][]vertex {
	var rings [][]vertex
	seen := make(map[vertex]int, len(run))
	var open []vertex
	for _, v := range append(run, run[0]) {
		if at, again := seen[v]; again {
			loop := slices.Clone(open[at:])
			for _, w := range loop {
				delete(seen, w)
			}
			open = open[:at]
			rings = append(rings, turned(loop))
		}
		seen[v] = len(open)
		open = append(open, v)
	}
	return rings
}

// turned is a ring that begins at its westernmost vertex.
func turned(r []vertex) []vertex {
	first := 0
	for i, v := range r {
		if v.compare(r[first]) < 0 {
			first = i
		}
	}
	return append(slices.Clone(r[first:]), r[:first]...)
}
