package coverage

import "github.com/paulmach/orb"

// Outline is the outline of the hexagons that in chooses, dissolved, in degrees: outer rings anticlockwise, holes clockwise, every ring closed.
// Hexagons that share an edge are one polygon; polygons come in the order of their first hexagons.
func Outline(s *Sheet, in func(i int) bool) orb.MultiPolygon { return s.mesh.Outline(in) }
