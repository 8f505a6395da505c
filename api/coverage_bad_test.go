package api

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"wangge/grid/rights"
)

// badQuestion is a line of a file of testdata/bad.
type badQuestion struct{ status, code, faults, method, path, body string }

// badQuestions reads a file of testdata/bad, with what is too long for a line put in.
func badQuestions(t *testing.T, file string) (list []badQuestion) {
	t.Helper()
	text, err := os.ReadFile("testdata/bad/" + file)
	if err != nil {
		t.Fatal(err)
	}
	many := regexp.MustCompile(`\{(points|changes):(\d+)\}`)
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		line = strings.ReplaceAll(strings.TrimSuffix(line, "\n"), "{L}", strings.Repeat("x", 1000))
		line = many.ReplaceAllStringFunc(line, func(s string) string {
			m := many.FindStringSubmatch(s)
			n, _ := strconv.Atoi(m[2])
			one := `{"lon":120,"lat":36.27}`
			if m[1] == "changes" {
				one = `{"op":"add","service":"public_toilet","at":[120,36.27]}`
			}
			return "[" + strings.TrimSuffix(strings.Repeat(one+",", n), ",") + "]"
		})
		part := strings.SplitN(line, " ", 6)
		if len(part) != 6 {
			t.Fatalf("not a line of the table: %.100q", line)
		}
		list = append(list, badQuestion{part[0], part[1], part[2], part[3], part[4], strings.TrimPrefix(part[5], "-")})
	}
	return list
}

// Every bad question gets its documented answer, in both languages, and names all that is wrong.
func TestBadCoverage(t *testing.T) {
	w := newTown(t)
	w.settle(t)
	who := w.as(t, rights.Planner) // scenarios are not for everybody
	list := badQuestions(t, "coverage.txt")
	if len(list) < 150 {
		t.Errorf("only %d bad questions", len(list))
	}
	for _, b := range list {
		w.refuses(t, b, "/api/v1/coverage", who...)
	}
}

// refuses asks a bad question below an address and holds the answer against what is documented.
func (w *town) refuses(t *testing.T, b badQuestion, below string, headers ...string) {
	t.Helper()
	a := w.send(t, b.method, below+b.path, strings.NewReader(b.body), append([]string{"Content-Type", "application/json"}, headers...)...)
	p := problemOf(t, a)
	var faults []string
	for _, f := range p.Errors {
		name := f.Parameter
		if f.Pointer != nil {
			name = *f.Pointer
		}
		faults = append(faults, name)
		if f.Detail == "" || f.DetailEn == "" {
			t.Errorf("%s %s: a fault without words", b.method, b.path)
		}
	}
	slices.Sort(faults)
	named := strings.Join(slices.Compact(faults), ",")
	if named == "" {
		named = "-"
	}
	if fmt.Sprint(p.Status) != b.status || p.Type != b.code || named != b.faults {
		t.Errorf("%s %.100s %.200s: %d %s %s, want %s %s %s\n%.400s", b.method, b.path, b.body, p.Status, p.Type, named, b.status, b.code, b.faults, a.body)
	}
}
