package coverage

// greedy goes on choosing from a list, the largest gain first, or the largest per cost, until the limit, the budget or the target is reached or
// nothing gains. Gains only shrink while one chooses, so the first of the queue is the best as soon as its gain is fresh: few are worked out again.
func (s *solver) greedy(list []uint32, cost []int64) error {
	return s.greedyOf(list, cost, func(int64) {})
}

func (s *solver) greedyOf(list []uint32, cost []int64, chose func(gain int64)) error {
	q := queue{at: make([]ranked, 0, len(list)), cost: cost}
	for _, c := range list {
		q.at = append(q.at, ranked{s.alone[c], c})
	}
	q.fix()
	fresh := make([]uint16, len(s.alone)) // by candidate: how many were chosen when its gain was worked out, and one more
	for first := len(s.chosen) == 0; len(q.at) > 0 && len(s.chosen) < s.limit() && !s.enough(); {
		top := &q.at[0]
		switch round := uint16(len(s.chosen) + 1); {
		case !s.affordable(top.c, 0) || top.gain == 0:
			q.pop()
		case fresh[top.c] == round || first:
			first = false
			chose(top.gain)
			s.add(q.pop().c)
		default:
			fresh[top.c] = round
			top.gain = s.gain(top.c)
			q.sink(0)
			if s.plan.Evaluations++; s.plan.Evaluations%patience == 0 && s.ctx.Err() != nil {
				return s.ctx.Err()
			}
		}
	}
	return s.ctx.Err()
}
