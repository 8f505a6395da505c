package sheet

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// withSheet replaces the first sheet's part.
func withSheet(t testing.TB, rows string) []byte {
	t.Helper()
	return withPart(t, "xl/worksheets/sheet1.xml", `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`+rows+`</worksheet>`)
}

func withPart(t testing.TB, part, text string) []byte {
	t.Helper()
	return rewrite(t, workbook(t, nil, []any{"名称", "编号"}, []any{"甲", 1}), func(name string, old []byte) []byte {
		if name == part {
			return []byte(text)
		}
		return old
	}, nil)
}

func cells(inner string) string { return `<sheetData><row r="1">` + inner + `</row></sheetData>` }

// Every bad workbook has its documented answer.
func TestBadBooks(t *testing.T) {
	good := workbook(t, nil, []any{"名称"}, []any{"甲"})
	var locked bytes.Buffer
	f, err := excelize.OpenReader(bytes.NewReader(good))
	must(t, err)
	must(t, f.Write(&locked, excelize.Options{Password: "secret"}))
	added := func(name string) []byte { return rewrite(t, good, nil, map[string]string{name: "<x/>"}) }
	text := func(s string) string { return `<c r="A1" t="inlineStr"><is><t>` + s + `</t></is></c>` }
	small := Limits{Bytes: 1 << 20, Unpacked: 4 << 20, Shared: 1000, Parts: 30, Sheets: 1, Rows: 3, Columns: 4, Merged: 10}
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"nothing":                   {nil, ErrFile},
		"text":                      {[]byte("名称,编号"), ErrFile},
		"a cut file":                {good[:len(good)/2], ErrFile},
		"a zip of nothing":          {rewrite(t, good, func(string, []byte) []byte { return nil }, nil), ErrFile},
		"a password":                {locked.Bytes(), ErrEncrypted},
		"an old xls":                {append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 512)...), ErrEncrypted},
		"macros":                    {added("xl/vbaProject.bin"), ErrMacros},
		"macros in capitals":        {added("XL/VBAPROJECT.BIN"), ErrMacros},
		"macro sheets":              {added("xl/macrosheets/sheet1.xml"), ErrMacros},
		"a renamed macro file":      {withPart(t, "[Content_Types].xml", `<Types><Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>`), ErrMacros},
		"external links":            {added("xl/externalLinks/externalLink1.xml"), ErrLinks},
		"links by backslashes":      {added(`xl\externalLinks\externalLink1.xml`), ErrLinks},
		"a data connection":         {added("xl/connections.xml"), ErrLinks},
		"a query":                   {added("xl/queryTables/queryTable1.xml"), ErrLinks},
		"an embedded object":        {added("xl/embeddings/oleObject1.bin"), ErrLinks},
		"ActiveX":                   {added("xl/activeX/activeX1.xml"), ErrLinks},
		"a binary workbook":         {added("xl/workbook.bin"), ErrFile},
		"a part twice":              {added("xl/workbook.xml"), ErrFile},
		"a bomb":                    {rewrite(t, good, nil, map[string]string{"xl/media/a.xml": strings.Repeat("0", 5<<20)}), ErrTooLarge},
		"more bytes than taken":     {make([]byte, 1<<20+1), ErrTooLarge},
		"too many sheets":           {workbook(t, func(f *excelize.File) { _, err := f.NewSheet("b"); must(t, err) }, []any{1}), ErrTooLarge},
		"too many columns":          {workbook(t, nil, []any{1, 2, 3, 4, 5}), ErrTooLarge},
		"too many rows":             {workbook(t, nil, []any{1}, []any{2}, []any{3}, []any{4}), ErrTooLarge},
		"shared texts":              {withPart(t, "xl/sharedStrings.xml", "<sst>"+strings.Repeat("<si><t>0123456789</t></si>", 100)+"</sst>"), ErrTooLarge},
		"no such shared text":       {withSheet(t, cells(`<c r="A1" t="s"><v>99</v></c>`)), ErrFile},
		"a negative shared text":    {withSheet(t, cells(`<c r="A1" t="s"><v>-1</v></c>`)), ErrFile},
		"an unknown type":           {withSheet(t, cells(`<c r="A1" t="z"><v>1</v></c>`)), ErrFile},
		"a cell of another row":     {withSheet(t, cells(`<c r="A2"><v>1</v></c>`)), ErrFile},
		"a cell nowhere":            {withSheet(t, cells(`<c r="1A"><v>1</v></c>`)), ErrFile},
		"a cell behind the last":    {withSheet(t, cells(`<c r="XFE1"><v>1</v></c>`)), ErrFile},
		"rows backwards":            {withSheet(t, `<sheetData><row r="2"><c><v>1</v></c></row><row r="1"><c><v>1</v></c></row></sheetData>`), ErrFile},
		"a row behind the last":     {withSheet(t, `<sheetData><row r="1048577"><c><v>1</v></c></row></sheetData>`), ErrFile},
		"a row that never ends":     {withPart(t, "xl/worksheets/sheet1.xml", `<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c>`), ErrFile},
		"a document type":           {withPart(t, "xl/worksheets/sheet1.xml", `<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>`+cells(text("&a;"))+`</worksheet>`), ErrFile},
		"an unknown entity":         {withSheet(t, cells(text("&lol;"))), ErrFile},
		"an & by itself":            {withSheet(t, cells(text("a & b"))), ErrFile},
		"a tag without end":         {withSheet(t, `<x y="`+strings.Repeat(">", 70000)+cells(text("a"))), ErrTooLarge},
		"cut in a tag":              {withPart(t, "xl/worksheets/sheet1.xml", `<worksheet><sheetData><row r="1"><c r="A1`), ErrFile},
		"cut in a cell":             {withPart(t, "xl/worksheets/sheet1.xml", `<worksheet><sheetData><row r="1"><c r="A1"><v>1`), ErrFile},
		"nested without end":        {withSheet(t, strings.Repeat("<a>", 300)), ErrFile},
		"merged over everything":    {withSheet(t, cells(text("a"))+`<mergeCells><mergeCell ref="A1:D3"/><mergeCell ref="A1:D1"/><mergeCell ref="A1:D1"/></mergeCells>`), ErrTooLarge},
		"a sheet that is no XML":    {withPart(t, "xl/worksheets/sheet1.xml", "not xml at all"), ErrFile},
		"a workbook that is no XML": {withPart(t, "xl/workbook.xml", "<workbook"), ErrFile},
	} {
		b, err := open(c.data, small)
		if err == nil {
			_, err = lines(b, 0)
		}
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// Odd workbooks are read as people mean them.
func TestOddBooks(t *testing.T) {
	for name, c := range map[string]struct {
		rows string
		want []string
	}{
		"no references":      {`<sheetData><row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row></sheetData>`, []string{"1|#1|#2", "2|#3"}},
		"a prefix":           {`<x:sheetData><x:row r="3"><x:c r="B3"><x:v>7</x:v></x:c></x:row></x:sheetData>`, []string{"3||#7"}},
		"an exponent":        {cells(`<c r="A1"><v>1.3812345678E10</v></c>`), []string{"1|#13812345678"}},
		"a float's tail":     {cells(`<c r="A1"><v>2.1000000000000001</v></c>`), []string{"1|#2.1"}},
		"no number":          {cells(`<c r="A1"><v>N/A</v></c>`), []string{"1|N/A"}},
		"an error":           {cells(`<c r="A1" t="e"><v>#N/A</v></c>`), []string{"1|!#N/A"}},
		"reading aids":       {cells(`<c r="A1" t="inlineStr"><is><t>公</t><rPh sb="0" eb="1"><t>gōng</t></rPh><r><t>厕</t></r></is></c>`), []string{"1|公厕"}},
		"CDATA":              {cells(`<c r="A1" t="str"><v><![CDATA[a<b>]]></v></c>`), []string{"1|a<b>"}},
		"comments":           {cells(`<!-- <c> --><c r="A1"><v>1</v></c><?pi ?>`), []string{"1|#1"}},
		"escapes":            {cells(`<c r="A1" t="str"><v>a_x000D_b&#10;&#x4e2d;</v></c>`), []string{"1|a\rb\n中"}},
		"far empty cells":    {cells(`<c r="A1"><v>1</v></c><c r="XFD1" s="1"/>`), []string{"1|#1"}},
		"empty rows":         {`<sheetData><row r="1"/><row r="5"><c r="A5" t="str"><v>  </v></c></row><row r="9"><c r="A9"><v>1</v></c></row></sheetData>`, []string{"9|#1"}},
		"cells backwards":    {cells(`<c r="B1"><v>2</v></c><c r="A1"><v>1</v></c>`), []string{"1|#1|#2"}},
		"a formula's result": {cells(`<c r="A1" t="str"><f>B1&amp;"x"</f><v>x</v></c>`), []string{"1|=x"}},
		"a shared formula":   {cells(`<c r="A1"><f t="shared" si="0"/><v>4</v></c>`), []string{"1|=4"}},
		"bad merges":         {cells(`<c r="A1"><v>1</v></c>`) + `<mergeCells><mergeCell ref="A1"/><mergeCell ref="B2:A1"/><mergeCell ref="??"/></mergeCells>`, []string{"1|#1"}},
		"a long code":        {cells(`<c r="A1"><v>3702810010010010</v></c>`), []string{"1|#3702810010010010~"}},
		"broken UTF-8":       {cells("<c r=\"A1\" t=\"str\"><v>a\xffb</v></c>"), []string{"1|a\uFFFDb"}},
		"an empty sheet":     {`<sheetData/>`, nil},
	} {
		if d := cmp.Diff(c.want, linesOf(t, withSheet(t, c.rows))); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func gbk(t testing.TB, s string) []byte {
	t.Helper()
	b, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(s))
	must(t, err)
	return b
}

func wide(s string, big bool) (b []byte) {
	for _, r := range s {
		if big {
			b = append(b, byte(r>>8), byte(r))
		} else {
			b = append(b, byte(r), byte(r>>8))
		}
	}
	return b
}

// Tables as text, good and bad, are read as they are meant or refused.
func TestTexts(t *testing.T) {
	const plain = "名称,编号\r\n第一公厕,007\r\n"
	want := []string{"1|名称|编号", "2|第一公厕|007"}
	for name, c := range map[string]struct {
		data    []byte
		o       CSVOptions
		want    []string
		charset string
		err     error
	}{
		"UTF-8":                    {data: []byte(plain), want: want, charset: UTF8},
		"UTF-8 with a mark":        {data: []byte("\ufeff" + plain), want: want, charset: UTF8},
		"GBK":                      {data: gbk(t, plain), want: want, charset: GB18030},
		"GBK far down":             {data: append([]byte(strings.Repeat("a,b\n", 100000)[:399996]), gbk(t, "\n名称,x\n")...), charset: GB18030},
		"UTF-16LE with a mark":     {data: append([]byte("\xff\xfe"), wide(plain, false)...), want: want, charset: UTF16LE},
		"UTF-16BE with a mark":     {data: append([]byte("\xfe\xff"), wide(plain, true)...), want: want, charset: UTF16BE},
		"UTF-16LE without":         {data: wide(plain+strings.Repeat("a,1\r\n", 5), false), charset: UTF16LE},
		"UTF-16BE without":         {data: wide(plain+strings.Repeat("a,1\r\n", 5), true), charset: UTF16BE},
		"tabs":                     {data: []byte("a\tb,c\n1\t2\n"), want: []string{"1|a|b,c", "2|1|2"}, charset: UTF8},
		"semicolons":               {data: []byte("a;b\n1,5;2\n1,6;3\n"), want: []string{"1|a|b", "2|1,5|2", "3|1,6|3"}, charset: UTF8},
		"bars":                     {data: []byte("a|b|c\n1|2|3\n"), want: []string{"1|a|b|c", "2|1|2|3"}, charset: UTF8},
		"Chinese commas":           {data: []byte("甲，乙\n丙，丁\n"), want: []string{"1|甲，乙", "2|丙，丁"}, charset: UTF8},
		"one column":               {data: []byte("甲\n乙\n"), want: []string{"1|甲", "2|乙"}, charset: UTF8},
		"sep=":                     {data: []byte("sep=;\na;b\n"), want: []string{"2|a|b"}, charset: UTF8},
		"a delimiter said":         {data: []byte("a,b;c\n"), o: CSVOptions{Delimiter: ';'}, want: []string{"1|a,b|c"}, charset: UTF8},
		"no such delimiter":        {data: []byte("a,b\n"), o: CSVOptions{Delimiter: 'x'}, err: ErrFile},
		"no such charset":          {data: []byte("a,b\n"), o: CSVOptions{Charset: "big5"}, err: ErrFile},
		"a wrong charset said":     {data: gbk(t, "中,a\n"), o: CSVOptions{Charset: "utf-8"}, want: []string{"1|\uFFFD\uFFFD|a"}, charset: UTF8},
		"quoted line ends":         {data: []byte("a,\"b\r\nc\"\n1,2\n"), want: []string{"1|a|b\r\nc", "2|1|2"}, charset: UTF8},
		"quotes in quotes":         {data: []byte(`a,"b ""c"""` + "\n"), want: []string{`1|a|b "c"`}, charset: UTF8},
		"a quote within":           {data: []byte("a,5\" pipe\n1,2\n"), want: []string{`1|a|5" pipe`, "2|1|2"}, charset: UTF8},
		"text behind a quote":      {data: []byte("a,\"b\"c\n1,2\n"), want: []string{"1|a|bc", "2|1|2"}, charset: UTF8},
		"ragged rows":              {data: []byte("a,b,c\n1\n1,2,3,4\n,,\n5,6,7\n"), want: []string{"1|a|b|c", "2|1", "3|1|2|3|4", "5|5|6|7"}, charset: UTF8},
		"empty lines":              {data: []byte("\n\na,b\n\n1,2"), want: []string{"3|a|b", "5|1|2"}, charset: UTF8},
		"old Mac":                  {data: []byte("a,b\r1,2\r"), want: []string{"1|a|b", "2|1|2"}, charset: UTF8},
		"guarded formulas":         {data: []byte("a,b\n'=1,'-2\n'平,''=x\n"), want: []string{"1|a|b", "2|=1|-2", "3|'平|'=x"}, charset: UTF8},
		"nothing":                  {data: nil, charset: UTF8},
		"an open quote":            {data: []byte("a,\"b\n1,2\n"), err: ErrFile},
		"an open quote, long":      {data: []byte("a,\"" + strings.Repeat("b\n", 3<<20)), err: ErrFile},
		"zero bytes":               {data: []byte("a,b\x00c\n"), err: ErrFile},
		"a picture":                {data: []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x01"), err: ErrFile},
		"no charset":               {data: []byte("名称\xff\xff,a\n"), err: ErrCharset},
		"cut in a character":       {data: []byte("a,中")[:3], err: ErrCharset},
		"more columns than taken":  {data: []byte(strings.Repeat("a,", 600) + "a\n"), err: ErrTooLarge},
		"commas without end":       {data: bytes.Repeat([]byte(","), 30000), err: ErrTooLarge},
		"a line without end":       {data: bytes.Repeat([]byte("a"), 5<<20), err: ErrFile},
		"more bytes than are read": {data: make([]byte, 6<<20), err: ErrTooLarge},
	} {
		b, err := OpenCSV(t.Context(), bytes.NewReader(c.data), int64(len(c.data)), c.o, Limits{Bytes: 11 << 19})
		if name == "an open quote, long" {
			b, err = OpenCSV(t.Context(), bytes.NewReader(c.data), int64(len(c.data)), c.o, Limits{})
		}
		var got []string
		if err == nil {
			if got, err = lines(b, 0); err == nil && c.err == nil {
				if charset, _ := b.Charset(); charset != c.charset {
					t.Errorf("%s: charset %s, want %s", name, charset, c.charset)
				}
			}
		}
		if !errors.Is(err, c.err) {
			t.Errorf("%s: %v, want %v", name, err, c.err)
		}
		if d := cmp.Diff(c.want, got); d != "" && c.want != nil {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func known(err error) bool {
	for _, e := range []error{nil, ErrFile, ErrEncrypted, ErrMacros, ErrLinks, ErrTooLarge, ErrCharset} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// Whatever a file says it is, reading ends with rows or with an error of the package.
func FuzzOpen(f *testing.F) {
	f.Add(workbook(f, nil, []any{"名称", "编号"}, []any{"甲", 1}))
	f.Add(withSheet(f, cells(`<c r="A1" t="str"><v>x</v></c>`)))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := open(data, Limits{Unpacked: 1 << 20, Rows: 1000})
		for i := 0; err == nil && i < len(b.Sheets()); i++ {
			_, err = lines(b, i)
		}
		if !known(err) {
			t.Errorf("%v", err)
		}
	})
}

// The XML of a sheet, whatever it is, does no harm.
func FuzzSheet(f *testing.F) {
	f.Add(cells(`<c r="A1" t="inlineStr"><is><t>a&amp;b</t></is></c>`) + `<mergeCells><mergeCell ref="A1:B2"/></mergeCells>`)
	f.Fuzz(func(t *testing.T, rows string) {
		b := &Book{lim: Limits{Rows: 1000, Columns: 50, Merged: 1000}.withDefaults()}
		if err := newRowReader(b, nil, func(Line) error { return nil }).read(strings.NewReader(rows)); !known(err) {
			t.Errorf("%v", err)
		}
	})
}

// A csv, whatever it is, is read or refused; and what is guarded comes back as it was.
func FuzzCSV(f *testing.F) {
	f.Add([]byte("a,\"b\n\"\n'=1,2"))
	f.Add([]byte("\xff\xfea\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := OpenCSV(t.Context(), bytes.NewReader(data), int64(len(data)), CSVOptions{}, Limits{Rows: 1000})
		if err == nil {
			_, err = lines(b, 0)
		}
		if !known(err) {
			t.Errorf("%v", err)
		}
		s := strings.ToValidUTF8(string(data), "")
		g := Guard(s)
		if Unguard(g) != s || Unguard(guardTyped(s)) != s {
			t.Errorf("%q became %q", s, g)
		}
		if g != "" && strings.ContainsRune(formulaStarts, []rune(g)[0]) {
			t.Errorf("%q is a formula", g)
		}
		if !strings.ContainsAny(s, "\r\n\"") && !strings.Contains(s, "sep=") && strings.TrimSpace(s) != "" {
			roundTrip(t, s)
		}
	})
}

func roundTrip(t *testing.T, s string) {
	t.Helper()
	var out bytes.Buffer
	w, err := NewCSVWriter(&out, []Column{{Heading: "a"}, {Heading: "b"}})
	must(t, err)
	must(t, w.Row([]any{s, "x"}))
	must(t, w.Close())
	b, err := OpenCSV(context.Background(), bytes.NewReader(out.Bytes()), int64(out.Len()), CSVOptions{Delimiter: ','}, Limits{})
	must(t, err)
	got := ""
	must(t, b.Rows(context.Background(), 0, func(l Line) error {
		if l.Number == 2 {
			got = fmt.Sprint(l.Cells[0].Text)
		}
		return nil
	}))
	if short, _ := cut(s, maxCellUnits); got != short {
		t.Errorf("%q came back as %q", s, got)
	}
}
