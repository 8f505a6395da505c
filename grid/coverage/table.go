package coverage

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"wangge/grid"
)

// Table is what figures of a question are by area.
type Table struct {
	Method   Method
	Question Question // complete: nothing in it is left open
	By       string   // kind of areas: zone, county, street, community …, grid:<scheme>
	Within   string   // code of the region that the areas lie in; "" everywhere
	RadiiM   []uint32
	Total    Row   // of the rows; where areas of the kind may overlap or reach beyond a zone, of the region or the city instead
	Rows     []Row // by code
}

// Row is the figures of one area. Slices are by radius.
type Row struct {
	Code, Name, NameEn string
	AreaM2             float64 // of the area's own shape on the ellipsoid
	NoNetworkM2        float64 // of it farther from every street than the snap limit, or outside of the hexagons; 0 in straight mode
	CoveredM2          []float64
	AmbiguousM2        []float64 // ground whose class depends on which of two streets it is reached from; nil until Board.Ambiguity
	Population         *Amount   // persons; nil where the city gives none
	RoadM              Amount    // metres of walkable streets
	Facilities         int       // that count, inside the area
	Supply             float64   // what they offer, in the unit of the service
	Rank               int       // 1 for the largest uncovered area at the last radius
}

// Amount is people, or metres of street, by radius.
type Amount struct {
	Total, NoNetwork float64
	Covered          []float64
}

// Share is the covered share of the ground at a radius by its place, 0 … 1; false where the area has no ground.
func (r Row) Share(i int) (float64, bool) { return share(r.CoveredM2[i], r.AreaM2) }

// UncoveredM2 is the ground that has network and is not covered at a radius.
func (r Row) UncoveredM2(i int) float64 { return max(0, r.AreaM2-r.NoNetworkM2-r.CoveredM2[i]) }

// Share is the covered share at a radius by its place, 0 … 1; false where there is nothing.
func (a Amount) Share(i int) (float64, bool) { return share(a.Covered[i], a.Total) }

func share(part, whole float64) (float64, bool) {
	if whole <= 0 {
		return 0, false
	}
	return min(1, part/whole), true
}

// Table is the figures of a question by area. by is a kind of regions or grid:<scheme>; within the code of a region, "" for all. Errors:
// ErrNoService, ErrRadius, ErrNoArea.
func (b *Board) Table(ctx context.Context, q Question, radiiM []uint32, by, within string) (*Table, error) {
	if err := checkRadii(radiiM); err != nil {
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
	all, err := b.rows(ctx, a, radiiM, by)
	if err != nil {
		return nil, err
	}
	t := &Table{Question: a.Question, By: by, Within: within, RadiiM: slices.Clone(radiiM)}
	if places == nil {
		t.Rows = all
	} else {
		for _, i := range places {
			t.Rows = append(t.Rows, all[i])
		}
	}
	rank(t.Rows)
	if t.Total, err = b.total(ctx, a, t); err != nil {
		return nil, err
	}
	t.Method, err = b.method(ctx, a, radiiM)
	return t, err
}

// rowsWithin are the places, in the list of a kind of areas, of those in a region; nil for all of them. Errors: ErrNoArea.
func rowsWithin(net *grid.Net, by, within string) ([]int, error) {
	list, err := areaList(net, by)
	if err != nil || within == "" {
		return nil, err
	}
	if net.Region(within) == nil {
		return nil, fmt.Errorf("%w: %q", ErrNoArea, within)
	}
	codes := map[string]bool{}
	if scheme, ok := strings.CutPrefix(by, schemePrefix); ok {
		for _, g := range net.GridsIn(scheme, within) {
			codes[g.Code] = true
		}
	} else {
		for _, r := range net.RegionsBy(by, within) {
			codes[r.Code] = true
		}
	}
	places := []int{}
	for i := range list {
		if codes[list[i].Code] {
			places = append(places, i)
		}
	}
	return places, nil
}

// rows are the figures of all areas of a kind.
func (b *Board) rows(ctx context.Context, a asked, radiiM []uint32, by string) ([]Row, error) {
	f, acc, err := b.counted(ctx, a, radiiM, by)
	if err != nil {
		return nil, err
	}
	count, err := b.roll(ctx, a, f.chosen, by)
	if err != nil {
		return nil, err
	}
	rows := make([]Row, len(acc.deal.areas.List))
	for i := range rows {
		rows[i] = acc.row(i)
	}
	count.count(rows)
	return rows, nil
}

const dm2PerM2 = 100

// row is the figures of an area, but for its facilities.
func (a *account) row(i int) Row {
	area, still := &a.deal.areas.List[i], a.deal.still[i]
	r := Row{Code: area.Code, Name: area.Name, NameEn: area.NameEn, AreaM2: area.AreaM2,
		CoveredM2: inUnits(a.covered(i, groundSum), dm2PerM2),
		RoadM:     Amount{Total: float64(a.ways.total[i]) / mmPerM, Covered: inUnits(a.covered(i, streetSum), mmPerM)}}
	if a.deal.lay.graph != nil {
		r.NoNetworkM2 = float64(still.noNetworkDM2+a.deal.areas.OutsideDM2[i]) / dm2PerM2
	}
	if a.deal.persons != nil {
		r.Population = &Amount{Total: float64(still.persons) / thousandths, NoNetwork: float64(still.noNetwork) / thousandths,
			Covered: inUnits(a.covered(i, personSum), thousandths)}
	}
	return r
}

func inUnits(sums []int64, by float64) []float64 {
	out := make([]float64, len(sums))
	for i, s := range sums {
		out[i] = float64(s) / by
	}
	return out
}

// total is the sum of the rows of a table, or where they may overlap or reach beyond a zone that of the region or of the city.
func (b *Board) total(ctx context.Context, a asked, t *Table) (Row, error) {
	rows := t.Rows
	if net := b.city.Net(); !exclusive(net, t.By) || isZone(net, t.Within) {
		var err error
		if rows, err = b.rows(ctx, a, t.RadiiM, totalAreas(t.Within)); err != nil {
			return Row{}, err
		}
	}
	return sumRows(rows, len(t.RadiiM)), nil
}

// isZone tells whether a code is that of a region that is no division.
func isZone(net *grid.Net, code string) bool {
	r := net.Region(code)
	if r == nil {
		return false
	}
	k := net.Kind(r.Kind)
	return k == nil || !k.Division
}

// totalAreas is the kind of areas whose sum is everything in a region, or in the city.
func totalAreas(within string) string {
	if within == "" {
		return cityAreas
	}
	return regionPrefix + within
}

func sumRows(rows []Row, radii int) Row {
	sum := Row{CoveredM2: make([]float64, radii), RoadM: Amount{Covered: make([]float64, radii)}}
	for i := range rows {
		r := &rows[i]
		sum.AreaM2 += r.AreaM2
		sum.NoNetworkM2 += r.NoNetworkM2
		sum.Facilities += r.Facilities
		sum.Supply += r.Supply
		addTo(sum.CoveredM2, r.CoveredM2)
		sum.RoadM.add(r.RoadM)
		if r.Population != nil {
			if sum.Population == nil {
				sum.Population = &Amount{Covered: make([]float64, radii)}
			}
			sum.Population.add(*r.Population)
		}
		if r.AmbiguousM2 != nil {
			if sum.AmbiguousM2 == nil {
				sum.AmbiguousM2 = make([]float64, radii)
			}
			addTo(sum.AmbiguousM2, r.AmbiguousM2)
		}
	}
	sum.tidy()
	return sum
}

// tidy rounds sums to thousandths: what is beyond is noise of adding.
func (r *Row) tidy() {
	tidied := func(all ...*float64) {
		for _, x := range all {
			*x = math.Round(*x*thousandths) / thousandths
		}
	}
	tidied(&r.AreaM2, &r.NoNetworkM2, &r.Supply, &r.RoadM.Total)
	if r.Population != nil {
		tidied(&r.Population.Total, &r.Population.NoNetwork)
	}
	for k := range r.CoveredM2 {
		tidied(&r.CoveredM2[k], &r.RoadM.Covered[k])
		if r.Population != nil {
			tidied(&r.Population.Covered[k])
		}
	}
}

func (a *Amount) add(b Amount) {
	a.Total += b.Total
	a.NoNetwork += b.NoNetwork
	addTo(a.Covered, b.Covered)
}

func addTo(sum, more []float64) {
	for i := range sum {
		sum[i] += more[i]
	}
}

// rank numbers rows by what is uncovered at the last radius, the most first; ties by code.
func rank(rows []Row) {
	order := make([]int, len(rows))
	for i := range order {
		order[i] = i
	}
	last := func(r *Row) float64 { return r.UncoveredM2(len(r.CoveredM2) - 1) }
	slices.SortFunc(order, func(i, j int) int {
		return cmp.Or(cmp.Compare(last(&rows[j]), last(&rows[i])), strings.Compare(rows[i].Code, rows[j].Code))
	})
	for place, i := range order {
		rows[i].Rank = place + 1
	}
}
