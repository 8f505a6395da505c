package draft

import (
	"encoding/json"
	"errors"
	"math"
	"strconv"

	"github.com/paulmach/orb"

	"wangge/api/selection"
	"wangge/geo"
	"wangge/geo/datum"
	"wangge/layers"
)

// reader reads coordinates and keeps the first fault.
type reader struct {
	swap  bool
	fault *layers.Fault
}

// readGeometry reads a GeoJSON geometry and turns it into degrees of the record.
func readGeometry(value any, q Request) (orb.Geometry, layers.Faults) {
	if value == nil {
		return nil, layers.Faults{{Pointer: "/geometry", Zh: geo.Missing.Title(), En: geo.Missing.TitleEn()}}
	}
	o, ok := value.(map[string]any)
	if !ok {
		return nil, layers.Faults{{Pointer: "/geometry", Zh: "须为 GeoJSON 几何对象", En: "must be a GeoJSON geometry, an object"}}
	}
	kind, _ := o["type"].(string)
	r := &reader{swap: q.Stated && q.System.Northing()}
	g := r.geometry(kind, o["coordinates"])
	if g == nil {
		return nil, layers.Faults{{Pointer: "/geometry/type", Zh: "不支持的几何类型", En: "not a kind of geometry that is taken"}}
	}
	if r.fault != nil {
		return nil, layers.Faults{*r.fault}
	}
	if selection.Same(q.System) {
		return g, nil
	}
	degrees, err := q.System.ToGeometry(g)
	if err != nil {
		fault := layers.Fault{Pointer: "/geometry/coordinates", Zh: "坐标不在所述坐标系的范围内", En: "coordinates are outside what the reference system covers"}
		if !errors.Is(err, datum.ErrOutside) {
			fault.En = err.Error()
		}
		return nil, layers.Faults{fault}
	}
	return degrees, nil
}

// geometry reads the coordinates of a kind; nil for a kind that is none.
func (r *reader) geometry(kind string, c any) orb.Geometry {
	const at = "/geometry/coordinates"
	switch kind {
	case "Point":
		return r.position(c, at)
	case "MultiPoint":
		return orb.MultiPoint(list(r, c, at, (*reader).position))
	case "LineString":
		return r.line(c, at)
	case "MultiLineString":
		return orb.MultiLineString(list(r, c, at, (*reader).line))
	case "Polygon":
		return r.polygon(c, at)
	case "MultiPolygon":
		return orb.MultiPolygon(list(r, c, at, (*reader).polygon))
	}
	return nil
}

func (r *reader) line(c any, at string) orb.LineString { return list(r, c, at, (*reader).position) }

func (r *reader) polygon(c any, at string) orb.Polygon {
	return list(r, c, at, func(r *reader, c any, at string) orb.Ring { return list(r, c, at, (*reader).position) })
}

// list reads an array.
func list[T any](r *reader, c any, at string, item func(*reader, any, string) T) []T {
	parts, ok := c.([]any)
	if !ok {
		r.refuse(at, "须为数组", "must be an array")
		return nil
	}
	out := make([]T, 0, len(parts))
	for i, part := range parts {
		out = append(out, item(r, part, at+"/"+strconv.Itoa(i)))
		if r.fault != nil {
			break
		}
	}
	return out
}

// position reads two numbers, or three of which the last is a height.
func (r *reader) position(c any, at string) (p orb.Point) {
	parts, ok := c.([]any)
	if !ok || len(parts) < 2 || len(parts) > 3 {
		r.refuse(at, "须为 [经度, 纬度]", "must be [longitude, latitude]")
		return p
	}
	for i, part := range parts {
		number, _ := part.(json.Number)
		x, err := strconv.ParseFloat(string(number), 64)
		if err != nil || math.IsInf(x, 0) || len(number) > 40 {
			r.refuse(at+"/"+strconv.Itoa(i), "须为有限的数", "must be a finite number")
			return p
		}
		if i < 2 {
			p[i] = x
		}
	}
	if r.swap {
		p[0], p[1] = p[1], p[0]
	}
	return p
}

func (r *reader) refuse(at, zh, en string) {
	if r.fault == nil {
		r.fault = &layers.Fault{Pointer: at, Zh: zh, En: en}
	}
}
