package cql2

import "math"

// arithmetic makes a computation ready. What has no finite value is null.
func (c *compiler) arithmetic(n *node) (operand, error) {
	var of [2]func([]any) float64
	for i, a := range n.args {
		x, err := c.operand(a)
		if err != nil {
			return operand{}, err
		}
		if x.class != classNumber {
			return operand{}, c.mismatch(a, x, classNumber)
		}
		of[i] = x.number
	}
	left, right := of[0], of[1]
	if right == nil {
		return numberOperand(n, func(values []any) float64 { return -left(values) }), nil
	}
	compute := computations[n.text]
	return numberOperand(n, func(values []any) float64 {
		x := compute(left(values), right(values))
		if math.IsInf(x, 0) {
			return math.NaN()
		}
		return x
	}), nil
}

var computations = map[string]func(a, b float64) float64{
	"+":   func(a, b float64) float64 { return a + b },
	"-":   func(a, b float64) float64 { return a - b },
	"*":   func(a, b float64) float64 { return a * b },
	"/":   func(a, b float64) float64 { return a / b },
	"%":   math.Mod,
	"div": func(a, b float64) float64 { return math.Trunc(a / b) },
	"^":   power,
}

// power is null where a base is: math.Pow says that NaN^0 is 1.
func power(a, b float64) float64 {
	if math.IsNaN(a) || math.IsNaN(b) {
		return math.NaN()
	}
	return math.Pow(a, b)
}
