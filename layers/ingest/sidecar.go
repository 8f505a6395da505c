package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"

	"wangge/layers/sheet"
)

// sidecarName is the file that an export of ours puts beside Shapefiles, whose names have ten bytes: a csv with the columns column, field, title, title_en.
const (
	sidecarName     = "fields.csv"
	maxSidecarBytes = 1 << 20
)

// sidecar reads which field each column of the Shapefiles in a zip is; nil where there is no such file.
func (a *archive) sidecar(ctx context.Context) (map[string]string, error) {
	for _, f := range a.File {
		if path.Base(f.Name) != sidecarName {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return nil, syntax("zip: " + shorten(err.Error()))
		}
		text, err := io.ReadAll(io.LimitReader(r, maxSidecarBytes+1))
		if err = errors.Join(err, r.Close()); err != nil {
			return nil, syntax("zip: " + shorten(err.Error()))
		}
		if len(text) > maxSidecarBytes {
			return nil, tooLarge(sidecarName)
		}
		return readSidecar(ctx, text)
	}
	return nil, nil
}

func readSidecar(ctx context.Context, text []byte) (map[string]string, error) {
	book, err := sheet.OpenCSV(ctx, bytes.NewReader(text), int64(len(text)), sheet.CSVOptions{}, sheet.Limits{Rows: 1000, Columns: 16})
	if err != nil {
		return nil, sheetFault(err)
	}
	names := map[string]string{}
	err = book.Rows(ctx, 0, func(l sheet.Line) error {
		if len(l.Cells) < 2 {
			return nil
		}
		column, field := clean(l.Cells[0].Text), clean(l.Cells[1].Text)
		if first, twice := names[column]; twice && first != field {
			return syntax(fmt.Sprintf("%s: %.20q", sidecarName, column))
		}
		names[column] = field
		return nil
	})
	if names["column"] != "field" { // a file of somebody else's
		return nil, sheetFault(err)
	}
	return names, sheetFault(err)
}

// rename gives the columns of a layer the names that the sidecar has for them.
func (t *gdalTable) rename(names map[string]string) {
	for i, c := range t.columns {
		if full, ok := names[c]; ok && full != c {
			if t.full == nil {
				t.full = map[string]string{}
			}
			t.full[c], t.columns[i] = full, full
		}
	}
}

// renamed gives the properties of an object the names of the columns.
func (t *gdalTable) renamed(o *object) {
	for short, full := range t.full {
		if v, has := o.props[short]; has {
			delete(o.props, short)
			o.props[full] = v
		}
	}
}
