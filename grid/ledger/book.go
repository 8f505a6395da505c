package ledger

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"wangge/grid"
)

// Why a file is not read at all.
var (
	// ErrFile: it is no xlsx workbook.
	ErrFile = errors.New("not an xlsx workbook")
	// ErrEncrypted: it has a password, or is of the old xls kind, which looks the same.
	ErrEncrypted = errors.New("the workbook is encrypted, or an old xls file")
	// ErrMacros: it has macros.
	ErrMacros = errors.New("the workbook has macros")
	// ErrLinks: it takes data from elsewhere, or has other files inside.
	ErrLinks = errors.New("the workbook has external links or embedded objects")
	// ErrTooLarge: it is more than is read.
	ErrTooLarge = errors.New("the workbook is too large")
	// ErrNoHeader: no sheet has a row of headers with a column of names.
	ErrNoHeader = errors.New("no sheet has a row of headers with names (姓名)")
)

// What is read at most.
const (
	MaxBytes     = 16 << 20 // of the file
	maxUnpacked  = 96 << 20 // of all parts of the file together
	maxParts     = 2000
	maxSheets    = 50
	maxRows      = 10000 // with anything in them, of all sheets together
	maxColumns   = 256
	maxMerged    = 2_000_000 // cells under merged ranges
	maxCellRunes = 2000
)

// sheet is one sheet's rows that have anything in them.
type sheet struct {
	name string
	rows []row
}

// row is a row by its number in the file, from 1.
type row struct {
	number  int
	cells   []string
	formula map[int]bool // columns whose value a formula made
}

func (r row) cell(column int) string {
	if column < 0 || column >= len(r.cells) {
		return ""
	}
	return r.cells[column]
}

// oleHeader begins encrypted workbooks, and xls files.
var oleHeader = []byte{0xd0, 0xcf, 0x11, 0xe0}

// open reads all sheets of a workbook. date1904 tells from which day its dates count.
func open(ctx context.Context, data []byte) (sheets []sheet, date1904 bool, err error) {
	if err := inspect(data); err != nil {
		return nil, false, err
	}
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpacked})
	if err != nil {
		return nil, false, fmt.Errorf("%w: %w", ErrFile, err)
	}
	defer func() { _ = f.Close() }() // nothing was written
	props, err := f.GetWorkbookProps()
	if err != nil {
		return nil, false, fmt.Errorf("%w: %w", ErrFile, err)
	}
	date1904 = props.Date1904 != nil && *props.Date1904
	names := f.GetSheetList()
	if len(names) > maxSheets {
		return nil, false, fmt.Errorf("%w: %d sheets", ErrTooLarge, len(names))
	}
	parts, err := sheetParts(f)
	if err != nil {
		return nil, false, err
	}
	left := maxRows
	for _, name := range names {
		s, err := readSheet(ctx, f, name, parts[name], &left)
		if err != nil {
			return nil, false, err
		}
		sheets = append(sheets, s)
	}
	return sheets, date1904, nil
}

// inspect refuses what is no harmless workbook, by the names and sizes of its parts.
func inspect(data []byte) error {
	if len(data) > MaxBytes {
		return fmt.Errorf("%w: %d bytes", ErrTooLarge, len(data))
	}
	if bytes.HasPrefix(data, oleHeader) {
		return ErrEncrypted
	}
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFile, err)
	}
	if len(archive.File) > maxParts {
		return fmt.Errorf("%w: %d parts", ErrTooLarge, len(archive.File))
	}
	var unpacked uint64
	book := false
	for _, part := range archive.File {
		name := strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(part.Name, `\`, "/"), "/"))
		if part.Flags&1 != 0 {
			return ErrEncrypted
		}
		switch {
		case strings.Contains(name, "vbaproject") || strings.Contains(name, "vbadata") || strings.Contains(name, "/macrosheets/"):
			return ErrMacros
		case strings.Contains(name, "/externallinks/") || strings.Contains(name, "/embeddings/") || strings.Contains(name, "/activex/") ||
			strings.HasSuffix(name, "/connections.xml") || strings.Contains(name, "/querytables/"):
			return ErrLinks
		}
		if unpacked += part.UncompressedSize64; unpacked > maxUnpacked || part.UncompressedSize64 > maxUnpacked {
			return fmt.Errorf("%w: unpacks to more than %d bytes", ErrTooLarge, maxUnpacked)
		}
		book = book || strings.HasSuffix(name, "workbook.xml")
		if name == "[content_types].xml" {
			if err := checkTypes(part); err != nil {
				return err
			}
		}
	}
	if !book {
		return ErrFile
	}
	return nil
}

// checkTypes looks for the type of workbooks with macros: they can be renamed, the type cannot.
func checkTypes(part *zip.File) error {
	r, err := part.Open()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFile, err)
	}
	text, err := io.ReadAll(io.LimitReader(r, 1<<20))
	if err = errors.Join(err, r.Close()); err != nil {
		return fmt.Errorf("%w: %w", ErrFile, err)
	}
	if bytes.Contains(bytes.ToLower(text), []byte("macroenabled")) {
		return ErrMacros
	}
	return nil
}

// sheetParts finds the part of the file that each sheet is in.
func sheetParts(f *excelize.File) (map[string][]byte, error) {
	const bookPath, relsPath = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
	var book struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"id,attr"`
		} `xml:"sheets>sheet"`
	}
	var rels struct {
		All []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	for name, into := range map[string]any{bookPath: &book, relsPath: &rels} {
		if err := xml.Unmarshal(partOf(f, name), into); err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrFile, name, err)
		}
	}
	targets := map[string]string{}
	for _, r := range rels.All {
		if target, absolute := strings.CutPrefix(r.Target, "/"); absolute {
			targets[r.ID] = target
		} else {
			targets[r.ID] = path.Join("xl", r.Target)
		}
	}
	parts := map[string][]byte{}
	for _, s := range book.Sheets {
		parts[s.Name] = partOf(f, targets[s.ID])
	}
	return parts, nil
}

func partOf(f *excelize.File, name string) []byte {
	part, _ := f.Pkg.Load(name)
	text, _ := part.([]byte)
	return text
}

// readSheet reads a sheet: values, which of them formulas made, and merged cells filled.
func readSheet(ctx context.Context, f *excelize.File, name string, part []byte, left *int) (sheet, error) {
	s := sheet{name: grid.Plain(name)}
	if part == nil {
		return s, nil // a chart
	}
	formulas, merges, err := scan(ctx, part)
	if err != nil {
		return s, err
	}
	rows, err := f.Rows(name)
	if err != nil {
		return s, fmt.Errorf("%w: sheet %s: %w", ErrFile, name, err)
	}
	defer func() { _ = rows.Close() }() // nothing was written
	for number := 1; rows.Next(); number++ {
		if number%1000 == 0 && ctx.Err() != nil {
			return s, ctx.Err()
		}
		cells, err := rows.Columns()
		if err != nil {
			return s, fmt.Errorf("%w: sheet %s row %d: %w", ErrFile, name, number, err)
		}
		if cells = trim(cells); len(cells) == 0 {
			continue
		}
		if len(cells) > maxColumns {
			return s, fmt.Errorf("%w: sheet %s has more than %d columns", ErrTooLarge, name, maxColumns)
		}
		if *left--; *left < 0 {
			return s, fmt.Errorf("%w: more than %d rows", ErrTooLarge, maxRows)
		}
		s.rows = append(s.rows, row{number: number, cells: cells, formula: formulas[number]})
	}
	return s, s.fill(merges)
}

// trim makes cells plain and leaves out the empty ones at the end.
func trim(cells []string) []string {
	last := 0
	for i, c := range cells {
		if r := []rune(c); len(r) > maxCellRunes {
			c = string(r[:maxCellRunes])
		}
		if cells[i] = grid.Plain(c); cells[i] != "" {
			last = i + 1
		}
	}
	return cells[:last]
}

// box is a merged range: columns from 0, rows from 1, all inside.
type box struct{ left, top, right, bottom int }

// fill gives merged cells the value of their first, in rows that have anything in them.
func (s *sheet) fill(merges []box) error {
	at := map[int]int{}
	for i, r := range s.rows {
		at[r.number] = i
	}
	budget := maxMerged
	for _, m := range merges {
		first, there := at[m.top]
		if !there || m.left >= maxColumns {
			continue
		}
		value, made := s.rows[first].cell(m.left), s.rows[first].formula[m.left]
		if value == "" && !made {
			continue
		}
		for i := first; i < len(s.rows) && s.rows[i].number <= m.bottom; i++ {
			r := &s.rows[i]
			for c := m.left; c <= min(m.right, maxColumns-1); c++ {
				if budget--; budget < 0 {
					return fmt.Errorf("%w: merged cells", ErrTooLarge)
				}
				for len(r.cells) <= c {
					r.cells = append(r.cells, "")
				}
				r.cells[c] = value
				if made {
					if r.formula == nil {
						r.formula = map[int]bool{}
					}
					r.formula[c] = true
				}
			}
		}
	}
	return nil
}

// scan finds which cells of a sheet's part have formulas, by row and column, and which ranges are merged.
func scan(ctx context.Context, part []byte) (formulas map[int]map[int]bool, merges []box, err error) {
	formulas = map[int]map[int]bool{}
	d := xml.NewDecoder(bytes.NewReader(part))
	d.Strict = false
	var number, column int // of the cell; both may be left out of the file, and count on then
	for n := 0; ; n++ {
		if n%100000 == 0 && ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return formulas, merges, nil
		}
		if err != nil {
			return nil, nil, fmt.Errorf("%w: %w", ErrFile, err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch start.Name.Local {
		case "row":
			number, column = number+1, 0
			if r, err := strconv.Atoi(attribute(start, "r")); err == nil {
				number = r
			}
		case "c":
			column++
			if c, _, err := excelize.CellNameToCoordinates(attribute(start, "r")); err == nil {
				column = c
			}
		case "f":
			if formulas[number] == nil {
				formulas[number] = map[int]bool{}
			}
			formulas[number][column-1] = true
		case "mergeCell":
			if b, ok := parseBox(attribute(start, "ref")); ok {
				merges = append(merges, b)
			}
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func parseBox(ref string) (box, bool) {
	from, to, ok := strings.Cut(ref, ":")
	left, top, err := excelize.CellNameToCoordinates(from)
	if !ok || err != nil {
		return box{}, false
	}
	right, bottom, err := excelize.CellNameToCoordinates(to)
	if err != nil || right < left || bottom < top {
		return box{}, false
	}
	return box{left - 1, top, right - 1, bottom}, true
}
