package coverage

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"wangge/geo"
	"wangge/grid"
)

func boardOf(t testing.TB, c *testCity) *Board {
	t.Helper()
	b, err := NewLive().At(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func tableOf(t testing.TB, b *Board, q Question, radiiM []uint32, by string) *Table {
	t.Helper()
	table, err := b.Table(t.Context(), q, radiiM, by, "")
	if err != nil {
		t.Fatal(err)
	}
	return table
}

var usualRadii = []uint32{300, 500, 800}

// TestTable: divisions of one city give the same totals, whatever their kind; straight lines cover more than walking does; what lies within a region is
// what its own rows say.
func TestTable(t *testing.T) {
	b := boardOf(t, newTestCity(12).withToilets(3, 12, rand.New(rand.NewPCG(1, 2))))
	for _, mode := range []Mode{Walk, Straight} {
		q := Question{Service: toilet, Mode: mode, Res: usualRes}
		county := tableOf(t, b, q, usualRadii, "county")
		for _, by := range []string{"community", "street", "zone", "grid:unit"} {
			table := tableOf(t, b, q, usualRadii, by)
			checkRows(t, table)
			for k := range usualRadii {
				if by != "zone" && math.Abs(table.Total.CoveredM2[k]-county.Total.CoveredM2[k]) > 2 {
					t.Errorf("%s by %s, %d m: %.2f m², by county %.2f", mode, by, usualRadii[k], table.Total.CoveredM2[k], county.Total.CoveredM2[k])
				}
			}
		}
		if straight := tableOf(t, b, Question{Service: toilet, Mode: Straight, Res: usualRes}, usualRadii, "county"); straight.Total.CoveredM2[1] < county.Total.CoveredM2[1] {
			t.Errorf("straight lines cover %.0f m², %s %.0f", straight.Total.CoveredM2[1], mode, county.Total.CoveredM2[1])
		}
		whole := tableOf(t, b, q, usualRadii, "community")
		part, err := b.Table(t.Context(), q, usualRadii, "community", "370281002")
		if err != nil || len(part.Rows) != 2 || part.Rows[0].Code != "370281002001" || part.Rows[0].CoveredM2[0] != whole.Rows[2].CoveredM2[0] ||
			math.Abs(part.Total.AreaM2-part.Rows[0].AreaM2-part.Rows[1].AreaM2) > 1e-3 {
			t.Errorf("within a street: %+v, %v", part, err)
		}
	}
}

func checkRows(t *testing.T, table *Table) {
	t.Helper()
	facilities, ranks := 0, []int{}
	for i := range table.Rows {
		r := &table.Rows[i]
		facilities += r.Facilities
		ranks = append(ranks, r.Rank)
		for k := range table.RadiiM {
			if share, ok := r.Share(k); !ok || share < 0 || share > 1 || r.CoveredM2[k]+r.NoNetworkM2 > r.AreaM2*1.001 {
				t.Errorf("%s: share %v of %+v", r.Code, share, r)
			}
		}
	}
	slices.Sort(ranks)
	for i, rank := range ranks {
		if rank != i+1 {
			t.Fatalf("ranks are %v", ranks)
		}
	}
	if table.By != "zone" && facilities != table.Total.Facilities || table.Method.Facilities != 3 {
		t.Errorf("by %s: %d facilities in rows, %d in the total, %d in all", table.By, facilities, table.Total.Facilities, table.Method.Facilities)
	}
}

// TestGaps: gaps and what is covered are all the ground.
func TestGaps(t *testing.T) {
	b := boardOf(t, newTestCity(12).withToilets(3, 12, rand.New(rand.NewPCG(1, 2))))
	q := Question{Service: toilet}
	table := tableOf(t, b, q, []uint32{300}, "community")
	gaps, err := b.Gaps(t.Context(), q, 300, "community", "")
	if err != nil || len(gaps) != 4 {
		t.Fatal(gaps, err)
	}
	for i, g := range gaps {
		if r := &table.Rows[i]; g.Code != r.Code || math.Abs(g.AreaM2-r.UncoveredM2(0)) > 1 || len(g.Shape) == 0 || g.Hexagons == 0 {
			t.Errorf("%s: gap of %.1f m², %.1f uncovered, %d hexagons", g.Code, g.AreaM2, r.UncoveredM2(0), g.Hexagons)
		}
	}
	one, err := b.Gaps(t.Context(), q, 300, "community", "370281001001")
	if err != nil || len(one) != 1 || one[0].AreaM2 != gaps[0].AreaM2 {
		t.Errorf("within one community: %+v, %v", one, err)
	}
}

// TestGridOutsideTheCity: of a grid that lies on no hexagons nobody knows how far it is from anything: it is neither covered nor a gap.
func TestGridOutsideTheCity(t *testing.T) {
	c := newTestCity(4).with(toilet, 1, atM(200, 210), openToilet())
	rows, shape := c.net.Rows(), square(5000, 0, 5200, 200)
	stray := grid.Grid{ID: 99, Scheme: grid.UnitScheme, Code: "370281002001099", Region: "370281002001", Shape: shape, AreaM2: geo.AreaMultiM2(shape)}
	c.net = grid.NewNet(rows.Kinds, rows.Regions, rows.Schemes, append(slices.Clone(rows.Grids), stray))
	table := tableOf(t, boardOf(t, c), Question{Service: toilet}, []uint32{300}, "grid:unit")
	i := slices.IndexFunc(table.Rows, func(r Row) bool { return r.Code == stray.Code })
	if r := table.Rows[i]; math.Abs(r.NoNetworkM2-stray.AreaM2) > 1 || r.UncoveredM2(0) > 1 || r.CoveredM2[0] != 0 {
		t.Errorf("%+v", r)
	}
}

// TestFacilities: what facilities cover adds up to what is covered; one far from every street covers nothing and is told.
func TestFacilities(t *testing.T) {
	c := newTestCity(12).withToilets(3, 12, rand.New(rand.NewPCG(1, 2))).with(toilet, 7, atM(-900, 0), openToilet())
	closed := openToilet()
	closed["status"] = "closed"
	b := boardOf(t, c.with(toilet, 8, atM(300, 300), closed))
	q := Question{Service: toilet, Res: usualRes}
	list, err := b.Facilities(t.Context(), q, 500)
	if err != nil || len(list) != 5 {
		t.Fatal(list, err)
	}
	sum := 0.0
	for _, f := range list {
		sum += f.AreaM2
		if idle := f.ID >= 7; idle != (f.Hexagons == 0) || f.Usable == (f.ID == 8) || f.OnNetwork == (f.ID == 7) {
			t.Errorf("%+v", f)
		}
	}
	table := tableOf(t, b, q, []uint32{500}, "county")
	if math.Abs(sum-table.Total.CoveredM2[0]) > 2 || table.Method.FacilitiesOffNetwork != 1 || table.Method.Facilities != 4 {
		t.Errorf("facilities cover %.1f m², the table %+v", sum, table)
	}
}
