package coverage

import (
	"context"

	"github.com/paulmach/orb"

	"wangge/geo/walk"
)

// need is what sites could cover: hexagons, or the pieces of them that lie in the areas asked for, that are not covered now and have a network.
type need struct {
	sheet  *Sheet
	weight []int64     // by item
	hex    []uint32    // by item: its hexagon; ascending
	group  []uint32    // by item, of Each: its area
	spots  []walk.Spot // by item, on foot
	at     []orb.Point // by item, in straight mode
	first  []uint32    // by hexagon, one more than hexagons, in straight mode: its first item
	places []uint32    // by item, where stability is asked for: number of its neighbourhood, of about a square kilometre

	total, already, noNetwork int64
	groups                    []needGroup // of Each
}

// needGroup is the weight of an area.
type needGroup struct{ total, already int64 }

// need finds out what sites could cover.
func (b *Board) need(ctx context.Context, q *SitingQuestion) (*need, error) {
	a, err := b.complete(q.Question, "")
	if err != nil {
		return nil, err
	}
	f, err := b.field(ctx, a, []uint32{q.RadiusM})
	if err != nil {
		return nil, err
	}
	n, far, spots := &need{sheet: f.lay.sheet}, f.byHexagon(), f.lay.spots
	by := ""
	if q.Goal == Each {
		by = q.By
	}
	all, areas, err := b.pieces(ctx, q.Res, by, q.Within, q.Weight)
	if err != nil {
		return nil, err
	}
	if q.Goal == Each {
		n.groups = make([]needGroup, len(areas))
	}
	limitMM := q.RadiusM * mmPerM
	n.size(len(all), q)
	for _, p := range all {
		covered := far[p.hex] <= limitMM
		n.count(p, covered)
		switch {
		case covered:
		case q.Mode != Straight && spots[p.hex].Edge == walk.None:
			n.noNetwork += p.weight
		case p.weight > 0:
			n.take(p, q, spots)
		}
	}
	sumUp(n.first)
	if q.Stability {
		n.neighbourhoods()
	}
	return n, ctx.Err()
}

func (n *need) count(p piece, covered bool) {
	n.total += p.weight
	if n.groups != nil {
		n.groups[p.area].total += p.weight
	}
	if !covered {
		return
	}
	n.already += p.weight
	if n.groups != nil {
		n.groups[p.area].already += p.weight
	}
}

// size makes room for so many items.
func (n *need) size(items int, q *SitingQuestion) {
	n.weight, n.hex = make([]int64, 0, items), make([]uint32, 0, items)
	if q.Mode == Straight {
		n.at, n.first = make([]orb.Point, 0, items), make([]uint32, n.sheet.Len()+1)
	} else {
		n.spots = make([]walk.Spot, 0, items)
	}
}

// take makes an item of a piece.
func (n *need) take(p piece, q *SitingQuestion, spots []walk.Spot) {
	n.weight, n.hex = append(n.weight, p.weight), append(n.hex, p.hex)
	if n.groups != nil {
		n.group = append(n.group, p.area)
	}
	if q.Mode == Straight {
		n.at = append(n.at, n.sheet.At(int(p.hex)))
		n.first[p.hex+1]++
	} else {
		n.spots = append(n.spots, spots[p.hex])
	}
}

// neighbourhoods numbers the coarser hexagons that items lie in: what is known of people is wrong by neighbourhood, not by hexagon. Hexagons of
// one stand side by side.
func (n *need) neighbourhoods() {
	const coarser = 3
	res := max(n.sheet.Res-coarser, 0)
	n.places = make([]uint32, len(n.hex))
	number := uint32(0)
	for i, h := range n.hex {
		if i > 0 && n.sheet.Cells[h].Parent(res) != n.sheet.Cells[n.hex[i-1]].Parent(res) {
			number++
		}
		n.places[i] = number
	}
}

// near visits the items among which are all in a bound.
func (n *need) near(bound orb.Bound, visit func(item uint32)) {
	n.sheet.Near(bound, func(h int) bool {
		for i := n.first[h]; i < n.first[h+1]; i++ {
			visit(i)
		}
		return true
	})
}
