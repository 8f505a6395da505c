package ingest

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/paulmach/orb"

	"wangge/geo/datum"
)

// problem notes why what was said of the datum cannot be.
func (l *looker) problem(err error) {
	var fault *Fault
	if errors.As(err, &fault) {
		l.in.Datum.Problem, l.in.Datum.ProblemEn = &fault.Zh, &fault.En
	}
}

// required lists the required fields that no column and no value gives.
func (l *looker) required() {
	if l.m == nil || l.o.Layer == nil {
		return
	}
	for _, f := range l.m.needed[l.o.Layer.ID] {
		_, set := l.m.sets[f.Name]
		if !set && !slices.ContainsFunc(l.in.Columns, func(c ColumnGuess) bool { return c.Field != nil && *c.Field == f.Name }) {
			l.in.MissingRequired = append(l.in.MissingRequired, f.Name)
		}
	}
}

// guessDatum tells what the numbers can be, unless the file says it, and holds what was said against them.
func (l *looker) guessDatum() {
	d := &l.in.Datum
	if l.places > 0 {
		d.BBox = []float64{l.box.Min[0], l.box.Min[1], l.box.Max[0], l.box.Max[1]}
	}
	d.Needed = !l.stated && l.in.Geometry.Kind != "none"
	if l.stated {
		return
	}
	for _, c := range append(datum.Guess(l.sample, l.o.Near), l.guessLocal()...) {
		zh, en := c.System.Title()
		axes := AxesEN
		if c.Swapped {
			axes = AxesNE
		}
		d.Candidates = append(d.Candidates, DatumCandidate{Code: c.System.Code(), Title: zh, TitleEn: en, Axes: axes, Fits: c.Share, Why: c.Why, WhyEn: c.WhyEn})
	}
	if l.o.Datum == "" {
		return
	}
	system, err := l.o.parseDatum(l.o.Datum)
	if err != nil {
		l.problem(err)
		return
	}
	d.AxesNeeded = hasTwoOrders(system) && l.o.Axes == ""
	conv := newConverter(&l.o, system)
	for _, p := range l.sample {
		_, _ = conv.convert(p) // what is outside is counted
	}
	if len(l.sample) > 0 && len(l.sample) < leastJudged && conv.outside == conv.read {
		conv.read, conv.outside = leastJudged, leastJudged // few, but all of them
	}
	if !d.AxesNeeded {
		if fault := conv.judge(); fault != nil {
			l.problem(fault)
		}
	}
}

// guessLocal tells whether the numbers can be of one of the city's own systems.
func (l *looker) guessLocal() (found []datum.Candidate) {
	if len(l.sample) == 0 || l.o.Near.IsEmpty() || l.o.Near.Min == l.o.Near.Max {
		return nil
	}
	area := l.o.Near.Pad(0.5)
	for _, s := range l.o.Local {
		for _, swap := range []bool{false, true} {
			inside := 0
			for _, p := range l.sample {
				if swap {
					p = orb.Point{p[1], p[0]}
				}
				if q, err := s.To(p); err == nil && area.Contains(q) {
					inside++
				}
			}
			if inside == 0 {
				continue
			}
			share := float64(inside) / float64(len(l.sample))
			percent := strconv.Itoa(int(math.Round(100 * share)))
			found = append(found, datum.Candidate{System: s, Swapped: swap, Share: share,
				Why: fmt.Sprintf("%s%% 的点在本市附近", percent), WhyEn: fmt.Sprintf("%s %% of the points are near the city", percent)})
		}
	}
	return found
}
