package sheet

import (
	"archive/zip"
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/klauspost/compress/flate"
)

// deflateLevel: the rows are made as fast as they are compressed, and the file is a tenth larger than it could be.
const deflateLevel = 3

// Column is a column of a table that is written.
type Column struct {
	Heading string
	Width   float64 // in characters; 0 for what the heading needs
	Day     bool    // times are days: their clock is left out
}

// Rows of a table that is written: one call of Row for each, then Close. Values are nil, string, int64, float64, bool and time.Time.
type Rows interface {
	Row(values []any) error
	Close() error
}

// ErrCell is the answer to a text that is longer than a cell of a workbook holds, 32,767 UTF-16 units.
var ErrCell = errors.New("a text does not fit into a cell")

// MaxWritten is how many rows a sheet holds below its headings.
const MaxWritten = maxRow - 1

// Fits tells whether a text fits into a cell of a workbook.
func Fits(s string) bool {
	if len(s) <= maxCellUnits {
		return true
	}
	return len(utf16.Encode([]rune(s))) <= maxCellUnits
}

// Writer writes a workbook with a table, whose headings stay in sight, and a sheet of notes. It streams: rows are not kept.
type Writer struct {
	zip     *zip.Writer
	sheet   *bufio.Writer
	columns []Column
	notes   func() [][2]string
	row     int
	buf     []byte
	err     error
}

// The styles of cells, by their place in stylesXML.
const (
	styleText = iota + 1
	styleDay
	styleInstant
	styleHead
)

// NewWriter begins a workbook. notes gives the rows of the second sheet and is asked when the first is complete; nil for no second sheet.
func NewWriter(w io.Writer, name, notesName string, columns []Column, notes func() [][2]string) (*Writer, error) {
	x := newWriter(w)
	x.columns, x.notes = columns, notes
	names := []string{Named(name)}
	if notes != nil {
		names = append(names, Named(notesName))
	}
	if err := x.fixed(names); err != nil {
		return nil, err
	}
	return x, x.head(1)
}

func newWriter(w io.Writer) *Writer {
	x := &Writer{zip: zip.NewWriter(w)}
	x.zip.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, deflateLevel) })
	return x
}

// fixed writes the parts of a workbook that are the same whatever its rows.
func (x *Writer) fixed(names []string) error {
	for _, part := range fixedParts(names...) {
		if err := x.part(part.name, part.text); err != nil {
			return err
		}
	}
	return nil
}

// head begins a sheet, by its number from 1, with its headings.
func (x *Writer) head(number int) error {
	if err := x.begin("xl/worksheets/sheet" + strconv.Itoa(number) + ".xml"); err != nil {
		return err
	}
	x.buf = append(x.buf[:0], `<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>`...)
	for i, c := range x.columns {
		x.buf = fmt.Appendf(x.buf, `<col min="%d" max="%d" width="%s" customWidth="1"/>`, i+1, i+1, strconv.FormatFloat(c.width(), 'f', 1, 64))
	}
	x.buf = append(x.buf, `</cols><sheetData>`...)
	x.startRow()
	for i, c := range x.columns {
		x.buf = x.appendText(x.buf, i, c.Heading, styleHead)
	}
	return x.endRow()
}

func (c Column) width() float64 {
	if c.Width > 0 {
		return c.Width
	}
	width := 4.0
	for _, r := range c.Heading {
		if width++; r > 0x2E80 {
			width++
		}
	}
	return min(max(width, 8), 60)
}

// begin begins a sheet's part.
func (x *Writer) begin(name string) error {
	w, err := x.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
	if err != nil {
		return err
	}
	x.row = 0
	x.sheet = bufio.NewWriterSize(w, 64<<10)
	_, err = x.sheet.WriteString(xmlHead + `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`)
	return err
}

func (x *Writer) startRow() {
	x.row++
	x.buf = fmt.Appendf(x.buf, `<row r="%d">`, x.row)
}

func (x *Writer) endRow() error {
	x.buf = append(x.buf, "</row>"...)
	_, err := x.sheet.Write(x.buf)
	x.buf = x.buf[:0]
	x.err = errors.Join(x.err, err)
	return err
}

// Row writes a row.
func (x *Writer) Row(values []any) error {
	if x.err != nil {
		return x.err
	}
	if x.row > MaxWritten {
		return tooLarge("a sheet holds %d rows", MaxWritten)
	}
	x.startRow()
	for i, v := range values {
		if s, ok := v.(string); ok && !Fits(s) {
			x.err = fmt.Errorf("row %d: %w", x.row, ErrCell)
			return x.err
		}
		x.buf = x.appendValue(x.buf, i, v)
	}
	return x.endRow()
}

func (x *Writer) appendValue(b []byte, column int, value any) []byte {
	switch v := value.(type) {
	case nil:
		return b
	case string:
		if v == "" {
			return b
		}
		return x.appendText(b, column, guardTyped(v), styleText)
	case int64:
		if v > 999_999_999_999_999 || v < -999_999_999_999_999 { // spreadsheet programs keep 15 digits
			return x.appendText(b, column, strconv.FormatInt(v, 10), styleText)
		}
		return append(strconv.AppendInt(append(x.open(b, column, 0, ""), "<v>"...), v, 10), "</v></c>"...)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return b
		}
		return append(strconv.AppendFloat(append(x.open(b, column, 0, ""), "<v>"...), v, 'g', -1, 64), "</v></c>"...)
	case bool:
		digit := "<v>0</v></c>"
		if v {
			digit = "<v>1</v></c>"
		}
		return append(x.open(b, column, 0, "b"), digit...)
	case time.Time:
		return x.appendTime(b, column, v)
	}
	return x.appendText(b, column, fmt.Sprint(value), styleText)
}

func (x *Writer) appendTime(b []byte, column int, t time.Time) []byte {
	style, layout := styleInstant, time.DateTime
	if column < len(x.columns) && x.columns[column].Day {
		style, layout = styleDay, time.DateOnly
		t = time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
	}
	number, known := serial(t)
	if !known {
		return x.appendText(b, column, t.Format(layout), styleText)
	}
	return append(strconv.AppendFloat(append(x.open(b, column, style, ""), "<v>"...), number, 'f', -1, 64), "</v></c>"...)
}

// open begins a cell.
func (x *Writer) open(b []byte, column, style int, typ string) []byte {
	b = append(b, `<c r="`...)
	b = appendColumn(b, column)
	b = strconv.AppendInt(b, int64(x.row), 10)
	b = append(b, '"')
	if style > 0 {
		b = append(b, ` s="`...)
		b = strconv.AppendInt(b, int64(style), 10)
		b = append(b, '"')
	}
	if typ != "" {
		b = append(append(append(b, ` t="`...), typ...), '"')
	}
	return append(b, '>')
}

func (x *Writer) appendText(b []byte, column int, s string, style int) []byte {
	b = append(x.open(b, column, style, "inlineStr"), `<is><t xml:space="preserve">`...)
	return append(appendXML(b, s), `</t></is></c>`...)
}

// appendColumn appends the letters of a column from 0.
func appendColumn(b []byte, column int) []byte {
	if column >= 26 {
		b = appendColumn(b, column/26-1)
	}
	return append(b, byte('A'+column%26))
}

// Close ends the workbook. Without it a file cannot be opened.
func (x *Writer) Close() error {
	if x.err != nil {
		return x.err
	}
	if err := x.foot(); err != nil {
		return err
	}
	if x.notes != nil {
		if err := x.begin("xl/worksheets/sheet2.xml"); err != nil {
			return err
		}
		x.buf = append(x.buf[:0], `<cols><col min="1" max="1" width="18" customWidth="1"/><col min="2" max="2" width="90" customWidth="1"/></cols><sheetData>`...)
		for _, n := range x.notes() {
			x.startRow()
			x.buf = x.appendText(x.appendText(x.buf, 0, n[0], styleHead), 1, n[1], styleText)
			if err := x.endRow(); err != nil {
				return err
			}
		}
		if _, err := x.sheet.Write(x.buf); err != nil { // no notes at all
			return err
		}
		if err := x.end(`</sheetData>`); err != nil {
			return err
		}
	}
	return x.zip.Close()
}

// foot ends a sheet with headings.
func (x *Writer) foot() error {
	tail := `</sheetData>`
	if len(x.columns) > 0 {
		last := strings.TrimSpace(string(appendColumn(nil, len(x.columns)-1)))
		tail += fmt.Sprintf(`<autoFilter ref="A1:%s%d"/>`, last, max(x.row, 1))
	}
	return x.end(tail)
}

func (x *Writer) end(tail string) error {
	_, err := x.sheet.WriteString(tail + `</worksheet>`)
	return errors.Join(err, x.sheet.Flush())
}

// Flush sends on what has been written so far, as far as it is compressed.
func (x *Writer) Flush() error { return errors.Join(x.sheet.Flush(), x.zip.Flush()) }

func (x *Writer) part(name, text string) error {
	w, err := x.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, text)
	return err
}

// Named makes a name that a sheet can have: at most 31 units, without []:*?/\ and apostrophes at its ends.
func Named(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\`, r) || r < ' ' {
			return '_'
		}
		return r
	}, s)
	for len(utf16.Encode([]rune(s))) > 31 {
		r := []rune(s)
		s = string(r[:len(r)-1])
	}
	if s = strings.Trim(s, "' "); s == "" {
		return "Sheet"
	}
	return s
}
