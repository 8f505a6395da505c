package coverage

import (
	"sync"
	"sync/atomic"

	"wangge/geo/hex"
)

// Hexes is the distance of every hexagon of a sheet to the nearest facility. It is immutable, but for what it remembers of coarser hexagons.
// Its zero value but for the fields is ready; use it by its address.
type Hexes struct {
	Sheet   *Sheet
	MM      []uint32 // walk.Never beyond the limit of the search and without network
	Flags   []uint8  // FlagNoNetwork, FlagAmbiguous
	Owner   []uint32 // place in Facilities; walk.None for none. May be nil
	Persons []uint32 // thousandths; nil where nobody knows
	// Facilities are those that the distances are to.
	Facilities []Facility

	levels [hex.MaxRes + 1]struct {
		once  sync.Once
		level *Level
	}
	known [hex.MaxRes + 1]atomic.Bool // which levels are there
}

// Level is what hexagons of one resolution say: those of the sheet, or coarser ones, which speak for their children in it.
//
//   - Its distance is the lower median of those of its children that have network, by area; never where that is beyond the limit.
//   - It is without network where more than half of it, by area, is, and ambiguous where more than half of the rest is.
//   - Its persons are theirs.
//
// It is immutable.
type Level struct {
	Res     int
	Cells   []hex.Cell // ascending
	MM      []uint32
	Flags   []uint8
	Persons []uint32 // thousandths; nil where nobody knows

	tier *tier
}

// ID is the number that a hexagon has in tiles.
func (l *Level) ID(i int) uint64 { return uint64(i)<<idBits | uint64(l.Res) }

// idBits are the bits of the resolution in a number.
const idBits = 4

// Level is the hexagons at a resolution; finer ones than the sheet's are the sheet's.
func (h *Hexes) Level(res int) *Level { return h.level(res, nil) }

// LevelAfter is Level, where most of the sheet is as it was in an earlier state of it: what is alike is taken from there.
func (h *Hexes) LevelAfter(before *Hexes, res int) *Level {
	if before == nil || before.Sheet != h.Sheet {
		return h.level(res, nil)
	}
	return h.level(res, before)
}

func (h *Hexes) level(res int, before *Hexes) *Level {
	res = max(0, min(res, h.Sheet.Res))
	slot := &h.levels[res]
	slot.once.Do(func() { slot.level = h.makeLevel(res, before); h.known[res].Store(true) })
	return slot.level
}

// Inherit works out the coarser hexagons that an earlier state of the same sheet knows, from what is alike. before may be nil.
func (h *Hexes) Inherit(before *Hexes) {
	if before == nil || before.Sheet != h.Sheet {
		return
	}
	for res := range before.levels {
		if before.known[res].Load() {
			h.level(res, before)
		}
	}
}

func (h *Hexes) makeLevel(res int, before *Hexes) *Level {
	t := h.Sheet.tier(res)
	if res == h.Sheet.Res {
		return &Level{Res: res, Cells: h.Sheet.Cells, MM: h.MM, Flags: h.Flags, Persons: h.Persons, tier: t}
	}
	l := &Level{Res: res, Cells: t.cells, tier: t}
	if h.Persons != nil {
		l.Persons = t.sums(h.Persons)
	}
	l.MM, l.Flags = make([]uint32, len(t.cells)), make([]uint8, len(t.cells))
	var known *Level
	if before != nil {
		known = before.Level(res)
	}
	var m median
	for i := range t.cells {
		from, to := t.first[i], t.first[i+1]
		if known != nil && h.alike(before, from, to) {
			l.MM[i], l.Flags[i] = known.MM[i], known.Flags[i]
			continue
		}
		l.MM[i], l.Flags[i] = m.of(h.MM[from:to], h.Flags[from:to], h.Sheet.DM2[from:to])
	}
	return l
}

// alike tells whether some hexagons say the same as they did.
func (h *Hexes) alike(before *Hexes, from, to uint32) bool {
	for i := from; i < to; i++ {
		if h.MM[i] != before.MM[i] || h.Flags[i] != before.Flags[i] {
			return false
		}
	}
	return true
}
