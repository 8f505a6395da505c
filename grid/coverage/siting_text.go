package coverage

import (
	"fmt"

	"wangge/geo/walk"
)

// definitionOf says how sites are chosen for a goal.
func definitionOf(g Goal) Definition {
	switch g {
	case Each:
		return Definition{"siting", "逐处选增加最多的点，直到各单元达标，再撤去多余的点；不作一换一，点位数可能比最少的多，差距见下限", "Sites: the one that gains most, until every area has its share, then needless ones are given up; there are no exchanges of one for one, so that there may be more sites than needed: the lower bound tells how many more"}
	case Fewest:
		return Definition{"siting", "逐处选增加最多的点，达标后撤去一处、以一换一补足，直到补不足；下限由拉格朗日松弛证明", "Sites: the one that gains most; once the target is reached one is given up as long as exchanges of one for one make up for it; the lower bound is proven by Lagrangian relaxation"}
	}
	return Definition{"siting", "逐处选增加最多的点，再以一换一改进；上限由拉格朗日松弛证明", "Sites: the one that gains most, then exchanges of one for one; the upper bound is proven by Lagrangian relaxation"}
}

// explain says why there are fewer sites than somebody may have expected.
func (s *siting) explain(p *Problem, plan Plan) {
	say := func(reached bool, zh, en string, values ...any) {
		s.out.Reached, s.out.Why, s.out.WhyEn = reached, fmt.Sprintf(zh, values...), fmt.Sprintf(en, values...)
	}
	usable := len(s.list) - len(p.Fixed) - len(p.Forbidden)
	share := 100 * s.out.Share(s.out.Value)
	switch {
	case p.Goal != Most && plan.Reached && len(plan.Chosen) == 0:
		say(true, "目标已经达到，不需要新点位", "the target is reached already: no site is needed")
	case len(p.Weight) == 0 && s.out.NoNetwork == 0:
		say(p.Goal != Most || plan.Reached, "范围内已全部覆盖", "everything is covered already")
	case len(p.Weight) == 0:
		say(false, "未覆盖的地方都没有步行道路可达", "what is not covered has no street to walk on")
	case usable == 0:
		say(false, "没有可用的候选点", "there are no candidates to choose from")
	case p.Budget > 0 && len(plan.Chosen) == 0 && s.dear(p):
		say(false, "预算低于最便宜的候选点", "the budget is below the cheapest candidate")
	case len(plan.Chosen) == 0 && !plan.Reached || p.Goal == Most && len(plan.Chosen) == 0:
		say(false, "没有候选点能增加覆盖", "no candidate covers anything more")
	case p.Goal == Most && !plan.Reached && p.Budget > 0:
		say(false, "预算内只选得出 %d 处", "the budget is enough for %d sites", len(plan.Chosen))
	case p.Goal == Most && !plan.Reached:
		say(false, "只有 %d 处候选点还能增加覆盖", "only %d candidates cover anything more", len(plan.Chosen))
	case p.Goal == Each && !plan.Reached:
		say(false, "选 %d 处后，达标单元 %d 个，共 %d 个", "with %d sites, %d of %d areas have the share", len(plan.Chosen), s.out.AreasMet, len(p.Targets))
	case p.Goal == Fewest && !plan.Reached:
		say(false, "选 %d 处后覆盖 %.1f%%，达不到目标", "%d sites cover %.1f%%, which is short of the target", len(plan.Chosen), share)
	}
}

// dear says whether no candidate can be paid for.
func (s *siting) dear(p *Problem) bool {
	for c := range len(s.list) - len(p.Fixed) {
		if p.Cost[c] <= p.Budget && s.list[c].spot.Edge != walk.None {
			return false
		}
	}
	return true
}
