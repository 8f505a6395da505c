package grid

import (
	"errors"
	"testing"
)

// national is the pattern of GB/T 30428.1.
var national = CodePattern{{"county", 6, "county"}, {"street", 3, "street"}, {"community", 3, "community"}, {"sequence", 3, ""}}

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
		"empty":            {},
		"no number":        {{"county", 6, "county"}},
		"number first":     {{"sequence", 3, ""}, {"county", 6, "county"}},
		"no name":          {{"", 3, ""}},
		"no digits":        {{"sequence", 0, ""}},
		"too many digits":  {{"sequence", 19, ""}},
		"too long at last": {{"a", 18, "a"}, {"b", 18, "b"}, {"sequence", 18, ""}},
	} {
		if err := p.Validate(); !errors.Is(err, ErrPattern) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := national.Validate(); err != nil || national.Digits() != 15 || national.RegionKind() != "community" {
		t.Errorf("the national pattern: %v, %d digits in a %s", err, national.Digits(), national.RegionKind())
	}
	if err := (CodePattern{{"sequence", 3, ""}}).Validate(); err != nil {
		t.Error(err)
	}
}
