package coverage

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"wangge/geo/walk"
)

// village is a random problem: candidates on a line that cover what is near, so that sets overlap as they do on the ground.
func village(seed uint64, candidates, items int) Problem {
	r := rand.New(rand.NewPCG(seed, 7))
	p := Problem{Goal: Most, First: []uint32{0}, Bound: true}
	for range items {
		p.Weight = append(p.Weight, int64(r.IntN(1000)))
	}
	for range candidates {
		at, reach := r.IntN(items), 1+r.IntN(max(items/5, 1))
		for i := at; i < min(at+reach, items); i++ {
			if r.IntN(5) > 0 {
				p.Items = append(p.Items, uint32(i))
			}
		}
		p.First = append(p.First, uint32(len(p.Items)))
	}
	return p
}

// worthOf is what a set of candidates is worth, worked out the plain way.
func worthOf(p *Problem, set []uint32) int64 {
	by, seen := make([]int64, len(p.Targets)), make([]bool, len(p.Weight))
	sum := int64(0)
	for _, c := range set {
		for _, i := range p.Items[p.First[c]:p.First[c+1]] {
			if seen[i] {
				continue
			}
			seen[i] = true
			if p.Goal != Each {
				sum += p.Weight[i]
			} else if g := p.Group[i]; g != walk.None {
				by[g] += p.Weight[i]
			}
		}
	}
	for g, w := range by {
		sum += min(w, p.Targets[g])
	}
	return sum
}

// bestOf tries every choice: the greatest value within K and the budget, and the fewest sites that reach the value wanted (-1 for none).
func bestOf(p *Problem, wanted int64) (value int64, fewest int) {
	n := len(p.First) - 1
	fewest = -1
	for bits := range 1 << n {
		set, spent := slices.Clone(p.Fixed), int64(0)
		count := 0
		allowed := true
		for c := range n {
			if bits>>c&1 == 0 {
				continue
			}
			allowed = allowed && !slices.Contains(p.Forbidden, uint32(c)) && !slices.Contains(p.Fixed, uint32(c))
			set = append(set, uint32(c))
			count++
			if p.Cost != nil {
				spent += p.Cost[c]
			}
		}
		if !allowed || p.K > 0 && count > p.K || p.Budget > 0 && spent > p.Budget {
			continue
		}
		v := worthOf(p, set)
		value = max(value, v)
		if v >= wanted && (fewest < 0 || count < fewest) {
			fewest = count
		}
	}
	return value, fewest
}

// checkPlan holds a plan against its problem: what every plan must be.
func checkPlan(t *testing.T, p *Problem, plan Plan) {
	t.Helper()
	sum := plan.Fixed
	for k, g := range plan.Gains {
		if g <= 0 || k > 0 && p.Budget == 0 && g > plan.Gains[k-1] {
			t.Errorf("gains %v do not fall", plan.Gains)
		}
		sum += g
	}
	all := append(slices.Clone(p.Fixed), plan.Chosen...)
	if v := worthOf(p, all); v != plan.Value || sum != plan.Value {
		t.Errorf("value %d, gains sum to %d, the sites are worth %d", plan.Value, sum, v)
	}
	if plan.UpperBound < plan.Value || plan.LowerBound > len(plan.Chosen) || p.K > 0 && len(plan.Chosen) > p.K || p.Budget > 0 && plan.Spent > p.Budget {
		t.Errorf("plan %+v is out of bounds", plan)
	}
	for _, c := range plan.Chosen {
		if slices.Contains(p.Forbidden, c) || slices.Contains(p.Fixed, c) {
			t.Errorf("%d was chosen though forbidden or fixed", c)
		}
	}
}

// TestSolveAgainstAll holds plans against every choice there is: bound ≥ optimum ≥ value ≥ (1 − 1/e) optimum.
func TestSolveAgainstAll(t *testing.T) {
	exact := 0
	seeds := []uint64{2277, 2327, 2607, 2682, 2907} // K limits their budgets
	for seed := range uint64(160) {
		seeds = append(seeds, seed)
	}
	for _, seed := range seeds {
		p := village(seed, 11, 40)
		p.K = 1 + int(seed%4)
		switch seed % 5 {
		case 1:
			p.Fixed, p.Forbidden = []uint32{3}, []uint32{0, 5}
		case 2:
			p.Budget = 20 + int64(seed%7)*20
			for c := range 11 {
				p.Cost = append(p.Cost, 1+int64(chance(seed<<8|uint64(c))*60))
			}
		}
		plan, err := Solve(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		checkPlan(t, &p, plan)
		best, _ := bestOf(&p, 0)
		if plan.UpperBound < best || best < plan.Value {
			t.Errorf("seed %d: bound %d, optimum %d, value %d", seed, plan.UpperBound, best, plan.Value)
		}
		factor := 0.632
		if p.Budget > 0 {
			factor = 0.316
		}
		if float64(plan.Value-plan.Fixed) < factor*float64(best-plan.Fixed) {
			t.Errorf("seed %d: value %d is too far from %d", seed, plan.Value, best)
		}
		if plan.Value == best {
			exact++
		}
	}
	if exact < 140 {
		t.Errorf("only %d of %d plans are best", exact, len(seeds))
	}
}

// TestFewestAgainstAll holds the number of sites, and the proof of how many are needed, against every choice.
func TestFewestAgainstAll(t *testing.T) {
	exact, reached := 0, 0
	for seed := range uint64(120) {
		p := village(seed, 11, 40)
		all := make([]uint32, 11)
		for c := range all {
			all[c] = uint32(c)
		}
		p.Goal, p.Target = Fewest, worthOf(&p, all)*int64(3+seed%8)/10
		wanted := p.Target
		if seed%2 == 1 {
			p.Goal, p.Target = Each, 0
			wanted = 0
			for i := range p.Weight {
				p.Group = append(p.Group, uint32(i/14))
			}
			p.Group[7] = walk.None
			p.Targets = []int64{1000, 2000, 500}
			if seed%4 == 3 {
				p.Fixed = []uint32{2}
			}
			for _, x := range p.Targets {
				wanted += x
			}
		}
		plan, err := Solve(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		checkPlan(t, &p, plan)
		_, fewest := bestOf(&p, wanted)
		if plan.Reached != (fewest >= 0) {
			t.Errorf("seed %d: reached %v, fewest %d", seed, plan.Reached, fewest)
		}
		if fewest < 0 {
			continue
		}
		reached++
		if plan.LowerBound > fewest || fewest > len(plan.Chosen) {
			t.Errorf("seed %d: %d sites at least, %d needed, %d chosen", seed, plan.LowerBound, fewest, len(plan.Chosen))
		}
		if fewest == len(plan.Chosen) {
			exact++
		}
	}
	t.Logf("reached %d, exact %d", reached, exact)
	if exact*10 < reached*9 {
		t.Errorf("only %d of %d have the fewest sites", exact, reached)
	}
}

// TestSolveProperties: more sites never cover less, a forbidden site never helps, weights and order decide nothing by chance.
func TestSolveProperties(t *testing.T) {
	p := village(5, 150, 500)
	p.Reruns = 10
	last := int64(0)
	for _, k := range []int{1, 2, 5, 10} {
		p.K = k
		plan, err := Solve(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		checkPlan(t, &p, plan)
		if plan.Value < last {
			t.Errorf("%d sites cover %d, fewer %d", k, plan.Value, last)
		}
		last = plan.Value
		again, _ := Solve(t.Context(), p)
		if !slices.Equal(plan.Chosen, again.Chosen) || !slices.Equal(plan.Often, again.Often) || plan.UpperBound != again.UpperBound {
			t.Errorf("the same problem has two plans: %+v, %+v", plan, again)
		}
		if plan.Gap > 0.06 {
			t.Errorf("k = %d: gap %.3f", k, plan.Gap)
		}
		q := p
		q.Forbidden = plan.Chosen[:1]
		if other, _ := Solve(t.Context(), q); other.Value > plan.UpperBound {
			t.Errorf("without its best site the plan is worth %d, with it %d at most", other.Value, plan.UpperBound)
		}
		for _, n := range plan.Often {
			if n < 0 || n > 10 {
				t.Errorf("chosen %d times of 10", n)
			}
		}
	}
}

func TestSolveEdges(t *testing.T) {
	small := func(change func(p *Problem)) Problem {
		p := Problem{Goal: Most, Weight: []int64{5, 3, 0, 7}, First: []uint32{0, 2, 3, 3, 4}, Items: []uint32{0, 1, 1, 3}, Bound: true}
		change(&p)
		return p
	}
	tests := map[string]struct {
		p       Problem
		chosen  []uint32
		reached bool
	}{
		"more than useful":    {small(func(p *Problem) { p.K = 4 }), []uint32{0, 3}, false},
		"as many as useful":   {small(func(*Problem) {}), []uint32{0, 3}, true},
		"one":                 {small(func(p *Problem) { p.K = 1 }), []uint32{0}, true},
		"no candidates":       {Problem{Goal: Most, K: 3, Weight: []int64{1}, Bound: true}, nil, false},
		"nothing at all":      {Problem{Goal: Fewest, Bound: true, Reruns: 3}, nil, true},
		"target met":          {small(func(p *Problem) { p.Goal, p.Target, p.Fixed = Fewest, 7, []uint32{3} }), nil, true},
		"target out of reach": {small(func(p *Problem) { p.Goal, p.Target = Fewest, 1000 }), []uint32{0, 3}, false},
		"cheapest too dear":   {small(func(p *Problem) { p.Cost, p.Budget = []int64{5, 6, 7, 8}, 4 }), nil, true},
		"all forbidden":       {small(func(p *Problem) { p.K, p.Forbidden = 2, []uint32{0, 1, 2, 3} }), nil, false},
	}
	for name, test := range tests {
		plan, err := Solve(t.Context(), test.p)
		if err != nil || !slices.Equal(plan.Chosen, test.chosen) || plan.Reached != test.reached {
			t.Errorf("%s: %+v, %v", name, plan, err)
		}
		if plan.Gap != 0 {
			t.Errorf("%s: gap %v", name, plan.Gap)
		}
	}
}

func TestSolveRefuses(t *testing.T) {
	good := village(1, 10, 10)
	tests := map[string]struct {
		change func(p *Problem)
		want   error
	}{
		"a million candidates": {func(p *Problem) { p.First = make([]uint32, 1_000_001); p.Items = nil }, ErrTooLarge},
		"501 sites":            {func(p *Problem) { p.K = 501 }, ErrTooLarge},
		"no goal":              {func(p *Problem) { p.Goal = "" }, ErrProblem},
		"negative weight":      {func(p *Problem) { p.Weight = slices.Clone(p.Weight); p.Weight[0] = -1 }, ErrProblem},
		"weights too great":    {func(p *Problem) { p.Weight = slices.Repeat([]int64{1 << 51}, 10) }, ErrProblem},
		"negative K":           {func(p *Problem) { p.K = -1 }, ErrProblem},
		"free candidates":      {func(p *Problem) { p.Cost = make([]int64, 10) }, ErrProblem},
		"few costs":            {func(p *Problem) { p.Cost = []int64{1} }, ErrProblem},
		"no groups":            {func(p *Problem) { p.Goal = Each }, ErrProblem},
		"fixed unknown":        {func(p *Problem) { p.Fixed = []uint32{10} }, ErrProblem},
		"item unknown":         {func(p *Problem) { p.Weight = p.Weight[:5] }, ErrProblem},
		"sets do not fit":      {func(p *Problem) { p.First = p.First[:3] }, ErrProblem},
		"budget of fewest":     {func(p *Problem) { p.Goal, p.Budget = Fewest, 3 }, ErrProblem},
	}
	for name, test := range tests {
		p := good
		test.change(&p)
		if _, err := Solve(t.Context(), p); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Solve(ctx, good); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody waits: %v", err)
	}
}
