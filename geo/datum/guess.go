package datum

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/paulmach/orb"
)

// Candidate is a system that some coordinates may be in, for somebody to confirm.
type Candidate struct {
	System  System
	Swapped bool    // latitude or northing comes first in the numbers
	Share   float64 // of the sample that lies where it should: within the city, or where none is known on the mainland
	Why     string  // in Chinese
	WhyEn   string
}

// nearDeg is how far beyond the known city a sample may lie and still be near it.
const nearDeg = 0.5

// Guess tells in which systems some pairs of numbers can be, the likeliest first; near is where the city lies, in degrees, or empty for unknown. GCJ-02
// and BD-09 cannot be told from WGS 84 by their numbers: all three are candidates then. Numbers that fit nothing have no candidates.
func Guess(sample []orb.Point, near orb.Bound) []Candidate {
	var found []Candidate
	for _, swapped := range []bool{false, true} {
		for _, s := range looksLike(sample, swapped) {
			if c := weigh(s, sample, near, swapped); c.Share > 0 {
				found = append(found, c)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b Candidate) int {
		switch {
		case a.Share > b.Share:
			return -1
		case a.Share < b.Share:
			return 1
		}
		return 0
	})
	if len(found) > mostCandidates {
		found = found[:mostCandidates]
	}
	return found
}

const mostCandidates = 8

// looksLike lists the systems that have numbers of this size.
func looksLike(sample []orb.Point, swapped bool) []System {
	if len(sample) == 0 {
		return nil
	}
	x, y := median(sample, swapped)
	var out []System
	switch {
	case math.Abs(x) <= 180 && math.Abs(y) <= 90:
		return []System{{}, {family: gcj02}, {family: bd09}}
	case y < 1e5 || y > 7e6: // 0.9 to 63 degrees north
		return nil
	case x > 1e7 && x < 1e8: // the zone's number before six digits
		n := int(x / 1e6)
		for _, srid := range []int{4513 + n - 25, 4491 + n - 13} {
			if s, err := fromSRID(srid); err == nil && int(s.zone.falseEastingM/1e6) == n {
				out = append(out, s)
			}
		}
	case x > 1e5 && x < 9e5: // six digits: any central meridian
		for srid := 4534; srid <= 4554; srid++ {
			s, _ := fromSRID(srid)
			out = append(out, s)
		}
	}
	if x > 7e6 && x < 1.6e7 {
		out = append(out, System{family: mercator, srid: 3857})
	}
	return out
}

// median is the middle of both coordinates, x first.
func median(sample []orb.Point, swapped bool) (x, y float64) {
	xs, ys := make([]float64, len(sample)), make([]float64, len(sample))
	for i, p := range sample {
		xs[i], ys[i] = p[0], p[1]
	}
	slices.Sort(xs)
	slices.Sort(ys)
	x, y = xs[len(xs)/2], ys[len(ys)/2]
	if swapped {
		x, y = y, x
	}
	return x, y
}

// weigh tells how much of a sample lies where it should if it is in a system.
func weigh(s System, sample []orb.Point, near orb.Bound, swapped bool) Candidate {
	known := near.Min != near.Max && !near.IsEmpty()
	area := near.Pad(nearDeg)
	inside := 0
	for _, p := range sample {
		if swapped {
			p[0], p[1] = p[1], p[0]
		}
		q, err := s.To(p)
		if err == nil && (known && area.Contains(q) || !known && InGCJ(q)) {
			inside++
		}
	}
	c := Candidate{System: s, Swapped: swapped, Share: float64(inside) / float64(len(sample))}
	percent := strconv.Itoa(int(math.Round(100 * c.Share)))
	where, whereEn := "在本市附近", "near the city"
	if !known {
		where, whereEn = "在中国大陆范围内", "on the mainland"
	}
	c.Why, c.WhyEn = fmt.Sprintf("%s%s%% 的点%s", orderZh(s, swapped), percent, where), fmt.Sprintf("%s%s %% of the points are %s", orderEn(s, swapped), percent, whereEn)
	return c
}

func orderZh(s System, swapped bool) string {
	switch {
	case s.Degrees() && swapped:
		return "纬度在前；"
	case s.Degrees():
		return "经度在前；"
	case swapped:
		return "北坐标（测量 X）在前；"
	}
	return "东坐标（测量 Y）在前；"
}

func orderEn(s System, swapped bool) string {
	switch {
	case s.Degrees() && swapped:
		return "latitude first; "
	case s.Degrees():
		return "longitude first; "
	case swapped:
		return "northing first; "
	}
	return "easting first; "
}
