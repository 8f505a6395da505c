package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"wangge/geo/pgeom"
	"wangge/layers"
	"wangge/layers/ingest"
)

// suspectSample is how many features of a layer are held against the streets.
const suspectSample = 300

// suspect remarks a file whose features, all together, lie by the streets only when the shift of GCJ-02 is taken off them: a forgotten conversion looks plausible.
func (r *run) suspect(ctx context.Context) error {
	for _, s := range r.stages {
		if !s.created || !s.layer.Collection || s.layer.Table == "road" || s.layer.Only != nil {
			continue
		}
		shift, err := r.tally(ctx, s)
		if err != nil {
			return fmt.Errorf("holding %s against the streets: %w", s.layer.ID, err)
		}
		if shift == nil {
			continue
		}
		remark := ingest.Rejected(0, "", s.layer.ID, ingest.LooksShifted, fmt.Sprintf("%.0f m → %.0f m", shift.HereM, shift.BackM))
		if err := r.job.Report(remark); err != nil {
			return err
		}
	}
	return nil
}

// tally holds some features, spread over the file, against the streets.
func (r *run) tally(ctx context.Context, s *staged) (*layers.Shift, error) {
	step := max(1, s.counts.Read/suspectSample)
	rows, err := r.tx.Query(ctx, "SELECT geom FROM "+s.stage()+" WHERE seq % $1 = 0 LIMIT $2", step, suspectSample)
	if err != nil {
		return nil, err
	}
	shapes, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
	if err != nil {
		return nil, err
	}
	var tally layers.ShiftTally
	var lons, lats []float64
	var counts []int
	for _, b := range shapes {
		g, err := pgeom.Decode(b)
		if err != nil {
			return nil, err
		}
		here, back := layers.ShiftSamples(g)
		if len(back) == 0 {
			continue
		}
		counts = append(counts, len(here))
		for _, p := range append(here[:len(here):len(here)], back...) {
			lons, lats = append(lons, p[0]), append(lats, p[1])
		}
	}
	if len(counts) == 0 {
		return nil, nil
	}
	if rows, err = r.tx.Query(ctx, streetsSQL, lons, lats, int64(-1)); err != nil {
		return nil, err
	}
	distances, err := collectFloats(rows)
	if err != nil || len(distances) != len(lons) {
		return nil, fmt.Errorf("%d distances: %w", len(distances), err)
	}
	for _, n := range counts {
		tally.Add(s.layer, distances[:n], distances[n:2*n])
		distances = distances[2*n:]
	}
	return tally.Suspect(), nil
}
