package coverage

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"wangge/fixtures/osmref"
	"wangge/geo"
	"wangge/grid"
)

// porto is a real city of 92,000 edges: its streets, 300 toilets near them, one county.
func porto(t testing.TB) (*testCity, []orb.Point) {
	t.Helper()
	c := &testCity{revision: 1, features: map[string]map[int64]testFeature{roads: {}, toilet: {}}, roster: grid.NewRoster(grid.RosterRows{}, nil)}
	var corners []orb.Point
	bound := orb.Bound{Min: orb.Point{180, 90}, Max: orb.Point{-180, -90}}
	for i, s := range osmref.Streets(t, osmref.Porto) {
		f := road("rua")
		f["level"] = int64(s.Level)
		c.features[roads][int64(i+1)] = testFeature{s.Shape, f}
		for _, l := range s.Shape {
			corners = append(corners, l...)
		}
		bound = bound.Union(s.Shape.Bound())
	}
	r := rand.New(rand.NewPCG(9, 9))
	for i := range 300 {
		p := corners[r.IntN(len(corners))]
		c.features[toilet][int64(i+1)] = testFeature{orb.Point{p[0] + (r.Float64()-0.5)*0.0008, p[1] + (r.Float64()-0.5)*0.0007}, openToilet()}
	}
	shape := orb.MultiPolygon{bound.ToPolygon()}
	c.net = grid.NewNet([]grid.RegionKind{{ID: "county", Title: "区县", Level: 3, Division: true}},
		[]grid.Region{{ID: 1, Code: "990001", Name: "Porto", Kind: "county", Shape: shape, AreaM2: geo.AreaMultiM2(shape)}}, nil, nil)
	return c, corners
}

// BenchmarkSitePorto is siting end to end on a warm board: coverage sets of R = 500 m, choice, exchange, certificate.
func BenchmarkSitePorto(b *testing.B) {
	city, corners := porto(b)
	board := boardOf(b, city)
	for _, at := range []struct{ res, candidates int }{{10, 5000}, {11, 5000}, {11, 20_000}} {
		q := SitingQuestion{Question: Question{Service: toilet, Res: at.res}, RadiusM: 500, K: 10, Candidates: Candidates{Kind: PointCandidates}}
		r := rand.New(rand.NewPCG(2, 2))
		for range at.candidates {
			q.Candidates.Points = append(q.Candidates.Points, CandidatePoint{At: corners[r.IntN(len(corners))]})
		}
		s := sited(b, board, q)
		b.Run(fmt.Sprintf("res=%d/candidates=%d", at.res, at.candidates), func(b *testing.B) {
			for b.Loop() {
				s = sited(b, board, q)
			}
			b.ReportMetric(s.Gap*100, "gap%")
			b.ReportMetric(float64(s.Method.Hexagons), "hexagons")
		})
	}
}
