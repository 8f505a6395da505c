package coverage

import "wangge/geo/tile"

// Tile draws the hexagons that meet a tile, of the resolution that fits its zoom, as a layer of the given name. The bytes are the caller's; there are
// none where no hexagon meets it. finest is the finest resolution to show: 11, or 12.
func (h *Hexes) Tile(addr tile.Addr, layer string, finest int) []byte { return nil }
