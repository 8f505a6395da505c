package v1

import (
	"net/http"
	"strconv"

	"wangge/grid"
	"wangge/grid/coverage"
)

// methodsJSON is what can be asked.
type methodsJSON struct {
	Revision string         `json:"revision"`
	Services []serviceJSON  `json:"services"`
	Areas    []areaKindJSON `json:"areas"`
}

type serviceJSON struct {
	ID            string              `json:"id"`
	Layer         string              `json:"layer"`
	Title         string              `json:"title"`
	TitleEn       string              `json:"title_en"`
	Kinds         []choiceJSON        `json:"kinds"`
	Modes         []choiceJSON        `json:"modes"`
	Profiles      []choiceJSON        `json:"profiles"`
	RadiiM        []uint32            `json:"radii_m" doc:"常用半径"`
	SupplyTitle   string              `json:"supply_title" doc:"容量是什么；空为只计处数"`
	SupplyTitleEn string              `json:"supply_title_en"`
	Provenance    string              `json:"provenance"`
	ProvenanceEn  string              `json:"provenance_en"`
	Thresholds    []coverageThreshold `json:"thresholds"`
}

type choiceJSON struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	TitleEn string `json:"title_en"`
}

// areaKindJSON is a kind of areas that figures are given for.
type areaKindJSON struct {
	ID      string `json:"id" doc:"区域类别，或 grid:方案代码"`
	Title   string `json:"title"`
	TitleEn string `json:"title_en"`
	Count   int    `json:"count"`
	Res     int    `json:"res" doc:"所用六边形的分辨率"`
}

func (h *Handler) coverageMethods(w http.ResponseWriter, r *http.Request) error {
	view, err := h.City(r)
	if err != nil {
		return err
	}
	c := h.CoverageCity(view)
	return h.answerTagged(w, r, c, false, jsonMedia, jsonOf(func() (*methodsJSON, error) {
		board, err := h.Coverage.At(r.Context(), c)
		if err != nil {
			return nil, err
		}
		j := &methodsJSON{Revision: strconv.FormatUint(c.Revision(), 10), Services: []serviceJSON{}, Areas: areaKinds(netOf(view), board)}
		thresholds := c.Thresholds()
		for _, s := range coverage.Services() {
			j.Services = append(j.Services, describeService(s, thresholds))
		}
		return j, nil
	}), "")
}

func describeService(s coverage.Service, thresholds []coverage.Threshold) serviceJSON {
	j := serviceJSON{
		ID: s.ID, Layer: s.Layer, Title: s.Title, TitleEn: s.TitleEn, Kinds: []choiceJSON{}, Profiles: []choiceJSON{}, RadiiM: s.RadiiM, SupplyTitle: s.SupplyTitle, SupplyTitleEn: s.SupplyEn,
		Modes:      []choiceJSON{{string(coverage.Walk), "步行距离", "Walking distance"}, {string(coverage.Straight), "直线距离", "As the crow flies"}},
		Provenance: s.Provenance, ProvenanceEn: s.ProvenanceEn, Thresholds: []coverageThreshold{},
	}
	for _, k := range s.Kinds {
		j.Kinds = append(j.Kinds, choiceJSON{k.ID, k.Title, k.TitleEn})
	}
	for _, p := range coverage.Profiles() {
		j.Profiles = append(j.Profiles, choiceJSON(p))
	}
	for _, t := range thresholds {
		if t.Layer == s.Layer {
			j.Thresholds = append(j.Thresholds, coverageThreshold(t))
		}
	}
	return j
}

// areaKinds are those that the city has any area of, then nets of grids. A kind of divisions has all of its level: villages are among communities.
func areaKinds(n *grid.Net, board *coverage.Board) []areaKindJSON {
	kinds := []areaKindJSON{}
	for _, k := range n.Rows().Kinds {
		if count := len(n.RegionsBy(k.ID, "")); count > 0 {
			kinds = append(kinds, areaKindJSON{k.ID, k.Title, k.TitleEn, count, board.Res(k.ID)})
		}
	}
	for _, s := range n.Schemes() {
		if count := len(n.Grids(s.Code)); count > 0 {
			by := gridsOf + s.Code
			kinds = append(kinds, areaKindJSON{by, s.Title, s.TitleEn, count, board.Res(by)})
		}
	}
	return kinds
}
