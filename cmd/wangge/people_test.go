package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/xuri/excelize/v2"
)

// putLedger writes a workbook of rows into the folder.
func putLedger(t *testing.T, name string, rows ...[]any) {
	t.Helper()
	f := excelize.NewFile()
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SaveAs(name); err != nil {
		t.Fatal(err)
	}
}

func TestPeopleImportCommand(t *testing.T) {
	_, run := inFolder(t)
	conn, err := pgx.Connect(t.Context(), os.Getenv("DATABASE_URL"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), `INSERT INTO grid (id, scheme, code, area_m2, geom) VALUES (1, 'unit', '370281001005001', 0, ST_MakeEnvelope(120, 36.2, 120.001, 36.201, 4490))`); err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	putLedger(t, "people.xlsx", []any{"姓名", "电话", "角色", "网格编号"}, []any{"王 小明", 13812345678, "网格员", 370281001005001}, []any{"坏", "1", "网格员", "1"})
	type counts struct {
		Read, Inserted, Unchanged, Rejected int
		Duties                              struct{ Inserted, Unchanged int }
	}
	args := []string{"people", "import", "--json", "people.xlsx"}
	for i, want := range []counts{
		{2, 1, 0, 1, struct{ Inserted, Unchanged int }{1, 0}}, // a dry run
		{2, 1, 0, 1, struct{ Inserted, Unchanged int }{1, 0}},
		{2, 0, 1, 1, struct{ Inserted, Unchanged int }{0, 1}},
	} {
		extra := []string{}
		if i == 0 {
			extra = []string{"--dry-run"}
		}
		code, out, stderr := run(append(args, extra...)...)
		var got counts
		if err := json.Unmarshal([]byte(out), &got); err != nil || code != 0 || got != want || strings.Count(out, "\n") != 1 {
			t.Errorf("run %d: exit %d %+v, want %+v\n%s%s", i, code, got, want, out, stderr)
		}
	}
	report, err := os.ReadFile("people.report.jsonl")
	if err != nil || !strings.Contains(string(report), `"row":3`) || strings.Count(string(report), "\n") != 1 {
		t.Errorf("%v %s", err, report)
	}
	putLedger(t, "bad.xlsx", []any{"姓名", "电话"}, []any{"坏", "1"})
	put(t, "text.xlsx", "姓名,电话")
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"all rejected": {[]string{"bad.xlsx"}, 1, "every row was rejected"},
		"no workbook":  {[]string{"text.xlsx"}, 1, "not a readable xlsx"},
		"no file":      {[]string{"none.xlsx"}, 1, "none.xlsx"},
		"no scheme":    {[]string{"--scheme", "zz", "people.xlsx"}, 2, "zz"},
		"for people":   {[]string{"people.xlsx"}, 0, "people 人员: inserted 新增 0"},
	} {
		if code, out, stderr := run(append([]string{"people", "import"}, c.args...)...); code != c.code || !strings.Contains(out+stderr, c.says) {
			t.Errorf("%s: exit %d %s%s", name, code, out, stderr)
		}
	}
}
