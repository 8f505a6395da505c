package tile_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"wangge/geo/tile"
)

func TestTagsOfStores(t *testing.T) {
	var b tile.DictBuilder
	kind, status, name, code, width := b.Key("kind"), b.Key("status"), b.Key("name"), b.Key("code"), b.Key("width_m")
	motor, bike, intact, unused := b.Value(tile.String("motor")), b.Value(tile.String("bike")), b.Value(tile.String("intact")), b.Value(tile.String("unused"))
	var first, second tile.SetsBuilder
	first.Add([]uint32{kind, motor, status, unused}) // number 0, which no feature has
	one := first.Add([]uint32{kind, motor, status, intact})
	two := second.Add([]uint32{kind, bike})
	three := second.Add([]uint32{status, intact, kind, motor})
	none := second.Add(nil)
	a, z := first.Sets(), second.Sets()
	if a.Len() != 2 || z.Len() != 3 || a.Size() <= 0 {
		t.Fatalf("%d and %d sets of %d bytes", a.Len(), z.Len(), a.Size())
	}
	point := tile.Geometry{Kind: tile.Points, XY: flat(1, 1)}

	var e tile.Encoder
	for range 2 { // the second tile must not remember the first
		e.Begin(here, tile.DefaultBufferPx)
		e.Layer("parking", b.Dict())
		add := func(id uint64, set uint32, text string, token uint32) {
			if !e.Open(id, &point) {
				t.Fatal("the point is not in the tile")
			}
			e.TagSet(set)
			e.TagText(name, []byte(text), token)
			e.TagText(code, []byte("code"+text), 0)
			e.TagValue(width, tile.Double(2.5))
			e.Close()
		}
		e.Use(a, nil)
		add(1, one, "澳门路", 7)
		add(2, one, "澳门路", 7)
		e.Use(z, nil)
		add(3, two, "福州路", 7)
		add(4, three, "福州路", 7)
		add(5, none, "宁夏路", 7+256) // in the same place of the cache
		e.Use(z, []bool{true, false, false, true})
		add(6, three, "福州路", 7)
		e.Use(nil, nil)
		if e.Open(8, &tile.Geometry{Kind: tile.Points, XY: flat(9000, 1)}) {
			t.Fatal("the point is not beyond the tile")
		}
		if n := e.Features(); n != 6 {
			t.Errorf("%d features", n)
		}
		length := e.LayerLen()
		layers := decode(t, e.Bytes())
		if len(e.Bytes()) != length {
			t.Errorf("%d bytes, %d foretold", len(e.Bytes()), length)
		}
		if diff := cmp.Diff([]tile.LayerSize{{Name: "parking", Bytes: length, Features: 6}}, e.Layers()); diff != "" {
			t.Error(diff)
		}
		want := []map[string]any{
			{"kind": "motor", "status": "intact", "name": "澳门路", "code": "code澳门路", "width_m": 2.5},
			{"kind": "motor", "status": "intact", "name": "澳门路", "code": "code澳门路", "width_m": 2.5},
			{"kind": "bike", "name": "福州路", "code": "code福州路", "width_m": 2.5},
			{"kind": "motor", "status": "intact", "name": "福州路", "code": "code福州路", "width_m": 2.5},
			{"name": "宁夏路", "code": "code宁夏路", "width_m": 2.5},
			{"kind": "motor", "code": "code福州路"},
		}
		for i, f := range layers[0].Features {
			if diff := cmp.Diff(want[i], map[string]any(f.Properties)); diff != "" {
				t.Errorf("feature %d: %s", i, diff)
			}
			if f.ID != float64(i+1) {
				t.Errorf("feature %d: id %v", i, f.ID)
			}
		}
		for value, n := range map[string]int{"motor": 1, "intact": 1, "unused": 0, "\x09澳门路": 1, "\x09福州路": 1, "code澳门路": 2} {
			if got := count(e.Bytes(), value); got != n {
				t.Errorf("%q stands %d times in the tile, not %d", value, got, n)
			}
		}
	}
}
