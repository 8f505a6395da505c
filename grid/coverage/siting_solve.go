package coverage

import (
	"context"
	"math"
	"slices"

	"wangge/geo/walk"
)

// maxWeight is what all weights may sum to: sums over MaxSites and then some stay far below what 64 bits hold.
const maxWeight = 1 << 52

// Solve chooses among the candidates of a problem. Equal problems have equal plans. Greedy choice from a queue of stale gains is followed by
// exchanges of one for one; with Bound, a Lagrangian relaxation proves how much better any other choice could be. For Most without costs the value
// is at least 1 − 1/e of the best there is. Errors: ErrProblem, ErrTooLarge, that of ctx.
func Solve(ctx context.Context, p Problem) (Plan, error) {
	if err := p.check(); err != nil {
		return Plan{}, err
	}
	s, err := newSolver(ctx, &p, p.Weight)
	if err != nil {
		return Plan{}, err
	}
	if err := s.choose(); err != nil {
		return Plan{}, err
	}
	if len(s.chosen) < s.limit() && s.exhausted() {
		s.bound = s.value
	}
	if p.Bound && s.bound > s.value {
		if err := s.certify(); err != nil {
			return Plan{}, err
		}
	}
	if err := s.arrange(); err != nil {
		return Plan{}, err
	}
	s.plan.Often, err = s.rerun()
	return s.plan, err
}

// check tells what is wrong with a problem before anything is allocated for it.
func (p *Problem) check() error {
	n := p.candidates()
	switch {
	case n > MaxCandidates:
		return tooLarge("有 %d 个候选点，最多 %d 个", "%d candidates, %d at most", n, MaxCandidates)
	case p.K > MaxSites || len(p.Fixed) > MaxSites:
		return tooLarge("要选 %d 处、既定 %d 处，各最多 %d 处", "%d sites and %d fixed ones, %d at most of each", p.K, len(p.Fixed), MaxSites)
	case len(p.Items) > MaxSetEntries:
		return tooLarge("覆盖集共 %d 项，最多 %d 项", "%d entries of coverage sets, %d at most", len(p.Items), MaxSetEntries)
	case p.Goal != Most && p.Goal != Fewest && p.Goal != Each:
		return malformed("goal %q", p.Goal)
	case p.K < 0 || p.Target < 0 || p.Budget < 0 || p.Reruns < 0:
		return malformed("a negative number")
	case p.Budget > 0 && p.Goal != Most:
		return malformed("a budget is for %q only", Most)
	case p.Cost != nil && len(p.Cost) != n:
		return malformed("%d costs of %d candidates", len(p.Cost), n)
	case p.Errors != nil && len(p.Errors) != len(p.Weight):
		return malformed("%d error numbers of %d items", len(p.Errors), len(p.Weight))
	case p.Goal == Each && len(p.Group) != len(p.Weight):
		return malformed("%d groups of %d items", len(p.Group), len(p.Weight))
	}
	if err := p.checkSets(); err != nil {
		return err
	}
	return p.checkNumbers()
}

func (p *Problem) candidates() int { return max(len(p.First)-1, 0) }

func (p *Problem) checkSets() error {
	if len(p.First) > 0 && int(p.First[len(p.First)-1]) != len(p.Items) || !slices.IsSorted(p.First) || len(p.First) == 0 && len(p.Items) > 0 {
		return malformed("coverage sets do not fit their items")
	}
	for _, item := range p.Items {
		if int(item) >= len(p.Weight) {
			return malformed("item %d of %d", item, len(p.Weight))
		}
	}
	for _, list := range [][]uint32{p.Fixed, p.Forbidden} {
		for _, c := range list {
			if int(c) >= p.candidates() {
				return malformed("candidate %d of %d", c, p.candidates())
			}
		}
	}
	return nil
}

func (p *Problem) checkNumbers() error {
	sum := int64(0)
	for _, w := range p.Weight {
		if w < 0 || w > maxWeight-sum {
			return malformed("weights are negative or sum to more than %d", int64(maxWeight))
		}
		sum += w
	}
	for _, c := range p.Cost {
		if c < 1 {
			return malformed("a cost of %d", c)
		}
	}
	if p.Goal != Each {
		return nil
	}
	for _, g := range p.Group {
		if g != walk.None && int(g) >= len(p.Targets) {
			return malformed("group %d of %d", g, len(p.Targets))
		}
	}
	for _, t := range p.Targets {
		if t < 0 || t > maxWeight/int64(len(p.Targets)) {
			return malformed("a target of %d", t)
		}
	}
	return nil
}

// choose finds the best choice it can, in s.chosen.
func (s *solver) choose() error {
	switch {
	case s.p.Goal == Most && s.p.Cost != nil && s.p.Budget > 0:
		return s.chooseWithin()
	case s.p.Goal == Each:
		return s.chooseEach()
	case s.p.Goal == Fewest:
		return s.chooseFewest()
	}
	if err := s.greedy(s.every(), nil); err != nil {
		return err
	}
	return s.improve()
}

// chooseWithin spends a budget: by gain per cost, and by gain alone, which begins with the best single one; the better of both is at least half as
// good as 1 − 1/e of the best there is.
func (s *solver) chooseWithin() error {
	if err := s.greedy(s.every(), s.p.Cost); err != nil {
		return err
	}
	value, chosen := s.value, slices.Clone(s.chosen)
	s.clear()
	if err := s.greedy(s.every(), nil); err != nil {
		return err
	}
	if value >= s.value {
		s.set(chosen)
	}
	for range maxSweeps {
		before := s.value
		if err := s.improve(); err != nil {
			return err
		}
		if err := s.greedy(s.every(), s.p.Cost); err != nil {
			return err
		}
		if s.value == before {
			return nil
		}
	}
	return nil
}

// chooseFewest reaches the target greedily, then does with one less as long as exchanges make up for it.
func (s *solver) chooseFewest() error {
	if err := s.greedy(s.every(), nil); err != nil {
		return err
	}
	if s.value < s.target {
		return s.improve()
	}
	for s.value >= s.target && len(s.chosen) > 0 {
		kept := slices.Clone(s.chosen)
		s.remove(slices.Index(s.loss, slices.Min(s.loss)))
		if err := s.improve(); err != nil {
			return err
		}
		if s.value < s.target {
			s.set(kept)
			return nil
		}
	}
	return nil
}

// chooseEach reaches every target greedily, then lets go of what the others make needless, the last first.
func (s *solver) chooseEach() error {
	if err := s.greedy(s.every(), nil); err != nil {
		return err
	}
	for slot := len(s.chosen) - 1; slot >= 0; slot-- {
		kept, before := slices.Clone(s.chosen), s.value
		if s.remove(slot); s.value < before {
			s.set(kept)
		}
	}
	return nil
}

// arrange puts the chosen in the order of their gains and writes the plan.
func (s *solver) arrange() error {
	set := slices.Clone(s.chosen)
	slices.Sort(set)
	s.clear()
	cost := s.p.Cost
	if s.p.Budget == 0 {
		cost = nil
	}
	s.plan.Gains = make([]int64, 0, len(set))
	if err := s.greedyOf(set, cost, func(gain int64) { s.plan.Gains = append(s.plan.Gains, gain) }); err != nil {
		return err
	}
	s.plan.Chosen = slices.Clone(s.chosen)
	s.plan.Value = s.fixed + s.value
	s.plan.Fixed = s.fixed
	s.plan.Spent = s.spent
	s.plan.UpperBound = max(s.fixed+s.bound, s.plan.Value)
	if s.p.Goal == Most {
		s.plan.Reached = s.p.K == 0 || len(s.chosen) == s.p.K
	} else {
		s.plan.Reached = s.enough()
	}
	if s.p.Goal == Most || !s.plan.Reached {
		s.plan.Gap = shortfall(s.plan.Value, s.plan.UpperBound)
		return nil
	}
	s.plan.LowerBound = min(max(s.least, min(len(s.chosen), 1)), len(s.chosen))
	s.plan.Gap = shortfall(int64(s.plan.LowerBound), int64(len(s.chosen)))
	return nil
}

// shortfall is how much less the lesser is than the greater, as a share of it.
func shortfall(less, greater int64) float64 {
	if greater <= less {
		return 0
	}
	return float64(greater-less) / float64(greater)
}

// limit is how many sites may be chosen.
func (s *solver) limit() int {
	if s.p.K == 0 {
		return MaxSites
	}
	return s.p.K
}

// affordable says whether a cost can be spent beside what is spent already, once back has come back.
func (s *solver) affordable(c uint32, back int64) bool {
	return s.p.Budget == 0 || s.spent-back+s.cost(c) <= s.p.Budget
}

func (s *solver) cost(c uint32) int64 {
	if s.p.Cost == nil {
		return 1
	}
	return s.p.Cost[c]
}

// enough says whether nothing more needs choosing.
func (s *solver) enough() bool { return s.value >= s.target && s.target < math.MaxInt64 }
