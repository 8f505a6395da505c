package v1

import (
	"fmt"
	"strconv"
	"strings"

	"wangge/grid/coverage"
)

// coverageMethod travels with every figure: how it came about and of which data.
type coverageMethod struct {
	ID                   string              `json:"id"`
	Version              int                 `json:"version"`
	Revision             string              `json:"revision" doc:"数据的修订号"`
	Service              string              `json:"service"`
	Kind                 string              `json:"kind"`
	Mode                 string              `json:"mode"`
	Profile              string              `json:"profile" doc:"直线模式为空"`
	Res                  int                 `json:"res" doc:"六边形分辨率；某处的解释与六边形无关，为 0"`
	SnapLimitM           uint32              `json:"snap_limit_m" doc:"直线模式为 0"`
	LimitM               uint32              `json:"limit_m" doc:"更远的距离不计算"`
	RadiiM               []uint32            `json:"radii_m"`
	Hexagons             int                 `json:"hexagons"`
	UnsnappedHexagons    int                 `json:"unsnapped_hexagons"`
	Islands              int                 `json:"islands"`
	Streets              int                 `json:"streets"`
	Facilities           int                 `json:"facilities"`
	FacilitiesOffNetwork int                 `json:"facilities_off_network"`
	Population           *coveragePeople     `json:"population"`
	Thresholds           []coverageThreshold `json:"thresholds"`
	Provenance           string              `json:"provenance"`
	ProvenanceEn         string              `json:"provenance_en"`
	Definitions          []coverageWord      `json:"definitions"`
	Changes              int                 `json:"changes" doc:"情景中的变更数；现状为 0"`
}

// coveragePeople says where the numbers of people come from.
type coveragePeople struct {
	Source string  `json:"source"`
	AsOf   *string `json:"as_of"`
	How    string  `json:"how" doc:"分配到地面的办法"`
	HowEn  string  `json:"how_en"`
}

type coverageThreshold struct {
	Layer      string  `json:"layer"`
	Metric     string  `json:"metric"`
	AppliesTo  string  `json:"applies_to"`
	Value      float64 `json:"value"`
	Comparator string  `json:"comparator"`
	Unit       string  `json:"unit"`
	Standard   string  `json:"standard"`
	Edition    string  `json:"edition"`
	Clause     string  `json:"clause"`
	Verified   bool    `json:"verified"`
}

// coverageWord is what a word means.
type coverageWord struct {
	ID string `json:"id"`
	Zh string `json:"zh"`
	En string `json:"en"`
}

// describeMethod tells how figures were made.
func describeMethod(m *coverage.Method) coverageMethod {
	j := coverageMethod{
		ID: m.ID, Version: m.Version, Revision: strconv.FormatUint(m.Revision, 10), Service: m.Service, Kind: m.Kind, Mode: string(m.Mode), Profile: m.Profile, Res: m.Res,
		SnapLimitM: m.SnapLimitM, LimitM: m.LimitM, RadiiM: nonNil(m.RadiiM), Hexagons: m.Hexagons, UnsnappedHexagons: m.UnsnappedHexagons, Streets: m.Streets, Islands: m.Islands,
		Facilities: m.Facilities, FacilitiesOffNetwork: m.FacilitiesOffNetwork, Changes: m.Changes, Provenance: m.Provenance, ProvenanceEn: m.ProvenanceEn,
		Thresholds: describeThresholds(m.Thresholds), Definitions: []coverageWord{},
	}
	for _, d := range m.Definitions {
		j.Definitions = append(j.Definitions, coverageWord(d))
	}
	if p := m.Population; p != nil {
		j.Population = &coveragePeople{Source: p.Source, AsOf: orNull(p.AsOf), How: p.Title, HowEn: p.TitleEn}
	}
	return j
}

func describeThresholds(list []coverage.Threshold) []coverageThreshold {
	out := make([]coverageThreshold, len(list))
	for i, t := range list {
		out[i] = coverageThreshold(t)
	}
	return out
}

// notes are the method as rows of a sheet.
func (m *coverageMethod) notes() [][2]string {
	people := "无"
	if p := m.Population; p != nil {
		people = strings.TrimSpace(p.Source + " " + textOr(p.AsOf, "") + "；" + p.How)
	}
	rows := [][2]string{
		{"方法", fmt.Sprintf("%s（第 %d 版）", m.ID, m.Version)}, {"数据修订号", m.Revision}, {"设施", m.Service + " / " + m.Kind},
		{"模式", m.Mode}, {"出行方式", m.Profile}, {"情景变更", fmt.Sprintf("%d 项", m.Changes)}, {"半径（m）", strings.Trim(strings.ReplaceAll(fmt.Sprint(m.RadiiM), " ", "、"), "[]")},
		{"六边形", fmt.Sprintf("分辨率 %d，共 %d 个，其中 %d 个没有路网", m.Res, m.Hexagons, m.UnsnappedHexagons)},
		{"挂接限距（m）", fmt.Sprint(m.SnapLimitM)}, {"道路", fmt.Sprintf("%d 条；孤立路段 %d 处", m.Streets, m.Islands)},
		{"参与计算的设施", fmt.Sprintf("%d 处；离路过远 %d 处", m.Facilities, m.FacilitiesOffNetwork)}, {"人口", people}, {"数据口径", m.Provenance},
	}
	for _, d := range m.Definitions {
		rows = append(rows, [2]string{d.ID, d.Zh})
	}
	return rows
}

func textOr(s *string, absent string) string {
	if s == nil {
		return absent
	}
	return *s
}
