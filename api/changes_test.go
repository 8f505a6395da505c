package api

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"wangge/layers/city"
)

// remember puts a change into the memory without a city behind it.
func (c *Changes) remember(revision city.Revision, change city.Change) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.told++
	c.kept[c.told%keptChanges] = oneChange{revision, change}
	close(c.news)
	c.news = make(chan struct{})
}

func boxAt(lon, lat float64) orb.Bound { return orb.Point{lon, lat}.Bound() }

// hears reads the data of an event.
func hears(t *testing.T, data []byte) (e changeJSON) {
	t.Helper()
	if err := json.Unmarshal(data, &e); err != nil {
		t.Fatalf("%v in %s", err, data)
	}
	return e
}

// covers tells whether an event makes a listener look at a position of a layer.
func (o changeJSON) covers(layer string, p orb.Point) bool {
	boxes, touched := o.Layers[layer]
	return o.All || touched && (len(boxes) == 0 || slices.ContainsFunc(boxes, func(b [4]float64) bool {
		return b[0] <= p[0] && p[0] <= b[2] && b[1] <= p[1] && p[1] <= b[3]
	}))
}

// TestNothingIsMissed: whenever a listener asks, however far behind, and through however many cut-offs, what he is told covers
// everything told since.
func TestNothingIsMissed(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	layers := []string{"road", "ground", "public_toilet"}
	type touch struct {
		layer string
		at    orb.Point
	}
	type listener struct {
		place  uint64
		wanted map[string]bool
		owed   []touch
	}
	for range 20 {
		c := NewChanges()
		all := []*listener{{}, {}, {wanted: map[string]bool{"road": true}}, {place: nowhere}}
		for n := range 2000 {
			one := touch{layers[rnd.IntN(3)], orb.Point{120 + rnd.Float64(), 36 + rnd.Float64()}}
			c.remember(city.Revision(n), city.Change{Layers: map[string][]orb.Bound{one.layer: {one.at.Bound()}}})
			for i, l := range all {
				if l.wanted == nil || l.wanted[one.layer] {
					l.owed = append(l.owed, one)
				}
				if rnd.IntN(5+100*i) > 0 {
					continue
				}
				if rnd.IntN(3) == 0 && l.place != nowhere {
					l.place = c.placeOf(c.idOf(l.place))
				}
				missed, now, _ := c.since(l.place)
				data, err := c.event(l.place, now, missed, l.wanted)
				if err != nil {
					t.Fatal(err)
				}
				var e changeJSON
				if data != nil {
					e = hears(t, data)
				}
				for _, o := range l.owed {
					if !e.covers(o.layer, o.at) {
						t.Fatalf("listener %d at %d of %d: %v is not in %s", i, l.place, now, o, data)
					}
				}
				if e.All && l.place != nowhere && now-l.place <= keptChanges {
					t.Fatalf("told all for %d changes", now-l.place)
				}
				l.place, l.owed = now, nil
			}
		}
	}
}

func TestPlaces(t *testing.T) {
	c := NewChanges()
	c.remember(5, city.Change{})
	c.remember(5, city.Change{}) // a transaction of a lower id that took longer
	here := c.idOf(2)
	if c.placeOf(here) != 2 || c.placeOf("") != 2 || c.placeOf(c.idOf(1)) != 1 || c.idOf(1) == here {
		t.Errorf("%s is place %d", here, c.placeOf(here))
	}
	for _, id := range []string{"5", "5-x-2", "a", "--", NewChanges().idOf(0), fmt.Sprintf("5-%s-3", c.run), fmt.Sprintf("5-%s--1", c.run),
		fmt.Sprintf("5-%s-99999999999999999999", c.run), here + "-1"} {
		if c.placeOf(id) != nowhere {
			t.Errorf("%q is place %d", id, c.placeOf(id))
		}
	}
	if missed, now, _ := c.since(nowhere); len(missed) != 1 || !missed[0].All || missed[0].revision != 5 || now != 2 {
		t.Errorf("from nowhere: %+v, %d", missed, now)
	}
}

func TestBoxesAreRoundedOutwards(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 10_000 {
		p := orb.Point{360*rnd.Float64() - 180, 180*rnd.Float64() - 90}
		b := around(boxAt(p[0], p[1]))
		if b[0] >= p[0] || b[1] >= p[1] || b[2] <= p[0] || b[3] <= p[1] || b[2]-b[0] > 3.1e-6 || b[3]-b[1] > 3.1e-6 {
			t.Fatalf("around %v is %v", p, b)
		}
	}
}
