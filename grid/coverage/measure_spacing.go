package coverage

import (
	"cmp"
	"context"
	"math"
	"slices"

	"wangge/geo/walk"
)

// Spacing is looked for within this distance; farther apart is told as such.
const (
	spacingLimitM = 2000
	farApart      = math.MaxUint32
)

// spacings are, by facility, the millimetres to the nearest other one, or farApart: along the walking network, or straight where the question is.
func spacings(ctx context.Context, b *Board, q Question, all []FacilityFigures) ([]uint32, error) {
	if q.Mode == Straight {
		return straightSpacings(all), nil
	}
	g, err := b.Network(ctx, q.Profile)
	if err != nil {
		return nil, err
	}
	return networkSpacings(g, all), ctx.Err()
}

// networkSpacings grows one tree from all facilities. On the way from a facility to the nearest other one there is a place at which the nearest
// facility changes: on an edge between two nodes, between a node and a facility on its edge, or between two facilities on one edge. The shortest
// way through such a place is the spacing.
func networkSpacings(g *walk.Graph, all []FacilityFigures) []uint32 {
	out := slices.Repeat([]uint32{farApart}, len(all))
	tree := walk.NewTree(g, spacingLimitM*1000)
	var seeds []walk.Seed
	for i := range all {
		if all[i].OnNetwork {
			seeds = append(seeds, walk.Seed{Spot: all[i].Spot, Owner: uint32(i), Key: all[i].ID})
		}
	}
	new(walk.Searcher).Grow(tree, seeds)
	pair := func(a, b uint32, mm uint64) {
		if a != b && mm <= spacingLimitM*1000 {
			out[a], out[b] = min(out[a], uint32(mm)), min(out[b], uint32(mm))
		}
	}
	for i := range g.Net.Edges {
		if g.Usable(uint32(i)) {
			meetOn(tree, uint32(i), pair)
		}
	}
	return out
}

// meetOn tells of the pairs of facilities that meet on an edge.
func meetOn(t *walk.Tree, edge uint32, pair func(a, b uint32, mm uint64)) {
	e := &t.Graph.Net.Edges[edge]
	u, v := t.Owner[e.U], t.Owner[e.V]
	if u != walk.None && v != walk.None {
		pair(u, v, uint64(t.Dist[e.U])+uint64(e.MM)+uint64(t.Dist[e.V]))
	}
	if !t.Busy(edge) {
		return
	}
	var on []walk.Seed
	t.Occupied(edge, func(s walk.Seed) bool { on = append(on, s); return true })
	for i, s := range on {
		if u != walk.None {
			pair(u, s.Owner, uint64(t.Dist[e.U])+uint64(s.OffMM)+uint64(s.PerpMM))
		}
		if v != walk.None {
			pair(v, s.Owner, uint64(t.Dist[e.V])+uint64(e.MM-s.OffMM)+uint64(s.PerpMM))
		}
		for _, other := range on[i+1:] {
			pair(s.Owner, other.Owner, uint64(walk.Beside(s.Spot, other.Spot)))
		}
	}
}

// straightSpacings goes along the facilities from south to north and looks no farther than the limit.
func straightSpacings(all []FacilityFigures) []uint32 {
	out := slices.Repeat([]uint32{farApart}, len(all))
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(all[a].At[1], all[b].At[1]) })
	const degreeM = 110_500 // of latitude, at least
	for i, a := range order {
		for _, b := range order[i+1:] {
			if reach := min(out[a], spacingLimitM*1000); (all[b].At[1]-all[a].At[1])*degreeM*1000 > float64(max(reach, min(out[b], spacingLimitM*1000))) {
				break
			}
			if mm := walk.DistanceMM(all[a].At, all[b].At); mm <= spacingLimitM*1000 {
				out[a], out[b] = min(out[a], mm), min(out[b], mm)
			}
		}
	}
	return out
}
