package ingest

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"github.com/paulmach/orb"

	"wangge/geo"
)

func isGeometry(kind string) bool {
	switch kind {
	case "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection":
		return true
	}
	return false
}

// readGeometry reads a geometry object. What is wrong with one geometry is a reason to reject; broken JSON is a fault.
func readGeometry(b []byte) (orb.Geometry, error) {
	if len(b) == 0 || string(b) == "null" {
		return nil, refuse(Code(geo.Missing), "")
	}
	var raw struct {
		Type        string          `json:"type"`
		Coordinates coordinates     `json:"coordinates"`
		Geometries  json.RawMessage `json:"geometries"`
	}
	if b[0] != '{' {
		return nil, refuse(BadGeometry, "")
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		if err := json.Unmarshal(scrub(b), &raw); err != nil {
			return nil, syntax("JSON: " + err.Error())
		}
		return nil, refuse(Code(geo.NotFinite), "")
	}
	if !isGeometry(raw.Type) {
		return nil, refuse(BadGeometry, fmt.Sprintf("type %.60q", raw.Type))
	}
	return geometryOf(raw.Type, raw.Coordinates, raw.Geometries)
}

// coordinates keeps its JSON without a copy through the decoder.
type coordinates []byte

// UnmarshalJSON keeps the text.
func (c *coordinates) UnmarshalJSON(b []byte) error {
	*c = append((*c)[:0], b...)
	return nil
}

// geometryOf reads the coordinates of a geometry of a kind. A collection of one is that one.
func geometryOf(kind string, coords, geometries []byte) (orb.Geometry, error) {
	if kind == "GeometryCollection" {
		var parts []json.RawMessage
		if json.Unmarshal(geometries, &parts) != nil || len(parts) != 1 {
			return nil, refuse(WrongKind, "GeometryCollection")
		}
		return readGeometry(parts[0])
	}
	p := &coordinateParser{b: coords}
	g, ok := p.geometry(kind)
	if !ok || !p.end() {
		if p.nan {
			return nil, refuse(Code(geo.NotFinite), "")
		}
		return nil, refuse(BadGeometry, kind)
	}
	return g, nil
}

// coordinateParser reads nested arrays of numbers. Numbers after the second of a position are dropped.
type coordinateParser struct {
	b   []byte
	i   int
	nan bool // it met something like NaN or null where a number belongs
}

func (p *coordinateParser) geometry(kind string) (orb.Geometry, bool) {
	switch kind {
	case "Point":
		return result[orb.Point](p.position())
	case "MultiPoint":
		return result[orb.MultiPoint](list(p, p.position))
	case "LineString":
		return result[orb.LineString](list(p, p.position))
	case "MultiLineString":
		return result[orb.MultiLineString](list(p, func() (orb.LineString, bool) { return list(p, p.position) }))
	case "Polygon":
		return result[orb.Polygon](p.rings())
	case "MultiPolygon":
		return result[orb.MultiPolygon](list(p, func() (orb.Polygon, bool) { return p.rings() }))
	}
	return nil, false
}

// result makes the geometry of what was parsed, and nil of what was not.
func result[G orb.Geometry](g G, ok bool) (orb.Geometry, bool) {
	if !ok {
		return nil, false
	}
	return g, true
}

func (p *coordinateParser) rings() ([]orb.Ring, bool) {
	return list(p, func() (orb.Ring, bool) { return list(p, p.position) })
}

// list reads an array of items.
func list[T any](p *coordinateParser, item func() (T, bool)) ([]T, bool) {
	items := []T{}
	if !p.take('[') {
		return nil, false
	}
	if p.take(']') {
		return items, true
	}
	for {
		x, ok := item()
		if !ok {
			return nil, false
		}
		items = append(items, x)
		if p.take(']') {
			return items, true
		}
		if !p.take(',') {
			return nil, false
		}
	}
}

// position reads [lon, lat, …].
func (p *coordinateParser) position() (at orb.Point, ok bool) {
	if !p.take('[') {
		return at, false
	}
	for n := 0; ; n++ {
		x, ok := p.number()
		if !ok {
			return at, false
		}
		if n < 2 {
			at[n] = x
		}
		if p.take(']') {
			return at, n >= 1
		}
		if !p.take(',') {
			return at, false
		}
	}
}

func (p *coordinateParser) number() (float64, bool) {
	p.space()
	start := p.i
	for p.i < len(p.b) {
		switch c := p.b[p.i]; c {
		case ',', ']', '[', ' ', '\t', '\r', '\n', '"', '{', '}':
		default:
			p.i++
			continue
		}
		break
	}
	word := p.b[start:p.i]
	if notANumber(word) > 0 || string(word) == "null" {
		p.nan = true
		return 0, false
	}
	x, err := strconv.ParseFloat(string(word), 64)
	if err != nil {
		p.nan = math.IsInf(x, 0)
		return 0, false
	}
	return x, true
}

func (p *coordinateParser) space() {
	for p.i < len(p.b) {
		switch p.b[p.i] {
		case ' ', '\t', '\r', '\n':
			p.i++
		default:
			return
		}
	}
}

func (p *coordinateParser) take(c byte) bool {
	p.space()
	if p.i < len(p.b) && p.b[p.i] == c {
		p.i++
		return true
	}
	return false
}

func (p *coordinateParser) end() bool {
	p.space()
	return p.i == len(p.b)
}
