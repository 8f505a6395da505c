package sheet

import (
	"context"
	"errors"
	"io"
)

// Book is a workbook, or a csv file as a workbook of one sheet. It is safe for one reader at a time; the file must stay open.
type Book struct {
	lim      Limits
	sheets   []sheetPart
	parts    pack
	shared   sharedTexts
	formats  []dateFormat // by the number of a cell's style
	date1904 bool

	csv *csvFile // nil for a workbook
}

// Info tells of a sheet.
type Info struct {
	Name   string
	Hidden bool
}

type sheetPart struct {
	Info
	part string // "" for a chart
}

// Open opens a workbook. Nothing of its rows is read; its shared texts are, and stay in memory. The errors are those of the package, and the context's.
func Open(ctx context.Context, r io.ReaderAt, size int64, lim Limits) (*Book, error) {
	lim = lim.withDefaults()
	parts, err := inspect(ctx, r, size, lim)
	if err != nil {
		return nil, err
	}
	b := &Book{lim: lim, parts: parts}
	err = errors.Join(b.readWorkbook(ctx), b.readStyles(ctx))
	if err != nil {
		return nil, err
	}
	if b.shared, err = readShared(ctx, parts, lim); err != nil {
		return nil, err
	}
	return b, nil
}

// Sheets lists the sheets in the order of their tabs.
func (b *Book) Sheets() []Info {
	infos := make([]Info, len(b.sheets))
	for i, s := range b.sheets {
		infos[i] = s.Info
	}
	return infos
}

// Date1904 tells whether days count from 1904: of numbers that are days without the format of one. Cells of the kind Date are right already.
func (b *Book) Date1904() bool { return b.date1904 }

// Rows gives the rows of a sheet, by its place in Sheets, that have anything in them, and ends with the first error of take. It may be called again.
func (b *Book) Rows(ctx context.Context, sheet int, take func(Line) error) error {
	if sheet < 0 || sheet >= len(b.sheets) {
		return broken("there is no sheet %d", sheet)
	}
	left := b.lim.Rows
	counted := func(l Line) error {
		if left--; left < 0 {
			return tooLarge("more than %d rows", b.lim.Rows)
		}
		return take(l)
	}
	if b.csv != nil {
		return b.csv.rows(ctx, b.lim, counted)
	}
	part := b.sheets[sheet].part
	if part == "" {
		return nil
	}
	merges, err := b.merges(ctx, part)
	if err != nil {
		return err
	}
	return b.parts.read(ctx, part, func(r io.Reader) error {
		return newRowReader(b, merges, counted).read(r)
	})
}

// Texts gives the rows of a sheet as plain texts, and which of them a formula made. Both are used again for the next row.
func (b *Book) Texts(ctx context.Context, sheet int, take func(row int, texts []string, made []bool) error) error {
	var texts []string
	var made []bool
	return b.Rows(ctx, sheet, func(l Line) error {
		texts, made = texts[:0], made[:0]
		for _, c := range l.Cells {
			texts, made = append(texts, c.Text), append(made, c.Kind == Formula)
		}
		return take(l.Number, texts, made)
	})
}

// Names lists the names of the sheets.
func (b *Book) Names() []string {
	names := make([]string, len(b.sheets))
	for i, s := range b.sheets {
		names[i] = s.Name
	}
	return names
}
