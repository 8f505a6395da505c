package patrol

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"wangge/geo/walk"
)

// shortest tries every order.
func shortest(m metres, at int, left []int) float64 {
	if len(left) == 0 {
		return 0
	}
	best := -1.0
	for i, next := range left {
		rest := slices.Delete(slices.Clone(left), i, i+1)
		if d := m[at][next] + shortest(m, next, rest); best < 0 || d < best {
			best = d
		}
	}
	return best
}

// A walk visits every stop once, and is hardly longer than the shortest.
func TestWalkIsShort(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var got, best float64
	for range 60 {
		from := orb.Point{120 + r.Float64()/100, 36 + r.Float64()/100}
		stops := make([]orb.Point, 1+r.IntN(7))
		left := []int{}
		for i := range stops {
			stops[i] = orb.Point{120 + r.Float64()/100, 36 + r.Float64()/100}
			left = append(left, i+1)
		}
		legs, err := Walk(t.Context(), nil, from, stops)
		if err != nil || len(legs) != len(stops) {
			t.Fatal(legs, err)
		}
		seen := map[int]bool{}
		m := straight(from, stops)
		at := 0
		for _, leg := range legs {
			if seen[leg.Stop] || leg.M != m[at][leg.Stop+1] {
				t.Fatalf("%v: %v", legs, leg)
			}
			seen[leg.Stop] = true
			got += leg.M
			at = leg.Stop + 1
		}
		best += shortest(m, 0, left)
	}
	if got > 1.05*best {
		t.Errorf("%.0f m, the shortest walks are %.0f m", got, best)
	}
}

// Two stops that are near in a straight line are far apart where the only street goes round.
func TestWalkKeepsToStreets(t *testing.T) {
	u := orb.LineString{{120, 36}, {120, 36.01}, {120.001, 36.01}, {120.001, 36}}
	n, err := walk.Build(t.Context(), []walk.Street{{Key: 1, Shape: orb.MultiLineString{u}}}, nil, walk.Options{JoinMM: 1000})
	if err != nil {
		t.Fatal(err)
	}
	g := n.Graph(walk.Profile{ID: "walk"})
	from := orb.Point{120, 36}
	stops := []orb.Point{{120.001, 36}, {120.001, 36.005}, {120, 36.005}}
	legs, err := Walk(t.Context(), g, from, stops)
	if err != nil {
		t.Fatal(err)
	}
	order := []int{legs[0].Stop, legs[1].Stop, legs[2].Stop}
	if !slices.Equal(order, []int{2, 1, 0}) || legs[1].M < 1100 {
		t.Errorf("on the street: %v", legs)
	}
	if legs, _ := Walk(t.Context(), nil, from, stops); legs[0].Stop != 0 {
		t.Errorf("straight: %v", legs)
	}
}

// Many stops and none are in bounds.
func TestWalkOfMany(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 1))
	for _, n := range []int{0, 1, maxSearched, maxSearched + 1, maxStops, maxStops + 50} {
		stops := make([]orb.Point, n)
		for i := range stops {
			stops[i] = orb.Point{120 + r.Float64()/50, 36 + r.Float64()/50}
		}
		legs, err := Walk(t.Context(), nil, orb.Point{120, 36}, stops)
		seen := map[int]bool{}
		for _, leg := range legs {
			seen[leg.Stop] = true
		}
		if err != nil || len(legs) != n || len(seen) != n {
			t.Errorf("%d stops: %d legs, %d different, %v", n, len(legs), len(seen), err)
		}
	}
}
