package sheet

import (
	"errors"
	"io"
	"strconv"
	"strings"
)

// rowReader reads the rows of one sheet.
type rowReader struct {
	book   *Book
	take   func(Line) error
	fill   filler
	s      *scanner
	number int // of the row at hand
	column int // of the next cell without a name
	cells  []Cell
	value  []byte // of the cell at hand
}

func newRowReader(b *Book, merges []box, take func(Line) error) *rowReader {
	return &rowReader{book: b, take: take, fill: filler{boxes: merges, left: b.lim.Merged}}
}

func (r *rowReader) read(part io.Reader) error {
	r.s = newScanner(part)
	for {
		kind, err := r.s.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch {
		case kind == startTag && string(r.s.name) == "row":
			err = r.row()
		case kind == endTag && string(r.s.name) == "sheetData":
			return r.drain() // what follows has no cells
		}
		if err != nil {
			return err
		}
	}
}

// drain reads the part to its end, so that its checksum is looked at.
func (r *rowReader) drain() error {
	_, err := io.Copy(io.Discard, r.s.r)
	return err
}

// row reads a row, whose start tag has just been read.
func (r *rowReader) row() error {
	number := r.number + 1
	if s := r.s.attr("r"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < number || n > maxRow {
			return broken("row %.20q behind row %d", s, r.number)
		}
		number = n
	}
	if number > maxRow {
		return broken("more than %d rows", maxRow)
	}
	r.number, r.column, r.cells = number, 0, r.cells[:0]
	for {
		kind, err := r.s.next()
		if errors.Is(err, io.EOF) {
			return broken("xml: a row never ends")
		}
		if err != nil {
			return err
		}
		switch {
		case kind == startTag && string(r.s.name) == "c":
			if err := r.cell(); err != nil {
				return err
			}
		case kind == endTag && string(r.s.name) == "row":
			return r.end()
		}
	}
}

// end hands the row on, if there is anything in it.
func (r *rowReader) end() (err error) {
	cells := trim(r.cells)
	if len(cells) == 0 {
		return nil
	}
	if cells, err = r.fill.fill(r.number, cells, r.book.lim.Columns); err != nil {
		return err
	}
	r.cells = cells
	return r.take(Line{Number: r.number, Cells: trim(cells)})
}

// trim leaves out the cells at the end that have nothing.
func trim(cells []Cell) []Cell {
	for len(cells) > 0 && cells[len(cells)-1].Blank() {
		cells = cells[:len(cells)-1]
	}
	return cells
}

// cell reads a cell, whose start tag has just been read.
func (r *rowReader) cell() error {
	column := r.column
	if ref := r.s.attr("r"); ref != "" {
		at, row, ok := parseRef(ref)
		if !ok || row != r.number {
			return broken("a cell %.20q in row %d", ref, r.number)
		}
		column = at
	}
	r.column = column + 1
	typ, style := r.s.attr("t"), r.s.attr("s")
	value, formula, err := r.content()
	if err != nil {
		return err
	}
	c, err := r.made(typ, style, value)
	if err != nil {
		return err
	}
	if formula {
		c.Kind = Formula
	}
	if c.Blank() {
		return nil
	}
	if column >= r.book.lim.Columns {
		return tooLarge("more than %d columns", r.book.lim.Columns)
	}
	for len(r.cells) <= column {
		r.cells = append(r.cells, Cell{})
	}
	r.cells[column] = c
	return nil
}

// content reads what is inside a cell: its value as the file has it, and whether a formula made it.
func (r *rowReader) content() (value string, formula bool, err error) {
	inValue := false
	r.value = r.value[:0]
	for depth := 1; depth > 0; {
		kind, err := r.s.next()
		if errors.Is(err, io.EOF) {
			return "", false, broken("xml: a cell never ends")
		}
		if err != nil {
			return "", false, err
		}
		switch kind {
		case startTag:
			depth++
			switch string(r.s.name) {
			case "v":
				inValue = true
			case "f":
				formula = true
			case "is":
				inline, err := richText(r.s, "is")
				if err != nil {
					return "", false, err
				}
				r.value = append(r.value[:0], inline...)
				depth--
			}
		case endTag:
			depth--
			inValue = false
		case text:
			if inValue {
				r.value = append(r.value, r.s.text...)
			}
		}
		if len(r.value) > maxTextBytes {
			return "", false, tooLarge("a text of more than %d bytes", maxTextBytes)
		}
	}
	return string(r.value), formula, nil
}

// made makes a cell of a value, by the type and the style that the file gives it.
func (r *rowReader) made(typ, style, value string) (c Cell, err error) {
	switch typ {
	case "", "n":
		if value == "" {
			return c, nil
		}
		if c, ok := dateCell(value, r.format(style), r.book.date1904); ok {
			return c, nil
		}
		return numberCell(value), nil
	case "b":
		return Cell{Text: strconv.FormatBool(strings.TrimSpace(value) == "1"), Kind: Bool}, nil
	case "e":
		return Cell{Text: value, Kind: Error}, nil
	case "d":
		return Cell{Text: strings.TrimSpace(value), Kind: Date}, nil
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil && value == "" {
			return c, nil
		}
		s, long, ok := r.book.shared.at(i)
		if err != nil || !ok {
			return c, broken("row %d: there is no shared text %.20q", r.number, value)
		}
		return Cell{Text: Unguard(s), Kind: Text, Cut: long}, nil
	case "str", "inlineStr":
		if typ == "str" {
			value = unescape(strings.ToValidUTF8(value, "\uFFFD"))
		}
		s, long := cut(value, r.book.lim.CellRunes)
		return Cell{Text: Unguard(s), Kind: Text, Cut: long}, nil
	}
	return c, broken("row %d: a cell of the unknown type %.20q", r.number, typ)
}

func (r *rowReader) format(style string) dateFormat {
	if style == "" {
		return noDate
	}
	i, err := strconv.Atoi(style)
	if err != nil || i < 0 || i >= len(r.book.formats) {
		return noDate
	}
	return r.book.formats[i]
}
