package grid

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"
)

// RequirementsTag numbers a table of requirements by what it says: who replaces the table tells by it which one was read. It is never 0.
func RequirementsTag(rows []Requirement) int64 {
	return tagOf(rows, func(q Requirement) int64 { return q.ID })
}

// LimitsTag numbers a table of load limits by what it says.
func LimitsTag(rows []LoadLimit) int64 { return tagOf(rows, func(l LoadLimit) int64 { return l.ID }) }

func tagOf[T any](rows []T, id func(T) int64) int64 {
	sum := fnv.New64a()
	for _, row := range slices.SortedFunc(slices.Values(rows), func(a, b T) int { return cmp.Compare(id(a), id(b)) }) {
		fmt.Fprintf(sum, "%+v\n", row)
	}
	const bits = 52 // what a number of JSON holds
	return int64(sum.Sum64()>>(64-bits)) | 1
}
