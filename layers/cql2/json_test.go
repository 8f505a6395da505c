package cql2

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// throughJSON reads the filter's JSON.
func throughJSON(t testing.TB, f *Filter) *Filter {
	t.Helper()
	data := f.JSON()
	if !json.Valid(data) {
		t.Fatalf("%q has JSON that is none: %s", f, data)
	}
	if len(data) > JSONLimit {
		return f
	}
	g, err := ParseJSON(data)
	if err != nil {
		t.Fatalf("%q has JSON that is not read: %s: %v", f, data, err)
	}
	if !same(f.root, g.root) {
		t.Fatalf("%q and its JSON %s differ:\n%s", f, data, cmp.Diff(f.root, g.root, sameTree()))
	}
	if g.String() != f.String() || !bytes.Equal(g.JSON(), data) {
		t.Fatalf("%q became %q, %s became %s", f, g, data, g.JSON())
	}
	return g
}

// What the standard writes for text.
func TestJSON(t *testing.T) {
	for text, want := range map[string]string{
		"status = '完好' AND NOT capacity > 20": `{"op":"and","args":[{"op":"=","args":[{"property":"status"},"完好"]},{"op":"not","args":[{"op":">","args":[{"property":"capacity"},20]}]}]}`,
		"a OR TRUE":                    `{"op":"or","args":[{"property":"a"},true]}`,
		"a <> b AND a <= 1.5":          `{"op":"and","args":[{"op":"<>","args":[{"property":"a"},{"property":"b"}]},{"op":"<=","args":[{"property":"a"},1.5]}]}`,
		"a NOT LIKE 'x<%'":             `{"op":"not","args":[{"op":"like","args":[{"property":"a"},"x<%"]}]}`,
		"a BETWEEN -1 AND 2":           `{"op":"between","args":[{"property":"a"},-1,2]}`,
		"a IN (1, 'b')":                `{"op":"in","args":[{"property":"a"},[1,"b"]]}`,
		"a IS NULL":                    `{"op":"isNull","args":[{"property":"a"}]}`,
		"CASEI(a) = ACCENTI('Ö')":      `{"op":"=","args":[{"op":"casei","args":[{"property":"a"}]},{"op":"accenti","args":["Ö"]}]}`,
		"-a + b DIV 2 % 3 = c ^ 2 / 4": `{"op":"=","args":[{"op":"+","args":[{"op":"*","args":[-1,{"property":"a"}]},{"op":"%","args":[{"op":"div","args":[{"property":"b"},2]},3]}]},{"op":"/","args":[{"op":"^","args":[{"property":"c"},2]},4]}]}`,
		"d = DATE('2026-01-31')":       `{"op":"=","args":[{"property":"d"},{"date":"2026-01-31"}]}`,
		"d > TIMESTAMP('2026-01-31T08:00:00.1234567+08:00')":                              `{"op":">","args":[{"property":"d"},{"timestamp":"2026-01-31T00:00:00.123456Z"}]}`,
		"T_FINISHEDBY(INTERVAL(a, '..'), INTERVAL('2026-01-01', '2026-01-01T00:00:00Z'))": `{"op":"t_finishedBy","args":[{"interval":[{"property":"a"},".."]},{"interval":["2026-01-01","2026-01-01T00:00:00Z"]}]}`,
		"S_WITHIN(geom, BBOX(1, 2, 3, 4))":                                                `{"op":"s_within","args":[{"property":"geom"},{"bbox":[1,2,3,4]}]}`,
		"S_EQUALS(POINT(1 2), POINT Z (1 2 3))":                                           `{"op":"s_equals","args":[{"type":"Point","coordinates":[1,2]},{"type":"Point","coordinates":[1,2,3]}]}`,
		"S_EQUALS(g, LINESTRING(1 2, 3 4))":                                               `{"op":"s_equals","args":[{"property":"g"},{"type":"LineString","coordinates":[[1,2],[3,4]]}]}`,
		"S_EQUALS(g, POLYGON((0 0, 1 0, 1 1, 0 0)))":                                      `{"op":"s_equals","args":[{"property":"g"},{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}]}`,
		"S_EQUALS(g, MULTIPOINT((1 2), (3 4)))":                                           `{"op":"s_equals","args":[{"property":"g"},{"type":"MultiPoint","coordinates":[[1,2],[3,4]]}]}`,
		"S_EQUALS(g, MULTILINESTRING((1 2, 3 4)))":                                        `{"op":"s_equals","args":[{"property":"g"},{"type":"MultiLineString","coordinates":[[[1,2],[3,4]]]}]}`,
		"S_EQUALS(g, MULTIPOLYGON(((0 0, 1 0, 1 1, 0 0))))":                               `{"op":"s_equals","args":[{"property":"g"},{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]]]}]}`,
		"S_EQUALS(g, GEOMETRYCOLLECTION(POINT(1 2), GEOMETRYCOLLECTION(POINT(3 4))))":     `{"op":"s_equals","args":[{"property":"g"},{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]},{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[3,4]}]}]}]}`,
		"A_CONTAINS(tags, ('a', (), (1, 2)))":                                             `{"op":"a_contains","args":[{"property":"tags"},["a",[],[1,2]]]}`,
		"A_EQUALS(tags, (1))":                                                             `{"op":"a_equals","args":[{"property":"tags"},[1]]}`,
		`odd("say ""hi""\", 'a\tb\\', NOT a)`:                                             `{"op":"odd","args":[{"property":"say \"hi\"\\"},"a\tb\\",{"op":"not","args":[{"property":"a"}]}]}`,
	} {
		f, err := Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if diff := cmp.Diff(want, string(f.JSON())); diff != "" {
			t.Errorf("%s:\n%s", text, diff)
		}
		again(t, throughJSON(t, f))
	}
}

// What JSON can say in more than one way.
func TestJSONSpellings(t *testing.T) {
	for data, want := range map[string]string{
		` { "args" : [ {"property" : "a"} , 1e3 ] , "op" : "=" } `:                                                                  "a = 1000",
		`{"op":"and","args":[{"op":"and","args":[true,false]},{"property":"a"}]}`:                                                   "TRUE AND FALSE AND a",
		`{"op":"t_after","args":[{"property":"a"},{"interval":[{"date":"2026-01-01"},{"timestamp":"2026-01-01T08:00:00+08:00"}]}]}`: "T_AFTER(a, INTERVAL('2026-01-01', '2026-01-01T00:00:00Z'))",
		`{"op":"s_within","args":[{"property":"geom"},{"bbox":[0,0,1,1],"type":"Point","coordinates":[1,2]}]}`:                      "S_WITHIN(geom, POINT(1 2))",
		`{"op":"=","args":[{"property":"\u540d\ud83d\ude00 x"},"\/"]}`:                                                              `"名😀 x" = '/'`,
		`true`: "TRUE",
	} {
		f, err := ParseJSON([]byte(data))
		if err != nil {
			t.Errorf("%s: %v", data, err)
			continue
		}
		if f.String() != want {
			t.Errorf("%s became %s, want %s", data, f, want)
		}
		again(t, f)
	}
}

// A filter from JSON is compiled as one from text, and its errors point into the JSON.
func TestJSONCompiles(t *testing.T) {
	f, err := ParseJSON([]byte(`{"op":"and","args":[{"op":"=","args":[{"property":"grade"},"一类"]},{"op":">","args":[{"property":"capacity"},19]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	p, err := f.Compile(sampleField)
	if err != nil || !matches(p, toilet) {
		t.Errorf("%v", err)
	}
	f, err = ParseJSON([]byte(`{"op":"or","args":[{"property":"lit"},{"op":"in","args":[{"property":"grade"},["一类","三类"]]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Compile(sampleField)
	var e *Error
	if !errors.As(err, &e) || e.Pointer != "/args/1/args/1/1" || !errors.Is(err, ErrType) || !strings.Contains(e.Error(), "/args/1/args/1/1: ") {
		t.Errorf("%#v", err)
	}
}

// Bounds hold, and what is refused for its size is refused soon.
func TestJSONBounds(t *testing.T) {
	nested := func(before, after string, times int) string {
		return strings.Repeat(before, times) + "true" + strings.Repeat(after, times)
	}
	var members strings.Builder
	for i := range 6000 {
		fmt.Fprintf(&members, `"%d":1,`, i)
	}
	for name, c := range map[string]struct {
		data    string
		kind    error
		pointer string
	}{
		"bytes":       {`"` + strings.Repeat("x", JSONLimit) + `"`, ErrTooLong, ""},
		"NOT":         {nested(`{"op":"not","args":[`, "]}", height), ErrTooDeep, strings.Repeat("/args/0", height)},
		"NOT, much":   {nested(`{"op":"not","args":[`, "]}", 2000), ErrTooDeep, strings.Repeat("/args/0", 100) + "/op"},
		"arrays":      {nested("[", "]", 9000), ErrTooDeep, strings.Repeat("/0", 3*Depth+9)},
		"deep JSON":   {strings.Repeat("[", 20000), ErrSyntax, ""},
		"members":     {"{" + members.String() + `"x":1}`, ErrSyntax, "/8"},
		"collections": {`{"op":"f","args":[` + strings.Replace(nested(`{"type":"GeometryCollection","geometries":[`, "]}", height), "true", `{"type":"Point","coordinates":[1,2]}`, 1) + "]}", ErrTooDeep, "/args/0" + strings.Repeat("/geometries/0", height-1)},
	} {
		began := time.Now()
		_, err := ParseJSON([]byte(c.data))
		var e *Error
		if !errors.As(err, &e) || !errors.Is(err, c.kind) || e.Pointer != c.pointer || time.Since(began) > 2*time.Second {
			t.Errorf("%s: %v, at %q, after %v", name, err, fmt.Sprintf("%.2000v", e.Pointer), time.Since(began))
		}
	}
	if _, err := ParseJSON([]byte(nested(`{"op":"not","args":[`, "]}", height-1))); err != nil {
		t.Error(err)
	}
}

func FuzzJSON(f *testing.F) {
	for _, seed := range []string{
		`{"op":"and","args":[{"op":"=","args":[{"property":"a"},-1.5e3]},{"op":"not","args":[{"op":"like","args":[{"op":"casei","args":[{"property":"b"}]},"x\\%"]}]}]}`,
		`{"op":"t_during","args":[{"interval":["..","2026-01-01"]},{"interval":[{"property":"a"},{"op":"f","args":[[],[true,"x"]]}]}]}`,
		`{"op":"s_within","args":[{"type":"GeometryCollection","geometries":[{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]]]}]},{"bbox":[1,2,3,4]}]}`,
		`{"op":"a_equals","args":[[1,[2,3]],{"property":"x"}]}`, `{"op":"in","args":[{"date":"2026-01-01"},[{"timestamp":"2026-01-01T00:00:00Z"},"",null]]}`,
		`{"op":"between","args":[{"op":"^","args":[{"op":"div","args":[1,2]},3]},1,{"property":"~/"}]}`, `{"op":"isNull","args":[{"op":"or","args":[true,false]}]}`,
		`{"op":"or","args":[1,]}`, `[`, `{"op":"a","op":"b"}`, "\"\xff\"", `{"op":"f","args":["\ud800\u0000"]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		began := time.Now()
		parsed, err := ParseJSON(data)
		if took := time.Since(began); took > time.Second {
			t.Fatalf("%d bytes took %v", len(data), took)
		}
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.At < 1 || e.At > len(data)+1 || e.Zh == "" || e.En == "" {
				t.Fatalf("%q: %#v", data, err)
			}
			return
		}
		throughJSON(t, again(t, parsed))
	})
}
