package tile_test

import (
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"wangge/geo/tile"
)

// net lays side × side cells over a square of the world. Every cell has its own ring, run in either direction from any
// of its vertices, but neighbours share their borders: corners and a point between them, all off any lattice.
func net(r *rand.Rand, x, y, cell uint32, side int) (cells []tile.Geometry, outline tile.Geometry) {
	n := 2*side + 1
	at := make([][2]uint32, n*n)
	for i := range at {
		col, row := uint32(i%n), uint32(i/n)
		p := [2]uint32{x + col*cell/2, y + row*cell/2}
		if col > 0 && int(col) < n-1 {
			p[0] += r.Uint32N(cell/5) - cell/10
		}
		if row > 0 && int(row) < n-1 {
			p[1] += r.Uint32N(cell/5) - cell/10
		}
		at[i] = p
	}
	for i := range side * side {
		o := 2*(i%side) + 2*(i/side)*n
		ring := []int{o, o + 1, o + 2, o + 2 + n, o + 2 + 2*n, o + 1 + 2*n, o + 2*n, o + n}
		g := tile.Geometry{Kind: tile.Polygons}
		first, step := r.IntN(8), 1+6*r.IntN(2) // 7 steps on is one step back
		for k := range 8 {
			p := at[ring[(first+k*step)%8]]
			g.XY = append(g.XY, p[0], p[1])
		}
		cells = append(cells, g)
	}
	far := uint32(side) * cell
	outline = tile.Geometry{Kind: tile.Polygons, XY: []uint32{x, y, x + far, y, x + far, y + far, x, y + far}}
	return cells, outline
}

// TestSharedBordersStayShared holds that a net without gaps and overlaps has none in any tile: the cells' areas sum to
// the area of the whole, exactly.
func TestSharedBordersStayShared(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		z := uint8(8 + r.IntN(11))
		cell := uint32(40+r.IntN(4000)) << (20 - z) // 40 … 4,000 tile units, off the lattice
		cell += r.Uint32N(1 << (20 - z))
		x, y := at(r.IntN(9000)-2000, r.IntN(9000)-2000)
		cells, outline := net(r, x, y, cell, 4)
		a := tile.At(z, x+cell*uint32(r.IntN(5)), y+cell*uint32(r.IntN(5)))
		var sum float64
		for _, c := range cells {
			sum += areaOf(t, one(t, a, c))
		}
		if want := areaOf(t, one(t, a, outline)); sum != want {
			t.Errorf("%v: cells of %d units cover %v of %v", a, cell, sum, want)
		}
	}
}

// areaOf is the area of what came out of a tile, after a check that it obeys the format's rules.
func areaOf(t testing.TB, g orb.Geometry) float64 {
	t.Helper()
	if g == nil {
		return 0
	}
	wellFormed(t, g, tile.DefaultBufferPx)
	switch g := g.(type) {
	case orb.Polygon:
		return polygonArea(g)
	case orb.MultiPolygon:
		var sum float64
		for _, p := range g {
			sum += polygonArea(p)
		}
		return sum
	}
	t.Fatalf("%T is no area", g)
	return 0
}

// polygonArea sums rings with the sign of their direction; a y axis that points down makes orb's sign that of the
// format.
func polygonArea(p orb.Polygon) (sum float64) {
	for _, r := range p {
		sum += planar.Area(r)
	}
	return sum
}

// wellFormed checks what the format and its readers ask of a geometry: within the buffer, nothing without length or
// area, no needless vertices in rings, outer rings positive and holes negative.
func wellFormed(t testing.TB, g orb.Geometry, bufferPx float64) {
	t.Helper()
	box := orb.Bound{Min: orb.Point{-bufferPx, -bufferPx}, Max: orb.Point{tile.Extent + bufferPx, tile.Extent + bufferPx}}
	if b := g.Bound(); !box.Contains(b.Min) || !box.Contains(b.Max) {
		t.Errorf("%v reaches beyond the buffer", b)
	}
	switch g := g.(type) {
	case orb.LineString:
		wellFormedLine(t, g)
	case orb.MultiLineString:
		for _, l := range g {
			wellFormedLine(t, l)
		}
	case orb.Polygon:
		wellFormedPolygon(t, g)
	case orb.MultiPolygon:
		for _, p := range g {
			wellFormedPolygon(t, p)
		}
	}
}

func wellFormedLine(t testing.TB, l orb.LineString) {
	t.Helper()
	if len(l) < 2 {
		t.Errorf("line of %d positions", len(l))
	}
	for i := 1; i < len(l); i++ {
		if l[i] == l[i-1] {
			t.Errorf("line stands still at %v", l[i])
		}
	}
}

func wellFormedPolygon(t testing.TB, p orb.Polygon) {
	t.Helper()
	for i, r := range p {
		if len(r) < 4 || !r.Closed() {
			t.Fatalf("ring %v", r)
		}
		if a := planar.Area(r); a == 0 || (a > 0) != (i == 0) {
			t.Errorf("ring %d has area %v", i, a)
		}
		for k := 1; k < len(r)-1; k++ {
			a, b, c := r[k-1], r[k], r[k+1]
			if (b[0]-a[0])*(c[1]-b[1]) == (b[1]-a[1])*(c[0]-b[0]) {
				t.Errorf("ring %d: %v, %v, %v lie in a line", i, a, b, c)
			}
		}
	}
}
