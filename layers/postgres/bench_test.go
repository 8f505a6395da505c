package postgres_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"wangge/fixtures/pgtest"
	"wangge/layers/ingest"
	"wangge/layers/postgres"
)

// benchGroundSQL lays a net of 100 m grids over the middle of the bench's ground, and communities and a county over all of it.
const benchGroundSQL = `
INSERT INTO region (code, name, kind, geom) SELECT '370281', 'bench', 'county', ST_Multi(ST_MakeEnvelope(120.0, 36.0, 120.4, 36.4, 4490));
INSERT INTO region (code, name, kind, geom)
SELECT '370281001' || lpad((x * 20 + y)::text, 3, '0'), 'bench', 'community',
       ST_Multi(ST_MakeEnvelope(120.0 + x * 0.02, 36.0 + y * 0.02, 120.02 + x * 0.02, 36.02 + y * 0.02, 4490))
FROM generate_series(0, 19) x, generate_series(0, 19) y;
INSERT INTO grid (code, scheme, source, source_key, geom)
SELECT '370281001' || lpad((x * 141 + y)::text, 6, '0'), 'unit', 'bench', x || ',' || y,
       ST_MakeEnvelope(120.0 + x * 0.001, 36.0 + y * 0.001, 120.001 + x * 0.001, 36.001 + y * 0.001, 4490)
FROM generate_series(0, 140) x, generate_series(0, 140) y`

// writeBenchFile writes n features with tags, in the proportions of the bench city: half of them parking, a third kerbs, lines, toilets, sites.
func writeBenchFile(tb testing.TB, n int) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "bench.geojsonl")
	file, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	w := bufio.NewWriter(file)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		lon, lat := 120+0.4*random.Float64(), 36+0.4*random.Float64()
		kind, geometry := benchFeature(i, lon, lat)
		_, _ = fmt.Fprintf(w, `{"type":"Feature","id":"n%d","properties":{%s,"name":"对象%d"},"geometry":%s}`+"\n", i+1, kind, i, geometry)
	}
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
	if err := file.Close(); err != nil {
		tb.Fatal(err)
	}
	return path
}

func benchFeature(i int, lon, lat float64) (properties, geometry string) {
	at := func(dx, dy float64) string { return fmt.Sprintf("[%.7f,%.7f]", lon+dx, lat+dy) }
	switch {
	case i%2 == 0:
		return `"amenity":"parking","capacity":"3"`, `{"type":"Polygon","coordinates":[[` +
			at(0, 0) + "," + at(6e-5, 0) + "," + at(6e-5, 3e-5) + "," + at(0, 3e-5) + "," + at(0, 0) + `]]}`
	case i%6 == 1:
		line := at(0, 0)
		for k := range 9 {
			line += "," + at(float64(k+1)*1e-4, float64(k%3)*2e-5)
		}
		return `"highway":"residential","surface":"asphalt","lanes":"2"`, `{"type":"LineString","coordinates":[` + line + `]}`
	case i%100 == 3:
		return `"amenity":"toilets","opening_hours":"24/7"`, `{"type":"Point","coordinates":` + at(0, 0) + `}`
	default:
		return `"kerb":"lowered","tactile_paving":"yes"`, `{"type":"Point","coordinates":` + at(0, 0) + `}`
	}
}

// BenchmarkImport imports WANGGE_BENCH_ROWS features (20,000 unless told) with validation, regions, grids and change feed.
func BenchmarkImport(b *testing.B) {
	n := 20_000
	if s := os.Getenv("WANGGE_BENCH_ROWS"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			b.Fatal(err)
		}
	}
	path := writeBenchFile(b, n)
	for b.Loop() {
		b.StopTimer()
		pool := pgtest.DB(b)
		benchGround(b, pool)
		b.StartTimer()
		f, err := ingest.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		job := postgres.Job{Options: ingest.Options{Datum: "wgs84"}}
		if os.Getenv("WANGGE_BENCH_STAGES") != "" {
			job.Progress, pool = stages(), traced(b, pool)
		}
		result, err := postgres.NewImporter(pool).Import(b.Context(), f, job)
		if err != nil {
			b.Fatal(err)
		}
		if result.Inserted != int64(n) {
			b.Fatalf("%+v", result)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func benchGround(tb testing.TB, pool *pgxpool.Pool) {
	tb.Helper()
	if _, err := pool.Exec(tb.Context(), benchGroundSQL); err != nil {
		tb.Fatal(err)
	}
	if _, err := pool.Exec(tb.Context(), "ANALYZE"); err != nil {
		tb.Fatal(err)
	}
}

// stages logs how long each stage of an import takes.
func stages() func(string, int64, int64) {
	last, began := "", time.Now()
	return func(stage string, _, _ int64) {
		if stage == last {
			return
		}
		fmt.Fprintf(os.Stderr, "%8.2f s  %s\n", time.Since(began).Seconds(), last)
		last, began = stage, time.Now()
	}
}
