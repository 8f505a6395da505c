package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"wangge/geo/datum"
	"wangge/layers"
)

// Why nothing can be written.
var (
	// ErrNoGDAL: the format needs ogr2ogr, which is not there.
	ErrNoGDAL = errors.New("GDAL's ogr2ogr is not installed")
	// ErrTooLarge: there are more rows, or more bytes, than the format or the temporary file takes.
	ErrTooLarge = errors.New("too large for this format")
	// ErrBusy: others are being made, and none ended in time.
	ErrBusy = errors.New("too many exports at a time")
	// ErrSystem: a feature lies outside of where the coordinate reference system is made for.
	ErrSystem = errors.New("outside the area of the coordinate reference system")
)

// Format is a format of files, by the ending of their names.
type Format string

// The formats.
const (
	GeoJSON    Format = "geojson"
	CSV        Format = "csv"
	XLSX       Format = "xlsx"
	GeoPackage Format = "gpkg"
	Shapefile  Format = "shp.zip"
)

// Formats lists the formats.
func Formats() []Format { return []Format{GeoJSON, CSV, XLSX, GeoPackage, Shapefile} }

// MediaType is that of a file of the format, "" for none of ours.
func (f Format) MediaType() string {
	switch f {
	case GeoJSON:
		return "application/geo+json"
	case CSV:
		return "text/csv; charset=utf-8"
	case XLSX:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	case GeoPackage:
		return "application/geopackage+sqlite3"
	case Shapefile:
		return "application/zip"
	}
	return ""
}

// Row is a feature: its fields in the order of Table.Columns, as string, int64, float64, bool, time.Time or map[string]any; nil where empty. It is used again
// for the next.
type Row struct {
	ID, Revision int64
	Geometry     []byte // EWKB
	Fields       []any
}

// Source gives rows one by one, and ends with the first error of take.
type Source func(ctx context.Context, take func(Row) error) error

// Table says what is written and how.
type Table struct {
	Layer   *layers.Layer
	Columns []*layers.Field // of the rows
	Shown   []*layers.Field // what is written, in this order; derived fields are computed from the columns
	Rules   *layers.Rules   // by which they are computed
	System  datum.System
	Zone    *time.Location // of instants in tables for people
	Codes   bool           // tables have names and codes, not titles and labels
	GBK     bool           // texts of a Shapefile; UTF-8 otherwise
	At      time.Time      // when the data were so
	Now     time.Time      // when the file is made
	Filter  string         // what was asked for, in words; "" for everything
}

// Writer writes files. It is safe for concurrent use.
type Writer struct {
	Program string // ogr2ogr; "" for what the path has
	Folder  string // for temporary files; "" for the system's
	// MaxTemp bounds the bytes that one export has in temporary files before ogr2ogr reads them.
	MaxTemp int64
	slots   chan struct{} // one for each export at a time
	wait    time.Duration // for a slot
}

// NewWriter makes a writer with bounds for a server: two exports at a time, each of which holds a connection to the record for as long as its caller
// takes, and 2 GiB of temporary files for each.
func NewWriter() *Writer {
	return &Writer{MaxTemp: 2 << 30, slots: make(chan struct{}, 2), wait: 10 * time.Second}
}

// enter waits for a slot. leave gives it back.
func (w *Writer) enter(ctx context.Context) error {
	timer := time.NewTimer(w.wait)
	defer timer.Stop()
	select {
	case w.slots <- struct{}{}:
		return nil
	case <-timer.C:
		return ErrBusy
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *Writer) leave() { <-w.slots }

// Write writes a file. What has reached out when an error is returned is no file.
// Errors are those of the package, of out, of the source and of the context.
func (w *Writer) Write(ctx context.Context, out io.Writer, f Format, t Table, rows Source) error {
	if t.Rules == nil {
		t.Rules = &layers.Rules{}
	}
	if t.Zone == nil {
		t.Zone = time.UTC
	}
	if err := w.enter(ctx); err != nil {
		return err
	}
	defer w.leave()
	switch f {
	case GeoJSON:
		return writeGeoJSON(ctx, out, t, rows)
	case CSV:
		return writeCSV(ctx, out, t, rows)
	case XLSX:
		return writeXLSX(ctx, out, t, rows)
	case GeoPackage, Shapefile:
		return w.writeOGR(ctx, out, f, t, rows)
	}
	return fmt.Errorf("no format %q", f)
}

// FileName is a name for the file: 公厕_2026-01-31.xlsx.
func FileName(t Table, f Format) string {
	at := t.At
	if at.IsZero() {
		at = t.Now
	}
	if t.Zone != nil {
		at = at.In(t.Zone)
	}
	return t.Layer.Title.Zh + "_" + at.Format(time.DateOnly) + "." + string(f)
}
