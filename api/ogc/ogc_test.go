package ogc

import (
	"errors"
	"math"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wangge/api/param"
	"wangge/api/reply"
	"wangge/layers"
	"wangge/layers/postgres"
)

func TestObjectKeepsOrder(t *testing.T) {
	var o object[any]
	if !o.IsZero() {
		t.Error("an empty object is not empty")
	}
	o.set("z", 1)
	o.set(`a"`, []int{2})
	o.set("中", nil)
	b, err := reply.Marshal(o)
	if err != nil || string(b) != `{"z":1,"a\"":[2],"中":null}`+"\n" {
		t.Errorf("%s, %v", b, err)
	}
	o.set("bad", math.NaN())
	if _, err := reply.Marshal(o); err == nil {
		t.Error("NaN was written")
	}
}

func TestShown(t *testing.T) {
	at := time.Date(2024, 5, 6, 23, 30, 0, 0, time.FixedZone("", 8*3600))
	for _, c := range []struct {
		kind     layers.Type
		in, want any
	}{
		{layers.Date, at, "2024-05-06"},
		{layers.Time, at, "2024-05-06T15:30:00Z"},
		{layers.Number, 1.5, 1.5}, {layers.Number, math.NaN(), nil}, {layers.Number, math.Inf(-1), nil},
		{layers.Integer, int64(3), int64(3)}, {layers.Boolean, false, false}, {layers.String, "", ""}, {layers.Enum, nil, nil},
	} {
		if got := shown(c.kind, c.in); got != c.want {
			t.Errorf("%s %v is shown as %v", c.kind, c.in, got)
		}
	}
}

func TestGeometryFormatIsKnownForEveryLayer(t *testing.T) {
	want := map[string]string{
		"unit_grid": "geometry-polygon-or-multipolygon", "road": "geometry-linestring-or-multilinestring", "back_alley": "geometry-linestring-or-multilinestring",
		"public_toilet": "geometry-point", "barrier_free_ramp": "geometry-any", "parking_space": "geometry-any", "construction_site": "geometry-any",
	}
	got := map[string]string{}
	for _, l := range layers.Catalogue() {
		got[l.ID] = geometryFormat(l)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A text is the number it spells, a number nobody has, or the caller's fault.
func FuzzParseID(f *testing.F) {
	for _, s := range []string{"0", "7", "007", "9223372036854775808", "-1", "1e3", "", "１", "1'--"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, err := parseID(s)
		var faults param.Faults
		switch {
		case err == nil:
			if want, err := strconv.ParseInt(s, 10, 64); err != nil || want != id || id < 0 {
				t.Errorf("%q became %d", s, id)
			}
		case !errors.As(err, &faults) && !errors.Is(err, postgres.ErrNotFound):
			t.Errorf("%q: %v", s, err)
		}
	})
}
