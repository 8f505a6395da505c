package param

import (
	"errors"
	"math"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
)

func TestParseNamesEveryFault(t *testing.T) {
	for raw, want := range map[string][]string{
		"":                       nil,
		"a=1":                    nil,
		"a=1&b=2":                nil,
		"b=2&a=1&a=3":            {"a"},
		"a=1&c=2&d=3":            {"c", "d"},
		"a=%zz":                  {""},
		"a=1;b=2":                {""},
		"%00=1":                  {"\ufffd"},
		"%FF=1":                  {"\ufffd"},
		"=1":                     {""},
		strings.Repeat("x", 100): {strings.Repeat("x", 60) + "…"},
	} {
		var got []string
		var faults Faults
		if errors.As(Parse(raw, "a", "b").Err(), &faults) {
			for _, f := range faults {
				got = append(got, f.Name)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", raw, diff)
		}
	}
}

func TestNumbers(t *testing.T) {
	for s, want := range map[string]float64{"0": 0, "-1.5": -1.5, "+2": 2, "1e3": 1000, ".5": .5, "5.": 5, "-0": 0} {
		if got, ok := Decimal(s); !ok || got != want {
			t.Errorf("Decimal(%q) = %v, %v", s, got, ok)
		}
	}
	for _, s := range []string{"", " 1", "1 ", "NaN", "nan", "Inf", "-inf", "infinity", "0x1p3", "1_000", "1e999", "1,5", "１", "--1", "e", ".", strings.Repeat("1", 41)} {
		if got, ok := Decimal(s); ok {
			t.Errorf("Decimal(%q) = %v", s, got)
		}
	}
	for _, s := range []string{"", "-", "+1", "1.0", "0x1", "1e1", "１", "9223372036854775808", strings.Repeat("0", 41)} {
		if got, ok := Whole(s); ok {
			t.Errorf("Whole(%q) = %v", s, got)
		}
	}
	for _, s := range []string{"", "-1", "01", "18446744073709551616", "1 "} {
		if got, ok := Natural(s); ok {
			t.Errorf("Natural(%q) = %v", s, got)
		}
	}
	if n, ok := Natural("18446744073709551615"); !ok || n != math.MaxUint64 {
		t.Errorf("Natural = %d, %v", n, ok)
	}
}

func TestTypedReaders(t *testing.T) {
	q := Parse("n=7&w=b&t=%E5%85%AC%E5%8E%95&box=1,2,3,4&lon=120&lat=36&r=9", "n", "w", "t", "box", "lon", "lat", "r")
	box, given := q.BBox("box")
	if n := q.Int("n", 1, 1, 9); n != 7 || q.OneOf("w", "a", "b") != "b" || q.Text("t", 2) != "公厕" || q.Revision("r") != 9 ||
		!given || box != (orb.Bound{Min: orb.Point{1, 2}, Max: orb.Point{3, 4}}) || q.LonLat("lon", "lat") != (orb.Point{120, 36}) {
		t.Errorf("%d, %v %v", n, box, given)
	}
	if err := q.Err(); err != nil {
		t.Error(err)
	}
	q = Parse("n=10&w=c&t=abc&box=1&lon=x&lat=91&r=0", "n", "w", "t", "box", "lon", "lat", "r")
	q.Int("n", 1, 1, 9)
	q.OneOf("w", "a", "b")
	q.Text("t", 2)
	q.BBox("box")
	q.LonLat("lon", "lat")
	q.Revision("r")
	var faults Faults
	if !errors.As(q.Err(), &faults) || len(faults) != 7 {
		t.Errorf("%v", q.Err())
	}
	q = Parse("", "n", "w")
	if q.Int("n", 5, 1, 9) != 5 || q.OneOf("w", "a", "b") != "a" || q.Text("t", 9) != "" || q.Revision("r") != 0 || q.Cursor("c") != "" || q.Err() != nil {
		t.Errorf("defaults: %v", q.Err())
	}
}

func TestCursor(t *testing.T) {
	for _, key := range []string{"370281", "center", "片区", strings.Repeat("x", 200)} {
		q := Parse("cursor="+Cursor(key), "cursor")
		if got := q.Cursor("cursor"); got != key || q.Err() != nil {
			t.Errorf("%q became %q, %v", key, got, q.Err())
		}
	}
}

// Whatever a query is, its readers answer with a value in range or with a fault, and faults are fit to be shown.
func FuzzQuery(f *testing.F) {
	for _, s := range []string{"box=1,2,3,4&lon=120&lat=36", "n=7&c=" + Cursor("a"), "t=%00", "lon=NaN&lat=1e309", "&&&=;", "r=1&r=2", "t=%E5%85"} {
		f.Add(s)
	}
	names := []string{"box", "lon", "lat", "n", "t", "c", "r", "w"}
	f.Fuzz(func(t *testing.T, raw string) {
		q := Parse(raw, names...)
		if box, ok := q.BBox("box"); ok && (!within(box.Min) || !within(box.Max) || box.IsEmpty()) {
			t.Errorf("box %v", box)
		}
		if q.Has("lon") && q.Has("lat") {
			if p := q.LonLat("lon", "lat"); !within(p) {
				t.Errorf("position %v", p)
			}
		}
		if n := q.Int("n", 5, 1, 9); n < 1 || n > 9 {
			t.Errorf("n %d", n)
		}
		if s := q.Text("t", 9); !utf8.ValidString(s) || utf8.RuneCountInString(s) > 9 || strings.ContainsRune(s, 0) {
			t.Errorf("text %q", s)
		}
		if key := q.Cursor("c"); key != "" && url.Values(map[string][]string{"c": {Cursor(key)}}).Get("c") != q.values.Get("c") {
			t.Errorf("cursor %q", key)
		}
		q.Revision("r")
		q.OneOf("w", "a", "b")
		var faults Faults
		if errors.As(q.Err(), &faults) {
			for _, fault := range faults {
				if !utf8.ValidString(fault.Name) || len(fault.Name) > 70 || fault.Detail == "" || fault.DetailEn == "" {
					t.Errorf("fault %+v", fault)
				}
			}
		}
	})
}

func within(p orb.Point) bool {
	return p[0] >= -180 && p[0] <= 180 && p[1] >= -90 && p[1] <= 90
}

func FuzzDecimal(f *testing.F) {
	for _, s := range []string{"1", "-1.5e-3", "NaN", "0x1", "1_0", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, ok := Decimal(s)
		if !ok {
			return
		}
		if want, err := strconv.ParseFloat(s, 64); err != nil || v != want || math.IsNaN(v) || math.IsInf(v, 0) {
			t.Errorf("%q is %v", s, v)
		}
	})
}

func FuzzShown(f *testing.F) {
	f.Add("abc")
	f.Add("\xff\x00" + strings.Repeat("网", 50))
	f.Fuzz(func(t *testing.T, s string) {
		if got := Shown(s); !utf8.ValidString(got) || len(got) > maxShown+3 || !clean(got) {
			t.Errorf("%q is shown as %q", s, got)
		}
	})
}
