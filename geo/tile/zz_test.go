package tile_test

import (
	"testing"

	"wangge/geo/tile"
)

func zz(b *testing.B, kind int, set, text bool) {
	s := newScene()
	k := &s.kinds[kind]
	var e tile.Encoder
	for b.Loop() {
		e.Begin(here, tile.DefaultBufferPx)
		e.Layer(k.layer, s.dict)
		e.Use(s.sets, nil)
		for i := range k.ends {
			if e.Open(uint64(500_000+i), k.geometry(i), k.whole[i]) {
				if set {
					e.TagSet(k.set[i])
				}
				if text {
					e.TagText(s.named, k.text(i), k.tokens[i])
				}
				e.Close()
			}
		}
		e.Bytes()
	}
	perFeature(b, len(k.ends))
}

func BenchmarkZPoint(b *testing.B)     { zz(b, 1, false, false) }
func BenchmarkZPointSet(b *testing.B)  { zz(b, 1, true, false) }
func BenchmarkZPointText(b *testing.B) { zz(b, 1, false, true) }
func BenchmarkZLine(b *testing.B)      { zz(b, 0, false, false) }
func BenchmarkZRing(b *testing.B)      { zz(b, 2, false, false) }

func BenchmarkZLineWhole(b *testing.B) {
	s := newScene()
	k := &s.kinds[0]
	var e tile.Encoder
	n := 0
	for b.Loop() {
		n = 0
		e.Begin(here, tile.DefaultBufferPx)
		e.Layer(k.layer, s.dict)
		for i := range k.ends {
			if k.whole[i] && e.Open(uint64(500_000+i), k.geometry(i), k.whole[i]) {
				n++
				e.Close()
			}
		}
		e.Bytes()
	}
	perFeature(b, n)
}

func zset(b *testing.B, mod uint32) {
	s := newScene()
	k := &s.kinds[1]
	var e tile.Encoder
	for b.Loop() {
		e.Begin(here, tile.DefaultBufferPx)
		e.Layer(k.layer, s.dict)
		e.Use(s.sets, nil)
		for i := range k.ends {
			if e.Open(uint64(500_000+i), k.geometry(i), k.whole[i]) {
				e.TagSet(k.set[i] % mod)
				e.Close()
			}
		}
		e.Bytes()
	}
	perFeature(b, len(k.ends))
}

func BenchmarkZSet10(b *testing.B)    { zset(b, 10) }
func BenchmarkZSet200(b *testing.B)   { zset(b, 200) }
func BenchmarkZLineAll(b *testing.B)  { zz(b, 0, true, true) }
func BenchmarkZLineSet(b *testing.B)  { zz(b, 0, true, false) }
func BenchmarkZRingAll(b *testing.B)  { zz(b, 2, true, true) }
func BenchmarkZPointAll(b *testing.B) { zz(b, 1, true, true) }
