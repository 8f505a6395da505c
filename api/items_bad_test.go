package api

import (
	"bufio"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Every bad request for items has its documented answer.
func TestBadItems(t *testing.T) {
	w := newTown(t)
	file, err := os.Open("testdata/bad/items.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	tried := 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		parts := strings.Fields(lines.Text())
		if len(parts) != 4 {
			t.Fatalf("%q", lines.Text())
		}
		a := w.get(t, parts[3])
		p := problemOf(t, a)
		var faults []string
		for _, f := range p.Errors {
			faults = append(faults, f.Parameter)
			if f.Detail == "" || f.DetailEn == "" {
				t.Errorf("%s: %+v", parts[3], f)
			}
		}
		slices.Sort(faults)
		named := strings.Join(slices.Compact(faults), ",")
		if named == "" {
			named = "-"
		}
		if strconv.Itoa(a.StatusCode) != parts[0] || p.Type != parts[1] || named != parts[2] {
			t.Errorf("%s: %d %s %s, want %s\n%s", parts[3], a.StatusCode, p.Type, named, strings.Join(parts[:3], " "), a.body)
		}
		tried++
	}
	if tried < 40 {
		t.Errorf("only %d requests", tried)
	}
}
