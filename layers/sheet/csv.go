package sheet

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
)

// CSVOptions say what is not to be found out.
type CSVOptions struct {
	Charset   string // of Charsets, or gbk; "" to find it out
	Delimiter rune   // 0 to find it out
}

// maxRecordBytes bounds a record of a csv: an open quote must not swallow the file.
const maxRecordBytes = 4 << 20

// csvFile is a csv whose form is known.
type csvFile struct {
	r         io.ReaderAt
	size      int64
	skip      int64 // the byte order mark
	charsets  []string
	delimiter byte
}

// OpenCSV opens a csv file as a workbook of one sheet without a name. Its text may be read once before, to find the charset.
func OpenCSV(ctx context.Context, r io.ReaderAt, size int64, o CSVOptions, lim Limits) (*Book, error) {
	lim = lim.withDefaults()
	if size > lim.Bytes {
		return nil, tooLarge("%d bytes, %d are taken", size, lim.Bytes)
	}
	f := &csvFile{r: r, size: size}
	if err := f.findCharset(ctx, o.Charset); err != nil {
		return nil, err
	}
	if err := f.findDelimiter(ctx, o.Delimiter); err != nil {
		return nil, err
	}
	return &Book{lim: lim, csv: f, sheets: []sheetPart{{}}}, nil
}

// Charset is that of a csv, "" of a workbook. Others lists what it might be as well, all of it.
func (b *Book) Charset() (charset string, others []string) {
	if b.csv == nil {
		return "", nil
	}
	return b.csv.charsets[0], b.csv.charsets[1:]
}

// Delimiter is that of a csv, 0 of a workbook.
func (b *Book) Delimiter() rune {
	if b.csv == nil {
		return 0
	}
	return rune(b.csv.delimiter)
}

func (f *csvFile) findCharset(ctx context.Context, given string) error {
	head := make([]byte, 4)
	n, err := f.r.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	marked, length := byteOrderMark(head[:n])
	switch given = strings.ToLower(given); given {
	case "":
	case "gbk", "gb2312", "cp936":
		given = GB18030
	default:
		if !slices.Contains(Charsets(), given) {
			return broken("unknown charset %.20q", given)
		}
	}
	if given == "" || given == marked {
		f.skip = int64(length)
	}
	switch {
	case given != "":
		f.charsets = []string{given}
	case marked != "":
		f.charsets = []string{marked}
	default:
		f.charsets, err = findCharset(ctx, io.NewSectionReader(f.r, 0, f.size))
		return err
	}
	return nil
}

// text is the file as UTF-8.
func (f *csvFile) text(ctx context.Context) io.Reader {
	return decoded(&guardedReader{ctx: ctx, r: io.NewSectionReader(f.r, f.skip, f.size-f.skip), left: f.size}, f.charsets[0])
}

// delimiters are tried in this order.
const delimiters = ",\t;|"

// findDelimiter takes the delimiter that cuts the first records into the most even table of more than one column.
func (f *csvFile) findDelimiter(ctx context.Context, given rune) error {
	if given != 0 {
		if !strings.ContainsRune(delimiters, given) {
			return broken("unknown delimiter %q", given)
		}
		f.delimiter = byte(given)
		return nil
	}
	sample := make([]byte, 64<<10)
	n, err := io.ReadFull(f.text(ctx), sample)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	sample = sample[:n]
	if bytes.HasPrefix(sample, []byte("sep=")) && len(sample) > 4 && strings.IndexByte(delimiters, sample[4]) >= 0 {
		f.delimiter = sample[4]
		return nil
	}
	best := -1.0
	for i := range len(delimiters) {
		if score := evenness(sample, delimiters[i]); score > best {
			best, f.delimiter = score, delimiters[i]
		}
	}
	return nil
}

// evenness is the share of records that have as many columns as most have, a little more for more columns; 0 for one column.
func evenness(sample []byte, delimiter byte) float64 {
	counts, all := map[int]int{}, 0
	r := newRecords(bytes.NewReader(sample), delimiter, maxCellUnits)
	for range 200 {
		cells, err := r.next()
		if err != nil {
			break // the last is cut by the end of the sample, as like as not
		}
		if len(cells) > 0 {
			counts[len(cells)]++
			all++
		}
	}
	columns, most := 0, 0
	for n, times := range counts {
		if times > most || times == most && n > columns {
			columns, most = n, times
		}
	}
	if columns < 2 {
		return 0
	}
	return float64(most)/float64(all) + 0.01*float64(min(columns, 50))
}

// rows gives the records that have anything in them.
func (f *csvFile) rows(ctx context.Context, lim Limits, take func(Line) error) error {
	r := newRecords(f.text(ctx), f.delimiter, lim.CellRunes)
	for number := 1; ; number++ {
		cells, err := r.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if number == 1 && len(cells) <= 2 && len(cells) > 0 && strings.HasPrefix(cells[0].Text, "sep=") {
			continue // a word to Excel, not a row
		}
		if cells = trim(cells); len(cells) == 0 {
			continue
		}
		if len(cells) > lim.Columns {
			return tooLarge("more than %d columns", lim.Columns)
		}
		if err := take(Line{Number: number, Cells: cells}); err != nil {
			return err
		}
	}
}

// records cuts text into records and cells: RFC 4180, and what programs make of it. Any line end ends a record; a quote inside a cell without quotes is
// a quote; what follows a closing quote belongs to the cell.
type records struct {
	r         *bufio.Reader
	delimiter byte
	runes     int
	cells     []Cell
	cell      []byte
	bytes     int // of the record so far
	line      int
}

func newRecords(r io.Reader, delimiter byte, runes int) *records {
	return &records{r: bufio.NewReaderSize(r, 64<<10), delimiter: delimiter, runes: runes, line: 1}
}

// next reads a record. An empty line has no cells. The cells are good until the next call.
func (r *records) next() ([]Cell, error) {
	r.cells, r.cell, r.bytes = r.cells[:0], r.cell[:0], 0
	start, quoted, began := r.line, false, false
	for {
		c, err := r.r.ReadByte()
		if errors.Is(err, io.EOF) {
			if quoted {
				return nil, broken("the quote opened in line %d is never closed", start)
			}
			if !began {
				return nil, io.EOF
			}
			r.add()
			return r.cells, nil
		}
		if err != nil {
			return nil, err
		}
		if r.bytes++; r.bytes > maxRecordBytes {
			return nil, broken("a record of more than %d bytes begins in line %d: an open quote?", maxRecordBytes, start)
		}
		switch {
		case quoted && c == '"':
			if !r.follows('"') {
				quoted = false
				continue
			}
		case quoted:
			r.countLine(c)
		case c == '"' && len(r.cell) == 0:
			quoted, began = true, true
			continue
		case c == r.delimiter:
			began = true
			if r.add(); len(r.cells) > maxCells {
				return nil, tooLarge("more than %d columns", maxCells)
			}
			continue
		case c == '\n' || c == '\r':
			if c == '\r' {
				r.follows('\n')
			}
			r.line++
			if began {
				r.add()
			}
			return r.cells, nil
		}
		began = true
		r.cell = append(r.cell, c)
	}
}

// maxCells bounds the cells of a record before the caller's limit does, empty ones included.
const maxCells = 20000

// follows takes the next byte if it is c.
func (r *records) follows(c byte) bool {
	b, err := r.r.Peek(1)
	if err != nil || b[0] != c {
		return false
	}
	_, err = r.r.Discard(1)
	return err == nil
}

func (r *records) countLine(c byte) {
	if c == '\n' {
		r.line++
	}
}

// add ends a cell.
func (r *records) add() {
	c := Cell{Kind: Text}
	c.Text, c.Cut = cut(strings.ToValidUTF8(string(r.cell), "\uFFFD"), r.runes)
	if c.Text = Unguard(c.Text); c.Text == "" {
		c.Kind = Empty
	}
	r.cells, r.cell = append(r.cells, c), r.cell[:0]
}
