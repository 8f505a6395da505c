package patrol

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func toilets() Checklist {
	return Checklist{Code: "public_toilet", SubjectKind: "public_toilet", Edition: "2026", Editions: []string{"2026"}, Items: []Item{
		{Code: "open", Title: "开放", TitleEn: "Open", Effects: map[Answer][]Effect{Fail: {{Field: "status", Value: "closed"}}, Pass: {{Field: "status", Value: "intact", When: []any{"closed"}}}}},
		{Code: "clean", Title: "清洁", TitleEn: "Clean"},
		{Code: "razed", Title: "未拆除", TitleEn: "Standing", Effects: map[Answer][]Effect{Fail: {{Field: "status", Value: "abandoned"}}}},
	}}
}

func TestAnswers(t *testing.T) {
	c := toilets()
	for _, x := range []struct {
		answers map[string]Answer
		result  Result
		at      string
		is      error
	}{
		{nil, Normal, "", nil},
		{map[string]Answer{"open": Pass, "clean": Empty}, Normal, "", nil},
		{map[string]Answer{"open": Fail}, Abnormal, "", nil},
		{map[string]Answer{"open": Pass}, Abnormal, "", nil},
		{map[string]Answer{"open": Fail}, Normal, "/result", ErrBody},
		{nil, "", "/result", ErrBody},
		{map[string]Answer{"open": "maybe"}, Abnormal, "/answers/open", ErrBody},
		{map[string]Answer{"a/b": Pass}, Normal, "/answers/a~1b", ErrUnknown},
	} {
		err := c.Check(x.answers, x.result)
		var fault *Fault
		if x.is == nil && err != nil || x.is != nil && (!errors.Is(err, x.is) || !errors.As(err, &fault) || fault.Pointer != x.at) {
			t.Errorf("%v %s: %v", x.answers, x.result, err)
		}
	}
}

func TestEffectsOfAnswers(t *testing.T) {
	c := toilets()
	for _, x := range []struct {
		answers map[string]Answer
		want    []Effect
	}{
		{nil, nil},
		{map[string]Answer{"clean": Fail}, nil},
		{map[string]Answer{"open": Fail}, []Effect{{Field: "status", Value: "closed"}}},
		{map[string]Answer{"open": Empty}, nil},
		{map[string]Answer{"open": Pass}, []Effect{{Field: "status", Value: "intact", When: []any{"closed"}}}},
		{map[string]Answer{"open": Fail, "razed": Fail}, []Effect{{Field: "status", Value: "abandoned"}}},
	} {
		if diff := cmp.Diff(x.want, c.Effects(x.answers)); diff != "" {
			t.Errorf("%v: %s", x.answers, diff)
		}
	}
}

func TestEditionsAreChecked(t *testing.T) {
	fields := func(f string) bool { return f == "status" }
	next := toilets()
	next.Edition = "2026-07"
	if err := next.CheckEdition(fields); err != nil {
		t.Error(err)
	}
	for at, change := range map[string]func(*Checklist){
		"/edition":            func(c *Checklist) { c.Edition = "2026" },
		"/items":              func(c *Checklist) { c.Items = nil },
		"/items/1/code":       func(c *Checklist) { c.Items[1].Code = "open" },
		"/items/0/title":      func(c *Checklist) { c.Items[0].Title = "" },
		"/items/1/title_en":   func(c *Checklist) { c.Items[1].TitleEn = strings.Repeat("x", 101) },
		"/items/1/standard":   func(c *Checklist) { c.Items[1].Standard = strings.Repeat("x", 201) },
		"/items/1/effects/na": func(c *Checklist) { c.Items[1].Effects = map[Answer][]Effect{Empty: nil} },
		"/items/1/effects/fail/0/field": func(c *Checklist) {
			c.Items[1].Effects = map[Answer][]Effect{Fail: {{Field: "owner_dept", Value: "x"}}}
		},
		"/items/1/effects/fail/0/value": func(c *Checklist) {
			c.Items[1].Effects = map[Answer][]Effect{Fail: {{Field: "status", Value: []any{}}}}
		},
		"/items/1/effects/pass/0/when": func(c *Checklist) {
			c.Items[1].Effects = map[Answer][]Effect{Pass: {{Field: "status", Value: "x", When: []any{[]any{}}}}}
		},
		"/items/1/problem_class": func(c *Checklist) { c.Items[1].ProblemClass = strings.Repeat("x", 65) },
	} {
		c := toilets()
		c.Edition = "2027"
		change(&c)
		var fault *Fault
		if err := c.CheckEdition(fields); !errors.As(err, &fault) || fault.Pointer != at {
			t.Errorf("%s: %v", at, err)
		}
	}
}

func TestKindsOfPlacesAreChecked(t *testing.T) {
	layers := []string{"road", "back_alley"}
	good := PlaceKind{Code: "back_alley", Title: "背街小巷", TitleEn: "Back alleys", Layer: "back_alley"}
	if err := CheckPlaceKinds([]PlaceKind{good, {Code: "market", Title: "市场", TitleEn: "Markets"}}, layers); err != nil {
		t.Error(err)
	}
	for at, kinds := range map[string][]PlaceKind{
		"/items/1/code":    {good, good},
		"/items/0/layer":   {{Code: "a", Title: "甲", TitleEn: "A", Layer: "holder"}},
		"/items/0/ordinal": {{Code: "a", Title: "甲", TitleEn: "A", Ordinal: -1}},
		"/items/0/title":   {{Code: "a", TitleEn: "A"}},
		"/items":           make([]PlaceKind, MaxPlaceKinds+1),
	} {
		var fault *Fault
		if err := CheckPlaceKinds(kinds, layers); !errors.As(err, &fault) || fault.Pointer != at {
			t.Errorf("%s: %v", at, err)
		}
	}
}
