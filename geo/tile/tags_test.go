package tile_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"wangge/geo/tile"
)

// tagging is a vocabulary with sets in several stores, and what they say in plain.
type tagging struct {
	dict   tile.Dict
	keys   []string
	stores []*tile.Sets
	pairs  [][][]uint32 // by store and set
	values []any        // of the dictionary
}

func newTagging(r *rand.Rand, keys, values int) *tagging {
	g := &tagging{}
	var b tile.DictBuilder
	for i := range keys {
		g.keys = append(g.keys, fmt.Sprintf("key%d", i))
		b.Key(g.keys[i])
	}
	for i := range values {
		switch i % 4 {
		case 0:
			g.values = append(g.values, fmt.Sprintf("值%d", i))
			b.Value(tile.String(g.values[i].(string)))
		case 1:
			g.values = append(g.values, float64(-i))
			b.Value(tile.Int(int64(-i)))
		case 2:
			g.values = append(g.values, float64(i)+0.5)
			b.Value(tile.Double(float64(i) + 0.5))
		default:
			g.values = append(g.values, strings.Repeat("长", i%60)+fmt.Sprint(i))
			b.Value(tile.String(g.values[i].(string)))
		}
	}
	for range 3 {
		var sets tile.SetsBuilder
		var plain [][]uint32
		for range 1 + r.IntN(60)<<(8*r.IntN(2)) { // sometimes more than an encoder remembers
			var pairs []uint32
			for _, k := range r.Perm(keys)[:r.IntN(min(keys, 9<<(3*r.IntN(2))))] {
				pairs = append(pairs, uint32(k), r.Uint32N(uint32(values)))
			}
			sets.Add(pairs)
			plain = append(plain, pairs)
		}
		g.stores, g.pairs = append(g.stores, sets.Sets()), append(g.pairs, plain)
	}
	g.dict = b.Dict()
	return g
}

// TestTags holds that what a feature was tagged with comes out of the tile: sets of several stores, texts with and without
// tokens, other values, all or some of the keys, in layers from small to large.
func TestTags(t *testing.T) {
	var e tile.Encoder
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		g := newTagging(r, 1+r.IntN(300), 1+r.IntN(1<<(4+r.IntN(12))))
		e.Begin(here, tile.DefaultBufferPx)
		e.Layer("tags", g.dict)
		want := g.features(r, &e, 1<<r.IntN(12))
		length := e.LayerLen()
		layers := decode(t, e.Bytes())
		if len(e.Bytes()) != length || len(layers) != 1 || len(layers[0].Features) != len(want) {
			t.Fatalf("seed %d: %d bytes, %d foretold; %d layers for %d features", seed, len(e.Bytes()), length, len(layers), len(want))
		}
		for i, f := range layers[0].Features {
			if diff := cmp.Diff(want[i], map[string]any(f.Properties), numbers, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("seed %d, feature %d: %s", seed, i, diff)
			}
		}
	}
}

// features writes n features with tags and gives these. A key may come twice in a feature: the last counts.
func (g *tagging) features(r *rand.Rand, e *tile.Encoder, n int) (want []map[string]any) {
	saw := tile.Geometry{Kind: tile.Lines}
	for i := range 200 {
		x, y := at(20*i, i%2*9)
		saw.XY = append(saw.XY, x, y)
	}
	store, wanted := 0, []bool(nil)
	e.Use(g.stores[0], nil)
	for i := range n {
		if r.IntN(50) == 0 {
			store, wanted = r.IntN(len(g.stores)), g.wanted(r)
			e.Use(g.stores[store], wanted)
		}
		got := map[string]any{}
		add := func(k uint32, v any) {
			if wanted == nil || int(k) < len(wanted) && wanted[k] {
				got[g.keys[k]] = v
			}
		}
		e.Open(uint64(i), &tile.Geometry{Kind: tile.Lines, XY: saw.XY[:4+2*r.IntN(1<<r.IntN(8))]})
		if r.IntN(5) > 0 {
			n := r.Uint32N(uint32(g.stores[store].Len()))
			e.TagSet(n)
			for p := g.pairs[store][n]; len(p) > 0; p = p[2:] {
				add(p[0], g.values[p[1]])
			}
		}
		for range r.IntN(3) {
			k, token := r.Uint32N(uint32(len(g.keys))), r.Uint32N(600)
			text := fmt.Sprintf("text %d of %d", token, store)
			if token%3 == 0 {
				token, text = 0, strings.Repeat("x", r.IntN(300))
			}
			e.TagText(k, []byte(text), token)
			add(k, text)
		}
		if k := r.Uint32N(uint32(len(g.keys))); r.IntN(3) == 0 {
			x := float64(r.IntN(1000)) / 8
			e.TagValue(k, tile.Double(x))
			add(k, x)
		}
		e.Close()
		want = append(want, got)
	}
	return want
}

// wanted chooses among the keys: all, or some, those at the end not said.
func (g *tagging) wanted(r *rand.Rand) []bool {
	if r.IntN(2) == 0 {
		return nil
	}
	wanted := make([]bool, r.IntN(len(g.keys)+1))
	for i := range wanted {
		wanted[i] = r.IntN(2) == 0
	}
	return wanted
}

// TestTagValue holds that equal values are written once in a layer and unequal ones are told apart: numbers of different types
// with the same bits, texts that look alike, many of them.
func TestTagValue(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var b tile.DictBuilder
	k := b.Key("k")
	values := []tile.Value{tile.Bool(false), tile.Bool(true), tile.Uint(0), tile.Uint(1), tile.Int(-1), tile.Double(0), tile.Float(0),
		tile.String(""), tile.String("a"), tile.String("ab"), tile.Double(5e-324), tile.Uint(1 << 40), tile.Int(-1 << 40)}
	plain := []any{false, true, uint64(0), uint64(1), int64(-1), 0.0, float32(0), "", "a", "ab", 5e-324, uint64(1 << 40), int64(-1 << 40)}
	for i := range 3000 {
		values, plain = append(values, tile.Double(float64(i)/4)), append(plain, float64(i)/4)
		values, plain = append(values, tile.Uint(math.Float64bits(float64(i)/4))), append(plain, math.Float64bits(float64(i)/4))
		values, plain = append(values, tile.String(fmt.Sprint(i))), append(plain, fmt.Sprint(i))
	}
	point := tile.Geometry{Kind: tile.Points, XY: flat(1, 1)}
	var e tile.Encoder
	for range 3 {
		e.Begin(here, tile.DefaultBufferPx)
		e.Layer("values", b.Dict())
		var want []any
		for range 20_000 {
			i := r.IntN(len(values))
			e.Open(1, &point)
			e.TagValue(k, values[i])
			e.Close()
			want = append(want, plain[i])
		}
		seen := map[any]bool{}
		for i, f := range decode(t, e.Bytes())[0].Features {
			if !cmp.Equal(f.Properties["k"], want[i], numbers) {
				t.Fatalf("feature %d: %v, want %v", i, f.Properties["k"], want[i])
			}
			seen[want[i]] = true
		}
		if n := valuesOf(t, e.Bytes()); n != len(seen) {
			t.Errorf("%d values in the tile for %d different ones", n, len(seen))
		}
	}
}

// valuesOf counts the fields "values" of a tile of one layer.
func valuesOf(t *testing.T, b []byte) (n int) {
	t.Helper()
	_, head := binary.Uvarint(b[1:])
	for b = b[1+head:]; len(b) > 0; {
		field, head := binary.Uvarint(b)
		v, size := binary.Uvarint(b[head:])
		b = b[head+size:]
		if field&7 == 2 {
			b = b[v:]
		}
		if field>>3 == 4 {
			n++
		}
	}
	return n
}

// TestTokens holds that texts of neighbours are written once, those that come again much later at most as often as they come,
// and that tokens of one store are not taken for those of another.
func TestTokens(t *testing.T) {
	var b tile.DictBuilder
	name := b.Key("name")
	var e tile.Encoder
	e.Begin(here, tile.DefaultBufferPx)
	e.Layer("road", b.Dict())
	point := tile.Geometry{Kind: tile.Points, XY: flat(1, 1)}
	var want []string
	for store := range 3 {
		e.Use(nil, nil)
		for i := range 3000 {
			token := 1 + uint32(i/5)%500
			text := fmt.Sprintf("路%d-%d", store, token)
			e.Open(1, &point)
			e.TagText(name, []byte(text), token)
			e.Close()
			want = append(want, text)
		}
	}
	tileBytes := e.Bytes()
	for i, f := range decode(t, tileBytes)[0].Features {
		if f.Properties["name"] != want[i] {
			t.Fatalf("feature %d: %v, want %s", i, f.Properties["name"], want[i])
		}
	}
	if n := count(tileBytes, "路1-77"+"\x22"); n != 2 {
		t.Errorf("a name of ten roads in two places stands %d times in the tile", n)
	}
}
