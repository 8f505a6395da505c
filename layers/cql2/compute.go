package cql2

import "math"

// arithmetic makes a computation ready.
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
	left, right, compute := of[0], of[1], computations[n.text]
	return numberOperand(n, func(values []any) float64 {
		return compute(bounded(left(values)), bounded(right(values)))
	}), nil
}

// reach of the numbers that are computed with; its inverse is their step near 0. So no result overflows or underflows.
const reach = 0x1p500

// bounded makes a number fit for computing: NaN, which is null, where it is too large.
func bounded(x float64) float64 {
	if math.Abs(x) < reach {
		return math.Trunc(x*reach) / reach
	}
	return math.NaN()
}

// computations on bounded numbers. What has no value is NaN.
var computations = map[string]func(a, b float64) float64{
	"+":   func(a, b float64) float64 { return a + b },
	"-":   func(a, b float64) float64 { return a - b },
	"*":   func(a, b float64) float64 { return a * b },
	"/":   quotient,
	"div": func(a, b float64) float64 { return math.Trunc(quotient(a, b)) },
	"%":   func(a, b float64) float64 { return a - float64(b*math.Trunc(quotient(a, b))) }, // rounded between: no fused step
	"^":   power,
}

func quotient(a, b float64) float64 {
	if b == 0 {
		return math.NaN()
	}
	return a / b
}

// power has a value where the base is not negative or the exponent is whole, and the result within reach.
func power(a, b float64) float64 {
	switch {
	case math.IsNaN(a) || math.IsNaN(b), a == 0 && b < 0:
		return math.NaN() // math.Pow says that NaN^0 is 1
	case a == 0 || math.Abs(b*math.Log(math.Abs(a))) < 347:
		return math.Pow(a, b)
	}
	return math.NaN()
}
