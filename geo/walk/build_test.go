package walk_test

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"wangge/geo/walk"
)

// metre is a metre eastwards at the equator, where the tests below are: 1e-5 degrees are 1.113 m there.
const metre = 1 / 111319.49

func line(xy ...float64) orb.LineString {
	l := make(orb.LineString, 0, len(xy)/2)
	for i := 0; i < len(xy); i += 2 {
		l = append(l, orb.Point{xy[i] * metre, xy[i+1] * metre})
	}
	return l
}

func street(key int64, level int8, parts ...orb.LineString) walk.Street {
	return walk.Street{Key: key, Level: level, Shape: parts}
}

func build(t *testing.T, o walk.Options, streets ...walk.Street) *walk.Network {
	t.Helper()
	n, err := walk.Build(t.Context(), streets, nil, o)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// kinds counts findings.
func kinds(n *walk.Network) map[walk.Kind]int {
	count := map[walk.Kind]int{}
	for _, f := range n.Findings {
		count[f.Kind]++
	}
	return count
}

func TestNoding(t *testing.T) {
	cross := line(50, -50, 50, 50)
	for _, c := range []struct {
		name         string
		streets      []walk.Street
		nodes, edges int
		kinds        map[walk.Kind]int
	}{
		{"nothing", nil, 0, 0, nil},
		{"an empty street", []walk.Street{street(1, 0), street(2, 0, nil), street(3, 0, line(1, 1)), street(4, 0, line(1, 1, 1, 1))}, 0, 0, nil},
		{"positions that are no numbers", []walk.Street{street(1, 0, orb.LineString{{0, 0}, {math.NaN(), 1}, {math.Inf(1), 0}, {0.001, 0}})}, 2, 1, nil},
		{"a crossing on the ground", []walk.Street{street(1, 0, line(0, 0, 100, 0)), street(2, 0, cross)}, 5, 4, map[walk.Kind]int{walk.Crossed: 1}},
		{"a bridge", []walk.Street{street(1, 0, line(0, 0, 100, 0)), street(2, 1, cross)}, 4, 2, nil},
		{"a bridge with a vertex above one", []walk.Street{street(1, 0, line(0, 0, 50, 0, 100, 0)), street(2, 1, line(50, -50, 50, 0, 50, 50))}, 4, 2, nil},
		{"steps that end on a bridge", []walk.Street{street(1, 0, line(0, 0, 50, 0)), street(2, 1, line(50, -50, 50, 0, 50, 50))}, 4, 3, nil},
		{"two bridges that cross", []walk.Street{street(1, 2, line(0, 0, 100, 0)), street(2, 2, cross)}, 5, 4, map[walk.Kind]int{walk.Crossed: 1}},
		{"a vertex shared", []walk.Street{street(1, 0, line(0, 0, 50, 0, 100, 0)), street(2, 0, line(50, -50, 50, 0, 50, 50))}, 5, 4, nil},
		{"a closed street alone", []walk.Street{street(1, 0, line(0, 0, 50, 0, 50, 50, 0, 0))}, 1, 1, nil},
		{"a figure of eight", []walk.Street{street(1, 0, line(0, 0, 40, 40, 40, 0, 0, 40))}, 3, 3, map[walk.Kind]int{walk.Crossed: 1}},
		{"there and back", []walk.Street{street(1, 0, line(0, 0, 40, 0, 0, 0))}, 1, 1, nil},
		{"the same street twice", []walk.Street{street(1, 0, line(0, 0, 50, 0, 100, 0)), street(2, 0, line(100, 0, 50, 0, 0, 0))}, 3, 4, map[walk.Kind]int{walk.Repeats: 1}},
		{"a part of the same line", []walk.Street{street(1, 0, line(0, 0, 100, 0)), street(2, 0, line(30, 0, 60, 0))}, 4, 4, map[walk.Kind]int{walk.Repeats: 1}},
		{"two parts of one street", []walk.Street{street(1, 0, line(0, 0, 50, 0), line(50, 0, 100, 0))}, 3, 2, nil},
		{"a crossing at a hair's breadth from a vertex", []walk.Street{street(1, 0, line(0, 0, 50.005, 0, 100, 0)), street(2, 0, cross)}, 5, 4, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := build(t, walk.Options{JoinMM: 1000}, c.streets...)
			if len(n.At) != c.nodes || len(n.Edges) != c.edges {
				t.Errorf("%d nodes and %d edges, want %d and %d", len(n.At), len(n.Edges), c.nodes, c.edges)
			}
			want := c.kinds
			if want == nil {
				want = map[walk.Kind]int{}
			}
			if diff := cmp.Diff(want, kinds(n)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestJoining(t *testing.T) {
	road := street(1, 0, line(0, 0, 100, 0))
	for _, c := range []struct {
		name   string
		other  walk.Street
		parts  int    // connected parts
		joined int    // findings
		mm     uint32 // of the first
	}{
		{"short by 0.6 m", street(2, 0, line(50, 40, 50, 0.6)), 1, 1, 600},
		{"short by 1.2 m", street(2, 0, line(50, 40, 50, 1.2)), 2, 0, 0},
		{"short by a hair's breadth", street(2, 0, line(50, 40, 50, 0.01)), 1, 0, 0},
		{"too long by a hair's breadth", street(2, 0, line(50, 40, 50, -0.01)), 1, 0, 0},
		{"on it", street(2, 0, line(50, 40, 50, 0)), 1, 0, 0},
		{"short of its end", street(2, 0, line(100.8, 40, 100.8, 0)), 1, 1, 800},
		{"too long by 0.8 m", street(2, 0, line(50, 40, 50, -0.8)), 1, 0, 0},
		{"a stub of 0.8 m", street(2, 0, line(50, 0, 50, 0.8)), 1, 0, 0},
		{"the end of a bridge", street(2, 1, line(50, 40, 50, 0.6)), 1, 1, 600},
		{"an almost closed loop", street(2, 0, line(50, 0, 60, 30, 40, 30, 49.5, 0.3)), 1, 1, 300},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := build(t, walk.Options{JoinMM: 1000}, road, c.other)
			var joined []walk.Finding
			for _, f := range n.Findings {
				if f.Kind == walk.Joined {
					joined = append(joined, f)
				}
			}
			if len(joined) != c.joined || c.joined > 0 && (joined[0].MM+10 < c.mm || joined[0].MM > c.mm+10) {
				t.Errorf("joined %+v, want %d of %d mm", joined, c.joined, c.mm)
			}
			if got := connectedParts(n); got != c.parts {
				t.Errorf("%d parts, want %d", got, c.parts)
			}
		})
	}
	t.Run("the ground below a bridge", func(t *testing.T) {
		n := build(t, walk.Options{JoinMM: 1000}, street(1, 1, line(0, 0, 100, 0)), street(2, 0, line(50, 40, 50, 0.6)))
		if connectedParts(n) != 2 {
			t.Error("a street on the ground was joined to a bridge over its end")
		}
	})
	t.Run("two ends face to face", func(t *testing.T) {
		n := build(t, walk.Options{JoinMM: 1000}, street(1, 0, line(0, 0, 50, 0)), street(2, 0, line(50.7, 0, 100, 0)))
		if len(n.At) != 3 || len(n.Edges) != 2 || kinds(n)[walk.Joined] != 1 {
			t.Errorf("%d nodes, %d edges, %v", len(n.At), len(n.Edges), kinds(n))
		}
	})
}

// connectedParts counts the parts of a network.
func connectedParts(n *walk.Network) int {
	root := make([]uint32, len(n.At))
	for i := range root {
		root[i] = uint32(i)
	}
	find := func(v uint32) uint32 {
		for root[v] != v {
			v = root[v]
		}
		return v
	}
	parts := len(n.At)
	for _, e := range n.Edges {
		if a, b := find(e.U), find(e.V); a != b {
			root[a] = b
			parts--
		}
	}
	return parts
}

func TestIslands(t *testing.T) {
	var long orb.LineString
	var town []walk.Street
	for i := range 60 {
		long = append(long, orb.Point{float64(i) * 20 * metre, 0})
		town = append(town, street(int64(100+i), 0, line(float64(i)*20, 0, float64(i)*20, 15)))
	}
	town = append(town, street(1, 0, long), street(2, 0, line(0, 100, 50, 100)), street(3, 0, line(50, 100, 80, 130)))
	n := build(t, walk.DefaultOptions(), town...)
	g := n.Graph(walk.Profile{ID: "walk"})
	if s, ok := g.Snap(orb.Point{20 * metre, 99 * metre}, walk.SnapLimitMM); !ok || n.Streets[n.Edges[s.Edge].Street].Key == 2 {
		t.Errorf("snapped to %+v, %v: an island", s, ok)
	}
	var island []walk.Finding
	for _, f := range n.Findings {
		if f.Kind == walk.Island {
			island = append(island, f)
		}
	}
	if len(island) != 1 || island[0].Nodes != 3 || !cmp.Equal(island[0].Streets, []int64{2, 3}) || len(island[0].Shape.(orb.MultiLineString)) != 2 {
		t.Errorf("islands are %+v", island)
	}

	small := build(t, walk.DefaultOptions(), street(2, 0, line(0, 100, 50, 100)), street(3, 0, line(50, 100, 80, 130)), street(4, 0, line(0, 0, 500, 0)))
	if _, ok := small.Graph(walk.Profile{}).Snap(orb.Point{0, 100 * metre}, walk.SnapLimitMM); !ok {
		t.Error("a network without a part of forty nodes has lost its largest part")
	}
	if s, ok := small.Graph(walk.Profile{}).Snap(orb.Point{400 * metre, 1 * metre}, walk.SnapLimitMM); ok {
		t.Errorf("snapped to %+v, which is an island beside the largest part", s)
	}
}

// TestIslandsOfAProfile takes the steps away that connect a hill to its town.
func TestIslandsOfAProfile(t *testing.T) {
	steps := street(3, 0, line(0, 0, 0, 50))
	steps.Traits = walk.Steps
	n := build(t, walk.Options{IslandNodes: 3}, street(1, 0, line(0, 0, 100, 0)), street(2, 0, line(100, 0, 100, -80, 0, -80)), street(5, 0, line(100, 0, 160, 0)),
		steps, street(4, 0, line(0, 50, 100, 50)))
	hill := orb.Point{50 * metre, 49 * metre}
	if s, _ := n.Graph(walk.Profile{}).Snap(hill, walk.SnapLimitMM); s.Edge == walk.None || n.Streets[n.Edges[s.Edge].Street].Key != 4 {
		t.Errorf("on foot snapped to %+v", s)
	}
	if s, _ := n.Graph(walk.Profile{Without: walk.Steps}).Snap(hill, walk.SnapLimitMM); s.Edge == walk.None || n.Streets[n.Edges[s.Edge].Street].Key != 1 {
		t.Errorf("without steps snapped to %+v, want the street below", s)
	}
}

func TestBuildEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := walk.Build(ctx, nil, nil, walk.DefaultOptions()); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
}

// TestTangled has streets that cross each other 160,000 times: that is refused instead of filling the memory.
func TestTangled(t *testing.T) {
	var streets []walk.Street
	for i := range 400 {
		at := float64(i) * 0.4
		streets = append(streets, street(int64(2*i), 0, line(at, -5, at, 165)), street(int64(2*i+1), 0, line(-5, at, 165, at)))
	}
	if _, err := walk.Build(t.Context(), streets, nil, walk.Options{}); !errors.Is(err, walk.ErrTangled) {
		t.Errorf("err = %v", err)
	}
}
