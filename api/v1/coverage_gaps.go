package v1

import (
	"net/http"

	"github.com/paulmach/orb/geojson"

	"wangge/grid/coverage"
)

// gapList is a FeatureCollection of uncovered ground, with the method as a foreign member.
type gapList struct {
	Type     string         `json:"type"`
	Features []gapFeature   `json:"features"`
	Method   coverageMethod `json:"method"`
}

type gapFeature struct {
	Type       string            `json:"type"`
	ID         string            `json:"id" doc:"单元代码"`
	Geometry   *geojson.Geometry `json:"geometry" doc:"未覆盖六边形的外轮廓"`
	Properties gapProperties     `json:"properties"`
}

type gapProperties struct {
	Code       string   `json:"code"`
	Name       string   `json:"name"`
	NameEn     string   `json:"name_en"`
	AreaM2     float64  `json:"area_m2" doc:"在单元之内的未覆盖面积"`
	Population *float64 `json:"population"`
	Hexagons   int      `json:"hexagons"`
}

func (h *Handler) coverageGaps(w http.ResponseWriter, r *http.Request) error {
	a, err := h.askService(r)
	if err != nil {
		return err
	}
	q := h.Query(r)
	radius := a.readRadius(q)
	a.readAreas(q)
	if err := q.Err(); err != nil {
		return err
	}
	return h.answerCoverage(w, r, a, geoJSONMedia, jsonOf(func() (gapList, error) {
		board, err := h.board(r.Context(), a)
		if err != nil {
			return gapList{}, err
		}
		gaps, err := board.Gaps(r.Context(), a.question, radius, a.by, a.within)
		if err != nil {
			return gapList{}, err
		}
		method, err := board.Method(r.Context(), a.question, a.radii)
		return describeGaps(gaps, &method), err
	}))
}

func describeGaps(gaps []coverage.Gap, method *coverage.Method) gapList {
	j := gapList{Type: "FeatureCollection", Features: make([]gapFeature, len(gaps)), Method: describeMethod(method)}
	for i, g := range gaps {
		shape := geometryOf(g.Shape)
		j.Features[i] = gapFeature{"Feature", g.Code, &shape, gapProperties{g.Code, g.Name, g.NameEn, g.AreaM2, g.Population, g.Hexagons}}
	}
	return j
}

// servedFacility is a facility and what it serves: the ground to which it is the nearest.
type servedFacility struct {
	facilityRef
	Usable     bool     `json:"usable" doc:"在用，且属于所问的类别"`
	OnNetwork  bool     `json:"on_network"`
	SnapM      *float64 `json:"snap_m" doc:"离所挂接道路的距离；离路过远、直线模式为 null"`
	Supply     float64  `json:"supply"`
	Hexagons   int      `json:"hexagons"`
	AreaM2     float64  `json:"area_m2"`
	Population *float64 `json:"population"`
	Scenario   string   `json:"scenario,omitempty" doc:"added 新增、closed 关闭、moved 迁移"`
}

type facilityList struct {
	Method coverageMethod   `json:"method"`
	Items  []servedFacility `json:"items"`
}

func (h *Handler) coverageFacilities(w http.ResponseWriter, r *http.Request) error {
	a, err := h.askService(r)
	if err != nil {
		return err
	}
	q := h.Query(r)
	radius := a.readRadius(q)
	if err := q.Err(); err != nil {
		return err
	}
	return h.answerCoverage(w, r, a, jsonMedia, jsonOf(func() (facilityList, error) {
		board, err := h.board(r.Context(), a)
		if err != nil {
			return facilityList{}, err
		}
		list, err := board.Facilities(r.Context(), a.question, radius)
		if err != nil {
			return facilityList{}, err
		}
		method, err := board.Method(r.Context(), a.question, a.radii)
		return describeFacilities(list, &method), err
	}))
}

func describeFacilities(list []coverage.FacilityFigures, method *coverage.Method) facilityList {
	j := facilityList{Method: describeMethod(method), Items: make([]servedFacility, len(list))}
	for i := range list {
		f := &list[i]
		item := servedFacility{facilityRef: *refOfFacility(&f.Facility), Usable: f.Usable, OnNetwork: f.OnNetwork, Supply: f.Supply, Hexagons: f.Hexagons,
			AreaM2: f.AreaM2, Population: f.Population, Scenario: f.Change}
		if f.OnNetwork && method.Mode == coverage.Walk {
			item.SnapM = metres(f.Spot.PerpMM)
		}
		j.Items[i] = item
	}
	return j
}
