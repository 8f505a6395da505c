package tile_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wangge/geo/tile"
)

// addPoints writes n points with a text of their own each.
func addPoints(e *tile.Encoder, key uint32, n int, text string) {
	point := tile.Geometry{Kind: tile.Points, XY: flat(1, 1)}
	for i := range n {
		e.Open(uint64(i), &point)
		e.TagText(key, fmt.Appendf(nil, "%s%06d", text, i), 0)
		e.Close()
	}
}

// TestLayerLen holds that the length foretold is that of the layer, whatever its size takes to be written, and that layers are
// told with their sizes.
func TestLayerLen(t *testing.T) {
	var b tile.DictBuilder
	code := b.Key("code")
	for _, n := range []int{0, 1, 2, 3, 4, 400, 600, 70_000} {
		var e tile.Encoder
		e.Begin(here, tile.DefaultBufferPx)
		e.Layer("first", b.Dict())
		addPoints(&e, code, 7, "a")
		first := e.LayerLen()
		e.Layer("second", b.Dict())
		if e.LayerLen() != 0 {
			t.Errorf("a layer without features takes %d bytes", e.LayerLen())
		}
		addPoints(&e, code, n, "text")
		second := e.LayerLen()
		if e.Features() != 7+n {
			t.Errorf("%d features, want %d", e.Features(), 7+n)
		}
		want := []tile.LayerSize{{Name: "first", Bytes: first, Features: 7}}
		if diff := cmp.Diff(want, e.Layers()); diff != "" {
			t.Error(diff)
		}
		if n > 0 {
			want = append(want, tile.LayerSize{Name: "second", Bytes: second, Features: n})
		}
		layers := decode(t, e.Bytes())
		if diff := cmp.Diff(want, e.Layers()); diff != "" {
			t.Error(diff)
		}
		if len(e.Bytes()) != first+second || len(layers) != len(want) || n > 0 && len(layers[1].Features) != n {
			t.Errorf("%d bytes, foretold were %d and %d; %d layers", len(e.Bytes()), first, second, len(layers))
		}
		if e.LayerLen() != 0 || e.Features() != 7+n {
			t.Errorf("after its end the tile has %d bytes of a layer and %d features", e.LayerLen(), e.Features())
		}
	}
}

// TestAbandon holds that an abandoned layer leaves no trace, even in the middle of a feature.
func TestAbandon(t *testing.T) {
	var b tile.DictBuilder
	code := b.Key("code")
	build := func(detour bool) []byte {
		var e tile.Encoder
		e.Abandon() // nothing is open
		e.Begin(here, tile.DefaultBufferPx)
		e.Layer("first", b.Dict())
		addPoints(&e, code, 100, "kept")
		if detour {
			e.Layer("second", b.Dict())
			addPoints(&e, code, 5000, "dropped")
			e.Open(1, &tile.Geometry{Kind: tile.Lines, XY: flat(1, 1, 5, 5)})
			e.Abandon()
			e.Abandon()
			if e.Features() != 100 || e.LayerLen() != 0 {
				t.Errorf("%d features, and %d bytes of a layer", e.Features(), e.LayerLen())
			}
		}
		e.Layer("second", b.Dict())
		addPoints(&e, code, 10, "kept")
		if detour {
			e.Layer("third", b.Dict())
			addPoints(&e, code, 1, "dropped")
			e.Abandon()
		}
		return e.Bytes()
	}
	if diff := cmp.Diff(build(false), build(true)); diff != "" {
		t.Error(diff)
	}
}

// TestNoAllocation holds that an encoder that has grown to its tile allocates nothing.
func TestNoAllocation(t *testing.T) {
	s := newScene()
	var e tile.Encoder
	s.encode(&e)
	if n := testing.AllocsPerRun(20, func() { s.encode(&e) }); n != 0 {
		t.Errorf("%v allocations a tile", n)
	}
}

// TestEncoderForgets holds that a tile does not depend on those before it.
func TestEncoderForgets(t *testing.T) {
	s := newScene()
	var used tile.Encoder
	addLayer := func(e *tile.Encoder) {
		e.Begin(here, 0)
		e.Layer("other", tile.Dict{})
		e.Open(1, s.kinds[2].geometry(0))
		e.Close()
		e.Bytes()
	}
	for range 3 {
		var fresh tile.Encoder
		if diff := cmp.Diff(s.encode(&fresh), s.encode(&used)); diff != "" {
			t.Fatal(diff)
		}
		addLayer(&used)
	}
}
