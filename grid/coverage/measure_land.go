package coverage

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/geo/index"
	"wangge/grid"
)

// landUseLayer is what land is used for, as far as the city says; where it says nothing, unit grids do.
const landUseLayer = "land_use"

// plots are the pieces of ground of which the city says what they are used for. They are immutable.
type plots struct {
	city          City
	list          []plot // by id
	tree          *index.Tree
	origins, days []string
}

// plot is a piece of ground of one use: a place in landUses, or -1 for a use without a density.
type plot struct {
	id    int64
	use   int
	shape orb.MultiPolygon
	bound orb.Bound
}

// useOf is the place of a use in landUses; -1 for others.
func useOf(id string) int {
	for i, use := range landUses() {
		if use.id == id {
			return i
		}
	}
	return -1
}

// plots reads what land is used for.
func (b *Board) plots(ctx context.Context) (*plots, error) {
	return b.plotted.get(ctx, true, func(_ context.Context, before *plots, had bool) (*plots, error) {
		if had {
			if ids, all := b.city.Changed(before.city, landUseLayer); !all && len(ids) == 0 {
				same := *before
				same.city = b.city
				return &same, nil
			}
		}
		return plotsOf(b.city)
	})
}

func plotsOf(city City) (*plots, error) {
	p := &plots{city: city}
	err := city.Features(landUseLayer, []string{"kind", "as_of", "origin"}, func(f Feature) bool {
		v := values(f.Values)
		x := plot{id: f.ID, use: useOf(v.text(0))}
		switch shape := f.Shape.(type) {
		case orb.Polygon:
			x.shape = orb.MultiPolygon{shape}
		case orb.MultiPolygon:
			x.shape = shape
		default:
			return true
		}
		x.bound = x.shape.Bound()
		p.list = append(p.list, x)
		p.days, p.origins = append(p.days, v.text(1)), append(p.origins, v.text(2))
		return true
	})
	slices.SortFunc(p.list, func(a, b plot) int { return cmp.Compare(a.id, b.id) })
	p.days, p.origins = named(p.days), named(p.origins)
	boxes := make([]index.Box, len(p.list))
	for i := range p.list {
		boxes[i] = worldBox(p.list[i].bound)
	}
	p.tree = index.Build(boxes)
	return p, err
}

// at is the plot in which a place lies, of several the one with the lower id; nil for none.
func (p *plots) at(q orb.Point) *plot {
	found := -1
	p.tree.Search(worldAt(q), func(i int) bool {
		if (found < 0 || i < found) && slices.ContainsFunc(p.list[i].shape, func(s orb.Polygon) bool { return geo.Covers(s, q) }) {
			found = i
		}
		return true
	})
	if found < 0 {
		return nil
	}
	return &p.list[found]
}

// land is how much of each hexagon has which use. It is immutable.
type land struct {
	plots *plots
	net   *grid.Net
	sheet *Sheet
	first []uint32 // by hexagon, one more than hexagons
	use   []uint8  // by piece: place in landUses
	dm2   []uint32 // by piece
}

// land deals plots out to the hexagons, and unit grids to what of them is in no plot.
func (b *Board) land(ctx context.Context, res int) (*land, error) {
	p, err := b.plots(ctx)
	if err != nil {
		return nil, err
	}
	sheet, err := b.Sheet(ctx, res)
	if err != nil {
		return nil, err
	}
	return b.lands.get(ctx, res, func(ctx context.Context, before *land, had bool) (*land, error) {
		net := b.city.Net()
		if had && before.sheet == sheet && before.net == net && before.plots.tree == p.tree {
			return before, nil
		}
		grids, err := b.Areas(ctx, res, schemePrefix+grid.UnitScheme)
		if errors.Is(err, ErrNoArea) {
			grids, err = sheet.Weigh(ctx, "", nil)
		}
		if err != nil {
			return nil, err
		}
		areas := make([]Area, len(p.list))
		for i := range p.list {
			areas[i] = Area{Shape: p.list[i].shape, Bound: p.list[i].bound}
		}
		weighed, err := sheet.Weigh(ctx, landUseLayer, areas)
		if err != nil {
			return nil, err
		}
		l := &land{plots: p, net: net, sheet: sheet}
		l.fill(weighed, grids)
		return l, nil
	})
}

// fill sums up the uses of what of each hexagon is inside the city. Where plots lie over one another, or go on outside, each has its part of what there is.
func (l *land) fill(plotted, grids *Areas) {
	gridUse := make([]int, len(grids.List))
	uses := map[string]int{}
	for _, g := range l.net.Grids(grid.UnitScheme) {
		uses[g.Code] = useOf(g.LandUse)
	}
	for i := range grids.List {
		gridUse[i] = uses[grids.List[i].Code]
	}
	l.first = make([]uint32, l.sheet.Len()+1)
	sums := make([]uint64, len(landUses()))
	for h := range l.sheet.Len() {
		clear(sums)
		all, whole := uint64(0), uint64(l.sheet.Inside[h])
		for i := plotted.First[h]; i < plotted.First[h+1]; i++ {
			all += uint64(plotted.DM2[i])
			if use := l.plots.list[plotted.Of[i]].use; use >= 0 {
				sums[use] += uint64(plotted.DM2[i])
			}
		}
		if all > whole {
			for use := range sums {
				sums[use] = sums[use] * whole / all
			}
			all = whole
		}
		for i := grids.First[h]; i < grids.First[h+1] && all < whole; i++ {
			if use := gridUse[grids.Of[i]]; use >= 0 {
				sums[use] += uint64(grids.DM2[i]) * (whole - all) / whole
			}
		}
		for use, n := range sums {
			if n > 0 {
				l.use, l.dm2 = append(l.use, uint8(use)), append(l.dm2, uint32(min(n, whole)))
			}
		}
		l.first[h+1] = uint32(len(l.use))
	}
}

// of is, by area, how many m² of it have each use. What a hexagon has lies alike in all of it that is inside the city.
func (l *land) of(areas *Areas) [][]float64 {
	out := make([][]float64, len(areas.List))
	for i := range out {
		out[i] = make([]float64, len(landUses()))
	}
	for h := range l.sheet.Len() {
		for k := l.first[h]; k < l.first[h+1]; k++ {
			share := float64(l.dm2[k]) / float64(l.sheet.Inside[h]) / perM2
			for p := areas.First[h]; p < areas.First[h+1]; p++ {
				out[areas.Of[p]][l.use[k]] += share * float64(areas.DM2[p])
			}
		}
	}
	return out
}

// tellLand holds the facilities of each use against its ground, where the city has plots; else they are held against unit grids already.
func (a *asking) tellLand(ctx context.Context, b *Board, out *Answer) error {
	p, err := b.plots(ctx)
	if err != nil || len(p.list) == 0 {
		return err
	}
	res := b.Res(a.By)
	l, err := b.land(ctx, res)
	if err != nil {
		return err
	}
	listed, err := b.Areas(ctx, res, a.By)
	if err != nil {
		return err
	}
	by := cityAreas
	if a.whole != nil {
		by = regionPrefix + a.whole.Code
	}
	whole, err := b.Areas(ctx, res, by)
	if err != nil {
		return err
	}
	byCode := make(map[string][]float64, len(listed.List))
	for i, m2 := range l.of(listed) {
		byCode[listed.List[i].Code] = m2
	}
	total, rest := make([]float64, len(landUses())), make([]float64, len(landUses()))
	for _, m2 := range l.of(whole) {
		for use := range m2 {
			total[use] += m2[use]
		}
	}
	copy(rest, total)
	for i := range out.Rows {
		m2 := byCode[out.Rows[i].Code]
		out.settleLand(&out.Rows[i], m2)
		for use := range m2 {
			rest[use] -= m2[use]
		}
	}
	out.settleLand(&out.Total, total)
	if !a.areas.exclusive {
		clear(rest)
	}
	out.settleLand(out.Rest, rest)
	out.Question = p.described(out.Question)
	return nil
}

// settleLand fills in the densities by land use of a row.
func (a *Answer) settleLand(r *AnswerRow, m2 []float64) {
	for use := range landUses() {
		v := Value{Numerator: r.Values[measureColumns+use].Numerator}
		if use < len(m2) {
			v.Denominator = max(0, math.Round(m2[use]*perM2)/perM2)
		}
		v.settle(UnitDensity, a.Judged[measureColumns+use])
		r.Values[measureColumns+use] = v
	}
}

// described is a question about measures with what densities by land use are made of: the layer where it has ground, unit grids elsewhere.
func (p *plots) described(q QuestionText) QuestionText {
	q.Layers = append(slices.Clone(q.Layers), landUseLayer)
	q.Columns = slices.Clone(q.Columns)
	from := strings.Join(slices.Concat(p.origins, p.days), "、")
	if from != "" {
		from = "（" + from + "）"
	}
	for use := range landUses() {
		c := &q.Columns[measureColumns+use]
		c.Numerator = Words{"位于该类用地内的在用设施：有用地图层" + from + "处按用地图层，其余按单元网格登记的用地", "facilities in use on that land: by the layer of land use" + from + " where it has ground, elsewhere by the unit grid's record"}
		c.Denominator = Words{"该类用地的面积：有用地图层处按用地图层，其余按单元网格登记的用地；按六边形的精确相交面积分摊到区域", "ground of that use: by the layer of land use where it has ground, elsewhere by the unit grids' record; dealt out to areas by exact intersection of hexagons"}
	}
	return q
}
