package geo

import (
	"slices"

	"github.com/paulmach/orb"
)

// stripTries bounds how many parallels PointInside looks along.
const stripTries = 64

// PointInside gives a position inside a polygon, off its border: the middle of the widest stretch along the parallel at
// half its height, or, where nothing is inside there, along another one between two vertices. It is false for a polygon
// without an inside.
func PointInside(p orb.Polygon) (orb.Point, bool) {
	if len(p) == 0 || len(p[0]) < 4 {
		return orb.Point{}, false
	}
	b := p[0].Bound()
	half := (b.Min[1] + b.Max[1]) / 2
	if at, ok := widest(p, half); ok {
		return at, true
	}
	lats := make([]float64, 0, len(p[0]))
	for _, r := range p {
		for _, q := range r {
			lats = append(lats, q[1])
		}
	}
	slices.Sort(lats)
	lats = slices.Compact(lats)
	mid, _ := slices.BinarySearch(lats, half)
	for try := range stripTries {
		i := mid + (try+1)/2*(1-try%2*2) // mid, mid-1, mid+1, …
		if i < 1 || i >= len(lats) {
			continue
		}
		if at, ok := widest(p, (lats[i-1]+lats[i])/2); ok {
			return at, true
		}
	}
	return orb.Point{}, false
}

// PointInsideMulti gives a position inside the largest part that has an inside.
func PointInsideMulti(ps orb.MultiPolygon) (orb.Point, bool) {
	var best orb.Point
	found, bestM2 := false, 0.0
	for _, p := range ps {
		m2 := AreaM2(p)
		if found && m2 <= bestM2 {
			continue
		}
		if at, ok := PointInside(p); ok {
			best, bestM2, found = at, m2, true
		}
	}
	return best, found
}

// widest is the middle of the widest stretch inside a polygon along a parallel that no vertex lies on.
func widest(p orb.Polygon, lat float64) (orb.Point, bool) {
	var lons []float64
	for _, r := range p {
		for i := 1; i < len(r); i++ {
			a, b := r[i-1], r[i]
			if (a[1] > lat) != (b[1] > lat) {
				lons = append(lons, a[0]+(lat-a[1])/(b[1]-a[1])*(b[0]-a[0]))
			}
		}
	}
	slices.Sort(lons)
	at, width := orb.Point{}, 0.0
	for i := 1; i < len(lons); i += 2 {
		mid := (lons[i-1] + lons[i]) / 2
		if w := lons[i] - lons[i-1]; w > width && lons[i-1] < mid && mid < lons[i] {
			at, width = orb.Point{mid, lat}, w
		}
	}
	return at, width > 0 && within(p, at)
}

// within tells whether a position lies inside a polygon, off its rings.
func within(p orb.Polygon, at orb.Point) bool {
	if sideOf(p[0], at) != inside {
		return false
	}
	for _, hole := range p[1:] {
		if sideOf(hole, at) != outside {
			return false
		}
	}
	return true
}

// Covers tells whether a position lies in a polygon or on its border.
func Covers(p orb.Polygon, at orb.Point) bool {
	if len(p) == 0 || sideOf(p[0], at) == outside {
		return false
	}
	for _, hole := range p[1:] {
		if sideOf(hole, at) == inside {
			return false
		}
	}
	return true
}
