package sheet

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// workbook makes an xlsx file with one sheet by another program.
func workbook(t testing.TB, change func(*excelize.File), rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, row := range rows {
		must(t, f.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &row))
	}
	if change != nil {
		change(f)
	}
	var b bytes.Buffer
	must(t, f.Write(&b))
	return b.Bytes()
}

// rewrite changes the parts of a file and adds some.
func rewrite(t testing.TB, data []byte, change func(name string, text []byte) []byte, added map[string]string) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	must(t, err)
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	write := func(name string, text []byte) {
		w, err := out.Create(name)
		must(t, err)
		_, err = w.Write(text)
		must(t, err)
	}
	for _, part := range in.File {
		r, err := part.Open()
		must(t, err)
		text, err := io.ReadAll(r)
		must(t, err)
		if change != nil {
			text = change(part.Name, text)
		}
		write(part.Name, text)
	}
	for name, text := range added {
		write(name, []byte(text))
	}
	must(t, out.Close())
	return b.Bytes()
}

func open(data []byte, lim Limits) (*Book, error) {
	return Open(context.Background(), bytes.NewReader(data), int64(len(data)), lim)
}

// lines reads a sheet: number, then the cells, with a sign of what they are.
func lines(b *Book, sheet int) (out []string, err error) {
	err = b.Rows(context.Background(), sheet, func(l Line) error {
		s := fmt.Sprint(l.Number)
		for _, c := range l.Cells {
			s += "|" + map[Kind]string{Empty: "", Text: "", Number: "#", Bool: "?", Date: "@", Error: "!", Formula: "="}[c.Kind] + c.Text
			if c.Merged {
				s += "^"
			}
			if c.Rounded {
				s += "~"
			}
			if c.Cut {
				s += "…"
			}
		}
		out = append(out, s)
		return nil
	})
	return out, err
}

func linesOf(t testing.TB, data []byte) []string {
	t.Helper()
	b, err := open(data, Limits{})
	must(t, err)
	out, err := lines(b, 0)
	must(t, err)
	return out
}

func TestCells(t *testing.T) {
	data := workbook(t, func(f *excelize.File) {
		day, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		must(t, err)
		chinese := `yyyy"年"m"月"d"日"`
		own, err := f.NewStyle(&excelize.Style{CustomNumFmt: &chinese})
		must(t, err)
		clock, err := f.NewStyle(&excelize.Style{NumFmt: 20})
		must(t, err)
		must(t, f.SetCellStyle("Sheet1", "A2", "A4", day))
		must(t, f.SetCellStyle("Sheet1", "B2", "B2", own))
		must(t, f.SetCellStyle("Sheet1", "C2", "C2", clock))
		must(t, f.SetCellFormula("Sheet1", "A6", "1+1"))
		must(t, f.MergeCell("Sheet1", "A8", "B10"))
		must(t, f.SetCellRichText("Sheet1", "D2", []excelize.RichTextRun{{Text: "公"}, {Text: "厕 "}}))
	},
		[]any{"编号", " 名称 ", "", "", nil, "末"},
		[]any{46023, 46023.5, 0.3125},
		[]any{13812345678}, // a telephone number in the format of a day
		[]any{3},           // a count in the format of a day
		[]any{2.1000000000000001, 1e20, 3702810010010011, 1.0 / 3, true, "=1+1", "'=1+1", "_x005F_x000D_"},
		[]any{},
		[]any{},
		[]any{"合并", nil, 1},
		[]any{nil, nil, 2},
		[]any{},
		[]any{"a\nb\tc", "<&>\"'"},
	)
	want := []string{
		"1|编号| 名称 ||||末",
		"2|@2026-01-01|@2026-01-01T12:00:00|@07:30:00|公厕 ",
		"3|#13812345678",
		"4|#3",
		"5|#2.1|#100000000000000000000~|#3702810010010011~|#0.3333333333333333|?true|=1+1|=1+1|_x000D_",
		"6|=",
		"8|合并|合并^|#1", "9|合并^|合并^|#2",
		"11|a\nb\tc|<&>\"'",
	}
	if d := cmp.Diff(want, linesOf(t, data)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// What we write, we and another program read.
func TestWrittenIsRead(t *testing.T) {
	zone := time.FixedZone("CST", 8*3600)
	columns := []Column{{Heading: "标识码"}, {Heading: "数"}, {Heading: "日期", Day: true}, {Heading: "时刻"}, {Heading: "是否"}}
	texts := []string{"=cmd|' /C calc'!A0", "'=1", "''+1", "@x", "-5", "+86 138", "\t=1", "＝1", "'平'", "370281001001001001", "007", "a\r\nb", "_x0041_", "<b>&\"", " 空格 ", "\u0001\uFFFF", strings.Repeat("长", 30000)}
	var book, table bytes.Buffer
	x, err := NewWriter(&book, "公厕/[1]", "说明", columns, func() [][2]string { return [][2]string{{"口径", "=台账"}} })
	must(t, err)
	c, err := NewCSVWriter(&table, columns)
	must(t, err)
	for i, s := range texts {
		row := []any{s, float64(i) / 3, time.Date(2026, 1, 31, 23, 59, 0, 0, zone), time.Date(2026, 1, 31, 23, 59, 1, 0, zone), i%2 == 0}
		must(t, x.Row(row))
		must(t, c.Row(row))
	}
	must(t, x.Row([]any{nil, int64(1234567890123456)}))
	must(t, x.Close())
	must(t, c.Close())
	for name, data := range map[string][]byte{"xlsx": book.Bytes(), "csv": table.Bytes()} {
		b, err := open(data, Limits{})
		if name == "csv" {
			b, err = OpenCSV(t.Context(), bytes.NewReader(data), int64(len(data)), CSVOptions{}, Limits{})
		}
		must(t, err)
		var got []string
		must(t, b.Rows(t.Context(), 0, func(l Line) error {
			if l.Number > 1 && l.Number < len(texts)+2 {
				got = append(got, l.Cells[0].Text)
				if day := l.Cells[2].Text; day != "2026-01-31" {
					t.Errorf("%s: day %q", name, day)
				}
			}
			return nil
		}))
		if d := cmp.Diff(texts, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
	f, err := excelize.OpenReader(bytes.NewReader(book.Bytes()))
	must(t, err)
	if d := cmp.Diff([]string{"公厕__1_", "说明"}, f.GetSheetList()); d != "" {
		t.Error(d)
	}
	for i, s := range texts[:3] {
		cell := fmt.Sprint("A", i+2)
		got, err := f.GetCellValue("公厕__1_", cell)
		must(t, err)
		formula, err := f.GetCellFormula("公厕__1_", cell)
		must(t, err)
		if got != guardTyped(s) || formula != "" {
			t.Errorf("%s: %q with formula %q, want %q", cell, got, formula, s)
		}
	}
	for _, line := range strings.Split(table.String(), "\r\n") {
		first := strings.TrimPrefix(strings.TrimPrefix(line, "\ufeff"), `"`)
		if first != "" && strings.ContainsAny(first[:1], "=+-@\t") {
			t.Errorf("a formula in the csv: %q", line)
		}
	}
}

func TestDates1904(t *testing.T) {
	data := workbook(t, func(f *excelize.File) {
		on := true
		must(t, f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &on}))
		style, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		must(t, err)
		must(t, f.SetCellStyle("Sheet1", "A1", "A1", style))
	}, []any{44561})
	if d := cmp.Diff([]string{"1|@2026-01-01"}, linesOf(t, data)); d != "" {
		t.Error(d)
	}
}

func TestHiddenSheets(t *testing.T) {
	data := workbook(t, func(f *excelize.File) {
		_, err := f.NewSheet("第二")
		must(t, err)
		must(t, f.SetSheetVisible("第二", false))
		must(t, f.SetCellValue("第二", "B2", "x"))
	}, []any{"a"})
	b, err := open(data, Limits{})
	must(t, err)
	if d := cmp.Diff([]Info{{"Sheet1", false}, {"第二", true}}, b.Sheets()); d != "" {
		t.Error(d)
	}
	got, err := lines(b, 1)
	must(t, err)
	if d := cmp.Diff([]string{"2||x"}, got); d != "" {
		t.Error(d)
	}
}

// A workbook of many rows is read and written in constant memory.
func TestMemory(t *testing.T) {
	rows := 30000
	if os.Getenv("WANGGE_LONG") != "" {
		rows = 500000
	}
	file, err := os.CreateTemp(t.TempDir(), "*.xlsx")
	must(t, err)
	defer func() { _ = file.Close() }()
	columns := make([]Column, 15)
	columns[0].Heading = "名称"
	x, err := NewWriter(file, "大", "说明", columns, func() [][2]string { return nil })
	must(t, err)
	row := make([]any, len(columns))
	began := time.Now()
	for i := range rows {
		for k := range row {
			row[k] = any(float64(i*k) / 8)
			if k%3 == 0 {
				row[k] = fmt.Sprintf("第%d号停车场，第%d列", i, k)
			}
		}
		must(t, x.Row(row))
	}
	must(t, x.Close())
	wrote := time.Since(began)
	size, err := file.Seek(0, io.SeekEnd)
	must(t, err)
	before, peak := heap(), uint64(0)
	b, err := Open(t.Context(), file, size, Limits{})
	must(t, err)
	n := 0
	began = time.Now()
	must(t, b.Rows(t.Context(), 0, func(Line) error {
		if n++; n%10000 == 0 {
			peak = max(peak, heap())
		}
		return nil
	}))
	t.Logf("%d rows, %d MB: written in %v, read in %v, %d kB more in use", rows, size>>20, wrote, time.Since(began), (int64(peak)-int64(before))>>10)
	if n != rows+1 {
		t.Errorf("%d rows of %d", n, rows+1)
	}
	if peak > before+16<<20 {
		t.Errorf("%d kB more are in use while rows are read", (peak-before)>>10)
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestEndsWithTheContext(t *testing.T) {
	data := workbook(t, nil, []any{"a"}, []any{"b"})
	b, err := open(data, Limits{})
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.Rows(ctx, 0, func(Line) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	ended := errors.New("enough")
	if err := b.Rows(t.Context(), 0, func(Line) error { return ended }); !errors.Is(err, ended) {
		t.Errorf("%v", err)
	}
}
