package grid

import (
	"math"
	"slices"

	"github.com/paulmach/orb"

	"wangge/geo"
)

// LayReport tells how good a layout is.
type LayReport struct {
	Cells        int     `json:"cells" doc:"网格数"`
	AreaM2       Spread  `json:"area_m2" doc:"各网格面积的分布"`
	TotalM2      float64 `json:"total_m2" doc:"面积合计"`
	TargetM2     float64 `json:"target_m2" doc:"目标面积"`
	WithinTenth  int     `json:"within_tenth" doc:"面积在目标 ±10 % 以内的网格数"`
	Slivers      int     `json:"slivers" doc:"面积不足目标三分之一的网格数"`
	Buildings    int     `json:"buildings" doc:"范围内的建筑数"`
	BuildingsCut []int64 `json:"buildings_cut" doc:"被网格边界穿过的建筑（地物编号）"`
	BorderM      float64 `json:"border_m" doc:"网格之间边界的总长"`
	OnStreets    float64 `json:"on_streets" doc:"边界中沿街道、河岸、围墙等的占比"`
	OnAlleys     float64 `json:"on_alleys" doc:"边界中沿巷道的占比"`
}

// Spread is how some values are spread.
type Spread struct {
	Least float64 `json:"least"`
	P10   float64 `json:"p10"`
	P50   float64 `json:"p50"`
	P90   float64 `json:"p90"`
	Most  float64 `json:"most"`
}

// SpreadOf sorts values. Quantiles are values that occur: the first that at least such a share is not larger than. Nothing is spread as zeros.
func SpreadOf(values []float64) Spread {
	if len(values) == 0 {
		return Spread{}
	}
	slices.Sort(values)
	at := func(share float64) float64 { return values[max(int(math.Ceil(share*float64(len(values))))-1, 0)] }
	return Spread{values[0], at(0.1), at(0.5), at(0.9), values[len(values)-1]}
}

func (l *layer) report(cells []orb.MultiPolygon) LayReport {
	r := LayReport{Cells: len(cells), TargetM2: l.targetM2, BuildingsCut: []int64{}}
	areas := make([]float64, len(cells))
	for i, c := range cells {
		m2 := geo.AreaMultiM2(c)
		areas[i] = m2
		r.TotalM2 += m2
		if math.Abs(m2-l.targetM2) <= l.targetM2/10 {
			r.WithinTenth++
		}
		if m2 < sliver*l.targetM2 {
			r.Slivers++
		}
	}
	r.AreaM2 = SpreadOf(areas)
	r.Buildings = distinctBuildings(l.buildings.all)
	cut := l.cutBuildings(cells)
	r.BuildingsCut = slices.Grow(r.BuildingsCut, len(cut))
	for _, b := range cut {
		r.BuildingsCut = append(r.BuildingsCut, b.ID)
	}
	slices.Sort(r.BuildingsCut)
	r.BuildingsCut = slices.Compact(r.BuildingsCut)
	var along [3]float64
	for _, b := range newMesh(cells, l.along).borders() {
		m := geo.LengthM(b)
		along[l.along(side{b[0], b[1]}.middle())] += m
		r.BorderM += m
	}
	if r.BorderM > 0 {
		r.OnStreets, r.OnAlleys = along[borderStreet]/r.BorderM, along[borderAlley]/r.BorderM
	}
	return r
}

// TogetherReport is the report of several layouts side by side, without what lies between them.
func TogetherReport(all []Layout) LayReport {
	r := LayReport{BuildingsCut: []int64{}}
	var areas []float64
	for _, l := range all {
		for _, c := range l.Cells {
			areas = append(areas, geo.AreaMultiM2(c))
		}
		p := l.Report
		r.Cells, r.WithinTenth, r.Slivers, r.Buildings = r.Cells+p.Cells, r.WithinTenth+p.WithinTenth, r.Slivers+p.Slivers, r.Buildings+p.Buildings
		r.TotalM2, r.TargetM2, r.BorderM = r.TotalM2+p.TotalM2, p.TargetM2, r.BorderM+p.BorderM
		r.OnStreets, r.OnAlleys = r.OnStreets+p.OnStreets*p.BorderM, r.OnAlleys+p.OnAlleys*p.BorderM
		r.BuildingsCut = append(r.BuildingsCut, p.BuildingsCut...)
	}
	r.AreaM2 = SpreadOf(areas)
	if r.BorderM > 0 {
		r.OnStreets, r.OnAlleys = r.OnStreets/r.BorderM, r.OnAlleys/r.BorderM
	}
	slices.Sort(r.BuildingsCut)
	r.BuildingsCut = slices.Compact(r.BuildingsCut)
	return r
}

func distinctBuildings(all []Building) int {
	seen := map[int64]bool{}
	for _, b := range all {
		seen[b.ID] = true
	}
	return len(seen)
}
