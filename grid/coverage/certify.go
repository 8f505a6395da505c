package coverage

import (
	"math"
	"slices"

	"wangge/geo/walk"
)

// Bounds of the work that a certificate may take.
const (
	maxSteps    = 400
	maxGathers  = 800 << 20 // prices read, in all steps together
	polishEvery = 5         // steps
	goodGap     = 200       // one part in so many is close enough, and two after
	longSteps   = 100       // steps
	wholeParts  = 256       // candidates are picked whole, or in so many parts
)

// certify works on the prices until the bound is close to the value, and takes better choices that it meets on the way.
func (s *solver) certify() error {
	s.bound = min(s.bound, s.singles())
	if s.p.Goal != Most && s.enough() {
		return s.certifyFewest()
	}
	if s.room != nil || len(s.chosen) == 0 {
		return nil
	}
	r := s.relax(s.limit())
	return r.descend(func() int64 { return s.value }, s.polish, func(upper int64) bool {
		s.bound = min(s.bound, max(upper, s.value))
		good := (s.fixed + s.bound) / goodGap
		if s.plan.Iterations > longSteps {
			good *= 2
		}
		return s.bound-s.value <= good
	})
}

// polish improves what a step picked, and keeps it where it becomes better than what there is.
func (s *solver) polish(picked []uint32, value int64) error {
	if value <= s.value && s.plan.Iterations%polishEvery != 0 {
		return nil
	}
	kept, before := slices.Clone(s.chosen), s.value
	s.set(picked)
	err := s.improve()
	if s.value <= before {
		s.set(kept)
	}
	return err
}

// certifyFewest tries to prove that one less does not reach the target; where a choice of one less turns up that does, it goes on from there. For
// Each the proof grants that what is missing in one area may be made up for in another: what it says holds, but it may say little.
func (s *solver) certifyFewest() error {
	s.least = s.fewer(s.limit(), s.alone)
	for s.least < len(s.chosen) {
		before := len(s.chosen)
		r := s.relax(before - 1)
		err := r.descend(func() int64 { return s.target - 1 }, s.withLess, func(int64) bool {
			s.least = max(s.least, r.fewest())
			return s.least >= len(s.chosen) || len(s.chosen) < before
		})
		if err != nil || len(s.chosen) == before {
			return err
		}
	}
	return nil
}

// withLess takes what a step picked where that reaches the target too.
func (s *solver) withLess(picked []uint32, value int64) error {
	if value < s.target || len(picked) >= len(s.chosen) {
		return nil
	}
	kept := slices.Clone(s.chosen)
	if s.set(picked); s.value < s.target {
		s.set(kept)
	}
	return nil
}

// singles is the bound that nothing overlaps.
func (s *solver) singles() int64 {
	if s.p.Budget > 0 && s.p.Cost != nil {
		return math.MaxInt64
	}
	sum := int64(0)
	q := queue{at: rankedOf(nil, s.every(), s.alone)}
	for _, c := range s.chosen {
		q.at = append(q.at, ranked{s.alone[c], c})
	}
	q.fix()
	for k := s.limit(); k > 0 && len(q.at) > 0; k-- {
		sum += q.pop().gain
	}
	return sum
}

// fewer is the fewest candidates whose gains alone sum to the target.
func (s *solver) fewer(limit int, alone []int64) int {
	q := queue{at: make([]ranked, 0, len(alone))}
	for c, gain := range alone {
		q.at = append(q.at, ranked{gain, uint32(c)})
	}
	q.fix()
	sum, n := int64(0), 0
	for sum < s.target && n < limit && len(q.at) > 0 {
		sum += q.pop().gain
		n++
	}
	return n
}

func rankedOf(into []ranked, list []uint32, gain []int64) []ranked {
	into = into[:0]
	for _, c := range list {
		into = append(into, ranked{gain[c], c})
	}
	return into
}

// counts says whether covering an item can be of use.
func (s *solver) counts(i int) bool {
	return s.room == nil || s.p.Group[i] != walk.None && s.room[s.p.Group[i]] > 0
}
