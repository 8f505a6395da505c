package geo_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"
	"github.com/paulmach/orb/planar"

	"wangge/fixtures/pgtest"
	"wangge/geo"
)

// ask runs a statement over WKT texts and gives one answer for each.
func ask[T any](t *testing.T, pool *pgxpool.Pool, sql string, shapes []orb.Geometry) []T {
	t.Helper()
	texts := make([]string, len(shapes))
	for i, g := range shapes {
		texts[i] = wkt.MarshalString(g)
	}
	var out []T
	if err := pool.QueryRow(context.Background(), sql, texts).Scan(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

const isValidSQL = `SELECT array_agg(ST_IsValid(ST_GeomFromText(w, 4490)) ORDER BY n) FROM unnest($1::text[]) WITH ORDINALITY AS u(w, n)`

// TestCheckAgreesWithPostGIS compares verdicts on random shapes on a small lattice, where everything that can go wrong
// with rings does so often.
func TestCheckAgreesWithPostGIS(t *testing.T) {
	pool := pgtest.Empty(t)
	r := rand.New(rand.NewPCG(1, 2))
	shapes := make([]orb.Geometry, 30_000)
	for i := range shapes {
		shapes[i] = randomAreas(r)
	}
	good := 0
	for i, want := range ask[bool](t, pool, isValidSQL, shapes) {
		err := geo.Check(shapes[i])
		if (err == nil) != want {
			t.Errorf("%s: PostGIS says %v, Check says %v", wkt.MarshalString(shapes[i]), want, err)
		}
		if err == nil {
			good++
		}
	}
	if good < len(shapes)/20 || good > len(shapes)*19/20 {
		t.Errorf("%d of %d shapes are valid: the comparison says little", good, len(shapes))
	}
}

// randomAreas is a polygon or a multipolygon of up to four small rings on a lattice.
func randomAreas(r *rand.Rand) orb.Geometry {
	ring := func() orb.Ring {
		if r.IntN(2) == 0 { // a box, so that enough is valid
			x, y := r.IntN(6), r.IntN(6)
			w, h := 1+r.IntN(8-x), 1+r.IntN(8-y)
			return box(float64(x), float64(y), float64(x+w), float64(y+h))
		}
		var xy []float64
		for range 3 + r.IntN(4) {
			xy = append(xy, float64(r.IntN(9)), float64(r.IntN(9)))
		}
		out := openRing(xy...)
		return append(out, out[0])
	}
	polygon := func(holes int) orb.Polygon {
		p := orb.Polygon{ring()}
		if holes > 0 && r.IntN(3) > 0 {
			p[0] = box(0, 0, 9, 9)
		}
		for range holes {
			p = append(p, ring())
		}
		return p
	}
	if r.IntN(3) == 0 {
		return orb.MultiPolygon{polygon(r.IntN(3)), polygon(r.IntN(2))}
	}
	return polygon(r.IntN(4))
}

const lengthSQL = `SELECT array_agg(ST_Length(ST_GeomFromText(w, 4490)::geography) ORDER BY n) FROM unnest($1::text[]) WITH ORDINALITY AS u(w, n)`
const areaSQL = `SELECT array_agg(ST_Area(ST_GeomFromText(w, 4490)::geography) ORDER BY n) FROM unnest($1::text[]) WITH ORDINALITY AS u(w, n)`

// TestMeasuresAgreeWithPostGIS compares lengths and areas of shapes from 5 m to 40 km all over China.
func TestMeasuresAgreeWithPostGIS(t *testing.T) {
	pool := pgtest.Empty(t)
	r := rand.New(rand.NewPCG(3, 4))
	var lines, areas []orb.Geometry
	for range 2000 {
		centre := orb.Point{74 + 60*r.Float64(), 18 + 35*r.Float64()}
		size := 2.5e-5 * math.Pow(2, 13*r.Float64()) // degrees
		n := 3 + r.IntN(60)
		ring := make(orb.Ring, 0, n+1)
		for i := range n {
			s, c := math.Sincos(2 * math.Pi * float64(i) / float64(n))
			d := size * (0.5 + 0.5*r.Float64())
			ring = append(ring, orb.Point{centre[0] + d*c, centre[1] + d*s})
		}
		ring = append(ring, ring[0])
		lines, areas = append(lines, orb.LineString(ring)), append(areas, orb.Polygon{ring})
	}
	worst := 0.0
	for i, want := range ask[float64](t, pool, lengthSQL, lines) {
		worst = max(worst, math.Abs(geo.LengthM(lines[i].(orb.LineString))/want-1))
	}
	if t.Logf("lengths: within %.2g", worst); worst > 1e-8 {
		t.Errorf("lengths differ by %g", worst)
	}
	// PostGIS itself is only good to some 1e-4 m² on a shape of metres (TestAreaOfSmallShapes holds ours).
	worst = 0
	for i, want := range ask[float64](t, pool, areaSQL, areas) {
		worst = max(worst, (math.Abs(geo.AreaM2(areas[i].(orb.Polygon))-want)-1e-3)/want)
	}
	if t.Logf("areas: within %.2g", worst); worst > 1e-8 {
		t.Errorf("areas differ by %g", worst)
	}
}

const insideSQL = `SELECT array_agg(ST_ContainsProperly(ST_GeomFromText(split_part(w, '|', 1), 4490), ST_GeomFromText(split_part(w, '|', 2), 4490)) ORDER BY n)
	FROM unnest($1::text[]) WITH ORDINALITY AS u(w, n)`

func TestPointInsideAgreesWithPostGIS(t *testing.T) {
	pool := pgtest.Empty(t)
	r := rand.New(rand.NewPCG(5, 6))
	var pairs []string
	for len(pairs) < 5000 {
		p, ok := randomAreas(r).(orb.Polygon)
		if !ok || geo.Check(p) != nil {
			continue
		}
		at, ok := geo.PointInside(p)
		if !ok && planar.Area(p) < 1e-15 {
			continue // valid by the luck of rounding only: no float lies between its sides
		}
		if !ok {
			t.Errorf("no point inside %s", wkt.MarshalString(p))
			continue
		}
		pairs = append(pairs, wkt.MarshalString(p)+"|"+wkt.MarshalString(at))
	}
	var in []bool
	if err := pool.QueryRow(context.Background(), insideSQL, pairs).Scan(&in); err != nil {
		t.Fatal(err)
	}
	for i := range in {
		if !in[i] {
			t.Errorf("not inside: %s", pairs[i])
		}
	}
}
