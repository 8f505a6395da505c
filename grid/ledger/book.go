package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"wangge/grid"
)

// Why a workbook is not read.
var (
	// ErrTooLarge: it has more rows than are read.
	ErrTooLarge = errors.New("the workbook has too many rows")
	// ErrNoHeader: no sheet has a row of headers with a column of names.
	ErrNoHeader = errors.New("no sheet has a row of headers with names (姓名)")
)

// What a ledger has at most. Whoever opens the file holds it against these; the rows are counted here, over all sheets.
const (
	MaxBytes     = 16 << 20 // of the file
	MaxUnpacked  = 96 << 20 // of all parts of the file together
	MaxRows      = 10000    // with anything in them
	MaxColumns   = 256
	MaxCellRunes = 2000
)

// Book is a workbook as whoever opened the file gives it: merged cells filled, numbers and days in full.
type Book interface {
	// Names are those of its sheets.
	Names() []string
	// Texts gives the rows of a sheet that have anything in them, by their numbers in the file, and of each cell whether a formula made its text. Both
	// may be used again for the next row.
	Texts(ctx context.Context, sheet int, take func(row int, texts []string, made []bool) error) error
	// Date1904 tells whether numbers of days count from 1904.
	Date1904() bool
}

// tab is one sheet's rows that have anything in them.
type tab struct {
	name string
	rows []row
}

// row is a row by its number in the file, from 1.
type row struct {
	number  int
	cells   []string
	formula []bool // columns whose value a formula made
}

func (r row) cell(column int) string {
	if column < 0 || column >= len(r.cells) {
		return ""
	}
	return r.cells[column]
}

func (r row) made(column int) bool {
	return column >= 0 && column < len(r.formula) && r.formula[column]
}

// readSheets reads all sheets of a workbook, with plain texts.
func readSheets(ctx context.Context, b Book) (tabs []tab, err error) {
	left := MaxRows
	for i, name := range b.Names() {
		s := tab{name: grid.Plain(name)}
		err := b.Texts(ctx, i, func(number int, texts []string, made []bool) error {
			if left--; left < 0 {
				return fmt.Errorf("%w: more than %d", ErrTooLarge, MaxRows)
			}
			r := row{number: number, formula: slices.Clone(made)}
			for _, text := range texts {
				r.cells = append(r.cells, grid.Plain(text))
			}
			s.rows = append(s.rows, r)
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("sheet %s: %w", s.name, err)
		}
		tabs = append(tabs, s)
	}
	return tabs, nil
}
