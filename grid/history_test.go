package grid

import (
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestAt: grids come, move and go; each day has its own net.
func TestAt(t *testing.T) {
	const first, second, third = Day(100), Day(200), Day(300)
	n := Rows{
		Kinds:   kinds,
		Regions: []Region{{ID: 1, Code: "1", Kind: "county", Shape: square(120, 36, 2), Term: Term{To: second}}, {ID: 2, Code: "2", Kind: "county", Shape: square(120, 36, 2), Term: Term{From: second}}},
		Schemes: []Scheme{{Code: UnitScheme, Exclusive: true}},
		Grids: []Grid{
			{ID: 1, Scheme: UnitScheme, Code: "a", Shape: square(120, 36, 1), Term: Term{From: first, To: third}},
			{ID: 2, Scheme: UnitScheme, Code: "b", Shape: square(121, 36, 1), Term: Term{From: first}},
			{ID: 3, Scheme: UnitScheme, Code: "c", Shape: square(120, 36, 1), Term: Term{From: third}},
			{ID: 4, Scheme: UnitScheme, Code: "d", Shape: square(120, 36, 1), Term: Term{From: second, To: second}}, // made and retired within a day
		},
		Past: []Past{{ID: 1, Grid: 2, Region: "x", AreaM2: 7, Shape: square(120.5, 36.5, 1), Term: Term{From: first, To: second}}},
	}.Net()
	codes := func(n *Net, lon, lat float64) (out []string) {
		for _, r := range n.Locate(lon, lat).Regions {
			out = append(out, r.Code)
		}
		for _, g := range n.Locate(lon, lat).Grids {
			out = append(out, g.Code)
		}
		return out
	}
	for _, c := range []struct {
		day      Day
		lon, lat float64
		want     []string
	}{
		{first - 1, 120.2, 36.2, []string{"1"}},
		{first, 120.2, 36.2, []string{"1", "a"}},
		{first, 121.4, 37.4, []string{"1", "b"}},
		{first, 121.9, 36.2, []string{"1"}},
		{second, 121.9, 36.2, []string{"2", "b"}},
		{second, 121.4, 37.4, []string{"2"}},
		{third - 1, 120.2, 36.2, []string{"2", "a"}},
		{third, 120.2, 36.2, []string{"2", "c"}},
		{third + 1000, 120.2, 36.2, []string{"2", "c"}},
	} {
		if diff := cmp.Diff(c.want, codes(n.At(c.day), c.lon, c.lat)); diff != "" {
			t.Errorf("%v at %v, %v: %s", c.day, c.lon, c.lat, diff)
		}
	}
	if n.At(third) != n || n.At(first).At(third) != n || n.At(first) != n.At(first+1) || n.At(first) == n.At(second) {
		t.Error("nets are not those of their time")
	}
	if g := n.At(first).Grid(UnitScheme, "b"); g.Region != "x" || g.AreaM2 != 7 {
		t.Errorf("the former shape: %+v", g)
	}
	if g := n.Former(UnitScheme, "a"); g == nil || g.ID != 1 || n.Ever(1) != g || n.GridByID(1) != nil || n.Former(UnitScheme, "z") != nil {
		t.Errorf("a former grid: %+v", g)
	}
}

// TestAtTogether: many ask for many days at once; what is kept stays bounded and every answer is right.
func TestAtTogether(t *testing.T) {
	var grids []Grid
	for i := range 40 {
		grids = append(grids, Grid{ID: int64(i + 1), Scheme: UnitScheme, Code: string(rune('A' + i)), Shape: square(120, 36, 1), Term: Term{From: Day(i + 1), To: Day(i + 2)}})
	}
	n := NewNet(kinds, nil, []Scheme{{Code: UnitScheme}}, grids)
	var wait sync.WaitGroup
	for seed := range uint64(8) {
		wait.Go(func() {
			r := rand.New(rand.NewPCG(seed, 1))
			for range 200 {
				day := Day(1 + r.IntN(40))
				if all := n.At(day).Grids(""); len(all) != 1 || all[0].ID != int64(day) {
					t.Errorf("on day %d: %v", day, all)
				}
			}
		})
	}
	wait.Wait()
	if len(n.past.kept) > keptDays || len(n.past.asked) != len(n.past.kept) {
		t.Errorf("%d nets are kept, %d in order", len(n.past.kept), len(n.past.asked))
	}
}

// TestMembers: what is made of what, both ways.
func TestMembers(t *testing.T) {
	n := NewNet(kinds, nil, []Scheme{{Code: UnitScheme}, {Code: "duty"}}, []Grid{
		{ID: 1, Scheme: UnitScheme, Code: "b", Shape: square(120, 36, 1)}, {ID: 2, Scheme: UnitScheme, Code: "a", Shape: square(121, 36, 1)},
		{ID: 3, Scheme: "duty", Code: "x", Shape: square(120, 36, 1), Members: []int64{1, 2, 99}},
	})
	members := n.Members(n.Grid("duty", "x"))
	if len(members) != 2 || members[0].Code != "a" || len(n.MadeInto(2)) != 1 || n.MadeInto(2)[0].ID != 3 || len(n.MadeInto(3)) != 0 {
		t.Errorf("members %v", members)
	}
	if near := n.Near(UnitScheme, square(120.2, 36.2, 0.1).Bound()); len(near) != 1 || near[0].Code != "b" {
		t.Errorf("near %v", near)
	}
}
