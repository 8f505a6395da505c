package v1

import (
	"time"

	"wangge/grid/coverage"
)

// sitingJSON is where new facilities should go. Values are square metres or persons, beyond what is covered now; shares are of all of it, with what
// is covered now.
type sitingJSON struct {
	Method     coverageMethod `json:"method"`
	Weight     string         `json:"weight" doc:"area 平方米、population 人"`
	Sites      []siteJSON     `json:"sites"`
	Value      float64        `json:"value" doc:"已定点位与所选点位共增加"`
	UpperBound float64        `json:"upper_bound" doc:"同样多的点位、同样的费用，任何选法都不会增加更多；点位最少与逐区达标为 0"`
	LowerBound int            `json:"lower_bound" doc:"点位最少与逐区达标：至少需要几处；0 为不知"`
	Gap        float64        `json:"gap" doc:"与上限的差距；0 为已证明最优"`
	FixedGain  float64        `json:"fixed_gain"`
	Curve      []curveJSON    `json:"curve" doc:"逐处增加的收益曲线，k=0 为只有已定点位"`
	Candidates int            `json:"candidates"`
	OffNetwork []int          `json:"off_network" doc:"附近没有道路或在禁设范围内的给定点，从 0 起"`
	FixedOff   []int          `json:"fixed_off_network" doc:"附近没有道路的已定点位，从 0 起"`
	Areas      int            `json:"areas" doc:"逐区达标：单元数"`
	AreasMet   int            `json:"areas_met" doc:"其中达标的"`
	Already    float64        `json:"already" doc:"现已覆盖"`
	NoNetwork  float64        `json:"no_network"`
	Total      float64        `json:"total"`
	TookMS     int64          `json:"took_ms"`
	Reached    bool           `json:"reached"`
	Problem    string         `json:"problem,omitempty" doc:"没有达到时的原因"`
	ProblemEn  string         `json:"problem_en,omitempty"`
}

type siteJSON struct {
	Ordinal         int     `json:"ordinal"`
	Lon             float64 `json:"lon"`
	Lat             float64 `json:"lat"`
	Name            string  `json:"name"`
	Street          string  `json:"street" doc:"所在道路，如 road:12；直线模式为空"`
	StreetName      string  `json:"street_name" doc:"所在道路的名称，没有名称的为空"`
	Candidate       *int    `json:"candidate" doc:"是第几个给定点，从 0 起；其他为 null"`
	Gain            float64 `json:"gain"`
	GainShare       float64 `json:"gain_share"`
	Cumulative      float64 `json:"cumulative"`
	CumulativeShare float64 `json:"cumulative_share"`
	Cost            *int64  `json:"cost"`
	ChosenOf        int     `json:"chosen_of" doc:"权重有误差时重算的次数"`
	Chosen          int     `json:"chosen" doc:"其中仍被选中的次数"`
}

type curveJSON struct {
	K     int     `json:"k"`
	Value float64 `json:"value"`
	Share float64 `json:"share"`
}

func describeSiting(s *coverage.Siting, weight coverage.SitingWeight, took time.Duration) *sitingJSON {
	unit := 100.0 // hundredths of square metres
	if weight == coverage.ByPopulation {
		unit = 1000
	}
	in := func(v int64) float64 { return float64(v) / unit }
	j := &sitingJSON{
		Method: describeMethod(&s.Method), Weight: string(weight), Sites: make([]siteJSON, len(s.Sites)), Value: in(s.Value), UpperBound: in(s.UpperBound), LowerBound: s.LowerBound, Gap: s.Gap,
		FixedGain: in(s.FixedGain), Curve: []curveJSON{{0, in(s.FixedGain), s.Share(s.FixedGain)}}, Candidates: s.Candidates, OffNetwork: nonNil(s.OffNetwork), FixedOff: nonNil(s.FixedOff), Areas: s.Areas, AreasMet: s.AreasMet,
		Already: in(s.Already), NoNetwork: in(s.NoNetwork), Total: in(s.Total), TookMS: took.Milliseconds(), Reached: s.Reached, Problem: s.Why, ProblemEn: s.WhyEn,
	}
	for i, x := range s.Sites {
		j.Sites[i] = siteJSON{
			Ordinal: i + 1, Lon: degrees(x.At[0]), Lat: degrees(x.At[1]), Name: x.Name, Street: x.Street, StreetName: x.Title, Gain: in(x.Gain), GainShare: shareOfAll(x.Gain, s.Total),
			Cumulative: in(x.Value), CumulativeShare: s.Share(x.Value), Cost: orNull(x.Cost), ChosenOf: s.Reruns, Chosen: x.Often,
		}
		if x.Candidate >= 0 {
			j.Sites[i].Candidate = &x.Candidate
		}
		j.Curve = append(j.Curve, curveJSON{i + 1, in(x.Value), s.Share(x.Value)})
	}
	return j
}

func shareOfAll(part, all int64) float64 {
	if all == 0 {
		return 0
	}
	return float64(part) / float64(all)
}
