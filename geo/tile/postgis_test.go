package tile_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"

	"wangge/fixtures/pgtest"
	"wangge/geo"
	"wangge/geo/tile"
)

// asMVTGeomSQL compares tile geometry of ours with that of ST_AsMVTGeom: whether only one of them has something well within
// the tile, how far the vertices of each lie from the other there, and how thick the area is that only one of two polygons
// covers, spread along their outlines.
const asMVTGeomSQL = `
WITH shape AS MATERIALIZED (
    SELECT n, ST_GeomFromText(mine, 0) AS mine, ST_SetSRID(
        ST_AsMVTGeom(ST_Transform(ST_GeomFromText(source, 4490), 3857), ST_TileEnvelope(z, x, y), 4096, 64, true), 0) AS theirs
    FROM unnest($1::text[], $2::text[], $3::int[], $4::int[], $5::int[]) WITH ORDINALITY AS u(source, mine, z, x, y, n)
), box AS (SELECT ST_MakeEnvelope(0, 0, 4096, 4096) AS tile, ST_MakeEnvelope(2, 2, 4094, 4094) AS inner_tile)
SELECT mine IS NULL AND coalesce(ST_Intersects(theirs, inner_tile), false) AND greatest(ST_Area(theirs), ST_Length(theirs), 3 - ST_Dimension(theirs)) > 3,
    theirs IS NULL AND coalesce(ST_Intersects(mine, inner_tile), false) AND greatest(ST_Area(mine), ST_Length(mine), 3 - ST_Dimension(mine)) > 3,
    coalesce((SELECT max(ST_Distance(d.geom, theirs)) FROM ST_DumpPoints(mine) d WHERE ST_Intersects(d.geom, inner_tile)), 0),
    coalesce((SELECT max(ST_Distance(d.geom, mine)) FROM ST_DumpPoints(theirs) d WHERE ST_Intersects(d.geom, inner_tile)), 0),
    CASE WHEN ST_Dimension(mine) = 2 THEN coalesce(
        ST_Area(ST_SymDifference(ST_Intersection(ST_MakeValid(mine), tile), ST_Intersection(theirs, tile))) / (ST_Perimeter(theirs) + 8), 0) ELSE 0 END,
    coalesce(ST_IsValid(mine), true)
FROM shape, box ORDER BY n`

// TestGeometryAgreesWithPostGIS asks for the same geometry within rounding. One thing PostGIS does and we do not: it drops
// hairpins narrower than a unit, however long, so that vertices may be further off in one of a hundred of these ragged shapes.
func TestGeometryAgreesWithPostGIS(t *testing.T) {
	pool := pgtest.Empty(t)
	r := rand.New(rand.NewPCG(1, 2))
	const n = 6000
	var sources, mine []any
	var zs, xs, ys []int32
	var shapes []orb.Geometry
	var e tile.Encoder
	for range n {
		a, g := randomScene(r)
		flat, ok := tile.FromOrb(g)
		if !ok {
			t.Fatalf("no world units for %s", wkt.MarshalString(g))
		}
		e.Begin(a, tile.DefaultBufferPx)
		e.Layer("one", tile.Dict{})
		add(&e, 1, flat, nil)
		var text any
		if layers := decode(t, e.Bytes()); len(layers) > 0 {
			got := layers[0].Features[0].Geometry
			wellFormed(t, got, tile.DefaultBufferPx)
			text = wkt.MarshalString(got)
		}
		sources, mine, shapes = append(sources, wkt.MarshalString(g)), append(mine, text), append(shapes, g)
		zs, xs, ys = append(zs, int32(a.Z)), append(xs, int32(a.X)), append(ys, int32(a.Y))
	}
	rows, err := pool.Query(context.Background(), asMVTGeomSQL, sources, mine, zs, xs, ys)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	invalid, kept, hairpins, thickest := 0, 0, 0, 0.0
	for i := 0; rows.Next(); i++ {
		var onlyTheirs, onlyMine, valid bool
		var off, offTheirs, thickness float64
		if err := rows.Scan(&onlyTheirs, &onlyMine, &off, &offTheirs, &thickness, &valid); err != nil {
			t.Fatal(err)
		}
		_, isPoint := shapes[i].(orb.Point)
		hairpin := !isPoint && (off > 1.5 || offTheirs > 1.5)
		if hairpin {
			hairpins++
		}
		if onlyTheirs || onlyMine || thickness > 1 || !hairpin && max(off, offTheirs) > 1.5 {
			t.Errorf("%d/%d/%d %.300s\nmine %.300v\nonly theirs %v, only mine %v, vertices %.2f and %.2f units off, area %.2f units thick",
				zs[i], xs[i], ys[i], sources[i], mine[i], onlyTheirs, onlyMine, off, offTheirs, thickness)
		}
		thickest = max(thickest, thickness)
		if mine[i] != nil {
			kept++
		}
		if !valid {
			invalid++
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d of %d kept, areas within %.2f units, %d hairpins; rounding made %d invalid", kept, n, thickest, hairpins, invalid)
	if kept < n/2 || hairpins > n/100 || invalid > n/100 {
		t.Errorf("%d of %d kept, %d hairpins, %d invalid", kept, n, hairpins, invalid)
	}
}

// randomScene is a tile and a valid geometry near it, from a tenth of a percent of its side to some sides wide.
func randomScene(r *rand.Rand) (tile.Addr, orb.Geometry) {
	z := uint8(8 + r.IntN(11))
	a := tile.At(z, geo.WorldX(119.8+0.5*r.Float64()), geo.WorldY(36+0.5*r.Float64()))
	side := 360 / math.Exp2(float64(z))
	b := a.Bound()
	near := func() orb.Point {
		return orb.Point{b.Min[0] + side*(r.Float64()*1.4-0.2), b.Min[1] + (b.Max[1]-b.Min[1])*(r.Float64()*1.4-0.2)}
	}
	size := side * math.Exp2(-10*r.Float64()) * 2
	for {
		if g := randomShape(r, near, size); geo.Check(g) == nil {
			return a, g
		}
	}
}

func randomShape(r *rand.Rand, near func() orb.Point, size float64) orb.Geometry {
	line := func() orb.LineString {
		l := orb.LineString{near()}
		for range 1 + r.IntN(20) {
			p := l[len(l)-1]
			l = append(l, orb.Point{p[0] + size*r.NormFloat64()/3, p[1] + size*r.NormFloat64()/3})
		}
		return l
	}
	switch r.IntN(6) {
	case 0:
		return near()
	case 1:
		return orb.MultiPoint{near(), near(), near()}
	case 2:
		return line()
	case 3:
		return orb.MultiLineString{line(), line()}
	case 4:
		return star(r, near(), size, true)
	}
	return orb.MultiPolygon{star(r, near(), size, true), star(r, near(), size, false)}
}

// star is a ragged ring around a centre, with a hole perhaps.
func star(r *rand.Rand, centre orb.Point, size float64, hole bool) orb.Polygon {
	n := 3 + r.IntN(40)
	outer, inner := make(orb.Ring, 0, n+1), make(orb.Ring, 0, n+1)
	for i := range n {
		s, c := math.Sincos(2 * math.Pi * (float64(i) + 0.3*r.Float64()) / float64(n))
		d := size * (0.2 + 0.8*r.Float64())
		outer = append(outer, orb.Point{centre[0] + d*c, centre[1] + d*s*0.8})
		inner = append(inner, orb.Point{centre[0] + d*c*0.6, centre[1] + d*s*0.5})
	}
	p := orb.Polygon{append(outer, outer[0])}
	if hole && r.IntN(2) == 0 {
		p = append(p, append(inner, inner[0]))
	}
	return p
}
