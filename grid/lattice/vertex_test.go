package lattice

import (
	"math/big"
	"math/rand/v2"
	"testing"
)

// TestPasses compares the pixel test with one in fractions: the part of the segment within the pixel, by its sides.
func TestPasses(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	hit := 0
	for i := range 6000 {
		size := int64(1) << (1 + r.IntN(5))
		if i%10 == 0 {
			size = longest / 2
		}
		low, high := vertex{r.Int64N(2*size) - size, r.Int64N(2*size) - size}, vertex{r.Int64N(2*size) - size, r.Int64N(2*size) - size}
		w := vertex{r.Int64N(2*size) - size, r.Int64N(2*size) - size}
		if s := r.Float64(); size > 100 { // near the segment, or it is never hit
			w = vertex{low.x + int64(s*float64(high.x-low.x)), low.y + int64(s*float64(high.y-low.y)) + r.Int64N(3) - 1}
		}
		if low.compare(high) > 0 {
			low, high = high, low
		}
		if low == high {
			continue
		}
		got := passes(low, high, w)
		if want := passesExactly(low, high, w); got != want {
			t.Fatalf("%v %v %v: %v, want %v", low, high, w, got, want)
		}
		if got {
			hit++
		}
	}
	if hit < 500 {
		t.Errorf("only %d hits", hit)
	}
}

// passesExactly asks at every place where the segment enters or leaves the stripes of the pixel, and half-way between.
func passesExactly(low, high, w vertex) bool {
	half := big.NewRat(1, 2)
	at := func(s *big.Rat, a, b, c int64) *big.Rat { // a + s(b-a) - c
		v := new(big.Rat).Mul(s, new(big.Rat).SetInt64(b-a))
		return v.Add(v, new(big.Rat).SetInt64(a-c))
	}
	stops := []*big.Rat{new(big.Rat), new(big.Rat).SetInt64(1)}
	for _, axis := range [2][3]int64{{low.x, high.x, w.x}, {low.y, high.y, w.y}} {
		if axis[0] == axis[1] {
			continue
		}
		for _, side := range []int64{-1, 1} {
			edge := new(big.Rat).Mul(half, new(big.Rat).SetInt64(side))
			edge.Add(edge, new(big.Rat).SetInt64(axis[2]-axis[0]))
			if s := edge.Quo(edge, new(big.Rat).SetInt64(axis[1]-axis[0])); s.Sign() >= 0 && s.Cmp(stops[1]) <= 0 {
				stops = append(stops, s)
			}
		}
	}
	for _, s := range stops {
		for _, u := range stops {
			mid := new(big.Rat).Add(s, u)
			mid.Mul(mid, half)
			x, y := at(mid, low.x, high.x, w.x), at(mid, low.y, high.y, w.y)
			minus := new(big.Rat).Neg(half)
			if x.Cmp(minus) >= 0 && x.Cmp(half) < 0 && y.Cmp(minus) >= 0 && y.Cmp(half) < 0 {
				return true
			}
		}
	}
	return false
}

// TestCrossing compares crossings with those in fractions.
func TestCrossing(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	crossed := 0
	for i := range 50_000 {
		size := int64(longest) / 2
		if i%2 == 0 {
			size = 20
		}
		v := func() vertex { return vertex{r.Int64N(2*size) - size, r.Int64N(2*size) - size} }
		a, b, c, d := v(), v(), v(), v()
		got, ok := crossing(a, b, c, d)
		den := new(big.Int).Sub(bigSide(a, b, c), bigSide(a, b, d))
		want := bigSide(a, b, c).Sign()*bigSide(a, b, d).Sign() < 0 && bigSide(c, d, a).Sign()*bigSide(c, d, b).Sign() < 0
		if ok != want {
			t.Fatalf("%v %v %v %v: %v", a, b, c, d, ok)
		}
		if !ok {
			continue
		}
		crossed++
		s := new(big.Rat).SetFrac(bigSide(a, b, c), den)
		for _, axis := range [2][3]int64{{c.x, d.x, got.x}, {c.y, d.y, got.y}} {
			off := new(big.Rat).Mul(s, new(big.Rat).SetInt64(axis[1]-axis[0]))
			off.Add(off, new(big.Rat).SetInt64(axis[0]-axis[2]))
			if off.Cmp(big.NewRat(-1, 2)) < 0 || off.Cmp(big.NewRat(1, 2)) >= 0 {
				t.Fatalf("%v %v %v %v: %v is off by %v", a, b, c, d, got, off)
			}
		}
	}
	if crossed < 5000 {
		t.Errorf("only %d crossings", crossed)
	}
}

func bigSide(a, b, c vertex) *big.Int {
	l := new(big.Int).Mul(big.NewInt(b.x-a.x), big.NewInt(c.y-a.y))
	return l.Sub(l, new(big.Int).Mul(big.NewInt(b.y-a.y), big.NewInt(c.x-a.x)))
}
