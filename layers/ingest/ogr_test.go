package ingest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"wangge/layers"
)

// A Shapefile in GBK whose coordinates are of a Gauss-Krüger zone is read as it says; what it does not say must be said, and what contradicts it is refused.
func TestShapefile(t *testing.T) {
	if _, err := exec.LookPath("ogr2ogr"); err != nil {
		t.Skip("ogr2ogr is not installed")
	}
	from := file(t, "a.geojson", `{"type":"Feature","properties":{"名称":"少海公厕","男厕位":"约3"},"geometry":{"type":"Point","coordinates":[120.02,36.22]}}`)
	shape := filepath.Join(t.TempDir(), "公厕.shp")
	if out, err := exec.Command("ogr2ogr", "-f", "ESRI Shapefile", shape, from, "-t_srs", "EPSG:4549", "-lco", "ENCODING=GBK").CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	toilet := layers.ByID("public_toilet")
	k := keep(t, shape, Options{Layer: toilet})
	if len(k.features) != 1 || k.features[0].Values["name"] != "少海公厕" || k.features[0].Values["male_stalls"] != int64(3) {
		t.Fatalf("%+v %+v", k.features, k.rejects)
	}
	if at := k.features[0].Geometry.Bound().Center(); at[0] < 120.0199999 || at[0] > 120.0200001 {
		t.Error(at)
	}
	if got := readBad(t, shape, []string{"datum=EPSG:4548"}); got != "fault:crs" {
		t.Errorf("another zone: %s", got)
	}
	if err := os.Remove(shape[:len(shape)-4] + ".prj"); err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string]string{"datum=": "fault:usage", "datum=EPSG:4549": "fault:usage"} {
		if got := readBad(t, shape, []string{args}); got != want {
			t.Errorf("without .prj, %s: %s", args, got)
		}
	}
	k = keep(t, shape, Options{Layer: toilet, Datum: "EPSG:4549", Axes: AxesEN})
	if len(k.features) != 1 {
		t.Fatalf("%+v", k.rejects)
	}
	if at := k.features[0].Geometry.Bound().Center(); at[0] < 120.0199999 || at[0] > 120.0200001 {
		t.Error(at)
	}
}
