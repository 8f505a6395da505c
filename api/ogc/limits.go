package ogc

import (
	"strconv"

	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/geo/hex"
	"wangge/geo/tile"
	"wangge/layers"
)

// tileMatrixLimits are the rows and columns of a zoom in which there can be anything; the ends belong to them.
type tileMatrixLimits struct {
	TileMatrix string `json:"tileMatrix"`
	MinTileRow uint32 `json:"minTileRow"`
	MaxTileRow uint32 `json:"maxTileRow"`
	MinTileCol uint32 `json:"minTileCol"`
	MaxTileCol uint32 `json:"maxTileCol"`
}

// limitsAt gives the limits of a zoom around a box in degrees. They hold what hexagons show beyond the features that they count, but not
// the tiles into whose buffers alone anything reaches.
func limitsAt(z uint8, b orb.Bound) tileMatrixLimits {
	minX, minY, maxX, maxY := geo.WorldBox(b)
	beyond := int64(hex.Reach(layers.CoarsestDensityRes(int(z)), minY, maxY))
	number := func(w int64) uint32 { return uint32(min(max(w, 0), 1<<32-1) >> (32 - z)) }
	return tileMatrixLimits{
		TileMatrix: strconv.Itoa(int(z)),
		MinTileRow: number(int64(minY) - beyond), MaxTileRow: number(int64(maxY) + beyond),
		MinTileCol: number(int64(minX) - beyond), MaxTileCol: number(int64(maxX) + beyond),
	}
}

// has tells whether a tile of the zoom is within.
func (l tileMatrixLimits) has(addr tile.Addr) bool {
	return l.MinTileCol <= addr.X && addr.X <= l.MaxTileCol && l.MinTileRow <= addr.Y && addr.Y <= l.MaxTileRow
}

// allLimits lists the limits of every zoom.
func allLimits(b orb.Bound) []tileMatrixLimits {
	var out []tileMatrixLimits
	for z := range uint8(tile.MaxZoom + 1) {
		out = append(out, limitsAt(z, b))
	}
	return out
}
