package walk

import (
	"math"

	"github.com/paulmach/orb"

	"wangge/geo"
)

// DistanceMM is the straight distance of two places, in the metre of the network, never more than Never-1.
func DistanceMM(p, q orb.Point) uint32 {
	return uint32(min(math.Round(geo.DistanceM(p, q)*1000), Never-1))
}
