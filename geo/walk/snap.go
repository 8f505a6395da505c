package walk

import (
	"context"

	"github.com/paulmach/orb"
)

// Graph is what a profile may use of the network.
func (n *Network) Graph(p Profile) *Graph {
	return &Graph{Net: n, Profile: p, off: make([]uint32, len(n.At)+1), usable: make([]bool, len(n.Edges))}
}

// Same tells which edge of a network each edge of an older one is now, None where it is gone, and the bounds of all edges and barriers
// that only one of the two has.
func (n *Network) Same(old *Network) (now []uint32, changed []orb.Bound) { return nil, nil }

// Same is [Network.Same] for what a profile may use: edges that became usable or ceased to be are among what changed. A place that is
// farther from all of that than the snap limit snaps as before, to the edge that its old one is now.
func (g *Graph) Same(old *Graph) (now []uint32, changed []orb.Bound) { return nil, nil }

// Usable tells whether the profile may use an edge and the edge is on no island.
func (g *Graph) Usable(edge uint32) bool { return g.usable[edge] }

// Snap is where a place joins the network: at the nearest usable edge within a limit whose connector crosses no barrier.
func (g *Graph) Snap(p orb.Point, limitMM uint32) (Spot, bool) { return Spot{Edge: None}, false }

// SnapAll snaps n points to out within SnapLimitMM, on all processors. Edge is None where there is no network.
func (g *Graph) SnapAll(ctx context.Context, points func(i int) orb.Point, n int, out []Spot) error {
	return ctx.Err()
}

// Near appends to out every edge that a place could join: those not more than withinMM farther than the nearest, nearest first.
func (g *Graph) Near(p orb.Point, limitMM, withinMM uint32, out []Spot) []Spot { return out }

// Crossed is the first barrier that a straight connector from a place to a spot crosses.
func (g *Graph) Crossed(p orb.Point, s Spot) (barrier int, ok bool) { return 0, false }

// Point is the position of a spot.
func (g *Graph) Point(s Spot) orb.Point { return orb.Point{} }

// Stretch is the course of an edge between two offsets, backwards where from is beyond to.
func (g *Graph) Stretch(edge, fromMM, toMM uint32) orb.LineString { return nil }
