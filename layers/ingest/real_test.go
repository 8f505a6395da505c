package ingest

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wangge/layers"
)

// realData is the folder of real files, or the test is skipped.
func realData(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("WANGGE_REAL_DATA")
	if dir == "" {
		t.Skip("WANGGE_REAL_DATA is not set: no real data to read")
	}
	return dir
}

// kept keeps everything that a file holds.
type kept struct {
	features []*Feature
	asides   []*Feature
	rejects  []Reject
}

func (k *kept) Aside(_ context.Context, f *Feature) error {
	k.asides = append(k.asides, f)
	return nil
}

func (k *kept) Feature(_ context.Context, f *Feature) error {
	k.features = append(k.features, f)
	return nil
}

func (k *kept) Reject(_ context.Context, r Reject) error {
	k.rejects = append(k.rejects, r)
	return nil
}

func keep(t testing.TB, path string, o Options) *kept {
	t.Helper()
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	k := &kept{}
	if _, err := Read(t.Context(), f, o, k); err != nil {
		t.Fatal(err)
	}
	return k
}

// counts counts by layer, and rejects by layer/code.
func (k *kept) counts() map[string]int {
	n := map[string]int{}
	for _, f := range k.features {
		n[f.Layer.ID]++
	}
	for _, r := range k.rejects {
		n[r.Layer+"/"+string(r.Code)]++
	}
	return n
}

// TestRealFiles holds the counts of real files against the figures of their README, which come from osmium and ogrinfo. Where they
// differ, the case says why.
func TestRealFiles(t *testing.T) {
	cases := []struct {
		file, layer, set string
		want             map[string]int
		why              string
	}{
		{"osm-cn/shenzhen-nanshan-2021.osm.pbf", "", "", map[string]int{"road": 1254, "public_toilet": 5, "parking_space": 16, "construction_site": 13, "ground": 566,
			"ground/missing_members": 2, "ground/self_intersection": 2},
			"1,245 highway ways and 9 multipolygons of squares; of 17 objects with construction 4 are highway=construction lines, which are roads"},
		{"osm-cn/taichung-fengjia-2025.osm.pbf", "", "", map[string]int{"road": 550, "back_alley": 18, "public_toilet": 6, "parking_space": 58, "construction_site": 6,
			"barrier_free_ramp": 3, "ground": 564, "road/missing_nodes": 75, "back_alley/missing_nodes": 8, "parking_space/missing_nodes": 3, "ground/missing_nodes": 50},
			"651 highway ways of which 566 have all nodes, and 2 squares; of 26 alleys 8 lack nodes"},
		{"osm-cn/beijing-bupt-2025.osm.pbf", "", "", map[string]int{"road": 192, "back_alley": 3, "public_toilet": 1, "parking_space": 33, "construction_site": 4, "barrier_free_ramp": 1, "ground": 177},
			"194 highway ways and a multipolygon; 14 barrier=kerb are lines, one of them rolled: 12 are barriers of the ground, and one is grass"},
		{"osm-ref/sf-core.osm.pbf", "", "", map[string]int{"road": 3639, "back_alley": 116, "public_toilet": 26, "parking_space": 369, "construction_site": 5, "barrier_free_ramp": 169, "ground": 2831,
			"ground/missing_members": 2, "ground/self_intersection": 2}, "3,674 highway ways and 81 squares of multipolygons; 162 kerbs, 7 ramps"},
		{"qingdao/shinan-roads.geojson", "", "", map[string]int{"road": 2656, "back_alley": 26}, "2,682 lines: living streets and service=alley are alleys"},
		{"qingdao/shinan-buildings.geojson", "ground", "kind=building", map[string]int{"ground": 4512}, ""},
		{"qingdao/shinan-greens.geojson", "ground", "kind=green", map[string]int{"ground": 111}, ""},
		{"qingdao/shinan-parking.geojson", "parking_space", "kind=motor", map[string]int{"parking_space": 4}, ""},
		{"kunming/station-roads.geojson", "", "", map[string]int{"road": 2596}, ""},
		{"kunming/station-toilets.geojson", "public_toilet", "", map[string]int{"public_toilet": 43}, ""},
		{"kunming/station-parking.geojson", "parking_space", "kind=motor", map[string]int{"parking_space": 10}, ""},
		{"kunming/station-buildings.geojson", "ground", "kind=building", map[string]int{"ground": 2003}, ""},
		{"kunming/station-greens.geojson", "ground", "kind=green", map[string]int{"ground": 34}, ""},
		{"taipei/village.geojson", "region", "kind=community", map[string]int{"region/required_missing": 454, "region/self_intersection": 2}, "the two invalid polygons; no codes without --map"},
		{"taipei/public-toilets-2015.geojson", "public_toilet", "", map[string]int{"public_toilet": 1776, "public_toilet/swapped": 1}, "the one with latitude first"},
	}
	dir := realData(t)
	for _, c := range cases {
		o := Options{Datum: "wgs84", Layer: layers.ByID(c.layer)}
		if field, value, ok := strings.Cut(c.set, "="); ok {
			o.Sets = []Assign{{field, value}}
		}
		if diff := cmp.Diff(c.want, keep(t, filepath.Join(dir, c.file), o).counts()); diff != "" {
			t.Errorf("%s (%s): %s", c.file, c.why, diff)
		}
	}
}

func TestRealRegions(t *testing.T) {
	o := Options{Datum: "wgs84", Layer: layers.ByID("region"), Maps: []Assign{{"code", "derived_code"}, {"parent_code", "derived_district_code"}}}
	k := keep(t, filepath.Join(realData(t), "qingdao/admin-boundaries.geojson"), o)
	kinds := map[any]int{}
	for _, f := range k.features {
		kinds[f.Values["kind"]]++
		if f.Source != "osm" || f.SourceKey[0] != 'r' {
			t.Errorf("%v has the key %s %s", f.Values["name"], f.Source, f.SourceKey)
		}
	}
	if diff := cmp.Diff(map[any]int{"city": 1, "county": 10, "street": 135}, kinds); diff != "" {
		t.Error(diff)
	}
}

// osmiumExport runs osmium and gives the geometry of every element by key; lines and areas apart, because a closed way is both.
func osmiumExport(t *testing.T, path string) (lines, areas map[string]exported) {
	t.Helper()
	if _, err := exec.LookPath("osmium"); err != nil {
		t.Skip("osmium is not installed: nothing to compare with")
	}
	out := filepath.Join(t.TempDir(), "out.geojsonseq")
	run := exec.CommandContext(t.Context(), "osmium", "export", path, "-f", "geojsonseq", "-x", "print_record_separator=false", "-u", "type_id", "-o", out)
	if b, err := run.CombinedOutput(); err != nil && !strings.Contains(string(b), "Geometry error") {
		t.Fatalf("osmium: %v: %s", err, b)
	}
	file, err := os.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	lines, areas = map[string]exported{}, map[string]exported{}
	scan := bufio.NewScanner(file)
	scan.Buffer(nil, 1<<26)
	for scan.Scan() {
		var f struct {
			ID         string
			Properties map[string]any
			Geometry   struct {
				Type        string
				Coordinates json.RawMessage
			}
		}
		if err := json.Unmarshal(scan.Bytes(), &f); err != nil {
			t.Fatal(err)
		}
		e := exported{f.Properties, f.Geometry.Type, f.Geometry.Coordinates}
		if f.ID[0] != 'a' {
			lines[f.ID] = e
			continue
		}
		n, err := strconv.ParseInt(f.ID[1:], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		areas[fmt.Sprintf("%c%d", "wr"[n%2], n/2)] = e // osmium numbers areas so
	}
	if err := errors.Join(scan.Err(), file.Close()); err != nil {
		t.Fatal(err)
	}
	return lines, areas
}

type exported struct {
	properties  map[string]any
	kind        string
	coordinates json.RawMessage
}

// TestHighwaysAreThoseOfOsmium: every highway way that osmium can draw is a road or an alley with the same positions; all others
// are in the report.
func TestHighwaysAreThoseOfOsmium(t *testing.T) {
	dir := realData(t)
	for _, name := range []string{"osm-cn/shenzhen-nanshan-2021", "osm-cn/taichung-fengjia-2025", "osm-cn/beijing-bupt-2025", "osm-ref/monaco"} {
		path := filepath.Join(dir, name+".osm.pbf")
		lines, areas := osmiumExport(t, path)
		k := keep(t, path, Options{})
		ours := map[string]string{}
		for _, f := range k.features {
			if (f.Layer.ID == "road" || f.Layer.ID == "back_alley") && f.SourceKey[0] == 'w' {
				b, err := json.Marshal(f.Geometry)
				if err != nil {
					t.Fatal(err)
				}
				ours[f.SourceKey] = string(b)
			}
		}
		for key, e := range lines {
			if e.properties["highway"] == nil || key[0] != 'w' {
				continue
			}
			got, ok := ours[key]
			if e.properties["oneway"] == "-1" { // ours runs with the traffic
				ok, got = ok && !sameJSON(t, got, e.coordinates), string(e.coordinates)
			}
			if !ok || !sameJSON(t, got, e.coordinates) {
				t.Errorf("%s %s: %s, osmium has %s", name, key, got, e.coordinates)
			}
			delete(ours, key)
		}
		for key := range ours { // what is left are squares, which osmium has as areas only
			if _, ok := areas[key]; !ok {
				t.Errorf("%s: osmium does not have %s", name, key)
			}
		}
	}
}

func sameJSON(t *testing.T, a string, b []byte) bool {
	t.Helper()
	var x, y any
	if err := errors.Join(json.Unmarshal([]byte(a), &x), json.Unmarshal(b, &y)); err != nil {
		t.Fatal(err)
	}
	return cmp.Equal(x, y)
}

// TestBuildingsAreThoseOfOsmium compares the areas assembled from rings: as many rings of as many positions.
func TestBuildingsAreThoseOfOsmium(t *testing.T) {
	dir := realData(t)
	for _, name := range []string{"osm-cn/shenzhen-nanshan-2021", "osm-ref/sf-core", "osm-ref/monaco"} {
		path := filepath.Join(dir, name+".osm.pbf")
		_, areas := osmiumExport(t, path)
		k := keep(t, path, Options{Layer: layers.ByID("ground")})
		ours := map[string]bool{}
		for _, f := range k.features {
			if f.Values["kind"] == "building" {
				ours[f.SourceKey] = true
			}
		}
		rejected := map[string]Code{}
		for _, r := range k.rejects {
			rejected[r.Key] = r.Code
		}
		missing := 0
		for key, e := range areas {
			kind, _ := e.properties["building"].(string)
			if kind == "" || kind == "no" || kind == "construction" || ours[key] || e.properties["natural"] == "water" {
				continue
			}
			missing++
			t.Logf("%s %s: %s", name, key, rejected[key])
		}
		if missing > len(rejected) {
			t.Errorf("%s: %d buildings of osmium are neither here nor in the report", name, missing)
		}
	}
}
