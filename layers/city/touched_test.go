package city_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"wangge/fixtures/pgtest"
	"wangge/layers/city"
)

// changes follows a city and hands on what it tells after the first load.
func changes(t *testing.T, cfg city.Config) (*city.City, <-chan city.Change) {
	t.Helper()
	told := make(chan city.Change, 100)
	cfg.Changed = func(c city.Change) { told <- c }
	c := follow(t, cfg)
	if first := next(t, told); !first.All || first.View == nil {
		t.Errorf("the first load tells %+v", first)
	}
	return c, told
}

func next(t *testing.T, told <-chan city.Change) city.Change {
	t.Helper()
	select {
	case c := <-told:
		return c
	case <-time.After(20 * time.Second):
		t.Fatal("no change is told")
		return city.Change{}
	}
}

func holds(boxes []orb.Bound, p orb.Point) bool {
	return slices.ContainsFunc(boxes, func(b orb.Bound) bool { return b.Pad(1e-7).Contains(p) })
}

func touchedLayers(c city.Change) []string { return slices.Sorted(maps.Keys(c.Layers)) }

func TestChangesAreToldWhereTheyAre(t *testing.T) {
	pool := pgtest.DB(t)
	write(t, pool, dutySQL,
		`INSERT INTO public_toilet (id, geom) VALUES (7, 'SRID=4490;POINT(120.0 36.27)')`,
		`INSERT INTO road (id, class, geom) VALUES (1, 'branch', 'SRID=4490;LINESTRING(120 36.27, 120.01 36.27)')`,
		`INSERT INTO grid (id, scheme, code, geom) VALUES (1, 'unit', '370281001001001', ST_MakeEnvelope(120, 36.27, 120.001, 36.271, 4490))`)
	_, told := changes(t, city.Config{Pool: pool, Log: quiet(), Models: map[string]city.Model{"departments": loaded{make(chan struct{}, 100)}}})

	r := write(t, pool, `UPDATE public_toilet SET geom = 'SRID=4490;POINT(120.05 36.30)' WHERE id = 7`)
	c := next(t, told)
	if c.All || !c.View.Sees(r) || !cmp.Equal(touchedLayers(c), []string{"public_toilet"}) {
		t.Fatalf("a toilet that moves: all %v, layers %v", c.All, c.Layers)
	}
	boxes := c.Layers["public_toilet"]
	if len(boxes) != 2 || !holds(boxes, orb.Point{120, 36.27}) || !holds(boxes, orb.Point{120.05, 36.30}) || holds(boxes, orb.Point{120.03, 36.29}) {
		t.Errorf("a toilet that moves far: %v", boxes)
	}

	write(t, pool, `DELETE FROM public_toilet`, `INSERT INTO road (id, class, geom) VALUES (2, 'branch', 'SRID=4490;LINESTRING(120.2 36.2, 120.21 36.2)')`)
	c = next(t, told)
	if c.All || !holds(c.Layers["public_toilet"], orb.Point{120.05, 36.30}) || !holds(c.Layers["road"], orb.Point{120.205, 36.2}) ||
		holds(c.Layers["road"], orb.Point{120, 36.27}) || len(c.Layers) != 2 {
		t.Errorf("one goes, one comes: %+v", c.Layers)
	}

	write(t, pool, `UPDATE grid SET scheme = 'duty' WHERE id = 1`)
	c = next(t, told)
	if !cmp.Equal(touchedLayers(c), []string{"grid_duty", "unit_grid"}) || !holds(c.Layers["unit_grid"], orb.Point{120, 36.27}) || !holds(c.Layers["grid_duty"], orb.Point{120, 36.27}) {
		t.Errorf("a grid that goes over to another net: %v", c.Layers)
	}

	write(t, pool, `TRUNCATE road, feature_grid`)
	c = next(t, told)
	if boxes, touched := c.Layers["road"]; c.All || !touched || len(boxes) > 0 {
		t.Errorf("a table that is emptied: all %v, layers %v", c.All, c.Layers)
	}

	for _, s := range []struct {
		sql string
		all bool
	}{
		{`UPDATE setting SET value = value WHERE key = 'city'`, false},
		{`INSERT INTO setting (key, value) VALUES ('colour', '"red"')`, true},
		{`UPDATE grid_scheme SET title = '新网格' WHERE code = 'duty'`, true},
		{`INSERT INTO department (code, name, kind) VALUES ('D1', 'x', 'other')`, false},
	} {
		write(t, pool, s.sql)
		if c := next(t, told); c.All != s.all || !s.all && len(c.Layers) > 0 {
			t.Errorf("%s: all %v, layers %v", s.sql, c.All, c.Layers)
		}
	}
}

// TestChangesOfManyFeatures: thousands of features are told in a few boxes, more are all of the layer.
func TestChangesOfManyFeatures(t *testing.T) {
	pool := pgtest.DB(t)
	_, told := changes(t, city.Config{Pool: pool, Log: quiet()})
	const scatter = `INSERT INTO public_toilet (id, geom) SELECT i, ST_SetSRID(ST_Point(120 + 0.5 * (i %% 3) + 0.0001 * (i %% 7), 36.2 + 0.00001 * i), 4490) FROM generate_series(%d, %d) i`
	write(t, pool, fmt.Sprintf(scatter, 1, 5000))
	boxes := next(t, told).Layers["public_toilet"]
	for i := range 5000 {
		p := orb.Point{120 + 0.5*float64((i+1)%3) + 0.0001*float64((i+1)%7), 36.2 + 0.00001*float64(i+1)}
		if !holds(boxes, p) {
			t.Fatalf("%v is in no box", p)
		}
	}
	if len(boxes) < 3 || len(boxes) > 32 || holds(boxes, orb.Point{120.25, 36.22}) {
		t.Errorf("%d boxes: %v", len(boxes), boxes)
	}
	write(t, pool, fmt.Sprintf(scatter, 5001, 30_001))
	if boxes, touched := next(t, told).Layers["public_toilet"]; !touched || len(boxes) > 0 {
		t.Errorf("an import: %d boxes", len(boxes))
	}
}

// TestMerge: what is touched in one of the changes is touched in the one that stands for them.
func TestMerge(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 8))
	for range 300 {
		var all []city.Change
		for range rnd.IntN(6) {
			c := city.Change{All: rnd.IntN(9) == 0, View: &city.View{}, Layers: map[string][]orb.Bound{}}
			for _, id := range []string{"road", "ground", "region"} {
				if rnd.IntN(2) == 0 {
					c.Layers[id] = randomBoxes(rnd)
				}
			}
			all = append(all, c)
		}
		got := city.Merge(all...)
		shuffled := slices.Clone(all)
		rnd.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if !cmp.Equal(got.Layers, city.Merge(shuffled...).Layers) {
			t.Fatal("the order matters")
		}
		layers := map[string]bool{}
		for i, c := range all {
			if c.All && !got.All || i == len(all)-1 && got.View != c.View {
				t.Fatal("all, or the view, is lost")
			}
			for id, boxes := range c.Layers {
				layers[id] = true
				merged, touched := got.Layers[id]
				if !touched || len(boxes) == 0 && len(merged) > 0 || len(merged) > 32 {
					t.Fatalf("%s: %v became %v", id, boxes, merged)
				}
				for _, b := range boxes {
					if len(merged) > 0 && !slices.ContainsFunc(merged, func(m orb.Bound) bool { return m.Contains(b.Min) && m.Contains(b.Max) }) {
						t.Fatalf("%s: %v is in none of %v", id, b, merged)
					}
				}
			}
		}
		if len(layers) != len(got.Layers) {
			t.Fatalf("layers %v became %v", layers, touchedLayers(got))
		}
	}
}

// randomBoxes are none, or up to a hundred, in clusters or all over the world.
func randomBoxes(rnd *rand.Rand) (out []orb.Bound) {
	spread := []float64{1e-6, 0.01, 80}[rnd.IntN(3)]
	for range rnd.IntN(3) * rnd.IntN(60) {
		p := orb.Point{120 + spread*(2*rnd.Float64()-1)*0.7, spread * (2*rnd.Float64() - 1)}
		out = append(out, orb.Bound{Min: p, Max: orb.Point{p[0] + spread*rnd.Float64()*0.01, p[1] + spread*rnd.Float64()*0.01}})
	}
	return out
}
