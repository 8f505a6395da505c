package coverage

import (
	"context"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"wangge/geo/hex"
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

// holding is how much of a hexagon an area holds.
type holding struct {
	hexagon, area uint32
	share         float64
}

// Weigh intersects areas with the hexagons of the sheet, exactly. Areas may overlap. Where those of a hexagon do not, their pieces come to no
// more than its DM2; where they fill it, to just as much. Pieces that round to nothing are left out.
func (s *Sheet) Weigh(ctx context.Context, kind string, list []Area) (*Areas, error) {
	a := &Areas{Kind: kind, List: list, OutsideDM2: make([]int64, len(list))}
	held, err := s.holdings(ctx, a)
	if err != nil {
		return nil, err
	}
	first := make([]uint32, s.Len()+1)
	for _, h := range held {
		first[h.hexagon+1]++
	}
	for i := range s.Len() {
		first[i+1] += first[i]
	}
	// In the order of hexagons; areas ascend, for they came so.
	of, parts := make([]uint32, len(held)), make([]float64, len(held))
	next := slices.Clone(first)
	for _, h := range held {
		at := &next[h.hexagon]
		of[*at], parts[*at] = h.area, h.share
		*at++
	}
	a.round(s, first, of, parts)
	return a, nil
}

// holdings lists what all areas hold, one area after the other.
func (s *Sheet) holdings(ctx context.Context, a *Areas) ([]holding, error) {
	var out []holding
	tracer := s.mesh.NewTracer()
	for k := range a.List {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		outsideM2 := tracer.Shares(a.List[k].Shape, func(i int, share float64) {
			out = append(out, holding{uint32(i), uint32(k), share})
		})
		a.OutsideDM2[k] = int64(math.Round(outsideM2 * perM2))
	}
	return out, nil
}

// round fills in whole dm².
func (a *Areas) round(s *Sheet, first, of []uint32, parts []float64) {
	a.First = make([]uint32, len(first))
	a.Of, a.DM2 = make([]uint32, 0, len(of)), make([]uint32, 0, len(of))
	var whole []uint32
	for i := range s.Len() {
		from, to := first[i], first[i+1]
		if to-from == 1 && parts[from] > 1-hex.Dust {
			whole = append(whole[:0], s.DM2[i])
		} else {
			whole = apportion(whole[:0], s.DM2[i], parts[from:to])
		}
		for k, dm2 := range whole {
			if dm2 > 0 {
				a.Of, a.DM2 = append(a.Of, of[from+uint32(k)]), append(a.DM2, dm2)
			}
		}
		a.First[i+1] = uint32(len(a.Of))
	}
}

// Spread deals what belongs to whole hexagons (persons, in thousandths) out to the pieces, by area. Ground outside of the shapes of the sheet has
// no share. Where the pieces of a hexagon fill what of it is inside, they get all of it, to the last one.
func (a *Areas) Spread(persons []uint32, s *Sheet) []uint32 {
	out := make([]uint32, 0, len(a.Of))
	var shares []float64
	for i, n := range persons {
		from, to := a.First[i], a.First[i+1]
		shares = shares[:0]
		sum := uint32(0)
		for _, dm2 := range a.DM2[from:to] {
			sum += dm2
		}
		// What was rounded twice is off by less than one for each piece.
		ground := max(s.Inside[i], 1)
		if sum > ground && sum-ground <= to-from || sum < ground && ground-sum <= to-from {
			ground = sum
		}
		for _, dm2 := range a.DM2[from:to] {
			shares = append(shares, float64(dm2)/float64(ground))
		}
		out = apportion(out, n, shares)
	}
	return out
}
