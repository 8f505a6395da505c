package ingest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

type nothing struct{}

func (nothing) Feature(context.Context, *Feature) error { return nil }
func (nothing) Aside(context.Context, *Feature) error   { return nil }
func (nothing) Reject(context.Context, Reject) error    { return nil }

// BenchmarkReadGeoJSON reads lines of roads as they are in OpenStreetMap exports.
func BenchmarkReadGeoJSON(b *testing.B) {
	var lines strings.Builder
	const n = 10_000
	for i := range n {
		fmt.Fprintf(&lines, `{"type":"Feature","id":"w%d","properties":{"highway":"residential","surface":"asphalt","name":"道路%d"},"geometry":{"type":"LineString","coordinates":[`, i+1, i)
		for k := range 10 {
			fmt.Fprintf(&lines, "[120.%07d,36.%07d],", 1000000+i+k*1000, 2000000+i+k*777)
		}
		lines.WriteString("[120.3,36.3]]}}\n")
	}
	path := filepath.Join(b.TempDir(), "roads.geojsonl")
	if err := os.WriteFile(path, []byte(lines.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(lines.Len()))
	for b.Loop() {
		f, err := Open(path)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := Read(b.Context(), f, Options{Datum: "wgs84"}, nothing{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
