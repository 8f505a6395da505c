package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"wangge/geo/pgeom"
	"wangge/layers"
	"wangge/layers/ingest"
)

// run is one import on its way.
type run struct {
	tx        pgx.Tx
	job       Job
	result    *Result
	asideMade bool      // the table of what is set aside is there
	stages    []*staged // in the order in which the file fills them
}

// staged is a layer's table and what is staged for it.
type staged struct {
	*table
	counts  *Counts
	created bool
}

// beginImportSQL tells the triggers who writes and that places are found by joins, and gives the joins room to be done in memory.
const beginImportSQL = `SELECT set_config('wangge.bulk', 'on', true), set_config('wangge.actor', $1, true), set_config('wangge.request_id', $2, true),
    set_config('work_mem', '256MB', true), set_config('maintenance_work_mem', '128MB', true), set_config('jit', 'off', true)`

func (r *run) begin(ctx context.Context) error {
	_, err := r.tx.Exec(ctx, beginImportSQL, r.job.Actor, r.job.RequestID)
	return err
}

// What goes into one COPY, and how many of them may wait.
const (
	batchRows    = 2000
	batchBytes   = 8 << 20
	batchesAhead = 3
)

// batch is rows on their way to COPY.
type batch struct {
	to    *staged // nil for what is set aside
	rows  [][]any
	bytes int
}

// read streams the file into staging tables: one goroutine reads, another copies.
func (r *run) read(ctx context.Context, f *ingest.File) (mapper *ingest.Mapper, err error) {
	group, ctx := errgroup.WithContext(ctx)
	s := &stager{run: r, full: make(chan *batch, batchesAhead), filling: map[string]*batch{}}
	options := r.job.Options
	options.Progress = func(done, total int64) { r.job.Progress("读取 reading", done, total) }
	group.Go(func() error {
		defer close(s.full)
		var err error
		if mapper, err = ingest.Read(ctx, f, options, s); err != nil {
			return err
		}
		return s.flush(ctx)
	})
	group.Go(func() error {
		for b := range s.full {
			if err := r.copy(ctx, b); err != nil {
				return fmt.Errorf("staging: %w", err)
			}
		}
		return nil
	})
	return mapper, group.Wait()
}

// copy puts a batch into its staging table, which the first one makes.
func (r *run) copy(ctx context.Context, b *batch) error {
	if b.to == nil {
		return r.copyAside(ctx, b.rows)
	}
	if !b.to.created {
		if _, err := r.tx.Exec(ctx, b.to.createStage()); err != nil {
			return err
		}
		b.to.created = true
	}
	_, err := r.tx.CopyFrom(ctx, pgx.Identifier{"stage_" + b.to.layer.ID}, b.to.copyColumns(), pgx.CopyFromRows(b.rows))
	return err
}

// stager takes what the reader finds and makes rows of it.
type stager struct {
	run     *run
	seq     int64
	full    chan *batch
	filling map[string]*batch
	aside   *batch
}

// Feature puts a feature into the batch of its layer.
func (s *stager) Feature(ctx context.Context, f *ingest.Feature) error {
	b := s.filling[f.Layer.ID]
	if b == nil {
		b = &batch{to: s.run.stage(f.Layer)}
		s.filling[f.Layer.ID] = b
	}
	b.to.counts.Read++
	s.run.result.Read++
	s.seq++
	row, size, err := s.row(b.to, f)
	if err != nil {
		return err
	}
	if b.rows, b.bytes = append(b.rows, row), b.bytes+size; len(b.rows) < batchRows && b.bytes < batchBytes {
		return nil
	}
	s.filling[f.Layer.ID] = nil
	return s.send(ctx, b)
}

// row makes the row of COPY, in the order of copyColumns, and tells its rough size.
func (s *stager) row(to *staged, f *ingest.Feature) ([]any, int, error) {
	geom, err := pgeom.Encode(f.Geometry)
	if err != nil {
		return nil, 0, err
	}
	row := make([]any, 0, len(to.columns)+5)
	row = append(row, s.seq, nil, f.Source, f.SourceKey)
	if f.Row > 0 {
		row[1] = f.Row
	}
	for _, c := range to.columns {
		row = append(row, f.Values[c.Name])
	}
	return append(row, geom), len(geom) + 16*len(row), nil
}

// Reject counts a reject and reports it.
func (s *stager) Reject(_ context.Context, r ingest.Reject) error {
	counts := &Counts{}
	if l := layers.ByID(r.Layer); l != nil {
		counts = s.run.stage(l).counts
	}
	for _, c := range []*Counts{counts, &s.run.result.Counts} {
		c.Read++
		c.Rejected++
	}
	return s.run.job.Report(r)
}

func (s *stager) send(ctx context.Context, b *batch) error {
	select {
	case s.full <- b:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// flush sends what is not full.
func (s *stager) flush(ctx context.Context) error {
	if s.aside != nil {
		if err := s.send(ctx, s.aside); err != nil {
			return err
		}
	}
	for _, to := range s.run.stages {
		if b := s.filling[to.layer.ID]; b != nil {
			if err := s.send(ctx, b); err != nil {
				return err
			}
		}
	}
	return nil
}

// stage finds or begins what is staged for a layer.
func (r *run) stage(l *layers.Layer) *staged {
	for _, s := range r.stages {
		if s.layer.ID == l.ID {
			return s
		}
	}
	s := &staged{table: newTable(l), counts: &Counts{}}
	r.stages = append(r.stages, s)
	r.result.Layers[l.ID] = s.counts
	return s
}
