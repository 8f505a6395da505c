package pgeom

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/paulmach/orb"
	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/ewkb"

	"wangge/geo"
)

// Decode reads a geometry from EWKB as PostGIS sends it. Heights and measures are dropped.
func Decode(b []byte) (orb.Geometry, error) {
	if err := walk(b, nil); err != nil {
		return nil, err
	}
	g, err := ewkb.Unmarshal(b)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return toOrb(g)
}

func toOrb(g geom.T) (orb.Geometry, error) {
	stride := g.Layout().Stride()
	switch g := g.(type) {
	case *geom.Point:
		if g.Empty() {
			return orb.MultiPoint{}, nil
		}
		return orb.Point{g.X(), g.Y()}, nil
	case *geom.MultiPoint:
		out := make(orb.MultiPoint, 0, g.NumPoints())
		for i := range g.NumPoints() {
			if p := g.Point(i); !p.Empty() {
				out = append(out, orb.Point{p.X(), p.Y()})
			}
		}
		return out, nil
	case *geom.LineString:
		return orb.LineString(positions(g.FlatCoords(), stride)), nil
	case *geom.MultiLineString:
		out := make(orb.MultiLineString, 0, g.NumLineStrings())
		eachPart(g.FlatCoords(), 0, g.Ends(), stride, func(ps []orb.Point) { out = append(out, ps) })
		return out, nil
	case *geom.Polygon:
		return polygon(g.FlatCoords(), 0, g.Ends(), stride), nil
	case *geom.MultiPolygon:
		out := make(orb.MultiPolygon, 0, g.NumPolygons())
		start := 0
		for _, ends := range g.Endss() {
			out = append(out, polygon(g.FlatCoords(), start, ends, stride))
			if len(ends) > 0 {
				start = ends[len(ends)-1]
			}
		}
		return out, nil
	case *geom.GeometryCollection:
		out := make(orb.Collection, 0, g.NumGeoms())
		for _, m := range g.Geoms() {
			o, err := toOrb(m)
			if err != nil {
				return nil, err
			}
			out = append(out, o)
		}
		return out, nil
	}
	return nil, fmt.Errorf("%w: %T", ErrKind, g)
}

func positions(flat []float64, stride int) []orb.Point {
	out := make([]orb.Point, 0, len(flat)/max(stride, 1))
	for i := 0; i+stride <= len(flat) && stride > 0; i += stride {
		out = append(out, orb.Point{flat[i], flat[i+1]})
	}
	return out
}

// eachPart cuts flat coordinates at ends, the first part beginning at start.
func eachPart(flat []float64, start int, ends []int, stride int, yield func([]orb.Point)) {
	for _, end := range ends {
		yield(positions(flat[start:end], stride))
		start = end
	}
}

func polygon(flat []float64, start int, ends []int, stride int) orb.Polygon {
	out := make(orb.Polygon, 0, len(ends))
	eachPart(flat, start, ends, stride, func(ps []orb.Point) { out = append(out, ps) })
	return out
}

// Encode writes a geometry as EWKB with its reference system. The error is geo.Missing for nil, geo.NotFinite for a
// point of NaN.
func Encode(g orb.Geometry) ([]byte, error) { return Append(nil, g) }

// Append is Encode that writes behind dst.
func Append(dst []byte, g orb.Geometry) ([]byte, error) {
	t, err := toGeom(g, geo.SRID)
	if err != nil {
		return nil, err
	}
	w := appender{dst}
	if err := ewkb.Write(&w, binary.LittleEndian, t); err != nil {
		return nil, err
	}
	return w.b, nil
}

type appender struct{ b []byte }

func (a *appender) Write(p []byte) (int, error) {
	a.b = append(a.b, p...)
	return len(p), nil
}

// toGeom translates a geometry. Parts carry no SRID of their own, as PostGIS writes them.
func toGeom(g orb.Geometry, srid int) (geom.T, error) {
	switch g := g.(type) {
	case orb.Point:
		if math.IsNaN(g[0]) || math.IsNaN(g[1]) {
			return nil, geo.NotFinite
		}
		return geom.NewPointFlat(geom.XY, g[:]).SetSRID(srid), nil
	case orb.MultiPoint:
		for _, p := range g {
			if math.IsNaN(p[0]) || math.IsNaN(p[1]) {
				return nil, geo.NotFinite
			}
		}
		return geom.NewMultiPointFlat(geom.XY, flatten(nil, g)).SetSRID(srid), nil
	case orb.LineString:
		return geom.NewLineStringFlat(geom.XY, flatten(nil, g)).SetSRID(srid), nil
	case orb.MultiLineString:
		var flat []float64
		ends := make([]int, 0, len(g))
		for _, l := range g {
			flat = flatten(flat, l)
			ends = append(ends, len(flat))
		}
		return geom.NewMultiLineStringFlat(geom.XY, flat, ends).SetSRID(srid), nil
	case orb.Ring:
		return toGeom(orb.Polygon{g}, srid)
	case orb.Bound:
		return toGeom(g.ToPolygon(), srid)
	case orb.Polygon:
		flat, ends := flattenRings(nil, g)
		return geom.NewPolygonFlat(geom.XY, flat, ends).SetSRID(srid), nil
	case orb.MultiPolygon:
		var flat []float64
		endss := make([][]int, len(g))
		for i, p := range g {
			flat, endss[i] = flattenRings(flat, p)
		}
		return geom.NewMultiPolygonFlat(geom.XY, flat, endss).SetSRID(srid), nil
	case orb.Collection:
		return toCollection(g, srid)
	case nil:
		return nil, geo.Missing
	}
	return nil, fmt.Errorf("%w: %T", ErrKind, g)
}

func toCollection(c orb.Collection, srid int) (geom.T, error) {
	out := geom.NewGeometryCollection().SetSRID(srid)
	for _, m := range c {
		t, err := toGeom(m, 0)
		if err != nil {
			return nil, err
		}
		if err := out.Push(t); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrKind, err)
		}
	}
	return out, nil
}

func flatten(flat []float64, ps []orb.Point) []float64 {
	for _, p := range ps {
		flat = append(flat, p[0], p[1])
	}
	return flat
}

func flattenRings(flat []float64, p orb.Polygon) ([]float64, []int) {
	ends := make([]int, 0, len(p))
	for _, r := range p {
		flat = flatten(flat, r)
		ends = append(ends, len(flat))
	}
	return flat, ends
}
