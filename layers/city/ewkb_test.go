package city

import (
	"bufio"
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/paulmach/orb"
	orbewkb "github.com/paulmach/orb/encoding/ewkb"

	"wangge/geo"
	"wangge/geo/tile"
	"wangge/layers"
)

var shapes = []orb.Geometry{
	orb.Point{120, 36},
	orb.MultiPoint{{120, 36}, {121, 36}},
	orb.LineString{{120, 36}, {121, 36}, {121, 37}},
	orb.MultiLineString{{{120, 36}, {121, 36}}, {{120, 37}, {121, 37}, {122, 37}}},
	orb.MultiLineString{{{120, 36}, {121, 36}}},
	orb.Polygon{{{120, 36}, {121, 36}, {121, 37}, {120, 36}}},
	orb.Polygon{{{120, 36}, {121, 36}, {121, 37}, {120, 36}}, {{120.4, 36.2}, {120.6, 36.2}, {120.6, 36.3}, {120.4, 36.2}}},
	orb.MultiPolygon{{{{120, 36}, {121, 36}, {121, 37}, {120, 36}}}},
	orb.MultiPolygon{
		{{{120, 36}, {121, 36}, {121, 37}, {120, 36}}, {{120.4, 36.2}, {120.6, 36.2}, {120.6, 36.3}, {120.4, 36.2}}},
		{{{122, 36}, {123, 36}, {123, 37}, {122, 36}}},
	},
}

// FuzzGeometry holds our reader against orb's and the tile package's, and feeds it rubbish.
func FuzzGeometry(f *testing.F) {
	for _, s := range shapes {
		f.Add(orbewkb.MustMarshal(s, geo.SRID))
		f.Add(orbewkb.MustMarshal(s, 0))
	}
	f.Add(orbewkb.MustMarshal(orb.Collection{orb.Point{1, 2}}, geo.SRID))
	f.Fuzz(func(t *testing.T, b []byte) {
		table := newTable(layers.ByID("road"))
		if err := table.pushGeometry(b); err != nil {
			if !errors.Is(err, errShape) {
				t.Error(err)
			}
			return
		}
		g, _, err := orbewkb.Unmarshal(b)
		if err != nil {
			t.Fatalf("we read what orb does not: %v", err)
		}
		want, ok := tile.FromOrb(g)
		if !ok {
			t.Fatalf("we read %T, which tiles cannot hold", g)
		}
		if len(want.Ends) == 1 {
			want.Ends, want.Polys = nil, nil
		}
		if len(want.Polys) == 1 {
			want.Polys = nil
		}
		if diff := cmp.Diff(want, table.geometry(0), cmpopts.EquateEmpty()); diff != "" && plain(g) {
			t.Error(diff)
		}
	})
}

// plain tells whether a geometry is one that PostGIS stores: rings closed, no part without length, finite.
func plain(g orb.Geometry) bool {
	switch g := g.(type) {
	case orb.Polygon:
		for _, r := range g {
			if len(r) < 2 || !r.Closed() {
				return false
			}
		}
		return len(g) > 0
	case orb.MultiPolygon:
		for _, p := range g {
			if !plain(p) {
				return false
			}
		}
	case orb.MultiLineString:
		for _, l := range g {
			if len(l) == 0 {
				return false
			}
		}
	}
	return true
}

func TestGeometryOfEveryKind(t *testing.T) {
	table := newTable(layers.ByID("road"))
	for _, s := range shapes {
		if err := table.pushGeometry(orbewkb.MustMarshal(s, geo.SRID)); err != nil {
			t.Errorf("%s: %v", s.GeoJSONType(), err)
		}
	}
	table.ids = make([]int64, len(shapes)) // the rows count
	last := table.geometry(len(shapes) - 1)
	if diff := cmp.Diff([]uint32{3, 6, 9}, last.Ends); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]uint32{2, 3}, last.Polys); diff != "" {
		t.Error(diff)
	}
	for name, b := range map[string][]byte{
		"nothing":     nil,
		"empty point": orbewkb.MustMarshal(orb.Point{}, geo.SRID)[:9],
		"collection":  orbewkb.MustMarshal(orb.Collection{orb.Point{1, 2}}, geo.SRID),
		"empty line":  orbewkb.MustMarshal(orb.LineString{}, geo.SRID),
		"rest":        append(orbewkb.MustMarshal(orb.Point{1, 2}, geo.SRID), 0),
	} {
		if err := table.pushGeometry(b); !errors.Is(err, errShape) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzCopy(f *testing.F) {
	head := append(bytes.Clone(copySignature), make([]byte, 8)...)
	f.Add(append(bytes.Clone(head), 0, 2, 0, 0, 0, 1, 'x', 0xff, 0xff, 0xff, 0xff, 0xff, 0xff))
	f.Add(append(bytes.Clone(head), 0, 1, 0, 0, 0, 9, 'x'))
	f.Add(head[:7])
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1<<16 {
			return
		}
		total := 0
		err := readCopy(bufio.NewReader(bytes.NewReader(b)), func(fields [][]byte) error {
			for _, f := range fields {
				total += len(f)
			}
			return nil
		})
		if total > len(b) {
			t.Errorf("%d bytes of fields in %d bytes, %v", total, len(b), err)
		}
	})
}

func TestHorizon(t *testing.T) {
	h, err := parseHorizon("847:852:847,850")
	if err != nil {
		t.Fatal(err)
	}
	for txid, want := range map[uint64]bool{1: true, 846: true, 847: false, 848: true, 850: false, 851: true, 852: false, 900: false} {
		if h.sees(txid) != want {
			t.Errorf("%d: %v", txid, !want)
		}
	}
	if from, below := h.doubtful(); from != 852 || !cmp.Equal(below, []string{"847", "850"}) {
		t.Errorf("doubtful from %d, and %v", from, below)
	}
	// The same moment on a standby, which does not list 847.
	s, err := parseHorizon("847:850:")
	if err != nil {
		t.Fatal(err)
	}
	s.standby = true
	s = s.after(horizon{seen: map[uint64]struct{}{840: {}, 848: {}}}, map[uint64]struct{}{849: {}})
	for txid, want := range map[uint64]bool{846: true, 847: false, 848: true, 849: true, 850: false} {
		if s.sees(txid) != want {
			t.Errorf("standby, %d: %v", txid, !want)
		}
	}
	if from, below := s.doubtful(); from != 847 || below != nil || len(s.seen) != 2 {
		t.Errorf("standby: doubtful from %d, and %v; seen %v", from, below, s.seen)
	}
	for _, bad := range []string{"", "1:2", "a:2:", "1:b:", "1:2:c", "1:2:3:4"} {
		if _, err := parseHorizon(bad); err == nil {
			t.Errorf("%q is a snapshot", bad)
		}
	}
}
