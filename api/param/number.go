package param

import (
	"math"
	"strconv"
	"strings"
)

// maxDigits bounds the length of a number, so that a long one costs nothing.
const maxDigits = 40

// Decimal reads a finite decimal number such as -120.25 or 1e-3.
func Decimal(s string) (float64, bool) {
	if s == "" || len(s) > maxDigits || strings.Trim(s, "+-.0123456789eE") != "" {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil && !math.IsInf(v, 0) && !math.IsNaN(v)
}

// Whole reads a whole number, signed or not, in digits only.
func Whole(s string) (int64, bool) {
	if !digits(strings.TrimPrefix(s, "-")) {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

// Natural reads a whole number that is not negative, in digits only and without leading zeros.
func Natural(s string) (uint64, bool) {
	if !digits(s) || len(s) > 1 && s[0] == '0' {
		return 0, false
	}
	n, err := strconv.ParseUint(s, 10, 64)
	return n, err == nil
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != "" && len(s) <= maxDigits
}
