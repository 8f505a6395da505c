package ingest

import (
	"context"
	"errors"
	"slices"
	"strings"

	"wangge/layers"
	"wangge/layers/sheet"
)

// table looks at a ledger.
func (l *looker) table(ctx context.Context, f *File) error {
	book, err := openLedger(ctx, f, &l.o)
	if err != nil {
		return err
	}
	defer book.close()
	if err := l.sheets(ctx, f, book); err != nil {
		return err
	}
	head, err := book.head(ctx, book.sheet, &l.o)
	if err != nil {
		return err
	}
	if head.row == 0 {
		return noHeader()
	}
	l.in.HeaderRow = head.row
	if err := l.preview(ctx, book); err != nil {
		return err
	}
	m, err := l.mapper(head.columns)
	if err != nil {
		return err
	}
	t, _, err := m.openTable(ctx, book)
	if err != nil {
		return err
	}
	l.positions(t)
	return l.rows(ctx, book, t, head.row)
}

// sheets lists the sheets with the layers that they look like.
func (l *looker) sheets(ctx context.Context, f *File, book *ledger) error {
	if f.Format == CSV {
		charset, others := book.book.Charset()
		l.in.Charset = &charset
		l.in.Charsets = append([]string{charset}, others...)
		for _, c := range sheet.Charsets() {
			if !slices.Contains(l.in.Charsets, c) {
				l.in.Charsets = append(l.in.Charsets, c)
			}
		}
	}
	for i, info := range book.book.Sheets() {
		open := l.o
		open.Layer, open.HeaderRow = nil, 0
		head, err := book.head(ctx, i, &open)
		if err != nil {
			return err
		}
		guess := SheetGuess{Name: info.Name}
		if layer := guessLayer(head.columns); layer != "" {
			guess.LayerGuess = &layer
		}
		if guess.Rows, err = book.count(ctx, i, head.row); err != nil {
			return err
		}
		l.in.Sheets = append(l.in.Sheets, guess)
	}
	if f.Format != CSV {
		l.in.Sheet = &l.in.Sheets[book.sheet].Name
	}
	return nil
}

// count counts the rows of a sheet behind its headings, up to a bound.
func (l *ledger) count(ctx context.Context, n, after int) (rows int64, err error) {
	err = l.book.Rows(ctx, n, func(line sheet.Line) error {
		if line.Number > after {
			rows++
		}
		if rows >= lookedRows {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return rows, sheetFault(err)
}

// guessLayer is the layer that has fields for the most of some columns, more than one of them its own; "" for none.
func guessLayer(columns []string) string {
	best, most := "", 0
	joined := strings.Join(columns, " ")
	for _, l := range layers.Catalogue() {
		known, score, own := headings(l), 0, 0
		for _, c := range columns {
			f, _ := findHeading(known, heading(c))
			if f == nil {
				continue
			}
			score++
			if i := slices.IndexFunc(l.Fields, func(g layers.Field) bool { return g.Name == "code" }); i > 0 && slices.IndexFunc(l.Fields, func(g layers.Field) bool { return g.Name == f.Name }) < i {
				own++
			}
		}
		if strings.Contains(joined, l.Title.Zh) {
			own += 2
		}
		if own > 0 && score+2*own > most {
			best, most = l.ID, score+2*own
		}
	}
	return best
}

// preview shows the first rows as they stand.
func (l *looker) preview(ctx context.Context, book *ledger) error {
	err := book.book.Rows(ctx, book.sheet, func(line sheet.Line) error {
		for len(l.in.Preview) < line.Number-1 && len(l.in.Preview) < previewRows {
			l.in.Preview = append(l.in.Preview, []string{})
		}
		if len(l.in.Preview) >= previewRows {
			return errEnough
		}
		row := []string{}
		for _, c := range line.Cells[:min(len(line.Cells), previewCells)] {
			row = append(row, shortText(clean(c.Text)))
		}
		l.in.Preview = append(l.in.Preview, row)
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return sheetFault(err)
}

// positions tells which columns positions are in.
func (l *looker) positions(t *tableReader) {
	g := &l.in.Geometry
	name := func(i int) *string {
		if i < 0 {
			return nil
		}
		return &t.columns[i]
	}
	g.Lon, g.Lat, g.WKT = name(t.at.lon), name(t.at.lat), name(t.at.wkt)
	switch {
	case g.WKT != nil:
		g.Kind = "wkt"
	case g.Lon != nil:
		g.Kind = "columns"
	default:
		g.Kind = "none"
	}
	for _, p := range coordinatePairs(t.columns) {
		g.Candidates = append(g.Candidates, LonLatBy{t.columns[p[0]], t.columns[p[1]]})
	}
	var taken []string
	for _, one := range []*string{g.Lon, g.Lat, g.WKT} {
		if one != nil {
			taken = append(taken, *one)
		}
	}
	l.begin(t.columns, t.m, taken...)
}

// rows looks at the rows behind the headings.
func (l *looker) rows(ctx context.Context, book *ledger, t *tableReader, after int) error {
	t.conv = &converter{identity: true}
	err := book.book.Rows(ctx, book.sheet, func(line sheet.Line) error {
		if line.Number <= after || t.isHead(line.Cells) {
			return nil
		}
		if l.in.Rows == lookedRows {
			l.in.RowsExact = false
			return errEnough
		}
		l.in.Rows++
		for i, c := range line.Cells[:min(len(line.Cells), len(t.columns))] {
			l.value(t.columns[i], clean(c.Text))
		}
		if o := t.object(line); o.geometry != nil {
			l.position(o.geometry)
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return sheetFault(err)
}
