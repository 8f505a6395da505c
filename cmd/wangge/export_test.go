package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"wangge/layers"
)

// someFeatures are features of every kind of geometry of a layer, with something in every field that people fill.
func someFeatures(t *testing.T, l *layers.Layer) string {
	t.Helper()
	shapes := map[layers.Kind]string{
		layers.Point:           `[120.0201, 36.2201]`,
		layers.LineString:      `[[120.02, 36.22], [120.021, 36.2205], [120.022, 36.22]]`,
		layers.MultiLineString: `[[[120.02, 36.23], [120.021, 36.23]], [[120.02, 36.24], [120.021, 36.241]]]`,
		layers.Polygon:         `[[[120.03, 36.22], [120.031, 36.22], [120.031, 36.221], [120.03, 36.221], [120.03, 36.22]], [[120.0302, 36.2202], [120.0302, 36.2204], [120.0304, 36.2204], [120.0302, 36.2202]]]`,
		layers.MultiPolygon:    `[[[[120.04, 36.22], [120.041, 36.22], [120.041, 36.221], [120.04, 36.22]]], [[[120.05, 36.22], [120.051, 36.22], [120.051, 36.221], [120.05, 36.22]]]]`,
	}
	texts := []string{"人民公园“东门”", "=1+1", "a,b;c", "370281001005001", "007", "+86 532 8228", "-", "是"}
	var features []string
	for k, kind := range l.Geometry {
		for n := range 2 {
			properties := map[string]any{"code": fmt.Sprintf("%s-%d-%d", l.ID, k, n)}
			for i := range l.Fields {
				f := &l.Fields[i]
				name := f.Name
				if !f.Writable() || name == "code" || name == "code_scheme" || strings.HasSuffix(name, "_dept") || name == "source" || name == "source_key" || name == "cleaned_by" || name == "measures" || name == "extra" {
					continue
				}
				if n == 1 && !f.Required {
					if i%2 == 0 {
						continue // empty in some
					}
				}
				switch f.Type {
				case layers.Integer:
					properties[name] = i%5 + n
				case layers.Number:
					properties[name] = []float64{0.0833, 0.05}[n]
				case layers.Boolean:
					properties[name] = (i+n)%2 == 0
				case layers.Date:
					properties[name] = "2026-01-31"
				case layers.Enum:
					properties[name] = f.Values[(i+n)%len(f.Values)].Code
				case layers.String:
					properties[name] = texts[(i+n)%len(texts)]
				}
			}
			text, err := json.Marshal(properties)
			if err != nil {
				t.Fatal(err)
			}
			features = append(features, fmt.Sprintf(`{"type":"Feature","properties":%s,"geometry":{"type":%q,"coordinates":%s}}`, text, kind, shapes[kind]))
		}
	}
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",\n") + `]}`
}

// counts are what an import tells.
type counts struct {
	Read, Inserted, Updated, Unchanged, Rejected int
}

func importedCounts(t *testing.T, run func(args ...string) (int, string, string), args ...string) (n counts) {
	t.Helper()
	code, out, stderr := run(append([]string{"import", "--json", "--new-area"}, args...)...)
	if code != 0 {
		report, _ := filepath.Glob("*.report.jsonl")
		for _, name := range report {
			text, _ := os.ReadFile(name)
			t.Logf("%.2000s", text)
		}
		t.Errorf("%v: exit %d: %s%s", args, code, out, stderr)
		return n
	}
	if err := json.Unmarshal([]byte(out), &n); err != nil {
		t.Error(err)
	}
	return n
}

// What is exported and imported again changes nothing, in every layer and format.
func TestRoundTrips(t *testing.T) {
	_, run := inFolder(t)
	formats := []string{"geojson", "csv", "xlsx", "gpkg", "shp.zip"}
	if _, err := exec.LookPath("ogr2ogr"); err != nil {
		formats = formats[:3]
	}
	for _, l := range layers.Catalogue() {
		if l.Only != nil {
			continue // grids are edited as nets
		}
		first := importedCounts(t, run, "--layer", l.ID, "--datum", "cgcs2000", put(t, l.ID+".in.geojson", someFeatures(t, l)))
		if want := 2 * len(l.Geometry); first.Inserted != want {
			t.Errorf("%s: %+v, want %d inserted", l.ID, first, want)
		}
		for _, format := range formats {
			file := l.ID + "." + format
			if code, out, stderr := run("export", "--layer", l.ID, "--out", file, "--json"); code != 0 {
				t.Errorf("%s: exit %d: %s%s", file, code, out, stderr)
				continue
			}
			again := importedCounts(t, run, "--layer", l.ID, "--datum", "cgcs2000", file)
			if want := (counts{Read: first.Inserted, Unchanged: first.Inserted}); again != want {
				t.Errorf("%s: %+v, want %+v", file, again, want)
			}
		}
	}
	roundTripInOwnSystem(t, run)
}

// roundTripInOwnSystem sends a table out and takes it in again in the city's own coordinate system: nothing moves by a millimetre.
func roundTripInOwnSystem(t *testing.T, run func(args ...string) (int, string, string)) {
	t.Helper()
	const file = "own.csv"
	if code, out, stderr := run("export", "--layer", "public_toilet", "--crs", "qd-local", "--out", file); code != 2 || !strings.Contains(stderr, "qd-local") {
		t.Errorf("a system that nobody has put there: exit %d: %s%s", code, out, stderr)
	}
	conn, err := pgx.Connect(t.Context(), os.Getenv("DATABASE_URL"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), `INSERT INTO local_system (code, title, title_en, base_srid, dx_m, dy_m, rotation, scale) VALUES ('qd-local', '青岛城建坐标', 'Qingdao local', 4549, -400000, -3900000, 0.01, 1.00001)`); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), `CREATE TABLE before AS SELECT id, geom FROM public_toilet`); err != nil {
		t.Fatal(err)
	}
	if code, out, stderr := run("export", "--layer", "public_toilet", "--crs", "qd-local", "--out", file); code != 0 {
		t.Fatalf("exit %d: %s%s", code, out, stderr)
	}
	again := importedCounts(t, run, "--layer", "public_toilet", "--datum", "qd-local", "--axes", "en", file)
	var movedM float64
	if err := conn.QueryRow(t.Context(), `SELECT max(ST_Distance(b.geom::geography, p.geom::geography)) FROM before b JOIN public_toilet p USING (id)`).Scan(&movedM); err != nil {
		t.Fatal(err)
	}
	if again.Read != 2 || again.Updated+again.Unchanged != 2 || movedM > 0.001 {
		t.Errorf("%+v, moved by %v m", again, movedM)
	}
}

// A Shapefile in GBK, made of real streets by another program, is imported, exported with its sidecar and imported again: nothing changed.
func TestRoundTripOfRealShapefile(t *testing.T) {
	data := os.Getenv("WANGGE_REAL_DATA")
	if data == "" {
		t.Skip("WANGGE_REAL_DATA is not set: real Shapefiles are not tested")
	}
	program, err := exec.LookPath("ogr2ogr")
	if err != nil {
		t.Skip("GDAL's ogr2ogr is not installed: apt install gdal-bin")
	}
	data, err = filepath.Abs(data)
	if err != nil {
		t.Fatal(err)
	}
	_, run := inFolder(t)
	text, err := exec.CommandContext(t.Context(), program, "-lco", "ENCODING=CP936", "-sql", `SELECT name AS "名称", 'branch' AS "等级" FROM "downtown-roads" WHERE name IS NOT NULL LIMIT 300`,
		"gbk.shp", filepath.Join(data, "jiaozhou", "downtown-roads.geojson")).CombinedOutput()
	if err != nil {
		t.Fatalf("%v %s", err, text)
	}
	if err := os.Remove("gbk.cpg"); err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	pack(t, "gbk.zip", "gbk.shp", "gbk.shx", "gbk.dbf", "gbk.prj")
	first := importedCounts(t, run, "--layer", "road", "gbk.zip")
	if first.Inserted == 0 || first.Rejected > 0 {
		t.Fatalf("%+v", first)
	}
	for _, charset := range []string{"gbk", "utf-8"} {
		file := "road-" + charset + ".shp.zip"
		if code, out, stderr := run("export", "--layer", "road", "--charset", charset, "--out", file); code != 0 {
			t.Fatalf("exit %d: %s%s", code, out, stderr)
		}
		again := importedCounts(t, run, "--layer", "road", file)
		if want := (counts{Read: first.Inserted, Unchanged: first.Inserted}); again != want {
			t.Errorf("%s: %+v, want %+v", charset, again, want)
		}
	}
}
