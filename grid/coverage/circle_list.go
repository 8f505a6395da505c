package coverage

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"wangge/geo"
	"wangge/geo/walk"
)

// maxListedGround bounds what a list of ground has: areas by services, or hexagons of one area.
const maxListedGround = 50_000

// circleGround is the ground of areas and how far it is from the services of a circle.
type circleGround struct {
	sheet  *Sheet
	areas  *Areas
	weight []uint32 // by piece: dm², or thousandths of persons
	unit   float64  // so many of them are one
	parts  []circlePart
	names  []Words  // by part
	far    []*Hexes // by part
	most   int      // hexagons that a list may have
}

// listCircles tells which services ground lacks: of all areas each service, of one area each hexagon. Errors: ErrNoArea, ErrTooLarge as a Refusal.
func listCircles(ctx context.Context, a *asking, _ *question, column int, l Listing) ([]ListedItem, error) {
	parts, err := a.circleParts(lifeCircles()[column/2].id)
	if err != nil || len(parts) == 0 {
		return nil, err
	}
	rows := a.rows
	if l.Code != "" {
		i := slices.IndexFunc(rows, func(i int) bool { return a.areas.list[i].code == l.Code })
		if i < 0 {
			return nil, fmt.Errorf("%w: %q", ErrNoArea, l.Code)
		}
		rows = rows[i : i+1]
	}
	if len(rows)*len(parts) > maxListedGround {
		return nil, tooLarge("单元与设施类别之积超过 %d：请选一个区域，或较大的单元", "more than %d areas by services: ask within a region, or for larger areas", maxListedGround)
	}
	g, err := a.circleGround(ctx, parts, column%2 == 1)
	if err != nil || g.weight == nil {
		return nil, err
	}
	if l.Code != "" {
		return g.hexagons(&a.areas.list[rows[0]], l.Which)
	}
	return g.services(a.areas, rows, l.Which), ctx.Err()
}

// circleGround reads the board; weight is nil where people are asked for and the city gives none.
func (a *asking) circleGround(ctx context.Context, parts []circlePart, people bool) (*circleGround, error) {
	b, err := a.src.Board(ctx)
	if err != nil {
		return nil, err
	}
	res := b.Res(a.By)
	g := &circleGround{parts: parts, unit: perM2, most: maxListedGround}
	if g.sheet, err = b.Sheet(ctx, res); err != nil {
		return nil, err
	}
	if g.areas, err = b.Areas(ctx, res, a.By); err != nil {
		return nil, err
	}
	g.weight = g.areas.DM2
	if people {
		persons, err := b.Persons(ctx, res)
		if err != nil || persons == nil {
			return &circleGround{}, err
		}
		g.weight, g.unit = g.areas.Spread(persons, g.sheet), perPerson
	}
	for _, p := range parts {
		h, err := b.Hexes(ctx, p.question(a, res), []uint32{p.radiusM}, false)
		if err != nil {
			return nil, err
		}
		g.far, g.names = append(g.far, h), append(g.names, p.name())
	}
	return g, nil
}

// question is what a circle asks of a service.
func (p circlePart) question(a *asking, res int) Question {
	return Question{Service: p.service, Kind: p.kind, Mode: cmp.Or(a.Mode, Walk), Profile: a.Profile, Res: res}
}

// name is what a service of a circle is called.
func (p circlePart) name() Words {
	s, err := FindService(p.service)
	if err != nil {
		return Words{p.service, p.service}
	}
	w := Words{s.Title, s.TitleEn}
	if k, err := s.Kind(p.kind); err == nil && k.ID != s.Kinds[0].ID {
		w = Words{w.Zh + "（" + k.Title + "）", w.En + " (" + k.TitleEn + ")"}
	}
	return w
}

// within tells whether a hexagon has a service within its distance.
func (g *circleGround) within(part, hexagon int) bool {
	return g.far[part].MM[hexagon] <= g.parts[part].radiusM*mmPerM
}

func (g *circleGround) reachesAll(hexagon int) bool {
	for p := range g.parts {
		if !g.within(p, hexagon) {
			return false
		}
	}
	return true
}

// services tells of areas, by code, what of their ground or people has each service within its distance.
func (g *circleGround) services(all *parcels, rows []int, which ListedWhich) []ListedItem {
	total, near := make([]int64, len(g.areas.List)), make([]int64, len(g.areas.List)*len(g.parts))
	for h := range g.sheet.Len() {
		for i := g.areas.First[h]; i < g.areas.First[h+1]; i++ {
			area := int(g.areas.Of[i])
			total[area] += int64(g.weight[i])
			for p := range g.parts {
				if g.within(p, h) {
					near[area*len(g.parts)+p] += int64(g.weight[i])
				}
			}
		}
	}
	place := make(map[string]int, len(g.areas.List))
	for i := range g.areas.List {
		place[g.areas.List[i].Code] = i
	}
	var out []ListedItem
	for _, row := range rows {
		x := &all.list[row]
		area, ok := place[x.code]
		if !ok || total[area] == 0 {
			continue
		}
		at, _ := geo.PointInsideMulti(x.shape)
		for p := range g.parts {
			n := near[area*len(g.parts)+p]
			if met := n == total[area]; which.wants(met) {
				out = append(out, ListedItem{Layer: layerGroundItem, Code: x.code, Name: x.name, At: at, Met: met, Amount: float64(n) / g.unit, Of: float64(total[area]) / g.unit,
					Why: g.shareWords(p, float64(n)/float64(total[area]))})
			}
		}
	}
	return out
}

// layerGroundItem is the layer of listed things that are ground.
const layerGroundItem = "ground"

// wants tells whether a list has what is met, or not.
func (w ListedWhich) wants(met bool) bool {
	return w != ListMet && w != ListUnmet || (w == ListMet) == met
}

func (g *circleGround) shareWords(part int, share float64) Words {
	name, m := g.names[part], g.parts[part].radiusM
	what, whatEn := "面积", "of the ground"
	if g.unit == perPerson {
		what, whatEn = "人口", "of the people"
	}
	return Words{fmt.Sprintf("%s：%.1f%% 的%s在 %d 米内", name.Zh, 100*share, what, m), fmt.Sprintf("%s: %.1f%% %s within %d m", name.En, 100*share, whatEn, m)}
}

// hexagons tells of each hexagon of an area which services it lacks.
func (g *circleGround) hexagons(x *parcel, which ListedWhich) ([]ListedItem, error) {
	var out []ListedItem
	area := slices.IndexFunc(g.areas.List, func(a Area) bool { return a.Code == x.code })
	for h := range g.sheet.Len() {
		for i := g.areas.First[h]; i < g.areas.First[h+1]; i++ {
			if int(g.areas.Of[i]) != area || g.weight[i] == 0 {
				continue
			}
			met := g.reachesAll(h)
			if !which.wants(met) {
				continue
			}
			if len(out) == g.most {
				return nil, tooLarge("该单元的六边形超过 %d 个：请选较小的单元", "the area has more than %d hexagons: ask for a smaller one", g.most)
			}
			out = append(out, g.hexagon(h, float64(g.weight[i])/g.unit, met, x.name))
		}
	}
	return out, nil
}

func (g *circleGround) hexagon(h int, of float64, met bool, name string) ListedItem {
	item := ListedItem{Layer: layerGroundItem, Code: g.sheet.Cells[h].String(), Name: name, At: g.sheet.At(h), Met: met, Of: of, Why: Words{"各类设施均可达", "every service is within reach"}}
	if met {
		item.Amount = of
		return item
	}
	item.Why = g.missing(h)
	return item
}

// missing says which services a hexagon lacks.
func (g *circleGround) missing(h int) (w Words) {
	for p, f := range g.far {
		if g.within(p, h) {
			continue
		}
		name, m := g.names[p], g.parts[p].radiusM
		if w.Zh != "" {
			w = Words{w.Zh + "；", w.En + "; "}
		}
		switch mm := f.MM[h]; {
		case f.Flags[h]&FlagNoNetwork != 0:
			w = Words{w.Zh + fmt.Sprintf("%s：附近没有步行道路", name.Zh), w.En + fmt.Sprintf("%s: no street to walk on", name.En)}
		case mm == walk.Never:
			w = Words{w.Zh + fmt.Sprintf("%s：远超 %d 米", name.Zh, m), w.En + fmt.Sprintf("%s: far beyond %d m", name.En, m)}
		default:
			metres := (mm + mmPerM - 1) / mmPerM
			w = Words{w.Zh + fmt.Sprintf("%s：%d 米，超过 %d 米", name.Zh, metres, m), w.En + fmt.Sprintf("%s: %d m, more than %d m", name.En, metres, m)}
		}
	}
	return w
}
