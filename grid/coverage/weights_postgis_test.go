package coverage

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"wangge/fixtures/pgtest"
)

// intersectSQL is the area on the ellipsoid of what hexagons ($1, GeoJSON by number) and areas ($2) have in common. Both are cut in the plane of
// longitude and latitude, in which areas share their borders.
const intersectSQL = `
SELECT h.ordinality - 1, a.ordinality - 1, ST_Area(ST_Intersection(h.geom, a.geom)::geography) * 100
FROM (SELECT ST_SetSRID(ST_GeomFromGeoJSON(value::text), 4326) AS geom, ordinality FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY) h
JOIN (SELECT ST_SetSRID(ST_GeomFromGeoJSON(value::text), 4326) AS geom, ordinality FROM jsonb_array_elements($2::jsonb) WITH ORDINALITY) a
ON ST_Intersects(h.geom, a.geom)`

// TestWeighsAreThoseOfPostGIS: every piece, to 0.05 % of its hexagon.
func TestWeighsAreThoseOfPostGIS(t *testing.T) {
	pool := pgtest.DB(t)
	for _, c := range []struct {
		res      int
		side     float64
		lon, lat float64
	}{{11, 0.0031, 120, 36.26}, {12, 0.001, 120, 36.26}, {10, 0.006, -8.6, 41.15}, {10, 0.006, 86.003, 28.505}} {
		list := checkered(c.lon, c.lat, c.side, 4, 9)
		s := sheetOver(t, c.res, shapesOf(list)...)
		a := weighed(t, s, list)
		mine := map[[2]int]float64{}
		for i := range s.Len() {
			for k := a.First[i]; k < a.First[i+1]; k++ {
				mine[[2]int{i, int(a.Of[k])}] = float64(a.DM2[k])
			}
		}
		rows, err := pool.Query(t.Context(), intersectSQL, hexagonsJSON(t, s), shapesJSON(t, shapesOf(list)))
		if err != nil {
			t.Fatal(err)
		}
		n, worst := 0, 0.0
		for rows.Next() {
			var i, k int
			var dm2 float64
			if err := rows.Scan(&i, &k, &dm2); err != nil {
				t.Fatal(err)
			}
			off := math.Abs(mine[[2]int{i, k}]-dm2) / float64(s.DM2[i])
			n, worst = n+1, max(worst, off)
			delete(mine, [2]int{i, k})
		}
		if rows.Err() != nil || n < s.Len() || worst > 5e-4 || len(mine) > 0 {
			t.Errorf("%+v: %d pieces, off by %.2g of a hexagon, %d too many, %v", c, n, worst, len(mine), rows.Err())
		}
		t.Logf("res %d at %g, %g: %d pieces, off by %.2g of a hexagon at most", c.res, c.lon, c.lat, n, worst)
	}
}

func hexagonsJSON(t *testing.T, s *Sheet) string {
	t.Helper()
	var shapes []orb.MultiPolygon
	for i := range s.Len() {
		shapes = append(shapes, Outline(s, func(k int) bool { return k == i })) // to the last digit, as no drawing for maps is
	}
	return shapesJSON(t, shapes)
}

func shapesJSON(t *testing.T, shapes []orb.MultiPolygon) string {
	t.Helper()
	var all []*geojson.Geometry
	for _, s := range shapes {
		all = append(all, geojson.NewGeometry(s))
	}
	b, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
