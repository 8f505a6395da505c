package walk_test

import (
	"testing"

	"github.com/paulmach/orb"

	"wangge/fixtures/osmref"
	"wangge/geo/walk"
)

// BenchmarkPorto measures what a city of 100,000 edges costs: the network, what a profile may use of it, 700,000 places of a lattice
// over it, and finding what changed.
func BenchmarkPorto(b *testing.B) {
	c := osmref.Read(b, osmref.Porto)
	n, err := walk.Build(b.Context(), c.Streets, c.Barriers, walk.DefaultOptions())
	if err != nil {
		b.Fatal(err)
	}
	b.Run("build", func(b *testing.B) {
		for b.Loop() {
			if _, err := walk.Build(b.Context(), c.Streets, c.Barriers, walk.DefaultOptions()); err != nil {
				b.Fatal(err)
			}
		}
	})
	g := n.Graph(walk.Profile{})
	b.Run("graph", func(b *testing.B) {
		for b.Loop() {
			n.Graph(walk.Profile{})
		}
	})
	const side = 840
	bound, out := orb.MultiPoint(n.At).Bound(), make([]walk.Spot, side*side)
	at := func(i int) orb.Point {
		x, y := float64(i%side)/side, float64(i/side)/side
		return orb.Point{bound.Min[0] + (bound.Max[0]-bound.Min[0])*x, bound.Min[1] + (bound.Max[1]-bound.Min[1])*y}
	}
	b.Run("snap", func(b *testing.B) {
		for b.Loop() {
			if err := g.SnapAll(b.Context(), at, len(out), out); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("same", func(b *testing.B) {
		for b.Loop() {
			n.Same(n)
		}
	})
}
