package coverage

import "github.com/paulmach/orb"

// Outline is the outline of the hexagons that in chooses, dissolved, in degrees: outer rings anticlockwise, holes clockwise, every ring closed.
// Polygons that touch nowhere are polygons of their own, in the order of their first hexagons.
func Outline(s *Sheet, in func(i int) bool) orb.MultiPolygon { return nil }
