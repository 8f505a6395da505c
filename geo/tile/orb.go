package tile

import (
	"github.com/paulmach/orb"

	"wangge/geo"
)

// Orb turns world units into degrees: the inverse of FromOrb to half a world unit, 5 mm at most. Equal positions stay equal. Rings are
// closed. It is a Point, LineString or Polygon where there is one part, and nil for no positions.
func (g Geometry) Orb() orb.Geometry {
	if len(g.XY) < 2 {
		return nil
	}
	switch g.Kind {
	case Points:
		return g.points()
	case Lines:
		return g.lines()
	case Polygons:
		return g.polygons()
	default:
		return nil
	}
}

func (g Geometry) points() orb.Geometry {
	if len(g.XY) == 2 {
		return g.position(0)
	}
	return orb.MultiPoint(g.positions(0, len(g.XY)/2))
}

func (g Geometry) lines() orb.Geometry {
	if len(g.Ends) <= 1 {
		return orb.LineString(g.positions(0, len(g.XY)/2))
	}
	lines := make(orb.MultiLineString, 0, len(g.Ends))
	first := 0
	for _, end := range g.Ends {
		lines = append(lines, g.positions(first, int(end)))
		first = int(end)
	}
	return lines
}

func (g Geometry) polygons() orb.Geometry {
	ends := g.Ends
	if len(ends) == 0 {
		ends = []uint32{uint32(len(g.XY) / 2)}
	}
	rings := make([]orb.Ring, 0, len(ends))
	first := 0
	for _, end := range ends {
		ring := orb.Ring(g.positions(first, int(end)))
		if len(ring) > 0 && ring[0] != ring[len(ring)-1] {
			ring = append(ring, ring[0])
		}
		rings = append(rings, ring)
		first = int(end)
	}
	if len(g.Polys) <= 1 {
		return orb.Polygon(rings)
	}
	all := make(orb.MultiPolygon, 0, len(g.Polys))
	first = 0
	for _, end := range g.Polys {
		all = append(all, rings[first:end:end])
		first = int(end)
	}
	return all
}

func (g Geometry) positions(first, end int) []orb.Point {
	out := make([]orb.Point, 0, end-first+1)
	for i := first; i < end; i++ {
		out = append(out, g.position(i))
	}
	return out
}

func (g Geometry) position(i int) orb.Point {
	return orb.Point{geo.Lon(g.XY[2*i]), geo.Lat(g.XY[2*i+1])}
}
