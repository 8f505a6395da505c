package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// TestCheckGrid: a net with a gap fails the check, the report has its shape, and without it the check is good.
func TestCheckGrid(t *testing.T) {
	_, run := inFolder(t)
	conn, err := pgx.Connect(t.Context(), os.Getenv("DATABASE_URL"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), `
		INSERT INTO region (code, name, kind, parent_code, geom) VALUES
			('370281001001', '东社区', 'community', NULL, ST_Multi(ST_GeomFromText('POLYGON((120 36.2, 120.01 36.201, 120.02 36.2, 120.02 36.21, 120.01 36.211, 120 36.21, 120 36.2))', 4490)));
		INSERT INTO grid (scheme, code, geom) VALUES
			('unit', '370281001001001', ST_GeomFromText('POLYGON((120 36.2, 120.01 36.201, 120.01 36.211, 120 36.21, 120 36.2))', 4490))`); err != nil {
		t.Fatal(err)
	}
	code, out, stderr := run("check", "grid", "--report", "findings.geojson")
	if code != 1 || !strings.Contains(out, "error gap") || !strings.Contains(out, "无网格覆盖") || !strings.Contains(stderr, "网格有错误") {
		t.Errorf("exit %d: %s%s", code, out, stderr)
	}
	var report struct {
		Features []struct {
			Properties map[string]any `json:"properties"`
		} `json:"features"`
	}
	if text, err := os.ReadFile("findings.geojson"); err != nil || json.Unmarshal(text, &report) != nil || len(report.Features) != 1 || report.Features[0].Properties["kind"] != "gap" {
		t.Errorf("%+v, %v", report, err)
	}
	if code, _, stderr := run("check", "grid", "--scheme", "nonsense"); code != 1 || !strings.Contains(stderr, "没有这个网格方案") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	if code, _, stderr := run("check", "grid", "--region", "nonsense"); code != 1 || !strings.Contains(stderr, "没有这个区域") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	if _, err := conn.Exec(t.Context(), `INSERT INTO grid (scheme, code, geom) VALUES
		('unit', '370281001001002', ST_GeomFromText('POLYGON((120.01 36.201, 120.02 36.2, 120.02 36.21, 120.01 36.211, 120.01 36.201))', 4490))`); err != nil {
		t.Fatal(err)
	}
	code, out, stderr = run("check", "grid", "--json")
	var result struct {
		Checked  int   `json:"checked"`
		Findings []any `json:"findings"`
	}
	if json.Unmarshal([]byte(out), &result) != nil || code != 0 || result.Checked != 2 || len(result.Findings) != 0 || strings.Count(out, "\n") != 1 {
		t.Errorf("exit %d: %s%s", code, out, stderr)
	}
}
