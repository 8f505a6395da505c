package index_test

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wangge/geo/index"
)

// city makes boxes of up to 40 units scattered over a square.
func city(r *rand.Rand, n int, side uint32) []index.Box {
	boxes := make([]index.Box, n)
	for i := range boxes {
		x, y := r.Uint32N(side)+1<<31, r.Uint32N(side)+1<<30
		boxes[i] = index.Box{MinX: x, MinY: y, MaxX: x + r.Uint32N(40), MaxY: y + r.Uint32N(40)}
	}
	return boxes
}

func brute(boxes []index.Box, q index.Box) []int {
	var hits []int
	for i, b := range boxes {
		if b.Intersects(q) {
			hits = append(hits, i)
		}
	}
	return hits
}

func search(t *index.Tree, q index.Box) []int {
	var hits []int
	t.Search(q, func(i int) bool { hits = append(hits, i); return true })
	slices.Sort(hits)
	return hits
}

func TestSearchFindsWhatIsThere(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 2, 15, 16, 17, 255, 256, 257, 4096, 5000} {
		boxes := city(r, n, 4000)
		tree := index.Build(boxes)
		if tree.Len() != n {
			t.Errorf("Len() = %d, want %d", tree.Len(), n)
		}
		for range 50 {
			q := city(r, 1, 4000)[0]
			q.MaxX += r.Uint32N(1000)
			q.MaxY += r.Uint32N(1000)
			want := brute(boxes, q)
			if diff := cmp.Diff(want, search(tree, q)); diff != "" {
				t.Fatalf("%d boxes, %v: %s", n, q, diff)
			}
			if got := tree.Count(q); got != len(want) {
				t.Fatalf("Count = %d, want %d", got, len(want))
			}
		}
		whole := index.Box{MaxX: 1<<32 - 1, MaxY: 1<<32 - 1}
		if got := search(tree, whole); len(got) != n {
			t.Errorf("the whole world holds %d of %d", len(got), n)
		}
	}
}

func TestSearchStops(t *testing.T) {
	tree := index.Build(city(rand.New(rand.NewPCG(1, 2)), 1000, 100))
	seen := 0
	done := tree.Search(tree.Bound(), func(int) bool { seen++; return seen < 7 })
	if done || seen != 7 {
		t.Errorf("done %v after %d", done, seen)
	}
}

func TestNilTreeIsEmpty(t *testing.T) {
	var tree *index.Tree
	if !tree.Search(index.Box{MaxX: 9, MaxY: 9}, func(int) bool { t.Error("found something"); return true }) {
		t.Error("did not come to the end")
	}
	if tree.Count(index.Box{MaxX: 9, MaxY: 9}) != 0 || tree.Len() != 0 {
		t.Error("counts something")
	}
}

func TestRunsAreInOrderAndApart(t *testing.T) {
	boxes := city(rand.New(rand.NewPCG(3, 4)), 3000, 3000)
	order := index.Order(len(boxes), func(i int) index.Box { return boxes[i] })
	packed := make([]index.Box, len(boxes))
	for i, o := range order {
		packed[i] = boxes[o]
	}
	tree := index.Pack(len(packed), func(i int) index.Box { return packed[i] })
	q := index.Box{MinX: 1<<31 + 500, MinY: 1<<30 + 500, MaxX: 1<<31 + 2000, MaxY: 1<<30 + 2500}
	var hits []int
	last, longest := 0, 0
	tree.Runs(q, func(first, end int) bool {
		if first < last || end <= first {
			t.Errorf("run %d…%d after %d", first, end, last)
		}
		for i := first; i < end; i++ {
			hits = append(hits, i)
		}
		last, longest = end, max(longest, end-first)
		return true
	})
	if diff := cmp.Diff(brute(packed, q), hits); diff != "" {
		t.Error(diff)
	}
	if longest < 16 {
		t.Errorf("longest run %d: whole nodes are not reported", longest)
	}
}

// TestOrderKeepsNeighbours holds the point of a Hilbert order: consecutive items are close on the ground.
func TestOrderKeepsNeighbours(t *testing.T) {
	boxes := city(rand.New(rand.NewPCG(5, 6)), 10_000, 100_000)
	order := index.Order(len(boxes), func(i int) index.Box { return boxes[i] })
	if sorted := slices.Sorted(slices.Values(order)); len(sorted) != len(boxes) || sorted[0] != 0 || sorted[len(sorted)-1] != 9999 {
		t.Fatal("not a permutation")
	}
	var way float64
	for i := 1; i < len(order); i++ {
		a, b := boxes[order[i-1]], boxes[order[i]]
		way += abs(a.MinX, b.MinX) + abs(a.MinY, b.MinY)
	}
	if mean := way / float64(len(order)); mean > 2000 { // a random order has 66,000, a perfect tour 700
		t.Errorf("neighbours are %.0f units apart", mean)
	}
}

func abs(a, b uint32) float64 {
	if a < b {
		a, b = b, a
	}
	return float64(a - b)
}

func FuzzSearch(f *testing.F) {
	f.Add([]byte("0123456789abcdef0123456789abcdef0123456789abcdef"), uint32(0), uint32(0), uint32(1<<31), uint32(1<<32-1))
	f.Fuzz(func(t *testing.T, data []byte, x0, y0, x1, y1 uint32) {
		var boxes []index.Box
		for ; len(data) >= 16; data = data[16:] {
			u := func(i int) uint32 { return binary.LittleEndian.Uint32(data[4*i:]) }
			boxes = append(boxes, index.Box{MinX: min(u(0), u(2)), MinY: min(u(1), u(3)), MaxX: max(u(0), u(2)), MaxY: max(u(1), u(3))})
		}
		q := index.Box{MinX: x0, MinY: y0, MaxX: x1, MaxY: y1}
		tree := index.Build(boxes)
		if x0 <= x1 && y0 <= y1 {
			if diff := cmp.Diff(brute(boxes, q), search(tree, q)); diff != "" {
				t.Error(diff)
			}
		}
	})
}

func BenchmarkPack1M(b *testing.B) {
	boxes := city(rand.New(rand.NewPCG(1, 2)), 1_000_000, 5_000_000)
	for b.Loop() {
		index.Build(boxes)
	}
}

// BenchmarkSearch1M asks for a z14 tile's worth of a city of 36 × 36 km.
func BenchmarkSearch1M(b *testing.B) {
	boxes := city(rand.New(rand.NewPCG(1, 2)), 1_000_000, 4_700_000)
	tree := index.Build(boxes)
	r := rand.New(rand.NewPCG(7, 8))
	b.ReportAllocs()
	hits := 0
	for b.Loop() {
		x, y := r.Uint32N(4_400_000)+1<<31, r.Uint32N(4_400_000)+1<<30
		tree.Search(index.Box{MinX: x, MinY: y, MaxX: x + 270_000, MaxY: y + 270_000}, func(int) bool { hits++; return true })
	}
	b.ReportMetric(float64(hits)/float64(b.N), "items/op")
}
