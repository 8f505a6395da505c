package grid

import (
	"errors"
	"slices"
	"testing"
)

// national is the pattern of GB/T 30428.1.
var national = CodePattern{{Name: "county", Length: 6, RegionKind: "county"}, {Name: "street", Length: 3, RegionKind: "street"}, {Name: "community", Length: 3, RegionKind: "community"}, {Name: "sequence", Length: 3}}

func FuzzCode(f *testing.F) {
	f.Add("370281001002003")
	f.Add("37028100100200x")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := national.Parse(s)
		if err != nil {
			if !errors.Is(err, ErrCode) {
				t.Error(err)
			}
			return
		}
		if c.String() != s {
			t.Errorf("%q became %q", s, c)
		}
		if len(c.Region) != 12 || len(c.Sequence) != 3 {
			t.Errorf("%q is %+v", s, c)
		}
	})
}

func TestFormat(t *testing.T) {
	c, err := national.Format("370281001002", 7)
	if err != nil || c.String() != "370281001002007" {
		t.Errorf("%v, %v", c, err)
	}
	if again, err := national.Parse(c.String()); again != c {
		t.Errorf("%v, %v", again, err)
	}
	for _, n := range []int{0, -1, 1000} {
		if _, err := national.Format("370281001002", n); !errors.Is(err, ErrSequence) {
			t.Errorf("%d: %v", n, err)
		}
	}
	for _, region := range []string{"", "370281", "37028100100x", "3702810010021"} {
		if _, err := national.Format(region, 1); !errors.Is(err, ErrCode) {
			t.Errorf("%q: %v", region, err)
		}
	}
}

func TestValidatePattern(t *testing.T) {
	for name, p := range map[string]CodePattern{
		"empty":                   {},
		"no number":               {{Name: "county", Length: 6, RegionKind: "county"}},
		"number first":            {{Name: "sequence", Length: 3}, {Name: "county", Length: 6, RegionKind: "county"}},
		"value of another length": ofNet("9"),
		"value of letters":        ofNet("ab"),
		"division after the net":  {{Name: "net", Length: 2}, {Name: "county", Length: 6, RegionKind: "county"}, {Name: "sequence", Length: 3}},
		"division with a value":   {{Name: "county", Length: 2, RegionKind: "county", Value: "37"}, {Name: "sequence", Length: 3}},
		"number with a value":     {{Name: "sequence", Length: 3, Value: "001"}},
		"no name":                 {{Name: "", Length: 3}},
		"no digits":               {{Name: "sequence", Length: 0}},
		"too many digits":         {{Name: "sequence", Length: 19}},
		"too long at last":        {{Name: "a", Length: 18, RegionKind: "a"}, {Name: "b", Length: 18, RegionKind: "b"}, {Name: "sequence", Length: 18}},
	} {
		if err := p.Validate(); !errors.Is(err, ErrPattern) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := national.Validate(); err != nil || national.Digits() != 15 || national.RegionKind() != "community" {
		t.Errorf("the national pattern: %v, %d digits in a %s", err, national.Digits(), national.RegionKind())
	}
	for _, p := range []CodePattern{{{Name: "sequence", Length: 3}}, ofNet("90"), ofNet("")} {
		if err := p.Validate(); err != nil {
			t.Error(err)
		}
	}
}

// ofNet is a pattern of a county with a net's own digits in the middle.
func ofNet(value string) CodePattern {
	return CodePattern{{Name: "county", Length: 6, RegionKind: "county"}, {Name: "net", Length: 2, Value: value}, {Name: "sequence", Length: 3}}
}

func TestAfter(t *testing.T) {
	for name, c := range map[string]struct {
		pattern      CodePattern
		region, last string
		n            int
		want         []string
		err          error
	}{
		"first":                {national, "370281001002", "", 2, []string{"370281001002001", "370281001002002"}, nil},
		"next":                 {national, "370281001002", "370281001002041", 1, []string{"370281001002042"}, nil},
		"full":                 {national, "370281001002", "370281001002998", 2, nil, ErrSequence},
		"the net's own digits": {ofNet(""), "370281", "37028190076", 1, []string{"37028190077"}, nil},
		"digits that are said": {ofNet("90"), "370281", "", 1, []string{"37028190001"}, nil},
		"nothing known":        {ofNet(""), "370281", "", 1, []string{"37028100001"}, nil},
		"another county":       {ofNet("90"), "3702", "", 1, nil, ErrCode},
		"another net":          {ofNet("90"), "370281", "37028191001", 1, nil, ErrCode},
	} {
		got, err := c.pattern.After(c.region, c.last, c.n)
		if !errors.Is(err, c.err) || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}
