package coverage

import (
	"cmp"
	"math"
	"slices"
)

// overlap is by how much shares may exceed the whole that rounding explains.
const overlap = 1e-7

// apportion deals a whole out by shares, by largest remainder. What no share claims stays. Where shares come to more than the whole they overlap, and each
// is rounded for itself.
func apportion(dst []uint32, whole uint32, shares []float64) []uint32 {
	sum := 0.0
	for _, share := range shares {
		sum += share
	}
	if sum > 1+overlap {
		for _, share := range shares {
			dst = append(dst, uint32(math.Round(min(share, 1)*float64(whole))))
		}
		return dst
	}
	total := min(uint32(math.Round(sum*float64(whole))), whole)
	if sum > 1-overlap {
		total = whole
	}
	begun := len(dst)
	for range shares {
		dst = append(dst, 0)
	}
	allot(dst[begun:], total, float64(whole), shares)
	return dst
}

// few is how many remainders are compared with one another rather than sorted.
const few = 8

// allot fills in whole numbers, near whole times the shares, that come to total: by largest remainder, the first of equal ones. total is the sum of the
// products, rounded.
func allot[T uint32 | uint64](dst []T, total T, whole float64, shares []float64) {
	left := total
	for k, share := range shares {
		dst[k] = min(T(share*whole), left)
		left -= dst[k]
	}
	rest := func(k int) float64 { return shares[k]*whole - float64(dst[k]) }
	if len(shares) > few {
		type remainder struct {
			rest float64
			k    int
		}
		order := make([]remainder, len(shares))
		for k := range order {
			order[k] = remainder{rest(k), k}
		}
		slices.SortFunc(order, func(a, b remainder) int { return cmp.Or(cmp.Compare(b.rest, a.rest), cmp.Compare(a.k, b.k)) })
		for i := 0; left > 0; i, left = (i+1)%len(order), left-1 {
			dst[order[i].k]++
		}
		return
	}
	for ; left > 0; left-- {
		best := 0
		for k := range shares {
			if rest(k) > rest(best) {
				best = k
			}
		}
		dst[best]++
	}
}
