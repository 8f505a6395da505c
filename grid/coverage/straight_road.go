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
		c.of[e] = crowEdge{middle, float32(half + 1e-3), block, g.Net.Edges[e].MM}
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
	half, length, near := float64(e.halfM), e.mm, false
	for k := range radiiMM {
		r.spans[k], r.whole[k] = r.spans[k][:0], false
	}
	for i := range r.near {
		d := r.metres(r.near[i].at, e.middle)
		for k := len(radiiMM) - 1; k >= 0; k-- {
			radiusM := float64(radiiMM[k]) / mmPerM
			if d-half > radiusM*(1+planeSlack) {
				break // nor is it within a smaller radius
			}
			near = true
			switch {
			case r.whole[k]:
			case d+half <= radiusM*(1-planeSlack):
				r.whole[k] = true
			default:
				r.spans[k] = r.appendInside(r.spans[k], s.streets.graph.Net.Line(edge), length, r.near[i].at, radiusM)
			}
		}
	}
	for k := range radiiMM {
		if near && !r.whole[k] {
			r.settle(k, length)
		}
	}
	return near
}

// appendInside appends the stretches of a line of some length that are within a radius of a place.
func (r *room) appendInside(spans []span, line orb.LineString, length uint32, at orb.Point, radiusM float64) []span {
	x, y := r.x, r.y
	total := 0.0
	for i := 1; i < len(line); i++ {
		total += r.metres(line[i], line[i-1])
	}
	if total == 0 {
		return spans
	}
	perM, walked := float64(length)/total, 0.0
	for i := 1; i < len(line); i++ {
		ax, ay := (line[i-1][0]-at[0])*x, (line[i-1][1]-at[1])*y
		dx, dy := (line[i][0]-line[i-1][0])*x, (line[i][1]-line[i-1][1])*y
		l := math.Sqrt(dx*dx + dy*dy)
		if from, to, ok := insideCircle(ax, ay, dx, dy, radiusM); ok {
			if s := (span{uint32(math.Round((walked + from*l) * perM)), min(length, uint32(math.Round((walked+to*l)*perM)))}); s.from < s.to {
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
