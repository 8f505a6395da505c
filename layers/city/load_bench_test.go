package city_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"wangge/fixtures/pgtest"
	"wangge/layers/city"
)

// fillSQL makes a city of n features like the benchmark city of the demo, past all triggers.
var fillSQL = []string{
	`SET LOCAL session_replication_role = replica`,
	`CREATE FUNCTION pg_temp.at() RETURNS geometry LANGUAGE sql VOLATILE AS
	 $$ SELECT ST_SetSRID(ST_MakePoint(120 + 0.4 * (random() - 0.5), 36.27 + 0.324 * (random() - 0.5)), 4490) $$`,
	`INSERT INTO parking_space (code, kind, layout, capacity, access, fee, geom)
	 SELECT 'TC' || i, 'motor', 'lot', i %% 200, 'public', true, ST_MakeEnvelope(ST_X(p), ST_Y(p), ST_X(p) + 0.00003, ST_Y(p) + 0.00005, 4490)
	 FROM generate_series(1, %d * 500 / 965) i, LATERAL (SELECT pg_temp.at() p WHERE i > 0) x`,
	`INSERT INTO barrier_free_ramp (code, kind, form, slope, width_m, geom)
	 SELECT 'PD' || i, 'kerb', 'three_face', 0.02 + (i %% 10) * 0.01, 1.2, pg_temp.at() FROM generate_series(1, %d * 299 / 965) i`,
	`INSERT INTO road (code, name, class, geom)
	 SELECT 'DL' || i, '路 ' || i %% 3000, 'branch', (SELECT ST_MakeLine(ST_Translate(p, 0.0003 * k, 0.0001 * random())) FROM generate_series(1, 10) k)
	 FROM generate_series(1, %d * 150 / 965) i, LATERAL (SELECT pg_temp.at() p WHERE i > 0) x`,
	`INSERT INTO public_toilet (code, name, grade, geom) SELECT 'GC' || i, '公厕', 'class_1', pg_temp.at() FROM generate_series(1, %d * 16 / 965) i`,
}

// BenchmarkLoad is the start of the server: from the first connection to the city in memory.
func BenchmarkLoad(b *testing.B) {
	const features = 965_000
	pool := pgtest.DB(b)
	var statements []string
	for i, s := range fillSQL {
		if i >= 2 {
			s = fmt.Sprintf(s, features)
		}
		statements = append(statements, s)
	}
	began := time.Now()
	write(b, pool, statements...)
	b.Logf("filled in %v", time.Since(began))
	for b.Loop() {
		ctx, cancel := context.WithCancel(b.Context())
		ready := make(chan *city.View, 1)
		c := city.New(city.Config{Pool: pool, Log: quiet(), Changed: func(change city.Change) { ready <- change.View }})
		done := make(chan error)
		go func() { done <- c.Run(ctx) }()
		<-ready
		cancel()
		<-done
		b.StopTimer()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapAlloc)/1e6, "heap-MB")
		b.ReportMetric(float64(m.HeapSys)/1e6, "peak-MB")
		runtime.KeepAlive(c)
		b.StartTimer()
	}
}

// BenchmarkCommitToView is the time from a commit until its change is in the view, with some writers besides.
func BenchmarkCommitToView(b *testing.B) {
	for _, writers := range []int{0, 6} {
		b.Run(fmt.Sprintf("beside%d", writers), func(b *testing.B) {
			pool := pgtest.DB(b)
			c := follow(b, city.Config{Pool: pool, Log: quiet()})
			ctx, cancel := context.WithCancel(b.Context())
			var others sync.WaitGroup
			for range writers {
				others.Go(func() {
					for ctx.Err() == nil {
						_, _ = pool.Exec(ctx, `INSERT INTO public_toilet (geom) VALUES ('SRID=4490;POINT(120 36.27)')`)
					}
				})
			}
			var took []time.Duration
			for b.Loop() {
				r := write(b, pool, `INSERT INTO public_toilet (geom) VALUES ('SRID=4490;POINT(120 36.27)')`)
				began := time.Now()
				at(b, c, r)
				took = append(took, time.Since(began))
			}
			cancel()
			others.Wait()
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
		})
	}
}
