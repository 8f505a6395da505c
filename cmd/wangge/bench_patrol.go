package main

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"

	"wangge/api/auth"
	"wangge/fixtures"
	"wangge/fixtures/bench"
)

// What patrol is measured with, on a city of so many features or less where a smaller one was asked for.
const (
	patrolFeatures = 100_000
	patrolDays     = 365
	patrolChecks   = 200 // of a sync
	patrolOfficers = 20
)

// patrol measures due lists, syncs and commands on a city of its own that is thrown away.
func (b *benchRun) patrol(ctx context.Context) error {
	return b.inRecord(ctx, func(r *record, dir string) error {
		features := min(b.Features, patrolFeatures)
		c := bench.PatrolCity{Pool: r.pool, Dir: dir, Asked: 300, Rounds: b.Rounds, Checks: patrolChecks, Batches: 10}
		days := patrolDays
		if features < patrolFeatures { // something small, to see that it works
			days, c.Asked, c.Checks, c.Batches = 10, 40, 10, 2
		}
		if err := fixtures.LoadBenchPatrol(ctx, r.pool, features, days, time.Now(), b.bar.Report); err != nil {
			return err
		}
		if _, err := r.pool.Exec(ctx, "VACUUM ANALYZE"); err != nil {
			return err
		}
		var err error
		if c.Officers, err = benchOfficers(ctx, r); err != nil {
			return err
		}
		c.Serve = func(ctx context.Context) (*bench.Server, error) {
			return on(b.program, r).StartServer(ctx, nil, "serve", "--addr", "127.0.0.1:0", "--photos", photosIn(filepath.Join(dir, "served")))
		}
		measured, err := bench.MeasurePatrol(ctx, c, b.bar.Report)
		b.report.Patrol = &measured
		return err
	})
}

const (
	benchAccountSQL = `
WITH h AS (SELECT d.holder_id AS id FROM duty d JOIN feature_grid f ON f.grid_id = d.target_id AND f.layer = 'barrier_free_ramp' WHERE d.role = 'grid_officer'
           GROUP BY 1 ORDER BY count(*) DESC, 1 OFFSET $1 LIMIT 1),
     a AS (INSERT INTO account (name, title, role, holder_id, is_sample) SELECT 'bench-' || h.id, '示例', 'officer', h.id, true FROM h RETURNING id, holder_id)
INSERT INTO api_token (account_id, name, hash) SELECT a.id, 'bench', $2 FROM a RETURNING (SELECT a.holder_id FROM a)`
)

// benchOfficers gives those officers who have most an account and a token.
func benchOfficers(ctx context.Context, r *record) (list []bench.PatrolOfficer, err error) {
	for i := range patrolOfficers {
		token, sum := auth.NewToken()
		o := bench.PatrolOfficer{Token: token}
		if err := r.pool.QueryRow(ctx, benchAccountSQL, i, sum).Scan(&o.Holder); err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return nil, err
		}
		if o.Holder != 0 {
			list = append(list, o)
		}
	}
	return list, nil
}
