package v1

import (
	"errors"
	"math"
	"net/http"
	"strconv"

	"wangge/grid/coverage"
)

// maxResidents bounds the fewest residents of an area that may be called the worst.
const maxResidents = 10_000_000

// equityJSON is how evenly a service is spread over people, or over ground where nobody knows where people live.
type equityJSON struct {
	Method     coverageMethod `json:"method"`
	Weight     string         `json:"weight" doc:"population 人、area 平方米"`
	Total      float64        `json:"total"`
	NoNetwork  float64        `json:"no_network"`
	Beyond     float64        `json:"beyond" doc:"远于计算限距的"`
	Measured   float64        `json:"measured" doc:"有距离的；基尼系数与泰尔指数由此算出"`
	Gini       float64        `json:"gini" doc:"距离的基尼系数：0 为人人相同"`
	MeanM      float64        `json:"mean_m"`
	P50M       *float64       `json:"p50_m" doc:"一半的人不远于此；远于限距时为 null"`
	P90M       *float64       `json:"p90_m" doc:"九成的人不远于此；远于限距时为 null"`
	Theil      theilJSON      `json:"theil"`
	Worst      *equityArea    `json:"worst" doc:"覆盖率最低的单元；没有单元参与时为 null"`
	Covered    reachedJSON    `json:"covered" doc:"半径以内的"`
	Elderly    *reachedJSON   `json:"elderly" doc:"其中 60 岁及以上的人；没有老年人口数据时为 null"`
	Areas      int            `json:"areas" doc:"参与比较的单元"`
	AreasSmall int            `json:"areas_small" doc:"人数过少而不比较的单元"`
}

// reachedJSON is how much of a weight is covered.
type reachedJSON struct {
	Total     float64 `json:"total"`
	NoNetwork float64 `json:"no_network"`
	Near      float64 `json:"near"`
	Share     float64 `json:"share"`
}

type theilJSON struct {
	Total   float64 `json:"total"`
	Between float64 `json:"between"`
	Within  float64 `json:"within"`
	Areas   int     `json:"areas"`
}

type equityArea struct {
	Code      string  `json:"code"`
	Name      string  `json:"name"`
	NameEn    string  `json:"name_en"`
	Total     float64 `json:"total"`
	NoNetwork float64 `json:"no_network"`
	Near      float64 `json:"near"`
	Share     float64 `json:"share"`
}

func weightWord(people bool) string {
	if people {
		return string(coverage.ByPopulation)
	}
	return string(coverage.ByArea)
}

// finite is a number; nil for none.
func finite(v float64) *float64 {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return nil
	}
	return &v
}

func (h *Handler) coverageEquity(w http.ResponseWriter, r *http.Request) error {
	a, err := h.askService(r)
	if err != nil {
		return err
	}
	q := h.Query(r)
	ask := coverage.EquityQuestion{RadiusM: a.readRadius(q), Residents: float64(q.Int("residents", coverage.UsualResidents, 1, maxResidents))}
	if a.within = readWithin(q, netOf(a.view)); q.Has("by") {
		a.by = readBy(q, netOf(a.view))
	}
	ask.By, ask.Within, ask.Question = a.by, a.within, a.question
	if err := q.Err(); err != nil {
		return err
	}
	return h.answerCoverage(w, r, a, jsonMedia, jsonOf(func() (*equityJSON, error) {
		board, err := h.board(r.Context(), a)
		if err != nil {
			return nil, err
		}
		e, err := board.Equity(r.Context(), ask)
		if errors.Is(err, coverage.ErrNoArea) { // the kind is known: the city has none of it
			e = &coverage.Equity{P50M: math.Inf(1), P90M: math.Inf(1)}
			e.Method, err = board.Method(r.Context(), a.question, a.radii)
		}
		if err != nil {
			return nil, err
		}
		return describeEquity(e), nil
	}), strconv.FormatFloat(ask.Residents, 'f', 0, 64))
}

func describeEquity(e *coverage.Equity) *equityJSON {
	j := &equityJSON{Method: describeMethod(&e.Method), Weight: weightWord(e.ByPopulation), Total: e.Total, NoNetwork: e.NoNetwork, Beyond: e.Beyond, Measured: e.Measured,
		Gini: e.Gini, MeanM: e.MeanM, P50M: finite(e.P50M), P90M: finite(e.P90M), Theil: theilJSON(e.Theil), Covered: reachedJSON(e.Covered), Areas: e.Areas, AreasSmall: e.AreasSmall}
	if e.Elderly != nil {
		old := reachedJSON(*e.Elderly)
		j.Elderly = &old
	}
	if e.Worst != nil {
		worst := equityArea(*e.Worst)
		j.Worst = &worst
	}
	return j
}

// capacityJSON is supply by demand in two steps.
type capacityJSON struct {
	Method     coverageMethod `json:"method"`
	Weight     string         `json:"weight" doc:"需求：population 人、area 平方米"`
	Decay      string         `json:"decay" doc:"gaussian 高斯衰减、stepped 分段衰减、even 不衰减"`
	Total      capacityRow    `json:"total"`
	Items      []capacityRow  `json:"items" doc:"按代码"`
	Facilities []facilityLoad `json:"facilities"`
}

type capacityRow struct {
	Code      string  `json:"code"`
	Name      string  `json:"name"`
	NameEn    string  `json:"name_en"`
	Demand    float64 `json:"demand"`
	NoNetwork float64 `json:"no_network"`
	Unserved  float64 `json:"unserved" doc:"有路网而范围内没有设施的"`
	Supply    float64 `json:"supply" doc:"分到的容量"`
	Ratio     float64 `json:"ratio" doc:"每人（平方米）分到的容量"`
}

// facilityLoad is a facility and who is within its reach.
type facilityLoad struct {
	ID     int64   `json:"id"`
	Name   string  `json:"name"`
	Supply float64 `json:"supply"`
	Demand float64 `json:"demand"`
	Ratio  float64 `json:"ratio"`
}

func (h *Handler) coverageCapacity(w http.ResponseWriter, r *http.Request) error {
	a, err := h.askService(r)
	if err != nil {
		return err
	}
	q := h.Query(r)
	ask := coverage.CapacityQuestion{RadiusM: a.readRadius(q), Decay: coverage.Decay(q.OneOf("decay", string(coverage.Gaussian), string(coverage.Stepped), string(coverage.Even)))}
	if a.within = readWithin(q, netOf(a.view)); q.Has("by") {
		a.by = readBy(q, netOf(a.view))
	}
	ask.By, ask.Within, ask.Question = a.by, a.within, a.question
	if err := q.Err(); err != nil {
		return err
	}
	return h.answerCoverage(w, r, a, jsonMedia, jsonOf(func() (*capacityJSON, error) {
		board, err := h.board(r.Context(), a)
		if err != nil {
			return nil, err
		}
		c, err := board.Capacity(r.Context(), ask)
		if errors.Is(err, coverage.ErrNoArea) {
			c = &coverage.Capacity{Decay: ask.Decay}
			c.Method, err = board.Method(r.Context(), a.question, a.radii)
		}
		if err != nil {
			return nil, err
		}
		j := &capacityJSON{Method: describeMethod(&c.Method), Weight: weightWord(c.ByPopulation), Decay: string(c.Decay), Total: capacityRow(c.Total),
			Items: make([]capacityRow, len(c.Rows)), Facilities: make([]facilityLoad, len(c.Facilities))}
		for i, row := range c.Rows {
			j.Items[i] = capacityRow(row)
		}
		for i, f := range c.Facilities {
			j.Facilities[i] = facilityLoad(f)
		}
		return j, nil
	}), string(ask.Decay))
}
