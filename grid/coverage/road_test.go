package coverage

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/geo/walk"
	"wangge/grid"
)

// sampled is covered metres of street by area, found by asking at every metre.
func sampled(t *testing.T, b *Board, q Question, by string, radiusM uint32) (covered, total []float64) {
	t.Helper()
	a, err := b.complete(q, "")
	if err != nil {
		t.Fatal(err)
	}
	f, err := b.field(t.Context(), a, []uint32{radiusM})
	if err != nil {
		t.Fatal(err)
	}
	g, err := b.Network(t.Context(), a.Profile)
	if err != nil {
		t.Fatal(err)
	}
	areas, err := b.Areas(t.Context(), a.Res, by)
	if err != nil {
		t.Fatal(err)
	}
	where := newPlacer(areas.List, exclusive(b.city.Net(), by))
	covered, total = make([]float64, len(areas.List)), make([]float64, len(areas.List))
	f.with(func(r reach) {
		for e := range g.Net.Edges {
			if !g.Usable(uint32(e)) {
				continue
			}
			mm := g.Net.Edges[e].MM
			steps := max(1, int(mm)/mmPerM)
			each := float64(mm) / float64(steps) / mmPerM
			for i := range steps {
				s := walk.Spot{Edge: uint32(e), OffMM: uint32((float64(i) + 0.5) * float64(mm) / float64(steps))}
				p := g.Point(s)
				in := covers(r, f, s, p, radiusM*mmPerM)
				for _, area := range where.in(nil, p) {
					total[area] += each
					if in {
						covered[area] += each
					}
				}
			}
		}
	})
	return covered, total
}

// covers tells whether a position of a street is within a radius, without any interval.
func covers(r reach, f *field, s walk.Spot, p orb.Point, radiusMM uint32) bool {
	if w, ok := r.(*walkReach); ok {
		mm, _ := w.tree.At(s)
		return mm <= radiusMM
	}
	for _, x := range f.chosen.counting() {
		if geo.DistanceM(p, x.At)*mmPerM <= float64(radiusMM) {
			return true
		}
	}
	return false
}

// TestRoadLengths holds covered street lengths against samples a metre apart: within 0.1 % in all, and a few metres in every area.
func TestRoadLengths(t *testing.T) {
	const blocks = 9
	for _, mode := range []Mode{Walk, Straight} {
		for _, radius := range []uint32{60, 300, 800} {
			b := boardOf(t, randomCity(blocks, rand.New(rand.NewPCG(uint64(radius), 1))))
			for _, by := range []string{"community", "zone", "grid:unit"} {
				q := Question{Service: toilet, Mode: mode, Res: 10}
				table := tableOf(t, b, q, []uint32{radius}, by)
				covered, total := sampled(t, b, q, by, radius)
				var got, want, all float64
				for i, r := range table.Rows {
					if math.Abs(r.RoadM.Covered[0]-covered[i]) > 20 || math.Abs(r.RoadM.Total-total[i]) > 20 {
						t.Errorf("%s %d m, %s: %.1f of %.1f m, sampled %.1f of %.1f", mode, radius, r.Code, r.RoadM.Covered[0], r.RoadM.Total, covered[i], total[i])
					}
					got, want, all = got+r.RoadM.Covered[0], want+covered[i], all+total[i]
				}
				if math.Abs(got-want) > 0.001*all {
					t.Errorf("%s %d m by %s: %.1f m, sampled %.1f of %.1f", mode, radius, by, got, want, all)
				}
			}
		}
	}
}

// TestCrowStretches holds the stretches of every edge, to the last millimetre, against those of all circles cut one by one.
func TestCrowStretches(t *testing.T) {
	radiiMM := []uint32{40_000, 300_000, 800_000, 2_500_000}
	for seed := range uint64(4) {
		b := boardOf(t, randomCity(9, rand.New(rand.NewPCG(seed, 8))))
		a, err := b.complete(Question{Service: toilet, Mode: Straight, Res: 10}, "")
		if err != nil {
			t.Fatal(err)
		}
		f, err := b.field(t.Context(), a, []uint32{2500})
		if err != nil {
			t.Fatal(err)
		}
		f.with(func(r reach) {
			s, got, want := r.(*straightReach), new(room), new(room)
			for e := range s.streets.of {
				if s.streets.of[e].block == walk.None {
					continue
				}
				s.cutAll(uint32(e), f.chosen.counting(), radiiMM, want)
				some := s.cover(uint32(e), radiiMM, got)
				for k := range radiiMM {
					if !some {
						got.whole[k], got.spans[k] = false, nil
					} else if got.whole[k] {
						got.spans[k] = []span{{0, s.streets.of[e].mm}}
					}
					if got.whole[k] != want.whole[k] || !slices.Equal(got.spans[k], want.spans[k]) {
						t.Errorf("city %d, edge %d at %d mm: %v, cut one by one %v", seed, e, radiiMM[k], got.spans[k], want.spans[k])
					}
				}
			}
		})
	}
}

// cutAll is cover without any guess.
func (s *straightReach) cutAll(edge uint32, sites []*seat, radiiMM []uint32, r *room) {
	e := &s.streets.of[edge]
	r.plane = s.blocks.plane(e.block)
	for k, radiusMM := range radiiMM {
		r.spans[k] = r.spans[k][:0]
		for _, at := range sites {
			r.spans[k] = r.appendInside(r.spans[k], s.streets.graph.Net.Line(edge), e, at.At, float64(radiusMM)/mmPerM)
		}
		r.settle(k, e.mm)
	}
}

// TestExclusiveRoads: a street on the border of two areas belongs to one of them.
func TestExclusiveRoads(t *testing.T) {
	b := boardOf(t, newTestCity(8).withToilets(3, 8, rand.New(rand.NewPCG(1, 1))))
	for _, by := range []string{"county", "street", "community", "grid:" + grid.UnitScheme} {
		table := tableOf(t, b, Question{Service: toilet, Res: 10}, usualRadii, by)
		const streetsM = 18 * 800 * 0.9989 // on the ellipsoid
		if math.Abs(table.Total.RoadM.Total-streetsM) > 0.001*streetsM {
			t.Errorf("%s: %.1f m of streets, want %.1f", by, table.Total.RoadM.Total, streetsM)
		}
	}
}
