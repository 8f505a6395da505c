package lattice

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb"

	"wangge/geo"
)

// hairM is the width, in metres, of what is taken for rounding.
const hairM = 1e-3

// onward is a stop that never stops.
func onward() error { return nil }

// Overlay tells what two shapes have in common and what only one of them has. All three are nil where there is too much to compute.
func Overlay(a, b orb.MultiPolygon) (both, onlyA, onlyB orb.MultiPolygon) {
	p, err := newPlane(shapePieces(shapePieces(nil, a, 0), b, 1), onward)
	if err != nil {
		return nil, nil, nil
	}
	var faces [4][]int32 // by 1 for a and 2 for b
	for f := range p.cover {
		n := 0
		if p.over(int32(f)).has(0) {
			n++
		}
		if p.over(int32(f)).has(1) {
			n += 2
		}
		faces[n] = append(faces[n], int32(f))
	}
	return multi(p.regions(faces[3], false)), multi(p.regions(faces[1], false)), multi(p.regions(faces[2], false))
}

// Dissolve is the union of shapes: common borders are gone, and so are holes thinner than a millimetre, which rounding leaves between
// borders that nearly agree. It is nil where there is too much to compute.
func Dissolve(shapes []orb.MultiPolygon) orb.MultiPolygon {
	var pieces []piece
	for _, s := range shapes {
		pieces = shapePieces(pieces, s, 0)
	}
	p, err := newPlane(pieces, onward)
	if err != nil {
		return nil
	}
	return multi(combed(p.regions(p.of(0), false)))
}

// combed takes hair-thin holes out of regions.
func combed(rs []region) []region {
	for i := range rs {
		rings := rs[i].rings[:1]
		for _, hole := range rs[i].rings[1:] {
			if widthM(orb.Polygon{degrees(hole)}) >= hairM {
				rings = append(rings, hole)
			}
		}
		rs[i].rings = rings
	}
	return rs
}

// Cut cuts an area along lines and gives the parts, each one polygon, in rows from north to south, and from west to east in a row. Lines that end
// within the area cut as far as they go around something. It is nil where there is too much to compute.
func Cut(area orb.MultiPolygon, lines []orb.LineString) []orb.MultiPolygon {
	pieces := shapePieces(nil, area, 0)
	for _, l := range lines {
		pieces = linePieces(pieces, l)
	}
	p, err := newPlane(pieces, onward)
	if err != nil {
		return nil
	}
	rs := p.regions(p.of(0), true)
	out := make([]orb.MultiPolygon, len(rs))
	for i, r := range rs {
		out[i] = orb.MultiPolygon{r.polygon()}
	}
	inRows(out)
	return out
}

// inRows sorts shapes as they are numbered: in rows from north to south, and from west to east in a row. A row is led by the northernmost shape that
// is left, and takes what has its middle in the northern three quarters of the leader.
func inRows(shapes []orb.MultiPolygon) {
	centre := func(mp orb.MultiPolygon) vertex { return vertexAt(mp.Bound().Center()) }
	eastward := func(a, b orb.MultiPolygon) int {
		return cmp.Or(cmp.Compare(centre(a).x, centre(b).x), compareShapes(a, b))
	}
	slices.SortStableFunc(shapes, func(a, b orb.MultiPolygon) int {
		return cmp.Or(cmp.Compare(centre(b).y, centre(a).y), eastward(a, b))
	})
	for rest := shapes; len(rest) > 0; {
		lead := rest[0].Bound()
		south := vertexAt(orb.Point{0, lead.Min[1] + (lead.Max[1]-lead.Min[1])/4}).y
		n := 1
		for n < len(rest) && centre(rest[n]).y >= south {
			n++
		}
		slices.SortStableFunc(rest[:n], eastward)
		rest = rest[n:]
	}
}

// areaM2 is the area of a shape on the ellipsoid.
func areaM2(mp orb.MultiPolygon) float64 { return geo.AreaMultiM2(mp) }
