package ingest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"wangge/layers"
	"wangge/layers/sheet"
)

// This file reads ledgers: xlsx and csv, through layers/sheet.

// What a ledger may have. A row is in memory at a time, so these bound time, and the columns what a report shows.
const (
	MaxTableRows    = 1_000_000
	MaxTableColumns = 512
	maxUnpacked     = 2 << 30
	headerWithin    = 50 // rows with anything in them, among which the headings are
)

// ledger is an open table.
type ledger struct {
	book  *sheet.Book
	file  *os.File
	sheet int
}

func (l *ledger) close() { _ = l.file.Close() } // it was only read

// openLedger opens a table and finds the sheet that was asked for, or the one that looks most like a ledger of the layer.
func openLedger(ctx context.Context, f *File, o *Options) (*ledger, error) {
	file, err := os.Open(f.Path)
	if err != nil {
		return nil, fmt.Errorf("opening the file: %w", err)
	}
	l := &ledger{file: file}
	lim := sheet.Limits{Bytes: MaxFileBytes, Unpacked: maxUnpacked, Rows: MaxTableRows + headerWithin, Columns: MaxTableColumns}
	if charset := csvCharset(o.Charset); f.Format == CSV && charset != "" && !slices.Contains(sheet.Charsets(), charset) {
		err = usage("不认识字符集 %[1]q：可用 %[2]s、gbk", "unknown charset %[1]q: there are %[2]s and gbk", o.Charset, strings.Join(sheet.Charsets(), ", "))
	} else if f.Format == CSV {
		l.book, err = sheet.OpenCSV(ctx, file, f.size, sheet.CSVOptions{Charset: charset}, lim)
	} else {
		l.book, err = sheet.Open(ctx, file, f.size, lim)
	}
	if err != nil {
		l.close()
		return nil, sheetFault(err)
	}
	names := l.book.Names()
	switch o.Sheet {
	case "":
		l.sheet, err = l.likeliest(ctx, o)
	default:
		l.sheet = slices.IndexFunc(names, func(n string) bool { return n == o.Sheet || strings.TrimSpace(n) == strings.TrimSpace(o.Sheet) })
		if l.sheet < 0 {
			err = usage("工作簿中没有表 %[1]q；有：%[2]s", "there is no sheet %[1]q; there are: %[2]s", o.Sheet, strings.Join(names, ", "))
		}
	}
	if err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

// csvCharset is what package sheet calls a charset.
func csvCharset(name string) string {
	switch strings.ToLower(strings.ReplaceAll(name, "-", "")) {
	case "", "auto":
		return ""
	case "gbk", "cp936", "gb2312", "gb18030":
		return sheet.GB18030
	case "utf8", "utf8bom":
		return sheet.UTF8
	case "utf16le", "utf16":
		return sheet.UTF16LE
	case "utf16be":
		return sheet.UTF16BE
	}
	return name
}

// likeliest is the sheet whose best row of headings is the best of all that are shown.
func (l *ledger) likeliest(ctx context.Context, o *Options) (int, error) {
	best, score := 0, -1
	for i, info := range l.book.Sheets() {
		head, err := l.head(ctx, i, o)
		if err != nil {
			return 0, err
		}
		if info.Hidden {
			head.score /= 2
		}
		if head.score > score {
			best, score = i, head.score
		}
	}
	return best, nil
}

// errEnough ends a reading that has seen what it wanted.
var errEnough = errors.New("enough")

// header is the beginning of a sheet with its row of headings.
type header struct {
	row     int // its number in the file; 0 for none
	columns []string
	cells   []sheet.Cell   // as they stand
	before  [][]sheet.Cell // the rows before it
	score   int
}

// head reads the beginning of a sheet and finds the headings.
func (l *ledger) head(ctx context.Context, n int, o *Options) (header, error) {
	var lines []sheet.Line
	err := l.book.Rows(ctx, n, func(line sheet.Line) error {
		line.Cells = slices.Clone(line.Cells)
		lines = append(lines, line)
		if len(lines) == headerWithin && line.Number >= o.HeaderRow {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return header{}, sheetFault(err)
	}
	return findHeader(lines, o), nil
}

// findHeader finds the row of headings: the one that was said, or the one with the most that are known, in a layer if one was said, else in any. Of
// two rows of headings under one another the lower holds, because merged cells are filled down into it.
func findHeader(lines []sheet.Line, o *Options) header {
	best := header{score: -1}
	at := -1
	for i, line := range lines {
		if o.HeaderRow > 0 && line.Number != o.HeaderRow {
			continue
		}
		score := headerScore(line.Cells, o.Layer)
		below := at == i-1 && at >= 0 && slices.ContainsFunc(line.Cells, func(c sheet.Cell) bool { return c.Merged })
		if score > best.score || score == best.score && score > 1 && below {
			best, at = header{row: line.Number, cells: line.Cells, score: score}, i
		}
	}
	if best.score <= 0 && o.HeaderRow == 0 { // nothing is known: the first row with several texts
		for i, line := range lines {
			if n, texts := filled(line.Cells); n > 1 && n == texts {
				best, at = header{row: line.Number, cells: line.Cells, score: 0}, i
				break
			}
		}
	}
	if at < 0 {
		return header{}
	}
	for _, line := range lines[:at] {
		best.before = append(best.before, line.Cells)
	}
	best.columns = columnNames(best.cells)
	return best
}

// filled counts the cells with anything in them, and those with texts.
func filled(cells []sheet.Cell) (n, texts int) {
	for _, c := range cells {
		if !c.Blank() {
			n++
			if c.Kind == sheet.Text {
				texts++
			}
		}
	}
	return n, texts
}

// headerScore counts what is known in a row of headings: columns of the layer twice, positions and addresses, serial numbers.
func headerScore(cells []sheet.Cell, l *layers.Layer) int {
	all := layers.Catalogue()
	if l != nil {
		all = []*layers.Layer{l}
	}
	best := 0
	for _, one := range all {
		known, score := headings(one), 0
		for _, c := range cells {
			h := heading(c.Text)
			if h == "" || c.Kind != sheet.Text || len(h) > 60 {
				continue
			}
			if f, _ := findHeading(known, h); f != nil {
				score += 2
			} else if isOneOf(h, lonHeadings) || isOneOf(h, latHeadings) || isOneOf(h, xHeadings) || isOneOf(h, yHeadings) || isOneOf(h, wktHeadings) ||
				isOneOf(h, addressHeadings) || isOneOf(h, serialHeadings) {
				score++
			}
		}
		best = max(best, score)
	}
	return best
}

// columnNames gives every column a name of its own: its heading; a number behind it where it comes again, its place where it has none.
func columnNames(cells []sheet.Cell) []string {
	names := make([]string, len(cells))
	seen := map[string]int{}
	for i, c := range cells {
		name := strings.Join(strings.Fields(clean(c.Text)), " ")
		if name == "" {
			name = fmt.Sprintf("列%d", i+1)
		}
		name = shorten(name)
		if seen[name]++; seen[name] > 1 {
			name = fmt.Sprintf("%s (%d)", name, seen[name])
		}
		names[i] = name
	}
	return names
}

// layout is where in a table positions and addresses stand.
type layout struct {
	lon, lat, wkt, address, key int // columns; -1 for none
}

// place finds the columns of positions: those that were said, else those that have such headings, else a text column that looks like positions.
func (m *Mapper) place(columns []string, sample []sheet.Line) (layout, error) {
	at := layout{-1, -1, -1, -1, -1}
	for _, said := range []struct {
		name string
		at   *int
	}{{m.o.Lon, &at.lon}, {m.o.Lat, &at.lat}, {m.o.WKT, &at.wkt}} {
		if said.name == "" {
			continue
		}
		if *said.at = indexOf(columns, said.name); *said.at < 0 {
			return at, usage("没有列 %[1]q；有：%[2]s", "there is no column %[1]q; there are: %[2]s", said.name, strings.Join(columns, ", "))
		}
	}
	if (at.lon < 0) != (at.lat < 0) {
		return at, usage("--lon 与 --lat 须同时给出", "--lon and --lat go together")
	}
	if at.lon < 0 && at.wkt < 0 {
		if pairs := coordinatePairs(columns); len(pairs) > 0 {
			at.lon, at.lat = pairs[0][0], pairs[0][1]
		} else {
			at.wkt = textColumn(columns, sample, m.o.Layer)
		}
	}
	at.address = slices.IndexFunc(columns, func(c string) bool { return isOneOf(heading(c), addressHeadings) })
	return at, m.findKey(columns, &at)
}

// findKey finds the column that says which row is which.
func (m *Mapper) findKey(columns []string, at *layout) error {
	if m.o.Key == "" {
		return nil
	}
	at.key = indexOf(columns, m.o.Key)
	for i := 0; at.key < 0 && i < len(columns); i++ {
		if f := m.column(columns[i]).field; f != nil && f.Name == m.o.Key {
			at.key = i
		}
	}
	if at.key < 0 {
		return usage("没有列 %[1]q 可作为标识；有：%[2]s", "there is no column %[1]q to know rows by; there are: %[2]s", m.o.Key, strings.Join(columns, ", "))
	}
	return nil
}

func indexOf(columns []string, name string) int {
	if i := slices.Index(columns, name); i >= 0 {
		return i
	}
	return slices.IndexFunc(columns, func(c string) bool { return heading(c) == heading(name) })
}

// coordinatePairs lists the pairs of columns that may be coordinates, the likeliest first.
func coordinatePairs(columns []string) (pairs [][2]int) {
	for _, names := range [][2][]string{{lonHeadings, latHeadings}, {xHeadings, yHeadings}} {
		find := func(list []string) int {
			return slices.IndexFunc(columns, func(c string) bool { return isOneOf(heading(c), list) })
		}
		if a, b := find(names[0]), find(names[1]); a >= 0 && b >= 0 && a != b {
			pairs = append(pairs, [2]int{a, b})
		}
	}
	return pairs
}

// textColumn finds the column whose texts are positions: by its heading, or by all that it has in the sample.
func textColumn(columns []string, sample []sheet.Line, l *layers.Layer) int {
	for named := range 2 {
		for i, c := range columns {
			if (named == 0) == isOneOf(heading(c), wktHeadings) && arePositions(sample, i, l, named == 0) {
				return i
			}
		}
	}
	return -1
}

// arePositions tells whether the texts of a column are positions: all of them, or where its heading says so already any.
func arePositions(sample []sheet.Line, column int, l *layers.Layer, lenient bool) bool {
	read := 0
	for _, line := range sample {
		if column >= len(line.Cells) || line.Cells[column].Blank() {
			continue
		}
		_, nowhere, err := shapeOf(clean(line.Cells[column].Text), l)
		if good := line.Cells[column].Kind == sheet.Text && err == nil; !good && !lenient {
			return false
		} else if good && !nowhere {
			read++
		}
	}
	return read > 0
}

// tableReader makes objects of the rows of a ledger.
type tableReader struct {
	m       *Mapper
	columns []string
	at      layout
	conv    *converter
	date04  bool
	head    []sheet.Cell
}

// readTable reads a ledger.
func readTable(ctx context.Context, f *File, m *Mapper, conv *converter, take func(*object) error) error {
	l, err := openLedger(ctx, f, &m.o)
	if err != nil {
		return err
	}
	defer l.close()
	t, head, err := m.openTable(ctx, l)
	if err != nil {
		return err
	}
	if m.o.Datum == "" && (t.at.lon >= 0 || t.at.wkt >= 0) {
		return noDatum()
	}
	t.conv = conv
	read := int64(0)
	err = l.book.Rows(ctx, l.sheet, func(line sheet.Line) error {
		if line.Number <= head.row || t.isHead(line.Cells) {
			return nil
		}
		if read++; read > MaxTableRows {
			return tooManyRows()
		}
		if f.report != nil && read%1000 == 0 {
			f.report(read, 0)
		}
		return take(t.object(line))
	})
	if err != nil {
		return sheetFault(err)
	}
	if read == 0 {
		return empty()
	}
	return nil
}

// openTable finds headings, columns and positions of the sheet.
func (m *Mapper) openTable(ctx context.Context, l *ledger) (*tableReader, header, error) {
	head, err := l.head(ctx, l.sheet, &m.o)
	if err != nil {
		return nil, head, err
	}
	if head.row == 0 {
		return nil, head, noHeader()
	}
	sample, err := l.sample(ctx, head.row, headerWithin)
	if err != nil {
		return nil, head, err
	}
	t := &tableReader{m: m, columns: head.columns, head: head.cells, date04: l.book.Date1904()}
	m.exported = ownExport(m.namesOf(head.columns))
	m.settle(head.columns)
	if t.at, err = m.place(head.columns, sample); err != nil {
		return nil, head, err
	}
	for _, i := range []int{t.at.lon, t.at.lat, t.at.wkt} {
		if i >= 0 {
			m.known[t.columns[i]] = column{by: ByNone, drop: true}
		}
	}
	return t, head, nil
}

// settle gives every field the first of the columns that are named like it; the others are kept in extra.
func (m *Mapper) settle(columns []string) {
	taken := map[string]string{}
	for _, by := range []string{ByUser, ByRemembered, ByLabel, ByAlias} {
		for _, name := range columns {
			c := m.column(name)
			if c.field == nil || c.by != by {
				continue
			}
			if first, has := taken[c.field.Name]; has && first != name {
				m.known[name] = column{by: ByNone}
				continue
			}
			taken[c.field.Name] = name
		}
	}
}

// sample reads some rows behind the headings.
func (l *ledger) sample(ctx context.Context, after, rows int) ([]sheet.Line, error) {
	var lines []sheet.Line
	err := l.book.Rows(ctx, l.sheet, func(line sheet.Line) error {
		if line.Number <= after {
			return nil
		}
		line.Cells = slices.Clone(line.Cells)
		if lines = append(lines, line); len(lines) >= rows {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, sheetFault(err)
	}
	return lines, nil
}

// isHead tells whether a row is the headings again, as on every page of a printed ledger.
func (t *tableReader) isHead(cells []sheet.Cell) bool {
	if len(cells) != len(t.head) {
		return false
	}
	for i := range cells {
		if cells[i].Text != t.head[i].Text {
			return false
		}
	}
	return true
}

// object makes an object of a row.
func (t *tableReader) object(line sheet.Line) *object {
	o := &object{row: int64(line.Number), props: make(map[string]any, len(line.Cells))}
	cell := func(i int) string {
		if i < 0 || i >= len(line.Cells) {
			return ""
		}
		return clean(line.Cells[i].Text)
	}
	for i, c := range line.Cells {
		if i < len(t.columns) && !c.Blank() {
			o.props[t.columns[i]] = t.value(c)
		}
	}
	o.address, o.key = cell(t.at.address), cell(t.at.key)
	var g orb.Geometry
	var err error
	if t.at.wkt >= 0 {
		g, o.nowhere, err = shapeOf(cell(t.at.wkt), t.m.o.Layer)
	} else {
		g, o.nowhere, err = t.point(cell(t.at.lon), cell(t.at.lat))
	}
	if flaw := t.flaw(line.Cells); flaw != nil {
		err = flaw
	}
	if err == nil && !o.nowhere {
		g, err = t.conv.convert(g)
	}
	if isSum(line.Cells) && (o.nowhere || err != nil) {
		err = refuse(TotalRow, "")
	}
	o.geometry, o.err = g, err
	return o
}

// flaw is what is wrong with the cells of a position beside their texts, or nil.
func (t *tableReader) flaw(cells []sheet.Cell) error {
	for _, i := range []int{t.at.lon, t.at.lat, t.at.wkt} {
		if i < 0 || i >= len(cells) {
			continue
		}
		if f, is := t.value(cells[i]).(flawed); is && !cells[i].Blank() {
			return refuse(f.code, t.columns[i]+": "+shorten(f.text))
		}
	}
	return nil
}

func (t *tableReader) point(first, second string) (orb.Geometry, bool, error) {
	p, nowhere, err := pointOf(first, second)
	if nowhere || err != nil {
		return nil, nowhere, err
	}
	return p, false, nil
}

// value is what the mapper makes of a cell.
func (t *tableReader) value(c sheet.Cell) any {
	switch {
	case c.Cut:
		return flawed{CellCut, c.Text}
	case c.Kind == sheet.Error:
		return flawed{CellError, c.Text}
	case c.Kind == sheet.Formula:
		return flawed{Formula, c.Text}
	case c.Kind == sheet.Number:
		return cellNumber{c.Text, c.Rounded, t.date04}
	case c.Kind == sheet.Bool:
		return c.Text == "true"
	}
	return clean(c.Text)
}

// isSum tells whether a row is one of sums: one of its first cells says so.
func isSum(cells []sheet.Cell) bool {
	for _, c := range cells[:min(3, len(cells))] {
		switch strings.Join(strings.Fields(clean(c.Text)), "") {
		case "合计", "总计", "小计", "共计", "累计", "合计：", "总计：":
			return true
		}
	}
	return false
}
