package ingest

import "context"

// Read reads a file and hands its features and rejects to a sink. The error is a *Fault where the file or the options are to
// blame; what the sink has had by then must be forgotten.
//
// The mapper that is returned knows which fields the file has given.
func Read(ctx context.Context, f *File, o Options, sink Sink) (*Mapper, error) {
	if err := checkDatum(o.Datum, f.Format == GeoJSON); err != nil {
		return nil, err
	}
	m, err := newMapper(o, f.stem())
	if err != nil {
		return nil, err
	}
	f.report, f.done = o.Progress, 0
	fromOSM := f.Format != GeoJSON
	take := func(object *object) error {
		m.speakOSM(object)
		return m.Map(object, fromOSM,
			func(feature *Feature) error { return sink.Feature(ctx, feature) },
			func(r Reject) error { return sink.Reject(ctx, r) })
	}
	if fromOSM {
		return m, readOSM(ctx, f, m.wanted, take)
	}
	return m, readGeoJSON(ctx, f, take)
}

// CheckOptions tells whether a file can be read with these options, before anything is read. Its error is a *Fault.
func CheckOptions(f *File, o Options) error {
	if err := checkDatum(o.Datum, f.Format == GeoJSON); err != nil {
		return err
	}
	_, err := newMapper(o, f.stem())
	return err
}
