package grid

import (
	"slices"
	"strconv"

	"github.com/paulmach/orb"

	"wangge/geo"
)

// Subject is a target as people know it.
type Subject struct {
	Target     Target
	Code, Name string
	Sort       string // scheme of a grid, class of a road, kind of a place or region; "" of an alley: what a requirement applies to
	Region     string // code of the narrowest division that it lies in; of a region itself
	At         orb.Point
	Bound      orb.Bound
	AreaM2     float64 // 0 of what has none
	LengthM    float64
}

// Subject describes a target as it is in the net of a day; false for what is not there that day.
func (r *Roster) Subject(n *Net, t Target, day Day) (Subject, bool) {
	switch t.Kind {
	case TargetGrid:
		if g := n.GridByID(t.ID); g != nil {
			return gridSubject(g), true
		}
	case TargetRegion, TargetZone:
		if g := n.regionByID(t.ID); g != nil {
			return regionSubject(t.Kind, g), true
		}
	default:
		switch x := r.targets[t].(type) {
		case *Line:
			return Subject{Target: t, Code: x.KnownAs(), Name: x.Name, Sort: x.Class, Region: x.Region, At: x.At, Bound: x.Bound, LengthM: x.LengthM}, true
		case *Spot:
			at := orb.Point{x.Lon, x.Lat}
			return Subject{Target: t, Code: x.Code, Name: x.Name, Sort: x.Kind, Region: x.Region, At: at, Bound: at.Bound()}, x.To == 0 || day < x.To
		}
	}
	return Subject{Target: t}, false
}

func gridSubject(g *Grid) Subject {
	return Subject{Target: Target{TargetGrid, g.ID}, Code: g.Code, Name: g.Name, Sort: g.Scheme, Region: g.Region, At: signPlace(g.Shape, g.Bound), Bound: g.Bound, AreaM2: g.AreaM2}
}

func regionSubject(kind TargetKind, x *Region) Subject {
	return Subject{Target: Target{kind, x.ID}, Code: x.Code, Name: x.Name, Sort: x.Kind, Region: x.Code, At: signPlace(x.Shape, x.Bound), Bound: x.Bound, AreaM2: x.AreaM2}
}

// signPlace is a position inside an area: where its sign is put.
func signPlace(shape orb.MultiPolygon, b orb.Bound) orb.Point {
	if at, ok := geo.PointInsideMulti(shape); ok {
		return at
	}
	return b.Center()
}

// sortOf is what a requirement for a target applies to; false for what is not there that day. It is Subject without the work.
func (r *Roster) sortOf(n *Net, t Target, day Day) (string, bool) {
	switch t.Kind {
	case TargetGrid:
		if g := n.GridByID(t.ID); g != nil {
			return g.Scheme, true
		}
	case TargetRegion, TargetZone:
		if g := n.regionByID(t.ID); g != nil {
			return g.Kind, true
		}
	default:
		switch x := r.targets[t].(type) {
		case *Line:
			return x.Class, true
		case *Spot:
			return x.Kind, x.To == 0 || day < x.To
		}
	}
	return "", false
}

// regionByID finds a region by the record's number, or nil.
func (n *Net) regionByID(id int64) *Region {
	if i := slices.IndexFunc(n.regions, func(x *Region) bool { return x.ID == id }); i >= 0 {
		return n.regions[i]
	}
	return nil
}

// FindTarget finds a target by kind and code in the net of a day; the scheme is that of a grid. Of roads with one code the first is meant.
func (r *Roster) FindTarget(n *Net, kind TargetKind, scheme, code string, day Day) (Target, bool) {
	switch kind {
	case TargetGrid:
		if g := n.Grid(scheme, code); g != nil {
			return Target{kind, g.ID}, true
		}
	case TargetRegion, TargetZone:
		if x := n.Region(code); x != nil && n.isZone(x) == (kind == TargetZone) {
			return Target{kind, x.ID}, true
		}
	case TargetPlace:
		for _, s := range r.spots {
			if s.Code == code && (s.To == 0 || day < s.To) {
				return Target{kind, s.ID}, true
			}
		}
	default:
		for _, l := range r.lines {
			if l.Target.Kind == kind && l.KnownAs() == code {
				return l.Target, true
			}
		}
	}
	return Target{}, false
}

// KnownAs is by what a line is called in requests: its code, or the record's number where it has none, as many roads.
func (l *Line) KnownAs() string {
	if l.Code == "" {
		return strconv.FormatInt(l.Target.ID, 10)
	}
	return l.Code
}

// isZone tells whether a region is no division.
func (n *Net) isZone(x *Region) bool { return n.kinds[x.Kind] == nil || !n.kinds[x.Kind].Division }

// CodeOf is the code of a target of the day's net, and its sort as of Subject: Subject without the work.
func (r *Roster) CodeOf(n *Net, t Target) (code, sort string) {
	switch t.Kind {
	case TargetGrid:
		if g := n.GridByID(t.ID); g != nil {
			return g.Code, g.Scheme
		}
	case TargetRegion, TargetZone:
		if x := n.regionByID(t.ID); x != nil {
			return x.Code, x.Kind
		}
	default:
		switch x := r.targets[t].(type) {
		case *Line:
			return x.KnownAs(), x.Class
		case *Spot:
			return x.Code, x.Kind
		}
	}
	return "", ""
}
