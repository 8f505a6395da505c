package coverage

import (
	"context"
	"fmt"
	"math"
	"slices"

	"wangge/grid"
)

// Columns of the question about load.
const (
	loadOver = iota
	loadUnder
	loadSpread
	loadGini
	loadColumns
)

// loadMilli is in what loads are summed: thousandths of the role's median.
const loadMilli = 1000

// loadOfPeople: what everybody carries, against the median of the role.
func loadOfPeople() *question {
	const zZh, zEn = "z 为本人主责（含代理）网格内道路与背街小巷千米数加设施数的加权和，除以同一角色的中位数", "z is the weighted sum of kilometres of road and alley and of facilities in the grids that one answers for, by the median of the role"
	q := &question{QuestionText: QuestionText{ID: "load", Title: Words{"人员负荷", "Load of people"}, Unit: "person", People: true, Layers: []string{layerRoad, layerAlley, layerToilet, layerParking, layerSite}, Columns: []ColumnText{
		loadOver: {ID: "over", Unit: UnitShare, Title: Words{"负荷偏重", "Too much"}, NumeratorUnit: "person", DenominatorUnit: "person", Additive: true, LessIsBetter: true,
			Numerator: Words{"z 超过上限的人；" + zZh, "people with z over the limit; " + zEn}, Denominator: Words{"当日主责该方案网格的人，按人与角色计，以其代码最小的网格所在", "people who answer for grids of the net, one a role, by the grid with the lowest code"}},
		loadUnder: {ID: "under", Unit: UnitShare, Title: Words{"负荷偏轻", "Too little"}, NumeratorUnit: "person", DenominatorUnit: "person", Additive: true, LessIsBetter: true,
			Numerator: Words{"z 低于下限的人；" + zZh, "people with z under the limit; " + zEn}, Denominator: Words{"同上", "the same"}},
		loadSpread: {ID: "max_median", Unit: UnitRatio, Title: Words{"最大与中位之比", "Largest by median"}, NumeratorUnit: "z", DenominatorUnit: "z", LessIsBetter: true,
			Numerator: Words{"区域内最大的 z", "the largest z in the area"}, Denominator: Words{"区域内 z 的中位数", "the median of z in the area"}},
		loadGini: {ID: "gini", Unit: UnitRatio, Title: Words{"基尼系数", "Gini"}, NumeratorUnit: "z", DenominatorUnit: "z", LessIsBetter: true,
			Numerator: Words{"两两 z 之差的绝对值之和", "sum of the differences of z, pair by pair"}, Denominator: Words{"2 × 人数 × z 之和", "twice the people times the sum of z"}},
	}}, uses: []ThresholdKey{{peopleKey, "load_ratio", "over"}, {peopleKey, "load_ratio", "under"}, {peopleKey, "load_weight", "km"}, {peopleKey, "load_weight", "facility"}}}
	q.collect = collectLoads
	q.tell = tellLoads
	return q
}

// carried is what the grids of a net have: by grid, metres of way and facilities.
type carried struct {
	mm         map[string]int64
	facilities map[string]int
}

// carry deals ways and facilities out to the grids of the net.
func (a *asking) carry(ctx context.Context, p *parcels) (*carried, error) {
	c := &carried{map[string]int64{}, map[string]int{}}
	d := newDealer(p)
	for _, layer := range []string{layerRoad, layerAlley} {
		err := a.each(ctx, layer, []string{"name", "status"}, func(f Feature, v values) {
			if v.usable() {
				d.line(coursesOf(f.Shape), func(mm int64, in [][]int) {
					for _, i := range in[0] {
						c.mm[p.list[i].code] += mm
					}
				})
			}
		})
		if err != nil {
			return nil, err
		}
	}
	for _, layer := range []string{layerToilet, layerParking, layerSite} {
		err := a.each(ctx, layer, []string{"name", "status"}, func(f Feature, v values) {
			if v.usable() {
				for _, i := range d.point(placeOn(f.Shape))[0] {
					c.facilities[p.list[i].code]++
				}
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return c, nil
}

// loaded is somebody in a role.
type loaded struct {
	holder *grid.Holder
	role   string
	grids  []*grid.Grid
	load   float64
	z      float64 // NaN where the median is zero
}

func collectLoads(ctx context.Context, a *asking) ([]fact, error) {
	p, err := a.keep.parcels(ctx, a.net, gridsBy+a.Scheme)
	if err != nil {
		return nil, err
	}
	c, err := a.carry(ctx, p)
	if err != nil {
		return nil, err
	}
	all := a.loaded(c)
	over, under := a.limit(peopleKey, "load_ratio", "over"), a.limit(peopleKey, "load_ratio", "under")
	out := make([]fact, len(all))
	for i := range all {
		out[i] = a.loadFact(&all[i], over, under)
	}
	return out, nil
}

// loaded lists who answers for grids of the net, one a role, with z.
func (a *asking) loaded(c *carried) []loaded {
	perKM, perFacility := a.limit(peopleKey, "load_weight", "km").Value, a.limit(peopleKey, "load_weight", "facility").Value
	var out []loaded
	byRole := map[string][]float64{}
	for _, h := range a.roster.Holders() {
		for _, x := range a.rolesOf(h) {
			for _, g := range x.grids {
				x.load += perKM*float64(c.mm[g.Code])/1e6 + perFacility*float64(c.facilities[g.Code])
			}
			out = append(out, x)
			byRole[x.role] = append(byRole[x.role], x.load)
		}
	}
	for i := range out {
		out[i].z = out[i].load / medianOf(byRole[out[i].role])
	}
	return out
}

// rolesOf are the roles in which somebody answers for grids of the net: with duties of primary rank, or standing in for somebody.
func (a *asking) rolesOf(h *grid.Holder) (out []loaded) {
	for _, d := range a.roster.DutiesOf(h.ID, a.Day) {
		if d.Target.Kind != grid.TargetGrid || d.Rank != grid.Primary && d.Stands == 0 {
			continue
		}
		g := a.net.GridByID(d.Target.ID)
		if g == nil || g.Scheme != a.Scheme {
			continue
		}
		i := slices.IndexFunc(out, func(x loaded) bool { return x.role == d.Role })
		if i < 0 {
			i = len(out)
			out = append(out, loaded{holder: h, role: d.Role})
		}
		if !slices.Contains(out[i].grids, g) {
			out[i].grids = append(out[i].grids, g)
		}
	}
	return out
}

// loadFact judges somebody's load. Who has none to compare with is in the list and in no figure.
func (a *asking) loadFact(x *loaded, over, under Threshold) fact {
	title, titleEn := x.role, x.role
	if r := a.roster.Role(x.role); r != nil {
		title, titleEn = r.Title, r.TitleEn
	}
	first := slices.MinFunc(x.grids, func(g, h *grid.Grid) int {
		if g.Code < h.Code {
			return -1
		}
		return 1
	})
	name, _ := grid.Shown(x.holder, false)
	f := fact{layer: "holder", id: x.holder.ID, code: x.holder.Code, name: name, at: first.At(), parts: make([]portion, loadColumns)}
	if math.IsNaN(x.z) || math.IsInf(x.z, 0) {
		return f
	}
	why := &Words{fmt.Sprintf("%s，网格 %d 个，负荷 %.2f，z = %.2f", title, len(x.grids), x.load, x.z), fmt.Sprintf("%s, %d grids, load %.2f, z = %.2f", titleEn, len(x.grids), x.load, x.z)}
	f.parts[loadOver], f.parts[loadUnder] = one(over.meets(x.z), why), one(under.meets(x.z), why)
	z := part32(x.z * loadMilli)
	f.parts[loadSpread], f.parts[loadGini] = portion{num: z, den: loadMilli, why: why}, portion{num: z, den: loadMilli, why: why}
	return f
}

func part32(v float64) int32 { return int32(math.Round(min(v, math.MaxInt32))) }

// tellLoads counts heads, and compares the loads of each area with one another.
func tellLoads(ctx context.Context, a *asking, q *question) (*Answer, error) {
	facts, err := a.factsOf(ctx, q)
	if err != nil {
		return nil, err
	}
	out := a.count(q, facts)
	loads := make([][]float64, len(out.Rows)+2)
	for i, lots := range out.dealings.lots {
		if p := facts[i].parts[loadSpread]; p.counts() {
			for _, l := range lots {
				at := rowAt(l.area, len(out.Rows))
				loads[at] = append(loads[at], float64(p.num)/loadMilli)
			}
		}
	}
	for i := range out.Rows {
		compareLoads(out.Rows[i].Values, loads[i])
	}
	compareLoads(out.Total.Values, loads[len(out.Rows)])
	compareLoads(out.Rest.Values, loads[len(out.Rows)+1])
	return out, ctx.Err()
}

// compareLoads fills in what compares loads with one another.
func compareLoads(values []Value, loads []float64) {
	values[loadSpread], values[loadGini] = Value{}, Value{}
	if len(loads) == 0 {
		return
	}
	slices.Sort(loads)
	values[loadSpread] = Value{Numerator: loads[len(loads)-1], Denominator: medianOf(loads)}
	values[loadSpread].settle(UnitRatio, nil)
	sum, differences := 0.0, 0.0
	for i, z := range loads { // ascending: z stands above i others and below the rest
		sum += z
		differences += 2 * z * float64(2*i+1-len(loads))
	}
	values[loadGini] = Value{Numerator: differences, Denominator: 2 * float64(len(loads)) * sum}
	values[loadGini].settle(UnitRatio, nil)
}

// medianOf is the value in the middle, or the mean of the two there; 0 for none. It sorts.
func medianOf(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	slices.Sort(v)
	half := len(v) / 2
	if len(v)%2 == 1 {
		return v[half]
	}
	return (v[half-1] + v[half]) / 2
}
