package v1

import (
	"math"

	"wangge/grid/coverage"
)

// coverageRow has the figures of one area. Lists are by radius.
type coverageRow struct {
	Code         string         `json:"code"`
	Name         string         `json:"name"`
	NameEn       string         `json:"name_en"`
	AreaM2       float64        `json:"area_m2"`
	NoNetworkM2  float64        `json:"no_network_m2" doc:"无路网：限距内没有可达道路、或在本市六边形之外的面积"`
	CoveredM2    []float64      `json:"covered_m2" doc:"各半径内的面积"`
	CoveredShare []*float64     `json:"covered_share" doc:"占单元总面积之比；面积为零时为 null"`
	AmbiguousM2  []float64      `json:"ambiguous_m2,omitempty" doc:"换一条差不多近的道路，结论就会改变的面积；以 ambiguous=true 求取"`
	Population   *coveredPeople `json:"population" doc:"没有人口数据时为 null"`
	RoadM        coveredRoad    `json:"road_m"`
	Facilities   int            `json:"facilities" doc:"单元内可用设施数"`
	Supply       float64        `json:"supply" doc:"单元内可用设施的容量，如泊位数"`
	Rank         int            `json:"rank" doc:"最末半径外有路网的面积由大到小的名次；合计为 0"`
}

// coveredPeople are the persons of an area.
type coveredPeople struct {
	Total     float64    `json:"total"`
	NoNetwork float64    `json:"no_network"`
	Covered   []float64  `json:"covered"`
	Share     []*float64 `json:"share"`
}

// coveredRoad is the length of the streets that can be walked along.
type coveredRoad struct {
	Total   float64    `json:"total"`
	Covered []float64  `json:"covered"`
	Share   []*float64 `json:"share"`
}

// describeRow tells of the figures of an area.
func describeRow(r *coverage.Row) coverageRow {
	j := coverageRow{
		Code: r.Code, Name: r.Name, NameEn: r.NameEn, AreaM2: hundredths(r.AreaM2), NoNetworkM2: r.NoNetworkM2, CoveredM2: nonNil(r.CoveredM2), CoveredShare: shares(r.CoveredM2, r.Share),
		AmbiguousM2: r.AmbiguousM2, RoadM: coveredRoad{r.RoadM.Total, nonNil(r.RoadM.Covered), shares(r.RoadM.Covered, r.RoadM.Share)}, Facilities: r.Facilities, Supply: r.Supply, Rank: r.Rank,
	}
	if p := r.Population; p != nil {
		j.Population = &coveredPeople{p.Total, p.NoNetwork, nonNil(p.Covered), shares(p.Covered, p.Share)}
	}
	return j
}

// hundredths rounds to what the other figures are counted in.
func hundredths(v float64) float64 { return math.Round(v*100) / 100 }

// shares are those at each radius; null where there is nothing to have a share of.
func shares(covered []float64, share func(i int) (float64, bool)) []*float64 {
	out := make([]*float64, len(covered))
	for i := range covered {
		if part, known := share(i); known {
			out[i] = &part
		}
	}
	return out
}
