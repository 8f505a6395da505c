package lattice

import (
	"math/rand/v2"
	"testing"
)

// TestPlane cuts the ground along random rings of few lattice steps, where everything happens at once, and holds what is true of every plane:
// edges meet at their ends only, every face has an area, and over all faces, area times cover adds up to the area that the rings have.
func TestPlane(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	faces, islands := 0, 0
	for i := range 2000 {
		size := int64(4 << r.IntN(14))
		var pieces []piece
		labels := int32(1 + r.IntN(12))
		for label := range labels {
			pieces = append(pieces, randomRing(r, size, label)...)
		}
		if i%2 == 0 { // around half of them
			half, full := vertex{size / 2, -1}, vertex{size / 2, 2 * size}
			pieces = append(pieces, piece{vertex{-1, -1}, half, 99, 0, true}, piece{half, full, 99, 0, true},
				piece{full, vertex{-1, 2 * size}, 99, 0, true}, piece{vertex{-1, 2 * size}, vertex{-1, -1}, 99, 0, true})
		}
		p, err := newPlane(pieces, onward)
		if err != nil {
			t.Fatalf("%d: %v", i, err)
		}
		meetAtEnds(t, p)
		want := map[int32]int64{}
		for _, q := range p.noding.pieces {
			want[q.label] += q.from.x*q.to.y - q.from.y*q.to.x
		}
		for f := int32(1); int(f) < len(p.cover); f++ {
			twice := int64(0)
			p.around(f, func(h int32) {
				a, b := p.at[p.from[h]], p.at[p.to(h)]
				twice += a.x*b.y - a.y*b.x
			})
			if twice <= 0 {
				t.Fatalf("%d: face %d has %d", i, f, twice)
			}
			for _, m := range p.over(f) {
				want[m.label] -= int64(m.by) * twice
			}
			faces++
			if p.rim[f+1]-p.rim[f] > 1 {
				islands++
			}
		}
		for label, off := range want {
			if off != 0 {
				t.Fatalf("%d: the ground of label %d is off by %d", i, label, off)
			}
		}
	}
	if t.Logf("%d faces, %d with islands", faces, islands); islands < 500 {
		t.Error("the test says little")
	}
}

// randomRing is a ring of a few vertices, which may cross itself and return to where it was.
func randomRing(r *rand.Rand, size int64, label int32) []piece {
	var at []vertex
	x, y, wide := r.Int64N(size), r.Int64N(size), 2+r.Int64N(2+size>>(2*r.IntN(4)))
	for range 3 + r.IntN(6) {
		at = append(at, vertex{x + r.Int64N(wide), y + r.Int64N(wide)})
	}
	var out []piece
	for i, v := range at {
		if w := at[(i+1)%len(at)]; v != w {
			out = append(out, piece{v, w, label, 0, true})
		}
	}
	return out
}

// meetAtEnds compares all pairs of edges, and all edges with all vertices.
func meetAtEnds(t *testing.T, p *plane) {
	t.Helper()
	for e := range p.walls {
		a, b := p.at[p.from[2*e]], p.at[p.from[2*e+1]]
		for f := range e {
			c, d := p.at[p.from[2*f]], p.at[p.from[2*f+1]]
			if _, crossed := crossing(a, b, c, d); crossed {
				t.Fatalf("%v–%v crosses %v–%v", a, b, c, d)
			}
		}
		for _, s := range p.noding.segs {
			for _, v := range [2]vertex{s.low, s.high} {
				if v != a && v != b && passes(a, b, v) {
					t.Fatalf("%v–%v runs through %v", a, b, v)
				}
			}
		}
	}
}
