package pgeom_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"wangge/geo/pgeom"
)

// PostGIS writes the same of every kind, rings turned the same way round; but ST_ForcePolygonCCW (3.3) turns lines round too, and ST_AsGeoJSON has no
// collections of collections.
func TestGeoJSONAgainstPostGIS(t *testing.T) {
	conn := connect(t)
	clockwise := orb.Polygon{{{120, 36}, {121, 37}, {121, 36}, {120, 36}}, {{120.6, 36.1}, {120.8, 36.1}, {120.8, 36.2}, {120.6, 36.1}}}
	for _, g := range append(kinds(), clockwise, orb.MultiPolygon{clockwise, clockwise}) {
		if c, is := g.(orb.Collection); is && len(c) > 0 {
			g = c[:2]
		}
		var want string
		var ewkb []byte
		if err := conn.QueryRow(context.Background(), `SELECT ST_AsGeoJSON(CASE ST_Dimension($1::geometry) WHEN 2 THEN ST_ForcePolygonCCW($1::geometry) ELSE $1::geometry END, 9, 0), $1::geometry`, g).Scan(&want, &ewkb); err != nil {
			t.Fatal(err)
		}
		got, err := pgeom.GeoJSON{Decimals: 9}.Append([]byte("x"), ewkb)
		if err != nil {
			t.Errorf("%v: %v", g, err)
			continue
		}
		var a, b any
		if json.Unmarshal(got[1:], &a) != nil || json.Unmarshal([]byte(want), &b) != nil || cmp.Diff(a, b) != "" {
			t.Errorf("%s instead of %s", got, want)
		}
	}
}

func TestGeoJSONTurnsAxesAndConverts(t *testing.T) {
	ewkb, err := pgeom.Encode(orb.LineString{{120, 36}, {121.5, 37}})
	if err != nil {
		t.Fatal(err)
	}
	double := func(p orb.Point) (orb.Point, error) { return orb.Point{2 * p[0], 2 * p[1]}, nil }
	got, err := pgeom.GeoJSON{Decimals: 4, YX: true, Convert: double}.Append(nil, ewkb)
	if want := `{"type":"LineString","coordinates":[[72,240],[74,243]]}`; err != nil || string(got) != want {
		t.Errorf("%s, %v", got, err)
	}
	wrong := errors.New("no such place")
	if _, err := (pgeom.GeoJSON{Convert: func(orb.Point) (orb.Point, error) { return orb.Point{}, wrong }}).Append(nil, ewkb); !errors.Is(err, wrong) {
		t.Errorf("%v", err)
	}
}

func TestAppendFixed(t *testing.T) {
	for _, c := range []struct {
		v        float64
		decimals int
		want     string
	}{
		{0, 9, "0"}, {120, 9, "120"}, {-120.5, 9, "-120.5"}, {120.0334567894, 9, "120.033456789"}, {0.1, 0, "0"}, {-0.0000000001, 9, "0"},
		{1e-9, 9, "0.000000001"}, {40509123.45678, 4, "40509123.4568"}, {math.NaN(), 9, "null"}, {math.Inf(-1), 9, "null"}, {1e300, 9, strconv.FormatFloat(1e300, 'f', -1, 64)},
	} {
		if got := string(pgeom.AppendFixed(nil, c.v, c.decimals)); got != c.want {
			t.Errorf("%v is %s, want %s", c.v, got, c.want)
		}
	}
}

// Whatever the bytes are, it is JSON or an error; and it is an error where Decode has one.
func FuzzGeoJSON(f *testing.F) {
	for _, g := range kinds() {
		b, err := pgeom.Encode(g)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := pgeom.GeoJSON{Decimals: 9}.Append(nil, b)
		if err == nil && !json.Valid(got) {
			t.Errorf("%x became %s", b, got)
		}
		if _, other := pgeom.Decode(b); other == nil && err != nil {
			t.Errorf("%x: %v", b, err)
		}
	})
}

// Adding zero to -0.0 leaves no sign behind.
func FuzzAppendFixed(f *testing.F) {
	f.Add(120.0334, 9)
	f.Fuzz(func(t *testing.T, v float64, decimals int) {
		if decimals < 0 || decimals > 15 || math.Abs(v) > 1e15 {
			t.Skip("out of range")
		}
		got, err := strconv.ParseFloat(string(pgeom.AppendFixed(nil, v, decimals)), 64)
		if math.IsNaN(v) {
			return
		}
		if err != nil || math.Abs(got-v) > 0.5000001*math.Pow10(-decimals)+math.Abs(v)*1e-15 {
			t.Errorf("%v with %d decimals became %v, %v", v, decimals, got, err)
		}
	})
}
