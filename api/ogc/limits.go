package ogc

import (
	"math"
	"strconv"

	"github.com/paulmach/orb"

	"wangge/geo"
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

// The mean edge of the largest H3 cells in metres, and by how much an edge may exceed the mean of its resolution.
const hexEdgeM, hexSpread = 1281256, 1.3

// reach is how far beyond the features that it counts a hexagon of a zoom can go at a latitude, in world units: its diameter.
func reach(z uint8, lat float64) int64 {
	diameterM := 2 * hexSpread * hexEdgeM / math.Pow(7, float64(layers.DensityRes(int(z)))/2)
	aroundM := 2 * halfSideM * math.Cos(min(math.Abs(lat), geo.MaxMercatorLat)*math.Pi/180)
	return int64(diameterM/aroundM*(1<<32)) + 1
}

// limitsAt gives the limits of a zoom around a box in degrees.
func limitsAt(z uint8, b orb.Bound) tileMatrixLimits {
	minX, minY, maxX, maxY := geo.WorldBox(b)
	beyond := reach(z, max(math.Abs(b.Min[1]), math.Abs(b.Max[1])))
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
