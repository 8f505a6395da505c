package coverage

import "github.com/paulmach/orb"

// Outline is the outline of the hexagons that in chooses, dissolved, in degrees: outer rings anticlockwise, holes clockwise, every ring closed.
// Hexagons that share an edge are one polygon; polygons come in the order of their first hexagons.
func Outline(s *Sheet, in func(i int) bool) orb.MultiPolygon { return s.mesh.Outline(in) }

// Outliner is Outline for many sets of hexagons of a sheet, one after the other, each told by its places, ascending: a set costs what it has, not what
// the sheet has. It is for one goroutine.
func Outliner(s *Sheet) func(hexagons []uint32) orb.MultiPolygon { return s.mesh.Outliner() }
