package patrol

import (
	"context"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/geo/walk"
)

// Leg is one stop of a walk.
type Leg struct {
	Stop int     // position in the list that was given
	M    float64 // from the stop before, or from where the walk begins
}

// What a walk looks at: the network for the first searched stops, straight lines for others, the order as given beyond.
const (
	maxSearched = 48
	maxStops    = 400
	maxRounds   = 20
)

// Walk puts stops in the order of a short walk that begins at a place and need not come back: always to the nearest, then turned round wherever that is
// shorter (2-opt). Distances are those of the walking network, a search for each of the first 48 stops; without a network (nil), and between places that it
// does not join, they are straight metres.
func Walk(ctx context.Context, g *walk.Graph, from orb.Point, stops []orb.Point) ([]Leg, error) {
	near := stops[:min(len(stops), maxStops)]
	order := shorten(straight(from, near))
	legs := legsOf(straight(from, near), order)
	if searched := min(len(order), maxSearched); g != nil && searched > 0 {
		head := make([]orb.Point, searched)
		for i, leg := range legs[:searched] {
			head[i] = near[leg.Stop]
		}
		m, err := walked(ctx, g, from, head)
		if err != nil {
			return nil, err
		}
		for i, leg := range legsOf(m, shorten(m)) {
			legs[i] = Leg{order[leg.Stop], leg.M}
		}
		if len(order) > searched {
			legs[searched].M = geo.DistanceM(near[legs[searched-1].Stop], near[legs[searched].Stop])
		}
	}
	for i := len(near); i < len(stops); i++ {
		legs = append(legs, Leg{i, geo.DistanceM(stops[i-1], stops[i])})
	}
	return legs, nil
}

// metres are distances between the beginning (0) and the stops (1 …).
type metres [][]float64

// straight are straight metres.
func straight(from orb.Point, stops []orb.Point) metres {
	places := append([]orb.Point{from}, stops...)
	m := make(metres, len(places))
	for i := range places {
		m[i] = make([]float64, len(places))
		for k := range i {
			m[i][k] = flatM(places[i], places[k])
			m[k][i] = m[i][k]
		}
	}
	return m
}

// flatM is a distance on a plane, good to a thousandth within a city; geodesics would take most of the time.
func flatM(a, b orb.Point) float64 {
	const perDegree = 111_195
	return perDegree * math.Hypot((a[0]-b[0])*math.Cos((a[1]+b[1])/2*math.Pi/180), a[1]-b[1])
}

// walked are straight metres, but walked ones where the network joins two places.
func walked(ctx context.Context, g *walk.Graph, from orb.Point, stops []orb.Point) (metres, error) {
	m := straight(from, stops)
	places := append([]orb.Point{from}, stops...)
	spots := make([]walk.Spot, len(places))
	for i, p := range places {
		if s, ok := g.Snap(p, walk.SnapLimitMM); ok {
			spots[i] = s
		} else {
			spots[i].Edge = walk.None
		}
	}
	var search walk.Searcher
	dist := map[uint32]uint32{}
	for i, s := range spots {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if s.Edge == walk.None || i == len(spots)-1 {
			continue
		}
		clear(dist)
		search.Reach(g, s, reachMM(m[i]), func(node, mm uint32) { dist[node] = mm })
		for k := i + 1; k < len(spots); k++ {
			if mm := between(g, dist, s, spots[k]); mm != walk.Never {
				m[i][k] = float64(mm) / 1000
				m[k][i] = m[i][k]
			}
		}
	}
	return m, nil
}

// reachMM is how far to look for places that are up to so far away: ways are rarely twice as long as straight lines.
func reachMM(row []float64) uint32 {
	return uint32(min(2*slices.Max(row)+500, walk.MaxLimitMM/1000) * 1000)
}

// between is the way from a spot, whose nodes are known, to another; walk.Never where none was found.
func between(g *walk.Graph, dist map[uint32]uint32, a, b walk.Spot) uint32 {
	if b.Edge == walk.None {
		return walk.Never
	}
	best := uint32(walk.Never)
	e := &g.Net.Edges[b.Edge]
	if mm, ok := dist[e.U]; ok {
		best = min(best, mm+b.OffMM+b.PerpMM)
	}
	if mm, ok := dist[e.V]; ok {
		best = min(best, mm+e.MM-b.OffMM+b.PerpMM)
	}
	if a.Edge == b.Edge {
		best = min(best, walk.Beside(a, b))
	}
	return best
}

// shorten is an order of the stops, by their positions in the list: nearest neighbours, then 2-opt with the beginning fixed and the end free.
func shorten(m metres) []int {
	n := len(m) - 1
	path := []int{0}
	left := make([]int, n)
	for i := range left {
		left[i] = i + 1
	}
	for len(left) > 0 {
		at, best := path[len(path)-1], 0
		for i := range left {
			if m[at][left[i]] < m[at][left[best]] {
				best = i
			}
		}
		path = append(path, left[best])
		left = slices.Delete(left, best, best+1)
	}
	for round := 0; round < maxRounds && improve(m, path); round++ {
		continue
	}
	order := make([]int, n)
	for i, p := range path[1:] {
		order[i] = p - 1
	}
	return order
}

// improve turns stretches of a path round where that makes it shorter; false where none does.
func improve(m metres, path []int) (changed bool) {
	const worth = 0.001 // metres: equal sums in another order are no gain
	for i := 1; i < len(path)-1; i++ {
		for k := i + 1; k < len(path); k++ {
			before, after := m[path[i-1]][path[i]], m[path[i-1]][path[k]]
			if k+1 < len(path) {
				before += m[path[k]][path[k+1]]
				after += m[path[i]][path[k+1]]
			}
			if after < before-worth {
				slices.Reverse(path[i : k+1])
				changed = true
			}
		}
	}
	return changed
}

func legsOf(m metres, order []int) []Leg {
	legs := make([]Leg, len(order))
	at := 0
	for i, stop := range order {
		legs[i] = Leg{stop, m[at][stop+1]}
		at = stop + 1
	}
	return legs
}
