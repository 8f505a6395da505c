package layers

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func national() *CodeScheme {
	return &CodeScheme{Code: "GB/T 30428.2-2013", Current: true, Segments: []CodeSegment{{RegionSegment, 6}, {ClassSegment, 4}, {SequenceSegment, 6}}}
}

func TestCodes(t *testing.T) {
	s := national()
	prefix, err := s.Prefix("370281", "0301")
	if err != nil || prefix != "3702810301" || s.Length() != 16 {
		t.Fatal(prefix, err)
	}
	for n, want := range map[int64]string{1: "3702810301000001", 999999: "3702810301999999"} {
		if got, err := s.Make(prefix, n); got != want || err != nil || !s.Fits(got) || s.Number(prefix, got) != n {
			t.Errorf("%d: %s, %v", n, got, err)
		}
	}
	for _, n := range []int64{0, -1, 1000000} {
		if _, err := s.Make(prefix, n); !errors.Is(err, ErrCodesUsedUp) {
			t.Errorf("%d: %v", n, err)
		}
	}
	for _, c := range []string{"", "370281030100001", "37028103010000011", "3702810301００01", "370281 301000001", "R-1"} {
		if s.Fits(c) || s.Number(prefix, c) != 0 {
			t.Errorf("%q fits", c)
		}
	}
	if s.Number(prefix, "3702810302000001") != 0 {
		t.Error("a number of another prefix")
	}
	for _, c := range [][2]string{{"3702", "0301"}, {"370281", "301"}, {"37028x", "0301"}, {"", ""}} {
		if _, err := s.Prefix(c[0], c[1]); !errors.Is(err, ErrCodeScheme) {
			t.Errorf("%v: %v", c, err)
		}
	}
	for _, segments := range [][]CodeSegment{nil, {{RegionSegment, 6}}, {{SequenceSegment, 19}}, {{"dice", 2}, {SequenceSegment, 2}}} {
		if _, err := (&CodeScheme{Segments: segments}).Prefix("370281", "0301"); !errors.Is(err, ErrCodeScheme) {
			t.Errorf("%v: %v", segments, err)
		}
	}
}

func TestClassOf(t *testing.T) {
	classes := []CodeClass{{"s", "parking_space", "motor/lot", "0201"}, {"s", "parking_space", "motor", "2131"}, {"s", "public_toilet", "", "0301"}, {"t", "road", "", "1"}}
	for _, c := range []struct {
		layer  string
		values map[string]any
		want   string
	}{
		{"parking_space", map[string]any{"kind": "motor", "layout": "lot"}, "0201"},
		{"parking_space", map[string]any{"kind": "motor", "layout": "strip"}, "2131"},
		{"parking_space", map[string]any{"kind": "motor"}, "2131"},
		{"parking_space", map[string]any{"kind": "non_motor", "layout": "lot"}, ""},
		{"parking_space", map[string]any{"layout": "lot"}, ""},
		{"public_toilet", map[string]any{"kind": "mobile"}, "0301"},
		{"road", map[string]any{"class": "branch"}, ""},
	} {
		if got, ok := ClassOf(classes, "s", ByID(c.layer), c.values); got != c.want || ok != (c.want != "") {
			t.Errorf("%s %v: %q", c.layer, c.values, got)
		}
	}
	if got := ByID("parking_space").Subjects(map[string]any{"kind": "motor", "layout": "lot"}); !slices.Equal(got, []string{"motor/lot", "motor", ""}) {
		t.Errorf("%q", got)
	}
}

func FuzzCodeNumber(f *testing.F) {
	f.Add("3702810301000001")
	f.Add("3702810301")
	s := national()
	f.Fuzz(func(t *testing.T, code string) {
		n := s.Number("3702810301", code)
		if n == 0 {
			return
		}
		if again, err := s.Make("3702810301", n); err != nil || again != code || !strings.HasPrefix(code, "3702810301") {
			t.Errorf("%q is number %d, which is %q, %v", code, n, again, err)
		}
	})
}
