package main

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"wangge/fixtures/pgtest"
	gridpg "wangge/grid/postgres"
)

// plotSQL is a community without grids and a net whose codes are four digits.
const plotSQL = `
INSERT INTO region (code, name, kind, parent_code, geom) VALUES
    ('370281', '胶州市', 'county', '3702', ST_Multi(ST_MakeEnvelope(119.9, 36.1, 120.2, 36.4, 4490))),
    ('370281001', '阜安街道', 'street', '370281', ST_Multi(ST_MakeEnvelope(119.99, 36.19, 120.02, 36.21, 4490))),
    ('370281001002', '大同社区', 'community', '370281001', ST_Multi(ST_MakeEnvelope(120, 36.2, 120.005, 36.204, 4490)));
INSERT INTO grid_scheme (code, title, title_en, code_pattern, is_exclusive, is_complete) VALUES ('old', '旧网格', 'Old grids', '[{"name": "sequence", "length": 4}]', true, false)`

// gridRecord is a record with plotSQL and a way to run commands on it.
func gridRecord(t *testing.T) (*pgxpool.Pool, func(args ...string) (code int, stdout, stderr string)) {
	t.Helper()
	pool := pgtest.DB(t)
	if _, err := pool.Exec(t.Context(), plotSQL); err != nil {
		t.Fatal(err)
	}
	_, run := inFolder(t)
	t.Setenv("DATABASE_URL", pool.Config().ConnString())
	return pool, run
}

// gridTold is what commands tell as JSON.
type gridTold struct {
	Proposal, Edit       int64
	Grids, Made, Changed int
	State, First, Last   string
	Report               gridpg.ImportReport
}

func told(t *testing.T, code int, out, stderr string) (v gridTold) {
	t.Helper()
	if code != 0 {
		t.Fatalf("exit %d: %s%s", code, out, stderr)
	}
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return v
}

func TestGridMake(t *testing.T) {
	_, run := gridRecord(t)
	call := func(args ...string) gridTold {
		t.Helper()
		code, out, stderr := run(append([]string{"grid"}, args...)...)
		return told(t, code, out, stderr)
	}
	first := call("make", "--region", "370281001002", "--out", "look.geojson", "--json")
	if first.Proposal == 0 || first.State != "open" || first.Grids < 15 || first.Made != 0 {
		t.Errorf("%+v", first)
	}
	if text, err := os.ReadFile("look.geojson"); err != nil || strings.Count(string(text), `"Feature"`) != first.Grids {
		t.Errorf("%v %d", err, len(text))
	}
	second := call("make", "--region", "370281001002", "--target-m2", "20000", "--accept", "--json")
	if second.State != "accepted" || second.Made != second.Grids || second.First != "370281001002001" {
		t.Errorf("%+v", second)
	}
	id := fmt.Sprint(first.Proposal)
	if code, _, stderr := run("grid", "accept", id); code != 1 || !strings.Contains(stderr, "该范围已有网格") {
		t.Errorf("accepted on taken ground: %d %s", code, stderr)
	}
	if got := call("reject", id, "--note", "不用", "--json"); got.State != "rejected" {
		t.Errorf("%+v", got)
	}
	if code, _, stderr := run("grid", "accept", id); code != 1 || !strings.Contains(stderr, "已经采纳或否决") {
		t.Errorf("accepted after all: %d %s", code, stderr)
	}
	if code, out, stderr := run("grid", "list"); code != 0 || !strings.Contains(out, "rejected") || !strings.Contains(out, "total 合计 2") {
		t.Errorf("%d %s%s", code, out, stderr)
	}
	if code, out, stderr := run("grid", "make", "--region", "370281001002"); code != 1 || !strings.Contains(stderr, "该范围已有网格") {
		t.Errorf("%d %s%s", code, out, stderr)
	}
}

// plot is a feature of a square of 0.001 degrees, moved by some.
func plot(properties string, x, y, move float64) string {
	w, s := 120+x*0.001+move, 36.2+y*0.001
	return fmt.Sprintf(`{"type":"Feature","properties":%s,"geometry":{"type":"Polygon","coordinates":[[[%.9f,%.9f],[%.9f,%.9f],[%.9f,%.9f],[%.9f,%.9f],[%.9f,%.9f]]]}}`,
		properties, w, s, w+0.001, s, w+0.001, s+0.001, w, s+0.001, w, s)
}

func TestGridImport(t *testing.T) {
	pool, run := gridRecord(t)
	file := put(t, "旧网格.geojsonl", plot(`{"编号":1.0,"名":"一"}`, 0, 0, 0), plot(`{"编号":"0002","名":"二"}`, 1, 0, 0.000002),
		plot(`{"编号":"0002"}`, 2, 0, 0), plot(`{"编号":"0003.0"}`, 0, 1, 0), plot(`{"编号":"abc"}`, 5, 5, 0), goodToilet)
	args := []string{"grid", "import", "--scheme", "old", "--code", "编号", "--name", "名", "--datum", "wgs84", "--json"}
	if code, _, stderr := run(append(args, "--code", "代码", file)...); code != 2 || !strings.Contains(stderr, "代码") {
		t.Errorf("a field that is not there: %d %s", code, stderr)
	}
	dry := told3(t, run, append(args, "--dry-run", file)...)
	if dry.Proposal != 0 || dry.State != "open" || dry.Report.New != 3 {
		t.Errorf("%+v", dry)
	}
	got := told3(t, run, append(args, "--accept", file)...)
	if got.Made != 3 || got.First != "0001" || got.Report.Refused["not_a_code"] != 1 || got.Report.Refused["duplicate_code"] != 1 || got.Report.Moved == 0 {
		t.Errorf("%+v", got)
	}
	report, err := os.ReadFile("旧网格.report.jsonl")
	if err != nil || strings.Count(string(report), "\n") != 3 || !strings.Contains(string(report), `"row":3,"key":"0002","code":"duplicate_code"`) || !strings.Contains(string(report), "wrong_kind") {
		t.Errorf("%v %s", err, report)
	}
	var name string
	if err := pool.QueryRow(t.Context(), `SELECT name FROM grid WHERE scheme = 'old' AND code = '0002'`).Scan(&name); err != nil || name != "二" {
		t.Errorf("%q %v", name, err)
	}
	again := told3(t, run, append(args, "--accept", file)...)
	if again.Proposal != 0 || again.Report.Unchanged != 3 {
		t.Errorf("imported again: %+v", again)
	}
	moved := put(t, "new.geojsonl", plot(`{"编号":"0002"}`, 1, 1, 0), plot(`{"编号":"0004"}`, 0, 0.3, -0.0005), plot(`{"编号":"0005"}`, 3, 0, 0))
	third := told3(t, run, "grid", "import", "--scheme", "old", "--code", "编号", "--datum", "wgs84", "--json", "--accept", moved)
	if third.Changed != 1 || third.Made != 1 || third.Report.Refused["ground_taken"] != 1 {
		t.Errorf("redrawn: %+v", third)
	}
	if code, _, stderr := run(append(args, put(t, "bad.geojson", `{"type":"FeatureCollection","features":[`))...); code != 1 || !strings.Contains(stderr, "不完整") {
		t.Errorf("cut short: %d %s", code, stderr)
	}
}

func told3(t *testing.T, run func(args ...string) (int, string, string), args ...string) gridTold {
	t.Helper()
	code, out, stderr := run(args...)
	return told(t, code, out, stderr)
}

// TestGridImportShapefile reads Shapefiles in GBK and in UTF-8, whatever they declare, and a GeoPackage.
func TestGridImportShapefile(t *testing.T) {
	program, err := exec.LookPath("ogr2ogr")
	if err != nil {
		t.Skip("GDAL's ogr2ogr is not installed: apt install gdal-bin")
	}
	_, run := gridRecord(t)
	source := put(t, "source.geojson", `{"type":"FeatureCollection","features":[`+plot(`{"编号":"0001","名称":"大同社区第一网格东半部分"}`, 0, 0, 0)+","+plot(`{"编号":"0002","名称":"阜安"}`, 1, 0, 0.000002)+"]}")
	convert := func(out string, more ...string) {
		t.Helper()
		if text, err := exec.CommandContext(t.Context(), program, append(more, out, source)...).CombinedOutput(); err != nil {
			t.Fatalf("%v %s", err, text)
		}
	}
	convert("gbk.shp", "-lco", "ENCODING=CP936")
	convert("liar.shp", "-lco", "ENCODING=UTF-8")
	convert("net.gpkg")
	for _, gone := range []string{"gbk.cpg", "liar.cpg"} {
		if err := os.Remove(gone); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	declareGBK(t, "liar.dbf")
	pack(t, "gbk.zip", "gbk.shp", "gbk.shx", "gbk.dbf", "gbk.prj")
	for _, file := range []string{"gbk.shp", "gbk.zip", "liar.shp", "net.gpkg"} {
		out := strings.TrimSuffix(file, ".") + ".geojson"
		got := told3(t, run, "grid", "import", "--scheme", "old", "--code", "编号", "--name", "名称", "--datum", "EPSG:4490", "--json", "--out", out, file)
		text, err := os.ReadFile(out)
		if err != nil || got.Grids != 2 || !strings.Contains(string(text), `"name":"大同社区第一网格东半部分"`) || !strings.Contains(string(text), `"code":"0002"`) {
			t.Errorf("%s: %v %+v %s", file, err, got, text)
		}
	}
	if code, _, stderr := run("grid", "import", "--scheme", "old", "--datum", "wgs84", put(t, "broken.shp", "no shapes")); code != 1 || !strings.Contains(stderr, "cannot be parsed") {
		t.Errorf("a broken file: %d %s", code, stderr)
	}
	t.Setenv("PATH", t.TempDir())
	if code, _, stderr := run("grid", "import", "--scheme", "old", "--datum", "wgs84", "gbk.shp"); code != 1 || !strings.Contains(stderr, "gdal-bin") {
		t.Errorf("without GDAL: %d %s", code, stderr)
	}
}

// declareGBK sets the language byte of a DBF file.
func declareGBK(t *testing.T, name string) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	data[29] = 0x4d
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// pack makes a zip file, with the files in a folder.
func pack(t *testing.T, name string, files ...string) {
	t.Helper()
	out, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(out)
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		w, err := z.Create("网格/" + f)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(text); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}
