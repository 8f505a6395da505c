package city_test

import (
	"fmt"
	"runtime"
	"testing"

	"wangge/fixtures/pgtest"
	"wangge/layers/city"
)

// BenchmarkVerify holds a large city against its record, at rest.
func BenchmarkVerify(b *testing.B) {
	const features = 965_000
	pool := pgtest.DB(b)
	var statements []string
	for i, s := range fillSQL {
		if i >= 2 {
			s = fmt.Sprintf(s, features)
		}
		statements = append(statements, s)
	}
	write(b, pool, statements...)
	c := follow(b, city.Config{Pool: pool, Log: quiet()})
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for b.Loop() {
		v := isRecord(b, c)
		n := int64(0)
		for _, t := range v.Layers {
			n += t.Record
		}
		b.ReportMetric(float64(n), "features")
	}
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/1e6/float64(b.N), "allocated-MB")
	b.ReportMetric(float64(after.HeapSys-before.HeapSys)/1e6, "peak-grown-MB")
}
