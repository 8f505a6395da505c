package coverage

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"wangge/geo/walk"
)

// The layers that walking depends on.
const (
	roadLayer   = "road"
	alleyLayer  = "back_alley"
	groundLayer = "ground"
	rampLayer   = "barrier_free_ramp"
)

// narrowM is how wide a passage must be for a wheelchair where no threshold says; besideStepsMM how near a ramp must be to steps that it makes
// passable.
const (
	narrowM       = 1.2
	besideStepsMM = 15_000
)

// streets is the walking network of one state of the city.
type streets struct {
	city    City
	changes []Change // of streets
	lines   []walk.Street
	bars    []walk.Barrier
	*network
}

// network is a walking network and what is made of it. Two states of the city with the same streets have the same.
type network struct {
	*walk.Network
	graphs shelf[string, *walk.Graph]
	nodes  shelf[bool, *incidence]
}

var streetFields = map[string][]string{
	roadLayer:   {"status", "walkable", "steps", "level", "width_m"},
	alleyLayer:  {"status", "lit", "width_m"},
	groundLayer: {"kind"},
	rampLayer:   {"status", "kind", "occupied", "compliance"},
}

// streetsOf reads the streets of a city and makes the network of them, or takes the one of an earlier state where they are the same.
func streetsOf(ctx context.Context, city City, changes []Change, before *streets) (*streets, error) {
	if before != nil && slices.EqualFunc(before.changes, changes, sameStreet) && !streetsChanged(city, before.city) {
		now := *before
		now.city = city
		return &now, nil
	}
	s := &streets{city: city, changes: changes}
	if err := s.read(); err != nil {
		return nil, err
	}
	if err := s.open(ctx); err != nil {
		return nil, err
	}
	if before != nil && slices.EqualFunc(before.lines, s.lines, equalStreets) &&
		slices.EqualFunc(before.bars, s.bars, func(a, b walk.Barrier) bool { return a.Shape.Equal(b.Shape) }) {
		s.network = before.network
		return s, nil
	}
	net, err := walk.Build(ctx, s.lines, s.bars, walk.DefaultOptions())
	s.network = &network{Network: net}
	return s, err
}

func sameStreet(a, b Change) bool {
	return a.Op == b.Op && a.Street == b.Street && a.Line.Equal(b.Line)
}

func equalStreets(a, b walk.Street) bool {
	return a.Key == b.Key && a.Level == b.Level && a.Traits == b.Traits && a.Shape.Equal(b.Shape)
}

// streetsChanged tells whether anything that may be a street, a barrier or a ramp beside steps differs between two states of the city.
func streetsChanged(now, was City) bool {
	if !slices.Equal(now.Thresholds(), was.Thresholds()) {
		return true // what is too narrow, perhaps
	}
	for _, layer := range []string{roadLayer, alleyLayer, groundLayer, rampLayer} {
		ids, all := now.Changed(was, layer)
		if all {
			return true
		}
		matters := func(city City, id int64) bool {
			f, ok := city.Feature(layer, id, streetFields[layer])
			if !ok {
				return false
			}
			switch v := values(f.Values); layer {
			case groundLayer:
				return v.text(0) == "barrier" || v.text(0) == "water"
			case rampLayer:
				return v.text(1) == "wheelchair"
			}
			return true
		}
		for _, id := range ids {
			if matters(now, id) || matters(was, id) {
				return true
			}
		}
	}
	return false
}

// read fills in lines and barriers, in an order that does not depend on that of the city.
func (s *streets) read() error {
	ramps, err := rampsOf(s.city)
	if err != nil {
		return err
	}
	closed, opened := s.edits()
	type wall struct {
		key  int64
		line orb.LineString
	}
	var walls []wall
	err = s.city.Features(roadLayer, streetFields[roadLayer], func(f Feature) bool {
		v, key := values(f.Values), streetKey(roadLayer, f.ID)
		walkable, told := v[1].(bool)
		level := int8(v.number(3))
		switch {
		case told && !walkable && !opened[key]: // closing it changes nothing: it stands in the way all the same
			if level == 0 {
				for _, l := range linesOf(f.Shape) {
					walls = append(walls, wall{key, l})
				}
			}
		case closed[key]:
		case inUse(v.text(0)) || opened[key]:
			st := walk.Street{Key: key, Shape: linesOf(f.Shape), Level: level, Traits: narrow(s.city, roadLayer, v[4])}
			if v.yes(2) && !ramps.beside(st.Shape) {
				st.Traits |= walk.Steps
			}
			s.lines = append(s.lines, st)
		}
		return true
	})
	if err != nil {
		return err
	}
	if err := s.readAlleys(closed, opened); err != nil {
		return err
	}
	err = s.city.Features(groundLayer, streetFields[groundLayer], func(f Feature) bool {
		if kind := values(f.Values).text(0); kind == "barrier" || kind == "water" {
			for _, l := range outlines(f.Shape) {
				walls = append(walls, wall{-f.ID - 1, l})
			}
		}
		return true
	})
	slices.SortStableFunc(walls, func(a, b wall) int { return cmp.Compare(a.key, b.key) })
	for _, w := range walls {
		s.bars = append(s.bars, walk.Barrier{Shape: w.line})
	}
	s.sortLines()
	return err
}

func (s *streets) sortLines() {
	slices.SortFunc(s.lines, func(a, b walk.Street) int { return cmp.Compare(a.Key, b.Key) })
}

func (s *streets) readAlleys(closed, opened map[int64]bool) error {
	return s.city.Features(alleyLayer, streetFields[alleyLayer], func(f Feature) bool {
		v, key := values(f.Values), streetKey(alleyLayer, f.ID)
		if closed[key] || !inUse(v.text(0)) && !opened[key] {
			return true
		}
		st := walk.Street{Key: key, Shape: linesOf(f.Shape), Traits: narrow(s.city, alleyLayer, v[2])}
		if lit, told := v[1].(bool); told && !lit {
			st.Traits |= walk.Unlit
		}
		s.lines = append(s.lines, st)
		return true
	})
}

// edits are the streets that a scenario closes and opens.
func (s *streets) edits() (closed, opened map[int64]bool) {
	closed, opened = map[int64]bool{}, map[int64]bool{}
	for _, c := range s.changes {
		if layer, id, ok := parseStreet(c.Street); ok {
			key := streetKey(layer, id)
			closed[key], opened[key] = c.Op == OpCloseStreet, c.Op == OpOpenStreet
		}
	}
	return closed, opened
}

func inUse(status string) bool { return values{nil, status}.usable() }

// narrow tells whether a street that says how wide it is, is too narrow for a wheelchair.
func narrow(city City, layer string, width any) walk.Trait {
	m, told := width.(float64)
	if !told {
		return 0
	}
	least := narrowM
	for _, t := range city.Thresholds() {
		if t.Metric == "passage_width_m" && t.Layer == layer {
			least = t.Value
		}
	}
	if m < least {
		return walk.Narrow
	}
	return 0
}

// streetKey is the number of a street in the network.
func streetKey(layer string, id int64) int64 {
	if layer == alleyLayer {
		return 2*id + 1
	}
	return 2 * id
}

// streetOf is the layer and the id behind a key; false for streets that a scenario opened.
func streetOf(key int64) (layer string, id int64, ok bool) {
	switch {
	case key < 0:
		return "", 0, false
	case key%2 == 1:
		return alleyLayer, key / 2, true
	}
	return roadLayer, key / 2, true
}

// parseStreet reads road:12.
func parseStreet(s string) (layer string, id int64, ok bool) {
	layer, number, _ := strings.Cut(s, ":")
	id, err := strconv.ParseInt(number, 10, 62)
	return layer, id, err == nil && id >= 0 && (layer == roadLayer || layer == alleyLayer)
}

// StreetName writes the key of a street of the network as road:12 or back_alley:3; new:1 is the first of those that a scenario opened.
func StreetName(key int64) string {
	if layer, id, ok := streetOf(key); ok {
		return fmt.Sprintf("%s:%d", layer, id)
	}
	return fmt.Sprintf("new:%d", -key)
}

func linesOf(g orb.Geometry) orb.MultiLineString {
	switch l := g.(type) {
	case orb.LineString:
		return orb.MultiLineString{l}
	case orb.MultiLineString:
		return l
	}
	return nil
}

// outlines are the lines of a line and the rings of an area.
func outlines(g orb.Geometry) (out []orb.LineString) {
	switch s := g.(type) {
	case orb.Polygon:
		for _, r := range s {
			out = append(out, orb.LineString(r))
		}
	case orb.MultiPolygon:
		for _, p := range s {
			out = append(out, outlines(p)...)
		}
	default:
		out = linesOf(g)
	}
	return out
}
