package v1

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/planar"

	"wangge/geo/walk"
	"wangge/grid/coverage"
)

// networkJSON is how much of a walking network there is.
type networkJSON struct {
	Revision string         `json:"revision"`
	Profile  string         `json:"profile"`
	Streets  int            `json:"streets"`
	Nodes    int            `json:"nodes"`
	Edges    int            `json:"edges"`
	LengthM  float64        `json:"length_m"`
	UsableM  float64        `json:"usable_m" doc:"此出行方式可用且不在孤立路段上的长度"`
	Barriers int            `json:"barriers"`
	Findings map[string]int `json:"findings" doc:"joined 悬挂端点已连接、crossed 平面相交无节点、island 孤立路段、repeats 重复路段"`
}

// findingList is a FeatureCollection of what is noteworthy about streets.
type findingList struct {
	Type     string          `json:"type"`
	Features []streetFinding `json:"features"`
	Total    int             `json:"total"`
	Revision string          `json:"revision"`
}

type streetFinding struct {
	Type       string            `json:"type"`
	Geometry   *geojson.Geometry `json:"geometry"`
	Properties findingProperties `json:"properties"`
}

type findingProperties struct {
	Kind      walk.Kind `json:"kind"`
	Streets   []string  `json:"streets"`
	LengthM   float64   `json:"length_m" doc:"joined 为间隙，其他为长度"`
	Nodes     int       `json:"nodes"`
	Message   string    `json:"message"`
	MessageEn string    `json:"message_en"`
}

// findingWords are the kinds of findings and what they are called.
func findingWords() map[walk.Kind][2]string {
	return map[walk.Kind][2]string{
		walk.Joined:  {"悬挂端点已连接", "an end that stopped short of a street was joined to it"},
		walk.Crossed: {"平面相交无节点，已在交点断开", "two streets cross without a common vertex; they were cut there"},
		walk.Island:  {"孤立路段，与其他道路不连通", "streets that are connected to nothing else"},
		walk.Repeats: {"重复路段", "two streets run along the same line"},
	}
}

func findingKinds() []string {
	return []string{"", string(walk.Joined), string(walk.Crossed), string(walk.Island), string(walk.Repeats)}
}

func (h *Handler) coverageNetwork(w http.ResponseWriter, r *http.Request) error {
	view, err := h.City(r)
	if err != nil {
		return err
	}
	q := h.Query(r)
	profile := q.OneOf("profile", profileIDs()...)
	if err := q.Err(); err != nil {
		return err
	}
	c := h.CoverageCity(view)
	return h.answerTagged(w, r, c, false, jsonMedia, jsonOf(func() (*networkJSON, error) {
		board, err := h.Coverage.At(r.Context(), c)
		if err != nil {
			return nil, err
		}
		g, err := board.Network(r.Context(), profile)
		if err != nil {
			return nil, err
		}
		return describeNetwork(g, profile, c), nil
	}), profile)
}

func describeNetwork(g *walk.Graph, profile string, c coverage.City) *networkJSON {
	n := g.Net
	j := &networkJSON{Revision: strconv.FormatUint(c.Revision(), 10), Profile: profile, Streets: len(n.Streets), Nodes: len(n.At), Edges: len(n.Edges), Barriers: len(n.Barriers),
		Findings: map[string]int{}}
	var all, usable uint64
	for i, e := range n.Edges {
		all += uint64(e.MM)
		if g.Usable(uint32(i)) {
			usable += uint64(e.MM)
		}
	}
	j.LengthM, j.UsableM = float64(all)/1000, float64(usable)/1000
	for _, f := range n.Findings {
		j.Findings[string(f.Kind)]++
	}
	return j
}

func (h *Handler) coverageFindings(w http.ResponseWriter, r *http.Request) error {
	view, err := h.City(r)
	if err != nil {
		return err
	}
	q := h.Query(r)
	kind, within, limit := q.OneOf("kind", findingKinds()...), readWithin(q, netOf(view)), q.Int("limit", findingLimit, 1, maxFindingLimit)
	if err := q.Err(); err != nil {
		return err
	}
	var ground orb.MultiPolygon
	if within != "" {
		ground = netOf(view).Region(within).Shape
	}
	c := h.CoverageCity(view)
	return h.answerTagged(w, r, c, false, geoJSONMedia, jsonOf(func() (findingList, error) {
		board, err := h.Coverage.At(r.Context(), c)
		if err != nil {
			return findingList{}, err
		}
		g, err := board.Network(r.Context(), profileIDs()[0])
		if err != nil {
			return findingList{}, err
		}
		list := findingList{Type: "FeatureCollection", Features: []streetFinding{}, Revision: strconv.FormatUint(c.Revision(), 10)}
		for _, f := range g.Net.Findings {
			if kind != "" && string(f.Kind) != kind || within != "" && !planar.MultiPolygonContains(ground, f.Shape.Bound().Center()) {
				continue
			}
			if list.Total++; list.Total <= limit {
				list.Features = append(list.Features, describeStreetFinding(&f))
			}
		}
		return list, nil
	}), strings.Join([]string{kind, within, strconv.Itoa(limit)}, "\x00"))
}

func describeStreetFinding(f *walk.Finding) streetFinding {
	words := findingWords()[f.Kind]
	p := findingProperties{Kind: f.Kind, Streets: []string{}, LengthM: float64(f.MM) / 1000, Nodes: f.Nodes, Message: words[0], MessageEn: words[1]}
	for _, key := range f.Streets {
		p.Streets = append(p.Streets, coverage.StreetName(key))
	}
	return streetFinding{"Feature", geojson.NewGeometry(f.Shape), p}
}
