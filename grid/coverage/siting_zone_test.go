package coverage

import (
	"math"
	"testing"
)

// TestPiecesOfZone: in a zone, areas have what of them lies in it; together that is what the zone has, of ground and of people.
func TestPiecesOfZone(t *testing.T) {
	board := boardOf(t, equityCity())
	table, err := board.Table(t.Context(), Question{Service: toilet}, []uint32{400}, "zone", "")
	if err != nil {
		t.Fatal(err)
	}
	zone := table.Rows[0]
	for what, want := range map[SitingWeight]float64{ByArea: zone.AreaM2 * dm2PerM2, ByPopulation: zone.Population.Total * thousandths} {
		for _, by := range []string{"street", "community", "grid:unit"} {
			pieces, areas, err := board.pieces(t.Context(), 11, by, zoneCode, what)
			if err != nil {
				t.Fatal(err)
			}
			sum, seen := int64(0), make([]bool, len(areas))
			for _, p := range pieces {
				sum += p.weight
				seen[p.area] = true
			}
			// Rounded down piece by piece, and people of hexagons on its border by ground.
			if len(areas) == 0 || math.Abs(float64(sum)-want) > 0.03*want {
				t.Errorf("%s by %s: %d in %d areas, the zone has %.0f", what, by, sum, len(areas), want)
			}
			for i, any := range seen {
				if !any {
					t.Errorf("%s by %s: %s has nothing", what, by, areas[i].Code)
				}
			}
		}
	}
}
