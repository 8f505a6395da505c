package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// The box around China, in degrees. It only serves to tell a swapped pair from a foreign place.
const (
	chinaWest, chinaEast   = 73, 136
	chinaSouth, chinaNorth = 3, 54
)

// metresFrom is the magnitude from which a number cannot be a clumsy angle any more. The smallest easting of a
// Gauss-Krüger zone is about 166,000 m.
const metresFrom = 100_000

// CheckLonLat tells whether a pair in degrees can be a position. Its error is a *Fault with NotFinite, NullIsland,
// Swapped, Metres or OutOfRange.
func CheckLonLat(lon, lat float64) error {
	if c := lonLatCode(lon, lat); c != "" {
		return faultAt(c, "", orb.Point{lon, lat})
	}
	return nil
}

// lonLatCode is CheckLonLat without the allocation; it is "" for a good pair.
func lonLatCode(lon, lat float64) Code {
	absLon, absLat := math.Abs(lon), math.Abs(lat)
	switch {
	case !(absLon <= math.MaxFloat64) || !(absLat <= math.MaxFloat64):
		return NotFinite
	case lon == 0 && lat == 0:
		return NullIsland
	case absLon >= metresFrom || absLat >= metresFrom:
		return Metres
	case inChina(lat, lon) && !inChina(lon, lat):
		return Swapped
	case absLon <= 180 && absLat <= 90:
		return ""
	case absLon <= 90 && absLat <= 180:
		return Swapped
	}
	return OutOfRange
}

// earthCode is lonLatCode for a position that may be anywhere on Earth.
func earthCode(lon, lat float64) Code {
	if math.Abs(lon) <= 180 && math.Abs(lat) <= 90 {
		return ""
	}
	return lonLatCode(lon, lat)
}

func inChina(lon, lat float64) bool {
	return lon >= chinaWest && lon <= chinaEast && lat >= chinaSouth && lat <= chinaNorth
}
