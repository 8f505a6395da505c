package geo_test

import (
	"encoding/binary"
	"errors"
	"math"
	"testing"

	"github.com/paulmach/orb"

	"wangge/geo"
)

// FuzzCheck holds that any coordinates are judged, with a *Fault where they are refused, and that what passes can be
// measured and has a place inside that it covers.
func FuzzCheck(f *testing.F) {
	f.Add([]byte("0123456701234567"), uint8(0), false)
	f.Add([]byte{0, 0, 9, 0, 9, 9, 0, 9}, uint8(0), true)
	f.Add([]byte{0, 0, 99, 0, 99, 99, 0, 99, 10, 10, 20, 10, 20, 20, 10, 20}, uint8(4), true)
	f.Fuzz(func(t *testing.T, data []byte, cut uint8, lattice bool) {
		p := polygonFrom(data, int(cut), lattice)
		for _, g := range []orb.Geometry{p, orb.MultiPolygon{p, p}, orb.LineString(flatten(p)), orb.Collection{p, orb.MultiPoint(flatten(p))}} {
			err := geo.Check(g)
			var fault *geo.Fault
			if err != nil && (!errors.As(err, &fault) || fault.Code == "" || !errors.Is(err, fault.Code)) {
				t.Errorf("%T: %v", g, err)
			}
		}
		m2, m := geo.AreaM2(p), geo.LengthM(flatten(p))
		at, ok := geo.PointInside(p)
		if ok && !geo.Covers(p, at) {
			t.Errorf("%v is not inside %v", at, p)
		}
		if geo.Check(p) == nil && (!(m2 >= 0 && m2 < 5.2e14) || !(m > 0 && m < 1e12)) {
			t.Errorf("%v: %v m², %v m", p, m2, m)
		}
	})
}

// polygonFrom makes a polygon of one or two rings, with vertices on a small lattice or of any floats.
func polygonFrom(data []byte, cut int, lattice bool) orb.Polygon {
	var ps []orb.Point
	if lattice {
		for ; len(data) >= 2; data = data[2:] {
			ps = append(ps, here(float64(data[0]), float64(data[1])))
		}
	} else {
		for ; len(data) >= 16; data = data[16:] {
			ps = append(ps, orb.Point{
				math.Float64frombits(binary.LittleEndian.Uint64(data)), math.Float64frombits(binary.LittleEndian.Uint64(data[8:]))})
		}
	}
	var p orb.Polygon
	for _, part := range [][]orb.Point{ps[:min(cut, len(ps))], ps[min(cut, len(ps)):]} {
		if len(part) > 0 {
			p = append(p, append(orb.Ring(nil), append(part[:len(part):len(part)], part[0])...))
		}
	}
	return p
}

func flatten(p orb.Polygon) (ps []orb.Point) {
	for _, r := range p {
		ps = append(ps, r...)
	}
	return ps
}
