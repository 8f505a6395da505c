package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb/encoding/mvt"
)

func TestFolderMetadata(t *testing.T) {
	w := newTown(t)
	var doc map[string]string // MBTiles has texts alone
	w.json(t, "/tiles/city/metadata.json", &doc)
	known := doc["json"]
	delete(doc, "json")
	want := map[string]string{
		"name": "胶州市", "description": "Jiaozhou", "format": "pbf", "type": "overlay", "minzoom": "0", "maxzoom": "18", "center": "120,36.27,13",
		"bounds": "119.9,36.2,120.1,36.35",
	}
	if diff := cmp.Diff(want, doc); diff != "" {
		t.Error(diff)
	}
	var inner metadataLayers
	if err := json.Unmarshal([]byte(known), &inner); err != nil {
		t.Fatalf("%v in %s", err, known)
	}
	kinds := map[string]string{}
	for _, l := range inner.TileStats.Layers {
		kinds[l.Layer] = l.Geometry
	}
	for id, kind := range map[string]string{
		"road": "LineString", "public_toilet": "Point", "unit_grid": "Polygon", "unit_grid_label": "Point", "road_density": "Polygon", "parking_space": "",
	} {
		if kinds[id] != kind {
			t.Errorf("%s holds %q, want %q", id, kinds[id], kind)
		}
	}
	fields := map[string]map[string]string{}
	for _, l := range inner.VectorLayers {
		fields[l.ID] = l.Fields
	}
	for _, c := range [][3]string{
		{"road", "class", "String"}, {"road", "level", "Number"}, {"road", "oneway", "Boolean"}, {"road_density", "length_m", "Number"}, {"road_density", "h3", "String"},
	} {
		if got := fields[c[0]][c[1]]; got != c[2] {
			t.Errorf("%s.%s is %q, want %q", c[0], c[1], got, c[2])
		}
	}
	w.json(t, "/tiles/road,public_toilet/metadata.json", &doc)
	if err := json.Unmarshal([]byte(doc["json"]), &inner); err != nil || len(inner.VectorLayers) != 4 {
		t.Errorf("two layers: %v, %v", inner.VectorLayers, err)
	}
}

// Both documents list the same layers, and tiles have no layers, and features in them no attributes, that are not listed.
func TestTileLayersAreListed(t *testing.T) {
	w := newTown(t)
	written := w.write(t, `INSERT INTO parking_space (id, kind, capacity, geom) VALUES (1, 'motor', 12, 'SRID=4490;POINT(119.9995 36.2702)')`)
	var doc tileJSON
	w.json(t, "/tiles/city.json", &doc)
	var folder map[string]string
	w.json(t, "/tiles/city/metadata.json", &folder)
	var inner metadataLayers
	if err := json.Unmarshal([]byte(folder["json"]), &inner); err != nil {
		t.Fatal(err)
	}
	listed := map[string]vectorLayer{}
	for i, l := range doc.VectorLayers {
		o := inner.VectorLayers[i]
		listed[l.ID] = o
		if o.ID != l.ID || o.MinZoom != l.MinZoom || o.MaxZoom != l.MaxZoom || len(o.Fields) != len(l.Fields) {
			t.Errorf("%+v here, %+v there", l, o)
		}
	}
	seen := map[string]bool{}
	for z := range uint8(deepestZoom + 1) {
		decoded, err := mvt.Unmarshal(w.get(t, tilePath("city", z)+"?min_revision="+written).body)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range decoded {
			seen[l.Name] = true
			listing, ok := listed[l.Name]
			if !ok || int(z) < listing.MinZoom || int(z) > listing.MaxZoom {
				t.Errorf("zoom %d has %s, which is listed as %+v", z, l.Name, listing)
			}
			for _, f := range l.Features {
				for name, value := range f.Properties {
					if got := kindOf(value); got != listing.Fields[name] {
						t.Errorf("%s.%s is a %s, listed as %q", l.Name, name, got, listing.Fields[name])
					}
				}
			}
		}
	}
	for _, want := range []string{"road", "road_density", "parking_space_density", "construction_site_label", "grid_duty_label"} {
		if !seen[want] {
			t.Errorf("no tile has %s", want)
		}
	}
}

// kindOf is the type of an attribute by the names of MBTiles.
func kindOf(value any) string {
	switch value.(type) {
	case string:
		return "String"
	case bool:
		return "Boolean"
	}
	return "Number"
}

// ogr runs a program of GDAL's on the tiles of a zoom, as if they were a folder.
func ogr(t *testing.T, program string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("%s is not installed (apt-get install gdal-bin): tiles are not read as a folder", program)
	}
	var out, fault bytes.Buffer
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Stdout, cmd.Stderr = &out, &fault
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %v: %v\n%s", program, args, err, fault.String())
	}
	if fault.Len() > 0 {
		t.Errorf("%s %v says: %s", program, args, fault.String())
	}
	return out.String()
}

func folderOf(w *town, layers string, zoom int) string {
	return fmt.Sprintf("MVT:%s/tiles/%s/%d", w.URL, layers, zoom)
}

func TestInteropGDALFields(t *testing.T) {
	w := newTown(t)
	said := ogr(t, "ogrinfo", "-ro", "-so", folderOf(w, "city", 14), "road", "unit_grid", "public_toilet_density")
	for _, want := range []string{
		"Layer name: road\n", "Geometry: Multi Line String", "class: String (0.0)", "level: Real (0.0)", "oneway: Integer(Boolean) (0.0)",
		"Layer name: unit_grid\n", "Geometry: Multi Polygon", "code: String (0.0)",
		"Layer name: public_toilet_density\n", "count: Real (0.0)", "h3: String (0.0)",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q in\n%s", want, said)
		}
	}
}

// GDAL finds in the tiles of a zoom every feature that the record has, whole folders and boxes alike.
func TestInteropGDALFeatures(t *testing.T) {
	w := newTown(t)
	for _, c := range []struct {
		layer string
		zoom  int
		box   string // west south east north
		want  []int64
	}{
		{"road", 14, "", []int64{1}},
		{"unit_grid", 14, "", []int64{11, 12}},
		{"unit_grid", 17, "119.9988 36.2692 119.9998 36.2708", []int64{11}},
		{"public_toilet", 16, "", []int64{7}},
		{"public_toilet", 16, "119.91 36.21 119.92 36.22", nil},
	} {
		args := []string{"-f", "CSV", "/vsistdout/", folderOf(w, "city", c.zoom), c.layer, "-select", "mvt_id"}
		if c.box != "" {
			args = append(append(args, "-spat_srs", "EPSG:4326", "-spat"), strings.Fields(c.box)...)
		}
		if got := numbers(t, ogr(t, "ogr2ogr", args...)); !slices.Equal(got, c.want) {
			t.Errorf("%s at zoom %d in [%s]: %v, want %v", c.layer, c.zoom, c.box, got, c.want)
		}
	}
}

// numbers reads the lines below a heading, each number once, in order.
func numbers(t *testing.T, csv string) []int64 {
	t.Helper()
	var out []int64
	for i, line := range strings.Fields(csv) {
		if i == 0 {
			continue
		}
		n, err := strconv.ParseInt(strings.Trim(line, `,"`), 10, 64)
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		out = append(out, n)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
