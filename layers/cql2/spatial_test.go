package cql2

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"wangge/fixtures/pgtest"
	"wangge/geo/pgeom"
)

// shapes of all kinds around 120, 36; the last are collections.
var shapes = []string{
	"POINT(120 36)", "POINT(120.5 36.5)", "MULTIPOINT((120 36), (120.5 36.5))", "LINESTRING(120 36, 121 37)", "LINESTRING(120 37, 121 36)",
	"LINESTRING(120 36, 121 36)", "MULTILINESTRING((120 36, 120.5 36.5), (120 37, 121 36))", "POLYGON((120 36, 121 36, 121 37, 120 37, 120 36))",
	"POLYGON((120.5 36.5, 121.5 36.5, 121.5 37.5, 120.5 37.5, 120.5 36.5))", "POLYGON((121 36, 122 36, 122 37, 121 37, 121 36))",
	"POLYGON((120 36, 121 36, 121 37, 120 37, 120 36), (120.2 36.2, 120.8 36.2, 120.8 36.8, 120.2 36.8, 120.2 36.2))",
	"MULTIPOLYGON(((120 36, 120.5 36, 120.5 37, 120 37, 120 36)), ((121 36, 122 36, 122 37, 121 37, 121 36)))",
	"GEOMETRYCOLLECTION(POINT(120 36), POINT(120.5 36.5))", "GEOMETRYCOLLECTION(LINESTRING(120 36, 121 36), LINESTRING(120.5 36, 121 37))",
	"GEOMETRYCOLLECTION(POLYGON((120 36, 121 36, 121 37, 120 37, 120 36)), POLYGON((120.5 36.5, 121.5 36.5, 121.5 37.5, 120.5 37.5, 120.5 36.5)))",
	"GEOMETRYCOLLECTION(POINT(120 36), GEOMETRYCOLLECTION(LINESTRING(120.2 36.3, 121 37)))",
}

const collections = 4 // of shapes

// TestSpatial holds the spatial functions against PostGIS itself, plans that know the values and such that do not, connections that
// know geometries and such that do not.
func TestSpatial(t *testing.T) {
	pool := pgtest.Empty(t)
	conn, err := pgx.ConnectConfig(t.Context(), pool.Config().ConnConfig)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	execute(t, conn, `CREATE TEMPORARY TABLE sample (id int8, geom geometry(Geometry, 4490))`)
	for i, shape := range shapes[:len(shapes)-collections] {
		execute(t, conn, `INSERT INTO sample VALUES ($1, ST_GeomFromText($2, 4490))`, i, shape)
	}
	execute(t, conn, `INSERT INTO sample VALUES (99, NULL)`)
	for _, plan := range []string{"force_custom_plan", "force_generic_plan"} {
		execute(t, conn, `SET plan_cache_mode = `+plan)
		for name, function := range relations {
			for i, shape := range shapes {
				checkRelation(t, conn, name, function, shape, i)
			}
		}
		if err := pgeom.Register(t.Context(), conn); err != nil {
			t.Fatal(err)
		}
	}
}

func checkRelation(t *testing.T, conn *pgx.Conn, name, function, shape string, i int) {
	t.Helper()
	for _, text := range []string{name + "(geom, " + shape + ")", "NOT " + name + "(" + shape + ", geom)"} {
		f, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		where, args, err := f.SQL(sampleColumns)
		if i == len(shapes)-1 && name != "s_intersects" && name != "s_disjoint" {
			if !errors.Is(err, ErrUnsupported) {
				t.Errorf("%s: %v", text, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		literal := "ST_GeomFromText('" + shape + "', 4490)"
		if i >= len(shapes)-collections && i != len(shapes)-1 {
			literal = "ST_UnaryUnion(" + literal + ")"
		}
		function = strings.Replace(function, "NOT ST_Intersects", "ST_Disjoint", 1)
		plain := function + "(geom, " + literal + ")"
		if strings.HasPrefix(text, "NOT") {
			plain = "NOT " + function + "(" + literal + ", geom)"
		}
		got, want := ids(t, conn, where, args...), ids(t, conn, plain)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

func execute(t *testing.T, conn *pgx.Conn, sql string, args ...any) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// ids gives the rows of sample that pass.
func ids(t *testing.T, conn *pgx.Conn, where string, args ...any) []int64 {
	t.Helper()
	rows, err := conn.Query(t.Context(), `SELECT id FROM sample f WHERE `+where+` ORDER BY id`, args...)
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	return found
}

func TestBox(t *testing.T) {
	for box, want := range map[string]orb.Geometry{
		"1, 2, 1, 2":             orb.Point{1, 2},
		"1, 2, 9, 1, 2, 9":       orb.Point{1, 2},
		"180, 2, 180, 2":         orb.Point{180, 2},
		"180, 2, -170, 2":        along(orb.Point{-180, 2}, orb.Point{-170, 2}, 1),
		"170, 2, -180, 3":        orb.Polygon{boxRing(orb.Point{170, 2}, orb.Point{180, 3}, 1)},
		"170, 2, -170, 3":        orb.MultiPolygon{{boxRing(orb.Point{170, 2}, orb.Point{180, 3}, 1)}, {boxRing(orb.Point{-180, 2}, orb.Point{-170, 3}, 1)}},
		"170, 2, -170, 2":        orb.MultiLineString{along(orb.Point{170, 2}, orb.Point{180, 2}, 1), along(orb.Point{-180, 2}, orb.Point{-170, 2}, 1)},
		"-10, -20, 0, 10, 20, 0": orb.Polygon{boxRing(orb.Point{-10, -20}, orb.Point{10, 20}, 1)},
	} {
		f, err := Parse("S_WITHIN(geom, BBOX(" + box + "))")
		if err != nil {
			t.Fatal(err)
		}
		got, ok := f.root.args[1].shape.geometry(true)
		if !ok || !orb.Equal(got, want) {
			t.Errorf("%s: %v, want %v", box, got, want)
		}
	}
	if ring := boxRing(orb.Point{0, 0}, orb.Point{16, 16}, boxSteps); len(ring) != 4*boxSteps+1 || ring[1] != (orb.Point{1, 0}) || ring.Orientation() != orb.CCW {
		t.Error(ring)
	}
}

// Literals in other coordinates are brought to the record's, and refused where they do not fit.
func TestShape(t *testing.T) {
	outside := errors.New("outside")
	c := sampleColumns
	c.Shape = func(g orb.Geometry) (orb.Geometry, error) {
		if p, is := g.(orb.Point); is && p[0] > 1000 {
			return nil, outside
		} else if is {
			return orb.Point{p[1], p[0]}, nil
		}
		return g, nil
	}
	sql := func(text string) error {
		f, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = f.SQL(c)
		return err
	}
	for text, want := range map[string]string{
		"S_EQUALS(geom, POINT(36 120))": "", "S_EQUALS(geom, POINT(120 36))": "swapped", "S_EQUALS(geom, POINT(2000 36))": "outside",
		"S_EQUALS(geom, BBOX(1, 0, 0, 1))": "begins with its least",
	} {
		if err := sql(text); want == "" && err != nil || want != "" && !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
