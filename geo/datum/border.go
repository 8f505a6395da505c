package datum

import (
	"math"

	"github.com/paulmach/orb"
)

// How far beyond the coarse outline GCJ-02 is taken to apply, in metres.
const (
	beyondCoastM  = 80_000
	beyondBorderM = 40_000
)

// chinaBox holds all of it: most of the world is decided by four comparisons.
var chinaBox = orb.Bound{Min: orb.Point{72, 17}, Max: orb.Point{136.5, 54.5}}

// InGCJ tells whether GCJ-02 applies at a place, in degrees of WGS 84 or of GCJ-02: the mainland and Hainan, see the package's doc.
func InGCJ(p orb.Point) bool {
	if !chinaBox.Contains(p) {
		return false
	}
	for _, r := range unshifted {
		if inRing(r, p) {
			return false
		}
	}
	return inRing(mainlandCoast, p) != inRing(mainlandBorder, p) || // the two are one ring: a ray crosses it an odd number of times
		inRing(hainan, p) ||
		nearLine(orb.LineString(hainan), p, beyondCoastM) || nearLine(mainlandCoast, p, beyondCoastM) || nearLine(mainlandBorder, p, beyondBorderM)
}

// inRing tells whether a ray from p eastwards crosses the segments of a line an odd number of times.
func inRing[L ~[]orb.Point](line L, p orb.Point) bool {
	odd := false
	for i := 1; i < len(line); i++ {
		a, b := line[i-1], line[i]
		if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < a[0]+(p[1]-a[1])/(b[1]-a[1])*(b[0]-a[0]) {
			odd = !odd
		}
	}
	return odd
}

const metresPerDegree = 111_320 // of latitude, near enough for a coarse outline

// nearLine tells whether p is within some metres of a line, on a plane that is right around p.
func nearLine(line orb.LineString, p orb.Point, withinM float64) bool {
	scaleX := metresPerDegree * math.Cos(p[1]*math.Pi/180)
	for i := 1; i < len(line); i++ {
		ax, ay := (line[i-1][0]-p[0])*scaleX, (line[i-1][1]-p[1])*metresPerDegree
		bx, by := (line[i][0]-p[0])*scaleX, (line[i][1]-p[1])*metresPerDegree
		dx, dy := bx-ax, by-ay
		t := 0.0
		if length2 := dx*dx + dy*dy; length2 > 0 {
			t = min(max(-(ax*dx+ay*dy)/length2, 0), 1)
		}
		if math.Hypot(ax+t*dx, ay+t*dy) <= withinM {
			return true
		}
	}
	return false
}
