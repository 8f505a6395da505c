package grid

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
)

var kinds = []RegionKind{{"county", "区县级", "County", 30, true}, {"street", "街道", "Street", 40, true}, {"community", "社区", "Community", 50, true}, {"zone", "片区", "Zone", 100, false}}

func square(w, s, side float64) orb.MultiPolygon {
	return orb.MultiPolygon{{rectangle(w, s, w+side, s+side)}}
}

func TestLocateOnBorders(t *testing.T) {
	n := NewNet(kinds, []Region{
		{Code: "1", Kind: "county", Shape: square(120, 36, 2)},
		{Code: "12", Kind: "street", Parent: "1", Shape: square(121, 36, 1)},
		{Code: "11", Kind: "street", Parent: "1", Shape: square(120, 36, 1)},
		{Code: "Z2", Kind: "zone", Shape: square(120.5, 36, 1)},
		{Code: "Z1", Kind: "zone", Shape: square(120.5, 36, 1)},
		{Code: "13", Kind: "street", Parent: "1"},
	}, []Scheme{{Code: "duty"}, {Code: UnitScheme, Exclusive: true}}, []Grid{
		{ID: 1, Scheme: UnitScheme, Code: "b", Shape: square(120, 36, 1)},
		{ID: 2, Scheme: UnitScheme, Code: "a", Shape: square(121, 36, 1)},
		{ID: 3, Scheme: "duty", Code: "x", Shape: square(120, 36, 1)},
		{ID: 4, Scheme: "duty", Code: "y", Shape: square(121, 36, 1)},
	})
	for name, c := range map[string]struct {
		lon, lat       float64
		regions, grids []string
	}{
		"inside":  {120.2, 36.5, []string{"1", "11"}, []string{"b", "x"}},
		"border":  {121, 36.5, []string{"1", "11", "Z1", "Z2"}, []string{"a", "x", "y"}},
		"corner":  {121, 37, []string{"1", "11", "Z1", "Z2"}, []string{"a", "x", "y"}},
		"outside": {119, 36, nil, nil},
		"rubbish": {1e300, -1e300, nil, nil},
	} {
		p := n.Locate(c.lon, c.lat)
		var regions, grids []string
		for _, r := range p.Regions {
			regions = append(regions, r.Code)
		}
		for _, g := range p.Grids {
			grids = append(grids, g.Code)
		}
		if !cmp.Equal(regions, c.regions) || !cmp.Equal(grids, c.grids) {
			t.Errorf("%s: %v, %v", name, regions, grids)
		}
	}
	if g := n.Locate(121, 36.5).UnitGrid(); g == nil || g.ID != 2 {
		t.Errorf("the unit grid is %v", g)
	}
	if n.Grid("duty", "y") != n.GridByID(4) || n.Grid("duty", "z") != nil || n.Grid("", "y") != nil || len(n.Grids("nonsense")) != 0 {
		t.Error("grids are not found by their codes")
	}
}

// TestCircle: parents that go round in a circle, which the record does not exclude, end somewhere.
func TestCircle(t *testing.T) {
	n := NewNet(kinds, []Region{{Code: "1", Parent: "2"}, {Code: "2", Parent: "1"}, {Code: "3", Parent: "3"}, {Code: "4", Parent: "nowhere"}}, nil, nil)
	if p := n.Path("1"); len(p) != 2 {
		t.Errorf("path %v", p)
	}
	if p := n.Path("nowhere"); p != nil {
		t.Errorf("path %v", p)
	}
	if top := n.Children(""); len(top) != 2 {
		t.Errorf("%d at the top", len(top))
	}
}

// benchNet has 20,000 unit grids and a county of 20,000 vertices.
func benchNet(b *testing.B) ([]Region, []Grid) {
	r := rand.New(rand.NewPCG(1, 1))
	regions := []Region{{Code: "1", Kind: "county", Shape: orb.MultiPolygon{{star(r, orb.Point{120, 36}, 0.5, 0.6, 20_000)}}}}
	var grids []Grid
	for i := range 20_000 {
		grids = append(grids, Grid{ID: int64(i), Scheme: UnitScheme, Code: fmt.Sprintf("370281001001%05d", i), Name: "网格",
			Shape: square(119.9+0.001*float64(i%141), 35.9+0.001*float64(i/141), 0.001)})
	}
	return regions, grids
}

func BenchmarkNet(b *testing.B) {
	regions, grids := benchNet(b)
	n := NewNet(kinds, regions, []Scheme{{Code: UnitScheme, Exclusive: true}}, grids)
	b.Run("make", func(b *testing.B) {
		for b.Loop() {
			NewNet(kinds, regions, []Scheme{{Code: UnitScheme, Exclusive: true}}, grids)
		}
	})
	b.Run("locate", func(b *testing.B) {
		r := rand.New(rand.NewPCG(1, 1))
		for b.Loop() {
			if n.Locate(119.9+0.1*r.Float64(), 35.9+0.1*r.Float64()).UnitGrid() == nil {
				b.Fatal("no grid")
			}
		}
	})
	b.Run("search", func(b *testing.B) {
		for b.Loop() {
			n.Search("00010", 20)
		}
	})
}
