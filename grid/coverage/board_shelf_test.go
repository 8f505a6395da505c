package coverage

import (
	"context"
	"testing"

	"github.com/paulmach/orb"
)

// TestShelfForgets: what nobody has asked many boards for is not carried on, what somebody asks for now and then is.
func TestShelfForgets(t *testing.T) {
	const stale = 3
	s := &shelf[string, int]{stale: stale}
	made := map[string]int{}
	ask := func(key string) {
		_, err := s.get(t.Context(), key, func(_ context.Context, before int, had bool) (int, error) {
			if !had {
				made[key]++
			}
			return before + 1, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	ask("once")
	ask("often")
	for range 2 * stale {
		s = s.heir()
		s = s.heir()
		ask("often")
	}
	if n := len(s.before); n != 0 {
		t.Errorf("%d values of earlier boards are kept", n)
	}
	if ask("once"); made["once"] != 2 || made["often"] != 1 {
		t.Errorf("made from nothing: %v, want once 2, often 1", made)
	}
}

// TestScenariosKept: a scenario on top of another is that of all their changes, and a state of the city keeps few, fewest of those with streets of their own.
func TestScenariosKept(t *testing.T) {
	b := boardOf(t, newTestCity(4).with(toilet, 1, atM(100, 110), openToilet()))
	add, move := Change{Op: OpAdd, Service: toilet, At: placeAt(300, 300)}, Change{Op: OpMove, Service: toilet, ID: 1, At: placeAt(200, 210)}
	if withOf(t, withOf(t, b, add), move) != withOf(t, b, add, move) {
		t.Error("the same changes one after the other and at once are two boards")
	}
	for i := range 3 * mostPlans {
		east := float64(i + 1)
		top := withOf(t, withOf(t, b, add), Change{Op: OpMove, Service: toilet, ID: -1, At: placeAt(east, 300)})
		withOf(t, top, Change{Op: OpOpenStreet, Line: orb.LineString{atM(east, 50), atM(350, 350)}})
	}
	if n, m := len(b.plans.facilities.books), len(b.plans.streets.books); n > mostPlans || m > mostStreetPlans {
		t.Errorf("%d scenarios are kept, and %d with streets of their own", n, m)
	}
}
