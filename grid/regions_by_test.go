package grid

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
)

// TestRegionsByZone: a zone is no parent of anything; in it lie the regions that have their sign in it.
func TestRegionsByZone(t *testing.T) {
	box := func(x float64) orb.MultiPolygon {
		return orb.MultiPolygon{{{{x, 36}, {x + 0.1, 36}, {x + 0.1, 36.1}, {x, 36.1}, {x, 36}}}}
	}
	zone := orb.MultiPolygon{{{{119.9, 35.9}, {120.16, 35.9}, {120.16, 36.2}, {119.9, 36.2}, {119.9, 35.9}}}}
	net := NewNet([]RegionKind{{ID: "county", Level: 3, Division: true}, {ID: "street", Level: 4, Division: true}, {ID: "zone"}}, []Region{
		{ID: 1, Code: "370281", Kind: "county"}, {ID: 2, Code: "370281001", Kind: "street", Parent: "370281", Shape: box(120)},
		{ID: 3, Code: "370281002", Kind: "street", Parent: "370281", Shape: box(120.1)}, {ID: 4, Code: "370281003", Kind: "street", Parent: "370281", Shape: box(120.2)},
		{ID: 5, Code: "370281004", Kind: "street", Parent: "370281"}, {ID: 6, Code: "zone-center", Kind: "zone", Shape: zone},
	}, nil, nil)
	for within, want := range map[string][]string{
		"": {"370281001", "370281002", "370281003", "370281004"}, "370281": {"370281001", "370281002", "370281003", "370281004"},
		"zone-center": {"370281001", "370281002"}, "370281002": {"370281002"}, "nowhere": nil,
	} {
		var got []string
		for _, r := range net.RegionsBy("street", within) {
			got = append(got, r.Code)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("within %q (- want + got): %s", within, diff)
		}
	}
}
