package pgeom_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"

	"wangge/fixtures/pgtest"
	"wangge/geo"
	"wangge/geo/pgeom"
	"wangge/geo/tile"
)

// kinds has every kind of geometry, plain, with several parts, and empty.
func kinds() []orb.Geometry {
	ring := orb.Ring{{120, 36}, {121, 36}, {121, 37}, {120, 36}}
	hole := orb.Ring{{120.6, 36.1}, {120.8, 36.1}, {120.8, 36.2}, {120.6, 36.1}}
	other := orb.Ring{{110, 36}, {111, 36}, {111, 37}, {110, 36}}
	return []orb.Geometry{
		orb.Point{120.0334, 36.2646},
		orb.MultiPoint{{120, 36}, {121, 36}},
		orb.LineString{{120, 36}, {121, 36}, {121, 37.000000001}},
		orb.MultiLineString{{{120, 36}, {121, 36}}, {{1, 2}, {3, 4}, {5, 6}}},
		orb.Polygon{ring},
		orb.Polygon{ring, hole},
		orb.MultiPolygon{{ring, hole}, {other}},
		orb.Collection{orb.Point{120, 36}, orb.Polygon{ring}, orb.Collection{orb.LineString{{1, 2}, {3, 4}}}},
		orb.MultiPoint{},
		orb.LineString{},
		orb.MultiLineString{},
		orb.Polygon{},
		orb.MultiPolygon{},
		orb.Collection{},
	}
}

// connect gives a connection to PostGIS that knows geometry.
func connect(t *testing.T) *pgx.Conn {
	t.Helper()
	pooled, err := pgtest.Empty(t).Acquire(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pooled.Release)
	if err := pgeom.Register(context.Background(), pooled.Conn()); err != nil {
		t.Fatal(err)
	}
	return pooled.Conn()
}

func TestEveryKindGoesToPostGISAndBack(t *testing.T) {
	conn := connect(t)
	ctx := context.Background()
	for _, mode := range []pgx.QueryExecMode{pgx.QueryExecModeCacheStatement, pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol} {
		for _, g := range kinds() {
			var back orb.Geometry
			var text string
			var srid int
			err := conn.QueryRow(ctx, `SELECT $1::geometry, ST_AsText($1::geometry), ST_SRID($1::geometry)`, mode, g).Scan(&back, &text, &srid)
			if err != nil {
				t.Fatalf("%v, %s: %v", mode, wkt.MarshalString(g), err)
			}
			if diff := cmp.Diff(g, back); diff != "" {
				t.Errorf("%v, %s: %s", mode, text, diff)
			}
			if parsed, err := wkt.Unmarshal(text); err == nil && !orb.Equal(parsed, g) || srid != geo.SRID {
				t.Errorf("PostGIS took %s as %s, SRID %d", wkt.MarshalString(g), text, srid)
			}
		}
	}
}

func TestRingsAndBoundsBecomePolygons(t *testing.T) {
	conn := connect(t)
	b := orb.Bound{Min: orb.Point{120, 36}, Max: orb.Point{121, 37}}
	for _, g := range []orb.Geometry{b, b.ToRing()} {
		var back orb.Geometry
		if err := conn.QueryRow(context.Background(), `SELECT $1::geometry`, g).Scan(&back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(orb.Geometry(b.ToPolygon()), back); diff != "" {
			t.Error(diff)
		}
	}
}

func TestCopy(t *testing.T) {
	conn := connect(t)
	ctx := context.Background()
	if _, err := conn.Exec(ctx, `CREATE TABLE feature (id bigint, geom geometry(Geometry, 4490))`); err != nil {
		t.Fatal(err)
	}
	want := append(kinds(), nil, orb.Polygon(nil))
	n, err := conn.CopyFrom(ctx, pgx.Identifier{"feature"}, []string{"id", "geom"},
		pgx.CopyFromSlice(len(want), func(i int) ([]any, error) { return []any{int64(i), want[i]}, nil }))
	if err != nil || int(n) != len(want) {
		t.Fatalf("copied %d: %v", n, err)
	}
	rows, err := conn.Query(ctx, `SELECT geom FROM feature ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	got, err := pgx.CollectRows(rows, pgx.RowTo[orb.Geometry])
	if err != nil {
		t.Fatal(err)
	}
	want[len(want)-1] = nil // a nil slice is NULL
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestArrays(t *testing.T) {
	conn := connect(t)
	want := kinds()
	var got []orb.Geometry
	if err := conn.QueryRow(context.Background(), `SELECT array_agg(g ORDER BY n) FROM unnest($1::geometry[]) WITH ORDINALITY AS u(g, n)`, want).Scan(&got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestScanTargets(t *testing.T) {
	conn := connect(t)
	ctx := context.Background()
	const null, point = `SELECT NULL::geometry`, `SELECT ST_SetSRID(ST_MakePoint(120, 36), 4490)`

	g := orb.Geometry(orb.Point{1, 1})
	if err := conn.QueryRow(ctx, null).Scan(&g); err != nil || g != nil {
		t.Errorf("NULL into a geometry: %v, %v", g, err)
	}
	p := &orb.Point{}
	if err := conn.QueryRow(ctx, null).Scan(&p); err != nil || p != nil {
		t.Errorf("NULL into a pointer: %v, %v", p, err)
	}
	line := orb.LineString{{1, 1}}
	if err := conn.QueryRow(ctx, null).Scan(&line); err != nil || line != nil {
		t.Errorf("NULL into a line: %v, %v", line, err)
	}
	var q orb.Point
	if err := conn.QueryRow(ctx, null).Scan(&q); err == nil {
		t.Error("NULL went into a point")
	}
	if err := conn.QueryRow(ctx, point).Scan(&q); err != nil || q != (orb.Point{120, 36}) {
		t.Errorf("a point: %v, %v", q, err)
	}
	if err := conn.QueryRow(ctx, point).Scan(&p); err != nil || p == nil || *p != q {
		t.Errorf("a pointer: %v, %v", p, err)
	}
	if err := conn.QueryRow(ctx, point).Scan(&line); !errors.Is(err, pgeom.ErrKind) {
		t.Errorf("a point into a line: %v", err)
	}
	var raw []byte
	if err := conn.QueryRow(ctx, point).Scan(&raw); err != nil {
		t.Error(err)
	}
	var back orb.Geometry
	if err := conn.QueryRow(ctx, `SELECT $1::geometry`, raw).Scan(&back); err != nil || back != orb.Geometry(q) {
		t.Errorf("raw EWKB: %v, %v", back, err)
	}
	rows, err := conn.Query(ctx, `SELECT $1::geometry, NULL::geometry`, q)
	if err != nil {
		t.Fatal(err)
	}
	values, err := pgx.CollectOneRow(rows, func(r pgx.CollectableRow) ([]any, error) { return r.Values() })
	if diff := cmp.Diff([]any{q, nil}, values); diff != "" || err != nil {
		t.Errorf("Values: %s %v", diff, err)
	}
}

func TestWhatIsReadFromOtherColumns(t *testing.T) {
	conn := connect(t)
	ctx := context.Background()
	for sql, want := range map[string]any{
		`'SRID=4490;POINT Z (1 2 3)'`:                                 orb.Point{1, 2},
		`'SRID=4490;POINT M (1 2 3)'`:                                 orb.Point{1, 2},
		`'SRID=4490;LINESTRING ZM (1 2 3 4, 5 6 7 8)'`:                orb.LineString{{1, 2}, {5, 6}},
		`'SRID=4490;MULTIPOLYGON Z (((0 0 9, 1 0 9, 1 1 9, 0 0 9)))'`: orb.MultiPolygon{{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}},
		`'SRID=4490;GEOMETRYCOLLECTION Z (POINT Z (1 2 3))'`:          orb.Collection{orb.Point{1, 2}},
		`'SRID=4490;POINT EMPTY'`:                                     orb.MultiPoint{},
		`'SRID=4490;POINT Z EMPTY'`:                                   orb.MultiPoint{},
		`'SRID=4490;MULTIPOINT (1 2, EMPTY)'`:                         orb.MultiPoint{{1, 2}},
		`'SRID=4490;GEOMETRYCOLLECTION Z EMPTY'`:                      orb.Collection{},
		`'SRID=4490;GEOMETRYCOLLECTION (POINT EMPTY)'`:                orb.Collection{orb.MultiPoint{}},
		`'SRID=4326;POINT (1 2)'`:                                     pgeom.ErrSRID,
		`'SRID=3857;POLYGON EMPTY'`:                                   pgeom.ErrSRID,
		`'POINT (1 2)'`:                                               pgeom.ErrSRID,
		`'SRID=4490;CIRCULARSTRING (0 0, 1 1, 2 0)'`:                  pgeom.ErrKind,
		`'SRID=4490;TRIANGLE ((0 0, 1 1, 2 0, 0 0))'`:                 pgeom.ErrKind,
	} {
		for _, format := range []int16{pgtype.BinaryFormatCode, pgtype.TextFormatCode} {
			var got orb.Geometry
			err := conn.QueryRow(ctx, `SELECT `+sql+`::geometry`, pgx.QueryResultFormats{format}).Scan(&got)
			if wantErr, isErr := want.(error); isErr {
				if !errors.Is(err, wantErr) {
					t.Errorf("%s: %v, %v", sql, got, err)
				}
				continue
			}
			if diff := cmp.Diff(want, any(got)); diff != "" || err != nil {
				t.Errorf("%s in format %d: %s%v", sql, format, diff, err)
			}
		}
	}
}

func TestRegisterWithoutPostGIS(t *testing.T) {
	conn := connect(t)
	ctx := context.Background()
	if _, err := conn.Exec(ctx, `DROP EXTENSION postgis CASCADE`); err != nil {
		t.Fatal(err)
	}
	if err := pgeom.Register(ctx, conn); !errors.Is(err, pgeom.ErrNoPostGIS) {
		t.Error(err)
	}
}

func TestEncodeRefuses(t *testing.T) {
	nan := math.NaN()
	for _, g := range []orb.Geometry{orb.Point{nan, 36}, orb.Point{120, nan}, orb.MultiPoint{{1, 2}, {nan, nan}}, orb.Collection{orb.Point{nan, nan}}} {
		if _, err := pgeom.Encode(g); !errors.Is(err, geo.NotFinite) {
			t.Errorf("%v: %v", g, err)
		}
	}
	for _, g := range []orb.Geometry{nil, orb.Collection{nil}} {
		if _, err := pgeom.Encode(g); !errors.Is(err, geo.Missing) {
			t.Errorf("%v: %v", g, err)
		}
	}
	for _, g := range orb.AllGeometries {
		if g == nil {
			continue
		}
		if _, err := pgeom.Encode(g); err != nil {
			t.Errorf("%T: %v", g, err)
		}
	}
}

// TestWorldIsDecodeAndFromOrb holds that the short way gives what the long way does, in both byte orders.
func TestWorldIsDecodeAndFromOrb(t *testing.T) {
	conn := connect(t)
	var g tile.Geometry
	for _, want := range kinds() {
		for _, order := range []string{"NDR", "XDR"} {
			var b []byte
			err := conn.QueryRow(context.Background(), `SELECT ST_AsEWKB(ST_Force3D($1::geometry), $2)`, want, order).Scan(&b)
			if err != nil {
				t.Fatal(err)
			}
			err = pgeom.World(b, &g)
			if _, ok := want.(orb.Collection); ok {
				if !errors.Is(err, pgeom.ErrKind) {
					t.Errorf("a collection: %v", err)
				}
				continue
			}
			flat, _ := tile.FromOrb(want)
			if diff := cmp.Diff(fmt.Sprint(flat), fmt.Sprint(g)); diff != "" || err != nil {
				t.Errorf("%s: %s%v", wkt.MarshalString(want), diff, err)
			}
		}
	}
}

func TestDecodeRefusesNonsense(t *testing.T) {
	good, err := pgeom.Encode(kinds()[7])
	if err != nil {
		t.Fatal(err)
	}
	for n := range good {
		if _, err := pgeom.Decode(good[:n]); !errors.Is(err, pgeom.ErrMalformed) {
			t.Fatalf("%d of %d bytes: %v", n, len(good), err)
		}
	}
	if _, err := pgeom.Decode(append(good, 0)); !errors.Is(err, pgeom.ErrMalformed) {
		t.Errorf("a byte too many: %v", err)
	}
	huge := []byte{1, 2, 0, 0, 0x20, 0x8a, 0x11, 0, 0, 0xff, 0xff, 0xff, 0xff} // a line of 2^32-1 positions
	if _, err := pgeom.Decode(huge); !errors.Is(err, pgeom.ErrMalformed) {
		t.Errorf("huge: %v", err)
	}
}

// FuzzDecode holds that any bytes are read or refused, that what is read is written and read again as the same, and that
// World agrees.
func FuzzDecode(f *testing.F) {
	for _, g := range kinds() {
		b, err := pgeom.Encode(g)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		g, err := pgeom.Decode(b)
		var w tile.Geometry
		worldErr := pgeom.World(b, &w)
		if err != nil {
			if worldErr == nil {
				t.Errorf("World reads what Decode does not: %v", err)
			}
			return
		}
		again, err := pgeom.Encode(g)
		if errors.Is(err, geo.NotFinite) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		back, err := pgeom.Decode(again)
		if err != nil {
			t.Fatal(err)
		}
		if wkt.MarshalString(back) != wkt.MarshalString(g) {
			t.Errorf("%s became %s", wkt.MarshalString(g), wkt.MarshalString(back))
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	raw, _ := pgeom.Encode(kinds()[4])
	b.ReportAllocs()
	for b.Loop() {
		_, _ = pgeom.Decode(raw)
	}
}

func BenchmarkEncode(b *testing.B) {
	g := kinds()[4]
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf, _ = pgeom.Append(buf[:0], g)
	}
}

func BenchmarkWorld(b *testing.B) {
	raw, _ := pgeom.Encode(kinds()[4])
	var g tile.Geometry
	b.ReportAllocs()
	for b.Loop() {
		_ = pgeom.World(raw, &g)
	}
}
