package hex

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/uber/h3-go/v4"
)

// TestLatticeFitsTheCells: in the middle of every edge of a cell that lies on one face, the lattice says half a step, to a thousandth
// of the margin within which H3 is asked.
func TestLatticeFitsTheCells(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	seen, worst := 0, 0.0
	for range 20_000 {
		res := r.IntN(13)
		l := newLattice(res)
		at := h3.LatLng{Lat: math.Asin(2*r.Float64()-1) * halfTurn / math.Pi, Lng: fullTurn*r.Float64() - halfTurn}
		c, err := at.Cell(res)
		if err != nil {
			t.Fatal(err)
		}
		outline, err := c.Boundary()
		if err != nil {
			t.Fatal(err)
		}
		corners := make([]vec, len(outline))
		for i, p := range outline {
			corners[i] = direction(p.Lat*math.Pi/halfTurn, p.Lng*math.Pi/halfTurn)
		}
		middle := vec{}
		for _, p := range corners {
			middle = middle.plus(p)
		}
		home := middle.unit().spot(0, 0)
		for i, p := range corners {
			s := p.plus(corners[(i+1)%len(corners)]).unit().spot(0, 0)
			if a, b := p.spot(0, 0), corners[(i+1)%len(corners)].spot(0, 0); a.face != home.face || b.face != home.face || s.doubtful || len(corners) != 6 {
				continue
			}
			a, b, _ := l.place(&s)
			fa, fb := l.au*s.u+l.av*s.v-float64(a), l.bu*s.u+l.bv*s.v-float64(b)
			far := max(math.Abs(2*fa+fb), math.Abs(2*fb+fa), math.Abs(fa-fb)) / 2
			seen, worst = seen+1, max(worst, math.Abs(far-0.5))
		}
	}
	if seen < 50_000 || worst > edgeMargin/1000 {
		t.Errorf("off by %g steps, %d edges", worst, seen)
	}
	t.Logf("%d edges, off by %.2g steps", seen, worst)
}
