package coverage

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// The words of the rows that make life circles: applies_to is circle/service/kind, the value the distance within which it must be.
const (
	circleKey   = "life_circle"
	circleReach = "reach_m"
)

// lifeCircles are the circles in the order of showing.
func lifeCircles() []struct {
	id    string
	title Words
} {
	return []struct {
		id    string
		title Words
	}{
		{"circle_15", Words{"15 分钟生活圈", "15-minute life circle"}}, {"circle_10", Words{"10 分钟生活圈", "10-minute life circle"}}, {"circle_5", Words{"5 分钟生活圈", "5-minute life circle"}},
	}
}

// lifeCircle: how much of the ground, and how many people, reach all services of a circle.
func lifeCircle() *question {
	q := &question{QuestionText: QuestionText{ID: circleKey, Title: Words{"生活圈", "Life circles"}, Unit: unitOfArea, Reach: true, Layers: []string{layerToilet, layerParking, layerRoad, layerAlley}}}
	for _, c := range lifeCircles() {
		q.Columns = append(q.Columns,
			ColumnText{ID: c.id, Unit: UnitShare, Title: Words{c.title.Zh + "：面积", c.title.En + ": ground"}, NumeratorUnit: unitOfArea, DenominatorUnit: unitOfArea, Additive: true,
				Numerator:   Words{"步行到圈内每一类设施都不超过其规定距离的面积（所含设施与距离见阈值）", "ground from which every service of the circle is within its distance on foot; services and distances are thresholds"},
				Denominator: Words{"区域面积（椭球面）；没有路网的地也在内", "area on the ellipsoid, ground without a network too"}},
			ColumnText{ID: c.id + "_population", Unit: UnitShare, Title: Words{c.title.Zh + "：人口", c.title.En + ": people"}, NumeratorUnit: "person", DenominatorUnit: "person", Additive: true,
				Numerator: Words{"其中的人口", "people on that ground"}, Denominator: Words{"区域人口（没有人口数据时为空）", "people of the area; nothing where the city gives none"}})
	}
	q.tell, q.list = tellCircles, listCircles
	return q
}

// part of a circle: a service that must be within a distance.
type circlePart struct {
	service, kind string
	radiusM       uint32
}

// circleParts are the services of a circle by the profile in force, or by what holds where it has none.
func (a *asking) circleParts(circle string) ([]circlePart, error) {
	var out []circlePart
	for _, rows := range [][]Threshold{a.city.Thresholds(), houseThresholds()} {
		for _, t := range rows {
			of, ok := strings.CutPrefix(t.AppliesTo, circle+"/")
			if t.Layer != circleKey || t.Metric != circleReach || !ok {
				continue
			}
			service, kind, _ := strings.Cut(of, "/")
			s, err := FindService(service)
			if err != nil {
				return nil, err
			}
			if _, err := s.Kind(kind); err != nil {
				return nil, err
			}
			if t.Value < MinRadiusM || t.Value > MaxRadiusM {
				return nil, fmt.Errorf("%w: %s %g", ErrRadius, t.AppliesTo, t.Value)
			}
			a.threshold(ThresholdKey{t.Layer, t.Metric, t.AppliesTo})
			out = append(out, circlePart{service, kind, uint32(t.Value)})
		}
		if len(out) > 0 {
			return out, nil
		}
	}
	return nil, nil
}

// tellCircles deals the hexagons that reach everything out to the areas, and to the whole.
func tellCircles(ctx context.Context, a *asking, q *question) (*Answer, error) {
	board, err := a.src.Board(ctx)
	if err != nil {
		return nil, err
	}
	res := board.Res(a.By)
	reached := make([][]bool, len(lifeCircles()))
	for i, circle := range lifeCircles() {
		parts, err := a.circleParts(circle.id)
		if err != nil {
			return nil, err
		}
		if reached[i], err = a.reached(ctx, board, res, parts); err != nil {
			return nil, err
		}
	}
	out := a.blank(q)
	out.Rest, out.Asked.Mode = nil, cmp.Or(a.Mode, Walk)
	byCode, err := circleValues(ctx, board, res, a.By, reached)
	if err != nil {
		return nil, err
	}
	for i := range out.Rows {
		out.Rows[i].Values = cmp.Or(byCode[out.Rows[i].Code], &circleRow{}).values(out.Rows[i].AreaM2, reached)
	}
	whole := cityAreas
	if a.whole != nil {
		whole = regionPrefix + a.whole.Code
	}
	if byCode, err = circleValues(ctx, board, res, whole, reached); err != nil {
		return nil, err
	}
	total := circleRow{}
	for _, r := range byCode {
		total.add(r)
	}
	out.Total.Values = total.values(out.Total.AreaM2, reached)
	return out, nil
}

// circleRow sums the ground, in dm², and people, in thousandths, of an area: by circle what reaches everything, and all people.
type circleRow struct {
	dm2, persons []int64
	everybody    int64
	counted      bool // the city gives people
}

func (r *circleRow) add(o *circleRow) {
	if r.dm2 == nil {
		r.dm2, r.persons = make([]int64, len(o.dm2)), make([]int64, len(o.dm2))
	}
	for i := range o.dm2 {
		r.dm2[i] += o.dm2[i]
		r.persons[i] += o.persons[i]
	}
	r.everybody += o.everybody
	r.counted = r.counted || o.counted
}

// values are the columns of an area. A circle of which the profile has nothing has no figures.
func (r *circleRow) values(areaM2 float64, reached [][]bool) []Value {
	out := make([]Value, 2*len(reached))
	for i := range reached {
		if reached[i] == nil {
			continue
		}
		ground, people := Value{Denominator: areaM2}, Value{}
		if r.dm2 != nil {
			ground.Numerator = min(float64(r.dm2[i])/perM2, areaM2)
		}
		if r.counted {
			people = Value{Numerator: float64(r.persons[i]) / 1000, Denominator: float64(r.everybody) / 1000}
		}
		ground.settle(UnitShare, nil)
		people.settle(UnitShare, nil)
		out[2*i], out[2*i+1] = ground, people
	}
	return out
}

// circleValues sums by area of a kind.
func circleValues(ctx context.Context, b *Board, res int, by string, reached [][]bool) (map[string]*circleRow, error) {
	areas, err := b.Areas(ctx, res, by)
	if err != nil {
		return nil, err
	}
	sheet, err := b.Sheet(ctx, res)
	if err != nil {
		return nil, err
	}
	persons, err := b.Persons(ctx, res)
	if err != nil {
		return nil, err
	}
	shares := make([]uint32, len(areas.Of))
	if persons != nil {
		shares = areas.Spread(persons, sheet)
	}
	rows := make([]*circleRow, len(areas.List))
	byCode := make(map[string]*circleRow, len(rows))
	for i := range rows {
		rows[i] = &circleRow{dm2: make([]int64, len(reached)), persons: make([]int64, len(reached)), counted: persons != nil}
		byCode[areas.List[i].Code] = rows[i]
	}
	for h := range sheet.Len() {
		for p := areas.First[h]; p < areas.First[h+1]; p++ {
			r := rows[areas.Of[p]]
			r.everybody += int64(shares[p])
			for c := range reached {
				if reached[c] != nil && reached[c][h] {
					r.dm2[c] += int64(areas.DM2[p])
					r.persons[c] += int64(shares[p])
				}
			}
		}
	}
	return byCode, nil
}

// reached tells by hexagon whether all parts of a circle are within their distance; nil where the circle has no parts.
func (a *asking) reached(ctx context.Context, b *Board, res int, parts []circlePart) ([]bool, error) {
	var all []bool
	for _, p := range parts {
		h, err := b.Hexes(ctx, p.question(a, res), []uint32{p.radiusM}, false)
		if err != nil {
			return nil, err
		}
		if all == nil {
			all = slices.Repeat([]bool{true}, len(h.MM))
		}
		for i, mm := range h.MM {
			all[i] = all[i] && mm <= p.radiusM*1000
		}
	}
	return all, nil
}
