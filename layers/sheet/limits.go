package sheet

import (
	"errors"
	"fmt"
)

// Why a file is not read.
var (
	// ErrFile: it is no table that can be read: no zip, parts missing, broken XML, a quote that never ends.
	ErrFile = errors.New("not a readable xlsx or csv file")
	// ErrEncrypted: it has a password, or is of the old xls kind, which looks the same.
	ErrEncrypted = errors.New("the workbook is encrypted, or an old xls file")
	// ErrMacros: it has macros.
	ErrMacros = errors.New("the workbook has macros")
	// ErrLinks: it takes data from elsewhere, or has other files inside.
	ErrLinks = errors.New("the workbook has external links or embedded objects")
	// ErrTooLarge: it is more than the caller's limits.
	ErrTooLarge = errors.New("the file is too large")
	// ErrCharset: its text is neither UTF-8 nor GB18030 nor UTF-16.
	ErrCharset = errors.New("the charset of the file cannot be told")
)

// Limits bound what is read. A zero value stands for the default.
type Limits struct {
	Bytes     int64 // of the file; 128 MiB
	Unpacked  int64 // of all parts of a workbook together; 2 GiB
	Shared    int64 // of the shared texts of a workbook, which stay in memory; 256 MiB
	Parts     int   // of a workbook; 2,000
	Sheets    int   // 50
	Rows      int   // with anything in them, of one sheet; 1,048,576
	Columns   int   // 512
	CellRunes int   // longer texts are cut and marked; 32,767
	Merged    int   // cells filled from merged ones, of one sheet; 2,000,000
}

// maxRow is the last row that a workbook can have.
const maxRow = 1 << 20

func (l Limits) withDefaults() Limits {
	set := func(v *int64, to int64) {
		if *v == 0 {
			*v = to
		}
	}
	count := func(v *int, to int) {
		if *v == 0 {
			*v = to
		}
	}
	set(&l.Bytes, 128<<20)
	set(&l.Unpacked, 2<<30)
	set(&l.Shared, 256<<20)
	count(&l.Parts, 2000)
	count(&l.Sheets, 50)
	count(&l.Rows, maxRow)
	count(&l.Columns, 512)
	count(&l.CellRunes, maxCellUnits)
	count(&l.Merged, 2_000_000)
	return l
}

// maxCellUnits is how much text Excel takes in a cell, in UTF-16 units.
const maxCellUnits = 32767

func tooLarge(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrTooLarge, fmt.Sprintf(format, args...))
}

func broken(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrFile, fmt.Sprintf(format, args...))
}
