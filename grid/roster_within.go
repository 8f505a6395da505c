package grid

import "github.com/paulmach/orb"

// extent is a region as an answer to what lies in it. The zero extent holds everything.
type extent struct {
	net    *Net
	region *Region
	zone   bool
	none   bool
}

// within makes the extent of a region's code: "" for everything, nothing for a code that the net does not have. In a division lies what the
// record places in it or below it; a zone is no parent of anything, so in it lies what has its sign in it.
func (n *Net) within(code string) extent {
	if code == "" {
		return extent{}
	}
	x := n.byCode[code]
	return extent{net: n, region: x, zone: x != nil && n.isZone(x), none: x == nil}
}

// holds tells whether something lies in the extent whose narrowest division and place are given; the place is asked for only of a zone.
func (e extent) holds(division string, at func() orb.Point) bool {
	switch {
	case e.none:
		return false
	case e.region == nil:
		return true
	case e.zone:
		return covers(e.region.Shape, e.region.Bound, at())
	}
	return e.net.below(division, e.region)
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

// target tells whether a target lies in the extent.
func (e extent) target(r *Roster, t Target) bool {
	if e.region == nil && !e.none {
		return true
	}
	if e.none {
		return false
	}
	switch t.Kind {
	case TargetGrid:
		g := e.net.GridByID(t.ID)
		return g != nil && e.holds(g.Region, func() orb.Point { return signPlace(g.Shape, g.Bound) })
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
