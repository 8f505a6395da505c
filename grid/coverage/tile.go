package coverage

import (
	"sync"

	"wangge/geo/index"
	"wangge/geo/tile"
	"wangge/geo/walk"
)

// MaxTileBytes is how large a tile is at most, before compression. Where its hexagons would take more they are coarser.
const MaxTileBytes = 500_000

// The resolutions of hexagons in tiles.
const (
	FinestTileRes   = 12 // from finestTileZoom on, where it is asked for
	DefaultTileRes  = 11
	coarsestTileRes = 4
	finestTileZoom  = 16
)

// TileRes is the resolution of the hexagons at a zoom where a sheet of a resolution is shown: 7 up to zoom 8 (4 to 6 at the first three, where those of 7
// would be smaller than a tile can tell), 8 at 9, 9 up to 11, 10 up to 13, 11 from there on, and 12 from 16 on where the sheet has them.
func TileRes(zoom, sheet int) int {
	res := DefaultTileRes
	switch {
	case zoom <= 2:
		res = coarsestTileRes + zoom
	case zoom <= 8:
		res = 7
	case zoom == 9:
		res = 8
	case zoom <= 11:
		res = 9
	case zoom <= 13:
		res = 10
	case zoom >= finestTileZoom:
		res = FinestTileRes
	}
	return min(res, sheet)
}

// tileKeys are the attributes of hexagons in tiles.
type tileKeys struct {
	dict                                        tile.Dict
	cell, metres, noNetwork, ambiguous, persons uint32
}

var tileDict = sync.OnceValue(func() *tileKeys {
	var b tile.DictBuilder
	k := &tileKeys{cell: b.Key("h3"), metres: b.Key("d"), noNetwork: b.Key("n"), ambiguous: b.Key("a"), persons: b.Key("p")}
	k.dict = b.Dict()
	return k
})

// Tile draws the hexagons that meet a tile, of the resolution that fits its zoom, as a layer of the given name. There are no bytes where no hexagon
// meets it; the bytes are the caller's. Features have the number Level.ID and: h3, the cell; d, metres to the nearest facility, rounded up, where it is within
// the limit; n = 1 without network; a = 1 ambiguous; p persons, where they are known.
func (h *Hexes) Tile(addr tile.Addr, layer string) []byte {
	var e tile.Encoder
	for res := TileRes(int(addr.Z), h.Sheet.Res); ; res-- {
		e.Begin(addr, tile.DefaultBufferPx)
		h.Level(res).draw(&e, addr, layer)
		if bytes := e.Bytes(); len(bytes) <= MaxTileBytes || res <= coarsestTileRes {
			return bytes
		}
	}
}

func (l *Level) draw(e *tile.Encoder, addr tile.Addr, layer string) {
	k := tileDict()
	e.Layer(layer, k.dict)
	var box index.Box
	box.MinX, box.MinY, box.MaxX, box.MaxY = addr.WorldBox(tile.DefaultBufferPx)
	var text []byte
	l.tier.meeting(box, func(i int, outline []uint32) {
		if !e.Open(l.ID(i), &tile.Geometry{Kind: tile.Polygons, XY: outline}) {
			return
		}
		text = l.Cells[i].AppendText(text[:0])
		e.TagText(k.cell, text, 0)
		l.tag(e, k, i)
		e.Close()
	})
}

func (l *Level) tag(e *tile.Encoder, k *tileKeys, i int) {
	one := tile.Uint(1)
	switch {
	case l.Flags[i]&FlagNoNetwork != 0:
		e.TagValue(k.noNetwork, one)
	case l.MM[i] != walk.Never:
		e.TagValue(k.metres, tile.Uint(uint64(metres(l.MM[i]))))
	}
	if l.Flags[i]&FlagAmbiguous != 0 {
		e.TagValue(k.ambiguous, one)
	}
	if l.Persons != nil {
		e.TagValue(k.persons, tile.Uint(uint64(l.Persons[i]+perPerson/2)/perPerson))
	}
}
