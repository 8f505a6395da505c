package cql2

import "github.com/paulmach/orb"

// levels is how deep collections are.
func (s *shape) levels() int {
	deepest := 0
	if s.name == "GEOMETRYCOLLECTION" {
		for _, p := range s.parts {
			deepest = max(deepest, p.levels())
		}
	}
	return deepest + 1
}

// count is the number of positions.
func (s *shape) count() int {
	n := len(s.positions)
	for _, p := range s.parts {
		n += p.count()
	}
	return n
}

// boxSteps are the pieces of an edge of a box that is not in degrees: straight in its own coordinates, it may be curved in those of
// the record.
const boxSteps = 16

// geometry gives the literal without heights. A box that is thin or a point becomes a line or a point; one whose west is east of its
// east crosses the antimeridian, where it is in degrees. It fails for a box upside down.
func (s *shape) geometry(degrees bool) (orb.Geometry, bool) {
	switch s.name {
	case "POINT":
		return s.line()[0], true
	case "LINESTRING":
		return s.line(), true
	case "POLYGON":
		return s.polygon(), true
	case "MULTIPOINT":
		points := make(orb.MultiPoint, len(s.parts))
		for i, p := range s.parts {
			points[i] = p.line()[0]
		}
		return points, true
	case "MULTILINESTRING":
		lines := make(orb.MultiLineString, len(s.parts))
		for i, p := range s.parts {
			lines[i] = p.line()
		}
		return lines, true
	case "MULTIPOLYGON":
		polygons := make(orb.MultiPolygon, len(s.parts))
		for i, p := range s.parts {
			polygons[i] = p.polygon()
		}
		return polygons, true
	case "BBOX":
		return s.box(degrees)
	default:
		collection := make(orb.Collection, len(s.parts))
		for i, p := range s.parts {
			collection[i], _ = p.geometry(degrees) // a box is never in one
		}
		return collection, true
	}
}

func (s *shape) line() orb.LineString {
	line := make(orb.LineString, len(s.positions))
	for i, p := range s.positions {
		line[i] = orb.Point{p[0].float(), p[1].float()}
	}
	return line
}

func (s *shape) polygon() orb.Polygon {
	rings := make(orb.Polygon, len(s.parts))
	for i, p := range s.parts {
		rings[i] = orb.Ring(p.line())
	}
	return rings
}

func (s *shape) box(degrees bool) (orb.Geometry, bool) {
	bounds := s.positions[0]
	half := len(bounds) / 2
	low := orb.Point{bounds[0].float(), bounds[1].float()}
	high := orb.Point{bounds[half].float(), bounds[half+1].float()}
	steps := boxSteps
	if degrees {
		steps = 1
	}
	switch {
	case low[1] > high[1], low[0] > high[0] && !degrees:
		return nil, false
	case low[0] > high[0]:
		return across(low, high), true
	}
	return box(low, high, steps), true
}

// across gives a box that crosses the antimeridian.
func across(low, high orb.Point) orb.Geometry {
	west := box(orb.Point{-180, low[1]}, high, 1)
	switch east := box(low, orb.Point{180, high[1]}, 1).(type) {
	case orb.Polygon:
		if polygon, is := west.(orb.Polygon); is {
			return orb.MultiPolygon{east, polygon}
		}
		return east
	case orb.LineString:
		if line, is := west.(orb.LineString); is && low[1] == high[1] {
			return orb.MultiLineString{east, line}
		}
	}
	return west
}

// box gives a box that may be thin or a point, its edges in pieces.
func box(low, high orb.Point, steps int) orb.Geometry {
	switch {
	case low == high:
		return low
	case low[0] == high[0], low[1] == high[1]:
		return along(low, high, steps)
	}
	return orb.Polygon{boxRing(low, high, steps)}
}

func boxRing(low, high orb.Point, steps int) orb.Ring {
	corners := []orb.Point{low, {high[0], low[1]}, high, {low[0], high[1]}, low}
	ring := orb.Ring{low}
	for i, to := range corners[1:] {
		ring = append(ring, along(corners[i], to, steps)[1:]...)
	}
	return ring
}

// along gives a straight line in pieces.
func along(from, to orb.Point, steps int) orb.LineString {
	line := make(orb.LineString, 0, steps+1)
	for i := range steps {
		t := float64(i) / float64(steps)
		line = append(line, orb.Point{from[0] + t*(to[0]-from[0]), from[1] + t*(to[1]-from[1])})
	}
	return append(line, to)
}

// dimensions counts those that a collection has: points, lines, areas.
func dimensions(c orb.Collection) int {
	var has [3]bool
	var visit func(orb.Collection)
	visit = func(c orb.Collection) {
		for _, g := range c {
			if inner, is := g.(orb.Collection); is {
				visit(inner)
			} else {
				has[g.Dimensions()] = true
			}
		}
	}
	visit(c)
	n := 0
	for _, h := range has {
		if h {
			n++
		}
	}
	return n
}
