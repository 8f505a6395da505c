package city

import (
	"wangge/geo/hex"
)

// sketches remember outlines of hexagons, for the layers of a tile have the same ones, and the next tile is often of the same place.
// The zero value is ready. Each outline has one place where it may be; whatever else was there is forgotten.
type sketches []sketch

type sketch struct {
	cell hex.Cell
	xy   [2 * usualCorners]uint32
}

// usualCorners is how many corners a hexagon has; the few cells that have more or fewer are not remembered.
const usualCorners = 6

// sketchBits is the logarithm of how many outlines are remembered, in half a megabyte: a few tiles' worth.
const sketchBits = 13

// find gives the place of a cell, and its outline if it is there.
func (s *sketches) find(c hex.Cell) (at *sketch, known bool) {
	if *s == nil {
		*s = make(sketches, 1<<sketchBits)
	}
	at = &(*s)[uint64(c)*golden>>(64-sketchBits)]
	return at, at.cell == c
}

// keep remembers an outline.
func (at *sketch) keep(c hex.Cell, xy []uint32) {
	if len(xy) == len(at.xy) {
		at.cell = c
		copy(at.xy[:], xy)
	}
}
