package city

import (
	"bufio"
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/paulmach/orb"

	"wangge/geo/pgeom"
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

func TestGeometryOfEveryKind(t *testing.T) {
	table := newTable(layers.ByID("road"))
	for _, s := range shapes {
		g, _ := tile.FromOrb(s)
		table.pushGeometry(g)
		table.ids = append(table.ids, 1)
	}
	for i, s := range shapes {
		want, _ := tile.FromOrb(s)
		if len(want.Ends) == 1 {
			want.Ends = nil
		}
		if len(want.Polys) == 1 {
			want.Polys = nil
		}
		if diff := cmp.Diff(want, table.geometry(i), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s", s.GeoJSONType(), diff)
		}
	}
}

// TestUnreadableRow: a geometry that no layer holds does not keep the other rows from the map.
func TestUnreadableRow(t *testing.T) {
	r := newSource(layers.ByID("back_alley")).reader(&layers.Rules{})
	for i, shape := range [][]byte{{1, 2, 3}, nil, encode(t, orb.Collection{orb.Point{1, 2}}), encode(t, orb.LineString{}), encode(t, shapes[2])} {
		fields := make([][]byte, atColumns+len(r.columns))
		fields[atID], fields[atGeometry] = []byte{0, 0, 0, 0, 0, 0, 0, byte(i)}, shape
		if err := r.row(fields); err != nil {
			t.Fatal(err)
		}
	}
	if rows := r.tables["back_alley"]; rows.len() != 1 || rows.ids[0] != 4 || r.skipped != 4 || r.skippedID != 3 {
		t.Errorf("%d rows, %d skipped, the last %d", rows.len(), r.skipped, r.skippedID)
	}
	if err := r.row(nil); err == nil {
		t.Error("a row of no fields is taken")
	}
}

func encode(t *testing.T, g orb.Geometry) []byte {
	t.Helper()
	b, err := pgeom.Encode(g)
	if err != nil {
		t.Fatal(err)
	}
	return b
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
