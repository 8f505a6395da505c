package sheet

import "io"

// Sheet is a table of a small workbook.
type Sheet struct {
	Name    string
	Columns []Column
	Rows    [][]any // values as [Rows] takes them
}

// WriteBook writes a workbook of at most eight sheets, each with its headings in sight.
func WriteBook(w io.Writer, sheets []Sheet) error {
	x := newWriter(w)
	names := make([]string, len(sheets))
	for i, s := range sheets {
		names[i] = Named(s.Name)
	}
	if err := x.fixed(names); err != nil {
		return err
	}
	for i, s := range sheets {
		x.columns = s.Columns
		if err := x.head(i + 1); err != nil {
			return err
		}
		for _, row := range s.Rows {
			if err := x.Row(row); err != nil {
				return err
			}
		}
		if err := x.foot(); err != nil {
			return err
		}
	}
	return x.zip.Close()
}
