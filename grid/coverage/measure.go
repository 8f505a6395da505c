package coverage

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"wangge/grid"
)

// measuresOf is how the ids of questions about the measures of a service begin; the service follows, and a kind of it where one is meant.
const measuresOf = "measures:"

// MeasuresID names the question about density, spacing and service radius of a service; kind "" is its first.
func MeasuresID(service, kind string) string {
	if kind == "" {
		return measuresOf + service
	}
	return measuresOf + service + ":" + kind
}

// Columns of measures. Density, spacing and service radius answer to different clauses: none stands in for another.
const (
	measureDensity = iota
	measureSpacing
	measureSpaced
	measureRadius
	measureRadiusPeople
	measureColumns // the densities by land use follow
)

// landUses are the uses of land for which standards ask a density.
func landUses() []struct {
	id    string
	title Words
} {
	return []struct {
		id    string
		title Words
	}{
		{"residential", Words{"居住用地", "residential land"}}, {"public", Words{"公共服务用地", "public services"}}, {"commercial", Words{"商业用地", "commercial land"}},
		{"green", Words{"绿地与广场", "green and squares"}}, {"industrial", Words{"工业用地", "industrial land"}}, {"logistics", Words{"物流仓储用地", "logistics"}},
	}
}

// measures: the three measures of a service. Errors: ErrNoService.
func measures(named string) (*question, error) {
	id, kindID, _ := strings.Cut(named, ":")
	s, err := FindService(id)
	if err != nil {
		return nil, err
	}
	kind, err := s.Kind(kindID)
	if err != nil {
		return nil, err
	}
	q := &question{QuestionText: QuestionText{ID: measuresOf + named, Title: Words{s.Title + "：密度、间距与服务半径", s.TitleEn + ": density, spacing and service radius"}, Unit: "feature", Reach: true,
		Layers: []string{s.Layer, layerRoad, layerAlley}, Columns: measureTexts(s, kind)}}
	q.uses = []ThresholdKey{{s.Layer, "service_radius_m", ""}, {s.Layer, "spacing_m", ""}}
	for _, use := range landUses() {
		q.uses = append(q.uses, ThresholdKey{s.Layer, "spacing_m", use.id})
	}
	q.collect = func(ctx context.Context, a *asking) ([]fact, error) { return collectMeasures(ctx, a, s, kind.ID) }
	q.tell = func(ctx context.Context, a *asking, q *question) (*Answer, error) {
		return tellMeasures(ctx, a, q, s, kind.ID)
	}
	return q, nil
}

func measureTexts(s Service, kind ServiceKind) []ColumnText {
	counted := Words{"在用设施个数（" + kind.Title + "）；" + s.Provenance, "facilities in use (" + kind.TitleEn + "); " + s.ProvenanceEn}
	columns := []ColumnText{
		measureDensity: {ID: "density", Unit: UnitDensity, Title: Words{"密度", "Density"}, Numerator: counted, Denominator: Words{"区域面积（椭球面）", "area on the ellipsoid"}, NumeratorUnit: "feature", DenominatorUnit: unitOfArea, Additive: true,
			Judge: ThresholdKey{s.Layer, "density", ""}},
		measureSpacing: {ID: "spacing", Unit: UnitMetres, Title: Words{"间距", "Spacing"}, NumeratorUnit: unitOfLength, DenominatorUnit: "feature", Additive: true, LessIsBetter: true, Judge: ThresholdKey{s.Layer, "spacing_m", ""},
			Numerator:   Words{"各设施到最近另一同类设施沿步行网络的距离（含两端离路垂距）之和", "sum over facilities of the metres to the nearest other one along the walking network, with the way from either to its street"},
			Denominator: Words{fmt.Sprintf("%d 米内有另一同类设施、且挂上路网的设施", spacingLimitM), fmt.Sprintf("facilities on the network with another one within %d m", spacingLimitM)}},
		measureSpaced: {ID: "spacing_met", Unit: UnitShare, Title: Words{"间距达标", "Spacing kept"}, NumeratorUnit: "feature", DenominatorUnit: "feature", Additive: true,
			Numerator:   Words{"其中与最近另一设施的间距不大于所在用地（无则通用）间距限值的", "of these, with a spacing within the limit for the land use where it stands, or the general one"},
			Denominator: Words{"挂上路网的在用设施", "facilities in use on the network"}},
		measureRadius: {ID: "radius", Unit: UnitShare, Title: Words{"服务半径覆盖", "Within the service radius"}, NumeratorUnit: unitOfArea, DenominatorUnit: unitOfArea, Additive: true,
			Numerator: Words{"到最近设施的距离不大于服务半径的面积", "ground no farther from the nearest facility than the service radius"}, Denominator: Words{"区域面积（椭球面）", "area on the ellipsoid"}},
		measureRadiusPeople: {ID: "radius_population", Unit: UnitShare, Title: Words{"服务半径覆盖人口", "People within the service radius"}, NumeratorUnit: "person", DenominatorUnit: "person", Additive: true,
			Numerator: Words{"到最近设施的距离不大于服务半径的人口", "people no farther from the nearest facility than the service radius"}, Denominator: Words{"区域人口（没有人口数据时为空）", "people of the area; nothing where the city gives none"}},
	}
	for _, use := range landUses() {
		columns = append(columns, ColumnText{ID: "density_" + use.id, Unit: UnitDensity, Title: Words{"密度：" + use.title.Zh, "Density: " + use.title.En}, NumeratorUnit: "feature", DenominatorUnit: unitOfArea, Additive: true,
			Judge: ThresholdKey{s.Layer, "density", use.id}, byParts: true,
			Numerator:   Words{"位于该类用地单元网格内的在用设施", "facilities in use in unit grids of that land use"},
			Denominator: Words{"登记为该类用地的单元网格面积，按其标牌所在区域", "area of the unit grids recorded as that land use, by where their sign is"}})
	}
	return columns
}

// collectMeasures judges each facility by its spacing, and counts the ground of each land use.
func collectMeasures(ctx context.Context, a *asking, s Service, kind string) ([]fact, error) {
	board, err := a.src.Board(ctx)
	if err != nil {
		return nil, err
	}
	question := Question{Service: s.ID, Kind: kind, Mode: cmp.Or(a.Mode, Walk), Profile: a.Profile}
	all, err := board.Facilities(ctx, question, a.radius(s))
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(f FacilityFigures) bool { return !f.Usable })
	spacing, err := spacings(ctx, board, question, all)
	if err != nil {
		return nil, err
	}
	ground, err := board.plots(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]fact, 0, len(all))
	for i := range all {
		f := &all[i]
		use := -1
		if x := ground.at(f.At); x != nil {
			use = x.use
		} else if g := a.net.Locate(f.At[0], f.At[1]).UnitGrid(); g != nil {
			use = useOf(g.LandUse)
		}
		out = append(out, a.measured(s, f, spacing[i], use))
	}
	if len(ground.list) > 0 {
		return out, nil // their ground is told by area
	}
	return append(out, a.landFacts(len(landUses()))...), nil
}

// radius is the service radius asked for, else that of the threshold, else the usual one.
func (a *asking) radius(s Service) uint32 {
	if a.Radius > 0 {
		return a.Radius
	}
	if t, ok := a.threshold(ThresholdKey{s.Layer, "service_radius_m", ""}); ok && t.Value >= MinRadiusM && t.Value <= MaxRadiusM {
		return uint32(t.Value)
	}
	return s.RadiiM[0]
}

// measured is what one facility adds to the measures.
func (a *asking) measured(s Service, f *FacilityFigures, spacingMM uint32, use int) fact {
	parts := make([]portion, measureColumns+len(landUses()))
	counted := portion{num: 1, met: true, why: &Words{"在用", "in use"}}
	parts[measureDensity] = counted
	if use >= 0 {
		parts[measureColumns+use] = counted
	}
	if f.OnNetwork {
		limit, ok := a.threshold(ThresholdKey{s.Layer, "spacing_m", ""})
		if use >= 0 {
			if own, has := a.threshold(ThresholdKey{s.Layer, "spacing_m", landUses()[use].id}); has {
				limit, ok = own, true
			}
		}
		m := float64(spacingMM) / 1000
		why := &Words{fmt.Sprintf("最近的另一处 %.0f 米", m), fmt.Sprintf("the nearest other one is %.0f m away", m)}
		if spacingMM == farApart {
			why = &Words{fmt.Sprintf("%d 米内没有另一处", spacingLimitM), fmt.Sprintf("no other one within %d m", spacingLimitM)}
		} else {
			parts[measureSpacing] = portion{num: int32(spacingMM), den: 1, met: ok && limit.meets(m), why: why}
		}
		if ok {
			parts[measureSpaced] = one(spacingMM != farApart && limit.meets(m), why)
		}
	}
	return fact{layer: s.Layer, id: f.ID, name: f.Name, at: f.At, parts: parts}
}

// landFacts are the unit grids of each land use, by their area.
func (a *asking) landFacts(uses int) []fact {
	var out []fact
	for _, g := range a.net.Grids(grid.UnitScheme) {
		for i, use := range landUses() {
			if g.LandUse != use.id {
				continue
			}
			parts := make([]portion, measureColumns+uses)
			parts[measureColumns+i] = portion{den: part32(g.AreaM2 * perM2)}
			out = append(out, fact{layer: "grid", id: g.ID, code: g.Code, name: g.Name, at: g.At(), parts: parts})
		}
	}
	return out
}

// tellMeasures counts the facilities, and takes what is within the radius from the board.
func tellMeasures(ctx context.Context, a *asking, q *question, s Service, kind string) (*Answer, error) {
	facts, err := a.factsOf(ctx, q)
	if err != nil {
		return nil, err
	}
	board, err := a.src.Board(ctx)
	if err != nil {
		return nil, err
	}
	radius := a.radius(s)
	table, err := board.Table(ctx, Question{Service: s.ID, Kind: kind, Mode: cmp.Or(a.Mode, Walk), Profile: a.Profile}, []uint32{radius}, a.By, a.Within)
	if err != nil {
		return nil, err
	}
	out := a.count(q, facts)
	if err := a.tellLand(ctx, board, out); err != nil {
		return nil, err
	}
	out.Asked.Radius, out.Asked.Mode = radius, cmp.Or(a.Mode, Walk)
	byCode := make(map[string]*Row, len(table.Rows))
	for i := range table.Rows {
		byCode[table.Rows[i].Code] = &table.Rows[i]
	}
	for i := range out.Rows {
		out.Rows[i].within(byCode[out.Rows[i].Code])
	}
	out.Total.within(&table.Total)
	out.Rest.within(nil)
	return out, nil
}

// within fills in what lies within the service radius.
func (r *AnswerRow) within(t *Row) {
	ground, people := &r.Values[measureRadius], &r.Values[measureRadiusPeople]
	*ground, *people = Value{}, Value{}
	if t == nil {
		return
	}
	*ground = Value{Numerator: t.CoveredM2[0], Denominator: t.AreaM2}
	ground.settle(UnitShare, nil)
	if t.Population != nil {
		*people = Value{Numerator: t.Population.Covered[0], Denominator: t.Population.Total}
		people.settle(UnitShare, nil)
	}
}
