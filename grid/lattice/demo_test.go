package lattice_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"wangge/fixtures"
	"wangge/grid/lattice"
)

// demoNets are the nets of the demo city by their schemes; the unit grids must lie within their communities.
func demoNets(city *fixtures.City) map[string]*lattice.Net {
	regions := map[string]orb.MultiPolygon{}
	for _, r := range city.Regions {
		regions[r.Code] = lattice.Snap(r.Geom)
	}
	nets := map[string]*lattice.Net{"unit": {Extent: regions[city.Extent], Within: true, Regions: map[string]orb.MultiPolygon{}}}
	for _, s := range city.Schemes {
		nets[s.Code] = &lattice.Net{Extent: regions[s.Extent], Within: true}
	}
	for _, g := range city.Grids {
		n := nets[g.Scheme]
		c := lattice.Cell{ID: g.ID, Code: g.Code}
		switch shape := g.Geom.(type) {
		case orb.Polygon:
			c.Shape = lattice.Snap(orb.MultiPolygon{shape})
		case orb.MultiPolygon:
			c.Shape = lattice.Snap(shape)
		}
		if g.Scheme == "unit" {
			c.Region = g.Region
			n.Regions[g.Region] = regions[g.Region]
		}
		n.Cells = append(n.Cells, c)
	}
	return nets
}

// TestDemoCity finds what is planted in the demo city, and nothing else.
func TestDemoCity(t *testing.T) {
	city := fixtures.Jiaozhou()
	want := map[lattice.Kind][]int64{}
	for _, p := range city.Planted {
		switch p.Kind {
		case fixtures.PlantedGap:
			want[lattice.Gap] = append(want[lattice.Gap], p.Unit)
		case fixtures.PlantedOverlap:
			want[lattice.Overlap] = append(want[lattice.Overlap], p.Grids...)
		}
	}
	got := map[lattice.Kind][]int64{}
	nets := demoNets(city)
	units := map[int64]orb.MultiPolygon{}
	for _, c := range nets["unit"].Cells {
		units[c.ID] = c.Shape
	}
	for scheme, n := range nets {
		for _, f := range check(t, *n) {
			if scheme != "street" {
				t.Errorf("%s: %+v", scheme, f)
			}
			cells := f.Cells
			if f.Kind == lattice.Gap {
				cells = nil
				for id, unit := range units {
					if _, a, b := lattice.Overlay(unit, f.Shape); area(a, b) < 1e-2 {
						cells = append(cells, id)
					}
				}
			}
			got[f.Kind] = append(got[f.Kind], cells...)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
