package grid

import (
	"maps"
	"slices"

	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/grid/lattice"
)

// cover is a part of the ground, taken apart into pieces that do not overlap. A unit grid lies in one community by the rules of its scheme, so it
// counts where the record places it; a drawn shape is cut by the border of a region.
type cover struct {
	grids []*Grid // as they are, overlaps and all
	units []*Grid
	parts []part  // of the units, by division
	drawn []piece // without what the units or other pieces have
}

// part is how much the unit grids of one division have.
type part struct {
	division string
	m2       float64
}

type piece struct {
	shape orb.MultiPolygon
	bound orb.Bound
}

// coverOf takes the union of grids apart: into unit grids where the grids are made of such, else into shapes.
func (n *Net) coverOf(grids []*Grid) *cover {
	units := map[int64]bool{}
	var drawn []*Grid
	for _, g := range grids {
		members := n.Members(g)
		switch {
		case g.Scheme == UnitScheme:
			units[g.ID] = true
		case len(g.Members) > 0 && len(members) == len(g.Members) && allUnits(members):
			for _, m := range members {
				units[m.ID] = true
			}
		default:
			drawn = append(drawn, g)
		}
	}
	c := &cover{grids: grids}
	byDivision := map[string]float64{}
	for _, g := range n.Grids(UnitScheme) { // in an order that does not change, for sums that do not
		if units[g.ID] {
			c.units = append(c.units, g)
			byDivision[g.Region] += g.AreaM2
		}
	}
	for _, code := range slices.Sorted(maps.Keys(byDivision)) {
		c.parts = append(c.parts, part{code, byDivision[code]})
	}
	for _, g := range drawn {
		rest := g.Shape
		if near := c.near(g.Bound); len(near) > 0 {
			_, rest, _ = lattice.Overlay(g.Shape, lattice.Dissolve(near))
		}
		if len(rest) > 0 {
			c.drawn = append(c.drawn, piece{rest, rest.Bound()})
		}
	}
	return c
}

func allUnits(grids []*Grid) bool {
	for _, g := range grids {
		if g.Scheme != UnitScheme {
			return false
		}
	}
	return true
}

// near are the shapes of the pieces whose boxes meet a box.
func (c *cover) near(b orb.Bound) (out []orb.MultiPolygon) {
	for _, g := range c.units {
		if g.Bound.Intersects(b) {
			out = append(out, g.Shape)
		}
	}
	for _, p := range c.drawn {
		if p.bound.Intersects(b) {
			out = append(out, p.shape)
		}
	}
	return out
}

// area is how much of a region is covered.
func (c *cover) area(in *extent) Share {
	s := Share{Unit: unitM2, Of: in.region.AreaM2}
	if in.zone {
		for _, g := range c.units {
			if in.grid(g) {
				s.Have += g.AreaM2
			}
		}
	} else {
		for _, p := range c.parts {
			if in.has(p.division, nil, nil) {
				s.Have += p.m2
			}
		}
	}
	for _, p := range c.drawn {
		if p.bound.Intersects(in.region.Bound) {
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
	c := g.covered()
	if scheme != "" {
		c = g.gridded(scheme)
	}
	var near []orb.MultiPolygon
	for _, x := range c.grids {
		if x.Bound.Intersects(region.Bound) {
			near = append(near, x.Shape)
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
