package grid

import (
	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/grid/lattice"
)

// piece is a part of a ground; pieces of one ground do not overlap. A unit grid lies in one community by the rules of its scheme, so it counts
// where the record places it; a drawn shape is cut by the border of a region.
type piece struct {
	unit  *Grid            // nil for what is drawn
	shape orb.MultiPolygon // of what is drawn
	bound orb.Bound
}

// piecesOf takes the union of grids apart: into unit grids where the grids are made of such, else into shapes without what other pieces have.
func (n *Net) piecesOf(grids []*Grid) []piece {
	units := map[int64]*Grid{}
	var drawn []*Grid
	for _, g := range grids {
		members := n.Members(g)
		switch {
		case g.Scheme == UnitScheme:
			units[g.ID] = g
		case len(g.Members) > 0 && len(members) == len(g.Members) && allUnits(members):
			for _, m := range members {
				units[m.ID] = m
			}
		default:
			drawn = append(drawn, g)
		}
	}
	var out []piece
	for _, g := range n.Grids(UnitScheme) { // in an order that does not change, for sums that do not
		if units[g.ID] != nil {
			out = append(out, piece{unit: g, shape: g.Shape, bound: g.Bound})
		}
	}
	for _, g := range drawn {
		if rest := without(g, out); len(rest) > 0 {
			out = append(out, piece{shape: rest, bound: rest.Bound()})
		}
	}
	return out
}

func allUnits(grids []*Grid) bool {
	for _, g := range grids {
		if g.Scheme != UnitScheme {
			return false
		}
	}
	return true
}

// without is the shape of a grid without the pieces that there are.
func without(g *Grid, pieces []piece) orb.MultiPolygon {
	var near []orb.MultiPolygon
	for _, p := range pieces {
		if p.bound.Intersects(g.Bound) {
			near = append(near, p.shape)
		}
	}
	if len(near) == 0 {
		return g.Shape
	}
	_, rest, _ := lattice.Overlay(g.Shape, lattice.Dissolve(near))
	return rest
}

// area is how much of a region some pieces cover.
func area(pieces []piece, in *extent) Share {
	s := Share{Unit: unitM2, Of: in.region.AreaM2}
	for _, p := range pieces {
		switch {
		case p.unit != nil:
			if in.grid(p.unit) {
				s.Have += p.unit.AreaM2
			}
		case p.bound.Intersects(in.region.Bound):
			both, _, _ := lattice.Overlay(p.shape, in.region.Shape)
			s.Have += geo.AreaMultiM2(both)
		}
	}
	s.settle()
	return s
}

// Uncovered is what of a region some grids leave: those of a scheme, or for scheme "" those of all schemes where anybody is responsible. Parts
// smaller than a square metre are rounding.
func (r *Roster) Uncovered(n *Net, w *Ways, day Day, scheme string, region *Region) []orb.Polygon {
	g := r.groundOf(n, w, day)
	pieces := g.covered()
	if scheme != "" {
		pieces = g.gridded(scheme)
	}
	var near []orb.MultiPolygon
	for _, p := range pieces {
		if p.bound.Intersects(region.Bound) {
			near = append(near, p.shape)
		}
	}
	rest := region.Shape
	if len(near) > 0 {
		_, rest, _ = lattice.Overlay(region.Shape, lattice.Dissolve(near))
	}
	var out []orb.Polygon
	for _, p := range rest {
		if geo.AreaM2(p) >= 1 {
			out = append(out, p)
		}
	}
	return out
}
