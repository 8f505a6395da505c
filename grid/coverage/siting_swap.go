package coverage

import "slices"

// improve exchanges one of the chosen for one of the others as long as that gains, the lower number first. A candidate that gains less alone than
// every chosen one loses is not looked at, which leaves few.
func (s *solver) improve() error {
	if len(s.chosen) == 0 {
		return nil
	}
	saves := make([]int64, len(s.chosen))
	for range maxSweeps {
		before := s.value
		least := slices.Min(s.loss)
		for c, alone := range s.alone {
			if alone <= least || s.in[c] || s.enough() {
				continue
			}
			slot, net := s.exchange(uint32(c), saves)
			if s.plan.Evaluations++; s.plan.Evaluations%patience == 0 && s.ctx.Err() != nil {
				return s.ctx.Err()
			}
			if net <= 0 {
				continue
			}
			s.replace(slot, uint32(c))
			s.plan.Swaps++
			least = slices.Min(s.loss)
		}
		if s.value == before {
			break
		}
	}
	return nil
}

// exchange finds the slot whose candidate is best given up for c, and what the value gains by it. What only that slot covers and c covers too is
// not lost. saves are zeroes by slot, before and after.
func (s *solver) exchange(c uint32, saves []int64) (slot int, net int64) {
	gain := int64(0)
	set := s.set1(c)
	for _, i := range set {
		switch it := &s.items[i]; it.count {
		case 0:
			gain += it.weight
		case 1:
			saves[it.who] += it.weight
		}
	}
	slot, net = -1, 0
	for k, loss := range s.loss {
		if n := gain + saves[k] - loss; n > net && s.affordable(c, s.cost(s.chosen[k])) {
			slot, net = k, n
		}
		saves[k] = 0
	}
	return slot, net
}
