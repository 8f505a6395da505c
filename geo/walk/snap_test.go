package walk_test

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"wangge/geo/walk"
)

// town makes a random town of a few blocks at 121° 36°, not on any lattice, with barriers through it.
func town(r *rand.Rand) ([]walk.Street, []walk.Barrier) {
	at := func() orb.Point { return orb.Point{121 + r.Float64()*0.012, 36 + r.Float64()*0.01} }
	var streets []walk.Street
	for i := range 5 + r.IntN(30) {
		s := walk.Street{Key: int64(i), Level: int8(r.IntN(8) / 7), Traits: walk.Trait(r.IntN(8) / 7)}
		l := orb.LineString{at()}
		for range 1 + r.IntN(5) {
			last := l[len(l)-1]
			l = append(l, orb.Point{last[0] + (r.Float64()-0.5)*0.004, last[1] + (r.Float64()-0.5)*0.003})
		}
		if i > 0 && r.IntN(2) == 0 {
			other := streets[r.IntN(len(streets))].Shape[0]
			l[0] = other[r.IntN(len(other))]
		}
		s.Shape = orb.MultiLineString{l}
		streets = append(streets, s)
	}
	var barriers []walk.Barrier
	for range r.IntN(6) {
		a, b, c := at(), at(), at()
		barriers = append(barriers, walk.Barrier{Shape: orb.LineString{a, b, c}})
	}
	return streets, barriers
}

// plainly is a place's nearest segment by looking at all of them: those whose straight way no barrier crosses.
func plainly(g *walk.Graph, p orb.Point, limitMM uint32) (walk.Spot, bool) {
	type near struct {
		walk.Spot
		m float64
	}
	var all []near
	for e := range g.Net.Edges {
		l := g.Net.Line(uint32(e))
		var off uint32
		for i := 1; i < len(l) && g.Usable(uint32(e)); i++ {
			at, m := nearestOn(p, l[i-1], l[i])
			length := walk.DistanceMM(l[i-1], l[i])
			if !crossesAny(g.Net.Barriers, p, at) {
				all = append(all, near{walk.Spot{Edge: uint32(e), OffMM: off + walk.DistanceMM(l[i-1], at), PerpMM: walk.DistanceMM(p, at)}, m})
			}
			off += length
		}
	}
	if len(all) == 0 {
		return walk.Spot{Edge: walk.None}, false
	}
	best := slices.MinFunc(all, func(a, b near) int { return cmp.Compare(a.m, b.m) })
	return best.Spot, best.PerpMM <= limitMM
}

// nearestOn searches the position on a segment that is nearest on the ellipsoid, by thirds.
func nearestOn(p, a, b orb.Point) (orb.Point, float64) {
	at := func(share float64) orb.Point {
		return orb.Point{a[0] + (b[0]-a[0])*share, a[1] + (b[1]-a[1])*share}
	}
	m := func(share float64) float64 {
		q := at(share)
		s, c := math.Sincos(36.005 * math.Pi / 180)
		w2 := 1 - 0.0066943800229*s*s
		n := 6378137 / math.Sqrt(w2) * math.Pi / 180
		return math.Hypot((q[0]-p[0])*n*c, (q[1]-p[1])*n*(1-0.0066943800229)/w2)
	}
	low, high := 0.0, 1.0
	for range 60 {
		x, y := low+(high-low)/3, high-(high-low)/3
		if m(x) < m(y) {
			high = y
		} else {
			low = x
		}
	}
	return at((low + high) / 2), m((low + high) / 2)
}

// crossesAny tells whether a barrier crosses the straight way from p to q, more than two centimetres from either.
func crossesAny(barriers []walk.Barrier, p, q orb.Point) bool {
	side := func(a, b, c orb.Point) float64 { return (b[0]-a[0])*(c[1]-a[1]) - (b[1]-a[1])*(c[0]-a[0]) }
	for _, b := range barriers {
		for i := 1; i < len(b.Shape); i++ {
			c, d := b.Shape[i-1], b.Shape[i]
			onP, onQ := side(c, d, p), side(c, d, q)
			if onP*onQ < 0 && side(p, q, c)*side(p, q, d) < 0 {
				x := orb.Point{p[0] + (q[0]-p[0])*onP/(onP-onQ), p[1] + (q[1]-p[1])*onP/(onP-onQ)}
				if walk.DistanceMM(p, x) > 20 && walk.DistanceMM(x, q) > 20 {
					return true
				}
			}
		}
	}
	return false
}

func TestSnapByLookingAtAll(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 6))
	compared := 0
	for range walk.Rounds(8) {
		streets, barriers := town(r)
		n, err := walk.Build(t.Context(), streets, barriers, walk.Options{IslandNodes: r.IntN(6)})
		if err != nil {
			t.Fatal(err)
		}
		g := n.Graph(walk.Profile{Without: walk.Steps})
		for range 60 {
			p := orb.Point{121 + (r.Float64()*1.4-0.2)*0.012, 36 + (r.Float64()*1.4-0.2)*0.01}
			limit := uint32(walk.SnapLimitMM)
			if r.IntN(3) == 0 {
				limit = uint32(r.IntN(2_000_000))
			}
			want, ok := plainly(g, p, limit)
			got, gotOK := g.Snap(p, limit)
			if gotOK != ok {
				if near(want.PerpMM, limit, 30) {
					continue
				}
				t.Fatalf("%v within %d mm: %+v %v, want %+v %v", p, limit, got, gotOK, want, ok)
			}
			if !ok {
				if got.Edge != walk.None {
					t.Fatalf("%+v without a network", got)
				}
				continue
			}
			compared++
			tolerance := uint32(5) + want.PerpMM/20000 // a place's own latitude against the town's
			if !near(got.PerpMM, want.PerpMM, tolerance) || got.Edge == want.Edge && !near(got.OffMM, want.OffMM, 200) {
				t.Fatalf("%v: %+v, want %+v", p, got, want)
			}
			checkSpot(t, g, p, got, 0)
		}
	}
	if compared < 15*walk.Rounds(8) {
		t.Errorf("only %d places were compared", compared)
	}
}

func near(a, b, tolerance uint32) bool { return max(a, b)-min(a, b) <= tolerance }

// checkSpot holds what is true of every spot. Vertices may be up to bendMM beside the course that was measured.
func checkSpot(t *testing.T, g *walk.Graph, p orb.Point, s walk.Spot, bendMM uint32) {
	t.Helper()
	e := g.Net.Edges[s.Edge]
	if s.OffMM > e.MM || !g.Usable(s.Edge) {
		t.Fatalf("%+v is not on its edge %+v", s, e)
	}
	if mm := walk.DistanceMM(p, g.Point(s)); !near(mm, s.PerpMM, 2) {
		t.Fatalf("%+v is %d mm away", s, mm)
	}
	if i, crossed := g.Crossed(p, s); crossed {
		t.Fatalf("the way to %+v crosses barrier %d", s, i)
	}
	for _, to := range []uint32{0, e.MM, s.OffMM, e.MM / 2} {
		stretch := g.Stretch(s.Edge, s.OffMM, to)
		if len(stretch) < 2 || stretch[0] != g.Point(s) || stretch[len(stretch)-1] != g.Point(walk.Spot{Edge: s.Edge, OffMM: to}) {
			t.Fatalf("from %d to %d the edge runs %v", s.OffMM, to, stretch)
		}
		var mm uint32
		for i := 1; i < len(stretch); i++ {
			mm += walk.DistanceMM(stretch[i-1], stretch[i])
		}
		if !near(mm, max(to, s.OffMM)-min(to, s.OffMM), (5+bendMM)*uint32(len(stretch))) {
			t.Fatalf("from %d to %d the edge is %d mm long", s.OffMM, to, mm)
		}
	}
}

func TestSnapAllAndNear(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 6))
	streets, barriers := town(r)
	n, err := walk.Build(t.Context(), streets, barriers, walk.Options{})
	if err != nil {
		t.Fatal(err)
	}
	g := n.Graph(walk.Profile{})
	points := make([]orb.Point, 5000)
	for i := range points {
		points[i] = orb.Point{121 + r.Float64()*0.012, 36 + r.Float64()*0.01}
	}
	out := make([]walk.Spot, len(points))
	if err := g.SnapAll(t.Context(), func(i int) orb.Point { return points[i] }, len(points), out); err != nil {
		t.Fatal(err)
	}
	var list []walk.Spot
	for i, p := range points {
		one, ok := g.Snap(p, walk.SnapLimitMM)
		if diff := gocmp.Diff(one, out[i]); diff != "" {
			t.Fatal(diff)
		}
		list = g.Near(p, walk.SnapLimitMM, 25_000, list[:0])
		if !ok {
			if len(list) > 0 {
				t.Fatalf("%v is near %v, but has no network", p, list)
			}
			continue
		}
		if len(list) == 0 || list[0] != one {
			t.Fatalf("nearest is %+v, but near are %+v", one, list)
		}
		for j, s := range list {
			if s.PerpMM > one.PerpMM+25_000 || slices.ContainsFunc(list[:j], func(o walk.Spot) bool { return o.Edge == s.Edge }) {
				t.Fatalf("near %v: %+v", p, list)
			}
			checkSpot(t, g, p, s, 0)
		}
	}
}

func TestBarriers(t *testing.T) {
	north, south := street(1, 0, line(0, 50, 200, 50)), street(2, 0, line(0, -20, 200, -20))
	river := walk.Barrier{Shape: line(-100, 0, 300, 0)}
	n, err := walk.Build(t.Context(), []walk.Street{north, south, street(3, 0, line(200, 50, 200, -20))}, []walk.Barrier{river}, walk.Options{})
	if err != nil {
		t.Fatal(err)
	}
	g := n.Graph(walk.Profile{})
	p := orb.Point{100 * metre, 5 * metre}
	s, ok := g.Snap(p, walk.SnapLimitMM)
	if !ok || n.Streets[n.Edges[s.Edge].Street].Key != 1 {
		t.Errorf("snapped to %+v across the river", s)
	}
	if i, ok := g.Crossed(p, walk.Spot{Edge: 1, OffMM: 100_000}); !ok || i != 0 {
		t.Errorf("the way across the river crosses %d, %v", i, ok)
	}
	if _, ok := g.Snap(p, 30_000); ok {
		t.Error("snapped across the river for want of anything nearer")
	}
	for _, c := range []struct {
		name string
		at   orb.Point
	}{{"on the bank", orb.Point{50 * metre, 0}}, {"above the bridge's bank", orb.Point{201 * metre, 0}}} {
		if s, ok := g.Snap(c.at, walk.SnapLimitMM); !ok {
			t.Errorf("%s: %+v", c.name, s)
		}
	}
}

// TestTies has places as far from one street as from another: the lower edge wins, whatever the order of cells.
func TestTies(t *testing.T) {
	n := build(t, walk.Options{}, street(1, 0, line(0, 0, 100, 100)), street(2, 0, line(0, 0, -100, 100)), street(3, 0, line(0, 0, 0, 200)))
	g := n.Graph(walk.Profile{})
	for y := range 100 {
		if s, ok := g.Snap(orb.Point{0, -float64(y) * metre}, walk.SnapLimitMM); !ok || s.Edge != 0 || s.OffMM != 0 {
			t.Fatalf("%d m below the corner: %+v", y, s)
		}
	}
}

func TestSnapBadInput(t *testing.T) {
	g := build(t, walk.Options{}, street(1, 0, line(0, 0, 100, 0))).Graph(walk.Profile{})
	empty := build(t, walk.Options{}).Graph(walk.Profile{})
	for _, p := range []orb.Point{{math.NaN(), 0}, {0, math.Inf(1)}, {121, 36}, {1e300, -1e300}, {180, 90}, {-180, -90}} {
		for _, limit := range []uint32{0, walk.SnapLimitMM, walk.Never} {
			if s, ok := empty.Snap(p, limit); ok {
				t.Errorf("%v: %+v of an empty network", p, s)
			}
			if s, ok := g.Snap(p, limit); ok && limit < walk.Never {
				t.Errorf("%v within %d: %+v", p, limit, s)
			}
			if got := empty.Near(p, limit, walk.Never, nil); len(got) > 0 {
				t.Errorf("%v: %+v", p, got)
			}
		}
	}
}

func TestSnappingAllocatesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	streets, _ := town(r)
	n, err := walk.Build(t.Context(), streets, nil, walk.Options{})
	if err != nil {
		t.Fatal(err)
	}
	g := n.Graph(walk.Profile{})
	if a := testing.AllocsPerRun(200, func() { g.Snap(orb.Point{121.006, 36.005}, walk.SnapLimitMM) }); a != 0 {
		t.Errorf("%v allocations", a)
	}
}
