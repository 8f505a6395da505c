package geo

import (
	"strconv"

	"github.com/paulmach/orb"
)

// Limits of Check.
const (
	MaxVertices = 1 << 19 // positions in one geometry
	MaxDepth    = 4       // collections within collections
)

// Check tells whether a geometry can go into the record: it has positions, all of them in range, rings are closed and
// simple, polygons and multipolygons valid in the sense of OGC Simple Features (ST_IsValid). Its error is the first
// *Fault found. A nil geometry is Missing; a bare Ring or Bound is taken as the polygon it means.
func Check(g orb.Geometry) error { return checked(lonLatCode, g) }

// CheckShape is Check for what is not a thing of the record, such as the area of a question: it may lie anywhere on Earth, 0,0
// included.
func CheckShape(g orb.Geometry) error { return checked(earthCode, g) }

func checked(place placeCode, g orb.Geometry) error {
	if f := place.check(g); f != nil {
		return f
	}
	return nil
}

// placeCode tells what is wrong with a position; "" for nothing.
type placeCode func(lon, lat float64) Code

func (place placeCode) check(g orb.Geometry) *Fault {
	if g == nil {
		return &Fault{Code: Missing}
	}
	if n := vertices(g, 0); n > MaxVertices {
		return &Fault{Code: TooManyVertices}
	}
	return place.checkKind(g, "", 0)
}

// vertices counts positions, no deeper than Check goes.
func vertices(g orb.Geometry, depth int) (n int) {
	switch g := g.(type) {
	case orb.MultiPoint:
		return len(g)
	case orb.LineString:
		return len(g)
	case orb.MultiLineString:
		for _, l := range g {
			n += len(l)
		}
	case orb.Ring:
		return len(g)
	case orb.Polygon:
		for _, r := range g {
			n += len(r)
		}
	case orb.MultiPolygon:
		for _, p := range g {
			n += vertices(p, depth)
		}
	case orb.Collection:
		if depth > MaxDepth {
			return 0
		}
		for _, m := range g {
			n += vertices(m, depth+1)
		}
	default:
		return 1
	}
	return n
}

func (place placeCode) checkKind(g orb.Geometry, path string, depth int) *Fault {
	switch g := g.(type) {
	case nil:
		return &Fault{Code: Missing, Path: path}
	case orb.Point:
		return place.checkPositions(path, true, g)
	case orb.MultiPoint:
		return place.checkPositions(path, false, g...)
	case orb.LineString:
		return place.checkLine(path, g)
	case orb.MultiLineString:
		return checkParts(path, g, place.checkLine)
	case orb.Ring:
		return place.checkPolygons(path, true, orb.Polygon{g})
	case orb.Polygon:
		return place.checkPolygons(path, true, g)
	case orb.MultiPolygon:
		return place.checkPolygons(path, false, g...)
	case orb.Bound:
		if g.IsEmpty() {
			return &Fault{Code: Empty, Path: path}
		}
		return place.checkPolygons(path, true, g.ToPolygon())
	case orb.Collection:
		return place.checkCollection(path, g, depth)
	}
	return &Fault{Code: UnknownKind, Path: path}
}

func (place placeCode) checkCollection(path string, c orb.Collection, depth int) *Fault {
	if depth >= MaxDepth {
		return &Fault{Code: TooDeep, Path: path}
	}
	if len(c) == 0 {
		return &Fault{Code: Empty, Path: path}
	}
	for i, m := range c {
		if f := place.checkKind(m, path+"/geometries/"+strconv.Itoa(i), depth+1); f != nil {
			return f
		}
	}
	return nil
}

// checkParts checks each part of a multi kind.
func checkParts[T any](path string, parts []T, check func(string, T) *Fault) *Fault {
	if len(parts) == 0 {
		return &Fault{Code: Empty, Path: path}
	}
	for i, p := range parts {
		if f := check(join(path, i), p); f != nil {
			return f
		}
	}
	return nil
}

// checkPositions checks ranges. A single position is the coordinate array itself, not an element of it.
func (place placeCode) checkPositions(path string, single bool, ps ...orb.Point) *Fault {
	if len(ps) == 0 {
		return &Fault{Code: Empty, Path: path}
	}
	for i, p := range ps {
		if c := place(p[0], p[1]); c != "" {
			if !single {
				path = join(path, i)
			}
			return faultAt(c, path, p)
		}
	}
	return nil
}

func (place placeCode) checkLine(path string, l orb.LineString) *Fault {
	if f := place.checkPositions(path, false, l...); f != nil {
		return f
	}
	for _, p := range l {
		if p != l[0] {
			return nil
		}
	}
	return faultAt(LineTooShort, path, l[0])
}

// checkRing checks a ring by itself, but for meeting itself.
func (place placeCode) checkRing(path string, r orb.Ring) *Fault {
	if f := place.checkPositions(path, false, r...); f != nil {
		return f
	}
	if r[0] != r[len(r)-1] {
		return faultAt(RingNotClosed, path, r[len(r)-1])
	}
	if len(r) < 4 || len(distinct(r)) < 4 {
		return faultAt(RingTooShort, path, r[0])
	}
	return nil
}

// distinct is a ring without positions equal to the one before. It is r itself where there are none.
func distinct(r orb.Ring) orb.Ring {
	same := 0
	for i := 1; i < len(r); i++ {
		if r[i] == r[i-1] {
			same++
		}
	}
	if same == 0 {
		return r
	}
	out := append(make(orb.Ring, 0, len(r)-same), r[0])
	for _, p := range r[1:] {
		if p != out[len(out)-1] {
			out = append(out, p)
		}
	}
	return out
}

// checkPolygons checks the rings of polygons, then how they lie to one another.
func (place placeCode) checkPolygons(path string, single bool, ps ...orb.Polygon) *Fault {
	if len(ps) == 0 {
		return &Fault{Code: Empty, Path: path}
	}
	a := arrangement{budget: checkBudget}
	for i, p := range ps {
		at := path
		if !single {
			at = join(path, i)
		}
		if f := checkParts(at, p, place.checkRing); f != nil {
			return f
		}
		for k, r := range p {
			a.add(i, k == 0, join(at, k), distinct(r))
		}
	}
	return a.check()
}

func join(path string, i int) string { return path + "/" + strconv.Itoa(i) }
