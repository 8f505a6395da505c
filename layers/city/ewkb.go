package city

import (
	"encoding/binary"
	"errors"
	"math"

	"wangge/geo"
	"wangge/geo/tile"
)

// errShape: a geometry that no layer holds, or bytes that are none.
var errShape = errors.New("not a geometry of a layer")

// Geometry types and flags of EWKB.
const (
	wkbPoint = 1 + iota
	wkbLineString
	wkbPolygon
	wkbMultiPoint
	wkbMultiLineString
	wkbMultiPolygon

	wkbHasSRID = 0x20000000
	wkbTypes   = 0xff
)

// pushGeometry appends the geometry of a row as PostGIS sends it, in world units, straight into the columns: a million features
// would be a million small trees to throw away else. On an error the table has half a row; see drop.
func (t *table) pushGeometry(b []byte) error {
	r := ewkb{b: b}
	s := shape{table: t, first: len(t.xy)}
	kind := r.geometry(&s)
	if r.bad || len(r.b) > 0 || len(t.xy) == s.first {
		return errShape
	}
	t.kinds = append(t.kinds, kind)
	t.ends = append(t.ends, uint32(len(t.xy)/2))
	if len(s.ends) > 1 {
		t.parts = append(append(t.parts, uint32(len(s.ends))), s.ends...)
		if len(s.polys) > 1 {
			t.parts = append(t.parts, s.polys...)
		}
	}
	t.partEnds = append(t.partEnds, uint32(len(t.parts)))
	return nil
}

// shape collects the parts of the geometry being read.
type shape struct {
	*table
	first       int // in xy
	ends, polys []uint32
}

func (s *shape) end() { s.ends = append(s.ends, uint32((len(s.xy)-s.first)/2)) }

// ewkb reads little-endian EWKB without Z and M; bad is set where it cannot.
type ewkb struct {
	b   []byte
	bad bool
}

func (r *ewkb) take(n int) []byte {
	if r.bad || n > len(r.b) {
		r.bad = true
		return make([]byte, 16)[:min(n, 16)]
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

// count reads how many things of some bytes each follow.
func (r *ewkb) count(size int) int {
	n := binary.LittleEndian.Uint32(r.take(4))
	if uint64(n)*uint64(size) > uint64(len(r.b)) {
		r.bad = true
		return 0
	}
	return int(n)
}

// header reads byte order and type.
func (r *ewkb) header() uint32 {
	if r.take(1)[0] != 1 {
		r.bad = true
	}
	kind := binary.LittleEndian.Uint32(r.take(4))
	if kind&wkbHasSRID != 0 {
		r.take(4)
	}
	if kind&^(wkbHasSRID|wkbTypes) != 0 {
		r.bad = true
	}
	return kind & wkbTypes
}

func (r *ewkb) geometry(s *shape) tile.Kind {
	switch r.header() {
	case wkbPoint:
		r.positions(s, 1)
		return tile.Points
	case wkbMultiPoint:
		for range r.count(21) {
			r.member(wkbPoint)
			r.positions(s, 1)
		}
		return tile.Points
	case wkbLineString:
		r.line(s)
		return tile.Lines
	case wkbMultiLineString:
		for range r.count(9) {
			r.member(wkbLineString)
			r.line(s)
		}
		return tile.Lines
	case wkbPolygon:
		r.polygon(s)
		return tile.Polygons
	case wkbMultiPolygon:
		for range r.count(9) {
			r.member(wkbPolygon)
			r.polygon(s)
		}
		return tile.Polygons
	}
	r.bad = true
	return 0
}

func (r *ewkb) member(kind uint32) {
	if r.header() != kind {
		r.bad = true
	}
}

func (r *ewkb) line(s *shape) {
	if n := r.count(16); n > 0 {
		r.positions(s, n)
		s.end()
	}
}

// polygon reads rings, without the position that closes them.
func (r *ewkb) polygon(s *shape) {
	rings := r.count(4)
	for range rings {
		if n := r.count(16); n > 1 {
			r.positions(s, n-1)
			r.take(16)
			s.end()
		}
	}
	if rings > 0 {
		s.polys = append(s.polys, uint32(len(s.ends)))
	}
}

func (r *ewkb) positions(s *shape, n int) {
	b := r.take(16 * n)
	if r.bad {
		return
	}
	for i := 0; i < len(b); i += 16 {
		lon := math.Float64frombits(binary.LittleEndian.Uint64(b[i:]))
		lat := math.Float64frombits(binary.LittleEndian.Uint64(b[i+8:]))
		if lon != lon || lat != lat { // POINT EMPTY
			r.bad = true
			return
		}
		s.xy = append(s.xy, geo.WorldX(lon), geo.WorldY(lat))
	}
}
