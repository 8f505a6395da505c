package coverage

import (
	"context"
	"math"
	"runtime"
	"sync"

	"wangge/geo/walk"
)

// maxSweeps bounds how often all candidates are tried in exchange for chosen ones.
const maxSweeps = 20

// patience is after how many gains a solver looks whether somebody still waits.
const patience = 1024

// solver is a problem being solved.
type solver struct {
	ctx    context.Context
	p      *Problem
	items  []siteItem
	banned []bool  // by candidate: forbidden, fixed, or dearer than the budget
	in     []bool  // by candidate: among the chosen
	alone  []int64 // by candidate: gain where only the fixed ones are chosen; no gain is ever greater

	chosen []uint32 // by slot
	loss   []int64  // by slot: weight that nothing else chosen covers
	value  int64    // of the chosen, beyond the fixed
	spent  int64
	fixed  int64 // value of the fixed
	target int64 // of value; MaxInt64 for as much as possible

	covered []int64  // Each: by group, weight covered beyond the fixed
	room    []int64  // Each: by group, what the fixed leave of its target
	sums    []int64  // scratch by group
	touched []uint32 // scratch: groups with a sum

	bound int64 // no choice has a greater value
	least int   // no fewer sites reach the target
	plan  Plan
}

// siteItem is what one hexagon, or a piece of one, has to tell while choosing.
type siteItem struct {
	weight int64
	count  uint32 // how many of the chosen cover it
	who    uint32 // slots of those, each xor the next: of one, that one
}

func newSolver(ctx context.Context, p *Problem, weight []int64) (*solver, error) {
	n := p.candidates()
	s := &solver{ctx: ctx, p: p, items: make([]siteItem, len(weight)), banned: make([]bool, n), in: make([]bool, n), alone: make([]int64, n), target: math.MaxInt64}
	for i, w := range weight {
		s.items[i].weight = w
	}
	for _, c := range p.Forbidden {
		s.banned[c] = true
	}
	for c, cost := range p.Cost {
		s.banned[c] = s.banned[c] || p.Budget > 0 && cost > p.Budget
	}
	s.fix()
	if err := s.measure(); err != nil {
		return nil, err
	}
	s.bound = s.everything()
	return s, nil
}

// fix takes what the fixed sites cover out of the problem.
func (s *solver) fix() {
	var by []int64
	if s.p.Goal == Each {
		by = make([]int64, len(s.p.Targets))
	}
	for _, c := range s.p.Fixed {
		s.banned[c] = true
		for _, i := range s.set1(c) {
			w := s.items[i].weight
			s.items[i].weight = 0
			if by == nil {
				s.fixed += w
			} else if g := s.p.Group[i]; g != walk.None {
				by[g] += w
			}
		}
	}
	switch s.p.Goal {
	case Fewest:
		s.target = max(s.p.Target-s.fixed, 0)
	case Each:
		s.target = 0
		s.room, s.covered, s.sums = make([]int64, len(by)), make([]int64, len(by)), make([]int64, len(by))
		for g, t := range s.p.Targets {
			s.room[g] = max(t-by[g], 0)
			s.target += s.room[g]
			s.fixed += min(t, by[g])
		}
	}
}

// set1 is what one candidate covers.
func (s *solver) set1(c uint32) []uint32 { return s.p.Items[s.p.First[c]:s.p.First[c+1]] }

// measure works out what each candidate gains alone, in parallel.
func (s *solver) measure() error {
	n := s.p.candidates()
	return inBlocks(s.ctx, n, func(from, to int) {
		var sums []int64
		var touched []uint32
		if s.room != nil {
			sums = make([]int64, len(s.room))
		}
		for c := from; c < to; c++ {
			if s.banned[c] {
				continue
			}
			if s.room == nil {
				s.alone[c] = s.plain(uint32(c))
			} else {
				s.alone[c], touched = s.grouped(uint32(c), sums, touched[:0])
			}
		}
	})
}

// everything is the value that could be had if every item were covered: the crudest of bounds.
func (s *solver) everything() int64 {
	if s.room != nil {
		return s.target
	}
	sum := int64(0)
	for i := range s.items {
		sum += s.items[i].weight
	}
	return sum
}

// exhausted says whether no other candidate adds anything to the chosen.
func (s *solver) exhausted() bool {
	for _, c := range s.every() {
		if s.gain(c) > 0 {
			return false
		}
	}
	return true
}

// gain is what a candidate adds to the chosen.
func (s *solver) gain(c uint32) int64 {
	if s.room == nil {
		return s.plain(c)
	}
	var g int64
	g, s.touched = s.grouped(c, s.sums, s.touched[:0])
	return g
}

func (s *solver) plain(c uint32) int64 {
	sum := int64(0)
	for _, i := range s.set1(c) {
		if it := &s.items[i]; it.count == 0 {
			sum += it.weight
		}
	}
	return sum
}

// grouped is the gain of a candidate towards the targets of the groups. sums are zeroes by group, before and after.
func (s *solver) grouped(c uint32, sums []int64, touched []uint32) (int64, []uint32) {
	for _, i := range s.set1(c) {
		it, g := &s.items[i], s.p.Group[i]
		if it.count > 0 || it.weight == 0 || g == walk.None {
			continue
		}
		if sums[g] == 0 {
			touched = append(touched, g)
		}
		sums[g] += it.weight
	}
	gain := int64(0)
	for _, g := range touched {
		gain += min(sums[g], max(s.room[g]-s.covered[g], 0))
		sums[g] = 0
	}
	return gain, touched
}

// add chooses a candidate.
func (s *solver) add(c uint32) {
	slot := uint32(len(s.chosen))
	s.chosen, s.loss = append(s.chosen, c), append(s.loss, 0)
	s.in[c] = true
	s.spent += s.cost(c)
	s.cover(c, slot)
}

// cover counts what a candidate covers for a slot.
func (s *solver) cover(c, slot uint32) {
	for _, i := range s.set1(c) {
		it := &s.items[i]
		switch it.count {
		case 0:
			s.value += s.credit(i, it.weight)
			s.loss[slot] += it.weight
		case 1:
			s.loss[it.who] -= it.weight
		}
		it.count++
		it.who ^= slot
	}
}

// uncover undoes cover.
func (s *solver) uncover(c, slot uint32) {
	for _, i := range s.set1(c) {
		it := &s.items[i]
		it.count--
		it.who ^= slot
		switch it.count {
		case 0:
			s.value += s.credit(i, -it.weight)
			s.loss[slot] -= it.weight
		case 1:
			s.loss[it.who] += it.weight
		}
	}
}

// credit is what covering an item adds to the value; a negative weight uncovers it.
func (s *solver) credit(i uint32, w int64) int64 {
	if s.room == nil {
		return w
	}
	g := s.p.Group[i]
	if g == walk.None {
		return 0
	}
	before := min(s.covered[g], s.room[g])
	s.covered[g] += w
	return min(s.covered[g], s.room[g]) - before
}

// replace puts a candidate in the slot of another.
func (s *solver) replace(slot int, c uint32) {
	old := s.chosen[slot]
	s.uncover(old, uint32(slot))
	s.in[old], s.in[c] = false, true
	s.spent += s.cost(c) - s.cost(old)
	s.chosen[slot] = c
	s.cover(c, uint32(slot))
}

// remove lets go of what is in a slot. The last slot takes its number.
func (s *solver) remove(slot int) {
	last := len(s.chosen) - 1
	gone, moved := s.chosen[slot], s.chosen[last]
	s.uncover(gone, uint32(slot))
	if slot != last {
		s.uncover(moved, uint32(last))
		s.cover(moved, uint32(slot))
		s.chosen[slot] = moved
	}
	s.in[gone] = false
	s.spent -= s.cost(gone)
	s.chosen, s.loss = s.chosen[:last], s.loss[:last]
}

func (s *solver) clear() {
	for len(s.chosen) > 0 {
		s.remove(len(s.chosen) - 1)
	}
}

// set chooses exactly these.
func (s *solver) set(chosen []uint32) {
	s.clear()
	for _, c := range chosen {
		s.add(c)
	}
}

// every lists the candidates that may be chosen and gain something.
func (s *solver) every() []uint32 {
	list := make([]uint32, 0, len(s.alone))
	for c, gain := range s.alone {
		if gain > 0 && !s.in[c] {
			list = append(list, uint32(c))
		}
	}
	return list
}

// inBlocks does what is to be done from … to of n on all processors, in blocks, until ctx ends.
func inBlocks(ctx context.Context, n int, do func(from, to int)) error {
	workers := min(runtime.GOMAXPROCS(0), 2)
	if n < 2*patience || workers == 1 {
		for from := 0; from < n; from += patience {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			do(from, min(from+patience, n))
		}
		return ctx.Err()
	}
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			for from := w * patience; from < n && ctx.Err() == nil; from += workers * patience {
				do(from, min(from+patience, n))
			}
		})
	}
	wait.Wait()
	return ctx.Err()
}
