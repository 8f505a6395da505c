// Package lattice works on the shapes of a net of grids: it cuts, merges and redraws them so that neighbours keep one border, and finds
// gaps and overlaps.
package lattice
