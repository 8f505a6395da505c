package ledger

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"wangge/grid"
	"wangge/layers/sheet"
)

// workbook makes an xlsx file with one sheet, whose rows begin at its first line.
func workbook(t testing.TB, change func(*excelize.File), rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, row := range rows {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetSheetRow("Sheet1", cell, &row); err != nil {
			t.Fatal(err)
		}
	}
	if change != nil {
		change(f)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func read(t testing.TB, data []byte) Ledger {
	t.Helper()
	l, err := readBytes(t, data)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func readBytes(t testing.TB, data []byte) (Ledger, error) {
	t.Helper()
	b, err := sheet.Open(t.Context(), bytes.NewReader(data), int64(len(data)), sheet.Limits{Columns: MaxColumns, CellRunes: MaxCellRunes})
	if err != nil {
		return Ledger{}, err
	}
	return Read(t.Context(), b)
}

// names tells of entries in short.
func names(l Ledger) (out []string) {
	for _, e := range l.Entries {
		s := e.Name + " " + e.Phone
		for _, w := range e.Wants {
			s += " [" + w.Role + "@" + w.Target + " " + w.From.String() + "–" + w.To.String() + "]"
		}
		out = append(out, s)
	}
	return out
}

func rejected(l Ledger) (out []int) {
	for _, n := range l.Notes {
		if n.Rejected {
			out = append(out, n.Row)
		}
		if n.Reason == "" || n.ReasonEn == "" {
			out = append(out, -1)
		}
	}
	return out
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A ledger as bureaus have them: titles above, merged cells, spaces in names, numbers for phones, Excel's days.
func TestLedgerOfABureau(t *testing.T) {
	data := workbook(t, func(f *excelize.File) {
		must(t, f.SetSheetName("Sheet1", "阜安街道 "))
		must(t, f.MergeCell("阜安街道 ", "A1", "G1"))
		must(t, f.MergeCell("阜安街道 ", "A4", "A6"))
		must(t, f.MergeCell("阜安街道 ", "B4", "B6"))
		style, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		must(t, err)
		must(t, f.SetCellStyle("阜安街道 ", "F4", "F9", style))
		must(t, f.SetCellValue("阜安街道 ", "F5", time.Date(2026, time.February, 1, 0, 0, 0, 0, time.UTC)))
	},
		[]any{"阜安街道网格人员花名册"},
		[]any{"填报日期：2026年1月"},
		[]any{"姓 名*", "联系电话（手机）", "职务：", "责任网格", "岗位", "开始日期", "截止日期"},
		[]any{"王 小明", 13812345678, "科长", "第01网格", "网格长", "2026年1月1日"},
		[]any{nil, nil, nil, "2号网格", "网格长"},
		[]any{nil, nil, nil, "370281001.0", "网格员、文明督导员", "2026.3.1", "长期"},
		[]any{},
		[]any{"李　娜、赵强", "１３９００００１１１１，13900002222", "", "3", "网格员", 46023, "2026/12/31"},
		[]any{"合计", "", "", "", "", "", ""},
	)
	l := read(t, data)
	want := []string{
		"王小明 13812345678 [网格长@第01网格 2026-01-01–]",
		"王小明 13812345678 [网格长@2号网格 2026-02-01–]",
		"王小明 13812345678 [网格员@370281001.0 2026-03-01–] [文明督导员@370281001.0 2026-03-01–]",
		"李娜 13900001111 [网格员@3 2026-01-01–2026-12-31]",
		"赵强 13900002222 [网格员@3 2026-01-01–2026-12-31]",
	}
	if d := cmp.Diff(want, names(l)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if l.Read != 4 || len(rejected(l)) > 0 || len(l.Notes) != 1 || l.Notes[0].Sheet != "阜安街道" || l.Notes[0].Row != 8 {
		t.Errorf("read %d, notes %+v", l.Read, l.Notes)
	}
}

func TestRowsSetAside(t *testing.T) {
	header := []any{"姓名", "电话", "角色", "网格", "起", "止", "时段", "工号", "主次"}
	for name, row := range map[string][]any{
		"no name":                 {"", "13812345678", "网格员", "1"},
		"a number for a name":     {"123", "13812345678", "网格员", "1"},
		"a phone abroad":          {"王", "+1 212 555 1234", "网格员", "1"},
		"two names, three phones": {"王、李", "13812345678、13812345679、13812345670", "网格员", "1"},
		"two names, one number":   {"王、李", "", "网格员", "1", "", "", "", "7"},
		"a role without a target": {"王", "13812345678", "网格员", ""},
		"a target without a role": {"王", "13812345678", "", "1"},
		"no day":                  {"王", "13812345678", "网格员", "1", "明天"},
		"the 31st of February":    {"王", "13812345678", "网格员", "1", "2026-02-31"},
		"month 13":                {"王", "13812345678", "网格员", "1", "2026年13月1日"},
		"a number that is no day": {"王", "13812345678", "网格员", "1", 12},
		"ends before it starts":   {"王", "13812345678", "网格员", "1", "2026-02-01", "2026-01-31"},
		"hours of no clock":       {"王", "13812345678", "网格员", "1", "", "", "25:00-26:00"},
		"no staff number":         {"王", "13812345678", "网格员", "1", "", "", "", "工 号"},
		"no rank":                 {"王", "13812345678", "网格员", "1", "", "", "", "", "甲"},
	} {
		l := read(t, workbook(t, nil, header, row, []any{"好人", "13812345678", "网格员", "1"}))
		if d := cmp.Diff([]int{2}, rejected(l)); d != "" || len(l.Entries) != 1 || l.Read != 2 {
			t.Errorf("%s: %s entries %v, notes %+v", name, d, names(l), l.Notes)
		}
	}
}

// What a formula made is not trusted, in merged cells neither; formulas elsewhere do no harm.
func TestFormulas(t *testing.T) {
	data := workbook(t, func(f *excelize.File) {
		must(t, f.SetCellFormula("Sheet1", "B2", `"138"&"12345678"`))
		must(t, f.SetCellFormula("Sheet1", "D3", "ROW()"))
		must(t, f.SetCellFormula("Sheet1", "C4", `"网格员"`))
		must(t, f.MergeCell("Sheet1", "C4", "C5"))
	}, []any{"姓名", "电话", "角色", "序号", "网格"},
		[]any{"王一", "13812345678", "网格员", 1, "1"}, []any{"王二", "13812345678", "网格员", 2, "1"},
		[]any{"王三", "13812345678", "网格员", 3, "1"}, []any{"王四", "13812345678", "", 4, "1"}, []any{"王五", "13812345678", "网格员", 5, "1"})
	l := read(t, data)
	if d := cmp.Diff([]int{2, 4, 5}, rejected(l)); d != "" || len(l.Entries) != 2 {
		t.Errorf("%s %v", d, names(l))
	}
}

// rewrite changes the parts of a file: a part that becomes nil goes, "new" ones are added.
func rewrite(t testing.TB, data []byte, change func(name string, text []byte) []byte, added map[string]string) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	must(t, err)
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for _, part := range in.File {
		r, err := part.Open()
		must(t, err)
		text, err := io.ReadAll(r)
		must(t, err)
		if change != nil {
			text = change(part.Name, text)
		}
		w, err := out.Create(part.Name)
		must(t, err)
		_, err = w.Write(text)
		must(t, err)
	}
	for name, text := range added {
		w, err := out.Create(name)
		must(t, err)
		_, err = io.WriteString(w, text)
		must(t, err)
	}
	must(t, out.Close())
	return b.Bytes()
}

func TestFilesRefused(t *testing.T) {
	many := make([][]any, MaxRows+1)
	for i := range many {
		many[i] = []any{"王", i}
	}
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"text":                   {[]byte("姓名,电话"), sheet.ErrFile},
		"too many rows":          {workbook(t, nil, many...), ErrTooLarge},
		"no headers":             {workbook(t, nil, []any{"甲", "乙"}, []any{"王", "13812345678"}), ErrNoHeader},
		"names and nothing else": {workbook(t, nil, []any{"姓名"}, []any{"王"}), ErrNoHeader},
	} {
		if _, err := readBytes(t, c.data); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// A cell far away, ranges merged over everything: refused or read, at once.
func TestSheetsThatMeanHarm(t *testing.T) {
	data := workbook(t, nil, []any{"姓名", "电话"}, []any{"王一", "13812345678"})
	data = rewrite(t, data, func(name string, text []byte) []byte {
		if name != "xl/worksheets/sheet1.xml" {
			return text
		}
		far := `<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>王二</t></is></c><c r="B1048576"><v>13812345678</v></c></row></sheetData>` +
			`<mergeCells count="1"><mergeCell ref="C1:XFD1048576"/></mergeCells>`
		return bytes.Replace(text, []byte("</sheetData>"), []byte(far), 1)
	}, nil)
	l := read(t, data)
	if len(l.Entries) != 2 || l.Entries[1].Row != 1048576 {
		t.Errorf("%+v", l.Entries)
	}
}

func TestSeveralSheets(t *testing.T) {
	data := workbook(t, func(f *excelize.File) {
		for name, rows := range map[string][][]any{"说明": {{"本表由街道填写"}}, "二\u0020": {{"标题"}, {"名字", "手机"}, {"李", "13900001111"}, {"名字", "手机"}, {"赵", "13900002222"}}} {
			_, err := f.NewSheet(name)
			must(t, err)
			for i, row := range rows {
				cell, err := excelize.CoordinatesToCellName(1, i+1)
				must(t, err)
				must(t, f.SetSheetRow(name, cell, &row))
			}
		}
	}, []any{"姓名", "电话"}, []any{"王", "13812345678"})
	l := read(t, data)
	if l.Read != 3 || len(l.Entries) != 3 || len(l.Notes) != 1 || l.Notes[0].Rejected || l.Notes[0].Sheet != "说明" {
		t.Errorf("read %d, %v, %+v", l.Read, names(l), l.Notes)
	}
}

func TestReadDay(t *testing.T) {
	for in, want := range map[string]string{
		"2026-01-01": "2026-01-01", "2026/1/1": "2026-01-01", "2026.1.1": "2026-01-01", "2026年1月1日": "2026-01-01", "２０２６年１月１日": "2026-01-01", "20260101": "2026-01-01",
		"46023": "2026-01-01", "46023.75": "2026-01-01", "2026-01-01 00:00:00": "2026-01-01", "2026-01-01T08:30:00": "2026-01-01", "2026年 1月 1号": "2026-01-01",
		"2024-02-29": "2024-02-29", "": "", "长期": "", "至今": "", "—": "!", "2025-02-29": "!", "2026": "!", "2026年1月": "!", "1e9": "!", "NaN": "!", "-46023": "!", "二〇二六年": "!",
	} {
		day, none, ok := ReadDay(in, false)
		got := day.String()
		if !ok {
			got = "!"
		}
		if got != want || ok && none != (want == "") {
			t.Errorf("%q: %s %t %t, want %s", in, got, none, ok, want)
		}
	}
	if day, _, ok := ReadDay("44561", true); !ok || day.String() != "2026-01-01" {
		t.Errorf("a day counted from 1904: %s %t", day, ok)
	}
}

func TestNameKey(t *testing.T) {
	for in, want := range map[string]string{
		"第01网格": "#1", "1号网格": "#1", "网格1": "#1", "第一网格": "#1", "1.0": "#1", "０１": "#1", "阜安01网格": "阜安#1", "阜安1号网格": "阜安#1", "阜安第十二网格": "阜安#12",
		"第二十网格": "#20", "370281001.0": "#370281001", "人民公园": "人民公园", "": "", "网格": "", "十": "#10", "百十": "百#10",
	} {
		if got := NameKey(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestReadCode(t *testing.T) {
	for in, want := range map[string]string{"370281001.0": "370281001", "3.70281001E+8": "370281001", "3.70281001005001E+14": "370281001005001", "　007": "007", "A-1.0": "A-1.0", "1.5": "1.5", "": ""} {
		if got := ReadCode(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// Whatever stands in a cell, the readers end, and what they make of it they make of it again.
func FuzzCells(f *testing.F) {
	for _, s := range []string{"2026年1月1日", "46023", "第01网格", "370281001.0", "13812345678、0532-82280000/8001", "王 小明", "\xff\xfe", "十二", "1e300", "²"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if day, none, ok := ReadDay(s, false); ok && !none {
			if again, _, ok := ReadDay(day.String(), false); !ok || again != day {
				t.Errorf("day of %q: %s, then %s", s, day, again)
			}
		}
		if c := ReadCode(s); ReadCode(c) != c {
			t.Errorf("code of %q: %q, then %q", s, c, ReadCode(c))
		}
		if phones, ok := SplitPhones(s); ok {
			again, ok := SplitPhones(strings.Join(phones, "、"))
			if d := cmp.Diff(phones, again); d != "" || !ok {
				t.Errorf("phones of %q: %s", s, d)
			}
		}
		for _, part := range Split(s) {
			if part == "" || len(Split(part)) != 1 {
				t.Errorf("part %q of %q", part, s)
			}
		}
		fieldOf(s)
		if key := NameKey(s); strings.ContainsRune(key, 0) {
			t.Errorf("key of %q: %q", s, key)
		}
	})
}

func TestPersonsMeant(t *testing.T) {
	d := NewDirectory(nil, nil, nil, []grid.Department{{Code: "D1", Name: "市政处（示例）"}})
	add := func(code, name, phone, dept string) {
		d.Add(&Known{Holder: grid.Holder{Code: code, Name: name, Phone: phone, Dept: dept}})
	}
	add("1", "王伟", "13812345678", "D1")
	add("2", "王伟", "13812345679", "D2")
	add("3", "李娜", "", "D1")
	add("4", "赵强", "13800000000", "D1")
	add("5", "赵强", "", "D1")
	for name, c := range map[string]struct {
		e      Entry
		dept   string
		want   string // code; "" somebody new, "!" not sure
		reason string
	}{
		"by number":                      {Entry{Name: "王伟", Code: "2"}, "", "2", ""},
		"a number of another":            {Entry{Name: "李伟", Code: "2"}, "", "!", "已属他人"},
		"a new number":                   {Entry{Name: "王伟", Code: "9"}, "", "", ""},
		"by phone":                       {Entry{Name: "王伟", Phone: "13812345679"}, "D1", "2", ""},
		"by department":                  {Entry{Name: "王伟"}, "D2", "2", ""},
		"by name alone, two of them":     {Entry{Name: "王伟"}, "", "!", "几个同名"},
		"another phone, same department": {Entry{Name: "王伟", Phone: "13811111111"}, "D1", "!", "电话不同"},
		"another phone, new department":  {Entry{Name: "王伟", Phone: "13811111111"}, "D3", "", ""},
		"the record has no phone":        {Entry{Name: "李娜", Phone: "13811111111"}, "D1", "3", ""},
		"nobody of that name":            {Entry{Name: "孙"}, "D1", "", ""},
		"exact phone before no phone":    {Entry{Name: "赵强", Phone: "13800000000"}, "D1", "4", ""},
	} {
		who, reason, _ := d.Person(c.e, c.dept)
		got := ""
		switch {
		case reason != "":
			got = "!"
		case who != nil:
			got = who.Code
		}
		if got != c.want || !strings.Contains(reason, c.reason) {
			t.Errorf("%s: %q %q, want %q", name, got, reason, c.want)
		}
	}
	for text, want := range map[string]string{"D1": "D1", "市政处（示例）": "D1", "市政处": "D1", "": "", "园林": "!"} {
		code, ok := d.Dept(text)
		if !ok {
			code = "!"
		}
		if code != want {
			t.Errorf("department %q: %q", text, code)
		}
	}
}

func TestTargetsMeant(t *testing.T) {
	g := func(id int64, scheme, code, name string) Target {
		return Target{Target: grid.Target{Kind: grid.TargetGrid, ID: id}, Scheme: scheme, Code: code, Name: name}
	}
	road := func(id int64, name string) Target {
		return Target{Target: grid.Target{Kind: grid.TargetRoad, ID: id}, Name: name}
	}
	d := NewDirectory([]Target{
		g(1, "duty", "37028190001", "第01网格"), g(2, "duty", "37028190002", "第02网格"), g(3, "street", "37028100101", "阜安01网格"), g(4, "north", "5", "第02网格"),
		road(5, "扬州路"), road(6, "扬州路"),
	}, map[string]string{"duty": "责任网格", "street": "阜安街道网格", "north": "北片"}, nil, nil)
	for name, c := range map[string]struct {
		w      Want
		scheme string
		want   int64 // the first one's id; 0 for none
		n      int
	}{
		"by code":                    {Want{Kind: grid.TargetGrid, Target: "37028190001.0"}, "", 1, 1},
		"by name":                    {Want{Kind: grid.TargetGrid, Target: "阜安01网格"}, "", 3, 1},
		"by another writing":         {Want{Kind: grid.TargetGrid, Target: "1号网格"}, "", 1, 1},
		"of two nets":                {Want{Kind: grid.TargetGrid, Target: "第02网格"}, "", 0, 0},
		"of two nets, one asked":     {Want{Kind: grid.TargetGrid, Target: "第02网格"}, "north", 4, 1},
		"of two nets, the row says":  {Want{Kind: grid.TargetGrid, Target: "第02网格", Scheme: "责任网格"}, "north", 2, 1},
		"a net that is none":         {Want{Kind: grid.TargetGrid, Target: "第02网格", Scheme: "东片"}, "", 0, 0},
		"a road with all its pieces": {Want{Kind: grid.TargetRoad, Target: "扬州路"}, "duty", 5, 2},
		"nothing of the kind":        {Want{Kind: grid.TargetAlley, Target: "扬州路"}, "", 0, 0},
	} {
		found, reason, reasonEn := d.Find(c.w, c.scheme)
		if len(found) != c.n || c.n > 0 && found[0].ID != c.want || (reason == "") != (c.n > 0) || (reasonEn == "") != (c.n > 0) {
			t.Errorf("%s: %+v %q", name, found, reason)
		}
	}
}
