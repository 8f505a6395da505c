package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// SRID is the reference system of every stored geometry: CGCS2000 in degrees, equal to WGS 84 at the precision of an
// inventory.
const SRID = 4490

// MaxMercatorLat is the latitude at which the Web Mercator square ends, in degrees.
const MaxMercatorLat = 85.05112877980659

// worldSize is the number of world units along an axis.
const worldSize = 1 << 32

// WorldX is the column of a longitude in world units: 0 at 180° west, growing eastwards. Longitudes outside the square
// are moved to its edge.
func WorldX(lon float64) uint32 {
	return worldUnit((lon + 180) / 360)
}

// WorldY is the row of a latitude in world units: 0 at the northern edge of the Web Mercator square, growing
// southwards. Latitudes outside the square are moved to its edge.
func WorldY(lat float64) uint32 {
	s := math.Sin(lat * (math.Pi / 180))
	return worldUnit(0.5 - math.Log((1+s)/(1-s))/(4*math.Pi))
}

// worldUnit rounds a share of the square's side to the nearest unit. NaN becomes 0.
func worldUnit(share float64) uint32 {
	w := share*worldSize + 0.5
	if !(w >= 1) {
		return 0
	}
	if w >= worldSize {
		return worldSize - 1
	}
	return uint32(w)
}

// Lon is the longitude of a world column, in degrees.
func Lon(x uint32) float64 {
	return float64(x)*(360.0/worldSize) - 180
}

// Lat is the latitude of a world row, in degrees.
func Lat(y uint32) float64 {
	m := math.Pi * (1 - float64(y)*(2.0/worldSize))
	return math.Atan(math.Sinh(m)) * (180 / math.Pi)
}

// WorldBox is the smallest box in world units that holds a bound in degrees. Rows grow southwards, so minY belongs to
// the northern edge. An empty bound gives a box with minX > maxX.
func WorldBox(b orb.Bound) (minX, minY, maxX, maxY uint32) {
	if b.IsEmpty() {
		return 1, 1, 0, 0
	}
	return WorldX(b.Min.Lon()), WorldY(b.Max.Lat()), WorldX(b.Max.Lon()), WorldY(b.Min.Lat())
}

// Bound is the bound in degrees of a box in world units.
func Bound(minX, minY, maxX, maxY uint32) orb.Bound {
	return orb.Bound{Min: orb.Point{Lon(minX), Lat(maxY)}, Max: orb.Point{Lon(maxX), Lat(minY)}}
}
