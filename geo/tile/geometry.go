package tile

import "github.com/paulmach/orb"

import "wangge/geo"

// Kind is what a geometry consists of. The numbers are those of the vector-tile format.
type Kind uint8

// The kinds of geometry a tile knows. Each may have one part or many.
const (
	Points   Kind = 1
	Lines    Kind = 2
	Polygons Kind = 3
)

// Geometry is a geometry in flat columns of world units, ready to be a window into a larger store. The encoder only
// reads it. Ends and Polys do not decrease, and the last of each counts all there is; coordinates may be anything.
type Geometry struct {
	Kind Kind
	// XY are the positions: x0, y0, x1, y1, … Rings need not repeat their first position at the end.
	XY []uint32
	// Ends are, for Lines and Polygons, the ends of the parts or rings, counted in positions; nil means a single one.
	Ends []uint32
	// Polys are, for Polygons, the ends of the polygons, counted in rings, the outer ring of each first; nil means a
	// single one.
	Polys []uint32
	// Keep is, for Lines, the first zoom at which each position is drawn; nil for all at every zoom. What a tile above it
	// shows is the line without the position.
	Keep []uint8
}

// FromOrb turns degrees into world units. It is false for geometry a tile cannot hold: nil, empty, or a collection of
// different kinds.
func FromOrb(g orb.Geometry) (Geometry, bool) {
	var f flattener
	ok := f.add(g) && len(f.XY) > 0
	return f.Geometry, ok
}

// flattener collects the parts of a geometry.
type flattener struct{ Geometry }

// add appends a geometry of the kind already there, and tells whether it could.
func (f *flattener) add(g orb.Geometry) bool {
	switch g := g.(type) {
	case orb.Point:
		return f.points(g)
	case orb.MultiPoint:
		return f.points(g...)
	case orb.LineString:
		return f.lines(g)
	case orb.MultiLineString:
		return f.lines(g...)
	case orb.Ring:
		return f.polygons(orb.Polygon{g})
	case orb.Polygon:
		return f.polygons(g)
	case orb.MultiPolygon:
		return f.polygons(g...)
	case orb.Bound:
		return f.polygons(g.ToPolygon())
	case orb.Collection:
		for _, m := range g {
			if !f.add(m) {
				return false
			}
		}
		return true
	}
	return false
}

func (f *flattener) is(k Kind) bool {
	if f.Kind == 0 {
		f.Kind = k
	}
	return f.Kind == k
}

func (f *flattener) points(ps ...orb.Point) bool {
	f.push(ps)
	return f.is(Points)
}

func (f *flattener) lines(ls ...orb.LineString) bool {
	for _, l := range ls {
		f.push(l)
		f.end()
	}
	return f.is(Lines)
}

func (f *flattener) polygons(ps ...orb.Polygon) bool {
	for _, p := range ps {
		for _, r := range p {
			if len(r) > 1 && r.Closed() {
				r = r[:len(r)-1]
			}
			f.push(r)
			f.end()
		}
		if len(p) > 0 {
			f.Polys = append(f.Polys, uint32(len(f.Ends)))
		}
	}
	return f.is(Polygons)
}

func (f *flattener) push(ps []orb.Point) {
	for _, p := range ps {
		f.XY = append(f.XY, geo.WorldX(p.Lon()), geo.WorldY(p.Lat()))
	}
}

func (f *flattener) end() { f.Ends = append(f.Ends, uint32(len(f.XY)/2)) }
