package geo

import (
	"math"
	"testing"

	"github.com/paulmach/orb"
)

// TestBudgetStopsTraps holds that a shape in which every pair of edges has to be compared is given up when the budget is
// spent, long before all pairs are done.
func TestBudgetStopsTraps(t *testing.T) {
	const teeth = 2000
	var r orb.Ring
	for i := range teeth { // a zigzag of long parallel diagonals
		d := float64(i) / teeth / 1000
		r = append(r, orb.Point{120 + d, 36}, orb.Point{120.5 + d + 0.0004/teeth, 36.5})
	}
	r = append(r, orb.Point{120.6, 36}, orb.Point{120.6, 35.4}, orb.Point{119.5, 35.4}, orb.Point{120, 36})
	for _, c := range []struct {
		budget int
		want   *Fault
	}{{1 << 20, &Fault{Code: TooComplex}}, {checkBudget, nil}} {
		a := arrangement{budget: c.budget}
		a.add(0, true, "/0", r)
		got := a.check()
		if (got == nil) != (c.want == nil) || got != nil && got.Code != c.want.Code {
			t.Errorf("budget %d: got %v, want %v", c.budget, got, c.want)
		}
		if a.budget < -64 {
			t.Errorf("budget %d overdrawn by %d", c.budget, -a.budget)
		}
	}
}

// TestBudgetAllowsTheLargest holds that a boundary of the real world may have as many vertices as are allowed.
func TestBudgetAllowsTheLargest(t *testing.T) {
	const n = 20_000
	var r orb.Ring
	for i := range n {
		s, c := math.Sincos(2 * math.Pi * float64(i) / n)
		d := 0.1 + 0.01*math.Sin(float64(i)/7) + 0.005*math.Cos(float64(i)/131)
		r = append(r, orb.Point{120 + d*c, 36 + d*s})
	}
	a := arrangement{budget: checkBudget}
	a.add(0, true, "/0", append(r, r[0]))
	if f := a.check(); f != nil {
		t.Fatal(f)
	}
	if spent := checkBudget - a.budget; spent > checkBudget/(MaxVertices/n)/2 {
		t.Errorf("%d vertices took %d of %d steps", n, spent, checkBudget)
	}
}
