package cql2

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestBad: each filter of testdata/bad.txt is refused for the reason and at the place that stand beside it.
func TestBad(t *testing.T) {
	data, err := os.ReadFile("testdata/bad.txt")
	if err != nil {
		t.Fatal(err)
	}
	count, isJSON := 0, false
	for i, line := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			isJSON = isJSON || strings.HasPrefix(line, "# JSON")
			continue
		}
		cells := strings.SplitN(line, "\t", 3)
		if len(cells) != 3 {
			t.Fatalf("line %d: %q", i+1, line)
		}
		count++
		if got := refusal(t, cells[2], isJSON); got != cells[0]+"\t"+cells[1] {
			t.Errorf("line %d: %s: %s", i+1, cells[2], got)
		}
	}
	if count < 90 {
		t.Errorf("only %d filters", count)
	}
}

// refusal gives the kind of a filter's error and its place.
func refusal(t *testing.T, filter string, isJSON bool) string {
	parse := Parse
	if isJSON {
		parse = func(text string) (*Filter, error) { return ParseJSON([]byte(text)) }
	}
	f, err := parse(filter)
	if err == nil {
		_, _, err = f.SQL(sampleColumns)
	}
	var e *Error
	if !errors.As(err, &e) || e.Zh == "" || e.En == "" || strings.Contains(e.Zh+e.En, "%!") {
		t.Errorf("%s: %#v", filter, err)
		return ""
	}
	if testing.Verbose() {
		t.Logf("%s\n%s\n%s", filter, e.Zh, e.En)
	}
	place := fmt.Sprint(e.At)
	switch {
	case isJSON && e.Pointer != "":
		place = e.Pointer
	case isJSON:
		place = "@" + place
	}
	for name, kind := range map[string]error{"syntax": ErrSyntax, "field": ErrField, "type": ErrType, "unsupported": ErrUnsupported, "long": ErrTooLong, "deep": ErrTooDeep} {
		if errors.Is(err, kind) {
			return name + "\t" + place
		}
	}
	return err.Error()
}
