package api

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb/geojson"
)

const manyFeaturesSQL = `INSERT INTO parking_space (kind, capacity, name, geom)
SELECT 'motor', i % 50, '泊位' || i, CASE i % 3 WHEN 0 THEN ST_SetSRID(ST_MakePoint(119.99 + i % 100 * 1e-4, 36.262 + i / 100 * 1e-4), 4490)
    WHEN 1 THEN ST_SetSRID(ST_MakeLine(ST_MakePoint(119.99 + i % 100 * 1e-4, 36.262 + i / 100 * 1e-4), ST_MakePoint(119.99 + i % 100 * 1e-4 + 5e-5, 36.262 + i / 100 * 1e-4)), 4490)
    ELSE ST_MakeEnvelope(119.99 + i % 100 * 1e-4, 36.262 + i / 100 * 1e-4, 119.99 + i % 100 * 1e-4 + 5e-5, 36.262 + i / 100 * 1e-4 + 3e-5, 4490) END
FROM generate_series(1, 2500) i`

// recordSQL is what a layer has: how many, and a hash of all numbers and all positions.
const recordSQL = `SELECT count(*), md5(coalesce(string_agg(id || ' ' || round(ST_XMin(geom)::numeric, 7) || ' ' || round(ST_YMax(geom)::numeric, 7) || ' ' || ST_NPoints(geom), ',' ORDER BY id), ''))
FROM %s WHERE %s`

// GDAL's driver reads every page of every collection; how many there are, and all numbers and places, are those of the record.
func TestInteropGDALItems(t *testing.T) {
	program, err := exec.LookPath("ogr2ogr")
	if err != nil {
		t.Skip("ogr2ogr is not installed (apt-get install gdal-bin): nothing is read by GDAL")
	}
	w := newTown(t)
	w.catchUp(t, w.write(t, manyFeaturesSQL, toiletsSQL))
	for collection, rows := range map[string][2]string{
		"road": {"road", "true"}, "public_toilet": {"public_toilet", "true"}, "parking_space": {"parking_space", "true"}, "barrier_free_ramp": {"barrier_free_ramp", "true"},
		"construction_site": {"construction_site", "true"}, "unit_grid": {"grid", "scheme = 'unit' AND valid_to IS NULL"}, "grid_duty": {"grid", "scheme = 'duty' AND valid_to IS NULL"}, "back_alley": {"back_alley", "true"},
	} {
		file := filepath.Join(t.TempDir(), collection+".json")
		out, err := exec.CommandContext(t.Context(), program, "-f", "GeoJSON", "-oo", "PAGE_SIZE=300", "-preserve_fid", "-lco", "COORDINATE_PRECISION=9", file, "OAPIF:"+w.URL+"/ogc", collection).CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", collection, err, out)
			continue
		}
		count, sum := readByGDAL(t, file)
		var want int
		var hash string
		if err := w.pool.QueryRow(t.Context(), fmt.Sprintf(recordSQL, rows[0], rows[1])).Scan(&want, &hash); err != nil {
			t.Fatal(err)
		}
		if count != want || sum != hash {
			t.Errorf("%s: GDAL read %d features (%s), the record has %d (%s)", collection, count, sum, want, hash)
		}
	}
}

// readByGDAL counts what a file has, and hashes it as recordSQL does.
func readByGDAL(t *testing.T, file string) (int, string) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Features []struct {
			ID       int64
			Geometry geojson.Geometry
		}
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	lines := make([]string, len(doc.Features))
	for i, feature := range doc.Features {
		b := feature.Geometry.Coordinates.Bound()
		lines[i] = fmt.Sprintf("%d %.7f %.7f %d", feature.ID, b.Min[0], b.Max[1], positionsOf(t, feature.Geometry))
	}
	sum := md5.Sum([]byte(strings.Join(lines, ",")))
	return len(doc.Features), hex.EncodeToString(sum[:])
}

// positionsOf counts the positions of a geometry: half of its numbers.
func positionsOf(t *testing.T, g geojson.Geometry) int {
	t.Helper()
	text, err := json.Marshal(g.Coordinates)
	if err != nil {
		t.Fatal(err)
	}
	return (strings.Count(string(text), ",") + 1) / 2
}

// QGIS opens a collection by its own provider and reads as many features as there are.
func TestInteropQGISItems(t *testing.T) {
	const script = `
import sys
from qgis.core import QgsApplication, QgsVectorLayer
app = QgsApplication([], False)
app.initQgis()
layer = QgsVectorLayer("url='%s' typename='%s' pageSize='500'" % (sys.argv[1], sys.argv[2]), "items", "OAPIF")
assert layer.isValid(), layer.error().message()
print(sum(1 for f in layer.getFeatures() if f.hasGeometry()))
`
	python := "" // the distribution's own has QGIS, whichever stands first on the PATH
	for _, one := range []string{"/usr/bin/python3", "python3"} {
		if exec.CommandContext(t.Context(), one, "-c", "import qgis.core").Run() == nil {
			python = one
			break
		}
	}
	if python == "" {
		t.Skip("QGIS is not installed (apt-get install python3-qgis): nothing is opened with it")
	}
	w := newTown(t)
	w.catchUp(t, w.write(t, toiletsSQL))
	cmd := exec.CommandContext(t.Context(), python, "-c", script, w.URL+"/ogc", "public_toilet")
	home := t.TempDir()
	cmd.Env = append(os.Environ(), "QT_QPA_PLATFORM=offscreen", "HOME="+home, "XDG_RUNTIME_DIR="+home)
	cmd.WaitDelay = 10 * time.Second
	var says strings.Builder
	cmd.Stderr = &says
	out, err := cmd.Output()
	if err != nil || strings.TrimSpace(string(out)) != "61" {
		t.Errorf("QGIS read %q, %v\n%s", out, err, says.String())
	}
}
