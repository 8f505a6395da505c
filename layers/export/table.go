package export

import (
	"context"
	"errors"
	"fmt"
	"io"

	"wangge/layers"
	"wangge/layers/sheet"
)

// tableWriter is what csv and xlsx have in common.
type tableWriter interface {
	sheet.Rows
	Flush() error
}

func writeCSV(ctx context.Context, out io.Writer, t Table, rows Source) error {
	w, err := sheet.NewCSVWriter(out, t.headings())
	if err != nil {
		return err
	}
	var lost losses
	return t.write(ctx, w, rows, false, &lost)
}

func writeXLSX(ctx context.Context, out io.Writer, t Table, rows Source) error {
	var lost losses
	w, err := sheet.NewWriter(out, t.Layer.Title.Zh, notesName, t.headings(), func() [][2]string { return t.notes(&lost) })
	if err != nil {
		return err
	}
	err = t.write(ctx, w, rows, true, &lost)
	if errors.Is(err, sheet.ErrTooLarge) {
		return fmt.Errorf("%w: %w", ErrTooLarge, err)
	}
	return err
}

// headings are the columns: the fields, where it is, and the number by which the API knows the feature.
func (t *Table) headings() []sheet.Column {
	var columns []sheet.Column
	for _, f := range t.Shown {
		c := sheet.Column{Heading: f.Title.Zh, Day: f.Type == layers.Date}
		if t.Codes {
			c.Heading = f.Name
		}
		switch f.Name {
		case "code", "name", "source_key":
			c.Width = 24
		case "note", "extra":
			c.Width = 40
		case "created_at", "updated_at":
			c.Width = 20
		case "surveyed_on", "starts_on", "ends_on":
			c.Width = 12
		}
		columns = append(columns, c)
	}
	if points(t.Layer) {
		first, second := axes(t.System, t.Codes)
		columns = append(columns, sheet.Column{Heading: first, Width: 15}, sheet.Column{Heading: second, Width: 15})
	} else {
		columns = append(columns, sheet.Column{Heading: wktHeading, Width: 40})
	}
	return append(columns, sheet.Column{Heading: "id"})
}

// write writes the rows. In cells of bounded size a text that does not fit is left out and counted.
func (t *Table) write(ctx context.Context, w tableWriter, rows Source, bounded bool, lost *losses) error {
	shown, sent := newShownRow(t), flushed{flush: w.Flush}
	var cells []any
	err := rows(ctx, func(row Row) error {
		cells = cells[:0]
		for i, v := range shown.of(row) {
			cell, err := t.forPeople(t.Shown[i], v)
			if err != nil {
				return err
			}
			cells = append(cells, cell)
		}
		g, err := t.position(row.Geometry)
		if err != nil {
			return err
		}
		if points(t.Layer) {
			cells = appendPoint(cells, g, t.System.Decimals())
		} else {
			cells = append(cells, shapeText(rounded(g, t.System.Decimals())))
		}
		if bounded {
			lost.fit(cells)
		}
		lost.rows++
		if err := w.Row(append(cells, row.ID)); err != nil {
			return err
		}
		return sent.row()
	})
	if err != nil {
		return err
	}
	return w.Close()
}

// losses counts what a file could not hold.
type losses struct {
	rows    int64
	long    int64 // texts left out, because a cell does not hold them
	cut     int64 // texts cut, because a dBase field does not hold them
	charset int64 // texts with characters that the charset does not have
}

// fit leaves out texts that a cell of a workbook does not hold.
func (l *losses) fit(cells []any) {
	for i, c := range cells {
		if s, ok := c.(string); ok && !sheet.Fits(s) {
			cells[i] = nil
			l.long++
		}
	}
}
