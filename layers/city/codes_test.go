package city

import (
	"math/rand/v2"
	"testing"
)

// TestCodesKeepWhatIsPushed: whatever numbers come in whatever order, each is where it was put, before and after sealing.
func TestCodesKeepWhatIsPushed(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	limits := []uint32{1, 2, 200, 256, 300, 65_536, 70_000, 1 << 31}
	for range 2000 {
		var c codes
		var want []uint32
		counting, zeros := r.IntN(20), r.IntN(3)*r.IntN(20)
		for i := range counting {
			want = append(want, uint32(i)+1)
		}
		for range zeros {
			want = append(want, 0)
		}
		for range r.IntN(40) {
			want = append(want, r.Uint32N(limits[r.IntN(len(limits))]))
		}
		for _, v := range want {
			c.push(v)
		}
		for range 2 {
			for i, v := range want {
				if got := c.at(i); got != v {
					t.Fatalf("number %d of %v is %d", i, want, got)
				}
			}
			c.seal()
		}
	}
}

// TestCodesAreNarrow: what comes again and again costs a byte or nothing.
func TestCodesAreNarrow(t *testing.T) {
	for _, c := range []struct {
		name  string
		value func(i int) uint32
		bytes int64
	}{
		{"null everywhere", func(int) uint32 { return 0 }, 0},
		{"each its own", func(i int) uint32 { return uint32(i) + 1 }, 0},
		{"few", func(i int) uint32 { return uint32(i % 200) }, 1000},
		{"some", func(i int) uint32 { return uint32(i%200) + 300 }, 2000},
		{"many", func(i int) uint32 { return uint32(i) + 70_000 }, 4000},
	} {
		var codes codes
		for i := range 1000 {
			codes.push(c.value(i))
		}
		codes.seal()
		if size := codes.size(); size < c.bytes || size > c.bytes+c.bytes/8 { // the allocator rounds up
			t.Errorf("%s: %d bytes, want %d", c.name, size, c.bytes)
		}
	}
}
