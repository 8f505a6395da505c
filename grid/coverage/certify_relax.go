package coverage

import (
	"math"
	"math/bits"
	"sync/atomic"
)

// relaxation is the Lagrangian dual of maximal covering: every item has a price between nothing and its weight, which it pays to be covered; what it
// keeps, and the prices that the best candidates collect, together are no less than any choice is worth, whatever the prices. Prices are whole
// numbers (weights shifted left), so the bound is exact and no rounding is on its side.
type relaxation struct {
	s      *solver
	k      int
	shift  uint
	price  []int64  // by item
	live   []uint32 // items that candidates in play cover
	weight []int64  // by item, shifted
	score  []int64  // by candidate: prices that it collects
	play   []uint32 // candidates that may be part of a better choice
	cover  []int32  // by item: parts of candidates picked that cover it
	marked []uint32 // items with cover
	picked []uint32 // whole candidates of this step
	kept   int64    // what items keep
	upper  int64    // the bound of this step, shifted
	edge   int64    // the least score among the picked, where K are picked; -1 otherwise
	order  queue
}

// relax sets out with prices that fall with the number of candidates that an item can choose from.
func (s *solver) relax(k int) *relaxation {
	n := len(s.items)
	r := &relaxation{s: s, k: k, price: make([]int64, n), weight: make([]int64, n), cover: make([]int32, n), score: make([]int64, len(s.alone))}
	degree := make([]uint32, n)
	total := int64(1)
	for c, gain := range s.alone {
		if gain == 0 {
			continue
		}
		r.play = append(r.play, uint32(c))
		for _, i := range s.set1(uint32(c)) {
			degree[i]++
		}
	}
	for i, it := range s.items {
		if degree[i] > 0 && it.weight > 0 && s.counts(i) {
			r.live = append(r.live, uint32(i))
			total += it.weight
		}
	}
	r.shift = uint(max(0, 61-bits.Len64(uint64(total))-bits.Len(uint(k+1))))
	for _, i := range r.live {
		w := s.items[i].weight << r.shift
		r.weight[i] = w
		r.price[i] = int64(float64(w) / math.Sqrt(float64(degree[i])))
		r.kept += w - r.price[i]
	}
	if s.p.Budget > 0 {
		r.order.cost = s.p.Cost
	}
	return r
}

// descend lowers the bound step by step: along a subgradient, as far as the distance to the floor, which is the value that somebody has, suggests (Polyak). found is given
// the candidates that a step picked and what they are worth; done is given the bound and says whether that is good enough.
func (r *relaxation) descend(floor func() int64, found func(picked []uint32, value int64) error, done func(upper int64) bool) error {
	stride, best, idle, gathers := 1.0, int64(math.MaxInt64), 0, 0
	for step := 0; step < maxSteps && gathers < maxGathers; step++ {
		if err := r.collect(); err != nil {
			return err
		}
		for _, c := range r.play {
			gathers += len(r.s.set1(c))
		}
		r.s.plan.Iterations++
		r.pick()
		if err := found(r.picked, r.worth()); err != nil {
			return err
		}
		if idle++; r.upper < best {
			if best-r.upper > best>>12 {
				idle = 0
			}
			best = r.upper
		}
		if done(max(best>>r.shift, floor())) {
			return nil
		}
		if idle > 20 {
			stride, idle = stride/2, 0
		}
		r.drop(floor() << r.shift)
		if err := r.step(stride * float64(r.upper-floor()<<r.shift)); err != nil {
			return err
		}
	}
	return nil
}

// collect sums the prices that each candidate in play collects.
func (r *relaxation) collect() error {
	return inBlocks(r.s.ctx, len(r.play), func(from, to int) {
		for _, c := range r.play[from:to] {
			sum := int64(0)
			for _, i := range r.s.set1(c) {
				sum += r.price[i]
			}
			r.score[c] = sum
		}
	})
}

// pick takes the candidates that collect most, K of them or what the budget pays for, the last one perhaps in part, and marks what they cover.
func (r *relaxation) pick() {
	for _, i := range r.marked {
		r.cover[i] = 0
	}
	r.marked, r.picked = r.marked[:0], r.picked[:0]
	r.order.at = rankedOf(r.order.at, r.play, r.score)
	r.order.fix()
	sum, left := int64(0), r.s.p.Budget
	r.edge = -1
	for len(r.picked) < r.k && len(r.order.at) > 0 {
		top := r.order.pop()
		if cost := r.s.cost(top.c); r.order.cost != nil && cost > left {
			hi, lo := bits.Mul64(uint64(top.gain), uint64(left))
			share, rest := bits.Div64(hi, lo, uint64(cost))
			sum += int64(share + min(rest, 1))
			r.mark(top.c, int32(left*wholeParts/cost))
			break
		} else if r.order.cost != nil {
			left -= cost
		}
		sum += top.gain
		r.picked = append(r.picked, top.c)
		r.mark(top.c, wholeParts)
		r.edge = top.gain
	}
	if len(r.picked) < r.k || r.order.cost != nil {
		r.edge = -1
	}
	if r.order.cost != nil && len(r.picked) == r.k && len(r.order.at) > 0 {
		sum = r.dearest()
	}
	r.upper = r.kept + sum
}

// dearest is what the K candidates collect that collect most, whatever they cost: the bound where K is what limits, and not the budget.
func (r *relaxation) dearest() int64 {
	q := queue{at: rankedOf(r.order.at, r.play, r.score)}
	q.fix()
	sum := int64(0)
	for k := r.k; k > 0 && len(q.at) > 0; k-- {
		sum += q.pop().gain
	}
	return sum
}

func (r *relaxation) mark(c uint32, parts int32) {
	if parts == 0 {
		return
	}
	for _, i := range r.s.set1(c) {
		if r.cover[i] == 0 {
			r.marked = append(r.marked, i)
		}
		r.cover[i] += parts
	}
}

// worth is what the whole candidates that were picked cover.
func (r *relaxation) worth() int64 {
	sum := int64(0)
	for _, i := range r.marked {
		if r.cover[i] >= wholeParts && r.s.counts(int(i)) {
			sum += r.s.items[i].weight
		}
	}
	return sum
}

// drop takes candidates out of play that no choice better than the floor can have.
func (r *relaxation) drop(floor int64) {
	if r.edge < 0 {
		return
	}
	stay := r.play[:0]
	for _, c := range r.play {
		if r.score[c] >= r.edge || r.upper-r.edge+r.score[c] > floor {
			stay = append(stay, c)
		}
	}
	r.play = stay
}

// step moves the prices: up where nobody picked covers an item that would pay, down where more than one does.
func (r *relaxation) step(excess float64) error {
	norms := make([]float64, len(r.live)/patience+1)
	err := inBlocks(r.s.ctx, len(r.live), func(from, to int) {
		norm := 0.0
		for _, i := range r.live[from:to] {
			g := float64(r.slope(i))
			norm += float64(r.weight[i]) * g * g
		}
		norms[from/patience] = norm
	})
	norm := 0.0
	for _, n := range norms {
		norm += n
	}
	if err != nil || norm == 0 || excess <= 0 {
		return err
	}
	var kept atomic.Int64
	err = inBlocks(r.s.ctx, len(r.live), func(from, to int) {
		kept.Add(r.move(r.live[from:to], excess*wholeParts/norm))
	})
	r.kept += kept.Load()
	return err
}

// move moves the prices of some items by a stride, and tells how much more they keep.
func (r *relaxation) move(live []uint32, stride float64) (kept int64) {
	for _, i := range live {
		g := r.slope(i)
		if g == 0 {
			continue
		}
		w, p := r.weight[i], r.price[i]
		r.price[i] = min(max(p-int64(stride*float64(w)*float64(g)), 0), w)
		kept += p - r.price[i]
	}
	return kept
}

// slope is how the bound changes with the price of an item, in parts; 0 where the price cannot move that way.
func (r *relaxation) slope(i uint32) int32 {
	cover, p := r.cover[i], r.price[i]
	switch {
	case p == r.weight[i]:
		return max(cover-wholeParts, 0)
	case p == 0 && cover > wholeParts:
		return 0
	default:
		return cover - wholeParts
	}
}

// fewest is the least number of candidates whose bound reaches the target.
func (r *relaxation) fewest() int {
	need := r.s.target<<r.shift - r.kept
	n := 0
	for _, c := range r.picked {
		if need <= 0 {
			return n
		}
		need -= r.score[c]
		n++
	}
	if need > 0 {
		n++
	}
	return n
}
