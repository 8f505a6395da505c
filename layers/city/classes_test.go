package city

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wangge/geo/hex"
	"wangge/layers"
)

func TestClassLimits(t *testing.T) {
	upTo := func(n int) []float64 {
		values := make([]float64, n)
		for i := range values {
			values[n-1-i] = float64(i + 1)
		}
		return values
	}
	for _, c := range []struct {
		name   string
		values []float64
		want   []float64
	}{
		{"no cells", nil, nil},
		{"one cell", []float64{7}, nil},
		{"all alike", []float64{3, 3, 3, 3}, nil},
		{"two values", []float64{1, 1, 1, 2}, []float64{2}},
		{"six values", []float64{1, 2, 3, 4, 5, 6}, []float64{2, 3, 4, 5, 6}},
		{"even", upTo(60), []float64{11, 21, 31, 41, 51}},
		{"rounded down", upTo(6000), []float64{1000, 2000, 3000, 4000, 5000}},
		{"many ones leave room for the rest", append(slices.Repeat([]float64{1}, 94), 2, 3, 4, 5, 6, 50), []float64{2, 4, 5, 6, 50}},
		{"too close to tell apart", []float64{1010, 1020, 1030, 1040}, nil},
		{"fractions", []float64{0.101, 0.25, 0.293}, []float64{0.25, 0.29}},
	} {
		if diff := cmp.Diff(c.want, limitsOf(c.values)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// limitsOf are the limits of the classes of some values.
func limitsOf(values []float64) []float64 {
	var h histogram
	for _, v := range values {
		h.add(int64(v * thousandths))
	}
	return h.limits()
}

// TestClassLimitsHold: limits ascend, there are no more than five, and no class is empty, whatever the values.
func TestClassLimitsHold(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 6))
	for round := range 2000 {
		values := make([]float64, 1+random.IntN(200))
		for i := range values {
			values[i] = 0.001 + random.ExpFloat64()*float64(1+round)
			if round%2 == 0 {
				values[i] = float64(1 + int(values[i]))
			}
		}
		limits := limitsOf(values)
		if len(limits) >= maxClasses {
			t.Fatalf("%d limits: %v", len(limits), limits)
		}
		bounds := slices.Concat([]float64{0}, limits)
		for i, from := range bounds {
			if i > 0 && from <= bounds[i-1] {
				t.Fatalf("not ascending: %v", limits)
			}
			if !slices.ContainsFunc(values, func(v float64) bool { return v >= from && (i+1 == len(bounds) || v < bounds[i+1]) }) {
				t.Fatalf("class %d of %v is empty: %v", i, limits, values)
			}
		}
	}
}

// TestHistogramRoundsDown: whatever is put in comes out with its two leading digits.
func TestHistogramRoundsDown(t *testing.T) {
	for value, want := range map[int64]float64{1: 0.001, 99: 0.099, 100: 0.1, 109: 0.1, 110: 0.11, 999: 0.99, 1000: 1, 123456: 120, 9_999_999: 9900, math.MaxInt64: 9.2e15} {
		var h histogram
		h.add(value)
		if got := leastOf(slices.Index(h.buckets[:], 1)); got != want {
			t.Errorf("%d thousandths became %v, want %v", value, got, want)
		}
	}
	var h histogram
	h.add(0)
	h.add(-5)
	if h.total != 0 {
		t.Error("nothing was counted")
	}
}

// counted is a view of a layer with as many hexagons at zoom 13 as there are numbers: features, and what is summed in each.
func counted(id string, counts []int32, sums []float64) *View {
	l := layers.ByID(id)
	s := newStack(newLook(l), newTable(l))
	p := &page{}
	for i, n := range counts {
		p.cells = append(p.cells, hex.At(120+float64(i)/100, 36.2, layers.DensityRes(13)))
		p.counts.push(uint32(n))
		for range s.density.gauge.statuses {
			p.counts.push(0)
		}
		p.sums = append(p.sums, int64(sums[i]*thousandths))
	}
	s.density.levels[slices.Index(s.density.gauge.levels, levelOf(l, 13))] = []*page{p}
	return &View{stacks: []*stack{s}}
}

func TestDensityClasses(t *testing.T) {
	v := counted("parking_space", []int32{1, 1, 2, 9}, []float64{0, 30, 200, 450})
	for _, c := range []struct {
		layer, measure string
		zoom           int
		want           []float64
		ok             bool
	}{
		{"parking_space", "count", 13, []float64{2, 9}, true},
		{"parking_space", "capacity", 13, []float64{200, 450}, true}, // without the hexagon whose capacity nobody knows
		{"parking_space", "count", 12, nil, false},
		{"parking_space", "count", 14, nil, false},
		{"road", "length_m", 13, nil, false},
	} {
		limits, ok := v.DensityClasses(c.layer, c.measure, c.zoom)
		if diff := cmp.Diff(c.want, limits); diff != "" || ok != c.ok {
			t.Errorf("%s, %s at zoom %d: ok = %v, %s", c.layer, c.measure, c.zoom, ok, diff)
		}
	}
	if _, ok := counted("barrier_free_ramp", nil, nil).DensityClasses("barrier_free_ramp", "capacity", 13); ok {
		t.Error("classes by what the layer does not sum")
	}
}

func TestCellAreaM2(t *testing.T) {
	v := &View{settings: map[string]json.RawMessage{"view": json.RawMessage(`{"center": [120.025, 36.2621]}`)}}
	for zoom, average := range map[int]float64{7: 36.13e6, 11: 105.3e3, 13: 15.05e3} { // of all cells of the resolution
		if m2 := v.CellAreaM2(zoom); m2 < average/2 || m2 > average*1.5 {
			t.Errorf("zoom %d: %.0f m², on average %.0f", zoom, m2, average)
		}
	}
}

func BenchmarkDensityClasses(b *testing.B) {
	const n = 90_000 // hexagons of 1.5 ha in a city of 1,300 km²
	random := rand.New(rand.NewPCG(1, 2))
	counts, sums := make([]int32, n), make([]float64, n)
	for i := range counts {
		counts[i], sums[i] = 1+random.Int32N(40), random.Float64()*1000
	}
	v := counted("parking_space", counts, sums)
	for b.Loop() {
		v.DensityClasses("parking_space", "capacity", 13)
	}
}
