package grid

import (
	"sync"

	"github.com/paulmach/orb"
)

// extent answers what lies in a region. It is for one caller at a time.
type extent struct {
	net    *Net
	region *Region // nil for everything
	zone   bool
	none   bool            // nothing: there is no such region
	codes  map[string]bool // what is known of divisions
	signs  *signs          // of zones; may be nil
}

// within makes the extent of a region's code: "" for everything, nothing for a code that the net does not have. In a division lies what the
// record places in it or below it; a zone is no parent of anything, so in it lies what has its sign in it.
func (n *Net) within(code string) *extent {
	if code == "" {
		return &extent{net: n}
	}
	x := n.byCode[code]
	return &extent{net: n, region: x, zone: x != nil && n.isZone(x), none: x == nil, codes: map[string]bool{}}
}

// holds tells whether something lies in the extent: by its narrowest division, or in a zone by its sign, which is asked for only then.
func (e *extent) holds(division string, sign func() orb.Point) bool {
	return e.has(division, nil, sign)
}

// has is holds of what is known again by one of its own vertices.
func (e *extent) has(division string, vertex *orb.Point, sign func() orb.Point) bool {
	switch {
	case e.none:
		return false
	case e.region == nil:
		return true
	case e.zone:
		return e.signs.lies(vertex, e.region, sign)
	}
	in, known := e.codes[division]
	if !known {
		in = e.net.below(division, e.region)
		e.codes[division] = in
	}
	return in
}

// maxLevels bounds the way up from a region: more are a circle of parents.
const maxLevels = 32

// below tells whether a region, by its code, is another one or lies in its subtree.
func (n *Net) below(code string, top *Region) bool {
	x := n.byCode[code]
	for range maxLevels {
		if x == nil || x == top {
			return x != nil
		}
		x = n.byCode[x.Parent]
	}
	return false
}

// signs remembers which signs lie in which zones. It is safe for concurrent use; nil remembers nothing.
type signs struct {
	mu    sync.Mutex
	known map[[2]*orb.Point]bool // by a vertex of the thing and one of the zone
}

// maxKnownSigns bounds what is remembered.
const maxKnownSigns = 200_000

func (s *signs) lies(vertex *orb.Point, zone *Region, sign func() orb.Point) bool {
	if s == nil || vertex == nil || firstVertex(zone.Shape) == nil {
		return covers(zone.Shape, zone.Bound, sign())
	}
	key := [2]*orb.Point{vertex, firstVertex(zone.Shape)}
	s.mu.Lock()
	in, known := s.known[key]
	s.mu.Unlock()
	if known {
		return in
	}
	in = covers(zone.Shape, zone.Bound, sign())
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil || len(s.known) >= maxKnownSigns {
		s.known = map[[2]*orb.Point]bool{}
	}
	s.known[key] = in
	return in
}

// firstVertex is by what a shape is known again: its own, whatever net it is in; nil for no shape.
func firstVertex(shape orb.MultiPolygon) *orb.Point {
	if len(shape) == 0 || len(shape[0]) == 0 || len(shape[0][0]) == 0 {
		return nil
	}
	return &shape[0][0][0]
}

// grid tells whether a grid lies in the extent.
func (e *extent) grid(g *Grid) bool {
	return e.has(g.Region, firstVertex(g.Shape), func() orb.Point { return signPlace(g.Shape, g.Bound) })
}

// target tells whether a target lies in the extent.
func (e *extent) target(r *Roster, t Target) bool {
	if e.region == nil {
		return !e.none
	}
	switch t.Kind {
	case TargetGrid:
		g := e.net.GridByID(t.ID)
		return g != nil && e.grid(g)
	case TargetRegion, TargetZone:
		x := e.net.regionByID(t.ID)
		return x != nil && (x == e.region || e.holds(x.Code, func() orb.Point { return signPlace(x.Shape, x.Bound) }))
	}
	switch x := r.targets[t].(type) {
	case *Line:
		return e.holds(x.Region, func() orb.Point { return x.At })
	case *Spot:
		return e.holds(x.Region, func() orb.Point { return orb.Point{x.Lon, x.Lat} })
	}
	return false
}

// RegionOf is the code of the narrowest division that a target of the day's net lies in; "" where nobody knows. A region is its own.
func (r *Roster) RegionOf(n *Net, t Target) string {
	switch t.Kind {
	case TargetGrid:
		if g := n.GridByID(t.ID); g != nil {
			return g.Region
		}
	case TargetRegion, TargetZone:
		if x := n.regionByID(t.ID); x != nil {
			return x.Code
		}
	default:
		switch x := r.targets[t].(type) {
		case *Line:
			return x.Region
		case *Spot:
			return x.Region
		}
	}
	return ""
}

// Within tells whether a target of the day's net lies in a division or zone; code "" is everywhere, one that the net does not have nowhere.
func (r *Roster) Within(n *Net, t Target, code string) bool { return n.within(code).target(r, t) }
