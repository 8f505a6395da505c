package coverage

import (
	"cmp"
	"context"
	"slices"

	"github.com/paulmach/orb"

	"wangge/geo/walk"
)

// Flags of Hexes.
const (
	FlagNoNetwork uint8 = 1 << iota // no street within the snap limit
	FlagAmbiguous                   // another street within 25 m would change the class at one of the radii asked for
)

// hexesKey is a question, how far its search goes, and the radii for which ambiguous hexagons are told.
type hexesKey struct {
	fieldKey
	flagged [MaxRadii]uint32
}

// Hexes are the distances of all hexagons, as far as radii need them, and the facilities they are to; Owner is nil, see [Board.Nearest]. With flag
// the ambiguous ones are told, which takes longer. Errors: ErrNoService, ErrRadius.
func (b *Board) Hexes(ctx context.Context, q Question, radiiM []uint32, flag bool) (*Hexes, error) {
	a, f, err := b.hexagonField(ctx, q, radiiM)
	if err != nil {
		return nil, err
	}
	who, err := b.people(ctx, a.Res, everybody)
	if err != nil {
		return nil, err
	}
	key := hexesKey{fieldKey: fieldKey{a.Question, f.limitMM}}
	if flag {
		copy(key.flagged[:], radiiM)
	}
	return b.hexes.get(ctx, key, func(ctx context.Context, _ *Hexes, _ bool) (*Hexes, error) {
		h := &Hexes{Sheet: f.lay.sheet, MM: f.byHexagon(), Flags: make([]uint8, len(f.lay.order)), Persons: who.byHexagon}
		for _, hexagon := range f.lay.order[f.lay.on:] {
			h.Flags[hexagon] |= FlagNoNetwork
		}
		for _, s := range f.chosen.counting() {
			h.Facilities = append(h.Facilities, s.Facility)
		}
		if !flag {
			return h, ctx.Err()
		}
		return h, f.ambiguous(ctx, inMM(radiiM), func(place int, _ uint8) { h.Flags[f.lay.order[place]] |= FlagAmbiguous })
	})
}

// hexagonField is the field of a question that is not about areas.
func (b *Board) hexagonField(ctx context.Context, q Question, radiiM []uint32) (a asked, f *field, err error) {
	if err := checkRadii(radiiM); err != nil {
		return a, nil, err
	}
	if q.Res == 0 {
		q.Res = usualRes
	}
	if a, err = b.complete(q, cityAreas); err != nil {
		return a, nil, err
	}
	f, err = b.field(ctx, a, radiiM)
	return a, f, err
}

// Nearest is the nearest facility of every hexagon, as its place in the Facilities of Hexes; walk.None beyond the limit. Errors as of Hexes.
func (b *Board) Nearest(ctx context.Context, q Question, radiiM []uint32) ([]uint32, error) {
	_, f, err := b.hexagonField(ctx, q, radiiM)
	if err != nil {
		return nil, err
	}
	place := make([]uint32, f.chosen.slots)
	for i, s := range f.chosen.counting() {
		place[s.slot] = uint32(i)
	}
	owner := f.owners()
	for i, slot := range owner {
		if slot != walk.None {
			owner[i] = place[slot]
		}
	}
	return owner, ctx.Err()
}

// FacilityFigures are what a facility covers: the ground to which it is the nearest, within a radius.
type FacilityFigures struct {
	Facility
	Hexagons   int
	AreaM2     float64
	Population *float64 // nil where the city gives none
}

// Facilities are those of the question's service, whether they count or not, by id, those that the scenario adds last, and what they cover within a
// radius. Errors: ErrNoService, ErrRadius.
func (b *Board) Facilities(ctx context.Context, q Question, radiusM uint32) ([]FacilityFigures, error) {
	radii := []uint32{radiusM}
	h, err := b.Hexes(ctx, q, radii, false)
	if err != nil {
		return nil, err
	}
	nearest, err := b.Nearest(ctx, q, radii)
	if err != nil {
		return nil, err
	}
	_, f, err := b.hexagonField(ctx, q, radii)
	if err != nil {
		return nil, err
	}
	chosen := f.chosen
	out, of := make([]FacilityFigures, len(chosen.all)), make([]int, 0, len(h.Facilities))
	for i, s := range chosen.all {
		out[i].Facility = s.Facility
		if h.Persons != nil {
			out[i].Population = new(float64)
		}
		if s.counts() {
			of = append(of, i)
		}
	}
	for i, owner := range nearest {
		if owner == walk.None || h.MM[i] > radiusM*mmPerM {
			continue
		}
		x := &out[of[owner]]
		x.Hexagons++
		x.AreaM2 += float64(h.Sheet.Inside[i]) / dm2PerM2
		if h.Persons != nil {
			*x.Population += float64(h.Persons[i]) / thousandths
		}
	}
	return out, nil
}

// Gap is uncovered ground of one area: hexagons, dissolved.
type Gap struct {
	Code, Name, NameEn string
	AreaM2             float64 // inside the area
	Population         *float64
	Hexagons           int
	Shape              orb.MultiPolygon // outline of whole hexagons
}

// Gaps are the uncovered ground at a radius, by area, those without any left out. A hexagon is drawn with the area that has most of it. Errors
// as of Table.
func (b *Board) Gaps(ctx context.Context, q Question, radiusM uint32, by, within string) ([]Gap, error) {
	radii := []uint32{radiusM}
	if err := checkRadii(radii); err != nil {
		return nil, err
	}
	a, err := b.complete(q, by)
	if err != nil {
		return nil, err
	}
	places, err := rowsWithin(b.city.Net(), by, within)
	if err != nil {
		return nil, err
	}
	f, err := b.field(ctx, a, radii)
	if err != nil {
		return nil, err
	}
	acc, err := b.account(ctx, a, f, by, radii)
	if err != nil {
		return nil, err
	}
	wanted := make([]bool, len(acc.deal.areas.List))
	for i := range wanted {
		_, found := slices.BinarySearch(places, i)
		wanted[i] = places == nil || found
	}
	return f.gaps(ctx, acc, wanted)
}

func (f *field) gaps(ctx context.Context, acc *account, wanted []bool) ([]Gap, error) {
	d := acc.deal
	dm2, persons, hexagons := make([]int64, len(wanted)), make([]int64, len(wanted)), make([][]uint32, len(wanted))
	for place := range f.lay.on {
		if f.mm.at(place) <= acc.radiiMM[0] {
			continue
		}
		parts := d.parts[d.first[place]:d.first[place+1]]
		for _, p := range parts {
			dm2[p.of] += int64(p.dm2)
			persons[p.of] += int64(p.persons)
		}
		if len(parts) > 0 {
			most := slices.MaxFunc(parts, func(a, b part) int { return cmp.Or(cmp.Compare(a.dm2, b.dm2), cmp.Compare(b.of, a.of)) })
			hexagons[most.of] = append(hexagons[most.of], f.lay.order[place])
		}
	}
	var gaps []Gap
	outline := Outliner(f.lay.sheet)
	for i, area := range d.areas.List {
		if !wanted[i] || len(hexagons[i]) == 0 {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		slices.Sort(hexagons[i])
		g := Gap{Code: area.Code, Name: area.Name, NameEn: area.NameEn, AreaM2: float64(dm2[i]) / dm2PerM2, Hexagons: len(hexagons[i]),
			Shape: outline(hexagons[i])}
		if d.persons != nil {
			g.Population = new(float64)
			*g.Population = float64(persons[i]) / thousandths
		}
		gaps = append(gaps, g)
	}
	return gaps, nil
}
