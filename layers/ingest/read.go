package ingest

import (
	"context"

	"wangge/geo"
	"wangge/geo/datum"
)

const missingGeometry = Code(geo.Missing)

// Read reads a file and hands its features and rejects to a sink. The error is a *Fault where the file or the options are to
// blame; what the sink has had by then must be forgotten.
//
// The mapper that is returned knows which fields the file has given.
func Read(ctx context.Context, f *File, o Options, sink Sink) (*Mapper, error) {
	system, err := checkFile(f, &o)
	if err != nil {
		return nil, err
	}
	m, err := newMapper(o, f.stem())
	if err != nil {
		return nil, err
	}
	m.table = !f.Format.fromOSM() && f.Format != GeoJSON
	f.report, f.done = o.Progress, 0
	to := Taker{
		Feature: func(feature *Feature) error { return sink.Feature(ctx, feature) },
		Aside:   func(feature *Feature) error { return sink.Aside(ctx, feature) },
		Reject:  func(r Reject) error { return sink.Reject(ctx, r) },
	}
	take := func(object *object) error { return m.Map(object, f.Format.fromOSM(), to) }
	switch {
	case f.Format.fromOSM():
		return m, readOSM(ctx, f, m.wanted, func(object *object) error { m.speakOSM(object); return take(object) })
	case f.Format.byGDAL():
		return m, readGDAL(ctx, f, m, take)
	}
	conv := newConverter(&o, system)
	if f.Format.IsTable() {
		err = readTable(ctx, f, m, conv, take)
	} else {
		err = readAhead(ctx, func(ctx context.Context, emit func(*object) error) error {
			return readGeoJSON(ctx, f, o.checkCRS, func(object *object) error {
				if object.err == nil {
					object.geometry, object.err = conv.convert(object.geometry)
				}
				return emit(object)
			})
		}, func(object *object) error { m.speakOSM(object); return take(object) })
	}
	if err == nil {
		err = conv.judge()
	}
	return m, err
}

// CheckOptions tells whether a file can be read with these options, before anything is read. Its error is a *Fault.
func CheckOptions(f *File, o Options) error {
	if _, err := checkFile(f, &o); err != nil {
		return err
	}
	_, err := newMapper(o, f.stem())
	return err
}

// checkFile holds what was said against what a format needs, and finds the datum. What GDAL reads may state its own.
func checkFile(f *File, o *Options) (datum.System, error) {
	if o.Layer == nil && (f.Format.IsTable() || f.Format.byGDAL()) {
		return datum.System{}, usage("请用 --layer 指明图层", "say the layer with --layer")
	}
	s, err := o.checkDatum(!f.Format.fromOSM() && !f.Format.byGDAL() && !placeless(o.Layer, f.Format))
	if err == nil && f.Format.fromOSM() && !isPlain(s) {
		return s, usage("OpenStreetMap 的坐标基准是 wgs84，不是 %[1]s", "OpenStreetMap is in wgs84, not %[1]s", o.Datum)
	}
	return s, err
}
