package cql2

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// sameTree compares trees whatever the place of their parts in the text.
func sameTree() cmp.Options {
	return cmp.Options{cmp.AllowUnexported(node{}, shape{}, numeral{}), cmpopts.IgnoreFields(node{}, "at"), cmpopts.EquateEmpty()}
}

// same is what sameTree says, soon enough for many trees.
func same(a, b *node) bool {
	return a.kind == b.kind && a.yes == b.yes && a.text == b.text && a.num == b.num && slices.EqualFunc(a.args, b.args, same) &&
		reflect.DeepEqual(a.shape, b.shape)
}

// again reads the canonical text, which may be longer than what was written.
func again(t testing.TB, f *Filter) *Filter {
	t.Helper()
	g, err := parse(f.String(), 16*Limit)
	if err != nil {
		t.Fatalf("%q was read, its canonical text %q is not: %v", f.text, f.String(), err)
	}
	if !same(f.root, g.root) {
		t.Fatalf("%q and its canonical text %q differ:\n%s", f.text, f.String(), cmp.Diff(f.root, g.root, sameTree()))
	}
	if f.String() != g.String() {
		t.Fatalf("%q became %q", f.String(), g.String())
	}
	return g
}

func TestCanonical(t *testing.T) {
	for text, want := range map[string]string{
		// spaces, case of keywords, parentheses
		"a=1":                           "a = 1",
		" ( a  =\t1 ) ":                 "a = 1",
		"a=1 and b=2 or not c=3":        "a = 1 AND b = 2 OR NOT c = 3",
		"a=1 and (b=2 or not(c=3))":     "a = 1 AND (b = 2 OR NOT c = 3)",
		"(a=1 and b=2) and (c=3 and d)": "a = 1 AND b = 2 AND c = 3 AND d",
		"not (a=1 and b=2)":             "NOT (a = 1 AND b = 2)",
		"not not a":                     "NOT NOT a",
		"not (a like 'x')":              "a NOT LIKE 'x'",
		"not (a not like 'x')":          "NOT a NOT LIKE 'x'",
		"not a in (1,2)":                "a NOT IN (1, 2)",
		"a not between 1 and 2 and b":   "a NOT BETWEEN 1 AND 2 AND b",
		"a is not null":                 "a IS NOT NULL",
		"(a=1) is null":                 "(a = 1) IS NULL",
		"true":                          "TRUE",
		"avg(windSpeed, 'x') < 4":       "avg(windSpeed, 'x') < 4",
		"f()":                           "f()",
		// arithmetic
		"a+b*c=(a+b)*c":    "a + b * c = (a + b) * c",
		"a-(b-c)-d=1":      "a - (b - c) - d = 1",
		"a/b%c div d>0":    "a / b % c DIV d > 0",
		"a/(b%c)>0":        "a / (b % c) > 0",
		"2^(2^3)=(2^2)^3":  "2 ^ (2 ^ 3) = (2 ^ 2) ^ 3",
		"-a^2 = -(a^2)":    "(-1 * a) ^ 2 = -1 * a ^ 2",
		"- - a = - -1":     "-1 * (-1 * a) = 1",
		"a - -1 = +2":      "a - -1 = 2",
		"-(a+1)=0":         "-1 * (a + 1) = 0",
		"a = (1+2)":        "a = 1 + 2",
		"vehicle > (x -1)": "vehicle > x - 1",
		// numbers
		"a IN (1.50,1E3,.5,5.,-0,1e-7,007)": "a IN (1.5, 1000, 0.5, 5, 0, 1E-07, 7)",
		"a=9007199254740993":                "a = 9007199254740993",
		"a=99999999999999999999":            "a = 100000000000000000000",
		"a=1e300":                           "a = 1E+300",
		// names
		`"a"=1 and "my field"=1 and "say ""hi"""=1`: `a = 1 AND "my field" = 1 AND "say ""hi""" = 1`,
		`"date"=1 and "AND"=1 and "s_Within"=1`:     `"date" = 1 AND "AND" = 1 AND "s_Within" = 1`,
		"date = DATE('2026-01-31')":                 `"date" = DATE('2026-01-31')`,
		"等级 = '一类' and ns:a.b_1 = 2":                "等级 = '一类' AND ns:a.b_1 = 2",
		// strings
		`a = 'it''s' or a = 'it\'s'`: `a = 'it''s' OR a = 'it''s'`,
		`a = 'x\ty\\z\%'`:            `a = 'x\ty\\z\\%'`,
		"a LIKE '100\\%'":            `a LIKE '100\\%'`,
		"a = 'line\nline'":           `a = 'line\nline'`,
		"casei(a) like CaseI('B_')":  "CASEI(a) LIKE CASEI('B_')",
		// time
		"a > timestamp('1969-07-20T20:17:40.500Z')":               "a > TIMESTAMP('1969-07-20T20:17:40.5Z')",
		"a > timestamp('2026-01-01T04:00:00+08:00')":              "a > TIMESTAMP('2025-12-31T20:00:00Z')",
		"t_finishedby(interval(a,b),interval('..','2026-01-01'))": "T_FINISHEDBY(INTERVAL(a, b), INTERVAL('..', '2026-01-01'))",
		// space
		"S_Intersects(geom,point(1 -2.50))":                                    "S_INTERSECTS(geom, POINT(1 -2.5))",
		"s_within(geom,bbox(160.6,-55.95,-170,-25.89))":                        "S_WITHIN(geom, BBOX(160.6, -55.95, -170, -25.89))",
		"s_equals(multipoint(0 0,1 1),multipoint((0 0),(1 1)))":                "S_EQUALS(MULTIPOINT((0 0), (1 1)), MULTIPOINT((0 0), (1 1)))",
		"s_equals(g,point z(0 0 1))":                                           "S_EQUALS(g, POINT Z (0 0 1))",
		"s_equals(g,polygon((0 0,1 0,1 1,0 0),(2 2,3 2,3 3,2 2)))":             "S_EQUALS(g, POLYGON((0 0, 1 0, 1 1, 0 0), (2 2, 3 2, 3 3, 2 2)))",
		"s_equals(g,multipolygon(((0 0,1 0,1 1,0 0))))":                        "S_EQUALS(g, MULTIPOLYGON(((0 0, 1 0, 1 1, 0 0))))",
		"s_equals(g,geometrycollection(point(0 0 5),linestring(0 0 1,1 1 1)))": "S_EQUALS(g, GEOMETRYCOLLECTION Z (POINT Z (0 0 5), LINESTRING Z (0 0 1, 1 1 1)))",
		"s_within(road,Buffer(geometry,10,'m'))":                               "S_WITHIN(road, Buffer(geometry, 10, 'm'))",
		// arrays
		"a_containedby(x,('a',true,1,(1+2)*3,()))": "A_CONTAINEDBY(x, ('a', TRUE, 1, (1 + 2) * 3, ()))",
		"a_overlaps((1),(('a'),('b')))":            "A_OVERLAPS((1), (('a'), ('b')))",
	} {
		f, err := Parse(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got := f.String(); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
		throughJSON(t, again(t, f))
	}
}

func TestSyntaxErrors(t *testing.T) {
	for _, c := range []struct {
		text string
		at   int
		en   string // part of the message
	}{
		{"", 1, "expected a field or a value, found the end"},
		{"   ", 4, "the end"},
		{"capacity >", 11, "expected a field or a value, found the end"},
		{"capacity > > 1", 12, "found “>”"},
		{"等级 = ", 6, "the end"},
		{"等级 ＝ 1", 4, "half width"},
		{"a = ‘x’", 5, "half width"},
		{"a IN （1）", 6, "half width"},
		{"a = 1 b = 2", 7, "expected AND, OR or the end"},
		{"a = 1 AND", 10, "the end"},
		{"a = (1", 7, "“)”"},
		{"(a = 1", 7, "“)”"},
		{"a = 1)", 6, "found “)”"},
		{"a + 1", 1, "expected a condition"},
		{"'a'", 1, "expected a condition"},
		{"1 AND a", 1, "expected a condition"},
		{"a AND 1", 7, "expected a condition"},
		{"NOT 'x'", 5, "expected a condition"},
		{"a = b = c", 7, "found “=”"},
		{"(a = 1) = b", 2, "a field or a value"},
		{"(a = 1) + 1 = 2", 2, "expected a number"},
		{"'x' * 2 = 2", 1, "expected a number"},
		{"a ^ 2 ^ 3 = 1", 7, "parentheses"},
		{"a = 'x", 5, "does not end"},
		{`a = 'x\'`, 5, "does not end"},
		{`"a = 1`, 1, "does not end"},
		{`"" = 1`, 1, "a name"},
		{"a = 1e", 7, "exponent"},
		{"a = 1e999", 5, "too large"},
		{"a = 5abc", 6, "after the number"},
		{"a = NaN_ AND b = 5e5e", 21, "after the number"},
		{"a = .", 5, "unexpected character"},
		{"a ! 1", 3, "unexpected character"},
		{"a == 1", 4, "found “=”"},
		{"a LIKE b", 8, "a pattern in quotes"},
		{"a LIKE 5", 8, "a pattern in quotes"},
		{"5 LIKE '5'", 1, "expected a text"},
		{`a LIKE 'x\\'`, 8, "cannot end"},
		{"a NOT 5", 7, "LIKE, BETWEEN or IN"},
		{"a IS 5", 6, "NULL or NOT NULL"},
		{"a BETWEEN 1 OR 2", 13, "expected AND"},
		{"a IN ()", 7, "a field or a value"},
		{"a IN (1,)", 9, "a field or a value"},
		{"a IN 1", 6, "“(”"},
		{"NULL", 1, "found “NULL”"},
		{"a = DATE('2026-02-30')", 10, "a date such as"},
		{"a = DATE(2026)", 10, "a date such as"},
		{"a = TIMESTAMP('2026-02-03')", 15, "a time such as"},
		{"a = TIMESTAMP('0000-01-01T00:00:00+08:00')", 15, "a time such as"},
		{"CASEI(a, b) = 'x'", 11, "CASEI takes 1 arguments"},
		{"S_WITHIN(geom)", 14, "S_WITHIN takes 2 arguments"},
		{"S_WITHIN(geom, 5)", 16, "expected a geometry"},
		{"S_WITHIN(geom, POINT(1))", 23, "a coordinate"},
		{"S_WITHIN(geom, LINESTRING(1 1))", 26, "at least 2"},
		{"S_WITHIN(geom, POLYGON((1 1, 2 2, 1 1)))", 24, "at least 4"},
		{"S_WITHIN(geom, LINESTRING(1 1, 2 2 3))", 32, "as many coordinates"},
		{"S_WITHIN(geom, BBOX(1, 2, 3))", 20, "4 or 6"},
		{"T_AFTER(a, 5)", 12, "a date, a time or an interval"},
		{"T_AFTER(a, INTERVAL('x', '..'))", 21, "a date, a time, '..'"},
		{"T_AFTER(a, INTERVAL('..'))", 12, "INTERVAL takes 2"},
		{"A_EQUALS(a, 5)", 13, "expected an array"},
		{"a = 'x\x00'", 7, "unexpected character"},
		{"a = 'x\xff'", 7, "not UTF-8"},
		{"a = \xff", 5, "not UTF-8"},
	} {
		f, err := Parse(c.text)
		var e *Error
		switch {
		case err == nil:
			t.Errorf("%q was read as %q", c.text, f)
		case !errors.As(err, &e) || !errors.Is(err, ErrSyntax):
			t.Errorf("%q: %T %v", c.text, err, err)
		case e.At != c.at || !strings.Contains(e.En, c.en) || e.Zh == "":
			t.Errorf("%q: %d %q %q, want %d %q", c.text, e.At, e.En, e.Zh, c.at, c.en)
		}
	}
}

// Bounds hold, and what is refused for its size is refused soon.
func TestBounds(t *testing.T) {
	for _, c := range []struct {
		name, text string
		kind       error
		at         int
	}{
		{"10 kB", "a = '" + strings.Repeat("长", 3400) + "'", ErrTooLong, 1369},
		{"parentheses", strings.Repeat("(", 2000) + "a" + strings.Repeat(")", 2000), ErrTooDeep, 65},
		{"NOT", strings.Repeat("NOT ", 1000) + "a", ErrTooDeep, 257},
		{"minus", "a = " + strings.Repeat("-", 1000) + "b", ErrTooDeep, 69},
		{"calls", strings.Repeat("f(", 1000), ErrTooDeep, 130},
		{"arrays", "A_EQUALS(a, " + strings.Repeat("(", 1000), ErrTooDeep, 76},
		{"collections", "S_WITHIN(a, " + strings.Repeat("GEOMETRYCOLLECTION(", 200) + ")", ErrTooDeep, 1229},
	} {
		_, err := Parse(c.text)
		var e *Error
		if !errors.Is(err, c.kind) || !errors.As(err, &e) || e.At != c.at {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	deepest := strings.Repeat("(", Depth) + "a" + strings.Repeat(")", Depth)
	if _, err := Parse(deepest); err != nil {
		t.Errorf("depth %d: %v", Depth, err)
	}
}

// TestLinear: twice the text takes about twice the time, whatever it consists of.
func TestLinear(t *testing.T) {
	for _, piece := range []string{"a+", "(", "a=1 AND ", "NOT ", "f(", "'", `"`, "a.", "9", "-", "((1,", "POINT Z", "a NOT ", "\\'"} {
		took := func(size int) time.Duration {
			text := "b=" + strings.Repeat(piece, size/len(piece))
			best := time.Hour
			for range 5 {
				began := time.Now()
				_, _ = parse(text, len(text))
				best = min(best, time.Since(began))
			}
			return best
		}
		short, long := took(1<<13), took(1<<16)
		if long > 4*8*short+20*time.Millisecond { // 64 times would be quadratic
			t.Errorf("%q: %v for 8 kB, %v for 64 kB", piece, short, long)
		}
	}
}

func TestFields(t *testing.T) {
	f, err := Parse("b = 1 AND (a > b OR f(c, \"d e\") = a) AND T_AFTER(INTERVAL(s, '..'), x)")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"b", "a", "c", "d e", "s", "x"}, f.Fields()); diff != "" {
		t.Error(diff)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"a = 1 AND NOT (b LIKE 'x%' OR c IN (1,2.5,-3e4))", "casei(\"a b\") = casei('ß') or -x ^ 2 % 3 < a div b",
		"S_WITHIN(g,MULTIPOLYGON(((0 0,1 0,1 1,0 0))))", "t_during(a,interval('..','2026-01-01'))", `a='\'\\\t'''`,
		"A_EQUALS((),(1,('a'),(true)))", "d between date('2026-01-01') and timestamp('2026-01-01T00:00:00.5+08:00')", "f(((1)),not a) is not null",
		"g(GEOMETRYCOLLECTION Z(POINT(1 2 3)),BBOX(1,2,3,4))", "- - -a = --5", "等级<>'一类'", "\"date\"=1",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		began := time.Now()
		parsed, err := Parse(text)
		if took := time.Since(began); took > time.Second {
			t.Fatalf("%d bytes took %v", len(text), took)
		}
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.At < 1 || e.At > len(text)+1 || e.Zh == "" || e.En == "" {
				t.Fatalf("%q: %#v", text, err)
			}
			return
		}
		throughJSON(t, again(t, parsed))
	})
}
