package ingest

import (
	"context"
	"errors"
	"slices"
)

// gdal looks at what GDAL reads.
func (l *looker) gdal(ctx context.Context, f *File) error {
	s, err := openGDAL(ctx, f, Charset(l.o.Charset))
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.choose(&l.o); err != nil {
		return err
	}
	for _, t := range s.tables {
		guess := SheetGuess{Name: t.name, Rows: t.rows}
		if layer := guessLayer(append([]string{t.name}, t.columns...)); layer != "" {
			guess.LayerGuess = &layer
		}
		l.in.Sheets = append(l.in.Sheets, guess)
	}
	t := s.tables[s.table]
	l.in.Sheet = &l.in.Sheets[s.table].Name
	if f.Format == Shapefile {
		if err := l.charset(t.path); err != nil {
			return err
		}
	}
	if name, _, _, _ := t.stated(); name != "" {
		l.in.Datum.Stated, l.stated = &name, true
		if _, err := t.system(&l.o); err != nil {
			l.problem(err)
		}
	}
	m, err := l.mapper(t.columns)
	if err != nil {
		return err
	}
	m.settle(t.columns)
	l.begin(t.columns, m)
	err = t.read(ctx, Charset(l.o.Charset), l.object(t.columns, guessedAt*4))
	l.in.Rows = max(l.in.Rows, t.rows)
	if errors.Is(err, errEnough) || errors.Is(err, ErrEmpty) {
		err = nil
	}
	return err
}

func (l *looker) charset(path string) error {
	charset, err := charsetOf(path, Charset(l.o.Charset))
	name := string(charset)
	if charset == CharsetGBK {
		name = "GBK"
	}
	l.in.Charset, l.in.Charsets = &name, []string{"UTF-8", "GBK"}
	return err
}

// object looks at features until there have been enough.
func (l *looker) object(columns []string, most int64) func(*object) error {
	return func(o *object) error {
		if l.in.Rows == most {
			l.in.RowsExact = false
			return errEnough
		}
		l.in.Rows++
		cells := make([]string, len(columns))
		for i, name := range columns {
			cells[i], _ = scalarText(o.props[name])
			l.value(name, cells[i])
		}
		if len(l.in.Preview) == 0 {
			l.in.Preview = append(l.in.Preview, columns[:min(len(columns), previewCells)])
		}
		if len(l.in.Preview) < previewRows {
			for i := range cells {
				cells[i] = shortText(cells[i])
			}
			l.in.Preview = append(l.in.Preview, cells[:min(len(cells), previewCells)])
		}
		if o.err == nil {
			l.position(o.geometry)
		}
		return nil
	}
}

// geoJSON looks at GeoJSON: first at the names that its features have, then at what they hold.
func (l *looker) geoJSON(ctx context.Context, f *File) error {
	var columns []string
	seen := map[string]bool{}
	names := func(o *object) error {
		for name := range o.props {
			if !seen[name] && len(columns) < MaxTableColumns {
				seen[name] = true
				columns = append(columns, name)
			}
		}
		if o.row == guessedAt {
			return errEnough
		}
		return nil
	}
	if err := readGeoJSON(ctx, f, nil, names); err != nil && !errors.Is(err, errEnough) {
		return err
	}
	slices.Sort(columns)
	m, err := l.mapper(columns)
	if err != nil {
		return err
	}
	guess := SheetGuess{}
	if layer := guessLayer(columns); layer != "" {
		guess.LayerGuess = &layer
	}
	l.in.Sheets = append(l.in.Sheets, guess)
	m.settle(columns)
	l.begin(columns, m)
	crs := func(name string) error {
		l.in.Datum.Stated = &name
		if l.o.Datum != "" {
			if err := l.o.checkCRS(name); err != nil {
				l.problem(err)
			}
		}
		return nil
	}
	err = readGeoJSON(ctx, f, crs, l.object(columns, lookedRows))
	if errors.Is(err, errEnough) {
		err = nil
	}
	l.in.Sheets[0].Rows = l.in.Rows
	return err
}
