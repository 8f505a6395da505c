package ingest

import (
	"context"
	"io"
	"strings"

	"github.com/paulmach/orb"

	"wangge/geo/datum"
)

// Raw is a feature as it stands in the file, before it is anything of the catalogue.
type Raw struct {
	Row      int64
	Props    map[string]any
	Geometry orb.Geometry // degrees, longitude first; not checked
	Reject   *Reject      // why it cannot be read; nil where it can
}

// RawOptions say how a file of polygons is to be read.
type RawOptions struct {
	Datum   string  // of GeoJSON, and of what has no coordinate system of its own
	Charset Charset // of a Shapefile; "" is CharsetAuto
	Layer   string  // of a file with several; "" for all
}

// ReadAny reads GeoJSON by itself, and Shapefile (zipped or not), GeoPackage and whatever else can be imported through GDAL, a child process that writes
// GeoJSON into a pipe, without mapping anything to a layer: coordinates come in degrees, whatever system the file says it has, and in what was said where
// it says none. The error is a *Fault where the file or the options are to blame, or that of take.
func ReadAny(ctx context.Context, name string, o RawOptions, take func(Raw) error) error {
	options := Options{Datum: o.Datum, Axes: AxesEN}
	system, err := options.checkDatum(true)
	if err != nil {
		return err
	}
	f, err := Open(name)
	switch {
	case err != nil:
		return err
	case f.Format == GeoJSON:
		return readRaw(newConverter(&options, system), take, func(each func(*object) error) error { return readGeoJSON(ctx, f, options.checkCRS, each) })
	case !f.Format.byGDAL():
		return unknownFormat(f.Path)
	}
	s, err := openGDAL(ctx, f, o.Charset)
	if err != nil {
		return err
	}
	defer s.close()
	if len(s.paths) != 1 {
		return syntax("zip: " + strings.Join(s.names, ", "))
	}
	row := int64(0)
	for _, t := range s.tables {
		if o.Layer != "" && t.layer != o.Layer {
			continue
		}
		conv := newConverter(&options, system)
		if _, _, _, known := t.stated(); t.wkt != "" && known {
			conv = newConverter(&Options{}, datum.System{}) // GDAL has converted it
		} else if t.wkt != "" {
			_, err := t.system(&options)
			return err
		}
		err := readRaw(conv, take, func(each func(*object) error) error {
			return t.read(ctx, o.Charset, func(obj *object) error { row++; obj.row = row; return each(obj) })
		})
		if err != nil {
			return err
		}
	}
	if row == 0 {
		return empty()
	}
	return nil
}

// readRaw hands on what read gives, as it stands but for its coordinates.
func readRaw(conv *converter, take func(Raw) error, read func(func(*object) error) error) error {
	err := read(func(o *object) error {
		if o.err == nil {
			o.geometry, o.err = conv.convert(o.geometry)
		}
		raw := Raw{Row: o.row, Props: o.props, Geometry: o.geometry}
		if o.err != nil {
			code, detail, known := reason(o.err)
			if !known {
				return o.err
			}
			reject := o.rejected("", code, detail)
			raw.Reject = &reject
		}
		return take(raw)
	})
	if err == nil {
		err = conv.judge()
	}
	return err
}

// streamFile is a file of GeoJSON that another program writes.
func streamFile(name string, r io.Reader) *File {
	return &File{Path: name, Format: GeoJSON, passes: 1, source: func() (io.ReadCloser, error) { return io.NopCloser(r), nil }}
}
