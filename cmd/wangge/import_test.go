package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wangge/fixtures/pgtest"
)

const (
	goodToilet = `{"type":"Feature","properties":{"code":"T1","name":"甲"},"geometry":{"type":"Point","coordinates":[120.02,36.22]}}`
	nullIsland = `{"type":"Feature","properties":{"code":"T2"},"geometry":{"type":"Point","coordinates":[0,0]}}`
)

// inFolder runs a command in a folder of the test's own, with a record of its own.
func inFolder(t *testing.T) (folder string, run1 func(args ...string) (code int, stdout, stderr string)) {
	t.Helper()
	folder = t.TempDir()
	t.Chdir(folder)
	t.Setenv("DATABASE_URL", pgtest.DB(t).Config().ConnString())
	return folder, func(args ...string) (int, string, string) {
		var out, err bytes.Buffer
		code := run(t.Context(), args, nil, &out, &err)
		return code, out.String(), err.String()
	}
}

func put(t *testing.T, name string, lines ...string) string {
	t.Helper()
	if err := os.WriteFile(name, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestImportCommand(t *testing.T) {
	folder, run := inFolder(t)
	file := put(t, "toilets.geojsonl", goodToilet, nullIsland)
	args := []string{"import", "--json", "--layer", "public_toilet", "--datum", "wgs84", "--new-area", file}
	code, out, stderr := run(args...)
	if code != 0 || strings.Count(out, "\n") != 1 {
		t.Fatalf("exit %d: %s%s", code, out, stderr)
	}
	var counts struct {
		Read, Inserted, Updated, Unchanged, Rejected int
		Revision                                     string
	}
	if err := json.Unmarshal([]byte(out), &counts); err != nil {
		t.Fatal(err)
	}
	if counts.Read != 2 || counts.Inserted != 1 || counts.Rejected != 1 || counts.Revision == "" {
		t.Errorf("%+v", counts)
	}
	report, err := os.ReadFile(filepath.Join(folder, "toilets.report.jsonl"))
	if err != nil || !strings.Contains(string(report), `{"row":2,"layer":"public_toilet","code":"null_island","zh":"坐标为 0,0"`) {
		t.Errorf("%v %s", err, report)
	}
	if code, out, _ = run(args...); code != 0 || !strings.Contains(out, `"inserted":0,"updated":0,"unchanged":1`) || !strings.Contains(out, counts.Revision) {
		t.Errorf("again: exit %d: %s", code, out)
	}
	if code, out, stderr = run("check", "--json"); code != 0 || !strings.Contains(out, `"differences":0`) {
		t.Errorf("check: exit %d: %s%s", code, out, stderr)
	}
}

func TestReportGoesWhereItIsTold(t *testing.T) {
	_, run := inFolder(t)
	good, bad := put(t, "good.geojson", goodToilet), put(t, "bad.geojson", nullIsland)
	common := []string{"import", "--layer", "public_toilet", "--datum", "wgs84", "--new-area"}
	for _, want := range []bool{true, false} { // first the new area is reported, then there is nothing left to say
		if code, _, stderr := run(append(common, good)...); code != 0 {
			t.Fatal(stderr)
		}
		if _, err := os.Stat("good.report.jsonl"); (err == nil) != want {
			t.Errorf("a report is there: %v, want %t", err, want)
		}
	}
	if code, _, stderr := run(append(common, "--report", "r.jsonl", bad)...); code != 1 || !strings.Contains(stderr, "every feature was rejected") {
		t.Errorf("all rejected: exit %d %s", code, stderr)
	}
	if b, err := os.ReadFile("r.jsonl"); err != nil || bytes.Count(b, []byte("\n")) != 1 {
		t.Errorf("%v %s", err, b)
	}
	if code, _, _ := run(append(common, "--report", "no/such/folder/r.jsonl", good)...); code != 1 {
		t.Errorf("a report that cannot be written: exit %d", code)
	}
	left, err := filepath.Glob(".*")
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// TestImportExitCodes: 2 for wrong use, 1 for a fault of the file, each with a sentence; nothing is written.
func TestImportExitCodes(t *testing.T) {
	_, run := inFolder(t)
	good := put(t, "good.geojson", goodToilet)
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"no datum":             {[]string{"--layer", "public_toilet", good}, 2, "必须用 --datum"},
		"no order of axes":     {[]string{"--layer", "public_toilet", "--datum", "EPSG:4549", good}, 2, "--axes"},
		"an unknown datum":     {[]string{"--layer", "public_toilet", "--datum", "EPSG:2437", good}, 2, "EPSG:2437"},
		"an unknown layer":     {[]string{"--layer", "toilets", "--datum", "wgs84", good}, 2, "public_toilet"},
		"an unknown field":     {[]string{"--layer", "public_toilet", "--datum", "wgs84", "--map", "colour=x", good}, 2, "male_stalls"},
		"an unknown value":     {[]string{"--layer", "public_toilet", "--datum", "wgs84", "--set", "grade=palace", good}, 2, "class_1"},
		"no pair":              {[]string{"--layer", "public_toilet", "--datum", "wgs84", "--set", "grade", good}, 2, "FIELD="},
		"no file":              {[]string{"--datum", "wgs84", "none.geojson"}, 1, "none.geojson"},
		"an empty file":        {[]string{"--datum", "wgs84", put(t, "empty.geojson")}, 1, "empty"},
		"a cut file":           {[]string{"--datum", "wgs84", "--layer", "public_toilet", put(t, "cut.geojson", goodToilet[:70])}, 1, "cut short"},
		"no layer":             {[]string{"--datum", "wgs84", "--new-area", good}, 1, "every feature was rejected"},
		"outside all regions":  {[]string{"--datum", "wgs84", "--layer", "public_toilet", good}, 1, "every feature was rejected"},
		"a folder":             {[]string{"--datum", "wgs84", "."}, 1, "GeoJSON"},
		"something else":       {[]string{"--datum", "wgs84", put(t, "a.doc", "lon,lat", "1,2")}, 1, "GeoJSON"},
		"more than one of two": {[]string{"--datum", "wgs84", good, good}, 2, "unexpected"},
	} {
		code, out, stderr := run(append([]string{"import"}, c.args...)...)
		if code != c.code || !strings.Contains(out+stderr, c.says) {
			t.Errorf("%s: exit %d, want %d: %s%s", name, code, c.code, out, stderr)
		}
	}
	if code, out, stderr := run("check"); code != 0 || !strings.Contains(out, "checked 已核对 0") {
		t.Errorf("something was written: %d %s%s", code, out, stderr)
	}
}
