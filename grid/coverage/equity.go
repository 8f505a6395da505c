package coverage

import (
	"context"
	"math"
	"slices"

	"wangge/geo/walk"
)

// Usual values of an EquityQuestion.
const (
	UsualResidents = 100
	usualBy        = "community"
	usualBetween   = "street"
)

// EquityQuestion asks how evenly a service is spread.
type EquityQuestion struct {
	Question
	RadiusM   uint32
	By        string  // kind of areas of which the worst is looked for; "" for communities
	Between   string  // kind of areas that the Theil index is taken apart by; "" for streets
	Within    string  // code of a region; "" for the city
	Residents float64 // an area with fewer of them is not called the worst; 0 for a hundred. Of no effect where nobody knows where people live
}

// Equity is how evenly a service is spread over people, or over ground where nobody knows where people live. 公平性。
// Distances are those within the limit of the method; what has none is told apart.
type Equity struct {
	Method       Method
	ByPopulation bool    // weights are persons; otherwise square metres
	Hexagons     int     // pieces of hexagons with weight
	Total        float64 // weight
	NoNetwork    float64 // of it without network
	Beyond       float64 // of it farther than the limit
	Measured     float64 // of it with a distance; Gini and Theil are of this
	Gini         float64 // of distance: 0 alike for all, towards 1 far for few
	MeanM        float64
	P50M, P90M   float64 // half of the weight that has network is no farther, and nine tenths; +Inf beyond the limit
	Theil        Theil
	Worst        *EquityArea // with the lowest covered share; nil where no area counts
	Covered      Reached     // how much of all weight is within the radius
	Elderly      *Reached    // how many of those aged 60 and over are; nil where the city does not tell of them
	Areas        int         // that count
	AreasSmall   int         // left out: fewer residents than asked
}

// Theil is the index of unevenness of distance, taken apart: what lies between areas and what within them. Total is their sum.
type Theil struct {
	Total, Between, Within float64
	Areas                  int
}

// Reached is how much of a weight is covered. Share is 0 where there is no weight.
type Reached struct{ Total, NoNetwork, Near, Share float64 }

// EquityArea is an area and its covered share.
type EquityArea struct {
	Code, Name, NameEn     string
	Total, NoNetwork, Near float64 // weight, of it without network, of it covered
	Share                  float64
}

// Equity tells how evenly a service is spread. Errors: ErrNoService, ErrRadius, ErrNoArea.
func (b *Board) Equity(ctx context.Context, q EquityQuestion) (*Equity, error) {
	if q.By == "" {
		q.By = usualBy
	}
	if q.Between == "" {
		q.Between = usualBetween
	}
	if q.Residents == 0 {
		q.Residents = UsualResidents
	}
	method, err := b.Method(ctx, q.Question, radiiTo(q.RadiusM))
	if err != nil {
		return nil, err
	}
	q.Res = method.Res
	hexes, err := b.Hexes(ctx, q.Question, radiiTo(q.RadiusM), false)
	if err != nil {
		return nil, err
	}
	what, err := b.weightOf(ctx, q.Res)
	if err != nil {
		return nil, err
	}
	between, streets, err := b.pieces(ctx, q.Res, q.Between, q.Within, what)
	if err != nil {
		return nil, err
	}
	by, areas, err := b.pieces(ctx, q.Res, q.By, q.Within, what)
	if err != nil {
		return nil, err
	}
	e := equityOf(hexes, between, len(streets))
	e.Method, e.ByPopulation = method, what == ByPopulation
	e.scale(perUnit(what))
	e.Covered = reachedOf(hexes, between, q.RadiusM*mmPerM, perUnit(what))
	if e.Elderly, err = b.elderlyReached(ctx, &q, hexes); err != nil {
		return nil, err
	}
	least := q.Residents * perUnit(ByPopulation)
	if what != ByPopulation {
		least = 0
	}
	e.worst(hexes, by, areas, q.RadiusM*mmPerM, least, perUnit(what))
	return e, ctx.Err()
}

// elderlyReached is how many of the elderly are covered; nil where the city does not tell of them.
func (b *Board) elderlyReached(ctx context.Context, q *EquityQuestion, h *Hexes) (*Reached, error) {
	who, err := b.people(ctx, q.Res, elderly)
	if err != nil || !who.known() {
		return nil, err
	}
	old, _, err := b.pieces(ctx, q.Res, q.Between, q.Within, byElderly)
	if err != nil {
		return nil, err
	}
	r := reachedOf(h, old, q.RadiusM*mmPerM, perUnit(byElderly))
	return &r, nil
}

// reachedOf sums up pieces; so many of their units are one of what is told.
func reachedOf(h *Hexes, pieces []piece, limitMM uint32, unit float64) Reached {
	var total, none, near int64
	for _, p := range pieces {
		total += p.weight
		switch {
		case h.MM[p.hex] <= limitMM:
			near += p.weight
		case h.Flags[p.hex]&FlagNoNetwork != 0:
			none += p.weight
		}
	}
	r := Reached{Total: float64(total) / unit, NoNetwork: float64(none) / unit, Near: float64(near) / unit}
	if total > 0 {
		r.Share = float64(near) / float64(total)
	}
	return r
}

// radiiTo are a radius and the widest there is, so that distances are known as far as possible.
func radiiTo(radiusM uint32) []uint32 {
	if radiusM >= MaxRadiusM {
		return []uint32{radiusM}
	}
	return []uint32{radiusM, MaxRadiusM}
}

// weightOf is people where the city gives them, else ground.
func (b *Board) weightOf(ctx context.Context, res int) (SitingWeight, error) {
	persons, err := b.Persons(ctx, res)
	if persons == nil {
		return ByArea, err
	}
	return ByPopulation, err
}

// perUnit is how many of a weight are a person, or a square metre.
func perUnit(what SitingWeight) float64 {
	if what == ByArea {
		return perM2
	}
	return perPerson
}

// equityOf works out distances' spread over pieces in so many groups. Weights are whole numbers yet.
func equityOf(h *Hexes, pieces []piece, groups int) *Equity {
	e := &Equity{}
	var total, noNetwork, beyond int64
	order := make([]uint64, 0, len(pieces)) // distance<<32 | piece
	for i, p := range pieces {
		if p.weight == 0 {
			continue
		}
		e.Hexagons++
		total += p.weight
		switch mm := h.MM[p.hex]; {
		case mm != walk.Never:
			order = append(order, uint64(mm)<<32|uint64(i))
		case h.Flags[p.hex]&FlagNoNetwork != 0:
			noNetwork += p.weight
		default:
			beyond += p.weight
		}
	}
	slices.Sort(order)
	e.Total, e.NoNetwork, e.Beyond = float64(total), float64(noNetwork), float64(beyond)
	e.Measured = e.Total - e.NoNetwork - e.Beyond
	e.P50M, e.P90M = quantile(order, pieces, 0.5*(e.Total-e.NoNetwork)), quantile(order, pieces, 0.9*(e.Total-e.NoNetwork))
	if len(order) == 0 {
		return e
	}
	e.MeanM, e.Gini = gini(order, pieces)
	e.Theil = theil(order, pieces, groups, e.MeanM)
	return e
}

// scale turns weights into persons or square metres.
func (e *Equity) scale(unit float64) {
	for _, w := range []*float64{&e.Total, &e.NoNetwork, &e.Beyond, &e.Measured} {
		*w /= unit
	}
}

// quantile is the least distance, in metres, within which a weight is.
func quantile(order []uint64, pieces []piece, weight float64) float64 {
	sum := int64(0)
	for _, o := range order {
		sum += pieces[uint32(o)].weight
		if float64(sum) >= weight {
			return float64(o>>32) / mmPerM
		}
	}
	return math.Inf(1)
}

// gini is the mean distance, in metres, and the Gini coefficient of distances in ascending order.
func gini(order []uint64, pieces []piece) (meanM, coefficient float64) {
	var weight, sum, under float64
	for _, o := range order {
		w := float64(pieces[uint32(o)].weight)
		next := sum + w*float64(o>>32)/mmPerM
		under += w * (sum + next)
		weight, sum = weight+w, next
	}
	if sum == 0 {
		return 0, 0
	}
	return sum / weight, max(0, 1-under/(weight*sum))
}

// theil takes the Theil index of distances apart by groups.
func theil(order []uint64, pieces []piece, groups int, meanM float64) Theil {
	weight, sum := make([]float64, groups), make([]float64, groups)
	all := 0.0
	for _, o := range order {
		p := pieces[uint32(o)]
		weight[p.area] += float64(p.weight)
		sum[p.area] += float64(p.weight) * float64(o>>32) / mmPerM
		all += float64(p.weight)
	}
	t := Theil{}
	if meanM == 0 {
		return t
	}
	for g, w := range weight {
		if w > 0 {
			t.Areas++
			t.Between += w / all * entropy(sum[g]/w/meanM)
		}
	}
	for _, o := range order {
		p := pieces[uint32(o)]
		if mean := sum[p.area] / weight[p.area]; mean > 0 {
			t.Within += float64(p.weight) / all * mean / meanM * entropy(float64(o>>32)/mmPerM/mean)
		}
	}
	t.Total = t.Between + t.Within
	return t
}

// entropy is x ln x, 0 at 0.
func entropy(x float64) float64 {
	if x <= 0 {
		return 0
	}
	return x * math.Log(x)
}

// worst finds the area with the lowest covered share among those with so much weight; of equal ones the first.
func (e *Equity) worst(h *Hexes, pieces []piece, areas []Area, limitMM uint32, least, unit float64) {
	total, none, near := make([]int64, len(areas)), make([]int64, len(areas)), make([]int64, len(areas))
	for _, p := range pieces {
		total[p.area] += p.weight
		switch {
		case h.MM[p.hex] <= limitMM:
			near[p.area] += p.weight
		case h.Flags[p.hex]&FlagNoNetwork != 0:
			none[p.area] += p.weight
		}
	}
	for i, a := range areas {
		if total[i] == 0 || float64(total[i]) < least {
			e.AreasSmall++
			continue
		}
		e.Areas++
		if s := float64(near[i]) / float64(total[i]); e.Worst == nil || s < e.Worst.Share {
			e.Worst = &EquityArea{a.Code, a.Name, a.NameEn, float64(total[i]) / unit, float64(none[i]) / unit, float64(near[i]) / unit, s}
		}
	}
}
