package cql2

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"wangge/layers"
)

// corpusDir is the folder of the standard's abstract test suite, or the test is skipped.
func corpusDir(t testing.TB) string {
	t.Helper()
	root := os.Getenv("WANGGE_REAL_DATA")
	if root == "" {
		t.Skip("WANGGE_REAL_DATA is not set: no CQL2 corpus to read")
	}
	dir := filepath.Join(root, "cql2")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no CQL2 corpus: %v", err)
	}
	return dir
}

// example is a predicate of the test suite and how many items it must find.
type example struct {
	class, collection, text string
	count                   int
}

func examples(t testing.TB) []example {
	t.Helper()
	file, err := os.Open(filepath.Join(corpusDir(t), "ats-predicates.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var all []example
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		cells := strings.Split(lines.Text(), "\t")
		if len(cells) != 5 || cells[0] == "conformance_class" {
			continue
		}
		count, err := strconv.Atoi(cells[4])
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, example{cells[0], cells[2], cells[3], count})
	}
	if len(all) != 274 || lines.Err() != nil {
		t.Fatalf("%d predicates, %v", len(all), lines.Err())
	}
	return all
}

func TestCorpusIsRead(t *testing.T) {
	for _, e := range examples(t) {
		f, err := Parse(e.text)
		if err != nil {
			t.Errorf("%s: %v", e.text, err)
			continue
		}
		again(t, f)
	}
}

// miscounted are predicates whose number the test suite has wrong: of its places Chengdu, Chicago and Chișinău begin with Ch, and
// only the last with Chis.
var miscounted = map[string]int{
	"ACCENTI(name) LIKE accenti('Ch%')":                 3,
	"ACCENTI(CASEI(name)) LIKE accenti(casei('Chiș%'))": 1,
	"ACCENTI(CASEI(name)) LIKE accenti(casei('cHis%'))": 1,
}

// TestCorpusCounts: what is not spatial finds as many items as the test suite says.
func TestCorpusCounts(t *testing.T) {
	all := examples(t)
	if _, err := exec.LookPath("ogr2ogr"); err != nil {
		t.Skip("ogr2ogr is not installed: the items of the CQL2 corpus cannot be read")
	}
	type collection struct {
		fields map[string]*layers.Field
		rows   []map[string]any
	}
	collections := map[string]collection{}
	counted := map[string]int{}
	for _, e := range all {
		c, ok := collections[e.collection]
		if !ok {
			c.fields = queryables(t, e.collection)
			c.rows = items(t, e.collection, c.fields)
			collections[e.collection] = c
		}
		f, err := Parse(e.text)
		if err != nil {
			t.Fatal(err)
		}
		p, err := f.Compile(func(name string) *layers.Field { return c.fields[name] })
		upper := strings.ToUpper(e.text)
		if strings.Contains(upper, "S_") {
			if !errors.Is(err, ErrUnsupported) {
				t.Errorf("%s: %v", e.text, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", e.text, err)
			continue
		}
		count := 0
		for _, row := range c.rows {
			if matches(p, row) {
				count++
			}
		}
		want := e.count
		if right, wrong := miscounted[e.text]; wrong {
			want = right
		}
		if count != want {
			t.Errorf("%s of %s: %d items, want %d", e.text, e.collection, count, want)
		}
		counted[e.class]++
	}
	t.Log(counted)
	for _, class := range []string{"basic-cql2", "advanced-comparison-operators", "case-insensitive-comparison", "accent-insensitive-comparison", "arithmetic", "property-property", "temporal-functions"} {
		if counted[class] < 10 {
			t.Errorf("%s: %d predicates counted", class, counted[class])
		}
	}
}

// queryables gives the fields of a collection.
func queryables(t *testing.T, collection string) map[string]*layers.Field {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(corpusDir(t), collection+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Properties map[string]struct{ Type, Format string }
	}
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	fields := map[string]*layers.Field{}
	for name, p := range schema.Properties {
		types := map[string]layers.Type{"string": layers.String, "integer": layers.Integer, "number": layers.Number, "boolean": layers.Boolean,
			"stringdate": layers.Date, "stringdate-time": layers.Time}
		if kind, ok := types[p.Type+p.Format]; ok {
			fields[name] = &layers.Field{Name: name, Type: kind}
		}
	}
	return fields
}

// items reads the properties of a collection as columns would give them.
func items(t *testing.T, collection string, fields map[string]*layers.Field) []map[string]any {
	t.Helper()
	out, err := exec.Command("ogr2ogr", "-f", "GeoJSONSeq", "/vsistdout/", filepath.Join(corpusDir(t), "ne110m4cql2.gpkg"), collection).Output()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]any
	for line := range bytes.Lines(out) {
		var feature struct{ Properties map[string]any }
		if err := json.Unmarshal(line, &feature); err != nil {
			t.Fatal(err)
		}
		row := feature.Properties
		for name, f := range fields {
			switch v := row[name].(type) {
			case float64:
				if f.Type == layers.Integer {
					row[name] = int64(v)
				}
			case string:
				if f.Type == layers.Time {
					row[name] = v + "Z"
				}
			}
		}
		rows = append(rows, row)
	}
	return rows
}
