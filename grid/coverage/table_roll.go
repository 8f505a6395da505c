package coverage

import (
	"context"
	"slices"

	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/geo/index"
)

// placer finds the areas that a position lies in.
type placer struct {
	areas []Area
	over  *index.Tree
	one   bool // the first only, because no two overlap and borders belong to both
}

func newPlacer(areas []Area, one bool) placer {
	boxes := make([]index.Box, len(areas))
	for i, a := range areas {
		boxes[i] = worldBox(a.Bound)
	}
	return placer{areas, index.Build(boxes), one}
}

// in appends the areas that a position lies in, ascending.
func (p *placer) in(dst []uint32, at orb.Point) []uint32 {
	first := len(dst)
	p.over.Search(worldAt(at), func(i int) bool {
		a := &p.areas[i]
		if a.Bound.Contains(at) && slices.ContainsFunc(a.Shape, func(poly orb.Polygon) bool { return geo.Covers(poly, at) }) {
			dst = append(dst, uint32(i))
		}
		return true
	})
	slices.Sort(dst[first:])
	if p.one && len(dst) > first {
		dst = dst[:first+1]
	}
	return dst
}

// roll is which areas the facilities of a choice lie in. It is immutable.
type roll struct {
	chosen *choice
	areas  *Areas
	where  placer
	of     [][]uint32 // by facility of chosen.all
}

type rollKey struct {
	choiceKey
	res int
	by  string
}

// roll counts facilities by area.
func (b *Board) roll(ctx context.Context, a asked, chosen *choice, by string) (*roll, error) {
	areas, err := b.Areas(ctx, a.Res, by)
	if err != nil {
		return nil, err
	}
	key := rollKey{choiceKey{a.Service, a.Kind, a.Profile, a.Mode == Straight}, a.Res, by}
	return b.rolls.get(ctx, key, func(ctx context.Context, before *roll, had bool) (*roll, error) {
		if had && before.areas == areas {
			return before.next(chosen), ctx.Err()
		}
		none := &roll{chosen: new(choice), areas: areas, where: newPlacer(areas.List, exclusive(b.city.Net(), by))}
		return none.next(chosen), ctx.Err()
	})
}

// next is the roll of another choice: what both have is not looked up again.
func (t *roll) next(chosen *choice) *roll {
	n := *t
	n.chosen, n.of = chosen, make([][]uint32, len(chosen.all))
	old := 0
	for i, s := range chosen.all {
		for old < len(t.chosen.all) && t.chosen.all[old].key < s.key {
			old++
		}
		if old < len(t.chosen.all) && t.chosen.all[old] == s {
			n.of[i] = t.of[old]
		} else if isPlace(s.At) {
			n.of[i] = n.where.in(nil, s.At)
		}
	}
	return &n
}

// count adds the facilities that count, and what they offer, to rows by area.
func (t *roll) count(rows []Row) {
	for i, s := range t.chosen.all {
		if !s.Usable {
			continue
		}
		for _, area := range t.of[i] {
			rows[area].Facilities++
			rows[area].Supply += s.Supply
		}
	}
}
