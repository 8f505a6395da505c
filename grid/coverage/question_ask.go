package coverage

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/grid"
)

// Sources is what some questions need besides the city.
type Sources struct {
	SiteMeasures []SiteMeasure                             // the checklist of construction sites in force
	Ways         func(context.Context) (*grid.Ways, error) // roads and alleys, for the figures of the slogan
	Board        func(context.Context) (*Board, error)     // coverage on foot, for measures and life circles
}

// SiteMeasure is an item of the checklist of construction sites.
type SiteMeasure struct {
	Code  string
	Title Words
}

// asking is a question being answered.
type asking struct {
	Asked
	city    City
	src     Sources
	net     *grid.Net // of the day
	roster  *grid.Roster
	areas   *parcels // of the kind asked for
	rows    []int    // places among areas
	rowOf   []int32  // by area: its row, or -1
	whole   *grid.Region
	wholes  *parcels // of the kind of whole; nil for everywhere
	wholeAt int
	used    []Threshold
	keep    *Desk
}

// newAsking reads what every question asks. Errors: ErrNoArea, ErrNotBy.
func newAsking(ctx context.Context, q *question, city City, ask Asked, src Sources, keep *Desk) (*asking, error) {
	a := &asking{Asked: ask, city: city, src: src, net: city.Net(), roster: city.Roster(), keep: keep}
	if ask.Day != 0 && q.People {
		a.net = a.net.At(ask.Day)
	}
	var err error
	if a.areas, err = keep.parcels(ctx, a.net, ask.By); err != nil {
		return nil, err
	}
	if ask.Within != "" {
		if a.whole = a.net.Region(ask.Within); a.whole == nil {
			return nil, fmt.Errorf("%w: %q", ErrNoArea, ask.Within)
		}
		if a.wholes, err = keep.parcels(ctx, a.net, a.whole.Kind); err != nil {
			return nil, err
		}
		a.wholeAt = a.wholes.place[a.whole.ID]
	}
	if q.Regions && a.areas.scheme != "" {
		return nil, fmt.Errorf("%w: %s by %q", ErrNotBy, q.ID, ask.By)
	}
	a.choose()
	return a, nil
}

// kinds are the areas that things are dealt out to.
func (a *asking) kinds() []*parcels {
	if a.wholes == nil {
		return []*parcels{a.areas}
	}
	return []*parcels{a.areas, a.wholes}
}

// choose finds the rows: all areas of the kind, or those in the region asked for: in a division what the record places in it, in a zone what has its
// middle in it.
func (a *asking) choose() {
	wanted := func(int) bool { return true }
	switch {
	case a.whole == nil:
	case a.areas.scheme != "":
		in := map[int64]bool{}
		for _, g := range a.net.GridsIn(a.areas.scheme, a.Within) {
			in[g.ID] = true
		}
		wanted = func(i int) bool { return in[a.areas.list[i].id] }
	default:
		wanted = func(i int) bool { return a.regionIn(a.areas.list[i].region) }
	}
	a.rowOf = make([]int32, len(a.areas.list))
	for i := range a.areas.list {
		a.rowOf[i] = -1
		if wanted(i) {
			a.rowOf[i] = int32(len(a.rows))
			a.rows = append(a.rows, i)
		}
	}
}

// regionIn tells whether a region lies in the one asked for.
func (a *asking) regionIn(r *grid.Region) bool {
	if slices.ContainsFunc(a.net.Path(r.Code), func(x *grid.Region) bool { return x.Code == a.Within }) {
		return true
	}
	if k := a.net.Kind(a.whole.Kind); k != nil && k.Division {
		return false
	}
	at, ok := geo.PointInsideMulti(r.Shape)
	return ok && slices.ContainsFunc(a.whole.Shape, func(s orb.Polygon) bool { return geo.Covers(s, at) })
}

// blank is an answer with its areas and without figures.
func (a *asking) blank(q *question) *Answer {
	out := &Answer{Question: q.QuestionText, Asked: a.Asked, Revision: a.city.Revision(), Areas: len(a.rows), Rows: make([]AnswerRow, len(a.rows))}
	listed := 0.0
	for i, at := range a.rows {
		x := &a.areas.list[at]
		out.Rows[i] = AnswerRow{Code: x.code, Name: x.name, NameEn: x.nameEn, AreaM2: x.areaM2}
		listed += x.areaM2
	}
	out.Total = AnswerRow{Name: "合计", NameEn: "Total", AreaM2: a.wholeM2(listed)}
	if a.whole != nil {
		out.Total.Code, out.Total.Name, out.Total.NameEn = a.whole.Code, a.whole.Name, cmp.Or(a.whole.NameEn, a.whole.Name)
	}
	out.Rest = &AnswerRow{Name: "不在所列区域内", NameEn: "In none of these areas", AreaM2: max(0, out.Total.AreaM2-listed)}
	out.Judged = make([]*Threshold, len(q.Columns))
	for i := range q.Columns {
		if out.Judged[i] = Judge(a.city, q.Columns[i]); out.Judged[i] != nil {
			a.threshold(q.Columns[i].Judge)
		}
	}
	for _, key := range q.uses {
		a.threshold(key)
	}
	return out
}

// wholeM2 is the area of all that is asked about: the region's, or that of the divisions at the top.
func (a *asking) wholeM2(listed float64) float64 {
	if a.whole != nil {
		return a.whole.AreaM2
	}
	all := 0.0
	for _, r := range a.tops() {
		all += r.AreaM2
	}
	return cmp.Or(all, listed)
}

// threshold finds a row of the profile in force, or what holds where the profile has none, and notes that it was used.
func (a *asking) threshold(key ThresholdKey) (Threshold, bool) {
	t, ok := findThreshold(a.city, key)
	if ok && !slices.ContainsFunc(a.used, key.names) {
		a.used = append(a.used, t)
	}
	return t, ok
}

// thresholds are those that were used, in an order that does not depend on what was known before.
func (a *asking) thresholds() []Threshold {
	slices.SortFunc(a.used, func(x, y Threshold) int {
		return cmp.Or(cmp.Compare(x.Layer, y.Layer), cmp.Compare(x.Metric, y.Metric), cmp.Compare(x.AppliesTo, y.AppliesTo))
	})
	return a.used
}

// names tells whether a threshold is the one.
func (k ThresholdKey) names(t Threshold) bool {
	return t.Layer == k.Layer && t.Metric == k.Metric && t.AppliesTo == k.AppliesTo
}

func findThreshold(city City, key ThresholdKey) (Threshold, bool) {
	for _, rows := range [][]Threshold{city.Thresholds(), houseThresholds()} {
		if i := slices.IndexFunc(rows, key.names); i >= 0 {
			return rows[i], true
		}
	}
	return Threshold{}, false
}

// limit is the value of a threshold that there is always: houseThresholds has it.
func (a *asking) limit(layer, metric, appliesTo string) Threshold {
	t, _ := a.threshold(ThresholdKey{layer, metric, appliesTo})
	return t
}

// each visits the features of a layer with their values.
func (a *asking) each(ctx context.Context, layer string, fields []string, visit func(f Feature, v values)) error {
	n := 0
	err := a.city.Features(layer, fields, func(f Feature) bool {
		visit(f, values(f.Values))
		n++
		return n%1024 != 0 || ctx.Err() == nil
	})
	if err == nil {
		err = ctx.Err()
	}
	return err
}
