package v1

import (
	"encoding/json"
	"fmt"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"wangge/api/param"
	"wangge/grid"
)

// maxPolygonPoints bounds the vertices of polygons in a question.
const maxPolygonPoints = 100_000

// lonLat is a place in a body.
type lonLat struct {
	Lon *float64 `json:"lon"`
	Lat *float64 `json:"lat"`
}

// at is the place, which lies at a pointer of the body.
func (p lonLat) at(n *extent, pointer string) (orb.Point, error) {
	if p.Lon == nil {
		return orb.Point{}, param.InBody(pointer+"/lon", "缺少成员", "is missing")
	}
	if p.Lat == nil {
		return orb.Point{}, param.InBody(pointer+"/lat", "缺少成员", "is missing")
	}
	at := orb.Point{*p.Lon, *p.Lat}
	if fault, faultEn := n.fault(at); fault != "" {
		return at, param.InBody(pointer, fault, faultEn)
	}
	return at, nil
}

// extent is where the places of questions may be.
type extent struct {
	box   orb.Bound
	known bool // a city without regions is nowhere
}

// newExtent is the box around all regions and what is near it.
func newExtent(n *grid.Net) *extent {
	e := &extent{}
	for _, k := range n.Rows().Kinds {
		for _, x := range n.Regions(k.ID) {
			if len(x.Shape) == 0 {
				continue
			}
			if !e.known {
				e.box, e.known = x.Bound, true
			}
			e.box = e.box.Union(x.Bound)
		}
	}
	e.box = e.box.Pad(farDeg)
	return e
}

// fault says why a place cannot be asked about; "" where it can.
func (e *extent) fault(p orb.Point) (zh, en string) {
	switch {
	case !(p[0] >= -180 && p[0] <= 180 && p[1] >= -90 && p[1] <= 90):
		return "经纬度超出范围", "is off the earth"
	case e.known && !e.box.Contains(p):
		return "远离本市", "is far from the city"
	}
	return "", ""
}

// polygonsOf reads polygons: a Polygon, a MultiPolygon, a Feature of one, or a FeatureCollection. None were given where the text is empty or null.
func polygonsOf(text json.RawMessage, e *extent, pointer string) (orb.MultiPolygon, error) {
	if len(text) == 0 || string(text) == "null" {
		return nil, nil
	}
	shapes, err := shapesOf(text, pointer)
	if err != nil {
		return nil, err
	}
	var all orb.MultiPolygon
	points := 0
	for _, shape := range shapes {
		var part orb.MultiPolygon
		switch s := shape.(type) {
		case orb.Polygon:
			part = orb.MultiPolygon{s}
		case orb.MultiPolygon:
			part = s
		default:
			return nil, param.InBody(pointer, "须为 Polygon 或 MultiPolygon", "must be of Polygon or MultiPolygon")
		}
		if err := checkGeometry(part, pointer); err != nil {
			return nil, err
		}
		for _, polygon := range part {
			for _, ring := range polygon {
				points += len(ring)
			}
		}
		if fault, faultEn := e.fault(part.Bound().Center()); fault != "" {
			return nil, param.InBody(pointer, fault, faultEn)
		}
		all = append(all, part...)
	}
	if points > maxPolygonPoints {
		return nil, param.InBody(pointer, fmt.Sprintf("至多 %d 个顶点", maxPolygonPoints), fmt.Sprintf("has more than %d positions", maxPolygonPoints))
	}
	return all, nil
}

// shapesOf are the geometries of a piece of GeoJSON.
func shapesOf(text json.RawMessage, pointer string) ([]orb.Geometry, error) {
	var kind struct {
		Type string `json:"type"`
	}
	bad := param.InBody(pointer, "不是 GeoJSON 面", "is no GeoJSON of polygons")
	if json.Unmarshal(text, &kind) != nil {
		return nil, bad
	}
	var features []*geojson.Feature
	switch kind.Type {
	case "FeatureCollection":
		c, err := geojson.UnmarshalFeatureCollection(text)
		if err != nil {
			return nil, bad
		}
		features = c.Features
	case "Feature":
		f, err := geojson.UnmarshalFeature(text)
		if err != nil {
			return nil, bad
		}
		features = []*geojson.Feature{f}
	default:
		g, err := geojson.UnmarshalGeometry(text)
		if err != nil || g.Geometry() == nil {
			return nil, bad
		}
		return []orb.Geometry{g.Geometry()}, nil
	}
	var shapes []orb.Geometry
	for _, f := range features {
		if f == nil || f.Geometry == nil {
			return nil, bad
		}
		shapes = append(shapes, f.Geometry)
	}
	return shapes, nil
}
