package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// orientError bounds the relative error of the filter in orient: the constant (3 + 16ε)ε of Shewchuk's orient2d, with
// ε = 2^-53.
const orientError = (3 + 16*0x1p-53) * 0x1p-53

// Orient tells on which side of the line a→b the position c lies: 1 left, -1 right, 0 exactly on it, whatever rounding does.
func Orient(a, b, c orb.Point) int { return orient(a, b, c) }

// orient tells on which side of the line a→b the position c lies: 1 left, -1 right, 0 exactly on it.
func orient(a, b, c orb.Point) int {
	acx, bcy := a[0]-c[0], b[1]-c[1]
	acy, bcx := a[1]-c[1], b[0]-c[0]
	// A difference of floats is zero only for equal ones, so the signs of the two products are exact.
	left, right := sign(acx)*sign(bcy), sign(acy)*sign(bcx)
	switch {
	case left > right:
		return 1
	case left < right:
		return -1
	case left == 0:
		return 0
	}
	l, r := acx*bcy, acy*bcx
	det := l - r
	if bound := orientError * math.Abs(l+r); det > bound || -det > bound {
		return sign(det)
	}
	return orientExact(a, b, c)
}

// orientExact is orient without rounding (as long as no product is below 1e-290): the six products of the determinant
// are split into sums of two floats, and these summed into an expansion, whose last component that is not zero has the
// sign of the whole.
func orientExact(a, b, c orb.Point) int {
	products := [6][2]float64{
		{a[0], b[1]}, {-a[0], c[1]}, {-c[0], b[1]},
		{-a[1], b[0]}, {a[1], c[0]}, {c[1], b[0]},
	}
	var sum [12]float64
	for i, f := range products {
		p := f[0] * f[1]
		grow(sum[:2*i+1], math.FMA(f[0], f[1], -p))
		grow(sum[:2*i+2], p)
	}
	for i := len(sum) - 1; i >= 0; i-- {
		if sum[i] != 0 {
			return sign(sum[i])
		}
	}
	return 0
}

// grow adds v to an expansion that has room for one more component at its end.
func grow(e []float64, v float64) {
	last := len(e) - 1
	for i := range last {
		s := v + e[i]
		t := s - v
		e[i] = (v - (s - t)) + (e[i] - t)
		v = s
	}
	e[last] = v
}

func sign(v float64) int {
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return 0
}

// meeting is how two segments meet.
type meeting int

const (
	apart    meeting = iota
	touching         // in one position, the end of at least one of them
	crossing         // in one position inside both
	along            // in more than one position
)

// meet tells how the segments a and b meet, and where if they touch. Neither may be a single position.
func meet(a0, a1, b0, b1 orb.Point) (meeting, orb.Point) {
	o0, o1 := orient(a0, a1, b0), orient(a0, a1, b1)
	if o0 == o1 && o0 != 0 {
		return apart, orb.Point{}
	}
	if o0 == 0 && o1 == 0 {
		return meetAlong(a0, a1, b0, b1)
	}
	p0, p1 := orient(b0, b1, a0), orient(b0, b1, a1)
	switch {
	case p0 == p1: // both zero is the case above
		return apart, orb.Point{}
	case o0 == 0 && between(a0, a1, b0):
		return touching, b0
	case o1 == 0 && between(a0, a1, b1):
		return touching, b1
	case p0 == 0 && between(b0, b1, a0):
		return touching, a0
	case p1 == 0 && between(b0, b1, a1):
		return touching, a1
	case o0*o1 < 0 && p0*p1 < 0:
		return crossing, orb.Point{}
	}
	return apart, orb.Point{}
}

// meetAlong is meet for segments on the same line.
func meetAlong(a0, a1, b0, b1 orb.Point) (meeting, orb.Point) {
	axis := 0
	if a0[0] == a1[0] {
		axis = 1
	}
	if a0[axis] > a1[axis] {
		a0, a1 = a1, a0
	}
	if b0[axis] > b1[axis] {
		b0, b1 = b1, b0
	}
	switch {
	case a1[axis] < b0[axis] || b1[axis] < a0[axis]:
		return apart, orb.Point{}
	case a1[axis] == b0[axis]:
		return touching, a1
	case b1[axis] == a0[axis]:
		return touching, b1
	}
	return along, orb.Point{}
}

// between tells whether p, which is on the line a→b, lies from a to b.
func between(a, b, p orb.Point) bool {
	return min(a[0], b[0]) <= p[0] && p[0] <= max(a[0], b[0]) && min(a[1], b[1]) <= p[1] && p[1] <= max(a[1], b[1])
}

// side is where a position lies with regard to a ring.
type side int

const (
	outside side = iota
	onRing
	inside
)

// sideOf tells where p lies with regard to a closed ring, exactly.
func sideOf(ring orb.Ring, p orb.Point) side {
	in := false
	for i := 1; i < len(ring); i++ {
		a, b := ring[i-1], ring[i]
		fromAbove, toAbove := a[1] > p[1], b[1] > p[1]
		if fromAbove == toAbove && a[1] != p[1] && b[1] != p[1] {
			continue
		}
		if p[0] > a[0] && p[0] > b[0] {
			continue // the ray runs to the east
		}
		o := orient(a, b, p)
		if o == 0 && between(a, b, p) {
			return onRing
		}
		if fromAbove != toAbove && (o > 0) == toAbove {
			in = !in
		}
	}
	if in {
		return inside
	}
	return outside
}
