package selection

import (
	"math"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/project"

	"wangge/api/param"
	"wangge/geo/datum"
	"wangge/layers/postgres"
)

// Same tells whether positions of a system are those of the record, but for the order of the axes.
func Same(s datum.System) bool {
	switch s.Code() {
	case "CRS84", "EPSG:4326", "EPSG:4490":
		return true
	}
	return false
}

// shapeOf takes geometry in a system, with its order of axes, to that of the record; nil for one that needs nothing.
func shapeOf(s datum.System) func(orb.Geometry) (orb.Geometry, error) {
	if s == (datum.System{}) {
		return nil
	}
	return func(g orb.Geometry) (orb.Geometry, error) {
		var wrong error
		moved := project.Geometry(orb.Clone(g), func(p orb.Point) orb.Point {
			if s.Northing() {
				p[0], p[1] = p[1], p[0]
			}
			to, err := s.To(p)
			if err != nil && wrong == nil {
				wrong = err
			}
			return to
		})
		return moved, wrong
	}
}

// readBox reads four numbers, or six with heights between them, in the order of the axes of bbox-crs.
func readBox(q *param.Query, c Caller, s *postgres.Selection) {
	system := c.Systems.Read(q, "bbox-crs")
	if !q.Has("bbox") {
		return
	}
	parts := strings.Split(q.Text("bbox", maxValue), ",")
	var v []float64
	for _, part := range parts {
		x, ok := param.Decimal(part)
		if !ok {
			break
		}
		v = append(v, x)
	}
	if len(v) != len(parts) || len(v) != 4 && len(v) != 6 {
		q.Fault("bbox", "须为四个（或带高程的六个）十进制数：西,南,东,北", "must be four decimal numbers, or six with heights: west,south,east,north")
		return
	}
	if len(v) == 6 {
		v = []float64{v[0], v[1], v[3], v[4]}
	}
	b := orb.Bound{Min: orb.Point{v[0], v[1]}, Max: orb.Point{v[2], v[3]}}
	if system.Northing() {
		b = orb.Bound{Min: orb.Point{v[1], v[0]}, Max: orb.Point{v[3], v[2]}}
	}
	if zh, en := boxFault(b, system); zh != "" {
		q.Fault("bbox", zh, en)
		return
	}
	placeBox(q, b, system, s)
}

func boxFault(b orb.Bound, s datum.System) (zh, en string) {
	switch {
	case s.Degrees() && (math.Abs(b.Min[0]) > 180 || math.Abs(b.Max[0]) > 180):
		return "经度超出 ±180 度", "longitude is outside ±180 degrees"
	case s.Degrees() && (math.Abs(b.Min[1]) > 90 || math.Abs(b.Max[1]) > 90):
		return "纬度超出 ±90 度", "latitude is outside ±90 degrees"
	case b.Min[1] > b.Max[1]:
		return "南边大于北边", "south is greater than north"
	case !s.Degrees() && b.Min[0] > b.Max[0]:
		return "西边大于东边", "west is greater than east"
	}
	return "", ""
}

// placeBox takes a box to degrees.
func placeBox(q *param.Query, b orb.Bound, system datum.System, s *postgres.Selection) {
	switch {
	case Same(system) && b.Min[0] <= b.Max[0]:
		s.BBox = &b
		return
	case system.Degrees() && b.Min[0] > b.Max[0]: // across the antimeridian, where the shifted systems agree with the others
		east, west := orb.Bound{Min: b.Min, Max: orb.Point{180, b.Max[1]}}, orb.Bound{Min: orb.Point{-180, b.Min[1]}, Max: b.Max}
		s.Area = orb.MultiPolygon{east.ToPolygon(), west.ToPolygon()}
		return
	}
	var ring orb.Ring
	corners := b.ToRing()
	for i := range corners[:len(corners)-1] {
		ring = append(ring, edge(corners[i], corners[i+1])...)
	}
	for i, p := range ring {
		to, err := system.To(p)
		if err != nil {
			q.Fault("bbox", "超出 bbox-crs 的适用范围", "is outside the area of bbox-crs")
			return
		}
		ring[i] = to
	}
	ring = append(ring, ring[0])
	if b.Min[0] == b.Max[0] || b.Min[1] == b.Max[1] {
		s.Area = orb.LineString(ring)
		return
	}
	s.Area = orb.Polygon{ring}
}

// boxSteps is into how many pieces an edge of a box is cut: what is between two cuts is straight in both systems but for millimetres in a city.
const boxSteps = 16

func edge(from, to orb.Point) []orb.Point {
	points := make([]orb.Point, boxSteps)
	for i := range points {
		t := float64(i) / boxSteps
		points[i] = orb.Point{from[0] + t*(to[0]-from[0]), from[1] + t*(to[1]-from[1])}
	}
	return points
}
