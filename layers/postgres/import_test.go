package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"wangge/fixtures/pgtest"
	"wangge/layers"
	"wangge/layers/ingest"
	"wangge/layers/postgres"
)

// ground is a county of two communities, a unit net of 4 × 2 grids over part of it, and a duty net of two overlapping grids.
const groundSQL = `
INSERT INTO region (code, name, kind, geom) VALUES
    ('370281', '胶州市', 'county', ST_Multi(ST_MakeEnvelope(120.00, 36.20, 120.10, 36.30, 4490))),
    ('370281001001', '东社区', 'community', ST_Multi(ST_MakeEnvelope(120.02, 36.22, 120.04, 36.24, 4490))),
    ('370281001002', '西社区', 'community', ST_Multi(ST_MakeEnvelope(120.00, 36.22, 120.02, 36.24, 4490)));
INSERT INTO grid_scheme (code, title, title_en, code_pattern, is_exclusive, is_complete) VALUES ('duty', '责任网格', 'Duty grids', '[]', false, false);
INSERT INTO grid (code, scheme, source, source_key, geom)
SELECT '3702810010010' || y || x, 'unit', 'test', 'u' || x || y, ST_MakeEnvelope(120.02 + x * 0.001, 36.22 + y * 0.001, 120.021 + x * 0.001, 36.221 + y * 0.001, 4490)
FROM generate_series(0, 3) x, generate_series(0, 1) y;
INSERT INTO grid (code, scheme, source, source_key, geom) VALUES
    ('d1', 'duty', 'test', 'd1', ST_MakeEnvelope(120.0195, 36.2195, 120.0225, 36.2225, 4490)),
    ('d2', 'duty', 'test', 'd2', ST_MakeEnvelope(120.0215, 36.2195, 120.0245, 36.2225, 4490))`

func ground(t testing.TB) *pgxpool.Pool {
	t.Helper()
	pool := pgtest.DB(t)
	if _, err := pool.Exec(t.Context(), groundSQL); err != nil {
		t.Fatal(err)
	}
	return pool
}

// write puts a file into a folder of the test.
func write(t testing.TB, name string, content ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(strings.Join(content, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func options(layer string, sets ...string) ingest.Options {
	o := ingest.Options{Datum: "wgs84", Layer: layers.ByID(layer)}
	for _, s := range sets {
		field, value, _ := strings.Cut(s, "=")
		o.Sets = append(o.Sets, ingest.Assign{Field: field, Value: value})
	}
	return o
}

// try imports a file and gives what became of it, with the codes of the rejects.
func try(t testing.TB, pool *pgxpool.Pool, path string, job postgres.Job) (postgres.Result, []string, error) {
	t.Helper()
	file, err := ingest.Open(path)
	if err != nil {
		return postgres.Result{}, nil, err
	}
	var codes []string
	job.Report = func(r ingest.Reject) error {
		codes = append(codes, string(r.Code))
		return nil
	}
	result, err := postgres.NewImporter(pool).Import(t.Context(), file, job)
	return result, codes, err
}

func load(t testing.TB, pool *pgxpool.Pool, path string, job postgres.Job) (postgres.Counts, []string) {
	t.Helper()
	result, codes, err := try(t, pool, path, job)
	if err != nil {
		t.Fatal(err)
	}
	return result.Counts, codes
}

func one[T any](t testing.TB, pool *pgxpool.Pool, sql string, args ...any) (v T) {
	t.Helper()
	if err := pool.QueryRow(t.Context(), sql, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

func feature(properties, geometry string) string {
	return fmt.Sprintf(`{"type":"Feature","properties":{%s},"geometry":%s}`, properties, geometry)
}

func at(lon, lat float64) string {
	return fmt.Sprintf(`{"type":"Point","coordinates":[%v,%v]}`, lon, lat)
}

// mixed is a file of all kinds of geometry, part of it on borders of grids.
func mixed(random *rand.Rand, n int) []string {
	lattice := func() (float64, float64) { // often on a border, sometimes outside every grid
		if random.IntN(3) == 0 {
			return 120.018 + float64(random.IntN(9))*0.001, 36.219 + float64(random.IntN(5))*0.001
		}
		return 120.015 + 0.012*random.Float64(), 36.217 + 0.007*random.Float64()
	}
	lines := make([]string, 0, n)
	for i := range n {
		x, y := lattice()
		u, v := lattice()
		switch i % 4 {
		case 0:
			lines = append(lines, feature(fmt.Sprintf(`"amenity":"toilets","name":"厕%d"`, i), at(x, y)))
		case 1, 2:
			lines = append(lines, feature(fmt.Sprintf(`"highway":"residential","name":"路%d"`, i),
				fmt.Sprintf(`{"type":"LineString","coordinates":[[%v,%v],[%v,%v],[%v,%v]]}`, x, y, u, y, u+1e-4, v)))
		case 3:
			w, h := 0.002*random.Float64(), 0.001+0.002*random.Float64()
			lines = append(lines, feature(fmt.Sprintf(`"amenity":"parking","name":"场%d"`, i),
				fmt.Sprintf(`{"type":"Polygon","coordinates":[[[%v,%v],[%v,%v],[%v,%v],[%v,%v],[%v,%v]]]}`, x, y, x+w, y, x+w, y+h, x, y+h, x, y)))
		}
	}
	return lines
}

func TestImportPlacesAsTheRecordDoes(t *testing.T) {
	pool := ground(t)
	random := rand.New(rand.NewPCG(5, 7))
	result, _ := load(t, pool, write(t, "mixed.geojsonl", mixed(random, 400)...), postgres.Job{Options: options("")})
	if result.Inserted < 300 || result.Inserted != result.Read-result.Rejected {
		t.Fatalf("%+v", result)
	}
	if n := one[int](t, pool, "SELECT count(*) FROM feature_grid"); n < 300 {
		t.Errorf("only %d grids were found: the test says nothing", n)
	}
	check(t, pool, 0)
	// Moved by an import of the same key.
	moved := strings.ReplaceAll(feature(`"highway":"residential"`, `{"type":"LineString","coordinates":[[120.0201,36.2201],[120.0239,36.2219]]}`), `"Feature"`, `"Feature","id":"w1"`)
	load(t, pool, write(t, "a.geojson", moved), postgres.Job{Options: options("")})
	load(t, pool, write(t, "b.geojson", strings.ReplaceAll(moved, "120.0239", "120.0221")), postgres.Job{Options: options("")})
	check(t, pool, 0)
}

// check runs the check of the whole record and counts what it finds.
func check(t *testing.T, pool *pgxpool.Pool, want int) {
	t.Helper()
	found := 0
	_, err := postgres.NewChecker(pool).Check(t.Context(), func(d postgres.Difference) error {
		if found++; want == 0 {
			t.Errorf("%+v", d)
		}
		return nil
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if found != want {
		t.Errorf("%d differences, want %d", found, want)
	}
}

func TestCheckFindsWhatIsWrong(t *testing.T) {
	pool := ground(t)
	load(t, pool, write(t, "a.geojsonl", mixed(rand.New(rand.NewPCG(1, 1)), 40)...), postgres.Job{Options: options("")})
	check(t, pool, 0)
	spoil := `UPDATE feature_grid SET inside_m = inside_m + 1 WHERE (feature_id, grid_id) = (SELECT feature_id, grid_id FROM feature_grid WHERE inside_m > 0 LIMIT 1);
		DELETE FROM feature_grid WHERE (layer, feature_id, grid_id) = (SELECT layer, feature_id, grid_id FROM feature_grid WHERE layer = 'public_toilet' LIMIT 1);
		INSERT INTO feature_grid (layer, feature_id, scheme, grid_id) SELECT 'public_toilet', 999999, 'unit', min(id) FROM grid;
		UPDATE public_toilet SET region_code = 'elsewhere' WHERE id = (SELECT min(id) FROM public_toilet)`
	if _, err := pool.Exec(t.Context(), spoil); err != nil {
		t.Fatal(err)
	}
	check(t, pool, 4)
}

func TestImportingTwiceChangesNothing(t *testing.T) {
	pool := ground(t)
	path := write(t, "mixed.geojsonl", mixed(rand.New(rand.NewPCG(3, 3)), 100)...)
	first, _, err := try(t, pool, path, postgres.Job{Options: options("")})
	if err != nil {
		t.Fatal(err)
	}
	changes := one[int](t, pool, "SELECT count(*) FROM change")
	second, _, err := try(t, pool, path, postgres.Job{Options: options("")})
	if err != nil {
		t.Fatal(err)
	}
	want := postgres.Counts{Read: first.Read, Unchanged: first.Inserted, Rejected: first.Rejected}
	if diff := cmp.Diff(want, second.Counts); diff != "" {
		t.Error(diff)
	}
	if second.Revision != first.Revision || first.Revision == "" {
		t.Errorf("the revision went from %q to %q though nothing changed", first.Revision, second.Revision)
	}
	if n := one[int](t, pool, "SELECT count(*) FROM change"); n != changes {
		t.Errorf("%d changes were recorded", n-changes)
	}
	// The same features in another file, in another order, are the same features.
	lines := mixed(rand.New(rand.NewPCG(3, 3)), 100)
	other := write(t, "other.geojson", `{"features":[`+strings.Join(append(lines[50:], lines[:50]...), ",")+`],"type":"FeatureCollection"}`)
	third, _ := load(t, pool, other, postgres.Job{Options: options("")})
	if diff := cmp.Diff(want, third); diff != "" {
		t.Error(diff)
	}
}

func TestOneAttributeUpdatesOneRow(t *testing.T) {
	pool := ground(t)
	toilet := func(code, grade string) string {
		return feature(fmt.Sprintf(`"编码":%q,"等级":%q,"name":"站前公厕"`, code, grade), at(120.021, 36.221))
	}
	load(t, pool, write(t, "a.geojsonl", toilet("T1", "一类"), toilet("T2", "class_2")), postgres.Job{Options: options("public_toilet")})
	if _, err := pool.Exec(t.Context(), "UPDATE public_toilet SET competent_dept = 'D7'"); err != nil {
		t.Fatal(err)
	}
	got, _ := load(t, pool, write(t, "b.geojsonl", toilet("T1", "一类"), toilet("T2", "Class 1")), postgres.Job{Options: options("public_toilet"), Actor: "test", RequestID: "r1"})
	if diff := cmp.Diff(postgres.Counts{Read: 2, Updated: 1, Unchanged: 1}, got); diff != "" {
		t.Error(diff)
	}
	if grades := one[string](t, pool, "SELECT string_agg(grade || coalesce(competent_dept, ''), ' ' ORDER BY code) FROM public_toilet"); grades != "class_1D7 class_1D7" {
		t.Errorf("grades and departments are %q", grades)
	}
	if who := one[string](t, pool, "SELECT actor || request_id || (before->>'grade') FROM change WHERE op = 'update' AND actor = 'test'"); who != "testr1class_2" {
		t.Errorf("the history says %q", who)
	}
}

func TestWhatTheFileDoesNotSay(t *testing.T) {
	pool := ground(t)
	osm := func(properties string) string {
		return `{"type":"Feature","id":"n5","properties":{` + properties + `},"geometry":` + at(120.021, 36.221) + `}`
	}
	load(t, pool, write(t, "a.geojson", osm(`"amenity":"toilets","name":"甲","toilets:urinals":"3"`)), postgres.Job{Options: options("")})
	got, _ := load(t, pool, write(t, "b.geojson", osm(`"amenity":"toilets"`)), postgres.Job{Options: options("")})
	if got.Unchanged != 1 {
		t.Errorf("a tag that nobody wrote has cleared a field: %+v", got)
	}
	ledger := func(name string) string {
		return feature(`"code":"T9","name":`+name, at(120.022, 36.221))
	}
	load(t, pool, write(t, "c.geojson", ledger(`"乙"`)), postgres.Job{Options: options("public_toilet")})
	got, _ = load(t, pool, write(t, "c.geojson", ledger(`null`)), postgres.Job{Options: options("public_toilet")})
	if got.Updated != 1 {
		t.Errorf("a ledger's empty name has not cleared it: %+v", got)
	}
}

func TestRejects(t *testing.T) {
	good := feature(`"code":"A1"`, at(120.021, 36.221))
	cases := []struct {
		name, layer string
		lines       []string
		sets        []string
		want        string // codes of the rejects
	}{
		{"a null island", "public_toilet", []string{feature(``, at(0, 0))}, nil, "null_island"},
		{"NaN", "public_toilet", []string{feature(``, `{"type":"Point","coordinates":[NaN,36]}`)}, nil, "not_finite"},
		{"swapped", "public_toilet", []string{feature(``, at(36.221, 120.021))}, nil, "swapped"},
		{"metres", "public_toilet", []string{feature(``, at(40503010.3, 4014903.5))}, nil, "metres"},
		{"three points", "ground", []string{feature(``, `{"type":"Polygon","coordinates":[[[120.02,36.22],[120.03,36.22],[120.02,36.22]]]}`)}, []string{"kind=water"}, "ring_too_short"},
		{"open ring", "ground", []string{feature(``, `{"type":"Polygon","coordinates":[[[120.02,36.22],[120.03,36.22],[120.03,36.23],[120.02,36.23]]]}`)}, []string{"kind=water"}, "ring_not_closed"},
		{"a bow tie", "ground", []string{feature(``, `{"type":"Polygon","coordinates":[[[120.02,36.22],[120.03,36.23],[120.03,36.22],[120.02,36.23],[120.02,36.22]]]}`)}, []string{"kind=water"}, "self_intersection"},
		{"no geometry", "public_toilet", []string{feature(``, `null`)}, nil, "missing"},
		{"wrong kind", "ground", []string{feature(``, at(120.021, 36.221))}, []string{"kind=water"}, "wrong_kind"},
		{"bad value", "public_toilet", []string{feature(`"grade":"豪华"`, at(120.021, 36.221))}, nil, "bad_value"},
		{"required", "parking_space", []string{feature(``, at(120.021, 36.221))}, nil, "required_missing"},
		{"against a constraint", "parking_space", []string{feature(`"capacity":-3`, at(120.021, 36.221))}, []string{"kind=motor"}, "bad_value"},
		{"too large for its column", "parking_space", []string{feature(`"capacity":99999999999`, at(120.021, 36.221))}, []string{"kind=motor"}, "bad_value"},
		{"outside", "public_toilet", []string{feature(``, at(113.9, 22.5))}, nil, "outside_regions"},
		{"the same twice", "public_toilet", []string{feature(`"name":"a"`, at(120.021, 36.221)), feature(`"name":"a"`, at(120.021, 36.221))}, nil, "duplicate_key"},
		{"a code twice", "public_toilet", []string{good, feature(`"code":"A1","name":"b"`, at(120.022, 36.221))}, nil, "duplicate_code"},
		{"no layer", "", []string{feature(`"name":"x"`, at(120.021, 36.221))}, nil, "no_layer"},
		{"not a feature", "public_toilet", []string{`{"type":"Topology"}`}, nil, "not_a_feature"},
		{"coordinates of another kind", "public_toilet", []string{feature(``, `{"type":"Point","coordinates":[[1,2]]}`)}, nil, "bad_geometry"},
	}
	pool := ground(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			keep := feature(fmt.Sprintf(`"code":%q,"name":%q`, "K"+c.name, c.name), at(120.0213, 36.2213))
			if c.layer == "ground" {
				keep = feature(fmt.Sprintf(`"name":%q`, c.name), `{"type":"LineString","coordinates":[[120.021,36.221],[120.022,36.222]]}`)
			}
			if c.layer == "" {
				keep = feature(fmt.Sprintf(`"highway":"steps","name":%q`, c.name), `{"type":"LineString","coordinates":[[120.021,36.221],[120.022,36.222]]}`)
			}
			lines := slices.Concat(c.lines, []string{keep})
			got, codes := load(t, pool, write(t, "bad.geojsonl", lines...), postgres.Job{Options: options(c.layer, c.sets...)})
			if c.name == "required" { // here the good one lacks it too
				lines, c.want = lines[:1], c.want+" "+c.want
			}
			if strings.Join(codes, " ") != c.want || got.Inserted != int64(len(lines))-1 {
				t.Errorf("%+v, rejected for %v", got, codes)
			}
		})
	}
}

func TestACodeIsNotGivenAgain(t *testing.T) {
	pool := ground(t)
	toilet := func(code string, lon float64) string { return feature(fmt.Sprintf(`"code":%q`, code), at(lon, 36.221)) }
	load(t, pool, write(t, "a.geojsonl", toilet("T1", 120.021), toilet("T2", 120.022)), postgres.Job{Options: options("public_toilet")})
	if _, err := pool.Exec(t.Context(), "DELETE FROM public_toilet WHERE code = 'T1'"); err != nil {
		t.Fatal(err)
	}
	got, codes := load(t, pool, write(t, "b.geojsonl", toilet("T1", 120.023), toilet("T3", 120.024)), postgres.Job{Options: options("public_toilet")})
	if diff := cmp.Diff([]string{"code_taken"}, codes); diff != "" || got.Inserted != 1 {
		t.Errorf("%+v %s", got, diff)
	}
}

func TestNewAreas(t *testing.T) {
	pool := ground(t)
	path := write(t, "far.geojsonl", feature(``, at(113.9, 22.5)), feature(``, at(120.021, 36.221)))
	result, codes, err := try(t, pool, path, postgres.Job{Options: options("public_toilet"), NewArea: true})
	if err != nil || result.Inserted != 2 || result.NewArea != 1 || len(codes) != 1 || codes[0] != "new_area" {
		t.Errorf("%+v %v %v", result, codes, err)
	}
	osm := write(t, "far.osm", `<osm version="0.6"><node id="7" lon="113.9" lat="22.5"><tag k="amenity" v="toilets"/></node></osm>`)
	result, _, err = try(t, pool, osm, postgres.Job{})
	if err != nil || result.Inserted != 1 || result.NewArea != 1 {
		t.Errorf("OpenStreetMap brings its area with it: %+v %v", result, err)
	}
}

// TestSourcesAreCredited: a licence that asks to be named is, once, beside what the record names already.
func TestSourcesAreCredited(t *testing.T) {
	pool := ground(t)
	load(t, pool, write(t, "own.geojsonl", feature(``, at(120.021, 36.221))), postgres.Job{Options: options("public_toilet")})
	if n := one[int](t, pool, "SELECT count(*) FROM setting WHERE key = 'attribution'"); n != 0 {
		t.Errorf("%d credits for a bureau's own file", n)
	}
	if _, err := pool.Exec(t.Context(), `INSERT INTO setting (key, value) VALUES ('attribution', '["某市规划局"]')`); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		osm := write(t, "some.osm", `<osm version="0.6"><node id="7" lon="120.02" lat="36.22"><tag k="amenity" v="toilets"/></node></osm>`)
		load(t, pool, osm, postgres.Job{})
	}
	if got := one[string](t, pool, "SELECT value::text FROM setting WHERE key = 'attribution'"); got != `["某市规划局", "© OpenStreetMap contributors"]` {
		t.Errorf("the map says %s", got)
	}
}

func TestRegionsFindTheirParents(t *testing.T) {
	pool := pgtest.DB(t)
	square := func(w, s, e, n float64) string {
		return fmt.Sprintf(`{"type":"Polygon","coordinates":[[[%v,%v],[%v,%v],[%v,%v],[%v,%v],[%v,%v]]]}`, w, s, e, s, e, n, w, n, w, s)
	}
	path := write(t, "regions.geojsonl",
		feature(`"code":"370281001000","name":"阜安街道","kind":"街道（镇）"`, square(120.0, 36.2, 120.1, 36.3)),
		feature(`"code":"370281","name":"胶州市","kind":"county"`, square(119.9, 36.1, 120.3, 36.5)),
		feature(`"code":"370281001005","name":"大同社区","kind":"社区"`, square(120.01, 36.21, 120.02, 36.22)))
	got, _ := load(t, pool, path, postgres.Job{Options: options("region")})
	if got.Inserted != 3 {
		t.Fatalf("%+v", got)
	}
	tree := one[string](t, pool, "SELECT string_agg(code || '<' || coalesce(parent_code, ''), ' ' ORDER BY code) FROM region")
	if want := "370281< 370281001<370281 370281001005<370281001"; tree != want {
		t.Errorf("%s, want %s", tree, want)
	}
	if got, _ = load(t, pool, path, postgres.Job{Options: options("region")}); got.Unchanged != 3 {
		t.Errorf("again: %+v", got)
	}
}

func TestFaultsOfTheFileLeaveNothing(t *testing.T) {
	pool := ground(t)
	lines := mixed(rand.New(rand.NewPCG(9, 9)), 5000)
	collection := `{"type":"FeatureCollection","features":[` + strings.Join(lines, ",") + `]}`
	for name, content := range map[string]string{
		"cut":      collection[:len(collection)-40],
		"no end":   collection[:len(collection)-1],
		"garbage":  strings.Join(lines, "\n") + "\n{]",
		"trailing": collection + "x",
		"crs":      strings.Replace(collection, `{"type"`, `{"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4528"}},"type"`, 1),
		"late crs": strings.TrimSuffix(collection, "}") + `,"crs":{"properties":{"name":"EPSG:2437"}}}`,
	} {
		before := one[int64](t, pool, "SELECT coalesce(max(id), 0) FROM change")
		_, _, err := try(t, pool, write(t, "fault.geojson", content), postgres.Job{Options: options("")})
		var fault *ingest.Fault
		if !errors.As(err, &fault) {
			t.Errorf("%s: %v is no fault of the file", name, err)
		}
		if after := one[int64](t, pool, "SELECT coalesce(max(id), 0) FROM change"); after != before {
			t.Errorf("%s: something was written", name)
		}
	}
}

func TestCancelling(t *testing.T) {
	pool := ground(t)
	path := write(t, "mixed.geojsonl", mixed(rand.New(rand.NewPCG(2, 9)), 6000)...)
	before := one[int](t, pool, "SELECT count(*) FROM change")
	for _, stage := range []string{"reading", "merging"} {
		ctx, cancel := context.WithCancel(t.Context())
		file, err := ingest.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		_, err = postgres.NewImporter(pool).Import(ctx, file, postgres.Job{Options: options(""), Progress: func(s string, _, _ int64) {
			if strings.Contains(s, stage) {
				cancel()
			}
		}})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled while %s: %v", stage, err)
		}
		cancel()
		if n := one[int](t, pool, "SELECT count(*) FROM change"); n != before {
			t.Errorf("cancelled while %s: %d changes were left", stage, n-before)
		}
	}
}

func TestUnitGridsComeByFileToo(t *testing.T) {
	pool := ground(t)
	path := write(t, "grids.geojsonl", feature(`"code":"370281001002001","用地类型":"居住"`,
		`{"type":"Polygon","coordinates":[[[120.01,36.23],[120.011,36.23],[120.011,36.231],[120.01,36.231],[120.01,36.23]]]}`))
	load(t, pool, write(t, "t.geojson", feature(``, at(120.0105, 36.2305))), postgres.Job{Options: options("public_toilet")})
	if got, codes := load(t, pool, path, postgres.Job{Options: options("unit_grid")}); got.Inserted != 1 {
		t.Fatalf("%+v %v", got, codes)
	}
	if got, codes := load(t, pool, path, postgres.Job{Options: options("unit_grid")}); got.Unchanged != 1 {
		t.Errorf("again: %+v %v", got, codes)
	}
	if where := one[string](t, pool, "SELECT g.code || ' ' || g.region_code || ' ' || g.land_use FROM feature_grid f JOIN grid g ON g.id = f.grid_id"); where != "370281001002001 370281001002 residential" {
		t.Errorf("the toilet lies in %s", where)
	}
	check(t, pool, 0)
}
