package city

import (
	"math"
	"slices"
)

// maxClasses is how many classes of a thematic map people can tell apart.
const maxClasses = 6

// classLimits divides values into at most six classes of equal numbers, and answers with the least value of every class but the
// first: ascending, to two significant digits. Values are sorted by it. What is equal stays together, and what ties take from one
// class goes to the others in equal parts, so that a few large values stand out from many equal small ones.
func classLimits(values []float64) []float64 {
	slices.Sort(values)
	var limits []float64
	start := 0
	for left := maxClasses; left > 1 && start < len(values); left-- {
		share := (len(values) - start + left - 1) / left
		last := values[start+share-1]
		next, _ := slices.BinarySearchFunc(values, last, func(v, last float64) int {
			if v > last {
				return 1
			}
			return -1
		})
		if next == len(values) {
			break
		}
		limit := floor2(values[next])
		if limit > values[0] && (len(limits) == 0 || limit > limits[len(limits)-1]) {
			limits = append(limits, limit)
		}
		start = next
	}
	return limits
}

// floor2 rounds a positive number down to two significant digits. Rounding down keeps the greatest value in the last class.
func floor2(v float64) float64 {
	step := math.Pow(10, math.Floor(math.Log10(v))-1)
	rounded := math.Floor(v/step*(1+1e-12)) * step
	if step < 1 { // 0.29, not 0.28999999999999998
		digits := math.Round(1 / step)
		return math.Round(rounded*digits) / digits
	}
	return rounded
}
