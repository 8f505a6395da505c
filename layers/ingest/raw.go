package ingest

import (
	"context"
	"io"

	"github.com/paulmach/orb"
)

// Raw is a feature of GeoJSON as it stands in the file, before it is anything of the catalogue.
type Raw struct {
	Row      int64
	Props    map[string]any
	Geometry orb.Geometry // degrees, longitude first; not checked
	Reject   *Reject      // why it cannot be read; nil where it can
}

// ReadRaw reads GeoJSON feature by feature without mapping it to a layer. The error is a *Fault where the file or the datum is to blame, or that of take.
func ReadRaw(ctx context.Context, f *File, datum string, take func(Raw) error) error {
	if f.Format != GeoJSON {
		return unknownFormat(f.Path)
	}
	if err := checkDatum(datum, true); err != nil {
		return err
	}
	return readGeoJSON(ctx, f, func(o *object) error {
		raw := Raw{Row: o.row, Props: o.props, Geometry: o.geometry}
		if o.err != nil {
			code, detail, known := reason(o.err)
			if !known {
				return o.err
			}
			reject := Rejected(o.row, o.key, "", code, detail)
			raw.Reject = &reject
		}
		return take(raw)
	})
}

// readStream is ReadRaw of what another program writes.
func readStream(ctx context.Context, name string, r io.Reader, take func(Raw) error) error {
	f := &File{Path: name, Format: GeoJSON, passes: 1, source: func() (io.ReadCloser, error) { return io.NopCloser(r), nil }}
	return ReadRaw(ctx, f, "wgs84", take)
}
