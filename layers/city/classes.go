package city

import (
	"slices"

	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/geo/hex"
	"wangge/layers"
)

// DensityClasses are the limits of up to six classes into which the map divides the hexagons that stand in for a layer at a zoom,
// by one of the layer's measures: the least value of every class but the first, ascending. It is false where no hexagon in the city
// has any of the measure. Every call looks at all hexagons of the zoom, in a few nanoseconds each: it is for styles, not for tiles.
func (v *View) DensityClasses(layer, measure string, zoom int) ([]float64, bool) {
	s := v.stack(layer)
	if s == nil || s.density == nil {
		return nil, false
	}
	var h histogram
	s.density.survey(&h, levelOf(s.layer, zoom), measure)
	return h.limits(), h.total > 0
}

// survey puts the measure's values in the hexagons of a level into a histogram.
func (d *tallies) survey(h *histogram, l level, measure string) {
	n := slices.Index(d.gauge.levels, l)
	summed := measure != layers.CountMeasure
	if n < 0 || summed && !d.gauge.sums() {
		return
	}
	for _, p := range d.levels[n] {
		stride := d.gauge.stride()
		for i := range p.cells {
			if summed {
				h.add(p.sums[i])
			} else {
				h.add(int64(p.counts.at(i*stride)) * thousandths)
			}
		}
	}
}

// CellAreaM2 is the area of the hexagons at a zoom, in the middle of the city. Elsewhere in a city it differs by a few in a hundred.
func (v *View) CellAreaM2(zoom int) float64 {
	at := v.Place().Center
	outline := hex.At(at.Lon(), at.Lat(), finestRes(zoom)).AppendOutline(nil)
	ring := make(orb.Ring, 0, len(outline)/2)
	for i := 0; i+1 < len(outline); i += 2 {
		ring = append(ring, orb.Point{geo.Lon(outline[i]), geo.Lat(outline[i+1])})
	}
	return geo.RingAreaM2(ring)
}

// maxClasses is how many classes of a thematic map people can tell apart.
const maxClasses = 6

// histogram counts values, in thousandths, by their two leading digits: the rest is more than a legend tells. A limit rounded down
// to these keeps the greatest value in the last class, and equal limits cannot come about.
type histogram struct {
	total   int
	buckets [100 + 90*17]int // 0 … 99, then 90 for every further digit of an int64
}

// add counts a value. What is not above 0 does not count: hexagons without any of a measure have no class.
func (h *histogram) add(value int64) {
	if value <= 0 {
		return
	}
	digits := 0
	for ; value >= 100; value /= 10 {
		digits++
	}
	if digits > 0 {
		value += int64(90 * digits) // 100 … 109 come after 99
	}
	h.buckets[value]++
	h.total++
}

// leastOf is the least value in a bucket.
func leastOf(bucket int) float64 {
	value := bucket
	if bucket >= 100 {
		digits := (bucket - 10) / 90
		value = bucket - 90*digits
		for range digits {
			value *= 10
		}
	}
	return float64(value) / thousandths
}

// limits divide the values into at most six classes of equal numbers. What is equal stays together, and what ties take from one
// class goes to the others in equal parts, so that a few large values stand out from many equal small ones.
func (h *histogram) limits() []float64 {
	var limits []float64
	classes, left, inClass := maxClasses, h.total, 0
	share := (left + classes - 1) / classes
	for bucket, n := range h.buckets {
		if n == 0 {
			continue
		}
		if inClass > 0 && inClass+n/2 >= share { // the class is nearer to its share without this bucket
			limits = append(limits, leastOf(bucket))
			classes, left, inClass = classes-1, left-inClass, 0
			share = (left + classes - 1) / classes
		}
		inClass += n
	}
	return limits
}
