package v1

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gorilla/mux"

	"wangge/api/param"
	"wangge/grid/coverage"
	"wangge/layers/city"
)

// questionBody is a question in a body.
type questionBody struct {
	Service string  `json:"service,omitempty" doc:"路径中没有设施类别时必填"`
	Kind    string  `json:"kind,omitempty"`
	Mode    string  `json:"mode,omitempty" doc:"walk 步行（缺省）、straight 直线"`
	Profile string  `json:"profile,omitempty"`
	RadiiM  []int64 `json:"radii_m,omitempty" doc:"由小到大；缺省为常用半径"`
	By      string  `json:"by,omitempty" doc:"统计单元类别，缺省为 street"`
	Within  string  `json:"within,omitempty" doc:"只算这个区域"`
}

// bodyAsk is the question of a body, at a pointer of it, on top of a scenario.
func (h *Handler) bodyAsk(r *http.Request, body *questionBody, scenario int64, pointer string) (*serviceAsk, error) {
	view, err := h.City(r)
	if err != nil {
		return nil, err
	}
	id, inPath := mux.Vars(r)["service"]
	if !inPath {
		id = body.Service
	}
	service, found := serviceOf(id)
	switch {
	case !found && inPath:
		return nil, ErrNoCoverage
	case !found:
		return nil, param.InBody(pointer+"/service", "没有这类设施的覆盖分析", "there is no such service")
	case inPath && body.Service != "" && body.Service != id:
		return nil, param.InBody(pointer+"/service", "与路径不符", "is not that of the path")
	}
	a, err := h.wholeAsk(view, service, body, pointer)
	if err != nil {
		return nil, err
	}
	a.scenario, err = h.findScenario(r, scenario)
	return a, err
}

// wholeAsk is the question of a body about a service.
func (h *Handler) wholeAsk(view *city.View, service coverage.Service, body *questionBody, pointer string) (*serviceAsk, error) {
	a := &serviceAsk{view: view, city: h.CoverageCity(view), service: service, by: defaultBy}
	a.question.Service = service.ID
	for _, read := range []func(*questionBody, string) error{a.bodyWords, a.bodyRadii, a.bodyAreas} {
		if err := read(body, pointer); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// bodyWords reads kind, mode and profile.
func (a *serviceAsk) bodyWords(body *questionBody, pointer string) error {
	for _, x := range []struct {
		name, word string
		words      []string
		take       func(string)
	}{
		{"kind", body.Kind, kindsOf(a.service), func(s string) { a.question.Kind = s }},
		{"mode", body.Mode, coverageModes(), func(s string) { a.question.Mode = coverage.Mode(s) }},
		{"profile", body.Profile, profileIDs(), func(s string) { a.question.Profile = s }},
	} {
		if x.word == "" {
			x.word = x.words[0]
		}
		if !slices.Contains(x.words, x.word) {
			list := strings.Join(x.words, ", ")
			return param.InBody(pointer+"/"+x.name, "只能是 "+list, "must be one of "+list)
		}
		x.take(x.word)
	}
	if a.question.Mode == coverage.Straight {
		if body.Profile != "" && body.Profile != profileIDs()[0] {
			return param.InBody(pointer+"/profile", "直线模式没有出行方式", "the straight mode has no profiles")
		}
		a.question.Profile = ""
	}
	return nil
}

func (a *serviceAsk) bodyRadii(body *questionBody, pointer string) (fault error) {
	if len(body.RadiiM) == 0 {
		a.radii = a.service.RadiiM
		return nil
	}
	for i, m := range body.RadiiM {
		if m < coverage.MinRadiusM || m > coverage.MaxRadiusM {
			radiusFault(func(zh, en string) { fault = param.InBody(fmt.Sprintf("%s/radii_m/%d", pointer, i), zh, en) })
			return fault
		}
		a.radii = append(a.radii, uint32(m))
	}
	if zh, en := radiiFault(a.radii); zh != "" {
		return param.InBody(pointer+"/radii_m", zh, en)
	}
	return nil
}

func (a *serviceAsk) bodyAreas(body *questionBody, pointer string) error {
	n := netOf(a.view)
	if body.By != "" {
		a.by = body.By
		if zh, en := byFault(n, a.by); zh != "" {
			return param.InBody(pointer+"/by", zh, en)
		}
	}
	if a.within = body.Within; a.within != "" && n.Region(a.within) == nil {
		return param.InBody(pointer+"/within", "没有这个区域", "there is no such region")
	}
	return nil
}
