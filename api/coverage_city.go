package api

import (
	"github.com/paulmach/orb"

	"wangge/grid"
	"wangge/grid/coverage"
	"wangge/layers/city"
)

// coveredCity is a view as coverage reads it.
type coveredCity struct{ view *city.View }

// CoverageCity shows a view of the city to coverage.
func CoverageCity(view *city.View) coverage.City { return coveredCity{view} }

func (c coveredCity) Revision() uint64 { return uint64(c.view.Revision()) }

func (c coveredCity) Version() uint64 { return c.view.Version() }

func (c coveredCity) Features(layer string, fields []string, yield func(coverage.Feature) bool) error {
	return c.view.Each(layer, fields, func(id int64, shape orb.Geometry, values []any) bool {
		return yield(coverage.Feature{ID: id, Shape: shape, Values: values})
	})
}

func (c coveredCity) Feature(layer string, id int64, fields []string) (coverage.Feature, bool) {
	shape, values, found := c.view.Find(layer, id, fields)
	return coverage.Feature{ID: id, Shape: shape, Values: values}, found
}

func (c coveredCity) Changed(before coverage.City, layer string) (ids []int64, all bool) {
	earlier, ok := before.(coveredCity)
	if !ok {
		return nil, true
	}
	return c.view.Changed(earlier.view, layer)
}

func (c coveredCity) Net() *grid.Net {
	net, _ := c.view.State(NetKey).(*grid.Net)
	return net
}

func (c coveredCity) Roster() *grid.Roster {
	roster, _ := c.view.State(RosterKey).(*grid.Roster)
	return roster
}

func (c coveredCity) Thresholds() []coverage.Threshold {
	rules := c.view.Rules()
	out := make([]coverage.Threshold, 0, len(rules.Thresholds))
	for _, t := range rules.Thresholds {
		out = append(out, coverage.Threshold{Layer: t.Layer, Metric: t.Metric, AppliesTo: t.AppliesTo, Value: t.Value, Comparator: t.Comparator, Unit: t.Unit,
			Standard: t.Standard, Edition: t.Edition, Clause: t.Clause, Verified: t.Verified})
	}
	return out
}
