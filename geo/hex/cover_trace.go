package hex

import (
	"math"

	"github.com/paulmach/orb"
)

// Tracer holds shapes and lines against the cells of a mesh. It keeps its scratch; it is not safe for concurrent use.
type Tracer struct {
	mesh *Mesh
	outline
	areas   []float64 // by place: of the shape in hand, in units of the lattice of triangles
	touched []uint32
	missed  float64 // m²
}

// NewTracer makes a Tracer.
func (m *Mesh) NewTracer() *Tracer { return &Tracer{mesh: m, areas: make([]float64, m.count)} }

// Shares visits the cells of which a shape, in degrees, holds something, each once and in no order, with the share that it holds: 0 … 1, or more where
// parts of the shape lie over one another. outsideM2 is what of the shape is in no cell of the mesh, on the faces that the mesh lies on.
func (t *Tracer) Shares(shape orb.MultiPolygon, visit func(i int, share float64)) (outsideM2 float64) {
	m := t.mesh
	t.missed = 0
	for i := range m.sides {
		p := m.plane(m.sides[i].face)
		t.reset()
		if !t.addShape(&p, shape, math.MaxInt32) {
			continue
		}
		t.touched = t.touched[:0]
		t.sweep(func(row, from, to int32, low, high float64) {
			t.fill(&m.sides[i], row, fillRun{from, to, low, high + low, low + low + high})
			t.fill(&m.sides[i], row+1, fillRun{from, to, low + high, high, low + high + high})
		})
		for _, at := range t.touched {
			if share := t.areas[at] / cellArea; share > Dust {
				visit(int(m.rank[at]), share)
			}
			t.areas[at] = 0
		}
	}
	for i := range m.bent {
		if share := m.bent[i].share(shape); share > Dust {
			visit(int(m.bent[i].number), share)
		}
	}
	return t.missed
}

// fillRun is what a run of squares adds to the cells of one row of middles: to those at its beginning, at its end, and between.
type fillRun struct {
	from, to           int32
	begin, end, inside float64
}

func (f *fillRun) at(col int32) float64 {
	switch col {
	case f.from:
		return f.begin
	case f.to:
		return f.end
	}
	return f.inside
}

// fill adds a run to the cells of a row, and what lies between them to what is missed.
func (t *Tracer) fill(s *side, row int32, f fillRun) {
	p := spanOf(row, f.from, f.to)
	at := p.from
	for _, r := range s.row(row) {
		if r.to <= at {
			continue
		}
		if r.from >= p.to {
			break
		}
		t.miss(s, row, at, min(r.from, p.to), &f)
		at = max(at, r.from)
		for end := min(r.to, p.to); at < end; at++ {
			t.add(r.at+uint32(at-r.from), f.at(3*at+row))
		}
	}
	t.miss(s, row, at, p.to, &f)
}

func (t *Tracer) add(at uint32, area float64) {
	if area == 0 {
		return
	}
	if t.areas[at] == 0 {
		t.touched = append(t.touched, at)
	}
	t.areas[at] += area
}

// miss counts what is in places that the mesh does not have; those across edges of the face are another's.
func (t *Tracer) miss(s *side, row, from, to int32, f *fillRun) {
	for a := from; a < to; a++ {
		if share := f.at(3*a+row) / cellArea; math.Abs(share) > Dust && t.mesh.lattice.drawable(s.face, a, row+a) != 0 {
			t.missed += share * t.mesh.placeM2(int(s.face), a, row+a)
		}
	}
}

// Along visits the stretches of a line, in degrees, that lie in one cell each, with their share of the length of the edge from line[edge] to the next position,
// and a position on them. Edges without length are left out. Stretches that are in no cell of the mesh have the number -1. One cell may come several times.
func (t *Tracer) Along(line orb.LineString, visit func(i, edge int, share float64, at orb.Point)) {
	for e := 1; e < len(line); e++ {
		if line[e-1] == line[e] {
			continue
		}
		parts := edgeParts(line[e-1], line[e])
		for k := 1; k <= parts; k++ {
			p, q := along(line[e-1], line[e], k-1, parts), along(line[e-1], line[e], k, parts)
			t.alongPart(p, q, func(i int, share float64, at orb.Point) { visit(i, e-1, share/float64(parts), at) })
		}
	}
}

func (t *Tracer) alongPart(p, q orb.Point, visit func(i int, share float64, at orb.Point)) {
	m := t.mesh
	home := directionOf(p).spot(0, 0).face
	pl := m.plane(home)
	c0, r0, ok0 := pl.at(directionOf(p))
	c1, r1, ok1 := pl.at(directionOf(q))
	if !ok0 || !ok1 {
		visit(-1, 1, p)
		return
	}
	cut(c0, r0, c1, r1, func(t0, t1 float64) {
		mid := (t0 + t1) / 2
		at := orb.Point{p[0] + mid*(q[0]-p[0]), p[1] + mid*(q[1]-p[1])}
		col, row, upper := triangleAt(c0+mid*(c1-c0), r0+mid*(r1-r0))
		a, centre := centreOf(col, row, upper)
		visit(m.numberOf(home, centre, a, at), t1-t0, at)
	})
}

// numberOf is the number of the cell at a place, or that H3 says a position is in where no face has the place as a whole; -1 for none.
func (m *Mesh) numberOf(f uint8, row, a int32, at orb.Point) int {
	if m.lattice.drawable(f, a, row+a) == 0 {
		if i, ok := m.Index(At(at[0], at[1], m.res)); ok {
			return i
		}
		return -1
	}
	for i := range m.sides {
		if m.sides[i].face == f {
			if n, ok := m.sides[i].find(row, a); ok {
				return int(m.rank[n])
			}
		}
	}
	return -1
}
