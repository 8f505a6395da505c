package city_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"wangge/fixtures/pgtest"
	"wangge/layers/city"
)

// rowsRead is what Each gives of a layer, as text by id.
func rowsRead(t *testing.T, v *city.View, layer string, fields []string) map[int64]string {
	t.Helper()
	out := map[int64]string{}
	if err := v.Each(layer, fields, func(id int64, shape orb.Geometry, values []any) bool {
		if _, twice := out[id]; twice {
			t.Errorf("%s %d comes twice", layer, id)
		}
		out[id] = fmt.Sprint(shape, values)
		return true
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestChangedMissesNothing: what Changed lists is all that Each gives otherwise, after every batch of random edits, whether blocks were
// appended, folded or packed anew meanwhile.
func TestChangedMissesNothing(t *testing.T) {
	pool := pgtest.DB(t)
	someCity(t, pool, 41)
	c := follow(t, city.Config{Pool: pool, Log: quiet()})
	touch := `UPDATE setting SET value = value WHERE key = 'city'`
	fields := map[string][]string{"public_toilet": {"name", "status", "grade"}, "road": {"class", "walkable", "width_m"}, "barrier_free_ramp": {"slope", "compliance"}, "ground": {"kind"}}
	before := at(t, c, write(t, pool, touch))
	e, told := editor{rand.New(rand.NewPCG(42, 1))}, 0
	for range 25 {
		if err := e.transaction(t.Context(), pool); err != nil {
			t.Fatal(err)
		}
		after := at(t, c, write(t, pool, `UPDATE road SET walkable = NOT walkable WHERE id % 50 = 3`, touch))
		for layer, names := range fields {
			was, is := rowsRead(t, before, layer, names), rowsRead(t, after, layer, names)
			ids, all := after.Changed(before, layer)
			if all {
				t.Errorf("%s: it cannot tell after a few edits", layer)
			}
			told += len(ids)
			for id := range is {
				if was[id] != is[id] && !slices.Contains(ids, id) {
					t.Errorf("%s %d is %s, was %s, and is not told", layer, id, is[id], was[id])
				}
			}
			for id := range was {
				if _, there := is[id]; !there && !slices.Contains(ids, id) {
					t.Errorf("%s %d has gone and is not told", layer, id)
				}
			}
			for _, id := range ids {
				shape, values, found := after.Find(layer, id, names)
				if text, there := is[id]; found != there || found && fmt.Sprint(shape, values) != text {
					t.Errorf("%s %d: Find gives %v %v, Each %s", layer, id, shape, values, text)
				}
			}
		}
		before = after
	}
	if told == 0 {
		t.Error("nothing was ever told")
	}
	if ids, all := before.Changed(before, "road"); all || len(ids) > 0 {
		t.Errorf("a view differs from itself: %v %v", ids, all)
	}
	if _, all := before.Changed(nil, "road"); !all {
		t.Error("nothing differs from nothing")
	}
}

func TestEachRefuses(t *testing.T) {
	pool := pgtest.DB(t)
	c := follow(t, city.Config{Pool: pool, Log: quiet()})
	v, err := c.View()
	if err != nil {
		t.Fatal(err)
	}
	all := func(int64, orb.Geometry, []any) bool { return true }
	if err := v.Each("sea", nil, all); !errors.Is(err, city.ErrNoLayer) {
		t.Errorf("no such layer: %v", err)
	}
	for _, field := range []string{"depth", "note", "source_key"} {
		if err := v.Each("road", []string{field}, all); !errors.Is(err, city.ErrNoField) {
			t.Errorf("%s: %v", field, err)
		}
	}
	if _, _, found := v.Find("road", 1, []string{"class"}); found {
		t.Error("a road in an empty city")
	}
}
