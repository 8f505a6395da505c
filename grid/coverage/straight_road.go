package coverage

import (
	"math"

	"github.com/paulmach/orb"

	"wangge/geo/walk"
)

// crowStreets is the walkable edges by block: an edge is in that of the middle of its bound. It is immutable.
type crowStreets struct {
	graph   *walk.Graph
	blocks  *blocks
	first   []uint32 // by block, one more than blocks
	edges   []uint32
	of      []crowEdge // by edge
	reachM  []float64  // by block: no position of its edges is farther from its centre
	longest float64    // metres: the greatest halfM
}

// crowEdge is an edge as the crow sees it.
type crowEdge struct {
	middle orb.Point // of its bound
	halfM  float32   // no position of it is farther from the middle
	block  uint32    // walk.None for those that cannot be used
	mm     uint32
	perM   float64 // millimetres of the edge a metre in the plane of the block; 0 where it has no length there
}

func newCrowStreets(g *walk.Graph, n *blocks) *crowStreets {
	c := &crowStreets{graph: g, blocks: n, first: make([]uint32, n.len()+1), of: make([]crowEdge, len(g.Net.Edges)), reachM: make([]float64, n.len())}
	for e := range g.Net.Edges {
		c.of[e].block = walk.None
		b := g.Net.Line(uint32(e)).Bound()
		middle := b.Center()
		block, inside := n.of(middle)
		if !g.Usable(uint32(e)) || !inside {
			continue
		}
		half := float64(walk.DistanceMM(b.Min, b.Max)) / 2 / mmPerM * (1 + planeSlack)
		c.of[e] = crowEdge{middle, float32(half + 1e-3), block, g.Net.Edges[e].MM, 0}
		if m := n.plane(block).lengthM(g.Net.Line(uint32(e))); m > 0 {
			c.of[e].perM = float64(g.Net.Edges[e].MM) / m
		}
		c.reachM[block] = max(c.reachM[block], half+float64(walk.DistanceMM(middle, n.middle(block)))/mmPerM*(1+planeSlack)+1)
		c.longest = max(c.longest, half)
		c.first[block+1]++
	}
	for b := range n.len() {
		c.first[b+1] += c.first[b]
	}
	next := make([]uint32, n.len())
	copy(next, c.first)
	c.edges = make([]uint32, c.first[n.len()])
	for e := range c.of {
		if block := c.of[e].block; block != walk.None {
			c.edges[next[block]] = uint32(e)
			next[block]++
		}
	}
	return c
}

func (c *crowStreets) in(block uint32) []uint32 { return c.edges[c.first[block]:c.first[block+1]] }

// cover is what of an edge is inside the circles about facilities.
func (s *straightReach) cover(edge uint32, radiiMM []uint32, r *room) bool {
	e := &s.streets.of[edge]
	block := e.block
	if block == walk.None {
		return false
	}
	s.candidates(r, block, s.streets.reachM[block], radiiMM[len(radiiMM)-1])
	if len(r.near) == 0 {
		return false
	}
	// What is told from the middle of an edge is told with slack, so that only those need cutting that a circle may run through.
	half, least := float64(e.halfM), math.Sqrt(r.measure(e.middle))
	if least-half > float64(radiiMM[len(radiiMM)-1])/mmPerM*(1+planeSlack) {
		return false
	}
	line := s.streets.graph.Net.Line(edge)
	for k := range radiiMM {
		radiusM := float64(radiiMM[k]) / mmPerM
		r.spans[k] = r.spans[k][:0]
		if r.whole[k] = least+half <= radiusM*(1-planeSlack); r.whole[k] || least-half > radiusM*(1+planeSlack) {
			continue
		}
		most := radiusM*(1+planeSlack) + half
		for i, d2 := range r.d2 {
			if d2 <= most*most {
				r.spans[k] = r.appendInside(r.spans[k], line, e, r.near[i].at, radiusM)
			}
		}
		r.settle(k, e.mm)
	}
	return true
}

// appendInside appends the stretches of an edge that are within a radius of a place.
func (r *room) appendInside(spans []span, line orb.LineString, e *crowEdge, at orb.Point, radiusM float64) []span {
	x, y := r.x, r.y
	walked := 0.0
	for i := 1; i < len(line); i++ {
		ax, ay := (line[i-1][0]-at[0])*x, (line[i-1][1]-at[1])*y
		dx, dy := (line[i][0]-line[i-1][0])*x, (line[i][1]-line[i-1][1])*y
		l := math.Sqrt(dx*dx + dy*dy)
		if from, to, ok := insideCircle(ax, ay, dx, dy, radiusM); ok {
			if s := (span{uint32(math.Round((walked + from*l) * e.perM)), min(e.mm, uint32(math.Round((walked+to*l)*e.perM)))}); s.from < s.to {
				spans = append(spans, s)
			}
		}
		walked += l
	}
	return spans
}

// insideCircle is between which shares of its way a segment is inside a circle about the origin.
func insideCircle(ax, ay, dx, dy, radius float64) (from, to float64, ok bool) {
	a, b, c := dx*dx+dy*dy, ax*dx+ay*dy, ax*ax+ay*ay-radius*radius
	if a == 0 {
		return 0, 0, false
	}
	root := b*b - a*c
	if root <= 0 {
		return 0, 0, false
	}
	root = math.Sqrt(root)
	from, to = max(0, (-b-root)/a), min(1, (-b+root)/a)
	return from, to, from < to
}
