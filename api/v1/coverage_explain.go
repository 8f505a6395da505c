package v1

import (
	"net/http"
	"strconv"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"wangge/geo/walk"
	"wangge/grid/coverage"
)

// explanation says why a place is covered or not. Legs go from the place to the facility; their lengths sum to distance_mm exactly.
type explanation struct {
	Lon          float64           `json:"lon"`
	Lat          float64           `json:"lat"`
	RadiusM      uint32            `json:"radius_m"`
	Class        coverage.Class    `json:"class" doc:"covered 已覆盖、uncovered 未覆盖、no_network 无路网"`
	Covered      *bool             `json:"covered" doc:"无路网时为 null"`
	DistanceMM   *uint32           `json:"distance_mm" doc:"更远于计算限距时为 null"`
	DistanceM    *float64          `json:"distance_m"`
	Sentence     string            `json:"sentence"`
	SentenceEn   string            `json:"sentence_en"`
	Facility     *facilityRef      `json:"facility"`
	Legs         []legJSON         `json:"legs"`
	Line         *geojson.Geometry `json:"line"`
	StraightM    *float64          `json:"straight_m" doc:"到该设施（限距内没有时到直线最近设施）的直线距离"`
	Straight     *facilityRef      `json:"straight" doc:"直线最近的设施"`
	Detour       *float64          `json:"detour" doc:"步行距离与直线距离之比"`
	Second       *secondJSON       `json:"second"`
	Snap         *jointJSON        `json:"snap"`
	Alternatives []jointJSON       `json:"alternatives"`
	Ambiguous    bool              `json:"ambiguous"`
	Barrier      *geojson.Geometry `json:"barrier" doc:"隔在中间的河岸、铁路、围墙等"`
	Method       coverageMethod    `json:"method"`
}

type facilityRef struct {
	ID   int64   `json:"id" doc:"情景新增的为负数"`
	Name string  `json:"name"`
	Lon  float64 `json:"lon"`
	Lat  float64 `json:"lat"`
}

type legJSON struct {
	Kind     string       `json:"kind" doc:"off_street 离路、street 沿路"`
	Name     string       `json:"name"`
	LengthMM uint32       `json:"length_mm"`
	Line     [][2]float64 `json:"line"`
}

type secondJSON struct {
	Facility  facilityRef `json:"facility"`
	DistanceM float64     `json:"distance_m"`
}

type jointJSON struct {
	Street    string   `json:"street" doc:"road:12"`
	Name      string   `json:"name"`
	PerpMM    uint32   `json:"perp_mm"`
	DistanceM *float64 `json:"distance_m"`
}

func (h *Handler) coverageExplain(w http.ResponseWriter, r *http.Request) error {
	a, err := h.askService(r)
	if err != nil {
		return err
	}
	q := h.Query(r)
	at := q.LonLat("lon", "lat")
	if fault, faultEn := newExtent(netOf(a.view)).fault(at); fault != "" && q.Err() == nil {
		q.Fault("lon,lat", fault, faultEn)
	}
	radius := a.readRadius(q)
	if err := q.Err(); err != nil {
		return err
	}
	place := strconv.FormatFloat(at[0], 'g', -1, 64) + " " + strconv.FormatFloat(at[1], 'g', -1, 64)
	return h.answerCoverage(w, r, a, jsonMedia, jsonOf(func() (explanation, error) {
		board, err := h.board(r.Context(), a)
		if err != nil {
			return explanation{}, err
		}
		e, err := board.Explain(r.Context(), a.question, at, radius)
		if err != nil {
			return explanation{}, err
		}
		return describeExplanation(&e), nil
	}), place)
}

func describeExplanation(e *coverage.Explanation) explanation {
	j := explanation{
		Lon: e.At[0], Lat: e.At[1], RadiusM: e.RadiusM, Class: e.Class, DistanceM: metres(e.DistanceMM), Sentence: e.Sentence, SentenceEn: e.SentenceEn,
		Facility: refOfFacility(e.Facility), Legs: make([]legJSON, len(e.Legs)), Line: lineOf(e.Line), Straight: refOfFacility(e.Straight), Detour: orNull(e.Detour),
		Alternatives: make([]jointJSON, len(e.Alternatives)), Ambiguous: e.Ambiguous, Barrier: lineOf(e.Barrier), Method: describeMethod(&e.Method),
	}
	if e.Class != coverage.NoNetwork {
		covered := e.Class == coverage.Covered
		j.Covered = &covered
	}
	if j.DistanceM != nil {
		j.DistanceMM = &e.DistanceMM
	}
	if e.Facility != nil || e.Straight != nil {
		j.StraightM = metres(e.StraightMM)
	}
	for i, leg := range e.Legs {
		j.Legs[i] = legJSON{Kind: "off_street", Name: leg.Name, LengthMM: leg.MM, Line: positionsOf(leg.Line)}
		if leg.Street {
			j.Legs[i].Kind = "street"
		}
	}
	if far := metres(e.SecondMM); e.Second != nil && far != nil {
		j.Second = &secondJSON{*refOfFacility(e.Second), *far}
	}
	if e.Snap != nil {
		snap := describeJoint(*e.Snap)
		j.Snap = &snap
	}
	for i, other := range e.Alternatives {
		j.Alternatives[i] = describeJoint(other)
	}
	return j
}

func describeJoint(x coverage.Joint) jointJSON {
	return jointJSON{x.Street, x.Name, x.PerpMM, metres(x.DistanceMM)}
}

// metres are millimetres as metres; nil beyond the limit of a search.
func metres(mm uint32) *float64 {
	if mm == walk.Never {
		return nil
	}
	m := float64(mm) / 1000
	return &m
}

func refOfFacility(f *coverage.Facility) *facilityRef {
	if f == nil {
		return nil
	}
	return &facilityRef{f.ID, f.Name, degrees(f.At[0]), degrees(f.At[1])}
}

// lineOf is a line as GeoJSON; nil for none.
func lineOf(line orb.LineString) *geojson.Geometry {
	if len(line) == 0 {
		return nil
	}
	rounded := make(orb.LineString, len(line))
	for i, p := range line {
		rounded[i] = orb.Point{degrees(p[0]), degrees(p[1])}
	}
	return geojson.NewGeometry(rounded)
}

func positionsOf(line orb.LineString) [][2]float64 {
	out := make([][2]float64, len(line))
	for i, p := range line {
		out[i] = [2]float64{degrees(p[0]), degrees(p[1])}
	}
	return out
}
