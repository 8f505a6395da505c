package geo

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
)

// orientRat is orient in rational numbers.
func orientRat(a, b, c orb.Point) int {
	v := func(f float64) *big.Rat { return new(big.Rat).SetFloat64(f) }
	acx, bcy := v(a[0]), v(b[1])
	acx.Sub(acx, v(c[0]))
	bcy.Sub(bcy, v(c[1]))
	acy, bcx := v(a[1]), v(b[0])
	acy.Sub(acy, v(c[1]))
	bcx.Sub(bcx, v(c[0]))
	return acx.Mul(acx, bcy).Cmp(acy.Mul(acy, bcx))
}

func TestOrientIsExact(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	near := func(v float64) float64 { // within a few steps of the float grid
		for range r.IntN(4) {
			v = math.Nextafter(v, float64(1000*(r.IntN(2)*2-1)))
		}
		return v
	}
	exact := 0
	for range 20_000 {
		a := orb.Point{119 + r.Float64(), 36 + r.Float64()}
		b := orb.Point{a[0] + r.Float64()*1e-3, a[1] + r.Float64()*1e-3}
		s := r.Float64()*3 - 1
		c := orb.Point{near(a[0] + s*(b[0]-a[0])), near(a[1] + s*(b[1]-a[1]))}
		want := orientRat(a, b, c)
		if got := orient(a, b, c); got != want {
			t.Fatalf("orient(%v, %v, %v) = %d, want %d", a, b, c, got, want)
		}
		if got := orientExact(a, b, c); got != want {
			t.Fatalf("orientExact(%v, %v, %v) = %d, want %d", a, b, c, got, want)
		}
		if want == 0 {
			exact++
		}
	}
	t.Logf("%d exactly on the line", exact)
}

func FuzzOrient(f *testing.F) {
	f.Add(0.0, 0.0, 1.0, 1.0, 2.0, 2.0)
	f.Add(120.0, 36.0, 120.1, 36.1, 120.2, 36.2)
	f.Fuzz(func(t *testing.T, ax, ay, bx, by, cx, cy float64) {
		for _, v := range []float64{ax, ay, bx, by, cx, cy} {
			if !(math.Abs(v) <= 180) || v != 0 && math.Abs(v) < 1e-100 {
				t.Skip("beyond any longitude, or so small that products vanish")
			}
		}
		a, b, c := orb.Point{ax, ay}, orb.Point{bx, by}, orb.Point{cx, cy}
		if got, want := orient(a, b, c), orientRat(a, b, c); got != want {
			t.Errorf("orient = %d, want %d", got, want)
		}
	})
}
