package coverage

import "wangge/geo/hex"

// tier is the hexagons of a coarser resolution that are parents of a sheet's, ascending.
type tier struct {
	cells []hex.Cell
	first []uint32 // by cell, one more than cells: its first child in the sheet
}
