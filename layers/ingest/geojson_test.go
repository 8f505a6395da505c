package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"

	"wangge/layers"
)

func file(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// inMemory is a file that is not on a disk.
func inMemory(name string, content []byte) (*File, error) {
	if len(content) == 0 {
		return nil, empty()
	}
	return look(name, int64(len(content)), func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil })
}

func zipped(t testing.TB, content string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const (
	oneToilet = `{"type":"Feature","properties":{"name":"甲"},"geometry":{"type":"Point","coordinates":[120.02,36.22]}}`
	twoToilet = `{"geometry":{"coordinates":[120.03,36.22,15.5],"type":"Point"},"properties":{"name":"乙"},"type":"Feature"}`
)

func toilets() Options { return Options{Datum: "wgs84", Layer: layers.ByID("public_toilet")} }

// TestFormsOfGeoJSON: the same two toilets in every form that files have.
func TestFormsOfGeoJSON(t *testing.T) {
	both := oneToilet + "," + twoToilet
	for name, content := range map[string]string{
		"collection":               `{"type":"FeatureCollection","features":[` + both + `]}`,
		"type last":                `{"features":[` + both + `],"name":"x","bbox":[1,2,3,4],"type":"FeatureCollection"}`,
		"white space":              "\n\t{ \"type\" : \"FeatureCollection\" ,\r\n \"features\" : [ " + oneToilet + " ,\n " + twoToilet + " ] }\n\n",
		"BOM":                      "\ufeff" + `{"type":"FeatureCollection","features":[` + both + `]}`,
		"lines":                    oneToilet + "\n" + twoToilet + "\n",
		"lines without an end":     oneToilet + "\r\n\r\n" + twoToilet,
		"RFC 8142":                 "\x1e" + oneToilet + "\n\x1e" + twoToilet + "\n",
		"many lines a feature":     strings.ReplaceAll(oneToilet, ",", ",\n") + "\n" + twoToilet,
		"collections in sequence":  `{"type":"FeatureCollection","features":[` + oneToilet + "]}\n" + `{"type":"FeatureCollection","features":[` + twoToilet + `]}`,
		"a coordinate system":      `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}},"features":[` + both + `]}`,
		"foreign members, escapes": `{"type":"FeatureCollection","x":{"y":["}",{"z":"\""}]},"features":[` + strings.ReplaceAll(both, "甲", `\u7532`) + `],"w":1e9}`,
		"gzip":                     zipped(t, `{"type":"FeatureCollection","features":[`+both+`]}`),
		"gzip lines":               zipped(t, oneToilet+"\n"+twoToilet),
	} {
		k := keep(t, file(t, "toilets.geojson", content), toilets())
		if len(k.features) != 2 || len(k.rejects) > 0 {
			t.Errorf("%s: %d features, %v", name, len(k.features), k.rejects)
			continue
		}
		a, b := k.features[0], k.features[1]
		if a.Values["name"] != "甲" || b.Values["name"] != "乙" || a.Row != 1 || b.Row != 2 || a.Geometry != aPoint {
			t.Errorf("%s: %+v %+v", name, a, b)
		}
	}
}

func TestOneFeatureOneGeometry(t *testing.T) {
	for name, content := range map[string]string{
		"feature":               oneToilet,
		"geometry":              `{"type":"Point","coordinates":[120.02,36.22]}`,
		"many points of one":    `{"type":"Feature","properties":null,"geometry":{"type":"MultiPoint","coordinates":[[120.02,36.22]]}}`,
		"a collection of one":   `{"type":"Feature","properties":{},"geometry":{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[120.02,36.22]}]}}`,
		"an area, by its place": `{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[120.01,36.21],[120.03,36.21],[120.03,36.23],[120.01,36.23],[120.01,36.21]]]}}`,
	} {
		k := keep(t, file(t, "x.geojson", content), toilets())
		if len(k.features) != 1 {
			t.Errorf("%s: %v %v", name, k.features, k.rejects)
			continue
		}
		if at := k.features[0].Geometry.Bound().Center(); at[0] < 120.0199 || at[0] > 120.0201 || at[1] < 36.2199 || at[1] > 36.2201 {
			t.Errorf("%s: at %v", name, at)
		}
	}
}

// TestFaults: what is wrong with a file as a whole, and nothing of it with one feature.
func TestFaults(t *testing.T) {
	deep := strings.Repeat("[", 100)
	for name, c := range map[string]struct {
		file, content string
		want          error
	}{
		"empty":              {"a.geojson", "", ErrEmpty},
		"white space":        {"a.geojson", " \n\n ", ErrEmpty},
		"no features":        {"a.geojson", `{"type":"FeatureCollection","features":[]}`, ErrEmpty},
		"cut in a feature":   {"a.geojson", `{"type":"FeatureCollection","features":[` + oneToilet[:60], ErrTruncated},
		"cut behind one":     {"a.geojson", `{"type":"FeatureCollection","features":[` + oneToilet, ErrTruncated},
		"cut line":           {"a.geojsonl", oneToilet + "\n" + oneToilet[:50], ErrTruncated},
		"no JSON":            {"a.geojson", "hello", ErrSyntax},
		"an array":           {"a.geojson", "[1,2]", ErrSyntax},
		"no comma":           {"a.geojson", `{"type":"FeatureCollection","features":[` + oneToilet + " " + twoToilet + `]}`, ErrSyntax},
		"wrong bracket":      {"a.geojson", `{"type":"FeatureCollection","features":[` + oneToilet + `}`, ErrSyntax},
		"broken properties":  {"a.geojson", strings.Replace(oneToilet, `"甲"`, `"甲" "乙"`, 1), ErrSyntax},
		"too deep":           {"a.geojson", `{"type":"Feature","x":` + deep, ErrSyntax},
		"another system":     {"a.geojson", `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:4549"}},"features":[` + oneToilet + `]}`, ErrCRS},
		"another, by number": {"a.geojson", `{"type":"FeatureCollection","crs":{"type":"EPSG","properties":{"code":2437}},"features":[` + oneToilet + `]}`, ErrCRS},
		"not GeoJSON":        {"a.doc", "id;lon;lat\n1;120;36", ErrFormat},
		"gzip cut":           {"a.geojson.gz", zipped(t, strings.Repeat(oneToilet+"\n", 1000))[:200], ErrTruncated},
		"PBF cut":            {"a.osm.pbf", "\x00\x00", ErrTruncated},
		"XML cut":            {"a.osm", `<osm version="0.6"><node id="1" lat="36.2"`, ErrTruncated},
		"XML of another":     {"a.osm", `<?xml version="1.0"?><gpx></gpx>`, ErrSyntax},
		"XML without osm":    {"a.osm", `<osm version="0.6"></osm>`, ErrEmpty},
	} {
		err := func() error {
			f, err := Open(file(t, c.file, c.content))
			if err != nil {
				return err
			}
			_, err = Read(t.Context(), f, toilets(), nothing{})
			return err
		}()
		var fault *Fault
		if !errors.Is(err, c.want) || !errors.As(err, &fault) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if fault != nil && (fault.Zh == "" || fault.En == "") {
			t.Errorf("%s: %+v speaks one language only", name, fault)
		}
	}
}

// TestEveryCutIsSeen cuts a file at every byte: none of the pieces is taken for a whole file.
func TestEveryCutIsSeen(t *testing.T) {
	whole := `{"type":"FeatureCollection","features":[` + oneToilet + "," + twoToilet + `]}`
	for n := 1; n < len(whole); n++ {
		f, err := inMemory("a.geojson", []byte(whole[:n]))
		if err == nil {
			_, err = Read(t.Context(), f, toilets(), nothing{})
		}
		var fault *Fault
		if !errors.As(err, &fault) {
			t.Fatalf("cut at %d: %v", n, err)
		}
	}
}

// endless is a text without an end.
type endless struct{ head io.Reader }

func (e endless) Read(b []byte) (int, error) {
	if n, err := e.head.Read(b); err == nil {
		return n, nil
	}
	for i := range b {
		b[i] = '1'
	}
	return len(b), nil
}

// TestALineWithoutEnd: what no file may ask of memory is refused, wherever in a feature it is.
func TestALineWithoutEnd(t *testing.T) {
	for _, head := range []string{
		`{"type":"Feature","properties":{"name":"`,
		`{"type":"Feature","geometry":{"type":"Point","coordinates":[1`,
		`{"type":"Feature","id":1`,
		`{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"coordinates":[[`,
	} {
		g := &geoJSONReader{s: newScanner(endless{strings.NewReader(head)}), emit: func(*object) error { return nil }}
		g.s.limit = 1 << 20
		if _, err := g.s.token(true); err != nil {
			t.Fatal(err)
		}
		if err := g.object(true); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s…: %v", head, err)
		}
	}
	g := &geoJSONReader{s: newScanner(endless{strings.NewReader(`{"`)})}
	if _, err := g.s.token(true); err != nil {
		t.Fatal(err)
	}
	if err := g.object(true); !errors.Is(err, ErrSyntax) {
		t.Errorf("a name without end: %v", err)
	}
}

func TestDatum(t *testing.T) {
	path := file(t, "a.geojson", oneToilet)
	for datum, good := range map[string]bool{"wgs84": true, "WGS84": true, "EPSG:4326": true, "epsg:4490": true, "gcj02": true, "bd09": true, "EPSG:3857": true, "": false, "EPSG:4549": false /* which axis comes first? */, "nad83": false} {
		f, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		o := toilets()
		o.Datum = datum
		if err := CheckOptions(f, o); errors.Is(err, ErrUsage) == good {
			t.Errorf("%q: %v", datum, err)
		}
	}
	f, err := Open(file(t, "a.osm", `<osm/>`))
	if err != nil {
		t.Fatal(err)
	}
	if err := CheckOptions(f, Options{}); err != nil {
		t.Errorf("OpenStreetMap brings its datum: %v", err)
	}
	if err := CheckOptions(f, Options{Datum: "gcj02"}); !errors.Is(err, ErrUsage) {
		t.Errorf("OpenStreetMap in GCJ-02: %v", err)
	}
}

func TestHeadings(t *testing.T) {
	feature := func(properties string) string {
		return `{"type":"Feature","properties":{` + properties + `},"geometry":{"type":"Point","coordinates":[120.02,36.22]}}`
	}
	o := toilets()
	o.Maps = []Assign{{"male_stalls", "男坑"}}
	o.Sets = []Assign{{"kind", "独立式"}, {"competent_dept", "D1"}}
	k := keep(t, file(t, "a.geojsonl", strings.Join([]string{
		feature(`"NAME":"甲","等级":"二类","第三卫生间":"是","男坑":3,"女厕位":"4.0","编号":37028100001,"来源":"实测","surveyed_on":"2024/5/6"`),
		feature(`"Grade":"class 3","Open 24 hours":true,"status":"停用","third_room":0`),
	}, "\n")), o)
	if len(k.rejects) > 0 || len(k.features) != 2 {
		t.Fatal(k.rejects)
	}
	day, _ := day("2024-05-06")
	want := []map[string]any{
		{"name": "甲", "grade": "class_2", "third_room": true, "male_stalls": int64(3), "female_stalls": int64(4), "code": "37028100001", "surveyed_on": day,
			"kind": "detached", "competent_dept": "D1", "extra": map[string]any{"来源": "实测"}},
		{"grade": "class_3", "open_24h": true, "status": "closed", "third_room": false, "kind": "detached", "competent_dept": "D1"},
	}
	for i, f := range k.features {
		if diff := cmp.Diff(want[i], f.Values); diff != "" {
			t.Error(diff)
		}
	}
}

func TestUsage(t *testing.T) {
	f, err := Open(file(t, "a.geojson", oneToilet))
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Options){
		"a field that is not":     func(o *Options) { o.Maps = []Assign{{"colour", "x"}} },
		"a field of the record's": func(o *Options) { o.Sets = []Assign{{"revision", "7"}} },
		"a value that is not":     func(o *Options) { o.Sets = []Assign{{"grade", "palace"}} },
		"no column":               func(o *Options) { o.Maps = []Assign{{"grade", ""}} },
		"no layer":                func(o *Options) { o.Layer, o.Sets = nil, []Assign{{"grade", "class_1"}} },
	} {
		o := toilets()
		change(&o)
		if err := CheckOptions(f, o); !errors.Is(err, ErrUsage) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestKeys(t *testing.T) {
	feature := func(id, properties string) string {
		return fmt.Sprintf(`{"type":"Feature"%s,"properties":{%s},"geometry":{"type":"Point","coordinates":[120.02,36.22]}}`, id, properties)
	}
	for name, c := range map[string]struct{ feature, want string }{
		"overpass":       {feature(`,"id":"node/12"`, `"amenity":"toilets"`), "osm n12"},
		"osmium":         {feature(`,"id":"n12"`, `"amenity":"toilets"`), "osm n12"},
		"at id":          {feature(``, `"@id":"way/9","amenity":"toilets"`), "osm w9"},
		"quickosm":       {feature(``, `"osm_id":"77","osm_type":"relation"`), "osm r77"},
		"the file's own": {feature(`,"id":17`, ``), "ledger 17"},
		"a text":         {feature(`,"id":"A-17"`, ``), "ledger A-17"},
	} {
		k := keep(t, file(t, "ledger.geojson", c.feature), toilets())
		if len(k.features) != 1 {
			t.Errorf("%s: %v", name, k.rejects)
			continue
		}
		got := k.features[0].Source + " " + k.features[0].SourceKey
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	// A key fits into an index, whatever a file calls it.
	if k := keep(t, file(t, "a.geojson", feature(`,"id":"`+strings.Repeat("x", 5000)+`"`, ``)), toilets()); len(k.features[0].SourceKey) != 32 {
		t.Errorf("a long id became %s", k.features[0].SourceKey)
	}
	// Without an id the feature is its own key, in whatever order its properties are written.
	a := keep(t, file(t, "a.geojson", feature(``, `"name":"甲","x":1`)), toilets()).features[0]
	b := keep(t, file(t, "b.geojson", feature(``, `"x":1,"name":"甲"`)), toilets()).features[0]
	c := keep(t, file(t, "c.geojson", feature(``, `"x":2,"name":"甲"`)), toilets()).features[0]
	if a.Source != "geojson" || a.SourceKey != b.SourceKey || a.SourceKey == c.SourceKey {
		t.Errorf("%s %s %s", a.SourceKey, b.SourceKey, c.SourceKey)
	}
}

func TestWhatCannotBeStoredIsTakenOut(t *testing.T) {
	long := strings.Repeat("长", 2000)
	k := keep(t, file(t, "a.geojson", `{"type":"Feature","properties":{"name":"a\u0000b","x":"\u0000","long":"`+long+`","list":[1,{"n":NaN}],"n":NaN,"big":1e999},"geometry":{"type":"Point","coordinates":[120.02,36.22]}}`), toilets())
	if len(k.features) != 1 {
		t.Fatal(k.rejects)
	}
	v := k.features[0].Values
	extra, _ := v["extra"].(map[string]any)
	if v["name"] != "ab" || extra["x"] != "" || extra["big"] != nil || len(extra["long"].(string)) > maxExtraText {
		t.Errorf("%v", v)
	}
}
