package coverage

import (
	"context"
	"math"

	"github.com/paulmach/orb"

	"wangge/geo/walk"
)

// Site chooses where new facilities go. It counts what is not covered now, has a network and lies within the region asked for. progress is told how
// many candidates have been looked at, of how many; it may be nil. Errors: ErrNoService, ErrRadius, ErrNoArea, ErrTooLarge, ErrProblem.
func (b *Board) Site(ctx context.Context, q SitingQuestion, progress func(done, total int)) (Siting, error) {
	if err := q.complete(); err != nil {
		return Siting{}, err
	}
	method, err := b.Method(ctx, q.Question, []uint32{q.RadiusM})
	if err != nil {
		return Siting{}, err
	}
	method.Definitions = append(method.Definitions, definitionOf(q.Goal))
	q.Res, q.Mode, q.Profile = method.Res, method.Mode, method.Profile
	n, err := b.need(ctx, &q)
	if err != nil {
		return Siting{}, err
	}
	graph, err := b.Network(ctx, q.Profile)
	if err != nil {
		return Siting{}, err
	}
	list, err := candidatesOf(ctx, &q, graph, b.limits(q.Within))
	if err != nil {
		return Siting{}, err
	}
	s := &siting{board: b, q: &q, need: n, graph: graph, list: list, sheet: n.sheet}
	s.out = Siting{Method: method, Candidates: len(list), Total: n.total, Already: n.already, NoNetwork: n.noNetwork, Areas: len(n.groups)}
	return s.solve(ctx, progress)
}

// limits is the ground that candidates must be on; nil for the city.
func (b *Board) limits(within string) *enclosure {
	if within == "" {
		return nil
	}
	g := newEnclosure(b.City().Net().Region(within).Shape)
	return &g
}

// siting is a question being answered.
type siting struct {
	board *Board
	q     *SitingQuestion
	need  *need
	sheet *Sheet
	graph *walk.Graph
	list  []candidate // the fixed ones last
	out   Siting
}

func (s *siting) solve(ctx context.Context, progress func(done, total int)) (Siting, error) {
	p := Problem{Goal: s.q.Goal, K: s.q.K, Weight: s.need.weight, Bound: true, Budget: s.q.Budget, Errors: s.need.places}
	if s.q.Stability {
		p.Reruns = StableReruns
	}
	s.prepare(&p)
	covers, err := s.sets(ctx, progress)
	if err != nil {
		return Siting{}, err
	}
	p.First, p.Items = covers.first, covers.items
	plan, err := Solve(ctx, p)
	if err != nil {
		return Siting{}, err
	}
	s.tell(&p, plan)
	s.explain(&p, plan)
	return s.out, nil
}

// prepare adds the fixed sites to the candidates, and costs and targets to the problem.
func (s *siting) prepare(p *Problem) {
	for i, c := range s.list {
		if c.given >= 0 && c.spot.Edge == walk.None {
			s.out.OffNetwork = append(s.out.OffNetwork, c.given)
			p.Forbidden = append(p.Forbidden, uint32(i))
		}
	}
	for i, at := range s.q.Fixed {
		spot, ok := snapped(s.q, s.graph, at)
		if !ok {
			s.out.FixedOff = append(s.out.FixedOff, i)
		}
		p.Fixed = append(p.Fixed, uint32(len(s.list)))
		s.list = append(s.list, candidate{spot: spot, at: at, given: -1, cost: 1})
	}
	if s.q.Budget > 0 {
		for _, c := range s.list {
			p.Cost = append(p.Cost, c.cost)
		}
	}
	switch n := s.need; s.q.Goal {
	case Fewest:
		p.Target = max(shareOf(s.q.Share, n.total)-n.already, 0)
	case Each:
		p.Group = n.group
		for _, g := range n.groups {
			p.Targets = append(p.Targets, max(shareOf(s.q.Share, g.total)-g.already, 0))
		}
	}
}

// shareOf is a share of a weight, rounded up: what reaches it has the share.
func shareOf(share float64, total int64) int64 {
	return min(int64(math.Ceil(share*float64(total))), total)
}

// sets are what the candidates cover of what is needed.
func (s *siting) sets(ctx context.Context, progress func(done, total int)) (sets, error) {
	done := func(n int) {
		if progress != nil {
			progress(n, len(s.list))
		}
	}
	limitMM := s.q.RadiusM * mmPerM
	if s.q.Mode != Straight {
		spots := make([]walk.Spot, len(s.list))
		for i, c := range s.list {
			spots[i] = c.spot
		}
		return walkSets(ctx, newSetFinder(s.graph, s.need.spots), spots, limitMM, done)
	}
	at := make([]orb.Point, len(s.list))
	for i, c := range s.list {
		at[i] = c.at
	}
	return circleSets(ctx, s.need.at, s.need.near, at, limitMM, done)
}

// tell writes the plan down in the terms of the question. Gains are told in full, also where the targets of areas needed only some of them.
func (s *siting) tell(p *Problem, plan Plan) {
	seen := make([]bool, len(p.Weight))
	by := make([]int64, len(p.Targets))
	take := func(c uint32) (gain int64) {
		for _, i := range p.Items[p.First[c]:p.First[c+1]] {
			if seen[i] {
				continue
			}
			seen[i] = true
			gain += p.Weight[i]
			if p.Goal == Each {
				by[p.Group[i]] += p.Weight[i]
			}
		}
		return gain
	}
	for _, c := range p.Fixed {
		s.out.FixedGain += take(c)
	}
	s.out.Value = s.out.FixedGain
	for k, c := range plan.Chosen {
		from := s.list[c]
		site := Site{At: from.at, Candidate: from.given, Gain: take(c), Often: plan.Often[k]}
		if from.given >= 0 {
			site.Name = s.q.Candidates.Points[from.given].Name
		}
		if s.q.Budget > 0 {
			site.Cost = from.cost
		}
		if s.q.Mode != Straight || s.q.Candidates.Kind == StreetCandidates {
			key := s.graph.Net.Streets[s.graph.Net.Edges[from.spot.Edge].Street].Key
			site.Street, site.Title = StreetName(key), s.board.streetTitle(key)
		}
		s.out.Value += site.Gain
		site.Value = s.out.Value
		s.out.Sites = append(s.out.Sites, site)
	}
	for g, target := range p.Targets {
		if by[g] >= target {
			s.out.AreasMet++
		}
	}
	if p.Goal == Most {
		s.out.UpperBound = plan.UpperBound
	}
	s.out.Gap, s.out.LowerBound, s.out.Reached, s.out.Reruns = plan.Gap, plan.LowerBound, plan.Reached, p.Reruns
}

// complete fills in what a question leaves open, and tells what is wrong with it.
func (q *SitingQuestion) complete() error {
	if q.Goal == "" {
		q.Goal = Most
	}
	if q.Weight == "" {
		q.Weight = ByArea
	}
	if q.Candidates.Kind == "" {
		q.Candidates.Kind = StreetCandidates
	}
	if q.Candidates.SpacingM == 0 {
		q.Candidates.SpacingM = UsualM
	}
	switch c := q.Candidates; {
	case q.Goal != Most && q.Goal != Fewest && q.Goal != Each:
		return malformed("goal %q", q.Goal)
	case q.Weight != ByArea && q.Weight != ByPopulation:
		return malformed("weight %q", q.Weight)
	case c.Kind != StreetCandidates && c.Kind != PointCandidates && c.Kind != AreaCandidates:
		return malformed("candidates %q", c.Kind)
	case c.SpacingM < MinSpacingM || c.SpacingM > MaxSpacingM:
		return malformed("candidates each %d m: %d … %d", c.SpacingM, MinSpacingM, MaxSpacingM)
	case !(q.Share >= 0 && q.Share <= 1):
		return malformed("a share of %v", q.Share)
	case q.K < 0 || q.Budget < 0:
		return malformed("a negative number")
	case q.Budget > 0 && q.Goal != Most:
		return malformed("a budget is for %q only", Most)
	case (q.By != "") != (q.Goal == Each):
		return malformed("areas are named for %q, and for it only", Each)
	case q.K > MaxSites || len(q.Fixed) > MaxSites:
		return tooLarge("要选 %d 处、既定 %d 处，各最多 %d 处", "%d sites and %d fixed ones, %d at most of each", q.K, len(q.Fixed), MaxSites)
	case len(c.Points) > MaxCandidates:
		return manyCandidates()
	}
	return q.checkPlaces()
}

func (q *SitingQuestion) checkPlaces() error {
	for i, p := range q.Candidates.Points {
		if p.Cost < 0 || q.Budget > 0 && p.Cost == 0 {
			return malformed("point %d: a cost of %d; with a budget every point has one", i, p.Cost)
		}
		if !onEarth(p.At) {
			return malformed("point %d is nowhere on earth", i)
		}
	}
	for i, p := range q.Fixed {
		if !onEarth(p) {
			return malformed("fixed site %d is nowhere on earth", i)
		}
	}
	return nil
}

func onEarth(p orb.Point) bool { return math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90 }
