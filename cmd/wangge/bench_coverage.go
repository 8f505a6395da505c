package main

import (
	"context"
	"os"
	"path/filepath"

	"wangge/api"
	"wangge/fixtures/bench"
)

// coverages measures coverage of a made net of streets and, where real data is at hand, of those of Porto.
func (b *benchRun) coverages(ctx context.Context) error {
	if err := b.coverage(ctx, "a made net", ""); err != nil {
		return err
	}
	porto := filepath.Join(os.Getenv("WANGGE_REAL_DATA"), "osm-ref", "porto.osm.pbf")
	if _, err := os.Stat(porto); err != nil {
		b.bar.Report("the streets of Porto are left out: WANGGE_REAL_DATA has none", 0, 0)
		return nil //nolint:nilerr // what is not there is not measured
	}
	return b.coverage(ctx, "Porto", porto)
}

// coverage measures one city in a record that is thrown away.
func (b *benchRun) coverage(ctx context.Context, name, streets string) error {
	return b.inRecord(ctx, func(r *record, _ string) error {
		b.bar.Report(name, 0, 0)
		if err := bench.FillWalkCity(ctx, r.pool, streets, b.bar.Report); err != nil {
			return err
		}
		measured, err := bench.MeasureCoverage(ctx, bench.CoverageCity{
			Name: name, Pool: r.pool, Models: cityModels(), Show: api.CoverageCity,
			Serve: func(ctx context.Context) (*bench.Server, error) {
				return on(b.program, r).StartServer(ctx, nil, "serve", "--addr", "127.0.0.1:0")
			},
		}, b.bar.Report)
		b.report.Coverage = append(b.report.Coverage, measured)
		return err
	})
}
