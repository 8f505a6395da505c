package cql2

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wangge/layers"
)

var sample = []layers.Field{
	{Name: "grade", Type: layers.Enum, Values: []layers.Value{
		{Code: "class_1", Label: layers.Text{Zh: "一类", En: "Class 1"}}, {Code: "class_2", Label: layers.Text{Zh: "二类", En: "Class 2"}}}},
	{Name: "name", Type: layers.String},
	{Name: "code", Type: layers.String},
	{Name: "capacity", Type: layers.Integer},
	{Name: "spare", Type: layers.Integer},
	{Name: "width_m", Type: layers.Number},
	{Name: "lit", Type: layers.Boolean},
	{Name: "fee", Type: layers.Boolean},
	{Name: "surveyed_on", Type: layers.Date},
	{Name: "ends_on", Type: layers.Date},
	{Name: "updated_at", Type: layers.Time},
	{Name: "extra", Type: layers.Object},
}

func sampleField(name string) *layers.Field {
	i := slices.IndexFunc(sample, func(f layers.Field) bool { return f.Name == name })
	if i < 0 {
		return nil
	}
	return &sample[i]
}

func compiled(t testing.TB, text string) *Program {
	t.Helper()
	f, err := Parse(text)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	p, err := f.Compile(sampleField)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return p
}

// matches tells whether a row passes.
func matches(p *Program, row map[string]any) bool {
	return p.Match(func(test int) Truth { return ask(p.Tests()[test], row) })
}

func ask(test Test, row map[string]any) Truth {
	values := make([]any, len(test.Fields))
	for i, name := range test.Fields {
		values[i] = row[name]
	}
	return test.Of(values)
}

var toilet = map[string]any{
	"grade": "class_1", "name": "香港路公厕 Straße", "code": "B-17", "capacity": int64(20), "width_m": 2.5, "lit": true, "fee": false,
	"surveyed_on": "2025-06-30", "updated_at": "2026-01-02 03:04:05.5+08", // spare, ends_on and extra are null
}

func TestMatch(t *testing.T) {
	for text, want := range map[string]bool{
		"TRUE": true, "FALSE": false, "NOT FALSE": true, "TRUE AND FALSE OR TRUE": true,
		// enumerations by code and by label
		"grade = 'class_1'": true, "grade = '一类'": true, "grade = 'Class 1'": true, "grade = '二类'": false, "'一类' = grade": true,
		"grade IN ('二类', '一类')": true, "grade NOT IN ('二类')": true, "grade < 'class_2'": true, "grade LIKE 'class%'": true,
		"CASEI(grade) = CASEI('CLASS_1')": true,
		// numbers
		"capacity = 20": true, "capacity = 20.0": true, "capacity > 19.9": true, "capacity < 20.5": true, "20 >= capacity": true,
		"19 > capacity": false, "capacity BETWEEN 20 AND 30": true, "capacity NOT BETWEEN 10 AND 15": true, "capacity IN (1, 20)": true,
		"capacity / 8 = 2.5": true, "capacity DIV 8 = 2": true, "capacity % 8 = 4": true, "-capacity % 8 = -4": true, "2 ^ 3 = 8": true,
		"-capacity = -20": true, "width_m * 8 = capacity": true, "capacity + width_m * 2 = 25": true, "-2 ^ 2 = 4": true,
		"-7 DIV 2 = -3": true, "7 % 0 = 0": false, "NOT 7 % 0 = 0": false,
		"capacity / 0 = 1": false, "NOT capacity / 0 = 1": false, "capacity / 0 IS NULL": true, "(spare ^ 0) IS NULL": true,
		"1e300 * 1e300 > 1": false, "1e300 * 1e300 IS NULL": true, "(0 - 8) ^ 0.5 IS NULL": true,
		// text
		"name LIKE '%公厕%'": true, "name LIKE '香港_公厕%'": true, "name LIKE '香港公厕%'": false, "name NOT LIKE '%医院%'": true,
		"CASEI(name) LIKE CASEI('%STRASSE')": true, "CASEI(name) = CASEI('香港路公厕 STRASSE')": true, "name LIKE '%STRASSE'": false,
		"code > 'B'": true, "code > 'a'": false, "code = 'b-17'": false, "CASEI(code) IN (CASEI('b-17'), CASEI('x'))": true,
		"ACCENTI('Chișinău') = ACCENTI('Chisinau')": true, "name <> code": true,
		// truth
		"lit": true, "NOT fee": true, "lit = true": true, "lit <> fee": true, "fee IN (true)": false, "lit = TRUE AND fee = FALSE": true,
		// time
		"surveyed_on = DATE('2025-06-30')": true, "surveyed_on = '2025-06-30'": true, "surveyed_on < DATE('2025-07-01')": true,
		"surveyed_on BETWEEN DATE('2025-01-01') AND '2025-12-31'": true, "surveyed_on IN ('2025-06-30')": true,
		"T_AFTER(surveyed_on, DATE('2025-06-29'))": true, "T_DISJOINT(surveyed_on, DATE('2025-06-30'))": false, "T_BEFORE(DATE('2025-06-29'), surveyed_on)": true,
		"updated_at = TIMESTAMP('2026-01-01T19:04:05.500Z')": true, "updated_at > '2026-01-01T19:04:05Z'": true,
		"updated_at < TIMESTAMP('2026-01-01T19:04:05.6Z')": true, "T_EQUALS(updated_at, TIMESTAMP('2026-01-02T03:04:05.5+08:00'))": true,
		// what is not known
		"spare = 1": false, "NOT spare = 1": false, "spare <> 1": false, "spare IS NULL": true, "spare IS NOT NULL": false, "NOT spare IS NULL": false,
		"spare = 1 OR lit": true, "spare = 1 AND fee": false, "NOT (spare = 1 AND fee)": true, "NOT (spare = 1 AND lit)": false,
		"NOT (spare = 1 OR lit)": false, "spare IN (1, 2)": false, "spare NOT IN (1, 2)": false,
		"capacity IN (spare, 20)": true, "capacity IN (spare, 21)": false, "capacity NOT IN (spare, 21)": false,
		"capacity BETWEEN spare AND 10": false, "capacity NOT BETWEEN spare AND 10": true, "capacity NOT BETWEEN spare AND 30": false,
		"ends_on > surveyed_on": false, "ends_on IS NULL": true, "extra IS NULL": true, "extra IS NOT NULL": false, "lit IS NOT NULL": true,
		"capacity + spare IS NULL": true, "CASEI(name) IS NULL": false, "'a' IS NULL": false, "5 IS NOT NULL": true,
	} {
		if got := matches(compiled(t, text), toilet); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestCompileErrors(t *testing.T) {
	for _, c := range []struct {
		text string
		kind error
		at   int
		en   string
	}{
		{"nope = 1", ErrField, 1, "no field “nope”"},
		{"lit AND 宽度 > 1", ErrField, 9, "no field “宽度”"},
		{"grade = 'class_9'", ErrType, 9, "class_1 Class 1, class_2 Class 2"},
		{"grade IN ('一类', '三类')", ErrType, 17, "“grade” has no value “三类”"},
		{"capacity = '5'", ErrType, 12, "this is a text, expected a number"},
		{"capacity = lit", ErrType, 12, "“lit” is true or false, expected a number"},
		{"name = 5", ErrType, 8, "this is a number, expected a text"},
		{"capacity", ErrType, 1, "“capacity” is a number, expected true or false"},
		{"fee OR NOT name", ErrType, 12, "“name” is a text, expected true or false"},
		{"name + 1 = 2", ErrType, 1, "“name” is a text, expected a number"},
		{"capacity LIKE '2%'", ErrType, 1, "“capacity” is a number, expected a text"},
		{"surveyed_on LIKE '2025%'", ErrType, 1, "“surveyed_on” is a date, expected a text"},
		{"CASEI(capacity) = 'x'", ErrType, 7, "expected a text"},
		{"surveyed_on = '30.6.2025'", ErrType, 15, "a date such as"},
		{"surveyed_on > TIMESTAMP('2025-01-01T00:00:00Z')", ErrType, 15, "this is a time, expected a date"},
		{"updated_at > DATE('2025-01-01')", ErrType, 14, "this is a date, expected a time"},
		{"updated_at > 'yesterday'", ErrType, 14, "a time such as"},
		{"name = DATE('2025-01-01')", ErrType, 8, "this is a date, expected a text"},
		{"capacity BETWEEN 1 AND 'x'", ErrType, 24, "expected a number"},
		{"extra = 'x'", ErrType, 1, "cannot be compared"},
		{"T_AFTER(name, DATE('2025-01-01'))", ErrType, 9, "“name” is a text, expected a date"},
		{"lit AND S_WITHIN(geom, BBOX(1,2,3,4))", ErrUnsupported, 9, "S_WITHIN is not supported"},
		{"T_DURING(surveyed_on, INTERVAL('2025-01-01', lit))", ErrType, 46, "“lit” is true or false, expected a date"},
		{"T_AFTER(surveyed_on, INTERVAL('2025-02-01', '2025-01-31'))", ErrType, 22, "ends before it begins"},
		{"T_AFTER(updated_at, INTERVAL('2025-02-01', '..'))", ErrType, 30, "this is a date, expected a time"},
		{"INTERVAL(name, '..') IS NULL", ErrType, 10, "“name” is a text, expected a date"},
		{"A_CONTAINS(name, ('a'))", ErrUnsupported, 1, "A_CONTAINS is not supported"},
		{"avg(capacity) > 1", ErrUnsupported, 1, "the function avg is not supported"},
		{"lit OR odd(capacity)", ErrUnsupported, 8, "the function odd is not supported"},
		{"POINT(1 2) IS NULL", ErrUnsupported, 1, "a geometry is not supported"},
		{"(lit = 5) IS NULL", ErrType, 8, "expected true or false"},
	} {
		f, err := Parse(c.text)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		_, err = f.Compile(sampleField)
		var e *Error
		switch {
		case !errors.Is(err, c.kind) || !errors.As(err, &e):
			t.Errorf("%q: %v, want %v", c.text, err, c.kind)
		case e.At != c.at || !strings.Contains(e.En, c.en) || e.Zh == "" || strings.Contains(e.Zh+e.En, "%!"):
			t.Errorf("%q: %d %q %q, want %d %q", c.text, e.At, e.En, e.Zh, c.at, c.en)
		}
	}
}

func TestTooManyConditions(t *testing.T) {
	var b strings.Builder
	b.WriteString("lit")
	for i := range MaxTests {
		fmt.Fprintf(&b, " OR spare=%d", i)
	}
	f, err := Parse(b.String())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Compile(sampleField); !errors.Is(err, ErrTooLong) {
		t.Error(err)
	}
}

// What says the same of the same fields is one test.
func TestSharedTests(t *testing.T) {
	p := compiled(t, `capacity > 3 AND (3 < capacity OR NOT "capacity" > 3.0) AND grade = '一类' AND NOT grade = 'class_1'
		AND (lit OR lit = TRUE OR NOT lit) AND name LIKE 'a%' AND name NOT LIKE 'a%' AND capacity < spare`)
	var fields []string
	for _, test := range p.Tests() {
		fields = append(fields, strings.Join(test.Fields, " "))
	}
	if diff := cmp.Diff([]string{"capacity", "grade", "lit", "name", "capacity spare"}, fields); diff != "" {
		t.Error(diff)
	}
}

// No more tests are asked than it takes.
func TestShortCircuit(t *testing.T) {
	p := compiled(t, "lit AND (capacity = 1 OR fee) AND NOT (spare = 1 AND name = 'x')")
	for answers, want := range map[string]string{ // of the tests in turn: False, Unknown, True
		"F": "0", "U": "0", "TFF": "012", "TUU": "012", "TT-F": "013", "TFTF": "0123", "TT-TF": "0134", "TT-UU": "0134", "TT-TT": "0134",
	} {
		var asked []byte
		p.Match(func(test int) Truth {
			asked = append(asked, byte('0'+test))
			return Truth(strings.IndexByte("FUT", answers[test]))
		})
		if got := string(asked); got != want {
			t.Errorf("%q asked %q, want %q", answers, got, want)
		}
	}
}

// TestThreeValues holds programs against the truth tables of the standard for all values of three fields.
func TestThreeValues(t *testing.T) {
	parts := []string{"lit", "fee", "spare = 1", "NOT lit", "NOT (fee)", "TRUE", "FALSE", "1/0 = 1"}
	var texts []string
	for _, a := range parts {
		for _, b := range parts {
			for _, c := range parts {
				texts = append(texts, a+" AND ("+b+" OR "+c+")", "NOT ("+a+" AND "+b+") OR NOT ("+b+" OR NOT "+c+")", "NOT ("+a+" OR NOT ("+b+" AND "+c+"))")
			}
		}
	}
	for _, text := range texts {
		f, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		p, err := f.Compile(sampleField)
		if err != nil {
			t.Fatal(err)
		}
		for _, lit := range []any{nil, false, true} {
			for _, fee := range []any{nil, false, true} {
				for _, spare := range []any{nil, int64(0), int64(1)} {
					row := map[string]any{"lit": lit, "fee": fee, "spare": spare}
					if got, want := matches(p, row), slowly(t, f.root, row) == True; got != want {
						t.Fatalf("%s of %v: %v, want %v", text, row, got, want)
					}
				}
			}
		}
	}
}

// slowly evaluates AND, OR and NOT as the standard's truth table has them, all else by a program of its own.
func slowly(t *testing.T, n *node, row map[string]any) Truth {
	switch {
	case n.is("not"):
		return True - slowly(t, n.args[0], row)
	case n.is("and"), n.is("or"):
		result := slowly(t, n.args[0], row)
		for _, a := range n.args[1:] {
			if n.is("and") {
				result = min(result, slowly(t, a, row))
			} else {
				result = max(result, slowly(t, a, row))
			}
		}
		return result
	}
	c := &compiler{filter: &Filter{}, field: sampleField, program: &Program{}, numbers: map[string]int{}}
	if n.temporal() {
		expanded, err := c.expand(n)
		if err != nil {
			t.Fatal(err)
		}
		return slowly(t, expanded, row)
	}
	p, err := c.predicate(n)
	if err != nil {
		t.Fatal(err)
	}
	return ask(Test{Fields: c.scope, Of: p.of}, row)
}

func TestLike(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true}, {"", "a", false}, {"%", "", true}, {"%%", "", true}, {"_", "", false}, {"_", "中", true}, {"__", "中", false},
		{"a%", "abc", true}, {"%c", "abc", true}, {"a%c", "ac", true}, {"a%a", "a", false}, {"%b%", "abc", true}, {"%_b_%", "abc", true},
		{"%_b_%", "ab", false}, {"a_c", "a中c", true}, {"%a_", "xxa中", true}, {"%a_", "xxa", false}, {"_%_", "中", false}, {"_%_", "中文", true},
		{"%ab%ab%", "abab", true}, {"%ab%ab%", "abxb", false}, {"%a_b%a_b", "a1ba2b", true}, {"%a_b%a_b", "a1b", false},
		{`50\%`, "50%", true}, {`50\%`, "500", false}, {`a\_b`, "a_b", true}, {`a\_b`, "axb", false}, {`a\\%`, `a\x`, true}, {`\x`, "x", true},
		{"%%%_%%", "", false}, {"%%%_%%", "中", true}, {"中%文", "中间的文", true}, {"_\xe4", "x\xe4", true},
	} {
		if got := newPattern(c.pattern).matches(c.text); got != c.want {
			t.Errorf("%q LIKE %q: %v", c.text, c.pattern, got)
		}
	}
}

func TestFolding(t *testing.T) {
	for _, same := range [][2]string{{"Straße", "STRASSE"}, {"ΟΔΟΣ", "οδος"}, {"ΟΔΟΣ", "οδοσ"}, {"Ａ１", "ａ１"}, {"København", "KØBENHAVN"}} {
		if a, b := foldCase(same[0]), foldCase(same[1]); a != b {
			t.Errorf("%q and %q fold to %q and %q", same[0], same[1], a, b)
		}
	}
	for from, want := range map[string]string{"débárquér": "debarquer", "Chișinău": "Chisinau", "ガ": "ガ", "胶州市": "胶州市", "한글": "한글", "हिंदी": "हिंदी", "ά": "α"} {
		if got := foldAccents(from); got != want {
			t.Errorf("%q without accents is %q, want %q", from, got, want)
		}
	}
}

func BenchmarkMatch(b *testing.B) {
	p := compiled(b, "fee AND (capacity > 3 OR lit)")
	truths := []Truth{True, False, True}
	truth := func(test int) Truth { return truths[test] }
	b.ReportAllocs()
	for b.Loop() {
		if !p.Match(truth) {
			b.Fatal("no match")
		}
	}
}

func BenchmarkParseCompile(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		f, err := Parse("grade = '一类' AND (capacity > 3 OR lit) AND name LIKE '%公厕%'")
		if err != nil {
			b.Fatal(err)
		}
		if _, err := f.Compile(sampleField); err != nil {
			b.Fatal(err)
		}
	}
}

// FuzzCompile: what can be read is compiled or refused in words, whatever the fields are, and a program says what its tree says.
func FuzzCompile(f *testing.F) {
	for _, seed := range []string{
		"capacity > 3 AND NOT (lit OR grade IN ('一类', 'class_2')) OR name LIKE '%a_\\%'", "surveyed_on BETWEEN '2025-01-01' AND ends_on",
		"casei(name) <> accenti(casei(code)) OR extra IS NULL", "updated_at > timestamp('2026-01-01T00:00:00Z') AND t_after(surveyed_on, date('2025-01-01'))",
		"-capacity ^ 0.5 % spare DIV width_m / 0 = 1 OR NOT TRUE", "f(lit) AND s_within(extra, POINT(1 2))", "lit IN (fee, TRUE) AND 'a' = 'a'",
	} {
		f.Add(seed, uint16(0))
	}
	f.Fuzz(func(t *testing.T, text string, known uint16) {
		parsed, err := Parse(text)
		if err != nil {
			return
		}
		p, err := parsed.Compile(sampleField)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.At < 1 || e.At > len(text)+1 || e.Zh == "" || e.En == "" {
				t.Fatalf("%q: %#v", text, err)
			}
			return
		}
		row := map[string]any{}
		for i, field := range sample {
			if known>>i&1 == 1 {
				row[field.Name] = toilet[field.Name]
			}
		}
		if got, want := matches(p, row), slowly(t, parsed.root, row) == True; got != want {
			t.Fatalf("%q of %v: %v, want %v", text, row, got, want)
		}
		if _, err := again(t, parsed).Compile(sampleField); err != nil {
			t.Fatalf("%q compiles, its canonical text does not: %v", text, err)
		}
	})
}
