package v1

import (
	"math"
	"strconv"
	"strings"

	"wangge/grid"
	"wangge/grid/coverage"
	"wangge/layers"
)

// questionsJSON lists the questions.
type questionsJSON struct {
	Items []questionJSON `json:"items"`
}

// questionJSON describes a question.
type questionJSON struct {
	ID           string               `json:"id"`
	Title        string               `json:"title"`
	TitleEn      string               `json:"title_en"`
	Unit         string               `json:"unit" doc:"所计之物：feature、crossing、bay、m、m2、grid、person"`
	People       bool                 `json:"people" doc:"涉及人员，须登录"`
	RegionsOnly  bool                 `json:"regions_only" doc:"只能按区划，不能按网格"`
	Layers       []string             `json:"layers"`
	Provenance   string               `json:"provenance" doc:"所用图层的口径"`
	ProvenanceEn string               `json:"provenance_en"`
	Columns      []questionColumnJSON `json:"columns"`
}

// questionColumnJSON describes a column.
type questionColumnJSON struct {
	ID              string             `json:"id"`
	Title           string             `json:"title"`
	TitleEn         string             `json:"title_en"`
	Unit            string             `json:"unit" doc:"比值的单位：share、km/km2、1/km2、m、ratio"`
	Additive        bool               `json:"additive" doc:"不相重叠的各部分之和等于整体"`
	People          bool               `json:"people"`
	Numerator       string             `json:"numerator" doc:"分子口径"`
	NumeratorEn     string             `json:"numerator_en"`
	NumeratorUnit   string             `json:"numerator_unit"`
	Denominator     string             `json:"denominator" doc:"分母口径"`
	DenominatorEn   string             `json:"denominator_en"`
	DenominatorUnit string             `json:"denominator_unit"`
	Threshold       *coverageThreshold `json:"threshold" doc:"比值所对照的阈值"`
}

// questionAnswerJSON is what a question's figures are.
type questionAnswerJSON struct {
	questionJSON
	By     string             `json:"by"`
	Within string             `json:"within"`
	Method questionMethodJSON `json:"method"`
	Total  questionRowJSON    `json:"total"`
	Rest   *questionRowJSON   `json:"rest" doc:"属于整体而不在所列区域内的部分；各行与它之和为合计"`
	Items  []questionRowJSON  `json:"items"`
	Next   *string            `json:"next"`
	Count  int                `json:"count"`
}

// questionMethodJSON tells how figures were made, besides the sentences of the columns.
type questionMethodJSON struct {
	Revision   string              `json:"revision"`
	At         *grid.Day           `json:"at"`
	Scheme     string              `json:"scheme"`
	Mode       string              `json:"mode"`
	Profile    string              `json:"profile"`
	RadiusM    int                 `json:"radius_m"`
	Thresholds []coverageThreshold `json:"thresholds"`
}

// questionRowJSON has the figures of an area, by column.
type questionRowJSON struct {
	Code   string              `json:"code"`
	Name   string              `json:"name"`
	NameEn string              `json:"name_en"`
	AreaM2 float64             `json:"area_m2"`
	Values []questionValueJSON `json:"values"`
}

// questionValueJSON is so much of so much. 0 of 0 has no share.
type questionValueJSON struct {
	Numerator   float64  `json:"numerator"`
	Denominator float64  `json:"denominator"`
	Share       *float64 `json:"share"`
	Met         *bool    `json:"met" doc:"是否达到阈值"`
}

// questionItemJSON is one thing behind a figure.
type questionItemJSON struct {
	Layer  string  `json:"layer" doc:"图层；crossing 过街处、grid 网格、holder 人员、ground 地块（统计单元，或其中的六边形，代码为 H3）"`
	ID     *int64  `json:"id"`
	Code   string  `json:"code"`
	Name   string  `json:"name"`
	Lon    float64 `json:"lon"`
	Lat    float64 `json:"lat"`
	Met    bool    `json:"met"`
	Amount float64 `json:"amount" doc:"计入分子的量"`
	Of     float64 `json:"of" doc:"计入分母的量"`
	Why    string  `json:"why"`
	WhyEn  string  `json:"why_en"`
}

func describeQuestion(q coverage.QuestionText, judged []*coverage.Threshold) questionJSON {
	j := questionJSON{ID: q.ID, Title: q.Title.Zh, TitleEn: q.Title.En, Unit: q.Unit, People: q.People, RegionsOnly: q.Regions, Layers: q.Layers, Columns: []questionColumnJSON{}}
	if j.Layers == nil {
		j.Layers = []string{}
	}
	j.Provenance, j.ProvenanceEn = provenanceOf(q.Layers)
	for i, c := range q.Columns {
		column := questionColumnJSON{ID: c.ID, Title: c.Title.Zh, TitleEn: c.Title.En, Unit: c.Unit, Additive: c.Additive, People: c.People,
			Numerator: c.Numerator.Zh, NumeratorEn: c.Numerator.En, NumeratorUnit: c.NumeratorUnit, Denominator: c.Denominator.Zh, DenominatorEn: c.Denominator.En, DenominatorUnit: c.DenominatorUnit}
		if t := judged[i]; t != nil {
			of := coverageThreshold(*t)
			column.Threshold = &of
		}
		j.Columns = append(j.Columns, column)
	}
	return j
}

// provenanceOf tells whose ledgers some layers are.
func provenanceOf(ids []string) (zh, en string) {
	var parts, partsEn []string
	for _, id := range ids {
		if l := layers.ByID(id); l != nil {
			parts, partsEn = append(parts, l.Title.Zh+"："+l.Provenance.Zh), append(partsEn, l.Title.En+": "+l.Provenance.En)
		}
	}
	return strings.Join(parts, "；"), strings.Join(partsEn, "; ")
}

// answerJSON is the document without its rows.
func answerJSON(a *coverage.Answer, seen []int) questionAnswerJSON {
	all := describeQuestion(a.Question, a.Judged)
	doc := questionAnswerJSON{questionJSON: all, By: a.Asked.By, Within: a.Asked.Within, Total: rowJSON(&a.Total, seen), Items: []questionRowJSON{}, Count: len(a.Rows)}
	doc.Columns = make([]questionColumnJSON, len(seen))
	for i, c := range seen {
		doc.Columns[i] = all.Columns[c]
	}
	if a.Rest != nil {
		rest := rowJSON(a.Rest, seen)
		doc.Rest = &rest
	}
	doc.Method = questionMethodJSON{Revision: strconv.FormatUint(a.Revision, 10), Mode: string(a.Asked.Mode), Profile: a.Asked.Profile, RadiusM: int(a.Asked.Radius), Thresholds: []coverageThreshold{}}
	if a.Question.TellsOfPeople() {
		doc.Method.At, doc.Method.Scheme = &a.Asked.Day, a.Asked.Scheme
	}
	for _, t := range a.Thresholds {
		doc.Method.Thresholds = append(doc.Method.Thresholds, coverageThreshold(t))
	}
	return doc
}

func rowsOf(a *coverage.Answer, seen, order []int) []questionRowJSON {
	out := make([]questionRowJSON, len(order))
	for i, at := range order {
		out[i] = rowJSON(&a.Rows[at], seen)
	}
	return out
}

// Figures have this many decimals: lengths and areas to the hundredth, ratios to a millionth.
const (
	amountDecimals = 100
	shareDecimals  = 1e6
)

func rowJSON(row *coverage.AnswerRow, seen []int) questionRowJSON {
	j := questionRowJSON{Code: row.Code, Name: row.Name, NameEn: row.NameEn, AreaM2: math.Round(row.AreaM2*amountDecimals) / amountDecimals, Values: make([]questionValueJSON, len(seen))}
	for i, c := range seen {
		v := row.Values[c]
		j.Values[i] = questionValueJSON{Numerator: math.Round(v.Numerator*amountDecimals) / amountDecimals, Denominator: math.Round(v.Denominator*amountDecimals) / amountDecimals, Met: v.Met}
		if v.Ratio != nil {
			share := math.Round(*v.Ratio*shareDecimals) / shareDecimals
			j.Values[i].Share = &share
		}
	}
	return j
}

func itemJSON(x *coverage.ListedItem) questionItemJSON {
	return questionItemJSON{Layer: x.Layer, ID: orNull(x.ID), Code: x.Code, Name: x.Name, Lon: degrees(x.At[0]), Lat: degrees(x.At[1]), Met: x.Met,
		Amount: math.Round(x.Amount*amountDecimals) / amountDecimals, Of: math.Round(x.Of*amountDecimals) / amountDecimals, Why: x.Why.Zh, WhyEn: x.Why.En}
}
