package postgres_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wangge/fixtures/pgtest"
	"wangge/layers/ingest"
	"wangge/layers/postgres"
)

// TestRealImports loads real files into one record, all of them twice, and checks what was derived. Counts of rejects are those that
// layers/ingest explains; here the sea comes to them: 48 ways and 75 buildings of Qingdao stand on
// piers outside the borders. One of the five toilets of 南山 is a building of the ground too.
func TestRealImports(t *testing.T) {
	dir := os.Getenv("WANGGE_REAL_DATA")
	if dir == "" {
		t.Skip("WANGGE_REAL_DATA is not set: no real data to import")
	}
	pool := pgtest.DB(t)
	regions := options("region")
	regions.Maps = []ingest.Assign{{Field: "code", Value: "derived_code"}}
	cases := []struct {
		file string
		job  postgres.Job
		want postgres.Counts
	}{
		{"qingdao/admin-boundaries.geojson", postgres.Job{Options: regions}, postgres.Counts{Read: 146, Inserted: 146}},
		{"qingdao/shinan-roads.geojson", postgres.Job{Options: options("")}, postgres.Counts{Read: 2682, Inserted: 2634, Rejected: 48}},
		{"qingdao/shinan-buildings.geojson", postgres.Job{Options: options("ground", "kind=building")}, postgres.Counts{Read: 4512, Inserted: 4437, Rejected: 75}},
		{"kunming/station-roads.geojson", postgres.Job{Options: options(""), NewArea: true}, postgres.Counts{Read: 2596, Inserted: 2596}},
		{"kunming/station-toilets.geojson", postgres.Job{Options: options("public_toilet"), NewArea: true}, postgres.Counts{Read: 43, Inserted: 43, Duplicates: 1}},
		{"osm-cn/shenzhen-nanshan-2021.osm.pbf", postgres.Job{}, postgres.Counts{Read: 1858, Inserted: 1854, Rejected: 4}},
		{"osm-cn/layers/shenzhen-nanshan/toilets.geojson", postgres.Job{Options: options(""), NewArea: true}, postgres.Counts{Read: 6, Unchanged: 6}},
	}
	for _, c := range cases {
		got, codes := load(t, pool, filepath.Join(dir, c.file), c.job)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s %v", c.file, diff, codes)
		}
	}
	if _, err := pool.Exec(t.Context(), `INSERT INTO grid (code, source, source_key, geom)
		SELECT '370202' || lpad((x * 40 + y)::text, 9, '0'), 'test', x || ' ' || y, ST_MakeEnvelope(120.30 + x * 0.001, 36.05 + y * 0.001, 120.301 + x * 0.001, 36.051 + y * 0.001, 4490)
		FROM generate_series(0, 39) x, generate_series(0, 39) y`); err != nil {
		t.Fatal(err)
	}
	check(t, pool, 0)
	for _, c := range cases {
		got, _ := load(t, pool, filepath.Join(dir, c.file), c.job)
		if diff := cmp.Diff(postgres.Counts{Read: c.want.Read, Unchanged: c.want.Inserted + c.want.Unchanged, Rejected: c.want.Rejected}, got); diff != "" {
			t.Errorf("%s again: %s", c.file, diff)
		}
	}
	tree := one[string](t, pool, `SELECT string_agg(n || ' ' || kind || ' under ' || coalesce(parent, 'nothing'), ', ' ORDER BY n) FROM (
		SELECT c.kind, p.kind AS parent, count(*) AS n FROM region c LEFT JOIN region p ON p.code = c.parent_code GROUP BY 1, 2) x`)
	if want := "1 city under nothing, 10 county under city, 135 street under county"; tree != want {
		t.Errorf("the divisions: %s, want %s", tree, want)
	}
	// Loaded again where the regions came last, everything finds its place too.
	late := pgtest.DB(t)
	load(t, late, filepath.Join(dir, "qingdao/shinan-roads.geojson"), postgres.Job{Options: options(""), NewArea: true})
	load(t, late, filepath.Join(dir, "qingdao/admin-boundaries.geojson"), postgres.Job{Options: regions})
	check(t, late, 0)
	if n := one[int](t, late, "SELECT count(*) FROM road WHERE region_code LIKE '370202%'"); n < 1000 {
		t.Errorf("only %d roads have found 市南区", n)
	}
}
