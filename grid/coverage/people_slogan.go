package coverage

import (
	"context"
	"fmt"
	"strings"

	"wangge/geo"
	"wangge/grid"
)

// peopleKey is under what the profile of thresholds has rows about people.
const peopleKey = "people"

// slogan: the four figures of 网中有格、格中定人、各负其责、全域覆盖 as columns.
func slogan() *question {
	q := &question{QuestionText: QuestionText{ID: "slogan", Title: Words{"四项数字", "The four figures"}, Unit: "grid", People: true, Regions: true, Layers: []string{layerRoad, layerAlley}}}
	figures := grid.AllFigures()
	for _, f := range figures {
		q.Columns = append(q.Columns, figureColumn(f))
	}
	q.tell = func(ctx context.Context, a *asking, q *question) (*Answer, error) { return a.figures(ctx, q, figures) }
	q.list = func(ctx context.Context, a *asking, q *question, column int, l Listing) ([]ListedItem, error) {
		return a.figureList(ctx, figures[column], l)
	}
	return q
}

// ungridded: ground that no grid of the net has.
func ungridded() *question {
	q := &question{QuestionText: QuestionText{ID: "ungridded", Title: Words{"没有网格的地", "Ground without a grid"}, Unit: unitOfArea, People: true, Regions: true, Columns: []ColumnText{figureColumn(grid.Gridded)}}}
	figures := []grid.Figure{grid.Gridded}
	q.tell = func(ctx context.Context, a *asking, q *question) (*Answer, error) { return a.figures(ctx, q, figures) }
	q.list = func(ctx context.Context, a *asking, q *question, column int, l Listing) ([]ListedItem, error) {
		return a.figureList(ctx, figures[column], l)
	}
	return q
}

// figureColumn describes a figure of the slogan as a column.
func figureColumn(f grid.Figure) ColumnText {
	t := grid.FigureMethod()[string(f)]
	unit := map[grid.Figure]string{grid.Gridded: unitOfArea, grid.CoveredArea: unitOfArea, grid.CoveredRoad: unitOfLength, grid.CoveredAlley: unitOfLength, grid.MannedGrids: "grid", grid.Dutiful: "duty"}[f]
	return ColumnText{ID: string(f), Unit: UnitShare, Title: Words{t.Title, t.TitleEn}, Numerator: Words{t.Have, t.HaveEn}, Denominator: Words{t.Of, t.OfEn}, NumeratorUnit: unit, DenominatorUnit: unit, People: true}
}

// figures asks the model of grids and people for its figures, region by region.
func (a *asking) figures(ctx context.Context, q *question, figures []grid.Figure) (*Answer, error) {
	ways, err := a.src.Ways(ctx)
	if err != nil {
		return nil, err
	}
	out := a.blank(q)
	out.Rest = nil
	for i, at := range a.rows {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		out.Rows[i].Values = figureValues(a.roster.Figures(a.net, ways, a.Day, a.Scheme, a.areas.list[at].region), figures)
	}
	if a.whole != nil {
		out.Total.Values = figureValues(a.roster.Figures(a.net, ways, a.Day, a.Scheme, a.whole), figures)
		return out, nil
	}
	var all grid.Figures
	for _, r := range a.tops() {
		all = addFigures(all, a.roster.Figures(a.net, ways, a.Day, a.Scheme, r))
	}
	out.Total.Values = figureValues(all, figures)
	return out, nil
}

// tops are the divisions that the whole is made of: those with a shape that are in no other with one.
func (a *asking) tops() (out []*grid.Region) {
	for _, r := range a.net.Regions("") {
		if k := a.net.Kind(r.Kind); k != nil && k.Division && len(r.Shape) > 0 && !shapedAbove(a.net, r) {
			out = append(out, r)
		}
	}
	return out
}

func addFigures(a, b grid.Figures) grid.Figures {
	add := func(x, y grid.Share) grid.Share {
		return grid.Share{Have: x.Have + y.Have, Of: x.Of + y.Of, Unit: y.Unit}
	}
	return grid.Figures{Gridded: add(a.Gridded, b.Gridded), Manned: add(a.Manned, b.Manned), Dutiful: add(a.Dutiful, b.Dutiful),
		CoveredArea: add(a.CoveredArea, b.CoveredArea), CoveredRoad: add(a.CoveredRoad, b.CoveredRoad), CoveredAlley: add(a.CoveredAlley, b.CoveredAlley)}
}

func figureValues(f grid.Figures, figures []grid.Figure) []Value {
	out := make([]Value, len(figures))
	for i, which := range figures {
		s := f.Of(which)
		out[i] = Value{Numerator: s.Have, Denominator: s.Of}
		out[i].settle(UnitShare, nil)
	}
	return out
}

// figureList tells what a figure of an area counts.
func (a *asking) figureList(ctx context.Context, which grid.Figure, l Listing) ([]ListedItem, error) {
	ways, err := a.src.Ways(ctx)
	if err != nil {
		return nil, err
	}
	regions := a.tops()
	if l.Code != "" {
		r := a.net.Region(l.Code)
		if r == nil {
			return nil, fmt.Errorf("%w: %q", ErrNoArea, l.Code)
		}
		regions = []*grid.Region{r}
	} else if a.whole != nil {
		regions = []*grid.Region{a.whole}
	}
	var out []ListedItem
	for _, r := range regions {
		for _, have := range []bool{false, true} {
			if have && l.Which == ListUnmet || !have && l.Which == ListMet {
				continue
			}
			for _, x := range a.roster.List(a.net, ways, a.Day, a.Scheme, r, which, have) {
				out = append(out, a.listedFigure(x, have))
			}
		}
	}
	return out, ctx.Err()
}

// listedFigure tells of one thing that a figure counts.
func (a *asking) listedFigure(x grid.Listed, have bool) ListedItem {
	item := ListedItem{ID: x.Target.ID, Layer: string(x.Target.Kind), Met: have, Of: 1}
	if s, there := a.roster.Subject(a.net, x.Target, a.Day); there {
		item.Code, item.Name, item.At = s.Code, s.Name, s.At
	}
	item.Why = Words{"满足", "met"}
	if have {
		item.Amount = 1
	}
	switch {
	case x.Gap != nil:
		item.Layer, item.Of = "ground", geo.AreaM2(x.Gap)
		item.At, _ = geo.PointInside(x.Gap)
		item.Why = Words{fmt.Sprintf("%.0f 平方米不在网格内，或网格无人负责", item.Of), fmt.Sprintf("%.0f m² in no grid, or in none that anybody is responsible for", item.Of)}
	case x.Way != nil:
		item.Amount, item.Of = x.HaveM, x.OfM
		item.Why = Words{fmt.Sprintf("%.0f 米中有人负责 %.0f 米", x.OfM, x.HaveM), fmt.Sprintf("somebody is responsible for %.0f of %.0f m", x.HaveM, x.OfM)}
	case x.Duty != nil:
		item.Why = a.dutyWords(x.Duty, have)
	case x.Grid != nil && !have:
		item.Why = a.vacancy(x.Grid)
	}
	if x.Grid != nil && (x.Target.Kind == grid.TargetGrid) {
		item.Layer = "grid"
	}
	return item
}

func (a *asking) dutyWords(d *grid.Duty, fine bool) Words {
	title, titleEn := d.Role, d.Role
	if r := a.roster.Role(d.Role); r != nil {
		title, titleEn = r.Title, r.TitleEn
	}
	if fine {
		return Words{title + "：有人履行，不超员、不超负荷", titleEn + ": somebody does it, within the rules"}
	}
	return Words{title + "：离岗无人代理、超员或超负荷", titleEn + ": absent without a substitute, one too many, or overloaded"}
}

// vacancy says which posts of a grid are not filled.
func (a *asking) vacancy(g *grid.Grid) Words {
	var zh, en []string
	for _, f := range a.roster.FailuresOf(a.net, grid.Target{Kind: grid.TargetGrid, ID: g.ID}, a.Day) {
		if f.Have >= f.AtLeast {
			continue
		}
		title, titleEn := f.Role, f.Role
		if r := a.roster.Role(f.Role); r != nil {
			title, titleEn = r.Title, r.TitleEn
		}
		zh, en = append(zh, fmt.Sprintf("%s %d/%d", title, f.Have, f.AtLeast)), append(en, fmt.Sprintf("%s %d/%d", titleEn, f.Have, f.AtLeast))
	}
	return Words{"缺员：" + strings.Join(zh, "、"), "vacant: " + strings.Join(en, ", ")}
}

// vacantGrids: grids without the people that they must have.
func vacantGrids() *question {
	q := &question{QuestionText: QuestionText{ID: "vacant_grids", Title: Words{"缺员的网格", "Grids without the people they must have"}, Unit: "grid", People: true, Columns: []ColumnText{
		{ID: "manned", Unit: UnitShare, Title: Words{"人员到位", "Manned"}, NumeratorUnit: "grid", DenominatorUnit: "grid", Additive: true, People: true,
			Numerator:   Words{"当日所要求的角色全部到位的网格", "grids with all required roles filled on the day"},
			Denominator: Words{"该方案的网格，按其标牌所在；该方案没有要求的不计", "grids of the net, by where their sign is; none where nothing is required"}},
		{ID: "not_overloaded", Unit: UnitShare, Title: Words{"责任人不超负荷", "Nobody overloaded"}, NumeratorUnit: "grid", DenominatorUnit: "grid", Additive: true, People: true,
			Numerator:   Words{"其中没有责任人超过负荷上限的网格", "of these, grids none of whose people has more than the limit"},
			Denominator: Words{"人员到位的网格", "manned grids"}},
	}}}
	q.collect = collectGrids
	return q
}

func collectGrids(ctx context.Context, a *asking) ([]fact, error) {
	if len(a.roster.Requirements(grid.TargetGrid, a.Scheme)) == 0 {
		return nil, nil
	}
	var out []fact
	for _, g := range a.net.Grids(a.Scheme) {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		parts := make([]portion, 2)
		switch a.roster.State(a.net, g, a.Day) {
		case grid.StateVacant:
			why := a.vacancy(g)
			parts[0] = one(false, &why)
		case grid.StateOverloaded:
			parts[0], parts[1] = one(true, &Words{"到位", "manned"}), one(false, &Words{"有责任人超负荷", "somebody has too much"})
		default:
			parts[0], parts[1] = one(true, &Words{"到位", "manned"}), one(true, &Words{"不超负荷", "nobody has too much"})
		}
		out = append(out, fact{layer: "grid", id: g.ID, code: g.Code, name: g.Name, at: g.At(), parts: parts})
	}
	return out, nil
}
