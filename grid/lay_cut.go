package grid

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// What a cut straight across a block costs, in metres of its length.
const (
	buildingCost = 4.0 // for a metre inside a building
	unevenCost   = 0.6 // for a share of the side of a grid by which the halves are off
	cutTries     = 6   // to either side of where the halves would be right
	cutShare     = 0.03
)

// cutter looks for straight cuts across a block, in a plane of metres that touches the earth in the block's middle.
type cutter struct {
	middle    orb.Point
	mx, my    float64 // metres per degree
	block     orb.Polygon
	buildings []Building
	targetM2  float64
}

func newCutter(block orb.Polygon, buildings []Building, targetM2 float64) *cutter {
	c := &cutter{middle: block.Bound().Center(), block: block, buildings: buildings, targetM2: targetM2}
	c.mx, c.my = metresPerDegree(c.middle)
	return c
}

// best is the cheapest cut of a block that is to have n grids: short, not through buildings, with the grids shared out evenly.
func (c *cutter) best(n int) orb.LineString {
	share := float64(n/2) / float64(n)
	angle := c.angle()
	var line orb.LineString
	least := math.Inf(1)
	for quarter := range 4 { // both directions, from either end
		v := c.turned(angle + float64(quarter)*math.Pi/2)
		if cost, at := v.cheapest(share); cost < least {
			least, line = cost, v.line(at)
		}
	}
	return line
}

// angle is the direction in which most of the block's border runs, or across it.
func (c *cutter) angle() float64 {
	var x, y float64
	for _, r := range c.block {
		for k := 1; k < len(r); k++ {
			dx, dy := (r[k][0]-r[k-1][0])*c.mx, (r[k][1]-r[k-1][1])*c.my
			four := 4 * math.Atan2(dy, dx) // right angles are one direction
			x += math.Hypot(dx, dy) * math.Cos(four)
			y += math.Hypot(dx, dy) * math.Sin(four)
		}
	}
	return math.Atan2(y, x) / 4
}

// view is a block turned so that cuts are upright.
type view struct {
	*cutter
	cos, sin  float64
	rings     []orb.Ring // metres
	buildings [][]orb.Ring
	wholeM2   float64
	low, high orb.Point
}

func (c *cutter) turned(angle float64) *view {
	v := &view{cutter: c, cos: math.Cos(angle), sin: math.Sin(angle)}
	v.rings = v.turn(c.block)
	for _, b := range c.buildings {
		v.buildings = append(v.buildings, v.turn(b.Shape))
	}
	box := v.rings[0].Bound()
	v.low, v.high = box.Min, box.Max
	v.wholeM2 = v.westM2(v.high[0] + 1)
	return v
}

// turn puts rings on the plane, outer ones counter-clockwise, inner ones clockwise.
func (v *view) turn(p orb.Polygon) []orb.Ring {
	out := make([]orb.Ring, len(p))
	for i, r := range p {
		for _, at := range r {
			x, y := (at[0]-v.middle[0])*v.mx, (at[1]-v.middle[1])*v.my
			out[i] = append(out[i], orb.Point{x*v.cos + y*v.sin, y*v.cos - x*v.sin})
		}
		if (out[i].Orientation() == orb.CW) == (i == 0) {
			out[i].Reverse()
		}
	}
	return out
}

// line is the upright at x, right through the block, in degrees.
func (v *view) line(x float64) orb.LineString {
	at := func(y float64) orb.Point {
		return orb.Point{v.middle[0] + (x*v.cos-y*v.sin)/v.mx, v.middle[1] + (x*v.sin+y*v.cos)/v.my}
	}
	return orb.LineString{at(v.low[1] - 1), at(v.high[1] + 1)}
}

// cheapest looks around where a share of the block lies to the west.
func (v *view) cheapest(share float64) (cost, at float64) {
	want := share * v.wholeM2
	low, high := v.low[0], v.high[0]
	for range 40 {
		if mid := (low + high) / 2; v.westM2(mid) < want {
			low = mid
		} else {
			high = mid
		}
	}
	middle, cost := (low+high)/2, math.Inf(1)
	step := cutShare * v.targetM2 / max(insideM(v.rings, middle), 1)
	for i := -cutTries; i <= cutTries; i++ {
		x := middle + float64(i)*step
		price := insideM(v.rings, x) + unevenCost*cutShare*math.Abs(float64(i))*math.Sqrt(v.targetM2)
		for _, b := range v.buildings {
			price += buildingCost * insideM(b, x)
		}
		if price < cost && x > v.low[0] && x < v.high[0] {
			cost, at = price, x
		}
	}
	return cost, at
}

// westM2 is the area of the block to the west of x.
func (v *view) westM2(x float64) float64 {
	twice := 0.0
	for _, r := range v.rings {
		for k := 1; k < len(r); k++ {
			a, b := r[k-1], r[k]
			if a[0] > x && b[0] > x {
				continue
			}
			switch {
			case a[0] > x:
				a = orb.Point{x, a[1] + (b[1]-a[1])*(x-a[0])/(b[0]-a[0])}
			case b[0] > x:
				b = orb.Point{x, a[1] + (b[1]-a[1])*(x-a[0])/(b[0]-a[0])}
			}
			twice += (a[0] + b[0] - 2*x) * (b[1] - a[1]) // measured from the upright, what would run along it adds nothing
		}
	}
	return twice / 2
}

// insideM is the length of the upright at x inside of rings.
func insideM(rings []orb.Ring, x float64) (m float64) {
	var at []float64
	for _, r := range rings {
		for k := 1; k < len(r); k++ {
			if a, b := r[k-1], r[k]; (a[0] > x) != (b[0] > x) {
				at = append(at, a[1]+(b[1]-a[1])*(x-a[0])/(b[0]-a[0]))
			}
		}
	}
	slices.Sort(at)
	for i := 1; i < len(at); i += 2 {
		m += at[i] - at[i-1]
	}
	return m
}
