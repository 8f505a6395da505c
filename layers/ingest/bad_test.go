package ingest

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"

	"wangge/layers"
)

// badAnswers are the documented answers to testdata/bad: a file, how it is read, and what comes of it. answers.txt says at its top how it is to be read.
func badAnswers(t *testing.T) (cases [][]string) {
	t.Helper()
	file, err := os.Open("testdata/bad/answers.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }() // it was only read
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if line := strings.TrimSpace(lines.Text()); line != "" && line[0] != '#' {
			cases = append(cases, strings.Fields(line))
		}
	}
	return cases
}

// faults are the names of faults in answers.txt.
func faults() map[string]error {
	return map[string]error{"empty": ErrEmpty, "truncated": ErrTruncated, "syntax": ErrSyntax, "too-large": ErrTooLarge, "format": ErrFormat, "crs": ErrCRS, "encrypted": ErrEncrypted,
		"macros": ErrMacros, "links": ErrLinks, "charset": ErrCharset, "no-header": ErrNoHeader, "bomb": ErrBomb, "usage": ErrUsage, "time": ErrTime}
}

// readBad reads a file as a line of answers.txt says, and gives its answer in the words of that file.
func readBad(t *testing.T, path string, args []string) string {
	t.Helper()
	o := Options{Layer: layers.ByID("public_toilet"), Datum: "wgs84"}
	for _, a := range args {
		key, value, _ := strings.Cut(a, "=")
		switch key {
		case "layer":
			o.Layer = layers.ByID(value)
		case "datum":
			o.Datum = value
		case "axes":
			o.Axes = value
		case "charset":
			o.Charset = value
		case "header":
			o.HeaderRow, _ = strconv.Atoi(value)
		case "key":
			o.Key = value
		case "lon":
			o.Lon = value
		case "lat":
			o.Lat = value
		case "set":
			field, v, _ := strings.Cut(value, ":")
			o.Sets = append(o.Sets, Assign{field, v})
		default:
			t.Fatalf("%s: %q is no option", path, a)
		}
	}
	f, err := Open(path)
	k := &kept{}
	if err == nil {
		_, err = Read(t.Context(), f, o, k)
	}
	var fault *Fault
	if errors.As(err, &fault) {
		if fault.Zh == "" || fault.En == "" {
			t.Errorf("%s: %+v speaks one language only", path, fault)
		}
		for name, kind := range faults() {
			if errors.Is(err, kind) {
				return "fault:" + name
			}
		}
	}
	if err != nil {
		return "error:" + err.Error()
	}
	var codes []string
	for _, r := range k.rejects {
		codes = append(codes, string(r.Code))
	}
	slices.Sort(codes)
	return fmt.Sprintf("taken:%d aside:%d rejected:%s", len(k.features), len(k.asides), strings.Join(slices.Compact(codes), ","))
}

// Every bad file gets the answer that is written down for it, and no file is without one.
func TestBadFiles(t *testing.T) {
	documented := map[string]bool{}
	for _, c := range badAnswers(t) {
		name, rest := c[0], c[1:]
		at := slices.Index(rest, "->")
		if at < 0 {
			t.Fatalf("%v has no answer", c)
		}
		documented[name] = true
		want := strings.Join(rest[at+1:], " ")
		if got := readBad(t, filepath.Join("testdata", "bad", name), rest[:at]); got != want {
			t.Errorf("%s %v\n got %s\nwant %s", name, rest[:at], got, want)
		}
	}
	files, err := os.ReadDir("testdata/bad")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if name := f.Name(); name != "answers.txt" && !documented[name] {
			t.Errorf("%s has no documented answer", name)
		}
	}
}

// zipOf makes a zip file of names and contents, in pairs.
func zipOf(t *testing.T, pairs ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		w, err := z.Create(pairs[i])
		if err == nil {
			_, err = w.Write([]byte(pairs[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// bookOf is a workbook with one sheet of the given XML, and other parts in pairs.
func bookOf(t *testing.T, rows string, more ...string) string {
	t.Helper()
	return zipOf(t, append([]string{
		"[Content_Types].xml", `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`,
		"_rels/.rels", `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml", `<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="台账" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels", `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml", `<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` + rows + `</sheetData></worksheet>`,
	}, more...)...)
}

// rowXML is a row of a sheet: texts, and what begins with "=" as XML of a cell of its own.
func rowXML(n int, cells ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<row r="%d">`, n)
	for i, c := range cells {
		at := fmt.Sprintf("%c%d", 'A'+i, n)
		if xml, is := strings.CutPrefix(c, "="); is {
			b.WriteString(strings.ReplaceAll(xml, "@", at))
			continue
		}
		fmt.Fprintf(&b, `<c r="%s" t="inlineStr"><is><t>%s</t></is></c>`, at, c)
	}
	return b.String() + "</row>"
}

// Bad files that are made here, because they are binary or large.
func TestBadMadeFiles(t *testing.T) {
	head := rowXML(1, "编码", "名称", "经度", "纬度", "男厕位")
	good := []string{"甲", `=<c r="@"><v>120.02</v></c>`, `=<c r="@"><v>36.22</v></c>`}
	row := func(code, stalls string) string {
		return head + rowXML(2, append(append([]string{code}, good...), stalls)...)
	}
	for name, c := range map[string]struct{ file, content, want string }{
		"a workbook":             {"a.xlsx", bookOf(t, row("A1", "3")), "taken:1 aside:0 rejected:"},
		"a formula":              {"a.xlsx", bookOf(t, row("A1", `=<c r="@"><f>1+2</f><v>3</v></c>`)), "taken:0 aside:0 rejected:formula"},
		"an error":               {"a.xlsx", bookOf(t, row("A1", `=<c r="@" t="e"><v>#REF!</v></c>`)), "taken:0 aside:0 rejected:cell_error"},
		"a rounded code":         {"a.xlsx", bookOf(t, row(`=<c r="@"><v>3702810301000000</v></c>`, "3")), "taken:0 aside:0 rejected:lost_digits"},
		"a code as 1.0":          {"a.xlsx", bookOf(t, row(`=<c r="@"><v>1.0</v></c>`, "3")), "taken:1 aside:0 rejected:"},
		"macros":                 {"a.xlsm", bookOf(t, row("A1", "3"), "xl/vbaProject.bin", "x"), "fault:macros"},
		"links":                  {"a.xlsx", bookOf(t, row("A1", "3"), "xl/externalLinks/externalLink1.xml", "<x/>"), "fault:links"},
		"embedded":               {"a.xlsx", bookOf(t, row("A1", "3"), "xl/embeddings/a.bin", "x"), "fault:links"},
		"no sheet":               {"a.xlsx", zipOf(t, "xl/workbook.xml", "<workbook/>"), "fault:syntax"},
		"broken XML":             {"a.xlsx", bookOf(t, head+"<row r=\"2\"><c"), "fault:syntax"},
		"an empty workbook":      {"a.xlsx", bookOf(t, ""), "fault:no-header"},
		"only headings":          {"a.xlsx", bookOf(t, head), "fault:empty"},
		"an old xls":             {"a.xls", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600), "fault:encrypted"},
		"an old xls as xlsx":     {"a.xlsx", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600), "fault:encrypted"},
		"half a workbook":        {"a.xlsx", bookOf(t, row("A1", "3"))[:700], "fault:syntax"},
		"a zip of nothing known": {"a.zip", zipOf(t, "readme.txt", "x"), "fault:format"},
		"an empty zip":           {"a.zip", zipOf(t), "fault:format"},
		"half a zip":             {"a.zip", zipOf(t, "a.shp", strings.Repeat("x", 500))[:100], "fault:truncated"},
		"a bomb":                 {"a.zip", zipOf(t, "a.shp", strings.Repeat("\x00", 40<<20)), "fault:bomb"},
		"a zip with paths":       {"a.zip", zipOf(t, "../../../a.shp", "x"), "fault:syntax"},
		"a shape of nothing":     {"a.shp", "\x00\x00\x27\x0a" + strings.Repeat("\x00", 20), "fault:syntax"},
		"a database of nothing":  {"a.gpkg", "SQLite format 3\x00" + strings.Repeat("\x00", 100), "fault:syntax"},
		"a text called gpkg":     {"a.gpkg", "hello", "fault:syntax"},
		"a text called zip":      {"a.zip", "hello", "fault:syntax"},
		"a text called xlsx":     {"a.xlsx", "名称,经度,纬度\n甲,120,36\n", "fault:syntax"},
		"a picture":              {"a.png", "\x89PNG\r\n\x1a\n", "fault:format"},
		"a page":                 {"a.pdf", "%PDF-1.4", "fault:format"},
		"flatgeobuf of nothing":  {"a.fgb", "fgb\x03fgb\x01" + strings.Repeat("\x00", 10), "fault:empty"},
		"csv with zero bytes":    {"a.csv", "名称,经度,纬度\n甲\x00,120.02,36.22\n", "fault:syntax"},
		"csv of one byte":        {"a.csv", "x", "fault:empty"},
		"csv that is binary":     {"a.csv", "\xff\xff\xff\x80\x80\x81,\x81\xff\n", "fault:charset"},
		"a csv, zipped":          {"a.csv.gz", zipped(t, "名称,经度,纬度\n"), "fault:syntax"},
		"a million columns":      {"a.csv", strings.Repeat("a,", 1_000_000) + "\n1\n", "fault:too-large"},
		"a quote without end":    {"a.csv", "名称,经度,纬度\n\"甲,120,36\n" + strings.Repeat("乙,120,36\n", 1000), "fault:syntax"},
		"utf-16":                 {"a.csv", "\xff\xfe" + utf16le("名称,经度,纬度\n甲,120.02,36.22\n"), "taken:1 aside:0 rejected:"},
		"gbk":                    {"a.csv", gbk(t, "名称,经度,纬度\n甲公厕,120.02,36.22\n"), "taken:1 aside:0 rejected:"},
	} {
		if got := readBad(t, file(t, c.file, c.content), nil); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	many := make([]string, 0, 2400)
	for i := range 1200 {
		many = append(many, fmt.Sprintf("a%d.shp", i), "")
	}
	if got := readBad(t, file(t, "many.zip", zipOf(t, many...)), nil); got != "fault:bomb" {
		t.Errorf("too many files: %s", got)
	}
}

func utf16le(s string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return string(b)
}

func gbk(t *testing.T, s string) string {
	t.Helper()
	out, err := simplifiedchinese.GBK.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
