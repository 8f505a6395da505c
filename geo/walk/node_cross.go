package walk

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"wangge/geo"
)

// ErrTangled is returned where streets cross one another without common vertices more often than any city's do: twice a segment, and a
// hundred thousand times.
var ErrTangled = errors.New("walk: the streets cross one another too often")

const maxCuts = 200_000 // two a crossing

// weldMM is what the record's precision is worth: positions nearer than this are not told apart where streets cross or end.
const weldMM = 20

// nodeSideM is the width of the cells in which pairs of segments are found.
const nodeSideM = 60

// boxed is a segment in the cell at hand.
type boxed struct {
	minX, minY, maxX, maxY float64
	seg                    uint32
	level                  int8
}

// crossings finds where segments of one level touch or cross, and what to cut there. A cut may be named more than once.
type crossings struct {
	*lines
	cuts   []cut
	joined map[cut]bool // segments and the places that were joined to them
	found  []crossed
	made   map[onLevel]uint32 // places of crossings
	merged merging
}

// crossed is a crossing without a common vertex.
type crossed struct {
	place uint32
	a, b  int64 // keys, the lower first
}

// cross finds what to cut where streets cross or touch on one level, besides where ends were joined to them, and reports crossings
// without a common vertex.
func (l *lines) cross(ctx context.Context, grid *cells, joined []cut) ([]cut, []Finding, error) {
	c := crossings{lines: l, cuts: joined, joined: map[cut]bool{}, made: map[onLevel]uint32{}, merged: merging{stands: map[uint32]uint32{}, vertex: map[uint32]uint32{}}}
	for _, j := range joined {
		c.joined[cut{seg: j.seg, place: j.place}] = true
	}
	var here []boxed
	work := 0
	for cell := range len(grid.first) - 1 {
		items := grid.of(cell)
		if len(items) < 2 {
			continue
		}
		here = here[:0]
		for _, seg := range items {
			here = append(here, l.boxed(seg))
		}
		c.pairs(here)
		if work += len(items) * len(items); work > 1<<20 {
			if work = 0; ctx.Err() != nil {
				return nil, nil, ctx.Err()
			}
		}
		if len(c.cuts) > maxCuts+4*len(l.at) {
			return nil, nil, ErrTangled
		}
	}
	c.settle()
	return c.cuts, c.findings(), nil
}

func (l *lines) boxed(seg uint32) boxed {
	a, b := l.point(seg), l.point(seg+1)
	return boxed{min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]), seg, l.level(seg)}
}

// pairs looks at all pairs of one cell.
func (c *crossings) pairs(here []boxed) {
	for i := range here {
		a := &here[i]
		for j := i + 1; j < len(here); j++ {
			b := &here[j]
			if a.minX <= b.maxX && b.minX <= a.maxX && a.minY <= b.maxY && b.minY <= a.maxY && a.level == b.level {
				c.meet(a.seg, b.seg)
			}
		}
	}
}

// meet notes how two segments of one level meet, unless they do so in a vertex that both have.
func (c *crossings) meet(s, t uint32) {
	a0, a1, b0, b1 := c.at[s], c.at[s+1], c.at[t], c.at[t+1]
	at := c.places
	ofB0, ofB1 := geo.Orient(at[a0], at[a1], at[b0]), geo.Orient(at[a0], at[a1], at[b1])
	if ofB0 == ofB1 && ofB0 != 0 {
		return
	}
	ofA0, ofA1 := geo.Orient(at[b0], at[b1], at[a0]), geo.Orient(at[b0], at[b1], at[a1])
	if ofB0*ofB1 < 0 && ofA0*ofA1 < 0 {
		if !c.isJoined(s, b0, b1) && !c.isJoined(t, a0, a1) {
			c.crossing(s, t)
		}
		return
	}
	c.touch(s, b0, ofB0)
	c.touch(s, b1, ofB1)
	c.touch(t, a0, ofA0)
	c.touch(t, a1, ofA1)
}

// isJoined tells whether one of two places was joined to a segment: there they meet already.
func (c *crossings) isJoined(seg, a, b uint32) bool {
	return len(c.joined) > 0 && (c.joined[cut{seg: seg, place: a}] || c.joined[cut{seg: seg, place: b}])
}

// touch cuts a segment at a place that lies on its line, if it lies inside it.
func (c *crossings) touch(seg, place uint32, side int) {
	if side != 0 || place == c.at[seg] || place == c.at[seg+1] || c.isJoined(seg, place, place) {
		return
	}
	p, a, b := c.places[place], c.point(seg), c.point(seg+1)
	if min(a[0], b[0]) <= p[0] && p[0] <= max(a[0], b[0]) && min(a[1], b[1]) <= p[1] && p[1] <= max(a[1], b[1]) {
		c.cuts = append(c.cuts, c.cutAt(seg, place))
	}
}

// crossing cuts two segments where they cross: at a new place, or at an end of one of them that is as near as makes no difference.
func (c *crossings) crossing(s, t uint32) {
	x := crossingPoint(c.point(s), c.point(s+1), c.point(t), c.point(t+1))
	local, place, nearest := scaleAt(x[1]), uint32(None), float64(weldMM*weldMM)
	for _, v := range [...]uint32{c.at[s], c.at[s+1], c.at[t], c.at[t+1]} {
		p := c.places[v]
		d2 := (p[0]-x[0])*(p[0]-x[0])*local.x*local.x + (p[1]-x[1])*(p[1]-x[1])*local.y*local.y
		if d2 < nearest || d2 == nearest && place != None && before(p, c.places[place]) {
			place, nearest = v, d2
		}
	}
	if place == None {
		place = c.placeOf(x, c.level(s))
		a, b := c.key(s), c.key(t)
		c.found = append(c.found, crossed{place, min(a, b), max(a, b)})
	}
	c.cuts = append(c.cuts, c.cutAt(s, place), c.cutAt(t, place))
}

// onLevel is a position on one level.
type onLevel struct {
	at    orb.Point
	level int8
}

// placeOf is the place of a crossing. It is apart from what other levels have there.
func (c *crossings) placeOf(x orb.Point, level int8) uint32 {
	place, known := c.made[onLevel{x, level}]
	if !known {
		place = c.newPlace(x)
		c.made[onLevel{x, level}], c.merged.stands[place] = place, place
	}
	return place
}

// crossingPoint is where two segments that cross do so, rounded to 1e-9 degrees; the same whatever their order and direction.
func crossingPoint(a0, a1, b0, b1 orb.Point) orb.Point {
	if before(a1, a0) {
		a0, a1 = a1, a0
	}
	if before(b1, b0) {
		b0, b1 = b1, b0
	}
	if before(b0, a0) || b0 == a0 && before(b1, a1) {
		a0, a1, b0, b1 = b0, b1, a0, a1
	}
	ax, ay, bx, by := a1[0]-a0[0], a1[1]-a0[1], b1[0]-b0[0], b1[1]-b0[1]
	share := ((b0[0]-a0[0])*by - (b0[1]-a0[1])*bx) / (ax*by - ay*bx)
	if !(share >= 0 && share <= 1) { // so nearly parallel that rounding decides
		share = 0.5
	}
	return orb.Point{nano(a0[0] + ax*share), nano(a0[1] + ay*share)}
}

func nano(deg float64) float64 { return math.Round(deg*1e9) / 1e9 }

// findings reports the crossings by position, each pair of streets once at a place.
func (c *crossings) findings() []Finding {
	slices.SortFunc(c.found, func(a, b crossed) int {
		p, q := c.places[a.place], c.places[b.place]
		return cmp.Or(comparePoints(p, q), cmp.Compare(a.a, b.a), cmp.Compare(a.b, b.b))
	})
	c.found = slices.Compact(c.found)
	out := make([]Finding, 0, len(c.found))
	for _, f := range c.found {
		keys := []int64{f.a, f.b}
		if f.a == f.b {
			keys = keys[:1]
		}
		out = append(out, Finding{Kind: Crossed, Shape: c.places[f.place], Streets: keys})
	}
	return out
}

// overlap tells whether two segments have a position in common, those that are on one line excepted.
func overlap(a0, a1, b0, b1 orb.Point) bool {
	ofB0, ofB1 := geo.Orient(a0, a1, b0), geo.Orient(a0, a1, b1)
	ofA0, ofA1 := geo.Orient(b0, b1, a0), geo.Orient(b0, b1, a1)
	return ofB0*ofB1 <= 0 && ofA0*ofA1 <= 0 && (ofB0 != 0 || ofB1 != 0)
}
