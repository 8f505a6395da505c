package city

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
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
		if diff := cmp.Diff(c.want, classLimits(c.values)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// TestClassLimitsHold: limits ascend, and no class is empty, whatever the values.
func TestClassLimitsHold(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 6))
	for round := range 2000 {
		values := make([]float64, 1+random.IntN(200))
		for i := range values {
			values[i] = random.ExpFloat64() * 10
			if round%2 == 0 {
				values[i] = float64(1 + int(values[i]))
			}
		}
		limits := classLimits(values)
		if len(limits) >= maxClasses {
			t.Fatalf("%d limits: %v", len(limits), limits)
		}
		bounds := slices.Concat([]float64{values[0]}, limits)
		for i := 1; i < len(bounds); i++ {
			if bounds[i] <= bounds[i-1] {
				t.Fatalf("not ascending: %v", limits)
			}
		}
		for i, from := range bounds {
			if !slices.ContainsFunc(values, func(v float64) bool { return v >= from && (i+1 == len(bounds) || v < bounds[i+1]) }) {
				t.Fatalf("class %d of %v is empty: %v", i, limits, values)
			}
		}
	}
}
