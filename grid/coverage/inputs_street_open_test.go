package coverage

import (
	"testing"

	"github.com/paulmach/orb"

	"wangge/geo"
)

// TestOpenedStreetsJoin: the ends of a street that a scenario opens are led on to the nearest street within 25 m, and no farther.
func TestOpenedStreetsJoin(t *testing.T) {
	c := newTestCity(6)
	walled := c.with(groundLayer, 1, orb.LineString{atM(110, 130), atM(110, 170)}, map[string]any{"kind": "barrier"})
	over := road("天桥")
	over["level"] = int64(1)
	bridged := c.with(roads, 900, orb.LineString{atM(150, 101), atM(150, 199)}, over)
	for name, test := range map[string]struct {
		city         *testCity
		from, to     orb.Point
		before, then *orb.Point // where the line is led on to at its two ends
		usable       bool
	}{
		"both ends":                  {c, atM(120, 150), atM(180, 150), placeAt(100, 150), placeAt(200, 150), true},
		"to the nearest":             {c, atM(115, 180), atM(150, 150), placeAt(100, 180), nil, true},
		"too far":                    {c, atM(126, 150), atM(174, 150), nil, nil, false},
		"to within a metre":          {c, atM(100.6, 150), atM(150, 150), nil, nil, true},
		"met just before the end":    {c, atM(150, 150), atM(220, 155), nil, nil, true},
		"met well before the end":    {c, atM(190, 150), atM(280, 155), nil, placeAt(300, 155), true},
		"behind a wall":              {walled, atM(120, 150), atM(180, 150), nil, placeAt(200, 150), true},
		"a bridge is not on the way": {bridged, atM(140, 150), atM(130, 150), nil, nil, false},
	} {
		b := withOf(t, boardOf(t, test.city), Change{Op: OpOpenStreet, Line: orb.LineString{test.from, test.to}})
		want := orb.LineString{test.from, test.to}
		if test.before != nil {
			want = append(orb.LineString{*test.before}, want...)
		}
		if test.then != nil {
			want = append(want, *test.then)
		}
		if got := openedLine(t, b, -1); !alikeLines(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
		if usable := len(usableOf(t, b, -1)) > 0; usable != test.usable {
			t.Errorf("%s: part of the network: %v, want %v", name, usable, test.usable)
		}
	}
}

// TestOpenedStreetsJoinEachOther: a street that is opened later joins one that was opened before.
func TestOpenedStreetsJoinEachOther(t *testing.T) {
	b := boardOf(t, newTestCity(6))
	both := withOf(t, b, Change{Op: OpOpenStreet, Line: orb.LineString{atM(120, 140), atM(180, 140)}}, Change{Op: OpOpenStreet, Line: orb.LineString{atM(150, 150), atM(150, 160)}})
	if got, want := openedLine(t, both, -2), (orb.LineString{atM(150, 140), atM(150, 150), atM(150, 160)}); !alikeLines(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if len(usableOf(t, both, -1)) != 2 || len(usableOf(t, both, -2)) != 1 {
		t.Errorf("%v and %v", usableOf(t, both, -1), usableOf(t, both, -2))
	}
}

// openedLine is the line of an opened street as it is in the network.
func openedLine(t *testing.T, b *Board, key int64) orb.LineString {
	t.Helper()
	s, err := b.streets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range s.lines {
		if line.Key == key {
			return line.Shape[0]
		}
	}
	t.Fatalf("no street %d", key)
	return nil
}

// usableOf is the edges of a street that one can walk along.
func usableOf(t *testing.T, b *Board, key int64) (edges []uint32) {
	t.Helper()
	g, err := b.Network(t.Context(), walkProfileID)
	if err != nil {
		t.Fatal(err)
	}
	for e := range g.Net.Edges {
		if g.Usable(uint32(e)) && g.Net.Streets[g.Net.Edges[e].Street].Key == key {
			edges = append(edges, uint32(e))
		}
	}
	return edges
}

// alikeLines tells whether two lines have the same positions, give or take a decimetre: what is a right angle in degrees is none on the ground.
func alikeLines(a, b orb.LineString) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if geo.DistanceM(a[i], b[i]) > 0.1 {
			return false
		}
	}
	return true
}
