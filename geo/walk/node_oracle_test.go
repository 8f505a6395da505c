package walk

import (
	"fmt"
	"maps"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
)

// latticeDeg is a step of the lattice on which random streets lie, about 13 m: a power of two, so that positions, and what lies on whose
// line, are exact. Everything that crosses away from a vertex does so more than weldMM away from it.
const latticeDeg = 1.0 / (1 << 13)

// lattice makes random streets on a lattice of side × side positions near 121° 36°: several parts, levels, repeated vertices, closed ones,
// those that cross or run along themselves.
func lattice(r *rand.Rand, streets, side int) []Street {
	out := make([]Street, streets)
	at := func() orb.Point {
		return orb.Point{121 + float64(r.IntN(side))*latticeDeg, 36 + float64(r.IntN(side))*latticeDeg}
	}
	for i := range out {
		s := &out[i]
		s.Key, s.Traits = int64(100+i), Trait(r.IntN(4))
		if r.IntN(4) == 0 {
			s.Level = int8(r.IntN(3) - 1)
		}
		for range 1 + r.IntN(2) {
			var part orb.LineString
			for range r.IntN(6) {
				if part = append(part, at()); r.IntN(8) == 0 {
					part = append(part, part[len(part)-1])
				}
			}
			if len(part) > 2 && r.IntN(5) == 0 {
				part = append(part, part[0])
			}
			s.Shape = append(s.Shape, part)
		}
	}
	return out
}

// ratPoint is an exact position, in lattice steps.
type ratPoint struct{ x, y *big.Rat }

func (p ratPoint) key() string { return p.x.RatString() + " " + p.y.RatString() }

func exact(p orb.Point) ratPoint {
	return ratPoint{new(big.Rat).SetFloat64((p[0] - 121) / latticeDeg), new(big.Rat).SetFloat64((p[1] - 36) / latticeDeg)}
}

func (p ratPoint) point() orb.Point {
	x, _ := p.x.Float64()
	y, _ := p.y.Float64()
	return orb.Point{121 + x*latticeDeg, 36 + y*latticeDeg}
}

func rat(op func(z, x, y *big.Rat) *big.Rat, x, y *big.Rat) *big.Rat { return op(new(big.Rat), x, y) }

// plus is p + (q-p)·share.
func (p ratPoint) plus(q ratPoint, share *big.Rat) ratPoint {
	move := func(a, b *big.Rat) *big.Rat {
		return rat((*big.Rat).Add, a, rat((*big.Rat).Mul, share, rat((*big.Rat).Sub, b, a)))
	}
	return ratPoint{move(p.x, q.x), move(p.y, q.y)}
}

// turn is the doubled area of a triangle.
func turn(a, b, c ratPoint) *big.Rat {
	sub, mul := (*big.Rat).Sub, (*big.Rat).Mul
	return rat(sub, rat(mul, rat(sub, b.x, a.x), rat(sub, c.y, a.y)), rat(mul, rat(sub, b.y, a.y), rat(sub, c.x, a.x)))
}

// shareOf is where a position that is on the line a→b lies on it.
func shareOf(a, b, p ratPoint) *big.Rat {
	if a.x.Cmp(b.x) != 0 {
		return rat((*big.Rat).Quo, rat((*big.Rat).Sub, p.x, a.x), rat((*big.Rat).Sub, b.x, a.x))
	}
	return rat((*big.Rat).Quo, rat((*big.Rat).Sub, p.y, a.y), rat((*big.Rat).Sub, b.y, a.y))
}

var zero, one = new(big.Rat), big.NewRat(1, 1)

// cutsOf are the shares at which the segment a→b is cut by c→d.
func cutsOf(a, b, c, d ratPoint) (shares []*big.Rat) {
	onC, onD := turn(a, b, c), turn(a, b, d)
	for _, end := range []struct {
		p    ratPoint
		turn *big.Rat
	}{{c, onC}, {d, onD}} {
		if end.turn.Sign() == 0 {
			shares = append(shares, shareOf(a, b, end.p))
		}
	}
	if onA, onB := turn(c, d, a), turn(c, d, b); onC.Sign()*onD.Sign() < 0 && onA.Sign()*onB.Sign() < 0 {
		shares = append(shares, rat((*big.Rat).Quo, onA, rat((*big.Rat).Sub, onA, onB)))
	}
	return slices.DeleteFunc(shares, func(s *big.Rat) bool { return s.Cmp(zero) <= 0 || s.Cmp(one) >= 0 })
}

// oracleEdge is an edge by what tells it apart.
type oracleEdge struct {
	street int
	a, b   orb.Point // in the direction of the street
	m      float64
}

type oraclePart struct {
	street int
	at     []ratPoint
}

// oracle nodes streets by the definition, every segment against every other, in exact numbers.
func oracle(streets []Street) (edges []oracleEdge, nodes int, plain bool) {
	var raw, parts []oraclePart
	for i, s := range streets {
		for _, line := range s.Shape {
			p := oraclePart{street: i}
			for j, v := range line {
				if j == 0 || v != line[j-1] {
					p.at = append(p.at, exact(v))
				}
			}
			if len(p.at) > 1 {
				raw = append(raw, p)
			}
		}
	}
	for _, p := range raw {
		cut := oraclePart{street: p.street}
		for i := 1; i < len(p.at); i++ {
			a, b := p.at[i-1], p.at[i]
			cut.at = append(cut.at, a)
			var shares []*big.Rat
			for _, q := range raw {
				for j := 1; j < len(q.at) && streets[q.street].Level == streets[p.street].Level; j++ {
					shares = append(shares, cutsOf(a, b, q.at[j-1], q.at[j])...)
				}
			}
			sort.Slice(shares, func(i, j int) bool { return shares[i].Cmp(shares[j]) < 0 })
			for k, s := range shares {
				if k == 0 || s.Cmp(shares[k-1]) != 0 {
					cut.at = append(cut.at, a.plus(b, s))
				}
			}
		}
		cut.at = append(cut.at, p.at[len(p.at)-1])
		parts = append(parts, cut)
	}
	edges, nodes = oracleEdges(streets, raw, parts)
	return edges, nodes, farApart(parts)
}

// farApart tells whether no two positions are so near that they count as one where streets cross.
func farApart(parts []oraclePart) bool {
	at := map[string]orb.Point{}
	for _, p := range parts {
		for _, v := range p.at {
			at[v.key()] = v.point()
		}
	}
	list := slices.Collect(maps.Values(at))
	for i, p := range list {
		for _, q := range list[:i] {
			if DistanceMM(p, q) < 2*weldMM {
				return false
			}
		}
	}
	return true
}

func oracleEdges(streets []Street, raw, parts []oraclePart) (edges []oracleEdge, nodes int) {
	ended, drawn, uses, there := map[string]bool{}, map[string]bool{}, map[string]int{}, map[string]bool{}
	storey := func(p oraclePart, i int) string { // a crossing stays on its level, vertices meet the ends of other levels
		k := p.at[i].key()
		if own := fmt.Sprint(k, " on ", streets[p.street].Level); !ended[k] || !drawn[own] {
			return own
		}
		return k
	}
	for _, p := range raw {
		for _, v := range p.at {
			drawn[fmt.Sprint(v.key(), " on ", streets[p.street].Level)] = true
		}
	}
	for _, p := range parts {
		ended[p.at[0].key()], ended[p.at[len(p.at)-1].key()] = true, true
	}
	for _, p := range parts {
		for i := range p.at {
			uses[storey(p, i)]++
		}
	}
	for _, p := range parts {
		from, m := 0, 0.0
		there[storey(p, 0)] = true
		for i := 1; i < len(p.at); i++ {
			m += float64(DistanceMM(p.at[i-1].point(), p.at[i].point()))
			if i+1 < len(p.at) && uses[storey(p, i)] < 2 {
				continue
			}
			there[storey(p, i)] = true
			edges = append(edges, oracleEdge{p.street, p.at[from].point(), p.at[i].point(), m})
			from, m = i, 0
		}
	}
	return edges, len(there)
}

// same tells whether two positions are one but for rounding.
func same(p, q orb.Point) bool { return math.Abs(p[0]-q[0]) < 2e-9 && math.Abs(p[1]-q[1]) < 2e-9 }

func TestNodingByDefinition(t *testing.T) {
	rounds := Rounds(50)
	seen := 0
	for seed := range uint64(rounds) {
		r := rand.New(rand.NewPCG(seed, 6))
		streets := lattice(r, 1+r.IntN(12), 2+r.IntN(14))
		net, err := Build(t.Context(), streets, nil, Options{})
		if err != nil {
			t.Fatal(err)
		}
		want, nodes, plain := oracle(streets)
		if !plain {
			continue
		}
		seen++
		if len(net.Edges) != len(want) {
			t.Fatalf("seed %d: %d edges, by definition %d", seed, len(net.Edges), len(want))
		}
		for i, e := range net.Edges {
			got := oracleEdge{int(e.Street), net.At[e.U], net.At[e.V], float64(e.MM)}
			w := want[i]
			if got.street != w.street || !same(got.a, w.a) || !same(got.b, w.b) || math.Abs(got.m-w.m) > float64(len(net.Line(uint32(i)))) {
				t.Fatalf("seed %d, edge %d: %v, by definition %v", seed, i, got, w)
			}
		}
		if len(net.At) != nodes {
			t.Fatalf("seed %d: %d nodes, by definition %d", seed, len(net.At), nodes)
		}
		checkNetwork(t, net)
	}
	if seen < rounds*3/4 {
		t.Errorf("only %d of %d were compared", seen, rounds)
	}
}

// checkNetwork holds what is true of every network.
func checkNetwork(t *testing.T, net *Network) {
	t.Helper()
	sums := map[uint32]uint64{}
	for i, e := range net.Edges {
		line := net.Line(uint32(i))
		if line[0] != net.At[e.U] || line[len(line)-1] != net.At[e.V] || len(line) < 2 {
			t.Fatalf("edge %d runs %v, its ends are %v and %v", i, line, net.At[e.U], net.At[e.V])
		}
		if e.MM < 1 {
			t.Fatalf("edge %d has no length", i)
		}
		if uint64(e.FromMM) != sums[e.Street] {
			t.Fatalf("edge %d begins at %d mm of its street, those before it have %d", i, e.FromMM, sums[e.Street])
		}
		sums[e.Street] += uint64(e.MM)
		first, end := net.span(uint32(i))
		if net.along[first] != 0 || net.along[end-1] != e.MM || !slices.IsSorted(net.along[first:end]) {
			t.Fatalf("edge %d is measured %v", i, net.along[first:end])
		}
	}
	if diff := cmp.Diff(len(net.Edges), len(net.ends)); diff != "" {
		t.Fatal(diff)
	}
}

// TestCuttingKeepsLengths cuts streets by other streets: their segments still add up to what they measure alone.
func TestCuttingKeepsLengths(t *testing.T) {
	for seed := range uint64(Rounds(40)) {
		r := rand.New(rand.NewPCG(seed, 7))
		streets := lattice(r, 10, 12)
		whole := map[uint32]uint32{}
		for i, s := range streets {
			for _, line := range s.Shape {
				for j := 1; j < len(line); j++ {
					if line[j] != line[j-1] {
						whole[uint32(i)] += DistanceMM(line[j-1], line[j])
					}
				}
			}
		}
		net, err := Build(t.Context(), streets, nil, Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := map[uint32]uint32{}
		for _, e := range net.Edges {
			got[e.Street] += e.MM
		}
		if diff := cmp.Diff(whole, got); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
	}
}
