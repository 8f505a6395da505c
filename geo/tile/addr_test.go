package tile_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/paulmach/orb/maptile"

	"wangge/geo"
	"wangge/geo/tile"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		z, x, y string
		want    tile.Addr
		err     error
	}{
		{"0", "0", "0", tile.Addr{}, nil},
		{"14", "13633", "6395", tile.Addr{Z: 14, X: 13633, Y: 6395}, nil},
		{"18", "262143", "262143", tile.Addr{Z: 18, X: 262143, Y: 262143}, nil},
		{"1", "2", "0", tile.Addr{}, tile.ErrOutside},
		{"1", "0", "2", tile.Addr{}, tile.ErrOutside},
		{"19", "0", "0", tile.Addr{}, tile.ErrZoom},
		{"99999999999999999999999", "0", "0", tile.Addr{}, tile.ErrZoom},
		{"3", "18446744073709551616", "0", tile.Addr{}, tile.ErrOutside},
		{"3", strings.Repeat("9", 4000), "0", tile.Addr{}, tile.ErrOutside},
		{"-1", "0", "0", tile.Addr{}, tile.ErrNegative},
		{"3", "-1", "0", tile.Addr{}, tile.ErrNegative},
		{"3", "1", "-0", tile.Addr{}, tile.ErrNegative},
		{"", "0", "0", tile.Addr{}, tile.ErrNotANumber},
		{"3", "a", "0", tile.Addr{}, tile.ErrNotANumber},
		{"3", "+1", "0", tile.Addr{}, tile.ErrNotANumber},
		{"3", "1.0", "0", tile.Addr{}, tile.ErrNotANumber},
		{"3", "01", "0", tile.Addr{}, tile.ErrNotANumber},
		{"3", "1e0", "0", tile.Addr{}, tile.ErrNotANumber},
		{"3", "٣", "0", tile.Addr{}, tile.ErrNotANumber},
		{"3", "0x1", "0", tile.Addr{}, tile.ErrNotANumber},
		{"3", "1", " 1", tile.Addr{}, tile.ErrNotANumber},
	} {
		got, err := tile.Parse(c.z, c.x, c.y)
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("Parse(%.30q, %.30q, %.30q) = %v, %v; want %v, %v", c.z, c.x, c.y, got, err, c.want, c.err)
		}
		if err != nil && len(err.Error()) > 200 {
			t.Errorf("error of %d bytes", len(err.Error()))
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("14", "13633", "6395")
	f.Add("-1", "00", "99999999999999999999")
	f.Fuzz(func(t *testing.T, z, x, y string) {
		a, err := tile.Parse(z, x, y)
		if err != nil {
			return
		}
		if !a.Valid() {
			t.Errorf("%v is not valid", a)
		}
		if got := z + "/" + x + "/" + y; a.String() != got {
			t.Errorf("%q became %q", got, a)
		}
	})
}

func TestBound(t *testing.T) {
	for _, a := range []tile.Addr{{}, {Z: 1, X: 1, Y: 1}, {Z: 14, X: 13633, Y: 6395}, {Z: 18, X: 218133, Y: 102334}} {
		got, want := a.Bound(), maptile.New(a.X, a.Y, maptile.Zoom(a.Z)).Bound()
		for i, d := range []float64{got.Min[0] - want.Min[0], got.Min[1] - want.Min[1], got.Max[0] - want.Max[0], got.Max[1] - want.Max[1]} {
			if math.Abs(d) > 1e-7 {
				t.Errorf("%v: edge %d is %g° off", a, i, d)
			}
		}
		c := got.Center()
		if at := tile.At(a.Z, geo.WorldX(c.Lon()), geo.WorldY(c.Lat())); at != a {
			t.Errorf("At(centre of %v) = %v", a, at)
		}
	}
}

func TestWorld(t *testing.T) {
	minX, minY, maxX, maxY := tile.Addr{Z: 18, X: 1, Y: 2}.World(64)
	if minX != 1<<14-256 || minY != 2<<14-256 || maxX != 2<<14+256 || maxY != 3<<14+256 {
		t.Error(minX, minY, maxX, maxY)
	}
	x0, y0, x1, y1 := tile.Addr{}.WorldBox(64)
	if x0 != 0 || y0 != 0 || x1 != math.MaxUint32 || y1 != math.MaxUint32 {
		t.Error(x0, y0, x1, y1)
	}
}
