package coverage

import (
	"context"
	"fmt"
	"strings"

	"wangge/geo/walk"
	"wangge/grid"
)

// piece is what of a hexagon lies in one area, and what that weighs.
type piece struct {
	hex, area uint32 // area is a place in the list that comes with the pieces
	weight    int64  // as of SitingWeight
}

// byElderly is a weight of equity alone: thousandths of those aged 60 and over.
const byElderly SitingWeight = elderly

// who are counted by a weight of people.
func (w SitingWeight) who() string {
	if w == byElderly {
		return elderly
	}
	return everybody
}

// pieces deal out what the areas of a kind in a region have: ground, or people. "" is the region itself, or the city. Of areas that reach beyond a zone it is
// what they have in the zone, by the ground of each hexagon. They are ordered by hexagon.
// Errors: ErrNoArea; a Refusal of ErrProblem where nobody knows where people live.
func (b *Board) pieces(ctx context.Context, res int, by, within string, what SitingWeight) ([]piece, []Area, error) {
	var codes map[string]bool
	switch net := b.city.Net(); {
	case within != "" && net.Region(within) == nil:
		return nil, nil, fmt.Errorf("%w: %q", ErrNoArea, within)
	case by == "" && within != "":
		by = regionPrefix + within
	case by != "" && isZone(net, within):
		return b.piecesInZone(ctx, res, by, within, what)
	case by != "":
		if codes = codesOf(net, by, within); len(codes) == 0 {
			return nil, nil, fmt.Errorf("%w: %q in %q", ErrNoArea, by, within)
		}
	}
	areas, err := b.Areas(ctx, res, by)
	if err != nil {
		return nil, nil, err
	}
	weight := areas.DM2
	if what != ByArea {
		sheet, err := b.Sheet(ctx, res)
		if err != nil {
			return nil, nil, err
		}
		who, err := b.people(ctx, res, what.who())
		if err != nil {
			return nil, nil, err
		}
		if !who.known() {
			return nil, nil, &Refusal{Err: ErrProblem, Zh: "没有人口数据，请按面积计算", En: "nobody knows where people live: ask by area"}
		}
		weight = areas.Spread(who.byHexagon, sheet)
	}
	all, list := areas.among(codes, weight)
	return all, list, ctx.Err()
}

// piecesInZone are the pieces of all areas of a kind, cut to a zone; areas without any are not listed.
func (b *Board) piecesInZone(ctx context.Context, res int, by, zone string, what SitingWeight) ([]piece, []Area, error) {
	all, areas, err := b.pieces(ctx, res, by, "", what)
	if err != nil {
		return nil, nil, err
	}
	ground, err := b.Areas(ctx, res, regionPrefix+zone)
	if err != nil {
		return nil, nil, err
	}
	sheet, err := b.Sheet(ctx, res)
	if err != nil {
		return nil, nil, err
	}
	place := make([]uint32, len(areas))
	var in []piece
	var list []Area
	for _, p := range all {
		for i := ground.First[p.hex]; i < ground.First[p.hex+1]; i++ {
			if place[p.area] == 0 {
				list = append(list, areas[p.area])
				place[p.area] = uint32(len(list))
			}
			in = append(in, piece{p.hex, place[p.area] - 1, p.weight * int64(ground.DM2[i]) / int64(max(sheet.Inside[p.hex], 1))})
		}
	}
	if len(in) == 0 {
		return nil, nil, fmt.Errorf("%w: %q in %q", ErrNoArea, by, zone)
	}
	return in, list, ctx.Err()
}

// among are the pieces in the areas with some codes, in all areas where codes is nil.
func (a *Areas) among(codes map[string]bool, weight []uint32) (all []piece, list []Area) {
	place := make([]uint32, len(a.List))
	for i, area := range a.List {
		if place[i] = walk.None; codes == nil || codes[area.Code] {
			place[i] = uint32(len(list))
			list = append(list, area)
		}
	}
	all = make([]piece, 0, len(weight))
	for h := range len(a.First) - 1 {
		for i := a.First[h]; i < a.First[h+1]; i++ {
			if p := place[a.Of[i]]; p != walk.None {
				all = append(all, piece{uint32(h), p, int64(weight[i])})
			}
		}
	}
	return all, list
}

// codesOf are the codes of the areas of a kind that lie in a region, "" for all.
func codesOf(net *grid.Net, by, within string) map[string]bool {
	codes := map[string]bool{}
	if scheme, is := strings.CutPrefix(by, schemePrefix); is {
		grids := net.Grids(scheme)
		if within != "" {
			grids = net.GridsIn(scheme, within)
		}
		for _, g := range grids {
			codes[g.Code] = true
		}
		return codes
	}
	for _, r := range net.RegionsBy(by, within) {
		codes[r.Code] = true
	}
	return codes
}
