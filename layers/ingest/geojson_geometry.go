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

// read reads the geometry. Whatever is wrong with it is a reason to reject its feature.
func (g *rawGeometry) read() (orb.Geometry, error) {
	if !isGeometry(g.kind) {
		return nil, refuse(BadGeometry, fmt.Sprintf("type %.60q", g.kind))
	}
	if g.kind == "GeometryCollection" {
		return readCollection(g.geometries)
	}
	p := &coordinateParser{b: g.coordinates}
	geometry, ok := p.geometry(g.kind)
	switch {
	case p.nan:
		return nil, refuse(Code(geo.NotFinite), "")
	case !ok || !p.end():
		return nil, refuse(BadGeometry, g.kind)
	}
	return geometry, nil
}

// readCollection reads a collection of one as that one. The record has no others.
func readCollection(b []byte) (orb.Geometry, error) {
	var parts []struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	}
	if err := json.Unmarshal(b, &parts); err != nil {
		return nil, refuse(BadGeometry, "GeometryCollection")
	}
	if len(parts) != 1 || parts[0].Type == "GeometryCollection" {
		return nil, refuse(WrongKind, "GeometryCollection")
	}
	return (&rawGeometry{kind: parts[0].Type, coordinates: parts[0].Coordinates}).read()
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
	if len(word) > 0 && word[len(word)-1] > '9' && (notANumber(word) > 0 || string(word) == "null") {
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
